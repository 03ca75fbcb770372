/*
 * The language: what texts mean, how they print, and what is said about texts
 * that are wrong.  All through the public functions.
 */
#include "dimsat/expr.h"
#include "tests/unit/context.h"
#include "tests/unit/guard_texts.h"
#include "tests/unit/suites.h"

#include <stdlib.h>
#include <string.h>

Suite *suite_parse(void);

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

/* The expression of a text that must be right. */
static const dimsat_expr *parse(const char *text) {
  const dimsat_expr *e = dimsat_parse(cx, text, strlen(text));
  ck_assert_msg(e != NULL, "%s: %s", text, dimsat_last_error(cx)->text);
  return e;
}

/* The law of print.c: text in each spelling reads back as the same node. */
static void check_law(const char *text) {
  static const dimsat_spelling all[] = {DIMSAT_PYTHON, DIMSAT_SYMPY, DIMSAT_C};
  const dimsat_expr *e = parse(text);
  for (int i = 0; i < ROWS(all); i++) {
    const char *printed = dimsat_print(cx, e, all[i]);
    ck_assert_ptr_nonnull(printed);
    ck_assert_msg(parse(printed) == e, "%s prints as %s", text, printed);
  }
}

/* ---- One text, one meaning ---------------------------------------------- */

/* Texts that are one expression, the second in Python's canonical form. */
static const struct {
  const char *text, *python;
} python_rows[] = {
    /* numbers */
    {"1_000", "1000"},
    {"0x_ff", "255"},
    {"0b11", "3"},
    {"0o17", "15"},
    {"0xFFFFFFFFFFFFFFFFFFFF", "1208925819614629174706175"},
    {"00", "0"},
    {"8L + 8LL + 1UL", "17"},
    {"-340282366920938463463374607431768211456",
     "-340282366920938463463374607431768211456"},
    {"1.4", "7 / 5"},
    {".5", "1 / 2"},
    {"5.", "5"},
    {"1e3", "1000"},
    {"2.5e-1", "1 / 4"},
    {"1_0.5_0E+1", "105"},
    {"0e999999999999", "0"},
    {"0.000", "0"},
    {"0_0", "0"},
    {"1E+3 + 0x1_0", "1016"},
    {"12u + 1ul", "13"},
    /* precedence, as in Python */
    {"a + b*c", "a + b*c"},
    {"-a**2", "-a**2"},
    {"+a - +2", "a - 2"},
    {"+(a < b) + 1", "(1 if a < b else 0) + 1"},
    {"(-a)**3", "-a**3"},
    {"2**3**2", "512"},
    {"2**-a", "2**-a"},
    {"a - b - c", "a - b - c"},
    {"-7 // 2", "-4"},
    {"-(7 // 2)", "-3"},
    {"-7 % 3", "2"},
    {"7 // -2", "-4"},
    {"~a", "-a - 1"},
    {"~5 & 12", "8"},
    {"1 << 3 + 1", "16"},
    {"-5 >> 1", "-3"},
    {"6 ^ 3 | 8 & 12", "13"},
    {"1 | 6 ^ 2 == 5", "True"},
    {"not 1 == 2", "True"},
    {"not not a == b", "a == b"},
    {"1 < 3 == 3", "True"},
    {"3 > 2 > 1", "True"},
    {"2 <= x < y", "x < y and x >= 2"},
    {"False and False or True", "True"},
    {"1 if False else 2 if False else 3", "3"},
    {"(1 if True else 2) + 1", "2"},
    {"1 if True else 2 + 1", "1"},
    /* conditions */
    {"Eq(a, 1) & Eq(b, 2)", "a == 1 and b == 2"},
    {"~(a < 3) | (b == 1)", "b == 1 or a >= 3"},
    {"(a < b) != (c < d)", "(a < b) != (c < d)"},
    {"(a < b) ^ (c < d)", "(a < b) != (c < d)"},
    {"(a < b) == True", "a < b"},
    {"a == 1 & b == 2", "a == b % 2 and b % 2 == 2"},
    {"not a", "a == 0"},
    {"bool(a)", "a != 0"},
    {"!(a == b) && c || False", "a != b and c != 0"},
    {"a < b ? c : d", "c if a < b else d"},
    {"1 + (a < b)", "(1 if a < b else 0) + 1"},
    /* how relations print */
    {"x - 3 <= 9", "x <= 12"},
    {"5 <= x", "x >= 5"},
    {"x + 1 <= y", "x < y"},
    {"3 == x", "x == 3"},
    {"a + 1 == b", "b == a + 1"},
    /* names are opaque */
    {"N + S", "N + S"},
    {"E*I", "E*I"},
    {"beta + gamma + zeta + pi", "beta + gamma + pi + zeta"},
    {"max + len + Mod", "Mod + len + max"},
    {"größe + 变量", "größe + 变量"},
    {"_x1 + s77", "_x1 + s77"},
    {"notx + iffy", "iffy + notx"},
    /* infinities */
    {"x <= int_oo", "True"},
    {"x == oo", "False"},
    {"-int_oo < x", "True"},
    {"oo > -oo", "True"},
    {"Ne(int_oo, IntInfinity())", "False"},
    {"Max(x, -int_oo, 2) <= 3", "max(x, 2) <= 3"},
    {"Min(x, oo) == x", "True"},
    {"Max(x, oo) >= math.inf", "True"},
    {"x >= NegativeIntInfinity()", "True"},
    {"+oo > x", "True"},
    {"Max(-oo, -int_oo) < x", "True"},
    {"Min(oo, -oo) < x", "True"},
    /* an infinity is beyond every number, which must have a value */
    {"a // b < oo", "0*(a // b) <= 0"},
    {"a // b != -oo", "0*(a // b) <= 0"},
    {"a // b > oo", "0*(a // b) <= -1"},
    {"a // b == -oo", "0*(a // b) <= -1"},
};

