/*
 * Checked sizes and memory.
 *
 * Sizes are size_t, and every product or sum of sizes that came from outside
 * goes through lt_mul or lt_add.  Whoever allocates frees, except for an
 * arena's memory, which lives until lt_arena_free.
 */
#ifndef LT_BASE_MEMORY_H
#define LT_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *out = a * b or a + b; false, with *out untouched, when that overflows. */
bool lt_mul(size_t a, size_t b, size_t *out);
bool lt_add(size_t a, size_t b, size_t *out);

/* n zeroed elements of the given size; NULL on overflow or without memory.  free(3) it. */
void *lt_new_array(size_t n, size_t size);

/* realloc(3) to n elements; NULL on overflow or without memory, the old block is then kept. */
void *lt_grow_array(void *old, size_t n, size_t size);

/* Zeroed memory on a 64-byte boundary (huge pages are asked for from 4 MiB on).
 * lt_free_aligned. */
void *lt_new_aligned(size_t size);
void lt_free_aligned(void *block, size_t size);

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
