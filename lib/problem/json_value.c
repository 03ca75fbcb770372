#include "lib/problem/json_value.h"

#include "lib/base/limits.h"
#include "lib/problem/problem_locate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  dimsat_context *cx;
  const char *text;
  size_t at, end;
  size_t depth;
} parser;

/* ---- Refusals ---------------------------------------------------------- */

/* Raises about `length` bytes at `offset`. */
static _Noreturn void fail(const parser *p, dimsat_status status, size_t offset,
                           size_t length, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static _Noreturn void fail(const parser *p, dimsat_status status, size_t offset,
                           size_t length, const char *format, ...) {
  dimsat_error *const e = &p->cx->error;
  *e = (dimsat_error){.status = status, .offset = offset, .length = length};
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(e->text, sizeof e->text, format, arguments);
  va_end(arguments);
  locate_line(e, p->text, p->end);
  fault_raise(&p->cx->fault, status);
}

/* Whether `c` is white. */
static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The text breaks off; the place is behind the last byte that is not white. */
static _Noreturn void fail_end(const parser *p, const char *expected) {
  size_t end = p->end;
  while (end > 0 && is_space(p->text[end - 1]))
    end--;
  fail(p, DIMSAT_BAD_FORMAT, end, 0,
       "the text ends inside of the JSON value: %s", expected);
}

/* Whether a number, a word, or what looks like one, goes on with `c`. */
static bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.' || c == '_';
}

/* The bytes of the word, string or character at `at`. */
static size_t token_length(const parser *p) {
  size_t at = p->at;
  while (at < p->end && is_word(p->text[at]))
    at++;
  if (at > p->at)
    return at - p->at;
  if (p->text[at] == '"')
    for (at++; at < p->end && p->text[at] != '"' && p->text[at] != '\n'; at++)
      at += p->text[at] == '\\' && at + 1 < p->end;
  for (at++; at < p->end && ((unsigned char)p->text[at] & 0xC0) == 0x80;)
    at++;
  return (at < p->end ? at : p->end) - p->at;
}

/* Something else stands where `expected` should. */
static _Noreturn void fail_token(const parser *p, const char *expected) {
  if (p->at >= p->end)
    fail_end(p, expected);
  fail(p, DIMSAT_BAD_FORMAT, p->at, token_length(p), "the text is not JSON: %s",
       expected);
}

/* ---- Tokens ------------------------------------------------------------ */

/* Skips white bytes; the byte that follows, or 0 at the end. */
static char peek(parser *p) {
  while (p->at < p->end && is_space(p->text[p->at]))
    p->at++;
  return p->at < p->end ? p->text[p->at] : '\0';
}

/* Takes `c`, or says that `expected` is. */
static void take(parser *p, char c, const char *expected) {
  if (peek(p) != c)
    fail_token(p, expected);
  p->at++;
}

/* Skips digits; how many there were. */
static size_t skip_digits(parser *p) {
  const size_t start = p->at;
  while (p->at < p->end && p->text[p->at] >= '0' && p->text[p->at] <= '9')
    p->at++;
  return p->at - start;
}

/* Takes the byte `a` or `b`, if it is next. */
static bool accept(parser *p, char a, char b) {
  const bool found =
      p->at < p->end && (p->text[p->at] == a || p->text[p->at] == b);
  p->at += found;
  return found;
}

/* The value of the digits from `start` on, if 64 bits hold it. */
static bool digits_fit(const parser *p, size_t start, bool negative,
                       int64_t *out) {
  int64_t value = 0;
  for (size_t i = start; i < p->at; i++)
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_sub_overflow(value, p->text[i] - '0', &value))
      return false;
  if (!negative && value == INT64_MIN)
    return false;
  *out = negative ? value : -value;
  return true;
}

/* number = ["-"] ("0" | [1-9] digit*) ["." digit+] [("e"|"E") [sign] digit+] */
static json_value read_number(parser *p) {
  parser whole = *p;
  json_value v = {.kind = VALUE_INTEGER};
  const bool negative = accept(p, '-', '-');
  const size_t start = p->at, count = skip_digits(p);
  bool good = count == 1 || (count > 1 && p->text[start] != '0');
  const bool fits = good && digits_fit(p, start, negative, &v.integer);
  if (accept(p, '.', '.')) {
    v.kind = VALUE_REAL;
    good &= skip_digits(p) > 0;
  }
  if (accept(p, 'e', 'E')) {
    v.kind = VALUE_REAL;
    accept(p, '+', '-');
    good &= skip_digits(p) > 0;
  }
  if (!good || (p->at < p->end && is_word(p->text[p->at])))
    fail_token(&whole, "this is not a number");
  if (v.kind == VALUE_INTEGER && !fits)
    fail(p, DIMSAT_BAD_FORMAT, whole.at, p->at - whole.at,
         "the integer does not fit into 64 bits; write it as a string");
  if (v.kind == VALUE_REAL) {
    v.count = p->at - whole.at;
    v.text = arena_copy_text(&p->cx->work, p->text + whole.at, v.count);
  }
  return v;
}

