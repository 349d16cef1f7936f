// A host's life: the state, its memory, protected calls, messages.
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *lb_allocate(void *context, void *block, size_t old_size, size_t new_size) {
  lb_host *host = context;
  if (block == NULL) old_size = 0;
  if (new_size == 0) {
    if (block != NULL) lb_pool_release(&host->pool, block, old_size);
    host->memory_used -= old_size;
    return NULL;
  }
  // A shrinking block never fails: Lua counts on it.
  if (new_size > old_size && host->allocations_left >= 0 && host->allocations_left-- == 0) {
    host->allocations_left = 0;
    return NULL;
  }
  void *grown = lb_pool_resize(&host->pool, block, old_size, new_size);
  if (grown != NULL) host->memory_used += new_size - old_size;
  return grown;
}

lb_host *lb_host_of(lua_State *L) {
  uintptr_t word = *(uintptr_t *)lua_getextraspace(L);
  return (lb_host *)(word & ~(uintptr_t)7);
}

bool lb_thread_has(lua_State *L, enum lb_thread_flags flag) {
  return (*(uintptr_t *)lua_getextraspace(L) & (uintptr_t)flag) != 0;
}

void lb_thread_set(lua_State *L, enum lb_thread_flags flag, bool value) {
  uintptr_t *word = lua_getextraspace(L);
  *word = value ? *word | (uintptr_t)flag : *word & ~(uintptr_t)flag;
}

void lb_set_message(lb_host *host, const char *bytes, size_t length) {
  lb_tape_buffer *message = &host->message;
  if (length > message->capacity) {
    uint8_t *grown = realloc(message->bytes, length);
    if (grown == NULL) length = message->capacity;
    else {
      message->bytes = grown;
      message->capacity = length;
    }
  }
  if (length > 0) memcpy(message->bytes, bytes, length);
  message->length = length;
}

const char *lb_message(const lb_host *host, size_t *length) {
  *length = host->message.length;
  return host->message.length == 0 ? "" : (const char *)host->message.bytes;
}

lb_status lb_protected(lb_host *host, lua_CFunction body, void *argument) {
  lua_State *L = host->current;
  if (!lua_checkstack(L, 3)) return LB_OUT_OF_MEMORY;
  int top = lua_gettop(L);
  size_t tape = host->tape.length;
  lua_pushcfunction(L, body);
  lua_pushlightuserdata(L, argument);
  int status = lua_pcall(L, 1, 0, 0);
  if (status == LUA_OK) return host->tape.failed ? LB_OUT_OF_MEMORY : LB_OK;
  lb_tape_cut(host, tape);
  lb_status result = LB_ERROR;
  if (status == LUA_ERRMEM) {
    result = LB_OUT_OF_MEMORY;
  } else if (lua_type(L, -1) == LUA_TSTRING) {
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    lb_set_message(host, text, length);
  } else {
    static const char text[] = "(error object is not a string)";
    lb_set_message(host, text, sizeof text - 1);
  }
  lua_settop(L, top);
  return result;
}

static int describe_error(lua_State *L) {
  // Prints as "where: message", or as the message alone where no place is known.
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_pushliteral(L, "where");
  bool has_where = lua_rawget(L, 1) == LUA_TSTRING && lua_rawlen(L, -1) > 0;
  if (has_where) lua_pushliteral(L, ": ");
  lua_pushliteral(L, "message");
  lua_rawget(L, 1);
  luaL_tolstring(L, -1, NULL);
  lua_remove(L, -2);
  if (has_where) lua_concat(L, 3);
  return 1;
}

static int concatenate_error(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  luaL_tolstring(L, 2, NULL);
  lua_concat(L, 2);
  return 1;
}

typedef struct open_request {
  lb_host *host;
  bool ignores_environment;
} open_request;

static int open_state(lua_State *L) {
  open_request *request = lua_touserdata(L, 1);
  lb_host *host = request->host;
  if (request->ignores_environment) {
    // Where the library `package` looks for the word.
    lua_pushboolean(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  }
  luaL_openlibs(L);
  lb_open_coroutines(L);
  lb_open_require(L);

  lua_createtable(L, 0, 0);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  host->objects = luaL_ref(L, LUA_REGISTRYINDEX);

  lua_createtable(L, 0, 3);
  lua_pushliteral(L, "error");
  lua_setfield(L, -2, "__name");
  lua_pushcfunction(L, describe_error);
  lua_setfield(L, -2, "__tostring");
  lua_pushcfunction(L, concatenate_error);
  lua_setfield(L, -2, "__concat");
  host->error_metatable = luaL_ref(L, LUA_REGISTRYINDEX);

  // As the stock interpreter does.
  lua_gc(L, LUA_GCGEN, 0, 0);
  return 0;
}

// What `warn` does, as in the stock interpreter: a warning that is one piece and begins with "@" is a command.
static void warn(void *context, const char *text, int goes_on) {
  lb_host *host = context;
  if (!host->is_warning && !goes_on && text[0] == '@') {
    if (strcmp(text, "@on") == 0) host->warns = true;
    else if (strcmp(text, "@off") == 0) host->warns = false;
    return;
  }
  if (!host->warns) return;
  if (!host->is_warning) fputs("Lua warning: ", stderr);
  fputs(text, stderr);
  if (!goes_on) fputc('\n', stderr);
  host->is_warning = goes_on;
}

lb_host *lb_open(lb_callbacks callbacks, bool ignores_environment) {
  lb_host *host = calloc(1, sizeof *host);
  if (host == NULL) return NULL;
  host->callbacks = callbacks;
  host->allocations_left = -1;
  host->limits.tape = SIZE_MAX;
  host->limits.wake = -1;
  host->main = lua_newstate(lb_allocate, host);
  if (host->main == NULL) {
    lb_pool_close(&host->pool);
    free(host);
    return NULL;
  }
  lua_setwarnf(host->main, warn, host);
  host->current = host->main;
  *(uintptr_t *)lua_getextraspace(host->main) = (uintptr_t)host;
  open_request request = {host, ignores_environment};
  if (lb_protected(host, open_state, &request) != LB_OK) {
    lb_close(host);
    return NULL;
  }
  return host;
}

void lb_set_context(lb_host *host, void *context) { host->callbacks.context = context; }

void lb_close(lb_host *host) {
  lb_interrupt_forget(host);
  host->allocations_left = -1;
  lb_tape_cut(host, 0);
  lua_close(host->main);
  // Not before: finalizers may compute for ever.
  lb_watchdog_stop(host);
  lb_sandbox_free(host);
  lb_pool_close(&host->pool);
  free(host->tape.bytes);
  free(host->message.bytes);
  free(host->types);
  free(host);
}

size_t lb_memory_used(const lb_host *host) { return host->memory_used; }

void lb_fail_allocations_after(lb_host *host, int64_t count) { host->allocations_left = count; }
