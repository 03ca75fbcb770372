#include "lib/program/divide.h"
#include "lib/program/execute.h"

#include <string.h>

/* ---- Sweeping ------------------------------------------------------------ */

/* Whether an instruction does nothing but write its register; a dispatch. */
static bool is_value(const instruction *x) {
  switch (x->op) {
#define CONDITION(name, meaning) case DO_IS_##name:
#define VALUE(name, meaning) case DO_##name:
#define CHECKED(name, trouble)
#include "lib/program/ops.def"
#undef CONDITION
#undef VALUE
#undef CHECKED
    return true;
  default:
    return false;
  }
}

/* Marks that somebody reads register `r`. */
static void mark_read(bool *is_read, uint32_t r) {
  if (r & REGISTER_RESULT)
    is_read[r & ~REGISTER_RESULT] = true;
}

/* From the last instruction to the first, then what stays moves up. */
void block_sweep(arena *m, block *b, size_t *starts, size_t count) {
  bool *const is_read = arena_zeroed(m, b->result_count + 1, sizeof *is_read);
  bool *const stays = arena_zeroed(m, b->count + 1, sizeof *stays);
  for (size_t i = b->count; i-- > 0;) {
    const instruction *const x = &b->code[i];
    stays[i] = !is_value(x) || is_read[x->out & ~REGISTER_RESULT];
    if (!stays[i])
      continue;
    mark_read(is_read, x->a);
    mark_read(is_read, x->b);
    mark_read(is_read, x->c);
  }
  size_t kept = 0, next = 0;
  for (size_t i = 0; i < b->count; i++) {
    for (; next < count && starts[next] == i; next++)
      starts[next] = kept;
    if (stays[i])
      b->code[kept++] = b->code[i];
  }
  b->count = kept;
}

/* ---- Registers ----------------------------------------------------------- */

/* Registers that are handed out and taken back. */
typedef struct {
  const machine *machine;
  uint32_t *home;   /* of each result */
  size_t *last_use; /* of each result: an instruction */
  uint32_t *free;   /* registers that nobody needs any more */
  size_t free_count;
} layout;

/* Notes that the instruction at `at` needs register `r`. */
static void note_use(layout *x, uint32_t r, size_t at) {
  if (r & REGISTER_RESULT)
    x->last_use[r & ~REGISTER_RESULT] = at;
}

/* The final number of a register.  Plain numbers look like sizes and stay. */
static uint32_t home_of(const layout *x, uint32_t r) {
  if (r & REGISTER_RESULT)
    return x->home[r & ~REGISTER_RESULT];
  if (r & REGISTER_CONSTANT)
    return (uint32_t)x->machine->size_count + (r & REGISTER_NUMBER);
  return r;
}

/* Takes back the register of a result after its last use. */
static void release(layout *x, uint32_t r, size_t at) {
  if (!(r & REGISTER_RESULT) || x->last_use[r & ~REGISTER_RESULT] != at)
    return;
  x->last_use[r & ~REGISTER_RESULT] = SIZE_MAX;
  x->free[x->free_count++] = x->home[r & ~REGISTER_RESULT];
}

/* Gives the instruction at `at` its registers.  The one that is written is none
 * of those that are read: loops over lanes rely on that. */
static void place(layout *x, machine *made, size_t at) {
  instruction *const now = &made->code[at];
  const instruction was = *now;
  now->a = home_of(x, was.a);
  now->b = home_of(x, was.b);
  now->c = home_of(x, was.c);
  if (was.out & REGISTER_RESULT) {
    now->out = x->free_count ? x->free[--x->free_count]
                             : (uint32_t)made->register_count++;
    x->home[was.out & ~REGISTER_RESULT] = now->out;
  }
  release(x, was.a, at);
  release(x, was.b, at);
  release(x, was.c, at);
  release(x, was.out, at);
}

/* Makes one instruction of two ranges that are tested one after the other:
 * half as many jumps. */
static void pair_ranges(machine *made) {
  size_t kept = 0;
  for (size_t i = 0; i < made->count; i++) {
    const instruction x = made->code[i];
    instruction *const last = kept ? &made->code[kept - 1] : NULL;
    if (last == NULL || x.op != DO_TEST_WITHIN || last->op != x.op) {
      made->code[kept++] = x;
      continue;
    }
    last->op = DO_TEST_BOTH_WITHIN;
    last->b = x.a;
    last->k = x.i;
    last->l = x.j;
  }
  made->count = kept;
}

/* Lays out the registers in one pass, once the last uses are known. */
machine machine_of(arena *m, const block *b, size_t size_count) {
  const size_t results = b->result_count;
  machine made = {.count = b->count + 1,
                  .size_count = size_count,
                  .constant_count = b->constant_count,
                  .register_count = size_count + b->constant_count};
  int64_t *const constant =
      arena_zeroed(m, b->constant_count + 1, sizeof *constant);
  if (b->constant_count)
    memcpy(constant, b->constant, b->constant_count * sizeof *constant);
  made.constant = constant;
  layout x = {.machine = &made,
              .home = arena_zeroed(m, results + 1, sizeof *x.home),
              .last_use = arena_zeroed(m, results + 1, sizeof *x.last_use),
              .free = arena_zeroed(m, results + 1, sizeof *x.free)};
  made.code = arena_zeroed(m, made.count, sizeof *made.code);
  if (b->count)
    memcpy(made.code, b->code, b->count * sizeof *b->code);
  made.code[b->count].op = DO_ACCEPT;
  for (size_t i = 0; i < b->count; i++) {
    note_use(&x, b->code[i].out, i);
    note_use(&x, b->code[i].a, i);
    note_use(&x, b->code[i].b, i);
    note_use(&x, b->code[i].c, i);
  }
  for (size_t i = 0; i < b->count; i++) {
    place(&x, &made, i);
    divide_prepare(&made.code[i]);
  }
  pair_ranges(&made);
  return made;
}

/* The registers of one assignment. */
int64_t *machine_registers(arena *m, const machine *x) {
  int64_t *const r = arena_zeroed(m, x->register_count + 1, sizeof *r);
  if (x->constant_count)
    memcpy(r + x->size_count, x->constant, x->constant_count * sizeof *r);
  return r;
}

/* The same for a tile, aligned for vectors. */
int64_t *tile_registers(arena *m, const machine *x) {
  const size_t lanes = x->register_count * TILE + 8;
  char *const room = arena_zeroed(m, lanes, sizeof(int64_t));
  int64_t *const r = (void *)(room + (64 - (uintptr_t)room % 64) % 64);
  for (size_t i = 0; i < x->constant_count; i++)
    for (size_t k = 0; k < TILE; k++)
      r[(x->size_count + i) * TILE + k] = x->constant[i];
  return r;
}
