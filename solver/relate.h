/* Equalities that guards demand, as linear equations over parameters. */
#ifndef SOLVER_RELATE_H
#define SOLVER_RELATE_H

#include "solver/component.h"

/* The equalities of a component: guards that are one, or a branch of an `or`
 * that is true at the anchor. */
typedef struct {
  const claim **claim;
  size_t count;
} equalities;

equalities relate_equalities(component *c);

/*
 * The equality on the space `s` of its own variables as sum of
 * coefficient[k]*K_k == constant over its parameters' indices; false when it is
 * not linear there, or says nothing.
 */
bool relate_linear(oracle *o, const claim *equality, const space *s,
                   integer *coefficient);

#endif
