/*
 * Running a program: the machine first, and exact evaluation of what it cannot
 * decide.
 */
#include "lib/program/program.h"

#include "lib/expr/evaluate.h"
#include "lib/expr/substitute.h"

#include <string.h>

/* ---- Exact evaluation ---------------------------------------------------- */

struct exact_condition {
  evaluator *run; /* NULL: not prepared yet */
  size_t *size;   /* the sizes that it takes, in its order */
  size_t count;
};

/* One assignment that the machine does not decide. */
typedef struct {
  dimsat_program *program;
  const int64_t *sizes;
  bool all; /* every demand; else those that the machine knows nothing of */
  bool accepted;
} exact_call;

/* The number of a size's symbol. */
static size_t size_index(const dimsat_program *g, const expr *e) {
  size_t low = 0, high = g->size_count - 1;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (g->size[middle]->id < e->id)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Prepares the evaluation of one demand. */
static void prepare(dimsat_program *g, size_t index) {
  arena *const m = &g->cx->nodes;
  exact_condition x = {0};
  const expr *const e = g->demand[index].condition;
  const expr **const name = expr_symbols(g->cx, e, &x.count);
  x.size = arena_zeroed(m, x.count + 1, sizeof *x.size);
  for (size_t i = 0; i < x.count; i++)
    x.size[i] = size_index(g, name[i]);
  x.run = evaluator_new(g->cx, m, e, name, x.count);
  g->exact[index] = x;
}

/* Whether a demand is broken. */
static bool is_broken(const exact_call *c, size_t index) {
  arena *const m = &c->program->cx->work;
  const arena_mark mark = arena_get_mark(m);
  exact_condition *const x = &c->program->exact[index];
  if (x->run == NULL)
    prepare(c->program, index);
  integer *const at = arena_alloc(m, (x->count + 1) * sizeof *at);
  for (size_t i = 0; i < x->count; i++)
    at[i] = integer_of(c->sizes[x->size[i]]);
  const value v = evaluator_run(x->run, m, at);
  arena_rewind(m, mark);
  return v.kind == VALUE_NONE || (v.kind == VALUE_TRUTH && !v.truth);
}

/* All demands, or those of checks that are not native. */
static void run_exact(void *data) {
  exact_call *const c = data;
  dimsat_program *const g = c->program;
  if (g->exact == NULL)
    g->exact =
        arena_zeroed(&g->cx->nodes, g->demand_count + 1, sizeof *g->exact);
  for (size_t i = 0; i < g->demand_count; i++)
    if ((c->all || !g->check[g->demand[i].check].native) && is_broken(c, i))
      return;
  c->accepted = true;
}

/* Exact evaluation behind a door; false also where memory ends. */
static bool decide_exactly(dimsat_program *g, const int64_t *sizes, bool all) {
  exact_call c = {.program = g, .sizes = sizes, .all = all};
  return context_run(g->cx, run_exact, &c) == DIMSAT_OK && c.accepted;
}

/* ---- One assignment ------------------------------------------------------ */

/* The machine, then what it leaves. */
bool dimsat_program_run(dimsat_program *g, const int64_t *sizes) {
  if (g->size_count)
    memcpy(g->registers, sizes, g->size_count * sizeof *sizes);
  const run_outcome o = execute(&g->any, g->registers);
  if (o == RUN_ESCAPES ||
      (o == RUN_ACCEPTS && g->native_count < g->check_count))
    return decide_exactly(g, sizes, o == RUN_ESCAPES);
  g->cx->error.status = DIMSAT_OK;
  return o == RUN_ACCEPTS;
}

/* ---- Many ---------------------------------------------------------------- */

/* What tiles are run with. */
struct tile_state {
  int64_t *any, *narrow; /* registers of each machine */
  int64_t *padded;       /* sizes of a last tile that is not full */
  const int64_t **size;  /* where each size of the tile is read */
  int64_t *single;       /* sizes of one assignment */
  tile_answer answer;
};

typedef struct {
  dimsat_program *program;
  const int64_t *const *columns;
  size_t count;
  bool *accepted;
} many_call;

/* Memory for tiles. */
static void prepare_tiles(dimsat_program *g) {
  arena *const m = &g->cx->nodes;
  struct tile_state *const t = arena_zeroed(m, 1, sizeof *t);
  t->any = tile_registers(m, &g->any);
  t->narrow = tile_registers(m, &g->narrow);
  t->padded = arena_zeroed(m, g->size_count * TILE + 1, sizeof *t->padded);
  t->size = arena_zeroed(m, g->size_count + 1, sizeof *t->size);
  t->single = arena_zeroed(m, g->size_count + 1, sizeof *t->single);
  g->tile = t;
}

/* Finds the sizes of the tile from `start`; those of one that is not full are
 * copied, and its last assignment repeated. */
static void find_sizes(const many_call *c, size_t start) {
  struct tile_state *const t = c->program->tile;
  const size_t left = c->count - start;
  for (size_t i = 0; i < c->program->size_count; i++) {
    t->size[i] = c->columns[i] + start;
    if (left >= TILE)
      continue;
    int64_t *const copy = t->padded + i * TILE;
    for (size_t k = 0; k < TILE; k++)
      copy[k] = t->size[i][k < left ? k : left - 1];
    t->size[i] = copy;
  }
}

/* Exact evaluation for lane k of the tile. */
static bool decide_lane(exact_call *x, size_t k) {
  const struct tile_state *const t = x->program->tile;
  for (size_t i = 0; i < x->program->size_count; i++)
    t->single[i] = t->size[i][k];
  x->sizes = t->single;
  x->all = t->answer.escaped[k] != 0;
  x->accepted = false;
  run_exact(x);
  return x->accepted;
}

/* Asks the exact evaluator where the machine does not decide. */
static void settle_tile(const many_call *c, size_t start, size_t count) {
  dimsat_program *const g = c->program;
  const tile_answer *const t = &g->tile->answer;
  exact_call x = {.program = g};
  for (size_t k = 0; k < count; k++)
    if (t->escaped[k] || (t->accepted[k] && g->native_count < g->check_count))
      c->accepted[start + k] = decide_lane(&x, k);
}

/* The tile from `start`, by the machine that its sizes allow. */
static void run_tile(const many_call *c, size_t start) {
  dimsat_program *const g = c->program;
  struct tile_state *const t = g->tile;
  const size_t left = c->count - start, count = left < TILE ? left : TILE;
  find_sizes(c, start);
  if (g->loops->join(t->size, g->size_count) <= INT32_MAX)
    g->loops->run(&g->narrow, t->narrow, t->size, &t->answer);
  else
    g->loops->run(&g->any, t->any, t->size, &t->answer);
  for (size_t k = 0; k < count; k++)
    c->accepted[start + k] = t->answer.accepted[k] != 0;
  if (t->answer.any_escaped || g->native_count < g->check_count)
    settle_tile(c, start, count);
}

/* All tiles. */
static void run_many(void *data) {
  many_call *const c = data;
  if (c->program->tile == NULL)
    prepare_tiles(c->program);
  for (size_t start = 0; start < c->count; start += TILE)
    run_tile(c, start);
}

/* Many assignments. */
bool dimsat_program_run_many(dimsat_program *g, const int64_t *const *columns,
                             size_t count, bool *accepted) {
  many_call c = {
      .program = g, .columns = columns, .count = count, .accepted = accepted};
  return context_run(g->cx, run_many, &c) == DIMSAT_OK;
}

/* ---- What there is ------------------------------------------------------- */

/* How many sizes a run takes. */
size_t dimsat_program_size_count(const dimsat_program *g) {
  return g->size_count;
}

/* What size `size` is. */
const char *dimsat_program_size_name(const dimsat_program *g, size_t size) {
  return g->size_name[size];
}

/* What became of a guard. */
dimsat_guard_use dimsat_program_guard_use(const dimsat_program *g,
                                          size_t index) {
  return g->use[index];
}
