/*
 * Relations and connectives.
 *
 * A relation between integers has its constants on one side: with terms A, B
 *   A <= c    c <= B    A <= B + c    A + c <= B        where c > 0
 * and the same for ==, whose sides are sorted.  What all coefficients share is
 * divided out, bounds are rounded inward, and a relation whose coefficients are
 * all negative is turned round.  Terms do not change sides otherwise.
 *
 * Where an OPAQUE is below, a side may be no integer: nothing is rounded, and
 * a < b is the function Lt(a, b).
 */
#include "lib/expr/build_parts.h"

#include <assert.h>
#include <string.h>

/* ---- Relations between integers ----------------------------------------- */

/* a REL b + shift, its coefficients to be multiplied by sign/gcd. */
typedef struct {
  op op;
  linear a, b;
  integer shift;
  integer gcd;
  bool negate;
  bool exact; /* no rounding: an OPAQUE is below */
} relation;

/* Whether both sides have the same terms and always have a value. */
static bool same_terms(const relation *r) {
  if (r->a.count != r->b.count || r->exact || any_partial(r->a.arg, r->a.count))
    return false;
  for (size_t i = 0; i < r->a.count; i++)
    if (r->a.arg[i] != r->b.arg[i] ||
        !integer_equal(r->a.coefficient[i], r->b.coefficient[i]))
      return false;
  return true;
}

/* 0 REL shift. */
static bool holds_at_zero(const relation *r) {
  return r->op == OP_LE ? integer_sign(r->shift) >= 0 : integer_is(r->shift, 0);
}

/* Counts positive and negative coefficients. */
static void count_signs(const linear *l, size_t *positive, size_t *negative) {
  for (size_t i = 0; i < l->count; i++) {
    const int sign = integer_sign(l->coefficient[i]);
    *positive += sign > 0;
    *negative += sign < 0;
  }
}

/* Whether the first coefficient that is not 0 is negative. */
static bool starts_negative(const linear *l) {
  for (size_t i = 0; i < l->count; i++)
    if (!integer_is(l->coefficient[i], 0))
      return integer_sign(l->coefficient[i]) < 0;
  return false;
}

/* Whether the relation reads better with all signs turned round. */
static bool wants_negation(const relation *r) {
  size_t positive = 0, negative = 0;
  count_signs(&r->a, &positive, &negative);
  count_signs(&r->b, &positive, &negative);
  if (r->op == OP_EQ && r->b.count == 0)
    return starts_negative(&r->a);
  if (r->op == OP_EQ && r->a.count == 0)
    return starts_negative(&r->b);
  return negative > 0 && positive == 0;
}

/* A <= B + s is -B <= -A + s. */
static void turn_round(relation *r) {
  const linear a = r->a;
  r->a = r->b;
  r->b = a;
  r->negate = true;
}

/* Divides by what all coefficients share.  False: an equality that no integers
 * satisfy. */
static bool divide(dimsat_context *cx, relation *r) {
  arena *const m = &cx->work;
  const integer gcd =
      integer_gcd(m, linear_gcd(cx, &r->a), linear_gcd(cx, &r->b));
  if (r->exact || integer_is(gcd, 0) || integer_is(gcd, 1))
    return true;
  if (r->op == OP_EQ && !integer_divides(gcd, r->shift))
    return false;
  r->shift = integer_floordiv(m, r->shift, gcd);
  r->gcd = gcd;
  return true;
}

/* One side with a constant. */
static const expr *side(dimsat_context *cx, const relation *r, const linear *l,
                        integer constant) {
  const integer factor = integer_of(r->negate ? -1 : 1);
  return linear_build(cx, l, factor, r->gcd, constant);
}

/* Whether `r` holds when its one side, a number, is `c` and the other `k`. */
static bool holds(op o, integer c, integer k) {
  return o == OP_LE ? integer_compare(c, k) <= 0 : integer_equal(c, k);
}

/* ITE(c, k1, k2) REL k is c, not c, or known; NULL: no such relation. */
static const expr *relate_choice(dimsat_context *cx, op o, const expr *a,
                                 const expr *b) {
  const expr *const choice = a->op == OP_ITE ? a : b;
  const expr *const k = choice == a ? b : a;
  if (choice->op != OP_ITE || k->op != OP_INT || choice->arg[1]->op != OP_INT ||
      choice->arg[2]->op != OP_INT)
    return NULL;
  bool at[2];
  for (int i = 0; i < 2; i++) {
    const integer c = choice->arg[i + 1]->value;
    at[i] = choice == a ? holds(o, c, k->value) : holds(o, k->value, c);
  }
  const expr *const c = choice->arg[0];
  if (at[0] != at[1])
    return at[0] ? c : build_not(cx, c);
  return c->partial ? NULL : build_truth(cx, at[0]);
}

