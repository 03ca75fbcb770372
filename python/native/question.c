#include "python/native/question.h"
#include "lib/expr/expr.h"
#include "python/native/long_call.h"
#include "python/native/solution.h"
#include "python/native/text.h"

#include <string.h>

/* ---- Lists of texts ------------------------------------------------------ */

/* The texts of a tuple of str, which PyMem_Free ends; NULL with an exception.
 */
static const char **texts_of(PyObject *tuple) {
  const Py_ssize_t count = PyTuple_Size(tuple);
  if (count < 0)
    return NULL;
  const char **const texts = PyMem_Calloc((size_t)count + 1, sizeof *texts);
  if (texts == NULL)
    return (const char **)PyErr_NoMemory();
  for (Py_ssize_t i = 0; i < count; i++) {
    text_origin from;
    if (!text_of(PyTuple_GetItem(tuple, i), "", &from)) {
      PyMem_Free(texts);
      return NULL;
    }
    texts[i] = from.text;
  }
  return texts;
}

/* A dict of names and texts, or None where there are no texts. */
static PyObject *dict_of(const char *const *names, const char *const *texts,
                         size_t count) {
  if (texts == NULL)
    Py_RETURN_NONE;
  PyObject *const dict = PyDict_New();
  for (size_t i = 0; dict != NULL && i < count; i++) {
    PyObject *const text = PyUnicode_FromString(texts[i]);
    const bool set =
        text != NULL && PyDict_SetItemString(dict, names[i], text) == 0;
    Py_XDECREF(text);
    if (!set) {
      Py_DECREF(dict);
      return NULL;
    }
  }
  return dict;
}

/* ---- Expressions --------------------------------------------------------- */

typedef struct {
  dimsat_context *cx;
  const expr *of;
  const expr **nodes;
  size_t count;
} walk;

/* Lists the nodes of `data`, a walk. */
static void list_nodes(void *data) {
  walk *const w = data;
  const expr **const found = expr_nodes(w->cx, &w->of, 1, &w->count);
  w->nodes = arena_zeroed(&w->cx->nodes, w->count, sizeof *w->nodes);
  memcpy(w->nodes, found, w->count * sizeof *w->nodes);
}

/* The names of the symbols of `e`, in any order. */
static PyObject *symbols_of(dimsat_context *cx, const dimsat_expr *e) {
  walk w = {.cx = cx, .of = e};
  if (context_run(cx, list_nodes, &w) != DIMSAT_OK)
    return text_raise(cx, NULL);
  PyObject *const names = PyList_New(0);
  for (size_t i = 0; names != NULL && i < w.count; i++) {
    if (w.nodes[i]->op != OP_SYMBOL)
      continue;
    PyObject *const name = PyUnicode_FromString(w.nodes[i]->name);
    const bool added = name != NULL && PyList_Append(names, name) == 0;
    Py_XDECREF(name);
    if (!added) {
      Py_DECREF(names);
      return NULL;
    }
  }
  return names;
}

/* Text and symbols of what `from` says. */
static PyObject *describe(dimsat_context *cx, const text_origin *from) {
  const dimsat_expr *const e = dimsat_parse(cx, from->text, from->length);
  const char *const text = e ? dimsat_print(cx, e, DIMSAT_PYTHON) : NULL;
  if (text == NULL)
    return text_raise(cx, from);
  PyObject *const symbols = symbols_of(cx, e);
  if (symbols == NULL)
    return NULL;
  return Py_BuildValue("(siN)", text, dimsat_is_condition(e), symbols);
}

/* The canonical form of a text; see question.h. */
PyObject *question_expression(PyObject *module, PyObject *arguments) {
  (void)module;
  PyObject *object;
  text_origin from;
  if (!PyArg_ParseTuple(arguments, "O", &object) ||
      !text_of(object, "expression", &from))
    return NULL;
  dimsat_context *const cx = text_context();
  PyObject *const told = cx ? describe(cx, &from) : NULL;
  dimsat_context_free(cx);
  return told;
}

