/*
 * Source lines under the guards of a report.  The place comes from a log that
 * may have been written elsewhere, so only files below the root that the user
 * named are opened.
 */
#include "solver/report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SHOWN_BYTES 160
#define DIGITS "0123456789"

/* Whether `path` lies below `root`; both are absolute, without links. */
static bool is_below(const char *root, const char *path) {
  const size_t n = strlen(root);
  if (strncmp(root, path, n) != 0)
    return false;
  return path[n] == '/' || (n > 0 && root[n - 1] == '/');
}

/* Opens `tail` below `root` for reading when it is a plain file there. */
static FILE *open_below(const char *root, const char *tail) {
  char joined[PATH_MAX], real[PATH_MAX];
  struct stat status;
  const int n = snprintf(joined, sizeof joined, "%s/%s", root, tail);
  if (n < 0 || (size_t)n >= sizeof joined || !realpath(joined, real))
    return NULL;
  if (!is_below(root, real) || stat(real, &status) || !S_ISREG(status.st_mode))
    return NULL;
  return fopen(real, "rb");
}

/* Opens the longest tail of `path` that is a file below `root`; NULL with errno
 * ENOMEM where memory ended. */
static FILE *open_source(const char *root, const char *path) {
  char real_root[PATH_MAX];
  errno = 0;
  if (!realpath(root, real_root))
    return NULL;
  for (const char *tail = path; tail; tail = strchr(tail, '/')) {
    while (*tail == '/')
      tail++;
    FILE *file = *tail ? open_below(real_root, tail) : NULL;
    if (file || errno == ENOMEM)
      return file;
  }
  return NULL;
}

/* Reads the start of line `number` into `line`; false when there is none. */
static bool read_line(FILE *file, uint32_t number, char line[SHOWN_BYTES]) {
  uint32_t at = 1;
  int c = getc(file);
  while (at < number && c != EOF) {
    at += c == '\n';
    c = getc(file);
  }
  if (at != number || c == EOF)
    return false;
  size_t n = 0;
  for (; c != EOF && c != '\n' && n + 1 < SHOWN_BYTES; c = getc(file))
    line[n++] = (char)(c == '\t' ? ' ' : c);
  line[n] = '\0';
  return true;
}

/* The same, and closes the file.  Its buffer is here, so that it asks for none.
 */
static bool read_and_close(FILE *file, uint32_t number,
                           char line[SHOWN_BYTES]) {
  char bytes[BUFSIZ];
  setvbuf(file, bytes, _IOFBF, sizeof bytes);
  const bool found = read_line(file, number, line);
  fclose(file);
  return found;
}

/* Splits "path:12 in f" into path and line number. */
static bool split_place(const char *at, char path[PATH_MAX], uint32_t *line) {
  for (const char *colon = strchr(at, ':'); colon;
       colon = strchr(colon + 1, ':')) {
    const size_t length = (size_t)(colon - at);
    const size_t digits = strspn(colon + 1, DIGITS);
    const char after = colon[1 + digits];
    if (digits == 0 || digits > 9 || (after && after != ' ' && after != ':'))
      continue;
    if (length == 0 || length >= PATH_MAX)
      return false;
    memcpy(path, at, length);
    path[length] = '\0';
    *line = (uint32_t)strtoul(colon + 1, NULL, 10);
    return *line > 0;
  }
  return false;
}

/* The source line of `at` below `root`, or NULL; see report.h. */
const char *source_line(arena *m, const char *root, const char *at,
                        uint32_t *number) {
  char path[PATH_MAX], line[SHOWN_BYTES];
  if (!root || !at || !split_place(at, path, number))
    return NULL;
  FILE *file = open_source(root, path);
  if (!file && errno == ENOMEM)
    fault_raise(m->fault, DIMSAT_NO_MEMORY);
  if (!file)
    return NULL;
  const bool found = read_and_close(file, *number, line);
  return found ? arena_copy_text(m, line, strlen(line)) : NULL;
}
