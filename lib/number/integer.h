/*
 * Integers of any size, as immutable values.
 *
 *   big == NULL   the value is `small`
 *   big != NULL   the value is *big, and it does not fit in int64_t; small is 0
 *
 * Every function returns this canonical form, so equal values have equal forms.
 * Big parts live in the arena given, so nothing is ever freed; copy a value
 * into a longer-lived arena with `integer_copy`.  A result of more than
 * LIMIT_BITS bits raises DIMSAT_TOO_LARGE.
 *
 * Division is Python's: the quotient is rounded toward minus infinity and the
 * remainder has the sign of the divisor.
 */
#ifndef LIB_NUMBER_INTEGER_H
#define LIB_NUMBER_INTEGER_H

#include "lib/base/arena.h"

typedef struct big_integer big_integer;

typedef struct {
  int64_t small;
  const big_integer *big;
} integer;

static inline integer integer_of(int64_t value) {
  return (integer){.small = value, .big = NULL};
}

static inline bool integer_is_small(integer a) {
  return a.big == NULL;
}

static inline bool integer_is(integer a, int64_t value) {
  return a.big == NULL && a.small == value;
}

/* Slow paths of the next three. */
int integer_sign_big(integer a);
int integer_compare_big(integer a, integer b);

/* -1, 0 or 1. */
static inline int integer_sign(integer a) {
  return a.big ? integer_sign_big(a) : (a.small > 0) - (a.small < 0);
}

/* -1, 0 or 1 as a is less than, equal to or greater than b. */
static inline int integer_compare(integer a, integer b) {
  if (a.big || b.big)
    return integer_compare_big(a, b);
  return (a.small > b.small) - (a.small < b.small);
}

static inline bool integer_equal(integer a, integer b) {
  return integer_compare(a, b) == 0;
}

static inline integer integer_min(integer a, integer b) {
  return integer_compare(a, b) <= 0 ? a : b;
}

static inline integer integer_max(integer a, integer b) {
  return integer_compare(a, b) >= 0 ? a : b;
}

bool integer_is_canonical(integer a);
size_t integer_bits(integer a); /* of the absolute value; 0 for 0 */
uint32_t integer_hash(integer a);

/* Slow paths of the inline functions below. */
integer integer_add_big(arena *m, integer a, integer b);
integer integer_sub_big(arena *m, integer a, integer b);
integer integer_mul_big(arena *m, integer a, integer b);

static inline integer integer_add(arena *m, integer a, integer b) {
  int64_t r;
  if (!a.big && !b.big && !__builtin_add_overflow(a.small, b.small, &r))
    return integer_of(r);
  return integer_add_big(m, a, b);
}

static inline integer integer_sub(arena *m, integer a, integer b) {
  int64_t r;
  if (!a.big && !b.big && !__builtin_sub_overflow(a.small, b.small, &r))
    return integer_of(r);
  return integer_sub_big(m, a, b);
}

static inline integer integer_mul(arena *m, integer a, integer b) {
  int64_t r;
  if (!a.big && !b.big && !__builtin_mul_overflow(a.small, b.small, &r))
    return integer_of(r);
  return integer_mul_big(m, a, b);
}

static inline integer integer_neg(arena *m, integer a) {
  return integer_sub(m, integer_of(0), a);
}

integer integer_abs(arena *m, integer a);
/* `b` is not 0 in the next four. */
integer integer_floordiv(arena *m, integer a, integer b);
integer integer_ceildiv(arena *m, integer a, integer b);
integer integer_mod(arena *m, integer a, integer b);
bool integer_divides(integer b, integer a); /* a is a multiple of b; b != 0 */

integer integer_gcd(arena *m, integer a, integer b); /* >= 0; gcd(0,0) = 0 */
integer integer_lcm(arena *m, integer a, integer b); /* >= 0 */
/* gcd g >= 0 of a and b, and x, y with a*x + b*y == g.  Raises DIMSAT_TOO_LARGE
 * where a and b together have more than LIMIT_BITS / 4 bits. */
integer integer_gcd_extended(arena *m, integer a, integer b, integer *x,
                             integer *y);
integer integer_pow(arena *m, integer base, uint64_t exponent);
/* Two's complement of endless length, as Python. */
integer integer_and(arena *m, integer a, integer b);
integer integer_or(arena *m, integer a, integer b);
integer integer_xor(arena *m, integer a, integer b);

integer integer_copy(arena *m, integer a);

/* Decimal digits with an optional sign; false when `text` is anything else. */
bool integer_parse(arena *m, const char *text, size_t length, integer *out);
const char *integer_text(arena *m, integer a);
/* |a| as an unsigned 64-bit number; false when it does not fit. */
bool integer_get_uint64(integer a, uint64_t *out);

#endif
