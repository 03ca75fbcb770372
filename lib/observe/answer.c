#include "lib/observe/answer.h"

#include "lib/base/json_write.h"
#include "lib/base/similar.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- While a question is answered -------------------------------------- */

/* Where nothing fits the text, it ends with the room. */
void answer_refuse(answer *a, const char *type, const char *format, ...) {
  char text[1024];
  va_list parts;
  va_start(parts, format);
  (void)vsnprintf(text, sizeof text, format, parts);
  va_end(parts);
  a->error_text = arena_copy_text(a->work, text, strlen(text));
  a->error_type = type;
  fault_raise(&a->calls->cx->fault, DIMSAT_BAD_PROBLEM);
}

/* Each reason once. */
void answer_improve(answer *a, const char *why) {
  if (a->better == NULL)
    a->better = why;
  else if (strstr(a->better, why) == NULL)
    a->better = arena_format(a->work, "%s; %s", a->better, why);
}

/* Names the first one. */
void answer_check_options(answer *a, const char *const *known) {
  size_t most = 0;
  while (known[most] != NULL)
    most++;
  if (a->question->arg_count > most)
    answer_refuse(a, "TypeError", "%.100s takes %zu arguments, not %zu",
                  a->question->function, most, a->question->arg_count);
  for (size_t i = 0; i < a->question->kwarg_count; i++) {
    const char *const key = a->question->kwarg[i].key;
    size_t k = 0;
    while (k < most && strcmp(known[k], key) != 0)
      k++;
    if (k == most)
      answer_refuse(a, "TypeError", "%.100s takes no argument '%.100s'",
                    a->question->function, key);
  }
  a->known = known;
}

/* None is the default of every argument. */
const recorded *answer_option(const answer *a, const char *name) {
  const recorded_question *const q = a->question;
  const recorded *v = recorded_find(q->kwarg, q->kwarg_count, name);
  for (size_t i = 0; i < q->arg_count; i++)
    if (strcmp(a->known[i], name) == 0)
      v = &q->arg[i];
  return v == NULL || v->kind == RECORDED_NONE ? NULL : v;
}

/* As Python's `if`. */
bool answer_flag(const answer *a, const char *name) {
  const recorded *const v = answer_option(a, name);
  return v != NULL && recorded_is_true(v);
}

/* ---- Which function ---------------------------------------------------- */

static const struct {
  const char *name;
  void (*run)(answer *, buffer *);
} functions[] = {
    {"observe", observer_answer_recording},
    {"num_obs", observer_answer_count},
    {"infer_dynamic_shapes", observer_answer_shapes},
    {"infer_arguments", observer_answer_arguments},
    {"guess_dynamic_shapes", inputs_answer_guess},
    {"guess_dynamic_shapes_from_inputs", inputs_answer_guess_alone},
    {"move_to_kwargs", inputs_answer_move},
    {"validate_inputs_for_export", inputs_answer_validate},
    {"all_dynamic_shapes_from_inputs", all_shapes_answer},
    {"all_dynamic_shape_from_inputs", all_shapes_answer},
    {"get_auto_dynamic_shapes", all_shapes_answer_auto},
    {"dynamic_shapes", additional_answer_shapes},
};

/* Whether `text` is a call or the name of function `name`: the class in front
 * and the arguments behind are left to the reader. */
static bool names_function(const char *text, const char *name) {
  const char *const object = strstr(text, ").");
  const char *const start = object != NULL ? object + 2 : text;
  const size_t length = strlen(name);
  return strncmp(start, name, length) == 0 &&
         (start[length] == '\0' || start[length] == '(' ||
          start[length] == ' ');
}

/* Raises for a function that is none of these. */
static void run_question(answer *a, buffer *out) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (names_function(a->question->function, functions[i].name)) {
      functions[i].run(a, out);
      return;
    }
  answer_refuse(a, "NotImplementedError",
                "'%.100s' is no function that can be asked for; num_obs, "
                "infer_dynamic_shapes, infer_arguments, guess_dynamic_shapes, "
                "move_to_kwargs, validate_inputs_for_export, "
                "all_dynamic_shapes_from_inputs, get_auto_dynamic_shapes and "
                "dynamic_shapes are",
                a->question->function);
}

/* ---- All questions ----------------------------------------------------- */

typedef struct {
  answer a;
  buffer *out;
} question_job;

/* The body of `calls_write_answer`. */
static void run_job(void *data) {
  question_job *const j = data;
  json_open(j->out, '{');
  json_key(j->out, "result");
  run_question(&j->a, j->out);
}

/* {"type": .., "message": ..} */
static void write_error(buffer *out, const answer *a) {
  json_open(out, '{');
  json_key(out, "error");
  json_open(out, '{');
  json_key(out, "type");
  json_text(out, a->error_type);
  json_key(out, "message");
  json_text(out, a->error_text);
  json_close(out, '}');
}

/* A refusal takes back what was written of the result. */
void calls_write_answer(buffer *out, const dimsat_calls *c, size_t question) {
  question_job j = {.a = {.calls = c,
                          .work = &c->cx->work,
                          .layout = layout_of(c->registration),
                          .question = &c->question[question]},
                    .out = out};
  const size_t start = out->length;
  const dimsat_status status = fault_try(&c->cx->fault, run_job, &j);
  if (status != DIMSAT_OK && status != DIMSAT_BAD_PROBLEM)
    fault_raise(&c->cx->fault, status);
  if (status != DIMSAT_OK) {
    if (j.a.doubt != NULL)
      answer_improve(&j.a, j.a.doubt);
    buffer_cut(out, start);
    write_error(out, &j.a);
  }
  if (j.a.better != NULL) {
    json_key(out, "better");
    json_text(out, j.a.better);
  }
  json_close(out, '}');
}

/* In order. */
void calls_write_answers(buffer *out, const dimsat_calls *c) {
  json_open(out, '[');
  for (size_t i = 0; i < c->question_count; i++)
    calls_write_answer(out, c, i);
  json_close(out, ']');
}
