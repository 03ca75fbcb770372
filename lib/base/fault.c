#include "lib/base/fault.h"

#include <assert.h>
#include <stdlib.h>

/*
 * What one `fault_try` keeps.  `here` is the first member, so the target of a
 * fault is also the address of its door.
 */
typedef struct {
  jmp_buf here;
  volatile dimsat_status status;
} door;

/* Opens a door, runs `body`, and puts the outer door back on both ways out. */
dimsat_status fault_try(fault *f, void (*body)(void *), void *data) {
  jmp_buf *const outer = f->target;
  door now;
  now.status = DIMSAT_OK;
  f->target = &now.here;
  if (setjmp(now.here) == 0)
    body(data);
  f->target = outer;
  return now.status;
}

/* Leaves through the innermost door; having none is a mistake of the caller. */
_Noreturn static void leave(fault *f, dimsat_status status) {
  assert(f->target != NULL && "a fault was raised outside of fault_try");
  assert(status != DIMSAT_OK);
  if (f->target == NULL)
    abort();
  ((door *)f->target)->status = status;
  longjmp(*f->target, 1);
}

/* Leaves for a reason that its status tells. */
_Noreturn void fault_raise(fault *f, dimsat_status status) {
  f->words = NULL;
  leave(f, status);
}

/* Leaves because a limit was passed. */
_Noreturn void fault_raise_limit(fault *f, const char *words) {
  f->words = words;
  leave(f, DIMSAT_TOO_LARGE);
}

const char *fault_text(const fault *f, dimsat_status status) {
  return status == DIMSAT_TOO_LARGE && f->words != NULL
             ? f->words
             : dimsat_status_text(status);
}
