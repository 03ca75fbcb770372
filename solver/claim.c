#include "solver/claim.h"

#include "lib/expr/substitute.h"

#include <stdlib.h>
#include <string.h>

/* qsort order by id: operands are older, so they come first. */
static int by_id(const void *a, const void *b) {
  const uint32_t x = (*(const expr *const *)a)->id;
  const uint32_t y = (*(const expr *const *)b)->id;
  return x < y ? -1 : x > y;
}

/* qsort order of variables. */
static int by_number(const void *a, const void *b) {
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

/* Lists the variables that occur and marks them. */
static void find_variables(claim *c, arena *m, const uint32_t *variable_of) {
  c->symbol_variable = arena_zeroed(m, c->node_count, sizeof(uint32_t));
  c->variable = arena_zeroed(m, c->node_count, sizeof(uint32_t));
  for (uint32_t i = 0; i < c->node_count; i++) {
    const expr *e = c->node[i];
    if (e->op == OP_OPAQUE || e->op == OP_BITAND || e->op == OP_BITOR ||
        e->op == OP_BITXOR)
      c->opaque = true;
    if (e->op != OP_SYMBOL)
      continue;
    c->symbol_variable[i] = variable_of[e->id];
    c->used[variable_of[e->id]] = true;
    c->variable[c->variable_count++] = variable_of[e->id];
  }
  qsort(c->variable, c->variable_count, sizeof(uint32_t), by_number);
}

/* Prepares `condition`. */
claim *claim_new(dimsat_context *cx, arena *m, const expr *condition,
                 const expr *const *symbol, size_t count,
                 const uint32_t *variable_of) {
  claim *c = arena_zeroed(m, 1, sizeof *c);
  size_t n;
  const expr **nodes = expr_nodes(cx, &condition, 1, &n);
  c->condition = condition;
  c->node = arena_alloc(m, n * sizeof *c->node);
  memcpy(c->node, nodes, n * sizeof *c->node);
  qsort(c->node, n, sizeof *c->node, by_id);
  c->node_count = (uint32_t)n;
  c->system_count = count;
  c->used = arena_zeroed(m, count, sizeof *c->used);
  find_variables(c, m, variable_of);
  const expr **order = arena_alloc(m, (c->variable_count + 1) * sizeof *order);
  for (size_t i = 0; i < c->variable_count; i++)
    order[i] = symbol[c->variable[i]];
  c->run = evaluator_new(cx, m, condition, order, c->variable_count);
  return c;
}

/* The exact value where variable i has value[i]. */
point_truth claim_at(const claim *c, arena *m, const integer *at) {
  integer small[16];
  integer *given = c->variable_count <= 16
                       ? small
                       : arena_alloc(m, c->variable_count * sizeof *given);
  for (size_t i = 0; i < c->variable_count; i++)
    given[i] = at[c->variable[i]];
  const value v = evaluator_run(c->run, m, given);
  if (v.kind == VALUE_UNDECIDED)
    return POINT_UNDECIDED;
  return v.kind == VALUE_TRUTH && v.truth ? POINT_HOLDS : POINT_BREAKS;
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
