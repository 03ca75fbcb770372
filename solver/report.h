/*
 * Results as text.  Each writer appends to `out`; all raise on failure.
 */
#ifndef SOLVER_REPORT_H
#define SOLVER_REPORT_H

#include "lib/base/buffer.h"
#include "solver/result.h"

void report_text(buffer *out, const dimsat_result *r,
                 const dimsat_report_options *o);
void report_json(buffer *out, const dimsat_result *r, bool stats);
/* The "Suggested fixes:" block; nothing where there is no fix. */
void report_torch(buffer *out, const dimsat_result *r);

/* One fix in PyTorch's spelling, without newline. */
void report_fix(buffer *out, const fix *f);
/* "2*seq + 1", "seq - 3", "seq". */
void report_linear(buffer *out, integer scale, const char *root,
                   integer offset);
void report_integer(buffer *out, integer a);

/* What the text of a report is put together from. */
typedef enum { STYLE_PLAIN, STYLE_HEADING, STYLE_NUMBER, STYLE_CARET } style;

typedef struct {
  buffer *out;
  const dimsat_result *result;
  const dimsat_report_options *options;
} text_report;

/* Appends `text`, control characters replaced; in colour where asked for. */
void text_add(text_report *t, style s, const char *text);
/* Appends spaces until a line that is `width` wide reaches `column`. */
void text_pad(text_report *t, size_t width, size_t column);
/* Width of `text` on a screen: its code points. */
size_t text_width(const char *text);
/* "2..", "4..511", "0..". */
const char *text_range(arena *m, interval range);
/* What the problem says of a dim: "2..", "2*seq + 1", NULL when unknown. */
const char *text_spec(const dimsat_problem *p, const char *dim_name);
/* Repair, "Suggested fixes:", or why there is none. */
void text_repair(text_report *t);

/*
 * The source line that `at` ("model.py:12 in forward") speaks of, or NULL.
 * Looked for below `root` only: the path itself or a tail of it, never through
 * ".." or a link that leaves `root`.  In the arena of `m`.
 */
const char *source_line(arena *m, const char *root, const char *at,
                        uint32_t *number);

#endif