/* The node over two finished sides. */
static const expr *finish(dimsat_context *cx, op o, const expr *a,
                          const expr *b) {
  const expr *const choice = relate_choice(cx, o, a, b);
  if (choice != NULL)
    return choice;
  if (o == OP_EQ && expr_compare(a, b) > 0)
    return intern_two(cx, o, b, a);
  return intern_two(cx, o, a, b);
}

/* Puts the constant on its side. */
static const expr *place_constant(dimsat_context *cx, const relation *r) {
  const integer zero = integer_of(0);
  const integer back = integer_neg(&cx->work, r->shift);
  const bool on_left =
      r->a.count == 0 || (r->b.count != 0 && integer_sign(r->shift) < 0);
  const expr *const a = side(cx, r, &r->a, on_left ? back : zero);
  const expr *const b = side(cx, r, &r->b, on_left ? zero : r->shift);
  return finish(cx, r->op, a, b);
}

/* a <= b or a == b between numbers that are no RATIO. */
static const expr *relate(dimsat_context *cx, op o, const expr *a,
                          const expr *b) {
  relation r = {.op = o,
                .a = linear_of(cx, a),
                .b = linear_of(cx, b),
                .gcd = integer_of(1),
                .exact = a->opaque || b->opaque};
  r.shift = integer_sub(&cx->work, r.b.constant, r.a.constant);
  if (same_terms(&r))
    return build_truth(cx, holds_at_zero(&r));
  if (!divide(cx, &r) && !a->partial && !b->partial)
    return build_truth(cx, false);
  if (wants_negation(&r))
    turn_round(&r);
  return place_constant(cx, &r);
}

/* `relate` with the work arena put back. */
static const expr *relate_numbers(dimsat_context *cx, op o, const expr *a,
                                  const expr *b) {
  const arena_mark mark = arena_get_mark(&cx->work);
  const expr *const e = relate(cx, o, a, b);
  arena_rewind(&cx->work, mark);
  return e;
}

/* ---- Relations ---------------------------------------------------------- */

/* The equivalence of two conditions.
 * c == True = c    c == False = not c    c == c = True   where c is total
 * (not c) == d = not (c == d) */
static const expr *equate_truth(dimsat_context *cx, const expr *a,
                                const expr *b) {
  if (a->op == OP_NOT)
    return build_not(cx, equate_truth(cx, a->arg[0], b));
  if (b->op == OP_NOT)
    return build_not(cx, equate_truth(cx, a, b->arg[0]));
  if (a->op == OP_TRUE || b->op == OP_TRUE)
    return a->op == OP_TRUE ? b : a;
  if (a->op == OP_FALSE || b->op == OP_FALSE)
    return build_not(cx, a->op == OP_FALSE ? b : a);
  if (a == b && !a->partial)
    return build_truth(cx, true);
  return finish(cx, OP_EQ, a, b);
}

/* a == b */
const expr *build_eq(dimsat_context *cx, const expr *a, const expr *b) {
  if (a->truth && b->truth)
    return equate_truth(cx, a, b);
  a = build_as_number(cx, a);
  b = build_as_number(cx, b);
  const expr *const both[] = {a, b};
  return any_ratio(both, 2) ? ratio_eq(cx, a, b)
                            : relate_numbers(cx, OP_EQ, a, b);
}

/* a != b */
const expr *build_ne(dimsat_context *cx, const expr *a, const expr *b) {
  return build_not(cx, build_eq(cx, a, b));
}

/* a <= b */
const expr *build_le(dimsat_context *cx, const expr *a, const expr *b) {
  a = build_as_number(cx, a);
  b = build_as_number(cx, b);
  const expr *const both[] = {a, b};
  return any_ratio(both, 2) ? ratio_le(cx, a, b)
                            : relate_numbers(cx, OP_LE, a, b);
}

/* a < b is not (b <= a) */
const expr *build_lt(dimsat_context *cx, const expr *a, const expr *b) {
  return build_not(cx, build_le(cx, b, a));
}

/* ---- Connectives -------------------------------------------------------- */

typedef struct {
  op op;
  bool decided; /* an operand alone decides: False in `and`, True in `or` */
  operands list;
} connective;

/* Takes in one operand. */
static void connective_add(dimsat_context *cx, connective *c, const expr *e) {
  if (e->op == c->op) {
    for (uint32_t i = 0; i < e->count; i++)
      connective_add(cx, c, e->arg[i]);
  } else if (e->op == OP_TRUE || e->op == OP_FALSE) {
    c->decided = c->decided || (e->op == OP_TRUE) == (c->op == OP_OR);
  } else {
    operands_add(cx, &c->list, e);
  }
}

