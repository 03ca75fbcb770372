/* Conditions become checks: bounds of one number are merged, what is cheap and
 * cannot overflow comes first. */
#include "lib/program/program.h"

#include "lib/expr/build.h"

#include <stdlib.h>

/* ---- Demands ------------------------------------------------------------- */

/* Nothing is demanded yet.  No input can spell the names of the symbols. */
dimsat_program *program_new(dimsat_problem *p, size_t size_count) {
  arena *const m = &p->cx->nodes;
  dimsat_program *const g = arena_zeroed(m, 1, sizeof *g);
  g->cx = p->cx;
  g->problem = p;
  g->size_count = size_count;
  g->loops = tile_loops_widest();
  g->size = arena_zeroed(m, size_count + 1, sizeof *g->size);
  g->size_name = arena_zeroed(m, size_count + 1, sizeof *g->size_name);
  g->size_words = arena_zeroed(m, size_count + 1, sizeof *g->size_words);
  for (size_t i = 0; i < size_count; i++)
    g->size[i] = build_symbol(p->cx, arena_format(m, "size!%zu", i));
  g->use = arena_zeroed(m, p->guard_count + 1, sizeof *g->use);
  g->missing = arena_zeroed(m, p->guard_count + 1, sizeof *g->missing);
  return g;
}

/* One demand, or those of an `and`: one of its operands that is false breaks
 * it, whatever the others are. */
void program_require(dimsat_program *g, const expr *condition, size_t from) {
  if (condition->op == OP_AND) {
    for (uint32_t i = 0; i < condition->count; i++)
      program_require(g, condition->arg[i], from);
    return;
  }
  if (condition->op == OP_TRUE)
    return;
  g->demand = arena_grow(&g->cx->nodes, g->demand, g->demand_count,
                         &g->demand_capacity, sizeof *g->demand);
  g->demand[g->demand_count++] =
      (demand){.condition = condition, .guard = from};
}

/* ---- Checks -------------------------------------------------------------- */

/* On the way from demands to checks. */
typedef struct {
  dimsat_program *g;
  arena *m;
  uint32_t *of_node; /* check over a node + 1, by id */
  size_t capacity;
} planning;

/* The number that a condition bounds by constants, and the bounds; NULL for any
 * other condition. */
static const expr *find_subject(const expr *e, interval *range) {
  if (e->op != OP_LE && e->op != OP_EQ)
    return NULL;
  const expr *a = e->arg[0], *b = e->arg[1];
  if ((a->op == OP_INT) == (b->op == OP_INT) || a->truth)
    return NULL;
  const expr *const number = a->op == OP_INT ? a : b;
  const expr *const subject = a->op == OP_INT ? b : a;
  if (e->op == OP_EQ && subject->op == OP_MOD)
    return NULL;
  *range = interval_of(number->value, number->value);
  if (e->op == OP_LE)
    *range = a->op == OP_INT ? interval_from(number->value)
                             : interval_upto(number->value);
  return subject;
}

/* Remembers who asks; each guard once. */
static void add_origin(planning *x, check *c, size_t from) {
  if (c->last != NULL && c->last->guard == from)
    return;
  origin *const o = arena_zeroed(x->m, 1, sizeof *o);
  o->guard = from;
  if (c->last != NULL)
    c->last->next = o;
  else
    c->from = o;
  c->last = o;
}

/* Puts a demand into the check of its subject or condition. */
static void take(planning *x, demand *d) {
  dimsat_program *const g = x->g;
  check c = {.range = interval_all(), .number = g->check_count};
  interval range = interval_all();
  c.subject = find_subject(d->condition, &range);
  c.condition = c.subject ? NULL : d->condition;
  uint32_t *const place =
      &x->of_node[c.subject ? c.subject->id : d->condition->id];
  if (*place == 0) {
    g->check = arena_grow(x->m, g->check, g->check_count, &x->capacity,
                          sizeof *g->check);
    g->check[g->check_count++] = c;
    *place = (uint32_t)g->check_count;
  }
  check *const known = &g->check[*place - 1];
  known->range = interval_meet(known->range, range);
  add_origin(x, known, d->guard);
  d->check = *place - 1;
}

