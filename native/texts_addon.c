/* What JavaScript sees of tables of texts. */
#include <stdatomic.h>
#include <stdlib.h>

#include "functions.h"
#include "texts.h"

static void close_texts(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  texts_close(data);
}

/* (most MiB) -> texts, or null where there is no memory or no DuckDB */
static napi_value open_texts(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  texts *table = duckdb_find() ? texts_open((uint64_t)number_at(&given, 0) << 20) : NULL;
  if (table == NULL) return null_of(env);
  napi_value value;
  napi_create_external(env, table, close_texts, NULL, &value);
  return value;
}

/* (texts, first number) -> whether there is memory */
static napi_value begin_texts(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  return bool_of(env, texts_begin(external_at(&given, 0), number_at(&given, 1)));
}

/* (texts) */
static napi_value end_texts(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  texts_end(external_at(&given, 0));
  return NULL;
}

/* A column whose cells are numbered, held by JavaScript and by DuckDB. */
typedef struct {
  atomic_int holders;
  /* NULL: it was let go of. */
  _Atomic(texts *) table;
  array numbers;
  uint32_t place;
  atomic_uint_least64_t cells;
} numbering;

static void drop_numbering(void *data) {
  numbering *column = data;
  if (atomic_fetch_sub(&column->holders, 1) == 1) free(column);
}

static void finalize_numbering(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  drop_numbering(data);
}

static void number_rows(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  numbering *column = duckdb.scalar_function_get_extra_info(info);
  texts *table = atomic_load(&column->table);
  if (table == NULL) {
    duckdb.scalar_function_set_error(info, "this column is not numbered any more");
    return;
  }
  texts_request request = {
      .count = duckdb.data_chunk_get_size(input),
      .texts = duckdb.vector_get_data(duckdb.data_chunk_get_vector(input, 0)),
      .hashes = duckdb.vector_get_data(duckdb.data_chunk_get_vector(input, 1)),
      .rows = duckdb.vector_get_data(duckdb.data_chunk_get_vector(input, 2)),
      .numbers = column->numbers.data,
      .number_count = column->numbers.length,
      .place = column->place,
      .new_numbers = duckdb.vector_get_data(output),
  };
  texts_number(table, &request);
  atomic_fetch_add(&column->cells, request.count);
}

/*
 * (connection, name, texts, numbers, place) -> numbering; makes the function
 * name(text VARCHAR, hash UBIGINT, row UINTEGER) -> UINTEGER, none of which may be NULL
 */
static napi_value number_texts(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  numbering *column = calloc(1, sizeof *column);
  if (column == NULL) return fail(env, "there is no memory for one more column");
  /* JavaScript and DuckDB. */
  column->holders = 2;
  column->table = external_at(&given, 2);
  column->numbers = array_at(&given, 3);
  column->place = number_at(&given, 4);
  napi_value value;
  napi_create_external(env, column, finalize_numbering, NULL, &value);
  function_request request = {
      .parameters = {DUCKDB_VARCHAR, DUCKDB_UBIGINT, DUCKDB_UINTEGER},
      .parameter_count = 3,
      .result = duckdb.create_logical_type(DUCKDB_UINTEGER),
      .run = number_rows,
      .info = column,
      .destroy = drop_numbering,
  };
  bool is_made = make_function(&given, &request);
  duckdb.destroy_logical_type(&request.result);
  return is_made ? value : fail(env, "DuckDB refuses the function that numbers texts");
}

/* (numbering) -> how many rows it has numbered; SQL may not call its function any more */
static napi_value release_numbering(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  numbering *column = external_at(&given, 0);
  atomic_store(&column->table, NULL);
  return number_of(env, (double)atomic_load(&column->cells));
}

/* (texts) -> how many there are, or null where the numbers mean nothing */
static napi_value count_texts(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  const texts *table = external_at(&given, 0);
  return texts_failed(table) ? null_of(env) : number_of(env, texts_count(table));
}

/* (texts, cells Uint32Array, places Uint16Array or null, hashes Int32Array of pairs or null) */
static napi_value read_texts(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  texts_read(external_at(&given, 0), array_at(&given, 1).data, array_at(&given, 2).data,
             array_at(&given, 3).data);
  return NULL;
}

void define_texts(napi_env env, napi_value exports) {
  define(env, exports, "openTexts", open_texts);
  define(env, exports, "beginTexts", begin_texts);
  define(env, exports, "endTexts", end_texts);
  define(env, exports, "numberTexts", number_texts);
  define(env, exports, "releaseNumbering", release_numbering);
  define(env, exports, "countTexts", count_texts);
  define(env, exports, "readTexts", read_texts);
}
