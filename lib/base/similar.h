/*
 * What someone most likely meant who wrote a word that there is not: the words
 * with the fewest letters changed, dropped, added or swapped (the distance of
 * Damerau and Levenshtein, without edits between swapped letters).  Upper and
 * lower case are alike.
 */
#ifndef LIB_BASE_SIMILAR_H
#define LIB_BASE_SIMILAR_H

#include <stddef.h>

#define SIMILAR_FOUND 3

/* All words are borrowed. */
typedef struct {
  const char *wanted;
  const char *found[SIMILAR_FOUND]; /* equally near, in the order considered */
  size_t count, distance;
} similar_words;

/* Up to `most` edits make a similar word. */
void similar_start(similar_words *s, const char *wanted, size_t most);
/* How many edits are likely in a word of this length. */
size_t similar_edits(const char *wanted);
void similar_consider(similar_words *s, const char *word);

/* Writes "; did you mean 'a' or 'b'?", or nothing; gives `out`. */
char *similar_ask(const similar_words *s, char *out, size_t size);

#endif
