/*
 * What a run has seen: counters that are summed over processes and printed as
 * one block.
 */
#ifndef TESTS_VOLUME_TOTALS_H
#define TESTS_VOLUME_TOTALS_H

#include "solver/result.h"
#include "tests/volume/draft.h"

/* Who decides. */
typedef enum { WAY_NATIVE, WAY_BOTH, WAY_Z3, WAYS } way;

/* The same question in other words. */
typedef enum {
  LAW_GUARD_ORDER,
  LAW_DIM_ORDER,
  LAW_AXIS_ORDER,
  LAW_GROUP_ORDER,
  LAW_GROUPS_ALONE,
  LAW_NAMES,
  LAW_TRUE_GUARD,
  LAW_WEAKER_GUARD,
  LAW_UNITS,
  LAW_SCALED,
  LAWS
} law;

#define MOST_DIMS 6
typedef enum {
  FEATURE_SYMBOL,     /* a derived dim with a symbol */
  FEATURE_NO_SYMBOL,  /* and without */
  FEATURE_EXPRESSION, /* of a dim in a shape; or a dim there twice */
  FEATURE_AUTO,
  FEATURE_DYNAMIC,
  FEATURE_STATIC,
  FEATURE_BURNED,
  FEATURE_ENDLESS,  /* dims without an upper bound */
  FEATURE_OUTSIDE,  /* the example outside of the spec */
  FEATURE_NO_VALUE, /* a divisor that may be 0 */
  FEATURE_SHARED,   /* several guards over one dim */
  FEATURES
} feature;

typedef struct {
  uint64_t problems, calls;
  uint64_t asked[WAYS], undecided[WAYS], slow[WAYS];
  uint64_t verdict[4]; /* of the first way */
  uint64_t unrepaired; /* violated, the example holds, but no repair */
  uint64_t repairs;    /* judged */
  uint64_t wider;      /* of them: may be wider, by their own word */
  uint64_t exact;      /* of them: every size was tried */
  uint64_t law[LAWS];
  uint64_t comparisons;  /* of two answers */
  uint64_t open_differs; /* of them: other repairs, left open by their word */
  uint64_t sets_lost; /* of them: the second lacks a set that the first has */
  uint64_t dims[MOST_DIMS + 1];
  uint64_t feature[FEATURES];
  uint64_t guards, with[FORM_KINDS]; /* guards with such an operator */
  uint64_t disagreements;
} totals;

/* Seconds, which are no counters. */
typedef struct {
  double spent, slowest;
  uint64_t slowest_seed;
} times;

/* Counts what a problem is made of. */
void totals_cover(totals *t, const draft *d);
/* Counts an answer: its verdict, and whether it is repaired. */
void totals_add_answer(totals *t, way w, const dimsat_result *r);
/* Adds what another process counted. */
void totals_add(totals *to, const totals *t);
/* Prints the block. */
void totals_print(const totals *t);

#endif
