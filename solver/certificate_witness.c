/* The part of a certificate that is made of sizes: what is violated, and what
 * blocks each way in which the repair could be wider. */
#include "solver/certificate.h"

#include "solver/fixes.h"
#include "solver/widen.h"

#include <string.h>

/* ---- Witnesses ----------------------------------------------------------- */

/* What a witness is about: the dims, and the guards to be asserted. */
typedef struct {
  bool *dims;   /* marked variables */
  bool *guards; /* marked guards */
  bool traced;  /* what was traced too */
  bool free;    /* some speak of free axes */
} scope;

/* Adds the requirements of one guard. */
static void add_to_scope(certificate *c, scope *x, size_t index) {
  const binding *b = c->plain;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    if (r->guard != index)
      continue;
    for (size_t n = 0; n < r->claim->variable_count; n++)
      x->dims[r->claim->variable[n]] = true;
    x->free |= r->mixed;
  }
  if (index == NO_GUARD)
    x->traced = true;
  else
    x->guards[index] = true;
}

/* The guard; where it speaks of free axes, all guards that do. */
static scope scope_of(certificate *c, size_t index) {
  const binding *b = c->plain;
  scope x = {
      .dims = arena_zeroed(c->k.m, b->variable_count + 1, sizeof *x.dims),
      .guards =
          arena_zeroed(c->k.m, c->problem->guard_count + 1, sizeof *x.guards)};
  add_to_scope(c, &x, index);
  for (size_t i = 0; i < b->requirement_count && x.free; i++)
    if (b->requirement[i].mixed)
      add_to_scope(c, &x, b->requirement[i].guard);
  return x;
}

/* Free axes, names and guards of a scope, all asserted. */
static void write_scope(certificate *c, const scope *x) {
  if (x->free)
    certificate_free(c, &c->out, true);
  certificate_names(c, &c->out, x->guards);
  for (size_t i = 0; i < c->problem->guard_count; i++)
    if (x->guards[i])
      certificate_guard(c, &c->out, i, false);
  if (x->traced)
    certificate_guard(c, &c->out, NO_GUARD, false);
}

/* (assert (= |dim| size)) for the marked dims */
static void write_equal(certificate *c, const integer *size, const bool *dims) {
  const binding *b = c->plain;
  for (size_t v = 0; v < b->named_count; v++)
    if (dims[v]) {
      buffer_add(&c->out, "(assert (= ");
      smt2_name(&c->out, b->variable[v].name);
      buffer_add_char(&c->out, ' ');
      smt2_integer(&c->out, size[v]);
      buffer_add(&c->out, "))\n");
    }
}

/* Two queries: the spec with these fixes allows the sizes, and the guard does
 * not hold there. */
static void write_witness(certificate *c, const char *what, const fix *fixes,
                          size_t count, const breach *x) {
  const scope about = scope_of(c, x->guard);
  const char *sizes = recheck_sizes_text(&c->k, x);
  buffer_add_char(&c->out, '\n');
  script_line(&c->out, "%s: %s is allowed and breaks %s", what, sizes,
              certificate_title(c, x->guard));
  if (x->guard != NO_GUARD)
    script_line(&c->out, "  with the numbers put in: %s%s",
                certificate_numbers(c, x->guard, x->size),
                about.free ? ", for no size of the free axes" : "");
  script_question(c, "sat", "",
                  arena_format(c->k.m, "%s allows %s", what, sizes));
  certificate_spec(c, &c->out, fixes, count, about.dims, true);
  write_equal(c, x->size, about.dims);
  script_answer(c);
  script_question(c, "unsat", "",
                  arena_format(c->k.m, "%s breaks %s", sizes,
                               certificate_title(c, x->guard)));
  certificate_sizes(c, &c->out, x->size, about.dims);
  write_scope(c, &about);
  script_answer(c);
}

/* ---- Violations ---------------------------------------------------------- */

