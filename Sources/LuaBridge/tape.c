// The tape: one growing buffer on which values are written down on one side and made on the other.
#include "internal.h"

#include <stdlib.h>
#include <string.h>

// Tables deeper than this are taken for cycles.
enum { MAX_DEPTH = 100 };
// A few small tables that hold each other more than once stand for more values than any machine has room for.
enum { MAX_VALUES = 1 << 21 };

typedef struct reading {
  int depth;
  size_t values;
} reading;

static uint8_t *reserve(lb_host *host, size_t count) {
  lb_tape_buffer *tape = &host->tape;
  if (tape->failed) return NULL;
  if (tape->length + count > tape->capacity) {
    if (count > host->limits.tape || tape->length + count > host->limits.tape) {
      tape->failed = true;
      return NULL;
    }
    size_t capacity = tape->capacity < 256 ? 256 : tape->capacity * 2;
    while (capacity < tape->length + count) capacity *= 2;
    uint8_t *grown = realloc(tape->bytes, capacity);
    if (grown == NULL) {
      tape->failed = true;
      return NULL;
    }
    tape->bytes = grown;
    tape->capacity = capacity;
  }
  uint8_t *place = tape->bytes + tape->length;
  tape->length += count;
  return place;
}

static void put(lb_host *host, lb_tag tag, const void *payload, size_t size) {
  uint8_t *place = reserve(host, 1 + size);
  if (place == NULL) return;
  place[0] = (uint8_t)tag;
  if (size > 0) memcpy(place + 1, payload, size);
}

void lb_put_tag(lb_host *host, lb_tag tag) { put(host, tag, NULL, 0); }

void lb_put_integer(lb_host *host, int64_t value) { put(host, LB_INTEGER, &value, sizeof value); }

void lb_put_number(lb_host *host, double value) { put(host, LB_NUMBER, &value, sizeof value); }

void lb_put_string(lb_host *host, const void *bytes, size_t length) {
  uint8_t *place = reserve(host, 1 + sizeof(uint64_t) + length);
  if (place == NULL) return;
  uint64_t size = length;
  place[0] = LB_STRING;
  memcpy(place + 1, &size, sizeof size);
  if (length > 0) memcpy(place + 1 + sizeof size, bytes, length);
}

void lb_put_table(lb_host *host, lb_tag tag, uint32_t items, uint32_t pairs) {
  uint32_t counts[2] = {items, pairs};
  put(host, tag, counts, sizeof counts);
}

typedef struct __attribute__((packed)) object_payload {
  int32_t type;
  void *object;
} object_payload;

void lb_put_object(lb_host *host, int32_t type, void *object) {
  object_payload payload = {type, object};
  size_t before = host->tape.length;
  put(host, LB_OBJECT, &payload, sizeof payload);
  // The retain that came with it has nowhere to go.
  if (host->tape.length == before) host->callbacks.release(host->callbacks.context, object);
}

void lb_put_function(lb_host *host, int64_t reference) { put(host, LB_FUNCTION, &reference, sizeof reference); }

void lb_put_host_function(lb_host *host, int32_t function) {
  put(host, LB_HOST_FUNCTION, &function, sizeof function);
}

void lb_put_task_result(lb_host *host, int64_t task) { put(host, LB_TASK_RESULT, &task, sizeof task); }

size_t lb_tape_length(const lb_host *host) { return host->tape.length; }

const uint8_t *lb_tape(const lb_host *host, size_t offset) {
  return host->tape.bytes == NULL ? NULL : host->tape.bytes + offset;
}

static size_t payload_size(const uint8_t *place) {
  uint64_t length;
  switch (place[0]) {
    case LB_INTEGER:
    case LB_NUMBER:
    case LB_TASK_RESULT:
    case LB_FUNCTION: return 8;
    case LB_STRING: memcpy(&length, place + 1, sizeof length); return sizeof length + (size_t)length;
    case LB_TABLE:
    case LB_ERROR_TABLE: return 2 * sizeof(uint32_t);
    case LB_OBJECT: return sizeof(object_payload);
    case LB_HOST_FUNCTION: return sizeof(int32_t);
    default: return 0;
  }
}

