/*
 * A table that numbers texts in the order in which they come, for several threads at once. Texts are
 * compared as a whole: their hashes only say where to look.
 */
#ifndef TABLEGATE_TEXTS_H
#define TABLEGATE_TEXTS_H

#include <stdbool.h>
#include <stdint.h>

#include "duckdb_calls.h"

/* No number: of a row without a text, and what a text gets that is numbered already. */
#define NO_NUMBER UINT32_MAX

typedef struct texts texts;

/* @return NULL where there is no memory. @param most_bytes texts and what is known of each take at most so many */
texts *texts_open(uint64_t most_bytes);
void texts_close(texts *table);

/* Forgets all texts. @param first the number of the next one. @return false where there is no memory */
bool texts_begin(texts *table, uint32_t first);

/* Forgets all texts, and gives back their memory. */
void texts_end(texts *table);

/* One call of `texts_number`: a row each. */
typedef struct {
  uint64_t count;
  const duckdb_text *texts;
  /* Of the texts; equal ones have equal hashes. */
  const uint64_t *hashes;
  /* Where the number of each belongs in `numbers`; nowhere for what lies behind these, such as NO_NUMBER. */
  const uint32_t *rows;
  uint32_t *numbers;
  /* At most NO_NUMBER. */
  uint64_t number_count;
  /* Of the column that the texts stand in. */
  uint32_t place;
  /* Written: the number of a text that has come for the first time, NO_NUMBER for all others. */
  uint32_t *new_numbers;
} texts_request;

/* Once the table has failed, no text is new. */
void texts_number(texts *table, const texts_request *request);

/* How many texts there are. */
uint32_t texts_count(const texts *table);

/* Whether two texts have shared a hash, or texts have not found room: then the numbers mean nothing. */
bool texts_failed(const texts *table);

/*
 * What is known of each, in the order of the numbers.
 * @param cells how often each came. @param places the smallest place of each, or NULL. @param hashes of each, or NULL
 */
void texts_read(const texts *table, uint32_t *cells, uint16_t *places, uint64_t *hashes);

/* The texts in the order of their numbers. @param visit is given each, and the number counted from 0 */
void texts_visit(const texts *table, void (*visit)(void *context, uint32_t number, const char *bytes, uint32_t length),
                 void *context);

#endif
