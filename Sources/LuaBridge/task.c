// Chunks and tasks: a task is a coroutine of the host's, resumed by nobody but its scheduler.
#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct load_request {
  const char *bytes, *name, *mode;
  size_t length;
  int64_t reference;
} load_request;

static int load_chunk(lua_State *L) {
  load_request *request = lua_touserdata(L, 1);
  if (luaL_loadbufferx(L, request->bytes, request->length, request->name, request->mode) != LUA_OK) return lua_error(L);
  request->reference = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

lb_status lb_load(lb_host *host, const void *bytes, size_t length, const char *name, const char *mode,
                  int64_t *reference) {
  load_request request = {bytes, name, mode, length, LUA_NOREF};
  lb_status status = lb_protected(host, load_chunk, &request);
  *reference = request.reference;
  static const char early_end[] = "near <eof>";
  const size_t tail = sizeof early_end - 1;
  if (status == LB_ERROR && host->message.length >= tail &&
      memcmp(host->message.bytes + host->message.length - tail, early_end, tail) == 0)
    return LB_INCOMPLETE;
  return status;
}

void lb_unref(lb_host *host, int64_t reference) { luaL_unref(host->main, LUA_REGISTRYINDEX, (int)reference); }

typedef struct task_request {
  size_t offset;
  int64_t task;
} task_request;

static int main_ended(lua_State *L, int status, lua_KContext unused) {
  (void)status;
  (void)unused;
  return lua_gettop(L);
}

// Below a program there is a C function, as in the stock interpreter: `debug` shows it, and stacks end with it.
static int run_main(lua_State *L) {
  lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, main_ended);
  return lua_gettop(L);
}

bool lb_is_main_frame(lua_State *L, lua_Debug *frame) {
  if (frame->what[0] != 'C' || !lua_getinfo(L, "f", frame)) return false;
  bool is_main = lua_tocfunction(L, -1) == run_main;
  lua_pop(L, 1);
  return is_main;
}

