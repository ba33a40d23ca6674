/* What all functions that JavaScript calls have in common. */
#ifndef TABLEGATE_GLUE_H
#define TABLEGATE_GLUE_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOST_ARGUMENTS 8

typedef struct {
  napi_env env;
  napi_value values[MOST_ARGUMENTS];
  size_t count;
} arguments;

arguments arguments_of(napi_env env, napi_callback_info info);

/* Throws. @return NULL */
napi_value fail(napi_env env, const char *message);

void *external_at(const arguments *given, size_t place);

uint32_t number_at(const arguments *given, size_t place);

/* The memory of a typed array. */
typedef struct {
  void *data;
  /* Elements, and the size of each. */
  size_t length;
  int bytes;
} array;

array array_of(napi_env env, napi_value value);
array array_at(const arguments *given, size_t place);

napi_value number_of(napi_env env, double number);
napi_value bool_of(napi_env env, bool is_so);
napi_value null_of(napi_env env);

/* Gives an object a function of this name. */
void define(napi_env env, napi_value object, const char *name, napi_callback run);

/* The functions of the other files. */
void define_texts(napi_env env, napi_value exports);
void define_one_ids(napi_env env, napi_value exports);
void define_linking(napi_env env, napi_value exports);

#endif
