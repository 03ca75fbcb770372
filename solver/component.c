#include "solver/component.h"

#include "lib/expr/build.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_POINTS = 24 };

/* ---- Requirements ------------------------------------------------------ */

/* qsort order: fewer nodes first, then structure. */
static int by_size(const void *a, const void *b) {
  const requirement *x = *(const requirement *const *)a;
  const requirement *y = *(const requirement *const *)b;
  if (x->claim->node_count != y->claim->node_count)
    return x->claim->node_count < y->claim->node_count ? -1 : 1;
  const int order = expr_compare(x->condition, y->condition);
  return order ? order : x->guard < y->guard ? -1 : x->guard > y->guard;
}

/* Lists the plain requirements in order, one of those that say the same. */
static void list_requirements(component *c) {
  binding *b = c->b;
  size_t count = 0, n = 0;
  c->require =
      arena_alloc(b->m, (b->requirement_count + 1) * sizeof *c->require);
  for (size_t i = 0; i < b->requirement_count; i++)
    if (!b->requirement[i].mixed && b->requirement[i].claim->variable_count)
      c->require[count++] = &b->requirement[i];
  qsort(c->require, count, sizeof *c->require, by_size);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || c->require[i]->condition != c->require[n - 1]->condition)
      c->require[n++] = c->require[i];
  c->require_count = n;
  c->known = arena_zeroed(b->m, n + 1, sizeof *c->known);
}

/* Lists the requirements over each variable. */
static void index_requirements(component *c) {
  binding *b = c->b;
  const size_t n = b->variable_count + 1;
  c->on = arena_zeroed(b->m, n, sizeof *c->on);
  c->on_count = arena_zeroed(b->m, n, sizeof *c->on_count);
  for (int fill = 0; fill < 2; fill++) {
    for (size_t v = 0; v < b->variable_count && fill; v++) {
      c->on[v] = arena_alloc(b->m, (c->on_count[v] + 1) * sizeof *c->on[v]);
      c->on_count[v] = 0;
    }
    for (uint32_t i = 0; i < c->require_count; i++) {
      const claim *e = c->require[i]->claim;
      for (size_t k = 0; k < e->variable_count; k++) {
        const uint32_t v = e->variable[k];
        if (fill)
          c->on[v][c->on_count[v]] = i;
        c->on_count[v]++;
      }
    }
  }
}

/* The part of the findings, ready for repair. */
component *component_new(findings *f) {
  component *c = arena_zeroed(f->b->m, 1, sizeof *c);
  *c = (component){.f = f, .b = f->b, .o = f->o};
  list_requirements(c);
  index_requirements(c);
  return c;
}

/* Whether something is broken, or misses its example. */
bool component_is_broken(const findings *f) {
  for (size_t i = 0; i < f->b->named_count; i++)
    if (f->b->variable[i].misses)
      return true;
  for (size_t i = 0; i < f->b->requirement_count; i++)
    if (f->broken[i] && f->b->requirement[i].claim->variable_count)
      return true;
  for (size_t i = 0; i < f->group_count; i++)
    if (f->group_broken[i])
      return true;
  return false;
}

/* ---- Proofs ------------------------------------------------------------ */

/* Whether `s` holds the point of a claim. */
static bool holds_point(arena *m, const claim *c, const space *s,
                        const integer *point) {
  const arena_mark mark = arena_get_mark(m);
  const space *part = claim_space(c, m, s, NULL);
  bool *known = arena_zeroed(m, part->parameter_count + 1, sizeof *known);
  integer *t = arena_alloc(m, (part->parameter_count + 1) * sizeof *t);
  bool in = true;
  for (size_t i = 0; i < part->variable_count && in; i++)
    in = space_place(m, part, i, point[i], known, t);
  arena_rewind(m, mark);
  return in;
}

/* A known breaking point that lies in `s`, or NULL. */
static const integer *known_break(component *c, uint32_t i, const space *s) {
  const refutations *known = &c->known[i];
  for (size_t k = 0; k < known->count; k++)
    if (holds_point(&c->o->scratch, c->require[i]->claim, s, known->point[k]))
      return known->point[k];
  return NULL;
}

/* Remembers a breaking point. */
static void remember(component *c, uint32_t i, integer *point) {
  refutations *known = &c->known[i];
  if (!known->point)
    known->point = arena_alloc(c->o->m, KEPT_POINTS * sizeof *known->point);
  if (known->count < KEPT_POINTS)
    known->point[known->count++] = point;
  else
    known->point[0] = point;
}