START_TEST(python_rows_hold) {
  const char *text = python_rows[_i].text, *wanted = python_rows[_i].python;
  const char *python = dimsat_print(cx, parse(text), DIMSAT_PYTHON);
  ck_assert_msg(strcmp(python, wanted) == 0, "%s: %s, not %s", text, python,
                wanted);
  check_law(text);
}
END_TEST

/* Texts that are one expression. */
static const struct {
  const char *a, *b;
} equal_rows[] = {
    {"Eq(a, b)", "a == b"},
    {"Ne(a, b)", "a != b"},
    {"Lt(a, b)", "a < b"},
    {"Le(a, b)", "a <= b"},
    {"Gt(a, b)", "a > b"},
    {"Ge(a, b)", "a >= b"},
    {"And(a < b, c, d < e)", "a < b and c and d < e"},
    {"Or(a < b, c)", "(a < b) | (c != 0)"},
    {"Xor(a < b, c < d)", "(a < b) != (c < d)"},
    {"Not(a < b)", "a >= b"},
    {"torch.sym_not(a < b)", "not a < b"},
    {"Mod(a, b)", "a % b"},
    {"PythonMod(a, b)", "a % b"},
    {"c10::div_mod(a, b)", "a % b"},
    {"FloorDiv(a, b)", "a // b"},
    {"CleanDiv(a, b)", "a // b"},
    {"sympy.CeilDiv(a, 4)", "-(-a // 4)"},
    {"ModularIndexing(a, 2, 3)", "(a // 2) % 3"},
    {"Max(a, b, c)", "max(max(a, b), c)"},
    {"std::max<int64_t>({a, b, c})", "torch.sym_max(a, max(b, c))"},
    {"std::min(a, b)", "Min(b, a)"},
    {"Abs(a)", "abs(a)"},
    {"Where(c, a, b)", "a if c else b"},
    {"ITE(c < 2, a, b)", "torch.sym_ite(c < 2, a, b)"},
    {"Piecewise((a, c < 2), (b, c < 4), (0, True))",
     "a if c < 2 else b if c < 4 else 0"},
    {"PowByNatural(a, 3)", "a*a*a"},
    {"FloatPow(a, 2.0)", "a**2"},
    {"Pow(a, b)", "pow(a, b)"},
    {"LShift(a, 3)", "8*a"},
    {"RShift(a, 3)", "a // 8"},
    {"a << b", "a * 2**b"},
    {"a >> b", "a // 2**b"},
    {"BitwiseFn_bitwise_and(a, b)", "a & b"},
    {"bitwise_or(a, b)", "a | b"},
    {"BitwiseFn_bitwise_xor(a, b)", "a ^ b"},
    {"Identity(a + 1)", "a + 1"},
    {"IntTrueDiv(a, 3) > 2.5", "FloatTrueDiv(a, 3) > 5/2"},
    {"TruncToInt(a / 2)", "int(a / 2)"},
    {"math.trunc(a / 2)", "static_cast<int64_t>(a / 2)"},
    {"CeilToInt(a / 2)", "math.ceil(a / 2)"},
    {"FloorToInt(a / 2)", "math.floor(a / 2)"},
    {"ceiling(7/2) + floor(-7/2)", "0"},
    {"RoundToInt(5/2) + round(7/2)", "6"},
    {"trunc(-7/2)", "-3"},
    {"math.trunc(1.4*10)", "14"},
    {"torch.sym_float(a)", "ToFloat(a)"},
    {"float(a)", "sym_float(a)"},
    {"TruncToFloat(5/2)", "2"},
    {"is_integer(7/2)", "False"},
    {"sqrt(a)", "OpaqueUnaryFn_sqrt(a)"},
    {"math.log2(a)", "torch._sym_log2(a)"},
    {"torch.sym_sqrt(a)", "math.sqrt(a)"},
    {"dimsat_floordiv(a, b) + dimsat_mod(a, b)", "a // b + a % b"},
    {"dimsat_min(a, b) * dimsat_max(a, b)", "min(a, b)*max(a, b)"},
    {"dimsat_pow(a, b) + dimsat_float(a)", "a**b + ToFloat(a)"},
    {" a\t+\n b\r", "a+b"},
};

