/*
 * Plans, and what equalities make of them.
 *
 * Equalities are linear and hold at the anchor, so over the steps K they are
 * homogeneous: sum of coefficient*K == 0.  One parameter is pinned; two of
 * opposite sign become one; two of equal sign are pinned; of more, each takes
 * the first partner of opposite sign behind it and the rest are pinned.
 */
#include "solver/plan.h"

#include "solver/numbers.h"
#include "solver/relate.h"

/* ---- Rings ------------------------------------------------------------- */

/* Takes variable v out of its parameter's ring. */
static void unlink_variable(plan *p, uint32_t v) {
  const place *at = &p->space->place[v];
  if (at->constant)
    return;
  reach *r = &p->reach[at->parameter];
  p->next[p->previous[v]] = p->next[v];
  p->previous[p->next[v]] = p->previous[v];
  if (r->first == v)
    r->first = p->next[v];
  if (--r->members == 0)
    r->first = NOWHERE;
  r->touch = NULL;
}

/* Puts variable v into its parameter's ring. */
static void link_variable(plan *p, uint32_t v) {
  const place *at = &p->space->place[v];
  if (at->constant)
    return;
  reach *r = &p->reach[at->parameter];
  if (r->members++ == 0)
    r->first = p->next[v] = p->previous[v] = v;
  const uint32_t last = p->previous[r->first];
  p->next[v] = r->first;
  p->previous[v] = last;
  p->next[last] = p->previous[r->first] = v;
  r->touch = NULL;
}

/* Puts variable v elsewhere. */
void plan_place(plan *p, uint32_t v, place at) {
  unlink_variable(p, v);
  p->space->place[v] = at;
  link_variable(p, v);
}

/* ---- Bounds ------------------------------------------------------------ */

/* The values of K for which variable v is within the user's own range. */
static interval bound_of(const plan *p, uint32_t v) {
  arena *m = p->c->b->m;
  const place *at = &p->space->place[v];
  interval r = p->c->own[v];
  if (r.has_lo)
    r.lo = integer_ceildiv(m, integer_sub(m, r.lo, at->offset), at->scale);
  if (r.has_hi)
    r.hi = integer_floordiv(m, integer_sub(m, r.hi, at->offset), at->scale);
  return r;
}

/* Sets `bound` from the variables of parameter i. */
void plan_bound(plan *p, uint32_t i) {
  reach *r = &p->reach[i];
  r->bound = interval_all();
  for (uint32_t n = r->members, v = r->first; n > 0; n--, v = p->next[v])
    r->bound = interval_meet(r->bound, bound_of(p, v));
}

/* Sets the parameter's progression from `now`. */
void plan_sync(plan *p, uint32_t i) {
  p->space->parameter[i] = progression_of(p->c->b->m, p->reach[i].now);
}

/* ---- Questions --------------------------------------------------------- */

/* Lists the requirements over the variables of a parameter. */
static void list_touched(plan *p, reach *r) {
  const component *c = p->c;
  size_t most = 1, n = 0;
  for (uint32_t k = r->members, v = r->first; k > 0; k--, v = p->next[v])
    most += c->on_count[v];
  r->touch = arena_alloc(c->b->m, most * sizeof *r->touch);
  for (uint32_t k = r->members, v = r->first; k > 0; k--, v = p->next[v])
    for (uint32_t j = 0; j < c->on_count[v]; j++)
      r->touch[n++] = c->on[v][j];
  r->touch_count = numbers_settle(r->touch, n);
}

/* Whether all requirements that parameter i concerns hold. */
outcome plan_holds(plan *p, uint32_t i, integer *bad) {
  reach *r = &p->reach[i];
  if (!r->touch)
    list_touched(p, r);
  return component_holds(p->c, p->space, r->touch, r->touch_count, i, bad);
}

/* ---- Equations --------------------------------------------------------- */

/* coefficient*K_parameter */
typedef struct {
  uint32_t parameter;
  integer coefficient;
} summand;

/* Equalities while they are applied. */
typedef struct {
  plan *p;
  equalities list;
  bool *done; /* of each */
  listing on; /* by variable: occurrences in equalities */
  uint32_t *occurs_in;
  uint32_t *queue; /* equalities to look at, a ring */
  bool *queued;
  size_t head, waiting;
} equalizer;

/* Lets an equality be looked at again. */
static void enqueue(equalizer *e, uint32_t i) {
  if (e->done[i] || e->queued[i])
    return;
  e->queued[i] = true;
  e->queue[(e->head + e->waiting++) % e->list.count] = i;
}

/* The same for those over variable v. */
static void wake(equalizer *e, uint32_t v) {
  for (uint32_t k = e->on.start[v]; k < e->on.start[v + 1]; k++)
    enqueue(e, e->occurs_in[e->on.item[k]]);
}

