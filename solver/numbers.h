/* Lists of numbers of variables, parameters, parts. */
#ifndef SOLVER_NUMBERS_H
#define SOLVER_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

/* Sorts the list and keeps each number once; how many are left. */
size_t numbers_settle(uint32_t *list, size_t count);

/* The place of x in an ascending list: where it is, or would be. */
size_t numbers_find(const uint32_t *list, size_t count, uint32_t x);

#endif
