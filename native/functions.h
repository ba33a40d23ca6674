/* How functions of DuckDB are made on a connection of its package for Node. */
#ifndef TABLEGATE_FUNCTIONS_H
#define TABLEGATE_FUNCTIONS_H

#include "duckdb_calls.h"
#include "glue.h"

#define MOST_PARAMETERS 3

/* A function that is to be made. */
typedef struct {
  int parameters[MOST_PARAMETERS];
  size_t parameter_count;
  duckdb_logical_type result;
  duckdb_run run;
  /* Given to it, and destroyed once nothing calls it any more. */
  void *info;
  void (*destroy)(void *info);
} function_request;

/*
 * Makes a volatile function. The connection and the name are the first two arguments.
 * @return false where that cannot be done; `info` is destroyed then as well
 */
bool make_function(const arguments *given, const function_request *request);

#endif
