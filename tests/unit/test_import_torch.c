/* Errors, logs and traces of PyTorch, and the problems that they tell of. */
#include "tests/unit/import_texts.h"
#include "tests/unit/suites.h"

#define LOG "I1121 04:22:22.210000 19570 torch/symbolic_shapes.py:4058] "
#define FRAME LOG "[0/0] "
#define ENV LOG "create_env\n"
#define X0 "L['x'].size()[0]"
#define Y0 "L['y'].size()[0]"

/* A symbol of an axis, and its spec. */
#define SYMBOL(name, value, axis)                                              \
  LOG "create_symbol " name " = " value " for " axis " [2, int_oo] (a.py)\n"
#define GUARD(text) LOG "eval " text " [guard added] (m.py:1 in f)\n"
#define STRICT " StrictMinMaxConstraint(warn_only=False, vr=VR[0, int_oo])\n"
#define RELAXED " RelaxedUnspecConstraint(warn_only=False)\n"
#define TRACK(axis, value, spec) LOG "track_symint " axis " " value spec
#define OFFSET(input) TRACK(input ".storage_offset()", "0", " None\n")
#define PRODUCE LOG "produce_guards\n"
#define EXIT LOG "lru_cache_stats simplify: CacheInfo(hits=0)\n"
#define VIOLATED(names)                                                        \
  "torch._dynamo.exc.UserError: Constraints violated (" names ")! For more "   \
  "information, run with TORCH_LOGS=\"+dynamic\".\n"
#define NOT_ALL(name, axis, guard)                                             \
  "  - Not all values of " name " = " axis " in the specified range satisfy "  \
  "the generated guard " guard ".\n"
#define EQUAL(name, axis, other, second)                                       \
  "  - The values of " name " = " axis " and " other " = " second              \
  " must always be equal.\n"
#define MARKED(name, value)                                                    \
  "  - You marked " name " as dynamic but your code specialized it to be a "   \
  "constant (" value "). If you're using mark_dynamic, remove it.\n"
#define FIXES "Suggested fixes:\n"
#define BACK "Traceback (most recent call last):\n  File \"m.py\", line 1\n"

/* ---- Logs -----------------------------------------------------------------
 */

#define ONE ENV SYMBOL("s7", "8", X0)
#define SPEC PRODUCE TRACK(X0, "s7", STRICT) OFFSET("L['x']")
#define TWO ENV SYMBOL("s7", "8", X0) SYMBOL("s9", "8", Y0)
#define BOTH(x, y)                                                             \
  TRACK(X0, x, STRICT) OFFSET("L['x']") TRACK(Y0, y, STRICT) OFFSET("L['y']")
#define FRAMES                                                                 \
  FRAME "create_env\n" SYMBOL("s7", "8", "L['flat_args'][0].size()[0]")        \
      SYMBOL("s9", "8", "L['flat_args'][1].size()[0]")                         \
          SYMBOL("s5", "8", "L['flat_args'][2].size()[0]") GUARD("Eq(s7, s9)") \
              GUARD("Eq(s7, s5)")
#define TRACKS                                                                 \
  PRODUCE TRACK("L['flat_args'][0].size()[0]", "s7", STRICT)                   \
      TRACK("L['flat_args'][1].size()[0]", "s7", STRICT)                       \
          TRACK("L['flat_args'][2].size()[0]", "s7", STRICT)                   \
              OFFSET("L['flat_args'][2]")

