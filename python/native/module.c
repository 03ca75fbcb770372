/* The module dimsat._native: functions of text.  _native.pyi describes them. */
#include "cli/sizes.h"
#include "dimsat/dimsat.h"
#include "lib/problem/stream.h"
#include "python/native/observation.h"
#include "python/native/question.h"
#include "python/native/solution.h"
#include "python/native/text.h"

/* ---- Problems ------------------------------------------------------------ */

/* The problem of the tuple `arguments` holds, read in a new context; NULL with
 * a Python exception. */
static dimsat_problem *read_problem(PyObject *tuple, problem_text *text,
                                    dimsat_context **cx) {
  *cx = NULL;
  if (!problem_text_of(tuple, text))
    return NULL;
  *cx = text_context();
  if (*cx == NULL)
    return NULL;
  dimsat_problem *p;
  Py_BEGIN_ALLOW_THREADS;
  p = problem_text_read(*cx, text);
  Py_END_ALLOW_THREADS;
  if (p == NULL)
    text_raise(*cx, &text->from);
  return p;
}

/* read(problem) */
static PyObject *read_name(PyObject *module, PyObject *arguments) {
  (void)module;
  PyObject *tuple;
  problem_text text;
  dimsat_context *cx;
  if (!PyArg_ParseTuple(arguments, "O", &tuple))
    return NULL;
  const dimsat_problem *const p = read_problem(tuple, &text, &cx);
  PyObject *const name = p ? Py_BuildValue("z", dimsat_problem_name(p)) : NULL;
  dimsat_context_free(cx);
  return name;
}

/* write(problem, as_dims) */
static PyObject *write_text(PyObject *module, PyObject *arguments) {
  (void)module;
  PyObject *tuple;
  int as_dims;
  problem_text text;
  dimsat_context *cx;
  if (!PyArg_ParseTuple(arguments, "Op", &tuple, &as_dims))
    return NULL;
  const dimsat_problem *const p = read_problem(tuple, &text, &cx);
  PyObject *made = NULL;
  if (p != NULL) {
    const char *const written = dimsat_problem_write(
        cx, p, as_dims ? DIMSAT_FORMAT_DIMS : DIMSAT_FORMAT_JSON);
    made = written ? PyUnicode_FromString(written) : text_raise(cx, NULL);
  }
  dimsat_context_free(cx);
  return made;
}

/* imported(text): what another tool's text says as JSON Lines, or None */
static PyObject *imported(PyObject *module, PyObject *arguments) {
  (void)module;
  PyObject *object;
  text_origin from;
  if (!PyArg_ParseTuple(arguments, "O", &object) || !text_of(object, "", &from))
    return NULL;
  dimsat_context *const cx = text_context();
  if (cx == NULL)
    return NULL;
  const char *lines = NULL;
  dimsat_import_form form;
  Py_BEGIN_ALLOW_THREADS;
  form = dimsat_import_guess(cx, from.text, from.length);
  if (form != DIMSAT_IMPORT_NONE)
    lines = dimsat_import(cx, from.text, from.length, form);
  Py_END_ALLOW_THREADS;
  PyObject *const made = form == DIMSAT_IMPORT_NONE || lines != NULL
                             ? Py_BuildValue("z", lines)
                             : text_raise(cx, NULL);
  dimsat_context_free(cx);
  return made;
}

/* records(text): one (text, line, is_json, is_line) a problem */
static PyObject *records(PyObject *module, PyObject *arguments) {
  (void)module;
  PyObject *object;
  text_origin from;
  if (!PyArg_ParseTuple(arguments, "O", &object) || !text_of(object, "", &from))
    return NULL;
  PyObject *const list = PyList_New(0);
  stream s;
  stream_record r;
  stream_init(&s, from.text, from.length);
  while (list != NULL && stream_next(&s, &r)) {
    PyObject *const item =
        Py_BuildValue("(s#Iii)", r.text, (Py_ssize_t)r.length, r.line,
                      s.form != STREAM_DIMS, s.form == STREAM_LINES);
    const bool added = item != NULL && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    if (!added) {
      Py_DECREF(list);
      return NULL;
    }
  }
  return list;
}

