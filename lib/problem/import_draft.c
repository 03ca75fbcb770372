#include "lib/problem/import_draft.h"
#include "lib/problem/import_lines.h"
#include "lib/problem/spec.h"

#include <string.h>

/* An entry of `by_name`; the kind is part of the key. */
typedef struct {
  char kind;
  const char *text;
  void *item;
} named;

enum {
  NAMED_AXIS = 'a',
  NAMED_INPUT = 'i',
  NAMED_SYMBOL = 's',
  NAMED_DIM = 'd',
  NAMED_ROOT = 'r',
  NAMED_VALUE = 'v',
  NAMED_NOTE = 'n',
  NAMED_GAP = 'g'
};

/* The axis of a dim's name, or of a value. */
typedef struct {
  draft_axis *axis; /* NULL: there is none, or more than one */
} owners;

/* Nothing is known. */
void draft_init(import_draft *d, dimsat_context *cx) {
  *d = (import_draft){.cx = cx, .memory = &cx->nodes};
  table_init(&d->by_name, d->memory, 16);
}

/* Notes alone make no problem. */
bool draft_is_empty(const import_draft *d) {
  return d->input_count == 0 && d->dim_count == 0 && d->guard_count == 0;
}

/* A copy; see import_draft.h. */
const char *draft_copy(import_draft *d, const char *text, size_t length) {
  return arena_copy_text(d->memory, text, length);
}

/* A copy of the whole text. */
const char *draft_keep(import_draft *d, const char *text) {
  return text ? draft_copy(d, text, strlen(text)) : NULL;
}

/* The hash of a key. */
static uint32_t hash_named(char kind, const char *text) {
  return hash_bytes((uint32_t)kind, text, strlen(text));
}

/* What is known as `text`, or NULL. */
static void *find_named(const import_draft *d, char kind, const char *text) {
  const uint32_t hash = hash_named(kind, text);
  uint32_t at = hash;
  const named *n;
  while ((n = table_next(&d->by_name, hash, &at)) != NULL)
    if (n->kind == kind && strcmp(n->text, text) == 0)
      return n->item;
  return NULL;
}

/* Makes `item` known as `text`, which the draft keeps. */
static void add_named(import_draft *d, char kind, const char *text,
                      void *item) {
  named *n = arena_alloc(d->memory, sizeof *n);
  *n = (named){kind, text, item};
  table_add(&d->by_name, d->memory, hash_named(kind, text), n);
}

/* ---- Axes --------------------------------------------------------------- */

/* Its last `.size()[k]` or `.shape[k]`; see import_draft.h. */
bool draft_split_axis(import_draft *d, const char *source, const char **owner,
                      size_t *k) {
  const char *tail = NULL, *digits = NULL;
  for (const char *at = source; (at = strchr(at, '.')) != NULL; at++) {
    const char *behind = import_behind(at, ".size()[");
    behind = behind ? behind : import_behind(at, ".shape[");
    tail = behind ? at : tail;
    digits = behind ? behind : digits;
  }
  const size_t count = digits ? strspn(digits, "0123456789") : 0;
  if (count == 0 || count > 4 || strcmp(digits + count, "]") != 0 ||
      tail == source)
    return false;
  *k = 0;
  for (size_t i = 0; i < count; i++)
    *k = *k * 10 + (size_t)(digits[i] - '0');
  *owner = draft_copy(d, source, (size_t)(tail - source));
  return true;
}

/* The axis, or NULL. */
draft_axis *draft_find_axis(import_draft *d, const char *source) {
  return find_named(d, NAMED_AXIS, source);
}

/* The input of that source, made where there is none. */
static draft_input *need_input(import_draft *d, const char *source) {
  draft_input *i = find_named(d, NAMED_INPUT, source);
  if (i)
    return i;
  i = arena_zeroed(d->memory, 1, sizeof *i);
  i->source = source;
  d->inputs = arena_grow(d->memory, d->inputs, d->input_count,
                         &d->input_capacity, sizeof *d->inputs);
  d->inputs[d->input_count++] = i;
  add_named(d, NAMED_INPUT, source, i);
  return i;
}

