/* Recorded calls: what varies in them, and what guards say of it. */
#ifndef PYTHON_NATIVE_OBSERVATION_H
#define PYTHON_NATIVE_OBSERVATION_H

#include "python/native/python.h"

/* observe(calls, program, options) -> (text, JSON) */
PyObject *observation_observe(PyObject *module, PyObject *arguments);

#endif