/* Keeps every variable of parameter i at the anchor. */
static void pin(equalizer *e, uint32_t i) {
  plan *p = e->p;
  while (p->reach[i].members) {
    const uint32_t v = p->reach[i].first;
    plan_place(p, v,
               (place){.constant = true, .offset = p->space->place[v].offset});
    wake(e, v);
  }
}

/* Multiplies the scales on parameter i, whose K becomes K/factor. */
static void stretch(plan *p, uint32_t i, integer factor) {
  arena *m = p->c->b->m;
  reach *r = &p->reach[i];
  if (integer_is(factor, 1))
    return;
  for (uint32_t n = r->members, v = r->first; n > 0; n--, v = p->next[v]) {
    place *at = &p->space->place[v];
    at->scale = integer_mul(m, at->scale, factor);
  }
  if (r->bound.has_lo)
    r->bound.lo = integer_ceildiv(m, r->bound.lo, factor);
  if (r->bound.has_hi)
    r->bound.hi = integer_floordiv(m, r->bound.hi, factor);
}

/* Moves all variables of parameter j to parameter i. */
static void absorb(equalizer *e, uint32_t i, uint32_t j) {
  plan *p = e->p;
  p->reach[i].bound = interval_meet(p->reach[i].bound, p->reach[j].bound);
  while (p->reach[j].members) {
    const uint32_t v = p->reach[j].first;
    place at = p->space->place[v];
    at.parameter = i;
    plan_place(p, v, at);
    wake(e, v);
  }
}

/* a*K_i + b*K_j == 0, of opposite signs: one parameter from now on. */
static void join_pair(equalizer *e, summand a, summand b, bool in_order) {
  plan *p = e->p;
  arena *m = p->c->b->m;
  const integer x = integer_abs(m, a.coefficient);
  const integer y = integer_abs(m, b.coefficient);
  const integer g = integer_gcd(m, x, y);
  stretch(p, a.parameter, integer_floordiv(m, y, g));
  stretch(p, b.parameter, integer_floordiv(m, x, g));
  if (in_order ||
      p->reach[a.parameter].members >= p->reach[b.parameter].members)
    absorb(e, a.parameter, b.parameter);
  else
    absorb(e, b.parameter, a.parameter);
}

/* The next summand whose coefficient has this sign, or `count`. */
static size_t next_of_sign(const summand *term, size_t count, size_t from,
                           int sign) {
  while (from < count && integer_sign(term[from].coefficient) != sign)
    from++;
  return from;
}

/* Makes the plan satisfy one equation. */
static void apply_equation(equalizer *e, summand *term, size_t count,
                           bool in_order) {
  for (size_t i = 0; i < count; i++) {
    const int sign = integer_sign(term[i].coefficient);
    if (sign == 0)
      continue;
    const size_t j = next_of_sign(term, count, i + 1, -sign);
    if (j == count) {
      pin(e, term[i].parameter);
    } else {
      join_pair(e, term[i], term[j], in_order);
      term[j].coefficient = integer_of(0);
    }
  }
  e->p->equation_count++;
}

/* What the equality sees of the plan, its parameters over all their bounds. */
static space *widest(const plan *p, const claim *e, uint32_t **parameter) {
  space *s = claim_space(e, p->c->b->m, p->space, parameter);
  for (size_t k = 0; k < s->parameter_count; k++) {
    const interval bound = p->reach[(*parameter)[k]].bound;
    if (bound.has_lo || bound.has_hi)
      s->parameter[k] = progression_of(p->c->b->m, bound);
  }
  return s;
}

/* Keeps the last variable that moves, and all that move with it, in place;
 * false when none moves. */
static bool pin_last(space *s) {
  size_t last = s->variable_count;
  while (last > 0 && s->place[last - 1].constant)
    last--;
  if (last == 0)
    return false;
  const uint32_t parameter = s->place[last - 1].parameter;
  for (size_t v = 0; v < last; v++)
    if (!s->place[v].constant && s->place[v].parameter == parameter)
      s->place[v].constant = true;
  return true;
}

/* Applies an equality if it is linear in at most `most` parameters; with
 * `pinning`, once variables behind are pinned.  Whether it did. */
static bool apply_equality(equalizer *e, uint32_t i, size_t most,
                           bool pinning) {
  plan *p = e->p;
  const claim *of = e->list.claim[i];
  uint32_t *parameter;
  space *s = widest(p, of, &parameter);
  const size_t n = s->parameter_count;
  integer *k = arena_alloc(p->c->b->m, (n + 1) * sizeof *k);
  summand *term = arena_alloc(p->c->b->m, (n + 1) * sizeof *term);
  size_t count = 0;
  while (!relate_linear(p->c->o, of, s, k))
    if (!pinning || !pin_last(s))
      return false;
  for (size_t j = 0; j < n; j++)
    if (!integer_is(k[j], 0))
      term[count++] = (summand){parameter[j], k[j]};
  if (count > most)
    return false;
  for (size_t v = 0; v < s->variable_count; v++) {
    const place *at = &p->space->place[of->variable[v]];
    if (s->place[v].constant && !at->constant)
      pin(e, at->parameter);
  }
  e->done[i] = true;
  apply_equation(e, term, count, most > 2);
  return true;
}

