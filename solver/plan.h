/*
 * One way to repair a component: every variable follows a parameter K that
 * counts steps from the anchor, variable = anchor + scale*K, or stays there.
 */
#ifndef SOLVER_PLAN_H
#define SOLVER_PLAN_H

#include "solver/component.h"

/* How far a parameter may go, and how far it is known to be safe. */
typedef struct {
  interval now;   /* proved; holds 0 */
  interval limit; /* the user's own bounds; later what breaking points leave */
  bool reaches_lo, reaches_hi; /* `now` stands at the user's own bound */
} reach;

typedef struct {
  component *c;
  space *space; /* parameter i is K_i over reach[i].now */
  reach *reach;
  const int64_t *stride; /* of each variable of the component */
  bool equations;        /* made with the guards' equalities */
  size_t equation_count; /* equalities that joined or pinned something */
  uint32_t open;         /* questions of its growth that nobody decided */
} plan;

/* A plan at the anchor: each variable moves by its stride; with `equations`
 * the component's equalities join or pin parameters. */
plan *plan_new(component *c, const int64_t *stride, bool equations);

/* Moves the faces of the plan as far as the requirements hold. */
void plan_grow(plan *p);

/* Gives the variable its own parameter again with stride 1 over the user's own
 * range, if everything still holds; whether it did. */
bool plan_release(plan *p, uint32_t v);

/* Makes strides finer where all sizes between are safe too; whether one was. */
bool plan_refine(plan *p);

/* Lets pairs of pinned variables move together where they can. */
void plan_pair_pinned(plan *p);

/* Whether `a` is the better repair (plan.c says how they are ranked). */
bool plan_better(const plan *a, const plan *b);
/* Whether it keeps everything the user asked for. */
bool plan_is_whole(const plan *p);

/* The values of K for which every variable of parameter `i` is within the
 * user's own range. */
interval plan_limit(const plan *p, uint32_t i);
/* Sets the parameter's progression from `reach[i].now`. */
void plan_sync(plan *p, uint32_t i);

#endif
