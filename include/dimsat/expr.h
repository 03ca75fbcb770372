/*
 * Contexts and expressions: build, parse, print, inspect, evaluate.
 *
 * An expression is a number (an exact integer, or the exact quotient of two)
 * or a condition.  Equal expressions of one context are the same pointer:
 * compare with `==`.
 */
#ifndef DIMSAT_EXPR_H
#define DIMSAT_EXPR_H

#include "dimsat/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dimsat_context dimsat_context;
typedef struct dimsat_expr dimsat_expr;

/* ---- Contexts --------------------------------------------------------- *
 *
 * A context owns all expressions, problems and results made in it.  It is used
 * by one thread at a time; different contexts are independent.
 */
DIMSAT_API void dimsat_context_free(dimsat_context *cx);
DIMSAT_API DIMSAT_GIVES(dimsat_context_free)
    dimsat_context *dimsat_context_new(void); /* NULL: out of memory */

/* The record of the last call that failed; status DIMSAT_OK when none did. */
DIMSAT_API const dimsat_error *dimsat_last_error(const dimsat_context *cx);

/* ---- Build ------------------------------------------------------------ *
 *
 * Expressions live as long as their context and are never freed one by one.
 * A builder that fails returns NULL and fills the error record.  A NULL operand
 * gives NULL and keeps the first error, so a chain needs one test.  Conditions
 * stand for 1 and 0 where a number is needed, numbers for `!= 0` where a
 * condition is needed, as in Python.
 */
typedef enum {
  DIMSAT_ADD,
  DIMSAT_SUB,
  DIMSAT_MUL,
  DIMSAT_FLOORDIV, /* rounded toward minus infinity; x // 0 has no value */
  DIMSAT_MOD,      /* sign of the divisor */
  DIMSAT_MIN,
  DIMSAT_MAX,
  DIMSAT_EQ,
  DIMSAT_NE,
  DIMSAT_LT,
  DIMSAT_LE,
  DIMSAT_GT,
  DIMSAT_GE,
  DIMSAT_AND,
  DIMSAT_OR
} dimsat_operator;

DIMSAT_API const dimsat_expr *dimsat_integer(dimsat_context *cx, int64_t value);
/* Decimal digits of any number, with an optional sign. */
DIMSAT_API const dimsat_expr *dimsat_integer_text(dimsat_context *cx,
                                                  const char *digits);
/* A name is opaque: `N`, `beta` or `L['x'].size()[0]` are symbols alike. */
DIMSAT_API const dimsat_expr *dimsat_symbol(dimsat_context *cx,
                                            const char *name);
DIMSAT_API const dimsat_expr *dimsat_apply(dimsat_context *cx,
                                           dimsat_operator op,
                                           const dimsat_expr *a,
                                           const dimsat_expr *b);
DIMSAT_API const dimsat_expr *dimsat_not(dimsat_context *cx,
                                         const dimsat_expr *a);

/* ---- Text ------------------------------------------------------------- *
 *
 * `dimsat_parse` reads Python's and sympy's spelling, mixed freely (the
 * language is in docs/language.md).  `dimsat_print` writes text that parses
 * back to the same pointer; it lives as long as the context.
 */
typedef enum { DIMSAT_PYTHON, DIMSAT_SYMPY, DIMSAT_C } dimsat_spelling;

DIMSAT_API const dimsat_expr *dimsat_parse(dimsat_context *cx, const char *text,
                                           size_t length);
DIMSAT_API const char *dimsat_print(dimsat_context *cx, const dimsat_expr *e,
                                    dimsat_spelling spelling);

/* ---- Inspect and evaluate --------------------------------------------- */

DIMSAT_API bool dimsat_is_condition(const dimsat_expr *e);
/* How many different nodes `e` is made of. */
DIMSAT_API size_t dimsat_node_count(dimsat_context *cx, const dimsat_expr *e);

/*
 * The exact value under `names[i] = values[i]` as decimal text, "True" or
 * "False", or "p/q" for a quotient that is no integer.  NULL with
 * DIMSAT_NO_VALUE where a divisor is 0, a symbol has no value, or a float
 * operand reaches 2^53.
 */
DIMSAT_API const char *dimsat_evaluate(dimsat_context *cx, const dimsat_expr *e,
                                       const char *const *names,
                                       const char *const *values, size_t count);

#ifdef __cplusplus
}
#endif
#endif
