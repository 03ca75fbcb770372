#include "cli/json_text.h"
#include "cli/input.h"

#include <errno.h>
#include <stdlib.h>

typedef struct {
  json_reader reader;
  json_t *root;
  void (*body)(json_reader *r, json_t *object, void *data);
  void *data;
} line_job;

/* Loads the line of `data`, a line_job, and runs its body on the object. */
static void run_job(void *data) {
  line_job *j = data;
  j->root = reader_load(j->reader.cx, j->reader.text, j->reader.length);
  if (!json_is_object(j->root))
    reader_fail(&j->reader, "a line is one object: {...}");
  j->body(&j->reader, j->root, j->data);
}

/* Reads one line; see json_text.h. */
bool json_text_read(dimsat_context *cx, const text_origin *line,
                    void (*body)(json_reader *r, json_t *object, void *data),
                    void *data) {
  line_job j = {.body = body, .data = data};
  j.reader = (json_reader){.cx = cx, .text = line->text};
  j.reader.length = line->length;
  const bool good = context_run(cx, run_job, &j) == DIMSAT_OK;
  if (!good && j.root)
    reader_place_error(&j.reader);
  json_decref(j.root);
  return good;
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
