/*
 * The grammar of expressions and problems: every operator and most functions of
 * docs/language.md, every kind of line of docs/formats.md.  Guards speak of
 * what the problems around them declare, so that most of them are read.
 */
#include "tests/fuzz/grammar.h"

/* ---- Expressions -------------------------------------------------------- */

static const char *const name_choices[] = {"a", "b", "c", "x[0]", "x[1]", "s0"};

static const char *const small_choices[] = {
    "2", "0", "1", "3", "4", "5", "6", "-1", "7", "8", "9", "-2", "12", "-5"};

static const char *const factor_choices[] = {"2", "1", "3", "4", "6"};

static const char *const integer_choices[] = {"16",
                                              "%k",
                                              "64",
                                              "-100",
                                              "1000",
                                              "2147483648",
                                              "9007199254740992",
                                              "9223372036854775807",
                                              "-9223372036854775808",
                                              "18446744073709551616",
                                              "123456789012345678901234567890",
                                              "0x1f",
                                              "1_000"};

static const char *const leaf_choices[] = {
    "%v", "%v", "%v", "%v", "%k", "%k*%v", "%v+%k", "%i", "0x1f", "1_000"};

static const char *const number_choices[] = {
    "%l",
    "%l",
    "(%n + %n)",
    "(%n - %n)",
    "%n*%k",
    "(%n*%n)",
    "-(%n)",
    "((%n)//%f)",
    "((%n) // %k)",
    "((%n) // (%n))",
    "Mod(%n, %f)",
    "((%n) %% %k)",
    "((%n) %% (%n))",
    "FloorDiv(%n, %n)",
    "CeilDiv(%n, %f)",
    "CleanDiv(%n, %n)",
    "ModularIndexing(%n, %f, %f)",
    "Max(%n, %n)",
    "Max(%k, %n, %n)",
    "min(%n, %n)",
    "(%n if %c else %n)",
    "(%c ? %n : %n)",
    "Piecewise((%n, %c), (%n, %c), (%n, True))",
    "Abs(%n)",
    "(%n)**%f",
    "(%n)**(%n)",
    "PowByNatural(%n, %f)",
    "(%n << %f)",
    "(%n >> %k)",
    "(%n & %n)",
    "(%n | %k)",
    "(%n ^ %n)",
    "~(%n)",
    "TruncToInt(%q)",
    "math.floor(%q)",
    "CeilToInt(%q)",
    "RoundToInt(%q)",
    "Identity(%n)",
    "(%c)",
    "(%c) + (%n)",
    "%q"};

static const char *const quotient_choices[] = {"IntTrueDiv(%n, %f)",
                                               "((%n) / (%n))",
                                               "1.4*torch.sym_float(%n)",
                                               "%n * 0.5",
                                               "FloatTrueDiv(%n, %n)",
                                               "torch.sym_float(%n)",
                                               "(%q + %q)",
                                               "(%q)*(%n)",
                                               "(%q)**2",
                                               "OpaqueUnaryFn_sqrt(%n)"};

static const char *const condition_choices[] = {"%l >= %k",
                                                "%n == %k",
                                                "%n != %k",
                                                "%n <= %i",
                                                "%n < %n",
                                                "%n >= %n",
                                                "Eq(%n, %n)",
                                                "Ne(%n, %k)",
                                                "Eq(Mod(%n, %f), %k)",
                                                "Eq(%n, %f*%v)",
                                                "(%n) %% %f == 0",
                                                "Lt(%n, %n)",
                                                "%k <= %n < %n",
                                                "%n > int_oo",
                                                "(%c and %c)",
                                                "(%c or %c)",
                                                "not (%c)",
                                                "(%c) & (%c)",
                                                "(%c) | (%c)",
                                                "~(%c)",
                                                "Or(%c, %c, %c)",
                                                "Xor(%c, %c)",
                                                "(%c) == (%c)",
                                                "(%c) != (%c)",
                                                "(%c if %c else %c)",
                                                "%q <= %q",
                                                "is_integer(%q)",
                                                "True",
                                                "bool(%n)"};

static const char *const any_choices[] = {"%n", "%c", "%n",
                                          "%c", "%q", "L['x'].size()[0] // %n"};

