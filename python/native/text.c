#include "python/native/text.h"
#include "lib/problem/problem.h"
#include "lib/problem/problem_locate.h"

#include <string.h>

/* The bytes of a str or bytes object; see text.h. */
bool text_of(PyObject *object, const char *name, text_origin *from) {
  *from = (text_origin){.name = name, .line = 1};
  Py_ssize_t length;
  if (PyBytes_Check(object)) {
    char *bytes;
    if (PyBytes_AsStringAndSize(object, &bytes, &length) != 0)
      return false;
    from->text = bytes;
  } else {
    from->text = PyUnicode_AsUTF8AndSize(object, &length);
  }
  from->length = (size_t)length;
  return from->text != NULL;
}

/* The tuple's members; see text.h. */
bool problem_text_of(PyObject *tuple, problem_text *text) {
  PyObject *object;
  const char *source;
  unsigned int line;
  int is_json, strict;
  if (!PyArg_ParseTuple(tuple, "OsIppz", &object, &source, &line, &is_json,
                        &strict, &text->problem_name) ||
      !text_of(object, source, &text->from))
    return false;
  text->from.line = line;
  text->from.format = is_json ? DIMSAT_FORMAT_JSON : DIMSAT_FORMAT_GUESS;
  text->strict = strict != 0;
  return true;
}

/* Reads the problem; see text.h. */
dimsat_problem *problem_text_read(dimsat_context *cx,
                                  const problem_text *text) {
  dimsat_problem *const p = dimsat_problem_read(
      cx, text->from.text, text->from.length, text->from.format, text->strict);
  if (p != NULL && text->problem_name != NULL &&
      (p->name == NULL || p->name[0] == '\0'))
    p->name = text->problem_name;
  return p;
}

/* ---- Errors --------------------------------------------------------------
 */

/* What is passed to dimsat.Error: message, source, line, column, offending,
 * shown line, columns before the place and of it. */
static PyObject *error_arguments(const dimsat_error *e,
                                 const text_origin *from) {
  if (from == NULL || from->text == NULL)
    return Py_BuildValue("(s)", e->text);
  dimsat_error at = *e;
  if (at.line == 0)
    locate_line(&at, from->text, from->length);
  if (at.offset > from->length)
    at.offset = from->length;
  if (at.length > from->length - at.offset)
    at.length = from->length - at.offset;
  excerpt shown;
  excerpt_make(&shown, from, at.offset, at.length);
  PyObject *const offending = PyUnicode_DecodeUTF8(
      from->text + at.offset, (Py_ssize_t)at.length, "replace");
  if (offending == NULL)
    return NULL;
  return Py_BuildValue("(ssnIN(snn))", at.text, from->name,
                       (Py_ssize_t)(from->line + at.line - 1), at.column,
                       offending, shown.line, (Py_ssize_t)shown.indent,
                       (Py_ssize_t)shown.width);
}

/* Raises the class Error of the package. */
static void raise_with(PyObject *arguments) {
  PyObject *const module = PyImport_ImportModule("dimsat.error");
  PyObject *const type =
      module ? PyObject_GetAttrString(module, "Error") : NULL;
  if (type != NULL)
    PyErr_SetObject(type, arguments);
  Py_XDECREF(type);
  Py_XDECREF(module);
}

/* Raises the last error; see text.h. */
PyObject *text_raise(const dimsat_context *cx, const text_origin *from) {
  const dimsat_error *const e = dimsat_last_error(cx);
  if (e->status == DIMSAT_NO_MEMORY)
    return PyErr_NoMemory();
  PyObject *const arguments = error_arguments(e, from);
  if (arguments != NULL)
    raise_with(arguments);
  Py_XDECREF(arguments);
  return NULL;
}

/* A new context; see text.h. */
dimsat_context *text_context(void) {
  dimsat_context *const cx = dimsat_context_new();
  if (cx == NULL)
    PyErr_NoMemory();
  return cx;
}
