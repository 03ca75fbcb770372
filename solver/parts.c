#include "solver/parts.h"

#include "solver/sets.h"

/* Sets of variables that requirements connect. */
static uint32_t *connect(const binding *b) {
  uint32_t *parent = sets_alone(b->m, b->variable_count);
  for (size_t i = 0; i < b->requirement_count; i++) {
    const claim *c = b->requirement[i].claim;
    for (size_t k = 1; k < c->variable_count; k++)
      set_join(parent, c->variable[0], c->variable[k]);
  }
  return parent;
}

/* The part that a requirement belongs to; the last where it is over no
 * variable. */
static size_t part_of(const parts *p, const requirement *r) {
  return r->claim->variable_count ? p->part_of[r->claim->variable[0]]
                                  : p->count - 1;
}

/* Whether some requirement is over no variable. */
static bool has_constant(const binding *b) {
  for (size_t i = 0; i < b->requirement_count; i++)
    if (b->requirement[i].claim->variable_count == 0)
      return true;
  return false;
}

/* Numbers the parts by their first variables, and counts what they hold. */
static void number_parts(const binding *b, parts *p) {
  uint32_t *parent = connect(b);
  const size_t n = b->variable_count + 1;
  p->part_of = arena_alloc(b->m, n * sizeof *p->part_of);
  p->number = arena_alloc(b->m, n * sizeof *p->number);
  p->part = arena_zeroed(b->m, n, sizeof *p->part);
  for (uint32_t v = 0; v < b->variable_count; v++) {
    const uint32_t root = set_root(parent, v);
    p->part_of[v] = root == v ? (uint32_t)p->count++ : p->part_of[root];
    binding *part = &p->part[p->part_of[v]];
    p->number[v] = (uint32_t)part->variable_count++;
    part->named_count += v < b->named_count;
  }
  if (p->count == 0 || has_constant(b))
    p->count++;
  for (size_t i = 0; i < b->requirement_count; i++)
    p->part[part_of(p, &b->requirement[i])].requirement_count++;
  for (size_t i = 0; i < b->dim_count; i++)
    p->part[p->part_of[b->dim_meaning[i].parameter]].dim_count++;
}

/* Memory for what the parts hold; the counts start again. */
static void make_room(const binding *b, parts *p) {
  arena *m = b->m;
  uint32_t last = 0;
  for (size_t v = 0; v < b->variable_count; v++)
    if (b->symbol[v]->id > last)
      last = b->symbol[v]->id;
  uint32_t *number = arena_zeroed(m, (size_t)last + 1, sizeof *number);
  for (size_t v = 0; v < b->variable_count; v++)
    number[b->symbol[v]->id] = p->number[v];
  for (size_t i = 0; i < p->count; i++) {
    const binding n = p->part[i];
    p->part[i] = (binding){
        .problem = b->problem,
        .cx = b->cx,
        .m = m,
        .budget = b->budget,
        .variable = arena_alloc(m, (n.variable_count + 1) * sizeof(variable)),
        .symbol = arena_alloc(m, (n.variable_count + 1) * sizeof(expr *)),
        .variable_of = number,
        .named_count = n.named_count,
        .dim = arena_alloc(m, (n.dim_count + 1) * sizeof(size_t)),
        .dim_meaning = arena_alloc(m, (n.dim_count + 1) * sizeof(place)),
        .requirement =
            arena_alloc(m, (n.requirement_count + 1) * sizeof(requirement)),
        .requirement_capacity = n.requirement_count + 1};
  }
}

/* Puts variables and dims into their parts. */
static void deal_variables(const binding *b, parts *p) {
  for (size_t v = 0; v < b->variable_count; v++) {
    binding *part = &p->part[p->part_of[v]];
    part->variable[part->variable_count] = b->variable[v];
    part->symbol[part->variable_count++] = b->symbol[v];
  }
  for (size_t i = 0; i < b->dim_count; i++) {
    place at = b->dim_meaning[i];
    binding *part = &p->part[p->part_of[at.parameter]];
    at.parameter = p->number[at.parameter];
    part->dim[part->dim_count] = b->dim[i];
    part->dim_meaning[part->dim_count++] = at;
  }
}

/* Puts the requirements into their parts, over the parts' variables. */
static void deal_requirements(binding *b, parts *p) {
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    binding *part = &p->part[part_of(p, r)];
    for (size_t k = 0; k < r->claim->variable_count; k++)
      r->claim->variable[k] = p->number[r->claim->variable[k]];
    part->requirement[part->requirement_count++] = *r;
  }
  b->requirement_count = 0;
}

/* Takes the requirements apart. */
parts parts_of(whole *w) {
  parts p = {0};
  number_parts(&w->all, &p);
  make_room(&w->all, &p);
  deal_variables(&w->all, &p);
  deal_requirements(&w->all, &p);
  return p;
}
