/*
 * Random guards as trees, with a meaning of their own: they are written as
 * text for the library and evaluated here, with nothing of it.
 */
#ifndef TESTS_VOLUME_FORMULA_H
#define TESTS_VOLUME_FORMULA_H

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "tests/unit/random.h"

typedef enum {
  FORM_NUMBER,
  FORM_NAME,
  FORM_ADD,
  FORM_SUB,
  FORM_MUL,
  FORM_DIV,
  FORM_MOD,
  FORM_MIN,
  FORM_MAX,
  FORM_CHOICE, /* a where c, else b */
  FORM_EQ,
  FORM_NE,
  FORM_LE,
  FORM_LT,
  FORM_GE,
  FORM_GT,
  FORM_AND,
  FORM_OR,
  FORM_NOT
} formula_kind;
#define FORM_KINDS (FORM_NOT + 1)

typedef struct formula formula;
struct formula {
  formula_kind kind;
  int64_t number; /* of FORM_NUMBER */
  size_t name;    /* of FORM_NAME: which variable */
  size_t spelling;
  const formula *a, *b, *c;
};

/* What grows formulas over the variables first .. first + count - 1. */
typedef struct {
  random_source *random;
  arena *m;
  size_t first, count;
  bool safe; /* divisors are numbers above 0: there is always a value */
} garden;

/* A condition, mostly plain. */
const formula *formula_grow(garden *g);
/* A comparison with a number that holds at these sizes, or NULL. */
const formula *formula_fit(garden *g, const int64_t *at);
/* A condition over two variables that holds at all sizes: x + 2*y >= 0. */
const formula *formula_true(arena *m, size_t x, size_t y);

/* a or b. */
const formula *formula_or(arena *m, const formula *a, const formula *b);
/* What says the same of sizes that count `unit` times more.  Exact: sums,
 * least and greatest numbers and remainders count as much more, quotients are
 * multiplied and products divided by the unit. */
const formula *formula_scale(arena *m, const formula *f, int64_t unit);

/* The value of a number, 0 or 1 of a condition; false where a divisor is 0,
 * anywhere. */
bool formula_value(const formula *f, const int64_t *at, int64_t *value);
/* Whether the condition has a value and holds. */
bool formula_holds(const formula *f, const int64_t *at);

/* Writes the formula, `name(data, variable, spelling)` for its names. */
typedef const char *name_writer(const void *data, size_t variable,
                                size_t spelling);
void formula_write(buffer *out, const formula *f, name_writer *name,
                   const void *data);

#endif
