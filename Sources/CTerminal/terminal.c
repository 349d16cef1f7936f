#define _GNU_SOURCE
#include "CTerminal.h"

#include <stdint.h>
#include <stdio.h>

static ct_writer writers[3];

#ifdef __APPLE__

static int write_to(void *cookie, const char *bytes, int count) {
  int descriptor = (int)(intptr_t)cookie;
  return (int)writers[descriptor](descriptor, bytes, (size_t)count);
}

static FILE *open_stream(int descriptor) {
  return funopen((void *)(intptr_t)descriptor, NULL, write_to, NULL, NULL);
}

#else

static ssize_t write_to(void *cookie, const char *bytes, size_t count) {
  int descriptor = (int)(intptr_t)cookie;
  long written = writers[descriptor](descriptor, bytes, count);
  return written < 0 ? 0 : (ssize_t)written;
}

static FILE *open_stream(int descriptor) {
  cookie_io_functions_t functions = {.write = write_to};
  return fopencookie((void *)(intptr_t)descriptor, "w", functions);
}

#endif

bool ct_redirect(int descriptor, ct_writer writer) {
  if (descriptor != 1 && descriptor != 2) return false;
  writers[descriptor] = writer;
  FILE *stream = open_stream(descriptor);
  if (stream == NULL) return false;
  setvbuf(stream, NULL, descriptor == 1 ? _IOLBF : _IONBF, BUFSIZ);
  if (descriptor == 1) {
    fflush(stdout);
    stdout = stream;
  } else {
    fflush(stderr);
    stderr = stream;
  }
  return true;
}
