/* MAP_ANONYMOUS and madvise are not of POSIX. */
#define _GNU_SOURCE
#include "texts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Where the system does not know it, memory that is reserved is only counted when it is used anyhow. */
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

/* A text with all that is known of it side by side, as looking something up is waiting for memory. */
typedef struct {
  uint32_t number;
  uint32_t length;
  _Atomic uint32_t cells;
  _Atomic uint32_t place;
  uint64_t hash;
  char bytes[];
} entry;

/* Entries begin at multiples of it. */
#define UNIT 8
/* Place 0 stands for none. */
#define FIRST_ENTRY UNIT
/* A slot counts places in 32 bits. */
#define MOST_BYTES ((uint64_t)UNIT << 32)
#define FIRST_SLOTS (1u << 12)
/* Below so many, room for four times as many is made at once. */
#define MANY_SLOTS (1u << 20)
/* So many cells are looked for at a time: what they need is on its way from memory meanwhile. */
#define BATCH 256
/* Rows that DuckDB hands over at a time, at most. */
#define MOST_ROWS 2048

struct texts {
  /* Held for reading by who uses `slots`, for writing by who makes more of them. */
  pthread_rwlock_t growing;
  /* Held by who adds a text. */
  pthread_mutex_t adding;
  /* Open addressing. Upper half: that of the hash; lower: where the entry is, in units; 0: free. */
  _Atomic uint64_t *slots;
  uint64_t slot_count;
  char *entries;
  uint64_t most_bytes;
  uint64_t used_bytes;
  uint32_t count;
  uint32_t first;
  atomic_bool failed;
};

static const uint64_t upper_half = 0xffffffff00000000ull;

