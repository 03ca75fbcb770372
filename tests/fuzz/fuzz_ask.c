/*
 * Assumptions and a query, a line each: a witness is where it is said to be,
 * and no point that is tried contradicts the answer.
 */
#include "tests/fuzz/grammar.h"
#include "tests/fuzz/target.h"

#include <string.h>

#define MOST_LINES 8
#define MOST_NAMES 6
#define POINTS 16

typedef struct {
  dimsat_context *cx;
  const dimsat_expr *line[MOST_LINES];
  size_t count; /* assumptions, and the query behind them */
  dimsat_answer answer;
} question;

/* Reads the lines; whether there is a query and all are right. */
static bool read_lines(question *q, const fuzz_text *t) {
  const char *at = t->text, *const end = at + t->length;
  while (at < end && q->count < MOST_LINES) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    stop = stop ? stop : end;
    const size_t length = (size_t)(stop - at);
    const dimsat_expr *const e = dimsat_parse(q->cx, at, length);
    if (!e)
      hold_error(q->cx, at, length);
    if (!e)
      return false;
    q->line[q->count++] = e;
    at = stop + 1;
  }
  return q->count-- > 0;
}

/* Asks; for fuzz_timed. */
static void ask(void *data) {
  question *const q = data;
  const dimsat_options options = fuzz_options();
  hold(dimsat_ask(q->cx, q->line, q->count, q->line[q->count], &options,
                  &q->answer),
       "there is no answer: %s", dimsat_last_error(q->cx)->text);
}

/* What a line is at these sizes: "True", "False", a number, or NULL. */
static const char *value_at(const question *q, size_t line,
                            const char *const *size) {
  const char *const text = dimsat_evaluate(
      q->cx, q->line[line], q->answer.names, size, q->answer.name_count);
  hold(text || dimsat_last_error(q->cx)->status != DIMSAT_OK,
       "evaluation fails without an error");
  return text;
}

/* Whether a line holds at these sizes: 1, 0, or -1 where nobody knows. */
static int holds_at(const question *q, size_t line, const char *const *size) {
  const char *const text = value_at(q, line, size);
  if (text)
    return strcmp(text, "False") != 0 && strcmp(text, "0") != 0;
  return strstr(dimsat_last_error(q->cx)->text, "there is no value") ? 0 : -1;
}

/* The same for all assumptions. */
static int assumed_at(const question *q, const char *const *size) {
  int all = 1;
  for (size_t i = 0; i < q->count && all != 0; i++) {
    const int one = holds_at(q, i, size);
    all = one == 1 ? all : one;
  }
  return all;
}

/* A witness satisfies the assumptions, and the query or not. */
static void hold_witness(const question *q, const char *const *size,
                         int expected) {
  if (!size)
    return;
  hold(assumed_at(q, size) == 1, "a witness breaks an assumption");
  hold(holds_at(q, q->count, size) == expected,
       "a witness of %s does not show it", expected ? "yes" : "no");
}

/* Whether the number `text` lies within the bounds, all as texts. */
static bool is_within(const question *q, const char *text) {
  const char *const bound[] = {q->answer.lo, q->answer.hi};
  const dimsat_expr *const value = dimsat_parse(q->cx, text, strlen(text));
  for (size_t i = 0; i < 2; i++) {
    const dimsat_expr *const b =
        bound[i] ? dimsat_integer_text(q->cx, bound[i]) : value;
    const dimsat_expr *const fits =
        dimsat_apply(q->cx, i ? DIMSAT_LE : DIMSAT_GE, value, b);
    if (strcmp(dimsat_evaluate(q->cx, fits, NULL, NULL, 0), "True") != 0)
      return false;
  }
  return true;
}

/* One point against the answer. */
static void hold_point(const question *q, const char *const *size) {
  if (assumed_at(q, size) != 1)
    return;
  const dimsat_answer_kind kind = q->answer.kind;
  hold(kind != DIMSAT_ANSWER_CONTRADICTORY,
       "the assumptions hold somewhere, but are contradictory");
  if (kind == DIMSAT_ANSWER_BOUNDS) {
    const char *const text = value_at(q, q->count, size);
    hold(!text || is_within(q, text), "%s is not in [%s, %s]", text,
         q->answer.lo ? q->answer.lo : "", q->answer.hi ? q->answer.hi : "");
    return;
  }
  const int now = holds_at(q, q->count, size);
  hold(kind != DIMSAT_ANSWER_ALWAYS || now != 0, "it does not always hold");
  hold(kind != DIMSAT_ANSWER_NEVER || now != 1, "it holds somewhere");
}

/* Points near 0 and a few far ones. */
static void hold_points(const question *q, random_source *choices) {
  static const char *const sizes[] = {"0",  "1",  "2",  "3",  "4",  "5",   "8",
                                      "-1", "-3", "12", "16", "30", "1000"};
  const char *size[MOST_NAMES];
  if (q->answer.name_count > MOST_NAMES)
    return;
  for (size_t i = 0; i < POINTS; i++) {
    for (size_t k = 0; k < q->answer.name_count; k++)
      size[k] = sizes[random_below(choices, sizeof sizes / sizeof *sizes)];
    hold_point(q, size);
  }
}

void fuzz_ask(const uint8_t *data, size_t size) {
  fault none = {0};
  arena m;
  arena_init(&m, &none);
  fuzz_text t = fuzz_text_of(data, size, GROW_ASK, &m);
  question q = {.cx = dimsat_context_new()};
  if (read_lines(&q, &t)) {
    fuzz_timed("a question", ask, &q);
    hold_witness(&q, q.answer.holds, 1);
    hold_witness(&q, q.answer.breaks, 0);
    hold_points(&q, &t.choices);
  }
  dimsat_context_free(q.cx);
  arena_clear(&m);
}
