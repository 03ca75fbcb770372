/* Files and standard input, as problems or as lines. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "cli/error_text.h"
#include "cli/options.h"

/* What is done with one problem or one line; returns an exit code. */
typedef int input_visitor(const options *o, const text_origin *from,
                          void *data);

/* `block`, which malloc or its like returned; ends the program when NULL. */
void *input_memory(void *block);

/* All bytes of the file `path` (`-`: standard input), which the caller frees;
 * NULL after a message. */
char *input_read_file(const char *path, size_t *length);

/* The worse of two exit codes. */
int input_worse(int a, int b);

/*
 * Calls `visit` for each problem of the file `path` (`-`: standard input), be
 * it ours or a text that `dimsat import` reads.  The worst exit code; what
 * cannot be read is told and counts as bad input.
 */
int input_each_problem(const options *o, const char *path, input_visitor *visit,
                       void *data);

/* The same for all operands of the command line. */
int input_each_file(const options *o, input_visitor *visit, void *data);

/*
 * Calls `visit` for each line of `path` that is not blank, as soon as it is
 * there; only one line is held at a time.
 */
int input_each_line(const options *o, const char *path, input_visitor *visit,
                    void *data);

/* Gives a problem without a name that of its place: "a.dims", "many.jsonl:2".
 */
void input_name_problem(dimsat_problem *p, const text_origin *from);

/* The problem in `from`, with a name; NULL after the error was printed. */
dimsat_problem *input_read_problem(const options *o, dimsat_context *cx,
                                   const text_origin *from);

/* Prints the context's last error, which has no place; EXIT_BAD_INPUT. */
int input_fail(const char *name, const dimsat_context *cx);

#endif
