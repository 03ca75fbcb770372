/*
 * The tightest bounds of a number: a point, a jump, another point; the last
 * "there is none" is the certificate.
 */
#include "solver/ask_case.h"

#include "lib/expr/build.h"

/* The end of a number that is looked for. */
typedef struct {
  asking *a;
  const expr *e;     /* its largest value is looked for */
  const expr **need; /* what makes it defined, and room for one more */
  size_t need_count;
  integer best; /* reached at a verified point */
  integer *point;
} climb;

/* The value of `e` at the point. */
static integer value_at(climb *c) {
  const assignment at = {
      .symbol = c->a->symbol, .value = c->point, .count = c->a->count};
  const value v = evaluate(c->a->cx, c->e, &at);
  return integer_copy(&c->a->cx->nodes, v.number);
}

/* A point where e >= bound; then `best` is its value. */
static ask_outcome reach(climb *c, integer bound) {
  dimsat_context *cx = c->a->cx;
  c->need[c->need_count] = build_le(cx, build_integer(cx, bound), c->e);
  const ask_outcome o =
      ask_find(c->a, c->need, c->need_count + 1, NULL, c->point);
  if (o == ASK_FOUND)
    c->best = value_at(c);
  return o;
}

/* A number beyond all that bounds of this size bring about: past it a number
 * counts as endless. */
static integer horizon(climb *c) {
  asking *a = c->a;
  arena *m = &a->cx->nodes;
  size_t n;
  uint64_t bits = 256;
  const expr **root =
      arena_zeroed(&a->cx->work, a->assume_count + 1, sizeof *root);
  for (size_t i = 0; i < a->assume_count; i++)
    root[i] = a->assume[i];
  root[a->assume_count] = c->e;
  const expr **node = expr_nodes(a->cx, root, a->assume_count + 1, &n);
  for (size_t i = 0; i < n; i++) {
    if (node[i]->op == OP_INT || node[i]->op == OP_ADD)
      bits += 2 * integer_bits(node[i]->value);
    for (uint32_t k = 0; node[i]->op == OP_ADD && k < node[i]->count; k++)
      bits += 2 * integer_bits(node[i]->coefficient[k]) - 2;
  }
  return integer_pow(m, integer_of(2), bits < 8192 ? bits : 8192);
}

/* Halves the way between `best` and `end`, which is out of reach. */
static ask_outcome narrow(climb *c, integer end) {
  arena *m = &c->a->cx->nodes;
  for (;;) {
    const integer gap = integer_sub(m, end, c->best);
    if (integer_is(gap, 1))
      return ASK_FOUND;
    const integer middle =
        integer_add(m, c->best, integer_floordiv(m, gap, integer_of(2)));
    const ask_outcome o = reach(c, middle);
    if (o == ASK_OPEN)
      return ASK_OPEN;
    if (o == ASK_NONE)
      end = middle;
  }
}

/* Jumps upward until there is no point, then narrows. */
static ask_outcome gallop(climb *c) {
  arena *m = &c->a->cx->nodes;
  integer step = integer_of(1);
  for (;;) {
    const integer at = integer_add(m, c->best, step);
    const ask_outcome o = reach(c, at);
    if (o == ASK_OPEN)
      return ASK_OPEN;
    if (o == ASK_NONE)
      return narrow(c, at);
    step = integer_mul(m, step, integer_of(2));
  }
}

/* The largest value: FOUND with `best`, NONE when there is no end. */
static ask_outcome climb_up(climb *c, interval hint) {
  if (hint.has_hi && integer_compare(c->best, hint.hi) < 0)
    reach(c, hint.hi);
  else if (!hint.has_hi && reach(c, horizon(c)) == ASK_FOUND)
    return ASK_NONE;
  return gallop(c);
}

/* One end as text; false when it stays open. */
static bool find_end(climb *c, interval hint, bool upper, dimsat_answer *out) {
  dimsat_context *cx = c->a->cx;
  arena *m = &cx->nodes;
  const ask_outcome o = climb_up(c, hint);
  if (o == ASK_FOUND && upper)
    out->hi = integer_text(m, c->best);
  if (o == ASK_FOUND && !upper)
    out->lo = integer_text(m, integer_neg(m, c->best));
  return o != ASK_OPEN;
}

/* Nothing was found where `e` has a value: do the assumptions hold anywhere? */
static void answer_nowhere(asking *a, integer *point, dimsat_answer *answer) {
  const ask_outcome o = ask_find(a, NULL, 0, NULL, point);
  answer->kind =
      o == ASK_NONE ? DIMSAT_ANSWER_CONTRADICTORY : DIMSAT_ANSWER_UNDECIDED;
  answer->reason = o == ASK_FOUND
                       ? "the number has no value where the assumptions hold"
                   : o == ASK_OPEN ? a->o.why
                                   : NULL;
}

/* The smallest and largest value. */
void ask_bounds(asking *a, const expr *e, dimsat_answer *answer) {
  size_t count;
  arena *m = &a->cx->work;
  integer *point = arena_zeroed(m, a->count + 1, sizeof *point);
  const expr **demand = ask_defined(a, e, &count);
  climb c = {.a = a, .e = e, .need_count = count, .point = point};
  c.need = arena_zeroed(m, count + 1, sizeof *c.need);
  for (size_t i = 0; i < count; i++)
    c.need[i] = demand[i];
  answer->reason = "bounds of a quotient that is no integer";
  if (e->op == OP_RATIO)
    return;
  const ask_outcome first = ask_find(a, c.need, count, NULL, point);
  answer->reason = a->o.why ? a->o.why : "the question is too hard";
  if (first == ASK_NONE)
    answer_nowhere(a, point, answer);
  if (first != ASK_FOUND)
    return;
  const integer start = value_at(&c);
  const interval hint = ask_case_hint(a, c.need, count, e);
  c.best = start;
  const bool upper = find_end(&c, hint, true, answer);
  answer->reason = a->o.why ? a->o.why : "the question is too hard";
  if (!upper)
    return;
  c.e = build_neg(a->cx, e);
  c.best = integer_neg(&a->cx->nodes, start);
  if (!find_end(&c, interval_neg(m, hint), false, answer)) {
    answer->reason = a->o.why ? a->o.why : answer->reason;
    return;
  }
  answer->reason = NULL;
  answer->kind = DIMSAT_ANSWER_BOUNDS;
}
