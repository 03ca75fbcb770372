#include "solver/claim.h"

#include "solver/numbers.h"

#include <stdlib.h>
#include <string.h>

/* qsort order by id: operands are older, so they come first. */
static int by_id(const void *a, const void *b) {
  const uint32_t x = (*(const expr *const *)a)->id;
  const uint32_t y = (*(const expr *const *)b)->id;
  return x < y ? -1 : x > y;
}

/* Lists the variables that occur, and where each node finds its own. */
static void find_variables(claim *c, arena *m, const expr *const *symbol,
                           const uint32_t *variable_of) {
  size_t n = 0;
  for (uint32_t i = 0; i < c->node_count; i++)
    n += c->node[i]->op == OP_SYMBOL;
  c->variable = arena_alloc(m, (n + 1) * sizeof *c->variable);
  c->symbol = arena_alloc(m, (n + 1) * sizeof *c->symbol);
  for (uint32_t i = 0; i < c->node_count; i++)
    if (c->node[i]->op == OP_SYMBOL)
      c->variable[c->variable_count++] = variable_of[c->node[i]->id];
  n = numbers_settle(c->variable, n);
  for (size_t i = 0; i < n; i++)
    c->symbol[i] = symbol[c->variable[i]];
  c->own = arena_alloc(m, c->node_count * sizeof *c->own);
  for (uint32_t i = 0; i < c->node_count; i++)
    c->own[i] = c->node[i]->op == OP_SYMBOL
                    ? (uint32_t)numbers_find(c->variable, n,
                                             variable_of[c->node[i]->id])
                    : UINT32_MAX;
}

/* Lists the symbols and the operands of products. */
static void find_factors(claim *c, arena *m) {
  size_t most = c->variable_count, n = 0;
  for (uint32_t i = 0; i < c->node_count; i++)
    most += c->node[i]->op == OP_MUL ? c->node[i]->count : 0;
  c->factor = arena_alloc(m, (most + 1) * sizeof *c->factor);
  for (uint32_t i = 0; i < c->node_count; i++) {
    const expr *e = c->node[i];
    if (e->op == OP_SYMBOL)
      c->factor[n++] = i;
    for (uint32_t k = 0; e->op == OP_MUL && k < e->count; k++)
      if (e->arg[k]->op != OP_SYMBOL)
        c->factor[n++] = claim_index(c, e->arg[k]);
  }
  c->factor_count = numbers_settle(c->factor, n);
}

/* Prepares `condition`. */
claim *claim_new(dimsat_context *cx, arena *m, const expr *condition,
                 const expr *const *symbol, const uint32_t *variable_of) {
  const arena_mark mark = arena_get_mark(&cx->work);
  claim *c = arena_zeroed(m, 1, sizeof *c);
  size_t n;
  const expr **nodes = expr_nodes(cx, &condition, 1, &n);
  c->condition = condition;
  c->node = arena_alloc(m, n * sizeof *c->node);
  memcpy(c->node, nodes, n * sizeof *c->node);
  qsort(c->node, n, sizeof *c->node, by_id);
  c->node_count = (uint32_t)n;
  find_variables(c, m, symbol, variable_of);
  find_factors(c, m);
  c->run = evaluator_new(cx, m, condition, c->symbol, c->variable_count);
  if (m != &cx->work)
    arena_rewind(&cx->work, mark);
  return c;
}

/* The exact value at a point. */
point_truth claim_at_point(const claim *c, arena *m, const integer *point) {
  const value v = evaluator_run(c->run, m, point);
  if (v.kind == VALUE_UNDECIDED)
    return POINT_UNDECIDED;
  return v.kind == VALUE_TRUTH && v.truth ? POINT_HOLDS : POINT_BREAKS;
}

/* The exact value where variable i of the system has value[i]. */
point_truth claim_at(const claim *c, arena *m, const integer *at) {
  integer small[16];
  integer *point = c->variable_count <= 16
                       ? small
                       : arena_alloc(m, c->variable_count * sizeof *point);
  for (size_t i = 0; i < c->variable_count; i++)
    point[i] = at[c->variable[i]];
  return claim_at_point(c, m, point);
}

/* The part of a space that the claim sees. */
space *claim_space(const claim *c, arena *m, const space *s,
                   uint32_t **parameter) {
  uint32_t *old = arena_alloc(m, (c->variable_count + 1) * sizeof *old);
  size_t n = 0;
  for (size_t i = 0; i < c->variable_count; i++) {
    const place *p = &s->place[c->variable[i]];
    if (!p->constant)
      old[n++] = p->parameter;
  }
  const size_t distinct = numbers_settle(old, n);
  space *part = space_new(m, c->variable_count, distinct);
  for (size_t i = 0; i < distinct; i++)
    part->parameter[i] = s->parameter[old[i]];
  for (size_t i = 0; i < c->variable_count; i++) {
    place *p = &part->place[i];
    *p = s->place[c->variable[i]];
    if (!p->constant)
      p->parameter = (uint32_t)numbers_find(old, distinct, p->parameter);
  }
  if (parameter)
    *parameter = old;
  return part;
}

/* Index of `e` among the claim's nodes, by bisection on ids. */
uint32_t claim_index(const claim *c, const expr *e) {
  uint32_t low = 0, high = c->node_count - 1;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (c->node[middle]->id < e->id)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}
