/*
 * dimsat_check and dimsat_suggest: bind, take apart, and part by part decide
 * each requirement, describe what breaks, repair, prove the repair afresh; then
 * summarise.
 */
#include "dimsat/check.h"

#include "lib/expr/build.h"
#include "solver/alternatives.h"
#include "solver/dynamic.h"
#include "solver/fixes.h"
#include "solver/repair.h"
#include "solver/summary.h"
#include "solver/verify.h"
#include "solver/words.h"

#include <string.h>

/* Of the guards that a spent budget leaves open, so many are named. */
#define MOST_UNREACHED_NAMED 20

/* One call. */
typedef struct {
  dimsat_problem *problem;
  const dimsat_options *options;
  bool suggest;
  dimsat_result *result;
  arena memory; /* of everything that the call needs and the result does not */
  budget budget;
  oracle oracle;
  whole *whole;
  const existence *existence;
  parts parts;
  findings *findings; /* of each part */
  bool decided;       /* on the spec, part by part */
  bool undecided, contradictory;
  bool exhausted;    /* nothing more can be decided on the spec */
  size_t unreached;  /* requirements that were left for that */
  const char *ended; /* why the last step did not come to its end */
} check;

/* ---- Deciding ---------------------------------------------------------- */

/* One question, whose running out of budget is only its own "undecided". */
typedef struct {
  check *check;
  findings *f;
  size_t index;
  bool of_group;
  outcome outcome;
} question;

/* Decides one requirement or group. */
static void answer(void *data) {
  question *q = data;
  findings *f = q->f;
  if (q->of_group) {
    integer *point = arena_zeroed(f->b->m, f->b->variable_count, sizeof *point);
    f->group_point[q->index] = point;
    q->outcome = exists_prove(f->o, f->b, &f->group[q->index], f->spec, point);
  } else {
    const claim *c = f->b->requirement[q->index].claim;
    integer *point =
        arena_alloc(f->b->m, (c->variable_count + 1) * sizeof *point);
    f->point[q->index] = point;
    q->outcome = oracle_prove(f->o, c, f->spec, point);
  }
}

/* Says that a guard stayed open, and why. */
static void leave_open(check *k, const requirement *r) {
  binding *b = &k->whole->all;
  k->undecided = true;
  if (k->exhausted && ++k->unreached > MOST_UNREACHED_NAMED)
    return;
  const char *text = guard_words(b, r);
  const char *why = opaque_reason(b->cx, b->m, r->condition);
  k->result->work_helps |= why == NULL;
  if (why == NULL)
    why = k->oracle.why ? k->oracle.why : "no proof was found";
  if (r->guard == NO_GUARD)
    result_add_text(k->result, &k->result->undecided,
                    arena_format(b->m, "%s: %s", text, why));
  else
    result_add_text(
        k->result, &k->result->undecided,
        arena_format(b->m, "guard %zu: %s: %s", r->guard, text, why));
}

/* The outcome of a question; a spent budget leaves it open, and all that come
 * after it. */
static outcome ask(check *k, question q) {
  q.check = k;
  q.outcome = PROOF_OPEN;
  if (k->exhausted)
    return PROOF_OPEN;
  const arena_mark mark = arena_get_mark(&k->memory);
  const dimsat_status s = fault_try(&k->problem->cx->fault, answer, &q);
  if (s == DIMSAT_OK && q.outcome == PROOF_HOLDS)
    arena_rewind(&k->memory, mark);
  if (s == DIMSAT_OK)
    return q.outcome;
  if (!budget_ended(s))
    fault_raise(&k->problem->cx->fault, s);
  k->oracle.why = budget_reason(&k->budget, s);
  k->exhausted = s != DIMSAT_TOO_LARGE;
  return PROOF_OPEN;
}

