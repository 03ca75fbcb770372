/*
 * DYNAMIC axes that can have only one size: burned in by the tracer, or forced
 * by the guards.  All sizes, of named dims too, are free to be chosen here.
 */
#include "lib/expr/build.h"
#include "solver/project.h"
#include "solver/violation.h"

/* Deleting guards one by one is only done for so many. */
enum { MOST_BLAMED = 24 };

/* Whether the requirements leave `size` only the value `only`. */
static bool is_forced(findings *f, const space *s, const expr *size,
                      const expr *only, const requirement *const *require,
                      size_t count) {
  binding *b = f->b;
  const expr **all = arena_alloc(b->m, (count + 1) * sizeof *all);
  integer *point = arena_alloc(b->m, (b->variable_count + 1) * sizeof *point);
  for (size_t i = 0; i < count; i++)
    all[i] = require[i]->condition;
  all[count] = build_ne(b->cx, size, only);
  const expr *other = build_and(b->cx, all, count + 1);
  return oracle_refute(f->o, bind_claim(b, other), s, point) == PROOF_HOLDS;
}

/* Removes requirements that are not needed to force the size. */
static size_t shrink(findings *f, const space *s, const expr *size,
                     const expr *only, const requirement **require,
                     size_t count) {
  for (size_t i = count; i-- > 0 && count <= MOST_BLAMED;) {
    const requirement *out = require[i];
    require[i] = require[count - 1];
    if (is_forced(f, s, size, only, require, count - 1))
      count--;
    else
      require[i] = out;
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
      violation_add(f, VIOLATION_CONSTANT, count ? from[0] : NO_GUARD,
                    arena_format(f->b->m, "%s is DYNAMIC but can only be %s",
                                 name, integer_text(f->b->m, size)));
  violation_blame(f, v, from, count);
  if (count)
    v->guard_text = condition_text(f->b->cx, require[0]->condition);
  result_add_text(
      f->result, &f->result->alternatives,
      arena_format(f->b->m, "make %s Dim.AUTO or Dim.STATIC", name));
}

/* Checks one DYNAMIC axis that is a free variable. */
static void check_free(findings *f, const space *s, size_t v) {
  binding *b = f->b;
  const variable *u = &b->variable[v];
  const expr *size = exists_size(f->existence, f->b, v),
             *only = build_integer(b->cx, u->example);
  const claim *c = bind_claim(b, build_eq(b->cx, size, only));
  const requirement **require =
      arena_alloc(b->m, (b->requirement_count + 1) * sizeof *require);
  size_t n = project_connected(b, c, require);
  if (!is_forced(f, s, size, only, require, n))
    return;
  n = shrink(f, s, size, only, require, n);
  report(f, u->name, u->example, require, n);
}

/* Appends violations of DYNAMIC axes that can have only one size. */
void violation_dynamic(findings *f) {
  const dimsat_problem *p = f->b->problem;
  const space *s = bind_space(f->b, NULL);
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *a = &p->inputs[i].axes[k];
      const place *at = &f->b->axis[i][k];
      if (a->kind != AXIS_DYNAMIC || !a->has_example)
        continue;
      if (at->constant)
        report(f, a->source, at->offset, NULL, 0);
      else if (s && at->parameter >= f->b->named_count)
        check_free(f, s, at->parameter);
    }
}
