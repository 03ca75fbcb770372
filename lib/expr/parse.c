/*
 * Text to DAG: recursive descent over the grammar of docs/language.md, with
 * Python's precedence.
 *
 *   expression = or_test ["if" or_test "else" expression]
 *              | or_test "?" expression ":" expression
 *   or_test    = and_test (("or" | "||") and_test)*
 *   and_test   = not_test (("and" | "&&") not_test)*
 *   not_test   = "not" not_test | comparison
 *   comparison = bit_or (("==" | "!=" | "<" | "<=" | ">" | ">=") bit_or)*
 *   bit_or     = bit_xor ("|" bit_xor)*
 *   bit_xor    = bit_and ("^" bit_and)*
 *   bit_and    = shift ("&" shift)*
 *   shift      = sum (("<<" | ">>") sum)*
 *   sum        = product (("+" | "-") product)*
 *   product    = unary (("*" | "/" | "//" | "%") unary)*
 *   unary      = ("+" | "-" | "~" | "!") unary | primary ["**" unary]
 *   primary    = number | "True" | "False" | infinity | "(" expression ")"
 *              | function "(" operands ")" | source
 *
 * The rules from or_test to product differ only in their operators, so one
 * function reads them all: a level is the rule's place in this list.  All
 * operands of one level are collected and built at once, so that a sum of
 * 100,000 terms takes linear time.
 *
 * Nesting is counted where the reader recurses, which bounds the C stack.
 */
#include "lib/expr/parse.h"

#include "lib/base/limits.h"
#include "lib/expr/build.h"
#include "lib/expr/functions.h"
#include "lib/expr/literal.h"
#include "lib/expr/source.h"

#include <assert.h>
#include <string.h>

typedef enum {
  LEVEL_NONE,
  LEVEL_OR,
  LEVEL_AND,
  LEVEL_NOT,
  LEVEL_COMPARISON,
  LEVEL_BITOR,
  LEVEL_BITXOR,
  LEVEL_BITAND,
  LEVEL_SHIFT,
  LEVEL_SUM,
  LEVEL_PRODUCT,
  LEVEL_UNARY
} level;

/* Operands that wait for their operator's last operand; `by[i]` is the operator
 * before `arg[i]`. */
typedef struct {
  const expr **arg;
  token *by;
  size_t count, arg_capacity, by_capacity;
} operands;

typedef struct {
  dimsat_context *cx;
  tokens in;
  token blame;    /* what to underline when a constructor fails */
  unsigned depth; /* rules entered and not left, where they nest */
  operands wait;
  const expr *result;
} parser;

static const expr *parse_any(parser *p);
static const expr *parse_level(parser *p, level lowest);
static const expr *parse_unary(parser *p);

/* Frames of their own, so that those that recursion repeats stay small: 1000
 * levels take less than 1 MiB of stack, also under AddressSanitizer. */
#define OWN_FRAME __attribute__((noinline))
OWN_FRAME static void push(parser *p, const expr *e, token by);
OWN_FRAME static const expr *build_level(parser *p, level at, size_t base);
OWN_FRAME static const expr *parse_not(parser *p);
OWN_FRAME static const expr *parse_name(parser *p);
OWN_FRAME static const expr *parse_call(parser *p, const function *f, token at);
OWN_FRAME static const expr *build_prefix(parser *p, token by, const expr *a);
OWN_FRAME static const expr *parse_choice(parser *p, const expr *e);

/* ---- Small steps -------------------------------------------------------- */

/* The level of an operator, or LEVEL_NONE for any other token. */
static level level_of(token_kind kind) {
  if (kind < TOKEN_OR || kind > TOKEN_PERCENT)
    return LEVEL_NONE;
  if (kind >= TOKEN_STAR)
    return LEVEL_PRODUCT;
  if (kind >= TOKEN_PLUS)
    return LEVEL_SUM;
  if (kind >= TOKEN_SHIFT_LEFT)
    return LEVEL_SHIFT;
  if (kind >= TOKEN_BITOR)
    return (level)(LEVEL_BITOR + (kind - TOKEN_BITOR));
  if (kind >= TOKEN_EQ)
    return LEVEL_COMPARISON;
  return kind == TOKEN_OR    ? LEVEL_OR
         : kind == TOKEN_AND ? LEVEL_AND
                             : LEVEL_NONE;
}

