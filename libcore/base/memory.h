/*
 * Checked sizes and memory.
 *
 * Sizes are size_t.  Use lt_mul and lt_add for every product or sum of sizes that
 * come from input.  The caller that allocates also frees, except for the memory of
 * an arena, which lives until lt_arena_free.
 *
 * libcore and the programs allocate with the functions below and release with
 * lt_free; only memory.c calls malloc(3) and free(3).  A ledger counts the bytes
 * in use and rejects requests that would exceed the limit.  It does not count the
 * memory of other libraries (OpenBLAS, libarchive, libpng, stdio), thread stacks,
 * mapped files and the page cache.
 */
#ifndef LT_BASE_MEMORY_H
#define LT_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *out = a * b or a + b; false, with *out unchanged, on overflow. */
bool lt_mul(size_t a, size_t b, size_t *out);
bool lt_add(size_t a, size_t b, size_t *out);

/*
 * Sets the limit of the bytes in use; 0, the initial value: no limit.  Existing
 * blocks remain.  The limit never affects results: too low a limit is an error.
 */
void lt_memory_limit(uint64_t bytes);

/*
 * The default limit of programs: half the memory of the machine, or half the limit
 * of this process's cgroup and its parents if that is lower.
 */
uint64_t lt_memory_default(void);

/* The limit of the cgroups in bytes; 0: none.  root: prefix of /proc and /sys. */
uint64_t lt_memory_quota(const char *root);

/* Bytes in use. */
uint64_t lt_memory_used(void);

/*
 * Are this many more bytes within the limit?  For sizes from a file that another library is
 * about to allocate; lt_fail_memory then reports the limit.
 */
bool lt_memory_fits(uint64_t bytes);

/*
 * The number of bytes left below the limit; UINT64_MAX: there is no limit.  For data that
 * is kept only to save time and must leave room for the rest.
 */
uint64_t lt_memory_left(void);

/* The limit, if it caused the last failure to allocate; 0: the system had no memory. */
uint64_t lt_memory_refused(void);

/*
 * All return NULL on overflow, without memory and at the limit; lt_fail_memory reports which.
 * lt_free takes a block from any of them, or NULL.
 */
void *lt_new_array(size_t n, size_t size); /* n zeroed elements */
void *lt_new_bytes(size_t size);	   /* not cleared */
/* realloc(3) to n elements; on failure the old block is kept. */
void *lt_grow_array(void *old, size_t n, size_t size);
/* Zeroed memory on a 64-byte boundary (with huge pages from 4 MiB on, if possible). */
void *lt_new_aligned(size_t size);
/* The same, not cleared: a page lies near the processor that writes to it first. */
void *lt_new_untouched(size_t size);
/* Not cleared, on a boundary of align bytes: a power of two, sizeof(void *) or more.  On one of
 * 2 MiB it has huge pages, if possible. */
void *lt_new_aligned_bytes(size_t align, size_t size);
char *lt_text_copy(const char *text);
char *lt_text_copy_n(const char *text, size_t n); /* of at most n bytes */
void lt_free(void *block);

/*
 * An arena: many small objects with the same lifetime.  { 0 } is an empty arena.
 * All functions return NULL without memory.
 */
struct lt_arena {
	struct lt_arena_block *last;
};

void *lt_arena_alloc(struct lt_arena *arena, size_t size); /* zeroed, aligned for any type */
void *lt_arena_array(struct lt_arena *arena, size_t n, size_t size);
char *lt_arena_text(struct lt_arena *arena, const char *text);
char *lt_arena_text_n(struct lt_arena *arena, const char *bytes, size_t n);
char *lt_arena_printf(struct lt_arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void lt_arena_free(struct lt_arena *arena);

/* A growing byte buffer.  { 0 } is an empty one. */
struct lt_buffer {
	uint8_t *data;
	size_t size, room;
};

bool lt_buffer_reserve(struct lt_buffer *buffer, size_t more); /* room for more bytes */
bool lt_buffer_append(struct lt_buffer *buffer, const void *bytes, size_t n);
void lt_buffer_free(struct lt_buffer *buffer);

#endif
