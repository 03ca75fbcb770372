/*
 * DYNAMIC axes that can have only one size: burned in by the tracer, or forced
 * by the guards.  All sizes, of named dims too, are free to be chosen here.
 */
#include "solver/dynamic.h"

#include "lib/expr/build.h"
#include "lib/expr/evaluate.h"
#include "lib/expr/substitute.h"
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

/* The first `count` requirements and one condition more. */
static const claim *all_with(const question *q, size_t count,
                             const expr *condition) {
  binding *b = &q->whole->all;
  const expr **all = arena_alloc(b->m, (count + 1) * sizeof *all);
  for (size_t i = 0; i < count; i++)
    all[i] = q->require[i]->condition;
  all[count] = condition;
  return bind_claim(b, build_and(b->cx, all, count + 1));
}

/* Whether the first `count` requirements leave the axis no size but `only`. */
static bool is_forced(const question *q, size_t count) {
  binding *b = &q->whole->all;
  const claim *c = all_with(q, count, build_ne(b->cx, q->size, q->only));
  integer *point = arena_alloc(b->m, (c->variable_count + 1) * sizeof *point);
  return oracle_refute(q->part->o, c, q->space, point) == PROOF_HOLDS;
}

/* The value of a condition or size where the names have these sizes. */
static value value_at(const question *q, const expr *e, const expr *const *name,
                      const integer *size, size_t count) {
  const assignment at = {.symbol = name, .value = size, .count = count};
  return evaluate(q->whole->all.cx, e, &at);
}

/* Whether all requirements hold at the example, and give the axis its own. */
static bool suits_example(const question *q, size_t count, integer own) {
  const binding *b = &q->whole->all;
  const size_t n = b->variable_count;
  integer *example = arena_alloc(b->m, (n + 1) * sizeof *example);
  for (size_t i = 0; i < n; i++) {
    example[i] = variable_default(&b->variable[i]);
    if (!interval_has(variable_domain(&b->variable[i]), example[i]))
      return false;
  }
  const value size = value_at(q, q->size, b->symbol, example, n);
  if (size.kind != VALUE_NUMBER || !integer_equal(size.number, own))
    return false;
  for (size_t i = 0; i < count; i++) {
    const value v =
        value_at(q, q->require[i]->condition, b->symbol, example, n);
    if (v.kind != VALUE_TRUTH || !v.truth)
      return false;
  }
  return true;
}

/* A size of the axis at which all requirements hold; false where none is
 * found. */
static bool find_size(const question *q, size_t count, integer *size) {
  binding *b = &q->whole->all;
  const expr *zero = build_integer(b->cx, integer_of(0));
  const claim *c = all_with(q, count, build_le(b->cx, zero, q->size));
  integer *point = arena_alloc(b->m, (c->variable_count + 1) * sizeof *point);
  if (oracle_refute(q->part->o, c, q->space, point) != PROOF_BREAKS)
    return false;
  const value v = value_at(q, q->size, c->symbol, point, c->variable_count);
  *size = v.number;
  return v.kind == VALUE_NUMBER;
}

/* Removes requirements that are not needed to force the size. */
static size_t shrink(const question *q, size_t count) {
  for (size_t i = count; i-- > 0 && count <= MOST_BLAMED;) {
    const requirement *out = q->require[i];
    q->require[i] = q->require[count - 1];
    if (is_forced(q, count - 1))
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

/* The size of a free variable over those that nothing gave away: a size that
 * was found early may speak of variables that got theirs later. */
static const expr *settled_size(const binding *b, const existence *x,
                                uint32_t v) {
  arena *work = &b->cx->work;
  const arena_mark mark = arena_get_mark(work);
  const expr *size = x->size[v];
  for (size_t i = 0; i < x->given_count && size != b->symbol[v]; i++)
    size = substitute(b->cx, size,
                      &(substitution){.from = &b->symbol[x->given[i]],
                                      .to = &x->size[x->given[i]],
                                      .count = 1});
  if (b->m != work)
    arena_rewind(work, mark);
  return size;
}

/* Checks one DYNAMIC axis that is a free variable.  Where the guards refuse its
 * size in the example it may be forced to another one; where they refuse every
 * size, nothing forces it. */
static void check_free(question *q, const existence *x, uint32_t v) {
  binding *b = &q->whole->all;
  const variable *u = &b->variable[v];
  integer only = u->example;
  q->size = settled_size(b, x, v);
  q->only = build_integer(b->cx, only);
  size_t n = collect(q);
  if (!suits_example(q, n, only) && !find_size(q, n, &only))
    return;
  q->only = build_integer(b->cx, only);
  if (!is_forced(q, n))
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
