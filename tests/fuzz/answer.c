#include "tests/fuzz/answer.h"

#include "lib/expr/context.h"
#include "lib/problem/json_value.h"
#include "tests/fuzz/samples.h"

#include <string.h>

#define SAMPLES 6

/* ---- Reading and writing ------------------------------------------------ */

typedef struct {
  dimsat_context *cx;
  const char *text;
  size_t length;
  dimsat_format format;
  dimsat_problem *problem;
} reading;

/* Reads; for fuzz_timed. */
static void read_text(void *data) {
  reading *const r = data;
  r->problem = dimsat_problem_read(r->cx, r->text, r->length, r->format, false);
}

dimsat_problem *fuzz_read(dimsat_context *cx, const char *text, size_t length,
                          dimsat_format format) {
  reading r = {.cx = cx, .text = text, .length = length, .format = format};
  fuzz_timed("reading", read_text, &r);
  if (!r.problem)
    hold_error(cx, text, length);
  return r.problem;
}

/* The text of a problem in this form, after it was read again from `via`. */
static const char *write_via(dimsat_problem *p, dimsat_format via,
                             dimsat_format format) {
  dimsat_context *const cx = p->cx;
  const char *const text = dimsat_problem_write(cx, p, via);
  hold(text != NULL, "a problem cannot be written: %s",
       dimsat_last_error(cx)->text);
  dimsat_problem *const again =
      dimsat_problem_read(cx, text, strlen(text), via, true);
  hold(again != NULL, "what was written cannot be read: %s\n%s",
       dimsat_last_error(cx)->text, text);
  hold(again->guard_count == p->guard_count, "guards are lost");
  return dimsat_problem_write(cx, again, format);
}

/* Each form says all of it; .dims has one spelling where JSON may have more. */
static void hold_written(dimsat_problem *p) {
  static const dimsat_format forms[] = {DIMSAT_FORMAT_JSON, DIMSAT_FORMAT_DIMS};
  for (size_t i = 0; i < 2; i++) {
    const char *const plain = dimsat_problem_write(p->cx, p, forms[i]);
    for (size_t k = 0; k < 2; k++) {
      const char *const again = write_via(p, forms[k], forms[i]);
      hold(plain && again && (k > i || strcmp(plain, again) == 0),
           "a problem is written in two ways\n%s\n%s", plain, again);
    }
  }
}

/* ---- Answers ------------------------------------------------------------ */

typedef struct {
  dimsat_problem *problem;
  bool suggest;
  dimsat_result *result;
} asking;

/* Asks; for fuzz_timed. */
static void ask(void *data) {
  asking *const a = data;
  const dimsat_options options = fuzz_options();
  a->result = a->suggest ? dimsat_suggest(a->problem, &options)
                         : dimsat_check(a->problem, &options);
}

/* The answer; NULL only where a number gets too large to be written. */
static dimsat_result *answer_to(dimsat_problem *p, bool suggest) {
  asking a = {.problem = p, .suggest = suggest};
  fuzz_timed("an answer", ask, &a);
  hold(a.result || dimsat_last_error(p->cx)->status == DIMSAT_TOO_LARGE,
       "there is no answer: %s", dimsat_last_error(p->cx)->text);
  hold(context_ok(p->cx), "the nodes are damaged");
  return a.result;
}

/* The report for programs. */
static const char *json_of(const dimsat_result *r) {
  const dimsat_report_options o = {.form = DIMSAT_REPORT_JSON};
  const char *const text = dimsat_report_write(r, &o);
  hold(text != NULL, "there is no JSON");
  return text;
}

/* Reads JSON; for context_run. */
static void read_json(void *data) {
  const reading *const r = data;
  json_value_read(r->cx, r->text, r->length);
}

