// The sandbox's part of `io` and `os` that deals in files: the stock functions, with files opened in the sandbox's
// folders only. Handles are Lua's own, so their methods are the stock ones.
#ifdef __linux__
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

// Files that a script may have open at once: the host needs descriptors too.
enum { MAX_OPEN = 100 };

static int close_file(lua_State *L) {
  luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  lb_host_of(L)->sandbox->open_files--;
  return luaL_fileresult(L, fclose(stream->f) == 0, NULL);
}

void lb_push_access_error(lua_State *L, const char *path, int code) {
  const char *reason = code == LB_OUTSIDE ? "outside the folders of the sandbox" : strerror(code);
  if (path == NULL) lua_pushstring(L, reason);
  else lua_pushfstring(L, "%s: %s", path, reason);
}

// What fopen makes of a mode.
static int flags_of(const char *mode) {
  bool updates = strchr(mode, '+') != NULL;
  switch (mode[0]) {
    case 'r': return updates ? O_RDWR : O_RDONLY;
    case 'w': return (updates ? O_RDWR : O_WRONLY) | O_CREAT | O_TRUNC;
    default: return (updates ? O_RDWR : O_WRONLY) | O_CREAT | O_APPEND;
  }
}

int lb_sandbox_open(lua_State *L, const char *path, size_t length, const char *mode) {
  lb_sandbox *sandbox = lb_host_of(L)->sandbox;
  luaL_Stream *stream = lua_newuserdatauv(L, sizeof *stream, 0);
  // Closed, until it is open.
  stream->closef = NULL;
  stream->f = NULL;
  luaL_setmetatable(L, LUA_FILEHANDLE);
  int descriptor = -1;
  int code = sandbox->open_files < MAX_OPEN ? 0 : EMFILE;
  if (code == 0) code = lb_folders_open(sandbox->folders, path, length, flags_of(mode), &descriptor);
  if (code == 0) {
    stream->f = fdopen(descriptor, mode);
    if (stream->f == NULL) {
      code = errno;
      close(descriptor);
    }
  }
  if (code != 0) {
    lua_pop(L, 1);
    lb_push_access_error(L, NULL, code);
    return code;
  }
  sandbox->open_files++;
  stream->closef = close_file;
  return 0;
}

// nil, "path: reason", number
static int fail(lua_State *L, const char *path, int code) {
  luaL_pushfail(L);
  lb_push_access_error(L, path, code);
  lua_pushinteger(L, code == LB_OUTSIDE ? EACCES : code);
  return 3;
}

static bool is_mode(const char *mode) {
  if (mode[0] == 0 || strchr("rwa", *mode++) == NULL) return false;
  if (*mode == '+') mode++;
  return strcmp(mode, "") == 0 || strcmp(mode, "b") == 0;
}

static int io_open(lua_State *L) {
  size_t length;
  const char *path = luaL_checklstring(L, 1, &length);
  const char *mode = luaL_optstring(L, 2, "r");
  luaL_argcheck(L, is_mode(mode), 2, "invalid mode");
  int code = lb_sandbox_open(L, path, length, mode);
  return code == 0 ? 1 : fail(L, path, code);
}

// Pushes the handle of the file named by the first argument; raises when it cannot be opened.
static void open_or_raise(lua_State *L, const char *mode) {
  size_t length;
  const char *path = luaL_checklstring(L, 1, &length);
  if (lb_sandbox_open(L, path, length, mode) != 0)
    luaL_error(L, "cannot open file '%s' (%s)", path, lua_tostring(L, -1));
}

// `io.input` and `io.output`: their first upvalue is the stock function, the second the mode.
static int set_default(lua_State *L) {
  int count = lua_gettop(L);
  if (lua_isstring(L, 1)) {
    open_or_raise(L, lua_tostring(L, lua_upvalueindex(2)));
    lua_replace(L, 1);
  } else if (!lua_isnoneornil(L, 1)) {
    luaL_checkudata(L, 1, LUA_FILEHANDLE);
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, 1);
  return 1;
}

// The iterator of `io.lines(name)`: reads with the file's own (first upvalue), and closes the file (second) at its end.
static int next_line(lua_State *L) {
  lua_settop(L, 0);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_call(L, 0, LUA_MULTRET);
  if (lua_gettop(L) > 0 && !lua_isnil(L, 1)) return lua_gettop(L);
  luaL_Stream *stream = lua_touserdata(L, lua_upvalueindex(2));
  if (stream->closef != NULL) {
    lua_getfield(L, lua_upvalueindex(2), "close");
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_call(L, 1, 0);
  }
  lua_settop(L, 0);
  lua_pushnil(L);
  return 1;
}

// `io.lines`: its upvalue is the stock function, for the default input.
static int io_lines(lua_State *L) {
  int count = lua_gettop(L);
  if (lua_isnoneornil(L, 1)) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, count, LUA_MULTRET);
    return lua_gettop(L);
  }
  size_t length;
  const char *path = luaL_checklstring(L, 1, &length);
  int code = lb_sandbox_open(L, path, length, "r");
  if (code != 0) {
    lb_push_access_error(L, path, code);
    return luaL_error(L, "%s", lua_tostring(L, -1));
  }
  lua_replace(L, 1);
  lua_getfield(L, 1, "lines");
  lua_pushvalue(L, 1);
  for (int format = 2; format <= count; format++) lua_pushvalue(L, format);
  lua_call(L, count, 1);
  lua_pushvalue(L, 1);
  lua_pushcclosure(L, next_line, 2);
  // As the stock one, with the file as the loop's closing value.
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushvalue(L, 1);
  return 4;
}

static int os_remove(lua_State *L) {
  size_t length;
  const char *path = luaL_checklstring(L, 1, &length);
  int code = lb_folders_remove(lb_host_of(L)->sandbox->folders, path, length);
  if (code != 0) return fail(L, path, code);
  lua_pushboolean(L, 1);
  return 1;
}

static int os_rename(lua_State *L) {
  size_t from_length, to_length;
  const char *from = luaL_checklstring(L, 1, &from_length), *to = luaL_checklstring(L, 2, &to_length);
  int code = lb_folders_rename(lb_host_of(L)->sandbox->folders, from, from_length, to, to_length);
  if (code != 0) return fail(L, from, code);
  lua_pushboolean(L, 1);
  return 1;
}

static void wrap_default(lua_State *L, const char *name, const char *mode) {
  lua_getfield(L, -1, name);
  lua_pushstring(L, mode);
  lua_pushcclosure(L, set_default, 2);
  lua_setfield(L, -2, name);
}

void lb_open_sandbox_files(lua_State *L) {
  lua_getglobal(L, "io");
  lua_pushcfunction(L, io_open);
  lua_setfield(L, -2, "open");
  wrap_default(L, "input", "r");
  wrap_default(L, "output", "w");
  lua_getfield(L, -1, "lines");
  lua_pushcclosure(L, io_lines, 1);
  lua_setfield(L, -2, "lines");
  lb_refuse(L, "io", "popen");
  lb_refuse(L, "io", "tmpfile");
  lua_pop(L, 1);

  lua_getglobal(L, "os");
  lua_pushcfunction(L, os_remove);
  lua_setfield(L, -2, "remove");
  lua_pushcfunction(L, os_rename);
  lua_setfield(L, -2, "rename");
  lb_refuse(L, "os", "tmpname");
  lua_pop(L, 1);
}
