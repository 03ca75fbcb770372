/*
 * What the guards of one group of a draft say at every size of its dims: the
 * truth that answers are compared with.
 */
#ifndef TESTS_VOLUME_TABLE_H
#define TESTS_VOLUME_TABLE_H

#include "tests/volume/draft.h"

typedef enum {
  CELL_BREAKS,
  CELL_HOLDS,
  CELL_UNKNOWN, /* no size of an endless axis was found */
  CELL_VOID,    /* outside of what the tracer assumed */
  CELL_OUT,     /* outside of the box */
  CELL_FAR      /* beyond the sizes that are tried */
} cell;

typedef struct {
  const draft *d;
  size_t group;
  size_t root[MOST_ROOTS]; /* items */
  size_t root_count;
  span box[MOST_ROOTS];  /* the user's range, made wider for the example */
  bool open[MOST_ROOTS]; /* the user's range goes on */
  uint8_t *cell;
  bool breaks, holds; /* somewhere within the user's ranges */
  bool exact;         /* everything was tried */
  bool misses;        /* the example is outside of the user's ranges */
  /* Of each item, by size: whether it takes part where all guards hold. */
  uint8_t *seen[MOST_ITEMS];
  int64_t seen_end[MOST_ITEMS];
} group_table;

group_table *table_fill(const draft *d, size_t group);
/* What the guards say where the roots have these sizes. */
cell table_at(const group_table *t, const int64_t *root);
/* The same at sizes of all items by evaluation, with no limit; the sizes of
 * derived dims are filled in. */
cell table_evaluate(const draft *d, size_t group, int64_t *at);
/* Whether all sizes of the roots but those of an item were tried. */
bool table_covers(const group_table *t, size_t index);
/* The root that an item follows: its place in `root`. */
size_t table_root(const group_table *t, size_t index);

#endif
