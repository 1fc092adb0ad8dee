/* Arenas and growing buffers, allocated by base/memory.c. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

struct lt_arena_block {
	struct lt_arena_block *before;
	size_t used, room;
	_Alignas(max_align_t) unsigned char bytes[];
};

void *lt_arena_alloc(struct lt_arena *arena, size_t size)
{
	struct lt_arena_block *block = arena->last;
	const size_t align = _Alignof(max_align_t);
	size_t rounded, room, total;
	void *result;

	if (!lt_add(size ? size : 1, align - 1, &rounded))
		return NULL;
	rounded &= ~(align - 1);
	if (!block || block->room - block->used < rounded) {
		room = rounded > 4096 ? rounded : 4096;
		if (!lt_add(room, sizeof *block, &total))
			return NULL;
		block = lt_new_array(1, total);
		if (!block)
			return NULL;
		block->before = arena->last;
		block->room = room;
		arena->last = block;
	}
	result = block->bytes + block->used;
	block->used += rounded;
	return result;
}

void *lt_arena_array(struct lt_arena *arena, size_t n, size_t size)
{
	size_t bytes;

	return lt_mul(n, size, &bytes) ? lt_arena_alloc(arena, bytes) : NULL;
}

char *lt_arena_text_n(struct lt_arena *arena, const char *bytes, size_t n)
{
	size_t size;
	char *copy;

	if (!lt_add(n, 1, &size))
		return NULL;
	copy = lt_arena_alloc(arena, size);
	if (copy && n)
		memcpy(copy, bytes, n);
	return copy;
}

char *lt_arena_text(struct lt_arena *arena, const char *text)
{
	return lt_arena_text_n(arena, text, strlen(text));
}

char *lt_arena_printf(struct lt_arena *arena, const char *fmt, ...)
{
	va_list args, again;
	char *text = NULL;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	if (n >= 0 && (text = lt_arena_alloc(arena, (size_t)n + 1)))
		vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(args);
	return text;
}

void lt_arena_free(struct lt_arena *arena)
{
	struct lt_arena_block *block = arena->last, *before;

	for (; block; block = before) {
		before = block->before;
		lt_free(block);
	}
	arena->last = NULL;
}

bool lt_buffer_reserve(struct lt_buffer *buffer, size_t more)
{
	size_t need, room = buffer->room ? buffer->room : 256;
	uint8_t *data;

	if (!lt_add(buffer->size, more, &need))
		return false;
	if (need <= buffer->room)
		return true;
	while (room < need)
		if (!lt_mul(room, 2, &room))
			return false;
	data = lt_grow_array(buffer->data, room, 1);
	if (!data)
		return false;
	buffer->data = data;
	buffer->room = room;
	return true;
}

bool lt_buffer_append(struct lt_buffer *buffer, const void *bytes, size_t n)
{
	if (!lt_buffer_reserve(buffer, n))
		return false;
	if (n)
		memcpy(buffer->data + buffer->size, bytes, n);
	buffer->size += n;
	return true;
}

void lt_buffer_free(struct lt_buffer *buffer)
{
	lt_free(buffer->data);
	*buffer = (struct lt_buffer){0};
}
