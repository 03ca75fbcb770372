/*
 * Small bounded problems whose repairs are judged by trying every size, with
 * nothing of the solver: only guards are evaluated.
 */
#ifndef TESTS_PROPERTY_REPAIR_JUDGE_H
#define TESTS_PROPERTY_REPAIR_JUDGE_H

#include "lib/expr/evaluate.h"
#include "solver/result.h"

#define MOST_DIMS 3
#define MOST_GUARDS 4
#define MOST_ITEMS (3 * MOST_DIMS) /* dims, new roots, and some to try */

typedef struct {
  int64_t lo, hi;
} span;

/* One dim: own sizes, or scale*(dim `root`) + offset. */
typedef struct {
  bool follows;
  size_t root;
  int64_t scale, offset;
  span own;
} definition;

/* What is asked: dims, an example, guards, and perhaps one AUTO axis. */
typedef struct {
  dimsat_context *cx;
  dimsat_problem *problem;
  const char *const *name; /* of the dims */
  size_t count;
  definition dim[MOST_DIMS];
  int64_t example[MOST_DIMS];
  bool hides_example; /* from the library: the repair need not keep it */
  bool has_axis;
  span axis;
  int64_t axis_example;
  evaluator *guard[MOST_GUARDS]; /* over MOST_DIMS dims, then the axis */
  size_t guard_count;
} task;

/* Definitions after a repair: the dims, then new roots. */
typedef struct {
  definition item[MOST_ITEMS];
  const char *name[MOST_ITEMS];
  size_t count;
} repaired;

/* Whether all guards hold at these sizes of the dims, for some size of the
 * axis. */
bool task_holds(const task *t, const int64_t *size);
/* Whether the user allows these sizes. */
bool task_allows(const task *t, const int64_t *size);
/* Whether the guards hold at all sizes the user allows. */
bool task_agrees(const task *t);

/* The spec with the fixes put in; NULL, or what is wrong with the fixes. */
const char *judge_read(const task *t, const dimsat_result *r, repaired *out);
/* NULL, or in which way the repair is not sound or not faithful. */
const char *judge_sound(const task *t, const repaired *r);
/* NULL, or what of the repair can be given back. */
const char *judge_maximal(const task *t, const repaired *r);

#endif
