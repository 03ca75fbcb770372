/*
 * A random problem: groups of dims and axes that no guard connects, so that
 * each can be judged by trying every size of its own.
 */
#ifndef TESTS_VOLUME_DRAFT_H
#define TESTS_VOLUME_DRAFT_H

#include "tests/volume/formula.h"

#define MOST_GROUPS 3
#define MOST_ITEMS 24  /* dims and other axes of all groups */
#define MOST_GUARDS 16 /* of all groups, with burned axes */

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

/* How a draft is written. */
typedef struct {
  size_t order[MOST_GUARDS]; /* of the guards */
  size_t count;
  size_t groups[MOST_GROUPS]; /* which, in which order */
  size_t group_count;
  bool renamed;
  const formula *extra; /* one more guard, or NULL */
} writing;

/* A problem; its example mostly satisfies the guards and lies in the spec. */
void draft_grow(draft *d, uint64_t seed, arena *m);

bool item_is_dim(const item *x);
/* Where a FREE item may be: a hint counts only where there is no symbol. */
span item_free_range(const item *x);
/* Whether the example of a root is outside of its range. */
bool item_misses(const item *x);
/* The name of an item: of a dim, or of an axis. */
const char *draft_name(const draft *d, size_t index, bool renamed);
/* The name of an item's symbol. */
const char *draft_symbol(const draft *d, size_t index, bool renamed);

/* All of it, as it was grown. */
writing draft_plain(const draft *d);
/* As .dims text. */
const char *draft_write(const draft *d, const writing *w);

#endif
