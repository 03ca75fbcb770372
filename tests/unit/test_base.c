#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/memory.h"
#include "lib/base/similar.h"
#include "lib/base/table.h"
#include "tests/unit/random.h"
#include "tests/unit/suites.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

static fault trouble;
static arena memory;

/* An empty arena and a fault without a door. */
static void open_arena(void) {
  trouble = (fault){0};
  arena_init(&memory, &trouble);
}

/* Frees all, so that a leak checker sees what was lost. */
static void close_arena(void) {
  memory_fail_after(0);
  arena_clear(&memory);
}

/* ---- Status and fault ------------------------------------------------- */

START_TEST(each_status_has_its_own_sentence) {
  const char *const text = dimsat_status_text((dimsat_status)_i);
  ck_assert_uint_gt(strlen(text), 5);
  for (int other = 0; other < _i; other++)
    ck_assert_str_ne(text, dimsat_status_text((dimsat_status)other));
}
END_TEST

START_TEST(unknown_status_has_a_sentence) {
  ck_assert_str_eq(dimsat_status_text((dimsat_status)1000), "unknown status");
}
END_TEST

/* Raises the status that `data` points to, unless it is DIMSAT_OK. */
static void raise_given(void *data) {
  const dimsat_status status = *(dimsat_status *)data;
  if (status != DIMSAT_OK)
    fault_raise(&trouble, status);
}

START_TEST(try_returns_what_was_raised) {
  dimsat_status status = (dimsat_status)_i;
  ck_assert_int_eq(fault_try(&trouble, raise_given, &status), status);
  ck_assert_ptr_null(trouble.target);
}
END_TEST

typedef struct {
  dimsat_status inner, outer;
  dimsat_status seen;
} nested;

/* Catches `inner`, then raises `outer`. */
static void try_inside(void *data) {
  nested *const n = data;
  n->seen = fault_try(&trouble, raise_given, &n->inner);
  raise_given(&n->outer);
}

START_TEST(tries_nest) {
  static const nested rows[] = {{DIMSAT_OK, DIMSAT_OK, DIMSAT_CANCELLED},
                                {DIMSAT_NO_VALUE, DIMSAT_OK, DIMSAT_OK},
                                {DIMSAT_OK, DIMSAT_NO_VALUE, DIMSAT_OK},
                                {DIMSAT_NO_VALUE, DIMSAT_TOO_LARGE, DIMSAT_OK}};
  for (int i = 0; i < ROWS(rows); i++) {
    nested n = rows[i];
    ck_assert_int_eq(fault_try(&trouble, try_inside, &n), rows[i].outer);
    ck_assert_int_eq(n.seen, rows[i].inner);
    ck_assert_ptr_null(trouble.target);
  }
}
END_TEST

START_TEST(raise_without_try_aborts) {
  fault_raise(&trouble, DIMSAT_NO_MEMORY);
}
END_TEST

/* ---- Memory and arena ------------------------------------------------- */

START_TEST(hook_fails_one_allocation) {
  ck_assert_uint_eq(memory_fail_after(3), 0);
  for (int i = 1; i <= 5; i++) {
    void *const block = memory_allocate(8);
    ck_assert_msg((block == NULL) == (i == 3), "allocation %d", i);
    memory_release(block);
  }
  ck_assert_uint_eq(memory_fail_after(7), 0);
  ck_assert_uint_eq(memory_fail_after(0), 7);
}
END_TEST

START_TEST(every_size_is_aligned_and_apart) {
  const size_t sizes[] = {0, 1, 15, 16, 17, 100, 4096, 5000, 1 << 20, 3 << 20};
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < ROWS(sizes); i++) {
      char *const a = arena_alloc(&memory, sizes[i]);
      char *const b = arena_alloc(&memory, sizes[i]);
      ck_assert_uint_eq((uintptr_t)a % _Alignof(max_align_t), 0);
      ck_assert_uint_eq((uintptr_t)b % _Alignof(max_align_t), 0);
      ck_assert_ptr_ne(a, b);
      memset(a, 1, sizes[i]);
      memset(b, 2, sizes[i]);
      ck_assert(sizes[i] == 0 || (a[0] == 1 && a[sizes[i] - 1] == 1));
    }
  }
}
END_TEST

