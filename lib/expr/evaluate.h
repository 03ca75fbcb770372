/* The exact value of an expression under an assignment. */
#ifndef LIB_EXPR_EVALUATE_H
#define LIB_EXPR_EVALUATE_H

#include "lib/expr/expr.h"

/* Values of symbols: `value[i]` of `symbol[i]`; symbols not listed have no
 * value. */
typedef struct {
  const expr *const *symbol;
  const integer *value;
  size_t count;
} assignment;

typedef enum {
  VALUE_NONE,      /* a divisor is 0, an exponent negative, a symbol unknown */
  VALUE_UNDECIDED, /* a float reached 2^53, or a function is opaque */
  VALUE_NUMBER,
  VALUE_TRUTH,
  VALUE_RATIO
} value_kind;

typedef struct {
  value_kind kind;
  bool truth;
  integer number;      /* NUMBER, and numerator of RATIO */
  integer denominator; /* RATIO: > 1, in lowest terms */
} value;

/* A divisor of 0 anywhere gives VALUE_NONE, also in a branch not taken. */
value evaluate(dimsat_context *cx, const expr *e, const assignment *at);

/*
 * The same for many evaluations of one expression: the walk is prepared once.
 * `symbol` fixes the order in which `evaluator_run` takes values.
 */
typedef struct evaluator evaluator;
evaluator *evaluator_new(dimsat_context *cx, arena *m, const expr *e,
                         const expr *const *symbol, size_t symbol_count);
value evaluator_run(evaluator *v, arena *m, const integer *values);

#endif
