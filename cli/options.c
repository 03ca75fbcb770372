#include "cli/options.h"
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "lib/base/similar.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOBS_LAST 1024

typedef struct {
  const char *name;
  const char *argument; /* NULL: takes none */
  unsigned group;
  const char *text;
} option_row;

enum {
  OPTION_FORMAT,
  OPTION_TORCH_FORMAT,
  OPTION_STATS,
  OPTION_BUDGET,
  OPTION_TIMEOUT,
  OPTION_NO_NATIVE,
  OPTION_NO_Z3,
  OPTION_SOURCE_ROOT,
  OPTION_JOBS,
  OPTION_STRICT,
  OPTION_ASSUME,
  OPTION_AT,
  OPTION_EMIT,
  OPTION_NAME,
  OPTION_CERTIFICATE,
  OPTION_FROM,
  OPTION_PROGRAM,
  OPTION_COLOR,
  OPTION_HELP,
  OPTION_COUNT
};

static const option_row rows[OPTION_COUNT] = {
    [OPTION_FORMAT] = {"format", "FORM", TAKES_FORMAT,
                       "text (the default) or json"},
    [OPTION_TORCH_FORMAT] =
        {"format", "FORM", TAKES_TORCH,
         "text (the default), json or torch (PyTorch's block)"},
    [OPTION_STATS] = {"stats", NULL, TAKES_STATS, "add counters and time"},
    [OPTION_BUDGET] = {"budget", "STEPS", TAKES_WORK,
                       "stop after this much work, the same everywhere"},
    [OPTION_TIMEOUT] = {"timeout", "SECONDS", TAKES_WORK,
                        "stop after this time"},
    [OPTION_NO_NATIVE] = {"no-native", NULL, TAKES_WORK, "let Z3 alone decide"},
    [OPTION_NO_Z3] = {"no-z3", NULL, TAKES_WORK, "decide without Z3"},
    [OPTION_SOURCE_ROOT] = {"source-root", "DIR", TAKES_SOURCE,
                            "show source lines from files below DIR"},
    [OPTION_JOBS] = {"jobs", "N", TAKES_JOBS,
                     "threads for lines; the default is one a processor"},
    [OPTION_STRICT] = {"strict", NULL, TAKES_STRICT,
                       "unknown keys are errors, not notes"},
    [OPTION_ASSUME] = {"assume", "CONDITION", TAKES_ASSUME,
                       "what holds; may be given several times"},
    [OPTION_AT] = {"at", "SIZES", TAKES_AT,
                   "sizes: 'batch=3,s1=4', 'x=[8,4]'; may be repeated"},
    [OPTION_EMIT] = {"emit", "LANGUAGE", TAKES_EMIT, "c: the one there is"},
    [OPTION_NAME] = {"name", "NAME", TAKES_EMIT,
                     "of the function; else made from the problem's name"},
    [OPTION_CERTIFICATE] = {"certificate", "FILE", TAKES_CERTIFICATE,
                            "write what any SMT solver needs to check it"},
    [OPTION_FROM] = {"from", "FORM", TAKES_FROM,
                     "torch-error, torch-log, torch-trace or jax"},
    [OPTION_PROGRAM] = {"program", "FILE", TAKES_PROGRAM,
                        "the problem of an export: ask its guards"},
    [OPTION_COLOR] = {"color", "WHEN", TAKES_COLOR, "auto, always or never"},
    [OPTION_HELP] = {"help", NULL, TAKES_HELP, "this text"},
};

/* The options that `c` takes, for getopt_long. */
static void select_rows(const command *c, struct option *out) {
  size_t count = 0;
  for (int i = 0; i < OPTION_COUNT; i++)
    if ((rows[i].group & (c->takes | TAKES_HELP)) != 0)
      out[count++] = (struct option){
          .name = rows[i].name,
          .has_arg = rows[i].argument ? required_argument : no_argument,
          .val = i};
  out[count] = (struct option){0};
}

/* The option list of a command. */
static void print_options(const command *c) {
  printf("\noptions:\n");
  for (int i = 0; i < OPTION_COUNT; i++) {
    const option_row *row = &rows[i];
    if ((row->group & (c->takes | TAKES_HELP)) == 0)
      continue;
    char left[40];
    snprintf(left, sizeof left, "--%s%s%s", row->name, row->argument ? " " : "",
             row->argument ? row->argument : "");
    printf("  %-20s %s\n", left, row->text);
  }
}

/* Says what is wrong with the command line; always false. */
static bool refuse(const options *o, const char *what, const char *value) {
  fprintf(stderr, "dimsat %s: %s%s%s%s; see `dimsat %s --help`\n", o->command,
          what, value ? " '" : "", value ? value : "", value ? "'" : "",
          o->command);
  return false;
}

