/*
 * dimsat_check and dimsat_suggest: bind, decide each requirement, describe what
 * breaks, repair component by component, prove the repair afresh, summarise.
 */
#include "dimsat/check.h"

#include "lib/expr/build.h"
#include "solver/fixes.h"
#include "solver/repair.h"
#include "solver/summary.h"
#include "solver/verify.h"

#include <string.h>
#include <time.h>

/* One call. */
typedef struct {
  dimsat_problem *problem;
  const dimsat_options *options;
  bool suggest;
  dimsat_result *result;
  budget budget;
  oracle oracle;
  findings findings;
  bool undecided, contradictory;
} check;

/* ---- Deciding ---------------------------------------------------------- */

/* One question, whose running out of budget is only its own "undecided". */
typedef struct {
  check *check;
  const space *space;
  size_t index;
  bool of_group;
  outcome outcome;
} question;

/* Decides one requirement or group. */
static void answer(void *data) {
  question *q = data;
  findings *f = &q->check->findings;
  integer *point =
      arena_zeroed(f->b->m, f->b->variable_count + 1, sizeof *point);
  if (q->of_group) {
    f->group_point[q->index] = point;
    q->outcome = exists_prove(f->o, f->b, &f->existence->group[q->index],
                              q->space, point);
  } else {
    f->point[q->index] = point;
    q->outcome =
        oracle_prove(f->o, f->b->requirement[q->index].claim, q->space, point);
  }
}

/* Says that a guard stayed open, and why. */
static void leave_open(check *k, const requirement *r) {
  const char *text = condition_text(k->problem->cx, r->condition);
  const char *why = k->oracle.why ? k->oracle.why : "the budget ran out";
  k->undecided = true;
  if (r->guard == NO_GUARD)
    result_add_text(k->result, &k->result->undecided,
                    arena_format(k->findings.b->m, "%s: %s", text, why));
  else
    result_add_text(k->result, &k->result->undecided,
                    arena_format(k->findings.b->m, "guard %zu: %s: %s",
                                 r->guard, text, why));
}

/* The outcome of a question; a spent budget leaves it open. */
static outcome ask(check *k, question q) {
  q.check = k;
  q.outcome = PROOF_OPEN;
  const dimsat_status s = fault_try(&k->problem->cx->fault, answer, &q);
  if (s == DIMSAT_OK)
    return q.outcome;
  if (s != DIMSAT_OUT_OF_BUDGET && s != DIMSAT_CANCELLED &&
      s != DIMSAT_TOO_LARGE)
    fault_raise(&k->problem->cx->fault, s);
  k->oracle.why = dimsat_status_text(s);
  return PROOF_OPEN;
}

/* Decides all requirements and groups on the spec. */
static void decide_all(check *k) {
  findings *f = &k->findings;
  const space *s = bind_space(f->b, NULL);
  for (size_t i = 0; s && i < f->b->requirement_count; i++) {
    const requirement *r = &f->b->requirement[i];
    if (r->mixed)
      continue;
    const outcome o = ask(k, (question){.space = s, .index = i});
    f->broken[i] = o == PROOF_BREAKS;
    if (o == PROOF_OPEN)
      leave_open(k, r);
  }
  for (size_t i = 0; s && i < f->existence->group_count; i++) {
    const outcome o =
        ask(k, (question){.space = s, .index = i, .of_group = true});
    f->group_broken[i] = o == PROOF_BREAKS;
    if (o == PROOF_OPEN)
      leave_open(k, f->existence->group[i].part[0]);
  }
}

/* ---- Steps ------------------------------------------------------------- */

/* Runs a step that may run out of budget; whether it came to its end.  What a
 * step before it spent leaves it a quarter of the budget at least. */
static bool run_step(check *k, void (*step)(void *)) {
  budget *b = &k->budget;
  if (b->limit - b->spent < b->limit / 4 || b->spent > b->limit)
    b->limit = b->spent + b->limit / 4;
  const dimsat_status s = fault_try(&k->problem->cx->fault, step, k);
  if (s == DIMSAT_OK)
    return true;
  if (s != DIMSAT_OUT_OF_BUDGET && s != DIMSAT_CANCELLED &&
      s != DIMSAT_TOO_LARGE)
    fault_raise(&k->problem->cx->fault, s);
  return false;
}

/* ---- Repairing --------------------------------------------------------- */

