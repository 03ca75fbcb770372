/*
 * Where memory comes from.  Only the arena and the few objects that a caller
 * owns ask here; everything else lives in an arena.
 */
#ifndef LIB_BASE_MEMORY_H
#define LIB_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `size` bytes, not cleared, or NULL.  End them with `memory_release`. */
void *memory_allocate(size_t size);
void memory_release(void *block);

/*
 * For tests: in this thread, the allocation number `count` from now fails,
 * once; 0 turns that off.  Returns what was left of the count before, which is
 * 0 once the failure has happened.
 */
uint64_t memory_fail_after(uint64_t count);

/*
 * For tests: in this thread, arenas take from here just what is asked of them,
 * so that every object of an arena may be the one that memory ends at.
 */
void memory_set_stingy(bool on);
bool memory_is_stingy(void);

#endif
