/*
 * Relations between classes that are not affine: products, quotients, and what
 * all sizes of one class leave as a remainder.  So that nothing is said twice,
 * products and remainders are sought of classes that no affine relation gives,
 * quotients only of those that none speaks of: `x == 2*z` says `z == x // 2`.
 */
#include "lib/number/interval.h"
#include "lib/observe/observation.h"

/* Classes among which products and quotients are sought. */
enum { MOST_PAIRED = 64 };

typedef struct {
  dimsat_observation *o;
  arena *m;
  bool *tied;    /* of each class: an affine relation speaks of it */
  bool *follows; /* it is what such a relation gives */
} search;

/* The size of class `f` in point `i`. */
static const cell *cell_at(const search *s, size_t f, size_t i) {
  return &s->o->family[f].cell[s->o->point[i]];
}

/* Adds a relation with `terms` free numbers if there is evidence for it. */
static relation *accept(search *s, relation_kind kind, const size_t *families,
                        size_t count, size_t terms) {
  size_t points;
  const size_t support = observe_support(s->o, families, count, &points);
  if (points <= terms)
    return NULL;
  relation *const r = observe_relation(s->o, kind);
  r->support = support;
  r->points = points;
  r->freedom = (int64_t)(points - terms);
  r->left = families[0];
  for (size_t i = 1; i < count; i++)
    r->right[i - 1] = families[i];
  return r;
}

/* ---- Products ---------------------------------------------------------- */

/* Whether z == x*y wherever all are there. */
static bool is_product(const search *s, size_t z, size_t x, size_t y) {
  for (size_t i = 0; i < s->o->point_count; i++) {
    const cell *const c = cell_at(s, z, i), *const a = cell_at(s, x, i),
                      *const b = cell_at(s, y, i);
    if (c->known && a->known && b->known &&
        !integer_equal(c->size, integer_mul(s->m, a->size, b->size)))
      return false;
  }
  return true;
}

/* z == x*y, x == y included. */
static bool find_product(search *s, size_t z) {
  const dimsat_observation *const o = s->o;
  for (size_t x = 0; x < o->family_count; x++)
    for (size_t y = x; y < o->family_count; y++) {
      if (x == z || y == z || !o->family[x].varies || !o->family[y].varies ||
          !is_product(s, z, x, y))
        continue;
      relation *const r =
          accept(s, RELATION_PRODUCT, (const size_t[]){z, x, y}, 3, 1);
      if (r == NULL)
        continue;
      r->text = arena_format(&o->cx->nodes, "%s == %s*%s", observe_term(o, z),
                             observe_term(o, x), observe_term(o, y));
      return true;
    }
  return false;
}

/* ---- Quotients --------------------------------------------------------- */

/* The divisors a >= 2 with z == x // a: z*a <= x < (z + 1)*a; x, z >= 0. */
static interval floor_divisors(arena *m, integer z, integer x) {
  const integer one = integer_of(1);
  const integer above = integer_floordiv(m, x, integer_add(m, z, one));
  interval a = interval_from(integer_add(m, above, one));
  if (integer_sign(z) > 0)
    a = interval_meet(a, interval_upto(integer_floordiv(m, x, z)));
  return interval_meet(a, interval_from(integer_of(2)));
}

/* The divisors a >= 2 with z == (x + a - 1) // a: (z - 1)*a < x <= z*a; x, z
 * >= 0. */
static interval ceiling_divisors(arena *m, integer z, integer x) {
  const integer one = integer_of(1);
  const integer below = integer_sub(m, z, one);
  const interval all = interval_from(integer_of(2));
  if (integer_sign(z) == 0 || integer_sign(x) == 0)
    return integer_equal(z, x) ? all : interval_of(one, integer_of(0));
  interval a = interval_from(integer_ceildiv(m, x, z));
  if (integer_sign(below) > 0)
    a = interval_meet(
        a, interval_upto(integer_floordiv(m, integer_sub(m, x, one), below)));
  return interval_meet(a, all);
}

