/*
 * Stacks of a trace's events, which are lists of frames: the number of a file,
 * a line, the name of a function, its code.
 */
#ifndef LIB_PROBLEM_IMPORT_FRAMES_H
#define LIB_PROBLEM_IMPORT_FRAMES_H

#include "lib/problem/import.h"
#include "lib/problem/json_value.h"

/* Gives a file its number.  0 is the first of a process: the export before, if
 * any, has ended. */
void frames_read_file(import_work *w, const json_value *pair);

/* Frames of the user, the innermost first, then the framework's innermost. */
size_t frames_choose(import_work *w, const json_value *event,
                     const char *out[IMPORT_FRAMES]);

typedef enum {
  TRACED_GUARD,
  TRACED_SUPPRESSED, /* PyTorch does not rely on it */
  TRACED_SPEC,       /* taken from the spec itself */
  TRACED_ASSERT      /* checked when the model runs */
} traced_kind;

/* What kind of guard was added at the event's stack: the event itself says the
 * same of all. */
traced_kind frames_kind(const json_value *event);

#endif
