/*
 * What JavaScript sees: functions of DuckDB that number texts and find one_ids without waiting for its
 * thread. Memory of typed arrays is written and read where it lies: JavaScript keeps them for as long as
 * SQL may call a function that was given them.
 */
#include <node_api.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "duckdb_calls.h"
#include "one_ids.h"
#include "texts.h"

#define MOST_ARGUMENTS 8
#define MOST_NAME 128

/* How DuckDB's package for Node marks its connections, and what lies behind them. */
static const napi_type_tag connection_tag = {0x922B9BF54AB04DFC, 0x8A258578D371DB71};
typedef struct {
  duckdb_connection connection;
} connection_holder;

typedef struct {
  napi_env env;
  napi_value values[MOST_ARGUMENTS];
  size_t count;
} arguments;

static arguments arguments_of(napi_env env, napi_callback_info info) {
  arguments given = {.env = env, .count = MOST_ARGUMENTS};
  napi_get_cb_info(env, info, &given.count, given.values, NULL, NULL);
  return given;
}

static napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

static void *external_at(const arguments *given, size_t place) {
  void *data = NULL;
  napi_get_value_external(given->env, given->values[place], &data);
  return data;
}

static uint32_t number_at(const arguments *given, size_t place) {
  uint32_t number = 0;
  napi_get_value_uint32(given->env, given->values[place], &number);
  return number;
}

/* The memory of a typed array. @param bytes written: the size of an element; may be NULL */
static void *array_at(const arguments *given, size_t place, int *bytes) {
  void *data = NULL;
  napi_typedarray_type type = napi_uint8_array;
  napi_get_typedarray_info(given->env, given->values[place], &type, NULL, &data, NULL, NULL);
  if (bytes != NULL) *bytes = type == napi_uint8_array ? 1 : type == napi_uint16_array ? 2 : 4;
  return data;
}

static bool name_at(const arguments *given, size_t place, char name[MOST_NAME]) {
  size_t length = 0;
  return napi_get_value_string_utf8(given->env, given->values[place], name, MOST_NAME, &length) == napi_ok;
}

static duckdb_connection connection_at(const arguments *given, size_t place) {
  bool is_connection = false;
  napi_check_object_type_tag(given->env, given->values[place], &connection_tag, &is_connection);
  if (!is_connection) return NULL;
  const connection_holder *holder = external_at(given, place);
  return holder == NULL ? NULL : holder->connection;
}

static napi_value number_of(napi_env env, uint32_t number) {
  napi_value value;
  napi_create_uint32(env, number, &value);
  return value;
}

/*
 * Registers a volatile function. @param info given to it; freed once nothing calls it any more
 * @return false where DuckDB refuses; `info` is freed then as well
 */
static bool register_function(duckdb_connection connection, const char *name, const int *parameters, size_t count,
                              duckdb_logical_type result, duckdb_run run, void *info, void (*destroy)(void *)) {
  duckdb_scalar_function function = duckdb.create_scalar_function();
  duckdb.scalar_function_set_name(function, name);
  for (size_t at = 0; at < count; at += 1) {
    duckdb_logical_type type = duckdb.create_logical_type(parameters[at]);
    duckdb.scalar_function_add_parameter(function, type);
    duckdb.destroy_logical_type(&type);
  }
  duckdb.scalar_function_set_return_type(function, result);
  duckdb.scalar_function_set_volatile(function);
  duckdb.scalar_function_set_extra_info(function, info, destroy);
  duckdb.scalar_function_set_function(function, run);
  int state = duckdb.register_scalar_function(connection, function);
  duckdb.destroy_scalar_function(&function);
  return state == 0;
}

static void close_texts(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  texts_close(data);
}

/* (most MiB) -> texts, or null where there is no memory */
static napi_value open_texts(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  napi_value value;
  texts *table = texts_open((uint64_t)number_at(&given, 0) << 20);
  if (table == NULL) {
    napi_get_null(env, &value);
    return value;
  }
  napi_create_external(env, table, close_texts, NULL, &value);
  return value;
}

/* (texts, first number) -> whether there is memory */
static napi_value begin_texts(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  napi_value value;
  napi_get_boolean(env, texts_begin(external_at(&given, 0), number_at(&given, 1)), &value);
  return value;
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
  uint32_t *numbers;
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
      .numbers = column->numbers,
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
  duckdb_connection connection = connection_at(&given, 0);
  char name[MOST_NAME];
  numbering *column = calloc(1, sizeof *column);
  if (connection == NULL || column == NULL || !name_at(&given, 1, name)) {
    free(column);
    return fail(env, "texts cannot be numbered: no connection, name or memory");
  }
  /* This function, JavaScript, DuckDB. */
  column->holders = 3;
  column->table = external_at(&given, 2);
  column->numbers = array_at(&given, 3, NULL);
  column->place = number_at(&given, 4);
  napi_value value;
  napi_create_external(env, column, finalize_numbering, NULL, &value);
  static const int parameters[] = {DUCKDB_VARCHAR, DUCKDB_UBIGINT, DUCKDB_UINTEGER};
  duckdb_logical_type result = duckdb.create_logical_type(DUCKDB_UINTEGER);
  bool is_registered =
      register_function(connection, name, parameters, 3, result, number_rows, column, drop_numbering);
  duckdb.destroy_logical_type(&result);
  drop_numbering(column);
  return is_registered ? value : fail(env, "texts cannot be numbered: DuckDB refuses the function");
}

