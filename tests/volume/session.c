#include "tests/volume/session.h"

#include "dimsat/dimsat.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SLOW 60.0 /* seconds of one call that are too many, in any build */

double session_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void session_say(session *s, const char *what, const char *text,
                 const char *more) {
  static const char *const ways[] = {"native", "native and Z3", "Z3 alone"};
  if (strstr(s->skip, what))
    return;
  s->t.disagreements++;
  const char *const all =
      arena_format(s->d.m, "---- seed %ju, %s: %s\n%s%s", (uintmax_t)s->seed,
                   ways[s->way], what, text, more);
  fwrite(all, 1, strlen(all), stdout);
  fflush(stdout);
}

/* Counts the time of a call; only Z3 may be slow. */
static void count_time(session *s, double spent, const char *text) {
  s->t.calls++;
  if (spent > s->time.slowest) {
    s->time.slowest = spent;
    s->time.slowest_seed = s->seed;
  }
  if (spent <= SLOW)
    return;
  s->t.slow[s->way]++;
  if (s->way == WAY_NATIVE)
    session_say(s, "the call is slow", text,
                arena_format(s->d.m, "  %.1f s\n", spent));
}

dimsat_result *session_suggest(session *s, const char *text) {
  dimsat_options options = {.no_z3 = s->way == WAY_NATIVE,
                            .no_native = s->way == WAY_Z3};
  if (s->way != WAY_NATIVE)
    options.budget.steps = s->steps;
  const double start = session_clock();
  dimsat_problem *const p =
      dimsat_problem_read(s->cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  dimsat_result *const r = p ? dimsat_suggest(p, &options) : NULL;
  count_time(s, session_clock() - start, text);
  if (!r)
    session_say(s, "the call failed", text,
                arena_format(s->d.m, "  %s\n", dimsat_last_error(s->cx)->text));
  return r;
}

void session_judge(session *s, const char *text, const answer_case *c,
                   judging how) {
  typedef const char *judge_function(const answer_case *);
  judge_function *const judge[] = {judge_verdict, judge_witnesses,
                                   judge_fixes,   judge_maximal,
                                   judge_allowed, judge_ranges};
  const size_t count =
      sizeof judge / sizeof *judge - (how == JUDGE_ALL_BUT_RANGES);
  for (size_t i = 0; i < count; i++) {
    const char *const wrong = judge[i](c);
    if (!wrong)
      continue;
    summary said = {0};
    summary_add(&said, c->d, c->result, false);
    session_say(s, wrong, text, summary_text(&said, s->d.m));
  }
}

void session_compare(session *s, const char *what, const char *text,
                     const summary *base, summary *now, sameness how) {
  summary_sort(now);
  const bool equal = summary_equal(base, now);
  const bool open = base->open || now->open;
  s->t.comparisons++;
  s->t.sets_lost += summary_sets_lost(base, now) > 0;
  if (summary_verdicts_agree(base, now) && summary_sets_agree(base, now) &&
      (equal || open || how == SAME_TRUTH)) {
    s->t.open_differs += !equal && how == SAME_ALL;
    return;
  }
  session_say(s, what, text,
              arena_format(s->d.m, "first\n%sthen\n%s",
                           summary_text(base, s->d.m),
                           summary_text(now, s->d.m)));
}
