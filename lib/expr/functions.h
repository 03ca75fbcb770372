/* The functions that expressions may call, and relations with infinities. */
#ifndef LIB_EXPR_FUNCTIONS_H
#define LIB_EXPR_FUNCTIONS_H

#include "lib/expr/expr.h"

#define FUNCTION_ANY_COUNT 255

typedef struct {
  const char *name;
  uint8_t act;         /* what it builds; an enumeration of functions.c */
  uint8_t least, most; /* operands; `most` is FUNCTION_ANY_COUNT for no end */
  const char *opaque;  /* the name of what is built, when nothing is known */
} function;

/* The function called `name`, or NULL. */
const function *function_find(const char *name);

/* Writes "; did you mean 'A' or 'B'?", or nothing; gives `out`. */
char *function_ask_similar(const char *name, char *out, size_t size);

/* Whether operands are written `(a, b)`, to be given flat. */
bool function_takes_pairs(const function *f);

/* There are `least` to `most` operands, for Piecewise twice; changes `arg`. */
const expr *function_build(dimsat_context *cx, const function *f,
                           const expr **arg, size_t count);

/*
 * Infinities are no nodes: they are these two objects, legal as a side of a
 * relation and as an operand of Min and Max, where they go away.
 */
extern const expr infinity_above, infinity_below;

static inline bool is_infinite(const expr *e) {
  return e == &infinity_above || e == &infinity_below;
}

static inline const expr *opposite_infinity(const expr *e) {
  return e == &infinity_above ? &infinity_below : &infinity_above;
}

/* In the order of the tokens TOKEN_EQ .. TOKEN_GE. */
typedef enum {
  RELATION_EQ,
  RELATION_NE,
  RELATION_LT,
  RELATION_LE,
  RELATION_GT,
  RELATION_GE
} relation;

/* a `how` b; sides may be infinite. */
const expr *relation_build(dimsat_context *cx, relation how, const expr *a,
                           const expr *b);

/* Fails when `e` is infinite. */
const expr *finite(dimsat_context *cx, const expr *e);

/* a << b and a >> b. */
const expr *shift_left_build(dimsat_context *cx, const expr *a, const expr *b);
const expr *shift_right_build(dimsat_context *cx, const expr *a, const expr *b);

/* a & b & .., with | or ^ likewise: bitwise, of conditions connectives.  One or
 * more operands, joined in pairs of pairs; changes `arg`. */
const expr *bits_build(dimsat_context *cx, op bit, const expr **arg,
                       size_t count);

#endif
