/* Rows of texts to import, and what their problems say. */
#ifndef TESTS_UNIT_IMPORT_TEXTS_H
#define TESTS_UNIT_IMPORT_TEXTS_H

#include "tests/unit/context.h"

#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

/* A text, and pieces that its problems have, and one that they have not. */
typedef struct {
  const char *text, *has, *also, *lacks;
} import_row;

/* Imports the text; every problem reads back and writes itself. */
static inline const char *import_text(const char *text, size_t length) {
  const char *const result =
      dimsat_import(cx, text, length, DIMSAT_IMPORT_NONE);
  for (const char *at = result; at && *at; at = strchr(at, '\n') + 1) {
    const dimsat_problem *const p = dimsat_problem_read(
        cx, at, strcspn(at, "\n"), DIMSAT_FORMAT_JSON, true);
    ck_assert_msg(p != NULL, "%s: %s", at, dimsat_last_error(cx)->text);
    const char *const again = dimsat_problem_write(cx, p, DIMSAT_FORMAT_JSON);
    ck_assert_msg(strncmp(at, again, strlen(again)) == 0, "%s", again);
  }
  return result;
}

/* The whole text says what the row says; every start of it can be read. */
static inline void check_row(const import_row *row) {
  const size_t length = strlen(row->text);
  const char *const result = import_text(row->text, length);
  ck_assert_msg(result != NULL, "%s", dimsat_last_error(cx)->text);
  ck_assert_msg(!row->has || strstr(result, row->has), "%s", result);
  ck_assert_msg(!row->also || strstr(result, row->also), "%s", result);
  ck_assert_msg(!row->lacks || !strstr(result, row->lacks), "%s", result);
  for (size_t part = 0; part < length; part++)
    import_text(row->text, part);
}

/* What `dimsat suggest` would say of the only problem of the text. */
static inline dimsat_verdict verdict_of(const char *text) {
  const char *const line = import_text(text, strlen(text));
  ck_assert_ptr_nonnull(line);
  dimsat_problem *const p = dimsat_problem_read(cx, line, strcspn(line, "\n"),
                                                DIMSAT_FORMAT_JSON, true);
  ck_assert_ptr_nonnull(p);
  return dimsat_result_verdict(dimsat_check(p, NULL));
}

#endif
