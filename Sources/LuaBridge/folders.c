// The folders of a sandbox: which files a script may read and write, and opening them so that no link leads out.
//
// A path is first made plain by its letters alone, so that nothing outside is even looked at. Then its links are
// resolved, and what comes out must lie in a folder. At last it is opened name by name from the folder's own
// descriptor, without following any link: whoever swaps one in meanwhile gets an error.
#ifdef __linux__
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#ifndef O_PATH
#define O_PATH O_RDONLY
#endif

typedef struct folder {
  // As it was named, made absolute; and with its links resolved.
  char named[PATH_MAX], resolved[PATH_MAX];
  // The folder itself or, while it is not there yet, the one above that is: the first `anchor_length` bytes of
  // `resolved`.
  int anchor;
  size_t anchor_length;
  bool is_writable;
} folder;

struct lb_folders {
  char current[PATH_MAX];
  folder folders[2];
  int count;
};

// Makes a path absolute and plain by its letters: no `.`, no `..`, no doubled slash. Returns 0 or a number of errno.
static int plain(const char *current, const char *path, char result[PATH_MAX]) {
  char whole[2 * PATH_MAX];
  int length = path[0] == '/' ? snprintf(whole, sizeof whole, "%s", path)
                              : snprintf(whole, sizeof whole, "%s/%s", current, path);
  if (length < 0 || (size_t)length >= sizeof whole) return ENAMETOOLONG;
  size_t end = 0;
  for (char *next = whole, *name; (name = strsep(&next, "/")) != NULL;) {
    if (name[0] == 0 || strcmp(name, ".") == 0) continue;
    if (strcmp(name, "..") == 0) {
      while (end > 0 && result[--end] != '/') continue;
      continue;
    }
    size_t size = strlen(name);
    if (end + 1 + size >= PATH_MAX) return ENAMETOOLONG;
    result[end++] = '/';
    memcpy(result + end, name, size);
    end += size;
  }
  if (end == 0) result[end++] = '/';
  result[end] = 0;
  return 0;
}

static bool is_below(const char *path, const char *top) {
  size_t length = strlen(top);
  if (strcmp(top, "/") == 0) return true;
  return strncmp(path, top, length) == 0 && (path[length] == 0 || path[length] == '/');
}

// Resolves the links of a plain path, whose end may not be there; `*existing` gets how much of the result is.
static int resolve(const char *path, char result[PATH_MAX], size_t *existing) {
  char start[PATH_MAX];
  strcpy(start, path);
  size_t cut = strlen(path);
  while (realpath(start, result) == NULL) {
    if (errno != ENOENT) return errno;
    struct stat status;
    // A link that leads nowhere would be followed to wherever it says.
    if (lstat(start, &status) == 0) return ELOOP;
    char *slash = strrchr(start, '/');
    if (slash == NULL || start[1] == 0) return ENOENT;
    cut = (size_t)(slash - start);
    slash[slash == start] = 0;
  }
  size_t length = strlen(result);
  *existing = length;
  if (path[cut] == 0) return 0;
  if (length == 1) length = 0;
  if (length + strlen(path + cut) >= PATH_MAX) return ENAMETOOLONG;
  strcpy(result + length, path + cut);
  return 0;
}

