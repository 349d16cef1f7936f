// What the host gives to Lua: functions, tables, types of objects.
#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct global_request {
  lb_host *host;
  const char *path;
  size_t offset;
} global_request;

static int set_global(lua_State *L) {
  global_request *request = lua_touserdata(L, 1);
  const char *name = request->path;
  lua_pushglobaltable(L);
  for (const char *dot = strchr(name, '.'); dot != NULL; name = dot + 1, dot = strchr(name, '.')) {
    lua_pushlstring(L, name, (size_t)(dot - name));
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) != LUA_TTABLE) {
      lua_pop(L, 1);
      lua_createtable(L, 0, 0);
      lua_pushvalue(L, -2);
      lua_pushvalue(L, -2);
      lua_rawset(L, -5);
    }
    lua_remove(L, -2);
    lua_remove(L, -2);
  }
  lua_pushstring(L, name);
  size_t offset = request->offset;
  lb_push_from_tape(L, request->host, &offset);
  lua_rawset(L, -3);
  return 0;
}

lb_status lb_set_global(lb_host *host, const char *path, size_t offset) {
  global_request request = {host, path, offset};
  lb_status status = lb_protected(host, set_global, &request);
  lb_tape_cut(host, offset);
  return status;
}

static int read_global(lua_State *L) {
  const char *name = lua_touserdata(L, 1);
  lua_pushglobaltable(L);
  for (const char *dot = strchr(name, '.');; name = dot + 1, dot = strchr(name, '.')) {
    if (dot != NULL) lua_pushlstring(L, name, (size_t)(dot - name));
    else lua_pushstring(L, name);
    // As it is, without metamethods: those could run for ever.
    if (lua_istable(L, -2)) lua_rawget(L, -2);
    else lua_pushnil(L);
    lua_replace(L, 2);
    lua_settop(L, 2);
    if (dot == NULL) break;
  }
  lb_read_to_tape(L, lb_host_of(L), -1);
  return 0;
}

lb_status lb_read_global(lb_host *host, const char *path) { return lb_protected(host, read_global, (void *)path); }

typedef struct reference_request {
  size_t offset;
  int64_t reference;
} reference_request;

static int make_reference(lua_State *L) {
  reference_request *request = lua_touserdata(L, 1);
  size_t offset = request->offset;
  lb_push_from_tape(L, lb_host_of(L), &offset);
  request->reference = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

lb_status lb_ref(lb_host *host, size_t offset, int64_t *reference) {
  reference_request request = {offset, LUA_NOREF};
  lb_status status = lb_protected(host, make_reference, &request);
  lb_tape_cut(host, offset);
  *reference = request.reference;
  return status;
}

static int set_loaded(lua_State *L) {
  const char *name = lua_touserdata(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getglobal(L, name);
  lua_setfield(L, -2, name);
  return 0;
}

lb_status lb_set_loaded(lb_host *host, const char *name) { return lb_protected(host, set_loaded, (void *)name); }

static int release_object(lua_State *L) {
  lb_host *host = lb_host_of(L);
  int32_t type;
  void *object = lb_object_at(L, host, 1, &type);
  if (object == NULL) return 0;
  *(void **)lua_touserdata(L, 1) = NULL;
  host->callbacks.release(host->callbacks.context, object);
  return 0;
}

static int make_type(lua_State *L) {
  lb_host *host = lb_host_of(L);
  const char *name = lua_touserdata(L, 1);
  lua_createtable(L, 0, 8);
  lua_pushstring(L, name);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "__name");
  // Scripts see the name instead of the metatable, so they cannot take its finalizer.
  lua_setfield(L, -2, "__metatable");
  lua_pushcfunction(L, release_object);
  lua_setfield(L, -2, "__gc");
  lb_type *grown = realloc(host->types, (size_t)(host->type_count + 1) * sizeof *grown);
  if (grown == NULL) return luaL_error(L, "not enough memory");
  host->types = grown;
  const void *metatable = lua_topointer(L, -1);
  int reference = luaL_ref(L, LUA_REGISTRYINDEX);
  host->types[host->type_count++] = (lb_type){metatable, reference};
  return 0;
}

lb_status lb_new_type(lb_host *host, const char *name, int32_t *type) {
  lb_status status = lb_protected(host, make_type, (void *)name);
  if (status == LB_OK) *type = host->type_count - 1;
  return status;
}

typedef struct metamethod_request {
  const char *name;
  int32_t type, function;
} metamethod_request;

static int set_metamethod(lua_State *L) {
  metamethod_request *request = lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, lb_host_of(L)->types[request->type].reference);
  lb_push_host_function(L, request->function);
  lua_setfield(L, -2, request->name);
  return 0;
}

lb_status lb_set_metamethod(lb_host *host, int32_t type, const char *name, int32_t function) {
  if (type < 0 || type >= host->type_count) {
    lb_set_message(host, "no such type", 12);
    return LB_ERROR;
  }
  metamethod_request request = {name, type, function};
  return lb_protected(host, set_metamethod, &request);
}