/* Decides all requirements and groups of a part on its spec. */
static void decide_part(check *k, findings *f) {
  if (!f->spec)
    return;
  for (size_t i = 0; i < f->b->requirement_count; i++) {
    const requirement *r = &f->b->requirement[i];
    if (r->mixed)
      continue;
    const outcome o = ask(k, (question){.f = f, .index = i});
    f->broken[i] = o == PROOF_BREAKS;
    f->follows[i] = o == PROOF_HOLDS && r->claim->variable_count > 1;
    if (o == PROOF_OPEN)
      leave_open(k, r);
  }
  for (size_t i = 0; i < f->group_count; i++) {
    const outcome o = ask(k, (question){.f = f, .index = i, .of_group = true});
    f->group_broken[i] = o == PROOF_BREAKS;
    for (size_t n = 0; n < f->group[i].part_count; n++)
      f->follows[f->group[i].part[n] - f->b->requirement] = o == PROOF_HOLDS;
    if (o == PROOF_OPEN)
      leave_open(k, f->group[i].part[0]);
  }
}

/* Decides every part on its spec. */
static void decide_parts(check *k) {
  k->decided = true;
  for (size_t i = 0; i < k->parts.count; i++)
    decide_part(k, &k->findings[i]);
  if (k->unreached > MOST_UNREACHED_NAMED)
    result_add_text(k->result, &k->result->undecided,
                    arena_format(k->whole->all.m, "%zu more conditions: %s",
                                 k->unreached - MOST_UNREACHED_NAMED,
                                 k->oracle.why));
}

/* Decides everything on the spec; a spec that allows no sizes has none that
 * break a guard. */
static void decide_all(check *k) {
  for (size_t i = 0; i < k->parts.count; i++)
    if (!k->findings[i].spec)
      return;
  decide_parts(k);
}

/* ---- Steps ------------------------------------------------------------- */

/* A step, unless the time is over. */
typedef struct {
  check *check;
  void (*run)(void *check);
} timed_step;

/* Runs a step. */
static void run_in_time(void *data) {
  timed_step *s = data;
  budget_look(&s->check->budget);
  s->run(s->check);
}

/* Runs a step that may run out of budget; whether it came to its end.  What a
 * step before it spent leaves it a quarter of the budget at least. */
static bool run_step(check *k, void (*run)(void *)) {
  budget *b = &k->budget;
  timed_step step = {.check = k, .run = run};
  budget_grant(b);
  const dimsat_status s = fault_try(&k->problem->cx->fault, run_in_time, &step);
  if (s == DIMSAT_OK)
    return true;
  if (!budget_ended(s))
    fault_raise(&k->problem->cx->fault, s);
  k->ended = budget_reason(b, s);
  return false;
}

/* ---- Repairing --------------------------------------------------------- */

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
                                 guard_words(c->b, r)));
    return;
  }
}

/* Repairs a broken part; false when it cannot. */
static bool repair_part(check *k, findings *f) {
  component *c = component_new(f);
  const plan *p = repair_component(c);
  if (!p) {
    explain_failure(k, c);
    return false;
  }
  f->first_fix = k->result->fix_count;
  fixes_of_plan(k->result, p);
  f->fix_count = k->result->fix_count - f->first_fix;
  alternatives_of_plan(f, p);
  k->result->may_be_wider |= p->open > 0;
  return true;
}

/* Repairs every broken part.  Where the spec allows no sizes, the repair of one
 * part may let others have some, and their guards count then. */
static void repair_all(void *data) {
  check *k = data;
  if (!k->decided)
    decide_parts(k);
  for (size_t i = 0; i < k->parts.count; i++) {
    const arena_mark mark = arena_get_mark(&k->memory);
    if (!component_is_broken(&k->findings[i]))
      continue;
    if (!repair_part(k, &k->findings[i])) {
      k->result->fix_count = 0;
      return;
    }
    arena_rewind(&k->memory, mark);
  }
}

/* Whether the repair, read back from its fixes, is proved. */
static void prove_repair(void *data) {
  check *k = data;
  dimsat_result *r = k->result;
  r->proof = PROOF_UNDECIDED;
  for (size_t i = 0; i < k->parts.count; i++) {
    const findings *f = &k->findings[i];
    const arena_mark mark = arena_get_mark(&k->memory);
    if (verify_fixes(f, r->fixes + f->first_fix, f->fix_count) != PROOF_HOLDS)
      return;
    arena_rewind(&k->memory, mark);
  }
  r->proof = PROOF_PROVED;
}

