/*
 * What the files of `integer` share: the big part, and the way from an integer
 * to GMP and back.  No other file includes gmp.h.
 *
 * GMP aborts the process when malloc returns NULL, so it is never let to ask:
 * each result is computed in limbs of the arena, as many as the operation can
 * need, and nothing is left to clear.  What GMP needs beside that for operands
 * of LIMIT_BITS bits it takes from the stack (the requests are below 64 KB;
 * test_integer_gmp.c counts that none reaches the heap).  Its conversions from
 * and to text do ask for heap memory, so integer_text.c has its own.
 */
#ifndef LIB_NUMBER_INTEGER_BIG_H
#define LIB_NUMBER_INTEGER_BIG_H

#include "lib/base/limits.h"
#include "lib/number/integer.h"

#include <gmp.h>

_Static_assert(GMP_NUMB_BITS == 64, "one limb holds the magnitude of a small");

_Static_assert(LIMIT_BITS == 65536, "the sentence says so");
#define TOO_MANY_BITS "a number has more bits than the limit of 65536"

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

/* Limbs in the arena, not set. */
big_integer *big_make(arena *m, size_t count);

/* Makes `value` 0, with `room` of `count` limbs to grow in: no operation on it
 * may need more. */
void big_open(mpz_ptr value, big_integer *room, size_t count);

/* What became of `value` in its `room`, in canonical form; may raise. */
integer big_close(arena *m, mpz_srcptr value, big_integer *room);

/* The same, for a room that was the first thing made since `mark`: gives back
 * what the result does not need of it, and all that was made behind it. */
integer big_settle(arena *m, arena_mark mark, mpz_srcptr value,
                   big_integer *room);

/* The result of `operation` on `a` and `b`. */
integer big_apply(arena *m, big_operation *operation, integer a, integer b);

bool big_divides(integer b, integer a);
integer big_gcd_extended(arena *m, integer a, integer b, integer *x,
                         integer *y);
integer big_pow(arena *m, integer base, unsigned long exponent);

#endif