/* ---- .dims -------------------------------------------------------------- */

static const char *const range_choices[] = {"0..",   "2..",   "1..64", "2..16",
                                            "..%f",  "%f..9", "0..8",  "3..3",
                                            "4..%i", "%f..16"};

static const char *const hint_choices[] = {"8", "16", "4",  "12", "2",
                                           "6", "3",  "24", "?",  "%k"};

static const char *const dim_choices[] = {"%r", "%r", "%f*a", "%f*b + %f",
                                          "%f*a - 1"};

static const char *const axis_choices[] = {
    "a",      "b",        "c",      "%f*a",    "2*b + %f",
    "%f",     "auto(%r)", "auto",   "dynamic", "dynamic(%r)",
    "static", "null",     "a + %k", "a",       "b"};

static const char *const traced_choices[] = {"?", "s1", "s2", "?", "%f"};

static const char *const bound_choices[] = {"a >= 2",   "x[0] >= %f",
                                            "b <= %i",  "2 <= c <= %i",
                                            "3*a > %k", "x[1] == %f"};

static const char *const guard_choices[] = {
    "guard %c\n",
    "guard %c\n",
    "guard %c\n",
    "guard %c    # at model.py:12 in forward\n",
    "guard %v == %f*%v + %k\n",
    "guard %v %% %f == %k\n",
    "guard %v <= %i\n",
    "assert %c\n",
    "spec %c\n",
    "assume %u\n"};

static const char *const guards_choices[] = {"", "%g%G", "%g%G", "%g%G"};

static const char *const dims_choices[] = {
    "dim a = %r\ndim b = %r\ndim c = %d\ninput x: [a, b] = [%h, %h]\n"
    "symbol s0 = x[0] hint 8 in %r\n%g%G",
    "dim a = %r\ndim b = %r\ndim c = %d\ninput x: [%a, %a] = [%h, %h]\n"
    "symbol s0 = a hint %h in %r\n%g%G",
    "name \"q\"\ndim a = %r\ndim b = %d\ndim c = %r\n"
    "input x from L['x']: [%a, %a, %a] = [%h, %h, %h] traced [s0, %t, %t]\n"
    "input y: [a, 3, %a] = [8, 3, %h]\n%g%G",
    "dim a\ndim b\ndim c\ninput x: [a, b]\nunbacked s0 in %r\n%g%G"};

/* ---- JSON --------------------------------------------------------------- */

static const char *const json_least_choices[] = {"2",  "0",    "1",      "3",
                                                 "%f", "null", "\"%i\"", "%k"};

static const char *const json_most_choices[] = {
    "64", "null", "16", "8", "\"int_oo\"", "\"%i\"", "%k"};

static const char *const json_dim_choices[] = {
    "{\"name\": \"c\"}", "{\"name\": \"c\", \"min\": %m, \"max\": %M}",
    "{\"name\": \"c\", \"derived\": {\"root\": \"a\", \"scale\": %f}}",
    "{\"name\": \"c\", \"derived\": \"%f*b + %f\"}"};

static const char *const json_axis_choices[] = {
    "\"a\"",
    "\"b\"",
    "\"%f*a + %k\"",
    "%f",
    "null",
    "{\"hint\": \"AUTO\"}",
    "{\"hint\": \"DYNAMIC\", \"min\": %m, \"max\": %M}",
    "{\"hint\": \"STATIC\"}"};

static const char *const json_traced_choices[] = {"null", "\"s0\"", "\"s1\"",
                                                  "%f"};

static const char *const json_guard_choices[] = {
    "\"%c\"", "\"%c\"", "{\"expr\": \"%c\", \"at\": \"model.py:1 in f\"}",
    "{\"expr\": \"%c\", \"kind\": \"runtime_assert\", \"stack\": [\"f.py:2\"]}",
    "{\"expr\": \"%c\", \"kind\": \"spec\", \"left\": 1}"};

static const char *const json_guards_choices[] = {"%o", "%o, %O", "%o, %O"};

