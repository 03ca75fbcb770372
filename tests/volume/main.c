/*
 * Random problems by the million, judged by trying every size, and asked again
 * in other words (tests/volume/laws.h).  The native layer decides all of them;
 * one in so many is also decided with Z3 and by Z3 alone, and all answers must
 * agree.
 *
 *     dimsat_volume [--seed N] [--count N] [--seconds S] [--jobs N]
 *                   [--z3-every N] [--steps N] [--skip NAMES] [--open]
 *                   [--dump]
 *
 * Problem number i has the seed N + i; `--count 1` runs one again, which asks
 * Z3 too unless `--z3-every 0`: those whose seed is a multiple do.  `--steps`
 * limits each call that may ask Z3.  Each disagreement is printed with its seed
 * and the problem; the exit status is then 1.  `--jobs` processes share the
 * seeds; `--seconds` ends the run early.  `--open` prints what stays
 * undecided or without a repair too, `--skip` leaves out disagreements of these
 * names, `--dump` writes the problems as JSON Lines instead.
 */
#include "tests/volume/problem.h"

#include "dimsat/dimsat.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_JOBS 64

typedef struct {
  uint64_t seed, count, jobs, z3_every, steps;
  double seconds;
  bool dump, show_open;
  const char *skip;
} settings;

/* What a process hands on. */
typedef struct {
  totals t;
  times time;
} share;

/* Whether Z3 is asked too. */
static bool is_z3_turn(const settings *set, uint64_t seed) {
  return set->z3_every > 0 && (set->count == 1 || seed % set->z3_every == 0);
}

/* Seconds of the clock on the wall. */
static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Every jobs-th problem, each in memory of its own. */
static void run_share(const settings *set, uint64_t first, share *out) {
  static session s;
  fault trouble = {0};
  const double start = session_clock(), begin = seconds_now();
  s.skip = set->skip;
  s.steps = set->steps;
  arena_init(&s.memory, &trouble);
  const arena_mark mark = arena_get_mark(&s.memory);
  for (uint64_t i = first; i < set->count; i += set->jobs) {
    if (set->seconds > 0 && seconds_now() - begin > set->seconds)
      break;
    s.seed = set->seed + i;
    s.cx = dimsat_context_new();
    if (set->dump)
      problem_dump(&s);
    else
      problem_run(&s, is_z3_turn(set, s.seed), set->show_open);
    dimsat_context_free(s.cx);
    arena_rewind(&s.memory, mark);
  }
  arena_clear(&s.memory);
  s.time.spent = session_clock() - start;
  *out = (share){s.t, s.time};
}

/* Starts a process for one share; where its answer is read. */
static int start_share(const settings *set, uint64_t first) {
  int ends[2];
  if (pipe(ends) != 0)
    return -1;
  const pid_t child = fork();
  if (child == 0) {
    share one;
    run_share(set, first, &one);
    const bool whole = write(ends[1], &one, sizeof one) == sizeof one;
    fflush(stdout);
    _exit(whole ? 0 : 1);
  }
  close(ends[1]);
  return child < 0 ? -1 : ends[0];
}

/* Adds what a process says; false where it ended early. */
static bool add_share(share *all, int from) {
  share one;
  size_t n = 0;
  ssize_t more = 0;
  while (n < sizeof one &&
         (more = read(from, (char *)&one + n, sizeof one - n)) > 0)
    n += (size_t)more;
  close(from);
  if (n < sizeof one)
    return false;
  totals_add(&all->t, &one.t);
  all->time.spent += one.time.spent;
  if (one.time.slowest > all->time.slowest) {
    all->time.slowest = one.time.slowest;
    all->time.slowest_seed = one.time.slowest_seed;
  }
  return true;
}

/* All shares, in processes where there are several; false where one ended
 * early. */
static bool run_all(const settings *set, share *all) {
  int from[MOST_JOBS];
  bool whole = true;
  if (set->jobs == 1) {
    run_share(set, 0, all);
    return true;
  }
  for (uint64_t i = 0; i < set->jobs; i++)
    from[i] = start_share(set, i);
  for (uint64_t i = 0; i < set->jobs; i++)
    whole &= from[i] >= 0 && add_share(all, from[i]);
  while (wait(NULL) > 0)
    continue;
  return whole;
}

/* ---- Options ------------------------------------------------------------ */

static const struct option options[] = {
    {"seed", required_argument, NULL, 's'},
    {"count", required_argument, NULL, 'n'},
    {"seconds", required_argument, NULL, 't'},
    {"jobs", required_argument, NULL, 'j'},
    {"z3-every", required_argument, NULL, 'z'},
    {"steps", required_argument, NULL, 'b'},
    {"skip", required_argument, NULL, 'k'},
    {"open", no_argument, NULL, 'o'},
    {"dump", no_argument, NULL, 'd'},
    {0}};

/* A whole number. */
static uint64_t number(const char *text) {
  return strtoull(text, NULL, 10);
}

/* Reads the options; false where one is unknown. */
static bool read_options(settings *s, int argc, char **argv) {
  for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;)
    switch (c) {
    case 's':
      s->seed = number(optarg);
      break;
    case 'n':
      s->count = number(optarg);
      break;
    case 't':
      s->seconds = strtod(optarg, NULL);
      break;
    case 'j':
      s->jobs = number(optarg);
      break;
    case 'z':
      s->z3_every = number(optarg);
      break;
    case 'b':
      s->steps = number(optarg);
      break;
    case 'k':
      s->skip = optarg;
      break;
    case 'o':
      s->show_open = true;
      break;
    case 'd':
      s->dump = true;
      break;
    default:
      return false;
    }
  return optind == argc && s->jobs >= 1 && s->jobs <= MOST_JOBS;
}

int main(int argc, char **argv) {
  settings set = {.seed = 1,
                  .count = 1000,
                  .jobs = 1,
                  .z3_every = 10,
                  .steps = 300000,
                  .skip = ""};
  share all = {0};
  if (!read_options(&set, argc, argv))
    return 2;
  if (set.dump)
    set.jobs = 1;
  const bool whole = run_all(&set, &all);
  if (set.dump)
    return 0;
  printf("seeds %ju to %ju: %ju problems, %ju calls, %.0f s of processor time; "
         "slowest call %.1f s (seed %ju)\n",
         (uintmax_t)set.seed, (uintmax_t)(set.seed + set.count - 1),
         (uintmax_t)all.t.problems, (uintmax_t)all.t.calls, all.time.spent,
         all.time.slowest, (uintmax_t)all.time.slowest_seed);
  totals_print(&all.t);
  if (!whole)
    puts("a process ended early");
  return all.t.disagreements != 0 || !whole;
}
