/*
 * What the files of the constructors share and nobody else needs.
 *
 * Constructors use the work arena freely and rewind it before they return:
 * nothing but the node survives a call.
 */
#ifndef LIB_EXPR_BUILD_PARTS_H
#define LIB_EXPR_BUILD_PARTS_H

#include "lib/expr/build.h"

/* ---- Lists of operands ------------------------------------------------- */

void sort_operands(const expr **list, size_t count);
size_t sort_distinct(const expr **list, size_t count);

/* A list that grows in the work arena. */
typedef struct {
  const expr **item;
  size_t count, capacity;
} operands;

void operands_add(dimsat_context *cx, operands *list, const expr *e);
bool any_ratio(const expr *const *arg, size_t count);
bool any_partial(const expr *const *arg, size_t count);

/* ---- Sums -------------------------------------------------------------- */

/* A number seen as constant + sum of coefficient[i]*arg[i]; arrays in the node
 * or in the work arena. */
typedef struct {
  integer constant;
  size_t count;
  const integer *coefficient;
  const expr *const *arg;
} linear;

linear linear_of(dimsat_context *cx, const expr *e);
/* Gcd of the coefficients; 0 when all are 0 or there is none. */
integer linear_gcd(dimsat_context *cx, const linear *l);
/* factor*(terms)/divisor + constant, where the division is exact. */
const expr *linear_build(dimsat_context *cx, const linear *l, integer factor,
                         integer divisor, integer constant);
/* factor*e + constant. */
const expr *scale(dimsat_context *cx, const expr *e, integer factor,
                  integer constant);
/* `constant`, undefined where one of `arg` is. */
const expr *vanish(dimsat_context *cx, integer constant, const expr *const *arg,
                   size_t count);

/* ---- Nodes without rules ----------------------------------------------- */

const expr *intern_two(dimsat_context *cx, op o, const expr *a, const expr *b);
const expr *intern_list(dimsat_context *cx, op o, const expr *const *arg,
                        size_t count);
_Noreturn void too_large(dimsat_context *cx, const char *sentence);

/* ---- Bits and powers --------------------------------------------------- */

const expr *build_bits(dimsat_context *cx, op bit, const expr *const *arg,
                       size_t count);

/* ---- Quotients: at least one operand is a RATIO ------------------------ */

const expr *ratio_linear(dimsat_context *cx, integer constant,
                         const integer *coefficient, const expr *const *arg,
                         size_t count);
const expr *ratio_product(dimsat_context *cx, const expr *const *arg,
                          size_t count);
const expr *ratio_floordiv(dimsat_context *cx, const expr *a, const expr *b);
const expr *ratio_mod(dimsat_context *cx, const expr *a, const expr *b);
const expr *ratio_extremum(dimsat_context *cx, op o, const expr *const *arg,
                           size_t count);
const expr *ratio_ite(dimsat_context *cx, const expr *condition, const expr *a,
                      const expr *b);
const expr *ratio_eq(dimsat_context *cx, const expr *a, const expr *b);
const expr *ratio_le(dimsat_context *cx, const expr *a, const expr *b);

#endif
