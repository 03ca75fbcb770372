/*
 * Tries few plans and keeps the best: with and without the guards' equalities,
 * with strides and without; then strides are made finer while nothing is lost,
 * pinned dims are paired, and what turns out not to be needed is given back.
 */
#include "solver/repair.h"

#include "solver/period.h"

/* Divisors of one stride that are tried, and the most variables for which each
 * is tried alone. */
enum { MOST_DIVISORS = 24, MOST_ALONE = 32 };

/* Grows a fresh plan. */
static plan *attempt(component *c, const int64_t *stride, bool equations) {
  plan *p = plan_new(c, stride, equations);
  plan_grow(p);
  return p;
}

/* The better of two plans; `a` may be NULL. */
static plan *better_of(plan *a, plan *b) {
  return !a || plan_better(b, a) ? b : a;
}

/* Least common multiple, or `a` where it passes PERIOD_MAX. */
static int64_t join_periods(int64_t a, int64_t b) {
  int64_t g = a, y = b;
  while (y) {
    const int64_t rest = g % y;
    g = y;
    y = rest;
  }
  return a / g <= PERIOD_MAX / b ? a / g * b : a;
}

/* The constant divisors that the guard has as it was written: some cancel out
 * once dims are put in, but are natural strides all the same. */
static int64_t written_divisors(component *c, const requirement *r) {
  size_t n;
  int64_t all = 1;
  if (r->guard == NO_GUARD)
    return 1;
  const expr *e = c->b->problem->guards[r->guard].condition;
  arena *work = &c->b->cx->work;
  const arena_mark mark = arena_get_mark(work);
  const expr **node = expr_nodes(c->b->cx, &e, 1, &n);
  for (size_t i = 0; i < n; i++) {
    if ((node[i]->op != OP_FLOORDIV && node[i]->op != OP_MOD) ||
        node[i]->arg[1]->op != OP_INT)
      continue;
    const integer d = integer_abs(c->b->m, node[i]->arg[1]->value);
    if (integer_is_small(d) && d.small > 0 && d.small <= PERIOD_MAX)
      all = join_periods(all, d.small);
  }
  arena_rewind(work, mark);
  return all;
}

/* Joins the periods of all named variables in one requirement. */
static void join_requirement(component *c, const requirement *r,
                             int64_t *period) {
  const int64_t written = written_divisors(c, r);
  for (size_t k = 0; k < r->claim->variable_count; k++) {
    const uint32_t v = r->claim->variable[k];
    if (v >= c->b->named_count)
      break;
    const int64_t own = period_of(c->b->m, r->claim, v);
    period[v] = join_periods(period[v], join_periods(own, written));
  }
}

/* Strides of 1. */
static int64_t *ones(component *c) {
  int64_t *one = arena_alloc(c->b->m, (c->b->named_count + 1) * sizeof *one);
  for (size_t i = 0; i < c->b->named_count; i++)
    one[i] = 1;
  return one;
}

/* The period of each variable of the component over all its requirements, also
 * those that say the same: they may be written with other divisors. */
static int64_t *periods(component *c, bool *any) {
  int64_t *period = ones(c);
  *any = false;
  for (size_t k = 0; k < c->b->requirement_count; k++)
    join_requirement(c, &c->b->requirement[k], period);
  for (size_t v = 0; v < c->b->named_count; v++)
    *any |= period[v] > 1;
  return period;
}

/* The smallest prime factor of n > 1 that is larger than `above`, or 0. */
static int64_t next_factor(int64_t n, int64_t above) {
  for (int64_t q = 2; q <= n; q++)
    while (n % q == 0) {
      if (q > above)
        return q;
      n /= q;
    }
  return 0;
}

/* `p` with the stride of variable i, or of all where i is the count, divided by
 * q; NULL where it does not divide. */
static plan *finer(component *c, const plan *p, size_t i, int64_t q) {
  const size_t n = c->b->named_count;
  int64_t *stride = arena_alloc(c->b->m, (n + 1) * sizeof *stride);
  bool any = false;
  for (size_t k = 0; k < n; k++) {
    stride[k] = p->stride[k];
    if ((k == i || i == n) && stride[k] % q == 0) {
      stride[k] /= q;
      any = true;
    }
  }
  return any ? attempt(c, stride, p->equations) : NULL;
}

/* The stride of variable i, or the widest where i is the count. */
static int64_t stride_of(const component *c, const plan *p, size_t i) {
  const size_t n = c->b->named_count;
  int64_t widest = 1;
  for (size_t k = i < n ? i : 0; k < (i < n ? i + 1 : n); k++)
    if (p->stride[k] > widest)
      widest = p->stride[k];
  return widest;
}

/* The first variable whose stride is tried alone: one is all there are, and in
 * large components only all are tried together, and single strides are left to
 * `plan_refine`. */
static size_t first_tried(const component *c) {
  const size_t n = c->b->named_count;
  return n == 1 || n > MOST_ALONE ? n : 0;
}

/* The best of dividing one stride, or all, by any of its divisors at once. */
static plan *leap(component *c, plan *p) {
  plan *best = p;
  for (size_t i = first_tried(c); i <= c->b->named_count; i++) {
    const int64_t widest = stride_of(c, p, i);
    int tries = 0;
    for (int64_t q = 2; q < widest && tries < MOST_DIVISORS; q++)
      if (widest % q == 0) {
        plan *next = finer(c, p, i, q);
        best = next ? better_of(best, next) : best;
        tries++;
      }
  }
  return best;
}

/* Divides strides by primes while nothing is lost. */
static plan *descend(component *c, plan *p) {
  p = leap(c, p);
  for (size_t i = first_tried(c); i <= c->b->named_count; i++) {
    const int64_t widest = stride_of(c, p, i);
    for (int64_t q = 0; (q = next_factor(widest, q));)
      for (;;) {
        plan *next = finer(c, p, i, q);
        if (!next || !plan_better(next, p))
          break;
        p = next;
      }
  }
  return p;
}

/* Gives back what is not needed. */
static void release(component *c, plan *p) {
  bool any = false;
  for (uint32_t v = 0; v < c->b->named_count; v++) {
    const place *at = &p->space->place[v];
    const bool kept = !at->constant && at->parameter == v &&
                      integer_is(at->scale, 1) &&
                      interval_equal(p->reach[v].now, p->reach[v].bound);
    if (!kept)
      any |= plan_release(p, v);
  }
  if (any)
    plan_grow(p);
}

/* The best of the plans with and without strides and equalities. */
static plan *search(component *c) {
  bool strided;
  const int64_t *one = ones(c), *period = periods(c, &strided);
  plan *first = attempt(c, one, true), *best = first;
  if (plan_is_whole(first))
    return first;
  if (first->equation_count)
    best = better_of(best, attempt(c, one, false));
  if (!strided || plan_beats_strides(best))
    return best;
  plan *coarse = attempt(c, period, true);
  if (coarse->equation_count)
    best = better_of(best, descend(c, attempt(c, period, false)));
  return better_of(best, descend(c, coarse));
}

/* The best plan for a component. */
plan *repair_component(component *c) {
  const uint32_t effort = c->o->effort;
  const double z3_effort = c->o->z3_effort;
  if (!component_anchor(c))
    return NULL;
  c->o->effort = EFFORT_TRY;
  c->o->z3_effort = 0.1;
  plan *p = search(c);
  while (plan_refine(p))
    continue;
  plan_pair_pinned(p);
  release(c, p);
  c->o->effort = effort;
  c->o->z3_effort = z3_effort;
  return p;
}
