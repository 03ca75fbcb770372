/*
 * dimsat_eval: which promises of the spec and which guards do concrete sizes
 * break?  Each refusal names input, axis and dim, what was expected and what
 * came.
 */
#include "dimsat/check.h"
#include "lib/base/buffer.h"
#include "lib/expr/build.h"
#include "lib/expr/evaluate.h"
#include "lib/expr/print.h"
#include "lib/expr/substitute.h"
#include "solver/eval_sizes.h"
#include "solver/words.h"

#include <stdio.h>
#include <string.h>

/* Sizes that one refusal lists at most. */
#define LISTED 8

/* ---- Ranges and relations ------------------------------------------------ */

/* "4..18", "at least 4", "at most 18" or "4" */
static const char *range_text(const sizes *s, interval r) {
  if (interval_is_single(r))
    return integer_text(s->m, r.lo);
  if (r.has_lo && r.has_hi)
    return arena_format(s->m, "%s..%s", integer_text(s->m, r.lo),
                        integer_text(s->m, r.hi));
  if (r.has_lo)
    return arena_format(s->m, "at least %s", integer_text(s->m, r.lo));
  return arena_format(s->m, "at most %s", integer_text(s->m, r.hi));
}

/* "2*batch + 1" */
static const char *linear_text(const sizes *s, integer scale, const char *root,
                               integer offset) {
  buffer out;
  buffer_init(&out, s->m);
  if (!integer_is(scale, 1))
    buffer_format(&out, "%s*", integer_text(s->m, scale));
  buffer_add(&out, root);
  if (integer_sign(offset) != 0)
    buffer_format(&out, " %c %s", integer_sign(offset) < 0 ? '-' : '+',
                  integer_text(s->m, integer_abs(s->m, offset)));
  return out.text;
}

/* " (from x[0])", or nothing for a size that was given itself. */
static const char *origin_text(const sizes *s, const size *x) {
  return x->from ? arena_format(s->m, " (from %s)", x->from) : "";
}

/* Whether a size is scale*root + offset; refuses when it is not.  A size that
 * the root itself follows from is checked against the range of the root. */
static void check_relation(sizes *s, const char *name, const size *x,
                           size_t root, integer scale, integer offset) {
  const dim *const d = &s->problem->dims[root];
  const size *const r = &s->dim[root];
  const char *const form = linear_text(s, scale, d->name, offset);
  const char *const came = integer_text(s->m, x->value);
  if (!r->known) {
    sizes_refuse(s, "%s must be %s for some %s, but is %s", name, form, d->name,
                 came);
    return;
  }
  const integer expected =
      integer_add(s->m, offset, integer_mul(s->m, scale, r->value));
  if (integer_equal(expected, x->value))
    return;
  const char *const must = integer_text(s->m, expected);
  if (strcmp(form, d->name) == 0)
    sizes_refuse(s, "%s must be %s = %s%s, but is %s", name, form, must,
                 origin_text(s, r), came);
  else
    sizes_refuse(s, "%s must be %s = %s with %s = %s%s, but is %s", name, form,
                 must, d->name, integer_text(s->m, r->value), origin_text(s, r),
                 came);
}

/* Refuses when the root of a size is out of its range; `scale` and `offset` say
 * how the size follows from the root. */
static void check_range(sizes *s, const char *name, const size *x, size_t root,
                        integer scale, integer offset) {
  const dim *const d = &s->problem->dims[root];
  const size *const r = &s->dim[root];
  if (!r->known || interval_has(d->range, r->value))
    return;
  const char *const range = range_text(s, d->range);
  const char *const came = integer_text(s->m, x->value);
  const char *const form = linear_text(s, scale, d->name, offset);
  if (strcmp(form, name) == 0)
    sizes_refuse(s, "%s must be %s, but is %s", name, range, came);
  else if (strcmp(form, d->name) == 0)
    sizes_refuse(s, "%s (%s) must be %s, but is %s", name, form, range, came);
  else
    sizes_refuse(s, "%s must be %s with %s %s, but is %s (%s = %s)", name, form,
                 d->name, range, came, d->name, integer_text(s->m, r->value));
}

