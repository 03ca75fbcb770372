/*
 * Words shared by every part of the interface: status, error record, budget.
 */
#ifndef DIMSAT_BASE_H
#define DIMSAT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define DIMSAT_API __attribute__((visibility("default")))
#else
#define DIMSAT_API
#endif

/* A new object: the caller owns it and ends it with `end`. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11
#define DIMSAT_GIVES(end) __attribute__((malloc(end, 1), warn_unused_result))
#else
#define DIMSAT_GIVES(end)
#endif

/* ---- Status ----------------------------------------------------------- */

#define DIMSAT_STATUS_LIST(X)                                                  \
  X(OK, "no error")                                                            \
  X(BAD_SYNTAX, "the text is not an expression")                               \
  X(BAD_SORT, "a number stands where a condition is needed, or the reverse")   \
  X(BAD_FORMAT, "the text is not a problem")                                   \
  X(BAD_PROBLEM, "the problem contradicts itself")                             \
  X(NO_VALUE, "the expression has no value at these sizes")                    \
  X(TOO_LARGE, "a limit on depth, bits, text, nodes or memory was reached")    \
  X(NO_MEMORY, "out of memory")                                                \
  X(OUT_OF_BUDGET, "the step budget or the time ran out")                      \
  X(CANCELLED, "the caller cancelled the call")

typedef enum {
#define DIMSAT_STATUS_NAME(name, text) DIMSAT_##name,
  DIMSAT_STATUS_LIST(DIMSAT_STATUS_NAME)
#undef DIMSAT_STATUS_NAME
} dimsat_status;

/* The sentence of the table above. */
DIMSAT_API const char *dimsat_status_text(dimsat_status status);

/* ---- Errors ----------------------------------------------------------- *
 *
 * The first error of a call wins.  `line` and `column` count from 1 and are 0
 * when unknown; the column counts bytes.  `offset` and `length` say which bytes
 * of the text that was read to underline (length 0: a place between bytes).
 */
typedef struct {
  dimsat_status status;
  uint32_t line;
  uint32_t column;
  size_t offset;
  size_t length;
  char text[240]; /* a complete sentence in English, no newline */
} dimsat_error;

/* ---- Budget ----------------------------------------------------------- *
 *
 * `steps` are deterministic: the same call spends the same steps on every
 * machine.  The clock and the cancel flag stop a call within a tenth of a
 * second, with the answer "undecided".  Zero means the default (steps: 100
 * million, and 50,000 more for each guard) or no limit (seconds).
 */
typedef struct {
  uint64_t steps;
  double seconds;
  const volatile bool *cancel; /* NULL, or a flag for `dimsat_cancel` */
} dimsat_budget;

/* Sets the flag of a call that is running, from any thread or from a signal
 * handler.  The call reads it atomically while it runs, so it must be written
 * atomically too, by this function or by the caller's own means. */
DIMSAT_API void dimsat_cancel(volatile bool *flag);

#ifdef __cplusplus
}
#endif
#endif
