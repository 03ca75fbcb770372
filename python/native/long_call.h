/*
 * Calls that may take long.  Python's functions for signals (Ctrl-C, alarms)
 * run in the thread that asked, so the work is done by another one meanwhile,
 * with a stack of its own; nobody holds the interpreter's lock for it.
 */
#ifndef PYTHON_NATIVE_LONG_CALL_H
#define PYTHON_NATIVE_LONG_CALL_H

#include <stdbool.h>

/* Work that touches nothing of Python and soon ends once `cancel` is set. */
typedef void long_work(void *data, const volatile bool *cancel);

/*
 * Does `work`.  False with a Python exception where a signal's function raised
 * one, or no thread could be started; the work has ended in every case.
 */
bool long_call(long_work *work, void *data);

#endif
