// Calls of host functions: from Lua, to Swift, and back with results, an error or a wait.
#include "internal.h"

#include <string.h>

static const char wait_mark;

void lb_push_mark(lua_State *L, int64_t wait) {
  lua_pushlightuserdata(L, (void *)&wait_mark);
  lua_pushinteger(L, wait);
}

bool lb_is_mark(lua_State *L, int results) { return results == 2 && lua_touserdata(L, -2) == &wait_mark; }

static int go_on(lua_State *L, int status, lua_KContext wait);

// The values on the task's own stack: its results, or what it raised on top.
static int push_task_results(lua_State *L, lb_host *host, int64_t task, bool is_error) {
  lua_State *thread = lb_task_thread(host, task);
  int count = thread == NULL ? 0 : lua_gettop(thread), first = 1;
  luaL_checkstack(L, count + 2, "too many results");
  if (count > 0 && !lua_checkstack(thread, 1)) return luaL_error(L, "stack overflow");
  if (is_error) {
    lua_pushnil(L);
    first = count;
    if (count == 0) {
      lua_pushliteral(L, "not enough memory");
      return 2;
    }
  }
  for (int position = first; position <= count; position++) {
    lua_pushvalue(thread, position);
    lua_xmove(thread, L, 1);
  }
  return is_error ? 2 : count;
}

// Acts on an outcome; Swift has returned, so raising and yielding are free again.
static int finish(lua_State *L, lb_host *host, const lb_call *call, lb_outcome outcome, size_t tape) {
  if (outcome == LB_WAIT) {
    lb_tape_cut(host, tape);
    lb_push_mark(L, call->wait);
    return lua_yieldk(L, 2, (lua_KContext)call->wait, go_on);
  }
  if (outcome == LB_RETURN_TASK || outcome == LB_RETURN_TASK_ERROR) {
    int count = push_task_results(L, host, call->task, outcome == LB_RETURN_TASK_ERROR);
    if (host->tape.length > tape && !host->tape.failed) {
      int error = lua_gettop(L);
      size_t offset = tape;
      lb_push_from_tape(L, host, &offset);
      lb_set_trail(L, error);
    }
    lb_tape_cut(host, tape);
    return count;
  }
  lua_settop(L, 0);
  int count = lb_push_all_from_tape(L, host, tape);
  if (outcome == LB_RETURN) return count;
  if (outcome == LB_RAISE_HERE && count > 0 && lua_istable(L, -1)) {
    lua_pushliteral(L, "where");
    lb_push_where(L);
    lua_rawset(L, -3);
  }
  return lua_error(L);
}

static int trampoline(lua_State *L) {
  lb_host *host = lb_host_of(L);
  lb_call call = {host, L, lua_gettop(L), 0, LUA_NOREF};
  lua_State *outer = host->current;
  size_t tape = host->tape.length;
  int32_t function = (int32_t)lua_tointeger(L, lua_upvalueindex(1));
  host->current = L;
  lb_outcome outcome = host->callbacks.call(host->callbacks.context, function, &call);
  host->current = outer;
  return finish(L, host, &call, outcome, tape);
}

static int go_on(lua_State *L, int status, lua_KContext wait) {
  (void)status;
  lb_host *host = lb_host_of(L);
  lb_call call = {host, L, lua_gettop(L), 0, LUA_NOREF};
  lua_State *outer = host->current;
  size_t tape = host->tape.length;
  host->current = L;
  lb_outcome outcome = host->callbacks.resume(host->callbacks.context, (int64_t)wait, &call);
  host->current = outer;
  return finish(L, host, &call, outcome, tape);
}

void lb_push_host_function(lua_State *L, int32_t function) {
  lua_pushinteger(L, function);
  lua_pushcclosure(L, trampoline, 1);
}

bool lb_is_host_frame(lua_State *L, lua_Debug *frame) {
  if (frame->what[0] != 'C' || !lua_getinfo(L, "f", frame)) return false;
  bool is_host = lua_tocfunction(L, -1) == trampoline;
  lua_pop(L, 1);
  return is_host;
}

// MARK: - Arguments

lb_host *lb_call_host(const lb_call *call) { return call->host; }

int32_t lb_argument_count(const lb_call *call) { return call->count; }

lb_tag lb_argument_tag(const lb_call *call, int32_t position) {
  lua_State *L = call->L;
  int32_t type;
  switch (lua_type(L, position)) {
    case LUA_TNONE:
    case LUA_TNIL: return LB_NIL;
    case LUA_TBOOLEAN: return lua_toboolean(L, position) ? LB_TRUE : LB_FALSE;
    case LUA_TNUMBER: return lua_isinteger(L, position) ? LB_INTEGER : LB_NUMBER;
    case LUA_TSTRING: return LB_STRING;
    case LUA_TTABLE: return LB_TABLE;
    case LUA_TFUNCTION: return LB_FUNCTION;
    case LUA_TUSERDATA: return lb_object_at(L, call->host, position, &type) != NULL ? LB_OBJECT : LB_OTHER;
    default: return LB_OTHER;
  }
}

const char *lb_argument_type_name(const lb_call *call, int32_t position) {
  return lua_typename(call->L, lua_type(call->L, position));
}

int64_t lb_argument_integer(const lb_call *call, int32_t position) { return lua_tointeger(call->L, position); }

double lb_argument_number(const lb_call *call, int32_t position) { return lua_tonumber(call->L, position); }

const char *lb_argument_string(const lb_call *call, int32_t position, size_t *length) {
  // Only of strings: converting a number would ask for memory.
  if (lua_type(call->L, position) != LUA_TSTRING) return NULL;
  return lua_tolstring(call->L, position, length);
}

void *lb_argument_object(const lb_call *call, int32_t position, int32_t *type) {
  return lb_object_at(call->L, call->host, position, type);
}

static int read_argument(lua_State *L) {
  lb_read_to_tape(L, lb_host_of(L), 1);
  return 0;
}

lb_status lb_argument_read(lb_call *call, int32_t position) {
  lua_State *L = call->L;
  lb_host *host = call->host;
  if (!lua_checkstack(L, 2)) return LB_OUT_OF_MEMORY;
  size_t tape = host->tape.length;
  lua_pushcfunction(L, read_argument);
  if (position <= call->count) lua_pushvalue(L, position);
  else lua_pushnil(L);
  int status = lua_pcall(L, 1, 0, 0);
  if (status == LUA_OK) return host->tape.failed ? LB_OUT_OF_MEMORY : LB_OK;
  lb_tape_forget_reading(host, tape);
  size_t length = 0;
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : "";
  lb_set_message(host, text, length);
  lua_pop(L, 1);
  return status == LUA_ERRMEM ? LB_OUT_OF_MEMORY : LB_ERROR;
}

bool lb_can_wait(const lb_call *call) { return lb_thread_can_wait(call->L); }

void lb_set_task(lb_call *call, int64_t task) { call->task = task; }

void lb_set_wait(lb_call *call, int64_t wait) { call->wait = wait; }

static int describe_place(lua_State *L) {
  lb_host *host = lua_touserdata(L, 1);
  lb_push_where(L);
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  lb_set_message(host, text, length);
  return 0;
}

static int describe_blocker(lua_State *L) {
  lb_push_blocker(L);
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  lb_set_message(lb_host_of(L), text, length);
  return 0;
}

lb_status lb_blocker(lb_call *call) { return lb_protected(call->host, describe_blocker, call->host); }

lb_status lb_where(lb_call *call) { return lb_protected(call->host, describe_place, call->host); }
