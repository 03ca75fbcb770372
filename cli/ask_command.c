/* ask: what a condition or a number amounts to, as one line of JSON each. */
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/json_text.h"
#include "cli/lines.h"
#include "cli/output.h"
#include "lib/expr/parse.h"

#include <stdlib.h>
#include <string.h>

static const char *const answer_names[] = {
    [DIMSAT_ANSWER_ALWAYS] = "always",
    [DIMSAT_ANSWER_NEVER] = "never",
    [DIMSAT_ANSWER_SOMETIMES] = "sometimes",
    [DIMSAT_ANSWER_CONTRADICTORY] = "contradictory",
    [DIMSAT_ANSWER_UNDECIDED] = "undecided",
};

typedef struct {
  dimsat_context *cx;
  const dimsat_expr **assume;
  size_t assume_count;
  const dimsat_expr *query;
} question;

/* An answer, and whether its counters are shown. */
typedef struct {
  dimsat_answer answer;
  bool stats;
} told_answer;

/* Sizes by name under `key`, if there are any. */
static void write_sizes(buffer *out, const dimsat_answer *a, const char *key,
                        const char *const *sizes) {
  if (!sizes)
    return;
  json_key(out, key);
  json_open(out, '{');
  for (size_t i = 0; i < a->name_count; i++)
    if (sizes[i]) {
      json_key(out, a->names[i]);
      json_digits(out, sizes[i]);
    }
  json_close(out, '}');
}

/* The counters. */
static void write_stats(buffer *out, const dimsat_answer *a) {
  json_key(out, "stats");
  json_open(out, '{');
  json_key(out, "native");
  json_integer(out, (int64_t)a->native);
  json_key(out, "z3");
  json_integer(out, (int64_t)a->z3);
  json_key(out, "z3_contexts");
  json_integer(out, (int64_t)a->z3_contexts);
  json_close(out, '}');
}

/* The bounds of a number. */
static void write_bounds(buffer *out, const dimsat_answer *a) {
  json_key(out, "bounds");
  json_open(out, '[');
  json_digits(out, a->lo);
  json_digits(out, a->hi);
  json_close(out, ']');
}

/* What a condition amounts to. */
static void write_kind(buffer *out, const dimsat_answer *a) {
  json_key(out, "answer");
  json_text(out, answer_names[a->kind]);
  write_sizes(out, a, "holds", a->holds);
  write_sizes(out, a, "breaks", a->breaks);
  if (a->kind == DIMSAT_ANSWER_UNDECIDED) {
    json_key(out, "reason");
    json_text(out, a->reason ? a->reason : "");
  }
}

/* `data`, a told_answer, as JSON. */
static void write_answer(buffer *out, const void *data) {
  const told_answer *told = data;
  json_open(out, '{');
  if (told->answer.kind == DIMSAT_ANSWER_BOUNDS)
    write_bounds(out, &told->answer);
  else
    write_kind(out, &told->answer);
  if (told->stats)
    write_stats(out, &told->answer);
  json_close(out, '}');
}

/* The answer as a line, which `free` ends; NULL: the error is in the context.
 */
static char *answer(const options *o, const question *q, int *code) {
  told_answer told = {.stats = o->report.stats};
  dimsat_answer *a = &told.answer;
  *code = EXIT_BAD_INPUT;
  if (!dimsat_ask(q->cx, q->assume, q->assume_count, q->query, &o->solve, a))
    return NULL;
  *code = a->kind == DIMSAT_ANSWER_UNDECIDED ? EXIT_UNDECIDED : EXIT_AGREES;
  return json_text_line(q->cx, write_answer, &told);
}

/* ---- From the command line --------------------------------------------- */

/* Parses an argument; NULL after the error was printed. */
static const dimsat_expr *parse_argument(const options *o, dimsat_context *cx,
                                         const char *what, const char *text) {
  const size_t length = strlen(text);
  const dimsat_expr *e = dimsat_parse(cx, text, length);
  if (!e)
    error_print(
        &(text_origin){.name = what, .line = 1, .text = text, .length = length},
        dimsat_last_error(cx), o->error_colour);
  return e;
}

/* Reads the question of the command line and answers it. */
static int ask_arguments(const options *o, question *q) {
  for (size_t i = 0; i < o->assume_count; i++) {
    q->assume[i] = parse_argument(o, q->cx, "--assume", o->assume[i]);
    if (!q->assume[i])
      return EXIT_BAD_INPUT;
  }
  q->assume_count = o->assume_count;
  q->query = parse_argument(o, q->cx, "query", o->operands[0]);
  if (!q->query)
    return EXIT_BAD_INPUT;
  int code;
  char *line = answer(o, q, &code);
  if (line)
    output_line(line);
  else
    fprintf(stderr, "dimsat ask: %s\n", dimsat_last_error(q->cx)->text);
  free(line);
  return code;
}

/* ---- From lines --------------------------------------------------------- */

/* Parses the string at the reader's place. */
static const dimsat_expr *read_expression(json_reader *r,
                                          const json_value *value) {
  const char *text = reader_string(r, value);
  r->inside = true;
  const dimsat_expr *e = parse_expression(r->cx, text, value->count);
  r->inside = false;
  return e;
}

/* Reads the question of a line into `data`, a question. */
static void read_question(json_reader *r, const json_value *object,
                          void *data) {
  question *q = data;
  const json_value *list = reader_field(object, "assume");
  q->assume_count = reader_list_field(r, object, "assume");
  q->assume =
      arena_zeroed(&r->cx->nodes, q->assume_count + 1, sizeof *q->assume);
  reader_enter(r, "assume");
  for (size_t i = 0; i < q->assume_count; i++) {
    reader_enter_index(r, i);
    q->assume[i] = read_expression(r, &list->item[i]);
    reader_leave(r);
  }
  reader_leave(r);
  reader_enter(r, "query");
  const json_value *query = reader_field(object, "query");
  if (!query)
    reader_refuse(r, query, "an expression");
  q->query = read_expression(r, query);
}

/* An error and the line that it is in. */
typedef struct {
  const text_origin *line;
  dimsat_error error;
} line_error;

/* `data`, a line_error, as JSON. */
static void write_error(buffer *out, const void *data) {
  const line_error *e = data;
  json_open(out, '{');
  json_key(out, "error");
  json_text_error(out, e->line, &e->error);
  json_close(out, '}');
  json_close(out, '}');
}

/* Answers one line; a bad one gets an error as its answer. */
static char *answer_line(const options *o, const text_origin *line, int *code) {
  question q = {.cx = input_memory(dimsat_context_new())};
  char *text = NULL;
  *code = EXIT_BAD_INPUT;
  if (json_text_read(q.cx, line, read_question, &q))
    text = answer(o, &q, code);
  if (!text)
    text = json_text_line(
        q.cx, write_error,
        &(line_error){.line = line, .error = *dimsat_last_error(q.cx)});
  dimsat_context_free(q.cx);
  return text;
}

/* `dimsat ask [--assume C]... QUERY`, or `-` for lines */
int ask_command(const options *o) {
  if (strcmp(o->operands[0], "-") == 0 && o->assume_count == 0)
    return lines_answer(o, "-", answer_line);
  question q = {.cx = input_memory(dimsat_context_new())};
  q.assume = input_memory(calloc(o->assume_count + 1, sizeof *q.assume));
  const int code = ask_arguments(o, &q);
  free(q.assume);
  dimsat_context_free(q.cx);
  return code;
}
