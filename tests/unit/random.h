/*
 * Seeded numbers for property tests: the same seed gives the same run.  The
 * seed is 1 unless DIMSAT_TEST_SEED says otherwise.
 */
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <stdint.h>
#include <stdlib.h>

typedef struct {
  uint64_t state;
} random_source;

/* The seed of this run. */
static inline uint64_t random_seed(void) {
  const char *const text = getenv("DIMSAT_TEST_SEED");
  return text ? strtoull(text, NULL, 10) : 1;
}

/* A source that starts at the seed of this run. */
static inline random_source random_start(void) {
  return (random_source){.state = random_seed()};
}

/* 64 bits: a counter, mixed. */
static inline uint64_t random_word(random_source *r) {
  uint64_t x = r->state += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

/* A number from 0 to `count` - 1. */
static inline uint64_t random_below(random_source *r, uint64_t count) {
  return random_word(r) % count;
}

/* A number from `low` to `high`. */
static inline int64_t random_range(random_source *r, int64_t low,
                                   int64_t high) {
  const uint64_t width = (uint64_t)high - (uint64_t)low + 1;
  return (int64_t)((uint64_t)low + random_below(r, width));
}

#endif
