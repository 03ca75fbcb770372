/*
 * The C library's allocation functions, of which one request fails.  They stand
 * in the test program, so every library that it uses comes by here: dimsat,
 * GMP, the C library itself.  For glibc, with gcc's sanitizers or not.
 */
#ifndef TESTS_MEMORY_FAILING_H
#define TESTS_MEMORY_FAILING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From now on, in this thread, request `count` fails (0: none), and with `all`
 * also those that follow. */
void failing_start(uint64_t count, bool all);
/* Ends that; the number of requests since. */
uint64_t failing_stop(void);

/* Blocks that were given out and not given back, by all threads. */
int64_t failing_live(void);

#endif