static int add_folder(lb_folders *folders, const char *path, bool is_writable) {
  folder *added = &folders->folders[folders->count];
  int code = plain(folders->current, path, added->named);
  if (code == 0) code = resolve(added->named, added->resolved, &added->anchor_length);
  if (code != 0) return code;
  char anchor[PATH_MAX];
  memcpy(anchor, added->resolved, added->anchor_length);
  anchor[added->anchor_length] = 0;
  added->anchor = open(anchor, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (added->anchor < 0) return errno;
  added->is_writable = is_writable;
  folders->count++;
  return 0;
}

lb_folders *lb_folders_new(const char *readable, const char *writable, int *code) {
  lb_folders *folders = calloc(1, sizeof *folders);
  *code = ENOMEM;
  if (folders == NULL) return NULL;
  *code = getcwd(folders->current, sizeof folders->current) == NULL ? errno : 0;
  if (*code == 0) *code = add_folder(folders, writable, true);
  if (*code == 0 && readable != NULL) *code = add_folder(folders, readable, false);
  if (*code == 0) return folders;
  lb_folders_free(folders);
  return NULL;
}

void lb_folders_free(lb_folders *folders) {
  for (int i = 0; i < folders->count; i++) close(folders->folders[i].anchor);
  free(folders);
}

// The folder in which a path is, and the path with its links resolved; those of its last name only if `follows`.
static int locate(const lb_folders *folders, const char *path, size_t length, bool writes, bool follows,
                  char resolved[PATH_MAX], const folder **found) {
  char named[PATH_MAX];
  size_t existing;
  // A script's string may hold anything; a path ends at its first zero, which is not what it shows.
  if (length == 0) return ENOENT;
  if (memchr(path, 0, length) != NULL) return EINVAL;
  int code = plain(folders->current, path, named);
  if (code != 0) return code;
  bool is_inside = false;
  for (int i = 0; i < folders->count; i++) {
    const folder *one = &folders->folders[i];
    if (writes && !one->is_writable) continue;
    is_inside = is_inside || is_below(named, one->named) || is_below(named, one->resolved);
  }
  if (!is_inside) return LB_OUTSIDE;
  if (follows) {
    code = resolve(named, resolved, &existing);
  } else {
    char *slash = strrchr(named, '/');
    char name[PATH_MAX];
    strcpy(name, slash + 1);
    if (name[0] == 0) return EISDIR;
    slash[slash == named] = 0;
    code = resolve(named, resolved, &existing);
    size_t end = strlen(resolved);
    if (code == 0 && end + 1 + strlen(name) >= PATH_MAX) code = ENAMETOOLONG;
    if (code == 0) {
      if (end > 1) resolved[end++] = '/';
      strcpy(resolved + end, name);
    }
  }
  if (code != 0) return code;
  for (int i = 0; i < folders->count; i++) {
    const folder *one = &folders->folders[i];
    if ((writes && !one->is_writable) || !is_below(resolved, one->resolved)) continue;
    *found = one;
    return 0;
  }
  return LB_OUTSIDE;
}

int lb_folders_check(const lb_folders *folders, const char *path, size_t length, bool writes) {
  char resolved[PATH_MAX];
  const folder *found;
  return locate(folders, path, length, writes, true, resolved, &found);
}

// Opens the folder that holds a resolved path, name by name from its anchor; `*name` gets the path's last name.
static int open_above(const folder *top, char *resolved, int *above, const char **name) {
  char *rest = resolved + top->anchor_length;
  if (rest[0] == '/') rest++;
  if (rest[0] == 0) return EISDIR;
  *above = fcntl(top->anchor, F_DUPFD_CLOEXEC, 0);
  if (*above < 0) return errno;
  for (char *slash; (slash = strchr(rest, '/')) != NULL; rest = slash + 1) {
    *slash = 0;
    int next = openat(*above, rest, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int code = errno;
    close(*above);
    if (next < 0) return code;
    *above = next;
  }
  *name = rest;
  return 0;
}

int lb_folders_open(const lb_folders *folders, const char *path, size_t length, int flags, int *descriptor) {
  char resolved[PATH_MAX];
  const folder *found;
  const char *name;
  int above;
  bool writes = (flags & O_ACCMODE) != O_RDONLY;
  int code = locate(folders, path, length, writes, true, resolved, &found);
  if (code == 0) code = open_above(found, resolved, &above, &name);
  if (code != 0) return code;
  // Without waiting for a pipe's other end; a file is never waited for anyway.
  *descriptor = openat(above, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
  code = *descriptor < 0 ? errno : 0;
  close(above);
  if (code != 0) return code;
  struct stat status;
  if (fstat(*descriptor, &status) != 0) code = errno;
  else if (S_ISDIR(status.st_mode)) code = EISDIR;
  else if (!S_ISREG(status.st_mode)) code = EACCES;
  if (code != 0) close(*descriptor);
  return code;
}

int lb_folders_remove(const lb_folders *folders, const char *path, size_t length) {
  char resolved[PATH_MAX];
  const folder *found;
  const char *name;
  int above;
  int code = locate(folders, path, length, true, false, resolved, &found);
  if (code == 0) code = open_above(found, resolved, &above, &name);
  if (code != 0) return code;
  // A link itself goes, not what it leads to.
  if (unlinkat(above, name, 0) != 0) {
    code = errno;
    if (code == EISDIR || code == EPERM) {
      if (unlinkat(above, name, AT_REMOVEDIR) == 0) code = 0;
      else if (errno != ENOTDIR) code = errno;
    }
  }
  close(above);
  return code;
}

int lb_folders_rename(const lb_folders *folders, const char *from, size_t from_length, const char *to,
                      size_t to_length) {
  char resolved_from[PATH_MAX], resolved_to[PATH_MAX];
  const folder *found;
  const char *name_from, *name_to;
  int above_from, above_to;
  int code = locate(folders, from, from_length, true, false, resolved_from, &found);
  if (code == 0) code = open_above(found, resolved_from, &above_from, &name_from);
  if (code != 0) return code;
  code = locate(folders, to, to_length, true, false, resolved_to, &found);
  if (code == 0) code = open_above(found, resolved_to, &above_to, &name_to);
  if (code == 0) {
    // Files only: a script that could move a link, or a folder, could lead out one that is about to be opened by name.
    struct stat status;
    if (fstatat(above_from, name_from, &status, AT_SYMLINK_NOFOLLOW) != 0) code = errno;
    else if (!S_ISREG(status.st_mode)) code = EACCES;
    else if (renameat(above_from, name_from, above_to, name_to) != 0) code = errno;
    close(above_to);
  }
  close(above_from);
  return code;
}