void lb_tape_cut(lb_host *host, size_t length) {
  lb_tape_buffer *tape = &host->tape;
  // An object on its way to Lua belongs to the tape until its userdata is made. One that has been made, or that came
  // from Lua, has a negative type: it was only borrowed.
  for (size_t at = length; at < tape->length; at += 1 + payload_size(tape->bytes + at)) {
    if (tape->bytes[at] != LB_OBJECT) continue;
    object_payload payload;
    memcpy(&payload, tape->bytes + at + 1, sizeof payload);
    if (payload.type >= 0) host->callbacks.release(host->callbacks.context, payload.object);
  }
  tape->length = length;
  tape->failed = false;
}

void lb_tape_forget_reading(lb_host *host, size_t length) {
  for (size_t at = length; at < host->tape.length; at += 1 + payload_size(host->tape.bytes + at)) {
    if (host->tape.bytes[at] != LB_FUNCTION) continue;
    int64_t reference;
    memcpy(&reference, host->tape.bytes + at + 1, sizeof reference);
    lb_unref(host, reference);
  }
  lb_tape_cut(host, length);
}

// `start` is where the payload is; not a pointer, because the tape can move while memory is asked for: a finalizer may
// call the host.
static void push_object(lua_State *L, lb_host *host, size_t start) {
  object_payload payload;
  memcpy(&payload, host->tape.bytes + start, sizeof payload);
  lua_rawgeti(L, LUA_REGISTRYINDEX, host->objects);
  // The same object is the same userdata for as long as Lua holds it, so it can be compared and be a table's key.
  if (lua_rawgetp(L, -1, payload.object) == LUA_TUSERDATA) {
    void **known = lua_touserdata(L, -1);
    if (*known == payload.object) {
      lua_remove(L, -2);
      payload.type = -1;
      memcpy(host->tape.bytes + start, &payload, sizeof payload);
      host->callbacks.release(host->callbacks.context, payload.object);
      return;
    }
  }
  lua_pop(L, 1);
  void **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = payload.object;
  // From here on the userdata owns the retain. Neither of these two allocates.
  lua_rawgeti(L, LUA_REGISTRYINDEX, host->types[payload.type].reference);
  lua_setmetatable(L, -2);
  payload.type = -1;
  memcpy(host->tape.bytes + start, &payload, sizeof payload);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, -3, payload.object);
  lua_remove(L, -2);
}

// Replaces the task's coroutine on top by the first value on its stack.
static void push_first_result(lua_State *L) {
  lua_State *thread = lua_tothread(L, -1);
  if (thread == NULL || lua_gettop(thread) == 0 || !lua_checkstack(thread, 1)) {
    lua_pushnil(L);
  } else {
    lua_pushvalue(thread, 1);
    lua_xmove(thread, L, 1);
  }
  lua_remove(L, -2);
}

void lb_push_from_tape(lua_State *L, lb_host *host, size_t *offset) {
  luaL_checkstack(L, 8, NULL);
  const uint8_t *place = host->tape.bytes + *offset;
  lb_tag tag = place[0];
  size_t start = *offset + 1;
  *offset += 1 + payload_size(place);
  place += 1;
  int64_t integer;
  double number;
  int32_t function;
  uint64_t length;
  uint32_t counts[2];
  switch (tag) {
    case LB_FALSE: lua_pushboolean(L, 0); break;
    case LB_TRUE: lua_pushboolean(L, 1); break;
    case LB_INTEGER:
      memcpy(&integer, place, sizeof integer);
      lua_pushinteger(L, integer);
      break;
    case LB_NUMBER:
      memcpy(&number, place, sizeof number);
      lua_pushnumber(L, number);
      break;
    case LB_STRING:
      memcpy(&length, place, sizeof length);
      lua_pushlstring(L, (const char *)place + sizeof length, (size_t)length);
      break;
    case LB_OBJECT: push_object(L, host, start); break;
    case LB_FUNCTION:
      memcpy(&integer, place, sizeof integer);
      lua_rawgeti(L, LUA_REGISTRYINDEX, integer);
      break;
    case LB_TASK_RESULT:
      memcpy(&integer, place, sizeof integer);
      lua_rawgeti(L, LUA_REGISTRYINDEX, integer);
      push_first_result(L);
      break;
    case LB_HOST_FUNCTION:
      memcpy(&function, place, sizeof function);
      lb_push_host_function(L, function);
      break;
    case LB_TABLE:
    case LB_ERROR_TABLE:
      memcpy(counts, place, sizeof counts);
      lua_createtable(L, (int)counts[0], (int)counts[1]);
      for (uint32_t item = 1; item <= counts[0]; item++) {
        lb_push_from_tape(L, host, offset);
        lua_rawseti(L, -2, item);
      }
      for (uint32_t pair = 0; pair < counts[1]; pair++) {
        lb_push_from_tape(L, host, offset);
        lb_push_from_tape(L, host, offset);
        lua_rawset(L, -3);
      }
      if (tag == LB_ERROR_TABLE) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, host->error_metatable);
        lua_setmetatable(L, -2);
      }
      break;
    default: lua_pushnil(L); break;
  }
}

