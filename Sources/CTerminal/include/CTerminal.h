// The C library's standard streams, so that one writer can own the terminal.
#pragma once
#include <stdbool.h>
#include <stddef.h>

/// Takes what a stream has to write; gives how many bytes were taken, or -1 with errno set.
typedef long (*ct_writer)(int descriptor, const char *bytes, size_t count);

/// From now on, what C code and Lua write to stdout or stderr (descriptor 1 or 2) goes to `writer`, a line at a time for
/// stdout. The descriptor itself, and what other programs write to it, stay as they are. False where that cannot be.
bool ct_redirect(int descriptor, ct_writer writer);
