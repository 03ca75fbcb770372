#include "solver/z3_encode.h"

#include <assert.h>

/* Powers of a symbol are written out up to this exponent. */
#define POWER_LAST 64
/* A symbolic exponent of a constant base is one of this many in a row. */
#define EXPONENTS_OF_CONSTANT 64
/* The same for a symbolic base. */
#define EXPONENTS_OF_SYMBOL 8
/* Bit patterns of two symbols are written out for so many bits and a sign. */
#define BITS_WRITTEN 16
/* A constant bit mask has at most so many bits and runs of ones. */
#define MASK_BITS_LAST 4096
#define RUNS_LAST 64
/* From here on a float is not the integer that it came from. */
#define FLOAT_LIMIT (INT64_C(1) << 53)

/* A node and what it became. */
typedef struct {
  const expr *e;
  Z3_ast term;
  Z3_ast defined, certain; /* what the node itself adds, or NULL */
  interval range;          /* of a number: its values where it has one */
} encoded;

/* ---- Nodes that have a term --------------------------------------------- */

/* The entry of `e`, or NULL. */
static const encoded *find(const z3_encoder *n, const expr *e) {
  uint32_t at = e->hash;
  const encoded *x = table_next(&n->known, e->hash, &at);
  while (x != NULL && x->e != e)
    x = table_next(&n->known, e->hash, &at);
  return x;
}

/* The entry of an operand, which was encoded before its node. */
static const encoded *operand(const z3_encoder *n, const expr *e, size_t i) {
  const encoded *const x = find(n, e->arg[i]);
  assert(x != NULL);
  return x;
}

/* The range of an operand. */
static interval range_of(const z3_encoder *n, const expr *e, size_t i) {
  return operand(n, e, i)->range;
}

/* The term of an operand. */
static Z3_ast term_of(const z3_encoder *n, const expr *e, size_t i) {
  return operand(n, e, i)->term;
}

/* Remembers an entry. */
static void remember(z3_encoder *n, const encoded *x) {
  encoded *const copy = arena_alloc(n->m, sizeof *copy);
  *copy = *x;
  table_add(&n->known, n->m, x->e->hash, copy);
  n->nodes++;
}

/* An encoder without symbols. */
void encode_init(z3_encoder *n, dimsat_context *cx, arena *m, Z3_context z3) {
  assert(m != &cx->work);
  *n = (z3_encoder){.cx = cx, .m = m};
  terms_init(&n->terms, m, z3);
  table_init(&n->known, m, 64);
}

/* The constant is named by its place; a range of one number is that number. */
Z3_ast encode_symbol(z3_encoder *n, const expr *symbol, interval range) {
  const Z3_ast constant = term_constant(&n->terms, (int)n->nodes);
  encoded x = {.e = symbol, .term = constant, .range = range};
  if (interval_is_single(range))
    x.term = term_integer(&n->terms, range.lo);
  assert(symbol->op == OP_SYMBOL && find(n, symbol) == NULL);
  remember(n, &x);
  return constant;
}

/* Marks the node as not encoded, and says why. */
static void give_up(z3_encoder *n, encoded *x, const char *why) {
  x->term = x->e->truth ? n->terms.no : n->terms.zero;
  x->certain = n->terms.no;
  x->range = interval_all();
  if (n->obstacle == NULL)
    n->obstacle = why;
}

/* Marks the node as encoded only where `certain` holds. */
static void restrict_to(z3_encoder *n, encoded *x, Z3_ast certain,
                        const char *why) {
  x->certain = term_both(&n->terms, x->certain, certain);
  if (certain != NULL && n->obstacle == NULL)
    n->obstacle = why;
}

/* ---- Arithmetic --------------------------------------------------------- */

/* Constant and products of coefficient and operand. */
static void encode_sum(z3_encoder *n, encoded *x) {
  const expr *const e = x->e;
  Z3_ast *const part = arena_zeroed(n->m, (size_t)e->count + 1, sizeof *part);
  unsigned count = 0;
  x->range = interval_of(e->value, e->value);
  if (integer_sign(e->value) != 0 || e->count == 0)
    part[count++] = term_integer(&n->terms, e->value);
  for (size_t i = 0; i < e->count; i++) {
    const integer factor = e->coefficient[i];
    if (integer_sign(factor) == 0)
      continue;
    const interval scaled = interval_scale(n->m, range_of(n, e, i), factor);
    x->range = interval_add(n->m, x->range, scaled);
    part[count] = term_of(n, e, i);
    if (!integer_is(factor, 1))
      part[count] =
          term_mul(&n->terms, term_integer(&n->terms, factor), part[count]);
    count++;
  }
  x->term = n->terms.zero;
  if (count == 1)
    x->term = part[0];
  else if (count > 1)
    x->term = term_sum(&n->terms, part, count);
}

