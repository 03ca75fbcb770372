/*
 * How deep code gives up.
 *
 * A fault is raised where memory, a limit or a budget ends, or where input is
 * wrong, and is caught at the door: in every public function, and around each
 * guard while deciding.  Nothing between the two needs a test, because all
 * memory between the two lives in an arena that the catcher rewinds.  Code
 * that holds anything else (a file, a Z3 object) must not call what
 * can raise before it has let go of it, or must let it be freed by its owner.
 */
#ifndef LIB_BASE_FAULT_H
#define LIB_BASE_FAULT_H

#include "dimsat/base.h"

#include <setjmp.h>

typedef struct {
  jmp_buf *target;   /* where `fault_raise` goes; NULL outside of `fault_try` */
  size_t held;       /* bytes of all arenas that report to this fault */
  size_t most;       /* what they may hold together; 0: no bound */
  const char *words; /* which limit was passed, where that was raised last */
} fault;

/* Runs `body(data)`.  DIMSAT_OK, or the status that was raised inside. */
dimsat_status fault_try(fault *f, void (*body)(void *), void *data);

/* Leaves the innermost `fault_try` with `status`, which is not DIMSAT_OK. */
_Noreturn void fault_raise(fault *f, dimsat_status status);
/* The same with DIMSAT_TOO_LARGE; `words`, a literal, name the limit. */
_Noreturn void fault_raise_limit(fault *f, const char *words);

/* The sentence for `status`, which was raised last. */
const char *fault_text(const fault *f, dimsat_status status);

#endif
