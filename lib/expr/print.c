/*
 * DAG to text.  The law of this file: the text parses back to the same node, in
 * each spelling.  So it writes what the constructors would have been given, and
 * puts parentheses where the grammar of parse.c asks for them, and in a few
 * places where only the reader's eye does: `(a and b) or c`, `(a & 3) == 1`.
 *
 * Recursion is as deep as the node, at most LIMIT_DEPTH.  Shared nodes are
 * written once for each use; LIMIT_TEXT_BYTES ends what would grow without end.
 */
#include "lib/expr/print.h"

#include "lib/base/limits.h"

#include <assert.h>
#include <inttypes.h>

/* The constructors write out powers to this one at least. */
#define POWER_LAST 64

/* How tight a text holds together, from loose to tight. */
typedef enum {
  BIND_CHOICE,
  BIND_OR,
  BIND_AND,
  BIND_NOT,
  BIND_RELATION,
  BIND_BITS,
  BIND_SUM,
  BIND_PRODUCT,
  BIND_UNARY,
  BIND_POWER,
  BIND_ATOM
} binding;

typedef struct {
  buffer *out;
  dimsat_spelling spelling;
  size_t end; /* the buffer may grow to this length */
} printer;

static void print(printer *p, const expr *e, binding least);

/* ---- How nodes look ----------------------------------------------------- */

/* Whether the sum `e` is `c*t`: one term and no constant. */
static bool is_multiple(const expr *e) {
  return e->op == OP_ADD && e->count == 1 && integer_is(e->value, 0);
}

/* Whether `e` is written with * between, so that a factor may go before it. */
static bool is_run_of_factors(const expr *e) {
  return e->op == OP_MUL || is_multiple(e);
}

/* Whether the product `e` is written as one power. */
static bool is_power(const printer *p, const expr *e) {
  return p->spelling != DIMSAT_C && e->count <= POWER_LAST &&
         e->arg[0] == e->arg[e->count - 1];
}

/* `python` in Python's spelling, else a call. */
static binding operator_in(const printer *p, binding python) {
  return p->spelling == DIMSAT_PYTHON ? python : BIND_ATOM;
}

/* -t holds tighter than 2*t and than -f*g. */
static binding binding_of_multiple(const expr *e) {
  return integer_is(e->coefficient[0], -1) && e->arg[0]->op != OP_MUL
             ? BIND_UNARY
             : BIND_PRODUCT;
}

/* How tight the text of `e` will hold together. */
static binding binding_of(const printer *p, const expr *e) {
  const bool sympy = p->spelling == DIMSAT_SYMPY;
  switch ((op)e->op) {
  case OP_INT:
    return integer_sign(e->value) < 0 ? BIND_UNARY : BIND_ATOM;
  case OP_ADD:
    return is_multiple(e) ? binding_of_multiple(e) : BIND_SUM;
  case OP_MUL:
    return is_power(p, e) ? BIND_POWER : BIND_PRODUCT;
  case OP_FLOORDIV:
  case OP_MOD:
  case OP_RATIO:
    return operator_in(p, BIND_PRODUCT);
  case OP_POW:
    return operator_in(p, BIND_POWER);
  case OP_ITE:
    return sympy ? BIND_ATOM : BIND_CHOICE;
  case OP_BITAND:
  case OP_BITOR:
  case OP_BITXOR:
    return sympy ? BIND_ATOM : BIND_BITS;
  case OP_EQ:
    return sympy ? BIND_ATOM : BIND_RELATION;
  case OP_LE:
    return BIND_RELATION;
  case OP_NOT:
    if (e->arg[0]->op == OP_EQ)
      return sympy ? BIND_ATOM : BIND_RELATION;
    return p->spelling == DIMSAT_PYTHON ? BIND_NOT : BIND_UNARY;
  case OP_AND:
    return BIND_AND;
  case OP_OR:
    return BIND_OR;
  case OP_SYMBOL:
  case OP_MIN:
  case OP_MAX:
  case OP_FLOAT:
  case OP_OPAQUE:
  case OP_FALSE:
  case OP_TRUE:
  case OP_COUNT:
    break;
  }
  return BIND_ATOM;
}

/* ---- Numbers ------------------------------------------------------------ */

