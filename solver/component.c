#include "solver/component.h"

#include "lib/expr/build.h"
#include "solver/sets.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_POINTS = 24 };

/* Joins the named variables of one claim to `first`, if there is one. */
static uint32_t join_claim(const binding *b, uint32_t *parent, const claim *c,
                           uint32_t first) {
  for (size_t k = 0; k < c->variable_count; k++) {
    const uint32_t v = c->variable[k];
    if (v >= b->named_count)
      break;
    if (first == UINT32_MAX)
      first = v;
    parent[set_root(parent, v)] = set_root(parent, first);
  }
  return first;
}

/* Joins everything that requirements and groups connect. */
static uint32_t *join_named(binding *b, const existence *x) {
  uint32_t *parent = arena_alloc(b->m, (b->named_count + 1) * sizeof *parent);
  for (uint32_t i = 0; i < b->named_count; i++)
    parent[i] = i;
  for (size_t i = 0; i < b->requirement_count; i++)
    if (!b->requirement[i].mixed)
      join_claim(b, parent, b->requirement[i].claim, UINT32_MAX);
  for (size_t i = 0; i < x->group_count; i++) {
    uint32_t first = UINT32_MAX;
    for (size_t k = 0; k < x->group[i].part_count; k++)
      first = join_claim(b, parent, x->group[i].part[k]->claim, first);
  }
  return parent;
}

/* qsort order: fewer nodes first, then structure. */
static int by_size(const void *a, const void *b) {
  const requirement *x = *(const requirement *const *)a;
  const requirement *y = *(const requirement *const *)b;
  if (x->claim->node_count != y->claim->node_count)
    return x->claim->node_count < y->claim->node_count ? -1 : 1;
  const int order = expr_compare(x->condition, y->condition);
  return order ? order : x->guard < y->guard ? -1 : x->guard > y->guard;
}

/* An empty component for each set of connected variables; `of[i]` is that of
 * variable i. */
static component *list_components(binding *b, oracle *o, const existence *x,
                                  size_t *of, size_t *count) {
  uint32_t *parent = join_named(b, x);
  component *list = arena_alloc(b->m, (b->named_count + 1) * sizeof *list);
  size_t *of_root = arena_alloc(b->m, (b->named_count + 1) * sizeof *of_root);
  *count = 0;
  for (uint32_t i = 0; i < b->named_count; i++)
    of_root[i] = SIZE_MAX;
  for (uint32_t i = 0; i < b->named_count; i++) {
    const uint32_t root = set_root(parent, i);
    if (of_root[root] == SIZE_MAX) {
      of_root[root] = (*count)++;
      list[of_root[root]] = (component){.b = b, .o = o};
    }
    of[i] = of_root[root];
    component *c = &list[of[i]];
    c->variable = arena_grow(b->m, c->variable, c->variable_count,
                             &c->variable_capacity, sizeof *c->variable);
    c->variable[c->variable_count++] = i;
  }
  return list;
}

/* Puts each plain requirement into its component. */
static void add_requirements(binding *b, component *list, const size_t *of,
                             const bool *broken) {
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    if (r->mixed || r->claim->variable_count == 0)
      continue;
    component *c = &list[of[r->claim->variable[0]]];
    c->broken |= broken[i];
    c->require = arena_grow(b->m, c->require, c->require_count,
                            &c->require_capacity, sizeof *c->require);
    c->require[c->require_count++] = r;
  }
}

/* Puts each group into the component of its first named variable. */
static void add_groups(binding *b, const existence *x, component *list,
                       const size_t *of, const bool *broken) {
  for (size_t i = 0; i < x->group_count; i++)
    for (size_t k = 0; k < x->group[i].part_count; k++) {
      const claim *part = x->group[i].part[k]->claim;
      if (part->variable[0] >= b->named_count)
        continue;
      component *c = &list[of[part->variable[0]]];
      c->group = arena_grow(b->m, c->group, c->group_count, &c->group_capacity,
                            sizeof *c->group);
      c->group[c->group_count++] = &x->group[i];
      c->broken |= broken[i];
      break;
    }
}

/* Sorts the requirements and keeps one of those that say the same. */
static void settle_requirements(component *c) {
  size_t n = 0;
  if (c->require_count == 0)
    return;
  qsort(c->require, c->require_count, sizeof *c->require, by_size);
  for (size_t i = 0; i < c->require_count; i++)
    if (i == 0 || c->require[i]->condition != c->require[n - 1]->condition)
      c->require[n++] = c->require[i];
  c->require_count = n;
  c->known = arena_zeroed(c->b->m, n, sizeof *c->known);
}

/* The components. */
component *component_list(binding *b, oracle *o, const existence *x,
                          const bool *broken_requirement,
                          const bool *broken_group, size_t *count) {
  size_t *of = arena_alloc(b->m, (b->named_count + 1) * sizeof *of);
  component *list = list_components(b, o, x, of, count);
  add_requirements(b, list, of, broken_requirement);
  add_groups(b, x, list, of, broken_group);
  for (size_t i = 0; i < *count; i++)
    settle_requirements(&list[i]);
  return list;
}

