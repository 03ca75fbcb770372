#include "dimsat/base.h"

/* The sentence of DIMSAT_STATUS_LIST for `status`. */
const char *dimsat_status_text(dimsat_status status) {
  static const char *const text[] = {
#define STATUS_TEXT(name, sentence) [DIMSAT_##name] = sentence,
      DIMSAT_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
  };
  const size_t index = (size_t)status;
  return index < sizeof text / sizeof *text ? text[index] : "unknown status";
}
