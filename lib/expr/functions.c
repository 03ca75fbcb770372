/*
 * The table of functions: every spelling of Python, sympy, PyTorch and the C
 * that dimsat prints, and what each builds.  To add a function, add a row; to
 * add a meaning, add an act and its case.
 */
#include "lib/expr/functions.h"

#include "lib/base/limits.h"
#include "lib/base/similar.h"
#include "lib/expr/build.h"

#include <assert.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ANY FUNCTION_ANY_COUNT

const expr infinity_above = {.op = OP_INT, .depth = 1};
const expr infinity_below = {.op = OP_INT, .depth = 1};

typedef enum {
  ACT_EQ, /* the relations in the order of `relation` */
  ACT_NE,
  ACT_LT,
  ACT_LE,
  ACT_GT,
  ACT_GE,
  ACT_MIN,
  ACT_MAX,
  ACT_INFINITY,
  ACT_MINUS_INFINITY,
  ACT_AND,
  ACT_OR,
  ACT_XOR,
  ACT_NOT,
  ACT_TRUTH,
  ACT_CHOICE,
  ACT_PIECEWISE,
  ACT_MOD,
  ACT_FLOORDIV,
  ACT_CEILDIV,
  ACT_MODULAR_INDEXING,
  ACT_ABS,
  ACT_POWER,
  ACT_SHIFT_LEFT,
  ACT_SHIFT_RIGHT,
  ACT_BITAND,
  ACT_BITOR,
  ACT_BITXOR,
  ACT_IDENTITY,
  ACT_RATIO,
  ACT_FLOAT,
  ACT_TRUNC,
  ACT_TRUNC_FLOAT,
  ACT_FLOOR,
  ACT_CEIL,
  ACT_ROUND,
  ACT_IS_INTEGER,
  ACT_OPAQUE,
  ACT_OPAQUE_TRUTH
} act;