/* Whether some variable of the component has its example outside its range. */
static bool misses_example(const component *c) {
  for (size_t i = 0; i < c->b->misfit_count; i++)
    for (size_t k = 0; k < c->variable_count; k++)
      if (c->b->misfit[i].variable == c->variable[k])
        return true;
  return false;
}

/* Says which guard the example itself does not satisfy. */
static void explain_failure(check *k, const component *c) {
  for (size_t i = 0; i < c->require_count; i++) {
    const requirement *r = c->require[i];
    const point_truth t = claim_at(r->claim, c->b->m, c->anchor);
    if (t == POINT_HOLDS)
      continue;
    result_add_text(k->result, &k->result->notes,
                    arena_format(c->b->m,
                                 t == POINT_BREAKS
                                     ? "no repair keeps the example: %s does "
                                       "not hold there"
                                     : "no repair can be proved: %s cannot be "
                                       "decided at the example",
                                 guard_words(k->findings.b, r)));
    return;
  }
}

/* Repairs every broken component. */
static void repair_all(void *data) {
  check *k = data;
  findings *f = &k->findings;
  size_t count;
  component *list = component_list(f->b, f->o, f->existence, f->broken,
                                   f->group_broken, &count);
  for (size_t i = 0; i < count; i++) {
    if (!list[i].broken && !misses_example(&list[i]))
      continue;
    const plan *p = repair_component(&list[i]);
    if (p) {
      fixes_of_plan(k->result, p);
      summary_of_plan(f, p);
      k->result->may_be_wider |= p->open > 0;
    } else {
      k->result->fix_count = 0;
      explain_failure(k, &list[i]);
      return;
    }
  }
}

/* Whether the repair, read back from its fixes, is proved. */
static void prove_repair(void *data) {
  check *k = data;
  dimsat_result *r = k->result;
  const outcome o = verify_fixes(k->findings.o, k->findings.b,
                                 k->findings.existence, r->fixes, r->fix_count);
  r->proof = o == PROOF_HOLDS ? PROOF_PROVED : PROOF_UNDECIDED;
}

/* Repairs, and takes the repair back unless it is proved. */
static void repair(check *k) {
  dimsat_result *r = k->result;
  if (!k->findings.b->has_example) {
    result_add_text(r, &r->notes,
                    "no repair: the example contradicts the spec");
    return;
  }
  if (!run_step(k, repair_all))
    r->fix_count = 0;
  else if (r->fix_count && !run_step(k, prove_repair))
    r->proof = PROOF_UNDECIDED;
  if (r->fix_count && r->proof != PROOF_PROVED) {
    r->fix_count = 0;
    result_add_text(r, &r->notes,
                    "a repair was found but could not be proved within the "
                    "budget; it is not shown");
  }
}

/* ---- Verdict ----------------------------------------------------------- */

/* Whether no sizes at all satisfy the guards within the assumptions. */
static bool is_contradictory(check *k) {
  binding *b = k->findings.b;
  integer *point = arena_zeroed(b->m, b->variable_count + 1, sizeof *point);
  const expr **all =
      arena_alloc(b->m, (b->requirement_count + 1) * sizeof *all);
  interval *range = arena_alloc(b->m, (b->variable_count + 1) * sizeof *range);
  bool example_holds = true;
  for (size_t i = 0; i < b->variable_count; i++) {
    const variable *v = &b->variable[i];
    example_holds &= v->has_example && interval_has(v->assumed, v->example);
    point[i] = v->example;
    range[i] = interval_meet(v->assumed, interval_from(integer_of(0)));
    if (!v->named)
      range[i] = v->assumed;
  }
  for (size_t i = 0; i < b->requirement_count; i++) {
    all[i] = b->requirement[i].condition;
    example_holds = example_holds && claim_at(b->requirement[i].claim, b->m,
                                              point) == POINT_HOLDS;
  }
  const space *s = example_holds ? NULL : bind_space(b, range);
  if (!s)
    return false;
  for (size_t i = 0; i < b->variable_count; i++)
    if (!range[i].has_lo && !range[i].has_hi)
      return false;
  const expr *every = build_and(b->cx, all, b->requirement_count);
  return oracle_refute(k->findings.o, bind_claim(b, every), s, point) ==
         PROOF_HOLDS;
}

/* Looks for a contradiction. */
static void contradiction_step(void *data) {
  check *k = data;
  k->contradictory = is_contradictory(k);
}

