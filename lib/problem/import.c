#include "lib/problem/import.h"
#include "lib/base/limits.h"
#include "lib/problem/problem_text.h"

#include <ctype.h>
#include <string.h>

/* A piece of a line; see import.h. */
const char *import_between(import_work *w, const char **at, const char *open,
                           const char *close) {
  const char *start = strstr(*at, open);
  if (!start)
    return NULL;
  start += strlen(open);
  const char *const end = strstr(start, close);
  if (!end)
    return NULL;
  *at = end + strlen(close);
  return draft_copy(&w->draft, start, (size_t)(end - start));
}

/* Whether a dim of some axis has no name. */
static bool has_unnamed(const import_draft *d) {
  for (size_t i = 0; i < d->input_count; i++)
    for (const draft_axis *a = d->inputs[i]->axes; a; a = a->next)
      if (!a->word && !a->dim && !a->form)
        return true;
  return false;
}

/* What the readers of PyTorch leave open. */
static void add_notes(import_work *w) {
  import_draft *d = &w->draft;
  if (w->in_traceback)
    draft_add_gap(d, "the text ends within a traceback");
  if (w->failed)
    draft_add_gap(d, "the text ends in an error that is not about sizes: what "
                     "comes behind it was not traced");
  if (w->end == END_UNKNOWN && has_unnamed(d))
    draft_add_note(d,
                   "the text has no names of dims: `x_dim0` stands for axis "
                   "0 of x, and axes that share a dim in the spec are apart");
}

/* Starts an export of which nothing is known. */
static void reset(import_work *w) {
  draft_init(&w->draft, w->cx);
  w->header = w->range_of = NULL;
  w->end = END_UNKNOWN;
  w->listing = w->repeated = w->failed = w->in_traceback = w->in_scope = false;
  w->strict = w->producing = w->tracking = w->offset_last = false;
  w->closed = false;
  w->reported = w->shapes = 0;
  w->describer = -1;
}

/* ---- Forms -------------------------------------------------------------- */

typedef struct {
  bool (*is)(const char *line);
  void (*read)(import_work *w, const char *line);
  void (*finish)(import_work *w);
  const char *missing;
} form_row;

static const form_row forms[] = {
    [DIMSAT_IMPORT_TORCH_ERROR] = {import_is_error, import_error_line,
                                   import_error_finish,
                                   "the text has no error of "
                                   "torch.export about sizes"},
    [DIMSAT_IMPORT_TORCH_LOG] = {import_is_log, import_log_line,
                                 import_log_finish,
                                 "the text has no sizes of "
                                 "TORCH_LOGS=+dynamic"},
    [DIMSAT_IMPORT_TORCH_TRACE] = {import_is_trace, import_trace_line,
                                   import_trace_finish,
                                   "the text has no symbols of a "
                                   "TORCH_TRACE file"},
    [DIMSAT_IMPORT_JAX] = {import_is_jax, import_jax_line, import_jax_finish,
                           "the text has no jax.export.symbolic_shape(..) "
                           "and no symbolic scope"},
};

/* Writes the problem that is finished. */
void import_flush(import_work *w) {
  if (!draft_is_empty(&w->draft)) {
    forms[w->form].finish(w);
    if (w->form != DIMSAT_IMPORT_JAX)
      add_notes(w);
    problem_write_json(&w->out, draft_finish(&w->draft));
    buffer_add_char(&w->out, '\n');
    w->count++;
  }
  reset(w);
}

typedef struct {
  dimsat_context *cx;
  const char *text;
  size_t length;
  dimsat_import_form form;
  const char *result;
} import_job;

/* Whether the text may be a problem in one of our own forms. */
static bool is_json(const char *text, size_t length) {
  size_t at = 0;
  while (at < length && isspace((unsigned char)text[at]))
    at++;
  return at < length && (text[at] == '{' || text[at] == '[') &&
         !(at + 5 < length && (memcmp(text + at, "[rank", 5) == 0 ||
                               isdigit((unsigned char)text[at + 1])));
}

/* The body of `dimsat_import_guess`. */
static void run_guess(void *data) {
  import_job *j = data;
  import_lines lines;
  const char *line;
  bool met[DIMSAT_IMPORT_JAX + 1] = {false};
  import_lines_init(&lines, &j->cx->work, j->text, j->length);
  while ((line = import_next_line(&lines)) != NULL)
    for (size_t f = DIMSAT_IMPORT_TORCH_ERROR; f <= DIMSAT_IMPORT_JAX; f++)
      met[f] = met[f] || (line[0] != '#' && forms[f].is(line));
  if (met[DIMSAT_IMPORT_TORCH_TRACE])
    j->form = DIMSAT_IMPORT_TORCH_TRACE;
  else if (met[DIMSAT_IMPORT_TORCH_LOG])
    j->form = DIMSAT_IMPORT_TORCH_LOG;
  else if (met[DIMSAT_IMPORT_TORCH_ERROR])
    j->form = DIMSAT_IMPORT_TORCH_ERROR;
  else if (met[DIMSAT_IMPORT_JAX])
    j->form = DIMSAT_IMPORT_JAX;
}

/* By the lines that only one form has. */
dimsat_import_form dimsat_import_guess(dimsat_context *cx, const char *text,
                                       size_t length) {
  import_job j = {.cx = cx, .text = text, .length = length};
  if (!is_json(text, length))
    (void)context_run(cx, run_guess, &j);
  return j.form;
}

/* The body of `dimsat_import`. */
static void run_import(void *data) {
  import_job *j = data;
  if (j->length > LIMIT_PROBLEM_BYTES)
    fault_raise(&j->cx->fault, DIMSAT_TOO_LARGE);
  if (j->form == DIMSAT_IMPORT_NONE && !is_json(j->text, j->length))
    run_guess(j);
  if (j->form == DIMSAT_IMPORT_NONE)
    j->form = DIMSAT_IMPORT_TORCH_ERROR;
  import_work w = {.cx = j->cx, .form = j->form};
  import_lines lines;
  const char *line;
  import_lines_init(&lines, &j->cx->work, j->text, j->length);
  buffer_init(&w.out, &j->cx->nodes);
  buffer_init(&w.call, &j->cx->work);
  reset(&w);
  while ((line = import_next_line(&lines)) != NULL) {
    w.framed = lines.framed;
    w.rank = w.rank ? w.rank : lines.rank;
    if (!lines.rank || lines.rank == w.rank) /* all ranks do the same */
      forms[w.form].read(&w, line);
  }
  import_flush(&w);
  if (w.count == 0)
    context_fail(j->cx, DIMSAT_BAD_FORMAT, 0, 0, "%s", forms[w.form].missing);
  j->result = w.out.text;
}

/* Problems as JSON Lines; see problem.h. */
const char *dimsat_import(dimsat_context *cx, const char *text, size_t length,
                          dimsat_import_form form) {
  import_job j = {.cx = cx, .text = text, .length = length, .form = form};
  return context_run(cx, run_import, &j) == DIMSAT_OK ? j.result : NULL;
}