/* About how many cycles an operator takes. */
static uint32_t cost_of(const expr *e) {
  switch ((op)e->op) {
  case OP_INT:
  case OP_SYMBOL:
  case OP_FALSE:
  case OP_TRUE:
    return 0;
  case OP_FLOORDIV:
  case OP_MOD:
    return e->arg[1]->op == OP_INT ? 4 : 20;
  case OP_MUL:
    return 3 * e->count;
  case OP_POW:
  case OP_RATIO:
  case OP_OPAQUE:
    return 1000;
  case OP_ADD:
  case OP_MIN:
  case OP_MAX:
  case OP_ITE:
  case OP_BITAND:
  case OP_BITOR:
  case OP_BITXOR:
  case OP_FLOAT:
  case OP_EQ:
  case OP_LE:
  case OP_NOT:
  case OP_AND:
  case OP_OR:
  case OP_COUNT:
    break;
  }
  return e->count;
}

/* What the order of checking goes by. */
static void judge(planning *x, lowering *l, check *c) {
  const expr *const e = c->subject ? c->subject : c->condition;
  const fact *const f = facts_of(&l->facts, e);
  const arena_mark mark = arena_get_mark(&x->g->cx->work);
  size_t count;
  const expr **const node = expr_nodes(x->g->cx, &e, 1, &count);
  c->native = f->native;
  c->wide = f->wide;
  c->cost = 1;
  for (size_t i = 0; i < count; i++)
    c->cost += cost_of(node[i]);
  arena_rewind(&x->g->cx->work, mark);
}

/* Whether a check bounds a size. */
static bool bounds_size(const check *c) {
  return c->subject != NULL && c->subject->op == OP_SYMBOL;
}

/* qsort order of checks. */
static int by_cost(const void *a, const void *b) {
  const check *const x = a, *const y = b;
  if (x->native != y->native)
    return x->native ? -1 : 1;
  if (bounds_size(x) != bounds_size(y))
    return bounds_size(x) ? -1 : 1;
  if (x->wide != y->wide)
    return x->wide ? 1 : -1;
  if (x->cost != y->cost)
    return x->cost < y->cost ? -1 : 1;
  return x->number < y->number ? -1 : x->number > y->number;
}

/* ---- Machines ------------------------------------------------------------ */

/* A lowering over the sizes. */
void program_lowering(const dimsat_program *g, lowering *l, arena *m,
                      interval range) {
  interval *const all = arena_alloc(m, (g->size_count + 1) * sizeof *all);
  for (size_t i = 0; i < g->size_count; i++)
    all[i] = range;
  lowering_init(l, g->cx, m, g->size, all, g->size_count);
}

/* A check as instructions. */
void lower_check(lowering *l, const check *c) {
  if (c->subject)
    lower_range(l, c->subject, c->range);
  else
    lower_condition(l, c->condition);
}

/* The machine of all native checks, for sizes in `range`. */
static machine compile(dimsat_program *g, interval range) {
  lowering l;
  arena *const m = &g->cx->nodes;
  program_lowering(g, &l, &g->cx->work, range);
  lowering_begin(&l);
  for (size_t i = 0; i < g->native_count; i++)
    lower_check(&l, &g->check[i]);
  block_sweep(&g->cx->work, &l.block, NULL, 0);
  return machine_of(m, &l.block, g->size_count);
}

/* Checks in order, each demand with its own. */
static void order_checks(dimsat_program *g, planning *x) {
  size_t *const place = arena_alloc(x->m, (g->check_count + 1) * sizeof *place);
  if (g->check_count)
    qsort(g->check, g->check_count, sizeof *g->check, by_cost);
  for (size_t i = 0; i < g->check_count; i++) {
    place[g->check[i].number] = i;
    g->native_count += g->check[i].native;
  }
  for (size_t i = 0; i < g->demand_count; i++)
    g->demand[i].check = place[g->demand[i].check];
}

/* What an assignment must keep to be judged by the narrow machine. */
static interval narrow_range(void) {
  return interval_of(integer_of(0), integer_of(INT32_MAX));
}

/* Facts first with what the bounds of sizes tell, for the order. */
void program_finish(dimsat_program *g) {
  planning x = {.g = g, .m = &g->cx->nodes};
  lowering l;
  x.of_node =
      arena_zeroed(&g->cx->work, g->cx->node_count + 1, sizeof *x.of_node);
  for (size_t i = 0; i < g->demand_count; i++)
    take(&x, &g->demand[i]);
  program_lowering(g, &l, &g->cx->work, interval_word());
  for (size_t i = 0; i < g->check_count; i++)
    if (bounds_size(&g->check[i]))
      facts_learn(&l.facts, g->check[i].subject, g->check[i].range);
  for (size_t i = 0; i < g->check_count; i++)
    judge(&x, &l, &g->check[i]);
  order_checks(g, &x);
  g->any = compile(g, interval_word());
  g->narrow = compile(g, narrow_range());
  g->registers = machine_registers(&g->cx->nodes, &g->any);
}
