/*
 * A draft as text, in one of several ways that say the same.
 */
#ifndef TESTS_VOLUME_WRITING_H
#define TESTS_VOLUME_WRITING_H

#include "tests/volume/draft.h"

/* How a draft is written. */
typedef struct {
  size_t order[MOST_GUARDS]; /* of the guards */
  size_t count;
  size_t line[MOST_ITEMS];    /* items, in the order of their dims' lines */
  size_t groups[MOST_GROUPS]; /* which, in which order */
  size_t group_count;
  bool renamed;
  int64_t unit;         /* axes and symbols of dims count so many times more */
  const formula *extra; /* one more guard, or NULL */
} writing;

/* The name of an item: of a dim, or of an axis. */
const char *draft_name(const draft *d, size_t index, bool renamed);
/* The name of an item's symbol. */
const char *draft_symbol(const draft *d, size_t index, bool renamed);

/* All of it, as it was grown. */
writing draft_plain(const draft *d);
/* As .dims text. */
const char *draft_write(const draft *d, const writing *w);

#endif
