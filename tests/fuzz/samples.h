/* Sizes of named dims that a spec allows, with the fixes of an answer put in.
 */
#ifndef TESTS_FUZZ_SAMPLES_H
#define TESTS_FUZZ_SAMPLES_H

#include "solver/result.h"
#include "tests/fuzz/target.h"

#define SAMPLE_DIMS 8

typedef struct {
  const char *name[SAMPLE_DIMS]; /* roots of the problem */
  const char *text[SAMPLE_DIMS]; /* their sizes */
  size_t count;
} sample;

/* Picks sizes for the roots; false where they are too many or too large. */
bool sample_pick(sample *s, const dimsat_result *r, random_source *choices,
                 arena *m);

/* Whether the tracer's assumptions admit the sizes. */
bool sample_is_assumed(dimsat_problem *p, const sample *s);

/* The first guard that is refused there, as a message; NULL for none. */
const char *sample_refusal(dimsat_problem *p, const sample *s);

#endif
