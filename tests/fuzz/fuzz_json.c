/* Problems as JSON, one or a line each: the laws of answer.h, for `suggest`. */
#include "lib/problem/stream.h"
#include "tests/fuzz/answer.h"
#include "tests/fuzz/grammar.h"

#define MOST_RECORDS 3

void fuzz_json(const uint8_t *data, size_t size) {
  fault none = {0};
  arena m;
  stream s;
  stream_record record;
  arena_init(&m, &none);
  const fuzz_text t = fuzz_text_of(data, size, GROW_JSON, &m);
  stream_init(&s, t.text, t.length);
  for (size_t i = 0; i < MOST_RECORDS && stream_next(&s, &record); i++) {
    const fuzz_text one = {record.text, record.length, t.choices};
    hold_problem(&one, stream_format(&s), true);
  }
  arena_clear(&m);
}
