/*
 * Proving that free axes can follow the named dims: each free variable is given
 * a size as an expression of the rest, and the guards are proved with it.
 *
 * Sizes worth trying come from the guards: an equality or a bound that is
 * linear in the variable, or in a floor quotient of it, is turned round; then
 * the example, the ends of the range, and the named dims themselves.
 */
#include "solver/allowed.h"
#include "solver/exists.h"

#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "solver/z3_backend.h"

/* Candidates for one variable, and proofs for one group. */
enum { MOST_CANDIDATES = 24, MOST_TRIES = 64 };

/* Fixed sizes tried at each end of a range, all together. */
enum { FIXED_SIZES = 3 };

typedef struct {
  const expr *item[MOST_CANDIDATES];
  size_t count;
} candidates;

typedef struct {
  oracle *o;
  binding *b;
  const group *group;
  const space *space;
  int tries;
} search;

/* Adds a candidate for f that does not speak of f. */
static void offer(binding *b, candidates *c, const expr *f, const expr *e) {
  for (size_t i = 0; i < c->count; i++)
    if (c->item[i] == e)
      return;
  if (c->count < MOST_CANDIDATES && !e->truth && !exists_mentions(b, e, f))
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

/* Where e == 0 is linear in a remainder (c*f + n) % d with c = 1 or -1 and a
 * number d: the first f in its range that leaves that remainder. */
static void offer_through_remainder(binding *b, candidates *out, const expr *e,
                                    uint32_t v) {
  const expr *f = b->symbol[v];
  const variable *u = &b->variable[v];
  const bool alone = e->op == OP_MOD;
  for (uint32_t i = 0; (alone && i == 0) || (e->op == OP_ADD && i < e->count);
       i++) {
    const expr *r = alone ? e : e->arg[i], *n;
    const integer k = alone ? integer_of(1) : e->coefficient[i];
    integer c;
    if (r->op != OP_MOD || r->arg[1]->op != OP_INT || !u->assumed.has_lo ||
        !exists_isolate(b, r->arg[0], f, &c, &n) ||
        (!integer_is(c, 1) && !integer_is(c, -1)))
      continue;
    const expr *rest =
        build_sub(b->cx, e, build_linear(b->cx, integer_of(0), &k, &r, 1));
    const expr *low = build_integer(b->cx, u->assumed.lo);
    const expr *value =
        build_floordiv(b->cx, build_neg(b->cx, rest), build_integer(b->cx, k));
    const expr *need = build_sub(b->cx, value, n);
    if (integer_is(c, -1))
      need = build_neg(b->cx, need);
    offer(b, out, f,
          build_add(b->cx, low,
                    build_mod(b->cx, build_sub(b->cx, need, low), r->arg[1])));
  }
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
}

/* Sizes worth trying for free variable v. */
static candidates list_candidates(const search *s, const expr *const *part,
                                  size_t count, uint32_t v) {
  binding *b = s->b;
  const variable *u = &b->variable[v];
  const expr *f = b->symbol[v];
  candidates c = {.count = 0};
  if (u->has_example)
    offer(b, &c, f, build_integer(b->cx, u->example));
  for (size_t i = 0; i < count; i++)
    offer_from(b, &c, part[i], v);
  if (u->assumed.has_lo)
    offer(b, &c, f, build_integer(b->cx, u->assumed.lo));
  if (u->assumed.has_hi)
    offer(b, &c, f, build_integer(b->cx, u->assumed.hi));
  for (size_t k = 0; k < s->group->part_count; k++) {
    const claim *of = s->group->part[k]->claim;
    for (size_t i = 0; i < of->variable_count; i++)
      if (of->variable[i] < b->named_count)
        offer(b, &c, f, b->symbol[of->variable[i]]);
  }
  return c;
}

/* Whether a condition without free variables holds on the space. */
static bool holds(search *s, const expr *condition) {
  integer *ignored =
      arena_alloc(s->o->m, (s->b->variable_count + 1) * sizeof *ignored);
  return native_prove(s->o, bind_claim(s->b, condition), s->space, ignored) ==
         PROOF_HOLDS;
}

/* Appends that the size lies in the variable's range. */
static size_t add_range(const search *s, const expr *size, interval range,
                        const expr **part, size_t count) {
  dimsat_context *cx = s->o->cx;
  if (range.has_lo)
    part[count++] = build_le(cx, build_integer(cx, range.lo), size);
  if (range.has_hi)
    part[count++] = build_le(cx, size, build_integer(cx, range.hi));
  return count;
}

/* Whether a condition still speaks of a free variable from the i-th on. */
static bool has_free(const search *s, const expr *e, size_t i) {
  for (; i < s->group->free_count; i++)
    if (exists_mentions(s->b, e, s->b->symbol[s->group->free[i]]))
      return true;
  return false;
}

/*
 * Whether one of several fixed sizes of v will do wherever it is asked: for a
 * last free variable that no single expression serves.
 */
static bool one_of_several(search *s, const expr *const *part, size_t count,
                           uint32_t v) {
  dimsat_context *cx = s->o->cx;
  const variable *u = &s->b->variable[v];
  const expr *option[2 * FIXED_SIZES], **all;
  size_t n = 0;
  for (int64_t k = 0; k < 2 * FIXED_SIZES; k++) {
    if (k % 2 ? !u->assumed.has_hi : !u->assumed.has_lo)
      continue;
    const integer x =
        k % 2 ? integer_sub(s->b->m, u->assumed.hi, integer_of(k / 2))
              : integer_add(s->b->m, u->assumed.lo, integer_of(k / 2));
    const expr *size = build_integer(cx, x);
    const substitution give = {
        .from = &s->b->symbol[v], .to = &size, .count = 1};
    if (!interval_has(u->assumed, x))
      continue;
    all = arena_alloc(s->o->m, (count + 1) * sizeof *all);
    for (size_t j = 0; j < count; j++)
      all[j] = substitute(cx, part[j], &give);
    option[n++] = build_and(cx, all, count);
  }
  return n && holds(s, build_or(cx, option, n));
}

/* Gives sizes to the free variables from the i-th on; whether all parts can be
 * proved.  A part is proved as soon as it is free of free variables. */
static bool choose(search *s, const expr *const *part, size_t count, size_t i) {
  if (i == s->group->free_count)
    return true;
  const uint32_t v = s->group->free[i];
  const candidates c = list_candidates(s, part, count, v);
  const expr **next = arena_alloc(s->o->m, (count + 3) * sizeof *next);
  for (size_t k = 0; k < c.count && s->tries-- > 0; k++) {
    const substitution give = {
        .from = &s->b->symbol[v], .to = &c.item[k], .count = 1};
    for (size_t j = 0; j < count; j++)
      next[j] = substitute(s->o->cx, part[j], &give);
    const size_t n =
        add_range(s, c.item[k], s->b->variable[v].assumed, next, count);
    bool good = true;
    for (size_t j = 0; j < n && good; j++)
      good = has_free(s, next[j], i + 1) || holds(s, next[j]);
    if (good && choose(s, next, n, i + 1))
      return true;
  }
  return i + 1 == s->group->free_count && i == 0 &&
         one_of_several(s, part, count, v);
}

/* Whether sizes of the free variables were found that satisfy the group. */
static bool find_sizes(oracle *o, binding *b, const group *g, const space *sp) {
  search s = {.o = o, .b = b, .group = g, .space = sp, .tries = MOST_TRIES};
  const uint32_t effort = o->effort;
  const expr **part = arena_alloc(o->m, (g->part_count + 1) * sizeof *part);
  for (size_t i = 0; i < g->part_count; i++)
    part[i] = g->part[i]->condition;
  o->effort = effort / 4;
  const bool found = choose(&s, part, g->part_count, 0);
  o->effort = effort;
  return found;
}

/* ---- Refuting ---------------------------------------------------------- */

/* Whether no size of the group's only free variable will do where the named
 * variables have the sizes `point`. */
static bool is_refuted(oracle *o, binding *b, const group *g,
                       const integer *point) {
  const uint32_t v = g->free[0];
  const claim **part = arena_alloc(o->m, (g->part_count + 1) * sizeof *part);
  const expr **to = arena_alloc(o->m, (b->named_count + 1) * sizeof *to);
  const substitution at = {
      .from = b->symbol, .to = to, .count = b->named_count};
  for (size_t i = 0; i < b->named_count; i++)
    to[i] = build_integer(o->cx, point[i]);
  for (size_t i = 0; i < g->part_count; i++)
    part[i] = bind_claim(b, substitute(o->cx, g->part[i]->condition, &at));
  if (!b->variable[v].assumed.has_lo)
    return false;
  const allowed a =
      allowed_of(o, v, b->variable[v].assumed, part, g->part_count);
  return a.exact && a.count == 0;
}

/* Looks for a refutation where all parameters are low, or one is high. */
static bool find_refutation(oracle *o, binding *b, const group *g,
                            const space *s, integer *point) {
  integer *t = arena_zeroed(o->m, s->parameter_count + 1, sizeof *t);
  if (g->free_count != 1)
    return false;
  for (size_t i = 0; i <= b->named_count; i++)
    for (int64_t k = 1; k <= 64; k *= 4) {
      if (i < b->named_count) {
        if (s->place[i].constant)
          break;
        const progression *p = &s->parameter[s->place[i].parameter];
        t[s->place[i].parameter] =
            p->endless ? integer_of(k) : integer_min(integer_of(k), p->last);
      }
      space_values(o->m, s, t, point);
      if (is_refuted(o, b, g, point))
        return true;
      if (i < b->named_count)
        t[s->place[i].parameter] = integer_of(0);
      else
        break;
    }
  return false;
}

/* ---- Z3 ---------------------------------------------------------------- */

/* The group's conditions over parameters and free symbols, for Z3. */
static const expr **part_expressions(oracle *o, binding *b, const group *g,
                                     const space *s,
                                     const expr *const *parameter) {
  const expr **goal = arena_alloc(o->m, g->part_count * sizeof *goal);
  const expr **to = arena_alloc(o->m, (b->variable_count + 1) * sizeof *to);
  for (size_t i = 0; i < b->named_count; i++)
    to[i] = place_expression(o, b->symbol[i], s, parameter);
  for (size_t i = 0; i < g->part_count; i++)
    goal[i] = substitute(
        o->cx, g->part[i]->condition,
        &(substitution){.from = b->symbol, .to = to, .count = b->named_count});
  return goal;
}

/* Whether Z3 confirms that at the sizes `point` no free sizes will do. */
static bool confirm_break(oracle *o, binding *b, const group *g,
                          const integer *point) {
  const expr **free = arena_alloc(o->m, (g->free_count + 1) * sizeof *free);
  interval *range = arena_alloc(o->m, (g->free_count + 1) * sizeof *range);
  const expr **goal = arena_alloc(o->m, (g->part_count + 1) * sizeof *goal);
  const expr **to = arena_alloc(o->m, (b->named_count + 1) * sizeof *to);
  integer *model = arena_alloc(o->m, (g->free_count + 1) * sizeof *model);
  for (size_t i = 0; i < b->named_count; i++)
    to[i] = build_integer(o->cx, point[i]);
  for (size_t i = 0; i < g->free_count; i++) {
    free[i] = b->symbol[g->free[i]];
    range[i] = b->variable[g->free[i]].assumed;
  }
  for (size_t i = 0; i < g->part_count; i++)
    goal[i] = substitute(
        o->cx, g->part[i]->condition,
        &(substitution){.from = b->symbol, .to = to, .count = b->named_count});
  const z3_question q = {.symbol = free,
                         .range = range,
                         .count = g->free_count,
                         .holds = goal,
                         .holds_count = g->part_count};
  return z3_find(o->cx, o->m, o->b, o->stats, &q, o->z3_effort, model,
                 &o->why) == Z3_NONE;
}

/* Asks Z3 for sizes of the named dims that no free sizes can satisfy. */
static outcome ask_z3(oracle *o, binding *b, const group *g, const space *s,
                      integer *point) {
  interval *range;
  const expr **parameter = parameter_symbols(o, s, &range);
  const size_t n = s->parameter_count + g->free_count;
  const expr **all = arena_alloc(o->m, (n + 1) * sizeof *all);
  interval *ranges = arena_alloc(o->m, (n + 1) * sizeof *ranges);
  integer *t = arena_alloc(o->m, (n + 1) * sizeof *t);
  for (size_t i = 0; i < s->parameter_count; i++) {
    all[i] = parameter[i];
    ranges[i] = range[i];
  }
  for (size_t i = 0; i < g->free_count; i++) {
    all[s->parameter_count + i] = b->symbol[g->free[i]];
    ranges[s->parameter_count + i] = b->variable[g->free[i]].assumed;
  }
  const z3_question q = {.symbol = all,
                         .range = ranges,
                         .count = n,
                         .quantified = g->free_count,
                         .breaks = part_expressions(o, b, g, s, parameter),
                         .breaks_count = g->part_count};
  const z3_verdict v =
      z3_find(o->cx, o->m, o->b, o->stats, &q, o->z3_effort * 0.05, t, &o->why);
  if (v != Z3_FOUND)
    return v == Z3_NONE ? PROOF_HOLDS : PROOF_OPEN;
  space_values(o->m, s, t, point);
  return confirm_break(o, b, g, point) ? PROOF_BREAKS : PROOF_OPEN;
}

/* Whether the group can be satisfied everywhere on `s`. */
outcome exists_prove(oracle *o, binding *b, const group *g, const space *s,
                     integer *point) {
  o->why = NULL;
  if (o->native) {
    if (find_sizes(o, b, g, s)) {
      o->stats->native++;
      return PROOF_HOLDS;
    }
    if (find_refutation(o, b, g, s, point)) {
      o->stats->native++;
      return PROOF_BREAKS;
    }
    o->why = "no sizes of the free axes were found by trying";
  }
  return o->z3 ? ask_z3(o, b, g, s, point) : PROOF_OPEN;
}
