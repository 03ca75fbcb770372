/*
 * Runs a target on files, without a fuzzer: dimsat_replay TARGET FILE...
 * A folder stands for the files in it.  Each is named before it is run.
 */
#include "tests/fuzz/target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  fuzz_target *run;
} targets[] = {
#define ROW(name) {#name, fuzz_##name},
    FUZZ_TARGETS(ROW)
#undef ROW
};
#define TARGET_COUNT (sizeof targets / sizeof *targets)

/* The target of this name, or NULL. */
static fuzz_target *find_target(const char *name) {
  for (size_t i = 0; i < TARGET_COUNT; i++)
    if (strcmp(targets[i].name, name) == 0)
      return targets[i].run;
  return NULL;
}

/* Runs the target on a file; false where it cannot be read. */
static bool run_file(fuzz_target *run, const char *path) {
  static uint8_t data[1 << 20];
  FILE *const f = fopen(path, "rb");
  if (!f)
    return false;
  const size_t size = fread(data, 1, sizeof data, f);
  fclose(f);
  printf("%s\n", path);
  fflush(stdout);
  uint8_t *const exact = malloc(size + 1);
  memcpy(exact, data, size);
  run(exact, size);
  free(exact);
  return true;
}

/* Runs it on a file, or on the files of a folder; how many, or -1. */
static int run_path(fuzz_target *run, const char *path) {
  struct dirent **entry;
  const int count = scandir(path, &entry, NULL, alphasort);
  int done = 0;
  if (count < 0)
    return run_file(run, path) ? 1 : -1;
  for (int i = 0; i < count; i++) {
    char file[4096];
    snprintf(file, sizeof file, "%s/%s", path, entry[i]->d_name);
    if (entry[i]->d_name[0] != '.')
      done += run_file(run, file);
    free(entry[i]);
  }
  free(entry);
  return done;
}

int main(int argc, char **argv) {
  fuzz_target *const run = argc > 2 ? find_target(argv[1]) : NULL;
  int done = 0;
  if (!run) {
    fputs("dimsat_replay TARGET FILE..., with a TARGET of:", stderr);
    for (size_t i = 0; i < TARGET_COUNT; i++)
      fprintf(stderr, " %s", targets[i].name);
    fputc('\n', stderr);
    return 2;
  }
  for (int i = 2; i < argc; i++) {
    const int count = run_path(run, argv[i]);
    if (count < 0) {
      perror(argv[i]);
      return 2;
    }
    done += count;
  }
  printf("%d inputs\n", done);
  return 0;
}
