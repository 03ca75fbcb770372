/*
 * dimsat_smt2: the validity questions of a problem as a script.  Each guard is
 * one question: "unsat" says that it holds on the whole spec.  Free axes are
 * under a quantifier; guards that share them are asked for together as well,
 * because their sizes must suit all of them at once.
 */
#include "dimsat/check.h"
#include "solver/bind.h"
#include "solver/numbers.h"
#include "solver/smt2_text.h"

#include <string.h>

/* Every guard and everything else that is required. */
#define ALL SIZE_MAX

typedef struct {
  dimsat_problem *problem;
  size_t guard; /* or ALL */
  budget budget;
  binding *b;
  smt2_writer writer;
  size_t next;              /* requirement that is to be written */
  const requirement **room; /* for as many as there are */
  buffer body;              /* the questions */
  bool scopes;              /* each question stands between push and pop */
  const char *script;
} script;

/* ---- One question -------------------------------------------------------- */

/* Text without control characters, for a comment. */
static void write_comment_text(buffer *out, const char *text) {
  for (const char *c = text; *c != '\0'; c++)
    buffer_add_char(out, (unsigned char)*c < 0x20 ? ' ' : *c);
}

/* Requirements that one question is about. */
typedef struct {
  const requirement **item;
  size_t count;
} requirements;

/* The free variables that they speak of, ascending; how many. */
static size_t list_free(const script *s, requirements chosen, uint32_t **free) {
  size_t most = 1, n = 0;
  for (size_t i = 0; i < chosen.count; i++)
    most += chosen.item[i]->claim->variable_count;
  *free = arena_alloc(s->b->m, most * sizeof **free);
  for (size_t i = 0; i < chosen.count; i++) {
    const claim *const c = chosen.item[i]->claim;
    for (size_t k = 0; k < c->variable_count; k++)
      if (c->variable[k] >= s->b->named_count)
        (*free)[n++] = c->variable[k];
  }
  return numbers_settle(*free, n);
}

/* (forall ((a Int) ...) (=> (and ranges)   with the brackets left open; false
 * when no free variable occurs. */
static bool open_quantifier(script *s, requirements chosen) {
  uint32_t *free;
  const variable *const v = s->b->variable;
  const size_t count = list_free(s, chosen, &free);
  if (count == 0)
    return false;
  for (size_t i = 0; i < count; i++) {
    buffer_add(&s->body, i == 0 ? "(forall ((" : " (");
    smt2_name(&s->body, v[free[i]].symbol->name);
    buffer_add(&s->body, " Int)");
  }
  buffer_add(&s->body, ") (=> (and true");
  for (size_t i = 0; i < count; i++) {
    buffer_add_char(&s->body, ' ');
    smt2_range(&s->body, v[free[i]].symbol->name, variable_domain(&v[free[i]]));
  }
  buffer_add(&s->body, ")\n  ");
  return true;
}

/* Asks whether the requirements can fail. */
static void write_question(script *s, requirements chosen) {
  const bool one = chosen.count == 1;
  buffer_add(&s->body, s->scopes ? "(push 1)\n(assert " : "(assert ");
  const bool quantified = open_quantifier(s, chosen);
  buffer_add(&s->body, one ? "(not " : "(not (and true");
  for (size_t i = 0; i < chosen.count; i++) {
    buffer_add(&s->body, one ? "" : "\n  ");
    smt2_condition(&s->writer, &s->body, chosen.item[i]->condition);
  }
  buffer_add(&s->body, one ? ")" : "))");
  buffer_add(&s->body, quantified ? ")))\n" : ")\n");
  buffer_add(&s->body, s->scopes ? "(check-sat)\n(pop 1)\n" : "(check-sat)\n");
}

/* ---- The questions of a problem ------------------------------------------ */

/* "; guard 3: x[0] % 4 == 0    model.py:12 in forward" */
static void write_guard_head(script *s, size_t index) {
  const guard *const g = &s->problem->guards[index];
  buffer_format(&s->body, "\n; guard %zu: ", index);
  write_comment_text(&s->body, g->text ? g->text : "");
  if (g->at != NULL) {
    buffer_add(&s->body, "    ");
    write_comment_text(&s->body, g->at);
  }
  buffer_add_char(&s->body, '\n');
}

/* The requirements of one guard: they follow each other, in the order of the
 * guards, behind those of NO_GUARD. */
