/*
 * Sums and products.
 *
 * A sum is one linear form: constant + coefficient*term + ..., its terms sorted
 * and distinct.  A coefficient is 0 only where the term may have no value, and
 * such a term is no product: 0*(p*q) is 0*p + 0*q.
 *
 * A product is a coefficient times sorted factors.  A factor that is a sum has
 * coprime coefficients and a positive first one: what they share moves into the
 * coefficient, so that 2*(a + 1)*b, (2*a + 2)*b and (-2*a - 2)*-b are one node
 * however they are grouped.  Products of sums are not multiplied out.
 */
#include "lib/expr/build_parts.h"

#include <assert.h>
#include <stdlib.h>

/* Factors of one product: bounds what nested powers ask for. */
#define FACTORS_LAST ((size_t)1 << 16)

/* ---- Views -------------------------------------------------------------- */

/* Any number as a linear form. */
linear linear_of(dimsat_context *cx, const expr *e) {
  if (e->op == OP_INT)
    return (linear){.constant = e->value};
  if (e->op == OP_ADD)
    return (linear){.constant = e->value,
                    .count = e->count,
                    .coefficient = e->coefficient,
                    .arg = e->arg};
  static const integer one = {.small = 1};
  const expr **const self = arena_alloc(&cx->work, sizeof *self);
  *self = e;
  return (linear){.count = 1, .coefficient = &one, .arg = self};
}

/* Stops early at 1. */
integer linear_gcd(dimsat_context *cx, const linear *l) {
  integer gcd = integer_of(0);
  for (size_t i = 0; i < l->count && !integer_is(gcd, 1); i++)
    gcd = integer_gcd(&cx->work, gcd, l->coefficient[i]);
  return gcd;
}

/* Scales the coefficients and hands over to `build_linear`. */
const expr *linear_build(dimsat_context *cx, const linear *l, integer factor,
                         integer divisor, integer constant) {
  if (integer_is(factor, 1) && integer_is(divisor, 1))
    return build_linear(cx, constant, l->coefficient, l->arg, l->count);
  const arena_mark mark = arena_get_mark(&cx->work);
  integer *const scaled = arena_alloc(&cx->work, l->count * sizeof *scaled);
  for (size_t i = 0; i < l->count; i++) {
    const integer part =
        integer_floordiv(&cx->work, l->coefficient[i], divisor);
    scaled[i] = integer_mul(&cx->work, part, factor);
  }
  const expr *const e = build_linear(cx, constant, scaled, l->arg, l->count);
  arena_rewind(&cx->work, mark);
  return e;
}

/* One term and a constant. */
const expr *scale(dimsat_context *cx, const expr *e, integer factor,
                  integer constant) {
  return build_linear(cx, constant, &factor, &e, 1);
}

/* Zero times each of `arg`, plus `constant`. */
const expr *vanish(dimsat_context *cx, integer constant, const expr *const *arg,
                   size_t count) {
  const arena_mark mark = arena_get_mark(&cx->work);
  const integer *const none = arena_zeroed(&cx->work, count, sizeof *none);
  const expr *const e = build_linear(cx, constant, none, arg, count);
  arena_rewind(&cx->work, mark);
  return e;
}

/* ---- Sums --------------------------------------------------------------- */

typedef struct {
  const expr *arg;
  integer coefficient;
} term;

typedef struct {
  dimsat_context *cx;
  integer constant;
  term *term;
  size_t count, capacity;
  bool saw_zero;
  table zero; /* what `add_zero` has seen, by id */
} sum;

/* Appends a term without any rule. */
static void push(sum *s, integer coefficient, const expr *arg) {
  s->term = arena_grow(&s->cx->work, s->term, s->count, &s->capacity,
                       sizeof *s->term);
  s->term[s->count++] = (term){.arg = arg, .coefficient = coefficient};
}

/* Adds 0*e: nothing where e is total, and 0 times its parts otherwise. */
static void add_zero(sum *s, const expr *e) {
  if (!e->partial)
    return;
  if (!s->saw_zero)
    table_init(&s->zero, &s->cx->work, 8);
  s->saw_zero = true;
  uint32_t at = e->id;
  if (table_next(&s->zero, e->id, &at) != NULL)
    return;
  table_add(&s->zero, &s->cx->work, e->id, e);
  if (e->op != OP_ADD && e->op != OP_MUL)
    push(s, integer_of(0), e);
  for (uint32_t i = 0; i < e->count && (e->op == OP_ADD || e->op == OP_MUL);
       i++)
    add_zero(s, e->arg[i]);
}

