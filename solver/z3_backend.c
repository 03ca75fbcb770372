/*
 * A question is encoded, and asked with one solver after another until one
 * decides.
 *
 * Where a condition is not encoded exactly everywhere, two questions are asked.
 * The strict one counts a size only where the encoding is exact: its models are
 * real.  The loose one counts a size also where the encoding is not exact: when
 * it has no model, there is none.
 */
#include "solver/z3_backend.h"

#include "lib/base/memory.h"
#include "lib/expr/substitute.h"
#include "solver/z3_encode.h"
#include "solver/z3_run.h"

#include <assert.h>
#include <string.h>

/* What one check may cost in Z3's own steps, at effort 1. */
#define RLIMIT 200000.0
/* The part of it that most checks get: what is decided at all is mostly decided
 * early, and the steps of some solvers take long. */
#define SMALL_SHARE 0.125
/* The same for the solvers whose steps take far longer. */
#define REAL_SHARE 0.0125
#define STRATEGIC_SHARE 0.025
/* What one question may cost, in checks of full cost. */
#define CHECKS_PER_QUESTION 3
/* What each check is charged beside Z3's own steps. */
#define STEPS_PER_CHECK 1000
/* Z3 keeps all terms, so a session is left after so many questions or nodes. */
#define QUESTIONS_PER_SESSION 1000
#define NODES_PER_SESSION 500000
/* Ends a question that takes far longer than its steps should: Z3 counts a step
 * also where its numbers have become very long.  For effort 1 and less. */
#define FUSE_SECONDS 3.0
/* What a question is charged that was ended like that, so that a call with many
 * of them comes to its end. */
#define STEPS_PER_FUSE 10000000
/* How often a quantified question is tried without quantifiers. */
#define ROUNDS 40

/* What is kept between questions. */
typedef struct {
  z3_session *session; /* NULL until the first question of a call */
  uint32_t rlimit_count;
  size_t questions, nodes;
  arena scratch;
} backend;

/* One question on its way. */
typedef struct {
  dimsat_context *cx;
  backend *z;
  budget *b;
  counters *stats;
  const z3_question *q;
  z3_encoder n;
  size_t chosen;      /* symbols that are chosen */
  Z3_ast *constant;   /* one a symbol */
  Z3_ast *value;      /* of the chosen, after a model was found */
  Z3_ast *instance;   /* see `decide_quantified` */
  double limit, left; /* rlimit of one check, and of all that come */
  double fuse;        /* seconds left for all checks */
  bool stopped;       /* a check was stopped: nothing can be asked any more */
  bool blown;         /* by the fuse or by Z3's memory */
  const char *reason; /* why Z3 gave up last */
  z3_verdict verdict;
} asking;

/* A question as formulas: find x with `chosen(x)` such that for all y
 * `body(x, y)`; without quantified symbols there is no y. */
typedef struct {
  Z3_ast chosen, body;
} formulas;

/* ---- The session --------------------------------------------------------- */

/* Ends the session, if there is one. */
static void end_session(backend *z) {
  session_close(z->session);
  z->session = NULL;
}

/* Ends the backend; the dimsat context calls it at its own end. */
static void free_backend(void *data) {
  backend *const z = data;
  end_session(z);
  arena_clear(&z->scratch);
  memory_release(z);
}

/* Ends what the questions of a call left; see z3_backend.h. */
void z3_end(dimsat_context *cx) {
  backend *const z = cx->backend;
  if (z == NULL)
    return;
  end_session(z);
  arena_rewind(&z->scratch, (arena_mark){0});
  arena_trim(&z->scratch);
}

/* The backend of `cx`, made when there is none. */
static backend *need_backend(dimsat_context *cx) {
  if (cx->backend != NULL)
    return cx->backend;
  backend *const z = memory_allocate(sizeof *z);
  if (z == NULL)
    fault_raise(&cx->fault, DIMSAT_NO_MEMORY);
  *z = (backend){0};
  arena_init(&z->scratch, &cx->fault);
  cx->backend = z;
  cx->backend_free = free_backend;
  return z;
}

