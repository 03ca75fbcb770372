/*
 * How a repair could be wider: each way to give back a part of what it took
 * from the user, as fixes again.  Where none of them satisfies every guard, the
 * repair is maximal:
 *
 *   a bound, or a constant, moved by one within the user's own range
 *   a dim that follows another, or a stride, over its own range again
 *   a stride divided by a prime, over the same sizes
 *   two constants that move together by small steps (solver/pair.c)
 *
 * Since what holds on some sizes holds on fewer, one step is enough: a bound
 * that cannot move by one cannot move at all.
 */
#ifndef SOLVER_WIDEN_H
#define SOLVER_WIDEN_H

#include "solver/bind.h"

typedef enum { WIDEN_MIN, WIDEN_MAX, WIDEN_FREE, WIDEN_STRIDE } widen_kind;

typedef struct {
  widen_kind kind;
  size_t fix;       /* the one that is wider */
  const char *name; /* its dim or root */
  integer now;      /* MIN, MAX: the bound; STRIDE: the prime */
} widening;

/*
 * All of them but pairs.  `own` is of each variable: the user's range widened
 * to the example, within the assumptions.  Time: fixes squared.
 */
widening *widen_list(const binding *b, const interval *own, const fix *fixes,
                     size_t count, size_t *n);

/* The repair with one of them. */
fix *widen_fixes(const binding *b, const fix *fixes, size_t count,
                 const widening *w, size_t *n);

/* "width up to 512", "seq over its own range" */
const char *widen_text(arena *m, const widening *w);

/* The bounds of a dim that is one size may move together with another's. */
typedef struct {
  size_t fix[2]; /* both are values */
  uint32_t variable[2];
} widen_pair;

/* Pairs of constants that some requirement connects; at most WIDEN_MOST_PAIRS,
 * `*all` is false where there are more. */
enum { WIDEN_MOST_PAIRS = 64 };
widen_pair *widen_pairs(const binding *b, const interval *own, const fix *fixes,
                        size_t count, size_t *n, bool *all);

/* Steps that pairs are tried with: every one of these for either dim. */
enum { WIDEN_STEPS = 7 };
extern const int64_t widen_step[WIDEN_STEPS];

/* The repair where the pair may also be `first` and `second` more (less where
 * they are negative) than now; NULL where the user's own ranges end before. */
fix *widen_together(const binding *b, const interval *own, const fix *fixes,
                    size_t count, const widen_pair *pair, int64_t first,
                    int64_t second, size_t *n);

#endif
