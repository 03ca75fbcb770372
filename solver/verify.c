#include "solver/verify.h"

#include "solver/fixes.h"

/* Whether the example is among the sizes of `s`. */
static bool keeps_example(binding *b, const space *s) {
  integer *size = arena_zeroed(b->m, b->variable_count + 1, sizeof *size);
  integer *t = arena_alloc(b->m, (s->parameter_count + 1) * sizeof *t);
  bool *used = arena_zeroed(b->m, b->variable_count + 1, sizeof *used);
  for (size_t i = 0; i < b->named_count; i++) {
    used[i] = b->variable[i].has_example;
    size[i] = b->variable[i].example;
  }
  return space_find(b->m, s, size, used, t);
}

/* All guards on the repaired spec, with the example in it. */
outcome verify_fixes(oracle *o, binding *b, const existence *x,
                     const fix *fixes, size_t count) {
  outcome worst = PROOF_HOLDS;
  integer *point = arena_alloc(b->m, (b->variable_count + 1) * sizeof *point);
  const space *s = fixes_space(b, fixes, count);
  if (!s || !keeps_example(b, s))
    return PROOF_BREAKS;
  for (size_t i = 0; i < b->requirement_count; i++) {
    if (b->requirement[i].mixed)
      continue;
    const outcome a = oracle_prove(o, b->requirement[i].claim, s, point);
    if (a == PROOF_BREAKS)
      return a;
    if (a == PROOF_OPEN)
      worst = a;
  }
  for (size_t i = 0; i < x->group_count; i++) {
    const outcome a = exists_prove(o, b, &x->group[i], s, point);
    if (a == PROOF_BREAKS)
      return a;
    if (a == PROOF_OPEN)
      worst = a;
  }
  return worst;
}
