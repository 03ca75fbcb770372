/*
 * Recorded calls: any text is refused, with a place in it, or answered twice
 * the same; the spec of the answer is a problem that reads back, and the guards
 * of a program can be asked about all of it.
 */
#include "tests/fuzz/target.h"

#include <string.h>

/* The answer in one form, which must be there. */
static const char *answer(const dimsat_observation *o,
                          dimsat_observation_form form) {
  const char *const text = dimsat_observation_write(o, form);
  hold(text != NULL, "an answer cannot be written");
  return text;
}

/* The spec reads back, strictly, and an export of it without guards refuses no
 * relation. */
static void hold_spec(dimsat_context *cx, dimsat_observation *o) {
  dimsat_options options = fuzz_options();
  dimsat_problem *const p = dimsat_observation_problem(o);
  const char *const text = dimsat_problem_write(cx, p, DIMSAT_FORMAT_JSON);
  hold(text != NULL, "a spec cannot be written");
  hold(dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_JSON, true) !=
           NULL,
       "a spec does not read back: %s", dimsat_last_error(cx)->text);
  hold(dimsat_observation_confirm(o, p, &options), "guards cannot be asked: %s",
       dimsat_last_error(cx)->text);
  answer(o, DIMSAT_OBSERVATION_JSON);
  answer(o, DIMSAT_OBSERVATION_TEXT);
}

/* What is said of the text in a context of its own; NULL: it is refused. */
static const char *observe(dimsat_context *cx, const char *text, size_t length,
                           bool all) {
  dimsat_calls *const calls = dimsat_calls_read(cx, text, length, false);
  if (calls == NULL) {
    hold_error(cx, text, length);
    return NULL;
  }
  dimsat_observation *const o = dimsat_observe(calls);
  if (o == NULL) {
    hold(dimsat_last_error(cx)->status == DIMSAT_TOO_LARGE,
         "calls cannot be observed: %s", dimsat_last_error(cx)->text);
    return NULL;
  }
  const char *const said = answer(o, DIMSAT_OBSERVATION_JSON);
  if (all)
    hold_spec(cx, o);
  return said;
}

void fuzz_observe(const uint8_t *data, size_t size) {
  dimsat_context *const cx = dimsat_context_new();
  dimsat_context *const other = dimsat_context_new();
  const char *const text = size > 0 ? (const char *)data : "";
  const char *const said = observe(cx, text, size, true);
  const char *const again = observe(other, text, size, false);
  hold((said == NULL) == (again == NULL), "a recording is refused once");
  hold(said == NULL || strcmp(said, again) == 0,
       "a recording is answered in two ways");
  dimsat_context_free(other);
  dimsat_context_free(cx);
}
