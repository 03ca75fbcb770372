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

/* How an export ended, as far as the text tells. */
typedef enum { END_UNKNOWN, END_GOOD, END_REFUSED } import_end;

typedef struct {
  dimsat_context *cx;
  dimsat_import_form form;
  import_draft draft; /* of the export that is read now */
  buffer out;         /* the problems before */
  size_t count;       /* of them */
  const char *header; /* what the last error says first, or NULL */
  bool repeated;      /* it was printed before */
  import_end end;     /* END_REFUSED: the text lists all that PyTorch refused */
  bool listing;       /* violations follow */
  bool failed;        /* a traceback ended in an error of another kind */
  bool in_traceback;
  size_t rank;      /* the first of those that write the text; 0: none */
  bool framed;      /* the line is of a frame: "[0/0] " */
  bool strict;      /* the log has such lines, as those of strict mode */
  bool producing;   /* the log compares spec and guards */
  bool tracking;    /* and tells the spec of each axis */
  bool offset_last; /* the last of which ends its input */
  bool closed;      /* nothing more of this export can follow */
  size_t reported;  /* guard that draft_export tells the frames of, from 1 */
  const char *range_of; /* symbol that got a range before it was made */
  const char **files;   /* of the trace, by their numbers */
  size_t file_count;
  int64_t describer;          /* of the trace's inputs, -1: none */
  int64_t sizes[IMPORT_RANK]; /* of the tensor described last, -1: a symbol */
  size_t size_count;
  buffer call;   /* of symbolic_shape(..), as far as it was read */
  size_t depth;  /* brackets that are open in it; 0: no call */
  char quote;    /* that is open in it, or NUL */
  size_t shapes; /* calls of this problem */
  bool in_scope; /* lines of a printed scope's constraints follow */
} import_work;

/* Ends the export that is read now, and starts the next. */
void import_flush(import_work *w);

/* One line of the form, without what loggers put in front of it. */
void import_error_line(import_work *w, const char *line);
void import_log_line(import_work *w, const char *line);
void import_trace_line(import_work *w, const char *line);
void import_jax_line(import_work *w, const char *line);

/* Before the export of this form is ended: what the whole of it tells. */
void import_error_finish(import_work *w);
void import_log_finish(import_work *w);
void import_trace_finish(import_work *w);
void import_jax_finish(import_work *w);

/* ---- Parts of the reader of JAX ----------------------------------------- */

/* `length` bytes of an expression, in our spelling; its names become dims. */
const char *import_jax_expression(import_work *w, const char *text,
                                  size_t length);
/* A constraint of the spec. */
void import_jax_constraint(import_work *w, const char *text, size_t length);
/* The entries of a shape, as those of the input `source`. */
void import_jax_shape(import_work *w, const char *source, const char *text,
                      size_t length);
/* An error of JAX; false where the line is none. */
bool import_jax_error(import_work *w, const char *line);
bool import_is_jax_error(const char *line);

/* ---- Parts of the readers of PyTorch ------------------------------------ */

/* A line below "Constraints violated"; false where it is none. */
bool import_violation_line(import_work *w, const char *line);

/* One line of a draft_export report, or of a program that refuses sizes; false
 * where it is none. */
bool import_refusal_line(import_work *w, const char *line);
bool import_is_refusal(const char *line);

/* Says that the list of violations, if one is read now, was whole. */
void import_end_list(import_work *w);

/* Where `text` stands at the start of the line or behind "SomeError: ". */
const char *import_find_start(const char *line, const char *text);

/* A guard of an error's text; a log or a trace has told it before. */
void import_demand(import_work *w, const char *text);
/* Makes what the text's expression speaks of known: axes, and names as dims
 * or, as `u0`, as unbacked symbols. */
void import_declare(import_work *w, const char *text);

/* An equality of the spec, which the tracer took as a guard:
 * Eq(s77, 2*s17 + 1), or Ne where the example breaks it. */
void import_spec_equality(import_work *w, const char *text);
/* Axes that the tracer found equal, or following one another, and of which
 * PyTorch did not complain, share a dim. */
void import_share(import_work *w);

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
