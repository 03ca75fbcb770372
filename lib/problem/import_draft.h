/*
 * What an imported text has told so far about one export; a problem when it is
 * finished.  Texts are copied, numbers are decimal text.
 */
#ifndef LIB_PROBLEM_IMPORT_DRAFT_H
#define LIB_PROBLEM_IMPORT_DRAFT_H

#include "lib/base/table.h"
#include "lib/problem/problem.h"

/* An axis beyond these is left out, with a note. */
#define IMPORT_RANK 64

typedef struct draft_axis draft_axis;

typedef struct draft_input draft_input;

struct draft_axis {
  draft_input *input;
  size_t k;
  const char *source;    /* L['x'].size()[0] */
  const char *dim;       /* its name or expression; NULL: not known */
  const char *form;      /* the spec makes it this of other axes' symbols */
  const char *word;      /* "auto", "dynamic", "static"; NULL: a dim */
  const char *min, *max; /* of the dim or the hint; NULL: not known */
  const char *traced;    /* symbol or digits; NULL: not known */
  const char *value;     /* what the tracer had made of it in the end */
  const char *example;
  bool tracked;     /* the log has told its spec */
  bool apart;       /* the error complains that it equals another one */
  draft_axis *next; /* of the same input */
};

struct draft_input {
  const char *source;      /* L['x'] */
  const char *alias;       /* what the user calls it, or NULL */
  draft_axis *axes, *last; /* as the text spoke of them */
  size_t rank;
};

typedef struct {
  const char *name, *source; /* source: NULL when unbacked */
  const char *hint, *min, *max;
  bool used;        /* a guard speaks of it */
  const char *made; /* what it was replaced by, or NULL */
} draft_symbol;

typedef struct {
  const char *text, *at;
  const char **stack;
  size_t stack_count;
  guard_kind kind;
  bool settled; /* the form of a dim says the same */
} draft_guard;

/* A dim that no axis of the text has. */
typedef struct draft_dim draft_dim;

struct draft_dim {
  const char *name, *min, *max;
  const char *form; /* of another dim: "2*_b + 1"; NULL: a root */
  draft_dim *group; /* another dim that constraints of JAX connect it with */
  size_t group_depth;
  const char *given; /* these constraints, where `group` is NULL */
};

typedef struct {
  dimsat_context *cx;
  arena *memory;
  draft_input **inputs;
  size_t input_count, input_capacity;
  draft_symbol **symbols;
  size_t symbol_count, symbol_capacity;
  draft_guard *guards;
  size_t guard_count, guard_capacity;
  draft_dim **dims;
  size_t dim_count, dim_capacity;
  const char **notes;
  size_t note_count, note_capacity;
  const char **gaps; /* why the problem is incomplete */
  size_t gap_count, gap_capacity;
  table by_name; /* all of them, by their text */
} import_draft;

void draft_init(import_draft *d, dimsat_context *cx);

/* Whether nothing is known of any size. */
bool draft_is_empty(const import_draft *d);

/* The axis that `source` spells, `INPUT.size()[k]` or `INPUT.shape[k]`, made
 * where there is none; NULL where it spells no axis. */
draft_axis *draft_need_axis(import_draft *d, const char *source);
/* The axis, or NULL where the text has not spoken of it. */
draft_axis *draft_find_axis(import_draft *d, const char *source);

draft_symbol *draft_find_symbol(import_draft *d, const char *name);
draft_symbol *draft_add_symbol(import_draft *d, const char *name,
                               const char *source);

/* The first record of a name stays. */
draft_dim *draft_add_dim(import_draft *d, const char *name, const char *min,
                         const char *max);
draft_dim *draft_find_dim(const import_draft *d, const char *name);
/* A second guard of the same text and kind is dropped: NULL. */
draft_guard *draft_add_guard(import_draft *d, const char *text, guard_kind kind,
                             const char *at);
void draft_add_frame(import_draft *d, draft_guard *g, const char *frame);
void draft_add_note(import_draft *d, const char *note);
void draft_add_gap(import_draft *d, const char *gap);

/* Remembers that the dim `name` belongs to the axis; finds the axis of a name,
 * NULL where there is none or more than one. */
void draft_name_axis(import_draft *d, const char *name, draft_axis *a);
draft_axis *draft_named_axis(const import_draft *d, const char *name);

/* Remembers the first axis, or NULL for what is none, that became `value`. */
void draft_lead(import_draft *d, const char *value, draft_axis *a);
draft_axis *draft_leader(const import_draft *d, const char *value);

/* Cuts `source` into its input and its axis; false where it is none. */
bool draft_split_axis(import_draft *d, const char *source, const char **owner,
                      size_t *k);

/* Copies, with a NUL behind it; NULL stays NULL. */
const char *draft_copy(import_draft *d, const char *text, size_t length);
const char *draft_keep(import_draft *d, const char *text);

/* "[2, int_oo]" or "VR[2, 8]" into digits, NULL for no bound; false where that
 * is not what `text` starts with. */
bool draft_read_range(import_draft *d, const char *text, const char **min,
                      const char **max);

/* Gives the axis `source` what is known of its symbol; where it names no axis,
 * a dim: the root of others that no axis carries alone. */
void draft_place_symbol(import_draft *d, const draft_symbol *s,
                        const char *source);

/* The problem.  What cannot be said of it is left out with a note. */
dimsat_problem *draft_finish(import_draft *d);

#endif
