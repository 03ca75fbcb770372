/*
 * Growing a plan: every face is first tried at the user's own bound, then all
 * move outward in turns by doubling steps, so that no dim starves another.
 * Validity is downward closed: where a point breaks a requirement, the face
 * stops before it for good, and bisection closes the gap.
 */
#include "solver/plan.h"

/* One side of one parameter. */
typedef struct {
  uint32_t parameter;
  bool high;
  bool done;
  bool blocked; /* the limit comes from a breaking point */
  integer step;
} face;

/* An endless side that nobody can decide is tried up to FAR, and a plan gives
 * up on faces after so many questions that nobody can decide. */
#define FAR (INT64_C(1) << 60)
enum { MOST_OPEN = 80 };

/* A variable on parameter i. */
static uint32_t rider(const plan *p, uint32_t i) {
  uint32_t v = 0;
  for (size_t k = 0; k < p->c->variable_count; k++) {
    v = p->c->variable[k];
    if (!p->space->place[v].constant && p->space->place[v].parameter == i)
      break;
  }
  return v;
}

/* Puts the face at `target`, or endless without one. */
static void move(plan *p, const face *f, bool endless, integer target) {
  interval *now = &p->reach[f->parameter].now;
  if (f->high) {
    now->has_hi = !endless;
    now->hi = endless ? integer_of(0) : target;
  } else {
    now->lo = target;
  }
  plan_sync(p, f->parameter);
}

/* The face's place before a refused move becomes its limit's neighbour. */
static void learn_limit(plan *p, face *f, outcome why, bool endless,
                        integer target, const integer *point) {
  arena *m = p->c->b->m;
  interval *limit = &p->reach[f->parameter].limit;
  integer bad = target;
  const uint32_t v = rider(p, f->parameter);
  const place *at = &p->space->place[v];
  if (why == PROOF_BREAKS)
    bad = integer_floordiv(m, integer_sub(m, point[v], at->offset), at->scale);
  else if (endless)
    bad = integer_add(m, p->reach[f->parameter].now.lo, integer_of(FAR));
  p->open += why == PROOF_OPEN;
  f->blocked = true;
  if (f->high) {
    limit->has_hi = true;
    limit->hi = integer_sub(m, bad, integer_of(1));
  } else {
    limit->has_lo = true;
    limit->lo = integer_add(m, bad, integer_of(1));
  }
}

/* Tries to put the face at `target`; whether it holds there. */
static bool try_face(plan *p, face *f, bool endless, integer target) {
  const interval before = p->reach[f->parameter].now;
  integer *point =
      arena_alloc(p->c->b->m, (p->c->b->variable_count + 1) * sizeof *point);
  move(p, f, endless, target);
  const outcome o = component_holds(p->c, p->space, f->parameter, point);
  if (o == PROOF_HOLDS)
    return true;
  p->reach[f->parameter].now = before;
  plan_sync(p, f->parameter);
  learn_limit(p, f, o, endless, target, point);
  return false;
}

/* Whether the face stands at its limit. */
static bool at_limit(const plan *p, const face *f) {
  const reach *r = &p->reach[f->parameter];
  if (f->high)
    return !r->now.has_hi ||
           (r->limit.has_hi && integer_compare(r->now.hi, r->limit.hi) >= 0);
  return r->limit.has_lo && integer_compare(r->now.lo, r->limit.lo) <= 0;
}

/* The first attempt: all the way to the user's own bound. */
static void try_whole(plan *p, face *f) {
  const reach *r = &p->reach[f->parameter];
  if (!at_limit(p, f)) {
    const bool endless = f->high && !r->limit.has_hi;
    try_face(p, f, endless, f->high ? r->limit.hi : r->limit.lo);
  }
  f->done = at_limit(p, f);
}

