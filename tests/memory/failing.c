#include "tests/memory/failing.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define REAL(name) __interceptor_##name
#else
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *block, size_t size);
void *REAL(memalign)(size_t alignment, size_t size);
void REAL(free)(void *block);
void *memalign(size_t alignment, size_t size);

static _Thread_local bool started, also_later;
static _Thread_local uint64_t failing, requests;
static _Atomic int64_t live;

/* Counts from 0. */
void failing_start(uint64_t count, bool all) {
  failing = count;
  also_later = all;
  requests = 0;
  started = true;
}

/* The count. */
uint64_t failing_stop(void) {
  started = false;
  return requests;
}

/* Approximate while other threads run. */
int64_t failing_live(void) {
  return atomic_load(&live);
}

/* Whether this request is to fail. */
static bool fails(void) {
  if (!started)
    return false;
  requests++;
  const bool now =
      failing != 0 && (also_later ? requests >= failing : requests == failing);
  if (now)
    errno = ENOMEM;
  return now;
}

/* Counts a block that is given out. */
static void *give(void *block) {
  if (block != NULL)
    atomic_fetch_add(&live, 1);
  return block;
}

void *malloc(size_t size) {
  return fails() ? NULL : give(REAL(malloc)(size));
}

void *calloc(size_t count, size_t size) {
  return fails() ? NULL : give(REAL(calloc)(count, size));
}

void *realloc(void *block, size_t size) {
  if (fails())
    return NULL;
  void *const moved = REAL(realloc)(block, size);
  return block == NULL ? give(moved) : moved;
}

void *memalign(size_t alignment, size_t size) {
  return fails() ? NULL : give(REAL(memalign)(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  void *const made = memalign(alignment, size);
  if (made == NULL)
    return ENOMEM;
  *block = made;
  return 0;
}

void free(void *block) {
  if (block == NULL)
    return;
  atomic_fetch_sub(&live, 1);
  REAL(free)(block);
}