/* word = "null" | "true" | "false" */
static json_value read_word(parser *p) {
  static const struct {
    const char *text;
    value_kind kind;
  } words[] = {
      {"null", VALUE_NULL}, {"true", VALUE_TRUE}, {"false", VALUE_FALSE}};
  const size_t length = token_length(p);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strlen(words[i].text) == length &&
        memcmp(p->text + p->at, words[i].text, length) == 0) {
      p->at += length;
      return (json_value){.kind = words[i].kind};
    }
  fail_token(p, "a value is expected");
}

/* ---- Strings ----------------------------------------------------------- */

/* The four hex digits at `at` as a number, or -1. */
static long read_hex(const parser *p, size_t at) {
  long value = 0;
  if (p->end - at < 4)
    return -1;
  for (size_t i = at; i < at + 4; i++) {
    const char c = p->text[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0)
      return -1;
    value = 16 * value + digit;
  }
  return value;
}

/* Takes "uXXXX", behind a backslash; -1 where that is not what follows. */
static long take_unit(parser *p) {
  if (p->end - p->at < 5 || p->text[p->at] != 'u')
    return -1;
  const long unit = read_hex(p, p->at + 1);
  p->at += unit < 0 ? 0 : 5;
  return unit;
}

/* Takes the escape of a character beyond the simple ones, behind its backslash;
 * a character beyond 16 bits has two.  -1 where it is none. */
