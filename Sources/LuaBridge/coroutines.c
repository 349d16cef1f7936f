// Lua's `coroutine` library with waits: a wait of the host passes through the author's coroutines untouched, outward to
// the task and back inward. What Lua itself does stays as it is.
#include "internal.h"

enum { WAITS = -1, FAILED = -2 };

// Resumes `coroutine`, moving `arguments` over to it. Its results, or its error, are moved to L: returns their number,
// or FAILED with the error on top of L, or WAITS with nothing moved and `*wait` set.
static int step(lua_State *L, lua_State *coroutine, int arguments, int64_t *wait) {
  lb_host *host = lb_host_of(L);
  int results = 0;
  if (!lua_checkstack(coroutine, arguments)) {
    lua_pushliteral(L, "too many arguments to resume");
    return FAILED;
  }
  lua_xmove(L, coroutine, arguments);
  lb_thread_set(coroutine, LB_THREAD_BLOCKED, !lb_thread_can_wait(L));
  int status = lb_tracked_resume(host, L, coroutine, arguments, &results);
  if (status == LUA_YIELD && lb_is_mark(coroutine, results)) {
    *wait = lua_tointeger(coroutine, -1);
    lua_pop(coroutine, results);
    lb_thread_set(coroutine, LB_THREAD_WAITING, true);
    return WAITS;
  }
  if (status != LUA_OK && status != LUA_YIELD) {
    // A limit leaves room to tell where.
    if (status != LUA_ERRMEM || host->interrupted < 0) lb_keep_trail(L, coroutine);
    lua_xmove(coroutine, L, 1);
    return FAILED;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(coroutine, results);
    lua_pushliteral(L, "too many results to resume");
    return FAILED;
  }
  lua_xmove(coroutine, L, results);
  return results;
}

static int start(lua_State *L, lua_State *coroutine, int arguments, int64_t *wait) {
  // Another task may hold a coroutine that waits: to everyone but its waiter it is at work, not suspended.
  if (lb_thread_has(coroutine, LB_THREAD_WAITING) || lb_thread_has(coroutine, LB_THREAD_TASK)) {
    lua_pop(L, arguments);
    lua_pushliteral(L, "cannot resume non-suspended coroutine");
    return FAILED;
  }
  return step(L, coroutine, arguments, wait);
}

// Goes on with a coroutine whose wait is over.
static int step_on(lua_State *L, lua_State *coroutine, int64_t *wait) {
  lb_thread_set(coroutine, LB_THREAD_WAITING, false);
  if (lua_status(coroutine) == LUA_YIELD) return step(L, coroutine, 0, wait);
  lua_pushliteral(L, "the coroutine was closed while it waited");
  return FAILED;
}

bool lb_thread_can_wait(lua_State *L) {
  return lua_isyieldable(L) && !lb_thread_has(L, LB_THREAD_BLOCKED);
}

static lua_State *check_coroutine(lua_State *L) {
  lua_State *coroutine = lua_tothread(L, 1);
  luaL_argexpected(L, coroutine, 1, "thread");
  return coroutine;
}

static int resume_done(lua_State *L, int results, int64_t wait);

static int resume_go_on(lua_State *L, int status, lua_KContext unused) {
  (void)status;
  (void)unused;
  int64_t wait = 0;
  lua_State *coroutine = lua_tothread(L, 1);
  return resume_done(L, step_on(L, coroutine, &wait), wait);
}

static int resume_done(lua_State *L, int results, int64_t wait) {
  if (results == WAITS) {
    lb_push_mark(L, wait);
    return lua_yieldk(L, 2, 0, resume_go_on);
  }
  if (results == FAILED) {
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
  }
  lua_pushboolean(L, 1);
  lua_insert(L, -(results + 1));
  return results + 1;
}

static int coroutine_resume(lua_State *L) {
  int64_t wait = 0;
  lua_State *coroutine = check_coroutine(L);
  return resume_done(L, start(L, coroutine, lua_gettop(L) - 1, &wait), wait);
}

static int wrap_done(lua_State *L, lua_State *coroutine, int results, int64_t wait);

static int wrap_go_on(lua_State *L, int status, lua_KContext unused) {
  (void)status;
  (void)unused;
  int64_t wait = 0;
  lua_State *coroutine = lua_tothread(L, lua_upvalueindex(1));
  return wrap_done(L, coroutine, step_on(L, coroutine, &wait), wait);
}

