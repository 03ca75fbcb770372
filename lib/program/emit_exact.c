/*
 * Conditions as C on wide numbers.  Each node of an expression becomes a
 * variable n; where it may be undecided (evaluate.h) a variable k says whether
 * it is known.
 */
#include "lib/program/emit.h"

#include <string.h>

/* Raises what is wrong with the check that is being written. */
_Noreturn static void refuse(emission *e, const char *why) {
  const origin *const from = e->now->from;
  const dimsat_problem *const p = e->program->problem;
  if (from->guard == SPEC_DEMAND)
    context_fail(e->program->cx, DIMSAT_TOO_LARGE, 0, 0,
                 "a promise of the spec %s", why);
  context_fail(e->program->cx, DIMSAT_TOO_LARGE, 0, 0, "guard %zu: %.80s: %s",
               from->guard,
               p->guards[from->guard].text ? p->guards[from->guard].text : "it",
               why);
}

/* ---- Texts --------------------------------------------------------------- */

/* A constant: 32 bits at a time behind those that a word holds. */
static const char *constant_text(emission *e, integer x) {
  e->needs[HELPER_OF] = true;
  const size_t bits = integer_bits(x);
  if (bits > e->bits)
    e->bits = bits;
  if (integer_is_small(x))
    return arena_format(e->m, "@of(%s)", emit_word(e, x.small));
  const integer unit = integer_of(INT64_C(1) << 32);
  const integer low = integer_mod(e->m, x, unit);
  e->needs[HELPER_JOIN] = true;
  return arena_format(e->m, "@join(%s, UINT32_C(%lld))",
                      constant_text(e, integer_floordiv(e->m, x, unit)),
                      (long long)low.small);
}

static uint32_t write_node(emission *e, const expr *x);

/* The number of the variables of operand i. */
static uint32_t operand(emission *e, const expr *x, uint32_t i) {
  return facts_of(&e->exact, x->arg[i])->result;
}

/* Whether operand i may be undecided. */
static bool may_be_unknown(emission *e, const expr *x, uint32_t i) {
  return facts_of(&e->exact, x->arg[i])->unknown;
}

/* "k3 && k5": operands that may be unknown are known; "true" without any. */
static const char *all_known(emission *e, const expr *x) {
  buffer out;
  buffer_init(&out, e->m);
  for (uint32_t i = 0; i < x->count; i++)
    if (may_be_unknown(e, x, i))
      buffer_format(&out, "%sk%u", out.length ? " && " : "", operand(e, x, i));
  return out.length ? out.text : "true";
}

/* "(!k3 || n3)" or "n3": that operand i does not break an `and`. */
static const char *held(emission *e, const expr *x, uint32_t i) {
  const uint32_t n = operand(e, x, i);
  if (!may_be_unknown(e, x, i))
    return arena_format(e->m, "n%u", n);
  return x->op == OP_AND ? arena_format(e->m, "(!k%u || n%u)", n, n)
                         : arena_format(e->m, "(k%u && n%u)", n, n);
}

/* ---- Nodes --------------------------------------------------------------- */

/* n += coefficient*operand; numbers of a fixed width wrap, so that only the
 * sum must fit. */
static void write_sum(emission *e, const expr *x, uint32_t n) {
  emit(e, "  @wide n%u = %s;\n", n, constant_text(e, x->value));
  for (uint32_t i = 0; i < x->count; i++) {
    e->needs[HELPER_ADD] = true;
    if (integer_is(x->coefficient[i], 1)) {
      emit(e, "  n%u = @add(n%u, n%u);\n", n, n, operand(e, x, i));
      continue;
    }
    e->needs[HELPER_MULTIPLY] = true;
    emit(e, "  n%u = @add(n%u, @multiply(%s, n%u));\n", n, n,
         constant_text(e, x->coefficient[i]), operand(e, x, i));
  }
}

/* Operators that take their operands one by one. */
static void write_fold(emission *e, const expr *x, uint32_t n) {
  emit(e, "  @wide n%u = n%u;\n", n, operand(e, x, 0));
  for (uint32_t i = 1; i < x->count; i++) {
    const uint32_t o = operand(e, x, i);
    if (x->op == OP_MIN || x->op == OP_MAX) {
      e->needs[HELPER_LESS] = true;
      emit(e, "  if (@less(n%u, n%u))\n    n%u = n%u;\n",
           x->op == OP_MIN ? o : n, x->op == OP_MIN ? n : o, n, o);
      continue;
    }
    const helper call = x->op == OP_MUL      ? HELPER_MULTIPLY
                        : x->op == OP_BITAND ? HELPER_AND
                        : x->op == OP_BITOR  ? HELPER_OR
                                             : HELPER_XOR;
    const char *const name = x->op == OP_MUL      ? "multiply"
                             : x->op == OP_BITAND ? "and"
                             : x->op == OP_BITOR  ? "or"
                                                  : "xor";
    e->needs[call] = true;
    emit(e, "  n%u = @%s(n%u, n%u);\n", n, name, n, o);
  }
}

