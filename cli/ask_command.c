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

/* Sizes by name, as JSON. */
static json_t *sizes_of(const dimsat_answer *a, const char *const *sizes) {
  json_t *object = json_object();
  for (size_t i = 0; i < a->name_count; i++)
    if (sizes[i])
      json_object_set_new(object, a->names[i], json_text_integer(sizes[i]));
  return object;
}

/* Adds the counters to an answer. */
static json_t *with_stats(json_t *object, const dimsat_answer *a) {
  json_object_set_new(object, "stats",
                      json_pack("{s:I, s:I, s:I}", "native",
                                (json_int_t)a->native, "z3", (json_int_t)a->z3,
                                "z3_contexts", (json_int_t)a->z3_contexts));
  return object;
}

/* An answer as JSON. */
static json_t *answer_as_json(const dimsat_answer *a) {
  if (a->kind == DIMSAT_ANSWER_BOUNDS)
    return json_pack("{s:[o, o]}", "bounds", json_text_integer(a->lo),
                     json_text_integer(a->hi));
  json_t *object = json_pack("{s:s}", "answer", answer_names[a->kind]);
  if (a->holds)
    json_object_set_new(object, "holds", sizes_of(a, a->holds));
  if (a->breaks)
    json_object_set_new(object, "breaks", sizes_of(a, a->breaks));
  if (a->kind == DIMSAT_ANSWER_UNDECIDED)
    json_object_set_new(object, "reason",
                        json_string(a->reason ? a->reason : ""));
  return object;
}

/* The answer as a line, which `free` ends; NULL: the error is in the context.
 */
static char *answer(const options *o, const question *q, int *code) {
  dimsat_answer a;
  *code = EXIT_BAD_INPUT;
  if (!dimsat_ask(q->cx, q->assume, q->assume_count, q->query, &o->solve, &a))
    return NULL;
  *code = a.kind == DIMSAT_ANSWER_UNDECIDED ? EXIT_UNDECIDED : EXIT_AGREES;
  json_t *object = answer_as_json(&a);
  return json_text_line(o->report.stats ? with_stats(object, &a) : object);
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

/* Answers one line; a bad one gets an error as its answer. */
static char *answer_line(const options *o, const text_origin *line, int *code) {
  question q = {.cx = input_memory(dimsat_context_new())};
  char *text = NULL;
  *code = EXIT_BAD_INPUT;
  if (json_text_read(q.cx, line, read_question, &q))
    text = answer(o, &q, code);
  if (!text)
    text = json_text_line(json_pack(
        "{s:o}", "error", json_text_error(line, dimsat_last_error(q.cx))));
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
