/*
 * An interval stands for the set { x integer : lo <= x <= hi }; a side without
 * a bound is endless.  lo > hi is the empty set.  Every operation is sound: its
 * result holds each value that the operation takes on members of its operands.
 */
#ifndef LIB_NUMBER_INTERVAL_H
#define LIB_NUMBER_INTERVAL_H

#include "lib/number/integer.h"

typedef struct {
  bool has_lo, has_hi;
  integer lo, hi; /* 0 where there is no bound */
} interval;

static inline interval interval_all(void) {
  return (interval){0};
}
static inline interval interval_of(integer lo, integer hi) {
  return (interval){.has_lo = true, .has_hi = true, .lo = lo, .hi = hi};
}
static inline interval interval_from(integer lo) {
  return (interval){.has_lo = true, .lo = lo};
}
static inline interval interval_upto(integer hi) {
  return (interval){.has_hi = true, .hi = hi};
}

bool interval_is_empty(interval a);
bool interval_has(interval a, integer x);
bool interval_is_single(interval a);            /* exactly one member */
bool interval_contains(interval a, interval b); /* b is a subset of a */
bool interval_equal(interval a, interval b);

interval interval_meet(interval a, interval b); /* intersection */
interval interval_join(interval a, interval b); /* smallest that holds both */
interval interval_add(arena *m, interval a, interval b);
interval interval_neg(arena *m, interval a);
interval interval_scale(arena *m, interval a, integer factor);
interval interval_mul(arena *m, interval a, interval b);
interval interval_pow(arena *m, interval a, uint32_t exponent);
/* Quotients x // y for y != 0 in b. */
interval interval_floordiv(arena *m, interval a, interval b);
/* Remainders x % y for y != 0 in b. */
interval interval_mod(arena *m, interval a, interval b);
interval interval_min(interval a, interval b);
interval interval_max(interval a, interval b);

#endif