/* A flat product. */
static void encode_product(z3_encoder *n, encoded *x) {
  const expr *const e = x->e;
  Z3_ast *const part = arena_zeroed(n->m, e->count, sizeof *part);
  x->range = interval_of(integer_of(1), integer_of(1));
  for (size_t i = 0; i < e->count; i++) {
    part[i] = term_of(n, e, i);
    x->range = interval_mul(n->m, x->range, range_of(n, e, i));
  }
  x->term = term_product(&n->terms, part, e->count);
  n->hard = true;
}

/* Whether all of `a` is above 0. */
static bool above_zero(interval a) {
  return a.has_lo && integer_sign(a.lo) > 0;
}

/* Whether all of `a` is below 0. */
static bool below_zero(interval a) {
  return a.has_hi && integer_sign(a.hi) < 0;
}

/* Python's quotient or remainder for a divisor below 0. */
static Z3_ast divide_negative(z3_encoder *n, op o, Z3_ast a, Z3_ast b) {
  a = term_neg(&n->terms, a);
  b = term_neg(&n->terms, b);
  return o == OP_FLOORDIV ? term_div(&n->terms, a, b)
                          : term_neg(&n->terms, term_mod(&n->terms, a, b));
}

/* Python's quotient or remainder for a divisor above 0. */
static Z3_ast divide_positive(z3_encoder *n, op o, Z3_ast a, Z3_ast b) {
  return o == OP_FLOORDIV ? term_div(&n->terms, a, b)
                          : term_mod(&n->terms, a, b);
}

/* The same for the constant divisor `k`, so that Z3 sees its sign. */
static Z3_ast divide_constant(z3_encoder *n, op o, Z3_ast a, integer k) {
  if (integer_sign(k) > 0)
    return divide_positive(n, o, a, term_integer(&n->terms, k));
  const Z3_ast mirror = term_integer(&n->terms, integer_neg(n->m, k));
  const Z3_ast opposite = divide_positive(n, o, term_neg(&n->terms, a), mirror);
  return o == OP_FLOORDIV ? opposite : term_neg(&n->terms, opposite);
}

/* `//` and `%`: by the sign of the divisor, which is not 0. */
static void encode_division(z3_encoder *n, encoded *x) {
  const op o = (op)x->e->op;
  const Z3_ast a = term_of(n, x->e, 0), b = term_of(n, x->e, 1);
  const interval ra = range_of(n, x->e, 0), rb = range_of(n, x->e, 1);
  if (interval_is_single(rb) && integer_sign(rb.lo) == 0) {
    x->term = n->terms.zero;
    x->defined = n->terms.no;
    return;
  }
  x->range = o == OP_FLOORDIV ? interval_floordiv(n->m, ra, rb)
                              : interval_mod(n->m, ra, rb);
  n->hard = n->hard || !interval_is_single(rb);
  if (interval_is_single(rb)) {
    x->term = divide_constant(n, o, a, rb.lo);
  } else if (above_zero(rb)) {
    x->term = divide_positive(n, o, a, b);
  } else if (below_zero(rb)) {
    x->term = divide_negative(n, o, a, b);
  } else {
    x->defined = term_not(&n->terms, term_eq(&n->terms, b, n->terms.zero));
    x->term =
        term_ite(&n->terms, term_le(&n->terms, n->terms.zero, b),
                 divide_positive(n, o, a, b), divide_negative(n, o, a, b));
  }
}

/* The least or the greatest operand. */
static void encode_extreme(z3_encoder *n, encoded *x) {
  const expr *const e = x->e;
  const bool least = e->op == OP_MIN;
  x->term = term_of(n, e, 0);
  x->range = range_of(n, e, 0);
  for (size_t i = 1; i < e->count; i++) {
    const Z3_ast next = term_of(n, e, i);
    const interval range = range_of(n, e, i);
    const Z3_ast first = term_le(&n->terms, x->term, next);
    x->term = least ? term_ite(&n->terms, first, x->term, next)
                    : term_ite(&n->terms, first, next, x->term);
    x->range =
        least ? interval_min(x->range, range) : interval_max(x->range, range);
  }
}

/* One of two numbers. */
static void encode_branch(z3_encoder *n, encoded *x) {
  x->term = term_ite(&n->terms, term_of(n, x->e, 0), term_of(n, x->e, 1),
                     term_of(n, x->e, 2));
  x->range = interval_join(range_of(n, x->e, 1), range_of(n, x->e, 2));
}

