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

/* Requirements that share free variables; they must hold together. */
typedef struct {
  const requirement **part;
  size_t part_count;
  uint32_t *free;
  size_t free_count;
} group;

/* A free variable that was given away. */
typedef struct {
  uint32_t variable;
  const expr *size; /* over the other variables */
} given;

typedef struct {
  group *group;
  size_t group_count;
  given *given;
  size_t given_count;
} existence;

/* Eliminates what it can: `b->requirement` afterwards holds plain requirements
 * and the parts of the groups. */
existence *exists_prepare(binding *b);

/* Whether `e` holds the symbol. */
bool exists_mentions(binding *b, const expr *e, const expr *symbol);

/* Where `e` == 0 is c*f + rest == 0 with f nowhere in rest: c, and rest. */
bool exists_isolate(binding *b, const expr *e, const expr *f, integer *c,
                    const expr **rest);

/* The size of variable `v` over those that are left: itself, or what it was
 * given away for. */
const expr *exists_size(const existence *x, const binding *b, size_t v);

/* Whether for every assignment of the named variables in `s` the group can be
 * satisfied.  Places of the group's free variables in `s` are ignored. */
outcome exists_prove(oracle *o, binding *b, const group *g, const space *s,
                     integer *point);

#endif
