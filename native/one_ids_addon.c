/* What JavaScript sees of one_ids. */
#include <stdlib.h>

#include "functions.h"
#include "one_ids.h"
#include "texts.h"

static void find_one_ids(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const one_ids *ids = duckdb.scalar_function_get_extra_info(info);
  one_ids_find(ids, duckdb.data_chunk_get_size(input),
               duckdb.vector_get_data(duckdb.data_chunk_get_vector(input, 0)),
               duckdb.struct_vector_get_child(output, 0), duckdb.struct_vector_get_child(output, 1));
}

static int bytes_of_type(int type) {
  return type == DUCKDB_UTINYINT ? 1 : type == DUCKDB_USMALLINT ? 2 : 4;
}

/* An ENUM of an array of texts. @return NULL where DuckDB refuses it */
static duckdb_logical_type enum_of(napi_env env, napi_value list) {
  uint32_t count = 0;
  napi_get_array_length(env, list, &count);
  char **names = calloc(count + 1, sizeof *names);
  duckdb_logical_type type = NULL;
  uint32_t read = 0;
  for (; names != NULL && read < count; read += 1) {
    napi_value text;
    size_t length = 0;
    napi_get_element(env, list, read, &text);
    if (napi_get_value_string_utf8(env, text, NULL, 0, &length) != napi_ok) break;
    names[read] = malloc(length + 1);
    if (names[read] == NULL) break;
    napi_get_value_string_utf8(env, text, names[read], length + 1, &length);
  }
  if (names != NULL && read == count) type = duckdb.create_enum_type((const char **)names, count);
  for (uint32_t at = 0; names != NULL && at < count; at += 1) free(names[at]);
  free(names);
  return type;
}

/*
 * (connection, name, of Uint32Array, words Uint32Array, prefixes Uint8Array, beside, texts or null) -> whether
 * there is a DuckDB; makes the function name(number UINTEGER) -> STRUCT(one_id VARCHAR, beside ENUM or UINTEGER)
 */
static napi_value register_one_ids(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  if (!duckdb_find()) return bool_of(env, false);
  one_ids *ids = calloc(1, sizeof *ids);
  if (ids == NULL) return fail(env, "there is no memory for a function that finds one_ids");
  array beside = array_at(&given, 5);
  ids->of = array_at(&given, 2).data;
  ids->words = array_at(&given, 3).data;
  ids->prefixes = array_at(&given, 4).data;
  ids->beside = beside.data;
  ids->beside_bytes = beside.bytes;
  bool has_texts = false;
  napi_is_array(env, given.values[6], &has_texts);
  duckdb_logical_type fields[] = {
      duckdb.create_logical_type(DUCKDB_VARCHAR),
      has_texts ? enum_of(env, given.values[6]) : duckdb.create_logical_type(DUCKDB_UINTEGER),
  };
  if (fields[1] == NULL) {
    free(ids);
    duckdb.destroy_logical_type(&fields[0]);
    return fail(env, "DuckDB refuses the texts that stand beside one_ids");
  }
  ids->written_bytes = has_texts ? bytes_of_type(duckdb.enum_internal_type(fields[1])) : 4;
  const char *names[] = {"one_id", "beside"};
  function_request request = {
      .parameters = {DUCKDB_UINTEGER},
      .parameter_count = 1,
      .result = duckdb.create_struct_type(fields, names, 2),
      .run = find_one_ids,
      .info = ids,
      .destroy = free,
  };
  bool is_made = make_function(&given, &request);
  duckdb.destroy_logical_type(&request.result);
  for (int at = 0; at < 2; at += 1) duckdb.destroy_logical_type(&fields[at]);
  return is_made ? bool_of(env, true) : fail(env, "DuckDB refuses the function that finds one_ids");
}

/* What is made of texts of digits. */
typedef struct {
  napi_env env;
  uint32_t *words;
  napi_value others;
  uint32_t other_count;
} digits_read;

/* Of a small hex digit its value and one. */
static const unsigned char digit_values[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* @param words written, the lowest first. @return false for what is no one_id of ours */
static bool read_words(const char *bytes, uint32_t length, uint32_t words[4]) {
  if (length != DIGITS) return false;
  uint32_t any = 0;
  for (int word = 0; word < 4; word += 1) {
    uint32_t value = 0;
    for (int at = 0; at < 8; at += 1) {
      unsigned digit = digit_values[(unsigned char)bytes[(3 - word) * 8 + at]];
      if (digit == 0) return false;
      value = value << 4 | (digit - 1);
    }
    words[word] = value;
    any |= value;
  }
  return any != 0;
}

static void visit_digits(void *context, uint32_t number, const char *bytes, uint32_t length) {
  digits_read *read = context;
  if (read_words(bytes, length, read->words + 4 * (uint64_t)number)) return;
  napi_handle_scope scope;
  napi_open_handle_scope(read->env, &scope);
  napi_value pair, place, text;
  napi_create_array_with_length(read->env, 2, &pair);
  napi_create_uint32(read->env, number, &place);
  napi_create_string_utf8(read->env, bytes, length, &text);
  napi_set_element(read->env, pair, 0, place);
  napi_set_element(read->env, pair, 1, text);
  napi_set_element(read->env, read->others, read->other_count++, pair);
  napi_close_handle_scope(read->env, scope);
}

/* (texts, words Uint32Array) -> array of [number from 0 on, text] of those that are no digits */
static napi_value read_digits(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  digits_read read = {.env = env, .words = array_at(&given, 1).data};
  napi_create_array(env, &read.others);
  texts_visit(external_at(&given, 0), visit_digits, &read);
  return read.others;
}

void define_one_ids(napi_env env, napi_value exports) {
  define(env, exports, "readDigits", read_digits);
  define(env, exports, "registerOneIds", register_one_ids);
}
