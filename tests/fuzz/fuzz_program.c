/*
 * A problem in either form, compiled: the program accepts exactly the sizes
 * that `dimsat_eval` has no refusal for, one by one and many at once; the C
 * function is written.
 */
#include "lib/problem/problem.h"
#include "tests/fuzz/answer.h"
#include "tests/fuzz/grammar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MOST_SIZES 8
#define POINTS 24

typedef struct {
  dimsat_problem *problem;
  dimsat_program *program;
} compiling;

/* Compiles; for fuzz_timed. */
static void compile(void *data) {
  compiling *const c = data;
  const dimsat_options options = fuzz_options();
  c->program = dimsat_program_compile(c->problem, &options);
}

/* A size, mostly one that a guard may like. */
static int64_t pick_size(random_source *choices) {
  static const int64_t far[] = {INT64_MAX,   INT64_MIN,  INT32_MAX,
                                -1,          1LL << 53,  (1LL << 53) - 1,
                                1LL << 62,   3037000500, INT64_MAX - 1,
                                -4294967296, 1000,       65536};
  const uint64_t dice = random_below(choices, 40);
  if (dice < 28)
    return (int64_t)dice;
  return far[dice - 28];
}

/* What `dimsat_eval` has against the sizes; NULL for nothing. */
static const char *refusal_of(const compiling *c, size_t count,
                              const int64_t *sizes) {
  char text[MOST_SIZES][24];
  const char *name[MOST_SIZES], *size[MOST_SIZES];
  const char *const *messages = NULL;
  for (size_t i = 0; i < count; i++) {
    snprintf(text[i], sizeof text[i], "%" PRId64, sizes[i]);
    name[i] = dimsat_program_size_name(c->program, i);
    size[i] = text[i];
  }
  const int refusals = dimsat_eval(c->problem, name, size, count, &messages);
  hold(refusals >= 0, "sizes are no sizes: %s",
       dimsat_last_error(c->problem->cx)->text);
  return refusals > 0 ? messages[0] : NULL;
}

/* One assignment; whether it is accepted. */
static bool hold_run(const compiling *c, size_t count, const int64_t *sizes) {
  const bool accepted = dimsat_program_run(c->program, sizes);
  const char *const refusal = refusal_of(c, count, sizes);
  for (size_t i = 0; i < count && accepted != !refusal; i++)
    fprintf(stderr, "%s = %" PRId64 "\n",
            dimsat_program_size_name(c->program, i), sizes[i]);
  hold(accepted == !refusal, "the program %s, eval says: %s",
       accepted ? "accepts" : "refuses", refusal ? refusal : "nothing");
  return accepted;
}

/* Tries sizes. */
static void hold_runs(compiling *c, random_source *choices) {
  const size_t count = dimsat_program_size_count(c->program);
  int64_t column[MOST_SIZES][POINTS], sizes[MOST_SIZES];
  const int64_t *columns[MOST_SIZES];
  bool accepted[POINTS], many[POINTS];
  if (count > MOST_SIZES)
    return;
  for (size_t k = 0; k < POINTS; k++) {
    for (size_t i = 0; i < count; i++)
      column[i][k] = sizes[i] = pick_size(choices);
    accepted[k] = hold_run(c, count, sizes);
  }
  for (size_t i = 0; i < count; i++)
    columns[i] = column[i];
  hold(dimsat_program_run_many(c->program, columns, POINTS, many),
       "a run fails");
  hold(memcmp(accepted, many, sizeof many) == 0,
       "many at once are judged in another way");
}

/* The laws of a problem that was read. */
static void hold_program(compiling *c, random_source *choices) {
  dimsat_context *const cx = c->problem->cx;
  fuzz_timed("compiling", compile, c);
  if (!c->program) {
    hold(dimsat_last_error(cx)->status == DIMSAT_TOO_LARGE,
         "a problem cannot be compiled: %s", dimsat_last_error(cx)->text);
    return;
  }
  if (!dimsat_program_emit_c(c->program, "guards"))
    hold(dimsat_last_error(cx)->status == DIMSAT_TOO_LARGE, "there is no C: %s",
         dimsat_last_error(cx)->text);
  hold_runs(c, choices);
}

void fuzz_program(const uint8_t *data, size_t size) {
  fault none = {0};
  arena m;
  arena_init(&m, &none);
  fuzz_text t = fuzz_text_of(data, size, GROW_DIMS, &m);
  dimsat_context *const cx = dimsat_context_new();
  compiling c = {.problem =
                     fuzz_read(cx, t.text, t.length, DIMSAT_FORMAT_GUESS)};
  if (c.problem && dimsat_problem_validate(c.problem))
    hold_program(&c, &t.choices);
  dimsat_context_free(cx);
  arena_clear(&m);
}
