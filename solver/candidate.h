/* Sizes worth trying for a free axis, as expressions of everything else. */
#ifndef SOLVER_CANDIDATE_H
#define SOLVER_CANDIDATE_H

#include "solver/exists.h"

#define CANDIDATE_MOST 32

typedef struct {
  const expr *item[CANDIDATE_MOST];
  size_t count;
} candidates;

/* For free variable `v` of the group, whose conditions are now `part`. */
candidates candidate_list(binding *b, const group *g, const expr *const *part,
                          size_t count, uint32_t v);

#endif
