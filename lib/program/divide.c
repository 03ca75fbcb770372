#include "lib/program/divide.h"

#include <assert.h>

/* Smallest n with 2**n >= k; k >= 1. */
static int log2_up(uint64_t k) {
  int n = 0;
  while (n < 63 && (UINT64_C(1) << n) < k)
    n++;
  return n;
}

/* Trailing zeros of k != 0. */
static uint32_t twos(uint64_t k) {
  uint32_t n = 0;
  for (; k % 2 == 0; k /= 2)
    n++;
  return n;
}

/* The inverse of an odd number modulo 2**64: each step doubles the bits. */
static uint64_t inverse(uint64_t odd) {
  uint64_t x = odd;
  for (int i = 0; i < 6; i++)
    x *= 2 - odd * x;
  return x;
}

/* Quotient or remainder by k, which is no power of two: with
 * factor = floor(2**(n + l) / k) + 1 and l = log2_up(k), the product with the
 * factor is exact after the shift for all numbers below 2**n. */
static void prepare_product(instruction *x, bool remainder) {
  const uint64_t k = (uint64_t)x->i;
  assert(k > 1);
  const bool narrow = x->c == SIGN_SHORT && k < (UINT64_C(1) << 31);
  const int n = narrow ? 31 : 63, l = log2_up(k);
  const double_word power = (double_word)1 << (n + l);
  x->k = x->i;
  x->i = (int64_t)(uint64_t)(power / k + 1);
  x->j = narrow ? n + l : n + l - 64;
  if (narrow)
    x->op = remainder ? DO_REMAINDER_SHORT : DO_QUOTIENT_SHORT;
  else
    x->op = remainder ? DO_REMAINDER_LONG : DO_QUOTIENT_LONG;
}

/* a % k == c.  A number that may be negative is taken as unsigned after 2**63
 * was added, which moves the residue. */
static void prepare_residue(instruction *x, operation masked, operation by) {
  const uint64_t k = (uint64_t)x->i, half = UINT64_C(1) << 63;
  uint64_t c = (uint64_t)x->j, bias = 0;
  if ((k & (k - 1)) == 0) {
    x->op = masked;
    x->i = (int64_t)(k - 1);
    return;
  }
  if (x->c == SIGN_ANY) {
    bias = half;
    c = (c + half % k) % k;
  }
  x->op = by;
  x->c = twos(k);
  x->i = (int64_t)inverse(k >> x->c);
  x->j = (int64_t)((UINT64_MAX - c) / k);
  x->k = (int64_t)(c - bias);
}

/* One instruction without a division; a dispatch. */
void divide_prepare(instruction *x) {
  const uint64_t k = (uint64_t)x->i;
  const bool power = (k & (k - 1)) == 0;
  switch (x->op) {
  case DO_DIVIDE_BY:
    if (!power) {
      prepare_product(x, false);
      return;
    }
    x->op = DO_SHIFT;
    x->i = log2_up(k);
    return;
  case DO_MODULO_BY:
    if (!power) {
      prepare_product(x, true);
      return;
    }
    x->op = DO_MASK;
    x->i = (int64_t)(k - 1);
    return;
  case DO_IS_RESIDUE_BY:
    prepare_residue(x, DO_IS_MASKED, DO_IS_RESIDUE);
    return;
  case DO_TEST_RESIDUE_BY:
    prepare_residue(x, DO_TEST_MASKED, DO_TEST_RESIDUE);
    return;
  case DO_IS_NO_RESIDUE_BY:
    prepare_residue(x, DO_IS_NOT_MASKED, DO_IS_NO_RESIDUE);
    return;
  case DO_TEST_NO_RESIDUE_BY:
    prepare_residue(x, DO_TEST_NOT_MASKED, DO_TEST_NO_RESIDUE);
    return;
  default:
    return;
  }
}
