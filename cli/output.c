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

/* Writes a file; see output.h. */
bool output_file(const char *path, const char *text) {
  flush();
  FILE *file = fopen(path, "wb");
  bool good = file != NULL && fputs(text, file) != EOF;
  const int first = good ? 0 : errno;
  if (file != NULL && fclose(file) != 0)
    good = false;
  if (!good)
    fprintf(stderr, "%s: cannot be written: %s\n", path,
            strerror(first ? first : errno));
  return good;
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
