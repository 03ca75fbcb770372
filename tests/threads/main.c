/*
 * Several threads, each in contexts of its own, answer what one thread answered
 * before, in another order each, and must answer the same.  Then a thread stops
 * the call of another.
 *
 * usage: dimsat_threads PROBLEMS.jsonl FACTS.jsonl THREADS EVERY
 *   EVERY  only each EVERY-th line
 */
#include "dimsat/dimsat.h"
#include "lib/base/budget.h"
#include "lib/problem/json_value.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_THREADS 16
#define MOST_ASSUME 32

/* A problem, or a fact, and its answer. */
typedef struct {
  const char *text;
  size_t length;
  bool fact;
  char *answer;
} item;

static item *items;
static size_t item_count, item_capacity;

/* Ends the test. */
static _Noreturn void fail(const char *what, const char *text) {
  fprintf(stderr, "%s: %s\n", what, text);
  exit(1);
}

/* ---- The items ----------------------------------------------------------- */

/* The text of a file, which stays. */
static char *read_file(const char *name, size_t *length) {
  FILE *const file = fopen(name, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0)
    fail(name, "cannot be read");
  *length = (size_t)ftell(file);
  rewind(file);
  char *const text = malloc(*length + 1);
  if (text == NULL || fread(text, 1, *length, file) != *length)
    fail(name, "cannot be read");
  text[*length] = '\0';
  fclose(file);
  return text;
}

/* Every `every`-th line of a file as an item. */
static void add_items(const char *name, bool fact, size_t every) {
  size_t length, number = 0;
  const char *line = read_file(name, &length);
  for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    if (number++ % every != 0)
      continue;
    if (item_count == item_capacity) {
      item_capacity = 2 * item_capacity + 64;
      items = realloc(items, item_capacity * sizeof *items);
      if (items == NULL)
        fail(name, "memory ended");
    }
    items[item_count++] =
        (item){.text = line, .length = (size_t)(end - line), .fact = fact};
  }
}

/* ---- Answers ------------------------------------------------------------- */

/* The repair of a problem, as JSON. */
static const char *answer_problem(dimsat_context *cx, const item *i) {
  const dimsat_report_options o = {.form = DIMSAT_REPORT_JSON};
  dimsat_problem *p =
      dimsat_problem_read(cx, i->text, i->length, DIMSAT_FORMAT_JSON, false);
  const dimsat_result *r = p ? dimsat_suggest(p, NULL) : NULL;
  return r ? dimsat_report_write(r, &o) : NULL;
}

typedef struct {
  dimsat_context *cx;
  const item *item;
  const dimsat_expr *assume[MOST_ASSUME], *query;
  const char *text[MOST_ASSUME], *query_text;
  size_t count;
} fact_job;

/* Keeps the texts of a fact for the calls that follow. */
static void read_fact(void *data) {
  fact_job *const f = data;
  arena *const m = &f->cx->nodes;
  const json_value *const v =
      json_value_read(f->cx, f->item->text, f->item->length);
  const json_value *const list = value_member(v, "assume");
  for (size_t i = 0; i < list->count && i < MOST_ASSUME; i++)
    f->text[f->count++] =
        arena_copy_text(m, list->item[i].text, list->item[i].count);
  const char *const query = value_text(value_member(v, "query"));
  f->query_text = arena_copy_text(m, query, strlen(query));
}

/* What the query of a fact amounts to. */
static const char *answer_fact(dimsat_context *cx, const item *i) {
  fact_job f = {.cx = cx, .item = i};
  dimsat_answer a;
  if (context_run(cx, read_fact, &f) != DIMSAT_OK)
    return NULL;
  for (size_t k = 0; k < f.count; k++)
    f.assume[k] = dimsat_parse(cx, f.text[k], strlen(f.text[k]));
  f.query = dimsat_parse(cx, f.query_text, strlen(f.query_text));
  if (!dimsat_ask(cx, f.assume, f.count, f.query, NULL, &a))
    return NULL;
  return arena_format(&cx->nodes, "%d %s %s", (int)a.kind, a.lo ? a.lo : "",
                      a.hi ? a.hi : "");
}

