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
