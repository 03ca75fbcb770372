/* eval: concrete sizes against the promises of the spec and the guards. */
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/sizes.h"

#include <string.h>

#define AT "--at" /* what messages call the sizes of the command line */

/* Prints one refusal; those of a line say which. */
static void print_refusal(const text_origin *from, const char *text) {
  if (strcmp(from->name, AT) != 0)
    printf("line %zu: ", from->line);
  output_line(text);
}

/* Checks `s` and prints the refusals; the exit code. */
static int check_sizes(dimsat_problem *p, const sizes *s,
                       const text_origin *from) {
  const char *const *messages = NULL;
  for (size_t i = 0; i < s->refusal_count; i++)
    print_refusal(from, s->refusals[i]);
  if (s->refusal_count > 0)
    return EXIT_VIOLATED;
  const int count =
      dimsat_eval(p, (const char *const *)s->names,
                  (const char *const *)s->values, s->count, &messages);
  if (count < 0)
    return input_fail(from->name, p->cx);
  for (int i = 0; i < count; i++)
    print_refusal(from, messages[i]);
  for (int i = count; messages && messages[i]; i++)
    fprintf(stderr, "note: %s\n", messages[i]);
  return count > 0 ? EXIT_VIOLATED : EXIT_AGREES;
}

/* Checks the sizes of one line of standard input. */
static int visit_line(const options *o, const text_origin *line, void *data) {
  dimsat_problem *p = data;
  dimsat_context *cx = input_memory(dimsat_context_new());
  sizes s = {.cx = cx, .problem = p};
  int code = EXIT_BAD_INPUT;
  if (json_text_read(cx, line, sizes_read_object, &s))
    code = check_sizes(p, &s, line);
  else
    error_print(line, dimsat_last_error(cx), o->error_colour);
  dimsat_context_free(cx);
  return code;
}

/* Checks the sizes of --at. */
static int check_at(const options *o, dimsat_problem *p) {
  const text_origin from = {
      .name = AT, .line = 1, .text = o->at, .length = strlen(o->at)};
  sizes s = {.cx = p->cx, .problem = p};
  if (sizes_read_text(&s, o->at))
    return check_sizes(p, &s, &from);
  error_print(&from, dimsat_last_error(p->cx), o->error_colour);
  return EXIT_BAD_INPUT;
}

typedef struct {
  size_t count; /* problems seen */
} eval_run;

/* Checks all sizes against the problem in `from`. */
static int visit_problem(const options *o, const text_origin *from,
                         void *data) {
  eval_run *run = data;
  if (run->count++ > 0) {
    fprintf(stderr, "%s:%zu: eval takes one problem\n", from->name, from->line);
    return EXIT_BAD_INPUT;
  }
  dimsat_context *cx = input_memory(dimsat_context_new());
  dimsat_problem *p = input_read_problem(o, cx, from);
  int code = EXIT_BAD_INPUT;
  if (p)
    code = o->at ? check_at(o, p) : input_each_line(o, "-", visit_line, p);
  dimsat_context_free(cx);
  return code;
}

/* `dimsat eval FILE [--at SIZES]` */
int eval_command(const options *o) {
  eval_run run = {0};
  if (!o->at && strcmp(o->operands[0], "-") == 0) {
    fputs("dimsat eval: standard input cannot hold both problem and sizes; "
          "name a file, or give --at\n",
          stderr);
    return EXIT_BAD_INPUT;
  }
  return input_each_file(o, visit_problem, &run);
}