START_TEST(zeroed_is_zero_after_reuse) {
  const arena_mark empty = arena_get_mark(&memory);
  memset(arena_alloc(&memory, 3000), 255, 3000);
  arena_rewind(&memory, empty);
  const char *const zero = arena_zeroed(&memory, 300, 10);
  for (int i = 0; i < 3000; i++)
    ck_assert_int_eq(zero[i], 0);
}
END_TEST

START_TEST(blocks_grow_from_small_to_large) {
  arena_alloc(&memory, 1);
  ck_assert_uint_eq(memory.bytes, 4096);
  while (memory.bytes < (size_t)8 << 20)
    arena_alloc(&memory, 1000);
  const size_t before = memory.bytes;
  while (memory.bytes == before)
    arena_alloc(&memory, 1000);
  ck_assert_uint_eq(memory.bytes - before, (size_t)1 << 20);
}
END_TEST

START_TEST(rewind_keeps_blocks_for_reuse) {
  static const size_t order[2][4] = {{100, 50000, 2000000, 900},
                                     {2000000, 900, 100, 50000}};
  const arena_mark empty = arena_get_mark(&memory);
  size_t held = 0;
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < 4; i++)
      memset(arena_alloc(&memory, order[round % 2][i]), round,
             order[round % 2][i]);
    if (round == 1)
      held = memory.bytes;
    arena_rewind(&memory, empty);
  }
  ck_assert_uint_eq(memory.bytes, held);
}
END_TEST

#define PIECES 200

typedef struct {
  arena_mark mark; /* before this piece */
  unsigned char *bytes;
  size_t size;
  unsigned char fill;
} piece;

/* Whether nothing wrote over the piece. */
static bool untouched(const piece *p) {
  for (size_t k = 0; k < p->size; k++)
    if (p->bytes[k] != p->fill)
      return false;
  return true;
}

/* Checks all pieces, and takes back those from number `from`. */
static void rewind_to(const piece *pieces, int from, int count) {
  for (int i = 0; i < count; i++)
    ck_assert_msg(untouched(&pieces[i]), "piece %d", i);
  arena_rewind(&memory, pieces[from].mark);
}

START_TEST(random_marks_and_rewinds_keep_contents) {
  static const uint64_t sizes[] = {8, 40, 300, 5000, 100000, 1500000};
  static piece pieces[PIECES];
  random_source r = random_start();
  int count = 0;
  for (int step = 0; step < 2000; step++) {
    if (count == PIECES || (count > 0 && random_below(&r, 40) == 0)) {
      const int from = (int)random_below(&r, (uint64_t)count);
      rewind_to(pieces, from, count);
      count = from;
    }
    const uint64_t most = sizes[random_below(&r, random_below(&r, 6) + 1)];
    piece p = {.mark = arena_get_mark(&memory),
               .size = random_below(&r, most),
               .fill = (unsigned char)step};
    p.bytes = arena_alloc(&memory, p.size);
    memset(p.bytes, p.fill, p.size);
    pieces[count++] = p;
  }
  rewind_to(pieces, 0, count);
}
END_TEST

START_TEST(text_is_copied_and_formatted) {
  ck_assert_str_eq(arena_copy_text(&memory, "batch", 3), "bat");
  ck_assert_str_eq(arena_copy_text(&memory, NULL, 0), "");
  ck_assert_mem_eq(arena_copy_text(&memory, "a\0b", 3), "a\0b", 4);
  ck_assert_str_eq(arena_format(&memory, "%s=%d", "x", -7), "x=-7");
  ck_assert_str_eq(arena_format(&memory, "%s", ""), "");
  ck_assert_uint_eq(strlen(arena_format(&memory, "%9000d", 1)), 9000);
}
END_TEST

START_TEST(grow_keeps_elements) {
  size_t capacity = 0;
  int *array = NULL;
  for (int i = 0; i < 10000; i++) {
    array = arena_grow(&memory, array, (size_t)i, &capacity, sizeof *array);
    ck_assert_uint_gt(capacity, (size_t)i);
    array[i] = i;
  }
  for (int i = 0; i < 10000; i++)
    ck_assert_int_eq(array[i], i);
  array = arena_grow(&memory, array, 100000, &capacity, sizeof *array);
  ck_assert_uint_gt(capacity, 100000);
  ck_assert_int_eq(array[9999], 9999);
}
END_TEST