/* Takes back what a question left behind that ended early. */
static void clean(backend *z) {
  z3_session *const s = z->session;
  for (z3_way w = PLAIN; w <= REAL; w++)
    if (s->solver[w] != NULL &&
        z3_api->solver_get_num_scopes(s->z3, s->solver[w]) != 0)
      session_renew(s, w);
  if (s->solver[PLAIN] == NULL || z3_api->get_error_code(s->z3) != Z3_OK)
    end_session(z);
}

/* A backend with a session that is ready for a question; else NULL. */
static backend *ready_backend(dimsat_context *cx, counters *stats) {
  backend *const z = need_backend(cx);
  arena_rewind(&z->scratch, (arena_mark){0});
  if (z->questions >= QUESTIONS_PER_SESSION || z->nodes >= NODES_PER_SESSION)
    end_session(z);
  if (z->session != NULL)
    clean(z);
  if (z->session != NULL)
    return z;
  stats->z3_contexts++;
  z->questions = z->nodes = 0;
  z->rlimit_count = 0;
  z->session = session_open();
  return z->session != NULL ? z : NULL;
}

/* ---- One check ----------------------------------------------------------- */

/* Z3's step counter, which only grows. */
static uint32_t read_rlimit(backend *z, Z3_solver solver) {
  const Z3_context z3 = z->session->z3;
  const Z3_stats stats = z3_api->solver_get_statistics(z3, solver);
  uint32_t count = z->rlimit_count;
  if (stats == NULL)
    return count;
  z3_api->stats_inc_ref(z3, stats);
  const unsigned size = z3_api->stats_size(z3, stats);
  for (unsigned i = size; i-- > 0;)
    if (!strcmp(z3_api->stats_get_key(z3, stats, i), "rlimit count") &&
        z3_api->stats_is_uint(z3, stats, i)) {
      count = z3_api->stats_get_uint_value(z3, stats, i);
      break;
    }
  z3_api->stats_dec_ref(z3, stats);
  return count;
}

/* The rlimit of the next check: never 0, which would be no limit. */
static unsigned next_rlimit(const asking *a, double share) {
  const budget *const b = a->b;
  const double budget_left =
      b->limit > b->spent ? (double)(b->limit - b->spent) : 0;
  double limit = a->limit * share;
  limit = limit < a->left ? limit : a->left;
  limit = limit < budget_left ? limit : budget_left;
  return limit < 1 ? 1 : limit < 4e9 ? (unsigned)limit : 4000000000u;
}

/* Tells the solver of way `w` its seed and its limit, and to leave the caller's
 * handler of interrupts alone. */
static void set_limits(const asking *a, z3_way w, double share) {
  const Z3_context z3 = a->z->session->z3;
  const Z3_params p = z3_api->mk_params(z3);
  z3_api->params_inc_ref(z3, p);
  z3_api->params_set_uint(z3, p, z3_api->mk_string_symbol(z3, "random_seed"),
                          0);
  z3_api->params_set_uint(z3, p, z3_api->mk_string_symbol(z3, "rlimit"),
                          next_rlimit(a, share));
  z3_api->params_set_bool(z3, p, z3_api->mk_string_symbol(z3, "ctrl_c"), false);
  z3_api->solver_set_params(z3, a->z->session->solver[w], p);
  z3_api->params_dec_ref(z3, p);
}

/* Says in our words why Z3 gave up. */
static const char *reason_of(asking *a, Z3_solver solver) {
  const char *const said =
      z3_api->solver_get_reason_unknown(a->z->session->z3, solver);
  if (said == NULL || *said == '\0')
    return "Z3 gave up without a reason";
  if (strstr(said, "resource") != NULL || strstr(said, "canceled") != NULL)
    return "Z3 reached its step limit";
  if (strstr(said, "memory") != NULL)
    return "Z3 ran out of memory";
  return arena_format(&a->z->scratch, "Z3 cannot decide this: %s", said);
}

