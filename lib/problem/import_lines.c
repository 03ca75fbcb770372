#include "lib/problem/import_lines.h"
#include "lib/problem/problem_locate.h"

#include <ctype.h>
#include <string.h>

#define ESCAPE '\033'

/* Starts at the first line. */
void import_lines_init(import_lines *l, arena *work, const char *text,
                       size_t length) {
  *l = (import_lines){.text = text, .length = length};
  buffer_init(&l->line, work);
}

/* What stands behind `prefix`; see import_lines.h. */
const char *import_behind(const char *text, const char *prefix) {
  const size_t length = strlen(prefix);
  return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* The end of the control sequence that starts at `at`. */
static size_t skip_escape(const char *text, size_t at, size_t end) {
  at++;
  if (at >= end || text[at] != '[')
    return at;
  for (at++; at < end; at++)
    if (text[at] >= '@' && text[at] <= '~')
      return at + 1;
  return end;
}

/* Puts the bytes of a line into the buffer; a NUL becomes a question mark. */
static void take_bytes(import_lines *l, size_t end) {
  buffer_cut(&l->line, 0);
  while (l->at < end) {
    const char c = l->text[l->at];
    if (c == ESCAPE) {
      l->at = skip_escape(l->text, l->at, end);
      continue;
    }
    buffer_add_char(&l->line, c == '\0' ? '?' : c);
    l->at++;
  }
}

/* Makes the line UTF-8. */
static void repair_bytes(buffer *line) {
  size_t at = 0;
  while (at < line->length) {
    at += locate_bad_byte(line->text + at, line->length - at);
    if (at < line->length)
      line->text[at] = '?';
  }
}

/* Whether `text` has the form of `pattern`, where 0 stands for any digit. */
static bool has_form(const char *text, const char *pattern) {
  for (; *pattern; pattern++, text++)
    if (*pattern == '0' ? !isdigit((unsigned char)*text) : *text != *pattern)
      return false;
  return true;
}

/* Behind a bracket such as `[rank0]: ` or `[0/0_1] `; NULL without one. */
static const char *skip_bracket(const char *text) {
  const char *const rank = import_behind(text, "[rank");
  if (!rank && !has_form(text, "[0") && !import_behind(text, "[__"))
    return NULL;
  const size_t inside = strcspn(text, "] ");
  if (text[inside] != ']')
    return NULL;
  text += inside + 1;
  text += *text == ':';
  return text + strspn(text, " ");
}

/* 1 for `[rank0]: `, and so on; 0 where the bracket has no rank. */
static size_t rank_of(const char *text) {
  const char *const digits = import_behind(text, "[rank");
  size_t rank = 0;
  for (size_t i = 0; digits && i < 9 && isdigit((unsigned char)digits[i]); i++)
    rank = rank * 10 + (size_t)(digits[i] - '0');
  return digits ? rank + 1 : 0;
}

/* Behind the words of Python's own loggers: `INFO:torch.fx:text`, pytest's
 * `INFO     torch.fx:file.py:12 text`, and PyTorch 2.2's
 * `[2024-01-31 10:00:00,000] [0/0] torch.fx: [INFO] text`. */
static char *skip_logger(import_lines *l, char *at) {
  static const char *const levels[] = {"DEBUG", "INFO", "WARNING", "ERROR"};
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
    const size_t length = strlen(levels[i]);
    char *const found = *at == '[' ? strstr(at, levels[i]) : at;
    if (!found || strncmp(found, levels[i], length) != 0)
      continue;
    char *const behind = found + length;
    if (found > at && found[-1] == '[' && import_behind(behind, "] ")) {
      const char *const frame = strstr(at, "] [");
      l->framed = frame && isdigit((unsigned char)frame[3]);
      return behind + 2;
    }
    size_t name = *behind != '\0'; /* of a logger */
    while (isalnum((unsigned char)behind[name]) || behind[name] == '.' ||
           behind[name] == '_')
      name++;
    if (found == at && *behind == ':' && behind[name] == ':')
      return behind + name + 1;
    char *const file = found == at ? strstr(behind, ".py:") : NULL;
    if (file && *behind == ' ')
      return file + strcspn(file, " ");
  }
  return at;
}

/* Behind all prefixes. */
static char *skip_prefix(import_lines *l) {
  char *text = l->line.text;
  char *at = text + strspn(text, " \t");
  const char *behind = skip_bracket(at);
  if (behind) {
    l->rank = rank_of(at);
    at += behind - at;
  }
  if (*at && strchr("DIVWEC", *at) && has_form(at + 1, "0000 00:00:00")) {
    char *const end = strstr(at, "] ");
    at = end ? end + 2 : at + strlen(at);
  }
  if (has_form(at, "[0000-00-00 ") || import_behind(at, "INFO") ||
      import_behind(at, "DEBUG") || import_behind(at, "WARNING") ||
      import_behind(at, "ERROR"))
    at = skip_logger(l, at);
  at += strspn(at, " \t");
  while ((behind = skip_bracket(at)) != NULL) {
    l->framed = l->framed || isdigit((unsigned char)at[1]);
    at += behind - at;
  }
  return at;
}

/* The next line; see import_lines.h. */
const char *import_next_line(import_lines *l) {
  if (l->at >= l->length)
    return NULL;
  const char *const start = l->text + l->at;
  const char *const found = memchr(start, '\n', l->length - l->at);
  const size_t end = found ? (size_t)(found - l->text) : l->length;
  take_bytes(l, end);
  l->framed = false;
  l->rank = 0;
  l->at = end + (found != NULL);
  repair_bytes(&l->line);
  while (l->line.length > 0 &&
         isspace((unsigned char)l->line.text[l->line.length - 1]))
    buffer_cut(&l->line, l->line.length - 1);
  return l->line.text ? skip_prefix(l) : "";
}
