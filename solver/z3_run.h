/*
 * One Z3 check that the caller gets away from in time, whatever Z3 does.
 *
 * The check runs in a thread of its own.  The caller waits for it and tells Z3
 * to stop when the budget's deadline passes, its cancel flag is set, the fuse
 * blows or Z3's memory grows too far.  Mostly Z3 obeys at once.  Where it does
 * not, the caller leaves: the thread then owns the session and closes it when
 * Z3 comes back.
 *
 * The fuse is in seconds of the thread's own processor time, so that a busy
 * machine does not blow it.
 */
#ifndef SOLVER_Z3_RUN_H
#define SOLVER_Z3_RUN_H

#include "lib/base/budget.h"
#include "solver/z3_session.h"

typedef enum {
  RUN_ENDED,     /* Z3 came to an end by itself */
  RUN_STOPPED,   /* by the deadline or the cancel flag */
  RUN_FUSE,      /* by the fuse */
  RUN_MEMORY,    /* by the growth of memory */
  RUN_NO_THREAD, /* nothing ran */
} run_end;

typedef struct {
  run_end end;
  bool left;        /* the session is no longer the caller's */
  Z3_lbool answer;  /* Z3_L_UNDEF unless it ended */
  double processor; /* seconds, unless it was left */
} run_result;

/* Runs the solver of way `w` on what was asserted, for `fuse` seconds at most.
 */
run_result z3_run(z3_session *s, z3_way w, const budget *b, double fuse);

#endif