static int make_task(lua_State *L) {
  task_request *request = lua_touserdata(L, 1);
  lb_host *host = lb_host_of(L);
  lua_State *thread = lua_newthread(L);
  lb_thread_set(thread, LB_THREAD_TASK, true);
  lua_pushcfunction(thread, run_main);
  int count = lb_push_all_from_tape(L, host, request->offset);
  luaL_checkstack(L, 1, NULL);
  if (!lua_checkstack(thread, count)) return luaL_error(L, "too many arguments");
  lua_xmove(L, thread, count);
  request->task = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

lb_status lb_task_new(lb_host *host, size_t offset, int64_t *task) {
  task_request request = {offset, LUA_NOREF};
  lb_status status = lb_protected(host, make_task, &request);
  lb_tape_cut(host, offset);
  *task = request.task;
  return status;
}

static int make_task_from_arguments(lua_State *L) {
  int count = lua_gettop(L) - 1;
  task_request *request = lua_touserdata(L, count + 1);
  lua_pop(L, 1);
  lua_State *thread = lua_newthread(L);
  lua_insert(L, 1);
  lb_thread_set(thread, LB_THREAD_TASK, true);
  if (!lua_checkstack(thread, count)) return luaL_error(L, "too many arguments");
  lua_xmove(L, thread, count);
  request->task = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

lb_status lb_task_from_call(lb_call *call, int32_t position, int64_t *task) {
  lua_State *L = call->L;
  int count = call->count - position + 1;
  task_request request = {0, LUA_NOREF};
  if (count < 1 || !lua_checkstack(L, count + 2)) return LB_OUT_OF_MEMORY;
  lua_pushcfunction(L, make_task_from_arguments);
  for (int argument = position; argument <= call->count; argument++) lua_pushvalue(L, argument);
  lua_pushlightuserdata(L, &request);
  int status = lua_pcall(L, count + 1, 0, 0);
  *task = request.task;
  if (status == LUA_OK) return LB_OK;
  size_t length = 0;
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : "";
  lb_set_message(call->host, text, length);
  lua_pop(L, 1);
  return status == LUA_ERRMEM ? LB_OUT_OF_MEMORY : LB_ERROR;
}

lua_State *lb_task_thread(lb_host *host, int64_t task) {
  lua_State *L = host->current;
  if (!lua_checkstack(L, 1)) return NULL;
  lua_rawgeti(L, LUA_REGISTRYINDEX, task);
  lua_State *thread = lua_tothread(L, -1);
  lua_pop(L, 1);
  return thread;
}

int lb_tracked_resume(lb_host *host, lua_State *from, lua_State *coroutine, int arguments, int *results) {
  lua_State *outer = host->running, *outer_current = host->current;
  size_t tape = host->tape.length;
  host->running = coroutine;
  // A hook belongs to one coroutine: an interrupt must reach those that run later too, and let go of those it has.
  if (host->interrupted != 0) lb_interrupt_hook(coroutine);
  else if (lb_has_interrupt_hook(coroutine)) lua_sethook(coroutine, NULL, 0, 0);
  int status = lua_resume(coroutine, from, arguments, results);
  host->running = outer;
  host->current = outer_current;
  if (host->interrupted != 0 && outer != NULL) lb_interrupt_hook(outer);
  // An error that left a half-made result behind.
  lb_tape_cut(host, tape);
  return status;
}

int lb_tracked_reset(lb_host *host, lua_State *coroutine) {
  lua_State *outer = host->running, *outer_current = host->current;
  size_t tape = host->tape.length;
  host->running = coroutine;
  // Only what `<close>` variables do runs in it now, and nobody resumes those.
  lb_thread_set(coroutine, LB_THREAD_WAITING, false);
  if (host->interrupted != 0) lb_interrupt_hook(coroutine);
  int status = lua_resetthread(coroutine);
  host->running = outer;
  host->current = outer_current;
  lb_tape_cut(host, tape);
  if (host->interrupted != 0 && outer != NULL) lb_interrupt_hook(outer);
  return status;
}

lb_task_status lb_task_resume(lb_host *host, int64_t task, int64_t *wait) {
  lua_State *thread = lb_task_thread(host, task);
  if (thread == NULL) return LB_TASK_FAILED;
  int results = 0;
  bool is_new = lua_status(thread) == LUA_OK;
  int status = lb_tracked_resume(host, host->main, thread, is_new ? lua_gettop(thread) - 1 : 0, &results);
  if (status == LUA_OK) return LB_TASK_DONE;
  if (status != LUA_YIELD) return LB_TASK_FAILED;
  // Nothing but a mark can arrive: `coroutine.yield` of a task itself raises.
  *wait = lb_is_mark(thread, results) ? lua_tointeger(thread, -1) : 0;
  lua_pop(thread, results);
  return LB_TASK_WAITING;
}

bool lb_task_waits_in(lb_host *host, int64_t task, const void *coroutine) {
  lua_State *thread = lb_task_thread(host, task);
  while (thread != NULL && thread != coroutine) thread = lb_waiting_child(thread);
  return thread != NULL;
}

typedef struct inspection {
  lua_State *thread;
} inspection;

static int read_results(lua_State *L) {
  lua_State *thread = ((inspection *)lua_touserdata(L, 1))->thread;
  lb_host *host = lb_host_of(L);
  int count = lua_gettop(thread);
  for (int position = 1; position <= count; position++) {
    lua_pushvalue(thread, position);
    lua_xmove(thread, L, 1);
    lb_read_to_tape(L, host, -1);
    lua_pop(L, 1);
  }
  return 0;
}

lb_status lb_task_results(lb_host *host, int64_t task) {
  inspection request = {lb_task_thread(host, task)};
  if (request.thread == NULL || !lua_checkstack(request.thread, 1)) return LB_OUT_OF_MEMORY;
  return lb_protected(host, read_results, &request);
}

// The one line for an error value, as the stock interpreter finds it: a `__tostring` that gives no string is none.
static void push_error_text(lua_State *L) {
  int value = lua_gettop(L);
  if (lua_isstring(L, value)) {
    lua_pushvalue(L, value);
    lua_tostring(L, -1);
  } else if (!luaL_callmeta(L, value, "__tostring") || lua_type(L, -1) != LUA_TSTRING) {
    lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, value));
  }
}

