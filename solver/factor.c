#include "solver/factor.h"

#include "lib/expr/build.h"
#include "solver/frame.h"

/* A comparison of the sum of `term`s, with a constant, to 0. */
typedef struct {
  binding *b;
  const space *sizes;
  const expr **term;
  integer *coefficient;
  uint32_t count;
  integer constant;
} comparison;

/* The terms of left - right. */
static comparison compare(binding *b, const expr *left, const expr *right,
                          const space *sizes) {
  const expr *sum = build_sub(b->cx, left, right);
  const bool many = sum->op == OP_ADD;
  comparison c = {.b = b,
                  .sizes = sizes,
                  .count = many ? sum->count : 1,
                  .constant = many ? sum->value : integer_of(0)};
  c.term = arena_alloc(b->m, c.count * sizeof *c.term);
  c.coefficient = arena_alloc(b->m, c.count * sizeof *c.coefficient);
  for (uint32_t i = 0; i < c.count; i++) {
    c.term[i] = many ? sum->arg[i] : sum;
    c.coefficient[i] = many ? sum->coefficient[i] : integer_of(1);
  }
  return c;
}

/* Factor i of a product, or NULL. */
static const expr *factor_of(const expr *product, uint32_t i) {
  if (product->op == OP_MUL)
    return i < product->count ? product->arg[i] : NULL;
  return i == 0 && product->op != OP_INT ? product : NULL;
}

/* Whether `x` is a factor of the product. */
static bool divides(const expr *x, const expr *product) {
  const expr *f;
  for (uint32_t i = 0; (f = factor_of(product, i)); i++)
    if (f == x)
      return true;
  return false;
}

/* The product without one of its factors. */
static const expr *without(dimsat_context *cx, arena *m, const expr *product,
                           const expr *x) {
  if (product == x)
    return build_small(cx, 1);
  const expr **rest = arena_alloc(m, product->count * sizeof *rest);
  uint32_t n = 0;
  bool found = false;
  for (uint32_t i = 0; i < product->count; i++) {
    if (product->arg[i] != x || found)
      rest[n++] = product->arg[i];
    found |= product->arg[i] == x;
  }
  return build_product(cx, rest, n);
}

/* Whether `x` has a value of at least 1 at all sizes. */
static bool is_positive(const comparison *c, const expr *x) {
  if (x->partial || x->op == OP_RATIO || x->op == OP_FLOAT || c->sizes == NULL)
    return false;
  const claim *question = bind_claim(c->b, x);
  frame f;
  for (size_t i = 0; i < question->variable_count; i++)
    if (!variable_counted(&c->b->variable[question->variable[i]]).has_lo)
      return false;
  frame_init(&f, c->b->m, c->b->budget, question,
             claim_space(question, c->b->m, c->sizes, NULL));
  frame_decide(&f);
  return frame_at_least(&f, f.number[question->node_count - 1], 1);
}

/* The next common factor from `*at` of the first term on, or NULL. */
static const expr *next_factor(const comparison *c, uint32_t *at) {
  const expr *x;
  while ((x = factor_of(c->term[0], (*at)++))) {
    bool common = true;
    for (uint32_t i = 1; i < c->count && common; i++)
      common = divides(x, c->term[i]);
    if (common)
      return x;
  }
  return NULL;
}

/* Divides all terms by `x`. */
static void divide(comparison *c, const expr *x) {
  for (uint32_t i = 0; i < c->count; i++)
    c->term[i] = without(c->b->cx, c->b->m, c->term[i], x);
}

/* The terms on one side, so that none is subtracted: those with coefficients
 * of this sign. */
static const expr *side(const comparison *c, int sign) {
  arena *m = c->b->m;
  const expr **of = arena_alloc(m, c->count * sizeof *of);
  integer *coefficient = arena_alloc(m, c->count * sizeof *coefficient);
  uint32_t n = 0;
  for (uint32_t i = 0; i < c->count; i++) {
    if (integer_sign(c->coefficient[i]) != sign)
      continue;
    of[n] = c->term[i];
    coefficient[n++] = integer_abs(m, c->coefficient[i]);
  }
  const integer constant = integer_sign(c->constant) == sign
                               ? integer_abs(m, c->constant)
                               : integer_of(0);
  return build_linear(c->b->cx, constant, coefficient, of, n);
}

/* Divides by all common factors that are at least 1; whether there were any. */
static bool divide_by_positive(comparison *c) {
  bool any = false;
  const expr *x;
  for (uint32_t at = 0; (x = next_factor(c, &at));) {
    if (!is_positive(c, x))
      continue;
    divide(c, x);
    any = true;
    at = 0;
  }
  return any;
}

/* The sum is not 0: neither is any common factor, nor what they leave. */
static const expr *differ(comparison *c, const expr *condition) {
  dimsat_context *cx = c->b->cx;
  const expr *zero = build_small(cx, 0), *x;
  uint32_t at = 0;
  if (!integer_is(c->constant, 0) || !(x = next_factor(c, &at)) ||
      (c->count == 1 && c->term[0] == x))
    return condition;
  divide(c, x);
  const expr *both[] = {
      build_ne(cx, x, zero),
      factor_out(c->b, build_ne(cx, side(c, 1), side(c, -1)), c->sizes)};
  return build_and(cx, both, 2);
}

/* The same of each part of an `and`. */
static const expr *factor_parts(binding *b, const expr *e, const space *sizes) {
  const expr **part = arena_alloc(b->m, e->count * sizeof *part);
  for (uint32_t i = 0; i < e->count; i++)
    part[i] = factor_out(b, e->arg[i], sizes);
  return build_and(b->cx, part, e->count);
}

const expr *factor_out(binding *b, const expr *condition, const space *sizes) {
  if (condition->op == OP_AND)
    return factor_parts(b, condition, sizes);
  const bool negated =
      condition->op == OP_NOT && condition->arg[0]->op == OP_EQ;
  const expr *e = negated ? condition->arg[0] : condition;
  if ((e->op != OP_EQ && e->op != OP_LE) || e->arg[0]->truth)
    return condition;
  comparison c = compare(b, e->arg[0], e->arg[1], sizes);
  if (negated)
    return differ(&c, condition);
  /* 0 < sum is 1 <= sum, and as much holds of every factor but the constant */
  const bool strict = e->op == OP_LE && integer_is(c.constant, 1);
  if ((!integer_is(c.constant, 0) && !strict) || !divide_by_positive(&c))
    return condition;
  const expr *left = side(&c, 1), *right = side(&c, -1);
  return e->op == OP_EQ ? build_eq(b->cx, left, right)
                        : build_le(b->cx, left, right);
}