/* The integer that the float was made of. */
static void encode_float(z3_encoder *n, encoded *x) {
  const interval exact =
      interval_of(integer_of(1 - FLOAT_LIMIT), integer_of(FLOAT_LIMIT - 1));
  x->term = term_of(n, x->e, 0);
  x->range = interval_meet(range_of(n, x->e, 0), exact);
  if (!interval_contains(exact, range_of(n, x->e, 0)))
    restrict_to(n, x, term_range(&n->terms, x->term, exact),
                "a float may reach 2**53, where it is no exact number");
}

/* ---- Powers ------------------------------------------------------------- */

/* `base` to a constant exponent. */
static Z3_ast power(z3_encoder *n, Z3_ast base, interval range, int64_t k) {
  if (interval_is_single(range))
    return term_integer(&n->terms, integer_pow(n->m, range.lo, (uint64_t)k));
  n->hard = n->hard || k > 1;
  if (k == 0)
    return term_small(&n->terms, 1);
  if (k == 1)
    return base;
  Z3_ast *const part = arena_zeroed(n->m, (size_t)k, sizeof *part);
  for (int64_t i = 0; i < k; i++)
    part[i] = base;
  return term_product(&n->terms, part, (size_t)k);
}

/* Whether each power up to `last` can be written out. */
static bool powers_fit(interval base, int64_t last) {
  if (!interval_is_single(base))
    return last <= POWER_LAST;
  return integer_bits(base.lo) * (uint64_t)last < 4096;
}

/* The values of a power, coarsely. */
static interval power_range(z3_encoder *n, interval base, interval exponent) {
  if (interval_is_single(exponent) && integer_is_small(exponent.lo) &&
      exponent.lo.small >= 0 && exponent.lo.small <= POWER_LAST)
    return interval_pow(n->m, base, (uint32_t)exponent.lo.small);
  if (base.has_lo && integer_sign(base.lo) >= 0)
    return interval_from(integer_of(integer_sign(base.lo)));
  return interval_all();
}

/* A choice among exponents in a row, as many as the base allows. */
static void encode_power(z3_encoder *n, encoded *x) {
  const Z3_ast base = term_of(n, x->e, 0), e = term_of(n, x->e, 1);
  const interval rb = range_of(n, x->e, 0), re = range_of(n, x->e, 1);
  integer first = integer_of(0);
  if (re.has_lo && integer_sign(re.lo) > 0)
    first = re.lo;
  if (!re.has_lo || integer_sign(re.lo) < 0)
    x->defined = term_le(&n->terms, n->terms.zero, e);
  integer last =
      integer_add(n->m, first,
                  integer_of(interval_is_single(rb) ? EXPONENTS_OF_CONSTANT
                                                    : EXPONENTS_OF_SYMBOL));
  const bool whole = re.has_hi && integer_compare(re.hi, last) <= 0;
  if (whole)
    last = integer_max(re.hi, first);
  if (!integer_is_small(last) || !powers_fit(rb, last.small)) {
    give_up(n, x, "an exponent is too large to be written out for Z3");
    return;
  }
  if (!whole)
    restrict_to(n, x, term_le(&n->terms, e, term_integer(&n->terms, last)),
                "an exponent may be too large to be written out for Z3");
  x->range = power_range(n, rb, re);
  x->term = power(n, base, rb, last.small);
  for (int64_t k = last.small - 1; k >= first.small; k--)
    x->term =
        term_ite(&n->terms, term_eq(&n->terms, e, term_small(&n->terms, k)),
                 power(n, base, rb, k), x->term);
}

/* ---- Bits --------------------------------------------------------------- *
 *
 * a | b is a + b - (a & b), and a ^ b is a + b - 2*(a & b), for all integers.
 */

/* The bits of `a` from `first` up to, but without, `last`, in their place. */
static Z3_ast bits_between(z3_encoder *n, Z3_ast a, uint64_t first,
                           uint64_t last) {
  const integer two = integer_of(2);
  const Z3_ast unit = term_integer(&n->terms, integer_pow(n->m, two, first));
  const Z3_ast room =
      term_integer(&n->terms, integer_pow(n->m, two, last - first));
  return term_mul(&n->terms, unit,
                  term_mod(&n->terms, term_div(&n->terms, a, unit), room));
}

/* Whether bit `k` of `mask`, which is not negative, is set. */
static bool bit_of(z3_encoder *n, integer mask, uint64_t k) {
  const integer bit = integer_pow(n->m, integer_of(2), k);
  return !integer_is(integer_and(n->m, mask, bit), 0);
}

