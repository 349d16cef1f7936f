// The border between Swift and Lua.
//
// Lua raises and yields by longjmp, which must never cross a Swift frame. So every call of Lua's API that can raise or
// yield is made here. Swift reads arguments through calls that cannot raise, *writes* its results to a tape, and
// returns an outcome; only after Swift has returned does this side turn the tape into Lua values, raise, or yield.
// What Swift starts itself (load, resume, describe an error) runs in a protected call on this side and answers with a
// status.
//
// Nothing here is thread-safe, except where it says so: one thread owns a host.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// One Lua state and what the host keeps beside it.
typedef struct lb_host lb_host;

/// One call from Lua of a host function. Valid until the host function returns.
typedef struct lb_call lb_call;

/// How a host function ended.
typedef enum lb_outcome : int32_t {
  /// The values on the tape are its results.
  LB_RETURN,
  /// The value on the tape is raised as it is.
  LB_RAISE,
  /// The error table on the tape is raised, with the place of the author's call in its field `where`.
  LB_RAISE_HERE,
  /// The results of the task that `lb_set_task` names, which is done.
  LB_RETURN_TASK,
  /// nil, and what that task raised. A string on the tape is its traceback, for whoever raises the same again.
  LB_RETURN_TASK_ERROR,
  /// The coroutine waits; `wait` is entered when it goes on. Only where `lb_can_wait` said so.
  LB_WAIT,
} lb_outcome;

/// What the host answers to.
typedef struct lb_callbacks {
  void *_Nullable context;
  /// Lua calls the host function of this number.
  lb_outcome (*call)(void *_Nullable context, int32_t function, lb_call *call);
  /// The coroutine that waited for `wait` goes on.
  lb_outcome (*resume)(void *_Nullable context, int64_t wait, lb_call *call);
  /// Lua lets go of an object.
  void (*release)(void *_Nullable context, void *object);
  /// A coroutine is about to be closed while a task waits inside it (`lb_task_waits_in`): the task's wait is over.
  void (*abandon)(void *_Nullable context, const void *coroutine);
} lb_callbacks;

/// How a protected operation ended.
typedef enum lb_status : int32_t {
  LB_OK,
  /// The error's text is `lb_message`.
  LB_ERROR,
  /// As LB_ERROR, for a chunk that ends too early: more input could complete it.
  LB_INCOMPLETE,
  LB_OUT_OF_MEMORY,
} lb_status;

// MARK: - The host

/// A new state with Lua's standard libraries; NULL when out of memory. Their paths are those of LUA_PATH and LUA_CPATH,
/// unless the environment is to be ignored.
lb_host *_Nullable lb_open(lb_callbacks callbacks, bool ignores_environment);
/// Replaces the context of the callbacks.
void lb_set_context(lb_host *host, void *_Nullable context);
/// Closes the state: pending finalizers run, every object is released.
void lb_close(lb_host *host);
/// Bytes that Lua has in use.
size_t lb_memory_used(const lb_host *host);
/// From now on the allocations after the next `count` fail; negative: none does. For tests.
void lb_fail_allocations_after(lb_host *host, int64_t count);
/// The text of the last LB_ERROR, as bytes. Valid until the next call of this header.
const char *lb_message(const lb_host *host, size_t *length);

// MARK: - The tape: values on their way between the sides

/// What comes next on the tape. The payload follows, unaligned, in the machine's byte order.
typedef enum lb_tag : uint8_t {
  LB_NIL,
  LB_FALSE,
  LB_TRUE,
  /// int64
  LB_INTEGER,
  /// double
  LB_NUMBER,
  /// uint64 length, bytes
  LB_STRING,
  /// uint32 items, uint32 pairs, then the items 1…n, then key and value of each pair
  LB_TABLE,
  /// As LB_TABLE, and it prints as an error.
  LB_ERROR_TABLE,
  /// int32 type, pointer. To Lua: one retain goes with it. From Lua: borrowed, and the type is negative.
  LB_OBJECT,
  /// int64 reference. To Lua: borrowed. From Lua: a new one, to be given back with `lb_unref`.
  LB_FUNCTION,
  /// int32 number of a host function. To Lua only.
  LB_HOST_FUNCTION,
  /// int64 task that is done: its first result. To Lua only.
  LB_TASK_RESULT,
  /// A coroutine, another library's userdata, or what cannot be copied. From Lua only.
  LB_OTHER,
} lb_tag;

