/*
 * A tile of assignments through a machine: each instruction is a loop over the
 * lanes, which the compiler turns into vector code.  The same loops are
 * compiled for several vector units; the results do not depend on which runs.
 */
#include "lib/program/execute.h"

#ifdef __clang__
#pragma clang diagnostic ignored "-Wpass-failed"
#define LANES                                                                  \
  _Pragma("clang loop vectorize(assume_safety)") for (int n = 0; n < TILE; n++)
#elif defined(__GNUC__)
#define LANES _Pragma("GCC ivdep") for (int n = 0; n < TILE; n++)
#else
#define LANES for (int n = 0; n < TILE; n++)
#endif

#define A (a[n])
#define B (b[n])
#define C (c[n])
#define I i
#define J j
#define K k
#define L l
#define S s
#define R (out[n])
#define DIVIDE_SHORT(a, b) divide_lane(a, b)

/* The quotient for 0 <= a < 2**31 and 1 <= b < 2**31, by way of doubles: the
 * distance of a/b from the next integer is far above their error. */
static inline int64_t divide_lane(int64_t a, int64_t b) {
  const int32_t x = (int32_t)(a & INT32_MAX), y = (int32_t)(b & INT32_MAX);
  return (int32_t)((double)x / (double)(y == 0 ? 1 : y));
}

/* The lanes of a register. */
static inline const int64_t *lanes_of(const machine *m, const int64_t *r,
                                      const int64_t *const *size, uint32_t x) {
  return x < m->size_count ? size[x] : r + (size_t)x * TILE;
}

#define VALUE(name, meaning)                                                   \
  case DO_##name:                                                              \
    LANES R = (meaning);                                                       \
    break;
#define CHECKED(name, trouble)                                                 \
  case DO_##name:                                                              \
    LANES escaped[n] |= -(int64_t)(trouble)&accepted[n];                       \
    break;
#define CONDITION(name, meaning)                                               \
  case DO_IS_##name:                                                           \
    LANES R = (meaning);                                                       \
    break;                                                                     \
  case DO_TEST_##name:                                                         \
    LANES accepted[n] &= -(int64_t)(meaning);                                  \
    break;

/* All instructions, each over all lanes; a dispatch. */
static inline __attribute__((always_inline)) void
run(const machine *m, int64_t *r, const int64_t *const *size,
    tile_answer *answer) {
  int64_t *const accepted = answer->accepted, *const escaped = answer->escaped;
  int64_t any = 0;
  LANES accepted[n] = -1;
  LANES escaped[n] = 0;
  for (const instruction *x = m->code; x->op != DO_ACCEPT; x++) {
    const int64_t *const a = lanes_of(m, r, size, x->a);
    const int64_t *const b = lanes_of(m, r, size, x->b);
    const int64_t *const c = lanes_of(m, r, size, x->c);
    int64_t *const out = r + (size_t)x->out * TILE;
    const int64_t i = x->i, j = x->j, k = x->k, l = x->l;
    const uint32_t s = x->c;
    switch (x->op) {
#include "lib/program/ops.def"
    }
  }
  LANES any |= escaped[n];
  answer->any_escaped = any != 0;
}

/* The bits that any size has. */
static inline __attribute__((always_inline)) uint64_t
join(const int64_t *const *size, size_t size_count) {
  uint64_t any = 0;
  for (size_t i = 0; i < size_count; i++) {
    const int64_t *const a = size[i];
    LANES any |= (uint64_t)A;
  }
  return any;
}

#define LOOPS(name, attribute)                                                 \
  attribute static void run_##name(const machine *m, int64_t *r,               \
                                   const int64_t *const *size,                 \
                                   tile_answer *answer) {                      \
    run(m, r, size, answer);                                                   \
  }                                                                            \
  attribute static uint64_t join_##name(const int64_t *const *size,            \
                                        size_t size_count) {                   \
    return join(size, size_count);                                             \
  }                                                                            \
  static const tile_loops name = {run_##name, join_##name};

LOOPS(plain, )

#if defined(__GNUC__) && defined(__x86_64__)

#ifdef __clang__
#define AVX512 "avx512f,avx512dq,avx512vl"
#else
#define AVX512 "avx512f,avx512dq,avx512vl,prefer-vector-width=512"
#endif

LOOPS(avx2, __attribute__((target("avx2"))))
LOOPS(avx512, __attribute__((target(AVX512))))

/* By what the processor says of itself. */
const tile_loops *tile_loops_for(int kind) {
  const bool has_avx2 = __builtin_cpu_supports("avx2");
  const bool has_avx512 =
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  const tile_loops *const all[TILE_KINDS] = {&plain, has_avx2 ? &avx2 : NULL,
                                             has_avx512 ? &avx512 : NULL};
  return all[kind];
}

#else

/* There is but one. */
const tile_loops *tile_loops_for(int kind) {
  return kind == 0 ? &plain : NULL;
}

#endif

/* The last that there is. */
const tile_loops *tile_loops_widest(void) {
  int kind = TILE_KINDS - 1;
  while (tile_loops_for(kind) == NULL)
    kind--;
  return tile_loops_for(kind);
}
