/*
 * Sums and products work on the two ends.  Quotients and remainders are first
 * split by the sign of the divisor: x // y == (-x) // (-y) and
 * x % y == -((-x) % (-y)), so that only divisors from 1 up are left.
 */
#include "lib/number/interval.h"

#include "lib/base/limits.h"

#include <assert.h>

/* An end of an interval: a number, or endless downward (-1) or upward (1). */
typedef struct {
  int endless;
  integer value;
} bound;

/* The set without members. */
static interval nothing(void) {
  return interval_of(integer_of(1), integer_of(0));
}

/* The end of `a` toward minus infinity. */
static bound lower(interval a) {
  return (bound){.endless = a.has_lo ? 0 : -1, .value = a.lo};
}

/* The end of `a` toward plus infinity. */
static bound upper(interval a) {
  return (bound){.endless = a.has_hi ? 0 : 1, .value = a.hi};
}

/* The interval between two ends; the lower is never endless upward. */
static interval between(bound lo, bound hi) {
  assert(lo.endless <= 0 && hi.endless >= 0);
  return (interval){.has_lo = !lo.endless,
                    .has_hi = !hi.endless,
                    .lo = lo.endless ? integer_of(0) : lo.value,
                    .hi = hi.endless ? integer_of(0) : hi.value};
}

/* Orders ends by their place on the line. */
static int compare(bound a, bound b) {
  if (a.endless != b.endless)
    return a.endless < b.endless ? -1 : 1;
  return a.endless ? 0 : integer_compare(a.value, b.value);
}

/* The end further down. */
static bound lesser(bound a, bound b) {
  return compare(a, b) <= 0 ? a : b;
}

/* The end further up. */
static bound greater(bound a, bound b) {
  return compare(a, b) >= 0 ? a : b;
}

/* -1, 0 or 1. */
static int sign(bound a) {
  return a.endless ? a.endless : integer_sign(a.value);
}

/* The product of two ends; 0 times an endless one is 0. */
static bound multiply(arena *m, bound a, bound b) {
  const int s = sign(a) * sign(b);
  if (s != 0 && (a.endless || b.endless))
    return (bound){.endless = s, .value = integer_of(0)};
  if (s == 0)
    return (bound){.endless = 0, .value = integer_of(0)};
  return (bound){.endless = 0, .value = integer_mul(m, a.value, b.value)};
}

/* Whether no number is a member. */
bool interval_is_empty(interval a) {
  return a.has_lo && a.has_hi && integer_compare(a.lo, a.hi) > 0;
}

/* Whether `x` is a member. */
bool interval_has(interval a, integer x) {
  return (!a.has_lo || integer_compare(a.lo, x) <= 0) &&
         (!a.has_hi || integer_compare(x, a.hi) <= 0);
}

/* Whether both ends are the same number. */
bool interval_is_single(interval a) {
  return a.has_lo && a.has_hi && integer_equal(a.lo, a.hi);
}

/* Whether each member of `b` is one of `a`. */
bool interval_contains(interval a, interval b) {
  return interval_is_empty(b) ||
         (compare(lower(a), lower(b)) <= 0 && compare(upper(a), upper(b)) >= 0);
}

/* Whether `a` and `b` have the same members. */
bool interval_equal(interval a, interval b) {
  return interval_contains(a, b) && interval_contains(b, a);
}

/* The numbers in both. */
interval interval_meet(interval a, interval b) {
  if (!a.has_lo || (b.has_lo && integer_compare(b.lo, a.lo) > 0)) {
    a.has_lo = b.has_lo;
    a.lo = b.lo;
  }
  if (!a.has_hi || (b.has_hi && integer_compare(b.hi, a.hi) < 0)) {
    a.has_hi = b.has_hi;
    a.hi = b.hi;
  }
  return a;
}

/* The numbers in one of them and between them. */
interval interval_join(interval a, interval b) {
  if (interval_is_empty(a))
    return b;
  if (interval_is_empty(b))
    return a;
  return between(lesser(lower(a), lower(b)), greater(upper(a), upper(b)));
}

/* Sums; a side is endless when it is so in one operand. */
interval interval_add(arena *m, interval a, interval b) {
  if (interval_is_empty(a) || interval_is_empty(b))
    return nothing();
  interval sum = interval_all();
  sum.has_lo = a.has_lo && b.has_lo;
  sum.has_hi = a.has_hi && b.has_hi;
  if (sum.has_lo)
    sum.lo = integer_add(m, a.lo, b.lo);
  if (sum.has_hi)
    sum.hi = integer_add(m, a.hi, b.hi);
  return sum;
}

/* The mirror image. */
interval interval_neg(arena *m, interval a) {
  return (interval){.has_lo = a.has_hi,
                    .has_hi = a.has_lo,
                    .lo = integer_neg(m, a.hi),
                    .hi = integer_neg(m, a.lo)};
}

/* The interval around all multiples of members by `factor`. */
interval interval_scale(arena *m, interval a, integer factor) {
  return interval_mul(m, a, interval_of(factor, factor));
}

/* Products; the extremes are among the products of the ends. */
interval interval_mul(arena *m, interval a, interval b) {
  if (interval_is_empty(a) || interval_is_empty(b))
    return nothing();
  const bound p = multiply(m, lower(a), lower(b));
  const bound q = multiply(m, lower(a), upper(b));
  const bound r = multiply(m, upper(a), lower(b));
  const bound s = multiply(m, upper(a), upper(b));
  return between(lesser(lesser(p, q), lesser(r, s)),
                 greater(greater(p, q), greater(r, s)));
}

