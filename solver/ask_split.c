/*
 * Cases of a case: where its leaves stay open, the first thing that stands in
 * the way is settled in each possible way.
 */
#include "solver/ask_case.h"

#include "lib/expr/build.h"

/* The most ways one split may have. */
enum { MOST_WAYS = 16 };

typedef struct {
  ask_case *way[MOST_WAYS];
  size_t count;
} branches;

/* One more way: the case with one more condition. */
static ask_case *add_way(branches *b, const ask_case *k, const expr *demand) {
  ask_case *c = ask_case_copy(k);
  ask_case_add(c, demand);
  b->way[b->count++] = c;
  return c;
}

/* a and b */
static const expr *both(dimsat_context *cx, const expr *a, const expr *b) {
  const expr *arg[] = {a, b};
  return build_and(cx, arg, 2);
}

/* ---- Conditions --------------------------------------------------------- */

/* The ways in which condition i, an OR, an equivalence or a `!=`, holds. */
static bool split_condition(const ask_case *k, size_t i, branches *b) {
  dimsat_context *cx = k->a->cx;
  const expr *e = k->condition[i];
  const bool negated = e->op == OP_NOT;
  const expr *r = negated ? e->arg[0] : e;
  ask_case *rest = ask_case_copy(k);
  if (e->op == OP_OR && e->count <= MOST_WAYS) {
    ask_case_drop(rest, i);
    for (uint32_t j = 0; j < e->count; j++)
      add_way(b, rest, e->arg[j]);
    return true;
  }
  if (r->op != OP_EQ)
    return false;
  const expr *p = r->arg[0], *q = r->arg[1];
  ask_case_drop(rest, i);
  if (p->truth) {
    const expr *other = negated ? build_not(cx, q) : q;
    add_way(b, rest, both(cx, p, other));
    add_way(b, rest, both(cx, build_not(cx, p), build_not(cx, other)));
    return true;
  }
  const expr *d = build_sub(cx, p, q);
  const bool simple = d->op == OP_SYMBOL || (d->op == OP_ADD && d->count == 1 &&
                                             d->arg[0]->op == OP_SYMBOL);
  if (!negated || !simple)
    return false;
  add_way(b, rest, build_lt(cx, p, q));
  add_way(b, rest, build_lt(cx, q, p));
  return true;
}

/* ---- Numbers ------------------------------------------------------------ */

/* max(a, ..) is a, or that of the others; min likewise. */
static bool split_extreme(const ask_case *k, const expr *e, branches *b) {
  dimsat_context *cx = k->a->cx;
  const bool max = e->op == OP_MAX;
  const expr *a = e->arg[0];
  const expr *rest = max ? build_max(cx, e->arg + 1, e->count - 1)
                         : build_min(cx, e->arg + 1, e->count - 1);
  const expr *first = max ? build_le(cx, rest, a) : build_le(cx, a, rest);
  ask_case *c = ask_case_copy(k);
  ask_case_replace(c, e, a);
  add_way(b, c, first);
  c = ask_case_copy(k);
  ask_case_replace(c, e, rest);
  add_way(b, c, build_not(cx, first));
  return true;
}

/* A choice, by its condition. */
static bool split_choice(const ask_case *k, const expr *e, branches *b) {
  ask_case *c = ask_case_copy(k);
  ask_case_replace(c, e, e->arg[1]);
  add_way(b, c, e->arg[0]);
  c = ask_case_copy(k);
  ask_case_replace(c, e, e->arg[2]);
  add_way(b, c, build_not(k->a->cx, e->arg[0]));
  return true;
}

/* A divisor that is no number, by its sign. */
static bool split_divisor(const ask_case *k, const expr *d, branches *b) {
  dimsat_context *cx = k->a->cx;
  const interval r = ask_case_range(k, d);
  const expr *zero = build_small(cx, 0);
  if ((r.has_lo && integer_sign(r.lo) > 0) ||
      (r.has_hi && integer_sign(r.hi) < 0))
    return false;
  if (!(r.has_hi && integer_sign(r.hi) <= 0))
    add_way(b, k, build_lt(cx, zero, d));
  if (!(r.has_lo && integer_sign(r.lo) >= 0))
    add_way(b, k, build_lt(cx, d, zero));
  return true;
}

/* The coefficient of x in n where x stands nowhere else in it and is one of its
 * terms; 0 else. */