int lb_push_all_from_tape(lua_State *L, lb_host *host, size_t offset) {
  if (host->tape.failed) {
    lb_tape_cut(host, offset);
    luaL_error(L, "not enough memory");
  }
  int count = 0;
  size_t end = host->tape.length;
  for (size_t at = offset; at < end; count++) lb_push_from_tape(L, host, &at);
  lb_tape_cut(host, offset);
  return count;
}

static void read_value(lua_State *L, lb_host *host, int index, reading *reading);

static void read_table(lua_State *L, lb_host *host, int index, reading *reading) {
  if (reading->depth >= MAX_DEPTH) luaL_error(L, "table is nested too deeply (does it contain itself?)");
  if (host->tape.failed) luaL_error(L, "not enough memory");
  luaL_checkstack(L, 4, NULL);
  size_t header = host->tape.length;
  uint32_t items = (uint32_t)lua_rawlen(L, index), pairs = 0;
  lb_put_table(host, LB_TABLE, items, 0);
  reading->depth++;
  for (uint32_t item = 1; item <= items; item++) {
    lua_rawgeti(L, index, item);
    read_value(L, host, lua_gettop(L), reading);
    lua_pop(L, 1);
  }
  lua_pushnil(L);
  while (lua_next(L, index)) {
    bool is_item = lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= (lua_Integer)items;
    if (!is_item) {
      int top = lua_gettop(L);
      read_value(L, host, top - 1, reading);
      read_value(L, host, top, reading);
      pairs++;
    }
    lua_pop(L, 1);
  }
  reading->depth--;
  if (!host->tape.failed) memcpy(host->tape.bytes + header + 1 + sizeof items, &pairs, sizeof pairs);
}

static void read_value(lua_State *L, lb_host *host, int index, reading *reading) {
  size_t length;
  int32_t type;
  object_payload payload;
  if (++reading->values > MAX_VALUES) {
    luaL_error(L, "table holds more than two million values (a table counts again wherever it is found)");
  }
  switch (lua_type(L, index)) {
    case LUA_TNONE:
    case LUA_TNIL: lb_put_tag(host, LB_NIL); break;
    case LUA_TBOOLEAN: lb_put_tag(host, lua_toboolean(L, index) ? LB_TRUE : LB_FALSE); break;
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) lb_put_integer(host, lua_tointeger(L, index));
      else lb_put_number(host, lua_tonumber(L, index));
      break;
    case LUA_TSTRING: {
      const char *bytes = lua_tolstring(L, index, &length);
      lb_put_string(host, bytes, length);
      break;
    }
    case LUA_TTABLE: read_table(L, host, index, reading); break;
    case LUA_TFUNCTION:
      lua_pushvalue(L, index);
      lb_put_function(host, luaL_ref(L, LUA_REGISTRYINDEX));
      break;
    case LUA_TUSERDATA:
      payload.object = lb_object_at(L, host, index, &type);
      if (payload.object != NULL) {
        // Borrowed: -2 - type, so that cutting the tape does not release it.
        payload.type = -2 - type;
        put(host, LB_OBJECT, &payload, sizeof payload);
      } else {
        lb_put_tag(host, LB_OTHER);
      }
      break;
    default: lb_put_tag(host, LB_OTHER); break;
  }
}

void lb_read_to_tape(lua_State *L, lb_host *host, int index) {
  reading reading = {0};
  read_value(L, host, lua_absindex(L, index), &reading);
}

void *lb_object_at(lua_State *L, lb_host *host, int index, int32_t *type) {
  if (lua_type(L, index) != LUA_TUSERDATA || !lua_checkstack(L, 1) || !lua_getmetatable(L, index)) return NULL;
  const void *metatable = lua_topointer(L, -1);
  lua_pop(L, 1);
  for (int32_t number = 0; number < host->type_count; number++) {
    if (host->types[number].metatable != metatable) continue;
    *type = number;
    return *(void **)lua_touserdata(L, index);
  }
  return NULL;
}
