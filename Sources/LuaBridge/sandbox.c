// The sandbox: what scripts from someone else do not get. Everything else stays Lua's own.
#include <stdlib.h>

#include "internal.h"

static int refused(lua_State *L) {
  return luaL_error(L, "'%s' is not available in the sandbox", lua_tostring(L, lua_upvalueindex(1)));
}

void lb_refuse(lua_State *L, const char *library, const char *name) {
  lua_pushfstring(L, "%s.%s", library, name);
  lua_pushcclosure(L, refused, 1);
  lua_setfield(L, -2, name);
}

// A finalizer runs where no hook is called, so it could run for ever.
static int sandbox_setmetatable(lua_State *L) {
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
  lua_settop(L, 2);
  if (type == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "'__gc' is not available in the sandbox");
    lua_settop(L, 2);
  }
  lua_setmetatable(L, 1);
  return 1;
}

// `collectgarbage`: its upvalue is the stock function. How the collector works is not for scripts to say.
static int sandbox_collectgarbage(lua_State *L) {
  static const char *const options[] = {"collect",  "count",      "isrunning",    "step",        "stop", "restart",
                                        "setpause", "setstepmul", "generational", "incremental", NULL};
  enum { STOP = 4, GENERATIONAL = 8 };
  int option = luaL_checkoption(L, 1, "collect", options);
  if (option >= GENERATIONAL) lua_pushliteral(L, "generational");
  else if (option >= STOP) lua_pushinteger(L, 0);
  if (option >= STOP) return 1;
  lua_settop(L, 0);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushstring(L, options[option]);
  lua_call(L, 1, 1);
  return 1;
}

static int sandbox_getenv(lua_State *L) {
  luaL_checkstring(L, 1);
  luaL_pushfail(L);
  return 1;
}

// `os.setlocale`: its upvalue is the stock function. The locale is the whole process's, so it is only told.
static int sandbox_setlocale(lua_State *L) {
  luaL_optstring(L, 1, NULL);
  if (!lua_isnoneornil(L, 1)) {
    luaL_pushfail(L);
    return 1;
  }
  int count = lua_gettop(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, 1);
  return 1;
}

// Puts a function in the place of the stock one, which becomes its upvalue, in the table on top.
static void replace(lua_State *L, const char *name, lua_CFunction function) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
}

// Scripts see the name instead of the metatable on top.
static void hide(lua_State *L, const char *name) {
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__metatable");
}

static int confine(lua_State *L) {
  lb_host *host = lua_touserdata(L, 1);
  lua_pushglobaltable(L);
  lua_pushcfunction(L, sandbox_setmetatable);
  lua_setfield(L, -2, "setmetatable");
  replace(L, "collectgarbage", sandbox_collectgarbage);

  // Of `debug` the traceback, which is text.
  lua_createtable(L, 0, 1);
  lua_getglobal(L, "debug");
  lua_getfield(L, -1, "traceback");
  lua_setfield(L, -3, "traceback");
  lua_pop(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, "debug");
  lua_pop(L, 1);
  lua_setfield(L, -2, "debug");

  lua_getfield(L, -1, "os");
  lb_refuse(L, "os", "execute");
  lua_pushcfunction(L, sandbox_getenv);
  lua_setfield(L, -2, "getenv");
  replace(L, "setlocale", sandbox_setlocale);
  lua_pop(L, 2);

  lb_open_sandbox_files(L);
  lb_open_sandbox_loading(L);

  // Metatables that host and scripts share.
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  hide(L, "string");
  luaL_getmetatable(L, LUA_FILEHANDLE);
  hide(L, "FILE*");
  lua_rawgeti(L, LUA_REGISTRYINDEX, host->error_metatable);
  hide(L, "error");
  return 0;
}

lb_status lb_confine(lb_host *host, const lb_folders *folders) {
  if (host->sandbox == NULL) host->sandbox = calloc(1, sizeof *host->sandbox);
  if (host->sandbox == NULL) return LB_OUT_OF_MEMORY;
  host->sandbox->folders = folders;
  return lb_protected(host, confine, host);
}

void lb_sandbox_free(lb_host *host) { free(host->sandbox); }
