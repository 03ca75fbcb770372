/*
 * Sets of sizes that questions are asked about.
 *
 * A progression stands for { base + stride*t : t integer, 0 <= t <= last };
 * endless has no `last`.  stride != 0; a negative stride runs downward.
 *
 * A space gives every variable of a system a place: a constant, or
 * scale*parameter + offset, and every parameter a progression.  It stands for
 * the set of all assignments made of any choice of the parameters.  Intervals,
 * residue classes, derived dims and pinned dims are all spaces, and splitting
 * a parameter at a value or into classes gives spaces again.
 */
#ifndef SOLVER_SPACE_H
#define SOLVER_SPACE_H

#include "lib/base/arena.h"
#include "lib/number/interval.h"

typedef struct {
  integer base, stride;
  bool endless;
  integer last; /* >= 0 unless endless */
} progression;

typedef struct {
  bool constant;
  uint32_t parameter;
  integer scale, offset; /* the constant itself in `offset` */
} place;

typedef struct {
  size_t variable_count;
  place *place;
  size_t parameter_count;
  progression *parameter;
} space;

/* The integers of `range`, which is not empty and has a bound. */
progression progression_of(arena *m, interval range);
bool progression_is_single(const progression *p);
/* The value at t. */
integer progression_value(arena *m, const progression *p, integer t);
/* Smallest interval that holds it. */
interval progression_hull(arena *m, const progression *p);
/* Whether x is a member; then `*t` is its index. */
bool progression_find(arena *m, const progression *p, integer x, integer *t);

/* Members t = modulus*t' + residue; false when there is none. */
bool progression_class(arena *m, const progression *p, integer modulus,
                       integer residue, progression *out);
/* Members t < at and t >= at, with 0 < at <= last. */
void progression_cut(arena *m, const progression *p, integer at,
                     progression *low, progression *high);
/* Members within `range`, as a progression that starts at the member nearest
 * to the old start; false when there is none. */
bool progression_meet(arena *m, const progression *p, interval range,
                      progression *out);

space *space_new(arena *m, size_t variable_count, size_t parameter_count);
space *space_copy(arena *m, const space *s);

/* The value of each variable where parameter i has index t[i]. */
void space_values(arena *m, const space *s, const integer *t, integer *value);

/* Whether the space gives variable v the value x where parameters that are
 * `known` have index t[i]; if so, its own becomes known. */
bool space_place(arena *m, const space *s, size_t v, integer x, bool *known,
                 integer *t);

#endif