static void *reserve(uint64_t bytes) {
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static inline entry *entry_at(const texts *table, uint32_t unit) {
  return (entry *)(table->entries + (uint64_t)unit * UNIT);
}

static inline uint64_t bytes_of(uint32_t length) {
  return (sizeof(entry) + length + UNIT - 1) / UNIT * UNIT;
}

static inline _Atomic uint64_t *slot_of(const texts *table, uint64_t hash) {
  return &table->slots[hash & (table->slot_count - 1)];
}

/* Puts an entry into the first free slot. */
static void place_entry(texts *table, uint64_t hash, uint64_t at) {
  _Atomic uint64_t *end = table->slots + table->slot_count;
  _Atomic uint64_t *slot = slot_of(table, hash);
  while (atomic_load_explicit(slot, memory_order_relaxed) != 0) {
    if (++slot == end) slot = table->slots;
  }
  /* Who finds it here finds the entry written. */
  atomic_store_explicit(slot, (hash & upper_half) | at / UNIT, memory_order_release);
}

static void free_slots(texts *table) {
  if (table->slots != NULL) munmap((void *)table->slots, table->slot_count * sizeof *table->slots);
}

/* Free ones, where all entries find theirs again. Nobody else uses the table meanwhile. */
static bool set_slots(texts *table, uint64_t slot_count) {
  _Atomic uint64_t *slots = reserve(slot_count * sizeof *slots);
  if (slots == NULL) return false;
  free_slots(table);
  table->slots = slots;
  table->slot_count = slot_count;
  for (uint64_t at = FIRST_ENTRY; at < table->used_bytes;) {
    const entry *one = entry_at(table, at / UNIT);
    place_entry(table, one->hash, at);
    at += bytes_of(one->length);
  }
  return true;
}

/* With more of them taken, what is looked for is often not where it is looked for first. */
static inline bool has_room(uint64_t slot_count, const texts *table, uint32_t more) {
  return ((uint64_t)table->count + more) * 5 <= slot_count * 3;
}

/* @return false where there is no memory */
static bool make_room(texts *table, uint32_t more) {
  uint64_t slot_count = table->slot_count;
  while (!has_room(slot_count, table, more)) slot_count *= slot_count < MANY_SLOTS ? 4 : 2;
  return slot_count == table->slot_count || set_slots(table, slot_count);
}

texts *texts_open(uint64_t most_bytes) {
  texts *table = calloc(1, sizeof *table);
  if (table == NULL) return NULL;
  pthread_rwlock_init(&table->growing, NULL);
  pthread_mutex_init(&table->adding, NULL);
  table->most_bytes = most_bytes < MOST_BYTES ? most_bytes : MOST_BYTES;
  table->entries = reserve(table->most_bytes);
  if (table->entries == NULL || !texts_begin(table, 0)) {
    texts_close(table);
    return NULL;
  }
  return table;
}

void texts_close(texts *table) {
  free_slots(table);
  if (table->entries != NULL) munmap(table->entries, table->most_bytes);
  pthread_rwlock_destroy(&table->growing);
  pthread_mutex_destroy(&table->adding);
  free(table);
}

bool texts_begin(texts *table, uint32_t first) {
  table->count = 0;
  table->first = first;
  table->used_bytes = FIRST_ENTRY;
  table->failed = false;
  if (table->slots == NULL) {
    table->failed = !set_slots(table, FIRST_SLOTS);
  } else {
    /* As many as before: to make more of them again and again takes longer. */
    memset((void *)table->slots, 0, table->slot_count * sizeof *table->slots);
  }
  return !table->failed;
}

void texts_end(texts *table) {
  madvise(table->entries, table->used_bytes, MADV_DONTNEED);
  free_slots(table);
  table->slots = NULL;
  texts_begin(table, 0);
}

/* @return NULL where the text is not there. Two texts with one hash let the table fail. */
static inline entry *find(texts *table, const duckdb_text *text, uint64_t hash) {
  const char *bytes = duckdb_text_bytes(text);
  _Atomic uint64_t *end = table->slots + table->slot_count;
  _Atomic uint64_t *slot = slot_of(table, hash);
  for (;;) {
    uint64_t value = atomic_load_explicit(slot, memory_order_acquire);
    if (value == 0) return NULL;
    if (((value ^ hash) & upper_half) == 0) {
      entry *one = entry_at(table, (uint32_t)value);
      if (one->hash == hash) {
        if (one->length == text->length && memcmp(one->bytes, bytes, one->length) == 0) return one;
        table->failed = true;
      }
    }
    if (++slot == end) slot = table->slots;
  }
}

/* @return NULL where there is no room for it */
static entry *add(texts *table, const duckdb_text *text, uint64_t hash, uint32_t place) {
  uint64_t at = table->used_bytes;
  uint64_t bytes = bytes_of(text->length);
  /* The number after the last one means none. */
  if (bytes > table->most_bytes - at || table->count >= NO_NUMBER - 1 - table->first) {
    table->failed = true;
    return NULL;
  }
  entry *one = entry_at(table, at / UNIT);
  one->number = table->first + table->count;
  one->length = text->length;
  one->cells = 1;
  one->place = place;
  one->hash = hash;
  memcpy(one->bytes, duckdb_text_bytes(text), text->length);
  table->used_bytes = at + bytes;
  table->count += 1;
  place_entry(table, hash, at);
  return one;
}

static inline void count_cell(entry *one, uint32_t place) {
  atomic_fetch_add_explicit(&one->cells, 1, memory_order_relaxed);
  uint32_t before = atomic_load_explicit(&one->place, memory_order_relaxed);
  while (place < before && !atomic_compare_exchange_weak_explicit(&one->place, &before, place, memory_order_relaxed,
                                                                  memory_order_relaxed)) {
  }
}

static inline void set_number(const texts_request *request, uint64_t at, uint32_t number) {
  uint32_t row = request->rows[at];
  if (row < request->number_count) __atomic_store_n(&request->numbers[row], number, __ATOMIC_RELAXED);
}

/* @param unknown written: places of the texts that are not there. @return how many; numbers all others */
static uint32_t number_known(texts *table, const texts_request *request, uint16_t *unknown) {
  uint32_t count = 0;
  for (uint64_t begin = 0; begin < request->count; begin += BATCH) {
    uint64_t end = begin + BATCH < request->count ? begin + BATCH : request->count;
    for (uint64_t at = begin; at < end; at += 1) __builtin_prefetch((const void *)slot_of(table, request->hashes[at]));
    for (uint64_t at = begin; at < end; at += 1) {
      uint64_t value = atomic_load_explicit(slot_of(table, request->hashes[at]), memory_order_relaxed);
      __builtin_prefetch(entry_at(table, (uint32_t)value), 1);
    }
    for (uint64_t at = begin; at < end; at += 1) {
      entry *one = find(table, &request->texts[at], request->hashes[at]);
      if (one == NULL) {
        unknown[count++] = (uint16_t)at;
        continue;
      }
      count_cell(one, request->place);
      set_number(request, at, one->number);
      request->new_numbers[at] = NO_NUMBER;
    }
  }
  return count;
}

/* As another thread may have added them meanwhile, they are looked for once more. */
static void number_unknown(texts *table, const texts_request *request, const uint16_t *unknown, uint32_t count) {
  for (uint32_t place = 0; place < count; place += 1) {
    uint16_t at = unknown[place];
    const duckdb_text *text = &request->texts[at];
    uint64_t hash = request->hashes[at];
    entry *one = find(table, text, hash);
    request->new_numbers[at] = NO_NUMBER;
    if (one != NULL) {
      count_cell(one, request->place);
    } else {
      one = add(table, text, hash, request->place);
      if (one == NULL) return;
      request->new_numbers[at] = one->number;
    }
    set_number(request, at, one->number);
  }
}

static void none_is_new(const texts_request *request) {
  for (uint64_t at = 0; at < request->count; at += 1) request->new_numbers[at] = NO_NUMBER;
}

void texts_number(texts *table, const texts_request *request) {
  uint16_t unknown[MOST_ROWS];
  if (request->count > MOST_ROWS) table->failed = true;
  if (table->failed) {
    none_is_new(request);
    return;
  }
  pthread_rwlock_rdlock(&table->growing);
  uint32_t count = number_known(table, request, unknown);
  if (count > 0) {
    pthread_mutex_lock(&table->adding);
    while (!has_room(table->slot_count, table, count) && !table->failed) {
      pthread_mutex_unlock(&table->adding);
      pthread_rwlock_unlock(&table->growing);
      pthread_rwlock_wrlock(&table->growing);
      if (!make_room(table, count)) table->failed = true;
      pthread_rwlock_unlock(&table->growing);
      pthread_rwlock_rdlock(&table->growing);
      pthread_mutex_lock(&table->adding);
    }
    if (has_room(table->slot_count, table, count)) number_unknown(table, request, unknown, count);
    pthread_mutex_unlock(&table->adding);
  }
  pthread_rwlock_unlock(&table->growing);
  if (table->failed) none_is_new(request);
}

uint32_t texts_count(const texts *table) {
  return table->count;
}

bool texts_failed(const texts *table) {
  return table->failed;
}

void texts_read(const texts *table, uint32_t *cells, uint16_t *places, uint64_t *hashes) {
  uint32_t number = 0;
  for (uint64_t at = FIRST_ENTRY; at < table->used_bytes; number += 1) {
    entry *one = entry_at(table, at / UNIT);
    cells[number] = one->cells;
    if (places != NULL) places[number] = (uint16_t)one->place;
    if (hashes != NULL) hashes[number] = one->hash;
    at += bytes_of(one->length);
  }
}

void texts_visit(const texts *table, void (*visit)(void *context, uint32_t number, const char *bytes, uint32_t length),
                 void *context) {
  uint32_t number = 0;
  for (uint64_t at = FIRST_ENTRY; at < table->used_bytes; number += 1) {
    const entry *one = entry_at(table, at / UNIT);
    visit(context, number, one->bytes, one->length);
    at += bytes_of(one->length);
  }
}
