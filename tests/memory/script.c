#include "tests/memory/script.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Nothing yet; Z3 is never asked, and what is hard is left soon. */
void stage_open(stage *t, const script *s) {
  memset(t, 0, offsetof(stage, answer));
  t->answer[0] = '\0';
  t->length = 0;
  t->text = s->text;
  t->options.no_z3 = true;
  t->options.budget.steps = 20000;
}

/* The answer stays. */
void stage_close(stage *t) {
  dimsat_context_free(t->cx);
  t->cx = NULL;
}

/* Adds a line to the answer, as far as there is room; false where there is no
 * line. */
static bool say(stage *t, const char *text) {
  if (text == NULL)
    return false;
  const size_t room = sizeof t->answer - t->length;
  const int n = snprintf(t->answer + t->length, room, "%s\n", text);
  t->length += (size_t)n < room ? (size_t)n : room - 1;
  return true;
}

/* The same for a number. */
static bool say_number(stage *t, long long number) {
  char text[32];
  snprintf(text, sizeof text, "%lld", number);
  return say(t, text);
}

/* ---- Problems ------------------------------------------------------------ */

static bool new_context(stage *t) {
  t->cx = dimsat_context_new();
  return t->cx != NULL;
}

static bool read_problem(stage *t) {
  t->problem = dimsat_problem_read(t->cx, t->text, strlen(t->text),
                                   DIMSAT_FORMAT_GUESS, false);
  return t->problem != NULL;
}

static bool validate(stage *t) {
  return dimsat_problem_validate(t->problem);
}

static bool write_json(stage *t) {
  return say(t, dimsat_problem_write(t->cx, t->problem, DIMSAT_FORMAT_JSON));
}

static bool write_dims(stage *t) {
  return say(t, dimsat_problem_write(t->cx, t->problem, DIMSAT_FORMAT_DIMS));
}

static bool check(stage *t) {
  t->result = dimsat_check(t->problem, &t->options);
  return t->result && say_number(t, dimsat_result_verdict(t->result));
}

static bool suggest(stage *t) {
  t->result = dimsat_suggest(t->problem, &t->options);
  return t->result && say_number(t, dimsat_result_verdict(t->result));
}

static bool report_text(stage *t) {
  const dimsat_report_options o = {.form = DIMSAT_REPORT_TEXT,
                                   .source_root = "."};
  return say(t, dimsat_report_write(t->result, &o));
}

static bool report_json(stage *t) {
  const dimsat_report_options o = {.form = DIMSAT_REPORT_JSON};
  return say(t, dimsat_report_write(t->result, &o));
}

static bool report_torch(stage *t) {
  const dimsat_report_options o = {.form = DIMSAT_REPORT_TORCH};
  return say(t, dimsat_report_write(t->result, &o));
}

static bool write_fix(stage *t) {
  return dimsat_result_fix_count(t->result) == 0 ||
         say(t, dimsat_result_fix(t->result, 0));
}

static bool write_smt2(stage *t) {
  return say(t, dimsat_smt2(t->problem, SIZE_MAX));
}

#define MOST_SIZES 1024

/* Every size of the program is 6. */
static bool eval(stage *t) {
  static const char *names[MOST_SIZES], *sizes[MOST_SIZES];
  const char *const *messages;
  const size_t count = dimsat_program_size_count(t->program);
  for (size_t i = 0; i < count; i++) {
    names[i] = dimsat_program_size_name(t->program, i);
    sizes[i] = "6";
  }
  const int found = dimsat_eval(t->problem, names, sizes, count, &messages);
  for (int i = 0; i < found; i++)
    say(t, messages[i]);
  return found >= 0 && say_number(t, found);
}

static bool compile(stage *t) {
  t->program = dimsat_program_compile(t->problem, &t->options);
  return t->program != NULL;
}

static bool run_program(stage *t) {
  static int64_t sizes[MOST_SIZES];
  for (size_t i = 0; i < MOST_SIZES; i++)
    sizes[i] = INT64_MAX / 3;
  const bool accepted = dimsat_program_run(t->program, sizes);
  if (dimsat_last_error(t->cx)->status != DIMSAT_OK)
    return false;
  return say_number(t, accepted);
}

