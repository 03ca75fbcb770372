/*
 * Sources.  A chain of attributes, indices and calls is a symbol, whose name is
 * its own text in canonical form; nothing in it is evaluated.  The one question
 * is where a call begins: a known function's name directly before "(" ends the
 * chain, and so does a bare unknown name whose call nothing follows, which is
 * an error.
 */
#include "lib/expr/source.h"

#include "lib/base/limits.h"
#include "lib/expr/literal.h"

#include <string.h>

/* Calls within calls in one source. */
#define MOST_NESTED 64

static void add_chain(tokens *t, buffer *out, unsigned depth);

/* Fails when the source is longer than a name may be. */
static void check_length(const tokens *t, const buffer *out) {
  if (out->length > LIMIT_NAME_BYTES)
    context_fail(t->cx, DIMSAT_TOO_LARGE, t->last.offset, t->last.length,
                 "a source of more than %d bytes is beyond the limit",
                 LIMIT_NAME_BYTES);
}

/* Adds the text of a token as it stands. */
static void add_token(const tokens *t, token at, buffer *out) {
  buffer_add_bytes(out, t->text + at.offset, at.length);
}

/* item = ["-"] integer | string | source | name "=" item */
static void add_item(tokens *t, buffer *out, unsigned depth) {
  while (t->next.kind == TOKEN_NAME) {
    add_chain(t, out, depth);
    if (!tokens_accept(t, TOKEN_ASSIGN))
      return;
    buffer_add_char(out, '=');
  }
  if (t->next.kind == TOKEN_STRING) {
    literal_add_string(t, tokens_take(t), out);
  } else if (t->next.kind == TOKEN_TRUE || t->next.kind == TOKEN_FALSE) {
    add_token(t, tokens_take(t), out);
  } else {
    if (tokens_accept(t, TOKEN_MINUS))
      buffer_add_char(out, '-');
    const char *what = "an integer, a string or a name in a source";
    literal_add_integer(t, tokens_expect(t, TOKEN_INTEGER, what), out);
  }
}

/* items = [item ("," item)*], up to and with the token `close`. */
static void add_items(tokens *t, buffer *out, token_kind close,
                      unsigned depth) {
  const bool index = close == TOKEN_CLOSE_INDEX;
  if (depth > MOST_NESTED)
    context_fail(t->cx, DIMSAT_TOO_LARGE, t->last.offset, t->last.length,
                 "a source is nested deeper than %d levels", MOST_NESTED);
  buffer_add_char(out, index ? '[' : '(');
  if (index || t->next.kind != close)
    add_item(t, out, depth + 1);
  while (tokens_accept(t, TOKEN_COMMA)) {
    buffer_add_char(out, ',');
    add_item(t, out, depth + 1);
  }
  tokens_expect(t, close, index ? "']' or ','" : "')' or ','");
  buffer_add_char(out, index ? ']' : ')');
  check_length(t, out);
}

/* trailer = "." name | "[" items "]" | "(" items ")"; false at any other. */
static bool add_trailer(tokens *t, buffer *out, unsigned depth) {
  if (tokens_accept(t, TOKEN_DOT)) {
    buffer_add_char(out, '.');
    add_token(t, tokens_expect(t, TOKEN_NAME, "a name after '.'"), out);
    check_length(t, out);
  } else if (tokens_accept(t, TOKEN_OPEN_INDEX)) {
    add_items(t, out, TOKEN_CLOSE_INDEX, depth);
  } else if (tokens_accept(t, TOKEN_OPEN)) {
    add_items(t, out, TOKEN_CLOSE, depth);
  } else {
    return false;
  }
  return true;
}

/* source = name trailer* */
static void add_chain(tokens *t, buffer *out, unsigned depth) {
  add_token(t, tokens_take(t), out);
  while (add_trailer(t, out, depth))
    continue;
}

/* Whether "." or "[" follows the parentheses that open at the next token. */
static bool chain_goes_on(const tokens *t) {
  tokens ahead = *t;
  size_t open = 0;
  for (size_t i = 0; i < LIMIT_NAME_BYTES; i++) {
    const token_kind kind = tokens_take(&ahead).kind;
    if (kind == TOKEN_END)
      return false;
    open += kind == TOKEN_OPEN;
    open -= kind == TOKEN_CLOSE;
    if (open == 0)
      return ahead.next.kind == TOKEN_DOT ||
             ahead.next.kind == TOKEN_OPEN_INDEX;
  }
  return false;
}

/* Whether a call of the dotted `name` can only be meant as a function's. */
static bool is_function_name(const char *name) {
  static const char *const modules[] = {"math.", "torch.", "sympy.", "numpy.",
                                        "np."};
  if (!strchr(name, '.'))
    return true;
  for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
    if (!strncmp(name, modules[i], strlen(modules[i])))
      return true;
  return false;
}

/* Fails because nothing is known of the function `name` that starts at
 * `first` and ends before the next token. */
static _Noreturn void fail_unknown(tokens *t, token first, const char *name) {
  const token all = {TOKEN_NAME, first.offset,
                     t->last.offset + t->last.length - first.offset};
  char similar[128];
  context_fail(t->cx, DIMSAT_BAD_SYNTAX, all.offset, all.length,
               "the function %s is unknown%s", tokens_quote(t, all),
               function_ask_similar(name, similar, sizeof similar));
}

/* A name of the text as it is, in the work arena. */
static const char *copy_name(const tokens *t, token at) {
  return arena_copy_text(&t->cx->work, t->text + at.offset, at.length);
}

source source_read(tokens *t, bool any_call) {
  const token first = tokens_take(t);
  const token_kind kind = t->next.kind;
  if (kind != TOKEN_DOT && kind != TOKEN_OPEN_INDEX && kind != TOKEN_OPEN)
    return (source){copy_name(t, first), NULL};
  buffer out;
  buffer_init(&out, &t->cx->work);
  add_token(t, first, &out);
  bool dotted = true;
  do {
    if (t->next.kind == TOKEN_OPEN && dotted) {
      const function *f = function_find(out.text);
      if (f)
        return (source){out.text, f};
      if (!any_call && is_function_name(out.text) &&
          strcmp(out.text, "len") != 0 && !chain_goes_on(t))
        fail_unknown(t, first, out.text);
    }
    dotted = dotted && t->next.kind == TOKEN_DOT;
  } while (add_trailer(t, &out, 0));
  return (source){out.text, NULL};
}
