/*
 * Plans and their ranking.
 *
 * Equalities are linear and hold at the anchor, so over the steps K they are
 * homogeneous: sum of coefficient*K == 0.  One parameter is pinned; two of
 * opposite sign become one; two of equal sign are pinned; of more, each takes
 * the first partner of opposite sign behind it and the rest are pinned.
 *
 * Ranking: a plan that holds all sizes of another is better; else more dims
 * that reach the user's own upper bound, then more sizes, then smaller strides,
 * then fewer changes.
 */
#include "solver/plan.h"

#include "solver/relate.h"

/* The values of K for which every variable of parameter i is in range. */
interval plan_limit(const plan *p, uint32_t i) {
  arena *m = p->c->b->m;
  interval r = interval_all();
  for (size_t k = 0; k < p->c->variable_count; k++) {
    const uint32_t v = p->c->variable[k];
    const place *at = &p->space->place[v];
    if (at->constant || at->parameter != i)
      continue;
    const interval own = p->c->own[v];
    if (own.has_lo)
      r = interval_meet(r,
                        interval_from(integer_ceildiv(
                            m, integer_sub(m, own.lo, at->offset), at->scale)));
    if (own.has_hi)
      r = interval_meet(r,
                        interval_upto(integer_floordiv(
                            m, integer_sub(m, own.hi, at->offset), at->scale)));
  }
  return r;
}

/* Sets the parameter's progression from `now`. */
void plan_sync(plan *p, uint32_t i) {
  p->space->parameter[i] = progression_of(p->c->b->m, p->reach[i].now);
}

/* The plan's space with the parameters of a claim over their whole limits. */
static space *widest(const plan *p, const claim *e) {
  space *s = space_copy(p->c->b->m, p->space);
  for (size_t k = 0; k < e->variable_count; k++) {
    const place *at = &s->place[e->variable[k]];
    const interval limit =
        at->constant ? interval_all() : plan_limit(p, at->parameter);
    if (limit.has_lo || limit.has_hi)
      s->parameter[at->parameter] = progression_of(p->c->b->m, limit);
  }
  return s;
}

/* Keeps every variable of parameter i at the anchor. */
static void pin(plan *p, uint32_t i) {
  for (size_t k = 0; k < p->c->variable_count; k++) {
    place *at = &p->space->place[p->c->variable[k]];
    if (!at->constant && at->parameter == i)
      at->constant = true;
  }
}

/* K_i = a*K_i and K_j = b*K_i from now on. */
static void join(plan *p, uint32_t i, uint32_t j, integer a, integer b) {
  arena *m = p->c->b->m;
  for (size_t k = 0; k < p->c->variable_count; k++) {
    place *at = &p->space->place[p->c->variable[k]];
    if (at->constant || (at->parameter != i && at->parameter != j))
      continue;
    at->scale = integer_mul(m, at->scale, at->parameter == i ? a : b);
    at->parameter = i;
  }
}

/* coefficient[i]*K_i + coefficient[j]*K_j == 0, of opposite signs. */
static void join_pair(plan *p, const integer *coefficient, uint32_t i,
                      uint32_t j) {
  arena *m = p->c->b->m;
  const integer x = integer_abs(m, coefficient[i]);
  const integer y = integer_abs(m, coefficient[j]);
  const integer g = integer_gcd(m, x, y);
  join(p, i, j, integer_floordiv(m, y, g), integer_floordiv(m, x, g));
}

/* The next parameter whose coefficient has this sign, or UINT32_MAX. */
static uint32_t next_of_sign(const integer *coefficient, size_t count,
                             uint32_t from, int sign) {
  for (uint32_t i = from; i < count; i++)
    if (integer_sign(coefficient[i]) == sign)
      return i;
  return UINT32_MAX;
}

