// Where in the author's code: places and tracebacks without the host's own frames.
#include "internal.h"

#include <string.h>

bool lb_is_author_frame(const lua_Debug *frame) {
  // Chunks of the host itself are named "=[…]".
  return frame->what[0] != 'C' && strncmp(frame->source, "=[", 2) != 0;
}

void lb_push_where(lua_State *L) {
  lua_Debug frame;
  for (int level = 0; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    // Code without its lines, as `string.dump` may leave it, names no place.
    if (frame.currentline > 0 && lb_is_author_frame(&frame)) {
      lua_pushfstring(L, "%s:%d", frame.short_src, frame.currentline);
      return;
    }
  }
  lua_pushliteral(L, "");
}

// Pushes the name under which a library has the function on top of `of`, such as `table.sort`, popping the function;
// nil when none has it.
static void push_library_name(lua_State *L, lua_State *of) {
  lua_xmove(of, L, 1);
  int function = lua_gettop(L);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  for (lua_pushnil(L); lua_next(L, function + 1); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING || !lua_istable(L, -1)) continue;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
      if (lua_type(L, -2) != LUA_TSTRING || !lua_rawequal(L, -1, function)) continue;
      const char *library = lua_tostring(L, -4), *name = lua_tostring(L, -2);
      if (strcmp(library, LUA_GNAME) == 0) lua_pushstring(L, name);
      else lua_pushfstring(L, "%s.%s", library, name);
      lua_replace(L, function);
      lua_settop(L, function);
      return;
    }
  }
  lua_pushnil(L);
  lua_replace(L, function);
  lua_settop(L, function);
}

void lb_push_blocker(lua_State *L) {
  static const char *const passable[] = {"pcall", "xpcall", "dofile", "error", "assert", NULL};
  lua_Debug frame;
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  // What blocks is near; after a stack overflow the far end is very far.
  for (int level = 1; level < 60 && lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Snf", &frame);
    bool is_host = lua_tocfunction(L, -1) != NULL && lb_is_host_frame(L, &frame);
    push_library_name(L, L);
    if (frame.name != NULL && strcmp(frame.name, "__gc") == 0) {
      lua_pushliteral(L, "a finalizer (__gc)");
      return;
    }
    if (frame.what[0] != 'C' || is_host || !lua_isstring(L, -1)) {
      lua_pop(L, 1);
      continue;
    }
    bool passes = false;
    for (int i = 0; passable[i] != NULL; i++) passes = passes || strcmp(lua_tostring(L, -1), passable[i]) == 0;
    if (!passes) return;
    lua_pop(L, 1);
  }
  lua_pushliteral(L, "a callback of C code");
}

static void add_frame(lua_State *L, luaL_Buffer *text, lua_State *of, lua_Debug *frame) {
  luaL_addstring(text, "\n\t");
  if (frame->currentline > 0) lua_pushfstring(L, "%s:%d: in ", frame->short_src, frame->currentline);
  else lua_pushfstring(L, "%s: in ", frame->short_src);
  luaL_addvalue(text);
  lua_getinfo(of, "f", frame);
  push_library_name(L, of);
  bool is_known = lua_isstring(L, -1);
  if (is_known) {
    lua_pushfstring(L, "function '%s'", lua_tostring(L, -1));
    lua_remove(L, -2);
    luaL_addvalue(text);
    if (frame->istailcall) luaL_addstring(text, "\n\t(...tail calls...)");
    return;
  }
  lua_pop(L, 1);
  if (frame->what[0] == 'm') lua_pushliteral(L, "main chunk");
  else if (frame->name != NULL) lua_pushfstring(L, "%s '%s'", frame->namewhat, frame->name);
  else if (frame->what[0] == 'C') lua_pushliteral(L, "?");
  else lua_pushfstring(L, "function <%s:%d>", frame->short_src, frame->linedefined);
  luaL_addvalue(text);
  if (frame->istailcall) luaL_addstring(text, "\n\t(...tail calls...)");
}

// Found by bisection, because asking for a level costs as much as the level is deep.
static int level_count(lua_State *L) {
  lua_Debug frame;
  int low = 0, high = 1;
  while (lua_getstack(L, high, &frame)) {
    low = high;
    high *= 2;
  }
  while (low < high) {
    int middle = (low + high) / 2;
    if (lua_getstack(L, middle, &frame)) low = middle + 1;
    else high = middle;
  }
  return low;
}

void lb_push_traceback(lua_State *L, lua_State *of) {
  // As many as a person reads; the middle of a deep recursion is left out.
  enum { HEAD = 12, TAIL = 10 };
  lua_Debug frame;
  int count = level_count(of);
  luaL_Buffer text;
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  luaL_buffinit(L, &text);
  for (int level = 0; level < count; level++) {
    if (count > HEAD + TAIL && level == HEAD) {
      lua_pushfstring(L, "\n\t... (%d levels left out)", count - HEAD - TAIL);
      luaL_addvalue(&text);
      level = count - TAIL;
    }
    if (!lua_getstack(of, level, &frame) || !lua_getinfo(of, "Slnt", &frame)) continue;
    bool is_c = frame.what[0] == 'C';
    if (!lua_checkstack(of, 1)) continue;
    if (is_c ? lb_is_host_frame(of, &frame) || lb_is_main_frame(of, &frame) : !lb_is_author_frame(&frame)) continue;
    add_frame(L, &text, of, &frame);
  }
  luaL_pushresult(&text);
}

static const char trail_frames, trail_value;

void lb_push_trail(lua_State *L, int index, const lua_State *raiser) {
  index = lua_absindex(L, index);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &trail_value);
  bool is_same = lb_host_of(L)->trail_holder == raiser && !lua_isnil(L, -1) && lua_rawequal(L, -1, index);
  lua_pop(L, 1);
  if (!is_same || lua_rawgetp(L, LUA_REGISTRYINDEX, &trail_frames) != LUA_TSTRING) lua_pushliteral(L, "");
}

void lb_set_trail(lua_State *L, int index) {
  lb_host_of(L)->trail_holder = L;
  lua_pushvalue(L, index);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &trail_value);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &trail_frames);
}

void lb_trail_is_of(lua_State *L, int index) {
  lua_pushvalue(L, index);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &trail_value);
}

void lb_keep_trail(lua_State *L, lua_State *coroutine) {
  if (!lua_checkstack(coroutine, 1)) return;
  luaL_checkstack(L, 4, NULL);
  lua_pushvalue(coroutine, -1);
  lua_xmove(coroutine, L, 1);
  lb_push_trail(L, -1, coroutine);
  lb_push_traceback(L, coroutine);
  lua_concat(L, 2);
  lb_set_trail(L, -2);
  lua_pop(L, 1);
}
