/*
 * Conditions as instructions.
 *
 * A block is straight-line code: a check that does not hold refuses, an
 * operation that leaves int64_t hands over to exact evaluation, and at its end
 * all checks hold.  Within a block each number is computed once.  Where the
 * intervals of the facts show that nothing can overflow, nothing is tested.
 */
#ifndef LIB_PROGRAM_LOWER_H
#define LIB_PROGRAM_LOWER_H

#include "lib/program/facts.h"
#include "lib/program/machine.h"

typedef struct {
  instruction *code;
  size_t count, capacity;
  int64_t *constant; /* of REGISTER_CONSTANT | i */
  size_t constant_count, constant_capacity;
  uint32_t result_count;
} block;

typedef struct {
  facts facts;
  interval *range;   /* of each size, by the checks of all blocks so far */
  block block;       /* being made */
  uint32_t *word_at; /* open addressing: constants of the block */
  size_t word_mask;
} lowering;

/* `slot[i]` is the symbol of size i, whatever fits in range[i]. */
void lowering_init(lowering *l, dimsat_context *cx, arena *m,
                   const expr *const *slot, const interval *range,
                   size_t slot_count);

/* Starts another block.  Only ranges of sizes stay known: other facts may rest
 * on exact evaluation not having taken over in the block before. */
void lowering_begin(lowering *l);

/* Appends the check that `e`, a native condition, holds. */
void lower_condition(lowering *l, const expr *e);

/* Appends the check that the native number `e` lies in `range`. */
void lower_range(lowering *l, const expr *e, interval range);

/* Takes out what nobody reads.  Also moves starts[0 .. count-1], ascending
 * numbers of instructions, to where these are then. */
void block_sweep(arena *m, block *b, size_t *starts, size_t count);

#endif
