#include "cli/error_text.h"
#include "lib/expr/token.h"
#include "lib/problem/problem_locate.h"

#include <string.h>

#define BEFORE 60  /* bytes shown before the place */
#define SHOWN 110  /* bytes shown in all */
#define DOTS "..." /* where a line was cut */

typedef struct {
  const char *text;
  size_t start, end; /* bytes of the line that are shown */
  bool cut_before, cut_after;
} window;

/* Whether the byte at `i` is inside of a code point. */
static bool is_inside(const char *text, size_t i) {
  return ((unsigned char)text[i] & 0xC0) == 0x80;
}

/* Which bytes to show of the line that holds `offset`. */
static window find_window(const text_origin *from, size_t offset) {
  const char *text = from->text;
  window w = {.text = text, .start = offset};
  while (w.start > 0 && text[w.start - 1] != '\n' && offset - w.start < BEFORE)
    w.start--;
  w.cut_before = w.start > 0 && text[w.start - 1] != '\n';
  while (w.cut_before && w.start < offset && is_inside(text, w.start))
    w.start++;
  w.end = w.start;
  while (w.end < from->length && text[w.end] != '\n' && w.end - w.start < SHOWN)
    w.end++;
  w.cut_after = w.end < from->length && text[w.end] != '\n';
  while (w.cut_after && w.end > offset + 1 && is_inside(text, w.end))
    w.end--;
  if (w.end > w.start && text[w.end - 1] == '\r')
    w.end--;
  return w;
}

/* Bytes of the code point at `at`, which is copied to `out`; what a terminal
 * cannot show becomes `?`. */
static size_t copy_point(const window *w, size_t at, char out[8]) {
  uint32_t code = 0;
  const size_t n = utf8_read(w->text + at, w->end - at, &code);
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  if (n == 0 || control) {
    strcpy(out, n > 0 && code == '\t' ? " " : "?");
    return n > 0 ? n : 1;
  }
  memcpy(out, w->text + at, n);
  out[n] = '\0';
  return n;
}

/* The line around `offset`; see error_text.h. */
void excerpt_make(excerpt *out, const text_origin *from, size_t offset,
                  size_t length) {
  if (offset > from->length)
    offset = from->length;
  const window w = find_window(from, offset);
  *out = (excerpt){0};
  strcpy(out->line, w.cut_before ? DOTS : "");
  out->indent = strlen(out->line);
  size_t used = out->indent;
  for (size_t at = w.start; at < w.end;) {
    char point[8];
    out->indent += at < offset;
    out->width += at >= offset && at - offset < length;
    at += copy_point(&w, at, point);
    strcpy(out->line + used, point);
    used += strlen(point);
  }
  strcpy(out->line + used, w.cut_after ? DOTS : "");
  if (out->width == 0)
    out->width = 1;
}

/* Prints the line and the caret below it. */
static void print_excerpt(const text_origin *from, const dimsat_error *e,
                          bool colour) {
  excerpt x;
  excerpt_make(&x, from, e->offset, e->length);
  fprintf(stderr, "  %s\n  %*s%s", x.line, (int)x.indent, "",
          colour ? "\033[33m" : "");
  for (size_t i = 0; i < x.width; i++)
    fputc('^', stderr);
  fprintf(stderr, "%s\n", colour ? "\033[0m" : "");
}

/* Prints `e`; see error_text.h. */
void error_print(const text_origin *from, const dimsat_error *e, bool colour) {
  dimsat_error at = *e;
  if (!from->text) {
    fprintf(stderr, "%s: %s\n", from->name, e->text);
    return;
  }
  if (at.line == 0)
    locate_line(&at, from->text, from->length);
  fprintf(stderr, "%s%s:%zu:%u: %s%s\n", colour ? "\033[1m" : "", from->name,
          from->line + at.line - 1, (unsigned)at.column, at.text,
          colour ? "\033[0m" : "");
  print_excerpt(from, &at, colour);
}
