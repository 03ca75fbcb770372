/*
 * Machines: blocks ready to run, for one assignment or for a tile of them.
 */
#ifndef LIB_PROGRAM_EXECUTE_H
#define LIB_PROGRAM_EXECUTE_H

#include "lib/base/arena.h"
#include "lib/program/lower.h"

/* Registers: the sizes, the constants, then results, which are reused. */
typedef struct {
  instruction *code; /* ends with DO_ACCEPT */
  size_t count;
  size_t size_count, constant_count, register_count;
  const int64_t *constant;
} machine;

/* What a run found. */
typedef enum {
  RUN_REFUSES,
  RUN_ACCEPTS,
  RUN_ESCAPES /* int64_t does not suffice: ask the exact evaluator */
} run_outcome;

/* Lays out the registers of a block; divisions by constants become products. */
machine machine_of(arena *m, const block *b, size_t size_count);

/* Room for the registers of one assignment, with the constants in place. */
int64_t *machine_registers(arena *m, const machine *x);

/* Runs one assignment, whose sizes are the first registers. */
run_outcome execute(const machine *x, int64_t *registers);

/* Assignments of one tile; a multiple of the lanes of any vector unit. */
#define TILE 256

/* Room for a tile: TILE lanes a register, with the constants in place. */
int64_t *tile_registers(arena *m, const machine *x);

/* What is said of each lane: -1 or 0. */
typedef struct {
  int64_t accepted[TILE];
  int64_t escaped[TILE]; /* ask the exact evaluator instead */
  bool any_escaped;
} tile_answer;

/* The loops over a tile as compiled for one kind of vector unit; size i of
 * lane k is size[i][k]. */
typedef struct {
  /* Runs TILE assignments. */
  void (*run)(const machine *x, int64_t *registers, const int64_t *const *size,
              tile_answer *answer);
  /* The bits that any size has. */
  uint64_t (*join)(const int64_t *const *size, size_t size_count);
} tile_loops;

/* Kinds of vector units: 0 is none, then from narrow to wide. */
#define TILE_KINDS 3

/* The loops for a kind; NULL where this processor has no such unit. */
const tile_loops *tile_loops_for(int kind);

/* The widest that this processor can run. */
const tile_loops *tile_loops_widest(void);

#endif
