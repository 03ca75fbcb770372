/*
 * One way to repair a component: every named variable follows a parameter K
 * that counts steps from the anchor, variable = anchor + scale*K, or stays
 * there.  Parameter i is variable i's own, unless equalities join it to others;
 * then the first of them lends its own.
 */
#ifndef SOLVER_PLAN_H
#define SOLVER_PLAN_H

#include "solver/component.h"
#include "solver/listing.h"

/* A parameter: how far it may go, and how far it is known to be safe. */
typedef struct {
  interval bound; /* the user's own bounds of all its variables */
  interval now;   /* proved; holds 0 */
  interval limit; /* `bound`; later what breaking points leave */
  uint32_t first; /* of its variables, in a ring; NOWHERE when it has none */
  uint32_t members;
  uint32_t *touch; /* requirements over its variables, ascending; NULL until
                      somebody asks */
  size_t touch_count;
} reach;

typedef struct {
  component *c;
  space *space; /* parameter i is K_i over reach[i].now */
  reach *reach;
  uint32_t *next, *previous; /* of each variable: in its parameter's ring */
  const int64_t *stride;     /* of each variable */
  bool equations;            /* made with the guards' equalities */
  size_t equation_count;     /* equalities that joined or pinned something */
  uint32_t open;             /* questions about more sizes for it that nobody
                                decided: it may be wider */
} plan;

/* A plan at the anchor: each variable moves by its stride; with `equations`
 * the component's equalities join or pin parameters. */
plan *plan_new(component *c, const int64_t *stride, bool equations);

/* ---- Growing (grow.c) -------------------------------------------------- */

/* Moves the faces of the plan as far as the requirements hold. */
void plan_grow(plan *p);

/* Frees the variable from all others: over the user's own range, else in its
 * stride over the sizes that it has, which may then grow.  Whether all holds.
 */
bool plan_release(plan *p, uint32_t v);

/* Makes strides finer where all sizes between are safe too; whether one was. */
bool plan_refine(plan *p);

/* Lets pairs of pinned variables move together where they can (pair.c). */
void plan_pair_pinned(plan *p);

/* ---- Ranking (rank.c) -------------------------------------------------- */

/* Whether `a` is the better repair (rank.c says how they are ranked). */
bool plan_better(const plan *a, const plan *b);
/* Whether it keeps everything the user asked for. */
bool plan_is_whole(const plan *p);
/* Whether no plan with a stride of 2 or more in place of a 1 can be better: all
 * variables move alone by 1, and reach an end that the user left open. */
bool plan_beats_strides(const plan *p);

/* ---- Parts of a plan --------------------------------------------------- */

/* Puts variable v elsewhere. */
void plan_place(plan *p, uint32_t v, place at);
/* Sets `bound` from the variables of parameter i. */
void plan_bound(plan *p, uint32_t i);
/* Sets the parameter's progression from `reach[i].now`. */
void plan_sync(plan *p, uint32_t i);
/* Whether all requirements that parameter i concerns hold; where not, `*bad`
 * is the value of K_i at a point that breaks one. */
outcome plan_holds(plan *p, uint32_t i, integer *bad);

#endif
