/*
 * The same problem in other words: the truth about it stays the same.
 *
 * Order of guards, inputs and names change nothing, but that the set of a dim
 * may not be found in one of them, which is counted.  The first dim stays
 * the root, so where dims or axes change places, or a guard more connects dims
 * that were apart, another repair may come out; verdict and allowed sets stay,
 * and that repair must be as sound and as maximal.  Where dims themselves count
 * in other units, only sizes that are multiples remain.
 */
#ifndef TESTS_VOLUME_LAWS_H
#define TESTS_VOLUME_LAWS_H

#include "tests/volume/session.h"

/* Asks again in all of these ways; `base` sums the answer up, sorted. */
void laws_hold(session *s, const answer_case *c, const summary *base);

#endif
