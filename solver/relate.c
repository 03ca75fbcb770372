#include "solver/relate.h"

#include "solver/frame.h"

/* Appends the equalities that a claim consists of. */
static void add_equalities(component *c, equalities *list, const claim *of,
                           size_t *capacity) {
  const expr *e = of->condition;
  for (uint32_t i = 0; e->op == OP_AND && i < e->count; i++)
    add_equalities(c, list, bind_claim(c->b, e->arg[i]), capacity);
  if (e->op != OP_EQ)
    return;
  list->claim = arena_grow(c->b->m, list->claim, list->count, capacity,
                           sizeof(const claim *));
  list->claim[list->count++] = of;
}

/* The equalities of a component. */
equalities relate_equalities(component *c) {
  equalities list = {0};
  size_t capacity = 0;
  for (size_t i = 0; i < c->require_count; i++) {
    const claim *of = c->require[i]->claim;
    const expr *e = of->condition;
    add_equalities(c, &list, of, &capacity);
    for (uint32_t k = 0; e->op == OP_OR && k < e->count; k++) {
      const claim *branch = bind_claim(c->b, e->arg[k]);
      if (claim_at(branch, c->b->m, c->anchor) == POINT_HOLDS)
        add_equalities(c, &list, branch, &capacity);
    }
  }
  return list;
}

/* Reads a linear polynomial over parameters. */
static bool read_linear(oracle *o, const poly *p, size_t parameters,
                        integer *coefficient) {
  bool any = false;
  for (size_t i = 0; i < parameters; i++)
    coefficient[i] = integer_of(0);
  for (uint32_t i = 0; i < p->count; i++) {
    const monomial *m = p->term[i].monomial;
    if (m->degree == 0)
      continue;
    if (m->degree > 1 || m->atom[0] >= parameters)
      return false;
    coefficient[m->atom[0]] = integer_copy(o->m, p->term[i].coefficient);
    any = true;
  }
  return any;
}

/* The equality on the space as a linear equation. */
bool relate_linear(oracle *o, const claim *equality, const space *s,
                   integer *coefficient) {
  frame f;
  const arena_mark mark = arena_get_mark(&o->scratch);
  frame_init(&f, &o->scratch, o->b, equality, s);
  const truth t = frame_decide(&f);
  const poly *p = f.open[equality->node_count - 1];
  const bool linear = t == TRUTH_UNKNOWN && p &&
                      read_linear(o, p, s->parameter_count, coefficient);
  arena_rewind(&o->scratch, mark);
  return linear;
}
