#include "lib/number/integer_big.h"

#include "lib/base/limits.h"
#include "lib/base/table.h"

#include <assert.h>
#include <limits.h>
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

/* A big part for `count` limbs. */
big_integer *big_make(arena *m, size_t count) {
  return arena_alloc(m, sizeof(big_integer) + count * sizeof(mp_limb_t));
}

/* Room in the way GMP keeps it; GMP has no function that lends it limbs. */
void big_open(mpz_ptr value, big_integer *room, size_t count) {
  assert(count <= INT_MAX);
  value->_mp_alloc = (int)count;
  value->_mp_size = 0;
  value->_mp_d = room->limb;
}

/* The limbs are where they belong already. */
integer big_close(arena *m, mpz_srcptr value, big_integer *room) {
  integer result = integer_of(0);
  assert(mpz_limbs_read(value) == room->limb && "the room was too small");
  if (get_small(value, &result.small))
    return result;
  if (mpz_sizeinbase(value, 2) > LIMIT_BITS)
    fault_raise_limit(m->fault, TOO_MANY_BITS);
  room->size = mpz_sgn(value) * (mp_size_t)mpz_size(value);
  result.big = room;
  return result;
}

/* Rewinds and takes just the bytes of the result.  They are mostly the first
 * ones of the room; else the room is in a spare block, where its bytes stay. */
integer big_settle(arena *m, arena_mark mark, mpz_srcptr value,
                   big_integer *room) {
  integer result = big_close(m, value, room);
  arena_rewind(m, mark);
  if (result.big == NULL)
    return result;
  const size_t count = limbs_of(room);
  big_integer *const kept = big_make(m, count);
  if (kept != room)
    memmove(kept, room, sizeof *kept + count * sizeof(mp_limb_t));
  result.big = kept;
  return result;
}

/* Limbs that hold the magnitude of `a`. */
static size_t limbs_in(integer a) {
  return a.big != NULL ? limbs_of(a.big) : 1;
}

/* Runs one function of GMP on two integers of any form.  Products need the
 * limbs of both; sums, quotients that are rounded, and bits of negative numbers
 * need one or two more than an operand. */
integer big_apply(arena *m, big_operation *operation, integer a, integer b) {
  big_view left, right;
  mpz_t value;
  const size_t count = limbs_in(a) + limbs_in(b) + 2;
  const arena_mark mark = arena_get_mark(m);
  big_integer *const room = big_make(m, count);
  big_open(value, room, count);
  operation(value, big_view_of(&left, a), big_view_of(&right, b));
  return big_settle(m, mark, value, room);
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
    fault_raise_limit(m->fault, TOO_MANY_BITS);
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

/* All three results keep the room they were computed in.  For longer operands
 * GMP would take memory from the heap. */
integer big_gcd_extended(arena *m, integer a, integer b, integer *x,
                         integer *y) {
  big_view left, right;
  big_integer *room[3];
  mpz_t g, s, t;
  mpz_ptr const value[3] = {g, s, t};
  if (integer_bits(a) + integer_bits(b) > LIMIT_BITS / 4)
    fault_raise_limit(m->fault, TOO_MANY_BITS);
  const size_t count = limbs_in(a) + limbs_in(b) + 2;
  for (int i = 0; i < 3; i++) {
    room[i] = big_make(m, count);
    big_open(value[i], room[i], count);
  }
  mpz_gcdext(g, s, t, big_view_of(&left, a), big_view_of(&right, b));
  *x = big_close(m, s, room[1]);
  *y = big_close(m, t, room[2]);
  return big_close(m, g, room[0]);
}

/* The power; the caller has refused what is surely beyond LIMIT_BITS.  GMP
 * wants five limbs beside the bits of all factors, and one for its shift. */
integer big_pow(arena *m, integer base, unsigned long exponent) {
  big_view view;
  mpz_t value;
  const size_t count = integer_bits(base) * exponent / 64 + 8;
  const arena_mark mark = arena_get_mark(m);
  big_integer *const room = big_make(m, count);
  big_open(value, room, count);
  mpz_pow_ui(value, big_view_of(&view, base), exponent);
  return big_settle(m, mark, value, room);
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
  big_integer *const big = big_make(m, count);
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
