#include "cli/ordered_pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Items in the pool for each thread: so many may overtake a slow one. */
#define ITEMS_PER_JOB 256
/* Bytes of all items in the pool; a single item may be larger. */
#define WEIGHT_LAST ((size_t)64 << 20)
/* Expressions may be nested deeply. */
#define STACK_BYTES ((size_t)16 << 20)

typedef struct {
  void *item;
  size_t weight;
  bool done;
} slot;

/* Items are numbered as they come; number n is in slot n % window.  All but
 * `calls` and `data` is guarded by `lock`. */
struct ordered_pool {
  pool_calls calls;
  void *data;
  pthread_t *thread;
  size_t jobs;
  slot *slot;
  size_t window, weight;
  uint64_t added, taken, handed; /* numbers of the next items */
  bool handing;                  /* some thread hands out */
  bool closing;                  /* nothing more will be added */
  pthread_mutex_t lock;
  pthread_cond_t work; /* there is an item, or `closing` */
  pthread_cond_t room; /* an item was handed out */
};

/* Hands out what is done and next; the lock is held, but not meanwhile. */
static void hand_out(ordered_pool *p) {
  if (p->handing)
    return;
  p->handing = true;
  for (;;) {
    slot *const s = &p->slot[p->handed % p->window];
    if (p->handed == p->taken || !s->done)
      break;
    pthread_mutex_unlock(&p->lock);
    p->calls.hand_out(s->item, p->data);
    pthread_mutex_lock(&p->lock);
    p->weight -= s->weight;
    p->handed++;
    pthread_cond_signal(&p->room);
  }
  p->handing = false;
}

/* One thread: takes items until there will be no more. */
static void *run(void *data) {
  ordered_pool *const p = data;
  pthread_mutex_lock(&p->lock);
  for (;;) {
    while (p->taken == p->added && !p->closing)
      pthread_cond_wait(&p->work, &p->lock);
    if (p->taken == p->added)
      break;
    slot *const s = &p->slot[p->taken++ % p->window];
    pthread_mutex_unlock(&p->lock);
    p->calls.work(s->item, p->data);
    pthread_mutex_lock(&p->lock);
    s->done = true;
    hand_out(p);
  }
  pthread_mutex_unlock(&p->lock);
  return NULL;
}

/* Starts up to `jobs` threads. */
static void start(ordered_pool *p, size_t jobs) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  while (p->jobs < jobs &&
         pthread_create(&p->thread[p->jobs], &attributes, run, p) == 0)
    p->jobs++;
  pthread_attr_destroy(&attributes);
}

/* A pool with its threads; see ordered_pool.h. */
ordered_pool *pool_new(size_t jobs, const pool_calls *calls, void *data) {
  ordered_pool *const p = calloc(1, sizeof *p);
  if (p == NULL)
    return NULL;
  p->calls = *calls;
  p->data = data;
  if (jobs <= 1)
    return p;
  p->window = jobs * ITEMS_PER_JOB;
  p->slot = calloc(p->window, sizeof *p->slot);
  p->thread = calloc(jobs, sizeof *p->thread);
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->work, NULL);
  pthread_cond_init(&p->room, NULL);
  if (p->slot != NULL && p->thread != NULL)
    start(p, jobs);
  return p;
}

/* Whether the pool is too full for an item of `weight`. */
static bool is_full(const ordered_pool *p, size_t weight) {
  const uint64_t count = p->added - p->handed;
  return count == p->window || (count > 0 && p->weight + weight > WEIGHT_LAST);
}

/* Adds an item, or works on it at once where there are no threads. */
void pool_add(ordered_pool *p, void *item, size_t weight) {
  if (p->jobs == 0) {
    p->calls.work(item, p->data);
    p->calls.hand_out(item, p->data);
    return;
  }
  pthread_mutex_lock(&p->lock);
  while (is_full(p, weight))
    pthread_cond_wait(&p->room, &p->lock);
  p->slot[p->added++ % p->window] = (slot){.item = item, .weight = weight};
  p->weight += weight;
  pthread_cond_signal(&p->work);
  pthread_mutex_unlock(&p->lock);
}

/* Ends the threads when all is done. */
void pool_end(ordered_pool *p) {
  if (p->window > 0) {
    pthread_mutex_lock(&p->lock);
    p->closing = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->jobs; i++)
      pthread_join(p->thread[i], NULL);
    pthread_cond_destroy(&p->room);
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
  }
  free(p->thread);
  free(p->slot);
  free(p);
}
