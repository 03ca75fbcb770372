/*
 * A helper thread that interrupts Z3 when the caller's cancel flag is set.  It
 * exists only while one check runs, and only for callers that can cancel.
 */
#ifndef SOLVER_Z3_WATCH_H
#define SOLVER_Z3_WATCH_H

#include "solver/z3_load.h"

#include <pthread.h>
#include <stdbool.h>

typedef struct {
  Z3_context z3;
  const volatile bool *cancel;
  bool running; /* whether there is a thread */
  bool over;    /* guarded by `lock` */
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t ended;
} z3_watch;

/* Nothing happens when `cancel` is NULL or no thread can be had. */
void watch_start(z3_watch *w, Z3_context z3, const volatile bool *cancel);
void watch_stop(z3_watch *w);

#endif
