/*
 * Affine relations between classes, exactly.
 *
 * Over the calls in which a set of classes is there, all relations are the
 * nullspace of the matrix [1 | classes], found by elimination of integers.
 * With few calls most of it fits by construction.  So short relations are
 * tried first, `y == a*x + b` and `z == x + y + c`, then the basis itself, and
 * each must have freedom: more different points than terms on its right side.
 * What is left of the nullspace says how many calls are missing: each one that
 * is independent takes one dimension of it away.
 */
#include "lib/observe/echelon.h"
#include "lib/observe/observation.h"

#include <string.h>

/* Classes compared, and sets of calls: real models have few of both. */
enum { MOST_FAMILIES = 64, MOST_SCENES = 32 };

/* Axes that a message names. */
enum { MOST_NAMED = 4 };

/* Calls in which some classes are all there. */
typedef struct {
  bool *in; /* of each point */
  size_t count;
  bool own; /* these are all the calls of some class */
} scene;

typedef struct {
  dimsat_observation *o;
  arena *m; /* scratch */
  scene scene[MOST_SCENES];
  size_t scene_count;
  size_t known; /* families that are compared */
  echelon accepted;
  size_t member[MOST_FAMILIES]; /* of the scene in hand: they vary in it */
  size_t member_count;
  const scene *now;
  integer *vector; /* in hand: constant, then a factor for each family */
  size_t terms;    /* how many the right side must have */
} miner;

/* ---- Scenes ------------------------------------------------------------ */

/* Adds a set of points unless it is known or too small to say anything. */
static void add_scene(miner *w, const bool *in, bool own) {
  const size_t size = w->o->point_count * sizeof *in;
  size_t count = 0;
  for (size_t i = 0; i < w->o->point_count; i++)
    count += in[i];
  if (count < 2 || w->scene_count == MOST_SCENES)
    return;
  for (size_t i = 0; i < w->scene_count; i++)
    if (memcmp(w->scene[i].in, in, size) == 0) {
      w->scene[i].own |= own;
      return;
    }
  bool *const copy = arena_zeroed(w->m, w->o->point_count, sizeof *copy);
  memcpy(copy, in, size);
  w->scene[w->scene_count++] = (scene){copy, count, own};
}

/* Whether class `f` is there in point `i`. */
static const cell *cell_at(const miner *w, size_t f, size_t i) {
  return &w->o->family[f].cell[w->o->point[i]];
}

/* The calls of each class, and those that two have in common; large first. */
static void find_scenes(miner *w) {
  const size_t points = w->o->point_count;
  bool *const in = arena_zeroed(w->m, points + 1, sizeof *in);
  for (size_t f = 0; f < w->known; f++) {
    for (size_t i = 0; i < points; i++)
      in[i] = cell_at(w, f, i)->known;
    if (w->o->family[f].varies)
      add_scene(w, in, true);
  }
  const size_t own = w->scene_count;
  for (size_t a = 0; a < own; a++)
    for (size_t b = 0; b < a; b++) {
      for (size_t i = 0; i < points; i++)
        in[i] = w->scene[a].in[i] && w->scene[b].in[i];
      add_scene(w, in, false);
    }
  for (size_t i = 1; i < w->scene_count; i++)
    for (size_t k = i; k > 0 && w->scene[k].count > w->scene[k - 1].count;
         k--) {
      const scene swap = w->scene[k];
      w->scene[k] = w->scene[k - 1];
      w->scene[k - 1] = swap;
    }
}

/* Whether class `f` is there in all of the scene, and varies in it. */
static bool plays(const miner *w, size_t f) {
  const cell *first = NULL;
  bool varies = false;
  for (size_t i = 0; i < w->o->point_count; i++) {
    const cell *const c = cell_at(w, f, i);
    if (!w->now->in[i])
      continue;
    if (!c->known)
      return false;
    first = first != NULL ? first : c;
    varies |= !integer_equal(c->size, first->size);
  }
  return varies;
}

/* Takes a scene in hand. */
static void enter_scene(miner *w, const scene *s) {
  w->now = s;
  w->member_count = 0;
  for (size_t f = 0; f < w->known; f++)
    if (plays(w, f))
      w->member[w->member_count++] = f;
}

