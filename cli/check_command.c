/* check and suggest: problems in, reports out. */
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/output.h"

#include <string.h>

typedef struct {
  dimsat_result *(*solve)(dimsat_problem *p, const dimsat_options *options);
  bool started; /* a report was printed before */
  size_t count; /* problems seen */
} report_run;

/* The exit code of a verdict. */
static int code_of(dimsat_verdict verdict) {
  switch (verdict) {
  case DIMSAT_VERDICT_OK:
    return EXIT_AGREES;
  case DIMSAT_VERDICT_VIOLATED:
  case DIMSAT_VERDICT_CONTRADICTORY:
    return EXIT_VIOLATED;
  case DIMSAT_VERDICT_UNDECIDED:
    break;
  }
  return EXIT_UNDECIDED;
}

/* Writes the certificate that was asked for. */
static bool write_certificate(const options *o, const dimsat_result *r,
                              const text_origin *from, dimsat_context *cx) {
  const char *text = dimsat_certificate(r, &o->solve);
  if (!text) {
    input_fail(from->name, cx);
    return false;
  }
  return output_file(o->certificate, text);
}

/* Prints one report; text reports are set apart by an empty line. */
static void print_report(const options *o, report_run *run, const char *text) {
  const size_t length = strlen(text);
  if (run->started && o->report.form != DIMSAT_REPORT_JSON && length > 0)
    putchar('\n');
  fputs(text, stdout);
  if (length > 0 && text[length - 1] != '\n')
    putchar('\n');
  run->started = true;
}

/* Solves and reports the problem that stands in `from`. */
static int report_problem(const options *o, dimsat_context *cx,
                          const text_origin *from, report_run *run) {
  dimsat_problem *p = input_read_problem(o, cx, from);
  if (!p)
    return EXIT_BAD_INPUT;
  const dimsat_result *r = run->solve(p, &o->solve);
  const char *text = r ? dimsat_report_write(r, &o->report) : NULL;
  if (!text)
    return input_fail(from->name, cx);
  print_report(o, run, text);
  if (o->certificate && !write_certificate(o, r, from, cx))
    return EXIT_BAD_INPUT;
  return code_of(dimsat_result_verdict(r));
}

/* Visits one problem in a context of its own. */
static int visit_problem(const options *o, const text_origin *from,
                         void *data) {
  report_run *run = data;
  if (o->certificate && run->count++ > 0) {
    fprintf(stderr, "%s:%zu: --certificate takes one problem\n", from->name,
            from->line);
    return EXIT_BAD_INPUT;
  }
  dimsat_context *cx = input_memory(dimsat_context_new());
  const int code = report_problem(o, cx, from, run);
  dimsat_context_free(cx);
  return code;
}

/* `dimsat check FILE...` */
int check_command(const options *o) {
  if (o->report.form == DIMSAT_REPORT_TORCH) {
    fputs("dimsat check: --format torch prints fixes; type `dimsat suggest`\n",
          stderr);
    return EXIT_BAD_INPUT;
  }
  report_run run = {.solve = dimsat_check};
  return input_each_file(o, visit_problem, &run);
}

/* `dimsat suggest FILE...` */
int suggest_command(const options *o) {
  if (o->certificate && o->operand_count > 1) {
    fputs("dimsat suggest: --certificate takes one problem; see `dimsat "
          "suggest --help`\n",
          stderr);
    return EXIT_BAD_INPUT;
  }
  report_run run = {.solve = dimsat_suggest};
  return input_each_file(o, visit_problem, &run);
}
