/*
 * Which inputs of a program are which arguments of the observed function.
 *
 * The tensors of a cache have other names in each way of taking it apart:
 * `past.key_0`, `L['past'].layers[0].keys`, `L['past']['key_cache'][0]`.  Most
 * of them say whether they are keys or values, and of which layer.
 */
#include "solver/confirm.h"

#include "lib/problem/spec.h"

#include <string.h>

/* ---- By name ----------------------------------------------------------- */

/* The input of that name or source, or NONE. */
static size_t find_input(const dimsat_problem *p, const leaf *l) {
  size_t found = problem_find_input(p, l->path);
  if (found == SIZE_MAX && l->source != NULL)
    found = problem_find_input_source(p, l->source);
  return found == SIZE_MAX ? OBSERVED_NONE : found;
}

/* The symbol that a whole number is: one that stands for no size, called by
 * path or source; or NONE. */
static size_t find_number(const dimsat_problem *p, const leaf *l) {
  size_t found = problem_find_symbol(p, l->path);
  if (found == SIZE_MAX && l->source != NULL)
    found = problem_find_symbol(p, l->source);
  if (found == SIZE_MAX || p->symbols[found].source != NULL)
    return OBSERVED_NONE;
  return found;
}

/* ---- By role ----------------------------------------------------------- */

/* What the name of a cache's tensor says of it, behind that of the argument. */
typedef struct {
  bool known;
  bool crosses; /* the cross attention's */
  bool is_value;
  size_t layer;
} role;

/* The last number in `text`, or NONE. */
static size_t last_number(const char *text) {
  size_t found = OBSERVED_NONE;
  for (const char *at = text; *at != '\0'; at++) {
    if (*at < '0' || *at > '9')
      continue;
    const bool goes_on = at > text && at[-1] >= '0' && at[-1] <= '9';
    found = (goes_on ? found * 10 : 0) + (size_t)(*at - '0');
  }
  return found;
}

/* Whatever is not said exactly once is not known. */
static role read_role(const char *text) {
  const bool key = strstr(text, "key") != NULL;
  const bool value = strstr(text, "value") != NULL;
  role r = {.is_value = value, .crosses = strstr(text, "cross") != NULL};
  r.layer = last_number(text);
  r.known = key != value && r.layer != OBSERVED_NONE;
  return r;
}

static bool same_role(role a, role b) {
  return a.known && b.known && a.crosses == b.crosses &&
         a.is_value == b.is_value && a.layer == b.layer;
}

/* ---- The tensors of one cache ------------------------------------------ */

/* Where the name of an input goes on behind the argument `name`: `name` alone,
 * or with a subscript or an attribute behind it, as name or within `L['..']`;
 * NULL where it is of another argument. */
static const char *behind(const input *in, const char *name) {
  const size_t length = strlen(name);
  const char *at = in->source;
  if (strncmp(at, "L['", 3) == 0)
    return strncmp(at + 3, name, length) == 0 &&
                   strncmp(at + 3 + length, "']", 2) == 0
               ? at + length + 5
               : NULL;
  if (strncmp(at, name, length) != 0 || at[length] == '\0')
    return NULL;
  return strchr("[.", at[length]) != NULL ? at + length : NULL;
}

typedef struct {
  confirming *c;
  const char *name;           /* of the argument */
  size_t *leaf, leaf_count;   /* its tensors in calls */
  size_t *input, input_count; /* in the program */
} cache;

/* The tensors of the parameter `argument`. */
static cache open_cache(confirming *c, size_t argument) {
  const dimsat_observation *const o = c->o;
  cache k = {.c = c, .name = o->calls->parameter[argument].name};
  k.leaf = arena_zeroed(&c->cx->work, o->leaf_count + 1, sizeof *k.leaf);
  k.input = arena_zeroed(&c->cx->work, c->p->input_count + 1, sizeof *k.input);
  for (size_t i = 0; i < o->leaf_count; i++)
    if (o->leaf[i].parameter == argument && o->leaf[i].in_cache &&
        !o->leaf[i].whole_number)
      k.leaf[k.leaf_count++] = i;
  for (size_t i = 0; i < c->p->input_count; i++)
    if (behind(&c->p->inputs[i], k.name) != NULL)
      k.input[k.input_count++] = i;
  return k;
}

/* What the path of tensor `i` says in the calls. */
static role leaf_role(const cache *k, size_t i) {
  return read_role(k->c->o->leaf[k->leaf[i]].path + strlen(k->name));
}

/* The one input with that role; NONE where none or several have it. */
static size_t input_with(const cache *k, role r) {
  size_t found = OBSERVED_NONE;
  for (size_t i = 0; i < k->input_count; i++) {
    const input *const in = &k->c->p->inputs[k->input[i]];
    if (!same_role(read_role(behind(in, k->name)), r))
      continue;
    if (found != OBSERVED_NONE)
      return OBSERVED_NONE;
    found = k->input[i];
  }
  return found;
}

/* Pairs by role; whether each tensor has an input then. */
static bool pair_by_role(const cache *k) {
  for (size_t i = 0; i < k->leaf_count; i++)
    if (input_with(k, leaf_role(k, i)) == OBSERVED_NONE)
      return false;
  for (size_t i = 0; i < k->leaf_count; i++)
    k->c->input[k->leaf[i]] = input_with(k, leaf_role(k, i));
  return true;
}

/* Pairs in order, where their numbers are the same. */
static void pair_in_order(const cache *k) {
  if (k->leaf_count != k->input_count)
    return;
  for (size_t i = 0; i < k->leaf_count; i++)
    if (k->c->input[k->leaf[i]] == OBSERVED_NONE)
      k->c->input[k->leaf[i]] = k->input[i];
}

/* ---- All --------------------------------------------------------------- */

/* Finds the input of each leaf; one of another rank is another thing. */
void confirm_pair_inputs(confirming *c) {
  const dimsat_observation *const o = c->o;
  c->input = arena_zeroed(&c->cx->nodes, o->leaf_count + 1, sizeof *c->input);
  for (size_t i = 0; i < o->leaf_count; i++)
    c->input[i] = o->leaf[i].whole_number ? find_number(c->p, &o->leaf[i])
                                          : find_input(c->p, &o->leaf[i]);
  for (size_t i = 0; i < o->calls->parameter_count; i++) {
    const cache k = open_cache(c, i);
    if (!pair_by_role(&k))
      pair_in_order(&k);
  }
  for (size_t i = 0; i < o->leaf_count; i++)
    if (!o->leaf[i].whole_number && c->input[i] != OBSERVED_NONE &&
        c->p->inputs[c->input[i]].rank != o->leaf[i].count)
      c->input[i] = OBSERVED_NONE;
}
