/* The best plan for a component. */
#ifndef SOLVER_REPAIR_H
#define SOLVER_REPAIR_H

#include "solver/plan.h"

/* NULL when no sizes satisfy the component or nothing can be decided. */
plan *repair_component(component *c);

#endif