START_TEST(equal_rows_hold) {
  const char *a = equal_rows[_i].a, *b = equal_rows[_i].b;
  ck_assert_msg(parse(a) == parse(b), "%s is %s, not %s", a,
                dimsat_print(cx, parse(a), DIMSAT_PYTHON), b);
  check_law(a);
}
END_TEST

/* One expression in three spellings. */
static const struct {
  const char *python, *sympy, *c;
} spelling_rows[] = {
    {"a // b", "(a//b)", "dimsat_floordiv(a, b)"},
    {"a*b // (2*c)", "(a*b//(2*c))", "dimsat_floordiv(a*b, 2*c)"},
    {"((a + 1) // b) // c", "(((a + 1)//b)//c)", ""},
    {"a % b", "Mod(a, b)", "dimsat_mod(a, b)"},
    {"a**2*b", "a**2*b", "a*a*b"},
    {"(a + 1)**2", "(a + 1)**2", "(a + 1)*(a + 1)"},
    {"a**b", "PowByNatural(a, b)", "dimsat_pow(a, b)"},
    {"b - a", "b - a", "b - a"},
    {"3 - a", "3 - a", "3 - a"},
    {"-a - 3", "-a - 3", "-a - 3"},
    {"a - 2*b + 3", "a - 2*b + 3", "a - 2*b + 3"},
    {"a - b // c", "a - (b//c)", "a - dimsat_floordiv(b, c)"},
    {"-2*(a // b)", "-2*(a//b)", "-2*dimsat_floordiv(a, b)"},
    {"max(a, b, c)", "Max(a, b, c)", "dimsat_max(a, dimsat_max(b, c))"},
    {"min(a, 3)", "Min(a, 3)", "dimsat_min(a, 3)"},
    {"a if b < c else d", "Where(b < c, a, d)", "b < c ? a : d"},
    {"a & b", "BitwiseFn_bitwise_and(a, b)", "a & b"},
    {"c == (a & b)", "", ""},
    {"a == b", "Eq(a, b)", "a == b"},
    {"a != b", "Ne(a, b)", "a != b"},
    {"c == 1 and a < b", "Eq(c, 1) & (a < b)", "c == 1 && a < b"},
    {"a == 1 or b == 1", "Eq(a, 1) | Eq(b, 1)", "a == 1 || b == 1"},
    {"torch.sym_float(a)", "ToFloat(a)", "dimsat_float(a)"},
    {"7 / 5", "IntTrueDiv(7, 5)", "dimsat_ratio(7, 5)"},
    {"True", "True", "true"},
    {"not is_non_overlapping_and_dense(a)", "~is_non_overlapping_and_dense(a)",
     "!is_non_overlapping_and_dense(a)"},
};