/* Requests that no machine can meet. */
static void ask_too_much(void *data) {
  size_t capacity = SIZE_MAX / 2 + 1;
  switch (*(int *)data) {
  case 0:
    arena_alloc(&memory, SIZE_MAX);
    break;
  case 1:
    arena_alloc(&memory, SIZE_MAX / 2);
    break;
  case 2:
    arena_zeroed(&memory, SIZE_MAX / 2, 3);
    break;
  case 3:
    arena_copy_text(&memory, "", SIZE_MAX);
    break;
  case 4:
    arena_grow(&memory, NULL, capacity, &capacity, 1);
    break;
  default:
    capacity = 0;
    arena_grow(&memory, NULL, SIZE_MAX / 4, &capacity, 8);
    break;
  }
}

START_TEST(impossible_request_raises) {
  ck_assert_int_eq(fault_try(&trouble, ask_too_much, &_i), DIMSAT_NO_MEMORY);
  ck_assert_uint_eq(memory.bytes, 0);
}
END_TEST

/* Asks for `*data` bytes, a kilobyte at a time. */
static void take_kilobytes(void *data) {
  const size_t *const bytes = data;
  for (size_t i = 0; i < *bytes; i += 1024)
    arena_alloc(&memory, 1024);
}

START_TEST(bound_holds_for_all_arenas_together) {
  size_t much = (size_t)4 << 20;
  arena other;
  arena_init(&other, &trouble);
  arena_alloc(&other, (size_t)3 << 20);
  trouble.most = (size_t)5 << 20;
  ck_assert_int_eq(fault_try(&trouble, take_kilobytes, &much),
                   DIMSAT_TOO_LARGE);
  ck_assert_ptr_nonnull(
      strstr(fault_text(&trouble, DIMSAT_TOO_LARGE), "memory"));
  ck_assert_uint_le(trouble.held, trouble.most);
  ck_assert_uint_eq(trouble.held, memory.bytes + other.bytes);
  arena_clear(&other);
  arena_rewind(&memory, (arena_mark){0});
  ck_assert_int_eq(fault_try(&trouble, take_kilobytes, &much), DIMSAT_OK);
  trouble.most = 0;
}
END_TEST

START_TEST(trim_gives_back_what_is_large) {
  static struct {
    size_t taken;
    bool kept; /* behind a trim */
  } rows[] = {{(size_t)1 << 20, true}, {(size_t)40 << 20, false}};
  for (int i = 0; i < ROWS(rows); i++) {
    char *const first = arena_alloc(&memory, 64);
    const arena_mark mark = arena_get_mark(&memory);
    memset(first, 'x', 64);
    take_kilobytes(&rows[i].taken);
    arena_rewind(&memory, mark);
    arena_trim(&memory);
    ck_assert_msg((memory.bytes > rows[i].taken) == rows[i].kept, "row %d", i);
    ck_assert_uint_eq(trouble.held, memory.bytes);
    ck_assert_int_eq(first[63], 'x');
    take_kilobytes(&rows[i].taken);
    arena_clear(&memory);
    ck_assert_uint_eq(trouble.held, 0);
  }
}
END_TEST

/* Something of everything that asks for memory. */
static void use_everything(void *data) {
  buffer b;
  table t;
  size_t capacity = 0;
  (void)data;
  buffer_init(&b, &memory);
  table_init(&t, &memory, 4);
  for (uint32_t i = 0; i < 5000; i++) {
    buffer_format(&b, "%u,", i);
    table_add(&t, &memory, hash_mix(0, i), &trouble);
  }
  arena_grow(&memory, NULL, 100000, &capacity, 16);
  arena_copy_text(&memory, b.text, b.length);
  arena_format(&memory, "%s%s", b.text, b.text);
}

START_TEST(each_failed_allocation_raises_and_leaves_no_trace) {
  for (uint64_t n = 1;; n++) {
    memory_fail_after(n);
    const dimsat_status status = fault_try(&trouble, use_everything, NULL);
    const uint64_t left = memory_fail_after(0);
    ck_assert_int_eq(status, left == 0 ? DIMSAT_NO_MEMORY : DIMSAT_OK);
    ck_assert_int_eq(fault_try(&trouble, use_everything, NULL), DIMSAT_OK);
    arena_clear(&memory);
    ck_assert_uint_eq(memory.bytes, 0);
    if (left != 0) {
      ck_assert_uint_gt(n, 5);
      return;
    }
  }
}
END_TEST