/* ---- Accepting --------------------------------------------------------- */

/* Whether the vector in hand is 0 wherever all of it is there. */
static bool holds_everywhere(const miner *w) {
  for (size_t i = 0; i < w->o->point_count; i++) {
    integer sum = w->vector[0];
    bool known = true;
    for (size_t f = 0; f < w->known && known; f++) {
      if (integer_sign(w->vector[f + 1]) == 0)
        continue;
      known = cell_at(w, f, i)->known;
      sum = integer_add(
          w->m, sum,
          integer_mul(w->m, w->vector[f + 1], cell_at(w, f, i)->size));
    }
    if (known && integer_sign(sum) != 0)
      return false;
  }
  return true;
}

/* The classes of the vector in hand, in order. */
static size_t involved(const miner *w, size_t *families) {
  size_t count = 0;
  for (size_t f = 0; f < w->known; f++)
    if (integer_sign(w->vector[f + 1]) != 0)
      families[count++] = f;
  return count;
}

/* The terms on the right side of the vector in hand. */
static size_t term_count(const miner *w) {
  size_t families[MOST_FAMILIES];
  return involved(w, families) - 1 + (integer_sign(w->vector[0]) != 0);
}

/* The factors of the vector in hand, for an echelon to change. */
static integer *copy_factors(const miner *w) {
  integer *const copy = arena_zeroed(w->m, w->known + 1, sizeof *copy);
  memcpy(copy, w->vector + 1, w->known * sizeof *copy);
  return copy;
}

/* The vector in hand as text; its sign may change. */
static const char *text_of(miner *w, size_t *left) {
  return observe_affine_text(w->o, w->vector + 1, &w->vector[0], left);
}

/* Writes the vector in hand down as a relation. */
static void keep_vector(miner *w, relation *r) {
  arena *const m = &w->o->cx->nodes;
  integer *const factor =
      arena_zeroed(m, w->o->family_count + 1, sizeof *factor);
  r->text = text_of(w, &r->left);
  for (size_t f = 0; f < w->known; f++)
    factor[f] = integer_copy(m, w->vector[f + 1]);
  r->factor = factor;
  r->rest = integer_copy(m, w->vector[0]);
}

/* Counts the calls that speak for the vector in hand. */
static relation weigh(const miner *w) {
  size_t families[MOST_FAMILIES];
  const size_t count = involved(w, families);
  relation r = {.kind = RELATION_AFFINE};
  r.support = observe_support(w->o, families, count, &r.points);
  r.freedom = (int64_t)r.points - (int64_t)term_count(w);
  return r;
}

/* Adds the relation in hand, if there is evidence and it says something new. */
static void consider(miner *w) {
  const relation weighed = weigh(w);
  if (weighed.freedom < 1 || !holds_everywhere(w) ||
      !echelon_add(&w->accepted, copy_factors(w)))
    return;
  relation *const r = observe_relation(w->o, RELATION_AFFINE);
  *r = weighed;
  keep_vector(w, r);
}

/* ---- Short relations --------------------------------------------------- */

/* The first point of the scene, and a later one where `f` differs from it. */
static void two_points(const miner *w, size_t f, size_t *first,
                       size_t *second) {
  *first = 0;
  while (!w->now->in[*first])
    ++*first;
  *second = *first + 1;
  while (!w->now->in[*second] || integer_equal(cell_at(w, f, *second)->size,
                                               cell_at(w, f, *first)->size))
    ++*second;
}

/* Takes nothing in hand. */
static void clear_vector(miner *w) {
  for (size_t i = 0; i <= w->known; i++)
    w->vector[i] = integer_of(0);
}

/* Sets the constant so that the vector is 0 in point `i`. */
static void set_constant(miner *w, size_t i) {
  w->vector[0] = integer_of(0);
  for (size_t f = 0; f < w->known; f++)
    if (integer_sign(w->vector[f + 1]) != 0)
      w->vector[0] = integer_sub(
          w->m, w->vector[0],
          integer_mul(w->m, w->vector[f + 1], cell_at(w, f, i)->size));
}

