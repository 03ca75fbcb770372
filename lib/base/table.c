#include "lib/base/table.h"

#include <assert.h>

#define SLOTS_FIRST UINT32_C(8)
#define SLOTS_LAST (UINT32_C(1) << 31)

/* Whether `slots` slots hold `count` items with at least a quarter empty. */
static bool roomy(uint32_t slots, uint32_t count) {
  return count <= slots / 4 * 3;
}

/* A power of two of slots for `expected` items. */
void table_init(table *t, arena *a, uint32_t expected) {
  uint32_t slots = SLOTS_FIRST;
  while (slots < SLOTS_LAST && !roomy(slots, expected))
    slots *= 2;
  t->slot = arena_zeroed(a, slots, sizeof *t->slot);
  t->mask = slots - 1;
  t->count = 0;
}

/* Walks the run of full slots that starts at `*at`. */
const void *table_next(const table *t, uint32_t hash, uint32_t *at) {
  for (;;) {
    const table_slot *const slot = &t->slot[(*at)++ & t->mask];
    if (slot->item == NULL || slot->hash == hash)
      return slot->item;
  }
}

/* Writes the item to the first empty slot of its run. */
static void put(table *t, uint32_t hash, const void *item) {
  uint32_t at = hash;
  while (t->slot[at & t->mask].item != NULL)
    at++;
  t->slot[at & t->mask] = (table_slot){.hash = hash, .item = item};
}

/* Moves all items to twice as many slots. */
static void enlarge(table *t, arena *a) {
  const table old = *t;
  if (old.mask >= SLOTS_LAST - 1)
    fault_raise_limit(a->fault,
                      "a table has more entries than the limit of 2**31");
  const uint32_t slots = 2 * (old.mask + 1);
  t->slot = arena_zeroed(a, slots, sizeof *t->slot);
  t->mask = slots - 1;
  for (uint32_t i = 0; i <= old.mask; i++)
    if (old.slot[i].item != NULL)
      put(t, old.slot[i].hash, old.slot[i].item);
}

/* Adds an item, with more slots first where they are needed. */
void table_add(table *t, arena *a, uint32_t hash, const void *item) {
  assert(item != NULL);
  if (!roomy(t->mask + 1, t->count + 1))
    enlarge(t, a);
  put(t, hash, item);
  t->count++;
}

/* Mixes the bytes eight at a time, lowest first, and the length at the end. */
uint32_t hash_bytes(uint32_t hash, const void *bytes, size_t length) {
  const unsigned char *const byte = bytes;
  uint64_t word = 0;
  for (size_t i = 0; i < length; i++) {
    word |= (uint64_t)byte[i] << (i % 8 * 8);
    if (i % 8 == 7) {
      hash = hash_mix(hash, word);
      word = 0;
    }
  }
  return hash_mix(hash_mix(hash, word), length);
}