/* Those that guards are full of come first. */
static const function table_of_functions[] = {
    {"Eq", ACT_EQ, 2, 2, NULL},
    {"Mod", ACT_MOD, 2, 2, NULL},
    {"Ne", ACT_NE, 2, 2, NULL},
    {"Max", ACT_MAX, 1, ANY, NULL},
    {"max", ACT_MAX, 1, ANY, NULL},
    {"Min", ACT_MIN, 1, ANY, NULL},
    {"min", ACT_MIN, 1, ANY, NULL},
    {"FloorDiv", ACT_FLOORDIV, 2, 2, NULL},
    {"PythonMod", ACT_MOD, 2, 2, NULL},
    {"Lt", ACT_LT, 2, 2, NULL},
    {"Le", ACT_LE, 2, 2, NULL},
    {"Gt", ACT_GT, 2, 2, NULL},
    {"Ge", ACT_GE, 2, 2, NULL},
    {"And", ACT_AND, 1, ANY, NULL},
    {"Or", ACT_OR, 1, ANY, NULL},
    {"Xor", ACT_XOR, 1, ANY, NULL},
    {"Not", ACT_NOT, 1, 1, NULL},
    {"Where", ACT_CHOICE, 3, 3, NULL},
    {"ITE", ACT_CHOICE, 3, 3, NULL},
    {"Piecewise", ACT_PIECEWISE, 1, ANY, NULL},
    {"CleanDiv", ACT_FLOORDIV, 2, 2, NULL},
    {"CeilDiv", ACT_CEILDIV, 2, 2, NULL},
    {"ModularIndexing", ACT_MODULAR_INDEXING, 3, 3, NULL},
    {"Abs", ACT_ABS, 1, 1, NULL},
    {"abs", ACT_ABS, 1, 1, NULL},
    {"Identity", ACT_IDENTITY, 1, 1, NULL},
    {"PowByNatural", ACT_POWER, 2, 2, NULL},
    {"FloatPow", ACT_POWER, 2, 2, NULL},
    {"Pow", ACT_POWER, 2, 2, NULL},
    {"pow", ACT_POWER, 2, 2, NULL},
    {"LShift", ACT_SHIFT_LEFT, 2, 2, NULL},
    {"RShift", ACT_SHIFT_RIGHT, 2, 2, NULL},
    {"BitwiseFn_bitwise_and", ACT_BITAND, 2, ANY, NULL},
    {"BitwiseFn_bitwise_or", ACT_BITOR, 2, ANY, NULL},
    {"BitwiseFn_bitwise_xor", ACT_BITXOR, 2, ANY, NULL},
    {"bitwise_and", ACT_BITAND, 2, ANY, NULL},
    {"bitwise_or", ACT_BITOR, 2, ANY, NULL},
    {"bitwise_xor", ACT_BITXOR, 2, ANY, NULL},
    {"IntTrueDiv", ACT_RATIO, 2, 2, NULL},
    {"FloatTrueDiv", ACT_RATIO, 2, 2, NULL},
    {"TrueDiv", ACT_RATIO, 2, 2, NULL},
    {"ToFloat", ACT_FLOAT, 1, 1, NULL},
    {"TruncToFloat", ACT_TRUNC_FLOAT, 1, 1, NULL},
    {"TruncToInt", ACT_TRUNC, 1, 1, NULL},
    {"CeilToInt", ACT_CEIL, 1, 1, NULL},
    {"FloorToInt", ACT_FLOOR, 1, 1, NULL},
    {"RoundToInt", ACT_ROUND, 1, 1, NULL},
    {"IntInfinity", ACT_INFINITY, 0, 0, NULL},
    {"NegativeIntInfinity", ACT_MINUS_INFINITY, 0, 0, NULL},
    {"int", ACT_TRUNC, 1, 1, NULL},
    {"float", ACT_FLOAT, 1, 1, NULL},
    {"bool", ACT_TRUTH, 1, 1, NULL},
    {"round", ACT_ROUND, 1, 1, NULL},
    {"trunc", ACT_TRUNC, 1, 1, NULL},
    {"floor", ACT_FLOOR, 1, 1, NULL},
    {"ceil", ACT_CEIL, 1, 1, NULL},
    {"ceiling", ACT_CEIL, 1, 1, NULL},
    {"math.trunc", ACT_TRUNC, 1, 1, NULL},
    {"math.floor", ACT_FLOOR, 1, 1, NULL},
    {"math.ceil", ACT_CEIL, 1, 1, NULL},
    {"math.pow", ACT_POWER, 2, 2, NULL},
    {"math.fabs", ACT_ABS, 1, 1, NULL},
    {"sym_float", ACT_FLOAT, 1, 1, NULL},
    {"sym_int", ACT_TRUNC, 1, 1, NULL},
    {"sym_max", ACT_MAX, 1, ANY, NULL},
    {"sym_min", ACT_MIN, 1, ANY, NULL},
    {"sym_ite", ACT_CHOICE, 3, 3, NULL},
    {"sym_not", ACT_NOT, 1, 1, NULL},
    {"sym_and", ACT_AND, 1, ANY, NULL},
    {"sym_or", ACT_OR, 1, ANY, NULL},
    {"dimsat_floordiv", ACT_FLOORDIV, 2, 2, NULL},
    {"dimsat_mod", ACT_MOD, 2, 2, NULL},
    {"dimsat_min", ACT_MIN, 1, ANY, NULL},
    {"dimsat_max", ACT_MAX, 1, ANY, NULL},
    {"dimsat_pow", ACT_POWER, 2, 2, NULL},
    {"dimsat_float", ACT_FLOAT, 1, 1, NULL},
    {"dimsat_ratio", ACT_RATIO, 2, 2, NULL},
    {"c10::div_floor_integer", ACT_FLOORDIV, 2, 2, NULL},
    {"c10::div_mod", ACT_MOD, 2, 2, NULL},
    {"static_cast<int64_t>", ACT_TRUNC, 1, 1, NULL},
    {"static_cast<double>", ACT_FLOAT, 1, 1, NULL},
    {"std::max", ACT_MAX, 1, ANY, NULL},
    {"std::min", ACT_MIN, 1, ANY, NULL},
    {"std::max<int64_t>", ACT_MAX, 1, ANY, NULL},
    {"std::min<int64_t>", ACT_MIN, 1, ANY, NULL},
    {"std::abs", ACT_ABS, 1, 1, NULL},
    {"std::pow", ACT_POWER, 2, 2, NULL},
    {"std::trunc", ACT_TRUNC, 1, 1, NULL},
    {"std::floor", ACT_FLOOR, 1, 1, NULL},
    {"std::ceil", ACT_CEIL, 1, 1, NULL},
    {"std::lrint", ACT_ROUND, 1, 1, NULL},
    {"is_integer", ACT_IS_INTEGER, 1, 1, NULL},
    {"RoundDecimal", ACT_OPAQUE, 2, 2, "RoundDecimal"},
    {"IsNonOverlappingAndDenseIndicator", ACT_OPAQUE, 0, ANY,
     "IsNonOverlappingAndDenseIndicator"},
    {"is_non_overlapping_and_dense", ACT_OPAQUE_TRUTH, 0, ANY,
     "is_non_overlapping_and_dense"},
};

