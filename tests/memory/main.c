/*
 * Fails the n-th allocation for every n.  A script of calls is run once to see
 * how many blocks it asks for and what it answers.  Then it is run again for
 * each of these requests, which fails, alone or with all that follow in the
 * same call.  That call must fail with DIMSAT_NO_MEMORY, or answer the same all
 * the same; repeated with memory it must answer, the rest of the script too;
 * and nothing may be lost when the context is freed.
 *
 * `dimsat_memory [EVERY]`: only each EVERY-th request of arenas that take their
 * objects one by one.
 */
#include "lib/base/memory.h"
#include "tests/memory/failing.h"
#include "tests/memory/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How requests fail in one run. */
typedef struct {
  uint64_t request; /* which one, over all calls; 0: none */
  bool all;         /* and all that follow in the same call */
} plan;

typedef struct {
  uint64_t runs, refused, requests;
} totals;

/* Ends the test. */
static _Noreturn void fail(const script *s, size_t index, plan f,
                           const char *what) {
  fprintf(stderr, "%s, call %s, request %llu%s: %s\n", s->name,
          s->call[index].name, (unsigned long long)f.request,
          f.all ? " and all that follow" : "", what);
  exit(1);
}

/* Whether the last call of `t` failed for want of memory; a context that could
 * not be made has no record. */
static bool wanted_memory(const stage *t) {
  return t->cx == NULL || dimsat_last_error(t->cx)->status == DIMSAT_NO_MEMORY;
}

/* Runs the script; how many requests its calls made, and whether one of them
 * was refused. */
static uint64_t run(const script *s, stage *t, plan f, bool *refused) {
  uint64_t before = 0;
  *refused = false;
  for (size_t i = 0; i < s->count; i++) {
    const bool due = f.request > before;
    failing_start(due ? f.request - before : 0, f.all);
    const size_t said = t->length;
    const bool good = s->call[i].run(t);
    const uint64_t seen = failing_stop();
    const bool hit = due && seen >= f.request - before;
    if (!good && !hit)
      fail(s, i, f, t->cx ? dimsat_last_error(t->cx)->text : "no context");
    if (!good && !wanted_memory(t))
      fail(s, i, f, dimsat_last_error(t->cx)->text);
    if (!good)
      t->answer[t->length = said] = '\0';
    if (!good && !s->call[i].run(t))
      fail(s, i, f, "the same call again fails, though there is memory");
    *refused |= !good;
    before += hit ? f.request : seen;
    if (hit)
      f.request = 0;
  }
  return before;
}

/* Runs the script as `f` says and compares with the answer `expected`. */
static bool run_failing(const script *s, plan f, const char *expected) {
  static stage t;
  bool refused;
  const int64_t live = failing_live();
  stage_open(&t, s);
  run(s, &t, f, &refused);
  stage_close(&t);
  if (strcmp(t.answer, expected) != 0) {
    fprintf(stderr, "%s\ninstead of\n%s\n", t.answer, expected);
    fail(s, s->count - 1, f, "another answer");
  }
  if (failing_live() != live)
    fail(s, s->count - 1, f, "blocks were lost");
  return refused;
}

/* Runs the script for every request that it makes. */
static void run_all(const script *s, uint64_t every, totals *sum) {
  static stage t;
  bool refused;
  stage_open(&t, s);
  const uint64_t count = run(s, &t, (plan){0}, &refused);
  stage_close(&t);
  char *const expected = strdup(t.answer);
  for (uint64_t n = 1; n <= count; n += every)
    for (int all = 0; all < 2; all++) {
      sum->refused += run_failing(s, (plan){n, all}, expected);
      sum->runs++;
    }
  sum->requests += count;
  free(expected);
}

int main(int argc, char **argv) {
  const uint64_t every = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  for (int stingy = 0; stingy < 2; stingy++) {
    totals sum = {0};
    memory_set_stingy(stingy);
    for (size_t i = 0; i < script_count; i++)
      run_all(&scripts[i], stingy ? every : 1, &sum);
    printf("arenas that take %s: %llu requests of %zu scripts, "
           "%llu runs, %llu refused\n",
           stingy ? "one object at a time" : "blocks",
           (unsigned long long)sum.requests, script_count,
           (unsigned long long)sum.runs, (unsigned long long)sum.refused);
  }
  return 0;
}
