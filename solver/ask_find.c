/*
 * One question: by cases and frames first (solver/ask_case.h), then by Z3 on
 * the conditions as they were given.
 */
#include "solver/ask_case.h"

#include "lib/expr/build.h"
#include "solver/z3_backend.h"

/* Cases that one question may be split into. */
enum { MOST_CASES = 300 };

typedef struct {
  asking *a;
  const expr **holds; /* assumptions too */
  size_t count;
  const expr *breaks;
  integer *point;
  ask_outcome outcome;
} question;

/* Whether the point of the question is one. */
static bool verify(question *q) {
  asking *a = q->a;
  const assignment at = {
      .symbol = a->symbol, .value = q->point, .count = a->count};
  for (size_t i = 0; i < q->count; i++) {
    const value v = evaluate(a->cx, q->holds[i], &at);
    if (v.kind != VALUE_TRUTH || !v.truth)
      return false;
  }
  if (!q->breaks)
    return true;
  const value v = evaluate(a->cx, q->breaks, &at);
  return v.kind != VALUE_UNDECIDED && !(v.kind == VALUE_TRUTH && v.truth);
}

/* The condition that `e`, the operand of a partial node, must meet. */
static const expr *demand_of(dimsat_context *cx, const expr *e) {
  const expr *zero = build_small(cx, 0);
  if (e->op == OP_POW)
    return build_le(cx, zero, e->arg[1]);
  if (e->op == OP_FLOORDIV || e->op == OP_MOD || e->op == OP_RATIO)
    return build_ne(cx, e->arg[1], zero);
  return build_truth(cx, true);
}

/* The conditions under which `e` has a value. */
const expr **ask_defined(asking *a, const expr *e, size_t *count) {
  size_t n;
  const expr **node = expr_nodes(a->cx, &e, 1, &n);
  const expr **list = arena_zeroed(&a->cx->work, n + 1, sizeof *list);
  *count = 0;
  for (size_t i = 0; i < n; i++) {
    const expr *demand = demand_of(a->cx, node[i]);
    if (demand->op != OP_TRUE)
      list[(*count)++] = demand;
  }
  return list;
}

/* Asks for a point where the first conditions and `last` hold. */
static ask_outcome ask_case_with(question *q, const expr *const *more,
                                 size_t count, const expr *last) {
  ask_case *k = ask_case_new(q->a);
  for (size_t i = 0; i < q->count; i++)
    ask_case_require(k, q->holds[i]);
  for (size_t i = 0; i < count; i++)
    ask_case_require(k, more[i]);
  if (last)
    ask_case_require(k, last);
  return ask_case_solve(k, q->point);
}

/*
 * The native layer.  A condition breaks where one of the divisors is 0 while
 * those inside it are not, or where none is and it is false.
 */
static void ask_natively(void *data) {
  question *q = data;
  dimsat_context *cx = q->a->cx;
  q->a->cases = MOST_CASES;
  if (!q->breaks) {
    q->outcome = ask_case_with(q, NULL, 0, NULL);
    return;
  }
  size_t count;
  const expr **demand = ask_defined(q->a, q->breaks, &count);
  q->outcome = ASK_NONE;
  for (size_t i = count + 1; i-- > 0;) {
    const expr *last = build_not(cx, i < count ? demand[i] : q->breaks);
    const ask_outcome part = ask_case_with(q, demand, i, last);
    if (part == ASK_FOUND) {
      q->outcome = ASK_FOUND;
      return;
    }
    if (part == ASK_OPEN)
      q->outcome = ASK_OPEN;
  }
}

/* Z3, on all integers. */
static void ask_z3(void *data) {
  question *q = data;
  asking *a = q->a;
  const interval *range =
      arena_zeroed(&a->cx->work, a->count + 1, sizeof *range);
  const z3_question z = {.symbol = a->symbol,
                         .range = range,
                         .count = a->count,
                         .holds = q->holds,
                         .holds_count = q->count,
                         .breaks = &q->breaks,
                         .breaks_count = q->breaks ? 1 : 0};
  switch (z3_find(a->cx, &a->cx->nodes, a->o.b, a->o.stats, &z, 1, q->point,
                  &a->o.why)) {
  case Z3_NONE:
    q->outcome = ASK_NONE;
    return;
  case Z3_GAVE_UP:
    return;
  case Z3_FOUND:
    break;
  }
  q->outcome = verify(q) ? ASK_FOUND : ASK_OPEN;
  if (q->outcome == ASK_OPEN)
    a->o.why = "a point was found that could not be confirmed";
}

/* Runs one way of asking; what is spent or too large leaves it open. */
static void try_way(question *q, void (*way)(void *)) {
  asking *a = q->a;
  fault *f = &a->cx->fault;
  const arena_mark mark = arena_get_mark(&a->o.scratch);
  q->outcome = ASK_OPEN;
  a->o.why = NULL;
  const dimsat_status s = fault_try(f, way, q);
  arena_rewind(&a->o.scratch, mark);
  if (s == DIMSAT_OK)
    return;
  if (!budget_ended(s))
    fault_raise(f, s);
  q->outcome = ASK_OPEN;
  a->o.why = budget_reason(a->o.b, s);
}

/* Native first, then Z3. */
ask_outcome ask_find(asking *a, const expr *const *holds, size_t holds_count,
                     const expr *breaks, integer *point) {
  question q = {.a = a, .breaks = breaks, .point = point, .outcome = ASK_OPEN};
  q.holds = arena_zeroed(&a->cx->work, a->assume_count + holds_count + 1,
                         sizeof *q.holds);
  for (size_t i = 0; i < a->assume_count; i++)
    q.holds[q.count++] = a->assume[i];
  for (size_t i = 0; i < holds_count; i++)
    q.holds[q.count++] = holds[i];
  if (a->o.native) {
    try_way(&q, ask_natively);
    if (q.outcome == ASK_FOUND && !verify(&q))
      q.outcome = ASK_OPEN;
    if (q.outcome != ASK_OPEN) {
      a->o.stats->native++;
      return q.outcome;
    }
  }
  const char *why = a->o.why ? a->o.why : "the native layer cannot decide it";
  if (a->o.z3)
    try_way(&q, ask_z3);
  if (!a->o.why)
    a->o.why = why;
  return q.outcome;
}
