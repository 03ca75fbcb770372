/* dimsat_certificate: what a result claims, and the queries that show it. */
#include "solver/certificate.h"

#include "dimsat/check.h"
#include "lib/expr/build.h"
#include "solver/fixes.h"
#include "solver/report.h"

#include <stdlib.h>
#include <string.h>

/* ---- Free axes ----------------------------------------------------------- */

/* Gives a free variable a size, by those that have one already. */
static void choose(certificate *c, uint32_t v, const expr *size) {
  if (c->chosen[v])
    return;
  c->chosen[v] = true;
  c->choice[v] = size;
  c->order[c->order_count++] = v;
}

/* A group whose free variables are to have sizes on a space. */
typedef struct {
  recheck *k;
  const group *group;
  const space *space;
  const expr **choice;
  bool found;
} group_choice;

/* Looks for the sizes of `data`, a group_choice. */
static void find_choice(void *data) {
  group_choice *x = data;
  x->found = exists_choose(x->k->o, x->k->b, x->group, x->space, x->choice);
}

/* Sizes for the free variables of the groups. */
static void choose_groups(certificate *c, const space *s) {
  recheck *k = &c->k;
  for (size_t i = 0; i < k->group_count; i++) {
    const group *g = &k->group[i];
    group_choice x = {
        .k = k,
        .group = g,
        .space = s,
        .choice = arena_zeroed(k->m, g->free_count + 1, sizeof *x.choice)};
    if (recheck_try(k, find_choice, &x) && x.found)
      for (size_t n = g->free_count; n-- > 0;)
        choose(c, g->free[n], x.choice[n]);
  }
}

/* Marks what hangs on free variables without a size. */
static bool hangs_on_open(const certificate *c, const expr *e) {
  size_t n;
  const expr **node = expr_nodes(c->k.cx, &e, 1, &n);
  for (size_t i = 0; i < n; i++)
    if (node[i]->op == OP_SYMBOL) {
      const uint32_t v = c->plain->variable_of[node[i]->id];
      if (v >= c->plain->named_count && !c->chosen[v])
        return true;
    }
  return false;
}

/* Sizes for all free variables, as far as they are known, on `s`. */
static void choose_all(certificate *c, const space *s) {
  const recheck *k = &c->k;
  const existence *x = k->existence;
  choose_groups(c, s);
  bool *bound = arena_zeroed(k->m, c->plain->variable_count + 1, sizeof *bound);
  for (size_t i = 0; i < x->settled_count; i++)
    bound[x->settled[i]] = true;
  for (size_t i = 0; i < k->group_count; i++)
    for (size_t n = 0; n < k->group[i].free_count; n++)
      bound[k->group[i].free[n]] = true;
  for (uint32_t v = (uint32_t)c->plain->named_count;
       v < c->plain->variable_count; v++)
    if (!bound[v])
      choose(c, v,
             build_integer(k->cx, variable_default(&c->plain->variable[v])));
  for (size_t i = x->settled_count; i-- > 0;)
    if (!hangs_on_open(c, x->choice[x->settled[i]]))
      choose(c, x->settled[i], x->choice[x->settled[i]]);
}

/* ---- Guards -------------------------------------------------------------- */

/* Whether a guard speaks of free axes without a size. */
static bool is_open(const certificate *c, size_t index) {
  const binding *b = c->plain;
  for (size_t i = 0; i < b->requirement_count; i++)
    if (b->requirement[i].guard == index &&
        hangs_on_open(c, b->requirement[i].condition))
      return true;
  return false;
}

/* "guard 3: x[0] % 4 == 0    model.py:12 in forward" */
const char *certificate_title(certificate *c, size_t index) {
  if (index == NO_GUARD)
    return "the axes are what they were traced as";
  const guard *g = &c->problem->guards[index];
  return arena_format(c->k.m, "guard %zu: %s%s%s", index, g->text,
                      g->at ? "    " : "", g->at ? g->at : "");
}

/* A guard, NO_GUARD: what was traced, on a space. */
typedef struct {
  recheck *k;
  const space *space;
  size_t index;
  bool proved;
} guard_trial;

/* Asks `data`, a guard_trial. */
static void prove_guard(void *data) {
  guard_trial *t = data;
  recheck *k = t->k;
  integer *point = arena_zeroed(k->m, k->b->variable_count + 1, sizeof *point);
  t->proved = true;
  for (size_t i = 0; i < k->b->requirement_count && t->proved; i++) {
    const requirement *r = &k->b->requirement[i];
    if (r->guard == t->index && !r->mixed)
      t->proved = oracle_prove(k->o, r->claim, t->space, point) == PROOF_HOLDS;
  }
}

/* Whether the guard is proved within the budget. */
static bool holds(certificate *c, const space *s, size_t index) {
  guard_trial t = {.k = &c->k, .space = s, .index = index};
  return recheck_try(&c->k, prove_guard, &t) && t.proved;
}

/* Whether something was traced that must hold. */
bool certificate_traced(const certificate *c) {
  for (size_t i = 0; i < c->plain->requirement_count; i++)
    if (c->plain->requirement[i].guard == NO_GUARD)
      return true;
  return false;
}