/* Whether the claim mentions a variable placed on parameter `touched`. */
static bool mentions(const claim *c, const space *s, size_t touched) {
  for (size_t i = 0; i < c->variable_count; i++) {
    const place *p = &s->place[c->variable[i]];
    if (touched == SIZE_MAX || (!p->constant && p->parameter == touched))
      return true;
  }
  return touched == SIZE_MAX;
}

/* A known breaking point that lies in `s`. */
static bool known_break(component *c, size_t i, const space *s,
                        integer *point) {
  const refutations *known = &c->known[i];
  integer *t = arena_alloc(c->o->m, (s->parameter_count + 1) * sizeof *t);
  for (size_t k = 0; k < known->count; k++)
    if (space_find(c->o->m, s, known->point[k], c->require[i]->claim->used,
                   t)) {
      space_values(c->o->m, s, t, point);
      if (claim_at(c->require[i]->claim, c->o->m, point) == POINT_BREAKS)
        return true;
    }
  return false;
}

/* Remembers a breaking point. */
static void remember(component *c, size_t i, const integer *point) {
  refutations *known = &c->known[i];
  const size_t n = c->b->variable_count;
  if (!known->point)
    known->point = arena_alloc(c->o->m, KEPT_POINTS * sizeof *known->point);
  integer *copy = arena_alloc(c->o->m, (n + 1) * sizeof *copy);
  memcpy(copy, point, n * sizeof *copy);
  if (known->count < KEPT_POINTS)
    known->point[known->count++] = copy;
  else
    known->point[0] = copy;
}

/* Whether all requirements that `touched` concerns hold on `s`. */
outcome component_holds(component *c, const space *s, size_t touched,
                        integer *point) {
  outcome worst = PROOF_HOLDS;
  for (size_t i = 0; i < c->require_count; i++)
    if (mentions(c->require[i]->claim, s, touched) &&
        known_break(c, i, s, point))
      return PROOF_BREAKS;
  for (size_t i = 0; i < c->require_count; i++) {
    if (!mentions(c->require[i]->claim, s, touched))
      continue;
    const outcome a = oracle_prove(c->o, c->require[i]->claim, s, point);
    if (a == PROOF_BREAKS) {
      remember(c, i, point);
      return a;
    }
    if (a == PROOF_OPEN)
      worst = a;
  }
  for (size_t i = 0; i < c->group_count; i++) {
    const outcome a = exists_prove(c->o, c->b, c->group[i], s, point);
    if (a == PROOF_BREAKS)
      return a;
    if (a == PROOF_OPEN)
      worst = a;
  }
  return worst;
}

/* ---- Anchors ----------------------------------------------------------- */

/* The ranges in which to look for sizes: examples stay. */
static interval *search_ranges(component *c) {
  binding *b = c->b;
  interval *range = arena_alloc(b->m, (b->variable_count + 1) * sizeof *range);
  for (size_t i = 0; i < b->variable_count; i++)
    range[i] = b->variable[i].has_example
                   ? interval_of(b->variable[i].example, b->variable[i].example)
                   : c->own[i];
  return range;
}

/* Whether all plain requirements hold at these sizes. */
static bool satisfies(component *c, const integer *size) {
  for (size_t i = 0; i < c->require_count; i++)
    if (claim_at(c->require[i]->claim, c->b->m, size) != POINT_HOLDS)
      return false;
  return true;
}

/* Sizes that satisfy every plain requirement. */
static bool find_sizes(component *c, integer *out) {
  binding *b = c->b;
  const expr **all = arena_alloc(b->m, (c->require_count + 1) * sizeof *all);
  for (size_t i = 0; i < c->require_count; i++)
    all[i] = c->require[i]->condition;
  const expr *every = build_and(b->cx, all, c->require_count);
  const space *s = bind_space(b, search_ranges(c));
  return s && oracle_refute(c->o, bind_claim(b, every), s, out) == PROOF_BREAKS;
}

/* Widens the user's range to the anchor, within the assumptions. */
static void widen_own(component *c) {
  binding *b = c->b;
  for (size_t i = 0; i < b->variable_count; i++) {
    const variable *v = &b->variable[i];
    c->own[i] = v->user;
    if (v->named && v->has_example)
      c->own[i] = interval_join(c->own[i], interval_of(v->example, v->example));
    c->own[i] = interval_meet(c->own[i], v->assumed);
  }
}

/* Whether every variable of the component has an example that satisfies it. */
static bool example_holds(component *c) {
  for (size_t i = 0; i < c->variable_count; i++)
    if (!c->b->variable[c->variable[i]].has_example)
      return false;
  return satisfies(c, c->anchor);
}

/* Fills `anchor` and `own`. */
bool component_anchor(component *c) {
  binding *b = c->b;
  bool known = true;
  c->anchor = arena_zeroed(b->m, b->variable_count + 1, sizeof *c->anchor);
  c->own = arena_zeroed(b->m, b->variable_count + 1, sizeof *c->own);
  widen_own(c);
  for (size_t i = 0; i < b->variable_count; i++)
    if (b->variable[i].has_example)
      c->anchor[i] = b->variable[i].example;
  for (size_t i = 0; i < c->variable_count; i++)
    known &= b->variable[c->variable[i]].has_example;
  if (example_holds(c))
    return true;
  return !known && find_sizes(c, c->anchor);
}
