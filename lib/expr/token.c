/*
 * The lexer.  A token is a kind and a place; what it is worth is found out by
 * literal.c and source.c.  Every byte of the text is looked at once here, so
 * this is where NUL, invalid UTF-8 and stray characters end.
 */
#include "lib/expr/token.h"

#include "lib/base/limits.h"

#include <string.h>

typedef struct {
  const char *text;
  token_kind kind;
} spelling;

/* Longest first among those that start alike. */
static const spelling operators[] = {
    {"(", TOKEN_OPEN},         {")", TOKEN_CLOSE},     {",", TOKEN_COMMA},
    {"+", TOKEN_PLUS},         {"-", TOKEN_MINUS},     {"**", TOKEN_POWER},
    {"*", TOKEN_STAR},         {"//", TOKEN_FLOORDIV}, {"/", TOKEN_SLASH},
    {"==", TOKEN_EQ},          {"=", TOKEN_ASSIGN},    {"<=", TOKEN_LE},
    {"<<", TOKEN_SHIFT_LEFT},  {"<", TOKEN_LT},        {">=", TOKEN_GE},
    {">>", TOKEN_SHIFT_RIGHT}, {">", TOKEN_GT},        {"!=", TOKEN_NE},
    {"!", TOKEN_BANG},         {"%", TOKEN_PERCENT},   {"[", TOKEN_OPEN_INDEX},
    {"]", TOKEN_CLOSE_INDEX},  {".", TOKEN_DOT},       {"&&", TOKEN_AND},
    {"&", TOKEN_BITAND},       {"||", TOKEN_OR},       {"|", TOKEN_BITOR},
    {"^", TOKEN_BITXOR},       {"~", TOKEN_TILDE},     {"?", TOKEN_QUESTION},
    {":", TOKEN_COLON},        {"{", TOKEN_OPEN_LIST}, {"}", TOKEN_CLOSE_LIST},
};

static const spelling words[] = {
    {"and", TOKEN_AND},         {"or", TOKEN_OR},       {"not", TOKEN_NOT},
    {"if", TOKEN_IF},           {"else", TOKEN_ELSE},   {"True", TOKEN_TRUE},
    {"true", TOKEN_TRUE},       {"False", TOKEN_FALSE}, {"false", TOKEN_FALSE},
    {"int_oo", TOKEN_INFINITY}, {"oo", TOKEN_INFINITY},
};

/* Whether `c` is an ASCII digit. */
static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Whether `c` is an ASCII letter or an underscore. */
static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Whether `code`, beyond ASCII, may stand in a name: no space, no operator. */
static bool is_foreign_letter(uint32_t code) {
  return code >= 0xAA && code != 0xAB && code != 0xBB && code != 0xD7 &&
         code != 0xF7 && !(code >= 0x2000 && code <= 0x206F) &&
         !(code >= 0x2190 && code <= 0x2BFF) && code != 0x3000 &&
         !(code >= 0xFE00 && code <= 0xFE0F) && code != 0xFEFF &&
         !(code >= 0xFFF0 && code <= 0xFFFF);
}

/* The byte at `at`, or NUL at the end. */
static char peek(const tokens *t, uint32_t at) {
  return at < t->length ? t->text[at] : '\0';
}

size_t utf8_read(const char *text, size_t left, uint32_t *code) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const unsigned char *s = (const unsigned char *)text;
  const size_t n = left == 0     ? 0
                   : s[0] < 0x80 ? 1
                   : s[0] < 0xC2 ? 0
                   : s[0] < 0xE0 ? 2
                   : s[0] < 0xF0 ? 3
                   : s[0] < 0xF5 ? 4
                                 : 0;
  if (n == 0 || n > left)
    return 0;
  uint32_t c = n == 1 ? s[0] : s[0] & (0x7Fu >> n);
  for (size_t i = 1; i < n; i++) {
    if ((s[i] & 0xC0) != 0x80)
      return 0;
    c = c << 6 | (s[i] & 0x3F);
  }
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) || c < least[n])
    return 0;
  *code = c;
  return n;
}

/* Fails because the byte or character at `at` has no place in a text. */
static _Noreturn void fail_at(const tokens *t, uint32_t at) {
  uint32_t code = 0;
  const size_t n = utf8_read(t->text + at, t->length - at, &code);
  const unsigned byte = (unsigned char)t->text[at];
  if (n == 0)
    context_fail(t->cx, DIMSAT_BAD_SYNTAX, at, 1,
                 "the byte 0x%02x at offset %u is not valid UTF-8", byte, at);
  if (n > 1)
    context_fail(t->cx, DIMSAT_BAD_SYNTAX, at, n,
                 "the character U+%04X is neither a letter nor an operator",
                 (unsigned)code);
  if (code < ' ' || code == 0x7F)
    context_fail(t->cx, DIMSAT_BAD_SYNTAX, at, 1,
                 "the byte 0x%02x at offset %u has no place in an expression",
                 byte, at);
  context_fail(t->cx, DIMSAT_BAD_SYNTAX, at, 1,
               "the character '%c' is no part of an expression", t->text[at]);
}

