/* What JavaScript sees of one_ids. */
#include <stdlib.h>

#include "functions.h"
#include "one_ids.h"

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
  napi_value value;
  napi_get_boolean(env, duckdb_find(), &value);
  if (!duckdb_find()) return value;
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
  return is_made ? value : fail(env, "DuckDB refuses the function that finds one_ids");
}

void define_one_ids(napi_env env, napi_value exports) {
  define(env, exports, "registerOneIds", register_one_ids);
}