/* Keeps only what may have no value, and what decides. */
static void keep_partial(dimsat_context *cx, connective *c) {
  size_t kept = 0;
  for (size_t i = 0; i < c->list.count; i++)
    if (c->list.item[i]->partial)
      c->list.item[kept++] = c->list.item[i];
  c->list.count = kept;
  operands_add(cx, &c->list, build_truth(cx, c->op == OP_OR));
}

/* `o` over any number of conditions: flat, sorted, without repeats. */
static const expr *connect(dimsat_context *cx, op o, const expr *const *arg,
                           size_t count) {
  const arena_mark mark = arena_get_mark(&cx->work);
  connective c = {.op = o};
  for (size_t i = 0; i < count; i++)
    connective_add(cx, &c, build_as_truth(cx, arg[i]));
  if (c.decided)
    keep_partial(cx, &c);
  c.list.count = sort_distinct(c.list.item, c.list.count);
  const expr *e;
  if (c.list.count == 0)
    e = build_truth(cx, o == OP_AND);
  else if (c.list.count == 1)
    e = c.list.item[0];
  else
    e = intern_list(cx, o, c.list.item, c.list.count);
  arena_rewind(&cx->work, mark);
  return e;
}

/* All of `arg`; True for none. */
const expr *build_and(dimsat_context *cx, const expr *const *arg,
                      size_t count) {
  return connect(cx, OP_AND, arg, count);
}

/* One of `arg`; False for none. */
const expr *build_or(dimsat_context *cx, const expr *const *arg, size_t count) {
  return connect(cx, OP_OR, arg, count);
}

/* ---- Negation ----------------------------------------------------------- */

typedef struct {
  dimsat_context *cx;
  table known; /* negations, by the id of the connective */
} negator;

/* Whether `e` is a < b over operands that may be no integers. */
static bool is_strict(const expr *e) {
  return e->op == OP_OPAQUE && e->count == 2 && strcmp(e->name, "Lt") == 0;
}

/* not (a <= b) = b + 1 <= a   for integers, else Lt(b, a) */
static const expr *negate_le(dimsat_context *cx, const expr *e) {
  const expr *const swapped[] = {e->arg[1], e->arg[0]};
  if (e->opaque)
    return build_opaque(cx, "Lt", swapped, 2, true);
  return build_le(cx, scale(cx, swapped[0], integer_of(1), integer_of(1)),
                  swapped[1]);
}

/* The negation of a condition that is no connective. */
static const expr *negate_leaf(dimsat_context *cx, const expr *e) {
  switch ((op)e->op) {
  case OP_TRUE:
  case OP_FALSE:
    return build_truth(cx, e->op == OP_FALSE);
  case OP_NOT:
    return e->arg[0];
  case OP_LE:
    return negate_le(cx, e);
  case OP_INT:
  case OP_SYMBOL:
  case OP_ADD:
  case OP_MUL:
  case OP_FLOORDIV:
  case OP_MOD:
  case OP_POW:
  case OP_MIN:
  case OP_MAX:
  case OP_ITE:
  case OP_BITAND:
  case OP_BITOR:
  case OP_BITXOR:
  case OP_FLOAT:
  case OP_RATIO:
  case OP_OPAQUE:
  case OP_EQ:
  case OP_AND:
  case OP_OR:
  case OP_COUNT:
    break;
  }
  assert(e->truth && e->op != OP_AND && e->op != OP_OR);
  return is_strict(e) ? build_le(cx, e->arg[1], e->arg[0])
                      : intern_list(cx, OP_NOT, &e, 1);
}

/* not (a and b) = not a or not b, and the reverse; each shared connective is
 * turned round once.  Recursion is bounded by LIMIT_DEPTH. */
static const expr *negate(negator *n, const expr *e) {
  if (e->op != OP_AND && e->op != OP_OR)
    return negate_leaf(n->cx, e);
  uint32_t at = e->id;
  const expr *const known = table_next(&n->known, e->id, &at);
  if (known != NULL)
    return known;
  arena *const m = &n->cx->work;
  const expr **const arg = arena_alloc(m, e->count * sizeof *arg);
  for (uint32_t i = 0; i < e->count; i++)
    arg[i] = negate(n, e->arg[i]);
  const op dual = e->op == OP_AND ? OP_OR : OP_AND;
  const expr *const made = connect(n->cx, dual, arg, e->count);
  table_add(&n->known, m, e->id, made);
  return made;
}

/* not a */
const expr *build_not(dimsat_context *cx, const expr *a) {
  const expr *const e = build_as_truth(cx, a);
  if (e->op != OP_AND && e->op != OP_OR)
    return negate_leaf(cx, e);
  const arena_mark mark = arena_get_mark(&cx->work);
  negator n = {.cx = cx};
  table_init(&n.known, &cx->work, 8);
  const expr *const result = negate(&n, e);
  arena_rewind(&cx->work, mark);
  return result;
}
