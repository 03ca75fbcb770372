#include "solver/space.h"

#include <assert.h>
#include <string.h>

/* The integers of `range`, upward where it has a lower bound. */
progression progression_of(arena *m, interval range) {
  assert(range.has_lo || range.has_hi);
  if (!range.has_lo)
    return (progression){
        .base = range.hi, .stride = integer_of(-1), .endless = true};
  if (!range.has_hi)
    return (progression){
        .base = range.lo, .stride = integer_of(1), .endless = true};
  return (progression){.base = range.lo,
                       .stride = integer_of(1),
                       .last = integer_sub(m, range.hi, range.lo)};
}

/* Whether there is one member. */
bool progression_is_single(const progression *p) {
  return !p->endless && integer_is(p->last, 0);
}

/* The value at t. */
integer progression_value(arena *m, const progression *p, integer t) {
  return integer_add(m, p->base, integer_mul(m, p->stride, t));
}

/* Smallest interval that holds every member. */
interval progression_hull(arena *m, const progression *p) {
  const bool up = integer_sign(p->stride) > 0;
  if (p->endless)
    return up ? interval_from(p->base) : interval_upto(p->base);
  const integer end = progression_value(m, p, p->last);
  return up ? interval_of(p->base, end) : interval_of(end, p->base);
}

/* Whether x is a member; then `*t` is its index. */
bool progression_find(arena *m, const progression *p, integer x, integer *t) {
  const integer distance = integer_sub(m, x, p->base);
  if (!integer_divides(p->stride, distance))
    return false;
  *t = integer_floordiv(m, distance, p->stride);
  return integer_sign(*t) >= 0 &&
         (p->endless || integer_compare(*t, p->last) <= 0);
}

/* Members t = modulus*t' + residue. */
bool progression_class(arena *m, const progression *p, integer modulus,
                       integer residue, progression *out) {
  if (!p->endless && integer_compare(residue, p->last) > 0)
    return false;
  *out = (progression){.base = progression_value(m, p, residue),
                       .stride = integer_mul(m, p->stride, modulus),
                       .endless = p->endless};
  if (!p->endless)
    out->last = integer_floordiv(m, integer_sub(m, p->last, residue), modulus);
  return true;
}

/* Members t < at and t >= at. */
void progression_cut(arena *m, const progression *p, integer at,
                     progression *low, progression *high) {
  const progression whole = *p;
  assert(integer_sign(at) > 0);
  assert(whole.endless || integer_compare(at, whole.last) <= 0);
  *low = (progression){.base = whole.base,
                       .stride = whole.stride,
                       .last = integer_sub(m, at, integer_of(1))};
  *high = (progression){.base = progression_value(m, &whole, at),
                        .stride = whole.stride,
                        .endless = whole.endless};
  if (!whole.endless)
    high->last = integer_sub(m, whole.last, at);
}

/* The indices whose members lie in `range`, as an interval of t. */
static interval indices_within(arena *m, const progression *p, interval range) {
  interval t = p->endless ? interval_from(integer_of(0))
                          : interval_of(integer_of(0), p->last);
  const bool up = integer_sign(p->stride) > 0;
  if (range.has_lo) {
    const integer d = integer_sub(m, range.lo, p->base);
    t = interval_meet(t, up ? interval_from(integer_ceildiv(m, d, p->stride))
                            : interval_upto(integer_floordiv(m, d, p->stride)));
  }
  if (range.has_hi) {
    const integer d = integer_sub(m, range.hi, p->base);
    t = interval_meet(t, up ? interval_upto(integer_floordiv(m, d, p->stride))
                            : interval_from(integer_ceildiv(m, d, p->stride)));
  }
  return t;
}

/* Members within `range`. */
bool progression_meet(arena *m, const progression *p, interval range,
                      progression *out) {
  const interval t = indices_within(m, p, range);
  if (interval_is_empty(t))
    return false;
  *out = (progression){.base = progression_value(m, p, t.lo),
                       .stride = p->stride,
                       .endless = !t.has_hi};
  if (t.has_hi)
    out->last = integer_sub(m, t.hi, t.lo);
  return true;
}

/* A space whose places and parameters the caller fills in. */
space *space_new(arena *m, size_t variable_count, size_t parameter_count) {
  space *s = arena_alloc(m, sizeof *s);
  *s = (space){.variable_count = variable_count,
               .parameter_count = parameter_count};
  s->place = arena_zeroed(m, variable_count, sizeof *s->place);
  s->parameter = arena_zeroed(m, parameter_count, sizeof *s->parameter);
  return s;
}

/* A copy whose places and parameters can be changed. */
space *space_copy(arena *m, const space *s) {
  space *copy = space_new(m, s->variable_count, s->parameter_count);
  if (s->variable_count)
    memcpy(copy->place, s->place, s->variable_count * sizeof *s->place);
  if (s->parameter_count)
    memcpy(copy->parameter, s->parameter,
           s->parameter_count * sizeof *s->parameter);
  return copy;
}

/* The value of each variable where parameter i has index t[i]. */
void space_values(arena *m, const space *s, const integer *t, integer *value) {
  for (size_t i = 0; i < s->variable_count; i++) {
    const place *p = &s->place[i];
    value[i] = p->offset;
    if (!p->constant) {
      const integer x =
          progression_value(m, &s->parameter[p->parameter], t[p->parameter]);
      value[i] = integer_add(m, p->offset, integer_mul(m, p->scale, x));
    }
  }
}

/* The index that gives variable `p` the value x, if there is one. */
static bool index_for(arena *m, const space *s, const place *p, integer x,
                      integer *t) {
  const integer d = integer_sub(m, x, p->offset);
  if (!integer_divides(p->scale, d))
    return false;
  return progression_find(m, &s->parameter[p->parameter],
                          integer_floordiv(m, d, p->scale), t);
}

/* Whether the space gives variable v the value x. */
bool space_place(arena *m, const space *s, size_t v, integer x, bool *known,
                 integer *t) {
  const place *p = &s->place[v];
  integer index;
  if (p->constant)
    return integer_equal(p->offset, x);
  if (!index_for(m, s, p, x, &index) ||
      (known[p->parameter] && !integer_equal(t[p->parameter], index)))
    return false;
  known[p->parameter] = true;
  t[p->parameter] = index;
  return true;
}
