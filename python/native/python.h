/* Python's interface, cut to what stays the same from version 3.10 on. */
#ifndef PYTHON_NATIVE_PYTHON_H
#define PYTHON_NATIVE_PYTHON_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030A0000
#include <Python.h>

#endif
