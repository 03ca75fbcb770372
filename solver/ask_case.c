/* Cases: their variables, conditions and ranges. */
#include "solver/ask_case.h"

#include "lib/expr/build.h"
#include "lib/expr/node_map.h"
#include "lib/expr/substitute.h"

#include <assert.h>
#include <string.h>

/* Ranges are taken of terms of this depth at most. */
enum { DEEPEST_RANGE = 12, MOST_NARROWINGS = 60 };

/* All symbols of the question, free. */
ask_case *ask_case_new(asking *a) {
  arena *m = &a->cx->work;
  ask_case *k = arena_zeroed(m, 1, sizeof *k);
  k->a = a;
  k->patience = MOST_NARROWINGS;
  k->value = arena_zeroed(m, a->count + 1, sizeof *k->value);
  k->count = k->capacity = a->count;
  k->symbol = arena_zeroed(m, a->count + 1, sizeof *k->symbol);
  k->range = arena_zeroed(m, a->count + 1, sizeof *k->range);
  for (size_t i = 0; i < a->count; i++)
    k->symbol[i] = k->value[i] = a->symbol[i];
  return k;
}

/* A copy of an array of `size`-byte elements. */
static void *copy_array(arena *m, const void *from, size_t count, size_t size) {
  void *to = arena_zeroed(m, count + 1, size);
  if (count)
    memcpy(to, from, count * size);
  return to;
}

/* A copy that can be narrowed. */
ask_case *ask_case_copy(const ask_case *k) {
  arena *m = &k->a->cx->work;
  ask_case *c = arena_zeroed(m, 1, sizeof *c);
  *c = *k;
  c->capacity = k->count;
  c->condition_capacity = k->condition_count;
  c->value = copy_array(m, k->value, k->a->count, sizeof *k->value);
  c->symbol = copy_array(m, k->symbol, k->count, sizeof *k->symbol);
  c->range = copy_array(m, k->range, k->count, sizeof *k->range);
  c->condition =
      copy_array(m, k->condition, k->condition_count, sizeof *k->condition);
  return c;
}

/* ---- Conditions --------------------------------------------------------- */

/* Adds a condition, unless it is there. */
void ask_case_add(ask_case *k, const expr *condition) {
  if (condition->op == OP_TRUE)
    return;
  if (condition->op == OP_AND) {
    for (uint32_t i = 0; i < condition->count; i++)
      ask_case_add(k, condition->arg[i]);
    return;
  }
  for (size_t i = 0; i < k->condition_count; i++)
    if (k->condition[i] == condition)
      return;
  k->condition = arena_grow(&k->a->cx->work, k->condition, k->condition_count,
                            &k->condition_capacity, sizeof *k->condition);
  k->condition[k->condition_count++] = condition;
}

/* Adds a condition and all it needs to have a value. */
void ask_case_require(ask_case *k, const expr *condition) {
  size_t count = 0;
  const expr **demand =
      condition->partial ? ask_defined(k->a, condition, &count) : NULL;
  for (size_t i = 0; i < count; i++)
    ask_case_add(k, demand[i]);
  ask_case_add(k, condition);
}

/* Removes condition i. */
void ask_case_drop(ask_case *k, size_t i) {
  k->condition_count--;
  memmove(&k->condition[i], &k->condition[i + 1],
          (k->condition_count - i) * sizeof *k->condition);
}

/* ---- Variables ---------------------------------------------------------- */

/* A variable that no input can name. */
const expr *ask_case_invent(ask_case *k, interval range) {
  dimsat_context *cx = k->a->cx;
  const expr *e = build_symbol(
      cx, arena_format(&cx->work, "ask!%u", (unsigned)k->a->fresh++));
  size_t capacity = k->capacity;
  k->symbol =
      arena_grow(&cx->work, k->symbol, k->count, &capacity, sizeof *k->symbol);
  capacity = k->capacity;
  k->range =
      arena_grow(&cx->work, k->range, k->count, &capacity, sizeof *k->range);
  k->capacity = capacity;
  k->symbol[k->count] = e;
  k->range[k->count++] = range;
  return e;
}

/* The index of a variable. */
size_t ask_case_variable(const ask_case *k, const expr *x) {
  size_t i = 0;
  while (k->symbol[i] != x) {
    i++;
    assert(i < k->count);
  }
  return i;
}

