/* batch: problems as JSON Lines in, repairs as JSON Lines out. */
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/json_text.h"
#include "cli/output.h"

#include <string.h>

/* The name in a line that may be no problem; null where there is none. */
static json_t *name_of(const text_origin *line) {
  json_t *value = json_loadb(line->text, line->length, 0, NULL);
  json_t *name = json_object_get(value, "name");
  json_t *found = json_is_string(name) ? json_incref(name) : json_null();
  json_decref(value);
  return found;
}

/* Prints the line that stands for a bad one. */
static int print_error(const text_origin *line, const dimsat_error *e) {
  excerpt x;
  excerpt_make(&x, line, e->offset, e->length);
  json_t *error = json_text_error(line, e);
  json_object_set_new(error, "text", json_string(x.line));
  json_text_print(json_pack("{s:i, s:o, s:o}", "dimsat", 1, "name",
                            name_of(line), "error", error));
  return EXIT_BAD_INPUT;
}

/* Repairs the problem in `line`. */
static int repair(const options *o, dimsat_context *cx,
                  const text_origin *line) {
  dimsat_problem *p = dimsat_problem_read(cx, line->text, line->length,
                                          line->format, o->strict);
  const dimsat_result *r = p ? dimsat_suggest(p, &o->solve) : NULL;
  const dimsat_report_options form = {.form = DIMSAT_REPORT_JSON,
                                      .stats = o->report.stats};
  const char *text = r ? dimsat_report_write(r, &form) : NULL;
  if (!text)
    return print_error(line, dimsat_last_error(cx));
  output_line(text);
  return EXIT_AGREES;
}

/* Visits one line in a context of its own. */
static int visit_line(const options *o, const text_origin *line, void *data) {
  (void)data;
  dimsat_context *cx = input_memory(dimsat_context_new());
  const int code = repair(o, cx, line);
  dimsat_context_free(cx);
  return code;
}

/* `dimsat batch [FILE...]` */
int batch_command(const options *o) {
  if (o->operand_count == 0)
    return input_each_line(o, "-", visit_line, NULL);
  int code = EXIT_AGREES;
  for (size_t i = 0; i < o->operand_count; i++)
    code =
        input_worse(code, input_each_line(o, o->operands[i], visit_line, NULL));
  return code;
}
