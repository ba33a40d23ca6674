/*
 * The part of DuckDB's C interface that is used here: handles, types and functions as its documentation
 * has them. The functions are looked up in the library that Node has loaded already.
 */
#ifndef TABLEGATE_DUCKDB_CALLS_H
#define TABLEGATE_DUCKDB_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct duckdb_connection_s *duckdb_connection;
typedef struct duckdb_data_chunk_s *duckdb_data_chunk;
typedef struct duckdb_function_info_s *duckdb_function_info;
typedef struct duckdb_logical_type_s *duckdb_logical_type;
typedef struct duckdb_scalar_function_s *duckdb_scalar_function;
typedef struct duckdb_vector_s *duckdb_vector;

typedef void (*duckdb_run)(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);

/* Ids of types. */
enum { DUCKDB_UTINYINT = 6, DUCKDB_USMALLINT = 7, DUCKDB_UINTEGER = 8, DUCKDB_UBIGINT = 9, DUCKDB_VARCHAR = 17 };

/* A text in a vector: up to 12 bytes lie in it from `first` on, of longer ones the first 4, and where all are. */
typedef struct {
  uint32_t length;
  char first[4];
  const char *bytes;
} duckdb_text;

static inline const char *duckdb_text_bytes(const duckdb_text *text) {
  return text->length <= 12 ? (const char *)text + offsetof(duckdb_text, first) : text->bytes;
}

/* All functions, by their names without the prefix. */
typedef struct {
  duckdb_logical_type (*create_logical_type)(int id);
  duckdb_logical_type (*create_enum_type)(const char **names, uint64_t count);
  duckdb_logical_type (*create_struct_type)(duckdb_logical_type *types, const char **names, uint64_t count);
  int (*enum_internal_type)(duckdb_logical_type type);
  void (*destroy_logical_type)(duckdb_logical_type *type);
  duckdb_scalar_function (*create_scalar_function)(void);
  void (*destroy_scalar_function)(duckdb_scalar_function *function);
  void (*scalar_function_set_name)(duckdb_scalar_function function, const char *name);
  void (*scalar_function_add_parameter)(duckdb_scalar_function function, duckdb_logical_type type);
  void (*scalar_function_set_return_type)(duckdb_scalar_function function, duckdb_logical_type type);
  void (*scalar_function_set_volatile)(duckdb_scalar_function function);
  void (*scalar_function_set_extra_info)(duckdb_scalar_function function, void *info, void (*destroy)(void *));
  void (*scalar_function_set_function)(duckdb_scalar_function function, duckdb_run run);
  void *(*scalar_function_get_extra_info)(duckdb_function_info info);
  void (*scalar_function_set_error)(duckdb_function_info info, const char *message);
  int (*register_scalar_function)(duckdb_connection connection, duckdb_scalar_function function);
  uint64_t (*data_chunk_get_size)(duckdb_data_chunk chunk);
  duckdb_vector (*data_chunk_get_vector)(duckdb_data_chunk chunk, uint64_t column);
  void *(*vector_get_data)(duckdb_vector vector);
  uint64_t *(*vector_get_validity)(duckdb_vector vector);
  void (*vector_ensure_validity_writable)(duckdb_vector vector);
  void (*vector_assign_string_element_len)(duckdb_vector vector, uint64_t place, const char *bytes, uint64_t length);
  duckdb_vector (*struct_vector_get_child)(duckdb_vector vector, uint64_t place);
} duckdb_calls;

extern duckdb_calls duckdb;

/* Comes before all calls. @return false where the library was not loaded the first time, or lacks a function */
bool duckdb_find(void);

#endif
