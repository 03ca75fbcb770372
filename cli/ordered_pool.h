/*
 * A stream of items, worked on by several threads and handed out in order.
 *
 * An item is handed out as soon as it and all before it are done, by the thread
 * that finished last, so nothing waits for the next item or for a full window.
 * The items in the pool are bounded in number and in weight: at the bound
 * `pool_add` waits, and so does whoever feeds it.  With one job there are no
 * threads: `pool_add` does everything.
 *
 * One thread adds and ends; the calls below are made by any thread.
 */
#ifndef CLI_ORDERED_POOL_H
#define CLI_ORDERED_POOL_H

#include <stddef.h>

typedef struct {
  /* Works on one item, beside others. */
  void (*work)(void *item, void *data);
  /* Takes a finished item back, in the order of `pool_add`, one at a time. */
  void (*hand_out)(void *item, void *data);
} pool_calls;

typedef struct ordered_pool ordered_pool;

/* A pool of `jobs` threads, or of as many as can be had; NULL without memory.
 * `data` goes to each call. */
ordered_pool *pool_new(size_t jobs, const pool_calls *calls, void *data);

/* Adds an item of so many bytes. */
void pool_add(ordered_pool *p, void *item, size_t weight);

/* Waits until all items are handed out, and frees the pool. */
void pool_end(ordered_pool *p);

#endif
