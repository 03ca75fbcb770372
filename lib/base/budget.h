/*
 * How much work a call may still do.  Steps are counted at one place per loop
 * and decide alone in ordinary runs; the clock and the cancel flag are read
 * every few hundred steps.
 */
#ifndef LIB_BASE_BUDGET_H
#define LIB_BASE_BUDGET_H

#include "lib/base/fault.h"

typedef struct {
  uint64_t spent;  /* steps so far */
  uint64_t limit;  /* raise DIMSAT_OUT_OF_BUDGET when `spent` passes it */
  uint64_t glance; /* read clock and flag when `spent` passes it */
  double deadline; /* of the monotonic clock, in seconds; 0: none */
  bool late;       /* the deadline has passed */
  const volatile bool *cancel;
  fault *fault;
} budget;

/* More for each guard, so that large problems end as small ones do. */
#define BUDGET_DEFAULT_STEPS UINT64_C(100000000)
#define BUDGET_STEPS_PER_GUARD UINT64_C(50000)

/* What `asked`, or NULL for the defaults, grants a call about so many guards;
 * also bounds the memory that the call may take, until `context_run` ends. */
void budget_init(budget *b, fault *f, const dimsat_budget *asked,
                 size_t guards);

/* Called by `budget_spend` when a line is crossed; raises where it must. */
void budget_look(budget *b);

static inline void budget_spend(budget *b, uint64_t steps) {
  b->spent += steps;
  if (b->spent >= b->glance)
    budget_look(b);
}

/* Whether the caller has asked to stop, maybe from another thread. */
static inline bool budget_cancelled(const budget *b) {
  return b->cancel != NULL && __atomic_load_n(b->cancel, __ATOMIC_RELAXED);
}

/* Whether `status` leaves a question open; any other but OK is a failure. */
static inline bool budget_ended(dimsat_status status) {
  return status == DIMSAT_OUT_OF_BUDGET || status == DIMSAT_CANCELLED ||
         status == DIMSAT_TOO_LARGE;
}

/* Grants the next step a quarter of the limit, whatever is spent. */
void budget_grant(budget *b);

/* The monotonic clock, in seconds. */
double budget_clock(void);

/* What ended a call that raised `status`: "the step budget ran out". */
const char *budget_reason(const budget *b, dimsat_status status);

#endif
