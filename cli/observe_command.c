/* observe: what varies in recorded calls. */
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/output.h"
#include "dimsat/observe.h"

#include <stdio.h>

/* How many recordings were answered; texts stand apart from each other. */
typedef struct {
  size_t count;
} observe_run;

/* The answer to the recording in `from`; NULL after the error was printed. */
static const char *answer(const options *o, dimsat_context *cx,
                          const text_origin *from) {
  dimsat_calls *const calls =
      dimsat_calls_read(cx, from->text, from->length, o->strict);
  if (calls == NULL) {
    error_print(from, dimsat_last_error(cx), o->error_colour);
    return NULL;
  }
  const dimsat_observation *const seen = dimsat_observe(calls);
  const char *const text =
      seen == NULL
          ? NULL
          : dimsat_observation_write(seen, o->report.form == DIMSAT_REPORT_JSON
                                               ? DIMSAT_OBSERVATION_JSON
                                               : DIMSAT_OBSERVATION_TEXT);
  if (text == NULL)
    input_fail(from->name, cx);
  return text;
}

/* Prints the answer to one recording. */
static int visit_recording(const options *o, const text_origin *from,
                           void *data) {
  observe_run *const run = data;
  dimsat_context *const cx = input_memory(dimsat_context_new());
  const char *const text = answer(o, cx, from);
  if (text != NULL && o->report.form == DIMSAT_REPORT_JSON)
    output_line(text);
  else if (text != NULL)
    printf("%s%s: %s", run->count++ > 0 ? "\n" : "", from->name, text);
  dimsat_context_free(cx);
  return text != NULL ? EXIT_AGREES : EXIT_BAD_INPUT;
}

/* `dimsat observe FILE...` */
int observe_command(const options *o) {
  observe_run run = {0};
  return input_each_file(o, visit_recording, &run);
}
