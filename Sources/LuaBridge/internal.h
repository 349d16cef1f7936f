// What the files of the bridge share. Not seen by Swift.
#pragma once

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>
#include <stdatomic.h>

#include "LuaBridge.h"

typedef struct lb_tape_buffer {
  uint8_t *bytes;
  size_t length, capacity;
  // Out of memory while putting: the values cannot be made, and whoever would make them raises instead.
  bool failed;
} lb_tape_buffer;

typedef struct lb_limits {
  // Bytes that Lua may have in use, and that the tape may hold.
  size_t memory, tape;
  // What was refused last and not granted since; 0: nothing.
  size_t refused;
  // A byte written there ends a sleep of the host's thread; -1: none.
  int wake;
  // The limit for which the watchdog asks the host's thread to stop.
  _Atomic int asked;
  // The limit that was reached, also for the watchdog's thread to see; 0: none.
  _Atomic int reached;
  struct lb_watchdog *watchdog;
} lb_limits;

// Blocks of up to LB_POOL_STEP × LB_POOL_CLASSES bytes, each class a step longer than the one before.
enum { LB_POOL_STEP = 16, LB_POOL_CLASSES = 64 };

typedef struct lb_pool_chunk lb_pool_chunk;
typedef struct lb_pool_block lb_pool_block;

// All zero is an empty pool.
typedef struct lb_pool {
  lb_pool_block *free[LB_POOL_CLASSES];
  // What of the newest chunk was never given out.
  uint8_t *next, *end;
  lb_pool_chunk *chunks;
} lb_pool;

typedef struct lb_type {
  // Identity of the metatable, which the registry keeps alive.
  const void *metatable;
  int reference;
} lb_type;

struct lb_host {
  lua_State *main;
  // The coroutine whose host call is being answered; the main state outside of any.
  lua_State *current;
  // The coroutine that executes; NULL while nothing does. Read by the signal handler.
  lua_State *volatile running;
  volatile sig_atomic_t interrupted;
  lb_callbacks callbacks;
  lb_tape_buffer tape;
  lb_tape_buffer message;
  lb_type *types;
  int32_t type_count;
  // Registry references of the weak table object → userdata and of the metatable of errors.
  int objects, error_metatable;
  size_t memory_used;
  int64_t allocations_left;
  lb_limits limits;
  struct lb_sandbox *sandbox;
  lb_pool pool;
  // `warn("@on")`, and that a warning's next piece is awaited.
  bool warns, is_warning;
  // Who got the error whose frames are kept. Only compared, never looked into.
  const lua_State *trail_holder;
};

struct lb_call {
  lb_host *host;
  lua_State *L;
  int count;
  int64_t wait, task;
};

// Each state's extra space holds its host; the three lowest bits of the pointer are the coroutine's own flags.
enum lb_thread_flags {
  // The coroutine is a task's own: to the author it is the main program, which cannot yield.
  LB_THREAD_TASK = 1,
  // The coroutine, or one that it resumed, waits for the host.
  LB_THREAD_WAITING = 2,
  // Who resumed the coroutine could not wait itself, so a wait would not get out to the task.
  LB_THREAD_BLOCKED = 4,
};

// The host's allocator, which counts.
void *lb_allocate(void *host, void *block, size_t old_size, size_t new_size);

// As realloc, for a size that is not 0. Shrinking never fails.
void *lb_pool_resize(lb_pool *pool, void *block, size_t old_size, size_t new_size);
void lb_pool_release(lb_pool *pool, void *block, size_t size);
// Frees every small block, whoever has it.
void lb_pool_close(lb_pool *pool);

lb_host *lb_host_of(lua_State *L);
bool lb_thread_has(lua_State *L, enum lb_thread_flags flag);
void lb_thread_set(lua_State *L, enum lb_thread_flags flag, bool value);

// The private mark of a wait: yielded as (mark, wait), passed outward by every coroutine up to the task.
void lb_push_mark(lua_State *L, int64_t wait);
bool lb_is_mark(lua_State *L, int results);

// lua_resume that keeps `running`, and cuts the tape back to where it was.
int lb_tracked_resume(lb_host *host, lua_State *from, lua_State *coroutine, int arguments, int *results);
// lua_resetthread, likewise.
int lb_tracked_reset(lb_host *host, lua_State *coroutine);
// Closes a coroutine and those through which it waits, innermost first. LUA_OK, or the status of the innermost `<close>`
// variable that raised; its error is on top of `*raised`.
int lb_close_chain(lb_host *host, lua_State *coroutine, lua_State **raised);
// Whether a wait of this coroutine would get out to the task.
bool lb_thread_can_wait(lua_State *L);

