#include "tests/fuzz/by_hand.h"

#include "tests/fuzz/target.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- Problems ----------------------------------------------------------- */

/* Whether functions can say it: no axis was burned in, shapes hold names, and
 * hints of free axes do not count. */
static bool is_plain(const draft *d) {
  for (size_t i = 0; i < d->count; i++)
    if (d->item[i].unnamed ||
        (d->item[i].kind == ITEM_FREE && !d->item[i].has_symbol))
      return false;
  for (size_t i = 0; i < d->guard_count; i++)
    if (d->guard[i].burned)
      return false;
  return true;
}

/* A number as text; NULL for an end that there is not. */
static const char *number(const draft *d, int64_t x) {
  return x == ENDLESS ? NULL : arena_format(d->m, "%" PRId64, x);
}

/* Adds a dim. */
static bool add_dim(dimsat_problem *p, const draft *d, size_t index) {
  const item *const x = &d->item[index];
  const char *const name = draft_name(d, index, false);
  if (x->kind == ITEM_DERIVED)
    return dimsat_problem_add_derived(p, name, draft_name(d, x->root, false),
                                      number(d, x->scale),
                                      number(d, x->offset));
  return dimsat_problem_add_dim(p, name, number(d, x->own.lo),
                                number(d, x->own.hi));
}

/* Adds the dims and the input of a group. */
static bool add_group(dimsat_problem *p, const draft *d, size_t g) {
  static const char *const inputs[MOST_GROUPS] = {"x", "y", "z"};
  const char *shape[MOST_ITEMS], *example[MOST_ITEMS];
  const size_t rank = d->first[g + 1] - d->first[g];
  bool done = true;
  for (size_t i = d->first[g]; i < d->first[g + 1]; i++) {
    const item *const x = &d->item[i];
    done = done && (!item_is_dim(x) || add_dim(p, d, i));
    shape[x->axis] = item_is_dim(x)           ? draft_name(d, i, false)
                     : x->kind == ITEM_STATIC ? "static"
                     : x->dynamic             ? "dynamic"
                                              : "auto";
    example[x->axis] = number(d, x->example);
  }
  return done && dimsat_problem_add_input(p, inputs[g], shape, example, rank);
}

/* Adds the symbol of an item. */
static bool add_symbol(dimsat_problem *p, const draft *d, size_t index) {
  static const char inputs[] = "xyz";
  const item *const x = &d->item[index];
  const char *const source =
      arena_format(d->m, "%c[%zu]", inputs[x->group], x->axis);
  return dimsat_problem_add_symbol(
      p, draft_symbol(d, index, false), source, number(d, x->example),
      number(d, x->assumed.lo), number(d, x->assumed.hi));
}

/* The name of an item in a guard. */
static const char *write_name(const void *d, size_t index, size_t spelling) {
  const draft *const all = d;
  return spelling == 0 && all->item[index].has_symbol
             ? draft_symbol(all, index, false)
             : draft_name(all, index, false);
}

/* Adds a guard. */
static bool add_guard(dimsat_problem *p, const draft *d, const formula *f) {
  buffer text;
  buffer_init(&text, d->m);
  formula_write(&text, f, write_name, d);
  return dimsat_problem_require(p, text.text, NULL);
}

dimsat_problem *by_hand_problem(dimsat_context *cx, const draft *d) {
  if (!is_plain(d))
    return NULL;
  dimsat_problem *const p = dimsat_problem_new(cx, "by hand");
  bool done = p != NULL;
  for (size_t g = 0; g < d->group_count; g++)
    done = done && add_group(p, d, g);
  for (size_t i = 0; i < d->count; i++)
    done = done && (!d->item[i].has_symbol || add_symbol(p, d, i));
  for (size_t i = 0; i < d->guard_count; i++)
    done = done && add_guard(p, d, d->guard[i].formula);
  hold(done && dimsat_problem_validate(p), "a problem is refused: %s",
       dimsat_last_error(cx)->text);
  return p;
}

/* ---- Formulas ----------------------------------------------------------- */

/* A number or a name. */
static const dimsat_expr *make_leaf(dimsat_context *cx, const formula *f) {
  char name[24];
  if (f->kind == FORM_NUMBER)
    return dimsat_integer(cx, f->number);
  snprintf(name, sizeof name, "v%zu", f->name);
  return dimsat_symbol(cx, name);
}

const dimsat_expr *by_hand_formula(dimsat_context *cx, const formula *f) {
  static const dimsat_operator operators[] = {
      [FORM_ADD] = DIMSAT_ADD, [FORM_SUB] = DIMSAT_SUB,
      [FORM_MUL] = DIMSAT_MUL, [FORM_DIV] = DIMSAT_FLOORDIV,
      [FORM_MOD] = DIMSAT_MOD, [FORM_MIN] = DIMSAT_MIN,
      [FORM_MAX] = DIMSAT_MAX, [FORM_EQ] = DIMSAT_EQ,
      [FORM_NE] = DIMSAT_NE,   [FORM_LE] = DIMSAT_LE,
      [FORM_LT] = DIMSAT_LT,   [FORM_GE] = DIMSAT_GE,
      [FORM_GT] = DIMSAT_GT,   [FORM_AND] = DIMSAT_AND,
      [FORM_OR] = DIMSAT_OR};
  if (f->kind == FORM_CHOICE)
    return NULL;
  if (f->kind == FORM_NUMBER || f->kind == FORM_NAME)
    return make_leaf(cx, f);
  const dimsat_expr *const a = by_hand_formula(cx, f->a);
  if (f->kind == FORM_NOT)
    return dimsat_not(cx, a);
  return dimsat_apply(cx, operators[f->kind], a, by_hand_formula(cx, f->b));
}
