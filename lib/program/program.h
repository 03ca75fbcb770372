/*
 * A program: conditions over sizes, in the order in which they are checked.
 *
 * `plan.c` makes checks of conditions, `lower.h` instructions of checks,
 * `execute.h` runs them, `run.c` asks exact evaluation where words do not
 * suffice, `emit_c.c` writes them as C.  Who says what is checked is not known
 * here: the solver picks the conditions.
 */
#ifndef LIB_PROGRAM_PROGRAM_H
#define LIB_PROGRAM_PROGRAM_H

#include "dimsat/program.h"
#include "lib/problem/problem.h"
#include "lib/program/execute.h"

#define SPEC_DEMAND SIZE_MAX

/* One condition that must not be broken: it has no value, or is false, at no
 * sizes that are accepted.  One that is undecided is not broken. */
typedef struct {
  const expr *condition; /* over the symbols of the sizes */
  size_t guard;          /* index in the problem, or SPEC_DEMAND */
  size_t check;          /* which decides it */
} demand;

/* Who asks for a check. */
typedef struct origin {
  size_t guard; /* or SPEC_DEMAND */
  struct origin *next;
} origin;

/* One or more demands as one check: `subject` lies in `range`, or `condition`
 * holds. */
typedef struct {
  const expr *subject, *condition; /* one of the two is NULL */
  interval range;
  origin *from, *last;
  bool native;   /* the machine can decide it, or hand over */
  bool wide;     /* it may hand over */
  uint32_t cost; /* about cycles */
  size_t number; /* in order of demand */
} check;

typedef struct exact_condition exact_condition; /* run.c */

struct dimsat_program {
  dimsat_context *cx;
  const dimsat_problem *problem;
  const expr **size; /* symbols of the sizes */
  const char **size_name;
  const char **size_words; /* more about each, or NULL */
  size_t size_count;
  dimsat_guard_use *use;
  const char **missing; /* NOT_CHECKED: the size that nobody gives */
  demand *demand;
  size_t demand_count, demand_capacity;
  check *check; /* in the order of checking: native ones first */
  size_t check_count, native_count;
  machine any;    /* for all sizes */
  machine narrow; /* for sizes from 0 to 2**31 - 1 */
  int64_t *registers;
  const tile_loops *loops; /* for many assignments; any do */
  struct tile_state *tile; /* run.c; made when first needed */
  exact_condition *exact;  /* of each demand; the same */
};

/* An empty program over `size_count` sizes, whose symbols are made. */
dimsat_program *program_new(dimsat_problem *p, size_t size_count);

/* Adds a demand; an `and` is as many demands as it has operands. */
void program_require(dimsat_program *g, const expr *condition, size_t from);

/* Once all demands are there: makes checks and machines of them. */
void program_finish(dimsat_program *g);

/* Appends native check `c` to the block that is being made. */
void lower_check(lowering *l, const check *c);

/* A lowering over the sizes, each somewhere in `range`. */
void program_lowering(const dimsat_program *g, lowering *l, arena *m,
                      interval range);

#endif