/* Adds an integer. */
static void print_integer(printer *p, integer n) {
  if (integer_is_small(n))
    buffer_format(p->out, "%" PRId64, n.small);
  else
    buffer_add(p->out, integer_text(p->out->arena, n));
}

/* f*g*g, or f*g**2 where the spelling has powers. */
static void print_product(printer *p, const expr *e) {
  for (uint32_t i = 0, run; i < e->count; i += run) {
    run = 1;
    while (p->spelling != DIMSAT_C && run < POWER_LAST && i + run < e->count &&
           e->arg[i + run] == e->arg[i])
      run++;
    if (i > 0)
      buffer_add_char(p->out, '*');
    print(p, e->arg[i], run > 1 ? BIND_ATOM : BIND_UNARY);
    if (run > 1)
      buffer_format(p->out, "**%" PRIu32, run);
  }
}

/* Whether the text of `t` starts with a minus that only its dividend has. */
static bool starts_with_minus(const expr *t) {
  if (t->op != OP_FLOORDIV && t->op != OP_MOD)
    return false;
  const expr *a = t->arg[0];
  return is_multiple(a) ? integer_sign(a->coefficient[0]) < 0
                        : a->op == OP_INT && integer_sign(a->value) < 0;
}

/* One term of a sum, with its sign: `- 2*t`. */
static void print_term(printer *p, integer coefficient, const expr *t,
                       bool first) {
  const bool minus = integer_sign(coefficient) < 0;
  const integer size = integer_abs(p->out->arena, coefficient);
  const bool one = integer_is(size, 1);
  binding least = BIND_UNARY;
  if (first && minus)
    buffer_add_char(p->out, '-');
  else if (!first)
    buffer_add(p->out, minus ? " - " : " + ");
  if (!one) {
    print_integer(p, size);
    buffer_add_char(p->out, '*');
  }
  if (t->op == OP_MUL || (one && (first ? !minus : !starts_with_minus(t))))
    least = BIND_PRODUCT;
  print(p, t, least);
}

/* The constant of a sum, with its sign; nothing for 0. */
static void print_constant(printer *p, integer n, bool first) {
  if (first) {
    print_integer(p, n);
  } else if (!integer_is(n, 0)) {
    buffer_add(p->out, integer_sign(n) < 0 ? " - " : " + ");
    print_integer(p, integer_abs(p->out->arena, n));
  }
}

/* The sum `e` with another constant: first a term or constant without minus,
 * if there is one, then the terms in order, then the constant. */
static void print_sum(printer *p, const expr *e, integer constant) {
  uint32_t first = 0;
  while (first < e->count && integer_sign(e->coefficient[first]) < 0)
    first++;
  const bool constant_first = first == e->count && integer_sign(constant) > 0;
  if (constant_first)
    print_constant(p, constant, true);
  else
    first = first == e->count ? 0 : first;
  if (!constant_first)
    print_term(p, e->coefficient[first], e->arg[first], true);
  for (uint32_t i = 0; i < e->count; i++)
    if (constant_first || i != first)
      print_term(p, e->coefficient[i], e->arg[i], false);
  if (!constant_first)
    print_constant(p, constant, false);
}

/* ---- Calls and operators ------------------------------------------------ */

/* name(a, b, ..) */
static void print_call(printer *p, const char *name, const expr *const *arg,
                       size_t count) {
  buffer_add(p->out, name);
  buffer_add_char(p->out, '(');
  for (size_t i = 0; i < count; i++) {
    if (i > 0)
      buffer_add(p->out, ", ");
    print(p, arg[i], BIND_CHOICE);
  }
  buffer_add_char(p->out, ')');
}

/* name(name(a, b), name(c, d)): calls of two, as C wants them. */
static void print_pairs(printer *p, const char *name, const expr *const *arg,
                        size_t count) {
  if (count == 1) {
    print(p, *arg, BIND_CHOICE);
    return;
  }
  buffer_format(p->out, "%s(", name);
  print_pairs(p, name, arg, count / 2);
  buffer_add(p->out, ", ");
  print_pairs(p, name, arg + count / 2, count - count / 2);
  buffer_add_char(p->out, ')');
}

