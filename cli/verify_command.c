/* verify: stored results, each against its problem. */
#include "cli/exit_codes.h"
#include "cli/input.h"

#include <stdlib.h>
#include <string.h>

/* A result as it was stored. */
typedef struct {
  text_origin from; /* its text is owned */
  char *text;
} stored;

typedef struct {
  stored *result;
  size_t count, capacity;
  size_t problems; /* seen */
} verify_run;

/* Keeps a copy of one result. */
static int visit_result(const options *o, const text_origin *from, void *data) {
  (void)o;
  verify_run *run = data;
  if (run->count == run->capacity) {
    run->capacity = run->capacity ? 2 * run->capacity : 8;
    run->result =
        input_memory(realloc(run->result, run->capacity * sizeof *run->result));
  }
  stored *s = &run->result[run->count++];
  s->from = *from;
  s->text = input_memory(malloc(from->length + 1));
  memcpy(s->text, from->text, from->length);
  s->text[from->length] = '\0';
  s->from.text = s->text;
  return EXIT_AGREES;
}

/* The exit code of what was found. */
static int code_of(dimsat_claim found) {
  switch (found) {
  case DIMSAT_CLAIM_HOLDS:
    return EXIT_AGREES;
  case DIMSAT_CLAIM_FAILS:
    return EXIT_VIOLATED;
  case DIMSAT_CLAIM_UNDECIDED:
    break;
  }
  return EXIT_UNDECIDED;
}

/* Says what is wrong with the text of a result, or with the problem itself. */
static int refuse(const options *o, const dimsat_context *cx,
                  const text_origin *problem, const text_origin *result) {
  const dimsat_error *e = dimsat_last_error(cx);
  if (e->status == DIMSAT_BAD_PROBLEM || e->line == 0)
    return input_fail(problem->name, cx);
  error_print(result, e, o->error_colour);
  return EXIT_BAD_INPUT;
}

/* Checks one result against its problem. */
static int check(const options *o, dimsat_context *cx, const text_origin *from,
                 const stored *s) {
  dimsat_problem *p = dimsat_problem_read(cx, from->text, from->length,
                                          from->format, o->strict);
  if (!p) {
    error_print(from, dimsat_last_error(cx), o->error_colour);
    return EXIT_BAD_INPUT;
  }
  const dimsat_verification *v =
      dimsat_verify(p, s->text, s->from.length, &o->solve);
  if (!v)
    return refuse(o, cx, from, &s->from);
  input_name_problem(p, from);
  const char *text = dimsat_verification_write(v, &o->report);
  if (!text)
    return input_fail(from->name, cx);
  fputs(text, stdout);
  if (o->report.form == DIMSAT_REPORT_JSON)
    putchar('\n');
  return code_of(dimsat_verification_outcome(v));
}

/* Visits one problem: the n-th result is its own. */
static int visit_problem(const options *o, const text_origin *from,
                         void *data) {
  verify_run *run = data;
  const size_t n = run->problems++;
  if (n >= run->count) {
    fprintf(stderr,
            "%s:%zu: there is no result for this problem; %s holds %zu\n",
            from->name, from->line, o->operands[1], run->count);
    return EXIT_BAD_INPUT;
  }
  if (n > 0 && o->report.form != DIMSAT_REPORT_JSON)
    putchar('\n');
  dimsat_context *cx = input_memory(dimsat_context_new());
  const int code = check(o, cx, from, &run->result[n]);
  dimsat_context_free(cx);
  return code;
}

/* Checks all problems of the first file with the results of the second. */
static int check_files(const options *o, verify_run *run) {
  int code = input_each_problem(o, o->operands[1], visit_result, run);
  if (code != EXIT_AGREES)
    return code;
  code = input_each_problem(o, o->operands[0], visit_problem, run);
  if (run->problems >= run->count)
    return code;
  fprintf(stderr, "%s: %zu results, but %s holds %zu problems\n",
          o->operands[1], run->count, o->operands[0], run->problems);
  return EXIT_BAD_INPUT;
}

/* `dimsat verify PROBLEM RESULT` */
int verify_command(const options *o) {
  verify_run run = {0};
  if (strcmp(o->operands[0], "-") == 0 && strcmp(o->operands[1], "-") == 0) {
    fputs("dimsat verify: only one of PROBLEM and RESULT can be standard "
          "input\n",
          stderr);
    return EXIT_BAD_INPUT;
  }
  const int code = check_files(o, &run);
  for (size_t i = 0; i < run.count; i++)
    free(run.result[i].text);
  free(run.result);
  return code;
}