/* The axis, made where there is none; see import_draft.h. */
draft_axis *draft_need_axis(import_draft *d, const char *source) {
  const char *owner;
  size_t k;
  draft_axis *a = draft_find_axis(d, source);
  if (a || !draft_split_axis(d, source, &owner, &k))
    return a;
  if (k >= IMPORT_RANK) {
    draft_add_gap(d, "axes beyond the 64th of an input are left out");
    return NULL;
  }
  draft_input *i = need_input(d, owner);
  a = arena_zeroed(d->memory, 1, sizeof *a);
  a->input = i;
  a->k = k;
  a->source = draft_keep(d, source);
  if (i->last)
    i->last->next = a;
  else
    i->axes = a;
  i->last = a;
  i->rank = k + 1 > i->rank ? k + 1 : i->rank;
  add_named(d, NAMED_AXIS, a->source, a);
  return a;
}

/* ---- Symbols, dims, guards, notes --------------------------------------- */

/* The symbol, or NULL. */
draft_symbol *draft_find_symbol(import_draft *d, const char *name) {
  return find_named(d, NAMED_SYMBOL, name);
}

/* The first record of a name stays. */
draft_symbol *draft_add_symbol(import_draft *d, const char *name,
                               const char *source) {
  draft_symbol *s = draft_find_symbol(d, name);
  if (s)
    return s;
  s = arena_zeroed(d->memory, 1, sizeof *s);
  s->name = draft_keep(d, name);
  s->source = draft_keep(d, source);
  d->symbols = arena_grow(d->memory, d->symbols, d->symbol_count,
                          &d->symbol_capacity, sizeof *d->symbols);
  d->symbols[d->symbol_count++] = s;
  add_named(d, NAMED_SYMBOL, s->name, s);
  return s;
}

/* The dim, or NULL. */
draft_dim *draft_find_dim(const import_draft *d, const char *name) {
  return find_named(d, NAMED_ROOT, name);
}

/* A dim by its name alone. */
draft_dim *draft_add_dim(import_draft *d, const char *name, const char *min,
                         const char *max) {
  draft_dim *made = draft_find_dim(d, name);
  if (made)
    return made;
  made = arena_alloc(d->memory, sizeof *made);
  *made = (draft_dim){.name = draft_keep(d, name),
                      .min = draft_keep(d, min),
                      .max = draft_keep(d, max)};
  d->dims = arena_grow(d->memory, d->dims, d->dim_count, &d->dim_capacity,
                       sizeof *d->dims);
  d->dims[d->dim_count++] = made;
  add_named(d, NAMED_ROOT, made->name, made);
  return made;
}

/* A guard that is new. */
draft_guard *draft_add_guard(import_draft *d, const char *text, guard_kind kind,
                             const char *at) {
  static char seen;
  const char key = (char)kind;
  if (text[0] == '\0' || find_named(d, key, text))
    return NULL;
  text = draft_keep(d, text);
  add_named(d, key, text, &seen);
  d->guards = arena_grow(d->memory, d->guards, d->guard_count,
                         &d->guard_capacity, sizeof *d->guards);
  draft_guard *g = &d->guards[d->guard_count++];
  *g = (draft_guard){.text = text, .at = draft_keep(d, at), .kind = kind};
  return g;
}

/* One more frame of its stack. */
void draft_add_frame(import_draft *d, draft_guard *g, const char *frame) {
  size_t capacity = g->stack_count;
  g->stack = arena_grow(d->memory, g->stack, g->stack_count, &capacity,
                        sizeof *g->stack);
  g->stack[g->stack_count++] = draft_keep(d, frame);
}

