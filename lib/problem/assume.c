/*
 * What the tracer took for granted, as conditions: bounds of one size each.
 * A bound becomes the range of a symbol.  An axis or a dim that no symbol
 * stands for gets one whose name is its own source.
 */
#include "lib/expr/build.h"
#include "lib/problem/spec.h"

/* The symbol that stands for `name`, made where there is none. */
static symbol *find_symbol(dimsat_problem *p, const char *name) {
  const name_meaning m = problem_find(p, name);
  if (m.kind == NAMES_SYMBOL)
    return &p->symbols[m.index];
  if (m.kind == NAMES_NOTHING)
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "the assumption speaks of '%s', which is neither a symbol, an "
                 "axis nor a dim%s",
                 name_brief(p->cx, name), names_hint(p, name));
  const char *source = m.kind == NAMES_AXIS
                           ? p->inputs[m.index].axes[m.axis].source
                           : p->dims[m.index].name;
  const size_t index = problem_find_symbol_source(p, source);
  if (index != SIZE_MAX)
    return &p->symbols[index];
  return problem_add_symbol(p, &(symbol){.name = source, .source = source});
}

/* Leaves what the symbol's range and `range` share. */
static void narrow(dimsat_problem *p, const char *name, interval range) {
  symbol *s = find_symbol(p, name);
  const interval both = interval_meet(s->range, range);
  if (interval_is_empty(both))
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "the assumptions about '%s' leave no size",
                 name_brief(p->cx, name));
  s->range = both;
  s->range.lo = integer_copy(&p->cx->nodes, both.lo);
  s->range.hi = integer_copy(&p->cx->nodes, both.hi);
}

/* Raises for anything but bounds. */
static _Noreturn void refuse(dimsat_problem *p) {
  context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
               "an assumption bounds one axis, dim or symbol by numbers, as in "
               "x[0] >= 2 or 2 <= x[0] <= 64");
}

/* The one symbol of scale*symbol + offset; raises for any other number. */
static const char *read_side(dimsat_problem *p, const expr *e, integer *scale,
                             integer *offset) {
  *scale = integer_of(1);
  *offset = integer_of(0);
  if (e->op == OP_SYMBOL)
    return e->name;
  if (e->op != OP_ADD || e->count != 1 || e->arg[0]->op != OP_SYMBOL)
    refuse(p);
  *scale = e->coefficient[0];
  *offset = e->value;
  return e->arg[0]->name;
}

/* `difference` >= 0, and <= 0 as well where `equal`. */
static void take_bound(dimsat_problem *p, const expr *difference, bool equal) {
  arena *m = &p->cx->work;
  integer scale, offset;
  const char *name = read_side(p, difference, &scale, &offset);
  const integer edge = integer_neg(m, offset);
  const bool up = integer_sign(scale) > 0;
  if (equal && !integer_divides(scale, edge))
    refuse(p);
  if (up || equal)
    narrow(p, name, interval_from(integer_ceildiv(m, edge, scale)));
  if (!up || equal)
    narrow(p, name, interval_upto(integer_floordiv(m, edge, scale)));
}

/* Bounds, joined by `and`. */
void problem_assume(dimsat_problem *p, const expr *condition) {
  const bool equal = condition->op == OP_EQ;
  if (condition->op == OP_AND) {
    for (uint32_t i = 0; i < condition->count; i++)
      problem_assume(p, condition->arg[i]);
    return;
  }
  if ((!equal && condition->op != OP_LE) || condition->arg[0]->truth)
    refuse(p);
  take_bound(p, build_sub(p->cx, condition->arg[1], condition->arg[0]), equal);
}
