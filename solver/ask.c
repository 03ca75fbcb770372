/*
 * dimsat_ask: what a query amounts to where the assumptions hold.
 *
 * A condition is asked twice: is there a point where it holds, is there one
 * where it does not.  Each "no" is proved, each point evaluated exactly.
 */
#include "solver/ask.h"

#include "lib/expr/build.h"
#include "solver/words.h"

#include <stdlib.h>

/* One call, on its way through the context's door. */
typedef struct {
  asking asking;
  const expr *const *assume;
  size_t assume_count;
  const expr *query;
  dimsat_answer *answer;
} call;

/* qsort order by structure. */
static int by_structure(const void *a, const void *b) {
  return expr_compare(*(const expr *const *)a, *(const expr *const *)b);
}

/* Takes in the assumptions, and the symbols of all. */
static void prepare(call *c) {
  asking *a = &c->asking;
  dimsat_context *cx = a->cx;
  size_t n;
  a->assume = arena_zeroed(&cx->work, c->assume_count + 1, sizeof *a->assume);
  for (size_t i = 0; i < c->assume_count; i++)
    a->assume[i] = build_as_truth(cx, c->assume[i]);
  a->assume[c->assume_count] = c->query;
  a->assume_count = c->assume_count;
  a->symbol = expr_nodes(cx, a->assume, c->assume_count + 1, &n);
  for (size_t i = 0; i < n; i++)
    if (a->symbol[i]->op == OP_SYMBOL)
      a->symbol[a->count++] = a->symbol[i];
  qsort(a->symbol, a->count, sizeof *a->symbol, by_structure);
}

/* A witness as text, in the order of the symbols. */
static const char *const *witness_text(const asking *a, const integer *point) {
  arena *m = &a->cx->nodes;
  const char **text = arena_zeroed(m, a->count + 1, sizeof *text);
  for (size_t i = 0; i < a->count; i++)
    text[i] = integer_text(m, point[i]);
  return text;
}

/* The names of the symbols. */
static void add_names(const asking *a, dimsat_answer *answer) {
  const char **names = arena_zeroed(&a->cx->nodes, a->count + 1, sizeof *names);
  for (size_t i = 0; i < a->count; i++)
    names[i] = a->symbol[i]->name;
  answer->name_count = a->count;
  answer->names = names;
}

/* What two searches say together. */
static dimsat_answer_kind kind_of(ask_outcome holds, ask_outcome breaks) {
  if (holds == ASK_FOUND && breaks == ASK_FOUND)
    return DIMSAT_ANSWER_SOMETIMES;
  if (holds == ASK_OPEN || breaks == ASK_OPEN)
    return DIMSAT_ANSWER_UNDECIDED;
  if (holds == breaks)
    return DIMSAT_ANSWER_CONTRADICTORY;
  return holds == ASK_FOUND ? DIMSAT_ANSWER_ALWAYS : DIMSAT_ANSWER_NEVER;
}

/* Answers a condition. */
static void ask_condition(asking *a, const expr *query, dimsat_answer *answer) {
  integer *yes = arena_zeroed(&a->cx->work, a->count + 1, sizeof *yes);
  integer *no = arena_zeroed(&a->cx->work, a->count + 1, sizeof *no);
  const ask_outcome breaks = ask_find(a, NULL, 0, query, no);
  const char *why = breaks == ASK_OPEN ? a->o.why : NULL;
  const ask_outcome holds = ask_find(a, &query, 1, NULL, yes);
  if (holds == ASK_OPEN && !why)
    why = a->o.why;
  answer->kind = kind_of(holds, breaks);
  if (holds == ASK_FOUND)
    answer->holds = witness_text(a, yes);
  if (breaks == ASK_FOUND)
    answer->breaks = witness_text(a, no);
  if (answer->kind != DIMSAT_ANSWER_UNDECIDED)
    return;
  answer->reason = opaque_reason(a->cx, &a->cx->work, query);
  if (!answer->reason)
    answer->reason = why ? why : "the question is too hard";
}

/* The body of a call. */
static void run(void *data) {
  call *c = data;
  prepare(c);
  add_names(&c->asking, c->answer);
  if (c->query->truth)
    ask_condition(&c->asking, c->query, c->answer);
  else
    ask_bounds(&c->asking, c->query, c->answer);
  if (c->answer->reason)
    c->answer->reason =
        arena_format(&c->asking.cx->nodes, "%s", c->answer->reason);
}

/* What ran out outside of any question leaves the answer open; whether it did.
 */
static bool leave_open(const call *c, dimsat_status s, const budget *b) {
  if (!budget_ended(s))
    return false;
  c->asking.cx->error = (dimsat_error){.status = DIMSAT_OK};
  c->answer->kind = DIMSAT_ANSWER_UNDECIDED;
  c->answer->lo = c->answer->hi = NULL;
  c->answer->holds = c->answer->breaks = NULL;
  c->answer->reason = budget_reason(b, s);
  return true;
}

/* What `query` amounts to where all assumptions hold. */
bool dimsat_ask(dimsat_context *cx, const dimsat_expr *const *assume,
                size_t assume_count, const dimsat_expr *query,
                const dimsat_options *options, dimsat_answer *answer) {
  budget b;
  counters stats = {0};
  call c = {.asking = {.cx = cx},
            .assume = assume,
            .assume_count = assume_count,
            .query = query,
            .answer = answer};
  *answer = (dimsat_answer){.kind = DIMSAT_ANSWER_UNDECIDED};
  if (!query)
    return false;
  budget_init(&b, &cx->fault, options ? &options->budget : NULL, 0);
  oracle_init(&c.asking.o, cx, &cx->work, &b, &stats, options);
  const dimsat_status s = context_run(cx, run, &c);
  oracle_clear(&c.asking.o);
  answer->native = stats.native;
  answer->z3 = stats.z3;
  answer->z3_contexts = stats.z3_contexts;
  return s == DIMSAT_OK || leave_open(&c, s, &b);
}
