/*
 * How long one check of concrete sizes takes, in four forms: C as a person
 * writes it, a compiled program for one assignment, the C that `dimsat compile`
 * prints, and a compiled program for many assignments.  bench/evaluate.py makes
 * the problem and both C files.
 *
 * usage: evaluate PROBLEM.dims GUARDS HAND.so EMITTED.so
 */
#include "dimsat/dimsat.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ASSIGNMENTS 4096
#define RUNS 21
#define SECONDS 0.004 /* of one run, at least */
#define SIZES 10
#define UNIT 240 /* every size is a multiple, as the guards demand */
#define UNITS 100

typedef bool guards(const int64_t *sizes);

static int64_t rows[ASSIGNMENTS][SIZES];
static int64_t columns[SIZES][ASSIGNMENTS];
static bool accepted[ASSIGNMENTS];
static guards *hand, *emitted;
static dimsat_program *program;

/* Ends the program with a message. */
_Noreturn static void fail(const char *what, const char *why) {
  fprintf(stderr, "evaluate: %s: %s\n", what, why);
  exit(EXIT_FAILURE);
}

/* Seconds of the monotonic clock. */
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Sizes that satisfy all guards, the same on every run. */
static void make_sizes(void) {
  uint64_t state = 1;
  for (size_t k = 0; k < ASSIGNMENTS; k++)
    for (size_t i = 0; i < SIZES; i++) {
      state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
      rows[k][i] = UNIT * (int64_t)(1 + (state >> 33) % UNITS);
      columns[i][k] = rows[k][i];
    }
}

/* The four forms: how many assignments each accepts. */
static size_t run_function(guards *f) {
  size_t count = 0;
  for (size_t k = 0; k < ASSIGNMENTS; k++)
    count += f(rows[k]);
  return count;
}

static size_t run_hand(void) {
  return run_function(hand);
}

static size_t run_emitted(void) {
  return run_function(emitted);
}

static size_t run_compiled(void) {
  size_t count = 0;
  for (size_t k = 0; k < ASSIGNMENTS; k++)
    count += dimsat_program_run(program, rows[k]);
  return count;
}

static size_t run_batch(void) {
  const int64_t *column[SIZES];
  size_t count = 0;
  for (size_t i = 0; i < SIZES; i++)
    column[i] = columns[i];
  if (!dimsat_program_run_many(program, column, ASSIGNMENTS, accepted))
    fail("batch", "no memory");
  for (size_t k = 0; k < ASSIGNMENTS; k++)
    count += accepted[k];
  return count;
}

/* qsort order of times. */
static int by_time(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

typedef struct {
  const char *name;
  size_t (*run)(void);
  double times[RUNS]; /* nanoseconds an assignment */
} form;

static form forms[] = {{.name = "hand", .run = run_hand},
                       {.name = "compiled", .run = run_compiled},
                       {.name = "emitted", .run = run_emitted},
                       {.name = "batch", .run = run_batch}};

#define FORMS (sizeof forms / sizeof *forms)

/* Times all forms in turn, so that what disturbs one disturbs all. */
static void measure(void) {
  for (size_t i = 0; i < RUNS; i++)
    for (form *f = forms; f < forms + FORMS; f++) {
      if (f->run() != ASSIGNMENTS)
        fail(f->name, "does not accept all assignments");
      const double start = now();
      size_t repeat = 0;
      for (; now() - start < SECONDS; repeat++)
        f->run();
      f->times[i] = (now() - start) / (double)repeat / ASSIGNMENTS * 1e9;
    }
  for (form *f = forms; f < forms + FORMS; f++)
    qsort(f->times, RUNS, sizeof *f->times, by_time);
}

/* The function `guards` of a shared library. */
static guards *load(const char *path) {
  void *const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  guards *f = NULL;
  void *const symbol = library ? dlsym(library, "guards") : NULL;
  if (symbol == NULL)
    fail(path, dlerror());
  memcpy(&f, &symbol, sizeof f);
  return f;
}

/* The program of the problem in a file. */
static dimsat_program *compile(dimsat_context *cx, const char *path) {
  static char text[1 << 24];
  FILE *const file = fopen(path, "r");
  if (file == NULL)
    fail(path, "cannot be read");
  const size_t length = fread(text, 1, sizeof text, file);
  fclose(file);
  dimsat_problem *const p =
      dimsat_problem_read(cx, text, length, DIMSAT_FORMAT_DIMS, true);
  dimsat_program *const g = p ? dimsat_program_compile(p, NULL) : NULL;
  if (g == NULL || dimsat_program_size_count(g) != SIZES)
    fail(path, dimsat_last_error(cx)->text);
  for (size_t i = 0; i < dimsat_problem_guard_count(p); i++)
    if (dimsat_program_guard_use(g, i) != DIMSAT_GUARD_CHECKED)
      fail(path, "a guard is not checked");
  return g;
}

int main(int argc, char **argv) {
  if (argc != 5)
    fail("usage", "evaluate PROBLEM.dims GUARDS HAND.so EMITTED.so");
  dimsat_context *const cx = dimsat_context_new();
  if (cx == NULL)
    fail("context", "no memory");
  program = compile(cx, argv[1]);
  hand = load(argv[3]);
  emitted = load(argv[4]);
  make_sizes();
  measure();
  printf("{\"guards\":%s", argv[2]);
  for (const form *f = forms; f < forms + FORMS; f++)
    printf(",\"%s_ns\":%.2f", f->name, f->times[RUNS / 2]);
  puts("}");
  dimsat_context_free(cx);
  return EXIT_SUCCESS;
}
