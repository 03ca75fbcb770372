#include "lib/observe/echelon.h"

/* An empty space. */
void echelon_init(echelon *e, arena *m, size_t width) {
  *e = (echelon){.m = m, .width = width};
  e->row = arena_zeroed(m, width + 1, sizeof *e->row);
  e->pivot = arena_zeroed(m, width + 1, sizeof *e->pivot);
}

/* Divides a row by what all of it has in common. */
static void make_coprime(const echelon *e, integer *row) {
  integer common = integer_of(0);
  for (size_t i = 0; i < e->width && !integer_is(common, 1); i++)
    common = integer_gcd(e->m, common, row[i]);
  if (integer_sign(common) <= 0 || integer_is(common, 1))
    return;
  for (size_t i = 0; i < e->width; i++)
    row[i] = integer_floordiv(e->m, row[i], common);
}

/* Makes `row` 0 in column `pivot` with the help of `other`, which is not. */
static void eliminate(const echelon *e, integer *row, const integer *other,
                      size_t pivot) {
  if (integer_sign(row[pivot]) == 0)
    return;
  const integer factor = row[pivot], own = other[pivot];
  for (size_t i = 0; i < e->width; i++)
    row[i] = integer_sub(e->m, integer_mul(e->m, row[i], own),
                         integer_mul(e->m, other[i], factor));
  make_coprime(e, row);
}

/* Reduces `row` by what is there; its first column that is not 0 then, or the
 * width. */
static size_t reduce(const echelon *e, integer *row) {
  size_t pivot = 0;
  for (size_t i = 0; i < e->count; i++)
    eliminate(e, row, e->row[i], e->pivot[i]);
  while (pivot < e->width && integer_sign(row[pivot]) == 0)
    pivot++;
  return pivot;
}

/* Nothing is left of it then. */
bool echelon_spans(const echelon *e, integer *row) {
  return reduce(e, row) == e->width;
}

/* Reduces by what is there, then what is there by the row. */
bool echelon_add(echelon *e, integer *row) {
  const size_t pivot = reduce(e, row);
  size_t place = e->count;
  if (pivot == e->width)
    return false;
  make_coprime(e, row);
  for (size_t i = 0; i < e->count; i++)
    eliminate(e, e->row[i], row, pivot);
  for (; place > 0 && e->pivot[place - 1] > pivot; place--) {
    e->row[place] = e->row[place - 1];
    e->pivot[place] = e->pivot[place - 1];
  }
  e->row[place] = row;
  e->pivot[place] = pivot;
  e->count++;
  return true;
}

/* Pivots increase. */
bool echelon_has_pivot(const echelon *e, size_t column) {
  for (size_t i = 0; i < e->count; i++)
    if (e->pivot[i] == column)
      return true;
  return false;
}

/* Row by row: pivot * v[pivot] + row[open] * v[open] == 0. */
void echelon_null(const echelon *e, size_t open, integer *vector) {
  integer scale = integer_of(1);
  for (size_t i = 0; i < e->count; i++)
    scale = integer_lcm(e->m, scale, e->row[i][e->pivot[i]]);
  for (size_t i = 0; i < e->width; i++)
    vector[i] = integer_of(0);
  vector[open] = scale;
  for (size_t i = 0; i < e->count; i++) {
    const integer share = integer_floordiv(e->m, scale, e->row[i][e->pivot[i]]);
    vector[e->pivot[i]] =
        integer_neg(e->m, integer_mul(e->m, share, e->row[i][open]));
  }
  make_coprime(e, vector);
}
