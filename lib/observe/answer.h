/*
 * Answers in the terms of tools that observe calls, for programs that were
 * written against those tools.  Results and types of errors are theirs, of
 * PyTorch 2.13, onnx-diagnostic 0.9.3 and yobx 0.1; where a tool's answer is
 * wrong, a better one is given and marked.  docs/observe_compatibility.md
 * lists both.
 */
#ifndef LIB_OBSERVE_ANSWER_H
#define LIB_OBSERVE_ANSWER_H

#include "lib/observe/pytree.h"
#include "lib/observe/shapes.h"

/* One question while it is answered. */
typedef struct {
  const dimsat_calls *calls;
  arena *work; /* of trees; gone at the end of the public call */
  cache_layout layout;
  const recorded_question *question;
  const char *const *known; /* what its function takes, by position */
  const char *error_type, *error_text; /* of what was refused */
  const char *better; /* why the answer differs from the tool's, or NULL */
  const char *doubt;  /* the same of an error, if there will be one, or NULL */
} answer;

/* Leaves the question with an error of that type, such as "ValueError". */
_Noreturn void answer_refuse(answer *a, const char *type, const char *format,
                             ...) __attribute__((format(printf, 3, 4)));

/* Notes, first reason first, that the answer differs, and why. */
void answer_improve(answer *a, const char *why);

/* Notes that the tool of this registration fails on a cache in `v`. */
void answer_note_caches(answer *a, const recorded *v);

/* Says which arguments the function has, in order, up to a NULL.  Raises
 * TypeError where the question has others. */
void answer_check_options(answer *a, const char *const *known);

/* Argument `name` of the question, or NULL where it is absent or null. */
const recorded *answer_option(const answer *a, const char *name);
bool answer_flag(const answer *a, const char *name);

/* ---- The tools --------------------------------------------------------- */

/* InputObserver: each writes one result, or refuses.  The first says what
 * recording alone comes to: null. */
void observer_answer_recording(answer *a, buffer *out);
void observer_answer_count(answer *a, buffer *out);
void observer_answer_shapes(answer *a, buffer *out);
void observer_answer_arguments(answer *a, buffer *out);

/* ModelInputs of all calls, with and without a signature. */
void inputs_answer_guess(answer *a, buffer *out);
void inputs_answer_guess_alone(answer *a, buffer *out);
void inputs_answer_move(answer *a, buffer *out);
void inputs_answer_validate(answer *a, buffer *out);

/* Every axis of one call: named, and AUTO. */
void all_shapes_answer(answer *a, buffer *out);
void all_shapes_answer_auto(answer *a, buffer *out);

/* AdditionalInputs: the first call, to which the others are added. */
void additional_answer_shapes(answer *a, buffer *out);

#endif
