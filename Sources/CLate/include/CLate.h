// Late loading: a library is loaded when the first of its functions is called, and not when the program starts. Most runs
// call none of them, and libcurl alone brings thirty others with it. On a Mac, libraries are linked as everywhere.
//
// A file that makes a library late defines each of its functions by LATE_FUNCTION or LATE_PROCEDURE, under the library's
// own name and out of its header, and says before where they are found: by LATE_LIBRARY, or by a `find` of its own. It
// stands between `#pragma GCC visibility push(hidden)` and `pop`, header included, so that the libraries themselves call
// each other and not these.
#pragma once
#ifndef __APPLE__
#include <pthread.h>
#include <stddef.h>

/// The library of that file name, or the end of the process: a message and status 127, as at a start that misses one.
void *late_load(const char *file);
/// A function of a library, or the end of the process.
void *late_find(void *library, const char *name);

/// A library that must be there.
#define LATE_LIBRARY(file)                                                                   \
  static pthread_once_t once = PTHREAD_ONCE_INIT;                                            \
  static void *library;                                                                      \
  static void load(void) { library = late_load(file); }                                      \
  static void *find(const char *name) {                                                      \
    pthread_once(&once, load);                                                               \
    return late_find(library, name);                                                         \
  }

// What two threads find at once is the same, so it does not matter whose is kept.
#define LATE_FIND(name)                                                                      \
  static __typeof__(name) *kept;                                                             \
  __typeof__(name) *function = __atomic_load_n(&kept, __ATOMIC_RELAXED);                     \
  if (function == NULL) {                                                                    \
    function = (__typeof__(name) *)find(#name);                                              \
    __atomic_store_n(&kept, function, __ATOMIC_RELAXED);                                     \
  }

/// 0 or NULL where `find` returns NULL, which LATE_LIBRARY's never does.
#define LATE_FUNCTION(result, name, parameters, arguments)                                   \
  result name parameters {                                                                   \
    LATE_FIND(name)                                                                          \
    return function == NULL ? (result)0 : function arguments;                                \
  }

#define LATE_PROCEDURE(name, parameters, arguments)                                          \
  void name parameters {                                                                     \
    LATE_FIND(name)                                                                          \
    if (function != NULL) function arguments;                                                \
  }
#endif
