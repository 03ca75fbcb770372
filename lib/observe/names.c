/*
 * A name for each class: that which people use for such an axis, where one of
 * its columns is an argument of that name, else made of argument and axis.
 */
#include "lib/observe/observation.h"

#include <ctype.h>
#include <string.h>

/* Bytes of a path that names keep. */
enum { LONGEST_STEM = 100 };

/* Arguments of language models and what their axes are called; "*" stands for
 * any tensor of a cache. */
static const struct {
  const char *argument;
  size_t axis;
  const char *name;
} habits[] = {
    {"input_ids", 0, "batch_size"},
    {"input_ids", 1, "sequence_length"},
    {"inputs_embeds", 0, "batch_size"},
    {"inputs_embeds", 1, "sequence_length"},
    {"position_ids", 0, "batch_size"},
    {"position_ids", 1, "sequence_length"},
    {"token_type_ids", 0, "batch_size"},
    {"token_type_ids", 1, "sequence_length"},
    {"cache_position", 0, "sequence_length"},
    {"attention_mask", 0, "batch_size"},
    {"attention_mask", 1, "total_sequence_length"},
    {"pixel_values", 0, "batch_size"},
    {"*", 0, "batch_size"},
    {"*", 2, "past_sequence_length"},
};

/* What column `c` is called by habit, or NULL. */
static const char *habit_of(const dimsat_observation *o, const column *c) {
  const leaf *const l = &o->leaf[c->leaf];
  const char *const argument = l->in_cache ? "*" : l->path;
  for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
    if (habits[i].axis == c->axis && strcmp(habits[i].argument, argument) == 0)
      return habits[i].name;
  return NULL;
}

/* Whether a class before `f` bears that name. */
static bool is_taken(const dimsat_observation *o, size_t f, const char *name) {
  for (size_t g = 0; g < f; g++)
    if (strcmp(o->family[g].name, name) == 0)
      return true;
  return false;
}

/* The letters, digits and `_` of a path, with `_` between them. */
static const char *plain_text(const dimsat_observation *o, const char *path) {
  char *const text = arena_copy_text(&o->cx->nodes, path, strlen(path));
  char *out = text;
  for (const char *c = path; *c != '\0'; c++) {
    const bool keeps = isalnum((unsigned char)*c) || (unsigned char)*c >= 0x80;
    if (keeps)
      *out++ = *c;
    else if (out > text && out[-1] != '_')
      *out++ = '_';
  }
  while (out > text && out[-1] == '_')
    out--;
  *out = '\0';
  return text;
}

/* "x_dim_1", or "k" for a whole number. */
static const char *made_name(const dimsat_observation *o, const column *c) {
  const char *stem = plain_text(o, o->leaf[c->leaf].path);
  if (strlen(stem) > LONGEST_STEM)
    stem = "argument";
  if (c->axis == OBSERVED_NONE)
    return arena_format(&o->cx->nodes, "%s_value", stem);
  return arena_format(&o->cx->nodes, "%s_dim_%zu", stem, c->axis);
}

/* The name by habit of the first column that has one that is free. */
static const char *first_habit(const dimsat_observation *o, size_t f) {
  for (size_t i = 0; i < o->column_count; i++) {
    if (o->column[i].family != f)
      continue;
    const char *const name = habit_of(o, &o->column[i]);
    if (name != NULL && !is_taken(o, f, name))
      return name;
  }
  return NULL;
}

/* Each class its own. */
void observe_names(dimsat_observation *o) {
  for (size_t f = 0; f < o->family_count; f++) {
    const char *name = first_habit(o, f);
    if (name == NULL)
      name = made_name(o, &o->column[o->family[f].first]);
    const char *const stem = name;
    for (size_t n = 2; is_taken(o, f, name); n++)
      name = arena_format(&o->cx->nodes, "%s_%zu", stem, n);
    o->family[f].name = name;
  }
}