/* The sizes of all variables by a witness; where it is silent any will do. */
static integer *sizes_of(certificate *c, const violation *v) {
  const binding *b = c->plain;
  integer *size = arena_zeroed(c->k.m, b->variable_count + 1, sizeof *size);
  for (size_t i = 0; i < b->named_count; i++) {
    size[i] = variable_default(&b->variable[i]);
    for (size_t n = 0; n < v->witness.count; n++)
      if (strcmp(v->witness.name[n], b->variable[i].name) == 0)
        size[i] = v->witness.value[n];
  }
  return size;
}

/* No sizes of the spec are those of the example. */
static void write_misfit(certificate *c) {
  const dimsat_problem *p = c->problem;
  script_question(c, "unsat", "", "the example is not within the spec");
  certificate_spec(c, &c->out, NULL, 0, NULL, false);
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const place *at = &c->k.plain->axis[i][k];
      if (!p->inputs[i].axes[k].has_example ||
          (!at->constant && at->parameter >= c->plain->named_count))
        continue;
      buffer_add(&c->out, "(assert (= ");
      smt2_number(&c->smt2, &c->out, meaning_expression(c->plain, at));
      buffer_add_char(&c->out, ' ');
      smt2_integer(&c->out, p->inputs[i].axes[k].example);
      buffer_add(&c->out, "))\n");
    }
  script_answer(c);
}

/* All guards, and what was traced. */
static scope scope_of_all(certificate *c) {
  scope all = {.guards = arena_zeroed(c->k.m, c->problem->guard_count + 1,
                                      sizeof *all.guards),
               .free = true,
               .traced = certificate_traced(c)};
  for (size_t i = 0; i < c->problem->guard_count; i++)
    all.guards[i] = c->problem->guards[i].kind == GUARD_GUARD;
  return all;
}

/* That a DYNAMIC axis can have no size but its example's. */
static void write_forced(certificate *c, const axis *a, const place *at) {
  const scope all = scope_of_all(c);
  script_question(c, "unsat", "",
                  arena_format(c->k.m,
                               "%s is DYNAMIC, but no other size than %s "
                               "satisfies every guard",
                               a->source, integer_text(c->k.m, a->example)));
  certificate_spec(c, &c->out, NULL, 0, NULL, true);
  write_scope(c, &all);
  buffer_add(&c->out, "(assert (not (= ");
  smt2_number(&c->smt2, &c->out, meaning_expression(c->plain, at));
  buffer_add_char(&c->out, ' ');
  smt2_integer(&c->out, a->example);
  buffer_add(&c->out, ")))\n");
  script_answer(c);
}

/* A DYNAMIC axis that may be forced to its example. */
typedef struct {
  recheck *k;
  const axis *axis;
  const place *at;
  bool forced;
} axis_trial;

/* Asks `data`, an axis_trial. */
static void ask_forced(void *data) {
  axis_trial *t = data;
  t->forced = recheck_forced(t->k, t->at, t->axis->example) == PROOF_HOLDS;
}

/* The DYNAMIC axes that can have one size only. */
static void write_all_forced(certificate *c) {
  const dimsat_problem *p = c->problem;
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      axis_trial t = {.k = &c->k,
                      .axis = &p->inputs[i].axes[k],
                      .at = &c->k.plain->axis[i][k]};
      if (t.axis->kind != AXIS_DYNAMIC || !t.axis->has_example)
        continue;
      if (!recheck_try(&c->k, ask_forced, &t))
        script_gap(c, arena_format(c->k.m, "whether %s is forced to one size",
                                   t.axis->source));
      else if (t.forced)
        write_forced(c, t.axis, t.at);
    }
}

/* Each violation. */
void certificate_violations(certificate *c) {
  const dimsat_result *r = c->result;
  bool said = false, forced = false;
  buffer_add(&c->out, "\n");
  script_line(&c->out, "== Violated: sizes that the promised spec allows ==");
  for (size_t i = 0; i < r->violation_count; i++) {
    const violation *v = &r->violations[i];
    const bool example = v->kind == VIOLATION_EXAMPLE;
    if (v->witness.count > 0) {
      const breach x = {.guard = v->guard, .size = sizes_of(c, v)};
      write_witness(c, "the promised spec", NULL, 0, &x);
    } else if (example && !said) {
      write_misfit(c);
    } else if (!example && !forced) {
      write_all_forced(c);
    }
    said |= example;
    forced |= !example && v->witness.count == 0;
  }
}

