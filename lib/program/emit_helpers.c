/*
 * What emitted functions call.  Wide numbers are two's complement in 32-bit
 * limbs, least first; the width is fixed, so that nothing is ever allocated.
 */
#include "lib/program/emit.h"

typedef struct {
  const char *text;
  helper uses[6]; /* HELPER_COUNT ends the list */
} helper_text;

#define USES(...)                                                              \
  { __VA_ARGS__, HELPER_COUNT }
#define USES_NOTHING                                                           \
  { HELPER_COUNT }

static const helper_text helpers[HELPER_COUNT] = {
    [HELPER_QUOTIENT] =
        {"/* a // b, rounded down; b is not 0. */\n"
         "static int64_t @quotient(int64_t a, int64_t b) {\n"
         "  if (b == 0 || b == -1)\n"
         "    return b == 0 || a == INT64_MIN ? 0 : -a;\n"
         "  const int64_t q = a / b;\n"
         "  return q * b != a && (a < 0) != (b < 0) ? q - 1 : q;\n"
         "}\n\n",
         USES_NOTHING},
    [HELPER_MODULO] = {"/* a % b with the sign of b; b is not 0. */\n"
                       "static int64_t @modulo(int64_t a, int64_t b) {\n"
                       "  if (b == 0 || b == -1)\n"
                       "    return 0;\n"
                       "  const int64_t r = a % b;\n"
                       "  return r != 0 && (r < 0) != (b < 0) ? r + b : r;\n"
                       "}\n\n",
                       USES_NOTHING},
    [HELPER_OF] = {"static @wide @of(int64_t x) {\n"
                   "  @wide r;\n"
                   "  r.limb[0] = (uint32_t)((uint64_t)x & UINT32_MAX);\n"
                   "  r.limb[1] = (uint32_t)((uint64_t)x >> 32);\n"
                   "  for (int i = 2; i < @LIMBS; i++)\n"
                   "    r.limb[i] = x < 0 ? UINT32_MAX : 0;\n"
                   "  return r;\n"
                   "}\n\n",
                   USES_NOTHING},
    [HELPER_JOIN] = {"/* high * 2**32 + low */\n"
                     "static @wide @join(@wide high, uint32_t low) {\n"
                     "  for (int i = @LIMBS - 1; i > 0; i--)\n"
                     "    high.limb[i] = high.limb[i - 1];\n"
                     "  high.limb[0] = low;\n"
                     "  return high;\n"
                     "}\n\n",
                     USES_NOTHING},
    [HELPER_ADD] = {"static @wide @add(@wide a, @wide b) {\n"
                    "  uint64_t carry = 0;\n"
                    "  for (int i = 0; i < @LIMBS; i++) {\n"
                    "    carry += (uint64_t)a.limb[i] + b.limb[i];\n"
                    "    a.limb[i] = (uint32_t)(carry & UINT32_MAX);\n"
                    "    carry >>= 32;\n"
                    "  }\n"
                    "  return a;\n"
                    "}\n\n",
                    USES_NOTHING},
    [HELPER_NEGATE] = {"static @wide @negate(@wide a) {\n"
                       "  for (int i = 0; i < @LIMBS; i++)\n"
                       "    a.limb[i] = ~a.limb[i];\n"
                       "  return @add(a, @of(1));\n"
                       "}\n\n",
                       USES(HELPER_ADD, HELPER_OF)},
    [HELPER_MULTIPLY] =
        {"static @wide @multiply(@wide a, @wide b) {\n"
         "  @wide r = @of(0);\n"
         "  for (int i = 0; i < @LIMBS; i++) {\n"
         "    uint64_t carry = 0;\n"
         "    for (int k = 0; i + k < @LIMBS; k++) {\n"
         "      carry += (uint64_t)a.limb[i] * b.limb[k] + r.limb[i + k];\n"
         "      r.limb[i + k] = (uint32_t)(carry & UINT32_MAX);\n"
         "      carry >>= 32;\n"
         "    }\n"
         "  }\n"
         "  return r;\n"
         "}\n\n",
         USES(HELPER_OF)},
    [HELPER_LESS] = {"static bool @less(@wide a, @wide b) {\n"
                     "  const uint32_t sign = UINT32_C(1) << 31;\n"
                     "  a.limb[@LIMBS - 1] ^= sign;\n"
                     "  b.limb[@LIMBS - 1] ^= sign;\n"
                     "  for (int i = @LIMBS - 1; i >= 0; i--)\n"
                     "    if (a.limb[i] != b.limb[i])\n"
                     "      return a.limb[i] < b.limb[i];\n"
                     "  return false;\n"
                     "}\n\n",
                     USES_NOTHING},
    [HELPER_IS_ZERO] = {"static bool @is_zero(@wide a) {\n"
                        "  uint32_t any = 0;\n"
                        "  for (int i = 0; i < @LIMBS; i++)\n"
                        "    any |= a.limb[i];\n"
                        "  return any == 0;\n"
                        "}\n\n",
                        USES_NOTHING},
    [HELPER_EQUAL] = {"static bool @equal(@wide a, @wide b) {\n"
                      "  uint32_t any = 0;\n"
                      "  for (int i = 0; i < @LIMBS; i++)\n"
                      "    any |= a.limb[i] ^ b.limb[i];\n"
                      "  return any == 0;\n"
                      "}\n\n",
                      USES_NOTHING},
    [HELPER_DIVIDE] =
        {"/* a // b, rounded down, bit by bit; 0 where b is 0. */\n"
         "static @wide @divide(@wide a, @wide b) {\n"
         "  const bool flip = @less(b, @of(0));\n"
         "  @wide q = @of(0), r = @of(0);\n"
         "  if (@is_zero(b))\n"
         "    return b;\n"
         "  if (flip) {\n"
         "    a = @negate(a);\n"
         "    b = @negate(b);\n"
         "  }\n"
         "  const bool below = @less(a, @of(0));\n"
         "  if (below)\n"
         "    a = @negate(@add(a, @of(1)));\n"
         "  for (int i = 32 * @LIMBS - 1; i >= 0; i--) {\n"
         "    r = @add(r, r);\n"
         "    r.limb[0] |= (a.limb[i / 32] >> (i % 32)) & 1;\n"
         "    if (@less(r, b))\n"
         "      continue;\n"
         "    r = @add(r, @negate(b));\n"
         "    q.limb[i / 32] |= UINT32_C(1) << (i % 32);\n"
         "  }\n"
         "  return below ? @negate(@add(q, @of(1))) : q;\n"
         "}\n\n",
         USES(HELPER_LESS, HELPER_IS_ZERO, HELPER_NEGATE, HELPER_ADD,
              HELPER_OF)},
    [HELPER_REMAINDER] =
        {"/* a % b with the sign of b; a where b is 0. */\n"
         "static @wide @remainder(@wide a, @wide b) {\n"
         "  return @add(a, @negate(@multiply(@divide(a, b), b)));\n"
         "}\n\n",
         USES(HELPER_DIVIDE, HELPER_MULTIPLY, HELPER_NEGATE, HELPER_ADD)},
    [HELPER_IS_FLOAT] = {"/* Whether a is below 2**53 on both sides. */\n"
                         "static bool @is_float(@wide a) {\n"
                         "  const int64_t end = INT64_C(1) << 53;\n"
                         "  return @less(a, @of(end)) && @less(@of(-end), a);\n"
                         "}\n\n",
                         USES(HELPER_LESS, HELPER_OF)},
    [HELPER_AND] = {"static @wide @and(@wide a, @wide b) {\n"
                    "  for (int i = 0; i < @LIMBS; i++)\n"
                    "    a.limb[i] &= b.limb[i];\n"
                    "  return a;\n"
                    "}\n\n",
                    USES_NOTHING},
    [HELPER_OR] = {"static @wide @or(@wide a, @wide b) {\n"
                   "  for (int i = 0; i < @LIMBS; i++)\n"
                   "    a.limb[i] |= b.limb[i];\n"
                   "  return a;\n"
                   "}\n\n",
                   USES_NOTHING},
    [HELPER_XOR] = {"static @wide @xor(@wide a, @wide b) {\n"
                    "  for (int i = 0; i < @LIMBS; i++)\n"
                    "    a.limb[i] ^= b.limb[i];\n"
                    "  return a;\n"
                    "}\n\n",
                    USES_NOTHING},
};

/* Marks what the needed ones use, from the last to the first. */
static void need_more(emission *e) {
  for (int i = HELPER_COUNT; i-- > 0;)
    for (const helper *u = helpers[i].uses; e->needs[i] && *u != HELPER_COUNT;
         u++)
      e->needs[*u] = true;
}

/* The type, if any function needs it: bits, a sign, and one bit more that
 * division doubles into. */
static void emit_type(emission *e) {
  bool wide = false;
  for (int i = HELPER_OF; i < HELPER_COUNT; i++)
    wide = wide || e->needs[i];
  if (!wide)
    return;
  const size_t limbs = e->bits / 32 + 2;
  emit(e, "enum { @LIMBS = %zu };\n\n", limbs < 3 ? 3 : limbs);
  emit(e, "/* An integer of fixed width: two's complement, least limb first. "
          "*/\n"
          "typedef struct {\n"
          "  uint32_t limb[@LIMBS];\n"
          "} @wide;\n\n");
}

/* The type and the functions. */
void emit_helpers(emission *e) {
  need_more(e);
  emit_type(e);
  for (int i = 0; i < HELPER_COUNT; i++)
    if (e->needs[i])
      emit(e, "%s", helpers[i].text);
}
