// How code comes into a sandbox: as text only, and from files of its folders only. Bytecode is no checked input: it can
// reach anything of the process.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

// Text that was not asked for as text is refused, whatever it is, in the words of the stock function.
static const char *text_mode(const char *mode) { return strchr(mode, 't') != NULL ? "t" : "-"; }

// `load`: its upvalue is the stock function.
static int sandbox_load(lua_State *L) {
  int count = lua_gettop(L);
  if (!lua_isstring(L, 1)) luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_optstring(L, 2, NULL);
  const char *mode = text_mode(luaL_optstring(L, 3, "bt"));
  if (count < 3) {
    lua_settop(L, 3);
    count = 3;
  }
  lua_pushstring(L, mode);
  lua_replace(L, 3);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, LUA_MULTRET);
  return lua_gettop(L);
}

// Compiles a file: pushes the function and returns LUA_OK, or pushes what is wrong with it.
static int load_file(lua_State *L, const char *path, size_t length, const char *mode) {
  int base = lua_gettop(L);
  if (lb_sandbox_open(L, path, length, "r") != 0) {
    lua_pushfstring(L, "cannot open %s: %s", path, lua_tostring(L, -1));
    lua_replace(L, base + 1);
    return LUA_ERRFILE;
  }
  luaL_Stream *stream = lua_touserdata(L, -1);
  luaL_Buffer source;
  luaL_buffinit(L, &source);
  size_t count;
  do {
    char *piece = luaL_prepbuffer(&source);
    count = fread(piece, 1, LUAL_BUFFERSIZE, stream->f);
    luaL_addsize(&source, count);
  } while (count > 0);
  bool failed = ferror(stream->f) != 0;
  luaL_pushresult(&source);
  lua_getfield(L, base + 1, "close");
  lua_pushvalue(L, base + 1);
  lua_call(L, 1, 0);
  if (failed) {
    lua_settop(L, base);
    lua_pushfstring(L, "cannot read %s: %s", path, strerror(EIO));
    return LUA_ERRFILE;
  }
  const char *text = lua_tolstring(L, -1, &count);
  // As the stock loader: a byte-order mark and a first line that begins with `#` are no Lua; the line's end stays.
  if (count >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
    text += 3;
    count -= 3;
  }
  if (count > 0 && text[0] == '#') {
    const char *end = memchr(text, '\n', count);
    count = end == NULL ? 0 : count - (size_t)(end - text);
    text = end == NULL ? "" : end;
  }
  lua_pushfstring(L, "@%s", path);
  int status = luaL_loadbufferx(L, text, count, lua_tostring(L, -1), mode);
  lua_replace(L, base + 1);
  lua_settop(L, base + 1);
  return status;
}

static int sandbox_loadfile(lua_State *L) {
  size_t length;
  const char *path = luaL_optlstring(L, 1, NULL, &length);
  const char *mode = text_mode(luaL_optstring(L, 2, "bt"));
  bool has_environment = !lua_isnone(L, 3);
  int status = path == NULL ? luaL_loadfilex(L, NULL, mode) : load_file(L, path, length, mode);
  if (status != LUA_OK) {
    luaL_pushfail(L);
    lua_insert(L, -2);
    return 2;
  }
  if (has_environment) {
    lua_pushvalue(L, 3);
    if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
  }
  return 1;
}

static int dofile_done(lua_State *L, int status, lua_KContext unused) {
  (void)status;
  (void)unused;
  return lua_gettop(L) - 1;
}

static int sandbox_dofile(lua_State *L) {
  size_t length;
  const char *path = luaL_optlstring(L, 1, NULL, &length);
  lua_settop(L, 1);
  int status = path == NULL ? luaL_loadfilex(L, NULL, "t") : load_file(L, path, length, "t");
  if (status != LUA_OK) return lua_error(L);
  lua_callk(L, 0, LUA_MULTRET, 0, dofile_done);
  return dofile_done(L, LUA_OK, 0);
}

// Pushes the first file that a path names for a module and returns true, or pushes the list of those tried.
static bool search(lua_State *L, const char *name, const char *path, const char *separator, const char *replacement) {
  lb_sandbox *sandbox = lb_host_of(L)->sandbox;
  if (separator[0] != 0 && strchr(name, separator[0]) != NULL) name = luaL_gsub(L, name, separator, replacement);
  luaL_Buffer tried;
  luaL_checkstack(L, 8, NULL);
  lua_pushliteral(L, "");
  int list = lua_gettop(L);
  while (path[0] != 0) {
    const char *end = strchr(path, ';');
    size_t length = end == NULL ? strlen(path) : (size_t)(end - path);
    if (length > 0) {
      lua_pushlstring(L, path, length);
      luaL_buffinit(L, &tried);
      luaL_addgsub(&tried, lua_tostring(L, list + 1), "?", name);
      luaL_pushresult(&tried);
      size_t size;
      const char *file = lua_tolstring(L, -1, &size);
      int descriptor;
      if (lb_folders_open(sandbox->folders, file, size, O_RDONLY, &descriptor) == 0) {
        close(descriptor);
        return true;
      }
      lua_pushfstring(L, "%s%sno file '%s'", lua_tostring(L, list), lua_rawlen(L, list) == 0 ? "" : "\n\t", file);
      lua_replace(L, list);
      lua_settop(L, list);
    }
    path += length + (end != NULL);
  }
  return false;
}

static int sandbox_searchpath(lua_State *L) {
  const char *name = luaL_checkstring(L, 1), *path = luaL_checkstring(L, 2);
  if (search(L, name, path, luaL_optstring(L, 3, "."), luaL_optstring(L, 4, LUA_DIRSEP))) return 1;
  luaL_pushfail(L);
  lua_insert(L, -2);
  return 2;
}

// The searcher of modules in Lua: its upvalue is `package`.
static int search_module(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_getfield(L, lua_upvalueindex(1), "path");
  const char *path = lua_tostring(L, -1);
  if (path == NULL) return luaL_error(L, "'package.path' must be a string");
  if (!search(L, name, path, ".", LUA_DIRSEP)) return 1;
  size_t length;
  const char *file = lua_tolstring(L, -1, &length);
  if (load_file(L, file, length, "t") != LUA_OK)
    return luaL_error(L, "error loading module '%s' from file '%s':\n\t%s", name, file, lua_tostring(L, -1));
  lua_pushstring(L, file);
  return 2;
}

void lb_open_sandbox_loading(lua_State *L) {
  lua_getglobal(L, "load");
  lua_pushcclosure(L, sandbox_load, 1);
  lua_setglobal(L, "load");
  lua_pushcfunction(L, sandbox_loadfile);
  lua_setglobal(L, "loadfile");
  lua_pushcfunction(L, sandbox_dofile);
  lua_setglobal(L, "dofile");

  lua_getglobal(L, "string");
  lb_refuse(L, "string", "dump");
  lua_pop(L, 1);

  lua_getglobal(L, "package");
  lb_refuse(L, "package", "loadlib");
  lua_pushcfunction(L, sandbox_searchpath);
  lua_setfield(L, -2, "searchpath");
  lua_pushliteral(L, "./?.lua;./?/init.lua");
  lua_setfield(L, -2, "path");
  lua_pushliteral(L, "");
  lua_setfield(L, -2, "cpath");
  lua_getfield(L, -1, "searchers");
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, search_module, 1);
  lua_rawseti(L, -2, 2);
  // Those of libraries in C.
  for (int searcher = 3; searcher <= 4; searcher++) {
    lua_pushnil(L);
    lua_rawseti(L, -2, searcher);
  }
  lua_pop(L, 2);
}
