/*
 * A text as `dimsat import` takes it: read as each form, it is refused, or
 * gives problems that read back, twice the same.
 */
#include "dimsat/dimsat.h"
#include "tests/fuzz/target.h"

#include <string.h>

/* Each line is a problem; a strict reader knows all of it. */
static void hold_lines(const char *line) {
  while (*line) {
    const size_t length = strcspn(line, "\n");
    dimsat_context *const cx = dimsat_context_new();
    const dimsat_problem *const p =
        dimsat_problem_read(cx, line, length, DIMSAT_FORMAT_JSON, true);
    hold(p != NULL, "an imported problem does not read back: %s",
         dimsat_last_error(cx)->text);
    dimsat_context_free(cx);
    line += length + 1;
  }
}

/* The text as one form, in two contexts. */
static void import_as(const char *text, size_t length,
                      dimsat_import_form form) {
  dimsat_context *const cx = dimsat_context_new();
  dimsat_context *const other = dimsat_context_new();
  const char *const lines = dimsat_import(cx, text, length, form);
  const char *const again = dimsat_import(other, text, length, form);
  hold((lines == NULL) == (again == NULL), "a text is refused once");
  hold(lines || dimsat_last_error(cx)->text[0] != '\0',
       "a text is refused without a reason");
  if (lines) {
    hold(strcmp(lines, again) == 0, "a text is imported in two ways");
    hold_lines(lines);
  }
  dimsat_context_free(other);
  dimsat_context_free(cx);
}

void fuzz_import(const uint8_t *data, size_t size) {
  for (int form = DIMSAT_IMPORT_NONE; form <= DIMSAT_IMPORT_JAX; form++)
    import_as((const char *)data, size, (dimsat_import_form)form);
}