/* The divisors that fit in all calls. */
static interval divisors(const search *s, size_t z, size_t x, bool ceiling) {
  interval a = interval_from(integer_of(2));
  for (size_t i = 0; i < s->o->point_count && !interval_is_empty(a); i++) {
    const cell *const c = cell_at(s, z, i), *const b = cell_at(s, x, i);
    if (!c->known || !b->known)
      continue;
    if (integer_sign(c->size) < 0 || integer_sign(b->size) < 0)
      return interval_all();
    a = interval_meet(a, ceiling ? ceiling_divisors(s->m, c->size, b->size)
                                 : floor_divisors(s->m, c->size, b->size));
  }
  return a;
}

/* z == x // a, or rounded up; the smallest a that fits. */
static bool find_quotient(search *s, size_t z, bool ceiling) {
  const dimsat_observation *const o = s->o;
  for (size_t x = 0; x < o->family_count; x++) {
    if (x == z || !o->family[x].varies)
      continue;
    const interval a = divisors(s, z, x, ceiling);
    if (!a.has_lo || !a.has_hi || interval_is_empty(a))
      continue;
    relation *const r =
        accept(s, ceiling ? RELATION_CEILING : RELATION_QUOTIENT,
               (const size_t[]){z, x}, 2, 2);
    if (r == NULL)
      continue;
    r->number = integer_copy(&o->cx->nodes, a.lo);
    const char *const digits = integer_text(s->m, a.lo);
    r->text =
        ceiling ? arena_format(&o->cx->nodes, "%s == (%s + %s) // %s",
                               observe_term(o, z), observe_term(o, x),
                               integer_text(s->m, integer_sub(s->m, a.lo,
                                                              integer_of(1))),
                               digits)
                : arena_format(&o->cx->nodes, "%s == %s // %s",
                               observe_term(o, z), observe_term(o, x), digits);
    return true;
  }
  return false;
}

/* ---- Remainders -------------------------------------------------------- */

/* x % g == r with the largest g: the divisor of all differences.  Few of them
 * have one by chance so often that it takes one more size than elsewhere; a
 * remainder of 0 is no free number. */
static void find_remainder(search *s, size_t x) {
  const dimsat_observation *const o = s->o;
  const cell *first = NULL;
  integer common = integer_of(0);
  for (size_t i = 0; i < o->point_count; i++) {
    const cell *const c = cell_at(s, x, i);
    if (!c->known)
      continue;
    first = first != NULL ? first : c;
    common = integer_gcd(s->m, common, integer_sub(s->m, c->size, first->size));
  }
  if (integer_compare(common, integer_of(2)) < 0)
    return;
  const integer rest = integer_mod(s->m, first->size, common);
  const size_t terms = integer_sign(rest) == 0 ? 1 : 2;
  relation *const r = accept(s, RELATION_DIVISIBLE, &x, 1, terms + 1);
  if (r == NULL)
    return;
  r->freedom = (int64_t)(r->points - terms);
  r->number = integer_copy(&o->cx->nodes, common);
  r->rest = integer_copy(&o->cx->nodes, rest);
  r->text =
      arena_format(&o->cx->nodes, "%s %% %s == %s", observe_term(o, x),
                   integer_text(s->m, r->number), integer_text(s->m, r->rest));
}

/* ---- The whole --------------------------------------------------------- */

/* Marks what affine relations speak of. */
static void mark_tied(search *s) {
  const dimsat_observation *const o = s->o;
  for (size_t i = 0; i < o->relation_count; i++) {
    const relation *const r = &o->relation[i];
    if (r->kind != RELATION_AFFINE)
      continue;
    for (size_t f = 0; f < o->family_count; f++)
      s->tied[f] |= integer_sign(r->factor[f]) != 0;
    if (r->left != OBSERVED_NONE)
      s->follows[r->left] = true;
  }
}

/* Class by class. */
void observe_templates(dimsat_observation *o) {
  search s = {.o = o, .m = &o->cx->work};
  s.tied = arena_zeroed(s.m, o->family_count + 1, sizeof *s.tied);
  s.follows = arena_zeroed(s.m, o->family_count + 1, sizeof *s.follows);
  mark_tied(&s);
  const bool few = o->family_count <= MOST_PAIRED;
  for (size_t f = 0; f < o->family_count; f++) {
    if (!o->family[f].varies)
      continue;
    if (few && !s.follows[f])
      s.follows[f] =
          find_product(&s, f) || (!s.tied[f] && (find_quotient(&s, f, false) ||
                                                 find_quotient(&s, f, true)));
    if (!s.follows[f])
      find_remainder(&s, f);
  }
}