/* ---- Buffer ----------------------------------------------------------- */

START_TEST(buffer_adds_and_cuts) {
  buffer b;
  buffer_init(&b, &memory);
  ck_assert_str_eq(b.text, "");
  buffer_add(&b, "s0 ");
  buffer_add_char(&b, '<');
  buffer_format(&b, "= %d", 12);
  buffer_add(&b, "");
  ck_assert_str_eq(b.text, "s0 <= 12");
  buffer_add_bytes(&b, "\0tail", 5);
  ck_assert_uint_eq(b.length, 13);
  buffer_cut(&b, 2);
  ck_assert_str_eq(b.text, "s0");
  buffer_cut(&b, 0);
  ck_assert_str_eq(b.text, "");
}
END_TEST

START_TEST(buffer_equals_plain_array) {
  static char expected[1 << 16];
  random_source r = random_start();
  for (int round = 0; round < 50; round++) {
    size_t length = 0;
    buffer b;
    buffer_init(&b, &memory);
    while (length < sizeof expected - 200) {
      const size_t more = (size_t)random_below(&r, 150);
      memset(expected + length, (int)('a' + random_below(&r, 26)), more);
      if (random_below(&r, 2))
        buffer_add_bytes(&b, expected + length, more);
      else
        buffer_format(&b, "%.*s", (int)more, expected + length);
      length += more;
      ck_assert_uint_eq(b.length, length);
      ck_assert_int_eq(b.text[length], '\0');
    }
    ck_assert_mem_eq(b.text, expected, length);
  }
}
END_TEST

/* ---- Table ------------------------------------------------------------ */

/* How often `item` is among the candidates for `hash`. */
static int occurrences(const table *t, uint32_t hash, const void *item) {
  int found = 0;
  uint32_t at = hash;
  for (const void *next; (next = table_next(t, hash, &at)) != NULL;)
    found += next == item;
  return found;
}

START_TEST(table_finds_each_item_once) {
  static const uint32_t masks[] = {0, 1, 7, 0xff, 0xffffffff, 0xffff0000};
  static int items[3000];
  const uint32_t count = masks[_i] < 8 ? 300 : 3000;
  table t;
  table_init(&t, &memory, 0);
  for (uint32_t i = 0; i < count; i++)
    table_add(&t, &memory, hash_mix(0, i) & masks[_i], &items[i]);
  ck_assert_uint_eq(t.count, count);
  ck_assert_uint_ge(t.mask, count);
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t hash = hash_mix(0, i) & masks[_i];
    ck_assert_int_eq(occurrences(&t, hash, &items[i]), 1);
    ck_assert_int_eq(occurrences(&t, hash, &t), 0);
  }
}
END_TEST

START_TEST(expected_items_need_no_more_slots) {
  static const uint32_t expected[] = {0, 1, 6, 7, 100, 12288, 12289};
  table t;
  table_init(&t, &memory, expected[_i]);
  const uint32_t mask = t.mask;
  for (uint32_t i = 0; i < expected[_i]; i++)
    table_add(&t, &memory, i, &t);
  ck_assert_uint_eq(t.mask, mask);
  ck_assert_uint_lt(mask, 16 + 4 * expected[_i]);
}
END_TEST

START_TEST(hashes_depend_on_order_and_length) {
  const char zero[20] = {0};
  const char text[] = "..one_name";
  ck_assert_uint_ne(hash_mix(hash_mix(0, 1), 2), hash_mix(hash_mix(0, 2), 1));
  ck_assert_uint_ne(hash_mix(1, 0), hash_mix(0, 1));
  for (size_t i = 0; i < sizeof zero; i++)
    for (size_t k = 0; k < i; k++)
      ck_assert_uint_ne(hash_bytes(7, zero, i), hash_bytes(7, zero, k));
  ck_assert_uint_eq(hash_bytes(7, text + 2, 8), hash_bytes(7, "one_name", 8));
}
END_TEST

START_TEST(hash_spreads_over_low_bits) {
  int used[256] = {0};
  for (uint64_t i = 0; i < 256 * 16; i++)
    used[hash_mix(0, i << 8) & 255]++;
  for (int i = 0; i < 256; i++)
    ck_assert_msg(used[i] > 0 && used[i] < 64, "slot %d: %d", i, used[i]);
}
END_TEST

