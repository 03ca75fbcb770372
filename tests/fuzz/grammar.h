/*
 * Text grown from a grammar, one choice a rule.
 *
 * A rule lists what may stand for its letter: text in which `%x` is the rule of
 * the letter x.  The first `ends` choices end the growth: one of them is taken
 * where the depth is spent.  The same choices give the same text.
 */
#ifndef TESTS_FUZZ_GRAMMAR_H
#define TESTS_FUZZ_GRAMMAR_H

#include "lib/base/buffer.h"
#include "tests/unit/random.h"

typedef struct {
  char letter;
  const char *const *choice;
  size_t count, ends;
} grammar_rule;

typedef struct {
  const grammar_rule *rule;
  size_t count;
} grammar;

/* Expressions and problems; letters of the starts below. */
extern const grammar language;
#define GROW_NUMBER 'n'
#define GROW_CONDITION 'c'
#define GROW_ANY 'e'   /* one of the two */
#define GROW_DIMS 'P'  /* a problem as .dims */
#define GROW_JSON 'J'  /* as JSON */
#define GROW_ASK 'Q'   /* assumptions, then a query, a line each */
#define GROW_SIZES 'Z' /* a problem, a line "---", sizes a line each */

/* Appends a text of `start`. */
void grammar_grow(const grammar *g, char start, random_source *choices,
                  buffer *out);

#endif
