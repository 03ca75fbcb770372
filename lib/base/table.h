/*
 * A set of pointers found by hash: open addressing, linear probing, no removal.
 * Hash-consing, name tables and memo tables are made of it.  The caller
 * compares: `table_first`/`table_next` walk the candidates with an equal hash.
 */
#ifndef LIB_BASE_TABLE_H
#define LIB_BASE_TABLE_H

#include "lib/base/arena.h"

typedef struct {
  uint32_t hash;
  const void *item; /* NULL: empty */
} table_slot;

typedef struct {
  table_slot *slot;
  uint32_t mask;  /* slots - 1, a power of two less one */
  uint32_t count; /* items held */
} table;

/* An empty table with room for about `expected` items. */
void table_init(table *t, arena *a, uint32_t expected);

/* The next item whose hash is `hash`, or NULL.  Start with `*at` = hash. */
const void *table_next(const table *t, uint32_t hash, uint32_t *at);

/* Puts `item` in; the caller knows that it is not there yet. */
void table_add(table *t, arena *a, uint32_t hash, const void *item);

/* Mixing for hashes: order matters, equal input gives equal output always. */
static inline uint32_t hash_mix(uint32_t hash, uint64_t value) {
  uint64_t x = value + UINT64_C(0x9e3779b97f4a7c15) * ((uint64_t)hash + 1);
  x = (x ^ (x >> 32)) * UINT64_C(0xd6e8feb86659fd93);
  return (uint32_t)(x ^ (x >> 32));
}
uint32_t hash_bytes(uint32_t hash, const void *bytes, size_t length);

#endif
