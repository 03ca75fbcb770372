#include "lib/base/similar.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* No longer word is compared. */
#define LONGEST 48

/* Whether two letters are equal but for their case. */
static bool like(char a, char b) {
  return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* The smaller one. */
static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* The cheapest way to cell (i, j).  `row` holds the last three rows, by i
 * modulo 3. */
static size_t cell(const char *a, const char *b, size_t i, size_t j,
                   size_t row[3][LONGEST + 1]) {
  const size_t *now = row[i % 3], *up = row[(i + 2) % 3];
  size_t best = least(least(up[j], now[j - 1]) + 1,
                      up[j - 1] + !like(a[i - 1], b[j - 1]));
  if (i > 1 && j > 1 && like(a[i - 1], b[j - 2]) && like(a[i - 2], b[j - 1]))
    best = least(best, row[(i + 1) % 3][j - 2] + 1);
  return best;
}

/* How many edits lead from `a` to `b`. */
static size_t distance(const char *a, const char *b) {
  const size_t n = strlen(a), m = strlen(b);
  size_t row[3][LONGEST + 1];
  if (n > LONGEST || m > LONGEST)
    return SIZE_MAX;
  for (size_t j = 0; j <= m; j++)
    row[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    row[i % 3][0] = i;
    for (size_t j = 1; j <= m; j++)
      row[i % 3][j] = cell(a, b, i, j, row);
  }
  return row[n % 3][m];
}

void similar_start(similar_words *s, const char *wanted, size_t most) {
  *s = (similar_words){.wanted = wanted, .distance = most};
}

size_t similar_edits(const char *wanted) {
  const size_t length = strlen(wanted);
  return length < 4 ? 1 : length < 8 ? 2 : 3;
}

void similar_consider(similar_words *s, const char *word) {
  const size_t d = distance(s->wanted, word);
  if (d < s->distance)
    s->count = 0;
  if (d > s->distance || s->count == SIMILAR_FOUND)
    return;
  s->distance = d;
  s->found[s->count++] = word;
}

char *similar_ask(const similar_words *s, char *out, size_t size) {
  size_t used = 0;
  out[0] = '\0';
  for (size_t i = 0; i < s->count && used < size; i++)
    used += (size_t)snprintf(out + used, size - used, "%s'%s'%s",
                             i ? " or " : "; did you mean ", s->found[i],
                             i + 1 == s->count ? "?" : "");
  return out;
}
