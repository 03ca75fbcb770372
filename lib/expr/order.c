/*
 * Structural order.  Two different nodes differ in structure, so the first pair
 * of operands that differ decides: the walk is one path, not a tree.
 */
#include "lib/expr/build_parts.h"

#include <stdlib.h>
#include <string.h>

/* Symbols come first and integers last: `x == 3`, `min(x, 5)`. */
static int rank(const expr *e) {
  if (e->op == OP_SYMBOL)
    return -1;
  return e->op == OP_INT ? OP_COUNT : e->op;
}

/* Whether `c` is a decimal digit. */
static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Compares the numbers that `*a` and `*b` start with and steps over them. */
static int compare_digits(const char **a, const char **b) {
  while (**a == '0')
    ++*a;
  while (**b == '0')
    ++*b;
  const size_t m = strspn(*a, "0123456789"), n = strspn(*b, "0123456789");
  const int order = m != n ? (m < n ? -1 : 1) : strncmp(*a, *b, m);
  *a += m;
  *b += n;
  return order;
}

/* Names by their letters, digits among them as numbers: `s9` before `s10`. */
static int compare_names(const char *a, const char *b) {
  const char *p = a, *q = b;
  while (*p != '\0' && *q != '\0') {
    if (is_digit(*p) && is_digit(*q)) {
      const int order = compare_digits(&p, &q);
      if (order != 0)
        return order;
    } else if (*p != *q) {
      break;
    } else {
      p++;
      q++;
    }
  }
  if (*p != *q)
    return (unsigned char)*p < (unsigned char)*q ? -1 : 1;
  return strcmp(a, b);
}

/* Two nodes of one operator with the same operands. */
static int compare_data(const expr *a, const expr *b) {
  if (a->name != NULL) {
    const int order = compare_names(a->name, b->name);
    if (order != 0)
      return order;
  }
  for (uint32_t i = 0; a->coefficient != NULL && i < a->count; i++) {
    const int order = integer_compare(a->coefficient[i], b->coefficient[i]);
    if (order != 0)
      return order;
  }
  return integer_compare(a->value, b->value);
}

/* Follows the first operands that differ down to the nodes that decide. */
int expr_compare(const expr *a, const expr *b) {
  while (a != b) {
    if (a->op != b->op)
      return rank(a) < rank(b) ? -1 : 1;
    const uint32_t least = a->count < b->count ? a->count : b->count;
    uint32_t i = 0;
    while (i < least && a->arg[i] == b->arg[i])
      i++;
    if (i == least) {
      if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
      return compare_data(a, b);
    }
    const expr *const next = a->arg[i];
    b = b->arg[i];
    a = next;
  }
  return 0;
}

/* `expr_compare` for qsort. */
static int compare_entries(const void *a, const void *b) {
  return expr_compare(*(const expr *const *)a, *(const expr *const *)b);
}

/* Sorts `list`, which mostly is sorted already. */
void sort_operands(const expr **list, size_t count) {
  size_t i = 1;
  while (i < count && expr_compare(list[i - 1], list[i]) <= 0)
    i++;
  if (i < count)
    qsort(list, count, sizeof *list, compare_entries);
}

/* Sorts `list` and drops repeats; how many are left. */
size_t sort_distinct(const expr **list, size_t count) {
  sort_operands(list, count);
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || list[kept - 1] != list[i])
      list[kept++] = list[i];
  return kept;
}
