/* compile: the guards of one problem as a C function. */
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "dimsat/dimsat.h"

typedef struct {
  size_t count; /* problems seen */
} compile_run;

/* Prints the file of one problem. */
static int visit_problem(const options *o, const text_origin *from,
                         void *data) {
  compile_run *const run = data;
  if (run->count++ > 0) {
    fprintf(stderr, "%s:%zu: compile takes one problem\n", from->name,
            from->line);
    return EXIT_BAD_INPUT;
  }
  dimsat_context *const cx = input_memory(dimsat_context_new());
  dimsat_problem *const p = input_read_problem(o, cx, from);
  dimsat_program *const g = p ? dimsat_program_compile(p, &o->solve) : NULL;
  const char *const text = g ? dimsat_program_emit_c(g, o->name) : NULL;
  int code = EXIT_AGREES;
  if (text)
    fputs(text, stdout);
  else
    code = p ? input_fail(from->name, cx) : EXIT_BAD_INPUT;
  dimsat_context_free(cx);
  return code;
}

/* `dimsat compile FILE --emit c` */
int compile_command(const options *o) {
  compile_run run = {0};
  if (!o->emit_c) {
    fputs("dimsat compile: into what? Type --emit c; see `dimsat compile "
          "--help`\n",
          stderr);
    return EXIT_BAD_INPUT;
  }
  return input_each_file(o, visit_problem, &run);
}
