/*
 * What Node loads. Memory of typed arrays is read and written where it lies: JavaScript keeps them for as
 * long as SQL may call a function that was given them, and sees to it that they are long enough. Hashes are
 * handed over as pairs of words, the lower one first, as they lie in the memory of a little-endian machine:
 * DuckDB's package is there for no other.
 */
#include "glue.h"

NAPI_MODULE_INIT() {
  define_texts(env, exports);
  define_one_ids(env, exports);
  define_linking(env, exports);
  return exports;
}