START_TEST(spelling_rows_hold) {
  const char *texts[] = {spelling_rows[_i].python, spelling_rows[_i].sympy,
                         spelling_rows[_i].c};
  static const dimsat_spelling all[] = {DIMSAT_PYTHON, DIMSAT_SYMPY, DIMSAT_C};
  const dimsat_expr *e = parse(texts[0]);
  for (int i = 0; i < ROWS(all); i++)
    if (texts[i][0] != '\0')
      ck_assert_str_eq(dimsat_print(cx, e, all[i]), texts[i]);
  check_law(texts[0]);
}
END_TEST

START_TEST(guard_texts_hold) {
  check_law(guard_texts[_i]);
}
END_TEST

/* ---- Sources ------------------------------------------------------------ */

/* Sources and their canonical text. */
static const struct {
  const char *text, *name;
} source_rows[] = {
    {"x", "x"},
    {"L['x'].size()[0]", "L['x'].size()[0]"},
    {"L[\"x\"] . size( ) [ 0 ]", "L['x'].size()[0]"},
    {"L[\"args\"][0][1].size()[2]", "L['args'][0][1].size()[2]"},
    {"L['self'].a.b[3]['k'].shape[1]", "L['self'].a.b[3]['k'].shape[1]"},
    {"x.size(0)", "x.size(0)"},
    {"x.shape[ - 1 ]", "x.shape[-1]"},
    {"G['m'].w.stride()[1]", "G['m'].w.stride()[1]"},
    {"x.storage_offset()", "x.storage_offset()"},
    {"x[1][0x2]", "x[1][2]"},
    {"x[1_0, 'a']", "x[10,'a']"},
    {"cache.layers[0].keys.size()[2]", "cache.layers[0].keys.size()[2]"},
    {"___from_numpy(L['x']).size()[0]", "___from_numpy(L['x']).size()[0]"},
    {"f(g(x.a, -1), k = 'v').b", "f(g(x.a,-1),k='v').b"},
    {"len(L['xs'])", "len(L['xs'])"},
    {"max[0]", "max[0]"},
    {"x[i]", "x[i]"},
    {"x[True]", "x[True]"},
    {"L['**kwargs']['a b'].size()[0]", "L['**kwargs']['a b'].size()[0]"},
    {"L[\"it's\"]", "L['it\\'s']"},
    {"L['\"']", "L['\"']"},
    {"L['a\\\\b\\n\\t\\x07\\'']", "L['a\\\\b\\n\\t\\x07\\'']"},
    {"L['\\x41\\u00e9\\U0001F600\\101\\q']", "L['Aé😀A\\\\q']"},
    {"L['\\ud800\\x85\\0']", "L['\\ud800\\x85\\x00']"},
    {"größe['ß'].size()[0]", "größe['ß'].size()[0]"},
    {"L['\\u0800\\u20AC\\r\\x7f']", "L['\u0800€\\r\\x7f']"},
    {"L['\\U00110000\\x4\\uzz\\8']", "L['\\\\U00110000\\\\x4\\\\uzz\\\\8']"},
    {"L['\\377\\12x']", "L['ÿ\\nx']"},
    {"f(g(x)).b", "f(g(x)).b"},
    {"f(x)[0]", "f(x)[0]"},
    {"x[False]", "x[False]"},
};

START_TEST(source_rows_hold) {
  const char *text = source_rows[_i].text, *name = source_rows[_i].name;
  const dimsat_expr *e = parse(text);
  ck_assert_str_eq(dimsat_print(cx, e, DIMSAT_PYTHON), name);
  ck_assert_ptr_eq(dimsat_symbol(cx, text), e);
  ck_assert_ptr_eq(dimsat_symbol(cx, name), e);
  check_law(text);
}
END_TEST

/* ---- Errors ------------------------------------------------------------- */