static bool run_program_many(stage *t) {
  static int64_t sizes[100];
  static const int64_t *columns[MOST_SIZES];
  bool accepted[100];
  long long sum = 0;
  for (int i = 0; i < 100; i++)
    sizes[i] = i < 50 ? i : INT64_MAX / i;
  for (size_t i = 0; i < MOST_SIZES; i++)
    columns[i] = sizes;
  if (!dimsat_program_run_many(t->program, columns, 100, accepted))
    return false;
  for (int i = 0; i < 100; i++)
    sum = 2 * sum % 1000003 + accepted[i];
  return say_number(t, sum);
}

static bool emit(stage *t) {
  return say(t, dimsat_program_emit_c(t->program, "guards"));
}

static const call problem_calls[] = {
    {"dimsat_context_new", new_context},
    {"dimsat_problem_read", read_problem},
    {"dimsat_problem_validate", validate},
    {"dimsat_problem_write JSON", write_json},
    {"dimsat_problem_write DIMS", write_dims},
    {"dimsat_check", check},
    {"dimsat_report_write TEXT", report_text},
    {"dimsat_suggest", suggest},
    {"dimsat_report_write TEXT", report_text},
    {"dimsat_report_write JSON", report_json},
    {"dimsat_report_write TORCH", report_torch},
    {"dimsat_result_fix", write_fix},
    {"dimsat_smt2", write_smt2},
    {"dimsat_program_compile", compile},
    {"dimsat_eval", eval},
    {"dimsat_program_run", run_program},
    {"dimsat_program_run_many", run_program_many},
    {"dimsat_program_emit_c", emit},
};

/* ---- Imported texts ------------------------------------------------------ */

static bool import(stage *t) {
  return say(
      t, dimsat_import(t->cx, t->text, strlen(t->text), DIMSAT_IMPORT_NONE));
}

static const call import_calls[] = {
    {"dimsat_context_new", new_context},
    {"dimsat_import", import},
};

/* ---- Problems by hand ---------------------------------------------------- */

static bool new_problem(stage *t) {
  t->problem = dimsat_problem_new(t->cx, "by hand");
  return t->problem != NULL;
}

static bool add_dim(stage *t) {
  return dimsat_problem_add_dim(t->problem, "seq", "2",
                                "170141183460469231731687303715884105727");
}

static bool add_derived(stage *t) {
  return dimsat_problem_add_derived(t->problem, "long", "seq", "2", "1");
}

static bool add_input(stage *t) {
  const char *shape[] = {"seq", "long", "auto"}, *example[] = {"8", "17", "4"};
  return dimsat_problem_add_input(t->problem, "x", shape, example, 3);
}

static bool add_symbol(stage *t) {
  return dimsat_problem_add_symbol(t->problem, "s0", "x[2]", "4", "2", NULL);
}

static bool require(stage *t) {
  return dimsat_problem_require(t->problem, "x[0] % 4 == 0 and s0 <= x[0]",
                                "CMakeLists.txt:1 in forward");
}

static const call hand_calls[] = {
    {"dimsat_context_new", new_context},
    {"dimsat_problem_new", new_problem},
    {"dimsat_problem_add_dim", add_dim},
    {"dimsat_problem_add_derived", add_derived},
    {"dimsat_problem_add_input", add_input},
    {"dimsat_problem_add_symbol", add_symbol},
    {"dimsat_problem_require", require},
    {"dimsat_suggest", suggest},
    {"dimsat_report_write TEXT", report_text},
    {"dimsat_report_write JSON", report_json},
};

/* ---- Expressions --------------------------------------------------------- */

static bool parse_number(stage *t) {
  const char *text = "Max(3*a - b//7, 2**70 + a, (a if a > b else b) % 5)";
  t->number = dimsat_parse(t->cx, text, strlen(text));
  return t->number != NULL;
}

