/* Relations in words. */
#include "lib/observe/observation.h"

/* Its name without a reason: every column of a class is as good. */
const char *observe_term(const dimsat_observation *o, size_t f) {
  return o->column[o->family[f].first].name;
}

/* One word. */
const char *observe_status_word(relation_status status) {
  static const char *const words[] = {
      [STATUS_OBSERVED] = "observed",     [STATUS_NECESSARY] = "necessary",
      [STATUS_INCIDENTAL] = "incidental", [STATUS_REFUTED] = "refuted",
      [STATUS_UNDECIDED] = "undecided",
  };
  return words[status];
}

/* How many factors have that sign. */
static size_t count_sign(const dimsat_observation *o, const integer *factor,
                         int sign) {
  size_t count = 0;
  for (size_t f = 0; f < o->family_count; f++)
    count += integer_sign(factor[f]) == sign;
  return count;
}

/* The first class whose factor has that sign, or NONE. */
static size_t first_with(const dimsat_observation *o, const integer *factor,
                         int sign) {
  for (size_t f = 0; f < o->family_count; f++)
    if (integer_sign(factor[f]) == sign)
      return f;
  return OBSERVED_NONE;
}

/* Whether the sides change places: positive factors go to the left.  The
 * shorter side goes there, then the smaller factor, then the constant is to be
 * positive on the right, then the later class goes to the left. */
static bool must_flip(const dimsat_observation *o, const integer *factor,
                      integer rest) {
  const size_t left = count_sign(o, factor, 1);
  const size_t right = count_sign(o, factor, -1);
  if (left == 0 || right == 0)
    return left == 0;
  if (left != right)
    return left > right;
  const size_t up = first_with(o, factor, 1);
  const size_t down = first_with(o, factor, -1);
  const integer a = factor[up];
  const integer b = integer_neg(&o->cx->work, factor[down]);
  if (left == 1 && !integer_equal(a, b))
    return integer_compare(a, b) > 0;
  if (integer_sign(rest) != 0)
    return integer_sign(rest) > 0;
  return up < down;
}

/* Appends the terms whose factors have that sign, without it. */
static void add_side(buffer *b, const dimsat_observation *o,
                     const integer *factor, int sign) {
  const char *between = "";
  for (size_t f = 0; f < o->family_count; f++) {
    if (integer_sign(factor[f]) != sign)
      continue;
    const integer size = integer_abs(b->arena, factor[f]);
    buffer_add(b, between);
    if (!integer_is(size, 1))
      buffer_format(b, "%s*", integer_text(b->arena, size));
    buffer_add(b, observe_term(o, f));
    between = " + ";
  }
}

/* Appends the constant of the right side, which may be all of it. */
static void add_constant(buffer *b, integer constant, bool alone) {
  const char *const digits =
      integer_text(b->arena, integer_abs(b->arena, constant));
  const bool negative = integer_sign(constant) < 0;
  if (alone)
    buffer_format(b, "%s%s", negative ? "-" : "", digits);
  else if (integer_sign(constant) != 0)
    buffer_format(b, " %s %s", negative ? "-" : "+", digits);
}

/* The constant goes to the right. */
const char *observe_affine_text(const dimsat_observation *o, integer *factor,
                                integer *rest, size_t *left) {
  arena *const m = &o->cx->nodes;
  buffer b;
  if (must_flip(o, factor, *rest)) {
    for (size_t f = 0; f < o->family_count; f++)
      factor[f] = integer_neg(m, factor[f]);
    *rest = integer_neg(m, *rest);
  }
  const size_t lead = first_with(o, factor, 1);
  const bool single =
      count_sign(o, factor, 1) == 1 && integer_is(factor[lead], 1);
  *left = single ? lead : OBSERVED_NONE;
  buffer_init(&b, m);
  add_side(&b, o, factor, 1);
  buffer_add(&b, " == ");
  add_side(&b, o, factor, -1);
  add_constant(&b, integer_neg(m, *rest), count_sign(o, factor, -1) == 0);
  return b.text;
}
