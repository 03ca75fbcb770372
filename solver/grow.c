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
  integer step;
} face;

/* An endless side that nobody can decide is tried up to FAR, and a plan gives
 * up on faces after so many questions that nobody can decide. */
#define FAR (INT64_C(1) << 60)
enum { MOST_OPEN = 80 };

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

/* What broke the face, or where nobody could decide, becomes its limit's
 * neighbour. */
static void learn_limit(plan *p, face *f, outcome why, bool endless,
                        integer target, integer bad) {
  arena *m = p->c->b->m;
  interval *limit = &p->reach[f->parameter].limit;
  if (why == PROOF_OPEN)
    bad = endless
              ? integer_add(m, p->reach[f->parameter].now.lo, integer_of(FAR))
              : target;
  p->open += why == PROOF_OPEN;
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
  integer bad = target;
  move(p, f, endless, target);
  const outcome o = plan_holds(p, f->parameter, &bad);
  if (o == PROOF_HOLDS)
    return true;
  p->reach[f->parameter].now = before;
  plan_sync(p, f->parameter);
  learn_limit(p, f, o, endless, target, bad);
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
  const uint32_t n = (uint32_t)p->space->parameter_count;
  face *list = arena_alloc(p->c->b->m, (2 * (size_t)n + 1) * sizeof *list);
  *count = 0;
  for (int high = 1; high >= 0; high--)
    for (uint32_t i = 0; i < n; i++)
      if (p->reach[i].members)
        list[(*count)++] =
            (face){.parameter = i, .high = high, .step = integer_of(1)};
  return list;
}

/* Moves the faces of the plan as far as the requirements hold. */
void plan_grow(plan *p) {
  size_t count;
  face *list = list_faces(p, &count);
  for (uint32_t i = 0; i < p->space->parameter_count; i++)
    p->reach[i].limit = p->reach[i].bound;
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

/* Tries to give the variable a parameter of its own, which steps by `scale`,
 * over `now`, or with `own` over all that the user allows. */
static bool place_alone(plan *p, uint32_t v, integer scale, interval now,
                        bool own) {
  const place before = p->space->place[v];
  reach *r = &p->reach[v];
  const reach kept = *r;
  integer bad;
  plan_place(
      p, v, (place){.parameter = v, .scale = scale, .offset = p->c->anchor[v]});
  plan_bound(p, v);
  r->limit = r->bound;
  r->now = own ? r->bound : now;
  plan_sync(p, v);
  const outcome o = plan_holds(p, v, &bad);
  if (o == PROOF_HOLDS) {
    if (!before.constant)
      plan_bound(p, before.parameter);
    return true;
  }
  plan_place(p, v, before);
  r->bound = kept.bound;
  r->now = kept.now;
  r->limit = kept.limit;
  plan_sync(p, v);
  p->open += o == PROOF_OPEN;
  return false;
}

/* Frees the variable from all others: over the user's own range, else over the
 * sizes that it has, which may then grow. */
bool plan_release(plan *p, uint32_t v) {
  const place at = p->space->place[v];
  const bool own = !at.constant && at.parameter == v;
  if (p->reach[v].members > own)
    return false;
  if (place_alone(p, v, integer_of(1), interval_all(), true))
    return true;
  return !at.constant && !own &&
         place_alone(p, v, at.scale, p->reach[at.parameter].now, false);
}

/* ---- Finer strides ----------------------------------------------------- */

/* The greatest common divisor of the scales on parameter i. */
static integer common_scale(const plan *p, uint32_t i) {
  const reach *r = &p->reach[i];
  integer g = integer_of(0);
  for (uint32_t n = r->members, v = r->first; n > 0; n--, v = p->next[v])
    g = integer_gcd(p->c->b->m, g, p->space->place[v].scale);
  return g;
}

/* Divides the scales on parameter i by q, or multiplies them back. */
static void rescale(plan *p, uint32_t i, integer q, bool divide) {
  arena *m = p->c->b->m;
  const reach *r = &p->reach[i];
  for (uint32_t n = r->members, v = r->first; n > 0; n--, v = p->next[v]) {
    integer *scale = &p->space->place[v].scale;
    *scale =
        divide ? integer_floordiv(m, *scale, q) : integer_mul(m, *scale, q);
  }
}

/* Tries a stride q times finer over the same sizes. */
static bool refine_by(plan *p, uint32_t i, integer q) {
  const interval kept = p->reach[i].now;
  integer bad;
  rescale(p, i, q, true);
  p->reach[i].now = interval_scale(p->c->b->m, kept, q);
  plan_sync(p, i);
  const outcome o = plan_holds(p, i, &bad);
  if (o == PROOF_HOLDS) {
    plan_bound(p, i);
    return true;
  }
  p->open += o == PROOF_OPEN;
  rescale(p, i, q, false);
  p->reach[i].now = kept;
  plan_sync(p, i);
  return false;
}

/* Makes strides finer where all sizes between are safe too. */
bool plan_refine(plan *p) {
  enum { LARGEST_FACTOR = 64 };
  bool any = false;
  for (uint32_t i = 0; i < p->space->parameter_count; i++) {
    integer scale = common_scale(p, i);
    for (int64_t k = LARGEST_FACTOR; k >= 2 && p->reach[i].members; k--) {
      const integer q = integer_of(k);
      while (!integer_is(scale, 1) && integer_divides(q, scale) &&
             refine_by(p, i, q)) {
        scale = integer_floordiv(p->c->b->m, scale, q);
        any = true;
      }
    }
  }
  if (any)
    plan_grow(p);
  return any;
}
