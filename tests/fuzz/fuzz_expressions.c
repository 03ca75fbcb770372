/*
 * An expression: it is refused with its place, or what is printed of it, in
 * each spelling, reads back as the same node; evaluation never trips, and
 * agrees with what the value says of it.
 */
#include "lib/expr/context.h"
#include "lib/expr/expr.h"
#include "tests/fuzz/grammar.h"
#include "tests/fuzz/target.h"

#include <string.h>

#define MOST_NAMES 8
#define POINTS 5

static const char *const points[POINTS] = {"0", "3", "-7", "16",
                                           "9223372036854775807"};

/* Prints and reads again. */
static void hold_spellings(dimsat_context *cx, const dimsat_expr *e) {
  static const dimsat_spelling spellings[] = {DIMSAT_PYTHON, DIMSAT_SYMPY,
                                              DIMSAT_C};
  for (size_t i = 0; i < 3; i++) {
    const char *const text = dimsat_print(cx, e, spellings[i]);
    if (!text) {
      hold(dimsat_last_error(cx)->status == DIMSAT_TOO_LARGE,
           "printing fails: %s", dimsat_last_error(cx)->text);
      continue;
    }
    const dimsat_expr *const again = dimsat_parse(cx, text, strlen(text));
    hold(again == e, "'%s' does not read back: %s", text,
         again ? dimsat_print(cx, again, DIMSAT_PYTHON)
               : dimsat_last_error(cx)->text);
  }
}

/* The first names of `e`. */
static size_t find_names(const dimsat_expr *e, const char **name,
                         size_t count) {
  bool known = false;
  for (size_t i = 0; i < count; i++)
    known |= strcmp(name[i], e->name ? e->name : "") == 0;
  if (e->op == OP_SYMBOL && !known && count < MOST_NAMES)
    name[count++] = e->name;
  for (uint32_t i = 0; i < e->count && count < MOST_NAMES; i++)
    if (e->depth < 40)
      count = find_names(e->arg[i], name, count);
  return count;
}

/* `e == value`, as an expression, is true where e has the value. */
static void hold_value(dimsat_context *cx, const dimsat_expr *e,
                       const char *text, const char *const *name,
                       const char *const *size, size_t count) {
  const dimsat_expr *const number = dimsat_integer_text(cx, text);
  const dimsat_expr *const same = dimsat_apply(cx, DIMSAT_EQ, e, number);
  if (!same)
    return;
  const char *const said = dimsat_evaluate(cx, same, name, size, count);
  hold(!said || strcmp(said, "True") == 0, "the value is %s, but %s is %s",
       text, dimsat_print(cx, same, DIMSAT_PYTHON), said);
}

/* Evaluates at a few points. */
static void hold_values(dimsat_context *cx, const dimsat_expr *e) {
  const char *name[MOST_NAMES], *size[MOST_NAMES];
  const size_t count = find_names(e, name, 0);
  for (size_t p = 0; p < POINTS; p++) {
    for (size_t i = 0; i < count; i++)
      size[i] = points[(p + i * p) % POINTS];
    const char *const text = dimsat_evaluate(cx, e, name, size, count);
    const dimsat_status s = dimsat_last_error(cx)->status;
    if (!text)
      hold(s == DIMSAT_NO_VALUE || s == DIMSAT_TOO_LARGE,
           "evaluation fails: %s", dimsat_last_error(cx)->text);
    else if (!dimsat_is_condition(e) && !strchr(text, '/'))
      hold_value(cx, e, text, name, size, count);
    const dimsat_expr *const other = dimsat_not(cx, e);
    const char *const denied = dimsat_evaluate(cx, other, name, size, count);
    if (text && denied && dimsat_is_condition(e))
      hold(strcmp(text, denied) != 0, "a condition and its contrary are %s",
           text);
  }
}

typedef struct {
  dimsat_context *cx;
  fuzz_text text;
} call;

/* All of it. */
static void run(void *data) {
  call *const c = data;
  const dimsat_expr *const e =
      dimsat_parse(c->cx, c->text.text, c->text.length);
  if (!e) {
    hold_error(c->cx, c->text.text, c->text.length);
    return;
  }
  hold_spellings(c->cx, e);
  hold_values(c->cx, e);
}

void fuzz_expressions(const uint8_t *data, size_t size) {
  fault none = {0};
  arena m;
  arena_init(&m, &none);
  call c = {.cx = dimsat_context_new(),
            .text = fuzz_text_of(data, size, GROW_ANY, &m)};
  fuzz_timed("an expression", run, &c);
  hold(context_ok(c.cx), "the nodes are damaged");
  dimsat_context_free(c.cx);
  arena_clear(&m);
}
