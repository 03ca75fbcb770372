/* import: texts of PyTorch and JAX as problems. */
#include "cli/exit_codes.h"
#include "cli/input.h"

#include <stdlib.h>
#include <string.h>

/* `dimsat import --from FORM FILE` */
int import_command(const options *o) {
  const char *path = o->operands[0];
  size_t length;
  char *bytes = input_read_file(path, &length);
  if (!bytes)
    return EXIT_BAD_INPUT;
  dimsat_context *cx = input_memory(dimsat_context_new());
  const char *lines = dimsat_import(cx, bytes, length, o->from);
  const int code =
      lines ? EXIT_AGREES : input_fail(strcmp(path, "-") ? path : "stdin", cx);
  if (lines)
    fputs(lines, stdout);
  dimsat_context_free(cx);
  free(bytes);
  return code;
}
