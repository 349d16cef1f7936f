// Signals that stop running code, at no cost while none comes: the handler sets a hook on the coroutine that executes.
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "internal.h"

static lb_host *volatile signalled;
static volatile sig_atomic_t wake_descriptor = -1;

static void raise_interrupted(lua_State *L, lua_Debug *frame) {
  (void)frame;
  if (lb_host_of(L)->interrupted < 0) {
    // The one error for which Lua calls no message handler of the script's, where it would run without hooks.
    lua_pushliteral(L, "not enough memory");
    lua_error(L);
  }
  lb_push_where(L);
  if (lua_rawlen(L, -1) > 0) lua_pushliteral(L, ": interrupted!");
  else lua_pushliteral(L, "interrupted!");
  lua_concat(L, 2);
  lua_error(L);
}

void lb_interrupt_hook(lua_State *coroutine) {
  lua_sethook(coroutine, raise_interrupted, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

bool lb_has_interrupt_hook(lua_State *coroutine) { return lua_gethook(coroutine) == raise_interrupted; }

static void handle(int signal) {
  lb_host *host = signalled;
  if (host == NULL) _exit(128 + signal);
  // A closed pipe says so at each write; only a person's second signal is impatience.
  if (host->interrupted != 0 && signal == SIGPIPE) return;
  if (host->interrupted != 0) _exit(128 + signal);
  host->interrupted = signal;
  // Setting a hook is the one thing of Lua that a signal handler may do.
  lua_State *running = host->running;
  if (running != NULL) lb_interrupt_hook(running);
  int saved = errno;
  // A full pipe wakes as well as one more byte.
  ssize_t written = write(wake_descriptor, "", 1);
  (void)written;
  errno = saved;
}

bool lb_interrupt_on(lb_host *host, int signal, int wake) {
  wake_descriptor = wake;
  signalled = host;
  struct sigaction action = {.sa_handler = handle};
  sigemptyset(&action.sa_mask);
  if (sigaction(signal, &action, NULL) != 0) return false;
  // Every signal, not this one alone: who made the thread may have blocked them (threads of libdispatch do), and the
  // programs that a script starts would never know of a hangup, an alarm or a child's end.
  sigset_t none;
  sigemptyset(&none);
  return pthread_sigmask(SIG_SETMASK, &none, NULL) == 0;
}

int lb_interrupt_signal(const lb_host *host) { return host->interrupted; }

void lb_interrupt_end(lb_host *host) {
  if (host->interrupted > 0) host->interrupted = 0;
}

void lb_interrupt_forget(lb_host *host) {
  if (signalled == host) signalled = NULL;
}
