#include "lib/expr/context.h"

#include "lib/base/memory.h"
#include "lib/expr/expr.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define KNOWN_FIRST 256

/* Makes the table of nodes; runs behind a door because memory may end. */
static void prepare(void *data) {
  dimsat_context *const cx = data;
  table_init(&cx->known, &cx->index, KNOWN_FIRST);
}

/* Gives back what `cx` holds, and itself. */
static void end(dimsat_context *cx) {
  if (cx->backend != NULL && cx->backend_free != NULL)
    cx->backend_free(cx->backend);
  arena_clear(&cx->work);
  arena_clear(&cx->index);
  arena_clear(&cx->nodes);
  memory_release(cx);
}

/* Frees everything that was made in `cx`. */
void dimsat_context_free(dimsat_context *cx) {
  if (cx != NULL)
    end(cx);
}

/* A context without expressions. */
dimsat_context *dimsat_context_new(void) {
  dimsat_context *const cx = memory_allocate(sizeof *cx);
  if (cx == NULL)
    return NULL;
  memset(cx, 0, sizeof *cx);
  arena_init(&cx->index, &cx->fault);
  arena_init(&cx->nodes, &cx->fault);
  arena_init(&cx->work, &cx->fault);
  if (context_run(cx, prepare, cx) == DIMSAT_OK)
    return cx;
  end(cx);
  return NULL;
}

/* The error record. */
const dimsat_error *dimsat_last_error(const dimsat_context *cx) {
  return &cx->error;
}

/* Keeps the record of the first failure, unless it tells of another status. */
dimsat_status context_run(dimsat_context *cx, void (*body)(void *),
                          void *data) {
  cx->error = (dimsat_error){.status = DIMSAT_OK};
  const arena_mark mark = arena_get_mark(&cx->work);
  const dimsat_status status = fault_try(&cx->fault, body, data);
  arena_rewind(&cx->work, mark);
  arena_trim(&cx->work);
  cx->fault.most = 0;
  if (cx->error.status != status) {
    cx->error = (dimsat_error){.status = status};
    if (status != DIMSAT_OK)
      snprintf(cx->error.text, sizeof cx->error.text, "%s",
               fault_text(&cx->fault, status));
  }
  return status;
}

/* Writes the sentence, cut to the size of the record, and raises. */
void context_fail(dimsat_context *cx, dimsat_status status, size_t offset,
                  size_t length, const char *format, ...) {
  if (cx->error.status == DIMSAT_OK) {
    cx->error =
        (dimsat_error){.status = status, .offset = offset, .length = length};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(cx->error.text, sizeof cx->error.text, format, arguments);
    va_end(arguments);
  }
  fault_raise(&cx->fault, cx->error.status);
}
