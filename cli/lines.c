#include "cli/lines.h"
#include "cli/exit_codes.h"
#include "cli/ordered_pool.h"
#include "cli/output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  const options *o;
  line_answer *answer;
  ordered_pool *pool;
  int code; /* the worst of what was printed */
} lines_run;

/* A line on its way. */
typedef struct {
  text_origin line;
  char *answer;
  int code;
} line_item;

/* Answers a line, unless nobody reads answers any more. */
static void work(void *item, void *data) {
  line_item *i = item;
  const lines_run *run = data;
  if (!output_failed())
    i->answer = run->answer(run->o, &i->line, &i->code);
}

/* Prints the answer and ends the line. */
static void hand_out(void *item, void *data) {
  line_item *i = item;
  lines_run *run = data;
  if (i->answer && !output_failed())
    output_line(i->answer);
  run->code = input_worse(run->code, i->code);
  free(i->answer);
  free(i);
}

/* Adds a copy of the line to the pool. */
static int visit_line(const options *o, const text_origin *line, void *data) {
  (void)o;
  lines_run *run = data;
  line_item *i = input_memory(malloc(sizeof *i + line->length + 1));
  char *text = (char *)(i + 1);
  memcpy(text, line->text, line->length);
  text[line->length] = '\0';
  *i = (line_item){.line = *line, .code = EXIT_AGREES};
  i->line.text = text;
  pool_add(run->pool, i, line->length);
  return EXIT_AGREES;
}

/* How many threads are to work. */
static size_t count_jobs(const options *o) {
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  if (o->jobs > 0)
    return o->jobs;
  return cores > 0 ? (size_t)cores : 1;
}

/* Answers all lines; see lines.h. */
int lines_answer(const options *o, const char *path, line_answer *answer) {
  static const pool_calls calls = {work, hand_out};
  lines_run run = {.o = o, .answer = answer, .code = EXIT_AGREES};
  run.pool = input_memory(pool_new(count_jobs(o), &calls, &run));
  const int code = input_each_line(o, path, visit_line, &run);
  pool_end(run.pool);
  return input_worse(code, run.code);
}