/* No sizes at all satisfy every guard. */
void certificate_contradiction(certificate *c) {
  const binding *b = c->plain;
  const scope all = scope_of_all(c);
  fix *open = arena_alloc(c->k.m, (b->named_count + 1) * sizeof *open);
  for (size_t v = 0; v < b->named_count; v++)
    open[v] = (fix){.kind = FIX_RANGE,
                    .dim = b->variable[v].name,
                    .range = interval_from(integer_of(0))};
  buffer_add(&c->out, "\n");
  script_line(&c->out,
              "== Contradictory: no sizes satisfy every guard, whatever the "
              "spec says ==");
  script_question(c, "unsat", "", "no sizes satisfy every guard");
  certificate_spec(c, &c->out, open, b->named_count, NULL, true);
  write_scope(c, &all);
  script_answer(c);
}

/* ---- Maximality ---------------------------------------------------------- */

/* What blocks one widening. */
static void write_widening(certificate *c, const space *repaired,
                           const widening *w) {
  recheck *k = &c->k;
  const dimsat_result *r = c->result;
  const arena_mark mark = arena_get_mark(k->m);
  size_t n;
  const char *what = widen_text(k->m, w);
  const fix *fixes = widen_fixes(k->b, r->fixes, r->fix_count, w, &n);
  const space *s = fixes_space(k->b, fixes, n);
  breach x;
  if (s &&
      recheck_space(k, s, recheck_changed(k, repaired, s), &x) == PROOF_BREAKS)
    write_witness(c, what, fixes, n, &x);
  else
    script_gap(c, arena_format(k->m, "that %s would break a guard", what));
  arena_rewind(k->m, mark);
}

/* Whether moving the pair from the example breaks a guard without free axes, or
 * leaves the user's own range. */
static bool is_stuck(const certificate *c, const widen_pair *p, integer *size,
                     int64_t first, int64_t second) {
  const recheck *k = &c->k;
  const int64_t step[] = {first, second};
  const integer now[] = {size[p->variable[0]], size[p->variable[1]]};
  bool stuck = false;
  for (int i = 0; i < 2; i++) {
    size[p->variable[i]] = integer_add(k->m, now[i], integer_of(step[i]));
    stuck |= !interval_has(k->own[p->variable[i]], size[p->variable[i]]);
  }
  for (size_t i = 0; i < c->plain->requirement_count && !stuck; i++) {
    const requirement *r = &c->plain->requirement[i];
    bool about = false;
    for (size_t n = 0; n < r->claim->variable_count; n++)
      about |= r->claim->variable[n] == p->variable[0] ||
               r->claim->variable[n] == p->variable[1];
    stuck = about && !r->mixed && r->guard != NO_GUARD &&
            claim_at(r->claim, k->m, size) == POINT_BREAKS;
  }
  size[p->variable[0]] = now[0];
  size[p->variable[1]] = now[1];
  return stuck;
}

/* Whether each step of the pair is refused, told by the sizes `size` of all
 * others. */
static bool all_stuck(const certificate *c, const widen_pair *p,
                      integer *size) {
  for (int i = 0; i < WIDEN_STEPS * WIDEN_STEPS; i++) {
    const int64_t first = widen_step[i / WIDEN_STEPS];
    const int64_t second = widen_step[i % WIDEN_STEPS];
    if (!is_stuck(c, p, size, first, second) ||
        !is_stuck(c, p, size, -first, -second))
      return false;
  }
  return true;
}

