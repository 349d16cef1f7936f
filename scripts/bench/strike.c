// Strikes a program at the n-th of the calls by which it leaves traces: what is sent, what reaches the disk, what gets a
// name. To be preloaded; steered by the environment:
//   STRIKE_KILL=n     the process kills itself (SIGKILL) at the n-th call: before it when n is odd, after it when even
//   STRIKE_FULL=n     from the n-th call that takes room on, the disk is full (ENOSPC)
//   STRIKE_COUNT=FILE the number of calls of both kinds, in FILE, when the process ends by itself
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long traces, rooms;
static long kill_at, full_at;
static const char *count_to;

__attribute__((constructor)) static void begin(void) {
  const char *at = getenv("STRIKE_KILL"), *full = getenv("STRIKE_FULL");
  kill_at = at ? atol(at) : 0;
  full_at = full ? atol(full) : 0;
  count_to = getenv("STRIKE_COUNT");
}

__attribute__((destructor)) static void end(void) {
  FILE *file = count_to ? fopen(count_to, "w") : NULL;
  if (!file) return;
  fprintf(file, "%ld %ld\n", (long)traces, (long)rooms);
  fclose(file);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// Both kills for each call: numbers 2k-1 and 2k are before and after the k-th.
static long enter(void) {
  long number = atomic_fetch_add(&traces, 1) + 1;
  if (kill_at == number * 2 - 1) kill(getpid(), SIGKILL);
  return number;
}

static void leave(long number) {
  if (kill_at == number * 2) kill(getpid(), SIGKILL);
}

static int is_full(void) {
  long number = atomic_fetch_add(&rooms, 1) + 1;
  return full_at && number >= full_at;
}

static int is_file(int descriptor) {
  struct stat status;
  return descriptor > 2 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

#define TRACE(type, call)      \
  do {                         \
    long number = enter();     \
    type result = call;        \
    int code = errno;          \
    leave(number);             \
    errno = code;              \
    return result;             \
  } while (0)

#define ROOM             \
  if (is_full()) {       \
    errno = ENOSPC;      \
    return -1;           \
  }

int fdatasync(int descriptor) { TRACE(int, REAL(fdatasync)(descriptor)); }
int fsync(int descriptor) { TRACE(int, REAL(fsync)(descriptor)); }
ssize_t send(int socket, const void *bytes, size_t count, int flags) {
  TRACE(ssize_t, REAL(send)(socket, bytes, count, flags));
}
ssize_t sendmsg(int socket, const struct msghdr *message, int flags) {
  TRACE(ssize_t, REAL(sendmsg)(socket, message, flags));
}
int rename(const char *from, const char *to) {
  ROOM
  TRACE(int, REAL(rename)(from, to));
}
int link(const char *from, const char *to) {
  ROOM
  TRACE(int, REAL(link)(from, to));
}
int mkdir(const char *path, mode_t mode) {
  ROOM
  return REAL(mkdir)(path, mode);
}
ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (is_file(descriptor)) ROOM
  return REAL(write)(descriptor, bytes, count);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  if (is_file(descriptor)) ROOM
  return REAL(pwrite64)(descriptor, bytes, count, offset);
}
// A new file takes room too, if only in its folder.
static int has_no_room(const char *path, int flags) {
  return (flags & O_CREAT) && access(path, F_OK) != 0 && is_full();
}

#define OPEN(name)                                  \
  int name(const char *path, int flags, ...) {      \
    va_list rest;                                   \
    va_start(rest, flags);                          \
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                   \
    if (has_no_room(path, flags)) {                 \
      errno = ENOSPC;                               \
      return -1;                                    \
    }                                               \
    return REAL(name)(path, flags, mode);           \
  }
OPEN(open)
OPEN(open64)

int ftruncate64(int descriptor, off64_t length) {
  if (is_file(descriptor)) ROOM
  return REAL(ftruncate64)(descriptor, length);
}
int posix_fallocate64(int descriptor, off64_t offset, off64_t length) {
  if (is_full()) return ENOSPC;
  return REAL(posix_fallocate64)(descriptor, offset, length);
}
