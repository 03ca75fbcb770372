/* The door to the reports, and what all of them share. */
#include "solver/report.h"

typedef struct {
  const dimsat_result *result;
  const dimsat_report_options *options;
  const char *text;
} report_call;

/* Writes the report that `data`, a report_call, asks for. */
static void write_report(void *data) {
  report_call *call = data;
  buffer out;
  buffer_init(&out, &call->result->problem->cx->nodes);
  switch (call->options->form) {
  case DIMSAT_REPORT_TEXT:
    report_text(&out, call->result, call->options);
    break;
  case DIMSAT_REPORT_JSON:
    report_json(&out, call->result, call->options->stats);
    break;
  case DIMSAT_REPORT_TORCH:
    report_torch(&out, call->result);
    break;
  }
  call->text = out.text;
}

/* The report on `r` as `o` asks for it; NULL options mean plain text. */
const char *dimsat_report_write(const dimsat_result *r,
                                const dimsat_report_options *o) {
  const dimsat_report_options plain = {.form = DIMSAT_REPORT_TEXT};
  report_call call = {.result = r, .options = o ? o : &plain};
  if (context_run(r->problem->cx, write_report, &call))
    return NULL;
  return call.text;
}

/* Appends the digits of `a`. */
void report_integer(buffer *out, integer a) {
  buffer_add(out, integer_text(out->arena, a));
}

/* Appends "2*seq + 1": `scale` >= 1, `offset` of any sign. */
void report_linear(buffer *out, integer scale, const char *root,
                   integer offset) {
  if (!integer_is(scale, 1)) {
    report_integer(out, scale);
    buffer_add(out, "*");
  }
  buffer_add(out, root);
  if (integer_is(offset, 0))
    return;
  buffer_add(out, integer_sign(offset) < 0 ? " - " : " + ");
  report_integer(out, integer_abs(out->arena, offset));
}