/* Min or Max. */
static void print_extreme(printer *p, const expr *e) {
  static const char *const names[2][3] = {{"min", "Min", "dimsat_min"},
                                          {"max", "Max", "dimsat_max"}};
  const char *name = names[e->op == OP_MAX][p->spelling];
  if (p->spelling == DIMSAT_C)
    print_pairs(p, name, e->arg, e->count);
  else
    print_call(p, name, e->arg, e->count);
}

/* The call of two that sympy's and C's spelling have for Python's `operator`;
 * no call in sympy where `sympy` is NULL. */
static void print_binary(printer *p, const expr *e, const char *operator,
                         const char * sympy, const char *c) {
  const char *name = p->spelling == DIMSAT_SYMPY ? sympy : c;
  if (p->spelling != DIMSAT_PYTHON) {
    print_call(p, name, e->arg, 2);
    return;
  }
  print(p, e->arg[0], is_run_of_factors(e->arg[0]) ? BIND_PRODUCT : BIND_UNARY);
  buffer_format(p->out, " %s ", operator);
  print(p, e->arg[1], BIND_UNARY);
}

/* a // b, which sympy writes (a//b). */
static void print_floordiv(printer *p, const expr *e) {
  if (p->spelling != DIMSAT_SYMPY) {
    print_binary(p, e, "//", NULL, "dimsat_floordiv");
    return;
  }
  buffer_add_char(p->out, '(');
  print(p, e->arg[0], is_run_of_factors(e->arg[0]) ? BIND_PRODUCT : BIND_UNARY);
  buffer_add(p->out, "//");
  print(p, e->arg[1], BIND_UNARY);
  buffer_add_char(p->out, ')');
}

/* a**b */
static void print_power(printer *p, const expr *e) {
  if (p->spelling != DIMSAT_PYTHON) {
    const bool sympy = p->spelling == DIMSAT_SYMPY;
    print_call(p, sympy ? "PowByNatural" : "dimsat_pow", e->arg, 2);
    return;
  }
  print(p, e->arg[0], BIND_ATOM);
  buffer_add(p->out, "**");
  print(p, e->arg[1], BIND_UNARY);
}

/* a if c else b */
static void print_choice(printer *p, const expr *e) {
  const expr *c = e->arg[0], *a = e->arg[1], *b = e->arg[2];
  const bool python = p->spelling == DIMSAT_PYTHON;
  if (p->spelling == DIMSAT_SYMPY) {
    print_call(p, "Where", e->arg, 3);
    return;
  }
  print(p, python ? a : c, BIND_OR);
  buffer_add(p->out, python ? " if " : " ? ");
  print(p, python ? c : a, BIND_OR);
  buffer_add(p->out, python ? " else " : " : ");
  print(p, b, BIND_CHOICE);
}

/* The operands with `between` between them, each holding at least so tight. */
static void print_joined(printer *p, const expr *e, const char *between,
                         binding least) {
  for (uint32_t i = 0; i < e->count; i++) {
    if (i > 0)
      buffer_add(p->out, between);
    print(p, e->arg[i], least);
  }
}

/* a & b, a | b or a ^ b. */
static void print_bits(printer *p, const expr *e) {
  static const char *const infix[] = {" & ", " | ", " ^ "};
  static const char *const names[] = {
      "BitwiseFn_bitwise_and", "BitwiseFn_bitwise_or", "BitwiseFn_bitwise_xor"};
  if (p->spelling == DIMSAT_SYMPY)
    print_call(p, names[e->op - OP_BITAND], e->arg, e->count);
  else
    print_joined(p, e, infix[e->op - OP_BITAND], BIND_UNARY);
}

/* ---- Conditions --------------------------------------------------------- */

/* a == b or a != b, with a constant or a lone symbol where people look for
 * it. */
static void print_equality(printer *p, const expr *e, bool equal) {
  const expr *a = e->arg[0], *b = e->arg[1];
  const bool turn = (a->op == OP_INT && b->op != OP_INT) ||
                    (a->op != OP_SYMBOL && b->op == OP_SYMBOL);
  const expr *sides[] = {turn ? b : a, turn ? a : b};
  if (p->spelling == DIMSAT_SYMPY) {
    print_call(p, equal ? "Eq" : "Ne", sides, 2);
    return;
  }
  print(p, sides[0], BIND_SUM);
  buffer_add(p->out, equal ? " == " : " != ");
  print(p, sides[1], BIND_SUM);
}

