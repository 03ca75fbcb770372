/*
 * DYNAMIC axes that can have only one size: burned in by the tracer, or forced
 * by the guards.  All sizes, of named dims too, are free to be chosen here.
 */
#include "solver/dynamic.h"

#include "lib/expr/build.h"
#include "lib/expr/evaluate.h"
#include "solver/numbers.h"
#include "solver/words.h"

/* Deleting guards one by one is only done for so many. */
enum { MOST_BLAMED = 24 };

/* A question about one axis. */
typedef struct {
  findings *part; /* of each part */
  const parts *parts;
  whole *whole;
  const space *space; /* of the whole */
  const expr *size;   /* of the axis, over the variables of the whole */
  const expr *only;
  const requirement **require;
} question;

/* Whether the first `count` requirements leave the axis one size only, `only`.
 * BREAKS: `other` takes another one. */
static outcome is_forced(const question *q, size_t count, integer *other) {
  binding *b = &q->whole->all;
  const expr **all = arena_alloc(b->m, (count + 1) * sizeof *all);
  for (size_t i = 0; i < count; i++)
    all[i] = q->require[i]->condition;
  all[count] = build_ne(b->cx, q->size, q->only);
  const claim *c = bind_claim(b, build_and(b->cx, all, count + 1));
  integer *point = arena_alloc(b->m, (c->variable_count + 1) * sizeof *point);
  const outcome o = oracle_refute(q->part->o, c, q->space, point);
  if (o == PROOF_BREAKS)
    *other = evaluate(b->cx, q->size,
                      &(assignment){.symbol = c->symbol,
                                    .value = point,
                                    .count = c->variable_count})
                 .number;
  return o;
}

/* Whether the axis may have its size in the example, `size`, there. */
static bool suits_example(const question *q, size_t count, integer size) {
  const binding *b = &q->whole->all;
  assignment at = {.symbol = b->symbol, .count = b->variable_count};
  integer *example = arena_alloc(b->m, (at.count + 1) * sizeof *example);
  for (size_t i = 0; i < at.count; i++)
    example[i] = b->variable[i].example;
  at.value = example;
  const value own = evaluate(b->cx, q->size, &at);
  if (own.kind != VALUE_NUMBER || !integer_equal(own.number, size))
    return false;
  for (size_t i = 0; i < count; i++) {
    const value v = evaluate(b->cx, q->require[i]->condition, &at);
    if (v.kind != VALUE_TRUTH || !v.truth)
      return false;
  }
  return true;
}

/* Removes requirements that are not needed to force the size. */
static size_t shrink(const question *q, size_t count) {
  integer other;
  for (size_t i = count; i-- > 0 && count <= MOST_BLAMED;) {
    const requirement *out = q->require[i];
    q->require[i] = q->require[count - 1];
    if (is_forced(q, count - 1, &other) == PROOF_HOLDS)
      count--;
    else
      q->require[i] = out;
  }
  return count;
}

/* Says that the axis can have one size only. */
static void report(findings *f, const char *name, integer size,
                   const requirement *const *require, size_t count) {
  size_t *from = arena_alloc(f->b->m, (count + 1) * sizeof *from);
  for (size_t i = 0; i < count; i++)
    from[i] = require[i]->guard;
  violation *v =
      violation_add(f->result, VIOLATION_CONSTANT, count ? from[0] : NO_GUARD,
                    arena_format(f->b->m, "%s is DYNAMIC but can only be %s",
                                 name, integer_text(f->b->m, size)));
  violation_blame(f, v, from, count);
  if (count)
    v->guard_text = guard_words(f->b, require[0]);
  result_add_text(
      f->result, &f->result->alternatives,
      arena_format(f->b->m, "make %s Dim.AUTO or Dim.STATIC", name));
}

/* The requirements of every part that the size of the axis depends on. */
static size_t collect(question *q) {
  binding *b = &q->whole->all;
  const claim *c = bind_claim(b, build_eq(b->cx, q->size, q->only));
  uint32_t *part = arena_alloc(b->m, (c->variable_count + 1) * sizeof *part);
  size_t most = 1, n = 0;
  for (size_t i = 0; i < c->variable_count; i++)
    part[i] = q->parts->part_of[c->variable[i]];
  const size_t count = numbers_settle(part, c->variable_count);
  for (size_t i = 0; i < count; i++)
    most += q->parts->part[part[i]].requirement_count;
  q->require = arena_alloc(b->m, most * sizeof *q->require);
  for (size_t i = 0; i < count; i++) {
    const binding *from = &q->parts->part[part[i]];
    for (size_t k = 0; k < from->requirement_count; k++)
      q->require[n++] = &from->requirement[k];
  }
  return n;
}

/* Checks one DYNAMIC axis that is a free variable: it is forced to its example,
 * or where the guards refuse the example, to another size. */
static void check_free(question *q, const existence *x, uint32_t v) {
  const variable *u = &q->whole->all.variable[v];
  integer only = u->example;
  q->size = x->size[v];
  q->only = build_integer(q->whole->all.cx, only);
  size_t n = collect(q);
  outcome o = is_forced(q, n, &only);
  if (o == PROOF_BREAKS && !suits_example(q, n, u->example)) {
    q->only = build_integer(q->whole->all.cx, only);
    integer another;
    o = is_forced(q, n, &another);
  }
  if (o != PROOF_HOLDS)
    return;
  n = shrink(q, n);
  report(&q->part[q->parts->part_of[v]], u->name, only, q->require, n);
}

/* Appends violations of DYNAMIC axes that can have only one size. */
void violation_dynamic(findings *part, const parts *p, whole *w,
                       const existence *x) {
  const dimsat_problem *problem = w->all.problem;
  question q = {.part = part, .parts = p, .whole = w};
  q.space = bind_space(&w->all, NULL);
  for (size_t i = 0; i < problem->input_count; i++)
    for (size_t k = 0; k < problem->inputs[i].rank; k++) {
      const axis *a = &problem->inputs[i].axes[k];
      const place *at = &w->axis[i][k];
      if (a->kind != AXIS_DYNAMIC || !a->has_example)
        continue;
      if (at->constant)
        report(part, a->source, at->offset, NULL, 0);
      else if (q.space && at->parameter >= w->all.named_count)
        check_free(&q, x, at->parameter);
    }
}