/* Keeps the values of the chosen symbols; false when one is no number. */
static bool read_model(asking *a, Z3_solver solver) {
  const Z3_context z3 = a->z->session->z3;
  const Z3_model model = z3_api->solver_get_model(z3, solver);
  if (model == NULL)
    return false;
  z3_api->model_inc_ref(z3, model);
  bool good = true;
  for (size_t i = 0; i < a->q->count && good; i++)
    good = z3_api->model_eval(z3, model, a->constant[i], true, &a->value[i]) &&
           z3_api->get_ast_kind(z3, a->value[i]) == Z3_NUMERAL_AST;
  z3_api->model_dec_ref(z3, model);
  return good;
}

/* Ends the question, whose session may be gone. */
_Noreturn static void stop(asking *a, run_end why) {
  a->stopped = true;
  a->blown = why == RUN_FUSE || why == RUN_MEMORY;
  a->reason = why == RUN_MEMORY      ? "Z3 ran out of memory"
              : why == RUN_NO_THREAD ? "Z3 could not be started"
                                     : "Z3 ran out of time";
  fault_raise(&a->cx->fault, DIMSAT_OUT_OF_BUDGET);
}

/* Lets Z3 work on what was asserted. */
static Z3_lbool run_check(asking *a, z3_way w) {
  backend *const z = a->z;
  const run_result r = z3_run(z->session, w, a->b, a->fuse);
  a->fuse -= r.processor;
  if (r.left)
    z->session = NULL;
  if (r.left || (r.end != RUN_ENDED && r.answer == Z3_L_UNDEF))
    stop(a, r.end);
  return z3_api->get_error_code(z->session->z3) == Z3_OK ? r.answer
                                                         : Z3_L_UNDEF;
}

/* Runs the solver of way `w` on what was asserted, within all limits, and
 * charges it. */
static Z3_lbool check(asking *a, z3_way w, double share) {
  backend *const z = a->z;
  const Z3_solver solver = z->session->solver[w];
  set_limits(a, w, share);
  Z3_lbool answer = run_check(a, w);
  if (answer == Z3_L_UNDEF)
    a->reason = reason_of(a, solver);
  if (answer == Z3_L_TRUE && !read_model(a, solver)) {
    a->reason = "Z3 found no numbers";
    answer = Z3_L_UNDEF;
  }
  const uint32_t count = read_rlimit(z, solver);
  const uint32_t used = count - z->rlimit_count;
  z->rlimit_count = count;
  a->left -= used;
  budget_spend(a->b, STEPS_PER_CHECK + (uint64_t)used);
  return answer;
}

/* Asserts `formula` in a new scope, checks, and leaves the scope. */
static Z3_lbool try(asking *a, z3_way w, double share, Z3_ast formula) {
  const Z3_context z3 = a->z->session->z3;
  const Z3_solver solver = a->z->session->solver[w];
  const bool scoped = w == PLAIN || w == REAL;
  if (solver == NULL || a->n.terms.failed || a->left < 1)
    return Z3_L_UNDEF;
  if (scoped)
    z3_api->solver_push(z3, solver);
  else
    z3_api->solver_reset(z3, solver);
  if (z3_api->get_error_code(z3) == Z3_OK && formula != NULL)
    z3_api->solver_assert(z3, solver, formula);
  Z3_lbool answer = Z3_L_UNDEF;
  if (z3_api->get_error_code(z3) == Z3_OK)
    answer = check(a, w, share);
  if (scoped && answer == Z3_L_UNDEF)
    session_renew(a->z->session, w);
  else if (scoped)
    z3_api->solver_pop(z3, solver, 1);
  return answer;
}

