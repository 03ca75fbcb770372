/* observe: what varies in recorded calls, and what guards say of it. */
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/output.h"

#include <stdio.h>

typedef struct {
  size_t count; /* recordings answered: texts stand apart from each other */
  dimsat_context *cx;
  dimsat_observation *observation;
  size_t programs; /* seen in the file of --program */
} observe_run;

/* Asks the guards of the program in `from`. */
static int visit_program(const options *o, const text_origin *from,
                         void *data) {
  observe_run *const run = data;
  if (run->programs++ > 0) {
    fprintf(stderr, "%s:%zu: --program takes one problem\n", from->name,
            from->line);
    return EXIT_BAD_INPUT;
  }
  dimsat_problem *const program = input_read_problem(o, run->cx, from);
  if (program == NULL)
    return EXIT_BAD_INPUT;
  if (dimsat_observation_confirm(run->observation, program, &o->solve))
    return EXIT_AGREES;
  return input_fail(from->name, run->cx);
}

/* Observes the recording in `from`; false after an error was printed. */
static bool observe(const options *o, observe_run *run,
                    const text_origin *from) {
  dimsat_calls *const calls =
      dimsat_calls_read(run->cx, from->text, from->length, o->strict);
  if (calls == NULL) {
    error_print(from, dimsat_last_error(run->cx), o->error_colour);
    return false;
  }
  run->observation = dimsat_observe(calls);
  if (run->observation == NULL) {
    input_fail(from->name, run->cx);
    return false;
  }
  run->programs = 0;
  return o->program == NULL ||
         input_each_problem(o, o->program, visit_program, run) == EXIT_AGREES;
}

/* Prints the answer; the exit code. */
static int print_answer(const options *o, observe_run *run,
                        const text_origin *from) {
  const bool json = o->report.form == DIMSAT_REPORT_JSON;
  const char *const text = dimsat_observation_write(
      run->observation,
      json ? DIMSAT_OBSERVATION_JSON : DIMSAT_OBSERVATION_TEXT);
  if (text == NULL)
    return input_fail(from->name, run->cx);
  if (json)
    output_line(text);
  else
    printf("%s%s: %s", run->count++ > 0 ? "\n" : "", from->name, text);
  return EXIT_AGREES;
}

/* Answers one recording. */
static int visit_recording(const options *o, const text_origin *from,
                           void *data) {
  observe_run *const run = data;
  run->cx = input_memory(dimsat_context_new());
  const int code =
      observe(o, run, from) ? print_answer(o, run, from) : EXIT_BAD_INPUT;
  dimsat_context_free(run->cx);
  return code;
}

/* `dimsat observe FILE... [--program FILE]` */
int observe_command(const options *o) {
  observe_run run = {0};
  return input_each_file(o, visit_recording, &run);
}