/* Wrong texts: the bytes to underline and a part of the sentence. */
static const struct {
  const char *text;
  size_t offset, length;
  const char *part;
} error_rows[] = {
    {"", 0, 0, "expected an expression, found the end"},
    {"  ", 2, 0, "expected an expression, found the end"},
    {"1 +", 3, 0, "expected an operand after '+', found the end"},
    {"a == ", 5, 0, "expected an operand after '==', found the end"},
    {")", 0, 1, "expected an expression, found ')'"},
    {"a)", 1, 1, "this ')' closes nothing"},
    {"(a", 2, 0, "expected an operator or ')', found the end"},
    {"(a b)", 3, 1, "expected an operator or ')', found 'b'"},
    {"()", 1, 1, "expected an operand after '(', found ')'"},
    {"a b", 2, 1, "expected an operator, found 'b'"},
    {"a = 3", 2, 1, "equality is written '=='"},
    {"a <> b", 3, 1, "expected an operand after '<', found '>'"},
    {"a not b", 2, 3, "expected an operator, found 'not'"},
    {"1 + not a", 4, 3, "expected an operand after '+', found 'not'"},
    {"a == not b", 5, 3, "expected an operand after '==', found 'not'"},
    {"and", 0, 3, "expected an expression, found 'and'"},
    {"a if b", 6, 0, "expected an operator or 'else', found the end"},
    {"a ? b", 5, 0, "expected an operator or ':', found the end"},
    {"'x'", 0, 3, "expected an expression, found a string"},
    {"Eq(a)", 0, 2, "Eq takes 2 operands, found 1"},
    {"Abs(a, b)", 0, 3, "Abs takes 1 operand, found 2"},
    {"Max()", 0, 3, "Max takes at least 1 operand, found 0"},
    {"Mod(a,)", 6, 1, "expected an operand after ',', found ')'"},
    {"Mod(a b)", 6, 1, "expected ',' or ')', found 'b'"},
    {"1 + FlorDiv(a, 2)", 4, 7, "did you mean 'FloorDiv'?"},
    {"mood(a, 2)", 0, 4, "did you mean 'Mod'?"},
    {"math.truncate(a)", 0, 13, "the function 'math.truncate' is unknown"},
    {"f (a + 1)", 0, 1, "the function 'f' is unknown"},
    {"Mod(a, b)[0]", 9, 1, "expected an operator, found '['"},
    {"x[]", 2, 1, "expected an integer, a string or a name in a source"},
    {"x[1.5]", 2, 3, "expected an integer, a string or a name in a source"},
    {"x[a + 1]", 4, 1, "expected ']' or ','"},
    {"x.", 2, 0, "expected a name after '.'"},
    {"x['a", 2, 2, "no closing '"},
    {"a $ b", 2, 1, "'$' is no part of an expression"},
    {"a # b", 2, 1, "'#' is no part of an expression"},
    {"a \xff b", 2, 1, "the byte 0xff at offset 2 is not valid UTF-8"},
    {"a \xc3", 2, 1, "the byte 0xc3 at offset 2 is not valid UTF-8"},
    {"a\xed\xa0\x80", 1, 1, "the byte 0xed at offset 1 is not valid UTF-8"},
    {"a \x01", 2, 1, "the byte 0x01 at offset 2"},
    {"a ≤ b", 2, 3, "the character U+2264"},
    {"a\xc2\xa0+ b", 1, 2, "the character U+00A0"},
    {"12ab", 0, 4, "'12ab' is neither a number nor a name"},
    {"1__0", 0, 4, "'1__0' is neither a number nor a name"},
    {"1_", 0, 2, "'1_' is neither a number nor a name"},
    {"007", 0, 3, "leading zeros"},
    {"0b12", 0, 4, "'0b12' is no number of base 2"},
    {"0x", 0, 2, "'0x' has no digits"},
    {"0x_", 0, 3, "'0x_' is no number of base 16"},
    {"0x1é2", 0, 6, "'0x1é2' is no number of base 16"},
    {"0b2", 0, 3, "'0b2' is no number of base 2"},
    {"1e+", 0, 2, "'1e' is neither a number nor a name"},
    {"3ull_", 0, 5, "'3ull_' is neither a number nor a name"},
    {"1.5L", 0, 4, "'1.5L' is neither a number nor a name"},
    {"a \x7f", 2, 1, "the byte 0x7f at offset 2 has no place"},
    {"a \xe0\x80\x80", 2, 1, "the byte 0xe0 at offset 2 is not valid UTF-8"},
    {"a \xf4\x90\x80\x80", 2, 1, "the byte 0xf4 at offset 2"},
    {"a \xf8", 2, 1, "the byte 0xf8 at offset 2"},
    {"a × b", 2, 2, "the character U+00D7"},
    {"a ÷ b", 2, 2, "the character U+00F7"},
    {"«a»", 0, 2, "the character U+00AB"},
    {"a»", 1, 2, "the character U+00BB"},
    {"a\xe3\x80\x80", 1, 3, "the character U+3000"},
    {"a\xef\xb8\x8f", 1, 3, "the character U+FE0F"},
    {"\xef\xbb\xbf"
     "a",
     0, 3, "the character U+FEFF"},
    {"a\xef\xbf\xbd", 1, 3, "the character U+FFFD"},
    {"L['a\xff']", 4, 1, "the byte 0xff at offset 4 is not valid UTF-8"},
    {"L['a\\", 2, 3, "no closing '"},
    {"L['a\nb']", 2, 2, "no closing '"},
    {"1 aéaéaéaéaéaéaéaéaéaéaéaéaéaéaéa", 2, 46,
     "found 'aéaéaéaéaéaéaéaéaéaéaéaéaéa...'"},
    {"static_cast<int64_t(a)", 12, 7, "the function 'int64_t' is unknown"},
    {"f(g(a)", 0, 1, "the function 'f' is unknown"},
    {"Where(a, b, c, d)", 0, 5, "Where takes 3 operands, found 4"},
    {"int_oo + 1", 7, 1, "an infinity may only be compared"},
    {"~oo < 1", 0, 1, "an infinity may only be compared"},
    {"Max(a // b, oo) > 1", 0, 3, "an infinity may only be compared"},
    {"oo", 0, 2, "an infinity may only be compared"},
    {"Mod(oo, 2)", 0, 3, "an infinity may only be compared"},
    {"a if b else oo", 2, 2, "an infinity may only be compared"},
    {"Piecewise((a, b))", 0, 9, "must be True"},
    {"Piecewise(a)", 10, 1, "expected '(', found 'a'"},
    {"a & 1.5", 2, 1, ""},
};