static const import_row logs[] = {
    {ONE SPEC, "\"hint\": [8], \"traced\": [\"s7\"]", "\"min\": 2",
     "incomplete"},
    {ONE GUARD("s7 <= 9") SPEC,
     "\"expr\": \"s7 <= 9\", \"at\": \"m.py:1 in f\"", NULL, "incomplete"},
    {ONE, "the log ends before the spec is told", NULL, NULL},
    {ONE PRODUCE, "the log ends before the spec is told", NULL, NULL},
    {ONE PRODUCE TRACK(X0, "s7", STRICT), "the log ends while the spec is told",
     NULL, NULL},
    {TWO PRODUCE TRACK(X0, "s7", STRICT) OFFSET("L['x']"),
     "the log ends while the spec is told", NULL, NULL},
    {ONE SPEC LOG "track_symint L['k'] s7" RELAXED, "s7", NULL, "incomplete"},
    {ONE GUARD("[guard suppressed] Ne(s7, 9)") SPEC, "s7", NULL, "Ne("},
    {ONE GUARD("(forcing_spec) Eq(s7, 8)") SPEC, "Eq(s7, 8)", NULL, "forcing"},
    {ONE LOG "runtime_assert s7 <= 9 [guard added] (m.py:1 in f)\n" SPEC,
     "\"kind\": \"runtime_assert\"", NULL, "incomplete"},
    {ONE LOG "runtime_assert s7 <= s4 [guard added] (m.py:1 in f)\n" SPEC,
     "the guard 's7 <= s4' is left out", NULL, "incomplete"},
    {ONE LOG "runtime_assert s7 <= 9 == True [statically known]\n" SPEC, "s7",
     NULL, "<= 9"},
    {ONE GUARD("s4 <= 9") SPEC,
     "\"incomplete\": [\"the guard 's4 <= 9' is left out: the text does not "
     "say what 's4' is",
     NULL, "\"expr\""},
    {ONE GUARD("s7 <= <=") SPEC, "the guard 's7 <= <=' is left out", NULL,
     "\"expr\""},
    {ONE LOG "set_replacement s7 = 8 (find) VR[8, 8]\n" SPEC, "Eq(s7, 8)", NULL,
     NULL},
    {ENV LOG "create_symbol s7 = 8 for " X0
             " [2, 9223372036854775806] (a.py)\n",
     "\"min\": 2, \"max\": null", NULL, NULL},
    {ONE LOG "create_symbol s9 duck sized " Y0 "\n" SPEC, "y_dim0", "while",
     NULL},
    {ONE LOG "create_unbacked_symint u0 [0, int_oo] (a.py)\n" SPEC,
     "{\"name\": \"u0\", \"unbacked\": true, \"min\": 0", NULL, NULL},
    {ONE PRODUCE TRACK(X0, "s7", " None\n") OFFSET("L['x']"),
     "{\"hint\": \"AUTO\"}", NULL, "incomplete"},
    {ONE PRODUCE TRACK(X0, "s7", RELAXED) OFFSET("L['x']"),
     "{\"hint\": \"DYNAMIC\"}", NULL, "incomplete"},
    {ENV PRODUCE TRACK("L['past key'].size()[0]", "3", " None\n"),
     "\"past key\"", "null", NULL},
    {ENV PRODUCE TRACK("L['x'].size()[64]", "3", STRICT) OFFSET("L['x']")
         TRACK(X0, "3", STRICT) OFFSET("L['x']"),
     "axes beyond the 64th of an input are left out", NULL, NULL},
    {ENV LOG "create_symbol s7 = 8 for L['k'] [2, int_oo] (a.py)\n" ONE SPEC,
     "x_dim0", NULL, "\n{"},
    {ONE ONE, "\n{", NULL, NULL},
    {TWO GUARD("s9 < 99") PRODUCE GUARD("Eq(s7, 2*s9 + 1)")
         BOTH("2*s9 + 1", "s9"),
     "\"shape\": [\"2*y_dim0 + 1\"]",
     "{\"expr\": \"Eq(s7, 2*s9 + 1)\", \"at\": \"m.py:1 in f\", \"stack\": "
     "[\"m.py:1 in f\"], \"kind\": \"spec\"}",
     "incomplete"},
    {"[rank1]: " ENV "[rank12]: " ENV
     "[rank1]: " SYMBOL("s7", "8", X0) "[rank12]: " ENV "[rank12]: " SYMBOL(
         "s7", "8", X0) "[rank1]: " GUARD("s7 <= 9"),
     "s7 <= 9", "s7", "\n{"},
    {TWO PRODUCE GUARD("Eq(s7, 2*s9)") TRACK(X0, "2*s9", STRICT)
         OFFSET("L['x']") TRACK(Y0, "s9", " None\n") OFFSET("L['y']"),
     "is left out: '2*s9' is not of dims that are known", NULL, NULL},
    {TWO LOG "create_unbacked_symint u0 [0, int_oo] (a.py)\n" PRODUCE GUARD(
         "Eq(s7, 2*u0)") BOTH("s7", "s9"),
     "is left out: '2*u0' is not of dims that are known", NULL, NULL},
    {TWO SYMBOL("s5", "8", "L['z'].size()[0]") PRODUCE GUARD("Eq(s7, s9)")
         GUARD("Eq(s9, s5)") BOTH("s5", "s5")
             TRACK("L['z'].size()[0]", "s5", STRICT),
     "\"source\": \"L['x']\", \"shape\": [\"z_dim0\"]",
     "\"source\": \"L['y']\", \"shape\": [\"z_dim0\"]", NULL},
    {TWO PRODUCE GUARD("Eq(s7, s9)") GUARD("Eq(s9, s7)") BOTH("s9", "s9"),
     "is left out: 's9' is not of dims that are known", NULL, NULL},
    {ENV SYMBOL("s7", "8", "L['a']['b'].size()[0]") SYMBOL(
         "s9", "8", "L['a_b'].size()[0]") SYMBOL("s5", "8", "L[0].size()[0]"),
     "\"a_b_dim0\"", "\"a_b_dim0_1\"", NULL},
    {ONE LOG "eval s7 <= 9 [guard added] return x + y  # m.py:7 in f "
             "(torch/fake.py:1960 in infer_size)\n" SPEC,
     "\"at\": \"m.py:7 in f\", \"stack\": [\"m.py:7 in f\", "
     "\"torch/fake.py:1960 in infer_size\"]",
     NULL, NULL},
    {TWO PRODUCE GUARD("Eq(s7, s9*s9)") BOTH("s9**2", "s9"), "\"x_dim0\"", NULL,
     "incomplete"},
    {TWO PRODUCE GUARD("Eq(s7, (s9//2))") BOTH("(s9//2)", "s9"), "\"x_dim0\"",
     NULL, "incomplete"},
    {TWO PRODUCE GUARD("s7 < 9") GUARD("Eq(s7 9)") GUARD("Eq(s7, 9")
         BOTH("s7", "s9"),
     "left out", NULL, NULL},
    {ONE LOG "create_symbol s5 = 3 for half [2, int_oo] (a.py)\n" PRODUCE GUARD(
         "Eq(s7, 2*s5)") TRACK(X0, "2*s5", STRICT) OFFSET("L['x']"),
     "\"shape\": [\"2*half\"]",
     "{\"name\": \"s5\", \"source\": \"half\", \"hint\": 3", "incomplete"},
    {TWO PRODUCE GUARD("Ne(s7, s9)") "L['x'].size()[0] = 8 is not equal to "
                                     "L['y'].size()[0] = 9\n",
     "\"shape\": [\"y_dim0\"]", "\"hint\": [9]", NULL},
    {TWO PRODUCE "L['x'].size()[0] = 8 is not equal to L['y'].size()[0] = 9\n",
     "\"shape\": [\"y_dim0\"]", "before the spec is told", NULL},
    {TWO PRODUCE "Expected input " X0
                 " to be equal to 2*n, where n = 4, but got "
                 "8\n",
     "\"shape\": [\"2*n\"]", NULL, NULL},
    {ONE LOG "_update_var_to_range s9 = VR[9, 18] (update)\n" EXIT,
     "the log stops where an example is outside", NULL, NULL},
    {ONE LOG "_update_var_to_range s9 = VR[9, 18] (update)\n" LOG
             "create_symbol s9 = 9 for " Y0 " [9, 18] (a.py)\n",
     "\"min\": 9, \"max\": 18", NULL, "the log stops where"},
    {ONE "ValueError: 8 not in range [9, 18]\n",
     "\"shape\": [\"dim\"], \"hint\": [8]", "\"min\": 9, \"max\": 18",
     "the log stops where"},
    {ONE SPEC BACK "RuntimeError: out of luck\n", "not about sizes", NULL,
     NULL},
    {ONE SPEC BACK "torch.fx.GuardOnDataDependentSymNode: u0\n",
     "not about sizes", NULL, NULL},
    {ONE SPEC BACK, "the text ends within a traceback", NULL, NULL},
    {FRAMES TRACKS VIOLATED("q"), "ends within the list of violations",
     "share a dim", NULL},
    {FRAMES TRACKS VIOLATED("q") GUARD("s7 < 99"), "ends within the list",
     "share a dim", NULL},
    {ONE SPEC BACK "SomeException\n", "\"s7\"", NULL, "not about sizes"},
    {ONE SPEC BACK VIOLATED("rows") NOT_ALL("rows", X0, X0 " <= 9") FIXES,
     "\"shape\": [\"rows\"]", NULL, "incomplete"},
    {ONE SPEC "Guard failed: x.size()[0] <= 9\n", "\"s7\"", NULL, "<= 9"},
    /* What PyTorch is silent about, the spec says. */
    {FRAMES TRACKS, "share a dim", "the log ends before PyTorch does", NULL},
    {FRAMES TRACKS EXIT,
     "[\"flat_args_0_dim0\"], \"hint\": [8], \"traced\": [\"s9\"]", NULL,
     "share a dim"},
    {FRAMES TRACKS GUARD("s7 <= 64"),
     "[\"flat_args_0_dim0\"], \"hint\": [8], \"traced\": [\"s5\"]", NULL,
     "share a dim"},
    {FRAMES TRACKS LOG "runtime_assert s7 <= 64 [guard added] (m.py:1 in f)\n",
     "[\"flat_args_0_dim0\"], \"hint\": [8], \"traced\": [\"s5\"]", NULL,
     "share a dim"},
    {FRAMES TRACKS FRAME "create_env\n",
     "[\"flat_args_0_dim0\"], \"hint\": [8], \"traced\": [\"s5\"]", NULL,
     "share a dim"},
    {TWO GUARD("Eq(s7, s9)") PRODUCE BOTH("s7", "s7") EXIT, "[\"y_dim0\"]",
     "share a dim", NULL},
    {FRAMES TRACKS VIOLATED("q") EQUAL("q", "L['flat_args'][2].size()[0]", "p",
                                       "L['flat_args'][0].size()[0]") FIXES,
     "[\"p\"], \"hint\": [8], \"traced\": [\"s9\"]",
     "[\"q\"], \"hint\": [8], \"traced\": [\"s5\"]", "Eq(L"},
    {FRAMES TRACKS VIOLATED("q") EQUAL("q", "L['flat_args'][2].size()[0]", "p",
                                       "L['flat_args'][0].size()[0]")
         FIXES VIOLATED("q")
             EQUAL("q", "L['w'].size()[0]", "p", "L['x'].size()[0]") FIXES,
     "{\"name\": \"w\", \"source\": \"L['w']\", \"shape\": [\"q\"]",
     "{\"name\": \"x\", \"source\": \"L['x']\", \"shape\": [\"p\"]", "dim0"},
    {FRAMES TRACKS VIOLATED("q") NOT_ALL("q", "L['flat_args'][2].size()[0]",
                                         "L['flat_args'][2].size()[0] <= 9")
         FIXES,
     "[\"q\"], \"hint\": [8], \"traced\": [\"s7\"]", NULL, NULL},
    {FRAMES TRACKS VIOLATED("q, p")
         NOT_ALL("q", "L['flat_args'][2].size()[0]", "s <= 9")
             NOT_ALL("p", "L['flat_args'][0].size()[0]", "s <= 9")
                 NOT_ALL("q", "L['flat_args'][1].size()[0]", "s <= 9")
                     NOT_ALL("q", "L['x'].size()[0]", "s <= 9") FIXES,
     "[\"q\"], \"hint\": [8], \"traced\": [\"s5\"]",
     "[\"p\"], \"hint\": [8], \"traced\": [\"s7\"]", "L['x']"},
    {TWO GUARD("Eq(s9, 2*s7 + 1)") PRODUCE BOTH("s7", "2*s7 + 1")
         GUARD("s7 < 99"),
     "\"shape\": [\"2*x_dim0 + 1\"]", NULL, "incomplete"},
    {TWO PRODUCE TRACK(X0, "s7", RELAXED) OFFSET("L['x']")
         TRACK(Y0, "s7", STRICT) OFFSET("L['y']") GUARD("s7 < 99"),
     "\"shape\": [\"y_dim0\"]", NULL, "incomplete"},
    {TWO PRODUCE BOTH("7", "s9") VIOLATED("n") MARKED("n", "7"),
     "\"shape\": [\"n\"]", "\"traced\": [\"s7\"]", "Eq("},
    {ENV PRODUCE BOTH("7", "7") VIOLATED("n, m") MARKED("n", "7")
         MARKED("m", "7") VIOLATED("n, m") MARKED("n", "7") MARKED("m", "7"),
     "\"shape\": [\"n\"], \"hint\": [7], \"traced\": [7]",
     "\"shape\": [\"m\"], \"hint\": [7], \"traced\": [7]", "Eq("},
    {ONE SPEC VIOLATED("n") MARKED("n", "7"), "Eq(n, 7)",
     "does not say which axis", NULL},
    {ONE PRODUCE TRACK(X0, "s7", RELAXED) OFFSET(
         "L['x']") "Found the following conflicts between user-specified "
                   "ranges and inferred ranges from model tracing:\n- Received "
                   "user-specified min/max range of [10, 20], conflicting with "
                   "the inferred min/max range of [2, 8], for "
                   "inputs['x'].shape[0].\n- Received user-specified min/max "
                   "range of [1, 2], for inputs['z'].shape[0].\n",
     "{\"hint\": \"DYNAMIC\", \"min\": 10, \"max\": 20}", NULL, "incomplete"},
};

