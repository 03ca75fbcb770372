/*
 * Bytes to tokens, one ahead of the reader.  Python's and C's spelling of an
 * operator give the same token where they mean the same (`and`, `&&`).
 */
#ifndef LIB_EXPR_TOKEN_H
#define LIB_EXPR_TOKEN_H

#include "lib/expr/context.h"

typedef enum {
  TOKEN_END,
  TOKEN_NAME, /* also `std::max<int64_t>`, as one token */
  TOKEN_INTEGER,
  TOKEN_DECIMAL,
  TOKEN_STRING,
  TOKEN_TRUE,
  TOKEN_FALSE,
  TOKEN_INFINITY, /* `int_oo`, `oo` */
  TOKEN_IF,
  TOKEN_ELSE,
  TOKEN_OPEN,
  TOKEN_CLOSE,
  TOKEN_OPEN_INDEX,
  TOKEN_CLOSE_INDEX,
  TOKEN_OPEN_LIST,
  TOKEN_CLOSE_LIST,
  TOKEN_COMMA,
  TOKEN_DOT,
  TOKEN_COLON,
  TOKEN_QUESTION,
  TOKEN_ASSIGN,
  TOKEN_OR,
  TOKEN_AND,
  TOKEN_NOT,
  TOKEN_EQ,
  TOKEN_NE,
  TOKEN_LT,
  TOKEN_LE,
  TOKEN_GT,
  TOKEN_GE,
  TOKEN_BITOR,
  TOKEN_BITXOR,
  TOKEN_BITAND,
  TOKEN_SHIFT_LEFT,
  TOKEN_SHIFT_RIGHT,
  TOKEN_PLUS,
  TOKEN_MINUS,
  TOKEN_STAR,
  TOKEN_SLASH,
  TOKEN_FLOORDIV,
  TOKEN_PERCENT,
  TOKEN_POWER,
  TOKEN_TILDE,
  TOKEN_BANG
} token_kind;

typedef struct {
  token_kind kind;
  uint32_t offset, length; /* its bytes in the text */
} token;

typedef struct {
  dimsat_context *cx;
  const char *text;
  uint32_t length;
  uint32_t at; /* the first byte behind `next` */
  token next;  /* not taken yet */
  token last;  /* taken last; END before the first */
} tokens;

/* Starts at the first token.  All of these raise where the text is wrong. */
void tokens_init(tokens *t, dimsat_context *cx, const char *text,
                 size_t length);
token tokens_take(tokens *t);
bool tokens_accept(tokens *t, token_kind kind);
/* Takes a token of this kind, or fails with "expected `what`". */
token tokens_expect(tokens *t, token_kind kind, const char *what);

/* "'+'" or "the end", cut where it is long; in the work arena. */
const char *tokens_quote(const tokens *t, token at);
/* Fails at the next token: "expected `what`, found 'x'". */
_Noreturn void tokens_fail(const tokens *t, const char *what);

/* Bytes of the code point at `text`, or 0 where it is no valid UTF-8. */
size_t utf8_read(const char *text, size_t left, uint32_t *code);

#endif
