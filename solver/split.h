/* Where to split a space on which a frame left its claim open. */
#ifndef SOLVER_SPLIT_H
#define SOLVER_SPLIT_H

#include "solver/frame.h"

typedef struct {
  uint32_t parameter;
  bool classes;  /* into residue classes modulo `number`; else at t = number */
  bool quotient; /* at a value that a floor quotient gives; classes would do */
  integer number;
} split;

/* Splits one below another after which a search leaves a part open: bounds the
 * C stack.  Searches end long before: those of tests/data are 42 deep at most.
 */
#define MOST_NESTED_SPLITS 500

/* `cuts[i]`: how often parameter i was cut at a value so far.  False when
 * nothing is left to split. */
bool split_choose(frame *f, const uint16_t *cuts, split *out);

#endif