/* Whether `e` holds the symbol. */
bool ask_mentions(asking *a, const expr *e, const expr *x) {
  if (e->depth == 1)
    return e == x;
  const arena_mark mark = arena_get_mark(&a->cx->work);
  size_t n;
  const expr **node = expr_nodes(a->cx, &e, 1, &n);
  bool found = false;
  for (size_t i = 0; i < n && !found; i++)
    found = node[i] == x;
  arena_rewind(&a->cx->work, mark);
  return found;
}

/* `e` with the term `from`, which may be any node, replaced. */
static const expr *replaced(dimsat_context *cx, const expr *e, const expr *from,
                            const expr *to) {
  const arena_mark mark = arena_get_mark(&cx->work);
  const node_map map = node_map_of(cx, e);
  const expr **image = arena_zeroed(&cx->work, map.count, sizeof *image);
  for (size_t i = 0; i < map.count; i++) {
    const expr *node = map.node[i];
    const expr **arg = arena_zeroed(&cx->work, node->count + 1, sizeof *arg);
    bool changed = false;
    for (uint32_t j = 0; j < node->count; j++) {
      arg[j] = image[node_map_find(&map, node->arg[j])];
      changed |= arg[j] != node->arg[j];
    }
    image[i] = node == from ? to : changed ? build_again(cx, node, arg) : node;
  }
  const expr *result = image[map.count - 1];
  arena_rewind(&cx->work, mark);
  return result;
}

/* Replaces a term everywhere. */
void ask_case_replace(ask_case *k, const expr *from, const expr *to) {
  dimsat_context *cx = k->a->cx;
  const size_t count = k->condition_count;
  const expr **old = k->condition;
  budget_spend(k->a->o.b, 4 * count + 4);
  k->condition = NULL;
  k->condition_count = k->condition_capacity = 0;
  for (size_t i = 0; i < count; i++)
    ask_case_add(k, replaced(cx, old[i], from, to));
  for (size_t i = 0; i < k->a->count; i++)
    k->value[i] = replaced(cx, k->value[i], from, to);
}

/* Replaces a variable by `e`. */
void ask_case_substitute(ask_case *k, const expr *x, const expr *e) {
  dimsat_context *cx = k->a->cx;
  const size_t i = ask_case_variable(k, x);
  const interval r = k->range[i];
  k->count--;
  memmove(&k->symbol[i], &k->symbol[i + 1], (k->count - i) * sizeof *k->symbol);
  memmove(&k->range[i], &k->range[i + 1], (k->count - i) * sizeof *k->range);
  ask_case_replace(k, x, e);
  if (r.has_lo)
    ask_case_add(k, build_le(cx, build_integer(cx, r.lo), e));
  if (r.has_hi)
    ask_case_add(k, build_le(cx, e, build_integer(cx, r.hi)));
}

/* `e` without terms 0*t. */
const expr *ask_bare(asking *a, const expr *e) {
  dimsat_context *cx = a->cx;
  uint32_t n = 0;
  if (e->op != OP_ADD || !e->partial)
    return e;
  const arena_mark mark = arena_get_mark(&cx->work);
  const expr **arg = arena_zeroed(&cx->work, e->count, sizeof *arg);
  integer *by = arena_zeroed(&cx->work, e->count, sizeof *by);
  for (uint32_t i = 0; i < e->count; i++) {
    if (integer_is(e->coefficient[i], 0))
      continue;
    arg[n] = e->arg[i];
    by[n++] = e->coefficient[i];
  }
  if (n < e->count)
    e = build_linear(cx, e->value, by, arg, n);
  arena_rewind(&cx->work, mark);
  return e;
}

/* ---- Ranges ------------------------------------------------------------- */

/* The interval of `e`, whose operands are looked into `depth` deep. */
static interval range_of(const ask_case *k, const expr *e, int depth) {
  arena *m = &k->a->cx->work;
  if (e->op == OP_INT)
    return interval_of(e->value, e->value);
  if (e->op == OP_SYMBOL)
    return k->range[ask_case_variable(k, e)];
  const bool sum = e->op == OP_ADD, first = e->op == OP_ITE;
  if (depth == 0 || e->count == 0 || e->op == OP_POW || e->op == OP_BITAND ||
      e->op == OP_BITOR || e->op == OP_BITXOR || e->op == OP_OPAQUE ||
      e->op == OP_RATIO || e->op == OP_FLOAT)
    return interval_all();
  interval r = sum ? interval_of(e->value, e->value) : interval_all();
  for (uint32_t i = first; i < e->count; i++) {
    const interval x = range_of(k, e->arg[i], depth - 1);
    budget_spend(k->a->o.b, 1);
    if (sum)
      r = interval_add(m, r, interval_scale(m, x, e->coefficient[i]));
    else if (i == first)
      r = x;
    else if (e->op == OP_MUL)
      r = interval_mul(m, r, x);
    else if (e->op == OP_ITE)
      r = interval_join(r, x);
    else if (e->op == OP_MIN || e->op == OP_MAX)
      r = e->op == OP_MIN ? interval_min(r, x) : interval_max(r, x);
    else
      r = e->op == OP_MOD ? interval_mod(m, r, x) : interval_floordiv(m, r, x);
  }
  return r;
}

