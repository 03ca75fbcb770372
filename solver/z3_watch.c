#include "solver/z3_watch.h"

#include <time.h>

#define NANOSECONDS_PER_LOOK 20000000L
#define NANOSECONDS_PER_SECOND 1000000000L

/* The monotonic time of the next look at the flag. */
static struct timespec next_look(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  t.tv_nsec += NANOSECONDS_PER_LOOK;
  if (t.tv_nsec >= NANOSECONDS_PER_SECOND) {
    t.tv_nsec -= NANOSECONDS_PER_SECOND;
    t.tv_sec++;
  }
  return t;
}

/* Looks at the flag until the check is over; repeats an interrupt, because one
 * that comes before Z3 has started is lost. */
static void *look(void *data) {
  z3_watch *const w = data;
  pthread_mutex_lock(&w->lock);
  while (!w->over) {
    const struct timespec until = next_look();
    pthread_cond_timedwait(&w->ended, &w->lock, &until);
    if (!w->over && *w->cancel)
      z3_api->interrupt(w->z3);
  }
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

/* A condition that waits by the monotonic clock. */
static void init_signal(pthread_cond_t *signal) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(signal, &attributes);
  pthread_condattr_destroy(&attributes);
}

/* Starts the thread, if there is something to watch. */
void watch_start(z3_watch *w, Z3_context z3, const volatile bool *cancel) {
  *w = (z3_watch){.z3 = z3, .cancel = cancel};
  if (cancel == NULL)
    return;
  pthread_mutex_init(&w->lock, NULL);
  init_signal(&w->ended);
  w->running = pthread_create(&w->thread, NULL, look, w) == 0;
  if (!w->running) {
    pthread_cond_destroy(&w->ended);
    pthread_mutex_destroy(&w->lock);
  }
}

/* Ends the thread and waits for it. */
void watch_stop(z3_watch *w) {
  if (!w->running)
    return;
  pthread_mutex_lock(&w->lock);
  w->over = true;
  pthread_cond_signal(&w->ended);
  pthread_mutex_unlock(&w->lock);
  pthread_join(w->thread, NULL);
  pthread_cond_destroy(&w->ended);
  pthread_mutex_destroy(&w->lock);
  w->running = false;
}
