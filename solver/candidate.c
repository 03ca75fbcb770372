/*
 * Sizes come from the guards: an equality or a bound that is linear in the
 * variable, in a floor quotient or in a remainder of it, is turned round; then
 * the example, the ends of the range, and the named dims themselves.
 */
#include "solver/candidate.h"

#include "lib/expr/build.h"

/* Adds a candidate for f that does not speak of f. */
static void offer(binding *b, candidates *c, const expr *f, const expr *e) {
  for (size_t i = 0; i < c->count; i++)
    if (c->item[i] == e)
      return;
  if (c->count < CANDIDATE_MOST && !e->truth && !exists_mentions(b, e, f))
    c->item[c->count++] = e;
}

/* Both roundings of -rest / c. */
static void offer_quotients(binding *b, candidates *out, const expr *f,
                            integer c, const expr *rest) {
  const expr *minus = build_neg(b->cx, rest);
  const expr *divisor = build_integer(b->cx, c);
  offer(b, out, f, build_ceildiv(b->cx, minus, divisor));
  offer(b, out, f, build_floordiv(b->cx, minus, divisor));
}

/* Where e == 0 is linear in a floor quotient q = (c*f + n) // d: f such that
 * the numerator is d*q, or as large as the quotient allows. */
static void offer_through_quotient(binding *b, candidates *out, const expr *e,
                                   const expr *f) {
  for (uint32_t i = 0; e->op == OP_ADD && i < e->count; i++) {
    const expr *q = e->arg[i], *n;
    integer c;
    if (q->op != OP_FLOORDIV || q->arg[1]->op != OP_INT ||
        !exists_isolate(b, q->arg[0], f, &c, &n))
      continue;
    const integer k = e->coefficient[i];
    const expr *rest =
        build_sub(b->cx, e, build_linear(b->cx, integer_of(0), &k, &q, 1));
    if (exists_mentions(b, rest, f))
      continue;
    const expr *size =
        build_floordiv(b->cx, build_neg(b->cx, rest), build_integer(b->cx, k));
    const expr *low = build_sub(b->cx, n, build_mul(b->cx, q->arg[1], size));
    const expr *rest_of_d = build_sub(b->cx, q->arg[1], build_small(b->cx, 1));
    offer_quotients(b, out, f, c, low);
    offer_quotients(b, out, f, c, build_sub(b->cx, low, rest_of_d));
  }
}

/* Where e is k*r + rest with r = (c*f + n) % d, d a number that shares no
 * factor with c: the first f in its range for which e is 0. */
static void offer_remainder(binding *b, candidates *out, const expr *e,
                            uint32_t v, integer k, const expr *r) {
  const expr *f = b->symbol[v], *n;
  const variable *u = &b->variable[v];
  integer c, inverse, ignored;
  if (r->op != OP_MOD || r->arg[1]->op != OP_INT || !u->assumed.has_lo ||
      !exists_isolate(b, r->arg[0], f, &c, &n) ||
      !integer_is(
          integer_gcd_extended(b->m, c, r->arg[1]->value, &inverse, &ignored),
          1))
    return;
  const expr *rest =
      build_sub(b->cx, e, build_linear(b->cx, integer_of(0), &k, &r, 1));
  const expr *low = build_integer(b->cx, u->assumed.lo);
  const expr *target =
      build_floordiv(b->cx, build_neg(b->cx, rest), build_integer(b->cx, k));
  const expr *need = build_mul(b->cx, build_integer(b->cx, inverse),
                               build_sub(b->cx, target, n));
  offer(b, out, f,
        build_add(b->cx, low,
                  build_mod(b->cx, build_sub(b->cx, need, low), r->arg[1])));
}

/* The same for each remainder of which e is a sum. */
static void offer_through_remainder(binding *b, candidates *out, const expr *e,
                                    uint32_t v) {
  offer_remainder(b, out, e, v, integer_of(1), e);
  for (uint32_t i = 0; e->op == OP_ADD && i < e->count; i++)
    offer_remainder(b, out, e, v, e->coefficient[i], e->arg[i]);
}

