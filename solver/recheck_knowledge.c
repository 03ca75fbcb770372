/* Ranges, relations and inferred axes of a stored result. */
#include "solver/recheck.h"

#include "lib/expr/build.h"
#include "lib/expr/parse.h"
#include "lib/expr/substitute.h"
#include "lib/problem/spec.h"

#include <string.h>

/* One sentence about sizes, which all that satisfy the guards must satisfy. */
typedef struct {
  recheck *k;
  const char *where;
  const char *text;     /* to be read, or NULL */
  const expr *size;     /* of the symbol or axis; NULL: `text` is all */
  const place *meaning; /* of a symbol */
  interval range;       /* of it, where there is no text */
  const space *spec;    /* of the variables of `plain` */
  const expr *read;     /* the text */
} trial;

/* Says that it is wrong. */
static void refuse(const trial *t, const char *text) {
  recheck_say(t->k, PROOF_BREAKS, t->where, "%s", text);
}

/* Whether all guards together with `more` can hold: BREAKS where they can.  The
 * spec alone may rule it out, also where a guard cannot be decided. */
static outcome never(const trial *t, const expr *more) {
  recheck *k = t->k;
  const binding *b = &k->plain->all;
  bool *marked = arena_zeroed(k->m, b->variable_count + 1, sizeof *marked);
  const claim *c = bind_claim(&k->plain->all, more);
  for (size_t i = 0; i < c->variable_count; i++)
    marked[c->variable[i]] = true;
  size_t n;
  const expr **list = recheck_connected(k, b, marked, &n);
  const outcome alone = recheck_never(k, &more, 1, t->spec);
  list[n++] = more;
  return alone == PROOF_HOLDS ? alone : recheck_never(k, list, n, t->spec);
}

/* ---- Ranges -------------------------------------------------------------- */

/* Whether nothing lies beyond a bound. */
static outcome is_beyond_empty(const trial *t, bool high) {
  recheck *k = t->k;
  const integer bound = high ? t->range.hi : t->range.lo;
  const expr *e = build_integer(k->cx, bound);
  const outcome o = never(t, high ? build_lt(k->cx, e, t->size)
                                  : build_lt(k->cx, t->size, e));
  if (o == PROOF_BREAKS)
    refuse(t,
           arena_format(k->m, "sizes %s %s satisfy every guard",
                        high ? "above" : "below", integer_text(k->m, bound)));
  return o;
}

/* Whether a bound is reached: BREAKS where it could be tighter.  Where there is
 * none, some size far out must be possible. */
static outcome is_reached(const trial *t, bool high) {
  recheck *k = t->k;
  const bool bounded = high ? t->range.has_hi : t->range.has_lo;
  const expr *far = build_small(k->cx, INT64_C(1) << 40);
  const expr *e = build_integer(k->cx, high ? t->range.hi : t->range.lo);
  if (!bounded && !high)
    return PROOF_HOLDS;
  const outcome none = never(t, bounded ? build_eq(k->cx, t->size, e)
                                        : build_le(k->cx, far, t->size));
  return none == PROOF_HOLDS    ? PROOF_BREAKS
         : none == PROOF_BREAKS ? PROOF_HOLDS
                                : PROOF_OPEN;
}

/* Whether the symbol's dim or axis stands alone: its bounds are exact then. */
static bool is_alone(const trial *t) {
  const binding *b = t->k->b;
  const claim *c = bind_claim(&t->k->plain->all, t->size);
  return c->variable_count == 1 && c->variable[0] < b->named_count &&
         !b->use[c->variable[0]].shared;
}

/* What spec and assumptions leave of the symbol. */
static interval domain_of(const trial *t) {
  const binding *b = &t->k->plain->all;
  const place *at = t->meaning;
  const interval offset = interval_of(at->offset, at->offset);
  if (at->constant)
    return offset;
  return interval_add(
      t->k->m, offset,
      interval_scale(t->k->m, variable_domain(&b->variable[at->parameter]),
                     at->scale));
}

/* Checks the range of `data`, a trial.  Bounds of dims that hang together hold,
 * but others may be tighter. */
static void check_range(void *data) {
  const trial *t = data;
  if (!t->spec)
    return;
  if (!interval_contains(domain_of(t), t->range)) {
    refuse(t, "it is wider than what the spec allows");
    return;
  }
  const outcome low = t->range.has_lo ? is_beyond_empty(t, false) : PROOF_HOLDS;
  const outcome high = t->range.has_hi ? is_beyond_empty(t, true) : PROOF_HOLDS;
  if (low == PROOF_BREAKS || high == PROOF_BREAKS)
    return;
  if (low == PROOF_OPEN || high == PROOF_OPEN) {
    recheck_say(t->k, PROOF_OPEN, t->where,
                "whether these bounds hold is not decided");
    return;
  }
  const expr *any = build_le(t->k->cx, build_small(t->k->cx, 0), t->size);
  const outcome least = is_reached(t, false), most = is_reached(t, true);
  if ((least == PROOF_BREAKS || most == PROOF_BREAKS) && is_alone(t) &&
      never(t, any) == PROOF_BREAKS)
    refuse(t, "tighter bounds hold too");
  else
    recheck_say(t->k, PROOF_HOLDS, t->where,
                least == PROOF_HOLDS && most == PROOF_HOLDS
                    ? "these are the tightest bounds"
                    : "these bounds hold; tighter ones may");
}