/* Adds coefficient*e, where `e` is no constant and no sum. */
static void add_term(sum *s, integer coefficient, const expr *e) {
  if (integer_is(coefficient, 0))
    add_zero(s, e);
  else
    push(s, coefficient, e);
}

/* Adds coefficient*e for any number or condition. */
static void add(sum *s, integer coefficient, const expr *any) {
  arena *const m = &s->cx->work;
  const expr *const e = build_as_number(s->cx, any);
  if (e->op != OP_INT && e->op != OP_ADD) {
    add_term(s, coefficient, e);
    return;
  }
  s->constant =
      integer_add(m, s->constant, integer_mul(m, coefficient, e->value));
  for (uint32_t i = 0; i < e->count; i++)
    add_term(s, integer_mul(m, coefficient, e->coefficient[i]), e->arg[i]);
}

/* Order of terms for qsort. */
static int compare_terms(const void *a, const void *b) {
  return expr_compare(((const term *)a)->arg, ((const term *)b)->arg);
}

/* Sorts the terms, which mostly are sorted already. */
static void sort_terms(sum *s) {
  size_t i = 1;
  while (i < s->count && expr_compare(s->term[i - 1].arg, s->term[i].arg) < 0)
    i++;
  if (i < s->count)
    qsort(s->term, s->count, sizeof *s->term, compare_terms);
}

/* Adds up the terms that start at `*at` and are one expression. */
static term next_term(sum *s, size_t *at) {
  term t = s->term[(*at)++];
  for (; *at < s->count && s->term[*at].arg == t.arg; ++*at)
    t.coefficient =
        integer_add(&s->cx->work, t.coefficient, s->term[*at].coefficient);
  return t;
}

/* Merges equal terms; one that ends at 0 may leave parts behind, which are
 * merged in a second round. */
static void merge(sum *s) {
  sort_terms(s);
  operands cancelled = {0};
  size_t kept = 0;
  for (size_t at = 0; at < s->count;) {
    const term t = next_term(s, &at);
    if (!integer_is(t.coefficient, 0) ||
        (t.arg->partial && t.arg->op != OP_MUL))
      s->term[kept++] = t;
    else if (t.arg->partial)
      operands_add(s->cx, &cancelled, t.arg);
  }
  s->count = kept;
  for (size_t i = 0; i < cancelled.count; i++)
    add_zero(s, cancelled.item[i]);
  if (s->count > kept)
    merge(s);
}

/* The node of a merged sum. */
static const expr *finish(const sum *s) {
  if (s->count == 0)
    return build_integer(s->cx, s->constant);
  if (s->count == 1 && integer_is(s->constant, 0) &&
      integer_is(s->term[0].coefficient, 1))
    return s->term[0].arg;
  if (s->count > UINT32_MAX)
    too_large(s->cx, "a sum has too many terms");
  arena *const m = &s->cx->work;
  const expr **const arg = arena_alloc(m, s->count * sizeof *arg);
  integer *const coefficient = arena_alloc(m, s->count * sizeof *coefficient);
  for (size_t i = 0; i < s->count; i++) {
    arg[i] = s->term[i].arg;
    coefficient[i] = s->term[i].coefficient;
  }
  return expr_intern(s->cx, &(expr_key){.op = OP_ADD,
                                        .count = (uint32_t)s->count,
                                        .arg = arg,
                                        .coefficient = coefficient,
                                        .value = s->constant});
}

/* constant + sum of coefficient[i]*arg[i]. */
const expr *build_linear(dimsat_context *cx, integer constant,
                         const integer *coefficient, const expr *const *arg,
                         size_t count) {
  if (any_ratio(arg, count))
    return ratio_linear(cx, constant, coefficient, arg, count);
  const arena_mark mark = arena_get_mark(&cx->work);
  sum s = {.cx = cx, .constant = constant};
  for (size_t i = 0; i < count; i++)
    add(&s, coefficient[i], arg[i]);
  merge(&s);
  const expr *const e = finish(&s);
  arena_rewind(&cx->work, mark);
  return e;
}

/* The sum of all operands. */
const expr *build_sum(dimsat_context *cx, const expr *const *arg,
                      size_t count) {
  const arena_mark mark = arena_get_mark(&cx->work);
  integer *const one = arena_alloc(&cx->work, count * sizeof *one);
  for (size_t i = 0; i < count; i++)
    one[i] = integer_of(1);
  const expr *const e = build_linear(cx, integer_of(0), one, arg, count);
  arena_rewind(&cx->work, mark);
  return e;
}