/* ---- Dims and axes ------------------------------------------------------- */

/* Dims that were given by name. */
static void check_dims(sizes *s) {
  const dimsat_problem *const p = s->problem;
  for (size_t i = 0; i < p->dim_count; i++) {
    const size *const x = &s->dim[i];
    integer scale, offset;
    if (!x->known || x->from != NULL)
      continue;
    const size_t root = problem_root_of(p, i, &scale, &offset);
    const char *const name = p->dims[i].name;
    if (root != i)
      check_relation(s, name, x, root, scale, offset);
    if (root == i || (s->dim[root].from && !strcmp(s->dim[root].from, name)))
      check_range(s, name, x, root, scale, offset);
  }
}

/* An axis that carries a dim. */
static void check_dim_axis(sizes *s, const axis *a, const char *name,
                           const size *x) {
  integer scale, offset;
  const size_t root = problem_root_of(s->problem, a->dim, &scale, &offset);
  offset = integer_add(s->m, a->offset, integer_mul(s->m, a->scale, offset));
  scale = integer_mul(s->m, a->scale, scale);
  const char *const from = s->dim[root].from;
  check_relation(s, name, x, root, scale, offset);
  if (from != NULL && strcmp(from, name) == 0)
    check_range(s, name, x, root, scale, offset);
}

/* An axis that must be one number, by the user, the trace or the example. */
static void check_constant(sizes *s, const axis *a, const char *name,
                           const size *x) {
  const integer came = x->value;
  const char *const text =
      arena_format(s->m, "%s%s", integer_text(s->m, came), origin_text(s, x));
  if (a->kind == AXIS_CONSTANT && !integer_equal(came, a->constant)) {
    sizes_refuse(s, "%s must be %s, but is %s", name,
                 integer_text(s->m, a->constant), text);
    if (!a->burned || integer_equal(a->constant, a->traced_constant))
      return;
  }
  if (a->burned && !integer_equal(came, a->traced_constant))
    sizes_refuse(s, "%s must be %s (traced as a constant), but is %s", name,
                 integer_text(s->m, a->traced_constant), text);
  else if (!a->burned && a->kind == AXIS_STATIC && a->has_example &&
           !integer_equal(came, a->example))
    sizes_refuse(s, "%s must be %s (static, as in the example), but is %s",
                 name, integer_text(s->m, a->example), text);
}

/* Whether the spec already makes the two axes one size. */
static bool same_promise(const axis *a, const axis *b) {
  return a->kind == AXIS_DIM && b->kind == AXIS_DIM && a->dim == b->dim &&
         integer_equal(a->scale, b->scale) &&
         integer_equal(a->offset, b->offset);
}

/* An axis whose symbol stands for another axis must have the size of that. */
static void check_shared(sizes *s, const axis *a, size_t i, size_t k) {
  if (a->traced == NULL)
    return;
  const name_meaning m = sizes_meaning(s, a->traced);
  if (m.kind != NAMES_AXIS || (m.index == i && m.axis == k))
    return;
  const size *const x = &s->axis[i][k], *const other = sizes_at(s, m);
  if (!other->known || integer_equal(x->value, other->value) ||
      same_promise(a, &s->problem->inputs[m.index].axes[m.axis]))
    return;
  sizes_refuse(s, "%s must be %s = %s (both were traced as %s), but is %s",
               axis_short_name(s, i, k), sizes_name(s, m),
               integer_text(s->m, other->value), a->traced,
               integer_text(s->m, x->value));
}

/* Whether an axis is a root as it is, whose range no size below 0 is in. */
static bool is_root(const sizes *s, const axis *a) {
  return a->kind == AXIS_DIM && !s->problem->dims[a->dim].derived &&
         integer_is(a->scale, 1) && integer_sign(a->offset) == 0;
}

/* All promises about axes.  A size that follows from its dim keeps the promise
 * about that. */
