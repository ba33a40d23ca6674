/* What JavaScript sees of linking. */
#include "linking.h"

#include "glue.h"

/* Columns of one table. */
#define MOST_COLUMNS 256

/* (parents, column, array of columns before) -> whether it was done: false where there are too many */
static napi_value join(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  array column = array_at(&given, 1);
  uint32_t *before[MOST_COLUMNS];
  uint32_t count = 0;
  napi_get_array_length(env, given.values[2], &count);
  for (uint32_t at = 0; at < count && count <= MOST_COLUMNS; at += 1) {
    napi_value one;
    napi_get_element(env, given.values[2], at, &one);
    before[at] = array_of(env, one).data;
  }
  if (count <= MOST_COLUMNS) linking_join(array_at(&given, 0).data, column.data, column.length, before, count);
  return bool_of(env, count <= MOST_COLUMNS);
}

/* (parents, users of IDs, IDs of users) -> how many users there are */
static napi_value number_users(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  array parents = array_at(&given, 0);
  return number_of(env, linking_number_users(parents.data, parents.length, array_at(&given, 1).data,
                                             array_at(&given, 2).data));
}

/* (words of users, users of IDs, hashes of IDs, place of their type) */
static napi_value represent(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  array user_of = array_at(&given, 1);
  linking_represent(array_at(&given, 0).data, user_of.data, user_of.length, array_at(&given, 2).data,
                    number_at(&given, 3));
  return NULL;
}

/* (users of rows, column, users of IDs) -> how many rows have got a user */
static napi_value users_of_rows(napi_env env, napi_callback_info info) {
  arguments given = arguments_of(env, info);
  array column = array_at(&given, 1);
  return number_of(env, (double)linking_users_of_rows(array_at(&given, 0).data, column.data, column.length,
                                                      array_at(&given, 2).data));
}

void define_linking(napi_env env, napi_value exports) {
  define(env, exports, "join", join);
  define(env, exports, "numberUsers", number_users);
  define(env, exports, "represent", represent);
  define(env, exports, "usersOfRows", users_of_rows);
}
