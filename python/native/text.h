/* Texts that Python gives: a problem's, an expression's; and their errors. */
#ifndef PYTHON_NATIVE_TEXT_H
#define PYTHON_NATIVE_TEXT_H

#include "cli/error_text.h"
#include "python/native/python.h"

/* Points `from` at the bytes of a str or bytes object, which must live as long;
 * false with a Python exception. */
bool text_of(PyObject *object, const char *name, text_origin *from);

/* A problem's text.  It points into the tuple that it was taken from. */
typedef struct {
  text_origin from;
  bool strict;
  const char *problem_name; /* where the text gives none; may be NULL */
} problem_text;

/* Takes (text, source, line, is_json, strict, problem_name); false with a
 * Python exception. */
bool problem_text_of(PyObject *tuple, problem_text *text);

/* Reads the problem; NULL with the context's error record filled.  Needs no
 * Python. */
dimsat_problem *problem_text_read(dimsat_context *cx, const problem_text *text);

/* Raises the last error of `cx` as dimsat.Error, or MemoryError. `from` is the
 * text that was read, or NULL; always NULL. */
PyObject *text_raise(const dimsat_context *cx, const text_origin *from);

/* A new context, or NULL with MemoryError. */
dimsat_context *text_context(void);

#endif
