#include "linking.h"

/* What a loop needs is asked for so many steps before. */
#define AHEAD 24

static inline void ask_for(const void *memory) {
  __builtin_prefetch(memory);
}

/* The smallest ID of the component; shortens the way for the next time. */
static uint32_t root_of(uint32_t *parents, uint32_t id) {
  uint32_t parent = parents[id];
  while (parent != id) {
    uint32_t next = parents[parent];
    if (next == parent) return parent;
    parents[id] = next;
    id = next;
    parent = parents[id];
  }
  return id;
}

static inline void join_two(uint32_t *parents, uint32_t one, uint32_t two) {
  /* Most have met before. */
  if (parents[one] == parents[two]) return;
  uint32_t root = root_of(parents, one);
  uint32_t other = root_of(parents, two);
  if (root < other) {
    parents[other] = root;
  } else {
    parents[root] = other;
  }
}

static inline uint32_t first_of(const uint32_t *parents, uint32_t *const *columns, size_t count, size_t row) {
  for (size_t at = 0; at < count; at += 1) {
    uint32_t id = columns[at][row];
    if (id != NO_ID && parents[id] != NO_ID) return id;
  }
  return NO_ID;
}

void linking_join(uint32_t *parents, const uint32_t *column, size_t rows, uint32_t *const *before,
                  size_t before_count) {
  if (before_count == 0) return;
  for (size_t row = 0; row < rows; row += 1) {
    if (row + AHEAD < rows) {
      uint32_t next = column[row + AHEAD];
      uint32_t beside = before[0][row + AHEAD];
      if (next != NO_ID) ask_for(&parents[next]);
      if (beside != NO_ID) ask_for(&parents[beside]);
    }
    uint32_t id = column[row];
    if (id == NO_ID || parents[id] == NO_ID) continue;
    uint32_t first = first_of(parents, before, before_count, row);
    if (first != NO_ID) join_two(parents, id, first);
  }
}

uint32_t linking_number_users(const uint32_t *parents, size_t id_count, uint32_t *user_of, uint32_t *ids) {
  uint32_t count = 0;
  for (size_t id = 0; id < id_count; id += 1) {
    if (id + AHEAD < id_count && parents[id + AHEAD] != NO_ID) ask_for(&user_of[parents[id + AHEAD]]);
    uint32_t parent = parents[id];
    if (parent == NO_ID) {
      user_of[id] = NO_ID;
      continue;
    }
    /* In their order: a smaller one has its user by then. */
    uint32_t user = parent == id ? count++ : user_of[parent];
    user_of[id] = user;
    ids[user] += 1;
  }
  return count;
}

void linking_represent(uint32_t *words, const uint32_t *user_of, size_t id_count, const uint32_t *hashes,
                       uint32_t place) {
  for (size_t id = 0; id < id_count; id += 1) {
    if (id + AHEAD < id_count && user_of[id + AHEAD] != NO_ID) ask_for(&words[3 * (size_t)user_of[id + AHEAD]]);
    uint32_t user = user_of[id];
    if (user == NO_ID) continue;
    uint32_t low = hashes[2 * id];
    uint32_t high = hashes[2 * id + 1];
    uint32_t *own = &words[3 * (size_t)user];
    int is_smaller = high < own[1] || (high == own[1] && low < own[0]);
    if (!is_smaller && own[2] != NO_ID) continue;
    own[0] = low;
    own[1] = high;
    own[2] = place;
  }
}

size_t linking_users_of_rows(uint32_t *users, const uint32_t *column, size_t rows, const uint32_t *user_of) {
  size_t found = 0;
  for (size_t row = 0; row < rows; row += 1) {
    if (row + AHEAD < rows && column[row + AHEAD] != NO_ID) ask_for(&user_of[column[row + AHEAD]]);
    uint32_t id = column[row];
    if (id == NO_ID || users[row] != NO_ID) continue;
    users[row] = user_of[id];
    if (users[row] != NO_ID) found += 1;
  }
  return found;
}
