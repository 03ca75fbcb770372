/* Expressions as text: their canonical form, their value, what is known. */
#ifndef PYTHON_NATIVE_QUESTION_H
#define PYTHON_NATIVE_QUESTION_H

#include "python/native/python.h"

/* expression(text) -> (canonical text, is_condition, symbols) */
PyObject *question_expression(PyObject *module, PyObject *arguments);

/* value(text, names, values) -> text */
PyObject *question_value(PyObject *module, PyObject *arguments);

/* ask(query, assume, options) -> dict */
PyObject *question_ask(PyObject *module, PyObject *arguments);

#endif
