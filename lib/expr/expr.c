/*
 * The node store.  A node, its operands and its coefficients are one piece of
 * the `nodes` arena; big integers stand behind them.
 */
#include "lib/expr/expr.h"

#include "lib/base/limits.h"
#include "lib/base/memory.h"

#include <assert.h>
#include <string.h>

_Static_assert(sizeof(expr) <= 64, "a node is one cache line");

/* Operands count too: wide nodes end where as many small ones would. */
#define BYTES_LAST (LIMIT_NODES * sizeof(expr))

/* ---- Interning ---------------------------------------------------------- */

/* The hash of a key; operands count by id, which is unique. */
static uint32_t hash_key(const expr_key *key) {
  uint32_t hash = hash_mix(key->op, key->count);
  for (uint32_t i = 0; i < key->count; i++)
    hash = hash_mix(hash, key->arg[i]->id);
  for (uint32_t i = 0; key->coefficient != NULL && i < key->count; i++)
    hash = hash_mix(hash, integer_hash(key->coefficient[i]));
  hash = hash_mix(hash, integer_hash(key->value));
  if (key->name != NULL)
    hash = hash_bytes(hash, key->name, strlen(key->name));
  return hash;
}

/* Whether `e` is the node for `key`. */
static bool is_node_of(const expr *e, const expr_key *key) {
  if (e->op != key->op || e->count != key->count ||
      !integer_equal(e->value, key->value) ||
      (e->name == NULL) != (key->name == NULL) ||
      (e->coefficient == NULL) != (key->coefficient == NULL))
    return false;
  for (uint32_t i = 0; i < e->count; i++)
    if (e->arg[i] != key->arg[i])
      return false;
  for (uint32_t i = 0; e->coefficient != NULL && i < e->count; i++)
    if (!integer_equal(e->coefficient[i], key->coefficient[i]))
      return false;
  return e->name == NULL || strcmp(e->name, key->name) == 0;
}

/* The node for `key`, or NULL. */
static const expr *find(const dimsat_context *cx, const expr_key *key,
                        uint32_t hash) {
  uint32_t at = hash;
  const expr *e;
  while ((e = table_next(&cx->known, hash, &at)) != NULL)
    if (is_node_of(e, key))
      break;
  return e;
}

/* Whether the operator itself, not an operand, may have no value. */
static bool divides_by_unknown(const expr *e) {
  if (e->op != OP_FLOORDIV && e->op != OP_MOD && e->op != OP_RATIO)
    return op_is_partial((op)e->op);
  return e->arg[1]->op != OP_INT || integer_is(e->arg[1]->value, 0);
}

/* Sets what follows from operator and operands; a condition that is opaque
 * is told by its value. */
static void derive(expr *e) {
  e->truth =
      op_is_truth((op)e->op) || (e->op == OP_OPAQUE && integer_is(e->value, 1));
  e->partial = divides_by_unknown(e);
  e->opaque = e->op == OP_OPAQUE;
  uint16_t deepest = 0;
  for (uint32_t i = 0; i < e->count; i++) {
    const expr *const arg = e->arg[i];
    e->partial = e->partial || arg->partial;
    e->opaque = e->opaque || arg->opaque;
    if (arg->depth > deepest)
      deepest = arg->depth;
  }
  e->depth = (uint16_t)(deepest + 1);
}

/* Raises when one more node over these operands passes a limit. */
static void check_limits(dimsat_context *cx, const expr_key *key) {
  if (cx->node_count >= LIMIT_NODES)
    context_fail(cx, DIMSAT_TOO_LARGE, 0, 0,
                 "one context holds no more than %u different expressions",
                 (unsigned)LIMIT_NODES);
  if (cx->nodes.bytes >= BYTES_LAST)
    context_fail(cx, DIMSAT_TOO_LARGE, 0, 0,
                 "one context holds no more than %zu bytes of expressions",
                 (size_t)BYTES_LAST);
  for (uint32_t i = 0; i < key->count; i++)
    if (key->arg[i]->depth >= LIMIT_DEPTH)
      context_fail(cx, DIMSAT_TOO_LARGE, 0, 0,
                   "an expression is nested no deeper than %d levels",
                   LIMIT_DEPTH);
}

/* Copies `key` into the node store. */
static expr *make(dimsat_context *cx, const expr_key *key, uint32_t hash) {
  const size_t count = key->count;
  const size_t args = count * sizeof(const expr *);
  const size_t factors = key->coefficient ? count * sizeof(integer) : 0;
  expr *const e = arena_alloc(&cx->nodes, sizeof *e + factors + args);
  *e = (expr){.id = cx->node_count, .hash = hash, .op = (uint8_t)key->op};
  e->count = key->count;
  e->value = integer_copy(&cx->nodes, key->value);
  integer *const factor = (integer *)(void *)(e + 1);
  for (size_t i = 0; i < count && factors != 0; i++)
    factor[i] = integer_copy(&cx->nodes, key->coefficient[i]);
  const expr **const arg = (const expr **)(void *)((char *)(e + 1) + factors);
  if (count != 0)
    memcpy(arg, key->arg, args);
  e->arg = arg;
  e->coefficient = key->coefficient ? factor : NULL;
  if (key->name != NULL)
    e->name = arena_copy_text(&cx->nodes, key->name, strlen(key->name));
  derive(e);
  return e;
}

