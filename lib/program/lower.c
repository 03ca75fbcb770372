#include "lib/program/lower.h"

#include <assert.h>

/* ---- Blocks -------------------------------------------------------------- */

/* The slots are registers of every block. */
void lowering_init(lowering *l, dimsat_context *cx, arena *m,
                   const expr *const *slot, const interval *range,
                   size_t slot_count) {
  *l = (lowering){0};
  facts_init(&l->facts, cx, m);
  l->range = arena_alloc(m, (slot_count + 1) * sizeof *l->range);
  for (size_t i = 0; i < slot_count; i++) {
    l->range[i] = range[i];
    facts_size(&l->facts, slot[i], range[i]);
  }
}

/* An empty block. */
void lowering_begin(lowering *l) {
  facts_forget(&l->facts, l->range);
  l->block = (block){0};
  l->word_at = NULL;
  l->word_mask = 0;
}

/* Appends an instruction. */
static void add(lowering *l, instruction x) {
  block *const b = &l->block;
  b->code =
      arena_grow(l->facts.m, b->code, b->count, &b->capacity, sizeof *b->code);
  b->code[b->count++] = x;
}

/* Appends one that writes a new register. */
static uint32_t add_result(lowering *l, instruction x) {
  x.out = REGISTER_RESULT | l->block.result_count++;
  add(l, x);
  return x.out;
}

/* Where a constant stands in the table of constants, or goes. */
static uint32_t *word_place(lowering *l, int64_t value) {
  uint64_t at = (uint64_t)value * UINT64_C(0x9e3779b97f4a7c15) >> 20;
  for (;; at++) {
    uint32_t *const place = &l->word_at[at & l->word_mask];
    if (*place == 0 || l->block.constant[*place - 1] == value)
      return place;
  }
}

/* Twice as many places for constants. */
static void grow_words(lowering *l) {
  l->word_mask = l->word_mask ? 2 * l->word_mask + 1 : 15;
  l->word_at = arena_zeroed(l->facts.m, l->word_mask + 1, sizeof *l->word_at);
  for (size_t i = 0; i < l->block.constant_count; i++)
    *word_place(l, l->block.constant[i]) = (uint32_t)i + 1;
}

/* The register of a constant. */
static uint32_t constant(lowering *l, int64_t value) {
  block *const b = &l->block;
  if (2 * b->constant_count >= l->word_mask)
    grow_words(l);
  uint32_t *const place = word_place(l, value);
  if (*place == 0) {
    b->constant = arena_grow(l->facts.m, b->constant, b->constant_count,
                             &b->constant_capacity, sizeof *b->constant);
    b->constant[b->constant_count++] = value;
    *place = (uint32_t)b->constant_count;
  }
  return REGISTER_CONSTANT | (*place - 1);
}

/* ---- Numbers ------------------------------------------------------------- */

static uint32_t register_of(lowering *l, const expr *e);

/* The interval of a node. */
static interval range_of(lowering *l, const expr *e) {
  return facts_of(&l->facts, e)->range;
}

/* `plain`, or `checked` where the result may leave a word. */
static operation safe(interval result, operation plain, operation checked) {
  return fits_word(result) ? plain : checked;
}

/* What is known of a dividend. */
static uint32_t sign_of(interval r) {
  if (!fits_word(r) || r.lo.small < 0)
    return SIGN_ANY;
  return r.hi.small < INT64_C(1) << 31 ? SIGN_SHORT : SIGN_UP;
}

/* A sum so far, or factor*term + constant where there is none. */
typedef struct {
  bool started;
  uint32_t sum;
  interval range;
} partial_sum;

/* factor*term + constant as the start of a sum. */
static void start_sum(lowering *l, partial_sum *s, int64_t factor,
                      const expr *term, int64_t start) {
  arena *const m = l->facts.m;
  const integer c = integer_of(start);
  const interval product =
      range_step(m, interval_of(integer_of(0), integer_of(0)),
                 integer_of(factor), range_of(l, term));
  s->started = true;
  s->sum = register_of(l, term);
  s->range = interval_add(m, product, interval_of(c, c));
  if (factor == 1 && start == 0)
    return;
  const bool plain = fits_word(product) && fits_word(s->range);
  instruction x = {.op = plain ? DO_SCALE : DO_SCALE_CHECKED,
                   .a = s->sum,
                   .i = factor,
                   .j = start};
  if (factor == 1 || factor == -1) {
    x.b = constant(l, start);
    x.op = safe(s->range, DO_ADD, DO_ADD_CHECKED);
  }
  if (factor == -1) {
    x.op = safe(s->range, DO_SUB, DO_SUB_CHECKED);
    x.a = x.b;
    x.b = s->sum;
  }
  s->sum = add_result(l, x);
}

