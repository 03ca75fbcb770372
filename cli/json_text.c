#include "cli/json_text.h"
#include "cli/input.h"

#include <string.h>

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

typedef struct {
  dimsat_context *cx;
  void (*write)(buffer *out, const void *data);
  const void *data;
  char *line;
} write_job;

/* Writes the line of `data`, a write_job. */
static void run_write(void *data) {
  write_job *j = data;
  buffer b;
  buffer_init(&b, &j->cx->work);
  j->write(&b, j->data);
  j->line = strdup(b.text);
}

/* Ends the program where memory does; see json_text.h. */
char *json_text_line(dimsat_context *cx,
                     void (*write)(buffer *out, const void *data),
                     const void *data) {
  write_job j = {.cx = cx, .write = write, .data = data};
  context_run(cx, run_write, &j);
  return input_memory(j.line);
}

/* {"line", "column", "message"; see json_text.h. */
void json_text_error(buffer *out, const text_origin *line,
                     const dimsat_error *e) {
  const size_t first = e->line ? e->line - 1 : 0;
  json_open(out, '{');
  json_key(out, "line");
  json_integer(out, (int64_t)(line->line + first));
  json_key(out, "column");
  json_integer(out, (int64_t)(e->column ? e->column : 1));
  json_key(out, "message");
  json_text(out, e->text);
}