/* Moves the table to twice the slots in time, and frees the old ones. */
static void make_room(dimsat_context *cx) {
  const uint32_t slots = cx->known.mask + 1;
  if (cx->known.count + 1 <= slots / 4 * 3)
    return;
  arena larger;
  table t;
  arena_init(&larger, &cx->fault);
  table_init(&t, &larger, 2 * cx->known.count);
  for (uint32_t i = 0; i < slots; i++)
    if (cx->known.slot[i].item != NULL)
      table_add(&t, &larger, cx->known.slot[i].hash, cx->known.slot[i].item);
  arena_clear(&cx->index);
  cx->index = larger;
  cx->known = t;
}

/* Looks first and makes second. */
const expr *expr_intern(dimsat_context *cx, const expr_key *key) {
  const uint32_t hash = hash_key(key);
  const expr *const known = find(cx, key, hash);
  if (known != NULL)
    return known;
  check_limits(cx, key);
  make_room(cx);
  expr *const e = make(cx, key, hash);
  table_add(&cx->known, &cx->index, hash, e);
  cx->node_count++;
  return e;
}

/* From so many roots on, one mark a node costs less than a set. */
#define MANY_ROOTS 16

/* ---- Walking ------------------------------------------------------------ */

typedef struct {
  const expr *node;
  uint32_t next; /* the operand to enter next */
} step;

typedef struct {
  dimsat_context *cx;
  table seen;   /* by id */
  bool *marked; /* by id instead, where there are many roots */
  step *path;
  size_t depth, path_capacity;
  const expr **list;
  size_t count, list_capacity;
} walk;

/* Whether `e` was seen before; now it was. */
static bool is_seen(walk *w, const expr *e) {
  if (w->marked != NULL) {
    const bool seen = w->marked[e->id];
    w->marked[e->id] = true;
    return seen;
  }
  uint32_t at = e->id;
  if (table_next(&w->seen, e->id, &at) != NULL)
    return true;
  table_add(&w->seen, &w->cx->work, e->id, e);
  return false;
}

/* Puts `e` on the path, unless it was seen before. */
static void enter(walk *w, const expr *e) {
  if (is_seen(w, e))
    return;
  arena *const m = &w->cx->work;
  w->path =
      arena_grow(m, w->path, w->depth, &w->path_capacity, sizeof *w->path);
  w->path[w->depth++] = (step){.node = e};
}

/* Walks what `root` adds to the list. */
static void walk_root(walk *w, const expr *root) {
  enter(w, root);
  while (w->depth > 0) {
    step *const top = &w->path[w->depth - 1];
    if (top->next < top->node->count) {
      enter(w, top->node->arg[top->next++]);
      continue;
    }
    w->list = arena_grow(&w->cx->work, w->list, w->count, &w->list_capacity,
                         sizeof *w->list);
    w->list[w->count++] = top->node;
    w->depth--;
  }
}

/* Depth first, from the first root to the last. */
const expr **expr_nodes(dimsat_context *cx, const expr *const *roots,
                        size_t root_count, size_t *count) {
  walk w = {.cx = cx};
  if (root_count >= MANY_ROOTS)
    w.marked = arena_zeroed(&cx->work, cx->node_count, sizeof *w.marked);
  else
    table_init(&w.seen, &cx->work, 8);
  for (size_t i = 0; i < root_count; i++)
    walk_root(&w, roots[i]);
  *count = w.count;
  return w.list;
}

/* ---- Checking ----------------------------------------------------------- */

/* Whether the numbers in `e` have their one form. */
static bool integers_ok(const expr *e) {
  if (!integer_is_canonical(e->value))
    return false;
  for (uint32_t i = 0; e->coefficient != NULL && i < e->count; i++)
    if (!integer_is_canonical(e->coefficient[i]) ||
        (integer_is(e->coefficient[i], 0) && !e->arg[i]->partial))
      return false;
  return true;
}

/* Whether operands are older, and sorted where they must be. */
static bool operands_ok(const expr *e) {
  for (uint32_t i = 0; i < e->count; i++)
    if (e->arg[i]->id >= e->id)
      return false;
  const bool may_repeat = e->op == OP_MUL || e->op == OP_EQ;
  for (uint32_t i = 1; i < e->count && op_is_commutative((op)e->op); i++) {
    const int order = expr_compare(e->arg[i - 1], e->arg[i]);
    if (order > 0 || (order == 0 && !may_repeat))
      return false;
  }
  return true;
}

/* Whether `e` is what its own data says. */
static bool node_ok(const dimsat_context *cx, const expr *e) {
  expr again = *e;
  derive(&again);
  const expr_key key = {.op = (op)e->op,
                        .count = e->count,
                        .arg = e->arg,
                        .coefficient = e->coefficient,
                        .value = e->value,
                        .name = e->name};
  return e->id < cx->node_count && e->op < OP_COUNT && operands_ok(e) &&
         integers_ok(e) && again.truth == e->truth &&
         again.partial == e->partial && again.opaque == e->opaque &&
         again.depth == e->depth && e->depth <= LIMIT_DEPTH &&
         (e->coefficient != NULL) == (e->op == OP_ADD) &&
         hash_key(&key) == e->hash && find(cx, &key, e->hash) == e;
}

/* Every slot of the table holds a good node, and every id occurs once. */
bool context_ok(const dimsat_context *cx) {
  if (cx->known.count != cx->node_count)
    return false;
  char *const seen = memory_allocate((size_t)cx->node_count + 1);
  if (seen == NULL)
    return false;
  memset(seen, 0, (size_t)cx->node_count + 1);
  bool ok = true;
  for (size_t i = 0; i <= cx->known.mask && ok; i++) {
    const expr *const e = cx->known.slot[i].item;
    if (e != NULL) {
      ok = node_ok(cx, e) && !seen[e->id];
      seen[ok ? e->id : 0] = 1;
    }
  }
  memory_release(seen);
  return ok;
}