START_TEST(logs_say) {
  check_row(&logs[_i]);
}
END_TEST

/* ---- Errors ---------------------------------------------------------------
 */

#define CONFLICT "Found the following conflicts between user-specified ranges\n"

static const import_row errors[] = {
    {VIOLATED("a") "  - Not all values of a = " X0 " in the specified range 3 "
                   "<= a <= 9 are valid because a was inferred to be a "
                   "constant (4).\n",
     "Eq(L['x'].size()[0], 4)", "\"min\": 3, \"max\": 9", NULL},
    {VIOLATED("a") "  - Not all values of a = " X0 " in the specified range 3 "
                   "<= a are valid because a was inferred to be equal to b.\n",
     "does not say what 'b' is", "\"min\": 3, \"max\": null", NULL},
    {VIOLATED("a") NOT_ALL("a", X0, X0 " <= 9"), "size()[0] <= 9\"",
     "not all that the model demands", NULL},
    {VIOLATED("a") "  - Not all values of a = " X0 " in the specified range "
                   "satisfy the generated guard " X0
                   " <= 9.Specializations unexpectedly required (a)!\n",
     "size()[0] <= 9\"", NULL, "unexpectedly"},
    {VIOLATED("a") EQUAL("a", X0, "b", Y0), "Eq(" X0 ", " Y0 ")", NULL, NULL},
    {VIOLATED("a") "  - The values of a = " X0 " must always be related to the "
                   "values of b = " Y0 " by a = b + 1.\n",
     "Eq(L['x'].size()[0], b + 1)", NULL, NULL},
    {VIOLATED("a") MARKED("a", "7"), "Eq(a, 7)", "which axis is 'a'", NULL},
    {VIOLATED("2*h + 1") MARKED("2*h + 1", "7"), "Eq(2*h + 1, 7)",
     "{\"name\": \"h\", \"min\": 0", "left out"},
    {VIOLATED("a") MARKED(X0, "7"), "\"DYNAMIC\"", "\"traced\": [7]", "Eq("},
    {VIOLATED("a") NOT_ALL("a", X0, X0 " <= 9") VIOLATED("a")
         NOT_ALL("a", X0, X0 " <= 9"),
     "<= 9", NULL, "\n{"},
    {VIOLATED("a") NOT_ALL("a", X0, X0 " <= 9") VIOLATED("b")
         NOT_ALL("b", X0, X0 " <= 9"),
     "\n{", NULL, NULL},
    {"10 not in range [11, 18]\n", "\"min\": 11, \"max\": 18", "\"hint\": [10]",
     NULL},
    {BACK "torch.E: 10 not in range [11, 18]\n\nDuring handling of the above "
          "exception, another exception occurred:\n" BACK
          "UserError: 10 not in range [11, 18]\n",
     "\"min\": 11, \"max\": 18", NULL, "\n{"},
    {"10 not in range [11, 18]\n20 not in range [2, 3]\n", "\n{", NULL, NULL},
    {"UserError: " Y0 " = 9 is not equal to " X0 " = 8\n",
     "\"shape\": [\"dim\"], \"hint\": [9]",
     "\"shape\": [\"dim\"], \"hint\": [8]", NULL},
    {"UserError: Expected input " Y0
     " to be equal to 2*n, where n = 8, but got "
     "9\n",
     "\"shape\": [\"2*n\"], \"hint\": [9]", "{\"name\": \"n\", \"min\": 0",
     NULL},
    {"UserError: Expected shape[1] = 9 of input Tensor to be of the form 2*n, "
     "where n is an integer\n",
     "\"2*n\"], \"hint\": [null, 9]", "does not name the input", NULL},
    {"UserError: Static shape constraint of 5 does not match input size of 8, "
     "for " X0 "\n",
     "\"shape\": [5], \"hint\": [8]", NULL, NULL},
    {"10 not in range [11, 18]\n" CONFLICT
     "- Received user-specified dim hint Dim.DYNAMIC(min=None, max=None), but "
     "export 0/1 specialized due to hint of 1 for dimension "
     "inputs['x'].shape[0].\n",
     "\n{\"dimsat\"", "\"hint\": [1], \"traced\": [1]", NULL},
    {CONFLICT "- Received user-specified min/max range of [10, 20], "
              "conflicting with the inferred min/max range of [2, 8], for "
              "inputs['x'].shape[0].\n",
     "{\"hint\": \"DYNAMIC\", \"min\": 10, \"max\": 20}",
     "\"L['x'].size()[0] <= 8\"", NULL},
    {CONFLICT "- Received user-specified dim hint Dim.AUTO(min=None, "
              "max=None), but tracing inferred a static shape of 5 for "
              "dimension inputs['x'].shape[0].\n- Received nothing\n",
     "\"traced\": [5]", "\"AUTO\"", NULL},
    {"AssertionError: Guard failed: x.size()[0] // 5 == y.size()[0]\n",
     "\"x.size()[0] // 5 == y.size()[0]\"", "not what its spec promised", NULL},
    {"Guard failed: x.size()[0] <= (\n", "left out", NULL, NULL},
    {VIOLATED("a") NOT_ALL("a", X0, X0 " <= 9") "Guard failed: x.size()[0] <= "
                                                "9\n",
     "an input is left out", NULL, NULL},
    {VIOLATED("a") NOT_ALL("a", "x.size()[64]", "s <= 9")
         EQUAL("a", X0, "b", Y0),
     "beyond the 64th", NULL, NULL},
    {"Expected input x.size()[77] to be equal to 2*n, where n = 8, but got 9\n"
     "x.size()[77] = 9 is not equal to y.size()[77] = 8\n" VIOLATED("a")
         EQUAL("a", X0, "b", Y0),
     "\"x\"", NULL, NULL},
    {"RuntimeError: Runtime assertion failed for expression u0 <= s77 on node "
     "'le'\n",
     "{\"name\": \"u0\", \"unbacked\": true", "{\"name\": \"s77\", \"min\": 0",
     NULL},
    {"RuntimeError: Expected input at *args[0].shape[1] to be >= 3, but got "
     "2\n",
     "args[0].shape[1] >= 3", NULL, NULL},
    {"RuntimeError: Expected input at *args[0].shape[1] to be <= 9, but got "
     "12. If you meant for this dimension to be dynamic, re-export\n",
     "args[0].shape[1] <= 9", NULL, NULL},
    {"    Specifically, this guard was added: Eq(s7, 2*s9), where {'s7': "
     "\"" X0 "\", 's9': \"" Y0 "\"}.\n    This occurred at the following "
     "stacktrace: \n        File m.py, lineno 3, in forward\n            y = "
     "x\n"
     "        Locals:\n        File t.py, lineno 9, in deeper\n",
     "{\"expr\": \"Eq(s7, 2*s9)\", \"at\": \"m.py:3 in forward\", \"stack\": "
     "[\"m.py:3 in forward\"]",
     "{\"name\": \"s9\", \"source\": \"" Y0 "\"", "t.py"},
    {"    Specifically, this guard was added: u0 > 2, where {}.\n",
     "\"u0 > 2\"", "\"u0\", \"unbacked\": true", NULL},
    {"Traceback (most recent call last):\r\n  File \"C:\\m\\x.py\", line 3, in "
     "f\r\n    y = x.view(-1, 4)\r\n\033[31mtorch.UserError\033[0m: "
     "Constraints "
     "violated (a)! For more information, see\r\n  - Not all values of a = "
     "" X0 " in the specified range satisfy the generated guard " X0
     " <= 9\r\nSuggested fixes:\r\n  a = Dim('a', max=9)\r\n\r\nThe error "
     "above occurred when calling torch.export.export.\r\n",
     "size()[0] <= 9\"", NULL, "\\r"},
};

