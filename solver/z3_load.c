#include "solver/z3_load.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* Where Z3 may be, best first; the build system says.  DIMSAT_Z3_PATH is the
 * file that was found where the loader does not look by itself. */
static const char *const places[] = {
#ifdef DIMSAT_Z3_PATH
    DIMSAT_Z3_PATH,
#endif
    DIMSAT_Z3_NAME,
};

/* Written once, under `once`. */
static z3_functions functions;
static char failure[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

const z3_functions *const z3_api = &functions;

/* The functions and their names, in one order. */
typedef struct {
  const char *name;
  size_t offset; /* of the pointer in z3_functions */
} entry;
#define Z3_ENTRY(name) {"Z3_" #name, offsetof(z3_functions, name)},
static const entry entries[] = {Z3_FUNCTIONS(Z3_ENTRY)};
#undef Z3_ENTRY

/* Fills `f` from a loaded library; the name of a missing function, or NULL. */
static const char *find_functions(z3_functions *f, void *library) {
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
    void *const function = dlsym(library, entries[i].name);
    if (function == NULL)
      return entries[i].name;
    memcpy((char *)f + entries[i].offset, &function, sizeof function);
  }
  return NULL;
}

/* Loads one library; see z3_load.h. */
bool z3_load_from(z3_functions *f, const char *name, char *reason,
                  size_t size) {
  void *const library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    snprintf(reason, size, "Z3 could not be loaded: %s", dlerror());
    return false;
  }
  const char *const missing = find_functions(f, library);
  if (missing != NULL)
    snprintf(reason, size, "Z3 could not be loaded: %s has no function %s",
             name, missing);
  return missing == NULL;
}

/* Loads from the first place that has it; the last failure is told. */
static void load(void) {
  bool loaded = false;
  for (size_t i = 0; i < sizeof places / sizeof *places && !loaded; i++)
    loaded = z3_load_from(&functions, places[i], failure, sizeof failure);
  if (loaded)
    failure[0] = '\0';
}

/* Loads once; see z3_load.h. */
const char *z3_load(void) {
  pthread_once(&once, load);
  return failure[0] != '\0' ? failure : NULL;
}