static long take_character(parser *p) {
  const long high = take_unit(p);
  if (high < 0xD800 || high > 0xDFFF)
    return high;
  if (high > 0xDBFF || p->at >= p->end || p->text[p->at] != '\\')
    return -1;
  p->at++;
  const long low = take_unit(p);
  if (low < 0xDC00 || low > 0xDFFF)
    return -1;
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* Writes `c` in UTF-8; behind it. */
static char *put_character(char *out, long c) {
  if (c < 0x80) {
    *out++ = (char)c;
    return out;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  *out++ = (char)((0xFF00 >> (more + 1) & 0xFF) | c >> (6 * more));
  for (int i = more - 1; i >= 0; i--)
    *out++ = (char)(0x80 | (c >> (6 * i) & 0x3F));
  return out;
}

/* Takes an escape from its backslash on. */
static char *read_escape(parser *p, char *out) {
  static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  const size_t start = p->at++;
  if (p->at >= p->end)
    fail_end(p, "the string is not closed");
  const char *const name = strchr(names, p->text[p->at]);
  if (name != NULL) {
    p->at++;
    *out = meant[name - names];
    return out + 1;
  }
  const bool unicode = p->text[p->at] == 'u';
  const long c = take_character(p);
  if (c < 0)
    fail(p, DIMSAT_BAD_FORMAT, start, 2, "the text is not JSON: %s",
         unicode ? "\\u needs the four hex digits of a character"
                 : "there is no such escape in a string");
  return put_character(out, c);
}

/* The bytes between the quotes, as they stand. */
static size_t raw_length(const parser *p) {
  size_t at = p->at;
  while (at < p->end && p->text[at] != '"')
    at += p->text[at] == '\\' ? 2 : 1;
  if (at >= p->end)
    fail_end(p, "the string is not closed");
  return at - p->at;
}

/* string = '"' (byte | escape)* '"'; decoded, it is never longer. */
static json_value read_string(parser *p) {
  const size_t quote = p->at++;
  char *const text = arena_alloc(&p->cx->work, raw_length(p) + 1);
  char *out = text;
  while (p->text[p->at] != '"') {
    const unsigned char c = (unsigned char)p->text[p->at];
    if (c < ' ')
      fail(p, DIMSAT_BAD_FORMAT, p->at, 1,
           "the text is not JSON: control character 0x%x in a string", c);
    if (c == '\\') {
      out = read_escape(p, out);
      continue;
    }
    *out++ = (char)c;
    p->at++;
  }
  p->at++;
  if (memchr(text, '\0', (size_t)(out - text)) != NULL)
    fail(p, DIMSAT_BAD_FORMAT, quote, p->at - quote,
         "a string holds a NUL character (\\u0000)");
  *out = '\0';
  return (json_value){
      .kind = VALUE_STRING, .count = (size_t)(out - text), .text = text};
}

/* ---- Lists and objects ------------------------------------------------- */

/* What is known of a list or object that is being read. */
typedef struct {
  json_value *item;
  const char **key;
  size_t count, item_capacity, key_capacity;
  table known; /* its keys */
} members;

/* Room for one more. */
static void grow(parser *p, members *m, bool object) {
  arena *const work = &p->cx->work;
  m->item =
      arena_grow(work, m->item, m->count, &m->item_capacity, sizeof *m->item);
  if (!object)
    return;
  m->key = arena_grow(work, m->key, m->count, &m->key_capacity, sizeof *m->key);
  if (m->count == 0)
    table_init(&m->known, work, 0);
}

/* Takes the key of a member and the colon behind it. */
static void read_key(parser *p, members *m) {
  if (peek(p) != '"')
    fail_token(p, m->count == 0 ? "a key or '}' is expected"
                                : "a key is expected behind the comma");
  const size_t start = p->at;
  const json_value key = read_string(p);
  const uint32_t hash = hash_bytes(0, key.text, key.count);
  uint32_t at = hash;
  for (const char *k; (k = table_next(&m->known, hash, &at)) != NULL;)
    if (strcmp(k, key.text) == 0)
      fail(p, DIMSAT_BAD_FORMAT, start, p->at - start,
           "the text is not JSON: duplicate key");
  table_add(&m->known, &p->cx->work, hash, key.text);
  m->key[m->count] = key.text;
  take(p, ':', "':' is expected behind a key");
}

static json_value read_value(parser *p);

/* list   = "[" [value ("," value)*] "]"
 * object = "{" [string ":" value ("," string ":" value)*] "}" */
static json_value read_members(parser *p, bool object) {
  members m = {.count = 0};
  const char close = object ? '}' : ']';
  if (p->depth++ == LIMIT_JSON_DEPTH)
    fail(p, DIMSAT_TOO_LARGE, p->at, 1,
         "lists and objects are nested deeper than %d levels",
         LIMIT_JSON_DEPTH);
  p->at++;
  while (m.count > 0 || peek(p) != close) {
    grow(p, &m, object);
    if (object)
      read_key(p, &m);
    m.item[m.count] = read_value(p);
    m.count++;
    if (peek(p) != ',')
      break;
    p->at++;
  }
  take(p, close, object ? "',' or '}' is expected" : "',' or ']' is expected");
  p->depth--;
  return (json_value){.kind = object ? VALUE_OBJECT : VALUE_LIST,
                      .count = m.count,
                      .item = m.item,
                      .key = m.key};
}

/* value = object | list | string | number | word; reads nested ones by itself,
 * LIMIT_JSON_DEPTH deep. */
static json_value read_value(parser *p) {
  const char c = peek(p);
  if (c == '{' || c == '[')
    return read_members(p, c == '{');
  if (c == '"')
    return read_string(p);
  if (c == '-' || (c >= '0' && c <= '9'))
    return read_number(p);
  if (p->at >= p->end)
    fail_end(p, "a value is expected");
  return read_word(p);
}

/* ---- The whole --------------------------------------------------------- */

/* One list or object fills the text. */
const json_value *json_value_read(dimsat_context *cx, const char *text,
                                  size_t length) {
  parser p = {.cx = cx, .text = text, .end = length};
  json_value *const root = arena_alloc(&cx->work, sizeof *root);
  const char c = peek(&p);
  if (c != '{' && c != '[')
    fail_token(&p, "'{' is expected");
  *root = read_value(&p);
  peek(&p);
  if (p.at < p.end)
    fail_token(&p, "the end of the text is expected");
  return root;
}

/* Looks at each key: those who ask know of few. */
const json_value *value_member(const json_value *v, const char *key) {
  if (!value_is(v, VALUE_OBJECT))
    return NULL;
  for (size_t i = 0; i < v->count; i++)
    if (strcmp(v->key[i], key) == 0)
      return &v->item[i];
  return NULL;
}

/* NULL unless it is a string. */
const char *value_text(const json_value *v) {
  return value_is(v, VALUE_STRING) ? v->text : NULL;
}