static const char *const json_choices[] = {
    "{\"dimsat\": 1, \"name\": \"q\","
    " \"dims\": [{\"name\": \"a\", \"min\": %f}, {\"name\": \"b\", \"max\": "
    "%M}, %j],"
    " \"inputs\": [{\"name\": \"x\", \"shape\": [\"a\", \"b\"],"
    " \"hint\": [8, %f], \"traced\": [\"s0\", %w]}],"
    " \"guards\": [%O]}",
    "{\"dims\": [{\"name\": \"a\", \"min\": %m, \"max\": %M}, {\"name\": "
    "\"b\"}, "
    "%j],"
    " \"inputs\": [{\"name\": \"x\", \"source\": \"L['x']\", \"shape\": [%x, "
    "%x], \"hint\": [8, %f], \"traced\": [%w, %w]}],"
    " \"symbols\": [{\"name\": \"s0\", \"source\": \"L['x'].size()[0]\","
    " \"hint\": 8, \"min\": %m, \"max\": %M}],"
    " \"guards\": [%O]}",
    "{\"dims\": [{\"name\": \"a\"}, {\"name\": \"b\"}, %j],"
    " \"inputs\": [{\"name\": \"x\", \"shape\": [\"a\", %x]}],"
    " \"symbols\": [{\"name\": \"s0\", \"unbacked\": true, \"min\": %m}],"
    " \"guards\": [%O]}"};

/* ---- Questions and sizes ------------------------------------------------ */

static const char *const assumption_choices[] = {
    "%v >= %k\n",       "%k <= %v <= %i\n", "%v >= 0\n",
    "%v %% %f == %k\n", "%v == %f*%v\n",    "%c\n"};

static const char *const assumptions_choices[] = {"", "%p%A", "%p%A", "%p%A"};

static const char *const ask_choices[] = {"%A%c", "%A%c", "%A%n"};

static const char *const at_choices[] = {"{\"a\": %k, \"x\": [%k, %k]}\n",
                                         "{\"x\": [%f, %i]}\n",
                                         "{\"x[0]\": %k, \"x[1]\": %f}\n",
                                         "a=%k, b = %k, c=%i\n",
                                         "x=[%k, %k], s0=8\n",
                                         "{\"s0\": %f, \"L['x']\": [8, 8]}\n"};

static const char *const ats_choices[] = {"%s", "%s%Y", "%s%Y"};

static const char *const sizes_choices[] = {"%P---\n%Y"};

/* A rule of choices that end, or of which the first `ends` do. */
#define COUNT(list) (sizeof list / sizeof *(list))
#define FLAT(letter, list)                                                     \
  { letter, list, COUNT(list), COUNT(list) }
#define RULE(letter, list, ends)                                               \
  { letter, list, COUNT(list), ends }

static const grammar_rule rules[] = {
    FLAT('v', name_choices),
    FLAT('k', small_choices),
    FLAT('f', factor_choices),
    FLAT('i', integer_choices),
    FLAT('l', leaf_choices),
    RULE(GROW_NUMBER, number_choices, 2),
    RULE('q', quotient_choices, 3),
    RULE(GROW_CONDITION, condition_choices, 4),
    FLAT(GROW_ANY, any_choices),
    FLAT('r', range_choices),
    FLAT('h', hint_choices),
    FLAT('d', dim_choices),
    FLAT('a', axis_choices),
    FLAT('t', traced_choices),
    FLAT('u', bound_choices),
    FLAT('g', guard_choices),
    RULE('G', guards_choices, 1),
    FLAT(GROW_DIMS, dims_choices),
    FLAT('m', json_least_choices),
    FLAT('M', json_most_choices),
    FLAT('j', json_dim_choices),
    FLAT('x', json_axis_choices),
    FLAT('w', json_traced_choices),
    FLAT('o', json_guard_choices),
    RULE('O', json_guards_choices, 1),
    FLAT(GROW_JSON, json_choices),
    FLAT('p', assumption_choices),
    RULE('A', assumptions_choices, 1),
    FLAT(GROW_ASK, ask_choices),
    FLAT('s', at_choices),
    RULE('Y', ats_choices, 1),
    FLAT(GROW_SIZES, sizes_choices),
};

const grammar language = {rules, COUNT(rules)};
