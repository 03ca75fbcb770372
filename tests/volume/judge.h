/*
 * An answer of the library to a draft, compared with what is true.  Each
 * function returns NULL, or what is wrong.
 */
#ifndef TESTS_VOLUME_JUDGE_H
#define TESTS_VOLUME_JUDGE_H

#include "solver/result.h"
#include "tests/volume/table.h"

typedef struct {
  const draft *d;
  const group_table *table[MOST_GROUPS];
  bool connected; /* one more guard speaks of dims of different groups */
  const dimsat_result *result; /* to the whole draft, under its plain names */
} answer_case;

const char *judge_verdict(const answer_case *c);
const char *judge_witnesses(const answer_case *c);
/* Sound and faithful. */
const char *judge_fixes(const answer_case *c);
/* Nothing can be given back, unless the answer says that it may be wider. */
const char *judge_maximal(const answer_case *c);
const char *judge_allowed(const answer_case *c);
const char *judge_ranges(const answer_case *c);

#endif
