#include "lib/base/memory.h"

#include <stdlib.h>

/* Allocations until the one that fails; 0: none does. */
static _Thread_local uint64_t countdown;
static _Thread_local bool stingy;

/* Asks the C library, unless a test wants this request to fail. */
void *memory_allocate(size_t size) {
  if (countdown != 0 && --countdown == 0)
    return NULL;
  return malloc(size);
}

/* Gives `block`, which may be NULL, back to the C library. */
void memory_release(void *block) {
  free(block);
}

/* Sets the countdown and returns what was left of it. */
uint64_t memory_fail_after(uint64_t count) {
  const uint64_t left = countdown;
  countdown = count;
  return left;
}

/* Sets it for this thread. */
void memory_set_stingy(bool on) {
  stingy = on;
}

/* As it was set. */
bool memory_is_stingy(void) {
  return stingy;
}
