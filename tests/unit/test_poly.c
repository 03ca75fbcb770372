/* Polynomials against evaluation at small points. */
#include "lib/expr/context.h"
#include "solver/poly.h"
#include "tests/unit/random.h"
#include "tests/unit/suites.h"

static dimsat_context *cx;
static budget steps;
static poly_store store;

/* An empty store. */
static void open_store(void) {
  cx = dimsat_context_new();
  budget_init(&steps, &cx->fault, NULL, 0);
  poly_store_init(&store, &cx->work, &steps);
}

/* Frees all. */
static void close_store(void) {
  dimsat_context_free(cx);
}

/* The value where atom i is at[i]. */
static int64_t value_at(const poly *p, const int64_t *at) {
  int64_t sum = 0;
  for (uint32_t i = 0; i < p->count; i++) {
    int64_t x = p->term[i].coefficient.small;
    for (uint32_t k = 0; k < p->term[i].monomial->degree; k++)
      x *= at[p->term[i].monomial->atom[k]];
    sum += x;
  }
  return sum;
}

/* A number from -5 to 5. */
static int64_t small(random_source *r) {
  return random_range(r, -5, 5);
}

/* A random polynomial over three atoms, of degree at most two. */
static const poly *any(random_source *r) {
  const poly *p = poly_constant(&store, integer_of(small(r)));
  for (int i = 0; i < 3; i++) {
    const poly *a = poly_linear(&store, (uint32_t)random_below(r, 3),
                                integer_of(small(r)), integer_of(small(r)));
    const poly *b = poly_linear(&store, (uint32_t)random_below(r, 3),
                                integer_of(small(r)), integer_of(small(r)));
    p = poly_add(&store, p, poly_mul(&store, a, b), integer_of(small(r)));
  }
  return p;
}

START_TEST(arithmetic_agrees_with_values) {
  random_source r = random_start();
  for (int round = 0; round < 400; round++) {
    const poly *a = any(&r), *b = any(&r), *q, *rest;
    const int64_t k = small(&r);
    const poly *sum = poly_add(&store, a, b, integer_of(k));
    const poly *product = poly_mul(&store, a, b);
    const int64_t at[] = {small(&r), small(&r), small(&r)};
    ck_assert(value_at(sum, at) == value_at(a, at) + k * value_at(b, at));
    ck_assert(value_at(product, at) == value_at(a, at) * value_at(b, at));
    if (b->count == 0)
      continue;
    poly_divide(&store, a, b, &q, &rest);
    ck_assert(value_at(q, at) * value_at(b, at) + value_at(rest, at) ==
              value_at(a, at));
  }
}
END_TEST

START_TEST(products_divide_exactly) {
  random_source r = random_start();
  for (int round = 0; round < 200; round++) {
    const poly *x =
        poly_linear(&store, (uint32_t)random_below(&r, 3),
                    integer_of(random_range(&r, 1, 4)), integer_of(small(&r)));
    const poly *a = any(&r), *q, *rest;
    poly_divide(&store, poly_mul(&store, a, x), x, &q, &rest);
    ck_assert(rest->count == 0);
    ck_assert(poly_equal(q, a));
  }
}
END_TEST

START_TEST(equal_polynomials_are_equal_terms) {
  random_source r = random_start();
  for (int round = 0; round < 200; round++) {
    const poly *a = any(&r), *b = any(&r);
    ck_assert(poly_equal(poly_mul(&store, a, b), poly_mul(&store, b, a)));
    ck_assert(poly_equal(poly_add(&store, a, b, integer_of(1)),
                         poly_add(&store, b, a, integer_of(1))));
    ck_assert(poly_add(&store, a, a, integer_of(-1))->count == 0);
  }
}
END_TEST

START_TEST(long_polynomials_are_none) {
  const poly *sum = poly_constant(&store, integer_of(1));
  for (uint32_t i = 0; i < 40; i++)
    sum = poly_add(&store, sum,
                   poly_linear(&store, i, integer_of(1), integer_of(0)),
                   integer_of(1));
  const poly *p = sum;
  for (int power = 2; p && power < 10; power++)
    p = poly_mul(&store, p, sum);
  ck_assert_ptr_null(p);
  ck_assert_ptr_null(poly_add(&store, p, sum, integer_of(1)));
  ck_assert_ptr_null(poly_add(&store, sum, p, integer_of(1)));
  ck_assert_ptr_null(poly_mul(&store, p, sum));
  ck_assert_ptr_null(poly_mul(&store, sum, p));
  ck_assert_ptr_null(poly_scale(&store, p, integer_of(2)));
  ck_assert(!poly_equal(p, sum) && !poly_equal(sum, p));
}
END_TEST

START_TEST(atoms_split_off) {
  const poly *x = poly_linear(&store, 0, integer_of(1), integer_of(0));
  const poly *y = poly_linear(&store, 1, integer_of(1), integer_of(0));
  const poly *p = poly_add(&store, poly_mul(&store, x, y), y, integer_of(3));
  const poly *linear, *rest;
  ck_assert(poly_split_atom(&store, p, 0, &linear, &rest));
  ck_assert(poly_equal(linear, y));
  ck_assert(poly_equal(rest, poly_scale(&store, y, integer_of(3))));
  ck_assert(
      !poly_split_atom(&store, poly_mul(&store, x, x), 0, &linear, &rest));
  ck_assert(poly_equal(poly_divide_atom(&store, p, 1),
                       poly_add(&store, x, poly_constant(&store, integer_of(3)),
                                integer_of(1))));
  ck_assert(poly_divide_atom(&store, p, 0) == NULL);
}
END_TEST

Suite *suite_poly(void) {
  Suite *s = suite_create("poly");
  TCase *tc = tcase_create("polynomials");
  tcase_add_checked_fixture(tc, open_store, close_store);
  tcase_add_test(tc, arithmetic_agrees_with_values);
  tcase_add_test(tc, products_divide_exactly);
  tcase_add_test(tc, equal_polynomials_are_equal_terms);
  tcase_add_test(tc, long_polynomials_are_none);
  tcase_add_test(tc, atoms_split_off);
  suite_add_tcase(s, tc);
  return s;
}