/* Adds factor*term to a sum. */
static void extend_sum(lowering *l, partial_sum *s, int64_t factor,
                       const expr *term) {
  arena *const m = l->facts.m;
  const uint32_t x = register_of(l, term);
  const interval zero = interval_of(integer_of(0), integer_of(0));
  const interval product =
      range_step(m, zero, integer_of(factor), range_of(l, term));
  s->range = range_step(m, s->range, integer_of(factor), range_of(l, term));
  if (factor == 1)
    s->sum = add_result(
        l, (instruction){.op = safe(s->range, DO_ADD, DO_ADD_CHECKED),
                         .a = s->sum,
                         .b = x});
  else if (factor == -1)
    s->sum = add_result(
        l, (instruction){.op = safe(s->range, DO_SUB, DO_SUB_CHECKED),
                         .a = s->sum,
                         .b = x});
  else
    s->sum = add_result(
        l, (instruction){.op = fits_word(product) && fits_word(s->range)
                                   ? DO_SCALE_ADD
                                   : DO_SCALE_ADD_CHECKED,
                         .a = x,
                         .b = s->sum,
                         .i = factor});
}

/* constant + sum of coefficient*operand.  Terms with factor 1 come first, so
 * that nothing is to be scaled where nothing must be. */
static uint32_t lower_sum(lowering *l, const expr *e, int64_t start) {
  partial_sum s = {0};
  for (int pass = 0; pass < 2; pass++)
    for (uint32_t i = 0; i < e->count; i++) {
      const int64_t factor = e->coefficient[i].small;
      if ((factor == 1) != (pass == 0))
        continue;
      if (factor == 0)
        register_of(l, e->arg[i]);
      else if (s.started)
        extend_sum(l, &s, factor, e->arg[i]);
      else
        start_sum(l, &s, factor, e->arg[i], start);
    }
  return s.started ? s.sum : constant(l, start);
}

/* One step of an operator that takes its operands one by one. */
static uint32_t lower_step(lowering *l, op o, uint32_t a, uint32_t b,
                           interval result) {
  operation x = DO_MINIMUM;
  if (o == OP_MUL)
    x = safe(result, DO_MUL, DO_MUL_CHECKED);
  else if (o == OP_MAX)
    x = DO_MAXIMUM;
  else if (o == OP_BITAND || o == OP_AND)
    x = DO_BIT_AND;
  else if (o == OP_BITOR || o == OP_OR)
    x = DO_BIT_OR;
  else if (o == OP_BITXOR)
    x = DO_BIT_XOR;
  return add_result(l, (instruction){.op = x, .a = a, .b = b});
}

/* Products, min, max, bitwise operators and connectives. */
static uint32_t lower_fold(lowering *l, const expr *e) {
  uint32_t sum = register_of(l, e->arg[0]);
  interval range = range_of(l, e->arg[0]);
  for (uint32_t i = 1; i < e->count; i++) {
    const uint32_t x = register_of(l, e->arg[i]);
    if (e->op == OP_MUL)
      range = range_product(l->facts.m, range, range_of(l, e->arg[i]));
    sum = lower_step(l, (op)e->op, sum, x, range);
  }
  return sum;
}

/* ---- Divisions ----------------------------------------------------------- */

/* The divisor, after a check that it is not 0. */
static uint32_t lower_divisor(lowering *l, const expr *e) {
  const uint32_t x = register_of(l, e);
  const interval r = range_of(l, e);
  if (!interval_has(r, integer_of(0)))
    return x;
  add(l, (instruction){.op = DO_TEST_OTHER, .a = x, .i = 0});
  if (r.has_lo && integer_is(r.lo, 0))
    facts_learn(&l->facts, e, interval_from(integer_of(1)));
  else if (r.has_hi && integer_is(r.hi, 0))
    facts_learn(&l->facts, e, interval_upto(integer_of(-1)));
  return x;
}

