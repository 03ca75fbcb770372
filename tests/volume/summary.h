/*
 * What an answer says, as sorted lines under neutral names, so that answers to
 * two spellings of one draft can be compared.
 */
#ifndef TESTS_VOLUME_SUMMARY_H
#define TESTS_VOLUME_SUMMARY_H

#include "solver/result.h"
#include "tests/volume/draft.h"

#define MOST_LINES 128

typedef struct {
  dimsat_verdict verdict;
  size_t fixes;
  bool open;                    /* says itself that more may be possible */
  const char *line[MOST_LINES]; /* fixes and allowed sets */
  size_t count;
} summary;

/* Adds what `r` says of the draft, written with these names. */
void summary_add(summary *s, const draft *d, const dimsat_result *r,
                 bool renamed);
void summary_sort(summary *s);
/* Whether every line of `a` is one of `b`; both are sorted. */
bool summary_within(const summary *a, const summary *b);
const char *summary_text(const summary *s, arena *m);

#endif
