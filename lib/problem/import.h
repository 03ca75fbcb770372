/*
 * Importers: texts of PyTorch and JAX as problems, one line of JSON each.
 *
 * Each reader takes the lines of one form and tells the work what they say; the
 * forms are those of PyTorch 2.4 to 2.13.  Lines of no meaning are passed over,
 * so that a text may hold anything else too, and may end anywhere.
 */
#ifndef LIB_PROBLEM_IMPORT_H
#define LIB_PROBLEM_IMPORT_H

#include "lib/problem/import_draft.h"
#include "lib/problem/import_lines.h"

#define IMPORT_FRAMES 8

typedef struct {
  dimsat_context *cx;
  dimsat_import_form form;
  import_draft draft; /* of the export that is read now */
  buffer out;         /* the problems before */
  size_t count;       /* of them */
  const char *header; /* of the violations that were read last, or NULL */
  bool has_spec;      /* the log has said what the axes are */
  bool specless;      /* symbols were made */
  const char **files; /* of the trace, by their numbers */
  size_t file_count;
  buffer call;   /* of symbolic_shape(..), as far as it was read */
  size_t depth;  /* brackets that are open in it; 0: no call */
  char quote;    /* that is open in it, or NUL */
  size_t shapes; /* calls of this problem */
  bool in_scope; /* lines of a printed scope's constraints follow */
} import_work;

/* Ends the export that is read now, and starts the next. */
void import_flush(import_work *w);

/* One line of the form; `whole` is false where the text ends within it. */
void import_error_line(import_work *w, const char *line);
void import_log_line(import_work *w, const char *line);
void import_trace_line(import_work *w, const char *line);
void import_jax_line(import_work *w, const char *line);

/* Before the export of this form is ended: puts its constraints in front of
 * what is demanded. */
void import_jax_finish(import_work *w);

/* Whether a line of such a text was met: what `dimsat_import_guess` asks. */
bool import_is_error(const char *line);
bool import_is_log(const char *line);
bool import_is_trace(const char *line);
bool import_is_jax(const char *line);

/* The text between two marks, as a copy, from `*at` on, which is moved behind
 * the second; NULL where one is missing. */
const char *import_between(import_work *w, const char **at, const char *open,
                           const char *close);

#endif