/* Considers the vector if it has as many terms as are asked for. */
static void consider_short(miner *w) {
  if (term_count(w) == w->terms && holds_everywhere(w))
    consider(w);
}

/* q*y == a*x + b through two points. */
static void try_pair(miner *w, size_t x, size_t y) {
  size_t i, k;
  two_points(w, x, &i, &k);
  const integer dx =
      integer_sub(w->m, cell_at(w, x, k)->size, cell_at(w, x, i)->size);
  const integer dy =
      integer_sub(w->m, cell_at(w, y, k)->size, cell_at(w, y, i)->size);
  const integer common = integer_gcd(w->m, dx, dy);
  if (integer_sign(dy) == 0)
    return;
  clear_vector(w);
  w->vector[y + 1] = integer_floordiv(w->m, dx, common);
  w->vector[x + 1] = integer_neg(w->m, integer_floordiv(w->m, dy, common));
  set_constant(w, i);
  consider_short(w);
}

/* z == x + y + c through the first point. */
static void try_sum(miner *w, size_t z, size_t x, size_t y) {
  size_t i, k;
  two_points(w, z, &i, &k);
  const integer change =
      integer_sub(w->m, cell_at(w, z, k)->size, cell_at(w, z, i)->size);
  const integer other = integer_add(
      w->m, integer_sub(w->m, cell_at(w, x, k)->size, cell_at(w, x, i)->size),
      integer_sub(w->m, cell_at(w, y, k)->size, cell_at(w, y, i)->size));
  if (!integer_equal(change, other))
    return;
  clear_vector(w);
  w->vector[z + 1] = integer_of(1);
  w->vector[x + 1] = w->vector[y + 1] = integer_of(-1);
  set_constant(w, i);
  consider_short(w);
}

/* All short relations with so many terms. */
static void try_short(miner *w, size_t terms) {
  const size_t n = w->member_count, *const member = w->member;
  w->terms = terms;
  for (size_t x = 0; x < n && terms < 3; x++)
    for (size_t y = x + 1; y < n; y++)
      try_pair(w, member[x], member[y]);
  for (size_t z = 0; z < n && terms > 1; z++)
    for (size_t x = 0; x < n; x++)
      for (size_t y = x + 1; y < n; y++)
        if (z != x && z != y)
          try_sum(w, member[z], member[x], member[y]);
}

/* ---- The nullspace ----------------------------------------------------- */

/* The rows [1 | members] of the scene. */
static void fill_space(const miner *w, echelon *space) {
  echelon_init(space, w->m, w->member_count + 1);
  for (size_t i = 0; i < w->o->point_count; i++) {
    if (!w->now->in[i])
      continue;
    integer *const row = arena_zeroed(w->m, space->width, sizeof *row);
    row[0] = integer_of(1);
    for (size_t k = 0; k < w->member_count; k++)
      row[k + 1] = cell_at(w, w->member[k], i)->size;
    echelon_add(space, row);
  }
}

/* Takes the basis vector of column `open` in hand. */
static void take_basis(miner *w, const echelon *space, size_t open) {
  integer *const null = arena_zeroed(w->m, space->width, sizeof *null);
  echelon_null(space, open, null);
  clear_vector(w);
  w->vector[0] = null[0];
  for (size_t k = 0; k < w->member_count; k++)
    w->vector[w->member[k] + 1] = null[k + 1];
}

/* Adds that class `f`, which is there in all of the scene and does not vary in
 * it, is a constant. */
static void add_constant(const miner *w, echelon *known, size_t f) {
  for (size_t i = 0; i < w->o->point_count; i++)
    if (w->now->in[i] && !cell_at(w, f, i)->known)
      return;
  for (size_t k = 0; k < w->member_count; k++)
    if (w->member[k] == f)
      return;
  integer *const row = arena_zeroed(w->m, w->known, sizeof *row);
  row[f] = integer_of(1);
  echelon_add(known, row);
}

