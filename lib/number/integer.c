/*
 * Arithmetic that an int64_t can do itself; the rest goes to integer_big.c.
 * The one quotient of two smalls that is not small is INT64_MIN / -1.
 */
#include "lib/number/integer.h"

#include "lib/number/integer_big.h"

#include <assert.h>

/* Whether both operands are small. */
static bool both_small(integer a, integer b) {
  return a.big == NULL && b.big == NULL;
}

/* Whether `a` / `b` can be computed with int64_t. */
static bool divides_small(integer a, integer b) {
  return both_small(a, b) && (b.small != -1 || a.small != INT64_MIN);
}

/* The magnitude. */
integer integer_abs(arena *m, integer a) {
  return integer_sign(a) < 0 ? integer_neg(m, a) : a;
}

/* The quotient, one less where the signs differ and a remainder is left. */
integer integer_floordiv(arena *m, integer a, integer b) {
  assert(integer_sign(b) != 0);
  if (!divides_small(a, b))
    return big_apply(m, mpz_fdiv_q, a, b);
  const bool down = a.small % b.small != 0 && (a.small < 0) != (b.small < 0);
  return integer_of(a.small / b.small - down);
}

/* The quotient, one more where the signs agree and a remainder is left. */
integer integer_ceildiv(arena *m, integer a, integer b) {
  assert(integer_sign(b) != 0);
  if (!divides_small(a, b))
    return big_apply(m, mpz_cdiv_q, a, b);
  const bool up = a.small % b.small != 0 && (a.small < 0) == (b.small < 0);
  return integer_of(a.small / b.small + up);
}

/* The remainder, moved to the sign of the divisor. */
integer integer_mod(arena *m, integer a, integer b) {
  assert(integer_sign(b) != 0);
  if (!divides_small(a, b))
    return big_apply(m, mpz_fdiv_r, a, b);
  const int64_t rest = a.small % b.small;
  const bool move = rest != 0 && (rest < 0) != (b.small < 0);
  return integer_of(move ? rest + b.small : rest);
}

/* Whether no remainder is left. */
bool integer_divides(integer b, integer a) {
  assert(integer_sign(b) != 0);
  return divides_small(a, b) ? a.small % b.small == 0 : big_divides(b, a);
}

/* Euclid's algorithm. */
static uint64_t gcd_of(uint64_t a, uint64_t b) {
  while (b != 0) {
    const uint64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* The greatest common divisor, which is big when both are 0 or INT64_MIN. */
integer integer_gcd(arena *m, integer a, integer b) {
  if (both_small(a, b)) {
    const uint64_t g = gcd_of(magnitude(a.small), magnitude(b.small));
    if (g <= INT64_MAX)
      return integer_of((int64_t)g);
  }
  return big_apply(m, mpz_gcd, a, b);
}

/* The least common multiple: |a / gcd(a, b) * b|. */
integer integer_lcm(arena *m, integer a, integer b) {
  if (integer_sign(a) == 0 || integer_sign(b) == 0)
    return integer_of(0);
  const integer part = integer_floordiv(m, a, integer_gcd(m, a, b));
  return integer_abs(m, integer_mul(m, part, b));
}

/* One row of the extended algorithm of Euclid: a*x + b*y == rest. */
typedef struct {
  int64_t rest, x, y;
} euclid_row;

/* `upper` less `quotient` times `lower`; entries never exceed the operands. */
static euclid_row next_row(euclid_row upper, euclid_row lower) {
  const int64_t quotient = upper.rest / lower.rest;
  return (euclid_row){.rest = upper.rest - quotient * lower.rest,
                      .x = upper.x - quotient * lower.x,
                      .y = upper.y - quotient * lower.y};
}

/* Works on magnitudes and gives the factors the signs of the operands. */
integer integer_gcd_extended(arena *m, integer a, integer b, integer *x,
                             integer *y) {
  if (!both_small(a, b) || a.small == INT64_MIN || b.small == INT64_MIN)
    return big_gcd_extended(m, a, b, x, y);
  euclid_row upper = {.rest = (int64_t)magnitude(a.small), .x = 1};
  euclid_row lower = {.rest = (int64_t)magnitude(b.small), .y = 1};
  while (lower.rest != 0) {
    const euclid_row next = next_row(upper, lower);
    upper = lower;
    lower = next;
  }
  *x = integer_of(a.small < 0 ? -upper.x : upper.x);
  *y = integer_of(b.small < 0 ? -upper.y : upper.y);
  return integer_of(upper.rest);
}

/* Squares and multiplies; false where an int64_t does not hold the power. */
static bool pow_small(int64_t base, uint64_t exponent, int64_t *out) {
  int64_t result = 1;
  for (;;) {
    if (exponent % 2 != 0 && __builtin_mul_overflow(result, base, &result))
      return false;
    exponent /= 2;
    if (exponent == 0)
      break;
    if (__builtin_mul_overflow(base, base, &base))
      return false;
  }
  *out = result;
  return true;
}

/* The power; 0**0 is 1.  What is surely too large is refused unseen. */
integer integer_pow(arena *m, integer base, uint64_t exponent) {
  const size_t bits = integer_bits(base);
  int64_t result;
  if (base.big == NULL && pow_small(base.small, exponent, &result))
    return integer_of(result);
  assert(bits > 1);
  if (exponent >= LIMIT_BITS || (bits - 1) * exponent >= LIMIT_BITS)
    fault_raise_limit(m->fault, TOO_MANY_BITS);
  return big_pow(m, base, (unsigned long)exponent);
}

/* Bits that are set in both. */
integer integer_and(arena *m, integer a, integer b) {
  if (both_small(a, b))
    return integer_of(a.small & b.small);
  return big_apply(m, mpz_and, a, b);
}

/* Bits that are set in one or both. */
integer integer_or(arena *m, integer a, integer b) {
  if (both_small(a, b))
    return integer_of(a.small | b.small);
  return big_apply(m, mpz_ior, a, b);
}

/* Bits that are set in just one. */
integer integer_xor(arena *m, integer a, integer b) {
  if (both_small(a, b))
    return integer_of(a.small ^ b.small);
  return big_apply(m, mpz_xor, a, b);
}
