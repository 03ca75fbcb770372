/*
 * A random problem: groups of dims and axes that no guard connects, so that
 * each can be judged by trying every size of its own.
 */
#ifndef TESTS_VOLUME_DRAFT_H
#define TESTS_VOLUME_DRAFT_H

#include "tests/volume/formula.h"

#define MOST_GROUPS 3
#define MOST_ROOTS 4   /* of a group */
#define MOST_ITEMS 24  /* dims and other axes of all groups */
#define MOST_GUARDS 32 /* of all groups, with burned axes */

/* Sizes from lo to hi, without end where hi is ENDLESS. */
#define ENDLESS INT64_MAX
typedef struct {
  int64_t lo, hi;
} span;

typedef enum { ITEM_ROOT, ITEM_DERIVED, ITEM_FREE, ITEM_STATIC } item_kind;

/* Something with a size; all but unused roots are an axis. */
typedef struct {
  item_kind kind;
  size_t group;
  size_t axis;           /* its place in the group's input */
  span own;              /* what the user promises; of a FREE item its hint */
  span assumed;          /* by the tracer */
  size_t root;           /* DERIVED: scale*root + offset */
  int64_t scale, offset; /* root stands in front and may be derived */
  int64_t example;
  bool has_symbol; /* with `assumed` as its range */
  bool dynamic;    /* FREE: must not be forced to one size */
  bool unnamed;    /* DERIVED: no dim, but an expression in the shape */
} item;

typedef struct {
  const formula *formula;
  size_t group;
  bool burned; /* the axis `item` was traced at its example */
  size_t item;
} draft_guard;

typedef struct {
  arena *m;
  random_source random;
  item item[MOST_ITEMS];
  size_t first[MOST_GROUPS + 1]; /* items of group g: first[g]..first[g+1]-1 */
  size_t count;
  size_t group_count;
  draft_guard guard[MOST_GUARDS];
  size_t guard_count;
} draft;

/* A problem; its example mostly satisfies the guards and lies in the spec. */
void draft_grow(draft *d, uint64_t seed, arena *m);
void draft_grow_from(draft *d, random_source random, arena *m);

bool item_is_dim(const item *x);
/* Where a FREE item may be: a hint counts only where there is no symbol. */
span item_free_range(const item *x);
/* Whether the example of a root is outside of its range. */
bool item_misses(const item *x);

#endif
