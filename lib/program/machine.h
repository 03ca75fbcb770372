/*
 * Compiled programs from the inside: instructions over numbered registers, and
 * the arithmetic that they are made of.
 *
 * A register holds an int64_t.  Before registers are laid out
 * (`machine_of`), a number says which kind it is: a size, a constant or a
 * result; each result is written once.
 */
#ifndef LIB_PROGRAM_MACHINE_H
#define LIB_PROGRAM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
#define VALUE(name, meaning) DO_##name,
#define CHECKED(name, meaning) DO_##name,
#define CONDITION(name, meaning) DO_IS_##name, DO_TEST_##name,
#include "lib/program/ops.def"
#undef VALUE
#undef CHECKED
#undef CONDITION
  DO_ACCEPT, /* the last instruction */
  DO_COUNT
} operation;

/* What is known of the left operand of a division by a constant. */
typedef enum { SIGN_ANY, SIGN_UP, SIGN_SHORT } sign; /* >= 0; 0 .. 2**31-1 */

typedef struct {
  uint32_t op;      /* an `operation` */
  uint32_t out;     /* register that is written; unused by TEST_* */
  uint32_t a, b, c; /* registers that are read; `c` may be a plain number */
  int64_t i, j, k, l;
} instruction;

#define REGISTER_CONSTANT (UINT32_C(1) << 30)
#define REGISTER_RESULT (UINT32_C(1) << 31)
#define REGISTER_NUMBER (REGISTER_CONSTANT - 1)

/* ---- Arithmetic that never traps ---------------------------------------- */

static inline int64_t wrap_add(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a + (uint64_t)b);
}

static inline int64_t wrap_sub(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a - (uint64_t)b);
}

static inline int64_t wrap_mul(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a * (uint64_t)b);
}

/* low <= a <= low + width, with an unsigned width. */
static inline bool is_within(int64_t a, int64_t low, int64_t width) {
  return (uint64_t)a - (uint64_t)low <= (uint64_t)width;
}

/* a && b without a jump. */
static inline bool both(bool a, bool b) {
  return ((int)a & (int)b) != 0;
}

/* a*i + j; whether that, or a*i, leaves int64_t. */
static inline bool scale_overflows(int64_t a, int64_t i, int64_t j,
                                   int64_t *r) {
  int64_t product;
  const bool first = __builtin_mul_overflow(a, i, &product);
  return __builtin_add_overflow(product, j, r) || first;
}

/* Python's quotient for b != 0 and no overflow; 0 where b is 0. */
static inline int64_t floor_quotient(int64_t a, int64_t b) {
  if (b == 0 || b == -1)
    return b == 0 ? 0 : wrap_sub(0, a);
  const int64_t q = a / b;
  return q - (q * b != a && (a < 0) != (b < 0));
}

/* Python's remainder for b != 0; a where b is 0. */
static inline int64_t floor_modulo(int64_t a, int64_t b) {
  return wrap_sub(a, wrap_mul(floor_quotient(a, b), b));
}

/* Python's quotient; whether it leaves int64_t. */
static inline bool divide_overflows(int64_t a, int64_t b, int64_t *r) {
  *r = floor_quotient(a, b);
  return a == INT64_MIN && b == -1;
}

/* The quotient for a >= 0 and b >= 1. */
static inline int64_t divide_up(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a / (uint64_t)(b == 0 ? 1 : b));
}

/* a // k for 0 <= a < 2**31: the high part of a product with about 2**shift/k
 * (Granlund and Montgomery, Division by invariant integers, 1994). */
static inline int64_t quotient_short(int64_t a, int64_t factor, int64_t shift) {
  return (int64_t)(((uint64_t)a * (uint64_t)factor) >> (shift & 63));
}

__extension__ typedef unsigned __int128 double_word;

/* a // k for any a: the same with a product of 128 bits, of a or of ~a. */
static inline int64_t quotient_long(int64_t a, int64_t factor, int64_t shift) {
  const int64_t flip = a >> 63;
  const double_word p = (double_word)(uint64_t)(a ^ flip) * (uint64_t)factor;
  return (int64_t)((uint64_t)(p >> 64) >> (shift & 63)) ^ flip;
}

/*
 * a % k == c by one product: a, less what brings the residue to 0, is a
 * multiple of the odd part of k just where its product with the inverse of that
 * part is small (Warren, Hacker's Delight, 10-17).
 */
static inline bool has_residue(int64_t a, int64_t inverse, int64_t most,
                               int64_t less, uint32_t turn) {
  const uint64_t p = ((uint64_t)a - (uint64_t)less) * (uint64_t)inverse;
  return ((p >> (turn & 63)) | (p << (-turn & 63))) <= (uint64_t)most;
}

#endif