/* ---- Suite ------------------------------------------------------------ */

/* A case with an arena around each test. */
static TCase *add_case(Suite *s, const char *name) {
  TCase *const c = tcase_create(name);
  tcase_add_checked_fixture(c, open_arena, close_arena);
  suite_add_tcase(s, c);
  return c;
}

/* Status, fault and arena. */
static void add_memory_cases(Suite *s) {
  TCase *const f = add_case(s, "fault");
  tcase_add_loop_test(f, each_status_has_its_own_sentence, 0,
                      DIMSAT_CANCELLED + 1);
  tcase_add_test(f, unknown_status_has_a_sentence);
  tcase_add_loop_test(f, try_returns_what_was_raised, 0, DIMSAT_CANCELLED + 1);
  tcase_add_test(f, tries_nest);
  const char *const fork = getenv("CK_FORK");
  if (fork == NULL || strcmp(fork, "no") != 0)
    tcase_add_test_raise_signal(f, raise_without_try_aborts, SIGABRT);
  TCase *const a = add_case(s, "arena");
  tcase_add_test(a, hook_fails_one_allocation);
  tcase_add_test(a, every_size_is_aligned_and_apart);
  tcase_add_test(a, zeroed_is_zero_after_reuse);
  tcase_add_test(a, blocks_grow_from_small_to_large);
  tcase_add_test(a, rewind_keeps_blocks_for_reuse);
  tcase_add_test(a, random_marks_and_rewinds_keep_contents);
  tcase_add_test(a, text_is_copied_and_formatted);
  tcase_add_test(a, grow_keeps_elements);
  tcase_add_loop_test(a, impossible_request_raises, 0, 6);
  tcase_add_test(a, bound_holds_for_all_arenas_together);
  tcase_add_test(a, trim_gives_back_what_is_large);
  tcase_add_test(a, each_failed_allocation_raises_and_leaves_no_trace);
}

/* ---- Similar words --------------------------------------------------------
 */

static const struct {
  const char *wanted;
  size_t most;
  const char *question;
} similar_rows[] = {
    {"batch", 2, "; did you mean 'batch'?"},
    {"bacth", 1, "; did you mean 'batch'?"}, /* two letters swapped */
    {"BATCH", 1, "; did you mean 'batch'?"}, /* case is no difference */
    {"atch", 1, "; did you mean 'batch'?"},
    {"head", 1, "; did you mean 'heads' or 'heat'?"},
    {"hea", 1, "; did you mean 'heat'?"},
    {"xyz", 2, ""},
    {"", 3, "; did you mean 'seq'?"},
};

START_TEST(similar_words_are_named) {
  char text[80];
  similar_words s;
  similar_start(&s, similar_rows[_i].wanted, similar_rows[_i].most);
  similar_consider(&s, "batch");
  similar_consider(&s, "heads");
  similar_consider(&s, "heat");
  similar_consider(&s, "seq");
  ck_assert_str_eq(similar_ask(&s, text, sizeof text),
                   similar_rows[_i].question);
}
END_TEST

START_TEST(a_question_is_cut_to_its_place) {
  char text[12];
  similar_words s;
  similar_start(&s, "batch", 1);
  similar_consider(&s, "batch");
  ck_assert_str_eq(similar_ask(&s, text, sizeof text), "; did you m");
}
END_TEST

/* Everything in lib/base. */
Suite *suite_base(void) {
  Suite *const s = suite_create("base");
  add_memory_cases(s);
  TCase *const b = add_case(s, "buffer");
  tcase_add_test(b, buffer_adds_and_cuts);
  tcase_add_test(b, buffer_equals_plain_array);
  TCase *const t = add_case(s, "table");
  tcase_add_loop_test(t, table_finds_each_item_once, 0, 6);
  tcase_add_loop_test(t, expected_items_need_no_more_slots, 0, 7);
  tcase_add_test(t, hashes_depend_on_order_and_length);
  tcase_add_test(t, hash_spreads_over_low_bits);
  TCase *const w = add_case(s, "similar");
  tcase_add_loop_test(w, similar_words_are_named, 0, ROWS(similar_rows));
  tcase_add_test(w, a_question_is_cut_to_its_place);
  return s;
}