/* The value of parameter `touched` where variable v is x; false when v is
 * placed elsewhere. */
static bool parameter_value(component *c, const space *s, uint32_t v, integer x,
                            uint32_t touched, integer *k) {
  const place *p = &s->place[v];
  if (p->constant || p->parameter != touched)
    return false;
  *k = integer_floordiv(c->b->m, integer_sub(c->b->m, x, p->offset), p->scale);
  return true;
}

/* Notes the parameter's value at the point of a claim; BREAKS. */
static outcome broken_at(component *c, const space *s, const claim *e,
                         const integer *point, uint32_t touched, integer *bad) {
  for (size_t k = 0; k < e->variable_count; k++)
    if (parameter_value(c, s, e->variable[k], point[k], touched, bad))
      break;
  return PROOF_BREAKS;
}

/* Whether all groups hold on `s`. */
static outcome groups_hold(component *c, const space *s, uint32_t touched,
                           integer *bad) {
  outcome worst = PROOF_HOLDS;
  if (c->f->group_count == 0)
    return worst;
  integer *point =
      arena_alloc(c->b->m, (c->b->variable_count + 1) * sizeof *point);
  for (size_t i = 0; i < c->f->group_count; i++) {
    const outcome a = exists_prove(c->o, c->b, &c->f->group[i], s, point);
    for (uint32_t v = 0; a == PROOF_BREAKS && v < c->b->named_count; v++)
      if (parameter_value(c, s, v, point[v], touched, bad))
        break;
    if (a == PROOF_BREAKS)
      return a;
    if (a == PROOF_OPEN)
      worst = a;
  }
  return worst;
}

/* Whether the requirements in `list` and all groups hold on `s`. */
outcome component_holds(component *c, const space *s, const uint32_t *list,
                        size_t count, uint32_t touched, integer *bad) {
  outcome worst = PROOF_HOLDS;
  for (size_t i = 0; i < count; i++) {
    const integer *point = known_break(c, list[i], s);
    if (point)
      return broken_at(c, s, c->require[list[i]]->claim, point, touched, bad);
  }
  for (size_t i = 0; i < count; i++) {
    const claim *e = c->require[list[i]]->claim;
    integer *point =
        arena_alloc(c->o->m, (e->variable_count + 1) * sizeof *point);
    const outcome a = oracle_prove(c->o, e, s, point);
    if (a == PROOF_BREAKS) {
      remember(c, list[i], point);
      return broken_at(c, s, e, point, touched, bad);
    }
    if (a == PROOF_OPEN)
      worst = a;
  }
  const outcome groups = groups_hold(c, s, touched, bad);
  return groups == PROOF_HOLDS ? worst : groups;
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
  for (size_t i = 0; i < c->require_count; i++) {
    const claim *e = c->require[i]->claim;
    budget_spend(c->b->budget, 1 + e->node_count / 4);
    if (claim_at(e, c->b->m, size) != POINT_HOLDS)
      return false;
  }
  return true;
}

/* Sizes that satisfy every plain requirement. */
static bool find_sizes(component *c, integer *out) {
  binding *b = c->b;
  const interval *range = search_ranges(c);
  const space *s = bind_space(b, range);
  const expr **all = arena_alloc(b->m, (c->require_count + 1) * sizeof *all);
  for (size_t i = 0; i < c->require_count; i++)
    all[i] = c->require[i]->condition;
  const claim *every = bind_claim(b, build_and(b->cx, all, c->require_count));
  integer *point =
      arena_alloc(b->m, (every->variable_count + 1) * sizeof *point);
  if (!s || oracle_refute(c->o, every, s, point) != PROOF_BREAKS)
    return false;
  for (size_t v = 0; v < b->variable_count; v++)
    out[v] = s->parameter[v].base;
  for (size_t i = 0; i < every->variable_count; i++)
    out[every->variable[i]] = point[i];
  return true;
}

/* Fills `anchor` and `own`. */
bool component_anchor(component *c) {
  binding *b = c->b;
  bool known = true;
  c->anchor = arena_zeroed(b->m, b->variable_count + 1, sizeof *c->anchor);
  c->own = arena_zeroed(b->m, b->variable_count + 1, sizeof *c->own);
  for (size_t i = 0; i < b->variable_count; i++) {
    c->own[i] = variable_own(&b->variable[i]);
    if (b->variable[i].has_example)
      c->anchor[i] = b->variable[i].example;
    known &= b->variable[i].has_example || i >= b->named_count;
  }
  if (known && satisfies(c, c->anchor))
    return true;
  return !known && find_sizes(c, c->anchor);
}