// Runs `body` with `argument` (a light userdata) in a protected call; the text of an error becomes the message.
lb_status lb_protected(lb_host *host, lua_CFunction body, void *argument);
void lb_set_message(lb_host *host, const char *bytes, size_t length);

// Makes the value at `*offset` of the tape, pushes it, and moves `*offset` behind it. Raises when out of memory.
void lb_push_from_tape(lua_State *L, lb_host *host, size_t *offset);
// Pushes every value from `offset`, cuts the tape back to it, and returns how many. Raises when out of memory.
int lb_push_all_from_tape(lua_State *L, lb_host *host, size_t offset);
// Puts the value at `index` on the tape. Raises for a table that is too deep.
void lb_read_to_tape(lua_State *L, lb_host *host, int index);
// The object at `index` of the stack, NULL when it is none of the host's.
void *lb_object_at(lua_State *L, lb_host *host, int index, int32_t *type);

void lb_push_host_function(lua_State *L, int32_t function);
// Whether the C function at the top of a frame belongs to the host and not to Lua or to another library.
bool lb_is_host_frame(lua_State *L, lua_Debug *frame);
// Whether a frame is the one below a program.
bool lb_is_main_frame(lua_State *L, lua_Debug *frame);
// Whether a frame is one that the author wrote.
bool lb_is_author_frame(const lua_Debug *frame);
// Pushes "file:line" of the innermost frame of the author, or an empty string.
void lb_push_where(lua_State *L);
// Pushes what keeps the running coroutine from waiting, such as "table.sort".
void lb_push_blocker(lua_State *L);
// Pushes the author's frames of `of`, each behind a line's end and a tab.
void lb_push_traceback(lua_State *L, lua_State *of);

// Stops the host's code as an interrupt does, for good. On the host's thread; also from its signal handlers and from
// its allocator.
void lb_reach_limit(lb_host *host, lb_limit limit);
// Ends the watchdog's thread, if there is one.
void lb_watchdog_stop(lb_host *host);
// Lets go of the sandbox, if there is one; after the state is closed.
void lb_sandbox_free(lb_host *host);

// What a sandbox keeps for its functions.
typedef struct lb_sandbox {
  const lb_folders *folders;
  int open_files;
} lb_sandbox;

// Opens a file of the sandbox: pushes the handle and returns 0, or pushes why not and returns a number of errno.
int lb_sandbox_open(lua_State *L, const char *path, size_t length, const char *mode);
// Pushes what a failed access says of a path.
void lb_push_access_error(lua_State *L, const char *path, int code);
// Replaces what of `io`, and of `os`, deals in files.
void lb_open_sandbox_files(lua_State *L);
// Replaces what loads code from files, and what loads it from strings.
void lb_open_sandbox_loading(lua_State *L);
// Sets the field `name` of the table on top to a function that only says that it is not there.
void lb_refuse(lua_State *L, const char *library, const char *name);

// Lets `coroutine` raise at its next step.
void lb_interrupt_hook(lua_State *coroutine);
bool lb_has_interrupt_hook(lua_State *coroutine);
// The host ends: signals are no longer its.
void lb_interrupt_forget(lb_host *host);

// Keeps the traceback of a coroutine that ended with the error on its top, and behind it those through which the same
// error came before: the error may go on through the coroutine that resumed it. Raises when out of memory.
void lb_keep_trail(lua_State *L, lua_State *coroutine);
// The frames on top, a string that is popped, are those of the error at `index`.
void lb_set_trail(lua_State *L, int index);
// The error has become the value at `index`.
void lb_trail_is_of(lua_State *L, int index);
// Pushes the kept frames if they are those of the value at `index`, which `raiser` has raised, and it is `raiser` that
// got it from where they are; otherwise an empty string.
void lb_push_trail(lua_State *L, int index, const lua_State *raiser);

// The task's coroutine; NULL when there is no room to look.
lua_State *lb_task_thread(lb_host *host, int64_t task);
// Forgets what was read to the tape from `length` on, with the references that came with it.
void lb_tape_forget_reading(lb_host *host, size_t length);
// The author's coroutine for which a waiting coroutine waits; NULL when it waits for the host itself.
lua_State *lb_waiting_child(lua_State *L);

// Replaces the functions of `coroutine` that have to know of waits.
void lb_open_coroutines(lua_State *L);
// Replaces `require` by one whose modules can wait.
void lb_open_require(lua_State *L);