static void check_axes(sizes *s) {
  const dimsat_problem *const p = s->problem;
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *const a = &p->inputs[i].axes[k];
      const size *const x = &s->axis[i][k];
      const char *const name = axis_short_name(s, i, k);
      if (!x->known)
        continue;
      if (integer_sign(x->value) < 0 && !(x->from && is_root(s, a)))
        sizes_refuse(s, "%s is %s%s, and no size is below 0", name,
                     integer_text(s->m, x->value), origin_text(s, x));
      if (a->kind == AXIS_DIM && x->from == NULL)
        check_dim_axis(s, a, name, x);
      check_constant(s, a, name, x);
      check_shared(s, a, i, k);
    }
}

/* ---- Guards -------------------------------------------------------------- */

/* One guard at the sizes. */
typedef struct {
  sizes *s;
  size_t index;
  const guard *guard;
  const expr **symbol; /* of the condition */
  integer *value;      /* of each */
  const expr **name;   /* what people call each, as a symbol */
  size_t count;
} trial;

/* Finds the sizes that the guard speaks of; NULL, or a name without one. */
static const char *find_values(trial *t) {
  sizes *const s = t->s;
  t->symbol = expr_symbols(s->cx, t->guard->condition, &t->count);
  t->value = arena_zeroed(s->m, t->count + 1, sizeof *t->value);
  t->name = arena_zeroed(s->m, t->count + 1, sizeof *t->name);
  for (size_t i = 0; i < t->count; i++) {
    const name_meaning m = sizes_meaning(s, t->symbol[i]->name);
    const size *const x = sizes_at(s, m);
    if (x == NULL || !x->known)
      return x == NULL ? t->symbol[i]->name : sizes_name(s, m);
    t->value[i] = x->value;
    t->name[i] = build_symbol(s->cx, sizes_name(s, m));
  }
  return NULL;
}

/* An expression over the names that people use. */
static const char *words_of(const trial *t, const expr *e) {
  buffer out;
  buffer_init(&out, t->s->m);
  const substitution names = {
      .from = t->symbol, .to = t->name, .count = t->count};
  print_expression(&out, substitute(t->s->cx, e, &names), DIMSAT_PYTHON);
  return out.text;
}

/* Whether the guard is about floats, whose exact form reads badly. */
static bool has_float(const trial *t) {
  size_t count;
  const expr **const node =
      expr_nodes(t->s->cx, &t->guard->condition, 1, &count);
  for (size_t i = 0; i < count; i++)
    if (node[i]->op == OP_FLOAT)
      return t->guard->text != NULL;
  return false;
}

/* "guard 3: x[1] % 4 == 0" */
static const char *title_of(const trial *t) {
  const bool later = t->guard->kind == GUARD_RUNTIME_ASSERT;
  return arena_format(t->s->m, "%s %zu: %s",
                      later ? "runtime assertion" : "guard", t->index,
                      has_float(t) || guard_is_plain(t->s->problem, t->guard)
                          ? t->guard->text
                          : words_of(t, t->guard->condition));
}

/* "x[1] is 17 and y[0] is 4", or nothing. */
static const char *values_text(const trial *t) {
  buffer out;
  buffer_init(&out, t->s->m);
  for (size_t i = 0; i < t->count && i < LISTED; i++) {
    const bool last = i + 1 == t->count;
    buffer_add(&out, i == 0 ? "" : last ? " and " : ", ");
    buffer_format(&out, "%s is %s", t->name[i]->name,
                  integer_text(t->s->m, t->value[i]));
  }
  if (t->count > LISTED)
    buffer_add(&out, ", ...");
  return out.text;
}

/* " (model.py:12 in forward)", or nothing. */
static const char *place_text(const trial *t) {
  const char *const at = t->guard->at;
  return at ? arena_format(t->s->m, " (%s)", at) : "";
}

/* Whether operand 1 of `e` is what leaves it without a value here. */
static bool is_culprit(const trial *t, const expr *e, const assignment *at) {
  if (e->op != OP_FLOORDIV && e->op != OP_MOD && e->op != OP_RATIO &&
      e->op != OP_POW)
    return false;
  const value v = evaluate(t->s->cx, e->arg[1], at);
  return v.kind == VALUE_NUMBER &&
         (e->op == OP_POW ? integer_sign(v.number) < 0
                          : integer_sign(v.number) == 0);
}

