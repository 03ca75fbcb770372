/* The command line, read once into a record. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "dimsat/check.h"

typedef struct {
  const char *command; /* its name, for messages */
  dimsat_options solve;
  dimsat_report_options report;
  bool error_colour; /* of messages on standard error */
  bool strict;
  size_t jobs;     /* --jobs; 0: as many as there are processors */
  const char **at; /* --at, in order */
  size_t at_count;
  const char *name;        /* --name, or NULL */
  bool emit_c;             /* --emit c */
  const char *certificate; /* --certificate, or NULL */
  dimsat_import_form from; /* --from, or DIMSAT_IMPORT_NONE */
  const char *program;     /* --program, or NULL */
  const char **assume;     /* --assume, in order */
  size_t assume_count;
  char **operands;
  size_t operand_count;
} options;

/* Which options a command takes. */
enum {
  TAKES_FORMAT = 1,
  TAKES_STATS = 2,
  TAKES_WORK = 4, /* --budget, --timeout, --no-native, --no-z3 */
  TAKES_SOURCE = 8,
  TAKES_STRICT = 16,
  TAKES_ASSUME = 32,
  TAKES_AT = 64,
  TAKES_COLOR = 128,
  TAKES_HELP = 256,
  TAKES_JOBS = 512,
  TAKES_TORCH = 1024, /* --format, with torch */
  TAKES_EMIT = 2048,  /* --emit, --name */
  TAKES_CERTIFICATE = 4096,
  TAKES_FROM = 8192,
  TAKES_PROGRAM = 16384
};

typedef struct {
  const char *name;
  const char *operands; /* "FILE..." */
  const char *summary;
  const char *details; /* lines for --help */
  unsigned takes;
  size_t least, most; /* operands */
  int (*run)(const options *o);
} command;

/*
 * Reads `argv` behind the command's name.  False where the command is to end
 * with `*exit_code`: help was printed, or usage was wrong.
 */
bool options_read(const command *c, int argc, char **argv, options *o,
                  int *exit_code);
void options_clear(options *o);

/* All that `--help` says of a command. */
void options_print_help(const command *c);

int check_command(const options *o);
int suggest_command(const options *o);
int ask_command(const options *o);
int eval_command(const options *o);
int compile_command(const options *o);
int smt2_command(const options *o);
int batch_command(const options *o);
int verify_command(const options *o);
int import_command(const options *o);
int observe_command(const options *o);

#endif
