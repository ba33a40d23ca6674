/* RTLD_DEFAULT is not of POSIX. */
#define _GNU_SOURCE
#include "duckdb_calls.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

duckdb_calls duckdb;

/* What dlsym finds is a pointer to an object, which C does not turn into one to a function. */
static bool find_one(void *library, const char *name, void *place) {
  void *found = dlsym(library, name);
  memcpy(place, &found, sizeof found);
  return found != NULL;
}

#define FIND(name) find_one(library_handle, "duckdb_" #name, &duckdb.name)

static bool find_all(void) {
  /* On Linux its functions are seen by who asks this library for them; on macOS all see them. */
  void *library_handle = dlopen("libduckdb.so", RTLD_NOLOAD | RTLD_LAZY);
  if (library_handle == NULL) library_handle = RTLD_DEFAULT;
  return FIND(create_logical_type) && FIND(create_enum_type) && FIND(create_struct_type) && FIND(enum_internal_type) &&
         FIND(destroy_logical_type) && FIND(create_scalar_function) && FIND(destroy_scalar_function) &&
         FIND(scalar_function_set_name) && FIND(scalar_function_add_parameter) &&
         FIND(scalar_function_set_return_type) && FIND(scalar_function_set_volatile) &&
         FIND(scalar_function_set_extra_info) && FIND(scalar_function_set_function) &&
         FIND(scalar_function_get_extra_info) && FIND(scalar_function_set_error) && FIND(register_scalar_function) &&
         FIND(data_chunk_get_size) && FIND(data_chunk_get_vector) && FIND(vector_get_data) &&
         FIND(vector_get_validity) && FIND(vector_ensure_validity_writable) &&
         FIND(vector_assign_string_element_len) && FIND(struct_vector_get_child);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_found;

static void find_once(void) {
  is_found = find_all();
}

bool duckdb_find(void) {
  pthread_once(&once, find_once);
  return is_found;
}
