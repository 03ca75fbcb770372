/* The public functions of dimsat/expr.h: a door each, no decisions. */
#include "lib/expr/build.h"
#include "lib/expr/evaluate.h"
#include "lib/expr/parse.h"
#include "lib/expr/print.h"

#include <string.h>

/* What one call is given and gives back. */
typedef struct {
  dimsat_context *cx;
  const char *text;
  size_t length;
  int64_t small;
  dimsat_operator operator;
  dimsat_spelling spelling;
  const expr *a, *b;
  const char *const *names, *const *values;
  size_t count;
  const expr *made;
  const char *written;
} call;

/* ---- Build -------------------------------------------------------------- */

/* Behind the door of `dimsat_integer`. */
static void make_integer(void *data) {
  call *const c = data;
  c->made = build_small(c->cx, c->small);
}

/* An integer. */
const dimsat_expr *dimsat_integer(dimsat_context *cx, int64_t number) {
  call c = {.cx = cx, .small = number};
  context_run(cx, make_integer, &c);
  return c.made;
}

/* The number that `digits` spell, in the work arena. */
static integer read_digits(dimsat_context *cx, const char *digits) {
  integer number;
  if (!integer_parse(&cx->work, digits, strlen(digits), &number))
    context_fail(cx, DIMSAT_BAD_SYNTAX, 0, strlen(digits),
                 "a number is decimal digits with an optional sign");
  return number;
}

/* Behind the door of `dimsat_integer_text`. */
static void make_integer_text(void *data) {
  call *const c = data;
  c->made = build_integer(c->cx, read_digits(c->cx, c->text));
}

/* An integer of any size. */
const dimsat_expr *dimsat_integer_text(dimsat_context *cx, const char *digits) {
  call c = {.cx = cx, .text = digits};
  context_run(cx, make_integer_text, &c);
  return c.made;
}

/* The symbol that `name` means in a text. */
static const expr *read_symbol(dimsat_context *cx, const char *name) {
  return build_symbol(cx, parse_source(cx, name, strlen(name)));
}

/* Behind the door of `dimsat_symbol`. */
static void make_symbol(void *data) {
  call *const c = data;
  c->made = read_symbol(c->cx, c->text);
}

/* A symbol. */
const dimsat_expr *dimsat_symbol(dimsat_context *cx, const char *name) {
  call c = {.cx = cx, .text = name};
  context_run(cx, make_symbol, &c);
  return c.made;
}

/* One case an operator; a dispatch, so longer than other functions. */
static const expr *apply(dimsat_context *cx, dimsat_operator o, const expr *a,
                         const expr *b) {
  const expr *const both[] = {a, b};
  switch (o) {
  case DIMSAT_ADD:
    return build_add(cx, a, b);
  case DIMSAT_SUB:
    return build_sub(cx, a, b);
  case DIMSAT_MUL:
    return build_mul(cx, a, b);
  case DIMSAT_FLOORDIV:
    return build_floordiv(cx, a, b);
  case DIMSAT_MOD:
    return build_mod(cx, a, b);
  case DIMSAT_MIN:
    return build_min(cx, both, 2);
  case DIMSAT_MAX:
    return build_max(cx, both, 2);
  case DIMSAT_EQ:
    return build_eq(cx, a, b);
  case DIMSAT_NE:
    return build_ne(cx, a, b);
  case DIMSAT_LT:
    return build_lt(cx, a, b);
  case DIMSAT_LE:
    return build_le(cx, a, b);
  case DIMSAT_GT:
    return build_lt(cx, b, a);
  case DIMSAT_GE:
    return build_le(cx, b, a);
  case DIMSAT_AND:
    return build_and(cx, both, 2);
  case DIMSAT_OR:
    return build_or(cx, both, 2);
  }
  context_fail(cx, DIMSAT_BAD_SYNTAX, 0, 0, "there is no such operator");
}

/* Behind the door of `dimsat_apply`. */
static void make_apply(void *data) {
  call *const c = data;
  c->made = apply(c->cx, c->operator, c->a, c->b);
}

/* a op b; a missing operand keeps the error that made it missing. */
const dimsat_expr *dimsat_apply(dimsat_context *cx, dimsat_operator o,
                                const dimsat_expr *a, const dimsat_expr *b) {
  if (a == NULL || b == NULL)
    return NULL;
  call c = {.cx = cx, .operator= o, .a = a, .b = b};
  context_run(cx, make_apply, &c);
  return c.made;
}

