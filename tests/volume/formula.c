#include "tests/volume/formula.h"

/* ---- Growing ------------------------------------------------------------ */

/* A number from `low` to `high`. */
static int64_t pick(garden *g, int64_t low, int64_t high) {
  return random_range(g->random, low, high);
}

/* A formula of these parts. */
static const formula *new_formula(arena *m, formula f) {
  formula *const copy = arena_alloc(m, sizeof *copy);
  *copy = f;
  return copy;
}

/* An operator of two operands. */
static const formula *join(garden *g, formula_kind kind, const formula *a,
                           const formula *b) {
  return new_formula(g->m, (formula){.kind = kind, .a = a, .b = b});
}

/* A number that is written out. */
static const formula *grow_constant(garden *g, int64_t low, int64_t high) {
  return new_formula(
      g->m, (formula){.kind = FORM_NUMBER, .number = pick(g, low, high)});
}

/* One of the names. */
static const formula *grow_name(garden *g) {
  return new_formula(
      g->m, (formula){.kind = FORM_NAME,
                      .name = g->first + random_below(g->random, g->count),
                      .spelling = random_below(g->random, 4)});
}

/* A name, sometimes with a factor, or a number. */
static const formula *grow_leaf(garden *g) {
  const int64_t dice = pick(g, 0, 9);
  if (dice < 6)
    return grow_name(g);
  return dice < 8 ? join(g, FORM_MUL, grow_constant(g, 2, 4), grow_name(g))
                  : grow_constant(g, 0, 12);
}

/* What something is divided by: mostly a number, sometimes 0 or below. */
static const formula *grow_divisor(garden *g) {
  const int64_t dice = g->safe ? 9 : pick(g, 0, 9);
  if (dice == 0)
    return join(g, FORM_SUB, grow_name(g), grow_constant(g, 0, 4));
  if (dice == 1)
    return grow_constant(g, -5, -1);
  return dice == 2 ? grow_name(g) : grow_constant(g, 2, 6);
}

static const formula *grow_comparison(garden *g, unsigned depth);

/* A number. */
static const formula *grow_number(garden *g, unsigned depth) {
  if (depth == 0)
    return grow_leaf(g);
  const formula *const a = grow_number(g, depth - 1);
  switch (pick(g, 0, 11)) {
  case 0:
  case 1:
    return join(g, FORM_DIV, a, grow_divisor(g));
  case 2:
  case 3:
    return join(g, FORM_MOD, a, grow_divisor(g));
  case 4:
    return join(g, FORM_MUL, a, grow_number(g, depth / 2));
  case 5:
    return join(g, FORM_MAX, a, grow_number(g, depth / 2));
  case 6:
    return join(g, FORM_MIN, a, grow_number(g, depth / 2));
  case 7:
    return new_formula(g->m, (formula){.kind = FORM_CHOICE,
                                       .a = a,
                                       .b = grow_number(g, depth / 2),
                                       .c = grow_comparison(g, 0)});
  case 8:
  case 9:
    return join(g, FORM_SUB, a, grow_number(g, depth / 2));
  default:
    return join(
        g, FORM_ADD, a,
        join(g, FORM_MUL, grow_constant(g, -3, 3), grow_number(g, depth / 2)));
  }
}

/* A comparison, mostly with a plain number. */
static const formula *grow_comparison(garden *g, unsigned depth) {
  static const formula_kind relation[] = {FORM_EQ, FORM_EQ, FORM_NE, FORM_NE,
                                          FORM_LE, FORM_LT, FORM_GE, FORM_GT};
  const formula *const a = grow_number(g, depth);
  const formula *const b =
      pick(g, 0, 2) ? grow_constant(g, -1, 20) : grow_number(g, depth / 2);
  return join(g, relation[pick(g, 0, 7)], a, b);
}

/* A condition at most this deep. */
static const formula *grow_condition(garden *g, unsigned depth) {
  const int64_t dice = depth > 1 ? pick(g, 0, 8) : 8;
  if (dice > 2)
    return grow_comparison(g, depth);
  const formula *const a = grow_condition(g, depth - 1);
  if (dice == 0)
    return join(g, FORM_NOT, a, NULL);
  return join(g, dice == 1 ? FORM_AND : FORM_OR, a,
              grow_condition(g, depth - 1));
}

/* A condition, mostly plain. */
const formula *formula_grow(garden *g) {
  return grow_condition(g, (unsigned)pick(g, 0, 2));
}

/* A number compared with what it is at these sizes, or near it. */
const formula *formula_fit(garden *g, const int64_t *at) {
  const formula *const f = grow_number(g, (unsigned)pick(g, 1, 2));
  int64_t now;
  if (!formula_value(f, at, &now))
    return NULL;
  const int64_t some = pick(g, 1, 9);
  switch (pick(g, 0, 5)) {
  case 0:
  case 1:
  case 2:
    return join(g, FORM_EQ, f, grow_constant(g, now, now));
  case 3:
    return join(g, FORM_NE, f, grow_constant(g, now + some, now + some));
  case 4:
    return join(g, FORM_LE, f, grow_constant(g, now, now + some));
  default:
    return join(g, FORM_GE, f, grow_constant(g, now - some, now));
  }
}

/* a or b. */
const formula *formula_or(arena *m, const formula *a, const formula *b) {
  return new_formula(m, (formula){.kind = FORM_OR, .a = a, .b = b});
}

