// Limits of what a script may use: how one is reached, and the allocator that keeps to the one of memory.
#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "internal.h"

// What Lua gets beyond its limit once that is reached, for the way out: a traceback, `<close>` variables.
enum { RESERVE = 1 << 20 };

void lb_reach_limit(lb_host *host, lb_limit limit) {
  if (atomic_exchange(&host->limits.reached, (int)limit) != LB_LIMIT_NONE) return;
  if (host->limits.memory < SIZE_MAX - RESERVE) host->limits.memory += RESERVE;
  // Who has pressed Ctrl-C before gets the end that belongs to it.
  if (host->interrupted == 0) host->interrupted = -(int)limit;
  lua_State *running = host->running;
  if (running != NULL) lb_interrupt_hook(running);
  if (host->limits.wake < 0) return;
  int saved = errno;
  ssize_t written = write(host->limits.wake, "", 1);
  (void)written;
  errno = saved;
}

lb_limit lb_reached_limit(const lb_host *host) { return (lb_limit)atomic_load(&host->limits.reached); }

static void *allocate_limited(void *context, void *block, size_t old_size, size_t new_size) {
  lb_host *host = context;
  lb_limits *limits = &host->limits;
  size_t had = block == NULL ? 0 : old_size;
  if (new_size > had) {
    size_t growth = new_size - had;
    if (host->memory_used > limits->memory || growth > limits->memory - host->memory_used) {
      // Lua collects what it can and asks once more. What alone is too much is refused for good at once.
      if (growth > limits->memory || limits->refused == new_size) lb_reach_limit(host, LB_LIMIT_MEMORY);
      limits->refused = new_size;
      return NULL;
    }
    limits->refused = 0;
  }
  return lb_allocate(host, block, old_size, new_size);
}

void lb_limit_memory(lb_host *host, size_t bytes, int wake) {
  host->limits.memory = bytes;
  host->limits.tape = bytes / 8;
  host->limits.wake = wake;
  lua_setallocf(host->main, allocate_limited, host);
}
