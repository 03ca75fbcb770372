/* Each limit at its edge: what is just within is read, one more is refused with
 * one sentence that names the limit and its place. */
#include "dimsat/dimsat.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <stdlib.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

/* How a text is read. */
typedef enum { EXPRESSION, DIGITS, PROBLEM, SIZE, BY_HAND } reader;

/* `head`, then `count` times `part`, then `tail` (and `close` as often). */
typedef struct {
  reader reader;
  const char *head, *part, *tail, *close;
  size_t most;      /* the count that is read */
  const char *says; /* of one more */
} row;

static const row rows[] = {
    {EXPRESSION, "a", " ", "", "", 1048575, "limit of 1048576"},
    {EXPRESSION, "", "(", "a", ")", 1000, "deeper than 1000 levels"},
    {EXPRESSION, "", "a//(b+", "1", ")", 499, "deeper than 1000 levels"},
    {EXPRESSION, "", "n", "", "", 4096, "limit of 4096"},
    {EXPRESSION, "0x", "f", "", "", 16384, "limit of 65536"},
    {EXPRESSION, "1", "0", "", "", 19728, "more than 65536 bits"},
    {EXPRESSION, "2", "*2", "", "", 65534, "65536"},
    {DIGITS, "1", "0", "", "", 19728, "limit of 65536"},
    {PROBLEM, "dim ", "n", "\n", "", 4096, "limit is 4096"},
    {PROBLEM, "dim a = 0..1", "0", "\n", "", 19728, "65536"},
    {PROBLEM, "input x: [1", ",1", "]\n", "", 1023, "limit is 1024"},
    {PROBLEM, "dim a\nguard ", "(", "a", ")", 1000, "deeper than 1000 levels"},
    {PROBLEM, "dim a\nguard a > 1", "0", "\n", "", 19728, "65536"},
    {PROBLEM, "dim a\nguard a > 1", " ", "# c\n", "", 3000000, NULL},
    {PROBLEM, "{\"dims\":[{\"name\":\"", "n", "\"}]}", "", 4096,
     "limit is 4096"},
    {PROBLEM, "{\"dims\":[{\"name\":\"a\",\"max\":\"1", "0", "\"}]}", "", 19728,
     "limit of 65536"},
    {PROBLEM, "{\"inputs\":[{\"name\":\"x\",\"shape\":[1", ",1", "]}]}", "",
     1023, "limit is 1024"},
    {PROBLEM, "{\"dims\":[{\"name\":\"a\"}],\"guards\":[\"a > 1", " ", "\"]}",
     "", 1048571, "limit of 1048576"},
    {PROBLEM, "{\"u\":", "[", "1", "]", 255, "deeper than 256 levels"},
    {SIZE, "1", "0", "", "", 19728, "65536"},
    {BY_HAND, "", "n", "", "", 4096, "limit is 4096"},
};

/* The text of a row with `count` parts; the caller frees it. */
static char *make(const row *r, size_t count) {
  const size_t part = strlen(r->part), close = strlen(r->close);
  char *const text = malloc(strlen(r->head) + strlen(r->tail) +
                            count * (part + close) + strlen("}") + 1);
  char *at = stpcpy(text, r->head);
  for (size_t i = 0; i < count; i++)
    at = stpcpy(at, r->part);
  at = stpcpy(at, r->tail);
  for (size_t i = 0; i < count; i++)
    at = stpcpy(at, r->close);
  if (*text == '{' && close > 0)
    strcpy(at, "}");
  return text;
}

/* Whether a dim of a problem may have the size `text`. */
static bool eval_size(const char *text) {
  const char *const *messages, *const name = "a";
  dimsat_problem *p =
      dimsat_problem_read(cx, "dim a", 5, DIMSAT_FORMAT_DIMS, true);
  return dimsat_eval(p, &name, &text, 1, &messages) >= 0;
}

/* Reads a text in the way that a row says. */
static bool read_text(const row *r, const char *text) {
  const size_t length = strlen(text);
  switch (r->reader) {
  case EXPRESSION:
    return dimsat_parse(cx, text, length) != NULL;
  case DIGITS:
    return dimsat_integer_text(cx, text) != NULL;
  case PROBLEM:
    return dimsat_problem_read(cx, text, length, DIMSAT_FORMAT_GUESS, false);
  case SIZE:
    return eval_size(text);
  case BY_HAND:
    return dimsat_problem_add_dim(dimsat_problem_new(cx, "p"), text, NULL,
                                  NULL);
  }
  return false;
}

START_TEST(a_limit_ends_where_it_says) {
  const row *const r = &rows[_i];
  char *text = make(r, r->most);
  ck_assert_msg(read_text(r, text), "%s", dimsat_last_error(cx)->text);
  free(text);
  if (r->says == NULL)
    return;
  text = make(r, r->most + 1);
  ck_assert(!read_text(r, text));
  free(text);
  const dimsat_error *const e = dimsat_last_error(cx);
  ck_assert_int_eq((int)e->status, DIMSAT_TOO_LARGE);
  ck_assert_msg(strstr(e->text, r->says) != NULL, "%s", e->text);
  ck_assert(r->reader != PROBLEM || (e->line > 0 && e->column > 0));
}
END_TEST

/* Tests for lib/base/limits.h; docs/limits.md has the table for users. */
Suite *suite_limits(void) {
  Suite *const s = suite_create("limits");
  TCase *const c = tcase_create("limits");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 60);
  tcase_add_loop_test(c, a_limit_ends_where_it_says, 0, ROWS(rows));
  suite_add_tcase(s, c);
  return s;
}
