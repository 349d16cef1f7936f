// What FluxJobs asks of the system's disk calls and Swift's view of the C library does not show.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/fs.h>
#include <sys/ioctl.h>
#else
#include <sys/clonefile.h>
#endif

/// Starts to write a file's bytes to the disk, without waiting for it where the system can do that.
static inline int fluxlua_start_writing(int descriptor) {
#ifdef __linux__
    return sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
    return fsync(descriptor);
#endif
}

/// Makes a new file that shares its bytes with another until one of them is changed.
/// - Returns: 0, or -1 where the file system cannot or the name is taken; nothing is left behind then.
static inline int fluxlua_clone_file(const char *source, const char *path) {
#ifdef __linux__
    int from = open(source, O_RDONLY | O_CLOEXEC);
    if (from < 0) return -1;
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    int status = to < 0 ? -1 : ioctl(to, FICLONE, from);
    if (to >= 0) {
        close(to);
        if (status != 0) unlink(path);
    }
    close(from);
    return status;
#else
    return clonefile(source, path, 0);
#endif
}