/* Where e == 0 is k*((c*f + n) // d) + a*f + r == 0: the ends of the two bounds
 * that this is for f when k is 1 or -1. */
static void offer_through_both(binding *b, candidates *out, const expr *e,
                               const expr *f) {
  for (uint32_t i = 0; e->op == OP_ADD && i < e->count; i++) {
    const expr *q = e->arg[i], *n, *r;
    const integer k = e->coefficient[i];
    integer c, a;
    if (q->op != OP_FLOORDIV || q->arg[1]->op != OP_INT ||
        (!integer_is(k, 1) && !integer_is(k, -1)) ||
        !exists_isolate(b, q->arg[0], f, &c, &n))
      continue;
    const expr *rest =
        build_sub(b->cx, e, build_linear(b->cx, integer_of(0), &k, &q, 1));
    if (integer_is(k, 1))
      rest = build_neg(b->cx, rest);
    if (!exists_isolate(b, rest, f, &a, &r))
      continue;
    const expr *d = q->arg[1];
    const integer slope = integer_sub(b->m, c, integer_mul(b->m, d->value, a));
    const expr *low = build_sub(b->cx, n, build_mul(b->cx, d, r));
    if (integer_is(slope, 0))
      continue;
    offer_quotients(b, out, f, slope, low);
    offer_quotients(
        b, out, f, slope,
        build_sub(b->cx, low, build_sub(b->cx, d, build_small(b->cx, 1))));
  }
}

/* Sizes that the relations of one condition suggest. */
static void offer_from(binding *b, candidates *out, const expr *condition,
                       uint32_t v) {
  const expr *f = b->symbol[v];
  arena *work = &b->cx->work;
  const arena_mark mark = arena_get_mark(work);
  size_t n;
  const expr **nodes = expr_nodes(b->cx, &condition, 1, &n);
  for (size_t i = 0; i < n; i++) {
    const expr *rest;
    integer c;
    if (nodes[i]->op != OP_EQ && nodes[i]->op != OP_LE)
      continue;
    const expr *e = build_sub(b->cx, nodes[i]->arg[0], nodes[i]->arg[1]);
    if (exists_isolate(b, e, f, &c, &rest))
      offer_quotients(b, out, f, c, rest);
    else {
      offer_through_quotient(b, out, e, f);
      offer_through_both(b, out, e, f);
      offer_through_remainder(b, out, e, v);
    }
  }
  arena_rewind(work, mark);
}

/* Each candidate so far, moved into the variable's range where it leaves it. */
static void offer_clamped(binding *b, candidates *out, uint32_t v) {
  const variable *u = &b->variable[v];
  const size_t count = out->count;
  for (size_t i = 0; i < count; i++) {
    const expr *e = out->item[i];
    if (u->assumed.has_hi) {
      const expr *both[] = {e, build_integer(b->cx, u->assumed.hi)};
      e = build_min(b->cx, both, 2);
    }
    if (u->assumed.has_lo) {
      const expr *both[] = {e, build_integer(b->cx, u->assumed.lo)};
      e = build_max(b->cx, both, 2);
    }
    offer(b, out, b->symbol[v], e);
  }
}

/* Sizes worth trying for free variable v. */
candidates candidate_list(binding *b, const group *g, const expr *const *part,
                          size_t count, uint32_t v) {
  const variable *u = &b->variable[v];
  const expr *f = b->symbol[v];
  candidates c = {.count = 0};
  if (u->has_example)
    offer(b, &c, f, build_integer(b->cx, u->example));
  for (size_t i = 0; i < count; i++)
    offer_from(b, &c, part[i], v);
  offer_clamped(b, &c, v);
  if (u->assumed.has_lo)
    offer(b, &c, f, build_integer(b->cx, u->assumed.lo));
  if (u->assumed.has_hi)
    offer(b, &c, f, build_integer(b->cx, u->assumed.hi));
  for (size_t k = 0; k < g->part_count; k++) {
    const claim *of = g->part[k]->claim;
    for (size_t i = 0; i < of->variable_count; i++)
      if (of->variable[i] < b->named_count)
        offer(b, &c, f, b->symbol[of->variable[i]]);
  }
  return c;
}
