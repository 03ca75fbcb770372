/*
 * One process's run: it asks the library about drafts, has the answers judged,
 * and prints what is wrong.
 */
#ifndef TESTS_VOLUME_SESSION_H
#define TESTS_VOLUME_SESSION_H

#include "tests/volume/judge.h"
#include "tests/volume/summary.h"
#include "tests/volume/totals.h"
#include "tests/volume/writing.h"

typedef struct {
  const char *skip; /* disagreements that are not looked at, or "" */
  uint64_t steps;   /* of each call that may ask Z3 */
  uint64_t seed;    /* of the problem at hand */
  way way;          /* who decides now */
  draft d;
  arena memory;
  dimsat_context *cx;
  totals t;
  times time;
} session;

/* Seconds of this thread. */
double session_clock(void);

/* Prints a disagreement; `more` in further lines. */
void session_say(session *s, const char *what, const char *text,
                 const char *more);
/* Reads and repairs; NULL when that failed, which is said. */
dimsat_result *session_suggest(session *s, const char *text);

/* Parts of an answer that are not judged. */
typedef enum { JUDGE_ALL, JUDGE_ALL_BUT_RANGES } judging;
/* Compares an answer with what is true. */
void session_judge(session *s, const char *text, const answer_case *c,
                   judging how);

/* What two answers to one problem must share. */
typedef enum {
  SAME_ALL,  /* the repair too, unless one leaves something open */
  SAME_TRUTH /* verdict and sets: another repair may be as good */
} sameness;
/* Says so where `now` is not as `base`, and counts where it lacks a set;
 * sorts `now`. */
void session_compare(session *s, const char *what, const char *text,
                     const summary *base, summary *now, sameness how);

#endif