/* The value of what `from` says. */
static PyObject *evaluate(dimsat_context *cx, const text_origin *from,
                          const char *const *names, const char *const *values,
                          size_t count) {
  const dimsat_expr *const e = dimsat_parse(cx, from->text, from->length);
  const char *const text =
      e ? dimsat_evaluate(cx, e, names, values, count) : NULL;
  return text ? PyUnicode_FromString(text) : text_raise(cx, e ? NULL : from);
}

/* The value of a text under an assignment; see question.h. */
PyObject *question_value(PyObject *module, PyObject *arguments) {
  (void)module;
  PyObject *object, *names, *values;
  text_origin from;
  if (!PyArg_ParseTuple(arguments, "OOO", &object, &names, &values) ||
      !text_of(object, "expression", &from))
    return NULL;
  const char **const name = texts_of(names), **const value = texts_of(values);
  dimsat_context *const cx = name && value ? text_context() : NULL;
  PyObject *const told =
      cx ? evaluate(cx, &from, name, value, (size_t)PyTuple_Size(names)) : NULL;
  dimsat_context_free(cx);
  PyMem_Free(name);
  PyMem_Free(value);
  return told;
}

/* ---- Ask ----------------------------------------------------------------- */

typedef struct {
  dimsat_context *cx;
  const dimsat_expr *query;
  const dimsat_expr **assume;
  size_t assume_count;
  dimsat_options options;
  dimsat_answer answer;
  bool answered;
} asking;

/* Asks; needs no Python. */
static void ask(void *data, const volatile bool *cancel) {
  asking *const a = data;
  a->options.budget.cancel = cancel;
  a->answered = dimsat_ask(a->cx, a->assume, a->assume_count, a->query,
                           &a->options, &a->answer);
}

/* Parses `object`; NULL with a Python exception. */
static const dimsat_expr *parse(dimsat_context *cx, PyObject *object,
                                const char *name) {
  text_origin from;
  if (!text_of(object, name, &from))
    return NULL;
  const dimsat_expr *const e = dimsat_parse(cx, from.text, from.length);
  if (e == NULL)
    text_raise(cx, &from);
  return e;
}

/* Parses query and assumptions; false with a Python exception. */
static bool parse_all(asking *a, PyObject *query, PyObject *assume) {
  for (size_t i = 0; i < a->assume_count; i++) {
    PyObject *const text = PyTuple_GetItem(assume, (Py_ssize_t)i);
    a->assume[i] = text ? parse(a->cx, text, "assume") : NULL;
    if (a->assume[i] == NULL)
      return false;
  }
  a->query = parse(a->cx, query, "query");
  return a->query != NULL;
}

/* The answer as a dict. */
static PyObject *answer_of(const asking *a) {
  const dimsat_answer *const w = &a->answer;
  if (!a->answered)
    return text_raise(a->cx, NULL);
  return Py_BuildValue("{si sz sz sz sN sN}", "kind", (int)w->kind, "lo", w->lo,
                       "hi", w->hi, "reason", w->reason, "holds",
                       dict_of(w->names, w->holds, w->name_count), "breaks",
                       dict_of(w->names, w->breaks, w->name_count));
}

/* What a query amounts to; see question.h. */
PyObject *question_ask(PyObject *module, PyObject *arguments) {
  (void)module;
  asking a = {0};
  PyObject *query, *assume, *options;
  if (!PyArg_ParseTuple(arguments, "OO!O", &query, &PyTuple_Type, &assume,
                        &options) ||
      !solution_options(options, &a.options))
    return NULL;
  a.assume_count = (size_t)PyTuple_Size(assume);
  a.assume = PyMem_Calloc(a.assume_count + 1, sizeof *a.assume);
  a.cx = a.assume ? text_context() : NULL;
  PyObject *told = NULL;
  if (a.cx && parse_all(&a, query, assume) && long_call(ask, &a))
    told = answer_of(&a);
  dimsat_context_free(a.cx);
  PyMem_Free(a.assume);
  return a.assume ? told : PyErr_NoMemory();
}
