/*
 * ModelInputs of onnx-diagnostic: all recorded calls, as they are.
 *
 * An axis is dynamic where two calls differ, or where it is 0 in all of them.
 * Arguments are compared by position and by name; a name counts only in the
 * calls that have it.
 */
#ifndef LIB_OBSERVE_MODEL_INPUTS_H
#define LIB_OBSERVE_MODEL_INPUTS_H

#include "lib/observe/answer.h"

typedef struct {
  answer *a;
  bool alone;           /* without the signature */
  bool automatic;       /* AUTO instead of DYNAMIC, and for a single call */
  const char *prefix;   /* of names instead of marks; NULL for marks */
  const char *argument; /* the one that is guessed, for messages */
} guess;

/* The shapes of one argument from its values in the calls that have it; `name`
 * starts the names of its axes, NULL for marks. */
shapes guess_argument(guess *g, const recorded *const *value, size_t count,
                      const char *name);

/* The shapes of all calls: (args, kwargs). */
shapes guess_all(guess *g);

#endif