static requirements of_guard(script *s, size_t index) {
  const binding *const b = s->b;
  requirements r = {.item = s->room};
  while (s->next < b->requirement_count &&
         (b->requirement[s->next].guard == NO_GUARD ||
          b->requirement[s->next].guard < index))
    s->next++;
  while (s->next < b->requirement_count &&
         b->requirement[s->next].guard == index)
    r.item[r.count++] = &b->requirement[s->next++];
  return r;
}

/* One guard; some are no demand on the spec. */
static void write_guard(script *s, size_t index) {
  write_guard_head(s, index);
  switch (s->problem->guards[index].kind) {
  case GUARD_RUNTIME_ASSERT:
    buffer_add(&s->body, "; checked when the model runs: no question\n");
    return;
  case GUARD_SPEC:
    buffer_add(&s->body, "; taken from the spec itself: no question\n");
    return;
  case GUARD_GUARD:
    write_question(s, of_guard(s, index));
  }
}

/* What the traced sizes demand, beside the guards. */
static void write_traced(script *s) {
  const binding *const b = s->b;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    if (r->guard != NO_GUARD)
      continue;
    buffer_add(&s->body, "\n; as traced: ");
    write_comment_text(&s->body, r->axis ? r->axis->source : "");
    buffer_add_char(&s->body, '\n');
    write_question(s, (requirements){.item = &r, .count = 1});
  }
}

/* All that speaks of free axes at once, when that is more than one guard. */
static void write_together(script *s) {
  const binding *const b = s->b;
  requirements all = {.item = s->room};
  bool several = false;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *const r = &b->requirement[i];
    if (!r->mixed)
      continue;
    several |= all.count > 0 && all.item[all.count - 1]->guard != r->guard;
    all.item[all.count++] = r;
  }
  if (!several)
    return;
  buffer_add(&s->body, "\n; all guards that speak of free axes, together\n");
  write_question(s, all);
}

/* The dims, within what the spec and the assumptions allow. */
static void write_dims(const script *s, buffer *out) {
  for (size_t i = 0; i < s->b->named_count; i++) {
    const variable *const v = &s->b->variable[i];
    const interval range = variable_domain(v);
    buffer_add(out, "(declare-const ");
    smt2_name(out, v->symbol->name);
    buffer_add(out, " Int)\n");
    if (!range.has_lo && !range.has_hi)
      continue;
    buffer_add(out, "(assert ");
    smt2_range(out, v->symbol->name, range);
    buffer_add(out, ")\n");
  }
}

/* The whole text. */
static void write_script(void *data) {
  script *const s = data;
  dimsat_context *const cx = s->problem->cx;
  buffer out;
  problem_validate(s->problem);
  s->b = &bind_problem(s->problem, &cx->work, &s->budget)->all;
  s->scopes = s->guard == ALL;
  s->room =
      arena_alloc(&cx->work, (s->b->requirement_count + 1) * sizeof *s->room);
  smt2_init(&s->writer, cx, &cx->work);
  buffer_init(&s->body, &cx->work);
  for (size_t i = 0; i < s->problem->guard_count; i++)
    if (s->guard == ALL || s->guard == i)
      write_guard(s, i);
  if (s->guard == ALL) {
    write_traced(s);
    write_together(s);
  }
  buffer_init(&out, &cx->work);
  buffer_add(&out, "; ");
  write_comment_text(&out, s->problem->name ? s->problem->name : "dimsat");
  buffer_add(&out, "\n; unsat: the guard holds on the whole spec; sat: some "
                   "sizes break it\n");
  if (s->writer.declared.length > 0)
    buffer_add(&out, "; a declared function may take any values: where a guard "
                     "speaks of one, sat\n; says only that the guard does not "
                     "hold for all such functions\n");
  buffer_add(&out, "; run with: z3 FILE, or cvc5 --incremental FILE\n"
                   "(set-logic ALL)\n");
  smt2_preamble(&s->writer, &out);
  write_dims(s, &out);
  buffer_add(&out, s->body.text);
  s->script = arena_copy_text(&cx->nodes, out.text, out.length);
}

/* The questions of `p` as SMT-LIB 2. */
const char *dimsat_smt2(dimsat_problem *p, size_t index) {
  script s = {.problem = p, .guard = index};
  budget_init(&s.budget, &p->cx->fault, &(dimsat_budget){.steps = UINT64_MAX},
              p->guard_count);
  if (index >= p->guard_count)
    s.guard = ALL;
  return context_run(p->cx, write_script, &s) == DIMSAT_OK ? s.script : NULL;
}
