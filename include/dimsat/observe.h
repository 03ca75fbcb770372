/*
 * From recorded calls to dynamic dimensions: which axes of which arguments
 * vary, how they hang together, and how sure that is.  docs/observe.md
 * describes format and answer.
 */
#ifndef DIMSAT_OBSERVE_H
#define DIMSAT_OBSERVE_H

#include "dimsat/problem.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both belong to their context and live as long as it does. */
typedef struct dimsat_calls dimsat_calls;
typedef struct dimsat_observation dimsat_observation;

/*
 * Reads recorded calls: one JSON object with `signature` and `observations`.
 * With `strict`, unknown keys are errors; else they become notes.  NULL on
 * failure, with the place in the error record.
 */
DIMSAT_API dimsat_calls *dimsat_calls_read(dimsat_context *cx, const char *text,
                                           size_t length, bool strict);
DIMSAT_API size_t dimsat_calls_count(const dimsat_calls *c);

/*
 * What the calls have in common.  Calls that disagree (in rank, dtype or
 * structure, or with the signature) are no failure but errors of the answer.
 * NULL on failure: memory or a limit ended.
 */
DIMSAT_API dimsat_observation *dimsat_observe(dimsat_calls *c);

typedef enum {
  DIMSAT_OBSERVATION_TEXT, /* for people */
  DIMSAT_OBSERVATION_JSON  /* one line, for programs */
} dimsat_observation_form;

/* The answer as text of the context; NULL on failure. */
DIMSAT_API const char *dimsat_observation_write(const dimsat_observation *o,
                                                dimsat_observation_form form);

/* The spec that the calls suggest, without guards; one for each observation. */
DIMSAT_API dimsat_problem *
dimsat_observation_problem(const dimsat_observation *o);

#ifdef __cplusplus
}
#endif
#endif