/* A condition over two variables that holds at all sizes. */
const formula *formula_true(arena *m, size_t x, size_t y) {
  formula *const f = arena_alloc(m, 7 * sizeof *f);
  f[0] = (formula){.kind = FORM_GE, .a = &f[1], .b = &f[2]};
  f[1] = (formula){.kind = FORM_ADD, .a = &f[3], .b = &f[4]};
  f[2] = (formula){.kind = FORM_NUMBER, .number = 0};
  f[3] = (formula){.kind = FORM_NAME, .name = x};
  f[4] = (formula){.kind = FORM_MUL, .a = &f[5], .b = &f[6]};
  f[5] = (formula){.kind = FORM_NUMBER, .number = 2};
  f[6] = (formula){.kind = FORM_NAME, .name = y};
  return f;
}

/* A number times, or divided by, the unit. */
static const formula *with_unit(arena *m, formula_kind kind, const formula *f,
                                int64_t unit) {
  const formula *const number =
      new_formula(m, (formula){.kind = FORM_NUMBER, .number = unit});
  return new_formula(m, (formula){.kind = kind, .a = f, .b = number});
}

/* What says the same of sizes that count `unit` times more. */
const formula *formula_scale(arena *m, const formula *f, int64_t unit) {
  formula more = *f;
  more.number *= unit;
  if (f->a)
    more.a = formula_scale(m, f->a, unit);
  if (f->b)
    more.b = formula_scale(m, f->b, unit);
  if (f->c)
    more.c = formula_scale(m, f->c, unit);
  const formula *const all = new_formula(m, more);
  if (f->kind == FORM_MUL)
    return with_unit(m, FORM_DIV, all, unit);
  return f->kind == FORM_DIV ? with_unit(m, FORM_MUL, all, unit) : all;
}

/* ---- Meaning ------------------------------------------------------------ */

/* Rounded toward minus infinity. */
static int64_t floor_quotient(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* The value of an operator. */
static bool apply(formula_kind kind, int64_t a, int64_t b, int64_t c,
                  int64_t *value) {
  switch (kind) {
  case FORM_ADD:
    return *value = a + b, true;
  case FORM_SUB:
    return *value = a - b, true;
  case FORM_MUL:
    return *value = a * b, true;
  case FORM_DIV:
    return b != 0 && (*value = floor_quotient(a, b), true);
  case FORM_MOD:
    return b != 0 && (*value = a - b * floor_quotient(a, b), true);
  case FORM_MIN:
    return *value = a < b ? a : b, true;
  case FORM_MAX:
    return *value = a > b ? a : b, true;
  case FORM_CHOICE:
    return *value = c ? a : b, true;
  case FORM_EQ:
    return *value = a == b, true;
  case FORM_NE:
    return *value = a != b, true;
  case FORM_LE:
    return *value = a <= b, true;
  case FORM_LT:
    return *value = a < b, true;
  case FORM_GE:
    return *value = a >= b, true;
  case FORM_GT:
    return *value = a > b, true;
  case FORM_AND:
    return *value = a && b, true;
  case FORM_OR:
    return *value = a || b, true;
  case FORM_NOT:
    return *value = !a, true;
  case FORM_NUMBER:
  case FORM_NAME:
    break;
  }
  return false;
}

/* The value of a number, 0 or 1 of a condition. */
bool formula_value(const formula *f, const int64_t *at, int64_t *value) {
  int64_t a = 0, b = 0, c = 0;
  if (f->kind == FORM_NUMBER)
    return *value = f->number, true;
  if (f->kind == FORM_NAME)
    return *value = at[f->name], true;
  if (!formula_value(f->a, at, &a) || (f->b && !formula_value(f->b, at, &b)) ||
      (f->c && !formula_value(f->c, at, &c)))
    return false;
  return apply(f->kind, a, b, c, value);
}

/* Whether the condition has a value and holds. */
bool formula_holds(const formula *f, const int64_t *at) {
  int64_t value;
  return formula_value(f, at, &value) && value;
}

/* ---- Text --------------------------------------------------------------- */

/* Writes a, between, b. */
static void write_pair(buffer *out, const formula *f, const char *open,
                       const char *between, name_writer *name,
                       const void *data) {
  buffer_add(out, open);
  formula_write(out, f->a, name, data);
  buffer_add(out, between);
  formula_write(out, f->b, name, data);
  buffer_add(out, ")");
}

/* Writes the formula. */
void formula_write(buffer *out, const formula *f, name_writer *write,
                   const void *data) {
  static const char *const between[] = {
      [FORM_ADD] = " + ",  [FORM_SUB] = " - ",   [FORM_MUL] = "*",
      [FORM_DIV] = " // ", [FORM_MOD] = " % ",   [FORM_MIN] = ", ",
      [FORM_MAX] = ", ",   [FORM_EQ] = " == ",   [FORM_NE] = " != ",
      [FORM_LE] = " <= ",  [FORM_LT] = " < ",    [FORM_GE] = " >= ",
      [FORM_GT] = " > ",   [FORM_AND] = " and ", [FORM_OR] = " or "};
  if (f->kind == FORM_NUMBER) {
    buffer_format(out, f->number < 0 ? "(%jd)" : "%jd", (intmax_t)f->number);
  } else if (f->kind == FORM_NAME) {
    buffer_add(out, write(data, f->name, f->spelling));
  } else if (f->kind == FORM_NOT) {
    buffer_add(out, "(not ");
    formula_write(out, f->a, write, data);
    buffer_add(out, ")");
  } else if (f->kind == FORM_CHOICE) {
    buffer_add(out, "(");
    formula_write(out, f->a, write, data);
    buffer_add(out, " if ");
    formula_write(out, f->c, write, data);
    buffer_add(out, " else ");
    formula_write(out, f->b, write, data);
    buffer_add(out, ")");
  } else {
    const char *const open = f->kind == FORM_MIN   ? "min("
                             : f->kind == FORM_MAX ? "max("
                                                   : "(";
    write_pair(out, f, open, between[f->kind], write, data);
  }
}