/* Makes the plan satisfy one equation. */
static void apply_equation(plan *p, integer *coefficient) {
  const size_t n = p->space->parameter_count;
  for (uint32_t i = 0; i < n; i++) {
    const int sign = integer_sign(coefficient[i]);
    if (sign == 0)
      continue;
    const uint32_t j = next_of_sign(coefficient, n, i + 1, -sign);
    if (j == UINT32_MAX) {
      pin(p, i);
    } else {
      join_pair(p, coefficient, i, j);
      coefficient[j] = integer_of(0);
    }
  }
  p->equation_count++;
}

/* How many parameters an equation speaks of. */
static size_t terms_of(const integer *coefficient, size_t count) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    n += !integer_is(coefficient[i], 0);
  return n;
}

/*
 * The equation of a claim, where variables behind the last are pinned one by
 * one until what is left is linear; false when nothing is left.
 */
static bool find_equation(plan *p, const claim *e, bool pinning,
                          integer *coefficient, size_t *pinned) {
  space *s = widest(p, e);
  *pinned = 0;
  for (size_t k = e->variable_count;; k--) {
    if (relate_linear(p->c->o, e, s, coefficient))
      return true;
    if (!pinning || k == 0)
      return false;
    const place *at = &s->place[e->variable[k - 1]];
    if (at->constant)
      continue;
    const uint32_t i = at->parameter;
    for (size_t v = 0; v < s->variable_count; v++)
      if (!s->place[v].constant && s->place[v].parameter == i)
        s->place[v].constant = true;
    ++*pinned;
  }
}

/* Applies equations of at most `most` terms until none is left. */
static void apply_equations(plan *p, const equalities *list, bool *done,
                            size_t most, bool pinning) {
  const size_t n = p->space->parameter_count;
  integer *coefficient = arena_alloc(p->c->b->m, (n + 1) * sizeof *coefficient);
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < list->count; i++) {
      size_t pinned;
      if (done[i] ||
          !find_equation(p, list->claim[i], pinning, coefficient, &pinned) ||
          terms_of(coefficient, n) > most)
        continue;
      for (size_t k = list->claim[i]->variable_count; pinned > 0; k--) {
        const place *at = &p->space->place[list->claim[i]->variable[k - 1]];
        if (!at->constant) {
          pin(p, at->parameter);
          pinned--;
        }
      }
      apply_equation(p, coefficient);
      done[i] = again = true;
    }
  }
}

/* A plan at the anchor. */
plan *plan_new(component *c, const int64_t *stride, bool equations) {
  arena *m = c->b->m;
  plan *p = arena_zeroed(m, 1, sizeof *p);
  *p = (plan){.c = c,
              .space = space_new(m, c->b->variable_count, c->variable_count),
              .stride = stride,
              .equations = equations};
  p->reach = arena_zeroed(m, c->variable_count + 1, sizeof *p->reach);
  for (size_t i = 0; i < c->b->variable_count; i++)
    p->space->place[i] = (place){.constant = true, .offset = c->anchor[i]};
  for (uint32_t i = 0; i < c->variable_count; i++) {
    const uint32_t v = c->variable[i];
    p->space->place[v] = (place){
        .parameter = i, .scale = integer_of(stride[i]), .offset = c->anchor[v]};
    p->reach[i].now = interval_of(integer_of(0), integer_of(0));
    plan_sync(p, i);
  }
  if (equations) {
    const equalities list = relate_equalities(c);
    bool *done = arena_zeroed(m, list.count + 1, sizeof *done);
    apply_equations(p, &list, done, 2, false);
    apply_equations(p, &list, done, SIZE_MAX, false);
    apply_equations(p, &list, done, SIZE_MAX, true);
  }
  return p;
}

/* ---- Ranking ----------------------------------------------------------- */

/* Whether the variable reaches the user's own upper bound. */
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
  return integer_compare(integer_add(m, top, at->scale), own.hi) > 0;
}

/* How many variables reach the top. */
static size_t tops(const plan *p) {
  size_t n = 0;
  for (size_t i = 0; i < p->c->variable_count; i++)
    n += reaches_top(p, p->c->variable[i]);
  return n;
}

