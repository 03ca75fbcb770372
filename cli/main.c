/*
 * The command: finds the subcommand, reads its options, runs it, and makes sure
 * that what it printed has arrived.
 */
#include "cli/exit_codes.h"
#include "cli/options.h"
#include "cli/output.h"
#include "dimsat/dimsat.h"
#include "lib/base/similar.h"

#include <stdio.h>
#include <string.h>

#define SOLVER_OPTIONS (TAKES_STATS | TAKES_WORK | TAKES_STRICT)
#define REPORT_OPTIONS (TAKES_SOURCE | TAKES_COLOR)
#define FILE_DETAILS                                                           \
  "\nA FILE holds one problem (JSON or .dims) or many (JSON Lines);\n"         \
  "`-` is standard input.  The worst exit code of all problems counts.\n"
#define EXIT_DETAILS                                                           \
  "\nexit: 0 agree, 1 violated or contradictory, 2 bad input, 3 undecided\n"

static const command commands[] = {
    {"check", "FILE...", "Say whether the spec agrees with the guards",
     FILE_DETAILS EXIT_DETAILS, SOLVER_OPTIONS | REPORT_OPTIONS | TAKES_FORMAT,
     1, SIZE_MAX, check_command},
    {"suggest", "FILE...",
     "Say the least change that makes spec and guards agree",
     FILE_DETAILS EXIT_DETAILS,
     SOLVER_OPTIONS | REPORT_OPTIONS | TAKES_TORCH | TAKES_CERTIFICATE, 1,
     SIZE_MAX, suggest_command},
    {"ask", "QUERY|-", "Say what a condition or a number amounts to",
     "\nThe answer is one line of JSON.  With `-`, each line of standard "
     "input\n"
     "is {\"assume\": [\"a >= 2\"], \"query\": \"a % 2 == 0\"} and gets one "
     "line.\n"
     "\nexit: 0 answered, 2 bad input, 3 undecided\n",
     TAKES_WORK | TAKES_ASSUME | TAKES_STATS | TAKES_JOBS | TAKES_COLOR, 1, 1,
     ask_command},
    {"eval", "FILE", "Check concrete sizes against the spec and the guards",
     "\nSizes are named by dim, symbol, axis or whole input.  Without --at, "
     "each\nline of standard input has some: {\"batch\": 3, \"x[1]\": 4}, "
     "{\"x\": [3, 4]}.\n"
     "\nexit: 0 accepted, 1 refused, 2 bad input\n",
     TAKES_AT | TAKES_STRICT | TAKES_COLOR, 1, 1, eval_command},
    {"compile", "FILE", "Print the guards as one C function",
     "\nThe file needs no library; its first lines say what it takes.  Guards "
     "that\n"
     "the spec implies are dropped.  FILE holds one problem; `-` is standard "
     "input.\n"
     "\nexit: 0 printed, 2 bad input, or a guard that has no bound in C\n",
     TAKES_EMIT | TAKES_WORK | TAKES_STRICT | TAKES_COLOR, 1, 1,
     compile_command},
    {"smt2", "FILE...", "Print the questions as SMT-LIB 2",
     FILE_DETAILS "\nexit: 0 printed, 2 bad input\n",
     TAKES_STRICT | TAKES_COLOR, 1, SIZE_MAX, smt2_command},
    {"verify", "PROBLEM RESULT", "Prove anew what a stored result says",
     "\nRESULT is the JSON that `suggest`, `check` or `batch` printed for "
     "PROBLEM; of\nmany problems as JSON Lines, line by line.  Either may be "
     "`-`.\n"
     "\nexit: 0 every claim holds, 1 some claim fails, 2 bad input, 3 "
     "undecided\n",
     TAKES_FORMAT | TAKES_WORK | TAKES_STRICT | TAKES_COLOR, 2, 2,
     verify_command},
    {"import", "FILE", "Turn errors, logs and traces into problems",
     "\nEach export in the text gives one line of JSON; its notes say what the "
     "text\n"
     "does not hold.  Without --from the form is found out.  `check` and "
     "`suggest`\n"
     "read such texts by themselves.  `-` is standard input.\n"
     "\nexit: 0 printed, 2 bad input, or no problem in the text\n",
     TAKES_FROM, 1, 1, import_command},
    {"observe", "FILE...", "Say what varies in recorded calls, and how",
     "\nA FILE holds the signature of a function and the calls recorded of it, "
     "as\nJSON (docs/observe.md), or many such as JSON Lines; `-` is standard "
     "input.\n"
     "\nexit: 0 answered, 2 bad input\n",
     TAKES_FORMAT | TAKES_PROGRAM | TAKES_WORK | TAKES_STRICT | TAKES_COLOR, 1,
     SIZE_MAX, observe_command},
    {"batch", "[FILE...]", "Repair many problems: JSON Lines in and out",
     "\nWithout FILE, standard input is read.  A bad line gives a line with "
     "an\n"
     "`error`, and the rest go on.\n"
     "\nexit: 0 all lines were problems, 2 some were not\n",
     SOLVER_OPTIONS | TAKES_JOBS | TAKES_COLOR, 0, SIZE_MAX, batch_command},
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

/* Prints what there is. */
static void print_overview(FILE *out) {
  fprintf(out, "usage: dimsat COMMAND ...\n\n"
               "Do a tracer's guards agree with the dynamic dims asked for?\n\n"
               "commands:\n");
  for (size_t i = 0; i < COMMAND_COUNT; i++)
    fprintf(out, "  %-8s %-14s %s\n", commands[i].name, commands[i].operands,
            commands[i].summary);
  fprintf(out, "\n`dimsat COMMAND --help` tells more; `dimsat --version`.\n");
}

/* The command of this name, or NULL. */
static const command *find_command(const char *name) {
  for (size_t i = 0; i < COMMAND_COUNT; i++)
    if (strcmp(commands[i].name, name) == 0)
      return &commands[i];
  return NULL;
}

/* Says that there is no command `name`. */
static int refuse_command(const char *name) {
  char similar[128];
  similar_words s;
  similar_start(&s, name, similar_edits(name));
  for (size_t i = 0; i < COMMAND_COUNT; i++)
    similar_consider(&s, commands[i].name);
  if (name[0])
    fprintf(stderr, "dimsat: there is no command '%s'%s\n\n", name,
            similar_ask(&s, similar, sizeof similar));
  print_overview(stderr);
  return EXIT_BAD_INPUT;
}

/* `dimsat help [COMMAND]` */
static int help(const char *name) {
  const command *c = name ? find_command(name) : NULL;
  if (name && !c)
    return refuse_command(name);
  if (c)
    options_print_help(c);
  else
    print_overview(stdout);
  return EXIT_AGREES;
}

/* Runs the command that `argv[1]` names; its exit code. */
static int dispatch(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
      strcmp(name, "help") == 0)
    return help(argc > 2 ? argv[2] : NULL);
  if (strcmp(name, "--version") == 0) {
    puts("dimsat " DIMSAT_VERSION);
    return EXIT_AGREES;
  }
  const command *c = find_command(name);
  if (!c)
    return refuse_command(name);
  options o;
  int code;
  if (!options_read(c, argc - 1, argv + 1, &o, &code))
    return code;
  code = c->run(&o);
  options_clear(&o);
  return code;
}

int main(int argc, char **argv) {
  return output_finish(dispatch(argc, argv));
}
