/*
 * Constructors: sorts and local rules that hold for all sizes.
 *
 * No rule may drop an operand that is `partial`: a division by a size that can
 * be 0 makes a guard fail there even where another branch would hide it.
 * Constants fold, sums become one linear form, `and`/`or`/`min`/`max`/`*` are
 * flat and sorted, `x // 1`, `x % 1`, `x*1` go away, `FloorDiv(c1, c2)` folds,
 * `c // 0` stays (it never has a value).  A condition used as a number becomes
 * ITE(c, 1, 0); a number used as a condition becomes NOT(EQ(n, 0)).
 *
 * Relations: EQ(a, b) and LE(a, b) move the constants to one side and divide by
 * the gcd where that loses nothing: `x - 3 <= 9` is `x <= 12`, and `x < 513` is
 * `x <= 512`; the sides keep their terms otherwise (`x + 1 <= y`).  EQ over two
 * conditions is their equivalence.  Relations over RATIOs are cross-multiplied
 * into relations over integers.
 *
 * All raise on failure; none returns NULL.
 */
#ifndef LIB_EXPR_BUILD_H
#define LIB_EXPR_BUILD_H

#include "lib/expr/expr.h"

const expr *build_integer(dimsat_context *cx, integer value);
const expr *build_small(dimsat_context *cx, int64_t value);
const expr *build_symbol(dimsat_context *cx, const char *name);
const expr *build_truth(dimsat_context *cx, bool value);

/* constant + sum of coefficient[i]*arg[i]: any operands, any order. */
const expr *build_linear(dimsat_context *cx, integer constant,
                         const integer *coefficient, const expr *const *arg,
                         size_t count);
const expr *build_sum(dimsat_context *cx, const expr *const *arg, size_t count);
const expr *build_product(dimsat_context *cx, const expr *const *arg,
                          size_t count);
const expr *build_add(dimsat_context *cx, const expr *a, const expr *b);
const expr *build_sub(dimsat_context *cx, const expr *a, const expr *b);
const expr *build_neg(dimsat_context *cx, const expr *a);
const expr *build_mul(dimsat_context *cx, const expr *a, const expr *b);
const expr *build_floordiv(dimsat_context *cx, const expr *a, const expr *b);
const expr *build_ceildiv(dimsat_context *cx, const expr *a, const expr *b);
const expr *build_mod(dimsat_context *cx, const expr *a, const expr *b);
const expr *build_pow(dimsat_context *cx, const expr *a, const expr *b);
const expr *build_min(dimsat_context *cx, const expr *const *arg, size_t count);
const expr *build_max(dimsat_context *cx, const expr *const *arg, size_t count);
const expr *build_abs(dimsat_context *cx, const expr *a);
const expr *build_ite(dimsat_context *cx, const expr *condition, const expr *a,
                      const expr *b);
/* `bit` is OP_BITAND, OP_BITOR or OP_BITXOR; of conditions: and, or, differ.
 * x & (2**k - 1) is x % 2**k. */
const expr *build_bitwise(dimsat_context *cx, op bit, const expr *a,
                          const expr *b);
const expr *build_float(dimsat_context *cx, const expr *a);
/* True division of numbers or ratios. */
const expr *build_ratio(dimsat_context *cx, const expr *a, const expr *b);
typedef enum { ROUND_TRUNC, ROUND_FLOOR, ROUND_CEIL, ROUND_EVEN } rounding;
const expr *build_round(dimsat_context *cx, rounding how, const expr *a);
const expr *build_opaque(dimsat_context *cx, const char *name,
                         const expr *const *arg, size_t count, bool truth);

const expr *build_eq(dimsat_context *cx, const expr *a, const expr *b);
const expr *build_ne(dimsat_context *cx, const expr *a, const expr *b);
const expr *build_le(dimsat_context *cx, const expr *a, const expr *b);
const expr *build_lt(dimsat_context *cx, const expr *a, const expr *b);
const expr *build_not(dimsat_context *cx, const expr *a);
const expr *build_and(dimsat_context *cx, const expr *const *arg, size_t count);
const expr *build_or(dimsat_context *cx, const expr *const *arg, size_t count);

const expr *build_as_truth(dimsat_context *cx, const expr *a);
const expr *build_as_number(dimsat_context *cx, const expr *a);

/* The node of the same operator over other operands (ADD keeps its
 * coefficients and constant), through the constructors above. */
const expr *build_again(dimsat_context *cx, const expr *e,
                        const expr *const *arg);

#endif