/* Counts one level of nesting, begun by the token `at`. */
static void enter(parser *p, token at) {
  if (++p->depth > LIMIT_DEPTH)
    context_fail(p->cx, DIMSAT_TOO_LARGE, at.offset, at.length,
                 "the expression is nested deeper than %d levels", LIMIT_DEPTH);
}

/* Ends one level of nesting. */
static void leave(parser *p) {
  p->depth--;
}

/* Puts an operand and the operator before it on the waiting stack. */
static void push(parser *p, const expr *e, token by) {
  operands *w = &p->wait;
  arena *m = &p->cx->work;
  w->arg = arena_grow(m, w->arg, w->count, &w->arg_capacity, sizeof *w->arg);
  w->by = arena_grow(m, w->by, w->count, &w->by_capacity, sizeof *w->by);
  w->arg[w->count] = e;
  w->by[w->count] = by;
  w->count++;
}

/* Fails because no operand follows the last token. */
static _Noreturn void fail_operand(parser *p) {
  const tokens *in = &p->in;
  if (in->last.length == 0)
    tokens_fail(in, "an expression");
  tokens_fail(in, arena_format(&p->cx->work, "an operand after %s",
                               tokens_quote(in, in->last)));
}

/* Fails at a token that can not go on an expression; `what` could have. */
static _Noreturn void fail_end(parser *p, const char *what) {
  const token found = p->in.next;
  if (found.kind == TOKEN_CLOSE && strcmp(what, "an operator") == 0)
    context_fail(p->cx, DIMSAT_BAD_SYNTAX, found.offset, found.length,
                 "this ')' closes nothing");
  tokens_fail(&p->in, what);
}

/* ---- Operators ---------------------------------------------------------- */

/* a0 == a1 <= a2 ..: the `and` of all neighbours; changes `arg`. */
static const expr *build_comparison(parser *p, const expr **arg,
                                    const token *by, size_t count) {
  for (size_t i = 0; i + 1 < count; i++) {
    p->blame = by[i + 1];
    const relation how = (relation)(by[i + 1].kind - TOKEN_EQ);
    arg[i] = relation_build(p->cx, how, arg[i], arg[i + 1]);
  }
  return count == 2 ? arg[0] : build_and(p->cx, arg, count - 1);
}

/* a0 & a1 & ..: `and` when all are conditions, else bitwise. */
static const expr *build_bits(parser *p, const expr **arg, const token *by,
                              size_t count) {
  const token_kind kind = by[1].kind;
  bool truth = kind != TOKEN_BITXOR;
  for (size_t i = 0; i < count; i++)
    truth = truth && arg[i]->truth;
  if (truth)
    return kind == TOKEN_BITAND ? build_and(p->cx, arg, count)
                                : build_or(p->cx, arg, count);
  const op bit = kind == TOKEN_BITAND  ? OP_BITAND
                 : kind == TOKEN_BITOR ? OP_BITOR
                                       : OP_BITXOR;
  return bits_build(p->cx, bit, arg, count);
}

/* a0 << a1 >> a2 .., from the left. */
static const expr *build_shifts(parser *p, const expr *const *arg,
                                const token *by, size_t count) {
  const expr *e = arg[0];
  for (size_t i = 1; i < count; i++) {
    p->blame = by[i];
    e = by[i].kind == TOKEN_SHIFT_LEFT ? shift_left_build(p->cx, e, arg[i])
                                       : shift_right_build(p->cx, e, arg[i]);
  }
  return e;
}

/* a0 + a1 - a2 .., as one sum; changes `arg`. */
static const expr *build_terms(parser *p, const expr **arg, const token *by,
                               size_t count) {
  for (size_t i = 1; i < count; i++) {
    p->blame = by[i];
    if (by[i].kind == TOKEN_MINUS)
      arg[i] = build_neg(p->cx, arg[i]);
  }
  return build_sum(p->cx, arg, count);
}