/* `a & mask` for a constant mask from 0 up; NULL when it has too many runs. */
static Z3_ast mask_with(z3_encoder *n, Z3_ast a, integer mask) {
  Z3_ast sum = n->terms.zero;
  const uint64_t length = integer_bits(mask);
  unsigned runs = 0;
  for (uint64_t k = 0; k < length; k++) {
    const uint64_t first = k;
    while (k < length && bit_of(n, mask, k))
      k++;
    if (k == first)
      continue;
    if (++runs > RUNS_LAST)
      return NULL;
    sum = term_add(&n->terms, sum, bits_between(n, a, first, k));
  }
  return sum;
}

/* `a & mask`: for a mask below 0 it is `a` less what the mask takes away. */
static Z3_ast and_constant(z3_encoder *n, Z3_ast a, integer mask) {
  if (integer_bits(mask) > MASK_BITS_LAST)
    return NULL;
  if (integer_sign(mask) >= 0)
    return mask_with(n, a, mask);
  const integer rest = integer_sub(n->m, integer_of(-1), mask);
  const Z3_ast taken = mask_with(n, a, rest);
  return taken == NULL ? NULL : term_sub(&n->terms, a, taken);
}

/* Whether bit `k` of `a` is set. */
static Z3_ast bit_is_set(z3_encoder *n, Z3_ast a, unsigned k) {
  const Z3_ast two = term_small(&n->terms, 2),
               unit = term_small(&n->terms, INT64_C(1) << k);
  return term_eq(&n->terms,
                 term_mod(&n->terms, term_div(&n->terms, a, unit), two),
                 term_small(&n->terms, 1));
}

/* `a & b`, bit by bit and with a sign; both are short. */
static Z3_ast and_short(z3_encoder *n, Z3_ast a, Z3_ast b) {
  const Z3_ast least = term_small(&n->terms, -(INT64_C(1) << BITS_WRITTEN));
  const Z3_ast signs = term_both(
      &n->terms, term_not(&n->terms, term_le(&n->terms, n->terms.zero, a)),
      term_not(&n->terms, term_le(&n->terms, n->terms.zero, b)));
  Z3_ast sum = term_ite(&n->terms, signs, least, n->terms.zero);
  for (unsigned k = 0; k < BITS_WRITTEN; k++) {
    const Z3_ast set =
        term_both(&n->terms, bit_is_set(n, a, k), bit_is_set(n, b, k));
    sum = term_add(&n->terms, sum,
                   term_ite(&n->terms, set,
                            term_small(&n->terms, INT64_C(1) << k),
                            n->terms.zero));
  }
  return sum;
}

/* `a & b` of two operands; says in `x` where it is exact. */
static Z3_ast and_symbols(z3_encoder *n, encoded *x, const encoded *a,
                          const encoded *b) {
  const integer limit = integer_of(INT64_C(1) << BITS_WRITTEN);
  const interval exact = interval_of(integer_neg(n->m, limit),
                                     integer_sub(n->m, limit, integer_of(1)));
  Z3_ast short_a = NULL, short_b = NULL;
  if (!interval_contains(exact, a->range))
    short_a = term_range(&n->terms, a->term, exact);
  if (!interval_contains(exact, b->range))
    short_b = term_range(&n->terms, b->term, exact);
  const Z3_ast both = term_both(&n->terms, short_a, short_b);
  restrict_to(n, x, both, "bit operations on sizes may need more than 16 bits");
  n->hard = true;
  return and_short(n, a->term, b->term);
}

/* Whether no member of `a` is below 0. */
static bool not_negative(interval a) {
  return a.has_lo && integer_sign(a.lo) >= 0;
}

/* `a op b` for one of `&`, `|` and `^`; `x` takes term and range. */
static void encode_pair(z3_encoder *n, encoded *x, const encoded *a,
                        const encoded *b) {
  z3_terms *const t = &n->terms;
  Z3_ast common;
  if (interval_is_single(a->range))
    common = and_constant(n, b->term, a->range.lo);
  else if (interval_is_single(b->range))
    common = and_constant(n, a->term, b->range.lo);
  else
    common = and_symbols(n, x, a, b);
  if (common == NULL) {
    give_up(n, x, "a bit mask has too many bits or runs of ones");
    return;
  }
  x->range = interval_all();
  if (not_negative(a->range) && not_negative(b->range))
    x->range = interval_from(integer_of(0));
  x->term = common;
  if (x->e->op == OP_BITAND)
    return;
  const Z3_ast twice = term_mul(t, term_small(t, 2), common);
  x->term = term_sub(t, term_add(t, a->term, b->term),
                     x->e->op == OP_BITOR ? common : twice);
}