/* Reads --format; `torch` says whether the command has that form. */
static bool read_format(options *o, const char *text, bool torch) {
  if (strcmp(text, "text") == 0)
    o->report.form = DIMSAT_REPORT_TEXT;
  else if (strcmp(text, "json") == 0)
    o->report.form = DIMSAT_REPORT_JSON;
  else if (torch && strcmp(text, "torch") == 0)
    o->report.form = DIMSAT_REPORT_TORCH;
  else
    return refuse(o,
                  torch ? "--format is text, json or torch, not"
                        : "--format is text or json, not",
                  text);
  return true;
}

/* Reads --from. */
static bool read_from(options *o, const char *text) {
  static const char *const names[] = {
      [DIMSAT_IMPORT_TORCH_ERROR] = "torch-error",
      [DIMSAT_IMPORT_TORCH_LOG] = "torch-log",
      [DIMSAT_IMPORT_TORCH_TRACE] = "torch-trace",
      [DIMSAT_IMPORT_JAX] = "jax"};
  for (int i = DIMSAT_IMPORT_TORCH_ERROR; i <= DIMSAT_IMPORT_JAX; i++)
    if (strcmp(text, names[i]) == 0) {
      o->from = (dimsat_import_form)i;
      return true;
    }
  return refuse(o, "--from is torch-error, torch-log, torch-trace or jax, not",
                text);
}

/* Reads --budget: a whole number above 0. */
static bool read_budget(options *o, const char *text) {
  char *end;
  errno = 0;
  const unsigned long long steps = strtoull(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end || errno || steps == 0)
    return refuse(o, "--budget is a whole number of steps above 0, not", text);
  o->solve.budget.steps = steps;
  return true;
}

/* Reads --timeout: seconds above 0, with a decimal point where wanted. */
static bool read_timeout(options *o, const char *text) {
  char *end;
  const double seconds = strtod(text, &end);
  if (*end || !text[0] || !isfinite(seconds) || seconds <= 0)
    return refuse(o, "--timeout is a number of seconds above 0, not", text);
  o->solve.budget.seconds = seconds;
  return true;
}

/* Reads --jobs: a whole number above 0. */
static bool read_jobs(options *o, const char *text) {
  char *end;
  const unsigned long jobs = strtoul(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end || jobs == 0 || jobs > JOBS_LAST)
    return refuse(o, "--jobs is a whole number from 1 to 1024, not", text);
  o->jobs = jobs;
  return true;
}

/* Reads --source-root, which must be there: a slip would show no lines. */
static bool read_source_root(options *o, const char *text) {
  struct stat found;
  if (stat(text, &found) != 0 || !S_ISDIR(found.st_mode))
    return refuse(o, "--source-root is no directory:", text);
  o->report.source_root = text;
  return true;
}

/* Reads --color. */
static bool read_color(options *o, const char *text) {
  if (strcmp(text, "always") == 0)
    o->report.colour = o->error_colour = true;
  else if (strcmp(text, "never") == 0)
    o->report.colour = o->error_colour = false;
  else if (strcmp(text, "auto") != 0)
    return refuse(o, "--color is auto, always or never, not", text);
  return true;
}

/* Reads --emit. */
static bool read_emit(options *o, const char *text) {
  if (strcmp(text, "c") != 0)
    return refuse(o, "--emit is c, not", text);
  o->emit_c = true;
  return true;
}

/* Reads --certificate. */
static bool read_certificate(options *o, const char *text) {
  if (!*text || strcmp(text, "-") == 0)
    return refuse(o, "--certificate takes the name of a file, not", text);
  o->certificate = text;
  return true;
}

/* Takes one option; false when its argument is wrong. */
static bool take_option(options *o, int option, const char *argument) {
  switch (option) {
  case OPTION_FORMAT:
  case OPTION_TORCH_FORMAT:
    return read_format(o, argument, option == OPTION_TORCH_FORMAT);
  case OPTION_STATS:
    o->report.stats = true;
    return true;
  case OPTION_BUDGET:
    return read_budget(o, argument);
  case OPTION_TIMEOUT:
    return read_timeout(o, argument);
  case OPTION_NO_NATIVE:
    o->solve.no_native = true;
    return true;
  case OPTION_NO_Z3:
    o->solve.no_z3 = true;
    return true;
  case OPTION_SOURCE_ROOT:
    return read_source_root(o, argument);
  case OPTION_JOBS:
    return read_jobs(o, argument);
  case OPTION_STRICT:
    o->strict = true;
    return true;
  case OPTION_ASSUME:
    o->assume[o->assume_count++] = argument;
    return true;
  case OPTION_AT:
    o->at[o->at_count++] = argument;
    return true;
  case OPTION_EMIT:
    return read_emit(o, argument);
  case OPTION_FROM:
    return read_from(o, argument);
  case OPTION_CERTIFICATE:
    return read_certificate(o, argument);
  case OPTION_PROGRAM:
    o->program = argument;
    return true;
  case OPTION_NAME:
    o->name = argument;
    return true;
  default:
    return read_color(o, argument);
  }
}