/* The guards without free axes that speak of the pair. */
static scope scope_of_pair(certificate *c, const widen_pair *p) {
  const binding *b = c->plain;
  scope x = {
      .dims = arena_zeroed(c->k.m, b->variable_count + 1, sizeof *x.dims),
      .guards =
          arena_zeroed(c->k.m, c->problem->guard_count + 1, sizeof *x.guards)};
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    bool about = false;
    for (size_t n = 0; n < r->claim->variable_count; n++)
      about |= r->claim->variable[n] == p->variable[0] ||
               r->claim->variable[n] == p->variable[1];
    if (about && !r->mixed && r->guard != NO_GUARD)
      add_to_scope(c, &x, r->guard);
  }
  if (x.free)
    certificate_free(c, &c->out, true);
  x.free = false;
  return x;
}

/* (declare-const step!0 Int) (assert (or (= step!0 1) ...)) */
static void write_steps(buffer *out, int i) {
  buffer_format(out, "(declare-const step!%d Int)\n(assert (or", i);
  for (int n = 0; n < WIDEN_STEPS; n++)
    buffer_format(out, " (= step!%d %lld)", i, (long long)widen_step[n]);
  buffer_add(out, "))\n");
}

/* The dims of a pair: up or down by a step each, within their own ranges. */
static void write_pair_sizes(certificate *c, const widen_pair *p,
                             const integer *size) {
  buffer *out = &c->out;
  buffer_add(out, "(declare-const up! Bool)\n");
  for (int i = 0; i < 2; i++) {
    const char *name = c->plain->variable[p->variable[i]].name;
    write_steps(out, i);
    buffer_add(out, "(define-fun ");
    smt2_name(out, name);
    buffer_add(out, " () Int (ite up! (+ ");
    smt2_integer(out, size[p->variable[i]]);
    buffer_format(out, " step!%d) (- ", i);
    smt2_integer(out, size[p->variable[i]]);
    buffer_format(out, " step!%d)))\n(assert ", i);
    smt2_range(out, name, c->k.own[p->variable[i]]);
    buffer_add(out, ")\n");
  }
}

/* That two constants cannot move together. */
static void write_pair(certificate *c, const widen_pair *p) {
  const binding *b = c->plain;
  const fix *fixes = c->result->fixes;
  const char *one = fixes[p->fix[0]].dim, *two = fixes[p->fix[1]].dim;
  integer *size = arena_zeroed(c->k.m, b->variable_count + 1, sizeof *size);
  for (size_t v = 0; v < b->variable_count; v++)
    size[v] = variable_default(&b->variable[v]);
  for (int i = 0; i < 2; i++)
    size[p->variable[i]] = fixes[p->fix[i]].value;
  if (!all_stuck(c, p, size)) {
    script_gap(c, arena_format(c->k.m,
                               "that %s and %s cannot move together by small "
                               "steps",
                               one, two));
    return;
  }
  script_question(c, "unsat", "",
                  arena_format(c->k.m,
                               "%s and %s cannot move together by 1, 2, 3, 4, "
                               "6, 8 or 16 each, all others as in the example",
                               one, two));
  scope about = scope_of_pair(c, p);
  about.dims[p->variable[0]] = about.dims[p->variable[1]] = false;
  certificate_sizes(c, &c->out, size, about.dims);
  write_pair_sizes(c, p, size);
  write_scope(c, &about);
  script_answer(c);
}

/* Nothing can be given back. */
void certificate_maximal(certificate *c) {
  recheck *k = &c->k;
  const dimsat_result *r = c->result;
  size_t n, pairs;
  bool all;
  const space *s = fixes_space(k->b, r->fixes, r->fix_count);
  buffer_add(&c->out, "\n");
  script_line(&c->out, "== Maximal: sizes that each wider spec would allow ==");
  const widening *list = widen_list(k->b, k->own, r->fixes, r->fix_count, &n);
  for (size_t i = 0; i < n; i++)
    write_widening(c, s, &list[i]);
  const widen_pair *pair =
      widen_pairs(k->b, k->own, r->fixes, r->fix_count, &pairs, &all);
  for (size_t i = 0; i < pairs; i++)
    write_pair(c, &pair[i]);
  if (!all)
    script_gap(c, "that no other two constants can move together");
}
