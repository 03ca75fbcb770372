/* The public functions of recorded calls, each behind the clean door. */
#include "lib/observe/calls.h"

typedef struct {
  dimsat_context *cx;
  const char *text;
  size_t length;
  bool strict;
  dimsat_calls *calls;
} read_job;

/* The body of `dimsat_calls_read`. */
static void run_read(void *data) {
  read_job *const j = data;
  j->calls = calls_read(j->cx, j->text, j->length, j->strict);
}

/* Reads and checks. */
dimsat_calls *dimsat_calls_read(dimsat_context *cx, const char *text,
                                size_t length, bool strict) {
  read_job j = {cx, text, length, strict, NULL};
  return context_run(cx, run_read, &j) == DIMSAT_OK ? j.calls : NULL;
}

/* How many calls were recorded. */
size_t dimsat_calls_count(const dimsat_calls *c) {
  return c->call_count;
}
