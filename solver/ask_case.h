/*
 * A case of a question: variables within ranges, conditions that are to hold,
 * and what the symbols of the question are in terms of the variables.
 *
 * Every step keeps the integer points: those of the question are exactly the
 * images of the points of its cases, each of which satisfies all conditions.
 * That all divisors are not 0 is among the conditions from the start, so that
 * the steps may treat every number as defined.
 */
#ifndef SOLVER_ASK_CASE_H
#define SOLVER_ASK_CASE_H

#include "solver/ask.h"

typedef struct {
  asking *a;
  const expr **symbol; /* the variables */
  interval *range;
  size_t count, capacity;
  const expr **value; /* of each symbol of the question, over the variables */
  const expr **condition;
  size_t condition_count, condition_capacity;
  uint32_t patience; /* ranges may be narrowed so often */
} ask_case;

/* All symbols of the question, free, no conditions. */
ask_case *ask_case_new(asking *a);
ask_case *ask_case_copy(const ask_case *k);
/* Adds a condition; of a new question with all it needs to have a value. */
void ask_case_require(ask_case *k, const expr *condition);
void ask_case_add(ask_case *k, const expr *condition);
void ask_case_drop(ask_case *k, size_t condition);

/* A variable that no input can name. */
const expr *ask_case_invent(ask_case *k, interval range);
/* The index of a variable. */
size_t ask_case_variable(const ask_case *k, const expr *x);
/* Replaces a variable by `e`, whose range becomes conditions. */
void ask_case_substitute(ask_case *k, const expr *x, const expr *e);
/* Replaces a term everywhere by one of equal value. */
void ask_case_replace(ask_case *k, const expr *from, const expr *to);
/* `e` without terms 0*t, which only say that t has a value. */
const expr *ask_bare(asking *a, const expr *e);
/* A sound interval for a number. */
interval ask_case_range(const ask_case *k, const expr *e);
/* Whether `e` holds the symbol. */
bool ask_mentions(asking *a, const expr *e, const expr *x);

/* Applies what is known until nothing changes; false: there is no point. */
bool ask_case_tidy(ask_case *k);

/* A step of `tidy` on condition i (solver/ask_relation.c). */
typedef enum { STEP_NONE, STEP_DONE, STEP_CONTRADICTION } ask_step;
ask_step ask_relation_step(ask_case *k, size_t i);

/* Makes the division `e` simpler everywhere (solver/ask_divide.c); false when
 * it is simple. */
bool ask_divide_step(ask_case *k, const expr *e);

/* Looks for a point, splitting the case where that helps. */
ask_outcome ask_case_solve(ask_case *k, integer *point);

/* Looks for a point on the spaces of a tidy case (solver/ask_leaf.c); without
 * `thorough` no space is split. */
ask_outcome ask_leaf(ask_case *k, bool thorough, integer *point);

/* A guess at the range of `e` where `holds` do. */
interval ask_case_hint(asking *a, const expr *const *holds, size_t count,
                       const expr *e);

#endif