/* A sound interval for a number. */
interval ask_case_range(const ask_case *k, const expr *e) {
  return range_of(k, e, DEEPEST_RANGE);
}

/* ---- Tidying ------------------------------------------------------------ */

/* Whether a condition is known on the ranges: 1, 0, or -1 where it is open. */
static int known(const ask_case *k, const expr *e) {
  if (e->op == OP_TRUE || e->op == OP_FALSE)
    return e->op == OP_TRUE;
  const bool negated = e->op == OP_NOT;
  const expr *r = negated ? e->arg[0] : e;
  if ((r->op != OP_EQ && r->op != OP_LE) || r->arg[0]->truth)
    return -1;
  const expr *difference = build_sub(k->a->cx, r->arg[1], r->arg[0]);
  const interval d = ask_case_range(k, difference);
  const bool below = d.has_hi && integer_sign(d.hi) < 0;
  const bool above = d.has_lo && integer_sign(d.lo) > 0;
  int truth = -1;
  if (below || (above && r->op == OP_EQ))
    truth = 0;
  else if (r->op == OP_LE && d.has_lo && integer_sign(d.lo) >= 0)
    truth = 1;
  else if (r->op == OP_EQ && interval_is_single(d) && integer_is(d.lo, 0))
    truth = 1;
  return truth < 0 ? -1 : truth ^ negated;
}

/* `e`, an OR, without what is known to be false. */
static ask_step prune(ask_case *k, size_t i) {
  const expr *e = k->condition[i];
  const expr **arg = arena_zeroed(&k->a->cx->work, e->count, sizeof *arg);
  size_t kept = 0;
  for (uint32_t j = 0; j < e->count; j++) {
    const int truth = known(k, e->arg[j]);
    if (truth == 1) {
      ask_case_drop(k, i);
      return STEP_DONE;
    }
    if (truth < 0)
      arg[kept++] = e->arg[j];
  }
  if (kept == e->count)
    return STEP_NONE;
  ask_case_drop(k, i);
  if (kept == 0)
    return STEP_CONTRADICTION;
  ask_case_add(k, build_or(k->a->cx, arg, kept));
  return STEP_DONE;
}

/* A step on condition i. */
static ask_step step(ask_case *k, size_t i) {
  const expr *e = k->condition[i];
  switch ((int)e->op) {
  case OP_FALSE:
    return STEP_CONTRADICTION;
  case OP_OR:
    return prune(k, i);
  case OP_EQ:
  case OP_LE:
  case OP_NOT:
    return ask_relation_step(k, i);
  default:
    return STEP_NONE;
  }
}

/* Applies what is known until nothing changes. */
bool ask_case_tidy(ask_case *k) {
  for (int rounds = 0; rounds < 400; rounds++) {
    ask_step s = STEP_NONE;
    for (size_t i = 0; i < k->condition_count && s == STEP_NONE; i++) {
      budget_spend(k->a->o.b, 1);
      s = step(k, i);
    }
    if (s != STEP_DONE)
      return s == STEP_NONE;
  }
  return true;
}

/* A guess at the range of `e` where `holds` do. */
interval ask_case_hint(asking *a, const expr *const *holds, size_t count,
                       const expr *e) {
  ask_case *k = ask_case_new(a);
  for (size_t i = 0; i < a->assume_count; i++)
    ask_case_require(k, a->assume[i]);
  for (size_t i = 0; i < count; i++)
    ask_case_add(k, holds[i]);
  if (!ask_case_tidy(k))
    return interval_all();
  return ask_case_range(k, substitute(a->cx, e,
                                      &(substitution){.from = a->symbol,
                                                      .to = k->value,
                                                      .count = a->count}));
}
