// Lua's `require`, with continuations: a module's top level, and a searcher, may wait. What it does is what the stock
// one does, step by step and word for word.
#include "internal.h"

// Positions on the stack while a module is looked for.
enum { NAME = 1, LOADED, SEARCHERS, MESSAGE, TOP = MESSAGE };

static int look(lua_State *L, lua_Integer searcher);

static int loaded(lua_State *L, int status, lua_KContext unused) {
  (void)status;
  (void)unused;
  // On the stack: …, what the searcher said of the module, what the loader returned.
  const char *name = lua_tostring(L, NAME);
  if (!lua_isnil(L, -1)) lua_setfield(L, LOADED, name);
  else lua_pop(L, 1);
  if (lua_getfield(L, LOADED, name) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, LOADED, name);
  }
  lua_insert(L, -2);
  return 2;
}

static int searched(lua_State *L, int status, lua_KContext searcher) {
  (void)status;
  if (lua_isfunction(L, -2)) {
    lua_insert(L, -2);
    lua_pushvalue(L, NAME);
    lua_pushvalue(L, -3);
    lua_callk(L, 2, 1, 0, loaded);
    return loaded(L, LUA_OK, 0);
  }
  if (lua_isstring(L, -2)) {
    lua_pop(L, 1);
    lua_pushvalue(L, MESSAGE);
    lua_pushliteral(L, "\n\t");
    lua_pushvalue(L, -3);
    lua_concat(L, 3);
    lua_replace(L, MESSAGE);
  }
  lua_settop(L, TOP);
  return look(L, (lua_Integer)searcher + 1);
}

static int look(lua_State *L, lua_Integer searcher) {
  if (lua_rawgeti(L, SEARCHERS, searcher) == LUA_TNIL)
    return luaL_error(L, "module '%s' not found:%s", lua_tostring(L, NAME), lua_tostring(L, MESSAGE));
  lua_pushvalue(L, NAME);
  lua_callk(L, 1, 2, (lua_KContext)searcher, searched);
  return searched(L, LUA_OK, (lua_KContext)searcher);
}

static int require(lua_State *L) {
  const char *name = luaL_checkstring(L, NAME);
  lua_settop(L, NAME);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, LOADED, name);
  if (lua_toboolean(L, -1)) return 1;
  lua_pop(L, 1);
  if (lua_getfield(L, lua_upvalueindex(1), "searchers") != LUA_TTABLE)
    return luaL_error(L, "'package.searchers' must be a table");
  lua_pushliteral(L, "");
  return look(L, 1);
}

void lb_open_require(lua_State *L) {
  lua_getglobal(L, "package");
  lua_pushcclosure(L, require, 1);
  lua_setglobal(L, "require");
}
