/* A draft whose sizes count `unit` times more. */
#ifndef TESTS_VOLUME_SCALED_H
#define TESTS_VOLUME_SCALED_H

#include "tests/volume/draft.h"

/* Lets the guards speak of sizes that count so many times more. */
void scale_guards(draft *d, int64_t unit);
/* Lets all sizes of the spec count so many times more, and adds guards that
 * they are multiples. */
void scale_sizes(draft *d, int64_t unit);

#endif
