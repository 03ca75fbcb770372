/* Progressions and spaces against enumeration. */
#include "lib/expr/context.h"
#include "solver/space.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

/* { base + stride*t : 0 <= t <= last }; endless where last < 0. */
static progression make(int64_t base, int64_t stride, int64_t last) {
  return (progression){.base = integer_of(base),
                       .stride = integer_of(stride),
                       .endless = last < 0,
                       .last = integer_of(last < 0 ? 0 : last)};
}

/* Whether x is a member, by walking. */
static bool walks_to(const progression *p, int64_t x) {
  for (int64_t t = 0; t <= (p->endless ? 400 : p->last.small); t++)
    if (p->base.small + p->stride.small * t == x)
      return true;
  return false;
}

static const struct {
  int64_t base, stride, last;
} rows[] = {{0, 1, 9},  {3, 4, 0},  {3, 4, 7},  {-5, 3, 11}, {20, -1, 20},
            {7, -3, 5}, {0, 1, -1}, {2, 5, -1}, {9, -2, -1}};

START_TEST(members_are_found) {
  const progression p = make(rows[_i].base, rows[_i].stride, rows[_i].last);
  for (int64_t x = -60; x <= 60; x++) {
    integer t;
    const bool found = progression_find(&cx->work, &p, integer_of(x), &t);
    ck_assert_msg(found == walks_to(&p, x), "%ld", (long)x);
    if (found)
      ck_assert(integer_is(progression_value(&cx->work, &p, t), x));
    if (found)
      ck_assert(interval_has(progression_hull(&cx->work, &p), integer_of(x)));
  }
}
END_TEST

START_TEST(classes_part_a_progression) {
  const progression p = make(rows[_i].base, rows[_i].stride, rows[_i].last);
  for (int64_t m = 1; m <= 5; m++)
    for (int64_t x = -60; x <= 60; x++) {
      int holders = 0;
      for (int64_t r = 0; r < m; r++) {
        progression c;
        if (progression_class(&cx->work, &p, integer_of(m), integer_of(r), &c))
          holders += walks_to(&c, x);
      }
      ck_assert_msg(holders == walks_to(&p, x), "m=%ld x=%ld", (long)m,
                    (long)x);
    }
}
END_TEST

START_TEST(cuts_part_a_progression) {
  const progression p = make(rows[_i].base, rows[_i].stride, rows[_i].last);
  for (int64_t at = 1; at <= 4 && (p.endless || at <= p.last.small); at++) {
    progression low, high;
    progression_cut(&cx->work, &p, integer_of(at), &low, &high);
    for (int64_t x = -60; x <= 60; x++)
      ck_assert(walks_to(&low, x) + walks_to(&high, x) == walks_to(&p, x));
  }
}
END_TEST

START_TEST(meets_keep_the_members_within) {
  const progression p = make(rows[_i].base, rows[_i].stride, rows[_i].last);
  for (int64_t lo = -10; lo <= 20; lo += 3)
    for (int64_t hi = lo - 2; hi <= 30; hi += 4) {
      progression q;
      const bool some = progression_meet(
          &cx->work, &p, interval_of(integer_of(lo), integer_of(hi)), &q);
      for (int64_t x = -60; x <= 60; x++)
        ck_assert((some && walks_to(&q, x)) ==
                  (walks_to(&p, x) && lo <= x && x <= hi));
    }
}
END_TEST

START_TEST(points_of_shared_parameters_agree) {
  space *s = space_new(&cx->work, 3, 1);
  s->parameter[0] = make(2, 1, 10);
  s->place[0] = (place){.scale = integer_of(1), .offset = integer_of(0)};
  s->place[1] = (place){.scale = integer_of(2), .offset = integer_of(1)};
  s->place[2] = (place){.constant = true, .offset = integer_of(9)};
  for (int64_t a = 0; a <= 14; a++)
    for (int64_t b = 0; b <= 30; b++) {
      integer t[1];
      bool known[1] = {false};
      const bool found =
          space_place(&cx->work, s, 0, integer_of(a), known, t) &&
          space_place(&cx->work, s, 1, integer_of(b), known, t) &&
          space_place(&cx->work, s, 2, integer_of(9), known, t);
      ck_assert(found == (a >= 2 && a <= 12 && b == 2 * a + 1));
      ck_assert(!space_place(&cx->work, s, 2, integer_of(8), known, t));
    }
}
END_TEST

Suite *suite_space(void) {
  Suite *s = suite_create("space");
  TCase *tc = tcase_create("progressions");
  tcase_add_checked_fixture(tc, open_context, close_context);
  tcase_add_loop_test(tc, members_are_found, 0, ROWS(rows));
  tcase_add_loop_test(tc, classes_part_a_progression, 0, ROWS(rows));
  tcase_add_loop_test(tc, cuts_part_a_progression, 0, ROWS(rows));
  tcase_add_loop_test(tc, meets_keep_the_members_within, 0, ROWS(rows));
  tcase_add_test(tc, points_of_shared_parameters_agree);
  suite_add_tcase(s, tc);
  return s;
}
