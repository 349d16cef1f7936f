#ifndef __APPLE__
// For the program's name.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLate.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static void *or_end(void *found) {
  if (found != NULL) return found;
  fprintf(stderr, "%s: %s\n", program_invocation_short_name, dlerror());
  _exit(127);
}

void *late_load(const char *file) { return or_end(dlopen(file, RTLD_LAZY | RTLD_LOCAL)); }

void *late_find(void *library, const char *name) { return or_end(dlsym(library, name)); }
#endif