START_TEST(error_rows_hold) {
  const char *text = error_rows[_i].text, *part = error_rows[_i].part;
  ck_assert_ptr_null(dimsat_parse(cx, text, strlen(text)));
  const dimsat_error *error = dimsat_last_error(cx);
  ck_assert_msg(strstr(error->text, part) != NULL, "%s: %s", text, error->text);
  ck_assert_msg(error->offset == error_rows[_i].offset &&
                    error->length == error_rows[_i].length,
                "%s: %zu+%zu %s", text, error->offset, error->length,
                error->text);
  ck_assert_int_eq(error->status, *part ? DIMSAT_BAD_SYNTAX : DIMSAT_BAD_SORT);
}
END_TEST

START_TEST(nul_is_an_error) {
  ck_assert_ptr_null(dimsat_parse(cx, "a\0b", 3));
  ck_assert_uint_eq(dimsat_last_error(cx)->offset, 1);
  ck_assert_ptr_nonnull(strstr(dimsat_last_error(cx)->text, "byte 0x00"));
}
END_TEST

/* What is no name. */
static const char *const name_rows[] = {
    "",       "1x",  "a b", "a+b", "True", "and", "oo",    "x[",  "Mod(a, b)",
    "int_oo", "'x'", "(x)", " ",   "x'y",  "x.1", "x\xff", "not", "-x"};

START_TEST(name_rows_fail) {
  ck_assert_ptr_null(dimsat_symbol(cx, name_rows[_i]));
  ck_assert_int_eq(dimsat_last_error(cx)->status, DIMSAT_BAD_SYNTAX);
}
END_TEST

/* ---- Limits ------------------------------------------------------------- */

/* `count` times `piece`, then `rest`. */
static char *repeated(const char *piece, size_t count, const char *rest) {
  const size_t n = strlen(piece);
  char *text = malloc(n * count + strlen(rest) + 1);
  ck_assert_ptr_nonnull(text);
  for (size_t i = 0; i < count; i++)
    memcpy(text + n * i, piece, n);
  strcpy(text + n * count, rest);
  return text;
}

