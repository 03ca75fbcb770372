/*
 * Memory that is freed all at once: blocks, a mark, a rewind.
 *
 * Every internal object lives in an arena; nothing in one is freed alone.  An
 * allocation never returns NULL: it raises DIMSAT_NO_MEMORY, or
 * DIMSAT_TOO_LARGE where the fault's bound on memory is reached.
 */
#ifndef LIB_BASE_ARENA_H
#define LIB_BASE_ARENA_H

#include "lib/base/fault.h"

#include <stddef.h>

typedef struct arena_block arena_block;

typedef struct {
  arena_block *first;   /* all blocks, oldest first; kept by rewind for reuse */
  arena_block *current; /* the block that is being filled */
  char *next, *end;     /* what is left of it */
  fault *fault;         /* who counts, and is told when memory ends */
  size_t bytes;         /* held from malloc, for statistics */
} arena;

typedef struct {
  arena_block *block;
  char *next, *end;
} arena_mark;

void arena_init(arena *a, fault *f);
void arena_clear(arena *a);
/* Gives back what a large rewind left unused; small arenas keep it. */
void arena_trim(arena *a);

/* `arena_alloc` where the current block may be full. */
void *arena_alloc_slow(arena *a, size_t size);

/* `size` bytes, aligned for any type, not cleared. */
static inline void *arena_alloc(arena *a, size_t size) {
  const size_t unit = _Alignof(max_align_t);
  const size_t room = (size + unit - 1) & ~(unit - 1);
  if (size == 0 || room < size || (size_t)(a->end - a->next) < room)
    return arena_alloc_slow(a, size);
  char *const result = a->next;
  a->next += room;
  return result;
}

/* `count` elements of `size` bytes, all zero. */
void *arena_zeroed(arena *a, size_t count, size_t size);

/* Where the arena stands now. */
static inline arena_mark arena_get_mark(const arena *a) {
  return (arena_mark){.block = a->current, .next = a->next, .end = a->end};
}

/* Takes back all that was handed out since `mark`; blocks are kept. */
static inline void arena_rewind(arena *a, arena_mark mark) {
  a->current = mark.block;
  a->next = mark.next;
  a->end = mark.end;
}

/* A copy with a NUL behind it. */
char *arena_copy_text(arena *a, const char *text, size_t length);
char *arena_format(arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Room for element `count` of an array of `size`-byte elements that holds
 * `*capacity`: `array` itself, or a copy twice as large.
 */
void *arena_grow(arena *a, void *array, size_t count, size_t *capacity,
                 size_t size);

#endif
