/* Finds the one_ids of numbers, with something else that is known of these. */
#ifndef TABLEGATE_ONE_IDS_H
#define TABLEGATE_ONE_IDS_H

#include <stdint.h>

#include "duckdb_calls.h"

#define DIGITS 32
#define PREFIX_DIGITS 16
/* Place of the one_id of a number that has none. */
#define NO_PLACE UINT32_MAX

typedef struct {
  /* By number: the place of its one_id, or NO_PLACE. */
  const uint32_t *of;
  /* Three words a place: the halves of the last digits, the lower one first, and the place of the prefix. */
  const uint32_t *words;
  /* PREFIX_DIGITS each. */
  const char *prefixes;
  /* What else is known, by number: values of so many bytes (1, 2 or 4), which are written with so many. */
  const void *beside;
  int beside_bytes;
  int written_bytes;
} one_ids;

/*
 * @param one_id vector of VARCHAR, NULL for a number without one
 * @param beside vector of unsigned numbers
 */
void one_ids_find(const one_ids *ids, uint64_t count, const uint32_t *numbers, duckdb_vector one_id,
                  duckdb_vector beside);

#endif