/* Repairs, and takes the repair back unless it is proved. */
static void repair(check *k) {
  dimsat_result *r = k->result;
  if (!k->whole->has_example) {
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

/* The space of all sizes that the assumptions admit, and whether the example
 * satisfies all guards of the part; NULL when it does, or a size has no end. */
static const space *assumed_space(binding *b) {
  const size_t n = b->variable_count;
  integer *point = arena_zeroed(b->m, n + 1, sizeof *point);
  bool bounded = true, holds = true;
  for (size_t i = 0; i < n; i++) {
    const variable *v = &b->variable[i];
    holds &= v->has_example && interval_has(v->assumed, v->example);
    point[i] = v->example;
    const interval counted = variable_counted(v);
    bounded &= counted.has_lo || counted.has_hi;
  }
  for (size_t i = 0; i < b->requirement_count && holds; i++)
    holds = claim_at(b->requirement[i].claim, b->m, point) == POINT_HOLDS;
  return holds || !bounded ? NULL : bind_counted(b);
}

/* Whether no sizes at all satisfy the guards of a part within the assumptions.
 */
static bool is_contradictory(findings *f) {
  binding *b = f->b;
  const space *s = assumed_space(b);
  if (!s)
    return false;
  const expr **all =
      arena_alloc(b->m, (b->requirement_count + 1) * sizeof *all);
  for (size_t i = 0; i < b->requirement_count; i++)
    all[i] = b->requirement[i].condition;
  const claim *every =
      bind_claim(b, build_and(b->cx, all, b->requirement_count));
  integer *point =
      arena_alloc(b->m, (every->variable_count + 1) * sizeof *point);
  return oracle_refute(f->o, every, s, point) == PROOF_HOLDS;
}

/* Whether some requirement does not hold at the example, which every repair
 * keeps. */
static bool refuses_example(const binding *b) {
  integer *point = arena_zeroed(b->m, b->variable_count + 1, sizeof *point);
  for (size_t i = 0; i < b->variable_count; i++)
    point[i] = b->variable[i].example;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const claim *c = b->requirement[i].claim;
    bool known = true;
    for (size_t k = 0; k < c->variable_count; k++)
      known &= b->variable[c->variable[k]].has_example;
    if (known && claim_at(c, b->m, point) == POINT_BREAKS)
      return true;
  }
  return false;
}

/* Looks whether a change of dims may help: some violation is about a dim, and
 * the example stands against none. */
static void repairable_step(void *data) {
  check *k = data;
  bool about_dims = false;
  for (size_t i = 0; i < k->result->violation_count; i++)
    about_dims |= k->result->violations[i].dim_count > 0;
  bool refused = !k->whole->has_example;
  for (size_t i = 0; i < k->parts.count && !refused; i++)
    refused = refuses_example(k->findings[i].b);
  k->result->repairable = about_dims && !refused;
}

/* Looks for a contradiction. */
static void contradiction_step(void *data) {
  check *k = data;
  for (size_t i = 0; i < k->parts.count && !k->contradictory; i++)
    k->contradictory = is_contradictory(&k->findings[i]);
}

/* The verdict, from what was found: never "ok" where a step did not end. */
static dimsat_verdict verdict(const check *k) {
  if (k->contradictory)
    return DIMSAT_VERDICT_CONTRADICTORY;
  if (k->result->violation_count)
    return DIMSAT_VERDICT_VIOLATED;
  return k->undecided || k->problem->gap_count > 0 ? DIMSAT_VERDICT_UNDECIDED
                                                   : DIMSAT_VERDICT_OK;
}

/* ---- All --------------------------------------------------------------- */

/* Memory for what is found in a part. */
static findings new_findings(check *k, binding *b) {
  const size_t n = b->requirement_count + 1;
  findings f = {.whole = k->whole,
                .b = b,
                .o = &k->oracle,
                .result = k->result,
                .spec = bind_space(b, NULL),
                .broken = arena_zeroed(b->m, n, sizeof *f.broken),
                .implied = arena_zeroed(b->m, n, sizeof *f.implied),
                .follows = arena_zeroed(b->m, n, sizeof *f.follows),
                .point = arena_zeroed(b->m, n, sizeof *f.point)};
  f.group = exists_groups(b, &f.group_count);
  f.group_broken =
      arena_zeroed(b->m, f.group_count + 1, sizeof *f.group_broken);
  f.group_point = arena_zeroed(b->m, f.group_count + 1, sizeof *f.group_point);
  return f;
}

/* The problem, taken apart. */
static void prepare(void *data) {
  check *k = data;
  k->whole = bind_problem(k->problem, &k->memory, &k->budget);
  k->existence = exists_eliminate(&k->whole->all, false);
  k->parts = parts_of(k->whole);
  k->findings =
      arena_alloc(k->whole->all.m, k->parts.count * sizeof *k->findings);
  for (size_t i = 0; i < k->parts.count; i++) {
    bind_index(&k->parts.part[i]);
    k->findings[i] = new_findings(k, &k->parts.part[i]);
  }
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
        arena_format(k->whole->all.m,
                     "%zu run-time assert%s not counted: the program checks "
                     "%s when it runs",
                     asserts, asserts == 1 ? " is" : "s are",
                     asserts == 1 ? "it" : "them"));
}

