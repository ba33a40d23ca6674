#include "glue.h"

arguments arguments_of(napi_env env, napi_callback_info info) {
  arguments given = {.env = env, .count = MOST_ARGUMENTS};
  napi_get_cb_info(env, info, &given.count, given.values, NULL, NULL);
  return given;
}

napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

void *external_at(const arguments *given, size_t place) {
  void *data = NULL;
  napi_get_value_external(given->env, given->values[place], &data);
  return data;
}

uint32_t number_at(const arguments *given, size_t place) {
  uint32_t number = 0;
  napi_get_value_uint32(given->env, given->values[place], &number);
  return number;
}

array array_of(napi_env env, napi_value value) {
  array found = {.data = NULL, .length = 0, .bytes = 0};
  napi_typedarray_type type = napi_uint8_array;
  napi_get_typedarray_info(env, value, &type, &found.length, &found.data, NULL, NULL);
  found.bytes = type == napi_uint8_array ? 1 : type == napi_uint16_array ? 2 : 4;
  return found;
}

array array_at(const arguments *given, size_t place) {
  return array_of(given->env, given->values[place]);
}

napi_value number_of(napi_env env, double number) {
  napi_value value;
  napi_create_double(env, number, &value);
  return value;
}

napi_value bool_of(napi_env env, bool is_so) {
  napi_value value;
  napi_get_boolean(env, is_so, &value);
  return value;
}

napi_value null_of(napi_env env) {
  napi_value value;
  napi_get_null(env, &value);
  return value;
}

void define(napi_env env, napi_value object, const char *name, napi_callback run) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, run, NULL, &function);
  napi_set_named_property(env, object, name, function);
}
