#include "solver/z3_run.h"

#include "lib/base/memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

/* How often the caller looks at flag, fuse and memory. */
#define SECONDS_PER_LOOK 0.005
/* How long Z3 may take to obey before the caller leaves. */
#define SECONDS_TO_OBEY 0.04
/* How many checks may have been left and be running still, in one process. */
#define MOST_LEFT 8
/* How far Z3's memory may grow in one check. */
#define MOST_GROWTH (INT64_C(1) << 30)
/* Z3 recurses on deep terms. */
#define STACK_BYTES ((size_t)64 << 20)

/* What caller and thread share. */
typedef struct {
  z3_session *session;
  z3_way way;
  pthread_mutex_t lock;
  pthread_cond_t ended;
  /* Guarded by `lock`. */
  bool over, left;
  Z3_lbool answer;
  double processor; /* seconds */
} run;

/* Checks that were left and are still running. */
static atomic_int left_running;

/* The processor time of a thread, in seconds. */
static double processor_seconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- The thread ---------------------------------------------------------- */

/* Ends what both share. */
static void free_run(run *r) {
  pthread_cond_destroy(&r->ended);
  pthread_mutex_destroy(&r->lock);
  memory_release(r);
}

/* Checks; closes the session where nobody waits for it any more. */
static void *work(void *data) {
  run *const r = data;
  const z3_session *const s = r->session;
  const Z3_lbool answer = z3_api->solver_check(s->z3, s->solver[r->way]);
  pthread_mutex_lock(&r->lock);
  r->answer = answer;
  r->processor = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
  r->over = true;
  const bool left = r->left;
  pthread_cond_signal(&r->ended);
  pthread_mutex_unlock(&r->lock);
  if (left) {
    session_close(r->session);
    free_run(r);
    atomic_fetch_sub(&left_running, 1);
  }
  return NULL;
}

/* ---- The caller ---------------------------------------------------------- */

/* What Z3 holds, in bytes; only differences mean something. */
static int64_t memory_held(void) {
  return (int64_t)z3_api->get_estimated_alloc_size();
}

/* What one wait goes by. */
typedef struct {
  const budget *budget;
  clockid_t processor;
  double fuse;
  int64_t memory; /* held at the start */
} limits;

/* Why the check must stop now; RUN_ENDED: nothing speaks against it. */
static run_end look(const limits *l, double now) {
  const budget *const b = l->budget;
  if (budget_cancelled(b) || (b->deadline != 0 && now >= b->deadline))
    return RUN_STOPPED;
  if (processor_seconds(l->processor) >= l->fuse)
    return RUN_FUSE;
  return memory_held() - l->memory > MOST_GROWTH ? RUN_MEMORY : RUN_ENDED;
}

/* Waits until the check ends, or the next look is due. */
static void wait_a_little(run *r, const budget *b, double now) {
  double until = now + SECONDS_PER_LOOK;
  if (b->deadline > now && b->deadline < until)
    until = b->deadline;
  const time_t whole = (time_t)until;
  const struct timespec t = {.tv_sec = whole,
                             .tv_nsec = (long)((until - (double)whole) * 1e9)};
  pthread_cond_timedwait(&r->ended, &r->lock, &t);
}

/* Waits for the check, stops it where it must, and leaves where it does not
 * obey.  An interrupt is repeated, because one that comes before Z3 has started
 * is lost. */
static void wait_for(run *r, const limits *l, run_result *result) {
  double stopped = 0;
  result->end = RUN_ENDED;
  pthread_mutex_lock(&r->lock);
  while (!r->over && !r->left) {
    const double now = budget_clock();
    if (result->end == RUN_ENDED) {
      result->end = look(l, now);
      stopped = now;
    }
    if (result->end != RUN_ENDED)
      z3_api->interrupt(r->session->z3);
    wait_a_little(r, l->budget, now);
    r->left = !r->over && result->end != RUN_ENDED &&
              budget_clock() - stopped >= SECONDS_TO_OBEY;
  }
  if (r->left)
    atomic_fetch_add(&left_running, 1);
  result->left = r->left;
  result->answer = r->answer;
  result->processor = r->processor;
  pthread_mutex_unlock(&r->lock);
}

/* What both share, or NULL. */
static run *new_run(z3_session *s, z3_way w) {
  run *const r = memory_allocate(sizeof *r);
  if (r == NULL)
    return NULL;
  *r = (run){.session = s, .way = w, .answer = Z3_L_UNDEF};
  pthread_condattr_t by_monotonic_clock;
  pthread_condattr_init(&by_monotonic_clock);
  pthread_condattr_setclock(&by_monotonic_clock, CLOCK_MONOTONIC);
  pthread_cond_init(&r->ended, &by_monotonic_clock);
  pthread_condattr_destroy(&by_monotonic_clock);
  pthread_mutex_init(&r->lock, NULL);
  return r;
}

/* Starts the thread; false when there is none to be had. */
static bool start_thread(run *r, pthread_t *thread) {
  pthread_attr_t large_stack;
  if (pthread_attr_init(&large_stack) != 0)
    return false;
  pthread_attr_setstacksize(&large_stack, STACK_BYTES);
  const int failed = pthread_create(thread, &large_stack, work, r);
  pthread_attr_destroy(&large_stack);
  return failed == 0;
}

/* One check; see z3_run.h. */
run_result z3_run(z3_session *s, z3_way w, const budget *b, double fuse) {
  run_result result = {.end = RUN_NO_THREAD, .answer = Z3_L_UNDEF};
  pthread_t thread;
  limits l = {.budget = b, .fuse = fuse, .memory = memory_held()};
  run *const r = atomic_load(&left_running) < MOST_LEFT ? new_run(s, w) : NULL;
  if (r == NULL)
    return result;
  if (!start_thread(r, &thread)) {
    free_run(r);
    return result;
  }
  pthread_getcpuclockid(thread, &l.processor);
  wait_for(r, &l, &result);
  if (result.left) {
    pthread_detach(thread);
    return result;
  }
  pthread_join(thread, NULL);
  free_run(r);
  return result;
}
