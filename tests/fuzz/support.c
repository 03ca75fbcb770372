#include "tests/fuzz/grammar.h"
#include "tests/fuzz/target.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECONDS_MOST 2.0 /* of a call with FUZZ_STEPS, with sanitizers */

void hold(bool law, const char *format, ...) {
  va_list arguments;
  if (law)
    return;
  fputs("fuzz: ", stderr);
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  abort();
}

/* ---- Inputs ------------------------------------------------------------- */

random_source fuzz_choices(const uint8_t *data, size_t size) {
  return (random_source){.next = data, .end = data + size};
}

fuzz_text fuzz_text_of(const uint8_t *data, size_t size, char start, arena *m) {
  fuzz_text t = {.choices = {.state = size}};
  if (size > 0 && data[0] == 1) {
    buffer out;
    buffer_init(&out, m);
    t.choices = fuzz_choices(data + 1, size - 1);
    grammar_grow(&language, start, &t.choices, &out);
    t.text = out.text;
    t.length = out.length;
  } else {
    t.text = arena_copy_text(m, size ? (const char *)data : "", size);
    t.length = size;
  }
  if (getenv("DIMSAT_FUZZ_SHOW"))
    fwrite(t.text, 1, t.length, stderr);
  return t;
}

/* ---- Calls -------------------------------------------------------------- */

dimsat_options fuzz_options(void) {
  return (dimsat_options){.budget = {.steps = FUZZ_STEPS}, .no_z3 = true};
}

/* Seconds that this thread has worked. */
static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void fuzz_timed(const char *what, void (*call)(void *), void *data) {
  const double start = seconds_now();
  call(data);
  const double spent = seconds_now() - start;
  hold(spent < SECONDS_MOST, "%s worked for %.2f s", what, spent);
}

/* The line of a place, and where it starts. */
static uint32_t line_of(const char *text, size_t offset, size_t *start) {
  uint32_t line = 1;
  *start = 0;
  for (size_t i = 0; i < offset; i++)
    if (text[i] == '\n') {
      line++;
      *start = i + 1;
    }
  return line;
}

void hold_error(const dimsat_context *cx, const char *text, size_t length) {
  const dimsat_error *const e = dimsat_last_error(cx);
  size_t start;
  hold(e->status != DIMSAT_OK, "a failed call left no error");
  hold(e->text[0] != '\0' && !strchr(e->text, '\n'),
       "the error is no sentence: '%s'", e->text);
  hold(e->offset <= length && e->length <= length - e->offset,
       "the error is outside of the text: %zu+%zu of %zu", e->offset, e->length,
       length);
  if (e->line == 0)
    return;
  const uint32_t line = line_of(text, e->offset, &start);
  hold(e->line == line && e->column == e->offset - start + 1,
       "line %u, column %u of the error are not those of its offset, %u and "
       "%zu",
       e->line, e->column, line, e->offset - start + 1);
}
