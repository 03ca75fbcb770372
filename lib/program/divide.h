/* Division by constants, turned into shifts, masks and products. */
#ifndef LIB_PROGRAM_DIVIDE_H
#define LIB_PROGRAM_DIVIDE_H

#include "lib/program/machine.h"

/*
 * Replaces DIVIDE_BY, MODULO_BY, [NO_]RESIDUE_BY (divisor `i` >= 1, residue
 * 0 <= `j` < `i`, a `sign` in `c`) by operations without a division; leaves
 * other instructions as they are.
 */
void divide_prepare(instruction *x);

#endif
