/* batch: problems as JSON Lines in, repairs as JSON Lines out. */
#include "cli/exit_codes.h"
#include "cli/json_text.h"
#include "cli/lines.h"

#include <string.h>

/* Keeps the text of member "name" in `data`, a text or NULL. */
static void read_name(json_reader *r, const json_value *object, void *data) {
  const char **name = data;
  const char *text = value_text(value_member(object, "name"));
  if (text != NULL && *text != '\0')
    *name = arena_copy_text(&r->cx->nodes, text, strlen(text));
}

/* A line that is no problem. */
typedef struct {
  const text_origin *line;
  const char *name; /* of the problem; NULL: the line's place stands for it */
  excerpt shown;
  dimsat_error error;
} bad_line;

/* What is wrong with a line that is not a whole object: other forms of problems
 * are told where they belong.  Else what the reader says. */
static const char *message_of(const text_origin *line, const dimsat_error *e) {
  const size_t start = strspn(line->text, " \t");
  const bool open = e->offset + e->length >= line->length &&
                    strstr(e->text, "ends inside") != NULL;
  if (line->text[start] == '{' && !open)
    return e->text;
  return "a line is one whole problem as JSON: {...}; for .dims, or JSON over "
         "several lines, type `dimsat suggest FILE`";
}

/* `data`, a bad_line, as JSON. */
static void write_error(buffer *out, const void *data) {
  const bad_line *bad = data;
  json_open(out, '{');
  json_key(out, "dimsat");
  json_integer(out, 1);
  json_key(out, "name");
  json_text(out, bad->name ? bad->name
                           : arena_format(out->arena, "%s:%zu", bad->line->name,
                                          bad->line->line));
  json_key(out, "error");
  json_text_error(out, bad->line, &bad->error);
  json_key(out, "text");
  json_text(out, bad->shown.line);
  json_close(out, '}');
  json_close(out, '}');
}

/* The line that stands for a bad one, whose error is in the context. */
static char *error_line(dimsat_context *cx, const text_origin *line) {
  bad_line bad = {.line = line, .error = *dimsat_last_error(cx)};
  const dimsat_error told = bad.error;
  excerpt_make(&bad.shown, line, told.offset, told.length);
  snprintf(bad.error.text, sizeof bad.error.text, "%s",
           message_of(line, &told));
  json_text_read(cx, line, read_name, &bad.name);
  return json_text_line(cx, write_error, &bad);
}

/* The repair of the problem in `line`; NULL: the error is in the context. */
static const char *repair(const options *o, dimsat_context *cx,
                          const text_origin *line) {
  dimsat_problem *p = dimsat_problem_read(cx, line->text, line->length,
                                          line->format, o->strict);
  if (p)
    input_name_problem(p, line);
  const dimsat_result *r = p ? dimsat_suggest(p, &o->solve) : NULL;
  const dimsat_report_options form = {.form = DIMSAT_REPORT_JSON,
                                      .stats = o->report.stats};
  return r ? dimsat_report_write(r, &form) : NULL;
}

/* Answers one line in a context of its own, so that nothing of other lines can
 * change the answer or pile up. */
static char *answer_line(const options *o, const text_origin *line, int *code) {
  dimsat_context *cx = input_memory(dimsat_context_new());
  const char *text = repair(o, cx, line);
  char *answer = text ? input_memory(strdup(text)) : error_line(cx, line);
  *code = text ? EXIT_AGREES : EXIT_BAD_INPUT;
  dimsat_context_free(cx);
  return answer;
}

/* `dimsat batch [FILE...]` */
int batch_command(const options *o) {
  if (o->operand_count == 0)
    return lines_answer(o, "-", answer_line);
  int code = EXIT_AGREES;
  for (size_t i = 0; i < o->operand_count; i++)
    code = input_worse(code, lines_answer(o, o->operands[i], answer_line));
  return code;
}
