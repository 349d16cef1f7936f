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

// The sanitizer sees the blocks of malloc only, so then every block is one.
#ifdef IS_SANITIZED
enum { LARGEST = 0 };
#else
enum { LARGEST = LB_POOL_STEP * LB_POOL_CLASSES };
#endif

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

static void *take_from_chunk(lb_pool *pool, size_t size) {
  if ((size_t)(pool->end - pool->next) < size) {
    lb_pool_chunk *chunk = malloc(CHUNK_SIZE);
    if (chunk == NULL) return NULL;
    // What is left of the last chunk is a block too.
    size_t rest = (size_t)(pool->end - pool->next);
    if (rest > 0) lb_pool_release(pool, pool->next, rest);
    chunk->next = pool->chunks;
    pool->chunks = chunk;
    pool->next = (uint8_t *)chunk + LB_POOL_STEP;
    pool->end = (uint8_t *)chunk + CHUNK_SIZE;
  }
  void *block = pool->next;
  pool->next += size;
  return block;
}

static void *allocate(lb_pool *pool, size_t size) {
  if (!is_pooled(size)) return malloc(size);
  size_t class = class_of(size);
  lb_pool_block *block = pool->free[class];
  if (block == NULL) return take_from_chunk(pool, (class + 1) * LB_POOL_STEP);
  pool->free[class] = block->next;
  return block;
}

void lb_pool_release(lb_pool *pool, void *block, size_t size) {
  if (!is_pooled(size)) {
    free(block);
    return;
  }
  lb_pool_block *freed = block;
  size_t class = class_of(size);
  freed->next = pool->free[class];
  pool->free[class] = freed;
}

void *lb_pool_resize(lb_pool *pool, void *block, size_t old_size, size_t new_size) {
  if (block == NULL) return allocate(pool, new_size);
  bool was_pooled = is_pooled(old_size), becomes_pooled = is_pooled(new_size);
  if (!was_pooled && !becomes_pooled) return realloc(block, new_size);
  if (was_pooled && becomes_pooled && class_of(old_size) == class_of(new_size)) return block;
  void *moved = allocate(pool, new_size);
  // Shrinking never fails: the longer block serves as well.
  if (moved == NULL) return new_size < old_size ? block : NULL;
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