static int unit_of(asking *a, const expr *n, const expr *x) {
  if (n == x)
    return 1;
  int sign = 0;
  for (uint32_t i = 0; i < n->count && n->op == OP_ADD; i++) {
    const integer c = n->coefficient[i];
    if (n->arg[i] == x && (integer_is(c, 1) || integer_is(c, -1)))
      sign = integer_sign(c);
    else if (ask_mentions(a, n->arg[i], x))
      return 0;
  }
  return sign;
}

/* A free or half-free variable that n holds once, as a term. */
static const expr *carrier(const ask_case *k, const expr *n, const expr *d,
                           int *sign) {
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < k->count; i++) {
      const interval r = k->range[i];
      if ((r.has_lo && r.has_hi) || (pass == 0 && (r.has_lo || r.has_hi)))
        continue;
      *sign = unit_of(k->a, n, k->symbol[i]);
      if (*sign != 0 && !ask_mentions(k->a, d, k->symbol[i]))
        return k->symbol[i];
    }
  return NULL;
}

/*
 * n // d and n % d with d >= 1 and n = x + rest: x = d*q + s - rest with a new
 * q and 0 <= s < d, so that n // d is q and n % d is s.
 */
static bool open_division(const ask_case *k, const expr *e, branches *b) {
  dimsat_context *cx = k->a->cx;
  const expr *n = e->arg[0], *d = e->arg[1];
  const interval r = ask_case_range(k, d);
  int sign;
  const expr *x = carrier(k, n, d, &sign);
  if (!x || !r.has_lo || integer_sign(r.lo) <= 0)
    return false;
  ask_case *c = ask_case_copy(k);
  const expr *rest =
      ask_bare(k->a, build_sub(cx, n, sign > 0 ? x : build_neg(cx, x)));
  const expr *q = ask_case_invent(c, interval_all());
  const expr *s = ask_case_invent(c, interval_from(integer_of(0)));
  const expr *whole = build_add(cx, build_mul(cx, d, q), s);
  const expr *is = build_sub(cx, whole, rest);
  ask_case_replace(c, build_floordiv(cx, n, d), q);
  ask_case_replace(c, build_mod(cx, n, d), s);
  ask_case_substitute(c, x, sign > 0 ? is : build_neg(cx, is));
  add_way(b, c, build_lt(cx, s, d));
  return true;
}

/* A division made simpler: one way. */
static bool simplify_division(const ask_case *k, const expr *e, branches *b) {
  ask_case *c = ask_case_copy(k);
  if (!ask_divide_step(c, e))
    return false;
  b->way[b->count++] = c;
  return true;
}

/* What node `e` offers, in the given round. */
static bool split_node(const ask_case *k, const expr *e, int round,
                       branches *b) {
  const bool division = e->op == OP_FLOORDIV || e->op == OP_MOD;
  if (round == 0 && division && e->arg[1]->op != OP_INT)
    return simplify_division(k, e, b) || split_divisor(k, e->arg[1], b);
  if (round == 1 && (e->op == OP_MIN || e->op == OP_MAX))
    return split_extreme(k, e, b);
  if (round == 1 && e->op == OP_ITE)
    return split_choice(k, e, b);
  return round == 2 && division && open_division(k, e, b);
}

/* Splits at the first thing that stands in the way. */
static bool split_case(const ask_case *k, branches *b) {
  for (size_t i = 0; i < k->condition_count; i++)
    if (split_condition(k, i, b))
      return true;
  size_t n;
  const expr **node =
      expr_nodes(k->a->cx, k->condition, k->condition_count, &n);
  for (int round = 0; round < 3; round++)
    for (size_t i = 0; i < n; i++)
      if (split_node(k, node[i], round, b))
        return true;
  return false;
}

/* Looks for a point in each way. */
static ask_outcome solve_ways(const branches *b, integer *point) {
  ask_outcome all = ASK_NONE;
  for (size_t i = 0; i < b->count; i++) {
    const ask_outcome o = ask_case_solve(b->way[i], point);
    if (o == ASK_FOUND)
      return o;
    if (o == ASK_OPEN)
      all = o;
  }
  return all;
}

/* Looks for a point. */
ask_outcome ask_case_solve(ask_case *k, integer *point) {
  asking *a = k->a;
  const arena_mark mark = arena_get_mark(&a->cx->work);
  ask_outcome o = ASK_NONE;
  branches b = {.count = 0};
  if (a->cases == 0)
    return ASK_OPEN;
  a->cases--;
  if (ask_case_tidy(k))
    o = ask_leaf(k, false, point);
  if (o == ASK_OPEN)
    o = a->cases && split_case(k, &b) ? solve_ways(&b, point)
                                      : ask_leaf(k, true, point);
  arena_rewind(&a->cx->work, mark);
  return o;
}