/* The smallest scale of the variables on parameter i; 0 when there is none. */
static integer step_of(const plan *p, uint32_t i) {
  integer step = integer_of(0);
  for (size_t k = 0; k < p->c->variable_count; k++) {
    const place *at = &p->space->place[p->c->variable[k]];
    if (!at->constant && at->parameter == i &&
        (integer_is(step, 0) || integer_compare(at->scale, step) < 0))
      step = at->scale;
  }
  return step;
}

/* The number of sizes, where an endless side counts 2^48 / step. */
static integer sizes(const plan *p) {
  arena *m = p->c->b->m;
  integer product = integer_of(1);
  for (uint32_t i = 0; i < p->space->parameter_count; i++) {
    const interval now = p->reach[i].now;
    const integer step = step_of(p, i);
    if (integer_is(step, 0))
      continue;
    integer n = integer_floordiv(m, integer_of(INT64_C(1) << 48), step);
    if (now.has_hi)
      n = integer_add(m, integer_sub(m, now.hi, now.lo), integer_of(1));
    else
      n = integer_sub(m, n, now.lo);
    product = integer_mul(m, product, n);
  }
  return product;
}

/* The sum of all steps. */
static integer steps(const plan *p) {
  integer sum = integer_of(0);
  for (size_t i = 0; i < p->c->variable_count; i++) {
    const place *at = &p->space->place[p->c->variable[i]];
    if (!at->constant)
      sum = integer_add(p->c->b->m, sum, at->scale);
  }
  return sum;
}

/* How many variables are pinned or follow another. */
static size_t changes(const plan *p) {
  size_t n = 0;
  for (size_t i = 0; i < p->c->variable_count; i++) {
    const place *at = &p->space->place[p->c->variable[i]];
    n += at->constant || at->parameter != i || !integer_is(at->scale, 1);
  }
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

/* Whether the variable moves alone. */
static bool is_alone(const plan *p, uint32_t v) {
  for (size_t k = 0; k < p->c->variable_count; k++) {
    const uint32_t u = p->c->variable[k];
    if (u != v && !p->space->place[u].constant &&
        p->space->place[u].parameter == p->space->place[v].parameter)
      return false;
  }
  return true;
}

/* Whether `a` holds every size of `b`: told for variables that move alone in
 * `a`, or are the same in both. */
static bool covers(const plan *a, const plan *b) {
  for (size_t k = 0; k < a->c->variable_count; k++) {
    const uint32_t v = a->c->variable[k];
    const place *x = &a->space->place[v], *y = &b->space->place[v];
    if (!interval_contains(reached(a, v), reached(b, v)))
      return false;
    if (x->constant)
      continue;
    const bool single = y->constant || interval_is_single(reached(b, v));
    if (!single && !integer_divides(x->scale, y->scale))
      return false;
    if (!is_alone(a, v) && (y->constant || x->parameter != y->parameter ||
                            !integer_equal(x->scale, y->scale)))
      return false;
  }
  return true;
}

/* Whether `a` is the better repair. */
bool plan_better(const plan *a, const plan *b) {
  const bool more = covers(a, b), less = covers(b, a);
  if (more != less)
    return more;
  if (tops(a) != tops(b))
    return tops(a) > tops(b);
  int order = integer_compare(sizes(a), sizes(b));
  if (order)
    return order > 0;
  order = integer_compare(steps(a), steps(b));
  if (order)
    return order < 0;
  return changes(a) < changes(b);
}

/* Whether it keeps everything the user asked for. */
bool plan_is_whole(const plan *p) {
  for (size_t i = 0; i < p->c->variable_count; i++) {
    const place *at = &p->space->place[p->c->variable[i]];
    if (at->constant || at->parameter != i || !integer_is(at->scale, 1) ||
        !interval_equal(p->reach[i].now, plan_limit(p, (uint32_t)i)))
      return false;
  }
  return true;
}
