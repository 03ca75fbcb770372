/*
 * The other variables become free ones and are eliminated as free axes are;
 * the set is exact when none of them is left.
 */
#include "solver/project.h"

#include "solver/sets.h"

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

/* Whether requirement i can say something of variable v that others do not. */
static bool counts(const binding *b, uint32_t v, const bool *follows,
                   size_t i) {
  return !follows[i] || (b->requirement[i].mixed && v >= b->named_count);
}

/* The sets of variables that the requirements that count connect. */
static uint32_t *connect(const binding *b, uint32_t v, const bool *follows) {
  uint32_t *parent = sets_alone(b->m, b->variable_count);
  for (size_t i = 0; i < b->requirement_count; i++) {
    const claim *c = b->requirement[i].claim;
    for (size_t k = 1; k < c->variable_count && counts(b, v, follows, i); k++)
      set_join(parent, c->variable[0], c->variable[k]);
  }
  return parent;
}

/* A size for each variable: its example where that is allowed. */
static integer *defaults(const binding *b) {
  integer *size = arena_alloc(b->m, (b->variable_count + 1) * sizeof *size);
  for (size_t i = 0; i < b->variable_count; i++)
    size[i] = variable_default(&b->variable[i]);
  return size;
}

/* Whether the variables of a claim may have these sizes. */
static bool is_within(const binding *b, const claim *c, const integer *size) {
  for (size_t i = 0; i < c->variable_count; i++) {
    const uint32_t v = c->variable[i];
    if (!interval_has(variable_domain(&b->variable[v]), size[v]))
      return false;
  }
  return true;
}

/*
 * Lists the requirements that say what v may be.  Those that nothing connects
 * with it only have to be possible, which is told at one point: where that does
 * not satisfy them, all are listed.  They come in an order of their own: what
 * can be eliminated must not depend on the order of the guards.
 */
static const requirement **list_requirements(const binding *b, uint32_t v,
                                             const bool *follows,
                                             size_t *count) {
  uint32_t *parent = connect(b, v, follows);
  const integer *size = defaults(b);
  size_t n = 0, apart = b->requirement_count;
  bool possible = true;
  const requirement **list = arena_alloc(b->m, (apart + 1) * sizeof *list);
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    if (!counts(b, v, follows, i))
      continue;
    if (r->claim->variable_count == 0 ||
        set_root(parent, r->claim->variable[0]) == set_root(parent, v)) {
      list[n++] = r;
      continue;
    }
    list[--apart] = r;
    possible &= is_within(b, r->claim, size) &&
                claim_at(r->claim, b->m, size) == POINT_HOLDS;
  }
  if (!possible)
    while (apart < b->requirement_count)
      list[n++] = list[apart++];
  qsort(list, n, sizeof *list, by_size);
  *count = n;
  return list;
}

/* What is left of the requirements of `b` over variable `v` alone; false when
 * some speak of others still. */
static bool eliminate_others(const binding *b, uint32_t v, const bool *follows,
                             binding *left) {
  size_t count;
  const requirement **list = list_requirements(b, v, follows, &count);
  *left = with_one_named(b, v);
  number_symbols(left);
  for (size_t i = 0; i < count; i++)
    bind_require(left, list[i]->guard, list[i]->condition, NULL);
  exists_eliminate(left, false);
  number_symbols(b);
  for (size_t i = 0; i < left->requirement_count; i++)
    if (left->requirement[i].mixed)
      return false;
  return true;
}

/* The sizes of variable `v` for which the others can follow. */
allowed project_onto(oracle *o, binding *b, uint32_t v, interval domain,
                     const bool *follows) {
  binding left;
  if (b->variable_count > MOST_VARIABLES ||
      !eliminate_others(b, v, follows, &left))
    return (allowed){.exact = false};
  const claim **claims =
      arena_alloc(b->m, (left.requirement_count + 1) * sizeof *claims);
  for (size_t i = 0; i < left.requirement_count; i++)
    claims[i] = left.requirement[i].claim;
  return allowed_of(o, domain, claims, left.requirement_count);
}
