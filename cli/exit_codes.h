/* Exit codes of the command; of several files or lines the worst one counts. */
#ifndef CLI_EXIT_CODES_H
#define CLI_EXIT_CODES_H

#define EXIT_AGREES 0   /* the spec and the guards agree; the sizes are fine */
#define EXIT_VIOLATED 1 /* violated or contradictory; a size is refused */
#define EXIT_BAD_INPUT                                                         \
  2 /* bad input, bad usage, output that cannot be written */
#define EXIT_UNDECIDED 3 /* no firm answer */

#endif
