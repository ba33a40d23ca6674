#include "one_ids.h"

#include <string.h>

static const char hex[] = "0123456789abcdef";

static void write_word(char *digits, uint32_t word) {
  for (int at = 7; at >= 0; at -= 1) {
    digits[at] = hex[word & 15];
    word >>= 4;
  }
}

static void set_null(duckdb_vector vector, uint64_t row) {
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.vector_get_validity(vector)[row / 64] &= ~(1ull << (row % 64));
}

static uint32_t value_at(const void *values, int bytes, uint32_t place) {
  switch (bytes) {
    case 1:
      return ((const uint8_t *)values)[place];
    case 2:
      return ((const uint16_t *)values)[place];
    default:
      return ((const uint32_t *)values)[place];
  }
}

static void write_value(void *values, int bytes, uint64_t row, uint32_t value) {
  switch (bytes) {
    case 1:
      ((uint8_t *)values)[row] = (uint8_t)value;
      break;
    case 2:
      ((uint16_t *)values)[row] = (uint16_t)value;
      break;
    default:
      ((uint32_t *)values)[row] = value;
  }
}

void one_ids_find(const one_ids *ids, uint64_t count, const uint32_t *numbers, duckdb_vector one_id,
                  duckdb_vector beside) {
  for (uint64_t row = 0; row < count; row += 1) {
    uint32_t place = ids->of[numbers[row]];
    if (place != NO_PLACE) __builtin_prefetch(&ids->words[3 * (uint64_t)place]);
  }
  void *written = duckdb.vector_get_data(beside);
  for (uint64_t row = 0; row < count; row += 1) {
    uint32_t value = value_at(ids->beside, ids->beside_bytes, numbers[row]);
    write_value(written, ids->written_bytes, row, value);
    uint32_t place = ids->of[numbers[row]];
    if (place == NO_PLACE) {
      set_null(one_id, row);
      continue;
    }
    const uint32_t *words = &ids->words[3 * (uint64_t)place];
    char digits[DIGITS];
    memcpy(digits, &ids->prefixes[(uint64_t)words[2] * PREFIX_DIGITS], PREFIX_DIGITS);
    write_word(digits + PREFIX_DIGITS, words[1]);
    write_word(digits + PREFIX_DIGITS + 8, words[0]);
    duckdb.vector_assign_string_element_len(one_id, row, digits, DIGITS);
  }
}