/* a + b */
const expr *build_add(dimsat_context *cx, const expr *a, const expr *b) {
  const expr *const both[] = {a, b};
  const integer one[] = {integer_of(1), integer_of(1)};
  return build_linear(cx, integer_of(0), one, both, 2);
}

/* a - b */
const expr *build_sub(dimsat_context *cx, const expr *a, const expr *b) {
  const expr *const both[] = {a, b};
  const integer signs[] = {integer_of(1), integer_of(-1)};
  return build_linear(cx, integer_of(0), signs, both, 2);
}

/* -a */
const expr *build_neg(dimsat_context *cx, const expr *a) {
  return scale(cx, a, integer_of(-1), integer_of(0));
}

/* ---- Products ----------------------------------------------------------- */

typedef struct {
  dimsat_context *cx;
  integer coefficient;
  operands factor;
} product;

/* Takes in a factor that has no coefficient of its own. */
static void take_factor(product *p, const expr *e) {
  if (p->factor.count >= FACTORS_LAST)
    too_large(p->cx, "a product has too many factors");
  operands_add(p->cx, &p->factor, e);
}

/* The gcd of constant and coefficients with the sign of the first that is not
 * 0; 0 when all are. */
static integer content_of(dimsat_context *cx, const expr *e) {
  const linear l = linear_of(cx, e);
  integer gcd = linear_gcd(cx, &l);
  integer first = e->value;
  for (size_t i = l.count; i-- > 0;)
    if (!integer_is(l.coefficient[i], 0))
      first = l.coefficient[i];
  gcd = integer_gcd(&cx->work, gcd, e->value);
  return integer_sign(first) < 0 ? integer_neg(&cx->work, gcd) : gcd;
}

/* Takes in a sum: what its coefficients share, and the rest as a factor. */
static void multiply_sum(product *p, const expr *e) {
  arena *const m = &p->cx->work;
  const integer content = content_of(p->cx, e);
  p->coefficient = integer_mul(m, p->coefficient, content);
  const linear l = linear_of(p->cx, e);
  if (integer_is(content, 0)) {
    for (size_t i = 0; i < l.count; i++)
      take_factor(p, l.arg[i]);
    return;
  }
  const expr *rest = e;
  if (!integer_is(content, 1))
    rest = linear_build(p->cx, &l, integer_of(1), content,
                        integer_floordiv(m, e->value, content));
  for (uint32_t i = 0; rest->op == OP_MUL && i < rest->count; i++)
    take_factor(p, rest->arg[i]);
  if (rest->op != OP_MUL)
    take_factor(p, rest);
}

/* Takes in any number or condition. */
static void multiply(product *p, const expr *any) {
  const expr *const e = build_as_number(p->cx, any);
  if (e->op == OP_INT) {
    p->coefficient = integer_mul(&p->cx->work, p->coefficient, e->value);
  } else if (e->op == OP_ADD) {
    multiply_sum(p, e);
  } else if (e->op == OP_MUL) {
    for (uint32_t i = 0; i < e->count; i++)
      take_factor(p, e->arg[i]);
  } else {
    take_factor(p, e);
  }
}

/* The node of a product. */
static const expr *finish_product(product *p) {
  const expr **const factor = p->factor.item;
  const size_t count = p->factor.count;
  if (integer_is(p->coefficient, 0))
    return vanish(p->cx, integer_of(0), factor, count);
  if (count == 0)
    return build_integer(p->cx, p->coefficient);
  sort_operands(factor, count);
  const expr *const e =
      count == 1 ? factor[0] : intern_list(p->cx, OP_MUL, factor, count);
  return integer_is(p->coefficient, 1)
             ? e
             : scale(p->cx, e, p->coefficient, integer_of(0));
}

/* The product of all operands. */
const expr *build_product(dimsat_context *cx, const expr *const *arg,
                          size_t count) {
  if (any_ratio(arg, count))
    return ratio_product(cx, arg, count);
  const arena_mark mark = arena_get_mark(&cx->work);
  product p = {.cx = cx, .coefficient = integer_of(1)};
  for (size_t i = 0; i < count; i++)
    multiply(&p, arg[i]);
  const expr *const e = finish_product(&p);
  arena_rewind(&cx->work, mark);
  return e;
}

/* a * b */
const expr *build_mul(dimsat_context *cx, const expr *a, const expr *b) {
  const expr *const both[] = {a, b};
  return build_product(cx, both, 2);
}
