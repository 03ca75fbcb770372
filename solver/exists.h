/*
 * Free axes: for all sizes of the named dims there are sizes of the free ones.
 *
 * An equality that is linear in a free variable and holds it nowhere else gives
 * the variable away: c*f == e becomes f = e // c with e % c == 0 and f within
 * its range, exactly.  One that occurs in linear inequalities of one direction
 * alone takes its best size; one in inequalities with coefficients 1 and -1 is
 * eliminated by pairing its bounds.  What is left is grouped by the free
 * variables shared.
 */
#ifndef SOLVER_EXISTS_H
#define SOLVER_EXISTS_H

#include "solver/bind.h"
#include "solver/prove.h"

/* What became of the free variables. */
typedef struct {
  uint32_t *given; /* those that were given away, in that order */
  size_t given_count;
  const expr **size; /* of each variable: itself, or what it was given away
                        for, over the others that were left then */
  uint32_t *settled; /* all that were eliminated, in that order */
  size_t settled_count;
  const expr **choice; /* of each of those, by variable: a size that will do
                          where any does, over the others that were left then */
} existence;

/*
 * Eliminates what it can: `b->requirement` afterwards holds plain requirements
 * and those whose free variables nothing eliminates.  Work and memory follow
 * the requirements replaced.  `choosing`: also fills `choice`, whose
 * expressions may be larger than any guard.
 */
existence *exists_eliminate(binding *b, bool choosing);

/* Requirements that share free variables; they must hold together. */
typedef struct {
  const requirement **part;
  size_t part_count;
  uint32_t *free;
  size_t free_count;
} group;

/* The groups that the requirements of `b` are in, which stay where they are. */
group *exists_groups(binding *b, size_t *count);

/* Whether `e` holds the symbol. */
bool exists_mentions(binding *b, const expr *e, const expr *symbol);

/* Where `e` == 0 is c*f + rest == 0 with f nowhere in rest: c, and rest. */
bool exists_isolate(binding *b, const expr *e, const expr *f, integer *c,
                    const expr **rest);

/*
 * Whether for every assignment of the named variables in `s` the group can be
 * satisfied.  Places of the group's free variables in `s` are ignored.  `point`
 * takes breaking sizes of the named variables, in o->m.
 */
outcome exists_prove(oracle *o, binding *b, const group *g, const space *s,
                     integer *point);

/*
 * Sizes of the group's free variables that satisfy it everywhere on `s`, as
 * expressions: `choice[i]` is of `g->free[i]`, over the named variables and the
 * free ones behind it.  False where trying finds none.
 */
bool exists_choose(oracle *o, binding *b, const group *g, const space *s,
                   const expr **choice);

#endif