/* The end of the run of letters and digits that starts at `at`. */
static uint32_t skip_word(const tokens *t, uint32_t at) {
  while (at < t->length) {
    const char c = t->text[at];
    uint32_t code;
    if (is_letter(c) || is_digit(c)) {
      at++;
      continue;
    }
    if (!((unsigned char)c & 0x80))
      break;
    const size_t n = utf8_read(t->text + at, t->length - at, &code);
    if (n == 0 || !is_foreign_letter(code))
      fail_at(t, at);
    at += (uint32_t)n;
  }
  return at;
}

/* The end of digits that single underscores may group, as in Python. */
static uint32_t skip_digits(const tokens *t, uint32_t at) {
  while (is_digit(peek(t, at)) ||
         (peek(t, at) == '_' && is_digit(peek(t, at + 1))))
    at++;
  return at;
}

/* Whether the bytes from `at` to `end` are a C suffix: L, LL, with u or not. */
static bool is_suffix(const tokens *t, uint32_t at, uint32_t end) {
  if (at < end && (t->text[at] | 0x20) == 'u')
    at++;
  for (int i = 0; i < 2 && at < end && (t->text[at] | 0x20) == 'l'; i++)
    at++;
  return at == end;
}

/* Whether the decimal integer from `at` to `end` is `0...0d` with d > 0. */
static bool has_leading_zero(const tokens *t, uint32_t at, uint32_t end) {
  if (t->text[at] != '0')
    return false;
  while (at < end && (t->text[at] == '0' || t->text[at] == '_'))
    at++;
  return at < end;
}

/* exponent = ("e" | "E") ["+" | "-"] digits; `at` itself when there is none. */
static uint32_t skip_exponent(const tokens *t, uint32_t at) {
  if ((peek(t, at) | 0x20) != 'e')
    return at;
  const char sign = peek(t, at + 1);
  const uint32_t digits = at + (sign == '+' || sign == '-' ? 2 : 1);
  return is_digit(peek(t, digits)) ? skip_digits(t, digits) : at;
}

/* number = digits ["." digits] [exponent] | "0x" digits | digits "L" */
static token lex_number(const tokens *t, uint32_t at) {
  token_kind kind = TOKEN_INTEGER;
  uint32_t end = skip_digits(t, at);
  const char base = (char)(peek(t, at + 1) | 0x20);
  const bool based = end == at + 1 && t->text[at] == '0' &&
                     (base == 'x' || base == 'b' || base == 'o');
  if (based) {
    end = skip_word(t, end);
  } else {
    if (peek(t, end) == '.') {
      kind = TOKEN_DECIMAL;
      end = is_digit(peek(t, end + 1)) ? skip_digits(t, end + 1) : end + 1;
    }
    const uint32_t exponent = skip_exponent(t, end);
    kind = exponent > end ? TOKEN_DECIMAL : kind;
    end = exponent;
  }
  const uint32_t word = skip_word(t, end);
  const token found = {kind, at, word - at};
  if (word > end && (kind != TOKEN_INTEGER || !is_suffix(t, end, word)))
    context_fail(t->cx, DIMSAT_BAD_SYNTAX, at, word - at,
                 "%s is neither a number nor a name", tokens_quote(t, found));
  if (kind == TOKEN_INTEGER && !based && has_leading_zero(t, at, end))
    context_fail(t->cx, DIMSAT_BAD_SYNTAX, at, word - at,
                 "the number %s has leading zeros", tokens_quote(t, found));
  return found;
}

/* string = quote (character | "\" character)* quote */
static token lex_string(const tokens *t, uint32_t at) {
  const char quote = t->text[at];
  uint32_t end = at + 1;
  while (end < t->length && t->text[end] != quote && t->text[end] != '\n') {
    uint32_t code = 0;
    const size_t n = utf8_read(t->text + end, t->length - end, &code);
    if (n == 0 || code == 0)
      fail_at(t, end);
    end += (uint32_t)n;
    if (code == '\\' && end < t->length && t->text[end] != '\0')
      end += t->text[end] == quote || t->text[end] == '\\';
  }
  if (peek(t, end) != quote)
    context_fail(t->cx, DIMSAT_BAD_SYNTAX, at, end - at,
                 "the string that starts here has no closing %c", quote);
  return (token){TOKEN_STRING, at, end + 1 - at};
}

