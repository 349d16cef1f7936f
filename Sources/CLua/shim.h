// Lua 5.4, for LuaBridge alone: Swift imports the bridge, never this.
#pragma once
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
