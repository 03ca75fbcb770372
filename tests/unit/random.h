/*
 * Seeded numbers for property tests: the same seed gives the same run.  The
 * seed is 1 unless DIMSAT_TEST_SEED says otherwise.
 *
 * A source may be given bytes, which choose as long as they last: one byte a
 * choice, so that a fuzzer that changes a byte changes one choice.
 */
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <stdint.h>
#include <stdlib.h>

typedef struct {
  uint64_t state;
  const uint8_t *next, *end; /* bytes that choose first, or NULL */
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
  if (r->next == r->end)
    return random_word(r) % count;
  uint64_t x = *r->next++;
  for (uint64_t rest = (count - 1) >> 8; rest && r->next < r->end; rest >>= 8)
    x = x << 8 | *r->next++;
  return x % count;
}

/* A number from `low` to `high`. */
static inline int64_t random_range(random_source *r, int64_t low,
                                   int64_t high) {
  const uint64_t width = (uint64_t)high - (uint64_t)low + 1;
  return (int64_t)((uint64_t)low + random_below(r, width));
}

#endif
