/* The answer for programs; docs/observe.md describes it. */
#include "lib/observe/plans.h"

#include "lib/base/json_write.h"
#include "lib/problem/problem_text.h"

/* A count, an index. */
static void write_size(buffer *out, const char *key, size_t value) {
  json_key(out, key);
  json_integer(out, (int64_t)value);
}

/* A size, of any length. */
static void write_number(buffer *out, integer value) {
  json_digits(out, integer_text(out->arena, value));
}

/* ---- Axes -------------------------------------------------------------- */

/* The value of each call; null where it was absent. */
static void write_values(buffer *out, const dimsat_observation *o,
                         const column *c) {
  json_key(out, "values");
  json_open(out, '[');
  for (size_t i = 0; i < o->calls->call_count; i++)
    if (c->cell[i].known)
      write_number(out, c->cell[i].size);
    else
      json_word(out, "null");
  json_close(out, ']');
}

/* The calls whose length 0 was not seen, if there are any. */
static void write_assumed(buffer *out, const dimsat_observation *o,
                          const column *c) {
  bool any = false;
  for (size_t i = 0; i < o->calls->call_count; i++) {
    if (!c->cell[i].assumed)
      continue;
    if (!any) {
      json_key(out, "assumed");
      json_open(out, '[');
    }
    any = true;
    json_integer(out, (int64_t)i);
  }
  if (any)
    json_close(out, ']');
}

/* The one size of a static axis. */
static void write_static(buffer *out, const dimsat_observation *o,
                         const column *c) {
  size_t i = 0;
  while (i < o->calls->call_count && !c->cell[i].known)
    i++;
  json_key(out, "static");
  write_number(out, c->cell[i].size);
}

/* One column. */
static void write_column(buffer *out, const dimsat_observation *o,
                         const column *c) {
  json_open(out, '{');
  json_key(out, "argument");
  json_text(out, o->leaf[c->leaf].path);
  json_key(out, "axis");
  if (c->axis == OBSERVED_NONE)
    json_word(out, "null");
  else
    json_integer(out, (int64_t)c->axis);
  if (c->family == OBSERVED_NONE) {
    write_static(out, o, c);
  } else {
    write_values(out, o, c);
    write_assumed(out, o, c);
    write_size(out, "class", c->family);
    json_key(out, "name");
    json_text(out, o->family[c->family].name);
  }
  if (c->declared) {
    json_key(out, "declared");
    json_word(out, "true");
  }
  json_close(out, '}');
}

/* An argument whose ranks differ: its shape in each call. */
static void write_mixed(buffer *out, const dimsat_observation *o,
                        const leaf *l) {
  json_open(out, '{');
  json_key(out, "argument");
  json_text(out, l->path);
  json_key(out, "shapes");
  json_open(out, '[');
  for (size_t i = 0; i < o->calls->call_count; i++) {
    const recorded *const v = l->value[i];
    if (v == NULL) {
      json_word(out, "null");
      continue;
    }
    json_open(out, '[');
    for (size_t k = 0; k < v->count; k++)
      write_number(out, v->size[k]);
    json_close(out, ']');
  }
  json_close(out, ']');
  json_close(out, '}');
}

/* All leaves, axis by axis. */
static void write_axes(buffer *out, const dimsat_observation *o) {
  json_key(out, "axes");
  json_open(out, '[');
  for (size_t i = 0; i < o->leaf_count; i++) {
    const leaf *const l = &o->leaf[i];
    if (l->mixed)
      write_mixed(out, o, l);
    for (size_t k = 0; k < l->count; k++)
      write_column(out, o, &o->column[l->first + k]);
  }
  json_close(out, ']');
}

/* ---- Relations and needs ----------------------------------------------- */

/* Sizes of all inputs, and whole numbers. */
static void write_sizes(buffer *out, const char *key, const witness_input *all,
                        size_t count) {
  if (count == 0)
    return;
  json_key(out, key);
  json_open(out, '{');
  for (size_t i = 0; i < count; i++) {
    json_key(out, all[i].name);
    if (all[i].whole_number) {
      json_digits(out, all[i].size[0]);
      continue;
    }
    json_open(out, '[');
    for (size_t k = 0; k < all[i].rank; k++)
      json_digits(out, all[i].size[k]);
    json_close(out, ']');
  }
  json_close(out, '}');
}

/* Sentences, or relations. */
static void write_texts(buffer *out, const char *key, const char *const *text,
                        size_t count) {
  json_key(out, key);
  json_open(out, '[');
  for (size_t i = 0; i < count; i++)
    json_text(out, text[i]);
  json_close(out, ']');
}

/* One relation. */
static void write_relation(buffer *out, const relation *r) {
  static const char *const kinds[] = {
      [RELATION_EQUAL] = "equal",      [RELATION_AFFINE] = "affine",
      [RELATION_PRODUCT] = "product",  [RELATION_QUOTIENT] = "quotient",
      [RELATION_CEILING] = "quotient", [RELATION_DIVISIBLE] = "remainder",
  };
  json_open(out, '{');
  json_key(out, "relation");
  json_text(out, r->text);
  json_key(out, "kind");
  json_text(out, kinds[r->kind]);
  write_size(out, "support", r->support);
  json_key(out, "freedom");
  json_integer(out, r->freedom);
  json_key(out, "status");
  json_text(out, observe_status_word(r->status));
  if (r->why != NULL) {
    json_key(out, "reason");
    json_text(out, r->why);
  }
  write_sizes(out, "witness", r->witness, r->witness_count);
  if (r->together_count > 0)
    write_texts(out, "together", r->together, r->together_count);
  json_close(out, '}');
}