START_TEST(errors_say) {
  check_row(&errors[_i]);
}
END_TEST

/* ---- Traces ---------------------------------------------------------------
 */

#define EVENT "V1121 04:22:22.2 19570 torch/x.py:28] "
#define FILE0 EVENT "{\"str\": [\"m.py\", 0]}\n"
#define TRACED(name, value, range, axis)                                       \
  EVENT "{\"create_symbol\": {\"symbol\": \"" name "\", \"val\": \"" value     \
        "\", \"vr\": \"" range "\", \"source\": \"" axis                       \
        "\", \"user_stack\": [], \"stack\": []}}\n"
#define STEP(name, code)                                                       \
  "{\"line\": 3, \"name\": \"" name "\", \"filename\": 0, \"loc\": \"" code    \
  "\"}"
#define ADDED(guard, stack)                                                    \
  EVENT "{\"guard_added_fast\": {\"expr\": \"" guard                           \
        "\", \"user_stack\": [], \"stack\": [" stack "]}}\n"
#define TENSOR(describer, source, sizes)                                       \
  EVENT "{\"describe_tensor\": {\"id\": 0, \"size\": " sizes "}}\n" EVENT      \
        "{\"describe_source\": {\"describer_id\": " describer                  \
        ", \"id\": 0, \"source\": \"" source "\"}}\n"
