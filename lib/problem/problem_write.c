/*
 * A problem as one line of JSON.  Keys stand in one fixed order, and what is
 * absent is left out, so that equal problems give equal text.
 */
#include "lib/problem/problem_text.h"

#include "lib/base/json_write.h"

#include <string.h>

/* Digits, in quotes where they do not fit into 64 bits. */
static void write_integer(buffer *out, integer a) {
  const char *quote = integer_is_small(a) ? "" : "\"";
  buffer_format(out, "%s%s%s", quote, integer_text(out->arena, a), quote);
}

/* A bound, or null. */
static void write_bound(buffer *out, bool has, integer bound) {
  if (has)
    write_integer(out, bound);
  else
    buffer_add(out, "null");
}

/* , "min": 2, "max": null */
static void write_range(buffer *out, interval range) {
  buffer_add(out, ", \"min\": ");
  write_bound(out, range.has_lo, range.lo);
  buffer_add(out, ", \"max\": ");
  write_bound(out, range.has_hi, range.hi);
}

/* , "key": "text" or nothing */
static void write_member(buffer *out, const char *key, const char *text) {
  if (text == NULL)
    return;
  buffer_format(out, ", \"%s\": ", key);
  json_quote(out, text);
}

/* A comma in front of all but the first. */
static void write_comma(buffer *out, size_t i) {
  if (i > 0)
    buffer_add(out, ", ");
}

/* {"name": "batch", "min": 1, "max": 64} */
static void write_dim(buffer *out, const dimsat_problem *p, const dim *d) {
  buffer_add(out, "{\"name\": ");
  json_quote(out, d->name);
  if (d->derived) {
    buffer_add(out, ", \"derived\": {\"root\": ");
    json_quote(out, p->dims[d->root].name);
    buffer_add(out, ", \"scale\": ");
    write_integer(out, d->scale);
    buffer_add(out, ", \"offset\": ");
    write_integer(out, d->offset);
    buffer_add(out, "}");
  } else {
    write_range(out, d->range);
  }
  buffer_add(out, "}");
}

/* Implicit dims come back by themselves. */
static void write_dims(buffer *out, const dimsat_problem *p) {
  buffer_add(out, ", \"dims\": [");
  for (size_t i = 0, written = 0; i < p->dim_count; i++)
    if (!p->dims[i].implicit) {
      write_comma(out, written++);
      write_dim(out, p, &p->dims[i]);
    }
  buffer_add(out, "]");
}

/* The word of a kind of hint. */
static const char *hint_word(const axis *a) {
  if (a->kind == AXIS_AUTO)
    return "AUTO";
  return a->kind == AXIS_DYNAMIC ? "DYNAMIC" : "STATIC";
}

/* Whether the user wrote null for a static size. */
static bool is_null(const axis *a) {
  return a->kind == AXIS_STATIC && !a->range.has_lo && !a->range.has_hi &&
         strcmp(a->text, "null") == 0;
}

/* {"hint": "AUTO", "min": 2} */
static void write_hint(buffer *out, const axis *a) {
  buffer_format(out, "{\"hint\": \"%s\"", hint_word(a));
  if (a->range.has_lo) {
    buffer_add(out, ", \"min\": ");
    write_integer(out, a->range.lo);
  }
  if (a->range.has_hi) {
    buffer_add(out, ", \"max\": ");
    write_integer(out, a->range.hi);
  }
  buffer_add(out, "}");
}

/* One entry of "shape". */
static void write_shape_entry(buffer *out, const axis *a) {
  if (a->kind == AXIS_DIM)
    json_quote(out, a->text);
  else if (a->kind == AXIS_CONSTANT)
    write_integer(out, a->constant);
  else if (is_null(a))
    buffer_add(out, "null");
  else
    write_hint(out, a);
}

/* One entry of "hint". */
static void write_example(buffer *out, const axis *a) {
  write_bound(out, a->has_example, a->example);
}

/* One entry of "traced". */
static void write_traced(buffer *out, const axis *a) {
  if (a->traced != NULL)
    json_quote(out, a->traced);
  else
    write_bound(out, a->burned, a->traced_constant);
}

