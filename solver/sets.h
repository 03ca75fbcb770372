/* Disjoint sets of variables: `parent[i]` leads to the representative of i. */
#ifndef SOLVER_SETS_H
#define SOLVER_SETS_H

#include <stdint.h>

/* The representative of i; paths are halved on the way (Tarjan). */
static inline uint32_t set_root(uint32_t *parent, uint32_t i) {
  while (parent[i] != i)
    i = parent[i] = parent[parent[i]];
  return i;
}

#endif
