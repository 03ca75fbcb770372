#include "solver/blame.h"

#include <string.h>

/* Deleting guards one by one is only done for so many. */
enum { MOST_SHRUNK = 64 };

/* Whether two sets are the same pieces. */
static bool same_set(const allowed *a, const allowed *b) {
  if (!a->exact || !b->exact || a->count != b->count)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (!interval_equal(a->piece[i].range, b->piece[i].range) ||
        !integer_equal(a->piece[i].modulo, b->piece[i].modulo) ||
        !integer_equal(a->piece[i].residue, b->piece[i].residue))
      return false;
  return true;
}

/* Whether size x is outside the set because of claim i alone. */
static bool is_needed_at(findings *f, interval domain, const allowed *all,
                         integer x, const claim *const *claims, size_t n,
                         size_t i) {
  arena *m = f->b->m;
  if (!interval_has(domain, x) || allowed_has(m, all, x) ||
      claim_at_point(claims[i], m, &x) != POINT_BREAKS)
    return false;
  for (size_t k = 0; k < n; k++)
    if (k != i && claim_at_point(claims[k], m, &x) != POINT_HOLDS)
      return false;
  return true;
}

/* Whether the set is plainly larger without claim i: told by sizes near the
 * start of the domain and next to the pieces. */
static bool is_needed(findings *f, interval domain, const allowed *all,
                      const claim *const *claims, size_t n, size_t i) {
  enum { NEAR = 64, PIECES = 16 };
  arena *m = f->b->m;
  const integer one = integer_of(1);
  for (int64_t d = 0; d < NEAR && domain.has_lo; d++)
    if (is_needed_at(f, domain, all, integer_add(m, domain.lo, integer_of(d)),
                     claims, n, i))
      return true;
  for (size_t k = 0; k < all->count && k < PIECES; k++) {
    const interval r = all->piece[k].range;
    if (is_needed_at(f, domain, all, integer_sub(m, r.lo, one), claims, n, i) ||
        (r.has_hi &&
         is_needed_at(f, domain, all, integer_add(m, r.hi, one), claims, n, i)))
      return true;
  }
  return false;
}

/* Removes requirements without which the set stays the same. */
static size_t shrink(findings *f, interval domain, const allowed *all,
                     const claim **claims, size_t *index, size_t n) {
  for (size_t i = n; i-- > 0 && n > 1;) {
    const claim *out = claims[i];
    const size_t out_index = index[i];
    if (is_needed(f, domain, all, claims, n, i))
      continue;
    memmove(&claims[i], &claims[i + 1], (n - i - 1) * sizeof *claims);
    memmove(&index[i], &index[i + 1], (n - i - 1) * sizeof *index);
    const allowed less = allowed_of(f->o, domain, claims, n - 1);
    if (same_set(all, &less)) {
      n--;
      continue;
    }
    memmove(&claims[i + 1], &claims[i], (n - i - 1) * sizeof *claims);
    memmove(&index[i + 1], &index[i], (n - i - 1) * sizeof *index);
    claims[i] = out;
    index[i] = out_index;
  }
  return n;
}

/* Moves the first requirement from `from` on that size x breaks to `from`;
 * whether there is one, or one before it already does. */
static size_t choose_breaking(findings *f, integer x, const claim **claims,
                              size_t *index, size_t n, size_t from) {
  for (size_t i = 0; i < n; i++) {
    if (claim_at_point(claims[i], f->b->m, &x) != POINT_BREAKS)
      continue;
    if (i < from)
      return from;
    const claim *c = claims[i];
    const size_t k = index[i];
    claims[i] = claims[from];
    index[i] = index[from];
    claims[from] = c;
    index[from] = k;
    return from + 1;
  }
  return from;
}

/* A size that is in `few` but not in `all`, sought at the starts and ends of
 * the pieces. */
static bool find_extra(arena *m, const allowed *few, const allowed *all,
                       integer *x) {
  enum { NEAR = 64 };
  for (size_t i = 0; i < few->count; i++) {
    const piece *p = &few->piece[i];
    *x = p->range.lo;
    for (int k = 0; k < NEAR && interval_has(p->range, *x); k++) {
      if (!allowed_has(m, all, *x))
        return true;
      *x = integer_add(m, *x, p->modulo);
    }
    *x = p->range.hi;
    if (p->range.has_hi && allowed_has(m, few, *x) && !allowed_has(m, all, *x))
      return true;
  }
  return false;
}

/* Puts first what refuses the sizes next to the pieces. */
static size_t choose_borders(findings *f, interval domain, const allowed *all,
                             const claim **claims, size_t *index, size_t n) {
  arena *m = f->b->m;
  const integer one = integer_of(1);
  size_t chosen = 0;
  for (size_t i = 0; i < all->count; i++) {
    const interval r = all->piece[i].range;
    const integer below = integer_sub(m, r.lo, one);
    const integer above = integer_add(m, r.hi, one);
    if (interval_has(domain, below))
      chosen = choose_breaking(f, below, claims, index, n, chosen);
    if (r.has_hi && interval_has(domain, above))
      chosen = choose_breaking(f, above, claims, index, n, chosen);
  }
  return chosen;
}

/*
 * The requirements that make the set: one for each size next to a piece is
 * mostly enough, so these are tried first; then one more for each size that is
 * still too much; then what is not needed goes.
 */
size_t blame_minimise(findings *f, interval domain, const allowed *all,
                      const claim **claims, size_t *index, size_t n) {
  enum { MOST_ROUNDS = 16 };
  size_t chosen = choose_borders(f, domain, all, claims, index, n);
  for (int round = 0; chosen && round < MOST_ROUNDS; round++) {
    integer extra;
    const allowed few = allowed_of(f->o, domain, claims, chosen);
    if (same_set(all, &few)) {
      n = chosen;
      break;
    }
    if (!few.exact || !find_extra(f->b->m, &few, all, &extra))
      break;
    const size_t more = choose_breaking(f, extra, claims, index, n, chosen);
    if (more == chosen)
      break;
    chosen = more;
  }
  return n <= MOST_SHRUNK ? shrink(f, domain, all, claims, index, n) : n;
}
