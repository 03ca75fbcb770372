/* Calls in groups, one for each program. */
#include "lib/observe/plans.h"

#include <stdlib.h>
#include <string.h>

/* Calls that go together, and the states that they agree in. */
typedef struct {
  uint32_t *pin; /* of each place where calls differ */
  size_t call_count;
  size_t given;
  size_t first; /* call */
  size_t rank;  /* among the plans */
} group;

typedef struct {
  dimsat_observation *o;
  size_t calls;
  uint32_t *state;    /* [place * calls + call] */
  size_t place_count; /* of those in which calls differ */
  size_t *place;
  uint32_t *row;  /* [call * place_count + k]: the same states, by call */
  size_t *member; /* the group of each call */
  size_t count, capacity;
  group *group;
} grouping;

/* ---- Where calls differ ------------------------------------------------ */

/* Whether two calls have different states that are not open. */
static bool differs(const grouping *g, size_t place) {
  const uint32_t *const row = &g->state[place * g->calls];
  uint32_t first = PLAN_OPEN;
  for (size_t i = 0; i < g->calls; i++) {
    if (row[i] == PLAN_OPEN)
      continue;
    if (first != PLAN_OPEN && row[i] != first)
      return true;
    first = row[i];
  }
  return false;
}

/* These places, and the states of each call there. */
static void find_rows(grouping *g) {
  arena *const m = &g->o->cx->work;
  g->place = arena_zeroed(m, g->o->place_count + 1, sizeof *g->place);
  g->place_count = 0;
  for (size_t k = 0; k < g->o->place_count; k++)
    if (differs(g, k))
      g->place[g->place_count++] = k;
  g->row = arena_zeroed(m, g->calls * g->place_count + 1, sizeof *g->row);
  for (size_t i = 0; i < g->calls; i++)
    for (size_t k = 0; k < g->place_count; k++)
      g->row[i * g->place_count + k] = g->state[g->place[k] * g->calls + i];
}

/* ---- Joining ----------------------------------------------------------- */

/* Whether a call fits what a group is known to have. */
static bool fits(const grouping *g, const group *to, const uint32_t *row) {
  for (size_t k = 0; k < g->place_count; k++)
    if (row[k] != PLAN_OPEN && to->pin[k] != PLAN_OPEN && row[k] != to->pin[k])
      return false;
  return true;
}

/* What a call has that no other of its group showed. */
static void take_states(const grouping *g, group *to, const uint32_t *row) {
  for (size_t k = 0; k < g->place_count; k++)
    if (to->pin[k] == PLAN_OPEN)
      to->pin[k] = row[k];
}

/* A group of no calls yet. */
static size_t add_group(grouping *g) {
  arena *const m = &g->o->cx->work;
  g->group = arena_grow(m, g->group, g->count, &g->capacity, sizeof *g->group);
  g->group[g->count] = (group){
      .first = SIZE_MAX,
      .pin = arena_zeroed(m, g->place_count + 1, sizeof *g->group->pin)};
  return g->count++;
}

/* The group for a call; one of its own where it fits none. */
static size_t find_group(grouping *g, const uint32_t *row, bool open) {
  for (size_t i = 0; open && i < g->count; i++)
    if (fits(g, &g->group[i], row))
      return i;
  return add_group(g);
}

/* Calls with the same states as one before go where that went. */
static void place_call(grouping *g, table *known, size_t call, bool open) {
  const uint32_t *const row = &g->row[call * g->place_count];
  const size_t size = g->place_count * sizeof *row;
  const uint32_t hash = hash_bytes(0, row, size);
  uint32_t after = hash;
  const size_t *old;
  while ((old = table_next(known, hash, &after)) != NULL) {
    const size_t other = (size_t)(old - g->member);
    if (memcmp(&g->row[other * g->place_count], row, size) != 0)
      continue;
    g->member[call] = *old;
    return;
  }
  g->member[call] = find_group(g, row, open);
  table_add(known, &g->o->cx->work, hash, &g->member[call]);
  take_states(g, &g->group[g->member[call]], row);
}

/* The number of open states of a call, and the call. */
typedef struct {
  size_t open, call;
} turn;

static int compare_turns(const void *a, const void *b) {
  const turn *const x = a, *const y = b;
  if (x->open != y->open)
    return x->open < y->open ? -1 : 1;
  return x->call < y->call ? -1 : 1;
}

/* Those with the fewest open states first. */
static void place_calls(grouping *g) {
  arena *const m = &g->o->cx->work;
  table known;
  table_init(&known, m, 0);
  turn *const turns = arena_zeroed(m, g->calls + 1, sizeof *turns);
  for (size_t i = 0; i < g->calls; i++) {
    turns[i].call = i;
    for (size_t k = 0; k < g->place_count; k++)
      turns[i].open += g->row[i * g->place_count + k] == PLAN_OPEN;
  }
  qsort(turns, g->calls, sizeof *turns, compare_turns);
  for (size_t i = 0; i < g->calls; i++)
    place_call(g, &known, turns[i].call, turns[i].open > 0);
}