/* The end of `<word>` at `at`, for C++ names; `at` when there is none. */
static uint32_t skip_template(const tokens *t, uint32_t at) {
  if (peek(t, at) != '<' || !is_letter(peek(t, at + 1)))
    return at;
  const uint32_t end = skip_word(t, at + 1);
  return peek(t, end) == '>' ? end + 1 : at;
}

/* name = letter (letter | digit)* ("::" name)* ["<" name ">" in C++ only] */
static token lex_name(const tokens *t, uint32_t at) {
  uint32_t end = skip_word(t, at);
  bool foreign = end - at == 11 && !memcmp(t->text + at, "static_cast", 11);
  while (peek(t, end) == ':' && peek(t, end + 1) == ':' &&
         is_letter(peek(t, end + 2))) {
    end = skip_word(t, end + 2);
    foreign = true;
  }
  if (foreign)
    end = skip_template(t, end);
  const uint32_t length = end - at;
  for (size_t i = 0; length <= 6 && i < sizeof words / sizeof *words; i++)
    if (words[i].text[0] == t->text[at] &&
        !strncmp(words[i].text, t->text + at, length) &&
        words[i].text[length] == '\0')
      return (token){words[i].kind, at, length};
  if (length > LIMIT_NAME_BYTES)
    context_fail(t->cx, DIMSAT_TOO_LARGE, at, length,
                 "a name of %u bytes is longer than the limit of %d", length,
                 LIMIT_NAME_BYTES);
  return (token){TOKEN_NAME, at, length};
}

/* The operator at `at`; fails on any other character. */
static token lex_operator(const tokens *t, uint32_t at) {
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
    const char *s = operators[i].text;
    if (s[0] != t->text[at])
      continue;
    if (s[1] == '\0' || s[1] == peek(t, at + 1))
      return (token){operators[i].kind, at, s[1] == '\0' ? 1 : 2};
  }
  fail_at(t, at);
}

/* Puts the token behind `t->at` into `t->next`. */
static void lex(tokens *t) {
  uint32_t at = t->at;
  while (at < t->length &&
         (t->text[at] == ' ' || (t->text[at] >= '\t' && t->text[at] <= '\r')))
    at++;
  const char c = peek(t, at);
  if (at >= t->length)
    t->next = (token){TOKEN_END, t->length, 0};
  else if (is_letter(c) || ((unsigned char)c & 0x80))
    t->next = lex_name(t, at);
  else if (is_digit(c) || (c == '.' && is_digit(peek(t, at + 1))))
    t->next = lex_number(t, at);
  else if (c == '\'' || c == '"')
    t->next = lex_string(t, at);
  else
    t->next = lex_operator(t, at);
  t->at = t->next.offset + t->next.length;
}

void tokens_init(tokens *t, dimsat_context *cx, const char *text,
                 size_t length) {
  if (length > LIMIT_TEXT_BYTES)
    context_fail(cx, DIMSAT_TOO_LARGE, LIMIT_TEXT_BYTES, 0,
                 "an expression of %zu bytes is longer than the limit of %zu",
                 length, LIMIT_TEXT_BYTES);
  *t = (tokens){.cx = cx, .text = text, .length = (uint32_t)length};
  lex(t);
}

token tokens_take(tokens *t) {
  t->last = t->next;
  lex(t);
  return t->last;
}

bool tokens_accept(tokens *t, token_kind kind) {
  if (t->next.kind != kind)
    return false;
  tokens_take(t);
  return true;
}

token tokens_expect(tokens *t, token_kind kind, const char *what) {
  if (t->next.kind != kind)
    tokens_fail(t, what);
  return tokens_take(t);
}

const char *tokens_quote(const tokens *t, token at) {
  const uint32_t most = 40;
  uint32_t n = at.length;
  if (at.kind == TOKEN_END)
    return "the end";
  if (at.kind == TOKEN_STRING)
    return "a string";
  if (n > most)
    for (n = most; n > 0 && (t->text[at.offset + n] & 0xC0) == 0x80; n--)
      continue;
  return arena_format(&t->cx->work, "'%.*s%s'", (int)n, t->text + at.offset,
                      n < at.length ? "..." : "");
}

_Noreturn void tokens_fail(const tokens *t, const char *what) {
  context_fail(t->cx, DIMSAT_BAD_SYNTAX, t->next.offset, t->next.length,
               "expected %s, found %s%s", what, tokens_quote(t, t->next),
               t->next.kind == TOKEN_ASSIGN ? " (equality is written '==')"
                                            : "");
}