#define METRICS(reason)                                                        \
  EVENT "{\"compilation_metrics\": {\"fail_reason\": " reason "}}\n"
#define CACHED "_get_output_tensor_from_cache_entry"
#define TRACE FILE0 TRACED("s7", "8", "[4, 64]", X0)
#define DEFER "guard_or_defer_runtime_assert"

static const import_row traces[] = {
    {TRACE, "\"min\": 4, \"max\": 64", "a trace does not hold the spec", NULL},
    {TRACE ADDED("s7 <= 16", STEP("forward", "y")),
     "{\"expr\": \"s7 <= 16\", \"at\": \"m.py:3 in forward\"",
     "\"kind\": \"guard\"", NULL},
    {TRACE ADDED("s7 <= 16", STEP(CACHED, "empty = torch.empty_strided(")),
     "s7", NULL, "16"},
    {TRACE ADDED("s7 <= 16", STEP(CACHED, "x = check_value(v)")), "<= 16", NULL,
     NULL},
    {TRACE ADDED("Eq(s7, 8)", STEP("produce_guards_verbose",
                                   "x") ", " STEP("evaluate_expr", "y")),
     "\"kind\": \"spec\"", NULL, NULL},
    {TRACE ADDED("s7 <= 16", STEP("evaluate_expr", "x") ", " STEP(DEFER, "y")),
     "\"kind\": \"runtime_assert\"", NULL, NULL},
    {TRACE ADDED("s7 <= 16", STEP(DEFER, "y") ", " STEP("evaluate_expr", "x")),
     "\"kind\": \"guard\"", NULL, NULL},
    {TRACE EVENT "{\"guard_added_fast\": {\"expr\": \"s7 <= 16\"}}\n",
     "\"s7 <= 16\"", NULL, NULL},
    {TRACE EVENT "{\"guard_added_fast\": {\"stack\": [{}]}}\n",
     "\"guards\": []", NULL, NULL},
    {TRACE EVENT "{\"symbolic_shape_specialization\": {\"symbol\": \"s7\", "
                 "\"value\": \"8\"}}\n",
     "Eq(s7, 8)", NULL, NULL},
    {TRACE EVENT "{\"create_unbacked_symbol\": {\"symbol\": \"u0\", \"vr\": "
                 "\"[0, 9]\"}}\n",
     "{\"name\": \"u0\", \"unbacked\": true, \"min\": 0, \"max\": 9", NULL,
     NULL},
    {TRACE EVENT "{\"str\": 3}\n" EVENT "{\"str\": [\"a\", -1]}\n" EVENT
                 "{\"str\": [\"torch/fx.py\", 40]}\n" EVENT
                 "{\"guard_added_fast\": {\"expr\": \"s7 <= 9\", \"stack\": "
                 "[{\"line\": 1, \"name\": \"f\", \"filename\": 0}, {\"line\": "
                 "2, \"filename\": 0}, {\"line\": 2, \"filename\": 99}, "
                 "{\"line\": 7, \"name\": \"g\", \"filename\": 40}]}}\n",
     "\"stack\": [\"m.py:1 in f\", \"torch/fx.py:7 in g\"]", NULL, NULL},
    {TRACE EVENT "{\"create_symbol\": {}}\n" EVENT
                 "{\"create_unbacked_symbol\": {}}\n" EVENT
                 "{\"symbolic_shape_specialization\": {\"symbol\": \"s8\"}}\n",
     "s7", NULL, "\n{"},
    {TRACE EVENT "{\"str\": \n", "cut off or is no JSON", NULL, NULL},
    {TRACE TRACED("s5", "3", "[2, int_oo]", "half")
         ADDED("Eq(s7, 2*s5)", STEP("produce_guards_verbose", "x")),
     "\"shape\": [\"2*half\"]", NULL, NULL},
    {TRACE TRACE, "\n{", NULL, NULL},
    {TRACE TRACED("s9", "4", "[2, 9]", Y0), "\"y\"", NULL, "\n{"},
    {TENSOR("0", "L['x']", "[8, 3]") TRACE TENSOR("0", "L['y']", "[4]")
         TRACED("s9", "4", "[2, 9]", Y0),
     "\"shape\": [\"x_dim0\", null], \"hint\": [8, 3]", "\"y\"", "\n{"},
    {TENSOR("0", "L['x']", "[8]") TRACE TENSOR("1", "L['y']", "[4]")
         TRACED("s9", "4", "[2, 9]", Y0),
     "\n{", NULL, NULL},
    {TENSOR("0", "L['x']", "[8]") TRACE TENSOR("0", "L['x']", "[8]"), "\n{",
     NULL, NULL},
    {TENSOR("0", "L['x']", "[3, \"s1\"]") TENSOR("0", "L['self'].w", "[9]"),
     "\"shape\": [null, {\"hint\": \"AUTO\"}]", NULL, "9"},
    {TRACE METRICS("null"), "which PyTorch has accepted", "\"AUTO\"", NULL},
    {TRACE METRICS("\"Constraints violated (n)!\\n  - You marked n as dynamic "
                   "but your code specialized it to be a constant (1). If\""),
     "Eq(n, 1)", "each traced axis is taken as a dim of its own", "not about"},
    {TRACE METRICS("\"\\nno sizes at all\""), "not about sizes", NULL, NULL},
};