/* Quotient or remainder. */
static uint32_t lower_division(lowering *l, const expr *e) {
  const bool quotient = e->op == OP_FLOORDIV;
  const expr *const a = e->arg[0], *const b = e->arg[1];
  instruction x = {.a = register_of(l, a)};
  if (b->op == OP_INT && b->value.small > 0) {
    x.op = quotient ? DO_DIVIDE_BY : DO_MODULO_BY;
    x.c = sign_of(range_of(l, a));
    x.i = b->value.small;
    return add_result(l, x);
  }
  x.b = lower_divisor(l, b);
  const uint32_t up = sign_of(range_of(l, a)), by = sign_of(range_of(l, b));
  if (up == SIGN_ANY || by == SIGN_ANY)
    x.op = quotient ? safe(range_of(l, e), DO_DIVIDE, DO_DIVIDE_CHECKED)
                    : DO_MODULO;
  else if (up == SIGN_SHORT && by == SIGN_SHORT)
    x.op = quotient ? DO_DIVIDE_SHORT : DO_MODULO_SHORT;
  else
    x.op = quotient ? DO_DIVIDE_UP : DO_MODULO_UP;
  return add_result(l, x);
}

/* ---- Conditions ---------------------------------------------------------- */

/* How a condition is used: as a check, or as 1 or 0; and turned round. */
typedef struct {
  bool check, negate;
} use;

/* Appends a condition, given as its IS_ operation. */
static uint32_t finish(lowering *l, use u, operation is, instruction x) {
  x.op = u.check ? is + 1 : is;
  if (!u.check)
    return add_result(l, x);
  add(l, x);
  return 0;
}

/* Whether `e` is `x % k` for a number k above 0 and c is one of its values. */
static bool is_residue(const expr *e, int64_t c) {
  return e->op == OP_MOD && e->arg[1]->op == OP_INT && c >= 0 &&
         e->arg[1]->value.small > c;
}

/* e == c */
static uint32_t lower_equals(lowering *l, use u, const expr *e, int64_t c) {
  if (is_residue(e, c)) {
    const expr *const a = e->arg[0];
    return finish(l, u, u.negate ? DO_IS_NO_RESIDUE_BY : DO_IS_RESIDUE_BY,
                  (instruction){.a = register_of(l, a),
                                .c = sign_of(range_of(l, a)),
                                .i = e->arg[1]->value.small,
                                .j = c});
  }
  return finish(l, u, u.negate ? DO_IS_OTHER : DO_IS_WITHIN,
                (instruction){.a = register_of(l, e), .i = c});
}

/* `*e` and `*constant` become a part of the sum `*e` and the rest of it, where
 * the two can be added without overflow. */
static void split_sum(lowering *l, const expr **e, int64_t *rest) {
  const expr *const s = *e;
  if (s->op != OP_ADD || s->count != 1 || !integer_is(s->coefficient[0], 1) ||
      !fits_word(range_of(l, s)))
    return;
  *rest = s->value.small;
  *e = s->arg[0];
}

/* a == b */
static uint32_t lower_equal(lowering *l, use u, const expr *e) {
  const expr *a = e->arg[0], *b = e->arg[1];
  int64_t rest = 0;
  if (a->op == OP_INT && b->op != OP_INT)
    return lower_equals(l, u, b, a->value.small);
  if (b->op == OP_INT)
    return lower_equals(l, u, a, b->value.small);
  split_sum(l, &a, &rest);
  if (rest == 0) {
    split_sum(l, &b, &rest);
    if (rest != 0) {
      const expr *const other = a;
      a = b;
      b = other;
    }
  }
  const uint32_t x = register_of(l, a), y = register_of(l, b);
  return finish(l, u, u.negate ? DO_IS_DIFFERENT : DO_IS_EQUAL,
                (instruction){.a = x, .b = y, .i = rest});
}

/* a <= b */
static uint32_t lower_at_most(lowering *l, use u, const expr *e) {
  const expr *a = e->arg[0], *b = e->arg[1];
  int64_t rest = 0;
  instruction x = {.i = INT64_MIN};
  assert(!u.negate);
  if (a->op == OP_INT || b->op == OP_INT) {
    const bool low = a->op == OP_INT;
    x.a = register_of(l, low ? b : a);
    if (low)
      x.i = a->value.small;
    x.j = wrap_sub(low ? INT64_MAX : b->value.small, x.i);
    return finish(l, u, DO_IS_WITHIN, x);
  }
  split_sum(l, &a, &rest);
  x.a = register_of(l, a);
  x.b = register_of(l, b);
  x.i = rest;
  return finish(l, u, DO_IS_AT_MOST, x);
}