static int wrap_done(lua_State *L, lua_State *coroutine, int results, int64_t wait) {
  if (results == WAITS) {
    lb_push_mark(L, wait);
    return lua_yieldk(L, 2, 0, wrap_go_on);
  }
  if (results != FAILED) return results;
  int status = lua_status(coroutine);
  if (status != LUA_OK && status != LUA_YIELD) {
    status = lb_tracked_reset(lb_host_of(L), coroutine);
    lua_xmove(coroutine, L, 1);
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
    lb_trail_is_of(L, -1);
  }
  return lua_error(L);
}

static int wrap_call(lua_State *L) {
  int64_t wait = 0;
  lua_State *coroutine = lua_tothread(L, lua_upvalueindex(1));
  return wrap_done(L, coroutine, start(L, coroutine, lua_gettop(L), &wait), wait);
}

static int coroutine_wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *coroutine = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, coroutine, 1);
  lua_pushcclosure(L, wrap_call, 1);
  return 1;
}

static int coroutine_yield(lua_State *L) {
  // A task is a coroutine only to the host; to the author it is the program.
  if (lb_thread_has(L, LB_THREAD_TASK)) {
    lua_pushliteral(L, "attempt to yield from outside a coroutine");
    return lua_error(L);
  }
  return lua_yield(L, lua_gettop(L));
}

static lua_State *optional_coroutine(lua_State *L) {
  return lua_isnone(L, 1) ? L : check_coroutine(L);
}

static int coroutine_isyieldable(lua_State *L) {
  lua_State *coroutine = optional_coroutine(L);
  lua_pushboolean(L, !lb_thread_has(coroutine, LB_THREAD_TASK) && lua_isyieldable(coroutine));
  return 1;
}

static int coroutine_running(lua_State *L) {
  lua_pushthread(L);
  lua_pushboolean(L, lb_thread_has(L, LB_THREAD_TASK));
  return 2;
}

static const char *status_word(lua_State *L, lua_State *coroutine) {
  if (L == coroutine) return "running";
  if (lb_thread_has(coroutine, LB_THREAD_WAITING)) return "normal";
  switch (lua_status(coroutine)) {
    // A task that waits is suspended by the host, not by the author.
    case LUA_YIELD: return lb_thread_has(coroutine, LB_THREAD_TASK) ? "normal" : "suspended";
    case LUA_OK: {
      lua_Debug frame;
      if (lua_getstack(coroutine, 0, &frame)) return "normal";
      return lua_gettop(coroutine) == 0 ? "dead" : "suspended";
    }
    default: return "dead";
  }
}

static int coroutine_status(lua_State *L) {
  lua_pushstring(L, status_word(L, check_coroutine(L)));
  return 1;
}

static int coroutine_close(lua_State *L) {
  lua_State *coroutine = check_coroutine(L), *raised = coroutine;
  lb_host *host = lb_host_of(L);
  const char *word = status_word(L, coroutine);
  // Stock Lua has no coroutine that waits. Its wait ends here, and the task inside goes on: resuming it has failed.
  bool waits = lb_thread_has(coroutine, LB_THREAD_WAITING);
  if (!waits && word[0] != 'd' && word[0] != 's') return luaL_error(L, "cannot close a %s coroutine", word);
  if (waits) host->callbacks.abandon(host->callbacks.context, coroutine);
  if (lb_close_chain(host, coroutine, &raised) == LUA_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushboolean(L, 0);
  lua_xmove(raised, L, 1);
  return 2;
}

lua_State *lb_waiting_child(lua_State *L) {
  lua_Debug frame;
  lua_State *child = NULL;
  if (lua_status(L) != LUA_YIELD || !lua_checkstack(L, 2) || !lua_getstack(L, 0, &frame)) return NULL;
  lua_getinfo(L, "f", &frame);
  lua_CFunction function = lua_tocfunction(L, -1);
  if (function == coroutine_resume && lua_getlocal(L, &frame, 1) != NULL) {
    child = lua_tothread(L, -1);
    lua_pop(L, 1);
  } else if (function == wrap_call && lua_getupvalue(L, -1, 1) != NULL) {
    child = lua_tothread(L, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return child;
}

void lb_open_coroutines(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"resume", coroutine_resume},
      {"wrap", coroutine_wrap},
      {"yield", coroutine_yield},
      {"isyieldable", coroutine_isyieldable},
      {"running", coroutine_running},
      {"status", coroutine_status},
      {"close", coroutine_close},
      {NULL, NULL},
  };
  lua_getglobal(L, "coroutine");
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}
