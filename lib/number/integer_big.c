#include "lib/number/integer_big.h"

#include "lib/base/limits.h"
#include "lib/base/table.h"

#include <string.h>

/* The number of limbs of a big part. */
static size_t limbs_of(const big_integer *a) {
  return (size_t)(a->size < 0 ? -a->size : a->size);
}

/* A read-only mpz_t over the limbs of the arena, or over one limb of `view`. */
mpz_srcptr big_view_of(big_view *view, integer a) {
  if (a.big != NULL)
    return mpz_roinit_n(view->value, a.big->limb, a.big->size);
  view->limb[0] = magnitude(a.small);
  return mpz_roinit_n(view->value, view->limb, a.small < 0 ? -1 : 1);
}

/* Whether sign and limbs are those of an int64_t, and which. */
static bool get_small(mpz_srcptr value, int64_t *out) {
  const mp_limb_t low = mpz_getlimbn(value, 0);
  const uint64_t top = (uint64_t)INT64_MAX + (mpz_sgn(value) < 0);
  if (mpz_size(value) > 1 || low > top)
    return false;
  *out = mpz_sgn(value) >= 0 ? (int64_t)low
         : low == top        ? INT64_MIN
                             : -(int64_t)low;
  return true;
}

/* A big part for `count` limbs, or NULL where memory ends. */
static big_integer *make_big(arena *m, size_t count) {
  return arena_try_alloc(m, sizeof(big_integer) + count * sizeof(mp_limb_t));
}

/* Copies the limbs into the arena, unless an int64_t holds the value. */
dimsat_status big_store(arena *m, mpz_srcptr value, integer *out) {
  const size_t count = mpz_size(value);
  *out = integer_of(0);
  if (get_small(value, &out->small))
    return DIMSAT_OK;
  if (mpz_sizeinbase(value, 2) > LIMIT_BITS)
    return DIMSAT_TOO_LARGE;
  big_integer *const big = make_big(m, count);
  if (big == NULL)
    return DIMSAT_NO_MEMORY;
  big->size = mpz_sgn(value) * (mp_size_t)count;
  memcpy(big->limb, mpz_limbs_read(value), count * sizeof(mp_limb_t));
  out->big = big;
  return DIMSAT_OK;
}

/* Stores, clears, and only then raises. */
integer big_take(arena *m, mpz_ptr value) {
  integer result;
  const dimsat_status status = big_store(m, value, &result);
  mpz_clear(value);
  if (status != DIMSAT_OK)
    fault_raise(m->fault, status);
  return result;
}

/* Runs one function of GMP on two integers of any form. */
integer big_apply(arena *m, big_operation *operation, integer a, integer b) {
  big_view left, right;
  mpz_t result;
  mpz_init(result);
  operation(result, big_view_of(&left, a), big_view_of(&right, b));
  return big_take(m, result);
}

/* The sum, when one int64_t does not hold it. */
integer integer_add_big(arena *m, integer a, integer b) {
  return big_apply(m, mpz_add, a, b);
}

/* The difference, when one int64_t does not hold it. */
integer integer_sub_big(arena *m, integer a, integer b) {
  return big_apply(m, mpz_sub, a, b);
}

/* The product; factors whose bits add up to too many are refused unseen. */
integer integer_mul_big(arena *m, integer a, integer b) {
  if (integer_bits(a) + integer_bits(b) > LIMIT_BITS + 1)
    fault_raise(m->fault, DIMSAT_TOO_LARGE);
  return big_apply(m, mpz_mul, a, b);
}

/* -1, 0 or 1 for integers of any form. */
int integer_compare_big(integer a, integer b) {
  big_view left, right;
  const int order = mpz_cmp(big_view_of(&left, a), big_view_of(&right, b));
  return (order > 0) - (order < 0);
}

/* Whether `a` is a multiple of `b`, for integers of any form. */
bool big_divides(integer b, integer a) {
  big_view left, right;
  return mpz_divisible_p(big_view_of(&left, a), big_view_of(&right, b)) != 0;
}

/* The first of three statuses that is not DIMSAT_OK. */
static dimsat_status first_failure(const dimsat_status status[3]) {
  return status[0] ? status[0] : status[1] ? status[1] : status[2];
}

/* All three results are stored and cleared before anything is raised. */
integer big_gcd_extended(arena *m, integer a, integer b, integer *x,
                         integer *y) {
  big_view left, right;
  integer result;
  mpz_t g, s, t;
  mpz_inits(g, s, t, (mpz_ptr)NULL);
  mpz_gcdext(g, s, t, big_view_of(&left, a), big_view_of(&right, b));
  const dimsat_status status[3] = {big_store(m, g, &result), big_store(m, s, x),
                                   big_store(m, t, y)};
  mpz_clears(g, s, t, (mpz_ptr)NULL);
  if (first_failure(status) != DIMSAT_OK)
    fault_raise(m->fault, first_failure(status));
  return result;
}

/* The power; the caller has refused what is surely beyond LIMIT_BITS. */
integer big_pow(arena *m, integer base, unsigned long exponent) {
  big_view view;
  mpz_t result;
  mpz_init(result);
  mpz_pow_ui(result, big_view_of(&view, base), exponent);
  return big_take(m, result);
}

/* The sign of a big one. */
int integer_sign_big(integer a) {
  return a.big->size < 0 ? -1 : 1;
}

/* Bits of the top limb, and 64 for each one below. */
size_t integer_bits(integer a) {
  const size_t count = a.big ? limbs_of(a.big) : 1;
  const uint64_t top = a.big ? a.big->limb[count - 1] : magnitude(a.small);
  if (top == 0)
    return 0;
  return 64 * count - (size_t)__builtin_clzll(top);
}

/* The form that the head of integer.h describes. */
bool integer_is_canonical(integer a) {
  big_view view;
  int64_t value;
  if (a.big == NULL)
    return true;
  if (a.small != 0 || a.big->size == 0 || a.big->limb[limbs_of(a.big) - 1] == 0)
    return false;
  return integer_bits(a) <= LIMIT_BITS &&
         !get_small(big_view_of(&view, a), &value);
}

/* A hash of the value: of its sign and limbs, lowest limb first. */
uint32_t integer_hash(integer a) {
  if (a.big == NULL)
    return hash_mix(0, (uint64_t)a.small);
  uint32_t hash = hash_mix(1, (uint64_t)a.big->size);
  for (size_t i = 0; i < limbs_of(a.big); i++)
    hash = hash_mix(hash, a.big->limb[i]);
  return hash;
}

/* The same value with its big part in `m`. */
integer integer_copy(arena *m, integer a) {
  if (a.big == NULL)
    return a;
  const size_t count = limbs_of(a.big);
  big_integer *const big = make_big(m, count);
  if (big == NULL)
    fault_raise(m->fault, DIMSAT_NO_MEMORY);
  memcpy(big, a.big, sizeof *big + count * sizeof(mp_limb_t));
  return (integer){.small = 0, .big = big};
}

/* The magnitude, when one limb holds it. */
bool integer_get_uint64(integer a, uint64_t *out) {
  if (a.big != NULL && limbs_of(a.big) > 1)
    return false;
  *out = a.big ? a.big->limb[0] : magnitude(a.small);
  return true;
}
