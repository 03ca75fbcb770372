/* Standard output, and whether what was printed has arrived. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>

/* Prints a line at once, for readers that wait for it. */
void output_line(const char *line);

/* Whether something could not be written; there is no use in going on. */
bool output_failed(void);

/* Writes a file of its own; false after a message where that failed. */
bool output_file(const char *path, const char *text);

/* Ends output: `code`, or EXIT_BAD_INPUT and a message where it failed.  A
 * reader that went away needs no message; mostly its signal has ended the
 * program. */
int output_finish(int code);

#endif