/* What the problem lacks: it leaves open whether the rest agrees. */
static void carry_gaps(check *k) {
  const dimsat_problem *p = k->problem;
  dimsat_result *r = k->result;
  r->incomplete = p->gap_count > 0;
  for (size_t i = 0; i < p->gap_count; i++)
    result_add_text(
        r, r->verdict == DIMSAT_VERDICT_UNDECIDED ? &r->undecided : &r->notes,
        arena_format(k->whole->all.m, "not all is known: %s", p->gaps[i]));
}

/* Describes what is broken. */
static void describe(void *data) {
  check *k = data;
  violation_misfits(k->result, k->whole);
  const size_t first = k->result->violation_count;
  for (size_t i = 0; i < k->parts.count; i++) {
    const arena_mark mark = arena_get_mark(&k->memory);
    violation_list(&k->findings[i]);
    arena_rewind(&k->memory, mark);
  }
  violation_sort(k->result, first);
}

/* Describes DYNAMIC axes that are forced to one size; where no sizes are
 * possible at all, nothing is forced. */
static void describe_dynamic(void *data) {
  check *k = data;
  if (k->result->violation_count)
    contradiction_step(k);
  if (!k->contradictory)
    violation_dynamic(k->findings, &k->parts, k->whole, k->existence);
}

/* Says what else is known. */
static void summarise_step(void *data) {
  check *k = data;
  summarise(k->findings, &k->parts, k->whole, k->existence);
}

/* Says that the budget ended before anything could be asked. */
static void leave_all_open(check *k) {
  dimsat_result *r = k->result;
  r->verdict = DIMSAT_VERDICT_UNDECIDED;
  r->work_helps = true;
  result_add_text(
      r, &r->undecided,
      arena_format(&k->memory, "%s before any guard was looked at", k->ended));
}

/* All steps of a problem that was taken apart. */
static void decide_and_describe(check *k) {
  dimsat_result *r = k->result;
  carry_notes(k);
  decide_all(k);
  if (!run_step(k, describe) || !run_step(k, describe_dynamic)) {
    k->undecided = true;
    r->work_helps = true;
    result_add_text(r, &r->undecided,
                    arena_format(k->whole->all.m,
                                 "%s before every violation was described",
                                 k->ended));
  }
  r->verdict = verdict(k);
  carry_gaps(k);
  if (r->verdict == DIMSAT_VERDICT_VIOLATED && k->suggest)
    repair(k);
  else if (r->verdict == DIMSAT_VERDICT_VIOLATED)
    r->repairable = !run_step(k, repairable_step) || r->repairable;
  if (!run_step(k, summarise_step))
    result_add_text(r, &r->notes,
                    arena_format(k->whole->all.m,
                                 "%s: ranges and relations are incomplete",
                                 k->ended));
}

/* The whole call. */
static void run(check *k) {
  const double start = budget_clock();
  if (run_step(k, prepare))
    decide_and_describe(k);
  else
    leave_all_open(k);
  k->result->stats.steps = k->budget.spent;
  k->result->stats.seconds = budget_clock() - start;
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
  budget_init(&k.budget, &p->cx->fault, options ? &options->budget : NULL,
              p->guard_count);
  arena_init(&k.memory, &p->cx->fault);
  oracle_init(&k.oracle, p->cx, &k.memory, &k.budget, &stats, options);
  const dimsat_status s = context_run(p->cx, run_guarded, &k);
  oracle_clear(&k.oracle);
  arena_clear(&k.memory);
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