/* `&`, `|` and `^` of any number of operands, from the first on. */
static void encode_bits(z3_encoder *n, encoded *x) {
  const expr *const e = x->e;
  encoded sum = *operand(n, e, 0);
  for (size_t i = 1; i < e->count; i++) {
    encode_pair(n, x, &sum, operand(n, e, i));
    sum.term = x->term;
    sum.range = x->range;
  }
}

/* ---- Conditions --------------------------------------------------------- */

/* `and` and `or` of any number of operands. */
static void encode_junction(z3_encoder *n, encoded *x) {
  const expr *const e = x->e;
  Z3_ast *const part = arena_zeroed(n->m, (size_t)e->count + 1, sizeof *part);
  for (size_t i = 0; i < e->count; i++)
    part[i] = term_of(n, e, i);
  if (e->op == OP_AND)
    x->term = term_all(&n->terms, part, e->count);
  else
    x->term = term_any(&n->terms, part, e->count);
}

/* A function without meaning. */
static void encode_opaque(z3_encoder *n, encoded *x) {
  give_up(n, x, "a function whose values are not computed");
}

/* A symbol that the question does not list. */
static void encode_stranger(z3_encoder *n, encoded *x) {
  give_up(n, x,
          arena_format(n->m, "%s is no size of this question", x->e->name));
}

/* One node whose operands have terms. */
static void encode_node(z3_encoder *n, encoded *x) {
  switch ((op)x->e->op) {
  case OP_INT:
    x->term = term_integer(&n->terms, x->e->value);
    x->range = interval_of(x->e->value, x->e->value);
    break;
  case OP_SYMBOL:
    encode_stranger(n, x);
    break;
  case OP_ADD:
    encode_sum(n, x);
    break;
  case OP_MUL:
    encode_product(n, x);
    break;
  case OP_FLOORDIV:
  case OP_MOD:
    encode_division(n, x);
    break;
  case OP_POW:
    encode_power(n, x);
    break;
  case OP_MIN:
  case OP_MAX:
    encode_extreme(n, x);
    break;
  case OP_ITE:
    encode_branch(n, x);
    break;
  case OP_BITAND:
  case OP_BITOR:
  case OP_BITXOR:
    encode_bits(n, x);
    break;
  case OP_FLOAT:
    encode_float(n, x);
    break;
  case OP_RATIO:
    give_up(n, x, "a quotient that is no integer stands in a condition");
    break;
  case OP_OPAQUE:
    encode_opaque(n, x);
    break;
  case OP_FALSE:
    x->term = n->terms.no;
    break;
  case OP_TRUE:
    x->term = n->terms.yes;
    break;
  case OP_EQ:
    x->term = term_eq(&n->terms, term_of(n, x->e, 0), term_of(n, x->e, 1));
    break;
  case OP_LE:
    x->term = term_le(&n->terms, term_of(n, x->e, 0), term_of(n, x->e, 1));
    break;
  case OP_NOT:
    x->term = term_not(&n->terms, term_of(n, x->e, 0));
    break;
  case OP_AND:
  case OP_OR:
    encode_junction(n, x);
    break;
  case OP_COUNT:
    assert(false);
    break;
  }
}

/* The entry of `e`, made when it is new; a number that is known is itself. */
static const encoded *need(z3_encoder *n, const expr *e) {
  const encoded *const old = find(n, e);
  if (old != NULL)
    return old;
  encoded x = {.e = e, .range = interval_all()};
  encode_node(n, &x);
  if (!e->truth && e->op != OP_INT && interval_is_single(x.range))
    x.term = term_integer(&n->terms, x.range.lo);
  remember(n, &x);
  return find(n, e);
}

/* Each node once, operands first, gathering what they need to have a value. */
z3_condition encode_condition(z3_encoder *n, const expr *condition) {
  const arena_mark mark = arena_get_mark(&n->cx->work);
  size_t count;
  const expr **const node = expr_nodes(n->cx, &condition, 1, &count);
  Z3_ast *const defined = arena_zeroed(n->m, count, sizeof *defined);
  Z3_ast *const certain = arena_zeroed(n->m, count, sizeof *certain);
  z3_condition c = {0};
  for (size_t i = 0; i < count; i++) {
    const encoded *const x = need(n, node[i]);
    defined[i] = x->defined;
    certain[i] = x->certain;
    c.holds = x->term;
  }
  arena_rewind(&n->cx->work, mark);
  c.defined = term_all(&n->terms, defined, count);
  c.certain = term_all(&n->terms, certain, count);
  return c;
}