/* Quotient and remainder; a divisor that is known to be 0 refuses. */
static void write_division(emission *e, const expr *x, uint32_t n) {
  const uint32_t a = operand(e, x, 0), b = operand(e, x, 1);
  const bool quotient = x->op == OP_FLOORDIV;
  if (interval_has(facts_of(&e->exact, x->arg[1])->range, integer_of(0))) {
    e->needs[HELPER_IS_ZERO] = true;
    if (may_be_unknown(e, x, 1))
      emit(e, "  if (k%u && @is_zero(n%u))\n    return false;\n", b, b);
    else
      emit(e, "  if (@is_zero(n%u))\n    return false;\n", b);
  }
  e->needs[quotient ? HELPER_DIVIDE : HELPER_REMAINDER] = true;
  emit(e, "  const @wide n%u = @%s(n%u, n%u);\n", n,
       quotient ? "divide" : "remainder", a, b);
}

/* Equalities and orders. */
static void write_relation(emission *e, const expr *x, uint32_t n) {
  const uint32_t a = operand(e, x, 0), b = operand(e, x, 1);
  if (x->arg[0]->truth) {
    emit(e, "  const bool n%u = n%u == n%u;\n", n, a, b);
  } else if (x->op == OP_EQ) {
    e->needs[HELPER_EQUAL] = true;
    emit(e, "  const bool n%u = @equal(n%u, n%u);\n", n, a, b);
  } else {
    e->needs[HELPER_LESS] = true;
    emit(e, "  const bool n%u = !@less(n%u, n%u);\n", n, b, a);
  }
}

/* `and` and `or`: one operand may decide alone. */
static void write_connective(emission *e, const expr *x, uint32_t n) {
  const bool all = x->op == OP_AND;
  emit(e, "  bool n%u = %s;\n", n, all ? "true" : "false");
  for (uint32_t i = 0; i < x->count; i++)
    emit(e, "  n%u = n%u %s %s;\n", n, n, all ? "&&" : "||", held(e, x, i));
  if (facts_of(&e->exact, x)->unknown)
    emit(e, "  const bool k%u = %sn%u || (%s);\n", n, all ? "!" : "", n,
         all_known(e, x));
}

/* A choice asks only for the branch taken. */
static void write_choice(emission *e, const expr *x, uint32_t n) {
  const uint32_t c = operand(e, x, 0), a = operand(e, x, 1),
                 b = operand(e, x, 2);
  const char *const known[] = {
      may_be_unknown(e, x, 1) ? arena_format(e->m, "k%u", a) : "true",
      may_be_unknown(e, x, 2) ? arena_format(e->m, "k%u", b) : "true"};
  emit(e, "  const @wide n%u = n%u ? n%u : n%u;\n", n, c, a, b);
  if (!facts_of(&e->exact, x)->unknown)
    return;
  emit(e, "  const bool k%u = ", n);
  if (may_be_unknown(e, x, 0))
    emit(e, "k%u && ", c);
  emit(e, "(n%u ? %s : %s);\n", c, known[0], known[1]);
}

/* Numbers that nobody knows, or only below 2**53. */
static void write_uncertain(emission *e, const expr *x, uint32_t n) {
  if (x->op == OP_FLOAT) {
    e->needs[HELPER_IS_FLOAT] = true;
    emit(e, "  const @wide n%u = n%u;\n", n, operand(e, x, 0));
    if (facts_of(&e->exact, x)->unknown)
      emit(e, "  const bool k%u = %s && @is_float(n%u);\n", n, all_known(e, x),
           n);
    return;
  }
  for (uint32_t i = 0; i < x->count; i++) {
    emit(e, "  (void)n%u;\n", operand(e, x, i));
    if (may_be_unknown(e, x, i))
      emit(e, "  (void)k%u;\n", operand(e, x, i));
  }
  if (x->truth)
    emit(e, "  const bool n%u = false;\n", n);
  else
    emit(e, "  const @wide n%u = %s;\n", n, constant_text(e, integer_of(0)));
  emit(e, "  const bool k%u = false;\n", n);
}