/* One turn: a doubled step outward, or half of what is left after a refusal. */
static void take_turn(plan *p, face *f) {
  arena *m = p->c->b->m;
  const reach *r = &p->reach[f->parameter];
  const integer now = f->high ? r->now.hi : r->now.lo;
  const integer limit = f->high ? r->limit.hi : r->limit.lo;
  integer target =
      f->high ? integer_add(m, now, f->step) : integer_sub(m, now, f->step);
  const bool bounded = f->high ? r->limit.has_hi : r->limit.has_lo;
  if (bounded)
    target = f->high ? integer_min(target, limit) : integer_max(target, limit);
  if (try_face(p, f, false, target)) {
    f->step = integer_mul(m, f->step, integer_of(2));
  } else {
    const integer gap = integer_abs(
        m, integer_sub(m, f->high ? r->limit.hi : r->limit.lo, now));
    f->step =
        integer_max(integer_of(1), integer_floordiv(m, gap, integer_of(2)));
  }
  f->done = at_limit(p, f);
}

/* The faces of the parameters in use: upper ones first. */
static face *list_faces(plan *p, size_t *count) {
  const size_t n = p->space->parameter_count;
  bool *used = arena_zeroed(p->c->b->m, n + 1, sizeof *used);
  face *list = arena_alloc(p->c->b->m, (2 * n + 1) * sizeof *list);
  *count = 0;
  for (size_t k = 0; k < p->c->variable_count; k++) {
    const place *at = &p->space->place[p->c->variable[k]];
    if (!at->constant)
      used[at->parameter] = true;
  }
  for (int high = 1; high >= 0; high--)
    for (uint32_t i = 0; i < n; i++)
      if (used[i])
        list[(*count)++] =
            (face){.parameter = i, .high = high, .step = integer_of(1)};
  return list;
}

/* Moves the faces of the plan as far as the requirements hold. */
void plan_grow(plan *p) {
  size_t count;
  face *list = list_faces(p, &count);
  for (uint32_t i = 0; i < p->space->parameter_count; i++)
    p->reach[i].limit = plan_limit(p, i);
  for (size_t i = 0; i < count; i++)
    try_whole(p, &list[i]);
  for (bool again = true; again && p->open < MOST_OPEN;) {
    again = false;
    for (size_t i = 0; i < count; i++)
      if (!list[i].done) {
        take_turn(p, &list[i]);
        again = true;
      }
  }
}

/* Gives the variable its own parameter again over the user's own range. */
bool plan_release(plan *p, uint32_t v) {
  component *c = p->c;
  place *at = &p->space->place[v];
  const place before = *at;
  uint32_t own = 0;
  while (c->variable[own] != v)
    own++;
  for (size_t k = 0; k < c->variable_count; k++) {
    const place *other = &p->space->place[c->variable[k]];
    if (c->variable[k] != v && !other->constant && other->parameter == own)
      return false;
  }
  const reach kept = p->reach[own];
  *at =
      (place){.parameter = own, .scale = integer_of(1), .offset = c->anchor[v]};
  p->reach[own].limit = p->reach[own].now = plan_limit(p, own);
  plan_sync(p, own);
  integer *point =
      arena_alloc(c->b->m, (c->b->variable_count + 1) * sizeof *point);
  if (component_holds(c, p->space, own, point) == PROOF_HOLDS)
    return true;
  *at = before;
  p->reach[own] = kept;
  plan_sync(p, own);
  return false;
}

/* ---- Finer strides ----------------------------------------------------- */

/* Whether q divides the scale of every variable on parameter i, and there is
 * one. */
static bool divides_scales(const plan *p, uint32_t i, integer q) {
  bool any = false;
  for (size_t k = 0; k < p->c->variable_count; k++) {
    const place *at = &p->space->place[p->c->variable[k]];
    if (at->constant || at->parameter != i)
      continue;
    if (!integer_divides(q, at->scale))
      return false;
    any = true;
  }
  return any;
}

/* Divides the scales on parameter i by q, or multiplies them back. */
static void rescale(plan *p, uint32_t i, integer q, bool divide) {
  arena *m = p->c->b->m;
  for (size_t k = 0; k < p->c->variable_count; k++) {
    place *at = &p->space->place[p->c->variable[k]];
    if (!at->constant && at->parameter == i)
      at->scale = divide ? integer_floordiv(m, at->scale, q)
                         : integer_mul(m, at->scale, q);
  }
}

