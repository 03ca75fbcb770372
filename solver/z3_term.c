#include "solver/z3_term.h"

/* `term`, or `instead` when Z3 had no memory for it. */
static Z3_ast made(z3_terms *t, Z3_ast term, Z3_ast instead) {
  if (term == NULL)
    t->failed = true;
  return term != NULL ? term : instead;
}

/* The terms that every other needs. */
void terms_init(z3_terms *t, arena *m, Z3_context z3) {
  *t = (z3_terms){.z3 = z3, .m = m};
  t->sort = z3_api->mk_int_sort(z3);
  t->zero = z3_api->mk_int64(z3, 0, t->sort);
  t->yes = z3_api->mk_true(z3);
  t->no = z3_api->mk_false(z3);
  t->failed = !t->sort || !t->zero || !t->yes || !t->no;
}

/* The number `value`. */
Z3_ast term_integer(z3_terms *t, integer value) {
  if (integer_is_small(value))
    return made(t, z3_api->mk_int64(t->z3, value.small, t->sort), t->zero);
  const char *const digits = integer_text(t->m, value);
  return made(t, z3_api->mk_numeral(t->z3, digits, t->sort), t->zero);
}

/* The number `value`. */
Z3_ast term_small(z3_terms *t, int64_t value) {
  return term_integer(t, integer_of(value));
}

/* An integer that Z3 may choose. */
Z3_ast term_constant(z3_terms *t, int number) {
  const Z3_symbol name = z3_api->mk_int_symbol(t->z3, number);
  return made(t, z3_api->mk_const(t->z3, name, t->sort), t->zero);
}

/* part[0] + part[1] + ... */
Z3_ast term_sum(z3_terms *t, const Z3_ast *part, size_t count) {
  if (count <= 1)
    return count ? part[0] : t->zero;
  return made(t, z3_api->mk_add(t->z3, (unsigned)count, part), t->zero);
}

/* part[0] * part[1] * ... of at least one part. */
Z3_ast term_product(z3_terms *t, const Z3_ast *part, size_t count) {
  if (count == 1)
    return part[0];
  return made(t, z3_api->mk_mul(t->z3, (unsigned)count, part), t->zero);
}

/* a + b */
Z3_ast term_add(z3_terms *t, Z3_ast a, Z3_ast b) {
  return term_sum(t, (Z3_ast[]){a, b}, 2);
}

/* a - b */
Z3_ast term_sub(z3_terms *t, Z3_ast a, Z3_ast b) {
  return made(t, z3_api->mk_sub(t->z3, 2, (Z3_ast[]){a, b}), t->zero);
}

/* a * b */
Z3_ast term_mul(z3_terms *t, Z3_ast a, Z3_ast b) {
  return term_product(t, (Z3_ast[]){a, b}, 2);
}

/* -a */
Z3_ast term_neg(z3_terms *t, Z3_ast a) {
  return made(t, z3_api->mk_unary_minus(t->z3, a), t->zero);
}

/* The quotient that leaves a remainder from 0 up. */
Z3_ast term_div(z3_terms *t, Z3_ast a, Z3_ast b) {
  return made(t, z3_api->mk_div(t->z3, a, b), t->zero);
}

/* The remainder from 0 up. */
Z3_ast term_mod(z3_terms *t, Z3_ast a, Z3_ast b) {
  return made(t, z3_api->mk_mod(t->z3, a, b), t->zero);
}

/* a if c else b */
Z3_ast term_ite(z3_terms *t, Z3_ast c, Z3_ast a, Z3_ast b) {
  return made(t, z3_api->mk_ite(t->z3, c, a, b), t->zero);
}

/* a == b, of numbers or of conditions */
Z3_ast term_eq(z3_terms *t, Z3_ast a, Z3_ast b) {
  return made(t, z3_api->mk_eq(t->z3, a, b), t->no);
}

/* a <= b */
Z3_ast term_le(z3_terms *t, Z3_ast a, Z3_ast b) {
  return made(t, z3_api->mk_le(t->z3, a, b), t->no);
}

/* lo <= a <= hi */
Z3_ast term_range(z3_terms *t, Z3_ast a, interval range) {
  Z3_ast lo = NULL, hi = NULL;
  if (range.has_lo)
    lo = term_le(t, term_integer(t, range.lo), a);
  if (range.has_hi)
    hi = term_le(t, a, term_integer(t, range.hi));
  return term_both(t, lo, hi);
}

/* The conjunction of the members that are not NULL. */
Z3_ast term_all(z3_terms *t, const Z3_ast *part, size_t count) {
  Z3_ast *const kept = arena_zeroed(t->m, count + 1, sizeof *kept);
  unsigned used = 0;
  for (size_t i = 0; i < count; i++)
    if (part[i] != NULL)
      kept[used++] = part[i];
  if (used <= 1)
    return kept[0];
  return made(t, z3_api->mk_and(t->z3, used, kept), t->no);
}

/* The disjunction. */
Z3_ast term_any(z3_terms *t, const Z3_ast *part, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (part[i] == NULL)
      return NULL;
  if (count == 0)
    return t->no;
  if (count == 1)
    return part[0];
  return made(t, z3_api->mk_or(t->z3, (unsigned)count, part), t->no);
}

/* The conjunction of two. */
Z3_ast term_both(z3_terms *t, Z3_ast a, Z3_ast b) {
  return term_all(t, (Z3_ast[]){a, b}, 2);
}

/* The negation; of NULL it is false. */
Z3_ast term_not(z3_terms *t, Z3_ast a) {
  return a == NULL ? t->no : made(t, z3_api->mk_not(t->z3, a), t->no);
}
