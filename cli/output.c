#include "cli/output.h"
#include "cli/exit_codes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The errno of the first failure; 0 while all is well. */
static int first_error;

/* Writes what is buffered; remembers why that failed. */
static void flush(void) {
  errno = 0;
  if (fflush(stdout) == EOF && first_error == 0)
    first_error = errno;
}

/* Prints a line at once; see output.h. */
void output_line(const char *line) {
  puts(line);
  flush();
}

/* Whether something could not be written. */
bool output_failed(void) {
  return ferror(stdout) != 0;
}

/* Ends output; see output.h. */
int output_finish(int code) {
  flush();
  if (!output_failed())
    return code;
  if (first_error != EPIPE)
    fprintf(stderr, "dimsat: cannot write the output%s%s\n",
            first_error ? ": " : "", first_error ? strerror(first_error) : "");
  return EXIT_BAD_INPUT;
}
