#include "tests/fuzz/grammar.h"

#include <string.h>

#define DEEPEST 7
#define LONGEST 6000 /* bytes, behind which every rule ends */

/* The rule of a letter. */
static const grammar_rule *find_rule(const grammar *g, char letter) {
  size_t i = 0;
  while (g->rule[i].letter != letter)
    i++;
  return &g->rule[i];
}

/* Appends a text of `letter`, at most `depth` rules deep. */
static void grow(const grammar *g, char letter, unsigned depth,
                 random_source *choices, buffer *out) {
  const grammar_rule *const r = find_rule(g, letter);
  const bool end = depth == 0 || out->length > LONGEST;
  const char *text = r->choice[random_below(choices, end ? r->ends : r->count)];
  for (const char *hole; (hole = strchr(text, '%')); text = hole + 2) {
    buffer_add_bytes(out, text, (size_t)(hole - text));
    if (hole[1] == '%')
      buffer_add_char(out, '%');
    else
      grow(g, hole[1], end ? 0 : depth - 1, choices, out);
  }
  buffer_add(out, text);
}

void grammar_grow(const grammar *g, char start, random_source *choices,
                  buffer *out) {
  grow(g, start, DEEPEST, choices, out);
}
