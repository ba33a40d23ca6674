#include "functions.h"

#define MOST_NAME 128

/* How DuckDB's package marks its connections, and what lies behind them. */
static const napi_type_tag connection_tag = {0x922B9BF54AB04DFC, 0x8A258578D371DB71};
typedef struct {
  duckdb_connection connection;
} connection_holder;

static duckdb_connection connection_at(const arguments *given, size_t place) {
  bool is_connection = false;
  napi_check_object_type_tag(given->env, given->values[place], &connection_tag, &is_connection);
  if (!is_connection) return NULL;
  const connection_holder *holder = external_at(given, place);
  return holder == NULL ? NULL : holder->connection;
}

bool make_function(const arguments *given, const function_request *request) {
  duckdb_connection connection = connection_at(given, 0);
  char name[MOST_NAME];
  size_t length = 0;
  napi_status named = napi_get_value_string_utf8(given->env, given->values[1], name, MOST_NAME, &length);
  if (connection == NULL || named != napi_ok) {
    request->destroy(request->info);
    return false;
  }
  duckdb_scalar_function function = duckdb.create_scalar_function();
  duckdb.scalar_function_set_name(function, name);
  for (size_t at = 0; at < request->parameter_count; at += 1) {
    duckdb_logical_type type = duckdb.create_logical_type(request->parameters[at]);
    duckdb.scalar_function_add_parameter(function, type);
    duckdb.destroy_logical_type(&type);
  }
  duckdb.scalar_function_set_return_type(function, request->result);
  duckdb.scalar_function_set_volatile(function);
  duckdb.scalar_function_set_extra_info(function, request->info, request->destroy);
  duckdb.scalar_function_set_function(function, request->run);
  int state = duckdb.register_scalar_function(connection, function);
  duckdb.destroy_scalar_function(&function);
  return state == 0;
}