/* The variables of a node whose operands have theirs; a dispatch. */
static void write_operator(emission *e, const expr *x, uint32_t n) {
  switch ((op)x->op) {
  case OP_INT:
    emit(e, "  const @wide n%u = %s;\n", n, constant_text(e, x->value));
    return;
  case OP_SYMBOL:
    e->needs[HELPER_OF] = true;
    emit(e, "  const @wide n%u = @of(sizes[%s]);\n", n,
         strchr(x->name, '!') + 1);
    return;
  case OP_ADD:
    write_sum(e, x, n);
    return;
  case OP_MUL:
  case OP_MIN:
  case OP_MAX:
  case OP_BITAND:
  case OP_BITOR:
  case OP_BITXOR:
    write_fold(e, x, n);
    return;
  case OP_FLOORDIV:
  case OP_MOD:
    write_division(e, x, n);
    return;
  case OP_ITE:
    write_choice(e, x, n);
    return;
  case OP_FLOAT:
  case OP_OPAQUE:
    write_uncertain(e, x, n);
    return;
  case OP_FALSE:
  case OP_TRUE:
    emit(e, "  const bool n%u = %s;\n", n, x->op == OP_TRUE ? "true" : "false");
    return;
  case OP_EQ:
  case OP_LE:
    write_relation(e, x, n);
    return;
  case OP_NOT:
    emit(e, "  const bool n%u = !n%u;\n", n, operand(e, x, 0));
    return;
  case OP_AND:
  case OP_OR:
    write_connective(e, x, n);
    return;
  case OP_POW:
  case OP_RATIO:
  case OP_COUNT:
    break;
  }
  refuse(e, "C has no bound for a power whose exponent is no small number; "
            "check it with `dimsat eval` or the library");
}

/* Whether the operator itself says when it is known. */
static bool tells_known(const expr *x) {
  return x->op == OP_AND || x->op == OP_OR || x->op == OP_ITE ||
         x->op == OP_FLOAT || x->op == OP_OPAQUE;
}

/* Writes a node and what it is made of, once; the number of its variables.
 * Recursion ends at LIMIT_DEPTH. */
static uint32_t write_node(emission *e, const expr *x) {
  fact *const f = facts_of(&e->exact, x);
  if (f->placed)
    return f->result;
  for (uint32_t i = 0; i < x->count; i++)
    write_node(e, x->arg[i]);
  const size_t bits = interval_bits(f->range);
  if (!x->truth && bits > WIDEST_BITS && x->op != OP_POW)
    refuse(e, "its exact value may need more than 4096 bits; bound its sizes "
              "in the spec");
  if (!x->truth && bits > e->bits)
    e->bits = bits;
  f->result = (uint32_t)e->variables++;
  f->placed = true;
  write_operator(e, x, f->result);
  if (f->unknown && !tells_known(x))
    emit(e, "  const bool k%u = %s;\n", f->result, all_known(e, x));
  return f->result;
}

/* ---- Checks -------------------------------------------------------------- */

/* Refuses where the number `n` is known to be outside of the range. */
static void write_range(emission *e, const check *c, uint32_t n) {
  const bool unknown = facts_of(&e->exact, c->subject)->unknown;
  const char *const known = unknown ? arena_format(e->m, "k%u && ", n) : "";
  if (interval_is_empty(c->range)) {
    emit(e, "  (void)n%u;\n", n);
    if (unknown)
      emit(e, "  if (k%u)\n  ", n);
    emit(e, "  return false;\n");
    return;
  }
  e->needs[HELPER_LESS] = true;
  if (c->range.has_lo)
    emit(e, "  if (%s@less(n%u, %s))\n    return false;\n", known, n,
         constant_text(e, c->range.lo));
  if (c->range.has_hi)
    emit(e, "  if (%s@less(%s, n%u))\n    return false;\n", known,
         constant_text(e, c->range.hi), n);
}

/* Refuses where the condition `n` is known to be false. */
static void write_check(emission *e, const check *c) {
  const expr *const x = c->subject ? c->subject : c->condition;
  e->now = c;
  emit_origin(e, c);
  const uint32_t n = write_node(e, x);
  if (c->subject)
    write_range(e, c, n);
  else if (facts_of(&e->exact, x)->unknown)
    emit(e, "  if (k%u && !n%u)\n    return false;\n", n, n);
  else
    emit(e, "  if (!n%u)\n    return false;\n", n);
}

/* The statements of a wide function; variables start anew. */
void emit_exact(emission *e, const check *checks, size_t count) {
  facts_forget(&e->exact, e->fast.range);
  for (size_t i = 0; i < e->program->size_count; i++)
    e->exact.fact[i]->placed = false;
  e->variables = 0;
  for (size_t i = 0; i < count; i++)
    write_check(e, &checks[i]);
}