/* The verdict, from what was found: never "ok" where a step did not end. */
static dimsat_verdict verdict(check *k) {
  if (k->result->violation_count) {
    run_step(k, contradiction_step);
    return k->contradictory ? DIMSAT_VERDICT_CONTRADICTORY
                            : DIMSAT_VERDICT_VIOLATED;
  }
  return k->undecided ? DIMSAT_VERDICT_UNDECIDED : DIMSAT_VERDICT_OK;
}

/* ---- All --------------------------------------------------------------- */

/* Seconds of the monotonic clock. */
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Memory for what is found. */
static void prepare_findings(check *k) {
  findings *f = &k->findings;
  f->b = bind_problem(k->problem);
  f->o = &k->oracle;
  f->result = k->result;
  f->existence = exists_prepare(f->b);
  bind_index(f->b);
  k->oracle.symbol = f->b->symbol;
  k->oracle.variable_count = f->b->variable_count;
  const size_t n = f->b->requirement_count + 1;
  const size_t g = f->existence->group_count + 1;
  f->broken = arena_zeroed(f->b->m, n, sizeof *f->broken);
  f->implied = arena_zeroed(f->b->m, n, sizeof *f->implied);
  f->point = arena_zeroed(f->b->m, n, sizeof *f->point);
  f->group_broken = arena_zeroed(f->b->m, g, sizeof *f->group_broken);
  f->group_point = arena_zeroed(f->b->m, g, sizeof *f->group_point);
}

/* The notes of the problem, and guards that do not count. */
static void carry_notes(check *k) {
  const dimsat_problem *p = k->problem;
  size_t asserts = 0;
  for (size_t i = 0; i < p->note_count; i++)
    result_add_text(k->result, &k->result->notes, p->notes[i]);
  for (size_t i = 0; i < p->guard_count; i++)
    asserts += p->guards[i].kind == GUARD_RUNTIME_ASSERT;
  if (asserts)
    result_add_text(
        k->result, &k->result->notes,
        arena_format(k->findings.b->m,
                     "%zu run-time assert%s not counted: the program checks "
                     "%s when it runs",
                     asserts, asserts == 1 ? " is" : "s are",
                     asserts == 1 ? "it" : "them"));
}

/* Describes what is broken. */
static void describe(void *data) {
  check *k = data;
  violation_list(&k->findings);
  violation_dynamic(&k->findings);
}

/* Says what else is known. */
static void summarise_step(void *data) {
  check *k = data;
  summarise(&k->findings);
}

/* The whole call. */
static void run(check *k) {
  const double start = now();
  dimsat_result *r = k->result;
  prepare_findings(k);
  carry_notes(k);
  decide_all(k);
  if (!run_step(k, describe)) {
    k->undecided = true;
    result_add_text(r, &r->undecided,
                    "the budget or the time ran out before every violation "
                    "was described");
  }
  r->verdict = verdict(k);
  if (r->verdict == DIMSAT_VERDICT_VIOLATED && k->suggest)
    repair(k);
  if (!run_step(k, summarise_step))
    result_add_text(r, &r->notes,
                    "the budget ran out: ranges and relations "
                    "are incomplete");
  r->stats.steps = k->budget.spent;
  r->stats.seconds = now() - start;
}

/* The body of a call: an oracle that is cleared whatever happens. */
static void run_guarded(void *data) {
  check *k = data;
  dimsat_problem *p = k->problem;
  problem_validate(p);
  k->result = arena_zeroed(&p->cx->nodes, 1, sizeof *k->result);
  k->result->problem = p;
  k->result->suggested = k->suggest;
  run(k);
}

/* Checks, and repairs where asked. */
static dimsat_result *start(dimsat_problem *p, const dimsat_options *options,
                            bool suggest) {
  check k = {.problem = p, .options = options, .suggest = suggest};
  counters stats = {0};
  budget_init(&k.budget, &p->cx->fault, options ? &options->budget : NULL);
  oracle_init(&k.oracle, p->cx, &k.budget, &stats, options);
  const dimsat_status s = context_run(p->cx, run_guarded, &k);
  oracle_clear(&k.oracle);
  if (s != DIMSAT_OK)
    return NULL;
  stats.steps = k.result->stats.steps;
  stats.seconds = k.result->stats.seconds;
  k.result->stats = stats;
  return k.result;
}

/* Verdict and violations. */
dimsat_result *dimsat_check(dimsat_problem *p, const dimsat_options *options) {
  return start(p, options, false);
}

/* Verdict, violations and the repair. */
dimsat_result *dimsat_suggest(dimsat_problem *p,
                              const dimsat_options *options) {
  return start(p, options, true);
}
