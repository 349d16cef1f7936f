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
#include <stdio.h>
#include <sys/ioctl.h>
#else
#include <stdio.h>
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

/// Appends bytes of one file to another, as many as go at once; in the kernel where it can, which lets file systems share
/// them instead.
/// - Returns: how many, 0 where the file ends before, or -1.
static inline ssize_t fluxlua_copy_bytes(int from, off_t offset, int to, size_t count) {
#ifdef __linux__
    off_t start = offset;
    ssize_t copied = copy_file_range(from, &start, to, NULL, count, 0);
    if (copied > 0) return copied;
    // Between two file systems, or where a file system does not take part, some of which say that there is nothing to copy.
    if (copied < 0 && errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return -1;
#endif
    char piece[1 << 16];
    ssize_t length = pread(from, piece, count < sizeof piece ? count : sizeof piece, offset);
    return length <= 0 ? length : write(to, piece, (size_t)length);
}

/// Gives a file a name that nobody has.
/// - Returns: 0, or -1: with EEXIST where somebody has it, with EINVAL or ENOSYS where the file system cannot tell.
static inline int fluxlua_rename_to_free(const char *path, const char *name) {
#ifdef __linux__
    return renameat2(AT_FDCWD, path, AT_FDCWD, name, RENAME_NOREPLACE);
#else
    return renamex_np(path, name, RENAME_EXCL);
#endif
}