/* Texts beyond a limit, and the place that is too much. */
static const struct {
  const char *piece;
  size_t count;
  const char *rest;
  size_t offset, length;
} limit_rows[] = {
    {"(", 100000, "x", 1000, 1},
    {"-", 100000, "x", 1000, 1},
    {"not ", 100000, "x", 4000, 3},
    {"x**", 100000, "x", 3001, 2},
    {"x if c else ", 50000, "x", 12002, 2},
    {"Mod(", 100000, "x", 4000, 3},
    {"x // (", 100000, "x", 6005, 1},
    {"9", 1000000, "", 0, 1000000},
    {"9", 19729, "", 0, 19729},
    {" ", 1 << 20, "x", 1 << 20, 0},
    {"x", 5000, "", 0, 5000},
    {"x.", 3000, "x", 4096, 1},
    {"x[", 100, "0", 131, 1},
    {"1e", 1, "999999999999999999999", 0, 23},
    {"1e-", 1, "20000", 0, 8},
    {"2**", 1, "100000", 1, 2},
    {"1 <<", 1, "100000", 2, 2},
};

START_TEST(limit_rows_hold) {
  char *text =
      repeated(limit_rows[_i].piece, limit_rows[_i].count, limit_rows[_i].rest);
  ck_assert_ptr_null(dimsat_parse(cx, text, strlen(text)));
  free(text);
  const dimsat_error *error = dimsat_last_error(cx);
  ck_assert_int_eq(error->status, DIMSAT_TOO_LARGE);
  ck_assert_uint_eq(error->offset, limit_rows[_i].offset);
  ck_assert_uint_eq(error->length, limit_rows[_i].length);
}
END_TEST

START_TEST(prefixes_are_limited) {
  static const char *const open[] = {"0x", "f(", "Where"};
  static const char *const piece[] = {"f", "g(", "r"};
  for (int i = 0; i < ROWS(open); i++) {
    char *many = repeated(piece[i], 70000, "");
    char *text = repeated(open[i], 1, many);
    ck_assert_ptr_null(dimsat_parse(cx, text, strlen(text)));
    ck_assert_int_eq(dimsat_last_error(cx)->status,
                     i == 1 ? DIMSAT_BAD_SYNTAX : DIMSAT_TOO_LARGE);
    free(many);
    free(text);
  }
}
END_TEST

START_TEST(depth_is_reached) {
  char *open = repeated("(", 1000, "x");
  char *text = repeated(")", 1000, "");
  char *whole = repeated(open, 1, text);
  ck_assert_ptr_eq(parse(whole), parse("x"));
  free(open);
  free(text);
  free(whole);
}
END_TEST

/* Operators whose chains are one node of any length. */
static const char *const chain_rows[] = {
    "x + ", "y*", "a | ", "a ^ ", "(a < b) & ", "a < b and ", "a < b < "};

START_TEST(chain_rows_are_fast) {
  const size_t count = strcmp(chain_rows[_i], "y*") == 0 ? 60000 : 90000;
  char *text = repeated(chain_rows[_i], count, "c");
  ck_assert_ptr_nonnull(parse(text));
  free(text);
}
END_TEST

Suite *suite_parse(void) {
  Suite *suite = suite_create("parse");
  TCase *tables = tcase_create("tables");
  tcase_add_checked_fixture(tables, open_context, close_context);
  tcase_add_loop_test(tables, python_rows_hold, 0, ROWS(python_rows));
  tcase_add_loop_test(tables, equal_rows_hold, 0, ROWS(equal_rows));
  tcase_add_loop_test(tables, spelling_rows_hold, 0, ROWS(spelling_rows));
  tcase_add_loop_test(tables, guard_texts_hold, 0, ROWS(guard_texts));
  tcase_add_loop_test(tables, source_rows_hold, 0, ROWS(source_rows));
  tcase_add_loop_test(tables, error_rows_hold, 0, ROWS(error_rows));
  tcase_add_loop_test(tables, name_rows_fail, 0, ROWS(name_rows));
  tcase_add_test(tables, nul_is_an_error);
  suite_add_tcase(suite, tables);
  TCase *limits = tcase_create("limits");
  tcase_add_checked_fixture(limits, open_context, close_context);
  tcase_add_loop_test(limits, limit_rows_hold, 0, ROWS(limit_rows));
  tcase_add_loop_test(limits, chain_rows_are_fast, 0, ROWS(chain_rows));
  tcase_add_test(limits, prefixes_are_limited);
  tcase_add_test(limits, depth_is_reached);
  suite_add_tcase(suite, limits);
  return suite;
}