/* A copy of the answer, by a context of its own. */
static char *answer(const item *i) {
  dimsat_context *cx = dimsat_context_new();
  if (cx == NULL)
    fail("dimsat_context_new", "memory ended");
  const char *text = i->fact ? answer_fact(cx, i) : answer_problem(cx, i);
  if (text == NULL)
    fail(i->text, dimsat_last_error(cx)->text);
  char *const copy = strdup(text);
  dimsat_context_free(cx);
  return copy;
}

/* ---- Threads ------------------------------------------------------------- */

/* Answers all items, from the one that `data` says on. */
static void *answer_all(void *data) {
  const size_t first = *(const size_t *)data;
  for (size_t k = 0; k < item_count; k++) {
    const item *const i = &items[(first + k) % item_count];
    char *const text = answer(i);
    if (strcmp(text, i->answer) != 0)
      fail(i->answer, text);
    free(text);
  }
  return NULL;
}

/* All threads at once. */
static void run_threads(size_t count) {
  pthread_t thread[MOST_THREADS];
  size_t first[MOST_THREADS];
  for (size_t i = 0; i < count; i++) {
    first[i] = i * item_count / count;
    if (pthread_create(&thread[i], NULL, answer_all, &first[i]) != 0)
      fail("pthread_create", "no thread");
  }
  for (size_t i = 0; i < count; i++)
    pthread_join(thread[i], NULL);
}

/* ---- Cancelling ---------------------------------------------------------- */

static volatile bool stopped;

/* Stops the call a little later. */
static void *cancel_later(void *data) {
  nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
  dimsat_cancel(&stopped);
  return data;
}

/* A problem that takes very long: one guard of many alternatives. */
static const char *write_hard(void) {
  static char text[16384];
  int n = snprintf(text, sizeof text, "dim a = 2..\nguard a %% 2 == 0");
  for (int i = 1; i < 400; i++)
    n += snprintf(text + n, sizeof text - (size_t)n, " or a %% %d == %d", i + 2,
                  i);
  return text;
}

/* Such a call ends undecided. */
static void run_cancel(void) {
  const char *const hard = write_hard();
  const dimsat_options o = {
      .budget = {.steps = UINT64_MAX / 4, .cancel = &stopped}, .no_z3 = true};
  pthread_t thread;
  dimsat_context *cx = dimsat_context_new();
  dimsat_problem *p =
      cx ? dimsat_problem_read(cx, hard, strlen(hard), DIMSAT_FORMAT_DIMS, true)
         : NULL;
  if (p == NULL || pthread_create(&thread, NULL, cancel_later, NULL))
    fail("cancel", "cannot start");
  const dimsat_result *r = dimsat_check(p, &o);
  pthread_join(thread, NULL);
  if (r == NULL || dimsat_result_verdict(r) != DIMSAT_VERDICT_UNDECIDED)
    fail("cancel", "not undecided");
  const char *const text = dimsat_report_write(r, NULL);
  if (text == NULL || strstr(text, "cancel") == NULL)
    fail("cancel", text ? text : "no report");
  dimsat_context_free(cx);
}

int main(int argc, char **argv) {
  if (argc != 5)
    fail("usage", "dimsat_threads PROBLEMS.jsonl FACTS.jsonl THREADS EVERY");
  const size_t threads = strtoull(argv[3], NULL, 10) % (MOST_THREADS + 1);
  const size_t every = strtoull(argv[4], NULL, 10);
  add_items(argv[1], false, every ? every : 1);
  add_items(argv[2], true, every ? every : 1);
  for (size_t i = 0; i < item_count; i++)
    items[i].answer = answer(&items[i]);
  run_threads(threads);
  run_cancel();
  printf("%zu threads gave the %zu answers of one; a cancelled call ended\n",
         threads, item_count);
  return 0;
}
