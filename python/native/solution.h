/* Problems solved: the type Solution, which owns a context and a result. */
#ifndef PYTHON_NATIVE_SOLUTION_H
#define PYTHON_NATIVE_SOLUTION_H

#include "dimsat/check.h"
#include "python/native/python.h"

/* What a module holds. */
typedef struct {
  PyObject *type; /* Solution */
} solution_state;

/* Makes the type; false with a Python exception. */
bool solution_make_type(PyObject *module);

/* Takes (steps, seconds, native, z3); false with a Python exception. */
bool solution_options(PyObject *tuple, dimsat_options *options);

/* solve(problem, suggest, options) */
PyObject *solution_solve(PyObject *module, PyObject *arguments);

#endif
