/*
 * The blocks of an arena form one list.  Those up to `current` are in use;
 * those behind it are empty and wait for reuse.  A block that is put to use is
 * moved behind `current` first, so that order stays true.
 */
#include "lib/base/arena.h"

#include "lib/base/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_FIRST ((size_t)4 << 10)
#define BLOCK_LAST ((size_t)1 << 20)
#define REQUEST_LAST (SIZE_MAX / 4)
#define SPARES_SEEN 8
#define TRIM_FROM ((size_t)16 << 20)

struct arena_block {
  arena_block *next;
  size_t size; /* of `data` */
  _Alignas(max_align_t) char data[];
};

/* An empty arena; it holds no memory before the first request. */
void arena_init(arena *a, fault *f) {
  *a = (arena){.fault = f};
}

/* The link that leads to the blocks behind the current one. */
static arena_block **spare_blocks(arena *a) {
  return a->current ? &a->current->next : &a->first;
}

/* Gives every block back and leaves an empty arena. */
void arena_clear(arena *a) {
  for (arena_block *block = a->first; block != NULL;) {
    arena_block *const next = block->next;
    memory_release(block);
    block = next;
  }
  a->fault->held -= a->bytes;
  arena_init(a, a->fault);
}

/* Gives back the blocks behind the current one, where they are many. */
void arena_trim(arena *a) {
  arena_block **const spare = spare_blocks(a);
  if (a->bytes < TRIM_FROM)
    return;
  while (*spare != NULL) {
    arena_block *const block = *spare;
    *spare = block->next;
    a->bytes -= block->size + sizeof *block;
    a->fault->held -= block->size + sizeof *block;
    memory_release(block);
  }
}

/* The smallest of the first spare blocks with room for `size` bytes, out of the
 * list.  They are the ones used last, so a request that comes again and again
 * finds its block there. */
static arena_block *take_spare(arena *a, size_t size) {
  arena_block **best = NULL, **link = spare_blocks(a);
  for (int i = 0; i < SPARES_SEEN && *link; i++, link = &(*link)->next)
    if ((*link)->size >= size &&
        (best == NULL || (*link)->size < (*best)->size))
      best = link;
  if (best == NULL)
    return NULL;
  arena_block *const block = *best;
  *best = block->next;
  return block;
}

/* A new block with room for at least `size` bytes. */
static arena_block *make_block(arena *a, size_t size) {
  fault *const f = a->fault;
  const size_t head = sizeof(arena_block);
  size_t total = a->current ? 2 * (a->current->size + head) : BLOCK_FIRST;
  if (total > BLOCK_LAST)
    total = BLOCK_LAST;
  if (total < size + head || memory_is_stingy())
    total = size + head;
  if (f->most != 0 && (f->held > f->most || total > f->most - f->held))
    fault_raise_limit(f, "it needs more memory than the limit of 1 GiB a call, "
                         "and 32 KiB a guard");
  arena_block *const block = memory_allocate(total);
  if (block == NULL)
    fault_raise(f, DIMSAT_NO_MEMORY);
  block->size = total - head;
  a->bytes += total;
  f->held += total;
  return block;
}

/* Makes a block with room for `size` bytes current. */
static void enter_block(arena *a, size_t size) {
  arena_block *block = take_spare(a, size);
  if (block == NULL)
    block = make_block(a, size);
  arena_block **const link = spare_blocks(a);
  block->next = *link;
  *link = block;
  a->current = block;
  a->next = block->data;
  a->end = block->data + block->size;
}

/* Cuts `size` bytes, rounded up to the strictest alignment, off a block. */
void *arena_alloc_slow(arena *a, size_t size) {
  const size_t unit = _Alignof(max_align_t);
  if (size > REQUEST_LAST)
    fault_raise(a->fault, DIMSAT_NO_MEMORY);
  const size_t room = size ? (size + unit - 1) / unit * unit : unit;
  if ((size_t)(a->end - a->next) < room)
    enter_block(a, room);
  char *const result = a->next;
  a->next += room;
  return result;
}

/* An array of zero bytes; a product that overflows is memory ended. */
void *arena_zeroed(arena *a, size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total))
    fault_raise(a->fault, DIMSAT_NO_MEMORY);
  return memset(arena_alloc(a, total), 0, total);
}

/* `length` bytes of `text` and a NUL. */
char *arena_copy_text(arena *a, const char *text, size_t length) {
  if (length == SIZE_MAX)
    fault_raise(a->fault, DIMSAT_NO_MEMORY);
  char *const copy = arena_alloc(a, length + 1);
  if (length != 0)
    memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

/* As `sprintf`, into a text of just the right size. */
char *arena_format(arena *a, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length < 0)
    fault_raise(a->fault, DIMSAT_NO_MEMORY);
  char *const text = arena_alloc(a, (size_t)length + 1);
  va_start(arguments, format);
  vsnprintf(text, (size_t)length + 1, format, arguments);
  va_end(arguments);
  return text;
}

/* Doubles the array when element `count` does not fit. */
void *arena_grow(arena *a, void *array, size_t count, size_t *capacity,
                 size_t size) {
  if (count < *capacity)
    return array;
  size_t room = *capacity < 4 ? 8 : *capacity, bytes;
  if (__builtin_mul_overflow(room, (size_t)2, &room))
    fault_raise(a->fault, DIMSAT_NO_MEMORY);
  if (room <= count)
    room = count + 1;
  if (__builtin_mul_overflow(room, size, &bytes))
    fault_raise(a->fault, DIMSAT_NO_MEMORY);
  void *const larger = arena_alloc(a, bytes);
  if (*capacity != 0)
    memcpy(larger, array, *capacity * size);
  *capacity = room;
  return larger;
}
