/*
 * The spec that the calls suggest: a dim for each class, derived where one
 * class follows from another with a positive factor, AUTO where it follows in a
 * way that no Dim can say; the relations stand in the answer.
 */
#include "lib/observe/observation.h"

#include "lib/base/limits.h"
#include "lib/problem/spec.h"

#include <string.h>

/* ---- The example ------------------------------------------------------- */

/* How good a call is as an example, most important first. */
typedef struct {
  size_t present;  /* leaves */
  size_t generic;  /* classes of size 2 or more: tracers burn in 0 and 1 */
  size_t distinct; /* sizes that no other class and no static axis has */
  integer total;   /* of all sizes: less is better */
} merit;

/* A size, and the first column that has it. */
typedef struct {
  const column *first;
  bool shared; /* with a column of another class, or a static one */
} size_use;

/* How many sizes of a call only one class has, and no static axis. */
static size_t count_distinct(const dimsat_observation *o, size_t call) {
  arena *const m = &o->cx->work;
  const arena_mark mark = arena_get_mark(m);
  size_use *const use = arena_zeroed(m, o->column_count + 1, sizeof *use);
  size_t count = 0, distinct = 0;
  table known;
  table_init(&known, m, 0);
  for (size_t i = 0; i < o->column_count; i++) {
    const column *const c = &o->column[i];
    const uint32_t hash = integer_hash(c->cell[call].size);
    uint32_t at = hash;
    if (!c->cell[call].known)
      continue;
    const size_use *old;
    while ((old = table_next(&known, hash, &at)) != NULL &&
           !integer_equal(old->first->cell[call].size, c->cell[call].size))
      continue;
    if (old != NULL) {
      use[old - use].shared |= old->first->family != c->family;
      continue;
    }
    use[count] = (size_use){c, c->family == OBSERVED_NONE};
    table_add(&known, m, hash, &use[count++]);
  }
  for (size_t i = 0; i < count; i++)
    distinct += !use[i].shared;
  arena_rewind(m, mark);
  return distinct;
}

/* Looks at all of a call. */
static merit merit_of(const dimsat_observation *o, size_t call) {
  merit m = {.total = integer_of(0), .distinct = count_distinct(o, call)};
  for (size_t i = 0; i < o->leaf_count; i++)
    m.present += o->leaf[i].value[call] != NULL;
  for (size_t f = 0; f < o->family_count; f++) {
    const cell *const c = &o->family[f].cell[call];
    if (!c->known)
      continue;
    m.generic += integer_compare(c->size, integer_of(2)) >= 0;
    m.total = integer_add(&o->cx->work, m.total, c->size);
  }
  return m;
}

/* Whether `a` is better than `b`. */
static bool is_better(const merit *a, const merit *b) {
  if (a->present != b->present)
    return a->present > b->present;
  if (a->generic != b->generic)
    return a->generic > b->generic;
  if (a->distinct != b->distinct)
    return a->distinct > b->distinct;
  return integer_compare(a->total, b->total) < 0;
}

/* The best call; of equal ones the first. */
void observe_example(dimsat_observation *o) {
  merit best = {0};
  o->example = OBSERVED_NONE;
  for (size_t i = 0; i < o->point_count; i++) {
    const merit m = merit_of(o, o->point[i]);
    if (o->example != OBSERVED_NONE && !is_better(&m, &best))
      continue;
    best = m;
    o->example = o->point[i];
  }
}

/* ---- How classes become dims ------------------------------------------- */

typedef enum { ROLE_DIM, ROLE_DERIVED, ROLE_AUTO } role_kind;

typedef struct {
  role_kind kind;
  size_t root; /* DERIVED */
  integer scale, offset;
  bool has_axis; /* else it is a whole number, for which there is no dim */
  bool leads;    /* another one is derived from it */
} role;

/* The one other class of a relation, or NONE where there are more. */
static size_t only_other(const dimsat_observation *o, const relation *r) {
  size_t other = OBSERVED_NONE;
  for (size_t f = 0; f < o->family_count; f++) {
    if (f == r->left || integer_sign(r->factor[f]) == 0)
      continue;
    if (other != OBSERVED_NONE)
      return OBSERVED_NONE;
    other = f;
  }
  return other;
}

/* The last plain dim among the classes of an affine relation, or NONE. */
static size_t last_dim(const dimsat_observation *o, const relation *r,
                       const role *roles) {
  for (size_t f = o->family_count; f-- > 0;)
    if (integer_sign(r->factor[f]) != 0 && roles[f].kind == ROLE_DIM)
      return f;
  return OBSERVED_NONE;
}

/* Whether class `f` follows from class `root`, in one step or more. */
static bool follows_from(const role *roles, size_t f, size_t root) {
  while (f != root && roles[f].kind == ROLE_DERIVED)
    f = roles[f].root;
  return f == root;
}

