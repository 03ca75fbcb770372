/* Disjoint sets of variables: `parent[i]` leads to the smallest member of the
 * set of i. */
#ifndef SOLVER_SETS_H
#define SOLVER_SETS_H

#include "lib/base/arena.h"

/* Each of 0 up to `count` alone. */
static inline uint32_t *sets_alone(arena *m, size_t count) {
  uint32_t *parent = arena_alloc(m, (count + 1) * sizeof *parent);
  for (uint32_t i = 0; i < count; i++)
    parent[i] = i;
  return parent;
}

/* The smallest member; paths are halved on the way (Tarjan). */
static inline uint32_t set_root(uint32_t *parent, uint32_t i) {
  while (parent[i] != i)
    i = parent[i] = parent[parent[i]];
  return i;
}

/* Makes one set of two. */
static inline void set_join(uint32_t *parent, uint32_t i, uint32_t k) {
  i = set_root(parent, i);
  k = set_root(parent, k);
  parent[i < k ? k : i] = i < k ? i : k;
}

#endif
