/*
 * A problem, a line `---`, then sizes a line each, as `dimsat eval` takes them:
 * refused with a place, or judged, twice alike.
 */
#include "cli/sizes.h"
#include "tests/fuzz/answer.h"
#include "tests/fuzz/grammar.h"

#include <string.h>

#define SEPARATOR "---\n"

/* The sizes of one line; false where they were refused. */
static bool read_sizes(sizes *s, const char *line, size_t length) {
  if (length > 0 && line[0] == '{') {
    const text_origin from = {
        .name = "sizes", .line = 1, .text = line, .length = length};
    return json_text_read(s->cx, &from, sizes_read_object, s);
  }
  return sizes_read_text(s, line);
}

/* Judges one line of sizes, whose copy has a NUL behind it. */
static void judge_line(dimsat_problem *p, const char *line) {
  dimsat_context *const cx = dimsat_context_new();
  sizes s = {.cx = cx, .problem = p};
  if (!read_sizes(&s, line, strlen(line))) {
    hold_error(cx, line, strlen(line));
  } else {
    const char *const *first = NULL, *const *second = NULL;
    const char *const *const names = (const char *const *)s.names;
    const char *const *const values = (const char *const *)s.values;
    const int count = dimsat_eval(p, names, values, s.count, &first);
    hold(count >= 0 || dimsat_last_error(p->cx)->text[0] != '\0',
         "sizes are refused without a reason");
    hold(count == dimsat_eval(p, names, values, s.count, &second),
         "sizes are judged in two ways");
    for (int i = 0; i < count; i++)
      hold(strcmp(first[i], second[i]) == 0, "a refusal changes");
  }
  dimsat_context_free(cx);
}

/* All lines. */
static void judge_lines(dimsat_problem *p, const char *text, arena *m) {
  while (*text) {
    const size_t length = strcspn(text, "\n");
    judge_line(p, arena_copy_text(m, text, length));
    text += length + (text[length] == '\n');
  }
}

void fuzz_sizes(const uint8_t *data, size_t size) {
  fault none = {0};
  arena m;
  arena_init(&m, &none);
  const fuzz_text t = fuzz_text_of(data, size, GROW_SIZES, &m);
  const char *const cut = strstr(t.text, SEPARATOR);
  dimsat_context *const cx = dimsat_context_new();
  if (cut) {
    dimsat_problem *const p =
        fuzz_read(cx, t.text, (size_t)(cut - t.text), DIMSAT_FORMAT_GUESS);
    if (p && dimsat_problem_validate(p))
      judge_lines(p, cut + strlen(SEPARATOR), &m);
  }
  dimsat_context_free(cx);
  arena_clear(&m);
}