/* What an affine relation makes of its classes. */
static void assign_affine(const dimsat_observation *o, const relation *r,
                          role *roles) {
  const size_t left = r->left;
  if (left == OBSERVED_NONE || roles[left].kind != ROLE_DIM) {
    const size_t f = last_dim(o, r, roles);
    if (f != OBSERVED_NONE)
      roles[f].kind = ROLE_AUTO;
    return;
  }
  const size_t root = only_other(o, r);
  roles[left].kind = ROLE_AUTO;
  if (root == OBSERVED_NONE || integer_sign(r->factor[root]) > 0 ||
      follows_from(roles, root, left))
    return;
  roles[left].kind = ROLE_DERIVED;
  roles[left].root = root;
  roles[left].scale = integer_neg(&o->cx->nodes, r->factor[root]);
  roles[left].offset = integer_neg(&o->cx->nodes, r->rest);
}

/* Whether dims may follow class `f`. */
static bool can_lead(const role *roles, size_t f) {
  return roles[f].kind != ROLE_AUTO && roles[f].has_axis;
}

/* What each class becomes. */
static role *assign(const dimsat_observation *o) {
  role *const roles =
      arena_zeroed(&o->cx->work, o->family_count + 1, sizeof *roles);
  for (size_t i = 0; i < o->column_count; i++)
    if (o->column[i].family != OBSERVED_NONE)
      roles[o->column[i].family].has_axis |= o->column[i].axis != OBSERVED_NONE;
  for (size_t i = 0; i < o->relation_count; i++) {
    const relation *const r = &o->relation[i];
    if (r->kind == RELATION_AFFINE)
      assign_affine(o, r, roles);
    else if (r->kind != RELATION_EQUAL && r->kind != RELATION_DIVISIBLE)
      roles[r->left].kind = ROLE_AUTO;
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t f = 0; f < o->family_count; f++)
      if (roles[f].kind == ROLE_DERIVED && !can_lead(roles, roles[f].root)) {
        roles[f].kind = ROLE_AUTO;
        changed = true;
      }
  }
  for (size_t f = 0; f < o->family_count; f++)
    if (roles[f].kind == ROLE_DERIVED)
      roles[roles[f].root].leads = true;
  return roles;
}

/* ---- The problem ------------------------------------------------------- */

/* The least size of class `f` for which no dim derived from it is below 0. */
static integer least_size(const dimsat_observation *o, const role *roles,
                          size_t f) {
  arena *const m = &o->cx->nodes;
  integer least = integer_of(0);
  for (size_t g = 0; roles[f].leads && g < o->family_count; g++)
    if (roles[g].kind == ROLE_DERIVED && roles[g].root == f)
      least = integer_max(
          least,
          integer_ceildiv(
              m, integer_sub(m, least_size(o, roles, g), roles[g].offset),
              roles[g].scale));
  return least;
}

/* Roots first, so that derived dims find them. */
static void add_dims(dimsat_observation *o, const role *roles) {
  for (size_t f = 0; f < o->family_count; f++)
    if (roles[f].kind == ROLE_DIM && roles[f].has_axis)
      problem_add_dim(o->problem, o->family[f].name,
                      interval_from(least_size(o, roles, f)));
  for (size_t f = 0; f < o->family_count; f++)
    if (roles[f].kind == ROLE_DERIVED)
      problem_add_derived(o->problem, o->family[f].name,
                          o->family[roles[f].root].name, roles[f].scale,
                          roles[f].offset);
}

/* What the spec says of one axis. */
static void set_axis(dimsat_observation *o, const role *roles, axis *a,
                     const column *c) {
  const cell *const hint = &c->cell[o->example];
  const char *text = "static";
  if (c->family != OBSERVED_NONE)
    text =
        roles[c->family].kind == ROLE_AUTO ? "auto" : o->family[c->family].name;
  problem_read_axis(o->problem, a, text);
  a->has_example = hint->known;
  a->example = hint->size;
}

/* Whether expressions can spell `text`; NULL needs no spelling. */
static bool can_spell(const dimsat_observation *o, const char *text) {
  return text == NULL || (strlen(text) <= LIMIT_NAME_BYTES &&
                          name_try_source(o->cx, text) != NULL);
}

/* One tensor.  What is absent from the example has no hint at all: half of one
 * would be no example. */
static void add_tensor(dimsat_observation *o, const role *roles,
                       const leaf *l) {
  const input *const in =
      problem_add_input(o->problem, l->path, l->source, l->count);
  for (size_t k = 0; k < l->count; k++) {
    set_axis(o, roles, &in->axes[k], &o->column[l->first + k]);
    in->axes[k].has_example &= l->value[o->example] != NULL;
  }
}

/* Tensors in the order of the signature. */
static void add_inputs(dimsat_observation *o, const role *roles) {
  for (size_t i = 0; i < o->leaf_count; i++) {
    const leaf *const l = &o->leaf[i];
    if (l->whole_number || l->mixed)
      continue;
    if (can_spell(o, l->path) && can_spell(o, l->source))
      add_tensor(o, roles, l);
    else
      observe_note(o, "%s cannot be spelled in a problem and is left out of it",
                   name_brief(o->cx, l->path));
  }
}

/* No guards yet. */
void observe_problem(dimsat_observation *o) {
  const role *const roles = assign(o);
  o->problem = problem_new(o->cx, NULL);
  if (o->example == OBSERVED_NONE)
    return;
  add_dims(o, roles);
  add_inputs(o, roles);
  problem_validate(o->problem);
}
