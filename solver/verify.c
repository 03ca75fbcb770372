#include "solver/verify.h"

#include "solver/fixes.h"

/* Whether the example is among the sizes of `s`. */
bool verify_example(const binding *b, const space *s) {
  integer *t = arena_alloc(b->m, (s->parameter_count + 1) * sizeof *t);
  bool *known = arena_zeroed(b->m, s->parameter_count + 1, sizeof *known);
  for (size_t v = 0; v < b->named_count; v++)
    if (b->variable[v].has_example &&
        !space_place(b->m, s, v, b->variable[v].example, known, t))
      return false;
  return true;
}

/* Whether all guards of a part are proved on its repaired spec. */
outcome verify_fixes(const findings *f, const fix *fixes, size_t count) {
  binding *b = f->b;
  outcome worst = PROOF_HOLDS;
  integer *point = arena_alloc(b->m, (b->variable_count + 1) * sizeof *point);
  const space *s = fixes_space(b, fixes, count);
  if (!s || !verify_example(b, s))
    return PROOF_BREAKS;
  for (size_t i = 0; i < b->requirement_count; i++) {
    if (b->requirement[i].mixed)
      continue;
    const outcome a = oracle_prove(f->o, b->requirement[i].claim, s, point);
    if (a == PROOF_BREAKS)
      return a;
    if (a == PROOF_OPEN)
      worst = a;
  }
  for (size_t i = 0; i < f->group_count; i++) {
    const outcome a = exists_prove(f->o, b, &f->group[i], s, point);
    if (a == PROOF_BREAKS)
      return a;
    if (a == PROOF_OPEN)
      worst = a;
  }
  return worst;
}