/* ---- Sizes --------------------------------------------------------------- */

/* The texts as a list, or NULL with a Python exception. */
static PyObject *list_of(const char *const *texts, size_t count) {
  PyObject *const list = PyList_New((Py_ssize_t)count);
  for (size_t i = 0; list != NULL && i < count; i++) {
    PyObject *const text = PyUnicode_FromString(texts[i]);
    if (text == NULL) {
      Py_DECREF(list);
      return NULL;
    }
    PyList_SetItem(list, (Py_ssize_t)i, text);
  }
  return list;
}

/* Raises what is wrong with the sizes, with the place of the one to blame. */
static PyObject *raise_sizes(dimsat_problem *p, const sizes *s,
                             const text_origin *from) {
  for (size_t i = 0; i < s->count; i++) {
    if (dimsat_eval(p, &s->names[i], &s->values[i], 1, NULL) >= 0)
      continue;
    s->cx->error.offset = s->places[i].span.offset;
    s->cx->error.length = s->places[i].span.length;
    s->cx->error.line = 0;
    return text_raise(s->cx, from);
  }
  return text_raise(s->cx, NULL);
}

/* The refusals of the sizes that `from` says. */
static PyObject *refusals(dimsat_problem *p, const text_origin *from) {
  sizes s = {.cx = p->cx, .problem = p};
  if (from->length > 0 && !sizes_read_text(&s, from->text))
    return text_raise(p->cx, from);
  if (s.refusal_count > 0)
    return list_of(s.refusals, s.refusal_count);
  const char *const *messages;
  const int count = dimsat_eval(p, s.names, s.values, s.count, &messages);
  return count < 0 ? raise_sizes(p, &s, from)
                   : list_of(messages, (size_t)count);
}

/* evaluate(problem, sizes) */
static PyObject *evaluate(PyObject *module, PyObject *arguments) {
  (void)module;
  PyObject *tuple, *object;
  problem_text text;
  text_origin given;
  dimsat_context *cx;
  if (!PyArg_ParseTuple(arguments, "OU", &tuple, &object) ||
      !text_of(object, "sizes", &given))
    return NULL;
  dimsat_problem *const p = read_problem(tuple, &text, &cx);
  PyObject *const told = p ? refusals(p, &given) : NULL;
  dimsat_context_free(cx);
  return told;
}

/* ---- Module -------------------------------------------------------------- */

static PyMethodDef functions[] = {
    {"read", read_name, METH_VARARGS, NULL},
    {"write", write_text, METH_VARARGS, NULL},
    {"imported", imported, METH_VARARGS, NULL},
    {"records", records, METH_VARARGS, NULL},
    {"evaluate", evaluate, METH_VARARGS, NULL},
    {"solve", solution_solve, METH_VARARGS, NULL},
    {"ask", question_ask, METH_VARARGS, NULL},
    {"expression", question_expression, METH_VARARGS, NULL},
    {"value", question_value, METH_VARARGS, NULL},
    {"observe", observation_observe, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* Fills the module when it is imported. */
static int fill(PyObject *module) {
  if (!solution_make_type(module))
    return -1;
  return PyModule_AddStringConstant(module, "VERSION", DIMSAT_VERSION);
}

/* Shows the garbage collector what the module holds. */
static int visit_held(PyObject *module, visitproc visit, void *arg) {
  const solution_state *const state = PyModule_GetState(module);
  Py_VISIT(state->type);
  return 0;
}

/* Lets go of what the module holds. */
static int clear_held(PyObject *module) {
  solution_state *const state = PyModule_GetState(module);
  Py_CLEAR(state->type);
  return 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill},
    {0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "dimsat._native",
    .m_size = sizeof(solution_state),
    .m_methods = functions,
    .m_slots = slots,
    .m_traverse = visit_held,
    .m_clear = clear_held,
};

PyMODINIT_FUNC PyInit__native(void);

/* What Python calls to import the module. */
PyMODINIT_FUNC PyInit__native(void) {
  return PyModuleDef_Init(&definition);
}
