/*
 * Checked sizes and memory.
 *
 * Sizes are size_t, and every product or sum of sizes that came from outside
 * goes through lt_mul or lt_add.  Whoever allocates frees, except for an
 * arena's memory, which lives until lt_arena_free.
 *
 * libcore and the programs allocate by the functions below and release by
 * lt_free alone (malloc(3) and free(3) are called in memory.c and nowhere else):
 * one ledger counts the bytes in use and refuses what would pass the limit.
 * Other libraries' own memory (OpenBLAS, libarchive, libpng, stdio), thread
 * stacks, mapped files and the page cache are not counted.
 */
#ifndef LT_BASE_MEMORY_H
#define LT_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *out = a * b or a + b; false, with *out untouched, when that overflows. */
bool lt_mul(size_t a, size_t b, size_t *out);
bool lt_add(size_t a, size_t b, size_t *out);

/*
 * The most that the ledger lets be in use at a time; 0, as at the start: no limit.
 * Blocks that are there stay.  Results never depend on it: too little is an error.
 */
void lt_memory_limit(uint64_t bytes);

/*
 * The default limit of programs: half of the machine's memory, or half of what this
 * process's cgroup and those above it allow, where that is less.
 */
uint64_t lt_memory_default(void);

/* What the cgroups allow in bytes; 0: no limit.  root stands before /proc and /sys. */
uint64_t lt_memory_quota(const char *root);

/* Bytes in use. */
uint64_t lt_memory_used(void);

/* Would so many bytes more be within the limit?  For a size that another library is about to
 * allocate on a file's word; lt_fail_memory then tells of the limit. */
bool lt_memory_fits(uint64_t bytes);

/* The limit, when that was why memory was last refused; 0: the system had none. */
uint64_t lt_memory_refused(void);

/*
 * All return NULL on overflow, without memory and at the limit; lt_fail_memory says which.
 * lt_free takes what any of them gave, and NULL.
 */
void *lt_new_array(size_t n, size_t size); /* n zeroed elements */
void *lt_new_bytes(size_t size);	   /* not cleared */
/* realloc(3) to n elements; when it fails the old block is kept. */
void *lt_grow_array(void *old, size_t n, size_t size);
/* Zeroed memory on a 64-byte boundary (huge pages are asked for from 4 MiB on). */
void *lt_new_aligned(size_t size);
/* Not cleared, on a boundary of align bytes: a power of two, sizeof(void *) or more. */
void *lt_new_aligned_bytes(size_t align, size_t size);
char *lt_text_copy(const char *text);
char *lt_text_copy_n(const char *text, size_t n); /* of at most n bytes */
void lt_free(void *block);

/*
 * An arena: many small objects with one life.  { 0 } is an empty arena.
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
