/*
 * Random guards and numbers as text, over names of the caller's choice: linear
 * forms, floor divisions and remainders by numbers and by names, products,
 * min, max, choices, comparisons, connectives.
 */
#ifndef TESTS_PROPERTY_GUARD_GROW_H
#define TESTS_PROPERTY_GUARD_GROW_H

#include "lib/base/arena.h"
#include "tests/unit/random.h"

typedef struct {
  random_source random;
  const char *const *name;
  size_t name_count;
  arena *m;  /* where text lives */
  bool safe; /* divisors are numbers above 0: every guard has a value */
} guard_grower;

/* At most `depth` operators deep. */
const char *grow_number(guard_grower *g, unsigned depth);
const char *grow_guard(guard_grower *g, unsigned depth);

#endif
