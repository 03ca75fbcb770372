/* Numbers sorted into lists by key, in linear time (counting sort). */
#ifndef SOLVER_LISTING_H
#define SOLVER_LISTING_H

#include "lib/base/arena.h"

#define NOWHERE UINT32_MAX

typedef struct {
  uint32_t *item;  /* those of key k: item[start[k]] up to start[k + 1] */
  uint32_t *start; /* one more than there are keys */
} listing;

/* The numbers 0 up to `count`, by `key[i]`; ascending within each list.  One
 * whose key is NOWHERE is in none. */
static inline listing listing_of(arena *m, const uint32_t *key, size_t count,
                                 size_t keys) {
  listing l = {.item = arena_alloc(m, (count + 1) * sizeof *l.item),
               .start = arena_zeroed(m, keys + 2, sizeof *l.start)};
  for (size_t i = 0; i < count; i++)
    if (key[i] != NOWHERE)
      l.start[key[i] + 2]++;
  for (size_t k = 1; k < keys; k++)
    l.start[k + 1] += l.start[k];
  for (uint32_t i = 0; i < count; i++)
    if (key[i] != NOWHERE)
      l.item[l.start[key[i] + 1]++] = i;
  return l;
}

#endif
