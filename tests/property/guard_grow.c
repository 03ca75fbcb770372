#include "tests/property/guard_grow.h"

/* A number from `low` to `high`. */
static int pick(guard_grower *g, int low, int high) {
  return (int)random_range(&g->random, low, high);
}

/* One of the names. */
static const char *pick_name(guard_grower *g) {
  return g->name[random_below(&g->random, g->name_count)];
}

/* A name, sometimes with a factor, or a number. */
static const char *grow_leaf(guard_grower *g) {
  const int dice = pick(g, 0, 9);
  if (dice < 6)
    return pick_name(g);
  if (dice < 8) {
    const int factor = pick(g, 2, 4);
    return arena_format(g->m, "%d*%s", factor, pick_name(g));
  }
  return arena_format(g->m, "%d", pick(g, 0, 12));
}

/* What something is divided by: mostly a number, sometimes 0 or below. */
static const char *grow_divisor(guard_grower *g) {
  const int dice = pick(g, 0, 11);
  if (dice == 0 && !g->safe) {
    const char *const name = pick_name(g);
    return arena_format(g->m, "(%s - %d)", name, pick(g, 0, 4));
  }
  if (dice == 1 && !g->safe)
    return arena_format(g->m, "(-%d)", pick(g, 1, 5));
  if (dice == 2 && !g->safe)
    return pick_name(g);
  return arena_format(g->m, "%d", pick(g, 2, 6));
}

/* A number. */
const char *grow_number(guard_grower *g, unsigned depth) {
  if (depth == 0)
    return grow_leaf(g);
  const char *const a = grow_number(g, depth - 1);
  const char *const b = grow_number(g, depth / 2);
  switch (pick(g, 0, 10)) {
  case 0:
  case 1:
    return arena_format(g->m, "(%s) // %s", a, grow_divisor(g));
  case 2:
  case 3:
    return arena_format(g->m, "(%s) %% %s", a, grow_divisor(g));
  case 4:
    return arena_format(g->m, "(%s) * (%s)", a, b);
  case 5:
    return arena_format(g->m, "max(%s, %s)", a, b);
  case 6:
    return arena_format(g->m, "min(%s, %s)", a, b);
  case 7:
    return arena_format(g->m, "((%s) if %s else (%s))", a, grow_guard(g, 0), b);
  case 8:
    return arena_format(g->m, "(%s) - (%s)", a, b);
  default:
    return arena_format(g->m, "(%s) + %d*(%s)", a, pick(g, -3, 3), b);
  }
}

/* A comparison of a number with another, mostly a plain one. */
static const char *grow_comparison(guard_grower *g, unsigned depth) {
  static const char *const text[] = {"==", "!=", "!=", "<=", "<", ">="};
  const char *const a = grow_number(g, depth);
  const char *const b = pick(g, 0, 2)
                            ? arena_format(g->m, "%d", pick(g, -1, 20))
                            : grow_number(g, depth / 2);
  return arena_format(g->m, "(%s %s %s)", a, text[pick(g, 0, 5)], b);
}

/* A condition. */
const char *grow_guard(guard_grower *g, unsigned depth) {
  const int dice = depth > 1 ? pick(g, 0, 8) : 8;
  if (dice > 2)
    return grow_comparison(g, depth);
  const char *const a = grow_guard(g, depth - 1);
  if (dice == 0)
    return arena_format(g->m, "not %s", a);
  return arena_format(g->m, "(%s %s %s)", a, dice == 1 ? "and" : "or",
                      grow_guard(g, depth - 1));
}
