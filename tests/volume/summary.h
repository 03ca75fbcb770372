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
/* Adds allowed sets alone, of sizes that count `unit` times more. */
void summary_add_sets(summary *s, const draft *d, const dimsat_result *r,
                      bool renamed, int64_t unit);
void summary_sort(summary *s);
/* Whether verdict and fixes are the same; both are sorted. */
bool summary_equal(const summary *a, const summary *b);
/* Whether the verdicts can be of one problem: one may be undecided, and an open
 * answer may not know that a violated problem is contradictory. */
bool summary_verdicts_agree(const summary *a, const summary *b);
/* Whether dims of which both have a set have the same one; not looked at where
 * no size satisfies all guards, as dims apart from the reason keep theirs. */
bool summary_sets_agree(const summary *a, const summary *b);
/* How many dims have a set in `a`, and in `b` none. */
size_t summary_sets_lost(const summary *a, const summary *b);
const char *summary_text(const summary *s, arena *m);

#endif