/* Behind the door of `dimsat_not`. */
static void make_not(void *data) {
  call *const c = data;
  c->made = build_not(c->cx, c->a);
}

/* not a */
const dimsat_expr *dimsat_not(dimsat_context *cx, const dimsat_expr *a) {
  if (a == NULL)
    return NULL;
  call c = {.cx = cx, .a = a};
  context_run(cx, make_not, &c);
  return c.made;
}

/* ---- Text --------------------------------------------------------------- */

/* Behind the door of `dimsat_parse`. */
static void make_parsed(void *data) {
  call *const c = data;
  c->made = parse_expression(c->cx, c->text, c->length);
}

/* The expression that `text` spells. */
const dimsat_expr *dimsat_parse(dimsat_context *cx, const char *text,
                                size_t length) {
  call c = {.cx = cx, .text = text, .length = length};
  context_run(cx, make_parsed, &c);
  return c.made;
}

/* Behind the door of `dimsat_print`. */
static void write_expression(void *data) {
  call *const c = data;
  buffer out;
  buffer_init(&out, &c->cx->work);
  print_expression(&out, c->a, c->spelling);
  c->written = arena_copy_text(&c->cx->nodes, out.text, out.length);
}

/* The text of `e`. */
const char *dimsat_print(dimsat_context *cx, const dimsat_expr *e,
                         dimsat_spelling spelling) {
  if (e == NULL)
    return NULL;
  call c = {.cx = cx, .a = e, .spelling = spelling};
  context_run(cx, write_expression, &c);
  return c.written;
}

/* ---- Inspect and evaluate ----------------------------------------------- */

/* Whether `e` is true or false. */
bool dimsat_is_condition(const dimsat_expr *e) {
  return e != NULL && e->truth;
}

/* Behind the door of `dimsat_node_count`. */
static void count_nodes(void *data) {
  call *const c = data;
  expr_nodes(c->cx, &c->a, 1, &c->count);
}

/* The number of nodes; 0 where memory ends. */
size_t dimsat_node_count(dimsat_context *cx, const dimsat_expr *e) {
  if (e == NULL)
    return 0;
  call c = {.cx = cx, .a = e};
  return context_run(cx, count_nodes, &c) == DIMSAT_OK ? c.count : 0;
}

/* The text of a value; raises when there is none. */
static const char *text_of(dimsat_context *cx, value v) {
  arena *const m = &cx->nodes;
  switch (v.kind) {
  case VALUE_TRUTH:
    return v.truth ? "True" : "False";
  case VALUE_NUMBER:
    return integer_text(m, v.number);
  case VALUE_RATIO:
    return arena_format(m, "%s/%s", integer_text(&cx->work, v.number),
                        integer_text(&cx->work, v.denominator));
  case VALUE_UNDECIDED:
    context_fail(cx, DIMSAT_NO_VALUE, 0, 0,
                 "the value is not known: a float reaches 2**53, a number is "
                 "too large, or a function is unknown");
  case VALUE_NONE:
    break;
  }
  context_fail(cx, DIMSAT_NO_VALUE, 0, 0,
               "there is no value: a divisor is 0, an exponent is negative, "
               "or a symbol has no size");
}

/* Behind the door of `dimsat_evaluate`. */
static void write_value(void *data) {
  call *const c = data;
  arena *const m = &c->cx->work;
  const expr **const symbol = arena_alloc(m, c->count * sizeof *symbol);
  integer *const size = arena_alloc(m, c->count * sizeof *size);
  for (size_t i = 0; i < c->count; i++) {
    symbol[i] = read_symbol(c->cx, c->names[i]);
    size[i] = read_digits(c->cx, c->values[i]);
  }
  const assignment at = {.symbol = symbol, .value = size, .count = c->count};
  c->written = text_of(c->cx, evaluate(c->cx, c->a, &at));
}

/* The value of `e` as text. */
const char *dimsat_evaluate(dimsat_context *cx, const dimsat_expr *e,
                            const char *const *names, const char *const *values,
                            size_t count) {
  if (e == NULL)
    return NULL;
  call c = {.cx = cx, .a = e, .names = names, .values = values};
  c.count = count;
  context_run(cx, write_value, &c);
  return c.written;
}
