// Where in the author's code: places and tracebacks without the host's own frames.
#include "internal.h"

#include <string.h>

bool lb_is_author_frame(const lua_Debug *frame) {
  // Chunks of the host itself are named "=[…]".
  return frame->currentline > 0 && strncmp(frame->source, "=[", 2) != 0;
}

void lb_push_where(lua_State *L) {
  lua_Debug frame;
  for (int level = 0; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (lb_is_author_frame(&frame)) {
      lua_pushfstring(L, "%s:%d", frame.short_src, frame.currentline);
      return;
    }
  }
  lua_pushliteral(L, "");
}

static void add_frame(lua_State *L, luaL_Buffer *text, lua_Debug *frame) {
  luaL_addstring(text, "\n\t");
  if (frame->currentline > 0) lua_pushfstring(L, "%s:%d: in ", frame->short_src, frame->currentline);
  else lua_pushfstring(L, "%s: in ", frame->short_src);
  luaL_addvalue(text);
  if (frame->what[0] == 'm') lua_pushliteral(L, "main chunk");
  else if (frame->name != NULL) lua_pushfstring(L, "%s '%s'", frame->namewhat, frame->name);
  else if (frame->what[0] == 'C') lua_pushliteral(L, "?");
  else lua_pushfstring(L, "function <%s:%d>", frame->short_src, frame->linedefined);
  luaL_addvalue(text);
  if (frame->istailcall) luaL_addstring(text, "\n\t(...tail calls...)");
}

void lb_push_traceback(lua_State *L, lua_State *of) {
  // As many as a person reads; the middle of a deep recursion is left out.
  enum { HEAD = 12, TAIL = 10 };
  lua_Debug frame;
  int count = 0;
  while (lua_getstack(of, count, &frame)) count++;
  luaL_Buffer text;
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  luaL_buffinit(L, &text);
  luaL_addstring(&text, "stack traceback:");
  for (int level = 0; level < count; level++) {
    if (count > HEAD + TAIL && level == HEAD) {
      lua_pushfstring(L, "\n\t... (%d levels left out)", count - HEAD - TAIL);
      luaL_addvalue(&text);
      level = count - TAIL;
    }
    if (!lua_getstack(of, level, &frame) || !lua_getinfo(of, "Slnt", &frame)) continue;
    bool is_c = frame.what[0] == 'C';
    if (is_c ? !lua_checkstack(of, 1) || lb_is_host_frame(of, &frame) : !lb_is_author_frame(&frame)) continue;
    add_frame(L, &text, &frame);
  }
  luaL_pushresult(&text);
}
