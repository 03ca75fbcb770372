/*
 * What the files of `integer` share: the big part, and the way from an integer
 * to GMP and back.  No other file includes gmp.h.
 *
 * A result lives in an mpz_t only inside one function.  Nothing may be raised
 * while an mpz_t is alive, because its limbs come from malloc and would be
 * lost.
 */
#ifndef LIB_NUMBER_INTEGER_BIG_H
#define LIB_NUMBER_INTEGER_BIG_H

#include "lib/number/integer.h"

#include <gmp.h>

_Static_assert(GMP_NUMB_BITS == 64, "one limb holds the magnitude of a small");

struct big_integer {
  mp_size_t size; /* limbs; negative where the value is, as in an mpz_t */
  mp_limb_t limb[];
};

/* An integer as GMP reads it; holds no memory of its own. */
typedef struct {
  mp_limb_t limb[1];
  mpz_t value;
} big_view;

typedef void big_operation(mpz_ptr, mpz_srcptr, mpz_srcptr);

static inline uint64_t magnitude(int64_t value) {
  return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* `a` for reading, as long as `*view` and the arena of `a` live. */
mpz_srcptr big_view_of(big_view *view, integer a);

/* `value` in canonical form.  Raises nothing: the status says what failed. */
dimsat_status big_store(arena *m, mpz_srcptr value, integer *out);

/* `value` in canonical form; clears `value` in any case, then may raise. */
integer big_take(arena *m, mpz_ptr value);

/* The result of `operation` on `a` and `b`. */
integer big_apply(arena *m, big_operation *operation, integer a, integer b);

bool big_divides(integer b, integer a);
integer big_gcd_extended(arena *m, integer a, integer b, integer *x,
                         integer *y);
integer big_pow(arena *m, integer base, unsigned long exponent);

#endif
