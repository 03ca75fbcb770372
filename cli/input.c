#include "cli/input.h"
#include "cli/exit_codes.h"
#include "cli/output.h"
#include "lib/base/limits.h"
#include "lib/problem/problem.h"
#include "lib/problem/stream.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 65536

/* `block` as it is; see input.h. */
void *input_memory(void *block) {
  if (block)
    return block;
  fputs("dimsat: out of memory\n", stderr);
  exit(EXIT_BAD_INPUT);
}

/* How bad an exit code is: undecided is milder than violated. */
static int badness(int code) {
  static const int order[] = {[EXIT_AGREES] = 0,
                              [EXIT_UNDECIDED] = 1,
                              [EXIT_VIOLATED] = 2,
                              [EXIT_BAD_INPUT] = 3};
  return order[code];
}

/* The worse of two exit codes. */
int input_worse(int a, int b) {
  return badness(a) > badness(b) ? a : b;
}

/* ---- Files -------------------------------------------------------------- */

/* Opens `path`, or standard input for `-`; says why it cannot. */
static FILE *open_input(const char *path) {
  if (strcmp(path, "-") == 0)
    return stdin;
  FILE *file = fopen(path, "rb");
  if (!file)
    fprintf(stderr, "%s: cannot be read: %s\n", path, strerror(errno));
  return file;
}

/* What messages call `path`. */
static const char *name_of(const char *path) {
  return strcmp(path, "-") == 0 ? "stdin" : path;
}

/* Ends reading `file`; false, and a message, where that failed or what was read
 * is not the `whole`. */
#if defined(__GNUC__) && !defined(__clang__)
/* gcc's analyzer does not see that what stays open is stdin. */
#pragma GCC diagnostic ignored "-Wanalyzer-file-leak"
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
static bool close_input(FILE *file, const char *path, bool whole) {
  const bool good = whole && !ferror(file);
  if (!good)
    fprintf(stderr, "%s: cannot be read: %s\n", name_of(path), strerror(errno));
  if (file != stdin)
    fclose(file);
  return good;
}

/* All bytes of `file`, which the caller frees; at most one more than a problem
 * may have. */
static char *read_bytes(FILE *file, size_t *length) {
  size_t capacity = FIRST_BYTES, used = 0;
  char *bytes = input_memory(malloc(capacity));
  for (;;) {
    const size_t n = fread(bytes + used, 1, capacity - used, file);
    used += n;
    if (n == 0 || used > LIMIT_PROBLEM_BYTES)
      break;
    if (used == capacity) {
      capacity *= 2;
      bytes = input_memory(realloc(bytes, capacity));
    }
  }
  *length = used;
  return bytes;
}

/* All bytes of `path`; see input.h. */
char *input_read_file(const char *path, size_t *length) {
  FILE *file = open_input(path);
  if (!file)
    return NULL;
  char *bytes = read_bytes(file, length);
  if (close_input(file, path, true))
    return bytes;
  free(bytes);
  return NULL;
}

/* ---- Problems ----------------------------------------------------------- */

/* Whether there is nothing but blanks. */
static bool is_blank(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (!isspace((unsigned char)text[i]))
      return false;
  return true;
}

/* Says that there is no problem. */
static int refuse_empty(const options *o, const text_origin *from) {
  const dimsat_error e = {.status = DIMSAT_BAD_FORMAT,
                          .line = 1,
                          .column = 1,
                          .text =
                              "the file is empty; there is nothing to read"};
  error_print(from, &e, o->error_colour);
  return EXIT_BAD_INPUT;
}

/* Calls `visit` for each record of a text. */
static int visit_records(const options *o, const char *name, const char *text,
                         size_t length, input_visitor *visit, void *data) {
  stream s;
  stream_record r;
  int code = EXIT_AGREES;
  stream_init(&s, text, length);
  while (!output_failed() && stream_next(&s, &r)) {
    const text_origin from = {name,
                              r.line,
                              r.text,
                              r.length,
                              stream_format(&s),
                              s.form == STREAM_LINES};
    code =
        input_worse(code, is_blank(r.text, r.length) ? refuse_empty(o, &from)
                                                     : visit(o, &from, data));
  }
  return code;
}

/* The same for the text of another tool; false where it is none. */
static bool visit_import(const options *o, const char *name, const char *text,
                         size_t length, input_visitor *visit, void *data,
                         int *code) {
  dimsat_context *cx = input_memory(dimsat_context_new());
  const dimsat_import_form form = dimsat_import_guess(cx, text, length);
  if (form != DIMSAT_IMPORT_NONE) {
    const char *lines = dimsat_import(cx, text, length, form);
    *code = lines ? visit_records(o, name, lines, strlen(lines), visit, data)
                  : input_fail(name, cx);
  }
  dimsat_context_free(cx);
  return form != DIMSAT_IMPORT_NONE;
}

/* Calls `visit` for each problem in a file; see input.h. */
int input_each_problem(const options *o, const char *path, input_visitor *visit,
                       void *data) {
  size_t length;
  char *bytes = input_read_file(path, &length);
  if (!bytes)
    return EXIT_BAD_INPUT;
  int code;
  if (!visit_import(o, name_of(path), bytes, length, visit, data, &code))
    code = visit_records(o, name_of(path), bytes, length, visit, data);
  free(bytes);
  return code;
}

/* Calls `visit` for each problem of each operand. */
int input_each_file(const options *o, input_visitor *visit, void *data) {
  int code = EXIT_AGREES;
  for (size_t i = 0; i < o->operand_count; i++)
    code =
        input_worse(code, input_each_problem(o, o->operands[i], visit, data));
  return code;
}

/* Names a problem after its place; see input.h. */
void input_name_problem(dimsat_problem *p, const text_origin *from) {
  if (p->name && p->name[0])
    return;
  p->name = from->name;
  if (from->is_record)
    p->name = arena_format(&p->cx->nodes, "%s:%zu", from->name, from->line);
}

/* Reads the problem in `from`; see input.h. */
dimsat_problem *input_read_problem(const options *o, dimsat_context *cx,
                                   const text_origin *from) {
  dimsat_problem *p = dimsat_problem_read(cx, from->text, from->length,
                                          from->format, o->strict);
  if (!p)
    error_print(from, dimsat_last_error(cx), o->error_colour);
  else
    input_name_problem(p, from);
  return p;
}

/* Prints the last error without a place; see input.h. */
int input_fail(const char *name, const dimsat_context *cx) {
  fprintf(stderr, "%s: %s\n", name, dimsat_last_error(cx)->text);
  return EXIT_BAD_INPUT;
}

/* ---- Lines -------------------------------------------------------------- */

/* Calls `visit` for each line; see input.h. */
int input_each_line(const options *o, const char *path, input_visitor *visit,
                    void *data) {
  FILE *file = open_input(path);
  if (!file)
    return EXIT_BAD_INPUT;
  char *text = NULL;
  size_t capacity = 0, number = 0;
  int code = EXIT_AGREES;
  bool whole = true;
  while (!output_failed()) {
    const ssize_t n = getline(&text, &capacity, file);
    whole = n >= 0 || feof(file);
    if (n < 0)
      break;
    const size_t length = (size_t)n - (n > 0 && text[n - 1] == '\n');
    const text_origin line = {name_of(path), ++number,           text,
                              length,        DIMSAT_FORMAT_JSON, true};
    if (!is_blank(text, length))
      code = input_worse(code, visit(o, &line, data));
  }
  const bool good = close_input(file, path, whole);
  free(text);
  return good ? code : EXIT_BAD_INPUT;
}