/* a / b, a // b or a % b. */
static const expr *build_quotient(parser *p, token by, const expr *a,
                                  const expr *b) {
  p->blame = by;
  if (by.kind == TOKEN_SLASH)
    return build_ratio(p->cx, a, b);
  return by.kind == TOKEN_FLOORDIV ? build_floordiv(p->cx, a, b)
                                   : build_mod(p->cx, a, b);
}

/* a0 * a1 // a2 * a3 ..: each run of factors as one product; changes `arg`. */
static const expr *build_factors(parser *p, const expr **arg, const token *by,
                                 size_t count) {
  size_t run = 1;
  for (size_t i = 1; i < count; i++) {
    p->blame = by[i];
    if (by[i].kind == TOKEN_STAR) {
      arg[run++] = arg[i];
      continue;
    }
    const expr *left = run > 1 ? build_product(p->cx, arg, run) : arg[0];
    arg[0] = build_quotient(p, by[i], left, arg[i]);
    run = 1;
  }
  return run > 1 ? build_product(p->cx, arg, run) : arg[0];
}

/* The operands that wait from `base` on, joined by the operators of `at`. */
static const expr *build_level(parser *p, level at, size_t base) {
  const expr **arg = p->wait.arg + base;
  const token *by = p->wait.by + base;
  const size_t count = p->wait.count - base;
  for (size_t i = 0; at != LEVEL_COMPARISON && i < count; i++) {
    p->blame = by[i > 0 ? i : 1];
    finite(p->cx, arg[i]);
  }
  switch (at) {
  case LEVEL_OR:
    return build_or(p->cx, arg, count);
  case LEVEL_AND:
    return build_and(p->cx, arg, count);
  case LEVEL_COMPARISON:
    return build_comparison(p, arg, by, count);
  case LEVEL_BITOR:
  case LEVEL_BITXOR:
  case LEVEL_BITAND:
    return build_bits(p, arg, by, count);
  case LEVEL_SHIFT:
    return build_shifts(p, arg, by, count);
  case LEVEL_SUM:
    return build_terms(p, arg, by, count);
  case LEVEL_PRODUCT:
    return build_factors(p, arg, by, count);
  case LEVEL_NONE:
  case LEVEL_NOT:
  case LEVEL_UNARY:
    break;
  }
  assert(false);
  return NULL;
}

/* rule = operand (operator operand)*, where `left` is the first operand. */
static const expr *parse_operators(parser *p, const expr *left, level at) {
  const size_t base = p->wait.count;
  push(p, left, (token){TOKEN_END, 0, 0});
  while (level_of(p->in.next.kind) == at) {
    const token by = tokens_take(&p->in);
    push(p, parse_level(p, (level)(at + 1)), by);
  }
  const expr *e = build_level(p, at, base);
  p->wait.count = base;
  return e;
}

/* not_test = "not" not_test | comparison */
static const expr *parse_not(parser *p) {
  const token by = tokens_take(&p->in);
  enter(p, by);
  const expr *e = parse_level(p, LEVEL_NOT);
  leave(p);
  p->blame = by;
  return build_not(p->cx, build_as_truth(p->cx, finite(p->cx, e)));
}

/* Any rule from or_test to product: its operators are those of `lowest` and of
 * all tighter levels. */
static const expr *parse_level(parser *p, level lowest) {
  const bool negated = p->in.next.kind == TOKEN_NOT && lowest <= LEVEL_NOT;
  const expr *e = negated ? parse_not(p) : parse_unary(p);
  level at = level_of(p->in.next.kind);
  if (at < lowest || at == LEVEL_NONE)
    return e;
  const bool nested = lowest > LEVEL_OR;
  if (nested)
    enter(p, p->in.next);
  for (; at >= lowest && at != LEVEL_NONE; at = level_of(p->in.next.kind))
    e = parse_operators(p, e, at);
  if (nested)
    leave(p);
  return e;
}

/* ---- Primaries ---------------------------------------------------------- */

/* Whether the next token is the name of an infinity that is called nothing:
 * `math.inf`. */
static bool is_infinity_name(const char *name) {
  return strcmp(name, "math.inf") == 0;
}

/* pair = "(" expression "," expression ")" */
static void parse_pair(parser *p) {
  tokens_expect(&p->in, TOKEN_OPEN, "'('");
  push(p, parse_any(p), p->in.last);
  tokens_expect(&p->in, TOKEN_COMMA, "','");
  push(p, parse_any(p), p->in.last);
  tokens_expect(&p->in, TOKEN_CLOSE, "')'");
}

