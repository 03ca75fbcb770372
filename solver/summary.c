#include "solver/summary.h"

/* Violations of DYNAMIC axes that can have only one size. */
void dynamic_axes(findings *f) {
  (void)f;
}

/* Relations that a plan leaves out. */
void summary_of_plan(findings *f, const plan *p) {
  (void)f;
  (void)p;
}

/* Allowed sets, ranges, relations, inferred axes. */
void summarise(findings *f) {
  (void)f;
}