/* Tries a stride q times finer over the same sizes. */
static bool refine_by(plan *p, uint32_t i, integer q) {
  const reach kept = p->reach[i];
  integer *point =
      arena_alloc(p->c->b->m, (p->c->b->variable_count + 1) * sizeof *point);
  if (!divides_scales(p, i, q))
    return false;
  rescale(p, i, q, true);
  p->reach[i].now = interval_scale(p->c->b->m, kept.now, q);
  plan_sync(p, i);
  if (component_holds(p->c, p->space, i, point) == PROOF_HOLDS)
    return true;
  rescale(p, i, q, false);
  p->reach[i] = kept;
  plan_sync(p, i);
  return false;
}

/* Makes strides finer where all sizes between are safe too. */
bool plan_refine(plan *p) {
  enum { LARGEST_FACTOR = 64 };
  bool any = false;
  for (uint32_t i = 0; i < p->space->parameter_count; i++)
    for (int64_t q = LARGEST_FACTOR; q >= 2; q--)
      while (refine_by(p, i, integer_of(q)))
        any = true;
  if (any)
    plan_grow(p);
  return any;
}

/* ---- Pairs ------------------------------------------------------------- */

/* Lets pinned variables u and v take i and j steps a turn, if they can. */
static bool pair(plan *p, uint32_t u, uint32_t v, int64_t i, int64_t j) {
  component *c = p->c;
  place *a = &p->space->place[u], *b = &p->space->place[v];
  const place was_a = *a, was_b = *b;
  uint32_t own = 0;
  while (c->variable[own] != u)
    own++;
  const reach kept = p->reach[own];
  integer *point =
      arena_alloc(c->b->m, (c->b->variable_count + 1) * sizeof *point);
  *a =
      (place){.parameter = own, .scale = integer_of(i), .offset = c->anchor[u]};
  *b =
      (place){.parameter = own, .scale = integer_of(j), .offset = c->anchor[v]};
  const interval limit = plan_limit(p, own);
  for (int side = 1; side >= 0; side--) {
    p->reach[own].now = side ? interval_of(integer_of(0), integer_of(1))
                             : interval_of(integer_of(-1), integer_of(0));
    plan_sync(p, own);
    if (interval_contains(limit, p->reach[own].now) &&
        component_holds(c, p->space, own, point) == PROOF_HOLDS)
      return true;
  }
  *a = was_a;
  *b = was_b;
  p->reach[own] = kept;
  plan_sync(p, own);
  return false;
}

/* Whether a variable stands still although the user let it move. */
static bool is_stuck(const plan *p, uint32_t v) {
  const place *at = &p->space->place[v];
  if (interval_is_single(p->c->own[v]))
    return false;
  if (at->constant)
    return true;
  for (size_t k = 0; k < p->c->variable_count; k++) {
    const uint32_t u = p->c->variable[k];
    if (u != v && !p->space->place[u].constant &&
        p->space->place[u].parameter == at->parameter)
      return false;
  }
  return interval_is_single(p->reach[at->parameter].now);
}

/* Lets pairs of pinned variables move together where they can. */
void plan_pair_pinned(plan *p) {
  static const int64_t step[] = {1, 2, 3, 4, 6, 8, 16};
  enum { STEPS = sizeof step / sizeof *step };
  component *c = p->c;
  bool any = false;
  for (size_t x = 0; x < c->variable_count; x++)
    for (size_t y = x + 1; y < c->variable_count; y++)
      for (int i = 0; i < STEPS * STEPS; i++) {
        const uint32_t u = c->variable[x], v = c->variable[y];
        if (!is_stuck(p, u) || !is_stuck(p, v))
          break;
        any |= pair(p, u, v, step[i / STEPS], step[i % STEPS]);
      }
  if (any)
    plan_grow(p);
}