/* One way after the other, for a formula without quantifiers. */
static Z3_lbool try_each(asking *a, Z3_ast formula) {
  static const struct {
    z3_way way;
    double share;
  } first[] = {
      {PLAIN, SMALL_SHARE}, {REAL, REAL_SHARE}, {STRATEGIC, STRATEGIC_SHARE}};
  Z3_lbool answer = Z3_L_UNDEF;
  for (size_t i = 0; a->n.hard && i < 3 && answer == Z3_L_UNDEF; i++)
    answer = try(a, first[i].way, first[i].share, formula);
  return answer != Z3_L_UNDEF ? answer : try(a, PLAIN, 1, formula);
}

/* ---- Quantifiers --------------------------------------------------------- */

/* `body` with the chosen symbols, or else the quantified ones, replaced by
 * their last values. */
static Z3_ast substitute_values(asking *a, Z3_ast body, bool chosen) {
  const size_t first = chosen ? 0 : a->chosen;
  const size_t count = chosen ? a->chosen : a->q->count - a->chosen;
  const Z3_ast result =
      z3_api->substitute(a->z->session->z3, body, (unsigned)count,
                         a->constant + first, a->value + first);
  if (result == NULL)
    a->n.terms.failed = true;
  return result != NULL ? result : a->n.terms.no;
}

/* Whether the last values of the chosen symbols break `body` for some values of
 * the others; leaves those in `value`. */
static Z3_lbool refute(asking *a, Z3_ast body) {
  Z3_ast *const kept =
      arena_zeroed(&a->z->scratch, a->chosen + 1, sizeof *kept);
  memcpy(kept, a->value, a->chosen * sizeof *kept);
  const Z3_ast rest = substitute_values(a, body, true);
  const Z3_lbool answer = try_each(a, term_not(&a->n.terms, rest));
  memcpy(a->value, kept, a->chosen * sizeof *kept);
  return answer;
}

/*
 * Without quantifiers: sizes that satisfy `body` for some values of the
 * quantified symbols, until they do so for all, or until no sizes are left.
 */
static Z3_lbool try_instances(asking *a, const formulas *f) {
  Z3_ast *const part = a->instance;
  size_t count = 0;
  part[count++] = f->chosen;
  for (int round = 0; round < ROUNDS; round++) {
    const Z3_lbool found = try_each(a, term_all(&a->n.terms, part, count));
    if (found != Z3_L_TRUE)
      return found;
    const Z3_lbool refuted = refute(a, f->body);
    if (refuted == Z3_L_FALSE)
      return Z3_L_TRUE;
    if (refuted == Z3_L_UNDEF)
      return Z3_L_UNDEF;
    part[count++] = substitute_values(a, f->body, false);
  }
  return Z3_L_UNDEF;
}

/* The formula with its quantifier. */
static Z3_ast quantify(asking *a, const formulas *f) {
  const size_t count = a->q->count - a->chosen;
  Z3_app *const bound = arena_zeroed(&a->z->scratch, count, sizeof *bound);
  for (size_t i = 0; i < count; i++)
    bound[i] = z3_api->to_app(a->z->session->z3, a->constant[a->chosen + i]);
  const Z3_ast all = z3_api->mk_forall_const(
      a->z->session->z3, 0, (unsigned)count, bound, 0, NULL, f->body);
  if (all == NULL)
    a->n.terms.failed = true;
  return term_both(&a->n.terms, f->chosen, all);
}

/* Whatever Z3 finds for the quantified formula is tried on all values.  Z3's
 * tactics for quantifiers may run on after an interrupt where a formula is not
 * simple. */
static Z3_lbool try_quantified(asking *a, const formulas *f) {
  static const z3_way ways[] = {PLAIN, QUANTIFIED};
  const Z3_ast formula = quantify(a, f);
  for (size_t i = 0; i < (a->n.hard ? 1 : 2); i++) {
    const Z3_lbool answer = try(a, ways[i], 1, formula);
    if (answer == Z3_L_FALSE)
      return answer;
    if (answer == Z3_L_TRUE && refute(a, f->body) == Z3_L_FALSE)
      return answer;
  }
  return Z3_L_UNDEF;
}

