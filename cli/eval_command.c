/* eval: concrete sizes against the promises of the spec and the guards. */
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/sizes.h"

#include <stdlib.h>
#include <string.h>

#define AT "--at" /* what messages call the sizes of the command line */

/* Prints one refusal; those of a line say which. */
static void print_refusal(const text_origin *from, const char *text) {
  if (strcmp(from->name, AT) != 0)
    printf("line %zu: ", from->line);
  output_line(text);
}

/* Prints why the sizes say nothing, with the place of the one to blame; `from`
 * is an array with all their texts. */
static int fail_sizes(const options *o, dimsat_problem *p, const sizes *s,
                      const text_origin *from) {
  for (size_t i = 0; i < s->count; i++) {
    const char *const *messages;
    if (dimsat_eval(p, (const char *const *)&s->names[i],
                    (const char *const *)&s->values[i], 1, &messages) >= 0)
      continue;
    dimsat_error e = *dimsat_last_error(p->cx);
    e.offset = s->places[i].span.offset;
    e.length = s->places[i].span.length;
    e.line = 0;
    error_print(&from[s->places[i].text], &e, o->error_colour);
    return EXIT_BAD_INPUT;
  }
  return input_fail(from->name, p->cx);
}

/* Checks `s` and prints the refusals; the exit code. */
static int check_sizes(const options *o, dimsat_problem *p, const sizes *s,
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
    return fail_sizes(o, p, s, from);
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
    code = check_sizes(o, p, &s, line);
  else
    error_print(line, dimsat_last_error(cx), o->error_colour);
  dimsat_context_free(cx);
  return code;
}

/* Reads all --at; false after the error was printed. */
static bool read_at(const options *o, sizes *s, text_origin *from) {
  for (; s->text < o->at_count; s->text++) {
    const char *text = o->at[s->text];
    from[s->text] = (text_origin){
        .name = AT, .line = 1, .text = text, .length = strlen(text)};
    if (sizes_read_text(s, text))
      continue;
    error_print(&from[s->text], dimsat_last_error(s->cx), o->error_colour);
    return false;
  }
  return true;
}

/* Checks the sizes of all --at together. */
static int check_at(const options *o, dimsat_problem *p) {
  text_origin *from = input_memory(calloc(o->at_count, sizeof *from));
  sizes s = {.cx = p->cx, .problem = p};
  const int code =
      read_at(o, &s, from) ? check_sizes(o, p, &s, from) : EXIT_BAD_INPUT;
  free(from);
  return code;
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
    code =
        o->at_count ? check_at(o, p) : input_each_line(o, "-", visit_line, p);
  dimsat_context_free(cx);
  return code;
}

/* `dimsat eval FILE [--at SIZES]` */
int eval_command(const options *o) {
  eval_run run = {0};
  if (!o->at_count && strcmp(o->operands[0], "-") == 0) {
    fputs("dimsat eval: standard input cannot hold both problem and sizes; "
          "name a file, or give --at\n",
          stderr);
    return EXIT_BAD_INPUT;
  }
  return input_each_file(o, visit_problem, &run);
}