/* A list with one entry an axis. */
static void write_axes(buffer *out, const input *i,
                       void (*write)(buffer *, const axis *)) {
  buffer_add(out, "[");
  for (size_t k = 0; k < i->rank; k++) {
    write_comma(out, k);
    write(out, &i->axes[k]);
  }
  buffer_add(out, "]");
}

/* Whether an axis of the input was traced, as a symbol or as a constant. */
static bool is_traced(const input *i) {
  for (size_t k = 0; k < i->rank; k++)
    if (i->axes[k].traced != NULL || i->axes[k].burned)
      return true;
  return false;
}

/* Whether an axis of the input has an example. */
static bool has_example(const input *i) {
  for (size_t k = 0; k < i->rank; k++)
    if (i->axes[k].has_example)
      return true;
  return false;
}

/* The source is left out where none was given. */
static void write_input(buffer *out, const input *i) {
  buffer_add(out, "{\"name\": ");
  json_quote(out, i->name);
  if (i->has_source)
    write_member(out, "source", i->source);
  buffer_add(out, ", \"shape\": ");
  write_axes(out, i, write_shape_entry);
  if (has_example(i)) {
    buffer_add(out, ", \"hint\": ");
    write_axes(out, i, write_example);
  }
  if (is_traced(i)) {
    buffer_add(out, ", \"traced\": ");
    write_axes(out, i, write_traced);
  }
  buffer_add(out, "}");
}

/* One symbol. */
static void write_symbol(buffer *out, const symbol *s) {
  buffer_add(out, "{\"name\": ");
  json_quote(out, s->name);
  write_member(out, "source", s->source);
  if (s->unbacked)
    buffer_add(out, ", \"unbacked\": true");
  if (s->has_hint) {
    buffer_add(out, ", \"hint\": ");
    write_integer(out, s->hint);
  }
  write_range(out, s->range);
  buffer_add(out, "}");
}

static const char *const kind_words[] = {
    [GUARD_GUARD] = "guard",
    [GUARD_RUNTIME_ASSERT] = "runtime_assert",
    [GUARD_SPEC] = "spec",
};

/* A plain string where the text is all there is. */
static void write_guard(buffer *out, const guard *g) {
  if (g->at == NULL && g->stack_count == 0 && g->kind == GUARD_GUARD) {
    json_quote(out, g->text);
    return;
  }
  buffer_add(out, "{\"expr\": ");
  json_quote(out, g->text);
  write_member(out, "at", g->at);
  if (g->stack_count > 0)
    buffer_add(out, ", \"stack\": [");
  for (size_t i = 0; i < g->stack_count; i++) {
    write_comma(out, i);
    json_quote(out, g->stack[i]);
  }
  buffer_add(out, g->stack_count > 0 ? "]" : "");
  write_member(out, "kind", kind_words[g->kind]);
  buffer_add(out, "}");
}

/* A list of sentences, unless it is empty. */
static void write_texts(buffer *out, const char *key, const char *const *text,
                        size_t count) {
  if (count == 0)
    return;
  buffer_format(out, ", \"%s\": [", key);
  for (size_t i = 0; i < count; i++) {
    write_comma(out, i);
    json_quote(out, text[i]);
  }
  buffer_add(out, "]");
}

/* All lists but those of sentences are there, also empty ones.  Of the notes,
 * those that came with the problem: the others come back by themselves. */
void problem_write_json(buffer *out, const dimsat_problem *p) {
  buffer_add(out, "{\"dimsat\": 1");
  write_member(out, "name", p->name);
  write_member(out, "origin", p->origin);
  write_dims(out, p);
  buffer_add(out, ", \"inputs\": [");
  for (size_t i = 0; i < p->input_count; i++) {
    write_comma(out, i);
    write_input(out, &p->inputs[i]);
  }
  buffer_add(out, "], \"symbols\": [");
  for (size_t i = 0; i < p->symbol_count; i++) {
    write_comma(out, i);
    write_symbol(out, &p->symbols[i]);
  }
  buffer_add(out, "], \"guards\": [");
  for (size_t i = 0; i < p->guard_count; i++) {
    write_comma(out, i);
    write_guard(out, &p->guards[i]);
  }
  buffer_add(out, "]");
  write_texts(out, "notes", p->notes, p->given_notes);
  write_texts(out, "incomplete", p->gaps, p->gap_count);
  buffer_add(out, "}");
}