/* All relations; those without evidence once guards were asked about them. */
static void write_relations(buffer *out, const dimsat_observation *o) {
  json_key(out, "relations");
  json_open(out, '[');
  for (size_t i = 0; i < o->relation_count; i++)
    write_relation(out, &o->relation[i]);
  for (size_t i = 0; o->confirmed && i < o->doubt_count; i++)
    write_relation(out, &o->doubt[i]);
  json_close(out, ']');
}

/* Sizes that break many relations, and guards that the calls did not show. */
static void write_discovered(buffer *out, const dimsat_observation *o) {
  if (!o->confirmed)
    return;
  if (o->probe_count > 0) {
    json_key(out, "probe");
    json_open(out, '{');
    write_sizes(out, "sizes", o->probe, o->probe_count);
    write_texts(out, "breaks", o->probe_breaks, o->probe_break_count);
    json_close(out, '}');
  }
  write_texts(out, "discovered", o->discovered, o->discovered_count);
}

/* Calls that the program refuses, once it was asked. */
static void write_refusals(buffer *out, const dimsat_observation *o) {
  if (!o->confirmed)
    return;
  json_key(out, "refused");
  json_open(out, '[');
  for (size_t i = 0; i < o->refusal_count; i++) {
    json_open(out, '{');
    write_size(out, "call", o->refusal[i].call);
    write_texts(out, "messages", o->refusal[i].message, o->refusal[i].count);
    json_close(out, '}');
  }
  json_close(out, ']');
}

/* Calls that are missing. */
static void write_needs(buffer *out, const dimsat_observation *o) {
  json_key(out, "needs_calls");
  json_open(out, '[');
  for (size_t i = 0; i < o->need_count; i++) {
    const need *const n = &o->need[i];
    json_open(out, '{');
    write_size(out, "calls", n->more);
    json_key(out, "axes");
    json_open(out, '[');
    for (size_t k = 0; k < n->family_count; k++)
      json_text(out, observe_term(o, n->family[k]));
    json_close(out, ']');
    if (n->fits != NULL) {
      json_key(out, "fits");
      json_text(out, n->fits);
    }
    json_key(out, "message");
    json_text(out, n->message);
    json_close(out, '}');
  }
  json_close(out, ']');
}

/* ---- Errors and notes -------------------------------------------------- */

/* What calls disagree in. */
static void write_troubles(buffer *out, const dimsat_observation *o) {
  static const char *const kinds[] = {
      [TROUBLE_MISSING] = "missing",     [TROUBLE_EXTRA] = "extra",
      [TROUBLE_DUPLICATE] = "duplicate", [TROUBLE_TYPE] = "type",
      [TROUBLE_CLASS] = "class",         [TROUBLE_LENGTH] = "length",
      [TROUBLE_KEYS] = "keys",           [TROUBLE_RANK] = "rank",
      [TROUBLE_DTYPE] = "dtype",
  };
  json_key(out, "errors");
  json_open(out, '[');
  for (size_t i = 0; i < o->trouble_count; i++) {
    const trouble *const t = &o->trouble[i];
    json_open(out, '{');
    json_key(out, "kind");
    json_text(out, kinds[t->kind]);
    json_key(out, "argument");
    json_text(out, t->argument);
    if (t->axis != OBSERVED_NONE)
      write_size(out, "axis", t->axis);
    json_key(out, "calls");
    json_open(out, '[');
    for (size_t k = 0; k < 2 && t->call[k] != OBSERVED_NONE; k++)
      json_integer(out, (int64_t)t->call[k]);
    json_close(out, ']');
    if (t->more > 0)
      write_size(out, "more", t->more);
    json_key(out, "message");
    json_text(out, t->message);
    json_close(out, '}');
  }
  json_close(out, ']');
}

/* All notes. */
static void write_notes(buffer *out, const dimsat_observation *o) {
  write_texts(out, "notes", o->note, o->note_count);
}

/* Sizes to export with, by the names of classes. */
static void write_picked(buffer *out, const dimsat_observation *o) {
  if (o->picked == NULL)
    return;
  json_key(out, "example");
  json_open(out, '{');
  for (size_t f = 0; f < o->family_count; f++) {
    json_key(out, o->family[f].name);
    write_number(out, o->picked[f]);
  }
  json_close(out, '}');
}

/* One line. */
void observe_write_json(buffer *out, const dimsat_observation *o) {
  json_open(out, '{');
  write_size(out, "dimsat", 1);
  write_size(out, "calls", o->calls->call_count);
  write_axes(out, o);
  write_relations(out, o);
  write_discovered(out, o);
  write_refusals(out, o);
  write_needs(out, o);
  observe_write_plans(out, o);
  write_troubles(out, o);
  write_notes(out, o);
  write_picked(out, o);
  json_key(out, "problem");
  problem_write_json(out, o->problem);
  if (o->calls->has_ask) {
    json_key(out, "answers");
    calls_write_answers(out, o->calls);
  }
  json_close(out, '}');
}