/* A condition as a check or as a number.  Of what has a machine form, only an
 * equality stands under a `not` (build_truth.c). */
static uint32_t lower_truth(lowering *l, use u, const expr *e) {
  if (e->op == OP_NOT) {
    e = e->arg[0];
    u.negate = !u.negate;
  }
  if (e->op == OP_EQ)
    return lower_equal(l, u, e);
  if (e->op == OP_LE)
    return lower_at_most(l, u, e);
  uint32_t x;
  if (e->op == OP_TRUE || e->op == OP_FALSE)
    x = constant(l, e->op == OP_TRUE);
  else
    x = lower_fold(l, e);
  if (u.check)
    add(l, (instruction){.op = DO_TEST_OTHER, .a = x});
  return x;
}

/* ---- Nodes --------------------------------------------------------------- */

/* The branch taken; both are computed. */
static uint32_t lower_choice(lowering *l, const expr *e) {
  const uint32_t a = register_of(l, e->arg[0]), b = register_of(l, e->arg[1]),
                 c = register_of(l, e->arg[2]);
  return add_result(l, (instruction){.op = DO_CHOOSE, .a = a, .b = b, .c = c});
}

/* A number as a float: itself below 2**53; else nobody knows. */
static uint32_t lower_float(lowering *l, const expr *e) {
  const int64_t most = (INT64_C(1) << 53) - 1;
  const interval exact = interval_of(integer_of(-most), integer_of(most));
  const uint32_t x = register_of(l, e->arg[0]);
  if (interval_contains(exact, range_of(l, e->arg[0])))
    return x;
  facts_learn(&l->facts, e, exact);
  return add_result(
      l, (instruction){.op = DO_FENCE, .a = x, .i = -most, .j = 2 * most});
}

/* The instructions of a node. */
static uint32_t lower_node(lowering *l, const expr *e) {
  if (e->truth)
    return lower_truth(l, (use){0}, e);
  if (e->op == OP_INT)
    return constant(l, e->value.small);
  if (e->op == OP_ADD)
    return lower_sum(l, e, e->value.small);
  if (e->op == OP_FLOORDIV || e->op == OP_MOD)
    return lower_division(l, e);
  if (e->op == OP_ITE)
    return lower_choice(l, e);
  if (e->op == OP_FLOAT)
    return lower_float(l, e);
  return lower_fold(l, e);
}

/* The register that holds a node, computed when first asked for in a block.
 * After it the node is a word: else exact evaluation has taken over. */
static uint32_t register_of(lowering *l, const expr *e) {
  fact *const x = facts_of(&l->facts, e);
  if (x->placed)
    return x->result;
  x->result = lower_node(l, e);
  x->placed = true;
  facts_learn(&l->facts, e, interval_word());
  return x->result;
}

/* ---- Checks -------------------------------------------------------------- */

/* What an equality that holds tells of its sides. */
static void learn_equal(lowering *l, const expr *e) {
  if (e->op != OP_EQ || e->arg[0]->truth)
    return;
  facts_learn(&l->facts, e->arg[0], range_of(l, e->arg[1]));
  facts_learn(&l->facts, e->arg[1], range_of(l, e->arg[0]));
}

/* A check that a condition holds. */
void lower_condition(lowering *l, const expr *e) {
  lower_truth(l, (use){.check = true}, e);
  learn_equal(l, e);
}

/* A check of a range, as far as words go; none where the facts suffice. */
void lower_range(lowering *l, const expr *e, interval range) {
  if (!e->partial && interval_contains(range, range_of(l, e)))
    return;
  const uint32_t x = register_of(l, e);
  const interval within = interval_meet(range, interval_word());
  if (interval_is_empty(within))
    add(l, (instruction){.op = DO_TEST_OTHER, .a = constant(l, 0)});
  else if (!interval_contains(range, range_of(l, e)))
    add(l, (instruction){.op = DO_TEST_WITHIN,
                         .a = x,
                         .i = within.lo.small,
                         .j = wrap_sub(within.hi.small, within.lo.small)});
  facts_learn(&l->facts, e, range);
  if (e->op == OP_SYMBOL)
    l->range[x] = range_of(l, e);
}