static bool build(stage *t) {
  const dimsat_expr *big =
      dimsat_integer_text(t->cx, "123456789012345678901234567890");
  const dimsat_expr *a = big ? dimsat_symbol(t->cx, "a") : NULL;
  if (a == NULL)
    return false;
  t->condition = dimsat_apply(t->cx, DIMSAT_LT,
                              dimsat_apply(t->cx, DIMSAT_MUL, a, a), big);
  t->condition = t->condition ? dimsat_not(t->cx, t->condition) : NULL;
  return t->condition != NULL;
}

static bool print(stage *t) {
  return say(t, dimsat_print(t->cx, t->number, DIMSAT_PYTHON)) &&
         say(t, dimsat_print(t->cx, t->number, DIMSAT_SYMPY)) &&
         say(t, dimsat_print(t->cx, t->condition, DIMSAT_C));
}

static bool count_nodes(stage *t) {
  const size_t count = dimsat_node_count(t->cx, t->number);
  return count != 0 && say_number(t, (long long)count);
}

static bool evaluate(stage *t) {
  return say(t,
             dimsat_evaluate(t->cx, t->number, (const char *[]){"a", "b"},
                             (const char *[]){"99999999999999999999", "3"}, 2));
}

/* Asks `query` where the condition `a >= 2` holds. */
static bool ask(stage *t, const dimsat_expr *query) {
  const char *text = "And(a >= 2, b >= 0, b <= 40)";
  const dimsat_expr *assume = dimsat_parse(t->cx, text, strlen(text));
  dimsat_answer a;
  if (assume == NULL || !dimsat_ask(t->cx, &assume, 1, query, &t->options, &a))
    return false;
  say(t, a.lo ? a.lo : "");
  say(t, a.hi ? a.hi : "");
  for (size_t i = 0; i < a.name_count; i++) {
    say(t, a.names[i]);
    say(t, a.holds && a.holds[i] ? a.holds[i] : "");
    say(t, a.breaks && a.breaks[i] ? a.breaks[i] : "");
  }
  say(t, a.kind == DIMSAT_ANSWER_UNDECIDED && a.reason ? a.reason : "");
  return say_number(t, a.kind);
}

static bool ask_number(stage *t) {
  return ask(t, t->number);
}

static bool ask_condition(stage *t) {
  return ask(t, t->condition);
}

static bool ask_relation(stage *t) {
  const char *text = "3*a + 5*b == 61 or a*b == 77";
  const dimsat_expr *query = dimsat_parse(t->cx, text, strlen(text));
  return query != NULL && ask(t, query);
}

static const call expression_calls[] = {
    {"dimsat_context_new", new_context},
    {"dimsat_parse", parse_number},
    {"dimsat_apply", build},
    {"dimsat_print", print},
    {"dimsat_node_count", count_nodes},
    {"dimsat_evaluate", evaluate},
    {"dimsat_ask a number", ask_number},
    {"dimsat_ask", ask_condition},
    {"dimsat_ask", ask_relation},
};

/* ---- Recorded calls ------------------------------------------------------ */

static bool read_calls(stage *t) {
  t->calls = dimsat_calls_read(t->cx, t->text, strlen(t->text), false);
  return t->calls != NULL &&
         say_number(t, (long long)dimsat_calls_count(t->calls));
}

static bool observe(stage *t) {
  t->observation = dimsat_observe(t->calls);
  return t->observation != NULL;
}

static bool read_program(stage *t) {
  const char *const text = "input ids: [auto, auto] = [2, 3]\n"
                           "input mask: [auto, auto] = [2, 8]\n"
                           "guard ids[0] == mask[0]\nguard mask[1] >= 2\n";
  t->problem =
      dimsat_problem_read(t->cx, text, strlen(text), DIMSAT_FORMAT_DIMS, false);
  return t->problem != NULL;
}

static bool confirm(stage *t) {
  return dimsat_observation_confirm(t->observation, t->problem, &t->options);
}

static bool observation_json(stage *t) {
  return say(t,
             dimsat_observation_write(t->observation, DIMSAT_OBSERVATION_JSON));
}