/* All reports are written, and the JSON is JSON. */
static void hold_reports(dimsat_context *cx, const dimsat_result *r) {
  static const dimsat_report_options forms[] = {
      {.form = DIMSAT_REPORT_TEXT, .colour = true, .stats = true},
      {.form = DIMSAT_REPORT_TEXT},
      {.form = DIMSAT_REPORT_TORCH}};
  const char *const text = json_of(r);
  reading json = {.cx = cx, .text = text, .length = strlen(text)};
  hold(context_run(cx, read_json, &json) == DIMSAT_OK,
       "the result is no JSON: %s\n%s", dimsat_last_error(cx)->text, text);
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    hold(dimsat_report_write(r, &forms[i]) != NULL, "there is no report");
}

/* Whether sizes of the dims settle every guard. */
static bool is_settled(const dimsat_problem *p) {
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *const a = &p->inputs[i].axes[k];
      if (a->kind == AXIS_AUTO || a->kind == AXIS_DYNAMIC || a->burned ||
          (a->kind == AXIS_STATIC && !a->has_example))
        return false;
    }
  for (size_t i = 0; i < p->symbol_count; i++)
    if (p->symbols[i].unbacked || !p->symbols[i].source)
      return false;
  return true;
}

/* Each witness breaks a guard. */
static void hold_witnesses(dimsat_problem *p, const dimsat_result *r) {
  const char *text[64];
  for (size_t i = 0; i < r->violation_count; i++) {
    const violation *const v = &r->violations[i];
    const char *const *messages = NULL;
    if (v->witness.count == 0 || v->witness.count > 64 || v->guard == NO_GUARD)
      continue;
    for (size_t k = 0; k < v->witness.count; k++)
      text[k] = integer_text(&p->cx->nodes, v->witness.value[k]);
    const int count =
        dimsat_eval(p, v->witness.name, text, v->witness.count, &messages);
    hold(count > 0, "the witness of violation %zu breaks nothing\n%s", i,
         json_of(r));
    for (int k = 0; k < count; k++)
      hold(strncmp(messages[k], "guard ", 6) == 0 ||
               strncmp(messages[k], "runtime ", 8) == 0 ||
               strstr(messages[k], "traced as") ||
               strstr(messages[k], "no size is below 0"),
           "the witness of violation %zu is not of the spec: %s\n%s", i,
           messages[k], json_of(r));
  }
}

/* Sizes that are said to agree do. */
static void hold_agreement(dimsat_problem *p, const dimsat_result *r,
                           random_source *choices) {
  sample s;
  for (size_t i = 0; i < SAMPLES; i++) {
    if (!sample_pick(&s, r, choices, &p->cx->nodes) ||
        !sample_is_assumed(p, &s))
      continue;
    const char *const refusal = sample_refusal(p, &s);
    hold(refusal == NULL, "it agrees, but %s\n%s", refusal, json_of(r));
  }
}

/* The same question in a fresh context. */
static void hold_repeated(const fuzz_text *t, dimsat_format format,
                          bool suggest, const char *json) {
  dimsat_context *const cx = dimsat_context_new();
  dimsat_problem *const p = fuzz_read(cx, t->text, t->length, format);
  const char *const again = json_of(answer_to(p, suggest));
  hold(strcmp(json, again) == 0, "two answers to one question\n%s\n%s", json,
       again);
  dimsat_context_free(cx);
}

/* The laws of the answer to a problem. */
static void hold_answer(dimsat_problem *p, const fuzz_text *t,
                        dimsat_format format, bool suggest) {
  random_source choices = t->choices;
  const dimsat_result *const r = answer_to(p, suggest);
  if (!r)
    return;
  hold_reports(p->cx, r);
  if (is_settled(p))
    hold_witnesses(p, r);
  if (r->verdict == DIMSAT_VERDICT_OK || r->fix_count > 0)
    hold_agreement(p, r, &choices);
  hold_repeated(t, format, suggest, json_of(r));
}

void hold_problem(const fuzz_text *t, dimsat_format format, bool suggest) {
  dimsat_context *const cx = dimsat_context_new();
  dimsat_problem *const p = fuzz_read(cx, t->text, t->length, format);
  if (p && dimsat_problem_validate(p)) {
    hold_written(p);
    hold_answer(p, t, format, suggest);
  }
  dimsat_context_free(cx);
}