/* a <= b, with a constant to the right, and a + 1 <= b as a < b: not where the
 * sides may be no integers. */
static void print_order(printer *p, const expr *e) {
  const expr *a = e->arg[0], *b = e->arg[1];
  if (a->op == OP_INT && b->op != OP_INT) {
    print(p, b, BIND_SUM);
    buffer_add(p->out, " >= ");
    print(p, a, BIND_SUM);
    return;
  }
  const bool strict =
      a->op == OP_ADD && integer_is(a->value, 1) && !a->opaque && !b->opaque;
  if (strict)
    print_sum(p, a, integer_of(0));
  else
    print(p, a, BIND_SUM);
  buffer_add(p->out, strict ? " < " : " <= ");
  print(p, b, BIND_SUM);
}

/* The negation of an equality or of an opaque condition. */
static void print_not(printer *p, const expr *e) {
  static const char *const spelled[] = {"not ", "~", "!"};
  if (e->arg[0]->op == OP_EQ) {
    print_equality(p, e->arg[0], false);
    return;
  }
  buffer_add(p->out, spelled[p->spelling]);
  print(p, e->arg[0], BIND_UNARY);
}

/* and, or. */
static void print_connective(printer *p, const expr *e) {
  static const char *const spelled[2][3] = {{" and ", " & ", " && "},
                                            {" or ", " | ", " || "}};
  const bool sympy = p->spelling == DIMSAT_SYMPY;
  print_joined(p, e, spelled[e->op == OP_OR][p->spelling],
               sympy ? BIND_UNARY : BIND_NOT);
}

/* ---- The whole ---------------------------------------------------------- */

/* The text of one node, without parentheses around it. */
static void print_node(printer *p, const expr *e) {
  static const char *const floats[] = {"torch.sym_float", "ToFloat",
                                       "dimsat_float"};
  const bool c = p->spelling == DIMSAT_C;
  switch ((op)e->op) {
  case OP_INT:
    print_integer(p, e->value);
    break;
  case OP_SYMBOL:
    buffer_add(p->out, e->name);
    break;
  case OP_ADD:
    print_sum(p, e, e->value);
    break;
  case OP_MUL:
    print_product(p, e);
    break;
  case OP_FLOORDIV:
    print_floordiv(p, e);
    break;
  case OP_MOD:
    print_binary(p, e, "%", "Mod", "dimsat_mod");
    break;
  case OP_POW:
    print_power(p, e);
    break;
  case OP_MIN:
  case OP_MAX:
    print_extreme(p, e);
    break;
  case OP_ITE:
    print_choice(p, e);
    break;
  case OP_BITAND:
  case OP_BITOR:
  case OP_BITXOR:
    print_bits(p, e);
    break;
  case OP_FLOAT:
    print_call(p, floats[p->spelling], e->arg, 1);
    break;
  case OP_RATIO:
    print_binary(p, e, "/", "IntTrueDiv", "dimsat_ratio");
    break;
  case OP_OPAQUE:
    print_call(p, e->name, e->arg, e->count);
    break;
  case OP_FALSE:
    buffer_add(p->out, c ? "false" : "False");
    break;
  case OP_TRUE:
    buffer_add(p->out, c ? "true" : "True");
    break;
  case OP_EQ:
    print_equality(p, e, true);
    break;
  case OP_LE:
    print_order(p, e);
    break;
  case OP_NOT:
    print_not(p, e);
    break;
  case OP_AND:
  case OP_OR:
    print_connective(p, e);
    break;
  case OP_COUNT:
    assert(false);
  }
}

/* The text of `e`, in parentheses where it would hold together too loosely. */
static void print(printer *p, const expr *e, binding least) {
  if (p->out->length > p->end)
    fault_raise_limit(p->out->arena->fault,
                      "a text is longer than the limit of 1 MiB");
  if (binding_of(p, e) >= least) {
    print_node(p, e);
    return;
  }
  buffer_add_char(p->out, '(');
  print_node(p, e);
  buffer_add_char(p->out, ')');
}

void print_expression(buffer *out, const expr *e, dimsat_spelling spelling) {
  printer p = {out, spelling, out->length + LIMIT_TEXT_BYTES};
  print(&p, e, BIND_CHOICE);
}
