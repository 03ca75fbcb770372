#include "solver/opposite.h"

#include "lib/base/table.h"
#include "lib/expr/build.h"

/* An inequality that waits for its opposite. */
typedef struct {
  const expr *difference; /* at most 0 */
  size_t index;
} waiting;

/* The requirement with this difference among those that wait, or NULL. */
static const waiting *find(const table *t, const expr *difference) {
  uint32_t at = difference->id;
  const waiting *w;
  while ((w = table_next(t, difference->id, &at)))
    if (w->difference == difference)
      return w;
  return NULL;
}

/* Tells two requirements of each other. */
static void join(binding *b, size_t i, size_t j) {
  requirement *r = &b->requirement[i], *s = &b->requirement[j];
  r->equation = s->equation =
      build_eq(b->cx, r->condition->arg[0], r->condition->arg[1]);
  r->opposite = j;
  s->opposite = i;
}

void opposite_find(binding *b) {
  table open;
  table_init(&open, b->m, (uint32_t)b->requirement_count);
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    const expr *e = r->condition;
    budget_spend(b->budget, 1);
    if (e->op != OP_LE || r->mixed || r->axis || r->equation)
      continue;
    const waiting *w = find(&open, build_sub(b->cx, e->arg[1], e->arg[0]));
    if (w && !b->requirement[w->index].equation) {
      join(b, i, w->index);
      continue;
    }
    waiting *own = arena_alloc(b->m, sizeof *own);
    *own = (waiting){build_sub(b->cx, e->arg[0], e->arg[1]), i};
    table_add(&open, b->m, own->difference->id, own);
  }
}
