/*
 * Fuzz targets: what each takes for an input, and what all of them use.
 *
 * A target gets bytes and does with them what a user might; whatever they are,
 * its laws must hold.  `hold` ends the process where one does not.  A new
 * target is a file fuzz_NAME.c with one function, and a line in the list.
 */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include "dimsat/dimsat.h"
#include "lib/base/arena.h"
#include "tests/unit/random.h"

#define FUZZ_TARGETS(X)                                                        \
  X(expressions)                                                               \
  X(dims) X(json) X(ask) X(sizes) X(program) X(api) X(import) X(observe)

typedef void fuzz_target(const uint8_t *data, size_t size);
#define FUZZ_DECLARE(name) fuzz_target fuzz_##name;
FUZZ_TARGETS(FUZZ_DECLARE)
#undef FUZZ_DECLARE

/* Ends the process, with the sentence, where `law` is false. */
void hold(bool law, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- Inputs ------------------------------------------------------------- *
 *
 * An input that starts with the byte 1 is a row of choices, from which text of
 * a grammar is grown; any other is the text itself.  With DIMSAT_FUZZ_SHOW in
 * the environment the text is printed.
 */
typedef struct {
  const char *text; /* with a NUL behind it */
  size_t length;
  random_source choices; /* what the text did not take */
} fuzz_text;

fuzz_text fuzz_text_of(const uint8_t *data, size_t size, char start, arena *m);
/* The same where all of `data` chooses. */
random_source fuzz_choices(const uint8_t *data, size_t size);

/* ---- Calls -------------------------------------------------------------- */

/* The native layer alone, with few steps. */
#define FUZZ_STEPS 200000
dimsat_options fuzz_options(void);

/* Runs `call(data)` and holds it to the clock that its steps allow.  `steps` is
 * what the call may spend. */
void fuzz_timed(const char *what, void (*call)(void *), void *data);

/* A failed call has an error with a sentence, at a place within the text that
 * was read, `length` bytes long. */
void hold_error(const dimsat_context *cx, const char *text, size_t length);

#endif
