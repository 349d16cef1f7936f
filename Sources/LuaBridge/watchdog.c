// A thread that watches what the host's thread has computed and how much memory the process has. When a limit is reached
// it interrupts the host's thread by a signal, so that nothing is asked of code that keeps within its limits. A script
// that waits computes nothing.
#ifdef __linux__
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#ifdef __APPLE__
#include <mach/mach.h>
#endif

#include "internal.h"

typedef struct lb_watchdog {
  lb_host *host;
  lb_watch_options options;
  pthread_t watched, thread;
  int64_t start;
  // Closing the second ends the thread.
  int ends[2];
} lb_watchdog;

static _Thread_local lb_host *volatile watched_host;

static void stop_host(int signal) {
  (void)signal;
  lb_host *host = watched_host;
  if (host != NULL) lb_reach_limit(host, (lb_limit)atomic_load(&host->limits.asked));
}

// Computing time of the watched thread in nanoseconds; 0 when it cannot be had.
static int64_t computing_time(pthread_t thread) {
#ifdef __APPLE__
  thread_basic_info_data_t info;
  mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
  if (thread_info(pthread_mach_thread_np(thread), THREAD_BASIC_INFO, (thread_info_t)&info, &count) != KERN_SUCCESS)
    return 0;
  int64_t seconds = (int64_t)info.user_time.seconds + info.system_time.seconds;
  return seconds * 1000000000 + ((int64_t)info.user_time.microseconds + info.system_time.microseconds) * 1000;
#else
  clockid_t clock;
  struct timespec time;
  if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
#endif
}

// Bytes of memory that the process has; 0 when that cannot be had.
static size_t process_memory(void) {
#ifdef __APPLE__
  mach_task_basic_info_data_t info;
  mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
  if (task_info(mach_task_self(), MACH_TASK_BASIC_INFO, (task_info_t)&info, &count) != KERN_SUCCESS) return 0;
  return info.resident_size;
#else
  unsigned long whole, resident = 0;
  FILE *file = fopen("/proc/self/statm", "re");
  if (file == NULL) return 0;
  if (fscanf(file, "%lu %lu", &whole, &resident) != 2) resident = 0;
  fclose(file);
  return resident * (size_t)sysconf(_SC_PAGESIZE);
#endif
}

static void ask(lb_watchdog *watchdog, lb_limit limit) {
  int none = LB_LIMIT_NONE;
  if (atomic_compare_exchange_strong(&watchdog->host->limits.asked, &none, (int)limit))
    pthread_kill(watchdog->watched, SIGVTALRM);
}

static void *watch(void *context) {
  lb_watchdog *watchdog = context;
  const lb_watch_options *options = &watchdog->options;
  const int64_t look = 50 * 1000000;
  int64_t reached_at = -1;
  struct pollfd end = {.fd = watchdog->ends[0], .events = POLLIN};
  int64_t pause = 0;
  while (true) {
    int ready = poll(&end, 1, (int)((pause + 999999) / 1000000));
    if (ready > 0) return NULL;
    int64_t used = computing_time(watchdog->watched) - watchdog->start;
    int64_t left = options->time_nanoseconds - used;
    lb_limit reached = lb_reached_limit(watchdog->host);
    if (reached != LB_LIMIT_NONE) {
      if (reached_at < 0) reached_at = used;
      if (used - reached_at > options->grace_nanoseconds) {
        options->on_stuck(options->context, reached);
        return NULL;
      }
      pause = look;
      continue;
    }
    if (options->time_nanoseconds > 0 && left <= 0) ask(watchdog, LB_LIMIT_TIME);
    else if (options->process_bytes > 0 && process_memory() > options->process_bytes) ask(watchdog, LB_LIMIT_MEMORY);
    // No thread computes faster than the clock runs. Memory can be had at any speed.
    const int64_t longest = 60 * (int64_t)1000000000;
    pause = options->process_bytes > 0 || left < look ? look : left < longest ? left : longest;
  }
}

int lb_watch(lb_host *host, const lb_watch_options *options) {
  struct sigaction action = {.sa_handler = stop_host, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGVTALRM, &action, NULL) != 0) return errno;
  lb_watchdog *watchdog = calloc(1, sizeof *watchdog);
  if (watchdog == NULL) return ENOMEM;
  *watchdog = (lb_watchdog){.host = host, .options = *options, .watched = pthread_self()};
  watchdog->start = computing_time(watchdog->watched);
  if (pipe(watchdog->ends) != 0) {
    int code = errno;
    free(watchdog);
    return code;
  }
  fcntl(watchdog->ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(watchdog->ends[1], F_SETFD, FD_CLOEXEC);
  host->limits.wake = options->wake;
  watched_host = host;
  // A thread has the mask of the one that made it.
  sigset_t own, all, before;
  sigemptyset(&own);
  sigaddset(&own, SIGVTALRM);
  pthread_sigmask(SIG_UNBLOCK, &own, NULL);
  // No signal of the process is for the watchdog.
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int code = pthread_create(&watchdog->thread, NULL, watch, watchdog);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (code != 0) {
    watched_host = NULL;
    close(watchdog->ends[0]);
    close(watchdog->ends[1]);
    free(watchdog);
    return code;
  }
  host->limits.watchdog = watchdog;
  return 0;
}

void lb_watchdog_stop(lb_host *host) {
  lb_watchdog *watchdog = host->limits.watchdog;
  if (watchdog == NULL) return;
  close(watchdog->ends[1]);
  pthread_join(watchdog->thread, NULL);
  close(watchdog->ends[0]);
  free(watchdog);
  host->limits.watchdog = NULL;
  watched_host = NULL;
}
