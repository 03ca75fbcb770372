#include "tests/volume/problem.h"

#include "dimsat/dimsat.h"
#include "tests/volume/laws.h"

#include <stdio.h>
#include <string.h>

/* Whether the example satisfies all guards. */
static bool example_holds(const draft *d) {
  int64_t at[MOST_ITEMS];
  for (size_t i = 0; i < d->count; i++)
    at[i] = d->item[i].example;
  for (size_t i = 0; i < d->guard_count; i++)
    if (!formula_holds(d->guard[i].formula, at))
      return false;
  return true;
}

/* Whether all sizes were tried. */
static bool is_exact(const answer_case *c) {
  for (size_t g = 0; g < c->d->group_count; g++)
    if (!c->table[g]->exact)
      return false;
  return true;
}

/* Counts an answer, and shows one that leaves something open. */
static void count(session *s, const char *text, const answer_case *c,
                  const summary *said, bool show_open) {
  const bool undecided = said->verdict == DIMSAT_VERDICT_UNDECIDED;
  const bool unrepaired = said->verdict == DIMSAT_VERDICT_VIOLATED &&
                          said->fixes == 0 && example_holds(c->d);
  totals_add_answer(&s->t, s->way, c->result);
  s->t.unrepaired += unrepaired;
  s->t.exact += said->fixes > 0 && is_exact(c);
  if (show_open && (undecided || unrepaired))
    printf("---- seed %ju: %s\n%s%s", (uintmax_t)s->seed,
           undecided ? "undecided" : "no repair", text,
           summary_text(said, s->d.m));
}

/* Asks one way and judges the answer; false when the call failed. */
static bool ask(session *s, way w, const char *text, answer_case *c,
                summary *said, bool show_open) {
  s->way = w;
  c->result = session_suggest(s, text);
  if (!c->result)
    return false;
  *said = (summary){0};
  summary_add(said, c->d, c->result, false);
  summary_sort(said);
  session_judge(s, text, c, JUDGE_ALL);
  count(s, text, c, said, show_open);
  return true;
}

void problem_run(session *s, bool z3, bool show_open) {
  draft *const d = &s->d;
  draft_grow(d, s->seed, &s->memory);
  totals_cover(&s->t, d);
  const writing plain = draft_plain(d);
  const char *const text = draft_write(d, &plain);
  answer_case c = {.d = d};
  for (size_t g = 0; g < d->group_count; g++)
    c.table[g] = table_fill(d, g);
  summary native, both, alone;
  if (!ask(s, WAY_NATIVE, text, &c, &native, show_open))
    return;
  if (!z3) {
    laws_hold(s, &c, &native);
    return;
  }
  if (ask(s, WAY_Z3, text, &c, &alone, show_open))
    session_compare(s, "Z3 alone says something else", text, &native, &alone,
                    SAME_TRUTH);
  if (!ask(s, WAY_BOTH, text, &c, &both, show_open))
    return;
  session_compare(s, "with Z3 it says something else", text, &native, &both,
                  SAME_TRUTH);
  laws_hold(s, &c, &both);
}

void problem_dump(session *s) {
  draft_grow(&s->d, s->seed, &s->memory);
  const writing plain = draft_plain(&s->d);
  const char *const text = arena_format(
      s->d.m, "name %ju\n%s", (uintmax_t)s->seed, draft_write(&s->d, &plain));
  dimsat_problem *const p =
      dimsat_problem_read(s->cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  if (p)
    printf("%s\n", dimsat_problem_write(s->cx, p, DIMSAT_FORMAT_JSON));
}
