#include "solver/numbers.h"

#include <stdlib.h>

/* qsort order. */
static int by_number(const void *a, const void *b) {
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

/* Sorts the list and keeps each number once. */
size_t numbers_settle(uint32_t *list, size_t count) {
  size_t n = 0;
  if (count > 1)
    qsort(list, count, sizeof *list, by_number);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || list[i] != list[n - 1])
      list[n++] = list[i];
  return n;
}

/* The place of x, by bisection. */
size_t numbers_find(const uint32_t *list, size_t count, uint32_t x) {
  size_t low = 0, high = count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (list[middle] < x)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}