void lb_put_tag(lb_host *host, lb_tag tag);
void lb_put_integer(lb_host *host, int64_t value);
void lb_put_number(lb_host *host, double value);
void lb_put_string(lb_host *host, const void *_Nullable bytes, size_t length);
/// `tag` is LB_TABLE or LB_ERROR_TABLE; the items and pairs are put next.
void lb_put_table(lb_host *host, lb_tag tag, uint32_t items, uint32_t pairs);
void lb_put_object(lb_host *host, int32_t type, void *object);
void lb_put_function(lb_host *host, int64_t reference);
void lb_put_task_result(lb_host *host, int64_t task);
void lb_put_host_function(lb_host *host, int32_t function);

/// Where the tape ends; what is put from here on can be taken back with `lb_tape_cut`.
size_t lb_tape_length(const lb_host *host);
/// The tape from `offset`. Valid until something is put.
const uint8_t *_Nullable lb_tape(const lb_host *host, size_t offset);
/// Cuts the tape back to `length`, and releases what it held beyond.
void lb_tape_cut(lb_host *host, size_t length);

// MARK: - Arguments of a call (positions from 1)

lb_host *lb_call_host(const lb_call *call);
int32_t lb_argument_count(const lb_call *call);
/// LB_TABLE, LB_FUNCTION, LB_OTHER, … ; LB_NIL also for one that is absent.
lb_tag lb_argument_tag(const lb_call *call, int32_t position);
/// The word that Lua has for the argument's type, "no value" when it is absent.
const char *lb_argument_type_name(const lb_call *call, int32_t position);
int64_t lb_argument_integer(const lb_call *call, int32_t position);
double lb_argument_number(const lb_call *call, int32_t position);
/// Bytes of a string argument. Valid during the call.
const char *_Nullable lb_argument_string(const lb_call *call, int32_t position, size_t *length);
/// The object of an argument, borrowed, and its type; NULL when it is none.
void *_Nullable lb_argument_object(const lb_call *call, int32_t position, int32_t *type);
/// Puts the argument on the tape, tables with all they hold. Cut the tape after reading.
lb_status lb_argument_read(lb_call *call, int32_t position);
/// Whether the coroutine that calls can wait.
bool lb_can_wait(const lb_call *call);
/// With LB_WAIT: what the call waits for.
void lb_set_wait(lb_call *call, int64_t wait);
/// With LB_RETURN_TASK and LB_RETURN_TASK_ERROR: whose results.
void lb_set_task(lb_call *call, int64_t task);
/// `file:line` of the author's code that makes this call, in `lb_message`; empty when there is none.
lb_status lb_where(lb_call *call);
/// What keeps the coroutine from waiting, such as `table.sort`, in `lb_message`.
lb_status lb_blocker(lb_call *call);

// MARK: - What the host gives to Lua

/// Sets `path` ("flux.json.encode"; tables on the way are made) to the one value from `offset` on the tape.
lb_status lb_set_global(lb_host *host, const char *path, size_t offset);
/// Puts the value of a global, or of a field of one, on the tape.
lb_status lb_read_global(lb_host *host, const char *path);
/// A reference to the one value from `offset` on the tape.
lb_status lb_ref(lb_host *host, size_t offset, int64_t *reference);
/// Makes `require(name)` answer the global `name`.
lb_status lb_set_loaded(lb_host *host, const char *name);
/// A new type of objects, numbered from 0 in order; `*type` gets its number.
lb_status lb_new_type(lb_host *host, const char *name, int32_t *type);
/// Sets a metamethod ("__index", "__tostring", …) of a type to a host function.
lb_status lb_set_metamethod(lb_host *host, int32_t type, const char *name, int32_t function);

// MARK: - Chunks, functions, tasks

/// Compiles a chunk; `*reference` gets the function. `name` as Lua's chunk names: "@file", "=words".
lb_status lb_load(lb_host *host, const void *_Nullable bytes, size_t length, const char *name, const char *mode,
                  int64_t *reference);
void lb_unref(lb_host *host, int64_t reference);

/// A new task that will run the function from `offset` on the tape with the arguments that follow it.
lb_status lb_task_new(lb_host *host, size_t offset, int64_t *task);

/// A new task that will run the function at `position` of a call's arguments with the arguments behind it.
lb_status lb_task_from_call(lb_call *call, int32_t position, int64_t *task);

/// How a task stands after it ran.
typedef enum lb_task_status : int32_t { LB_TASK_DONE, LB_TASK_WAITING, LB_TASK_FAILED } lb_task_status;

