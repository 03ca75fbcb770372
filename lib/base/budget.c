#include "lib/base/budget.h"

#include "lib/base/limits.h"

#include <time.h>

#define STEPS_PER_LOOK UINT64_C(256)

double budget_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Sets the line at which `budget_look` is called next. */
static void set_glance(budget *b) {
  b->glance = b->limit < UINT64_MAX ? b->limit + 1 : UINT64_MAX;
  if (b->deadline == 0 && b->cancel == NULL)
    return;
  const uint64_t rest = STEPS_PER_LOOK - b->spent % STEPS_PER_LOOK;
  if (rest < b->glance - b->spent)
    b->glance = b->spent + rest;
}

/* Steps, clock, flag and memory; see budget.h. */
void budget_init(budget *b, fault *f, const dimsat_budget *asked,
                 size_t guards) {
  *b = (budget){.limit = BUDGET_DEFAULT_STEPS + BUDGET_STEPS_PER_GUARD * guards,
                .fault = f};
  if (asked != NULL) {
    if (asked->steps != 0)
      b->limit = asked->steps;
    if (asked->seconds > 0)
      b->deadline = budget_clock() + asked->seconds;
    b->cancel = asked->cancel;
  }
  f->most = f->held + LIMIT_CALL_BYTES + LIMIT_CALL_BYTES_PER_GUARD * guards;
  set_glance(b);
}

/* Raises when steps, patience or time have ended; else sets the next line. */
void budget_look(budget *b) {
  if (b->spent > b->limit)
    fault_raise(b->fault, DIMSAT_OUT_OF_BUDGET);
  if (budget_cancelled(b))
    fault_raise(b->fault, DIMSAT_CANCELLED);
  b->late = b->deadline != 0 && budget_clock() >= b->deadline;
  if (b->late)
    fault_raise(b->fault, DIMSAT_OUT_OF_BUDGET);
  set_glance(b);
}

/* Nothing else is told by the flag, so no order with other memory is needed. */
void dimsat_cancel(volatile bool *flag) {
  __atomic_store_n(flag, true, __ATOMIC_RELAXED);
}

/* The steps that are left may be none at all. */
void budget_grant(budget *b) {
  if (b->spent > b->limit || b->limit - b->spent < b->limit / 4)
    b->limit = b->spent + b->limit / 4;
}

/* Steps and time are one status, but not one advice. */
const char *budget_reason(const budget *b, dimsat_status status) {
  if (status != DIMSAT_OUT_OF_BUDGET)
    return fault_text(b->fault, status);
  return b->late ? "the time ran out" : "the step budget ran out";
}
