// Memory for Lua's small blocks. Lua says how long a block is when it gives it back, so a block needs no header; and one
// thread owns a host, so nothing needs a lock. The C library's malloc has both, and pays for the locks once a process
// has a second thread: 20 % of a script that makes many tables.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#ifdef IS_SANITIZED
#include <sanitizer/asan_interface.h>
// Between two blocks, so that the end of one is not the beginning of the next.
enum { RED_ZONE = LB_POOL_STEP };
#else
enum { RED_ZONE = 0 };
#endif

enum { LARGEST = LB_POOL_STEP * LB_POOL_CLASSES };

// Below the size from which the C library maps memory anew for each block.
enum { CHUNK_SIZE = 64 * 1024 };

struct lb_pool_chunk {
  lb_pool_chunk *next;
};

struct lb_pool_block {
  lb_pool_block *next;
};

static bool is_pooled(size_t size) { return size > 0 && size <= LARGEST; }

// Blocks of 1…16 bytes are of class 0, of 17…32 of class 1, and so on.
static size_t class_of(size_t size) { return (size - 1) / LB_POOL_STEP; }

static size_t class_size(size_t class) { return (class + 1) * LB_POOL_STEP; }

// The sanitizer is told who may touch what: of a block that was given out the bytes that were asked for, of one that is
// free the link to the next while the pool looks at it, of a chunk's rest nothing.
static void forbid(void *bytes, size_t size) {
#ifdef IS_SANITIZED
  __asan_poison_memory_region(bytes, size);
#else
  (void)bytes;
  (void)size;
#endif
}

static void permit(void *bytes, size_t size) {
#ifdef IS_SANITIZED
  __asan_unpoison_memory_region(bytes, size);
#else
  (void)bytes;
  (void)size;
#endif
}

// What comes back is what was given out, as long as it was, and for the first time.
static void expect_given_out(void *block, size_t size) {
#ifdef IS_SANITIZED
  uint8_t *end = (uint8_t *)block + size;
  if (__asan_region_is_poisoned(block, size) == NULL && __asan_address_is_poisoned(end)) return;
  __asan_describe_address(block);
  abort();
#else
  (void)block;
  (void)size;
#endif
}

static void give_out(void *block, size_t size) {
  forbid(block, class_size(class_of(size)));
  permit(block, size);
}

static void keep(lb_pool *pool, void *block, size_t class) {
  lb_pool_block *freed = block;
  permit(freed, sizeof *freed);
  freed->next = pool->free[class];
  pool->free[class] = freed;
  forbid(freed, class_size(class));
}

static void *take_from_chunk(lb_pool *pool, size_t size) {
  if ((size_t)(pool->end - pool->next) < size + RED_ZONE) {
    lb_pool_chunk *chunk = malloc(CHUNK_SIZE);
    if (chunk == NULL) return NULL;
    // What is left of the last chunk is a block too.
    size_t rest = (size_t)(pool->end - pool->next);
    if (rest > RED_ZONE) keep(pool, pool->next, class_of(rest - RED_ZONE));
    chunk->next = pool->chunks;
    pool->chunks = chunk;
    pool->next = (uint8_t *)chunk + LB_POOL_STEP;
    pool->end = (uint8_t *)chunk + CHUNK_SIZE;
    forbid(pool->next, CHUNK_SIZE - LB_POOL_STEP);
  }
  void *block = pool->next;
  pool->next += size + RED_ZONE;
  return block;
}

static void *allocate(lb_pool *pool, size_t size) {
  if (!is_pooled(size)) return malloc(size);
  size_t class = class_of(size);
  lb_pool_block *block = pool->free[class];
  if (block == NULL) {
    block = take_from_chunk(pool, class_size(class));
    if (block == NULL) return NULL;
  } else {
    permit(block, sizeof *block);
    pool->free[class] = block->next;
  }
  give_out(block, size);
  return block;
}

void lb_pool_release(lb_pool *pool, void *block, size_t size) {
  if (!is_pooled(size)) {
    free(block);
    return;
  }
  expect_given_out(block, size);
  keep(pool, block, class_of(size));
}

void *lb_pool_resize(lb_pool *pool, void *block, size_t old_size, size_t new_size) {
  if (block == NULL) return allocate(pool, new_size);
  bool was_pooled = is_pooled(old_size), becomes_pooled = is_pooled(new_size);
  if (!was_pooled && !becomes_pooled) return realloc(block, new_size);
  if (was_pooled && becomes_pooled && class_of(old_size) == class_of(new_size)) {
    expect_given_out(block, old_size);
    give_out(block, new_size);
    return block;
  }
  void *moved = allocate(pool, new_size);
  if (moved == NULL) {
    if (new_size > old_size) return NULL;
    // Shrinking never fails: the longer block serves as well.
    forbid((uint8_t *)block + new_size, old_size - new_size);
    return block;
  }
  memcpy(moved, block, old_size < new_size ? old_size : new_size);
  lb_pool_release(pool, block, old_size);
  return moved;
}

void lb_pool_close(lb_pool *pool) {
  for (lb_pool_chunk *chunk = pool->chunks, *next; chunk != NULL; chunk = next) {
    next = chunk->next;
    free(chunk);
  }
  memset(pool, 0, sizeof *pool);
}