static bool observation_text(stage *t) {
  return say(t,
             dimsat_observation_write(t->observation, DIMSAT_OBSERVATION_TEXT));
}

static const call observe_calls[] = {
    {"dimsat_context_new", new_context},
    {"dimsat_calls_read", read_calls},
    {"dimsat_observe", observe},
    {"dimsat_observation_write TEXT", observation_text},
    {"dimsat_problem_read", read_program},
    {"dimsat_observation_confirm", confirm},
    {"dimsat_observation_write TEXT", observation_text},
    {"dimsat_observation_write JSON", observation_json},
};

/* ---- The list ------------------------------------------------------------ */

#define ON_PROBLEM(name, text)                                                 \
  { name, text, problem_calls, COUNT(problem_calls) }

#define ON_IMPORT(name, text)                                                  \
  { name, text, import_calls, COUNT(import_calls) }
#define LOG "I1121 04:22:22.210000 7 torch/symbolic_shapes.py:1] "

#define TENSOR(sizes)                                                          \
  "{\"tensor\": {\"dtype\": \"int64\", \"shape\": [" sizes "]}}"
#define QUESTIONS                                                              \
  "\"ask\": [{\"function\": \"infer_dynamic_shapes\"},"                        \
  "{\"function\": \"infer_dynamic_shapes\", \"kwargs\": {\"dim_names\": 1}},"  \
  "{\"function\": \"infer_arguments\"},"                                       \
  "{\"function\": \"guess_dynamic_shapes\"},{\"function\": "                   \
  "\"move_to_kwargs\"},"                                                       \
  "{\"function\": \"all_dynamic_shapes_from_inputs\"},"                        \
  "{\"function\": \"dynamic_shapes\"}],"
#define CALL(ids, mask, past)                                                  \
  "{\"args\": [" TENSOR(ids) "], \"kwargs\": {\"mask\": " TENSOR(              \
      mask) ", \"past\": {\"class\": \"DynamicCache\", \"items\": [" past      \
            "]}, \"k\":"                                                       \
            " 2.5e1, \"d\": {\"dict\": {\"a\": {\"list\": [3]}}}}}"