/* Decides `f`, with quantifiers only where it cannot be avoided. */
static Z3_lbool decide(asking *a, const formulas *f) {
  if (a->chosen == a->q->count || f->body == NULL)
    return try_each(a, term_both(&a->n.terms, f->chosen, f->body));
  const Z3_lbool answer = try_instances(a, f);
  return answer != Z3_L_UNDEF ? answer : try_quantified(a, f);
}

/* ---- The question as formulas -------------------------------------------- */

/* Where the condition is true, defined and encoded exactly. */
static Z3_ast surely(z3_terms *t, z3_condition c) {
  return term_all(t, (Z3_ast[]){c.holds, c.defined, c.certain}, 3);
}

/* Where the condition is exactly encoded, and false or without a value. */
static Z3_ast surely_not(z3_terms *t, z3_condition c) {
  return term_both(t, c.certain, term_not(t, term_both(t, c.holds, c.defined)));
}

/* Whether `e` speaks of a symbol that is quantified. */
static bool is_quantified(asking *a, const expr *e) {
  const arena_mark mark = arena_get_mark(&a->cx->work);
  bool found = false;
  size_t count;
  const expr **const used = expr_symbols(a->cx, e, &count);
  for (size_t i = 0; i < count && !found; i++)
    for (size_t j = a->chosen; j < a->q->count && !found; j++)
      found = used[i] == a->q->symbol[j];
  arena_rewind(&a->cx->work, mark);
  return found;
}

/* Some condition of `breaks` fails; without one, nothing needs to. */
static Z3_ast breaking(asking *a, bool strict) {
  z3_terms *const t = &a->n.terms;
  const size_t count = a->q->breaks_count;
  Z3_ast *const part = arena_zeroed(&a->z->scratch, count + 1, sizeof *part);
  for (size_t i = 0; i < count; i++) {
    const z3_condition c = encode_condition(&a->n, a->q->breaks[i]);
    part[i] = strict ? surely_not(t, c) : term_not(t, surely(t, c));
  }
  return count != 0 ? term_any(t, part, count) : NULL;
}

/* The whole question; conditions of `holds` that speak of quantified symbols
 * restrict those. */
static formulas make_formulas(asking *a, bool strict) {
  z3_terms *const t = &a->n.terms;
  const z3_question *const q = a->q;
  const size_t count = q->count + q->holds_count;
  Z3_ast *const chosen = arena_zeroed(&a->z->scratch, count, sizeof *chosen);
  Z3_ast *const premise = arena_zeroed(&a->z->scratch, count, sizeof *premise);
  for (size_t i = 0; i < q->count; i++)
    (i < a->chosen ? chosen : premise)[i] =
        term_range(t, a->constant[i], q->range[i]);
  for (size_t i = 0; i < q->holds_count; i++) {
    const z3_condition c = encode_condition(&a->n, q->holds[i]);
    const bool inner = is_quantified(a, q->holds[i]);
    (inner ? premise : chosen)[q->count + i] =
        strict != inner ? surely(t, c) : term_not(t, surely_not(t, c));
  }
  formulas f = {.chosen = term_all(t, chosen, count)};
  f.body = breaking(a, strict);
  if (a->chosen < q->count && f.body != NULL)
    f.body = term_any(
        t, (Z3_ast[]){term_not(t, term_all(t, premise, count)), f.body}, 2);
  return f;
}

/* ---- The question -------------------------------------------------------- */

/* Copies the model into the caller's memory; false when it cannot be read. */
static bool copy_model(asking *a, arena *m, integer *model) {
  for (size_t i = 0; i < a->q->count - a->q->quantified; i++) {
    const char *const digits =
        z3_api->get_numeral_string(a->z->session->z3, a->value[i]);
    if (digits == NULL || !integer_parse(m, digits, strlen(digits), &model[i]))
      return false;
  }
  return true;
}