/* ---- What groups have -------------------------------------------------- */

/* Says why what stands for an argument does not. */
static void note_unlike(dimsat_observation *o, const plan_place *at,
                        size_t filled) {
  const size_t parameters = o->calls->parameter_count;
  for (size_t i = 0; i < o->calls->call_count; i++) {
    if (o->filled[i * parameters + at->parameter] || at->value[i] == NULL)
      continue;
    observe_note(o,
                 "value_if_missing of %s is not used: it is %s, and calls give "
                 "%s",
                 at->path, plan_words(o, at, filled), plan_words(o, at, i));
    return;
  }
}

/* Leaves out what was filled in all calls of a group: none shows its sizes. */
static void leave_out_filled(grouping *g) {
  dimsat_observation *const o = g->o;
  const size_t parameters = o->calls->parameter_count;
  bool *const has = arena_zeroed(&o->cx->work, g->count + 1, sizeof *has);
  for (size_t k = 0; k < o->place_count; k++) {
    const size_t p = o->place[k].parameter;
    if (strcmp(o->place[k].path, o->calls->parameter[p].name) != 0)
      continue;
    bool told = false;
    memset(has, 0, g->count * sizeof *has);
    for (size_t i = 0; i < g->calls; i++)
      has[g->member[i]] |= !o->filled[i * parameters + p];
    for (size_t i = 0; i < g->calls; i++) {
      if (has[g->member[i]] || !o->filled[i * parameters + p])
        continue;
      if (!told)
        note_unlike(o, &o->place[k], i);
      told = true;
      o->filled[i * parameters + p] = false;
      g->state[k * g->calls + i] = PLAN_ABSENT;
    }
  }
}

/* The states of each group, once it is complete. */
static void pin_groups(grouping *g) {
  find_rows(g);
  for (size_t i = 0; i < g->count; i++)
    g->group[i].pin = arena_zeroed(&g->o->cx->work, g->place_count + 1,
                                   sizeof *g->group->pin);
  for (size_t i = 0; i < g->calls; i++)
    take_states(g, &g->group[g->member[i]], &g->row[i * g->place_count]);
}

/* Counts the calls, and the tensors and whole numbers that they give. */
static void count_given(grouping *g) {
  bool *const has = arena_zeroed(&g->o->cx->work, g->count + 1, sizeof *has);
  for (size_t i = g->calls; i-- > 0;) {
    g->group[g->member[i]].call_count++;
    g->group[g->member[i]].first = i;
  }
  for (size_t k = 0; k < g->o->place_count; k++) {
    memset(has, 0, g->count * sizeof *has);
    for (size_t i = 0; g->o->place[k].is_leaf && i < g->calls; i++)
      has[g->member[i]] |= g->state[k * g->calls + i] >= PLAN_GIVEN;
    for (size_t i = 0; i < g->count; i++)
      g->group[i].given += has[i];
  }
}

static int compare_groups(const void *a, const void *b) {
  const group *const x = *(const group *const *)a, *const y =
                                                       *(const group *const *)b;
  if (x->given != y->given)
    return x->given > y->given ? -1 : 1;
  if (x->call_count != y->call_count)
    return x->call_count > y->call_count ? -1 : 1;
  return x->first < y->first ? -1 : 1;
}

/* Numbers the groups in the order of plans. */
static void rank_groups(grouping *g) {
  group **const order =
      arena_zeroed(&g->o->cx->work, g->count + 1, sizeof *order);
  for (size_t i = 0; i < g->count; i++)
    order[i] = &g->group[i];
  qsort(order, g->count, sizeof *order, compare_groups);
  for (size_t i = 0; i < g->count; i++)
    order[i]->rank = i;
}

/* ---- Words ------------------------------------------------------------- */

/* A call with the state that a group has at a place where calls differ. */
static size_t call_like(const grouping *g, const group *of, size_t k) {
  const uint32_t *const row = &g->state[g->place[k] * g->calls];
  size_t i = 0;
  while (row[i] != of->pin[k])
    i++;
  return i;
}

/* Whether "given" says enough: there are only None and one other state, which
 * is no constant. */
static bool is_presence(const grouping *g, size_t k) {
  const plan_place *const at = &g->o->place[g->place[k]];
  uint32_t state = PLAN_ABSENT;
  for (size_t i = 0; i < g->count; i++) {
    const uint32_t pin = g->group[i].pin[k];
    if (pin < PLAN_GIVEN)
      continue;
    if ((state != PLAN_ABSENT && pin != state) ||
        plan_keeps(at, at->value[call_like(g, &g->group[i], k)]))
      return false;
    state = pin;
  }
  return true;
}

