/* Observed relations as conditions over the variables of a program. */
#include "solver/confirm.h"

#include "lib/expr/build.h"

/* A column as an expression; NULL, with a reason, where the program has no such
 * size. */
static const expr *column_expression(confirming *c, relation *r, size_t index) {
  if (c->place[index] == NULL)
    r->why = arena_format(&c->cx->nodes, "%s is no size of the program",
                          c->o->column[index].name);
  return c->place[index];
}

/* A class as an expression: its first column that the program has. */
static const expr *family_expression(confirming *c, relation *r, size_t f) {
  for (size_t i = c->o->family[f].head; i != OBSERVED_NONE;
       i = c->o->column[i].next)
    if (c->place[i] != NULL)
      return c->place[i];
  return column_expression(c, r, c->o->family[f].first);
}

/* sum of factor*class == -rest */
static const expr *affine_claim(confirming *c, relation *r) {
  const size_t count = c->o->family_count;
  const expr **const arg = arena_zeroed(&c->cx->work, count, sizeof *arg);
  integer *const factor = arena_zeroed(&c->cx->work, count, sizeof *factor);
  size_t used = 0;
  for (size_t f = 0; f < count; f++) {
    if (integer_sign(r->factor[f]) == 0)
      continue;
    factor[used] = r->factor[f];
    arg[used] = family_expression(c, r, f);
    if (arg[used++] == NULL)
      return NULL;
  }
  return build_eq(c->cx, build_linear(c->cx, r->rest, factor, arg, used),
                  build_small(c->cx, 0));
}

/* What a relation other than EQUAL and AFFINE gives for its left side. */
static const expr *right_side(confirming *c, relation *r) {
  dimsat_context *const cx = c->cx;
  const expr *const a = family_expression(c, r, r->right[0]);
  if (a == NULL)
    return NULL;
  if (r->kind == RELATION_QUOTIENT)
    return build_floordiv(cx, a, build_integer(cx, r->number));
  if (r->kind == RELATION_CEILING)
    return build_ceildiv(cx, a, build_integer(cx, r->number));
  const expr *const b = family_expression(c, r, r->right[1]);
  return b != NULL ? build_mul(cx, a, b) : NULL;
}

/* By kind. */
const expr *confirm_claim(confirming *c, relation *r) {
  if (r->kind == RELATION_AFFINE)
    return affine_claim(c, r);
  if (r->kind == RELATION_EQUAL) {
    const expr *const a = column_expression(c, r, r->left);
    const expr *const b = column_expression(c, r, r->right[0]);
    return a != NULL && b != NULL ? build_eq(c->cx, a, b) : NULL;
  }
  const expr *const left = family_expression(c, r, r->left);
  if (left == NULL)
    return NULL;
  if (r->kind == RELATION_DIVISIBLE)
    return build_eq(c->cx,
                    build_mod(c->cx, left, build_integer(c->cx, r->number)),
                    build_integer(c->cx, r->rest));
  const expr *const right = right_side(c, r);
  return right != NULL ? build_eq(c->cx, left, right) : NULL;
}
