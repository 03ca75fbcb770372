/* A problem as .dims text: the laws of answer.h, for `check`; its questions as
 * SMT-LIB are written. */
#include "tests/fuzz/answer.h"
#include "tests/fuzz/grammar.h"

void fuzz_dims(const uint8_t *data, size_t size) {
  fault none = {0};
  arena m;
  arena_init(&m, &none);
  const fuzz_text t = fuzz_text_of(data, size, GROW_DIMS, &m);
  hold_problem(&t, DIMSAT_FORMAT_DIMS, false);
  dimsat_context *const cx = dimsat_context_new();
  dimsat_problem *const p = fuzz_read(cx, t.text, t.length, DIMSAT_FORMAT_DIMS);
  if (p && !dimsat_smt2(p, SIZE_MAX))
    hold_error(cx, t.text, t.length);
  dimsat_context_free(cx);
  arena_clear(&m);
}