const script scripts[] = {
    ON_IMPORT("import of a log", LOG
              "[0/0] create_env\n" LOG
              "create_symbol s7 = 8 for L['x'].size()[0] [2, 64] (a.py)\n" LOG
              "create_symbol s9 = 8 for L['y'].size()[0] [2, 64] (a.py)\n" LOG
              "eval Eq(s7, s9) [guard added] (m.py:1 in f)\n" LOG
              "eval s7 <= s4 [guard added] (m.py:1 in f)\n" LOG
              "track_symint L['x'].size()[0] s7 StrictMinMaxConstraint("
              "warn_only=False, vr=VR[0, 64])\n" LOG
              "track_symint L['y'].size()[0] s7 None\n"
              "Constraints violated (a)!\n  - Not all values of a = "
              "L['x'].size()[0] in the specified range a <= 64 satisfy the "
              "generated guard L['x'].size()[0] <= 9.\n"),
    ON_IMPORT("import of a trace", LOG
              "{\"str\": [\"m.py\", 0]}\n{\"create_symbol\": {\"symbol\": "
              "\"s7\", \"val\": \"8\", \"vr\": \"[2, 9]\", \"source\": "
              "\"L['x'].size()[0]\"}}\n{\"guard_added_fast\": {\"expr\": \"s7 "
              "<= 9\", \"stack\": [{\"line\": 3, \"name\": \"f\", "
              "\"filename\": 0}]}}\n{\"cut\": "),
    ON_IMPORT("import of an error",
              "Constraints violated (a)!\n  - Not all values of a = "
              "L['x'].size()[0] in the specified range a <= 64 satisfy the "
              "generated guard L['x'].size()[0] <= 9.\n"
              "Guard failed: x.size()[0] // 5 == y.size()[0]\n"),
    ON_IMPORT("import of JAX",
              "symbolic_shape('b, 2*c', constraints=['b >= c', 'mod(c, 4) == "
              "0'])\nSymbolic dimension comparison 'b' > '5' is "
              "inconclusive.\n"),
    {"recorded calls",
     "{\"signature\": [{\"name\": \"ids\"}, {\"name\": \"mask\"},"
     " {\"name\": \"past\", \"default\": null}, {\"name\": \"rest\","
     " \"kind\": \"VAR_KEYWORD\"}], \"options\": {\"a\": [{\"b\": 1}]},"
     " \"unknown\": 1, " QUESTIONS
     "\"observations\": [" CALL("1, 7", "1, 7", "") ", " CALL(
         "2, 1", "2, 8",
         TENSOR("2, 4, 7, 6") ", " TENSOR(
             "2, 4, 7, 6")) ", " CALL("3, 2", "3, 11",
                                      TENSOR("3, 4, 9, "
                                             "6") ", " TENSOR("3, "
                                                              "4, "
                                                              "9, "
                                                              "6")) "]}",
     observe_calls, COUNT(observe_calls)},
    {"expressions", "", expression_calls, COUNT(expression_calls)},
    {"by hand", "", hand_calls, COUNT(hand_calls)},
    ON_PROBLEM("agree", "dim a = 1..64\ninput x: [a, 3] = [8, 3]\n"
                        "guard x[0] <= 64\nguard x[0] != 0\n"),
    ON_PROBLEM("stride and range",
               "dim a\ndim b = 2*a + 1\ninput x: [a, b, auto] = [8, 17, 5]\n"
               "guard x[0] % 4 == 0   # at CMakeLists.txt:1 in forward\n"
               "guard x[0] <= 512\nguard x[2] >= 2\n"),
    ON_PROBLEM("relations",
               "dim a\ndim b\ndim c\ninput x: [a, b, c] = [6, 6, 12]\n"
               "guard x[0] + x[1] == x[2]\nguard x[0] == x[1]\n"
               "guard Max(x[0], 3) * x[1] <= 10000\n"),
    ON_PROBLEM("contradictory", "dim a\ninput x: [a] = [5]\n"
                                "guard x[0] < 4\nguard x[0] > 6\n"),
    ON_PROBLEM("hard", "dim a\ndim b\ninput x: [a, b] = [6, 7]\n"
                       "guard x[0]*x[0]*x[1] != x[1]*x[1]*x[1] + 7\n"
                       "guard x[0]**3 + x[1]**3 != 100000\n"),
    ON_PROBLEM(
        "JSON",
        "{\"dimsat\": 1, \"name\": \"caf\\u00e9\", \"origin\": \"test\","
        " \"dims\": [{\"name\": \"batch\", \"min\": 1, \"max\": 64},"
        "  {\"name\": \"seq\", \"max\": \"170141183460469231731687303715884\"},"
        "  {\"name\": \"long\", \"derived\": {\"root\": \"seq\", \"scale\": "
        "2}}],"
        " \"inputs\": [{\"name\": \"x\", \"source\": \"L['x']\", \"shape\":"
        "  [\"batch\", \"seq\", {\"hint\": \"AUTO\", \"min\": 2}, 3, \"long\"],"
        "  \"hint\": [8, 16, 7, 3, 32],"
        "  \"traced\": [\"s77\", \"s27\", \"s5\", 3, null]}],"
        " \"symbols\": ["
        "  {\"name\": \"s77\", \"source\": \"L['x'].size()[0]\", \"min\": 2},"
        "  {\"name\": \"s27\", \"source\": \"L['x'].size()[1]\", \"hint\": 16},"
        "  {\"name\": \"s5\", \"source\": \"L['x'].size()[2]\"}],"
        " \"guards\": [\"Ne(s77, 3)\", {\"expr\": \"Eq(Mod(s27, 4), 0)\","
        "  \"at\": \"model.py:12 in forward\", \"stack\": [\"a\", \"b\"],"
        "  \"kind\": \"guard\"}, \"Eq(FloorDiv(s27, 2), s5 + 1)\"],"
        " \"unknown\": [1.5e3, true]}"),
};
const size_t script_count = COUNT(scripts);