/* One guard on the spec. */
static void write_guard(certificate *c, const space *s, size_t index) {
  const char *title = certificate_title(c, index);
  if (is_open(c, index))
    return;
  if (c->result->verdict == DIMSAT_VERDICT_UNDECIDED && !holds(c, s, index)) {
    script_gap(c, arena_format(c->k.m, "nobody decided %s", title));
    return;
  }
  script_question(c, "unsat", "spec free names", title);
  certificate_guard(c, &c->out, index, true);
  script_answer(c);
}

/* That the size chosen for each free axis is one that the tracer assumed. */
static void write_choices(certificate *c) {
  for (size_t i = 0; i < c->order_count; i++) {
    const variable *v = &c->plain->variable[c->order[i]];
    const interval range = variable_domain(v);
    if (!range.has_lo && !range.has_hi)
      continue;
    script_question(c, "unsat", "spec free",
                    arena_format(c->k.m,
                                 "the size chosen for %s is one that the "
                                 "tracer assumed",
                                 v->name));
    buffer_add(&c->out, "(assert (not ");
    smt2_range(&c->out, v->name, range);
    buffer_add(&c->out, "))\n");
    script_answer(c);
  }
}

/* What hangs on free axes that have no size in closed form: some sizes will do,
 * as a quantifier says it. */
static void write_open(certificate *c) {
  const binding *b = c->plain;
  buffer *out = &c->out;
  bool any = false;
  for (size_t v = b->named_count; v < b->variable_count; v++)
    any |= !c->chosen[v];
  if (!any)
    return;
  if (c->result->verdict == DIMSAT_VERDICT_UNDECIDED) {
    script_gap(c, "guards about free axes that nobody decided");
    return;
  }
  script_question(c, "unsat", "spec free",
                  "some sizes of the free axes satisfy their guards");
  buffer_add(out, "(assert (forall (");
  for (size_t v = b->named_count; v < b->variable_count; v++)
    if (!c->chosen[v]) {
      buffer_add(out, "(");
      smt2_name(out, b->variable[v].name);
      buffer_add(out, " Int)");
    }
  buffer_add(out, ") (not (and true");
  for (size_t v = b->named_count; v < b->variable_count; v++)
    if (!c->chosen[v]) {
      buffer_add(out, "\n  ");
      smt2_range(out, b->variable[v].name, variable_domain(&b->variable[v]));
    }
  for (size_t i = 0; i < b->requirement_count; i++)
    if (hangs_on_open(c, b->requirement[i].condition)) {
      buffer_add(out, "\n  ");
      smt2_condition(&c->smt2, out, b->requirement[i].condition);
    }
  buffer_add(out, "))))\n");
  script_answer(c);
}

/* The parts that all queries about the spec share. */
static void write_parts(certificate *c, bool repaired) {
  const dimsat_result *r = c->result;
  bool *closed =
      arena_zeroed(c->k.m, c->problem->guard_count + 1, sizeof *closed);
  for (size_t i = 0; i < c->problem->guard_count; i++)
    closed[i] = c->problem->guards[i].kind == GUARD_GUARD && !is_open(c, i);
  script_part(&c->out, "spec");
  certificate_spec(c, &c->out, r->fixes, repaired ? r->fix_count : 0, NULL,
                   true);
  script_end(&c->out);
  script_part(&c->out, "free");
  certificate_free(c, &c->out, false);
  script_end(&c->out);
  script_part(&c->out, "names");
  certificate_names(c, &c->out, closed);
  script_end(&c->out);
}

/* The example is one of the sizes. */
static void write_example(certificate *c) {
  const binding *b = c->plain;
  script_question(c, "sat", "spec", "the example's sizes are within this spec");
  for (size_t v = 0; v < b->named_count; v++)
    if (b->variable[v].has_example) {
      buffer_add(&c->out, "(assert (= ");
      smt2_name(&c->out, b->variable[v].name);
      buffer_add_char(&c->out, ' ');
      smt2_integer(&c->out, b->variable[v].example);
      buffer_add(&c->out, "))\n");
    }
  script_answer(c);
}

/* Every guard holds on the spec, which is repaired or as it was promised. */
static void write_sound(certificate *c) {
  const dimsat_result *r = c->result;
  const bool repaired = r->fix_count > 0;
  const space *s = fixes_space(c->k.b, r->fixes, repaired ? r->fix_count : 0);
  buffer_add(&c->out, "\n");
  script_line(&c->out, "== Sound: every guard holds on the %s spec ==",
              repaired ? "repaired" : "promised");
  if (!s) {
    script_gap(c, "the spec allows no sizes at all");
    return;
  }
  choose_all(c, s);
  write_parts(c, repaired);
  for (size_t i = 0; i < c->problem->guard_count; i++)
    if (c->problem->guards[i].kind == GUARD_GUARD)
      write_guard(c, s, i);
  if (certificate_traced(c))
    write_guard(c, s, NO_GUARD);
  write_choices(c);
  write_open(c);
  write_example(c);
}