/* (numbering) -> how many rows it has numbered; SQL may not call its function any more */
static napi_value release_numbering(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  numbering *column = external_at(&given, 0);
  atomic_store(&column->table, NULL);
  napi_value value;
  napi_create_double(env, (double)atomic_load(&column->cells), &value);
  return value;
}

/* (texts) -> how many there are, or null where the numbers mean nothing */
static napi_value count_texts(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  const texts *table = external_at(&given, 0);
  if (!texts_failed(table)) return number_of(env, texts_count(table));
  napi_value value;
  napi_get_null(env, &value);
  return value;
}

/* (texts, cells Uint32Array, places Uint16Array, hashes Int32Array of pairs) */
static napi_value read_texts(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  texts_read(external_at(&given, 0), array_at(&given, 1, NULL), array_at(&given, 2, NULL),
             array_at(&given, 3, NULL));
  return NULL;
}

/* What is made of texts of digits. */
typedef struct {
  napi_env env;
  uint32_t *words;
  napi_value others;
  uint32_t other_count;
} digits_read;

/* @return -1 for what is none of ours */
static int digit_of(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

/* @param words the lowest first. @return false for what is no one_id of ours */
static bool read_words(const char *bytes, uint32_t length, uint32_t words[4]) {
  if (length != DIGITS) return false;
  uint32_t any = 0;
  for (int word = 0; word < 4; word += 1) {
    uint32_t value = 0;
    for (int at = 0; at < 8; at += 1) {
      int digit = digit_of(bytes[(3 - word) * 8 + at]);
      if (digit < 0) return false;
      value = value << 4 | (uint32_t)digit;
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
  digits_read read = {.env = env, .words = array_at(&given, 1, NULL)};
  napi_create_array(env, &read.others);
  texts_visit(external_at(&given, 0), visit_digits, &read);
  return read.others;
}

static void free_one_ids(void *data) {
  free(data);
}

static void find_one_ids(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const one_ids *ids = duckdb.scalar_function_get_extra_info(info);
  one_ids_find(ids, duckdb.data_chunk_get_size(input),
               duckdb.vector_get_data(duckdb.data_chunk_get_vector(input, 0)),
               duckdb.struct_vector_get_child(output, 0), duckdb.struct_vector_get_child(output, 1));
}

static int bytes_of_type(int type) {
  return type == DUCKDB_UTINYINT ? 1 : type == DUCKDB_USMALLINT ? 2 : 4;
}

/* An ENUM of an array of texts. @return NULL where it is none */
static duckdb_logical_type enum_of(napi_env env, napi_value list) {
  uint32_t count = 0;
  if (napi_get_array_length(env, list, &count) != napi_ok) return NULL;
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
 * (connection, name, of Uint32Array, words Uint32Array, prefixes Uint8Array, beside, texts or null); makes
 * the function name(number UINTEGER) -> STRUCT(one_id VARCHAR, beside ENUM or UINTEGER)
 */
static napi_value register_one_ids(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  duckdb_connection connection = connection_at(&given, 0);
  char name[MOST_NAME];
  one_ids *ids = calloc(1, sizeof *ids);
  if (connection == NULL || ids == NULL || !name_at(&given, 1, name)) {
    free(ids);
    return fail(env, "one_ids cannot be found: no connection, name or memory");
  }
  ids->of = array_at(&given, 2, NULL);
  ids->words = array_at(&given, 3, NULL);
  ids->prefixes = array_at(&given, 4, NULL);
  ids->beside = array_at(&given, 5, &ids->beside_bytes);
  duckdb_logical_type fields[] = {duckdb.create_logical_type(DUCKDB_VARCHAR), enum_of(env, given.values[6])};
  if (fields[1] == NULL) {
    fields[1] = duckdb.create_logical_type(DUCKDB_UINTEGER);
    ids->written_bytes = 4;
  } else {
    ids->written_bytes = bytes_of_type(duckdb.enum_internal_type(fields[1]));
  }
  const char *names[] = {"one_id", "beside"};
  duckdb_logical_type result = duckdb.create_struct_type(fields, names, 2);
  static const int parameters[] = {DUCKDB_UINTEGER};
  bool is_registered = register_function(connection, name, parameters, 1, result, find_one_ids, ids, free_one_ids);
  duckdb.destroy_logical_type(&result);
  for (int at = 0; at < 2; at += 1) duckdb.destroy_logical_type(&fields[at]);
  return is_registered ? NULL : fail(env, "one_ids cannot be found: DuckDB refuses the function");
}

static void define(napi_env env, napi_value exports, const char *name, napi_callback run) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, run, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT() {
  if (!duckdb_find()) return fail(env, "DuckDB is not loaded, or is another one");
  define(env, exports, "openTexts", open_texts);
  define(env, exports, "beginTexts", begin_texts);
  define(env, exports, "endTexts", end_texts);
  define(env, exports, "numberTexts", number_texts);
  define(env, exports, "releaseNumbering", release_numbering);
  define(env, exports, "countTexts", count_texts);
  define(env, exports, "readTexts", read_texts);
  define(env, exports, "readDigits", read_digits);
  define(env, exports, "registerOneIds", register_one_ids);
  return exports;
}