static int push_error_text_of(lua_State *L) {
  push_error_text(L);
  return 1;
}

static int read_error_value(lua_State *L) {
  lb_read_to_tape(L, lb_host_of(L), 1);
  return 0;
}

static int read_error(lua_State *L) {
  lua_State *thread = ((inspection *)lua_touserdata(L, 1))->thread;
  lb_host *host = lb_host_of(L);
  size_t length, tape = host->tape.length;
  lua_pushvalue(thread, -1);
  lua_xmove(thread, L, 1);
  int value = lua_gettop(L);
  // A value that cannot be copied (it may contain itself), or whose text cannot be had, still is an error to be told.
  lua_pushcfunction(L, read_error_value);
  lua_pushvalue(L, value);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
    lb_tape_forget_reading(host, tape);
    lb_put_tag(host, LB_OTHER);
    lua_pop(L, 1);
  }
  lua_pushcfunction(L, push_error_text_of);
  lua_pushvalue(L, value);
  if (lua_pcall(L, 1, 1, 0) != LUA_OK && lua_type(L, -1) != LUA_TSTRING) {
    lua_pop(L, 1);
    lua_pushliteral(L, "(error object whose text cannot be told)");
  }
  const char *text = lua_tolstring(L, -1, &length);
  lb_put_string(host, text, length);
  lua_pushliteral(L, "stack traceback:");
  lb_push_trail(L, value, thread);
  lb_push_traceback(L, thread);
  lua_concat(L, 3);
  text = lua_tolstring(L, -1, &length);
  lb_put_string(host, text, length);
  return 0;
}

lb_status lb_task_error(lb_host *host, int64_t task) {
  inspection request = {lb_task_thread(host, task)};
  if (request.thread == NULL || !lua_checkstack(request.thread, 1)) return LB_OUT_OF_MEMORY;
  return lb_protected(host, read_error, &request);
}

int lb_close_chain(lb_host *host, lua_State *thread, lua_State **raised) {
  lua_State *child = lb_waiting_child(thread);
  int inner = child == NULL ? LUA_OK : lb_close_chain(host, child, raised);
  int status = lb_tracked_reset(host, thread);
  if (inner != LUA_OK) return inner;
  *raised = thread;
  return status;
}

// Moves a copy of the error on top of a task that has failed to L; false when there is none, or no room.
static bool push_failure(lua_State *L, lua_State *thread) {
  if (!lua_checkstack(L, 2) || !lua_checkstack(thread, 1)) return false;
  lua_pushvalue(thread, -1);
  lua_xmove(thread, L, 1);
  return true;
}

bool lb_task_close(lb_host *host, int64_t task) {
  lua_State *thread = lb_task_thread(host, task), *raised = thread, *L = host->current;
  if (thread == NULL) return true;
  int top = lua_gettop(L);
  bool has_failed = lua_status(thread) > LUA_YIELD && push_failure(L, thread);
  int status = lb_close_chain(host, thread, &raised);
  // What a coroutine inside raised becomes the task's error.
  if (status != LUA_OK && raised != thread && lua_checkstack(thread, 1) && lua_checkstack(raised, 1)) {
    lua_pushvalue(raised, -1);
    lua_xmove(raised, thread, 1);
  }
  if (!has_failed) return status == LUA_OK;
  bool is_same = !push_failure(L, thread) || lua_rawequal(L, -1, -2);
  lua_settop(L, top);
  return is_same;
}