/* Asks strictly, and loosely where that says more. */
static z3_verdict answer(asking *a) {
  const formulas strict = make_formulas(a, true);
  const bool exact = a->n.obstacle == NULL;
  const Z3_lbool found = decide(a, &strict);
  if (found == Z3_L_TRUE)
    return Z3_FOUND;
  if (exact)
    return found == Z3_L_FALSE ? Z3_NONE : Z3_GAVE_UP;
  const formulas loose = make_formulas(a, false);
  const Z3_lbool possible = decide(a, &loose);
  if (possible == Z3_L_TRUE)
    a->reason = a->n.obstacle;
  return possible == Z3_L_FALSE ? Z3_NONE : Z3_GAVE_UP;
}

/* Prepares a question: limits, and one constant a symbol. */
static asking begin(dimsat_context *cx, backend *z, budget *b, counters *stats,
                    const z3_question *q, double effort) {
  arena *const m = &z->scratch;
  const double limit = RLIMIT * effort;
  asking a = {.cx = cx,
              .z = z,
              .b = b,
              .stats = stats,
              .q = q,
              .chosen = q->breaks_count ? q->count - q->quantified : q->count,
              .limit = limit,
              .left = CHECKS_PER_QUESTION * limit,
              .fuse = FUSE_SECONDS * (effort > 1 ? effort : 1),
              .reason = "Z3 ran out of memory"};
  encode_init(&a.n, cx, m, z->session->z3);
  a.constant = arena_zeroed(m, q->count + 1, sizeof *a.constant);
  a.value = arena_zeroed(m, q->count + 1, sizeof *a.value);
  a.instance = arena_zeroed(m, ROUNDS + 1, sizeof *a.instance);
  for (size_t i = 0; i < q->count; i++)
    a.constant[i] = encode_symbol(&a.n, q->symbol[i], q->range[i]);
  return a;
}

/* Sets `*why`, where there is one, to a copy of `reason`. */
static void explain(arena *m, const char **why, const char *reason) {
  if (why != NULL)
    *why = arena_copy_text(m, reason, strlen(reason));
}

/* Behind a door of its own, because a check that is stopped ends only its
 * question. */
static void answer_behind_door(void *data) {
  asking *const a = data;
  a->verdict = answer(a);
}

/* The answer; what must end more than the question is raised again. */
static z3_verdict answer_in_time(asking *a) {
  fault *const f = &a->cx->fault;
  const dimsat_status status = fault_try(f, answer_behind_door, a);
  if (status == DIMSAT_OK)
    return a->verdict;
  if (!a->stopped)
    fault_raise(f, status);
  if (a->blown)
    budget_spend(a->b, STEPS_PER_FUSE);
  budget_look(a->b);
  return Z3_GAVE_UP;
}

/* One question, from encoding to a model in the caller's memory. */
z3_verdict z3_find(dimsat_context *cx, arena *m, budget *b, counters *stats,
                   const z3_question *q, double effort, integer *model,
                   const char **why) {
  assert(q->quantified <= q->count && effort > 0);
  budget_look(b);
  stats->z3++;
  const char *const absent = z3_load();
  backend *const z = absent == NULL ? ready_backend(cx, stats) : NULL;
  if (z == NULL) {
    explain(m, why, absent != NULL ? absent : "Z3 cannot be started");
    return Z3_GAVE_UP;
  }
  asking a = begin(cx, z, b, stats, q, effort);
  z3_verdict verdict = answer_in_time(&a);
  z->questions += a.n.terms.failed ? QUESTIONS_PER_SESSION : 1;
  z->nodes += a.n.nodes;
  if (verdict == Z3_FOUND && !copy_model(&a, m, model)) {
    a.reason = "Z3 found no numbers";
    verdict = Z3_GAVE_UP;
  }
  if (verdict == Z3_GAVE_UP)
    explain(m, why, a.reason);
  return verdict;
}