/* operands = [operand ("," operand)*]; how many there were. */
static size_t parse_operands(parser *p, const function *f) {
  const bool list = tokens_accept(&p->in, TOKEN_OPEN_LIST);
  const token_kind close = list ? TOKEN_CLOSE_LIST : TOKEN_CLOSE;
  size_t count = 0;
  if (p->in.next.kind != close)
    do {
      if (function_takes_pairs(f))
        parse_pair(p);
      else
        push(p, parse_any(p), p->in.last);
      count++;
    } while (tokens_accept(&p->in, TOKEN_COMMA));
  if (list)
    tokens_expect(&p->in, TOKEN_CLOSE_LIST, "',' or '}'");
  tokens_expect(&p->in, TOKEN_CLOSE, "',' or ')'");
  return count;
}

/* Fails because `f` is not made for `count` operands. */
static _Noreturn void fail_count(const parser *p, const function *f, token at,
                                 size_t count) {
  const unsigned wanted = count < f->least ? f->least : f->most;
  context_fail(p->cx, DIMSAT_BAD_SYNTAX, at.offset, at.length,
               "%s takes %s%u operand%s, found %zu", f->name,
               f->least == f->most ? ""
               : count < f->least  ? "at least "
                                   : "at most ",
               wanted, wanted == 1 ? "" : "s", count);
}

/* call = function "(" operands ")", where `at` is the name, taken already. */
static const expr *parse_call(parser *p, const function *f, token at) {
  const size_t base = p->wait.count;
  enter(p, at);
  tokens_take(&p->in);
  const size_t count = parse_operands(p, f);
  leave(p);
  p->blame = at;
  if (count < f->least || (f->most < FUNCTION_ANY_COUNT && count > f->most))
    fail_count(p, f, at, count);
  const size_t waiting = p->wait.count - base;
  const expr **arg = waiting > 0 ? p->wait.arg + base : NULL;
  const expr *e = function_build(p->cx, f, arg, waiting);
  p->wait.count = base;
  return e;
}

/* source or call: whatever starts with a name. */
static const expr *parse_name(parser *p) {
  token at = p->in.next;
  const source s = source_read(&p->in, false);
  at.length = p->in.last.offset + p->in.last.length - at.offset;
  if (s.called)
    return parse_call(p, s.called, at);
  p->blame = at;
  if (is_infinity_name(s.name))
    return &infinity_above;
  return build_symbol(p->cx, s.name);
}

/* group = "(" expression ")" */
static const expr *parse_group(parser *p) {
  enter(p, tokens_take(&p->in));
  const expr *e = parse_any(p);
  leave(p);
  if (p->in.next.kind != TOKEN_CLOSE)
    fail_end(p, "an operator or ')'");
  tokens_take(&p->in);
  return e;
}

/* primary = number | truth | infinity | group | call | source */
static const expr *parse_primary(parser *p) {
  const token at = p->in.next;
  if (at.kind == TOKEN_NAME)
    return parse_name(p);
  if (at.kind == TOKEN_OPEN)
    return parse_group(p);
  const bool number = at.kind == TOKEN_INTEGER || at.kind == TOKEN_DECIMAL;
  const bool truth = at.kind == TOKEN_TRUE || at.kind == TOKEN_FALSE;
  if (!number && !truth && at.kind != TOKEN_INFINITY)
    fail_operand(p);
  tokens_take(&p->in);
  p->blame = at;
  if (number)
    return literal_number(&p->in, at);
  return truth ? build_truth(p->cx, at.kind == TOKEN_TRUE) : &infinity_above;
}

/* -a, +a, ~a or !a.  Of a condition, ~ is `not`; of a number, -a - 1. */
static const expr *build_prefix(parser *p, token by, const expr *a) {
  p->blame = by;
  if (is_infinite(a) && by.kind == TOKEN_MINUS)
    return opposite_infinity(a);
  if (by.kind == TOKEN_PLUS)
    return is_infinite(a) ? a : build_as_number(p->cx, a);
  finite(p->cx, a);
  if (by.kind == TOKEN_MINUS)
    return build_neg(p->cx, a);
  if (by.kind == TOKEN_BANG || a->truth)
    return build_not(p->cx, build_as_truth(p->cx, a));
  return build_sub(p->cx, build_neg(p->cx, a), build_small(p->cx, 1));
}