/* ---- What is claimed ----------------------------------------------------- */

/* The dims before and after. */
static void write_dims(certificate *c, buffer *out) {
  const dimsat_problem *p = c->problem;
  const dimsat_result *r = c->result;
  buffer text;
  script_line(out, "The spec, as it was promised:");
  for (size_t i = 0; i < p->dim_count; i++) {
    const char *spec = text_spec(p, p->dims[i].name);
    script_line(out, "  %s = %s", p->dims[i].name, spec ? spec : "0..");
  }
  if (r->fix_count > 0)
    script_line(out, "and what the repair changes:");
  for (size_t i = 0; i < r->fix_count; i++) {
    buffer_init(&text, c->k.m);
    report_fix(&text, &r->fixes[i]);
    script_line(out, "  %s", text.text);
  }
}

/* The guards as the user wrote them. */
static void write_guards(certificate *c, buffer *out) {
  static const char *const kinds[] = {
      [GUARD_GUARD] = "",
      [GUARD_RUNTIME_ASSERT] = "    (checked when the model runs: not counted)",
      [GUARD_SPEC] = "    (taken from the spec itself: not counted)",
  };
  const dimsat_problem *p = c->problem;
  script_line(out, "The guards:");
  for (size_t i = 0; i < p->guard_count; i++)
    script_line(out, "  %s%s", certificate_title(c, i),
                kinds[p->guards[i].kind]);
}

/* What is claimed, and what is not. */
static void write_head(certificate *c, buffer *out) {
  static const char *const claims[] = {
      [DIMSAT_VERDICT_OK] = "every size that the spec allows satisfies every "
                            "guard",
      [DIMSAT_VERDICT_VIOLATED] = "some sizes that the spec allows break a "
                                  "guard, or the example is outside",
      [DIMSAT_VERDICT_CONTRADICTORY] = "no sizes satisfy every guard",
      [DIMSAT_VERDICT_UNDECIDED] = "nothing of the guards that nobody decided",
  };
  const dimsat_result *r = c->result;
  script_line(out, "Certificate: %s",
              c->problem->name ? c->problem->name : "a problem");
  script_line(out, "Made by dimsat; checked by any SMT solver: sh FILE z3, or "
                   "sh FILE cvc5");
  script_line(out, "Exit: 0 all answers are as expected, 1 some are not, 2 "
                   "usage, 3 some are missing.");
  script_line(out, "%s", "");
  script_line(out, "Claimed: %s%s.", claims[r->verdict],
              r->fix_count > 0
                  ? "; the repair below is sound, keeps the example and is "
                    "maximal"
                  : "");
  write_dims(c, out);
  write_guards(c, out);
  script_line(out,
              "Sizes outside of what the tracer assumed do not count. A guard "
              "counts as broken where it");
  script_line(out, "has no value. Each query states its own claim; compare "
                   "specs and guards with your problem.");
}

/* ---- All ----------------------------------------------------------------- */

/* One call. */
typedef struct {
  certificate c;
  const char *text;
} call;

/* Takes the problem of `data`, a certificate, apart. */
static void bind(void *data) {
  certificate *c = data;
  recheck *k = &c->k;
  recheck_bind(k);
  c->plain = &k->plain->all;
  const size_t n = c->plain->variable_count + 1;
  c->chosen = arena_zeroed(k->m, n, sizeof *c->chosen);
  c->choice = arena_zeroed(k->m, n, sizeof *c->choice);
  c->order = arena_zeroed(k->m, n, sizeof *c->order);
}

/* The queries. */
static void write_body(certificate *c) {
  if (c->result->violation_count > 0)
    certificate_violations(c);
  if (c->result->verdict == DIMSAT_VERDICT_CONTRADICTORY)
    certificate_contradiction(c);
  else if (c->result->fix_count > 0 ||
           c->result->verdict != DIMSAT_VERDICT_VIOLATED)
    write_sound(c);
  if (c->result->fix_count > 0)
    certificate_maximal(c);
}

/* Writes everything. */
static void run(void *data) {
  call *x = data;
  certificate *c = &x->c;
  buffer head;
  smt2_init(&c->smt2, c->k.cx, &c->text);
  buffer_init(&c->out, &c->text);
  buffer_init(&head, c->k.m);
  write_head(c, &head);
  if (recheck_try(&c->k, bind, c))
    write_body(c);
  else
    script_gap(c, arena_format(c->k.m, "anything: %s", c->k.oracle.why));
  x->text = script_whole(c, &head);
}

/* The certificate of a result. */
const char *dimsat_certificate(const dimsat_result *r,
                               const dimsat_options *options) {
  call x = {.c = {.problem = r->problem, .result = r}};
  recheck_init(&x.c.k, r->problem, options);
  arena_init(&x.c.text, &r->problem->cx->fault);
  const dimsat_status s = context_run(r->problem->cx, run, &x);
  recheck_clear(&x.c.k);
  arena_clear(&x.c.text);
  return s == DIMSAT_OK ? x.text : NULL;
}
