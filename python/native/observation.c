#include "python/native/observation.h"
#include "python/native/long_call.h"
#include "python/native/solution.h"
#include "python/native/text.h"

typedef struct {
  text_origin calls;
  bool has_program;
  problem_text program;
  dimsat_options options;
  dimsat_context *cx;
  const text_origin *at;   /* what the error record is about, or NULL */
  const char *text, *json; /* the answer; NULL on failure */
} observing;

/* Asks the guards of the program; false on failure. */
static bool confirm(observing *w, dimsat_observation *o) {
  w->at = &w->program.from;
  dimsat_problem *const program = problem_text_read(w->cx, &w->program);
  if (program == NULL)
    return false;
  w->at = NULL;
  return dimsat_observation_confirm(o, program, &w->options);
}

/* Reads and observes; needs no Python. */
static void observe(void *data, const volatile bool *cancel) {
  observing *const w = data;
  w->options.budget.cancel = cancel;
  w->at = &w->calls;
  dimsat_calls *const calls =
      dimsat_calls_read(w->cx, w->calls.text, w->calls.length, false);
  if (calls == NULL)
    return;
  w->at = NULL;
  dimsat_observation *const o = dimsat_observe(calls);
  if (o == NULL || (w->has_program && !confirm(w, o)))
    return;
  w->text = dimsat_observation_write(o, DIMSAT_OBSERVATION_TEXT);
  if (w->text != NULL)
    w->json = dimsat_observation_write(o, DIMSAT_OBSERVATION_JSON);
}

/* What recorded calls have in common; see observation.h. */
PyObject *observation_observe(PyObject *module, PyObject *arguments) {
  (void)module;
  observing w = {0};
  PyObject *calls, *program, *options;
  if (!PyArg_ParseTuple(arguments, "OOO", &calls, &program, &options) ||
      !text_of(calls, "calls", &w.calls) ||
      !solution_options(options, &w.options))
    return NULL;
  w.has_program = program != Py_None;
  if (w.has_program && !problem_text_of(program, &w.program))
    return NULL;
  w.cx = text_context();
  if (w.cx == NULL)
    return NULL;
  PyObject *told = NULL;
  if (long_call(observe, &w))
    told =
        w.json ? Py_BuildValue("(ss)", w.text, w.json) : text_raise(w.cx, w.at);
  dimsat_context_free(w.cx);
  return told;
}
