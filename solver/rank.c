/*
 * Ranking of plans: one that holds all sizes of another is better; else more
 * dims that reach the user's own upper bound, then more sizes, then smaller
 * strides, then fewer changes.
 */
#include "solver/plan.h"

/* Whether the variable reaches the user's own upper bound: with the last member
 * of its progression, or, where it has one size, with that. */
static bool reaches_top(const plan *p, uint32_t v) {
  const place *at = &p->space->place[v];
  const interval own = p->c->own[v];
  if (at->constant)
    return own.has_hi && integer_equal(own.hi, at->offset);
  const interval now = p->reach[at->parameter].now;
  if (!now.has_hi || !own.has_hi)
    return !now.has_hi;
  arena *m = p->c->b->m;
  const integer top =
      integer_add(m, at->offset, integer_mul(m, at->scale, now.hi));
  if (interval_is_single(now))
    return integer_equal(top, own.hi);
  return integer_compare(integer_add(m, top, at->scale), own.hi) > 0;
}

/* How many variables reach the top. */
static size_t tops(const plan *p) {
  size_t n = 0;
  for (uint32_t v = 0; v < p->c->b->named_count; v++)
    n += reaches_top(p, v);
  return n;
}

/* The number of sizes of parameter i, where an endless side counts 2^48 by the
 * smallest scale on it. */
static integer sizes_of(const plan *p, uint32_t i) {
  arena *m = p->c->b->m;
  const reach *r = &p->reach[i];
  if (r->now.has_hi)
    return integer_add(m, integer_sub(m, r->now.hi, r->now.lo), integer_of(1));
  integer step = p->space->place[r->first].scale;
  for (uint32_t n = r->members, v = r->first; n > 0; n--, v = p->next[v])
    step = integer_min(step, p->space->place[v].scale);
  const integer far = integer_floordiv(m, integer_of(INT64_C(1) << 48), step);
  return integer_sub(m, far, r->now.lo);
}

/* The number of sizes over the parameters from `low` up to `high`; halving
 * keeps the factors of large products alike. */
static integer sizes(const plan *p, uint32_t low, uint32_t high) {
  if (high - low == 1)
    return p->reach[low].members ? sizes_of(p, low) : integer_of(1);
  const uint32_t middle = low + (high - low) / 2;
  return integer_mul(p->c->b->m, sizes(p, low, middle), sizes(p, middle, high));
}

/* The sum of all steps. */
static integer steps(const plan *p) {
  integer sum = integer_of(0);
  for (size_t v = 0; v < p->c->b->named_count; v++) {
    const place *at = &p->space->place[v];
    if (!at->constant)
      sum = integer_add(p->c->b->m, sum, at->scale);
  }
  return sum;
}

/* Whether the variable is pinned or follows another. */
static bool is_changed(const plan *p, uint32_t v) {
  const place *at = &p->space->place[v];
  return at->constant || at->parameter != v || !integer_is(at->scale, 1);
}

/* How many variables are pinned or follow another. */
static size_t changes(const plan *p) {
  size_t n = 0;
  for (uint32_t v = 0; v < p->c->b->named_count; v++)
    n += is_changed(p, v);
  return n;
}

/* The sizes that a variable reaches, as an interval. */
static interval reached(const plan *p, uint32_t v) {
  arena *m = p->c->b->m;
  const place *at = &p->space->place[v];
  const interval offset = interval_of(at->offset, at->offset);
  if (at->constant)
    return offset;
  return interval_add(
      m, offset, interval_scale(m, p->reach[at->parameter].now, at->scale));
}

/* Whether variable v of `a` holds every size that it has in `b`: told when it
 * moves alone in `a`, or is the same in both. */
static bool covers_variable(const plan *a, const plan *b, uint32_t v) {
  const place *x = &a->space->place[v], *y = &b->space->place[v];
  const interval in_b = reached(b, v);
  if (!interval_contains(reached(a, v), in_b))
    return false;
  if (x->constant)
    return true;
  const bool single = y->constant || interval_is_single(in_b);
  if (!single && !integer_divides(x->scale, y->scale))
    return false;
  return a->reach[x->parameter].members == 1 ||
         (!y->constant && x->parameter == y->parameter &&
          integer_equal(x->scale, y->scale));
}

/* Whether `a` holds every size of `b`. */
static bool covers(const plan *a, const plan *b) {
  for (uint32_t v = 0; v < a->c->b->named_count; v++)
    if (!covers_variable(a, b, v))
      return false;
  return true;
}

/* Whether `a` is the better repair. */
bool plan_better(const plan *a, const plan *b) {
  const bool more = covers(a, b), less = covers(b, a);
  const uint32_t n = (uint32_t)a->c->b->named_count;
  if (more != less)
    return more;
  if (tops(a) != tops(b))
    return tops(a) > tops(b);
  int order = integer_compare(sizes(a, 0, n), sizes(b, 0, n));
  if (order)
    return order > 0;
  order = integer_compare(steps(a), steps(b));
  if (order)
    return order < 0;
  return changes(a) < changes(b);
}

/*
 * Whether no stride can make it better.  A strided plan does not hold all sizes
 * of this one and reaches no more tops; an endless variable has about 2^48
 * sizes here and at most half of them there, which the lower sizes that a
 * stride may win back do not make up for.
 */
bool plan_beats_strides(const plan *p) {
  const integer far = integer_of(-(INT64_C(1) << 24));
  for (uint32_t v = 0; v < p->c->b->named_count; v++) {
    const reach *r = &p->reach[v];
    if (is_changed(p, v) || r->members != 1 || r->now.has_hi ||
        !r->bound.has_lo || integer_compare(r->bound.lo, far) < 0)
      return false;
  }
  return true;
}

/* Whether it keeps everything the user asked for. */
bool plan_is_whole(const plan *p) {
  for (uint32_t v = 0; v < p->c->b->named_count; v++)
    if (is_changed(p, v) || !interval_equal(p->reach[v].now, p->reach[v].bound))
      return false;
  return true;
}