/* ---- Texts --------------------------------------------------------------- */

/* Reads the text of `data`, a trial. */
static void read_text(void *data) {
  trial *t = data;
  t->read = parse_expression(t->k->cx, t->text, strlen(t->text));
}

/* Whether each name of the expression is one of the problem's variables. */
static bool knows_names(const trial *t) {
  const binding *b = &t->k->plain->all;
  size_t n;
  const expr **name = expr_symbols(t->k->cx, t->read, &n);
  for (size_t i = 0; i < n; i++) {
    bool found = false;
    for (size_t v = 0; v < b->variable_count && !found; v++)
      found = b->symbol[v] == name[i];
    if (!found) {
      refuse(t, arena_format(t->k->m, "'%.60s' is neither a dim nor an axis",
                             name[i]->name));
      return false;
    }
  }
  return true;
}

/* Reads the text, which may be anything. */
static bool understand(trial *t) {
  const dimsat_status s = fault_try(&t->k->cx->fault, read_text, t);
  if (s == DIMSAT_OK)
    return knows_names(t);
  if (s != DIMSAT_BAD_SYNTAX && s != DIMSAT_BAD_FORMAT)
    fault_raise(&t->k->cx->fault, s);
  t->k->cx->error = (dimsat_error){0};
  refuse(t, "this is no expression");
  return false;
}

/* Whether `condition` is what some guard says. */
static bool is_demanded(const binding *b, const expr *condition) {
  for (size_t i = 0; i < b->requirement_count; i++)
    if (b->requirement[i].condition == condition)
      return true;
  return false;
}

/* Checks a relation, or what an axis is. */
static void check_text(void *data) {
  trial *t = data;
  recheck *k = t->k;
  if (!t->spec || !understand(t))
    return;
  const expr *right = t->size ? build_eq(k->cx, t->size, t->read)
                              : build_as_truth(k->cx, t->read);
  const outcome o = is_demanded(&k->plain->all, right)
                        ? PROOF_HOLDS
                        : never(t, build_not(k->cx, right));
  if (o == PROOF_BREAKS)
    refuse(t, "some sizes satisfy every guard and break it");
  else
    recheck_say(k, o, t->where,
                o == PROOF_HOLDS ? "the guards imply it"
                                 : "whether the guards imply it is not "
                                   "decided");
}

/* ---- All ----------------------------------------------------------------- */

/* Runs one check. */
static void run(trial *t, void (*check)(void *)) {
  const arena_mark mark = arena_get_mark(t->k->m);
  if (!recheck_try(t->k, check, t))
    recheck_say(t->k, PROOF_OPEN, t->where, "%s", t->k->oracle.why);
  arena_rewind(t->k->m, mark);
}

/* The ranges of the symbols. */
static void check_ranges(recheck *k, const dimsat_result *r,
                         const space *spec) {
  for (size_t i = 0; i < r->range_count; i++) {
    const symbol_range *s = &r->ranges[i];
    trial t = {.k = k,
               .where = arena_format(k->m, "ranges.%.60s", s->symbol),
               .range = s->range,
               .spec = spec};
    const size_t at = problem_find_symbol(k->problem, s->symbol);
    if (at == SIZE_MAX) {
      refuse(&t, "the problem has no symbol of this name");
      continue;
    }
    t.meaning = &k->plain->symbol[at];
    t.size = meaning_expression(&k->plain->all, t.meaning);
    run(&t, check_range);
  }
}

/* The free variable that is called `name`, or NULL. */
static const expr *free_named(const binding *b, const char *name) {
  for (size_t v = b->named_count; v < b->variable_count; v++)
    if (strcmp(b->variable[v].name, name) == 0)
      return b->symbol[v];
  return NULL;
}

/* What else the result says. */
void recheck_knowledge(recheck *k, const dimsat_result *r) {
  const space *spec = bind_space(&k->plain->all, NULL);
  check_ranges(k, r, spec);
  for (size_t i = 0; i < r->relations.count; i++) {
    trial t = {.k = k,
               .where = arena_format(k->m, "relations[%zu]", i),
               .text = r->relations.item[i],
               .spec = spec};
    run(&t, check_text);
  }
  for (size_t i = 0; i < r->inferred_count; i++) {
    trial t = {.k = k,
               .where =
                   arena_format(k->m, "inferred.%.60s", r->inferred[i].axis),
               .text = r->inferred[i].text,
               .size = free_named(&k->plain->all, r->inferred[i].axis),
               .spec = spec};
    if (t.size)
      run(&t, check_text);
    else
      refuse(&t, "no AUTO or DYNAMIC axis has this name");
  }
}