/* What colour is before --color is read: for terminals, unless NO_COLOR is
 * set. */
static void guess_colour(options *o) {
  const char *no_color = getenv("NO_COLOR");
  const bool wanted = !no_color || !no_color[0];
  o->report.colour = wanted && isatty(STDOUT_FILENO);
  o->error_colour = wanted && isatty(STDERR_FILENO);
}

/* Whether the number of operands suits `c`. */
static bool count_operands(const command *c, options *o) {
  if (o->operand_count < c->least)
    return refuse(o, "expected", c->operands);
  if (o->operand_count > c->most)
    return refuse(o, "unexpected argument", o->operands[c->most]);
  if (o->solve.no_native && o->solve.no_z3)
    return refuse(o, "--no-native and --no-z3 leave nobody to decide", NULL);
  return true;
}

/* Whether `text` is the start of more than one option: says which. */
static bool refuse_ambiguous(const options *o, const struct option *accepted,
                             const char *text) {
  char list[200] = "";
  size_t used = 0, count = 0;
  for (; accepted->name; accepted++)
    if (strncmp(accepted->name, text + 2, strlen(text + 2)) == 0) {
      used += (size_t)snprintf(list + used, sizeof list - used, "%s--%s",
                               count++ ? ", " : "", accepted->name);
      used = used < sizeof list ? used : sizeof list - 1;
    }
  if (count < 2)
    return false;
  fprintf(stderr, "dimsat %s: the option '%s' may be any of %s\n", o->command,
          text, list);
  return true;
}

/* Says that there is no option `text`, and what may have been meant. */
static void refuse_unknown(const options *o, const struct option *accepted,
                           const char *text) {
  char similar[128], names[OPTION_COUNT][32];
  similar_words s;
  similar_start(&s, text, similar_edits(text));
  for (size_t i = 0; accepted[i].name; i++) {
    snprintf(names[i], sizeof names[i], "--%s", accepted[i].name);
    similar_consider(&s, names[i]);
  }
  similar_ask(&s, similar, sizeof similar);
  fprintf(stderr, "dimsat %s: there is no option '%s'%s", o->command, text,
          similar);
  if (similar[0])
    fputc('\n', stderr);
  else
    fprintf(stderr, "; see `dimsat %s --help`\n", o->command);
  if (strcmp(o->command, "ask") == 0 && !similar[0])
    fputs("a query that starts with `-` stands behind `--`, as in: "
          "dimsat ask -- '-a < 3'\n",
          stderr);
}

/* Says what getopt_long found wrong; always false. */
static bool refuse_option(const options *o, const struct option *accepted,
                          int found, const char *argument) {
  const char letter[] = {'-', (char)optopt, '\0'};
  char name[64];
  snprintf(name, sizeof name, "%.*s", (int)strcspn(argument, "="), argument);
  if (found == ':')
    return refuse(o, "an argument is missing behind", name);
  if (optopt > ' ')
    refuse_unknown(o, accepted, letter);
  else if (optopt > 0)
    return refuse(o, "no argument may follow", name);
  else if (!refuse_ambiguous(o, accepted, name))
    refuse_unknown(o, accepted, name);
  return false;
}

/* Reads options in any order; the rest are operands. */
static bool read_all(const command *c, int argc, char **argv, options *o,
                     bool *help) {
  struct option accepted[OPTION_COUNT + 1];
  select_rows(c, accepted);
  opterr = 0;
  optind = 1;
  int found;
  while ((found = getopt_long(argc, argv, ":h", accepted, NULL)) != -1) {
    if (found == 'h' || found == OPTION_HELP) {
      *help = true;
      return true;
    }
    if (found == '?' || found == ':')
      return refuse_option(o, accepted, found, argv[optind - 1]);
    if (!take_option(o, found, optarg))
      return false;
  }
  o->operands = argv + optind;
  o->operand_count = (size_t)(argc - optind);
  return count_operands(c, o);
}

/* All that there is to say; see options.h. */
void options_print_help(const command *c) {
  printf("usage: dimsat %s [options] %s\n\n%s.\n", c->name, c->operands,
         c->summary);
  if (c->details)
    printf("%s", c->details);
  print_options(c);
}

/* Reads the command line; see options.h. */
bool options_read(const command *c, int argc, char **argv, options *o,
                  int *exit_code) {
  *o = (options){.command = c->name};
  o->assume = input_memory(calloc((size_t)argc + 1, sizeof *o->assume));
  o->at = input_memory(calloc((size_t)argc + 1, sizeof *o->at));
  guess_colour(o);
  bool help = false;
  const bool good = read_all(c, argc, argv, o, &help);
  if (good && !help)
    return true;
  if (help)
    options_print_help(c);
  *exit_code = good ? EXIT_AGREES : EXIT_BAD_INPUT;
  options_clear(o);
  return false;
}

/* Frees what `options_read` took. */
void options_clear(options *o) {
  free(o->assume);
  free(o->at);
}