/* unary = ("+" | "-" | "~" | "!") unary | primary ["**" unary] */
static const expr *parse_unary(parser *p) {
  const token by = p->in.next;
  if (by.kind == TOKEN_MINUS || by.kind == TOKEN_PLUS ||
      by.kind == TOKEN_TILDE || by.kind == TOKEN_BANG) {
    enter(p, tokens_take(&p->in));
    const expr *a = parse_unary(p);
    leave(p);
    return build_prefix(p, by, a);
  }
  const expr *base = parse_primary(p);
  if (p->in.next.kind != TOKEN_POWER)
    return base;
  const token power = tokens_take(&p->in);
  enter(p, power);
  const expr *exponent = parse_unary(p);
  leave(p);
  p->blame = power;
  return build_pow(p->cx, finite(p->cx, base), finite(p->cx, exponent));
}

/* ---- The whole ---------------------------------------------------------- */

/* The rest behind `e` of: e "if" or_test "else" expression, or
 * e "?" expression ":" expression. */
static const expr *parse_choice(parser *p, const expr *e) {
  const token by = tokens_take(&p->in);
  const bool python = by.kind == TOKEN_IF;
  enter(p, by);
  const expr *middle = python ? parse_level(p, LEVEL_OR) : parse_any(p);
  if (python)
    tokens_expect(&p->in, TOKEN_ELSE, "an operator or 'else'");
  else
    tokens_expect(&p->in, TOKEN_COLON, "an operator or ':'");
  const expr *last = parse_any(p);
  leave(p);
  p->blame = by;
  finite(p->cx, e);
  finite(p->cx, middle);
  finite(p->cx, last);
  return python ? build_ite(p->cx, middle, e, last)
                : build_ite(p->cx, e, middle, last);
}

/* expression = or_test ["if" or_test "else" expression]
 *            | or_test "?" expression ":" expression */
static const expr *parse_any(parser *p) {
  const expr *e = parse_level(p, LEVEL_OR);
  const token_kind kind = p->in.next.kind;
  return kind == TOKEN_IF || kind == TOKEN_QUESTION ? parse_choice(p, e) : e;
}

/* Reads the whole text as one expression; the body of a fault_try. */
static void parse_whole(void *data) {
  parser *p = data;
  p->result = parse_any(p);
  if (p->in.next.kind != TOKEN_END)
    fail_end(p, "an operator");
  finite(p->cx, p->result);
}

/* Lets a failure that has no place yet be that of `p->blame`, and goes on. */
static _Noreturn void fail_again(parser *p, dimsat_status status) {
  dimsat_error *error = &p->cx->error;
  if (error->status == DIMSAT_OK)
    context_fail(p->cx, status, p->blame.offset, p->blame.length, "%s",
                 fault_text(&p->cx->fault, status));
  if (error->offset == 0 && error->length == 0) {
    error->offset = p->blame.offset;
    error->length = p->blame.length;
  }
  fault_raise(&p->cx->fault, status);
}

const expr *parse_expression(dimsat_context *cx, const char *text,
                             size_t length) {
  parser p = {.cx = cx};
  const arena_mark mark = arena_get_mark(&cx->work);
  tokens_init(&p.in, cx, text, length);
  const dimsat_status status = fault_try(&cx->fault, parse_whole, &p);
  if (status != DIMSAT_OK)
    fail_again(&p, status);
  arena_rewind(&cx->work, mark);
  return p.result;
}

const char *parse_source(dimsat_context *cx, const char *text, size_t length) {
  tokens in;
  tokens_init(&in, cx, text, length);
  if (in.next.kind != TOKEN_NAME)
    tokens_fail(&in, "a name or a source");
  const source s = source_read(&in, true);
  if (s.called || in.next.kind != TOKEN_END)
    tokens_fail(&in, "the end of the name");
  return arena_copy_text(&cx->nodes, s.name, strlen(s.name));
}
