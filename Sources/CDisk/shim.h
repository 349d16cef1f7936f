// What FluxJobs asks of the system's disk calls and Swift's view of the C library does not show.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <unistd.h>

/// Starts to write a file's bytes to the disk, without waiting for it where the system can do that.
static inline int fluxlua_start_writing(int descriptor) {
#ifdef __linux__
    return sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
    return fsync(descriptor);
#endif
}
