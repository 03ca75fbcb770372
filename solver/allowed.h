/*
 * The exact set of sizes that guards over one variable alone allow: a union of
 * pieces { x in interval : x % modulo == residue }.
 */
#ifndef SOLVER_ALLOWED_H
#define SOLVER_ALLOWED_H

#include "solver/prove.h"

typedef struct {
  piece *piece; /* ascending by their smallest member */
  size_t count;
  bool exact; /* false: the work was given up; `piece` means nothing */
} allowed;

/*
 * The members of `domain` (which has a lower bound) that satisfy all `count`
 * claims, which speak of one variable alone, the same for all.
 */
allowed allowed_of(oracle *o, interval domain, const claim *const *claims,
                   size_t count);

/* Whether x is in the set. */
bool allowed_has(arena *m, const allowed *a, integer x);

/* "multiples of 4", "2..15 or 17..", ...: the set in words. */
const char *allowed_text(arena *m, const allowed *a);

/* What a dim must be so that it lies in the set, where `domain` was allowed:
 * "must be a multiple of 4", "must not be 16". */
const char *allowed_demand(arena *m, const allowed *a, interval domain);

#endif
