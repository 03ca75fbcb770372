/* Sets of sizes in words. */
#include "lib/base/buffer.h"
#include "solver/allowed.h"

/* Sets with more pieces are cut short. */
enum { MOST_SHOWN = 8 };

/* Residues of larger moduli are not listed. */
enum { LARGEST_MODULUS = 4096 };

/* "8", "2..15" or "17..". */
static void add_range(buffer *out, interval r) {
  buffer_add(out, integer_text(out->arena, r.lo));
  if (interval_is_single(r))
    return;
  buffer_add(out, "..");
  if (r.has_hi)
    buffer_add(out, integer_text(out->arena, r.hi));
}

/* One piece: a range, or "4*k + 3 in 7..". */
static void add_piece(buffer *out, const piece *p) {
  if (!integer_is(p->modulo, 1)) {
    const char *m = integer_text(out->arena, p->modulo);
    if (integer_is(p->residue, 0))
      buffer_format(out, "multiples of %s in ", m);
    else
      buffer_format(out, "%s*k + %s in ", m,
                    integer_text(out->arena, p->residue));
  }
  add_range(out, p->range);
}

/* "a", "a or b", "a, b or c". */
static void add_separator(buffer *out, size_t i, size_t count) {
  if (i)
    buffer_add(out, i + 1 == count ? " or " : ", ");
}

/* The set in words. */
const char *allowed_text(arena *m, const allowed *a) {
  buffer out;
  buffer_init(&out, m);
  if (a->count == 0)
    return "nothing";
  for (size_t i = 0; i < a->count && i < MOST_SHOWN; i++) {
    add_separator(&out, i, a->count);
    add_piece(&out, &a->piece[i]);
  }
  if (a->count > MOST_SHOWN)
    buffer_format(&out, " or %zu more", a->count - MOST_SHOWN);
  return out.text;
}

/* Whether the bounds of `r` are no narrower than `domain`, up to the stride. */
static bool same_low(arena *m, const piece *p, interval domain) {
  return domain.has_lo &&
         integer_compare(integer_sub(m, p->range.lo, p->modulo), domain.lo) < 0;
}

/* The same at the upper end. */
static bool same_high(arena *m, const piece *p, interval domain) {
  if (!p->range.has_hi)
    return true;
  return domain.has_hi &&
         integer_compare(integer_add(m, p->range.hi, p->modulo), domain.hi) > 0;
}

/* "must be at most 511", "must be a multiple of 4 and at least 8". */
static const char *demand_of_piece(arena *m, const piece *p, interval domain) {
  buffer out;
  buffer_init(&out, m);
  const bool low = !same_low(m, p, domain), high = !same_high(m, p, domain);
  buffer_add(&out, "must be ");
  if (interval_is_single(p->range)) {
    buffer_add(&out, integer_text(m, p->range.lo));
    return out.text;
  }
  if (integer_is(p->modulo, 1) && low && high) {
    add_range(&out, p->range);
    return out.text;
  }
  if (!integer_is(p->modulo, 1)) {
    if (!integer_is(p->residue, 0))
      buffer_format(&out, "%s more than ", integer_text(m, p->residue));
    buffer_format(&out, "a multiple of %s", integer_text(m, p->modulo));
  }
  if (low)
    buffer_format(&out, "%sat least %s", integer_is(p->modulo, 1) ? "" : ", ",
                  integer_text(m, p->range.lo));
  if (high)
    buffer_format(&out, "%sat most %s",
                  integer_is(p->modulo, 1) && !low ? "" : ", ",
                  integer_text(m, p->range.hi));
  return out.text;
}

/* Whether the set is the domain without single sizes; lists them. */
static bool is_domain_with_holes(arena *m, const allowed *a, interval domain,
                                 buffer *out) {
  if (a->count < 2 || a->count > MOST_SHOWN ||
      !same_low(m, &a->piece[0], domain) ||
      !same_high(m, &a->piece[a->count - 1], domain))
    return false;
  buffer_add(out, "must not be ");
  for (size_t i = 0; i < a->count; i++) {
    const piece *p = &a->piece[i];
    if (!integer_is(p->modulo, 1))
      return false;
    if (i == 0)
      continue;
    const interval before = a->piece[i - 1].range;
    const integer hole = integer_add(m, before.hi, integer_of(1));
    if (!before.has_hi ||
        !integer_equal(integer_add(m, hole, integer_of(1)), p->range.lo))
      return false;
    add_separator(out, i - 1, a->count - 1);
    buffer_add(out, integer_text(m, hole));
  }
  return true;
}

/* The modulus that all pieces are classes of, each over the whole domain; 0
 * where they are not, or it is large. */
static int64_t common_modulus(arena *m, const allowed *a, interval domain) {
  integer all = integer_of(1);
  for (size_t i = 0; i < a->count; i++) {
    const piece *p = &a->piece[i];
    if (integer_is(p->modulo, 1) || !same_low(m, p, domain) ||
        !same_high(m, p, domain))
      return 0;
    all = integer_lcm(m, all, p->modulo);
    if (integer_compare(all, integer_of(LARGEST_MODULUS)) > 0)
      return 0;
  }
  return all.small;
}

/* Whether sizes with the residue r modulo the common modulus are in the set. */
static bool has_residue(const allowed *a, int64_t r) {
  for (size_t i = 0; i < a->count; i++)
    if (r % a->piece[i].modulo.small == a->piece[i].residue.small)
      return true;
  return false;
}

/* How many residues are in the set. */
static int64_t count_residues(const allowed *a, int64_t modulus) {
  int64_t n = 0;
  for (int64_t r = 0; r < modulus; r++)
    n += has_residue(a, r);
  return n;
}

/* "0, 1 or 3": the `total` residues in the set, or those that are not. */
static void add_residues(buffer *out, const allowed *a, int64_t modulus,
                         bool inside, int64_t total) {
  size_t n = 0;
  for (int64_t r = 0; r < modulus; r++)
    if (has_residue(a, r) == inside) {
      add_separator(out, n++, (size_t)total);
      buffer_add(out, integer_text(out->arena, integer_of(r)));
    }
}

/* Whether the set is the domain within some classes, or without some. */
static bool is_domain_in_classes(arena *m, const allowed *a, interval domain,
                                 buffer *out) {
  const int64_t modulus = common_modulus(m, a, domain);
  if (a->count < 2 || modulus == 0)
    return false;
  const int64_t in = count_residues(a, modulus), missing = modulus - in;
  const char *text = integer_text(m, integer_of(modulus));
  if (missing == 1 && !has_residue(a, 0)) {
    buffer_format(out, "must not be a multiple of %s", text);
    return true;
  }
  const bool inside = in <= missing;
  if ((inside ? in : missing) > MOST_SHOWN)
    return false;
  buffer_add(out, inside ? "must leave the remainder "
                         : "must not leave the remainder ");
  add_residues(out, a, modulus, inside, inside ? in : missing);
  buffer_format(out, " when divided by %s", text);
  return true;
}

/* What a dim must be so that it lies in the set. */
const char *allowed_demand(arena *m, const allowed *a, interval domain) {
  buffer out;
  if (a->count == 0)
    return "cannot have any size";
  if (a->count == 1)
    return demand_of_piece(m, &a->piece[0], domain);
  buffer_init(&out, m);
  if (is_domain_with_holes(m, a, domain, &out))
    return out.text;
  buffer_init(&out, m);
  if (is_domain_in_classes(m, a, domain, &out))
    return out.text;
  return arena_format(m, "must be %s", allowed_text(m, a));
}
