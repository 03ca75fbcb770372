/*
 * For LD_PRELOAD: request FAIL_AT of the process for memory fails, and with
 * FAIL_ALL also those that follow.  With FAIL_COUNT the number of requests is
 * printed at the end, as the last line of standard error.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static _Atomic unsigned long requests;
static unsigned long failing;
static bool also_later;

/* Reads what is asked for; before main, and before other threads. */
__attribute__((constructor)) static void prepare(void) {
  const char *const at = getenv("FAIL_AT");
  failing = at ? strtoul(at, NULL, 10) : 0;
  also_later = getenv("FAIL_ALL") != NULL;
  atomic_store(&requests, 0);
}

__attribute__((destructor)) static void tell(void) {
  if (getenv("FAIL_COUNT") != NULL)
    fprintf(stderr, "\n%lu\n", atomic_load(&requests));
}

/* Whether this request is to fail. */
static bool fails(void) {
  const unsigned long now = atomic_fetch_add(&requests, 1) + 1;
  const bool due =
      failing != 0 && (also_later ? now >= failing : now == failing);
  if (due)
    errno = ENOMEM;
  return due;
}

void *malloc(size_t size) {
  return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  return fails() ? NULL : __libc_realloc(block, size);
}
