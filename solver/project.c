/*
 * The other variables become free ones and are eliminated as free axes are;
 * the set is exact when none of them is left.
 */
#include "solver/project.h"

/* Larger sets of connected variables are not projected, nor is anything in
 * larger problems: each projection copies the problem's variables. */
enum { MOST_VARIABLES = 24, MOST_IN_PROBLEM = 256 };

/* The requirements that are connected with the variables of `c`. */
size_t project_connected(const binding *b, const claim *c,
                         const requirement **out) {
  bool *reached = arena_zeroed(b->m, b->variable_count + 1, sizeof *reached);
  bool *taken = arena_zeroed(b->m, b->requirement_count + 1, sizeof *taken);
  size_t n = 0;
  for (size_t i = 0; i < c->variable_count; i++)
    reached[c->variable[i]] = true;
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < b->requirement_count; i++) {
      const claim *r = b->requirement[i].claim;
      bool touches = false;
      for (size_t k = 0; k < r->variable_count; k++)
        touches |= reached[r->variable[k]];
      if (taken[i] || !touches)
        continue;
      taken[i] = again = true;
      out[n++] = &b->requirement[i];
      for (size_t k = 0; k < r->variable_count; k++)
        reached[r->variable[k]] = true;
    }
  }
  return n;
}

/* A binding in which only variable `v` is named; the others follow it. */
static binding *with_one_named(const binding *b, size_t v) {
  arena *m = b->m;
  binding *c = arena_alloc(m, sizeof *c);
  *c = *b;
  c->named_count = 1;
  c->requirement = NULL;
  c->requirement_count = c->requirement_capacity = 0;
  c->variable = arena_alloc(m, b->variable_count * sizeof *c->variable);
  c->symbol = arena_alloc(m, b->variable_count * sizeof *c->symbol);
  c->variable_of =
      arena_zeroed(m, b->variable_of_size + 1, sizeof *c->variable_of);
  for (size_t i = 0, n = 1; i < b->variable_count; i++) {
    const size_t at = i == v ? 0 : n++;
    c->variable[at] = b->variable[i];
    c->variable[at].assumed = variable_domain(&b->variable[i]);
    c->variable[at].dynamic = false;
    c->symbol[at] = b->symbol[i];
    c->variable_of[b->symbol[i]->id] = (uint32_t)at;
  }
  return c;
}

/* How many variables the requirements speak of. */
static size_t count_variables(const binding *b, const requirement *const *list,
                              size_t count) {
  bool *seen = arena_zeroed(b->m, b->variable_count + 1, sizeof *seen);
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < list[i]->claim->variable_count; k++) {
      n += !seen[list[i]->claim->variable[k]];
      seen[list[i]->claim->variable[k]] = true;
    }
  return n;
}

/* The sizes of variable `v` for which the others can follow. */
allowed project_onto(oracle *o, binding *b, size_t v, interval domain) {
  if (b->variable_count > MOST_IN_PROBLEM)
    return (allowed){.exact = false};
  const requirement **list =
      arena_alloc(b->m, (b->requirement_count + 1) * sizeof *list);
  const claim *start = bind_claim(b, b->symbol[v]);
  const size_t n = project_connected(b, start, list);
  if (count_variables(b, list, n) > MOST_VARIABLES)
    return (allowed){.exact = false};
  binding *c = with_one_named(b, v);
  for (size_t i = 0; i < n; i++)
    bind_require(c, list[i]->guard, list[i]->condition, NULL);
  const existence *x = exists_prepare(c);
  const claim **left =
      arena_alloc(b->m, (c->requirement_count + 1) * sizeof *left);
  for (size_t i = 0; i < c->requirement_count; i++)
    left[i] = c->requirement[i].claim;
  if (x->group_count)
    return (allowed){.exact = false};
  return allowed_of(o, 0, domain, left, c->requirement_count);
}
