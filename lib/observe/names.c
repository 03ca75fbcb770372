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

/* Whether a class bears that name. */
static bool is_taken(const table *taken, const char *name) {
  const uint32_t hash = hash_bytes(0, name, strlen(name));
  uint32_t at = hash;
  for (const char *old; (old = table_next(taken, hash, &at)) != NULL;)
    if (strcmp(old, name) == 0)
      return true;
  return false;
}

/* Gives class `f` a name that no class bears. */
static void set_name(dimsat_observation *o, table *taken, size_t f,
                     const char *name) {
  o->family[f].name = name;
  table_add(taken, &o->cx->work, hash_bytes(0, name, strlen(name)), name);
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
    stem = arena_format(&o->cx->nodes, "argument_%zu", c->leaf);
  if (isdigit((unsigned char)*stem))
    stem = arena_format(&o->cx->nodes, "_%s", stem);
  if (c->axis == OBSERVED_NONE)
    return arena_format(&o->cx->nodes, "%s_value", stem);
  return arena_format(&o->cx->nodes, "%s_dim_%zu", stem, c->axis);
}

/* The first column with a habit names its class, if that name is free; names
 * that are made differ by a number where they must. */
void observe_names(dimsat_observation *o) {
  table taken;
  table_init(&taken, &o->cx->work, 0);
  for (size_t i = 0; i < o->column_count; i++) {
    const column *const c = &o->column[i];
    if (c->family == OBSERVED_NONE || o->family[c->family].name != NULL)
      continue;
    const char *const name = habit_of(o, c);
    if (name != NULL && !is_taken(&taken, name))
      set_name(o, &taken, c->family, name);
  }
  for (size_t f = 0; f < o->family_count; f++) {
    if (o->family[f].name != NULL)
      continue;
    const char *const stem = made_name(o, &o->column[o->family[f].first]);
    const char *name = stem;
    for (size_t n = 2; is_taken(&taken, name); n++)
      name = arena_format(&o->cx->nodes, "%s_%zu", stem, n);
    set_name(o, &taken, f, name);
  }
}