START_TEST(traces_say) {
  check_row(&traces[_i]);
}
END_TEST

/* ---- Verdicts -------------------------------------------------------------
 */

/* Nothing is agreed to that the text does not show. */
static const struct {
  const char *text;
  dimsat_verdict verdict;
} verdicts[] = {
    {ONE GUARD("s7 >= 2") SPEC, DIMSAT_VERDICT_OK},
    {ONE GUARD("s7 <= 9") SPEC, DIMSAT_VERDICT_VIOLATED},
    {ONE GUARD("s7 >= 2"), DIMSAT_VERDICT_UNDECIDED},
    {ONE GUARD("s7 <= 9"), DIMSAT_VERDICT_VIOLATED},
    {ONE GUARD("s7 >= 2") PRODUCE TRACK(X0, "s7", STRICT),
     DIMSAT_VERDICT_UNDECIDED},
    {ONE GUARD("f(s7) >= 2") SPEC, DIMSAT_VERDICT_UNDECIDED},
    {ONE GUARD("s7 >= 2") SPEC BACK "RuntimeError: out of luck\n",
     DIMSAT_VERDICT_UNDECIDED},
    {ONE LOG "_update_var_to_range s9 = VR[9, 18] (update)\n" EXIT,
     DIMSAT_VERDICT_UNDECIDED},
    {ONE "8 not in range [9, 18]\n", DIMSAT_VERDICT_VIOLATED},
    {TWO GUARD("Eq(s7, s9)") PRODUCE BOTH("s7", "s7"), DIMSAT_VERDICT_VIOLATED},
    {FRAMES TRACKS EXIT, DIMSAT_VERDICT_OK},
    {FRAMES TRACKS GUARD("s7 >= 2"), DIMSAT_VERDICT_UNDECIDED},
    {FRAMES TRACKS FRAME "create_env\n", DIMSAT_VERDICT_OK},
    {FRAMES TRACKS VIOLATED("q") EQUAL("q", "L['flat_args'][2].size()[0]", "p",
                                       "L['flat_args'][0].size()[0]"),
     DIMSAT_VERDICT_VIOLATED},
    {TWO GUARD("Eq(s7, s9)") PRODUCE TRACK(X0, "s7", RELAXED) OFFSET("L['x']")
         TRACK(Y0, "s7", STRICT) OFFSET("L['y']") GUARD("s9 >= 2"),
     DIMSAT_VERDICT_OK},
    {TRACE ADDED("s7 >= 2", STEP("forward", "y")), DIMSAT_VERDICT_UNDECIDED},
    {TRACE ADDED("s7 <= 9", STEP("forward", "y")), DIMSAT_VERDICT_VIOLATED},
    {TRACE ADDED("s7 <= 9", STEP("forward", "y")) METRICS("null"),
     DIMSAT_VERDICT_UNDECIDED},
    {TENSOR("0", "L['x']", "[1, 8]") TRACE, DIMSAT_VERDICT_UNDECIDED},
    {VIOLATED("a") NOT_ALL("a", X0, X0 " >= 2"), DIMSAT_VERDICT_UNDECIDED},
    {VIOLATED("a") NOT_ALL("a", X0, X0 " >= 3"), DIMSAT_VERDICT_VIOLATED},
    {"Guard failed: x.size()[0] >= 0\n", DIMSAT_VERDICT_UNDECIDED},
    {Y0 " = 9 is not equal to " X0 " = 8\n", DIMSAT_VERDICT_VIOLATED},
    {"Expected input " Y0 " to be equal to 2*n, where n = 8, but got 9\n",
     DIMSAT_VERDICT_VIOLATED},
    {"Expected input " Y0 " to be equal to n + 1, where n = 8, but got 8\n",
     DIMSAT_VERDICT_VIOLATED},
    {"Static shape constraint of 5 does not match input size of 8, for " X0
     "\n",
     DIMSAT_VERDICT_VIOLATED},
};

START_TEST(verdicts_are_honest) {
  ck_assert_int_eq(verdict_of(verdicts[_i].text), verdicts[_i].verdict);
}
END_TEST

/* ---- Suite ----------------------------------------------------------------
 */

/* Everything in lib/problem/import*.c but JAX. */
Suite *suite_import_torch(void) {
  Suite *const s = suite_create("import_torch");
  TCase *const c = tcase_create("import_torch");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 60);
  tcase_add_loop_test(c, logs_say, 0, ROWS(logs));
  tcase_add_loop_test(c, errors_say, 0, ROWS(errors));
  tcase_add_loop_test(c, traces_say, 0, ROWS(traces));
  tcase_add_loop_test(c, verdicts_are_honest, 0, ROWS(verdicts));
  suite_add_tcase(s, c);
  return s;
}
