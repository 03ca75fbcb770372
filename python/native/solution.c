#include "python/native/solution.h"
#include "python/native/long_call.h"
#include "python/native/text.h"

typedef struct {
  PyObject ob_base;
  dimsat_context *cx;
  dimsat_result *result;
  PyObject *problem; /* the tuple whose texts the result may point into */
} solution;

/* ---- Solve --------------------------------------------------------------- */

typedef struct {
  problem_text text;
  bool suggest;
  dimsat_options options;
  dimsat_context *cx;
  dimsat_problem *problem;
  dimsat_result *result;
} solving;

/* Reads and solves; needs no Python. */
static void solve(void *data, const volatile bool *cancel) {
  solving *const s = data;
  s->options.budget.cancel = cancel;
  s->problem = problem_text_read(s->cx, &s->text);
  if (s->problem != NULL)
    s->result = s->suggest ? dimsat_suggest(s->problem, &s->options)
                           : dimsat_check(s->problem, &s->options);
}

/* Takes the options; see solution.h. */
bool solution_options(PyObject *tuple, dimsat_options *options) {
  unsigned long long steps;
  int native, z3;
  *options = (dimsat_options){0};
  if (!PyArg_ParseTuple(tuple, "Kdpp", &steps, &options->budget.seconds,
                        &native, &z3))
    return false;
  options->budget.steps = steps;
  options->no_native = native == 0;
  options->no_z3 = z3 == 0;
  return true;
}

/* The solution that takes over what `s` holds; NULL with a Python exception. */
static PyObject *take(PyObject *module, PyObject *problem, const solving *s) {
  const solution_state *const state = PyModule_GetState(module);
  solution *const made = PyObject_New(solution, (PyTypeObject *)state->type);
  if (made == NULL)
    return NULL;
  made->cx = s->cx;
  made->result = s->result;
  Py_INCREF(problem);
  made->problem = problem;
  return (PyObject *)made;
}

/* Solves a problem; see solution.h. */
PyObject *solution_solve(PyObject *module, PyObject *arguments) {
  solving s = {0};
  PyObject *problem, *options;
  int suggest;
  if (!PyArg_ParseTuple(arguments, "OpO", &problem, &suggest, &options) ||
      !problem_text_of(problem, &s.text) ||
      !solution_options(options, &s.options))
    return NULL;
  s.suggest = suggest != 0;
  s.cx = text_context();
  if (s.cx == NULL)
    return NULL;
  PyObject *made = NULL;
  if (long_call(solve, &s))
    made = s.result ? take(module, problem, &s)
                    : text_raise(s.cx, s.problem ? NULL : &s.text.from);
  if (made == NULL)
    dimsat_context_free(s.cx);
  return made;
}

/* ---- Report -------------------------------------------------------------- */

/* report(form, color, stats, source_root) */
static PyObject *report(PyObject *self, PyObject *arguments) {
  const solution *const s = (solution *)self;
  dimsat_report_options options = {0};
  int form, colour, stats;
  if (!PyArg_ParseTuple(arguments, "ippz", &form, &colour, &stats,
                        &options.source_root))
    return NULL;
  options.form = (dimsat_report)form;
  options.colour = colour != 0;
  options.stats = stats != 0;
  const char *const text = dimsat_report_write(s->result, &options);
  return text ? PyUnicode_FromString(text) : text_raise(s->cx, NULL);
}

/* Ends the context, and what the type is owed. */
static void end(PyObject *self) {
  solution *const s = (solution *)self;
  PyTypeObject *const type = Py_TYPE(self);
  dimsat_context_free(s->cx);
  Py_DECREF(s->problem);
  PyObject_Free(self);
  Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"report", report, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, end},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "dimsat._native.Solution",
    .basicsize = sizeof(solution),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION |
             Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

/* Makes the type; see solution.h. */
bool solution_make_type(PyObject *module) {
  solution_state *const state = PyModule_GetState(module);
  state->type = PyType_FromSpec(&spec);
  return state->type != NULL;
}
