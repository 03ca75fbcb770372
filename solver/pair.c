/*
 * Pairs: two variables that are stuck alone may be free to move together, as
 * in a + b == c + d.  Only variables that a requirement connects can help each
 * other.
 */
#include "solver/numbers.h"
#include "solver/plan.h"

/* Partners that are tried for one variable. */
enum { MOST_PARTNERS = 64 };

/* Whether the requirements over variable `on` hold at the anchor when u and v
 * are moved by i and j; told by evaluation, which is much cheaper than a proof
 * and rules most steps out. */
static bool holds_moved(const plan *p, uint32_t on, uint32_t u, int64_t i,
                        uint32_t v, int64_t j) {
  const component *c = p->c;
  arena *m = &c->o->scratch;
  const arena_mark mark = arena_get_mark(m);
  bool holds = true;
  for (uint32_t k = 0; k < c->on_count[on] && holds; k++) {
    const claim *e = c->require[c->on[on][k]]->claim;
    integer *point = arena_alloc(m, e->variable_count * sizeof *point);
    for (size_t n = 0; n < e->variable_count; n++) {
      const uint32_t x = e->variable[n];
      const int64_t step = x == u ? i : x == v ? j : 0;
      point[n] = integer_add(m, c->anchor[x], integer_of(step));
    }
    holds = claim_at_point(e, m, point) == POINT_HOLDS;
  }
  arena_rewind(m, mark);
  return holds;
}

/* Whether u and v may take i and j steps from the anchor, for all we know. */
static bool may_move(const plan *p, uint32_t u, int64_t i, uint32_t v,
                     int64_t j) {
  return holds_moved(p, u, u, i, v, j) && holds_moved(p, v, u, i, v, j);
}

/* Lets pinned variables u and v take i and j steps a turn, if they can. */
static bool pair(plan *p, uint32_t u, uint32_t v, int64_t i, int64_t j) {
  component *c = p->c;
  const place was_u = p->space->place[u], was_v = p->space->place[v];
  const interval kept = p->reach[u].now;
  uint32_t open = 0;
  integer bad;
  if (!may_move(p, u, i, v, j) && !may_move(p, u, -i, v, -j))
    return false;
  plan_place(
      p, u,
      (place){.parameter = u, .scale = integer_of(i), .offset = c->anchor[u]});
  plan_place(
      p, v,
      (place){.parameter = u, .scale = integer_of(j), .offset = c->anchor[v]});
  plan_bound(p, u);
  for (int side = 1; side >= 0; side--) {
    p->reach[u].now = side ? interval_of(integer_of(0), integer_of(1))
                           : interval_of(integer_of(-1), integer_of(0));
    plan_sync(p, u);
    if (!interval_contains(p->reach[u].bound, p->reach[u].now))
      continue;
    const outcome o = plan_holds(p, u, &bad);
    if (o == PROOF_HOLDS)
      return true;
    open += o == PROOF_OPEN;
  }
  p->open += open;
  plan_place(p, v, was_v);
  plan_place(p, u, was_u);
  plan_bound(p, u);
  p->reach[u].now = kept;
  plan_sync(p, u);
  return false;
}

/* Whether a variable stands still, alone, although the user let it move. */
static bool is_stuck(const plan *p, uint32_t v) {
  const place *at = &p->space->place[v];
  if (interval_is_single(p->c->own[v]))
    return false;
  return at->constant || (p->reach[at->parameter].members == 1 &&
                          interval_is_single(p->reach[at->parameter].now));
}

/* The variables behind `u` in a claim. */
static void add_partners(const claim *e, size_t named, uint32_t u,
                         uint32_t *list, size_t *count) {
  for (size_t k = 0; k < e->variable_count && *count < MOST_PARTNERS; k++) {
    const uint32_t v = e->variable[k];
    bool known = v <= u || v >= named;
    for (size_t i = 0; i < *count && !known; i++)
      known = list[i] == v;
    if (!known)
      list[(*count)++] = v;
  }
}

/* The variables behind `u` that some requirement or group connects with it. */
static size_t list_partners(const component *c, uint32_t u, uint32_t *list) {
  size_t n = 0;
  for (uint32_t k = 0; k < c->on_count[u]; k++)
    add_partners(c->require[c->on[u][k]]->claim, c->b->named_count, u, list,
                 &n);
  for (size_t g = 0; g < c->f->group_count; g++)
    for (size_t k = 0; k < c->f->group[g].part_count; k++)
      add_partners(c->f->group[g].part[k]->claim, c->b->named_count, u, list,
                   &n);
  return numbers_settle(list, n);
}

/* Tries all pairs of small steps for u and v. */
static bool pair_up(plan *p, uint32_t u, uint32_t v) {
  static const int64_t step[] = {1, 2, 3, 4, 6, 8, 16};
  enum { STEPS = sizeof step / sizeof *step };
  for (int i = 0; i < STEPS * STEPS; i++)
    if (pair(p, u, v, step[i / STEPS], step[i % STEPS]))
      return true;
  return false;
}

/* Lets pairs of pinned variables move together where they can. */
void plan_pair_pinned(plan *p) {
  uint32_t list[MOST_PARTNERS];
  bool any = false;
  for (uint32_t u = 0; u < p->c->b->named_count; u++) {
    if (!is_stuck(p, u))
      continue;
    const size_t n = list_partners(p->c, u, list);
    for (size_t i = 0; i < n && is_stuck(p, u); i++)
      if (is_stuck(p, list[i]))
        any |= pair_up(p, u, list[i]);
  }
  if (any)
    plan_grow(p);
}