/* Whether a sentence is new; it is not, the next time. */
static bool is_new(import_draft *d, char kind, const char **text) {
  static char seen;
  if (find_named(d, kind, *text))
    return false;
  *text = draft_copy(d, *text, strlen(*text));
  add_named(d, kind, *text, &seen);
  return true;
}

/* A note that is new. */
void draft_add_note(import_draft *d, const char *note) {
  if (!is_new(d, NAMED_NOTE, &note))
    return;
  d->notes = arena_grow(d->memory, d->notes, d->note_count, &d->note_capacity,
                        sizeof *d->notes);
  d->notes[d->note_count++] = note;
}

/* A gap that is new. */
void draft_add_gap(import_draft *d, const char *gap) {
  if (!is_new(d, NAMED_GAP, &gap))
    return;
  d->gaps = arena_grow(d->memory, d->gaps, d->gap_count, &d->gap_capacity,
                       sizeof *d->gaps);
  d->gaps[d->gap_count++] = gap;
}

/* A second axis of the name leaves none. */
void draft_name_axis(import_draft *d, const char *name, draft_axis *a) {
  owners *known = find_named(d, NAMED_DIM, name);
  if (known) {
    known->axis = known->axis == a ? a : NULL;
    return;
  }
  known = arena_alloc(d->memory, sizeof *known);
  known->axis = a;
  add_named(d, NAMED_DIM, draft_keep(d, name), known);
}

/* The first stays. */
void draft_lead(import_draft *d, const char *value, draft_axis *a) {
  if (find_named(d, NAMED_VALUE, value))
    return;
  owners *made = arena_alloc(d->memory, sizeof *made);
  made->axis = a;
  add_named(d, NAMED_VALUE, draft_keep(d, value), made);
}

/* The first axis of that value, or NULL. */
draft_axis *draft_leader(const import_draft *d, const char *value) {
  const owners *known = find_named(d, NAMED_VALUE, value);
  return known ? known->axis : NULL;
}

/* The only axis of that name, or NULL. */
draft_axis *draft_named_axis(const import_draft *d, const char *name) {
  const owners *known = find_named(d, NAMED_DIM, name);
  return known ? known->axis : NULL;
}

/* What PyTorch before 2.4 prints for no upper bound. */
#define SYS_MAXSIZE "922337203685477580"

/* One bound: digits, or NULL for an infinity. */
static const char *read_bound(import_draft *d, const char **text) {
  const char *start = *text + strspn(*text, " ");
  const size_t sign = *start == '-';
  const size_t digits = strspn(start + sign, "0123456789");
  *text = start + strcspn(start, ",] ");
  const bool endless = import_behind(start + sign, SYS_MAXSIZE) &&
                       digits == strlen(SYS_MAXSIZE) + 1;
  return digits > 0 && !endless ? draft_copy(d, start, sign + digits) : NULL;
}

/* A range; see import_draft.h. */
bool draft_read_range(import_draft *d, const char *text, const char **min,
                      const char **max) {
  const char *const open = strchr(text, '[');
  const char *const close = open ? strchr(open, ']') : NULL;
  const char *const comma = open ? strchr(open, ',') : NULL;
  if (!close || !comma || comma > close)
    return false;
  const char *at = open + 1;
  *min = read_bound(d, &at);
  at = comma + 1;
  *max = read_bound(d, &at);
  return true;
}

/* The min of the spec that the tracer's range lets expect: PyTorch starts each
 * range at 2, so that up to there nothing is known. */
static const char *spec_min(const draft_symbol *s) {
  const bool own =
      s->min && s->min[0] != '-' && (strlen(s->min) > 1 || s->min[0] > '2');
  return own ? s->min : "0";
}

void draft_place_symbol(import_draft *d, const draft_symbol *s,
                        const char *source) {
  draft_axis *const a = draft_need_axis(d, source);
  if (a) {
    a->traced = s->name;
    a->example = s->hint;
    a->min = spec_min(s);
    a->max = s->max;
  } else if (name_is_plain(source)) {
    draft_add_dim(d, source, spec_min(s), s->max);
  }
}