/* Why the condition has no value: "the divisor x[1] - 4 is 0". */
static const char *absence_text(const trial *t, const assignment *at) {
  size_t count;
  const expr **const node =
      expr_nodes(t->s->cx, &t->guard->condition, 1, &count);
  for (size_t i = 0; i < count; i++)
    if (is_culprit(t, node[i], at)) {
      const expr *const operand = node[i]->arg[1];
      const bool exact = operand->op == OP_FLOAT; /* said without its float */
      const char *const words = words_of(t, exact ? operand->arg[0] : operand);
      if (node[i]->op == OP_POW)
        return arena_format(t->s->m, "the exponent %s is negative", words);
      if (operand->op == OP_INT)
        return "a divisor is 0";
      return arena_format(t->s->m, "the divisor %s is 0", words);
    }
  return "it is not defined there";
}

/* Refuses when the guard does not hold, or has no value. */
static void try_guard(trial *t) {
  const assignment at = {
      .symbol = t->symbol, .value = t->value, .count = t->count};
  const value v = evaluate(t->s->cx, t->guard->condition, &at);
  const char *const values = values_text(t);
  if (v.kind == VALUE_TRUTH && v.truth)
    return;
  const char *const title = title_of(t);
  if (v.kind == VALUE_UNDECIDED)
    sizes_note(t->s, "%s cannot be decided at these sizes%s", title,
               place_text(t));
  else if (v.kind == VALUE_NONE)
    sizes_refuse(t->s, "%s has no value: %s%s%s%s", title, absence_text(t, &at),
                 *values ? ", " : "", values, place_text(t));
  else
    sizes_refuse(t->s, "%s does not hold%s%s%s", title, *values ? ": " : "",
                 values, place_text(t));
}

/* All guards that are a demand; those without sizes are only counted. */
static void check_guards(sizes *s) {
  size_t skipped = 0;
  const char *missing = NULL;
  for (size_t i = 0; i < s->problem->guard_count; i++) {
    trial t = {.s = s, .index = i, .guard = &s->problem->guards[i]};
    if (t.guard->kind == GUARD_SPEC)
      continue;
    const char *const unknown = find_values(&t);
    if (unknown == NULL)
      try_guard(&t);
    else if (skipped++ == 0)
      missing = unknown;
  }
  if (skipped != 0)
    sizes_note(s, "%zu %s not checked: the size of %s is not known", skipped,
               skipped == 1 ? "guard was" : "guards were", missing);
}

/* ---- All ----------------------------------------------------------------- */

typedef struct {
  dimsat_problem *problem;
  const char *const *names, *const *sizes;
  size_t count;
  const char *const *messages;
  size_t refusals;
} call;

/* Checks the sizes; notes stand behind the refusals, and NULL at the end. */
static void run(void *data) {
  call *const c = data;
  sizes s;
  problem_validate(c->problem);
  sizes_init(&s, c->problem);
  for (size_t i = 0; i < c->count; i++)
    sizes_give(&s, c->names[i], c->sizes[i]);
  sizes_derive(&s);
  check_dims(&s);
  check_axes(&s);
  check_guards(&s);
  const size_t total = s.refusals.count + s.notes.count;
  const char **const all = arena_zeroed(&s.cx->nodes, total + 1, sizeof *all);
  for (size_t i = 0; i < total; i++)
    all[i] = i < s.refusals.count ? s.refusals.item[i]
                                  : s.notes.item[i - s.refusals.count];
  c->messages = all;
  c->refusals = s.refusals.count;
}

/* The refusals of concrete sizes. */
int dimsat_eval(dimsat_problem *p, const char *const *names,
                const char *const *values, size_t count,
                const char *const **messages) {
  call c = {.problem = p, .names = names, .sizes = values, .count = count};
  if (context_run(p->cx, run, &c) != DIMSAT_OK)
    return -1;
  if (messages != NULL)
    *messages = c.messages;
  return (int)c.refusals;
}