/* What is known of the classes in the scene, as a space to add to. */
static void copy_accepted(const miner *w, echelon *known) {
  echelon_init(known, w->m, w->known);
  for (size_t i = 0; i < w->accepted.count; i++) {
    integer *const row = arena_zeroed(w->m, w->known, sizeof *row);
    memcpy(row, w->accepted.row[i], w->known * sizeof *row);
    echelon_add(known, row);
  }
  for (size_t f = 0; f < w->known; f++)
    add_constant(w, known, f);
}

/* What a need says to do. */
static const char *need_text(const miner *w, const need *n) {
  buffer b;
  buffer_init(&b, &w->o->cx->nodes);
  buffer_add(&b, n->family_count > 1 ? "vary " : "");
  for (size_t i = 0; i < n->family_count && i < MOST_NAMED; i++)
    buffer_format(&b, "%s%s", i > 0 ? " and " : "",
                  observe_term(w->o, n->family[i]));
  if (n->family_count > MOST_NAMED)
    buffer_format(&b, " and %zu more", n->family_count - MOST_NAMED);
  buffer_format(&b, " independently; so far `%s` fits by construction",
                n->fits);
  return b.text;
}

/* Adds the need for `open` calls that tell the doubtful classes apart. */
static void add_need(miner *w, size_t open, const bool *doubtful,
                     const char *fits) {
  need *const n = observe_need(w->o, open);
  size_t *const all = arena_zeroed(&w->o->cx->nodes, w->known, sizeof *all);
  for (size_t f = 0; f < w->known; f++)
    if (doubtful[f])
      all[n->family_count++] = f;
  n->family = all;
  n->fits = fits;
  n->message = need_text(w, n);
}

/* What fits by construction: as many calls are missing.  Calls outside of the
 * scene may have refuted some of it. */
static void find_need(miner *w, const echelon *space) {
  size_t open = 0, families[MOST_FAMILIES];
  echelon known;
  bool *const doubtful = arena_zeroed(w->m, w->known + 1, sizeof *doubtful);
  const char *fits = NULL;
  copy_accepted(w, &known);
  for (size_t c = 1; c < space->width; c++) {
    if (echelon_has_pivot(space, c))
      continue;
    take_basis(w, space, c);
    if (!holds_everywhere(w) || !echelon_add(&known, copy_factors(w)))
      continue;
    const size_t count = involved(w, families);
    for (size_t i = 0; i < count; i++)
      doubtful[families[i]] = true;
    relation *const r = observe_doubt(w->o);
    *r = weigh(w);
    keep_vector(w, r);
    fits = fits != NULL ? fits : r->text;
    open++;
  }
  if (open > 0)
    add_need(w, open, doubtful, fits);
}

/* One scene. */
static void mine_scene(miner *w, const scene *s) {
  echelon space;
  enter_scene(w, s);
  for (size_t terms = 1; terms <= 3; terms++)
    try_short(w, terms);
  fill_space(w, &space);
  for (size_t c = 1; c < space.width; c++)
    if (!echelon_has_pivot(&space, c)) {
      take_basis(w, &space, c);
      consider(w);
    }
}

/* What is open in one scene, when all that is told is known. */
static void doubt_scene(miner *w, const scene *s) {
  echelon space;
  enter_scene(w, s);
  fill_space(w, &space);
  find_need(w, &space);
}

/* Scene by scene. */
void observe_affine(dimsat_observation *o) {
  miner w = {.o = o, .m = &o->cx->work, .known = o->family_count};
  if (w.known > MOST_FAMILIES) {
    w.known = MOST_FAMILIES;
    observe_note(o,
                 "%zu axes vary independently; relations are sought between "
                 "the first %d",
                 o->family_count, (int)MOST_FAMILIES);
  }
  w.vector = arena_zeroed(w.m, o->family_count + 1, sizeof *w.vector);
  echelon_init(&w.accepted, w.m, w.known);
  find_scenes(&w);
  for (size_t i = 0; i < w.scene_count; i++)
    mine_scene(&w, &w.scene[i]);
  for (size_t i = 0; i < w.scene_count; i++)
    if (w.scene[i].own)
      doubt_scene(&w, &w.scene[i]);
}
