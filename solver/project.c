/*
 * The other variables become free ones and are eliminated as free axes are;
 * the set is exact when none of them is left.
 */
#include "solver/project.h"

#include <stdlib.h>

/* Larger parts are not projected. */
enum { MOST_VARIABLES = 24 };

/* The n-th variable of `b` when `v` comes first. */
static uint32_t variable_at(uint32_t v, uint32_t n) {
  return n == 0 ? v : n <= v ? n - 1 : n;
}

/* A binding in which only variable `v` is named, the first; the others follow
 * it.  It has no requirements yet. */
static binding with_one_named(const binding *b, uint32_t v) {
  arena *m = b->m;
  const size_t n = b->variable_count;
  binding c = {.problem = b->problem,
               .cx = b->cx,
               .m = m,
               .variable_count = n,
               .named_count = 1,
               .budget = b->budget,
               .variable = arena_alloc(m, n * sizeof *c.variable),
               .symbol = arena_alloc(m, n * sizeof *c.symbol),
               .variable_of = b->variable_of};
  for (uint32_t i = 0; i < n; i++) {
    const uint32_t from = variable_at(v, i);
    c.variable[i] = b->variable[from];
    c.variable[i].assumed = variable_domain(&b->variable[from]);
    c.variable[i].dynamic = false;
    c.symbol[i] = b->symbol[from];
  }
  return c;
}

/* Makes the symbols of `b` lead to its variables. */
static void number_symbols(const binding *b) {
  for (uint32_t i = 0; i < b->variable_count; i++)
    b->variable_of[b->symbol[i]->id] = i;
}

/* qsort order: fewer nodes first, then structure. */
static int by_size(const void *a, const void *b) {
  const claim *x = (*(const requirement *const *)a)->claim;
  const claim *y = (*(const requirement *const *)b)->claim;
  if (x->node_count != y->node_count)
    return x->node_count < y->node_count ? -1 : 1;
  return expr_compare(x->condition, y->condition);
}

/* The requirements in an order of their own: what can be eliminated must not
 * depend on the order of the guards. */
static const requirement **in_order(const binding *b) {
  const requirement **list =
      arena_alloc(b->m, (b->requirement_count + 1) * sizeof *list);
  for (size_t i = 0; i < b->requirement_count; i++)
    list[i] = &b->requirement[i];
  qsort(list, b->requirement_count, sizeof *list, by_size);
  return list;
}

/* What is left of the requirements of `b` over variable `v` alone; false when
 * some speak of others still. */
static bool eliminate_others(const binding *b, uint32_t v, binding *left) {
  const requirement **list = in_order(b);
  *left = with_one_named(b, v);
  number_symbols(left);
  for (size_t i = 0; i < b->requirement_count; i++)
    bind_require(left, list[i]->guard, list[i]->condition, NULL);
  exists_eliminate(left);
  number_symbols(b);
  for (size_t i = 0; i < left->requirement_count; i++)
    if (left->requirement[i].mixed)
      return false;
  return true;
}

/* The sizes of variable `v` for which the others can follow. */
allowed project_onto(oracle *o, binding *b, uint32_t v, interval domain) {
  binding left;
  if (b->variable_count > MOST_VARIABLES || !eliminate_others(b, v, &left))
    return (allowed){.exact = false};
  const claim **claims =
      arena_alloc(b->m, (left.requirement_count + 1) * sizeof *claims);
  for (size_t i = 0; i < left.requirement_count; i++)
    claims[i] = left.requirement[i].claim;
  return allowed_of(o, domain, claims, left.requirement_count);
}
