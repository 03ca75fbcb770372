/* A draft with the fixes of an answer put in. */
#ifndef TESTS_VOLUME_REPAIRED_H
#define TESTS_VOLUME_REPAIRED_H

#include "solver/result.h"
#include "tests/volume/table.h"
#include "tests/volume/writing.h"

/* scale*variable + offset, or `offset` where the variable is NO_VARIABLE. */
#define NO_VARIABLE SIZE_MAX
typedef struct {
  size_t variable;
  int64_t scale, offset;
} definition;

/* Variables are the items, of which only roots count, then new roots. */
typedef struct {
  const draft *d;
  definition of[MOST_ITEMS]; /* of each root */
  bool changed[MOST_ITEMS];
  span range[2 * MOST_ITEMS]; /* of each variable */
  const char *name[2 * MOST_ITEMS];
  size_t count;
} repaired;

/* Reads the fixes; NULL, or what is wrong with them. */
const char *repaired_read(repaired *r, const draft *d,
                          const dimsat_result *result);
/* Whether dims of different groups follow one root. */
bool repaired_connects(const repaired *r);
/* Whether the variables, over their ranges, give only sizes of the group that
 * `accept` takes. */
bool repaired_every(const repaired *r, const group_table *t,
                    bool (*accept)(cell, void *), void *data);
/* The item of this dim, or the number of items. */
size_t repaired_find_dim(const draft *d, const char *name, bool renamed);

#endif