/* Found with any of the prefixes below. */
static const function opaque_functions[] = {
    {"sqrt", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_sqrt"},
    {"exp", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_exp"},
    {"log", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_log"},
    {"log2", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_log2"},
    {"cos", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_cos"},
    {"cosh", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_cosh"},
    {"sin", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_sin"},
    {"sinh", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_sinh"},
    {"tan", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_tan"},
    {"tanh", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_tanh"},
    {"asin", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_asin"},
    {"asinh", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_asinh"},
    {"acos", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_acos"},
    {"acosh", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_acosh"},
    {"atan", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_atan"},
    {"atanh", ACT_OPAQUE, 1, 1, "OpaqueUnaryFn_atanh"},
};

static const char *const opaque_prefixes[] = {"OpaqueUnaryFn_", "torch._sym_",
                                              "torch.sym_", "math.", ""};

/* ---- Look up ------------------------------------------------------------ */

/* What stands behind `prefix` in `name`, or NULL. */
static const char *behind(const char *name, const char *prefix) {
  const size_t n = strlen(prefix);
  return strncmp(name, prefix, n) == 0 ? name + n : NULL;
}

/* The row of `rows` with this name, or NULL. */
static const function *find_row(const function *rows, size_t count,
                                const char *name) {
  for (size_t i = 0; i < count; i++)
    if (rows[i].name[0] == name[0] && strcmp(rows[i].name, name) == 0)
      return &rows[i];
  return NULL;
}

const function *function_find(const char *name) {
  static const char *const modules[] = {"torch.", "sympy."};
  for (size_t i = 0; i < COUNT(modules); i++) {
    const char *rest = behind(name, modules[i]);
    const function *f = rest ? function_find(rest) : NULL;
    if (f)
      return f;
  }
  const function *f =
      find_row(table_of_functions, COUNT(table_of_functions), name);
  for (size_t i = 0; !f && i < COUNT(opaque_prefixes); i++) {
    const char *rest = behind(name, opaque_prefixes[i]);
    if (rest)
      f = find_row(opaque_functions, COUNT(opaque_functions), rest);
  }
  return f;
}

char *function_ask_similar(const char *name, char *out, size_t size) {
  similar_words s;
  similar_start(&s, name, similar_edits(name));
  for (size_t i = 0; i < COUNT(table_of_functions); i++)
    similar_consider(&s, table_of_functions[i].name);
  for (size_t i = 0; i < COUNT(opaque_functions); i++)
    similar_consider(&s, opaque_functions[i].name);
  return similar_ask(&s, out, size);
}

/* ---- Build -------------------------------------------------------------- */

const expr *finite(dimsat_context *cx, const expr *e) {
  if (is_infinite(e))
    context_fail(cx, DIMSAT_BAD_SYNTAX, 0, 0,
                 "an infinity may only be compared, or stand in Min and Max");
  return e;
}

/* `truth` where `e` has a value; nothing where it has none. */
static const expr *truth_where_defined(dimsat_context *cx, bool truth,
                                       const expr *e) {
  assert(e != NULL && "each act has as many operands as its row says");
  if (!e->partial)
    return build_truth(cx, truth);
  const expr *zero = build_small(cx, 0);
  const expr *none = build_mul(cx, zero, build_as_number(cx, e));
  return truth ? build_le(cx, none, zero) : build_lt(cx, none, zero);
}

/* Whether a `how` b, where a - b has this sign. */
static bool relation_holds(relation how, int sign) {
  switch (how) {
  case RELATION_EQ:
    return sign == 0;
  case RELATION_NE:
    return sign != 0;
  case RELATION_LT:
    return sign < 0;
  case RELATION_LE:
    return sign <= 0;
  case RELATION_GT:
    return sign > 0;
  case RELATION_GE:
    return sign >= 0;
  }
  assert(false);
  return false;
}

/* -1, 0 or 1 for below all numbers, a number, above all numbers. */
static int rank(const expr *e) {
  return (e == &infinity_above) - (e == &infinity_below);
}

const expr *relation_build(dimsat_context *cx, relation how, const expr *a,
                           const expr *b) {
  if (is_infinite(a) || is_infinite(b)) {
    const bool truth = relation_holds(how, rank(a) - rank(b));
    const expr *other = is_infinite(a) ? b : a;
    return is_infinite(other) ? build_truth(cx, truth)
                              : truth_where_defined(cx, truth, other);
  }
  switch (how) {
  case RELATION_EQ:
    return build_eq(cx, a, b);
  case RELATION_NE:
    return build_ne(cx, a, b);
  case RELATION_LT:
    return build_lt(cx, a, b);
  case RELATION_LE:
    return build_le(cx, a, b);
  case RELATION_GT:
    return build_lt(cx, b, a);
  case RELATION_GE:
    return build_le(cx, b, a);
  }
  assert(false);
  return a;
}

/* 2 ** b. */
static const expr *power_of_two(dimsat_context *cx, const expr *b) {
  return build_pow(cx, build_small(cx, 2), b);
}

const expr *shift_left_build(dimsat_context *cx, const expr *a, const expr *b) {
  return build_mul(cx, a, power_of_two(cx, b));
}

const expr *shift_right_build(dimsat_context *cx, const expr *a,
                              const expr *b) {
  return build_floordiv(cx, a, power_of_two(cx, b));
}

/* Min or Max: the infinity that loses goes away, the other wins over all. */
static const expr *build_extreme(dimsat_context *cx, bool max,
                                 const expr *const *arg, size_t count) {
  const expr *winner = max ? &infinity_above : &infinity_below;
  const expr **kept = arena_zeroed(&cx->work, count, sizeof *kept);
  size_t kept_count = 0;
  bool won = false, partial = false;
  for (size_t i = 0; i < count; i++) {
    won = won || arg[i] == winner;
    partial = partial || arg[i]->partial;
    if (!is_infinite(arg[i]))
      kept[kept_count++] = arg[i];
  }
  if (won)
    return partial ? finite(cx, winner) : winner;
  if (kept_count == 0)
    return opposite_infinity(winner);
  return max ? build_max(cx, kept, kept_count)
             : build_min(cx, kept, kept_count);
}

const expr *bits_build(dimsat_context *cx, op bit, const expr **arg,
                       size_t count) {
  for (; count > 1; count = (count + 1) / 2)
    for (size_t i = 0; i < count; i += 2)
      arg[i / 2] =
          i + 1 < count ? build_bitwise(cx, bit, arg[i], arg[i + 1]) : arg[i];
  return arg[0];
}

/* Piecewise((a, c), .., (z, True)): `arg` is a, c, .., z, True. */
static const expr *build_piecewise(dimsat_context *cx, const expr *const *arg,
                                   size_t count) {
  if (build_as_truth(cx, arg[count - 1])->op != OP_TRUE)
    context_fail(cx, DIMSAT_BAD_SYNTAX, 0, 0,
                 "the last condition of Piecewise must be True");
  const expr *e = arg[count - 2];
  for (size_t i = count - 2; i > 0; i -= 2)
    e = build_ite(cx, arg[i - 1], arg[i - 2], e);
  return e;
}

/* The exclusive or of conditions; changes `arg`. */
static const expr *build_xor(dimsat_context *cx, const expr **arg,
                             size_t count) {
  for (size_t i = 0; i < count; i++)
    arg[i] = build_as_truth(cx, arg[i]);
  return bits_build(cx, OP_BITXOR, arg, count);
}

bool function_takes_pairs(const function *f) {
  return f->act == ACT_PIECEWISE;
}

const expr *function_build(dimsat_context *cx, const function *f,
                           const expr **arg, size_t count) {
  const expr *a = count > 0 ? arg[0] : NULL, *b = count > 1 ? arg[1] : NULL;
  const act what = (act)f->act;
  for (size_t i = 0; what > ACT_MAX && i < count; i++)
    finite(cx, arg[i]);
  switch (what) {
  case ACT_EQ:
  case ACT_NE:
  case ACT_LT:
  case ACT_LE:
  case ACT_GT:
  case ACT_GE:
    return relation_build(cx, (relation)what, a, b);
  case ACT_MIN:
  case ACT_MAX:
    return build_extreme(cx, what == ACT_MAX, arg, count);
  case ACT_INFINITY:
    return &infinity_above;
  case ACT_MINUS_INFINITY:
    return &infinity_below;
  case ACT_AND:
    return build_and(cx, arg, count);
  case ACT_OR:
    return build_or(cx, arg, count);
  case ACT_XOR:
    return build_xor(cx, arg, count);
  case ACT_NOT:
    return build_not(cx, build_as_truth(cx, a));
  case ACT_TRUTH:
    return build_as_truth(cx, a);
  case ACT_CHOICE:
    return build_ite(cx, a, b, arg[2]);
  case ACT_PIECEWISE:
    return build_piecewise(cx, arg, count);
  case ACT_MOD:
    return build_mod(cx, a, b);
  case ACT_FLOORDIV:
    return build_floordiv(cx, a, b);
  case ACT_CEILDIV:
    return build_ceildiv(cx, a, b);
  case ACT_MODULAR_INDEXING:
    return build_mod(cx, build_floordiv(cx, a, b), arg[2]);
  case ACT_ABS:
    return build_abs(cx, a);
  case ACT_POWER:
    return build_pow(cx, a, b);
  case ACT_SHIFT_LEFT:
    return shift_left_build(cx, a, b);
  case ACT_SHIFT_RIGHT:
    return shift_right_build(cx, a, b);
  case ACT_BITAND:
    return bits_build(cx, OP_BITAND, arg, count);
  case ACT_BITOR:
    return bits_build(cx, OP_BITOR, arg, count);
  case ACT_BITXOR:
    return bits_build(cx, OP_BITXOR, arg, count);
  case ACT_IDENTITY:
    return a;
  case ACT_RATIO:
    return build_ratio(cx, a, b);
  case ACT_FLOAT:
    return build_float(cx, a);
  case ACT_TRUNC:
    return build_round(cx, ROUND_TRUNC, a);
  case ACT_TRUNC_FLOAT:
    return build_float(cx, build_round(cx, ROUND_TRUNC, a));
  case ACT_FLOOR:
    return build_round(cx, ROUND_FLOOR, a);
  case ACT_CEIL:
    return build_round(cx, ROUND_CEIL, a);
  case ACT_ROUND:
    return build_round(cx, ROUND_EVEN, a);
  case ACT_IS_INTEGER:
    return build_eq(cx, build_round(cx, ROUND_FLOOR, a), a);
  case ACT_OPAQUE:
  case ACT_OPAQUE_TRUTH:
    return build_opaque(cx, f->opaque, arg, count, what == ACT_OPAQUE_TRUTH);
  }
  assert(false);
  return NULL;
}