/// Runs a task until it ends or waits; `*wait` gets what it waits for.
lb_task_status lb_task_resume(lb_host *host, int64_t task, int64_t *wait);
/// Whether a task waits, and does so inside this coroutine of the author's.
bool lb_task_waits_in(lb_host *host, int64_t task, const void *coroutine);
/// Puts the results of a task that is done on the tape, one after the other.
lb_status lb_task_results(lb_host *host, int64_t task);
/// What a failed task raised: the value goes on the tape, then its one-line text, then the traceback of the author's
/// frames (strings).
lb_status lb_task_error(lb_host *host, int64_t task);
/// Ends a task where it stands: the pending `<close>` variables of it and of the coroutines it resumed run, innermost
/// first. Its results or its error value stay until `lb_unref`. False when one of those variables raised: `lb_task_error`
/// tells what, also where the task had failed before.
bool lb_task_close(lb_host *host, int64_t task);

// MARK: - Interrupting

/// From now on `signal` interrupts this host's code: what runs raises `interrupted!` at its next step, again and again
/// until `lb_interrupt_end`. The second of such signals ends the process at once. Call on the thread that owns the host;
/// every other thread has the signal blocked. A byte is written to `wake`, so that a sleep in `poll` ends. One host of a
/// process has its signals.
bool lb_interrupt_on(lb_host *host, int signal, int wake);
/// The signal that interrupted the host and was not taken back yet; 0: none; negative: a limit was reached.
int lb_interrupt_signal(const lb_host *host);
/// Takes an interrupt by a signal back: code runs as before. A limit stays reached.
void lb_interrupt_end(lb_host *host);

// MARK: - Limits: what a script may use

/// What was used up.
typedef enum lb_limit : int32_t { LB_LIMIT_NONE, LB_LIMIT_MEMORY, LB_LIMIT_TIME } lb_limit;

/// From now on Lua gets at most `bytes`, and a value on its way to the host at most an eighth of that. When a collection
/// does not help, the limit is reached: what runs ends as after an interrupt, which no script can catch for long. `wake`
/// is as in `lb_interrupt_on`.
void lb_limit_memory(lb_host *host, size_t bytes, int wake);

/// What `lb_watch` watches.
typedef struct lb_watch_options {
  /// Computing time of the calling thread from now on; 0: no limit.
  int64_t time_nanoseconds;
  /// Memory of the whole process in bytes; 0: no limit.
  size_t process_bytes;
  /// Computing time that code may go on after a limit was reached: it is in C then, where nothing can stop it.
  int64_t grace_nanoseconds;
  /// Called once on a thread of the watchdog's own when the grace is over too: all that is left is to end the process.
  void (*on_stuck)(void *_Nullable context, lb_limit limit);
  void *_Nullable context;
  int wake;
} lb_watch_options;

/// Starts a thread that watches the calling one, which owns the host, until the host is closed. Takes SIGVTALRM.
/// Returns 0 or a number of errno.
int lb_watch(lb_host *host, const lb_watch_options *options);

/// The limit that was reached.
lb_limit lb_reached_limit(const lb_host *host);

// MARK: - The sandbox: scripts from someone else

/// The folders whose files a script may use. Immutable, so usable from any thread.
typedef struct lb_folders lb_folders;

/// Of a path: it is in none of the folders.
enum { LB_OUTSIDE = -1 };

/// Files below `writable` can be read and written, those below `readable` (NULL: there is none) read. `writable` need
/// not be there yet. NULL on failure, with a number of errno in `*code`.
lb_folders *_Nullable lb_folders_new(const char *_Nullable readable, const char *writable, int *code);
void lb_folders_free(lb_folders *folders);
/// Whether a file, which need not be there, may be used, its links resolved: 0, LB_OUTSIDE or a number of errno.
int lb_folders_check(const lb_folders *folders, const char *path, size_t length, bool writes);
/// Opens a regular file; `flags` are those of open(2). 0, LB_OUTSIDE or a number of errno.
int lb_folders_open(const lb_folders *folders, const char *path, size_t length, int flags, int *descriptor);
/// Removes a file, a link or an empty folder: 0, LB_OUTSIDE or a number of errno.
int lb_folders_remove(const lb_folders *folders, const char *path, size_t length);
/// Renames a file: 0, LB_OUTSIDE or a number of errno.
int lb_folders_rename(const lb_folders *folders, const char *from, size_t from_length, const char *to,
                      size_t to_length);

/// Takes from a new host's scripts what reaches beyond the folders: processes, libraries, bytecode, other files, the
/// environment, the inside of the host. Before the first script. `folders` must outlive the host.
lb_status lb_confine(lb_host *host, const lb_folders *folders);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