/* Applies equalities of at most two terms until none is left; each is looked at
 * again only when something became of its variables. */
static void apply_pairs(equalizer *e) {
  for (uint32_t i = 0; i < e->list.count; i++)
    enqueue(e, i);
  while (e->waiting) {
    const uint32_t i = e->queue[e->head];
    e->head = (e->head + 1) % e->list.count;
    e->waiting--;
    e->queued[i] = false;
    if (!e->done[i])
      apply_equality(e, i, 2, false);
  }
}

/* Applies what is left of the equalities, in order, until none is left. */
static void apply_rest(equalizer *e, bool pinning) {
  for (bool again = true; again;) {
    again = false;
    for (uint32_t i = 0; i < e->list.count; i++)
      if (!e->done[i] && apply_equality(e, i, SIZE_MAX, pinning))
        again = true;
  }
}

/* Gives each ring the parameter of its first variable. */
static void settle_parameters(plan *p) {
  const uint32_t n = (uint32_t)p->c->b->named_count;
  uint32_t *lender = arena_alloc(p->c->b->m, (n + 1) * sizeof *lender);
  reach *moved = arena_alloc(p->c->b->m, (n + 1) * sizeof *moved);
  for (uint32_t i = 0; i < n; i++) {
    lender[i] = NOWHERE;
    moved[i] = p->reach[i];
  }
  for (uint32_t v = 0; v < n; v++) {
    place *at = &p->space->place[v];
    if (at->constant)
      continue;
    if (lender[at->parameter] == NOWHERE)
      lender[at->parameter] = v;
    at->parameter = lender[at->parameter];
  }
  for (uint32_t i = 0; i < n; i++) {
    p->reach[i].members = 0;
    p->reach[i].first = NOWHERE;
  }
  for (uint32_t i = 0; i < n; i++)
    if (lender[i] != NOWHERE)
      p->reach[lender[i]] = moved[i];
}

/* What the queue needs: where each variable occurs. */
static void index_equalities(equalizer *e) {
  arena *m = e->p->c->b->m;
  size_t count = 0, n = 0;
  for (size_t i = 0; i < e->list.count; i++)
    count += e->list.claim[i]->variable_count;
  uint32_t *of = arena_alloc(m, (count + 1) * sizeof *of);
  e->occurs_in = arena_alloc(m, (count + 1) * sizeof *e->occurs_in);
  for (uint32_t i = 0; i < e->list.count; i++)
    for (size_t k = 0; k < e->list.claim[i]->variable_count; k++) {
      of[n] = e->list.claim[i]->variable[k];
      e->occurs_in[n++] = i;
    }
  e->on = listing_of(m, of, count, e->p->c->b->variable_count);
  e->done = arena_zeroed(m, e->list.count + 1, sizeof *e->done);
  e->queued = arena_zeroed(m, e->list.count + 1, sizeof *e->queued);
  e->queue = arena_alloc(m, (e->list.count + 1) * sizeof *e->queue);
}

/* Lets the equalities of the component join and pin. */
static void apply_equalities(plan *p) {
  equalizer e = {.p = p, .list = relate_equalities(p->c)};
  if (e.list.count == 0)
    return;
  index_equalities(&e);
  apply_pairs(&e);
  settle_parameters(p);
  apply_rest(&e, false);
  apply_rest(&e, true);
}

/* A plan at the anchor. */
plan *plan_new(component *c, const int64_t *stride, bool equations) {
  arena *m = c->b->m;
  const size_t n = c->b->named_count, all = c->b->variable_count;
  plan *p = arena_zeroed(m, 1, sizeof *p);
  *p = (plan){.c = c,
              .space = space_new(m, all, n),
              .reach = arena_zeroed(m, n + 1, sizeof *p->reach),
              .next = arena_alloc(m, (n + 1) * sizeof *p->next),
              .previous = arena_alloc(m, (n + 1) * sizeof *p->previous),
              .stride = stride,
              .equations = equations};
  for (size_t v = 0; v < all; v++)
    p->space->place[v] = (place){.constant = true, .offset = c->anchor[v]};
  for (uint32_t v = 0; v < n; v++) {
    p->reach[v].first = NOWHERE;
    plan_place(p, v,
               (place){.parameter = v,
                       .scale = integer_of(stride[v]),
                       .offset = c->anchor[v]});
    p->reach[v].now = interval_of(integer_of(0), integer_of(0));
    plan_bound(p, v);
    plan_sync(p, v);
  }
  if (equations)
    apply_equalities(p);
  return p;
}
