/*
 * Runs the deepest inputs that the limits allow through every call, in a thread
 * whose stack is painted beforehand, and says how much of it was written.
 *
 * `dimsat_stack BYTES`: fails where more than BYTES were needed.
 */
#include "tests/memory/script.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STACK_BYTES ((size_t)8 << 20)
#define PAINT 0xA5

static char *stack;

/* Nested text: `head`, `count` times `open`, `core`, as often `close`, `tail`.
 */
typedef struct {
  const char *name, *head, *open, *core, *close, *tail;
  size_t count;
} shape;

/* The text of a shape, nested `count` deep; the caller frees it. */
static char *nest(const shape *s, size_t count) {
  const size_t open = strlen(s->open), close = strlen(s->close);
  char *const text = malloc(strlen(s->head) + strlen(s->core) +
                            strlen(s->tail) + count * (open + close) + 1);
  if (text == NULL)
    exit(1);
  char *at = stpcpy(text, s->head);
  for (size_t i = 0; i < count; i++)
    at = stpcpy(at, s->open);
  at = stpcpy(at, s->core);
  for (size_t i = 0; i < count; i++)
    at = stpcpy(at, s->close);
  strcpy(at, s->tail);
  return text;
}

#define DIMS                                                                   \
  "dim a = 2..\ndim b = 2..\ninput x: [a, b, auto] = [6, 7, 8]\n"              \
  "guard a <= 4000\nguard "

static const shape shapes[] = {
    {"parentheses", DIMS, "(", "a", ")", " > 1\n", 2000},
    {"remainders", DIMS, "(b + ", "a", " % 7) % 11", " < 11\n", 2000},
    {"quotients", DIMS, "(b + ", "a", ")//3", " < 9999\n", 2000},
    {"quotients and remainders", DIMS, "((b + ", "a", ")//3) % 5", " < 5\n",
     2000},
    {"divisors", DIMS, "b//(1 + ", "a", ")", " < 9999\n", 2000},
    {"choices", DIMS, "(a if b % 7 == 3 else 1 + b*", "a", ")", " > 1\n", 2000},
    {"conditions of choices", DIMS, "(a if 2 < ", "b", " else b % 7)",
     " >= 0\n", 2000},
    {"maxima", DIMS, "Max(b, 1 + Min(a, 2*", "a", "))", " > 1\n", 2000},
    {"products", DIMS, "(1 + b*", "a", ")", " != 0\n", 2000},
    {"powers", DIMS, "(1 + ", "a", ")**2", " != 0\n", 2000},
    {"connectives", DIMS, "(a < 9 or (b > 3 and ", "a != 77", "))", "\n", 2000},
    {"negations", DIMS, "not (a == b or ", "a != 77", ")", "\n", 2000},
    {"truths", DIMS, "((", "a > 1", ") == (b % 3 == 1))", "\n", 2000},
    {"truths as numbers", DIMS, "(1 < a + ", "(a > 1)", ")", "\n", 2000},
    {"fractions", DIMS, "CeilToInt(IntTrueDiv(1 + ", "a", ", 3))", " >= 0\n",
     2000},
    {"rounding", DIMS, "RoundToInt(IntTrueDiv(", "a", ", 3))", " >= 0\n", 2000},
    {"bits", DIMS, "((b & 255) ^ (1 + ", "a", "))", " >= 0\n", 2000},
    {"shifts", DIMS, "(1 + (", "a", " >> 1))", " >= 0\n", 2000},
    {"signs", DIMS, "- - ", "a", "", " != 0\n", 2000},
    {"terms", DIMS, "a*b + ", "a", "", " != 0\n", 100000},
    {"unlike terms", DIMS, "a % 977 + b//(a + 3) + ", "a", "", " != 0\n",
     20000},
    {"compared chains", DIMS, "a < ", "b", "", "\n", 20000},
    {"guards", DIMS "a > 0\n", "guard a % 5 != b % 7\n", "", "", "", 3000},
    {"free axes", "dim a = 2..\ninput x: [a, auto", ", auto", "] = [6, 8",
     ", 8", "]\nguard x[0] == x[1] + x[2] + x[3]\nguard x[3] < x[4]\n", 700},
    {"JSON", "{\"dims\": [{\"name\": \"a\"}], \"u\": ", "[", "1", "]", "}",
     256},
    {"JSON objects", "{\"dims\": [{\"name\": \"a\"}], \"u\": ", "{\"a\": ", "1",
     "}", "}", 256},
};

typedef struct {
  const script *script;
  const char *text;
  size_t bytes;
} job;

/* Runs all calls; whether they had an answer is not asked. */
static void *play(void *data) {
  static stage t;
  job *const j = data;
  stage_open(&t, j->script);
  t.text = j->text;
  t.options.budget.steps = 300000;
  for (size_t i = 0; i < j->script->count; i++)
    if (!j->script->call[i].run(&t) && t.problem == NULL)
      break;
  stage_close(&t);
  return NULL;
}

/* Runs a text in a thread on the painted stack. */
static void measure(job *j) {
  pthread_attr_t attributes;
  pthread_t thread;
  memset(stack, PAINT, STACK_BYTES);
  pthread_attr_init(&attributes);
  if (pthread_attr_setstack(&attributes, stack, STACK_BYTES) != 0 ||
      pthread_create(&thread, &attributes, play, j) != 0)
    exit(1);
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  size_t untouched = 0;
  while (stack[untouched] == (char)PAINT)
    untouched++;
  j->bytes = STACK_BYTES - untouched;
}

/* The script that reads a problem and asks everything of it. */
static const script *find_script(void) {
  size_t i = 0;
  while (strcmp(scripts[i].name, "agree") != 0)
    i++;
  return &scripts[i];
}

/* Whether a text is read. */
static bool is_read(const char *text) {
  dimsat_context *cx = dimsat_context_new();
  const bool good = dimsat_problem_read(cx, text, strlen(text),
                                        DIMSAT_FORMAT_GUESS, false) != NULL;
  dimsat_context_free(cx);
  return good;
}

/* The deepest form of a shape that is read. */
static size_t find_deepest(const shape *s) {
  size_t low = 0, high = s->count;
  while (low < high) {
    const size_t middle = low + (high - low + 1) / 2;
    char *const text = nest(s, middle);
    if (is_read(text))
      low = middle;
    else
      high = middle - 1;
    free(text);
  }
  return low;
}

/* The bytes that the deepest form of a shape takes. */
static size_t measure_deepest(const shape *s) {
  const size_t depth = find_deepest(s);
  char *const text = nest(s, depth);
  job j = {.script = find_script(), .text = text};
  measure(&j);
  free(text);
  printf("%-26s depth %6zu %8zu bytes\n", s->name, depth, j.bytes);
  fflush(stdout);
  return depth > 0 ? j.bytes : SIZE_MAX;
}

int main(int argc, char **argv) {
  const size_t most = argc > 1 ? strtoull(argv[1], NULL, 10) : SIZE_MAX;
  size_t worst = 0;
  stack = aligned_alloc(4096, STACK_BYTES);
  if (stack == NULL)
    return 1;
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    const size_t bytes = measure_deepest(&shapes[i]);
    worst = bytes > worst ? bytes : worst;
  }
  printf("%zu bytes at most; the limit is %zu\n", worst, most);
  free(stack);
  return worst > most;
}
