/* smt2: the questions of each problem for any other solver. */
#include "cli/exit_codes.h"
#include "cli/input.h"

/* Prints the script of one problem; a second one starts from nothing. */
static int visit_problem(const options *o, const text_origin *from,
                         void *data) {
  bool *started = data;
  dimsat_context *cx = input_memory(dimsat_context_new());
  dimsat_problem *p = input_read_problem(o, cx, from);
  const char *script = p ? dimsat_smt2(p, SIZE_MAX) : NULL;
  int code = EXIT_AGREES;
  if (script) {
    fputs(*started ? "(reset)\n" : "", stdout);
    fputs(script, stdout);
    *started = true;
  } else {
    code = p ? input_fail(from->name, cx) : EXIT_BAD_INPUT;
  }
  dimsat_context_free(cx);
  return code;
}

/* `dimsat smt2 FILE...` */
int smt2_command(const options *o) {
  bool started = false;
  return input_each_file(o, visit_problem, &started);
}
