#include "cli/json_text.h"
#include "cli/input.h"

#include <errno.h>
#include <stdlib.h>

typedef struct {
  json_reader reader;
  const json_value *root;
  void (*body)(json_reader *r, const json_value *object, void *data);
  void *data;
} line_job;

/* Runs the body of `data`, a line_job, on the object. */
static void run_body(void *data) {
  line_job *j = data;
  if (!value_is(j->root, VALUE_OBJECT))
    reader_fail(&j->reader, "a line is one object: {...}");
  j->body(&j->reader, j->root, j->data);
}

/* Loads the line of `data`, a line_job; gives errors of its body a place. */
static void run_job(void *data) {
  line_job *j = data;
  fault *f = &j->reader.cx->fault;
  j->root = reader_load(j->reader.cx, j->reader.text, j->reader.length);
  const dimsat_status status = fault_try(f, run_body, j);
  if (status == DIMSAT_OK)
    return;
  if (j->reader.cx->error.status != DIMSAT_OK)
    reader_place_error(&j->reader);
  fault_raise(f, status);
}

/* Reads one line; see json_text.h. */
bool json_text_read(dimsat_context *cx, const text_origin *line,
                    void (*body)(json_reader *r, const json_value *object,
                                 void *data),
                    void *data) {
  line_job j = {.body = body, .data = data};
  j.reader = (json_reader){.cx = cx, .text = line->text};
  j.reader.length = line->length;
  return context_run(cx, run_job, &j) == DIMSAT_OK;
}

/* `value` as one line; see json_text.h. */
char *json_text_line(json_t *value) {
  char *text = input_memory(json_dumps(value, 0));
  json_decref(value);
  return text;
}

/* {"line", "column", "message"}; see json_text.h. */
json_t *json_text_error(const text_origin *line, const dimsat_error *e) {
  const size_t first = e->line ? e->line - 1 : 0;
  return json_pack("{s:I, s:I, s:s}", "line", (json_int_t)(line->line + first),
                   "column", (json_int_t)(e->column ? e->column : 1), "message",
                   e->text);
}

/* Decimal digits as JSON; see json_text.h. */
json_t *json_text_integer(const char *digits) {
  if (!digits)
    return json_null();
  errno = 0;
  const long long value = strtoll(digits, NULL, 10);
  return errno ? json_string(digits) : json_integer(value);
}