/* Whether the power of `base` surely stays within LIMIT_BITS. */
static bool power_fits(integer base, uint32_t exponent) {
  const size_t bits = integer_bits(base);
  return bits <= 1 || bits * (uint64_t)exponent <= LIMIT_BITS;
}

/* A number not above the power of an end on which the power rises. */
static bound power_below(arena *m, bound a, uint32_t exponent) {
  if (a.endless || (!power_fits(a.value, exponent) && sign(a) < 0))
    return (bound){.endless = -1, .value = integer_of(0)};
  if (!power_fits(a.value, exponent))
    return a;
  return (bound){.endless = 0, .value = integer_pow(m, a.value, exponent)};
}

/* A number not below the power of an end on which the power rises. */
static bound power_above(arena *m, bound a, uint32_t exponent) {
  if (a.endless || (!power_fits(a.value, exponent) && sign(a) > 0))
    return (bound){.endless = 1, .value = integer_of(0)};
  if (!power_fits(a.value, exponent))
    return a;
  return (bound){.endless = 0, .value = integer_pow(m, a.value, exponent)};
}

/* The magnitudes of the members of `a`. */
static interval magnitudes(arena *m, interval a) {
  const interval mirror = interval_neg(m, a);
  if (a.has_lo && integer_sign(a.lo) >= 0)
    return a;
  if (a.has_hi && integer_sign(a.hi) <= 0)
    return mirror;
  return between((bound){.endless = 0, .value = integer_of(0)},
                 greater(upper(a), upper(mirror)));
}

/* Powers; an end whose power is too large for a number is given up. */
interval interval_pow(arena *m, interval a, uint32_t exponent) {
  if (interval_is_empty(a))
    return nothing();
  if (exponent == 0)
    return interval_of(integer_of(1), integer_of(1));
  if (exponent % 2 == 0)
    a = magnitudes(m, a);
  return between(power_below(m, lower(a), exponent),
                 power_above(m, upper(a), exponent));
}

/* Divisors from 1 up. */
static interval positive_part(interval a) {
  return interval_meet(a, interval_from(integer_of(1)));
}

/* Quotients for divisors `b` from 1 up; neither operand is empty. */
static interval divide(arena *m, interval a, interval b) {
  interval q = {.has_lo = a.has_lo, .has_hi = a.has_hi};
  if (a.has_lo && integer_sign(a.lo) < 0)
    q.lo = integer_floordiv(m, a.lo, b.lo);
  else if (a.has_lo && b.has_hi)
    q.lo = integer_floordiv(m, a.lo, b.hi);
  if (a.has_hi && integer_sign(a.hi) >= 0)
    q.hi = integer_floordiv(m, a.hi, b.lo);
  else if (a.has_hi)
    q.hi = b.has_hi ? integer_floordiv(m, a.hi, b.hi) : integer_of(-1);
  return q;
}

/* The quotients for positive divisors, and for negative ones. */
interval interval_floordiv(arena *m, interval a, interval b) {
  if (interval_is_empty(a) || interval_is_empty(b))
    return nothing();
  const interval above = positive_part(b);
  const interval below = positive_part(interval_neg(m, b));
  interval q = nothing();
  if (!interval_is_empty(above))
    q = divide(m, a, above);
  if (!interval_is_empty(below))
    q = interval_join(q, divide(m, interval_neg(m, a), below));
  return q;
}

/*
 * Remainders for divisors `b` from 1 up; neither operand is empty.  They are
 * at least 0, less than the divisor, not above an operand that is at least 0,
 * and x - q*y when the quotient can only be q.
 */
static interval reduce(arena *m, interval a, interval b) {
  interval r = interval_from(integer_of(0));
  if (b.has_hi) {
    r.has_hi = true;
    r.hi = integer_sub(m, b.hi, integer_of(1));
  }
  if (a.has_lo && integer_sign(a.lo) >= 0 && a.has_hi)
    r = interval_meet(r, interval_upto(a.hi));
  const interval q = divide(m, a, b);
  if (!interval_is_single(q))
    return r;
  const interval less = interval_scale(m, b, integer_neg(m, q.lo));
  return interval_meet(r, interval_add(m, a, less));
}

/* The remainders for positive divisors, and for negative ones. */
interval interval_mod(arena *m, interval a, interval b) {
  if (interval_is_empty(a) || interval_is_empty(b))
    return nothing();
  const interval above = positive_part(b);
  const interval below = positive_part(interval_neg(m, b));
  interval r = nothing();
  if (!interval_is_empty(above))
    r = reduce(m, a, above);
  if (!interval_is_empty(below)) {
    const interval mirror = reduce(m, interval_neg(m, a), below);
    r = interval_join(r, interval_neg(m, mirror));
  }
  return r;
}

/* The lesser of two members each. */
interval interval_min(interval a, interval b) {
  if (interval_is_empty(a) || interval_is_empty(b))
    return nothing();
  return between(lesser(lower(a), lower(b)), lesser(upper(a), upper(b)));
}

/* The greater of two members each. */
interval interval_max(interval a, interval b) {
  if (interval_is_empty(a) || interval_is_empty(b))
    return nothing();
  return between(greater(lower(a), lower(b)), greater(upper(a), upper(b)));
}
