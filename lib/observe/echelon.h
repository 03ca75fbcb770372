/*
 * Linear algebra over classes: rows of exact integers
 * [constant | factor of each class], kept in reduced echelon form.
 */
#ifndef LIB_OBSERVE_ECHELON_H
#define LIB_OBSERVE_ECHELON_H

#include "lib/number/integer.h"

/* Rows that span a space; pivots increase, and a pivot's column is 0 in all
 * other rows.  `width` numbers a row. */
typedef struct {
  arena *m;
  size_t width, count;
  integer **row; /* `width` of them fit */
  size_t *pivot; /* the first column of a row that is not 0 */
} echelon;

void echelon_init(echelon *e, arena *m, size_t width);
/* Adds a row, which is changed; false where it was in the space already.
 * Takes `width` times `count` operations. */
bool echelon_add(echelon *e, integer *row);
/* Whether a row, which is changed, is in the space. */
bool echelon_spans(const echelon *e, integer *row);
/* The vector that is orthogonal to all rows, with nothing but column `open`,
 * which is no pivot, besides pivots; coprime. */
void echelon_null(const echelon *e, size_t open, integer *vector);
bool echelon_has_pivot(const echelon *e, size_t column);

#endif