/* What tells each plan from others, at one place. */
static void add_parts(grouping *g, size_t k) {
  dimsat_observation *const o = g->o;
  const plan_place *const at = &o->place[g->place[k]];
  const bool presence = is_presence(g, k);
  for (size_t i = 0; i < g->count; i++) {
    const group *const from = &g->group[i];
    plan *const p = &o->plan[from->rank];
    if (from->pin[k] == PLAN_OPEN)
      continue;
    p->part[p->part_count++] = (plan_part){
        .path = at->path,
        .state = from->pin[k] == PLAN_ABSENT ? "not given"
                 : presence                  ? "given"
                            : plan_words(o, at, call_like(g, from, k))};
  }
}

/* Whether groups that are alike at place `holder` are alike at `k`, too. */
static bool is_told(const grouping *g, size_t holder, size_t k) {
  uint32_t *const known =
      arena_zeroed(&g->o->cx->work, g->calls + PLAN_GIVEN, sizeof *known);
  for (size_t i = 0; i < g->count; i++) {
    const uint32_t pin = g->group[i].pin[k];
    uint32_t *const other = &known[g->group[i].pin[holder]];
    if (pin != PLAN_OPEN && *other != PLAN_OPEN && *other != pin)
      return false;
    *other = pin != PLAN_OPEN ? pin : *other;
  }
  return true;
}

/* All of them; what follows from the place that holds it goes without saying.
 */
static void add_all_parts(grouping *g) {
  size_t *const holder =
      arena_zeroed(&g->o->cx->work, g->place_count + 1, sizeof *holder);
  size_t depth = 0;
  for (size_t k = 0; k < g->place_count; k++) {
    while (depth > 0 &&
           g->place[k] >= g->o->place[g->place[holder[depth - 1]]].end)
      depth--;
    bool told = false;
    for (size_t i = 0; i < depth && !told; i++)
      told = is_told(g, holder[i], k);
    if (told)
      continue;
    holder[depth++] = k;
    add_parts(g, k);
  }
}

/* ---- Plans ------------------------------------------------------------- */

/* Which calls want a cache of length 0 for their plan, by parameter. */
static void find_empty(grouping *g) {
  dimsat_observation *const o = g->o;
  const size_t parameters = o->calls->parameter_count;
  bool *const has = arena_zeroed(&o->cx->work, g->count + 1, sizeof *has);
  for (size_t k = 0; k < o->place_count; k++) {
    const uint32_t *const row = &g->state[k * g->calls];
    memset(has, 0, g->count * sizeof *has);
    for (size_t i = 0; i < g->calls; i++)
      has[g->member[i]] |= row[i] >= PLAN_GIVEN;
    for (size_t i = 0; i < g->calls; i++)
      o->empty[i * parameters + o->place[k].parameter] |=
          row[i] == PLAN_OPEN && has[g->member[i]];
  }
}

/* The groups in order. */
static void make_plans(grouping *g) {
  dimsat_observation *const o = g->o;
  arena *const m = &o->cx->nodes;
  o->plan = arena_zeroed(m, g->count + 1, sizeof *o->plan);
  o->plan_count = g->count;
  for (size_t i = 0; i < g->count; i++) {
    plan *const p = &o->plan[g->group[i].rank];
    p->given = g->group[i].given;
    p->call = arena_zeroed(m, g->group[i].call_count + 1, sizeof *p->call);
    p->part = arena_zeroed(m, g->place_count + 1, sizeof *p->part);
  }
  for (size_t i = 0; i < g->calls; i++) {
    plan *const p = &o->plan[g->group[g->member[i]].rank];
    p->call[p->call_count++] = i;
  }
}

/* Says what a program takes in the place of what was recorded. */
static void note_filled(dimsat_observation *o) {
  const size_t parameters = o->calls->parameter_count;
  for (size_t p = 0; p < parameters; p++) {
    size_t filled = 0;
    for (size_t i = 0; i < o->calls->call_count; i++)
      filled += o->filled[i * parameters + p];
    if (filled > 0)
      observe_note(o,
                   "%s is not given in %zu call%s: a program takes %s with "
                   "value_if_missing, in the sizes that it demands",
                   o->calls->parameter[p].name, filled, filled == 1 ? "" : "s",
                   filled == 1 ? "it" : "them");
  }
}

/* From places to plans. */
void observe_plans(dimsat_observation *o) {
  const size_t cells = o->calls->call_count * o->calls->parameter_count + 1;
  grouping g = {.o = o, .calls = o->calls->call_count};
  if (o->filled == NULL)
    o->filled = arena_zeroed(&o->cx->nodes, cells, sizeof *o->filled);
  o->empty = arena_zeroed(&o->cx->nodes, cells, sizeof *o->empty);
  g.state = plan_states(o);
  g.member = arena_zeroed(&o->cx->work, g.calls + 1, sizeof *g.member);
  find_rows(&g);
  place_calls(&g);
  leave_out_filled(&g);
  pin_groups(&g);
  count_given(&g);
  rank_groups(&g);
  make_plans(&g);
  find_empty(&g);
  add_all_parts(&g);
  note_filled(o);
}
