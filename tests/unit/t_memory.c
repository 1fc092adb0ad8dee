/* Checked sizes, arenas and buffers. */
#include "base/memory.h"

#include <stdlib.h>

#include "check.h"

static bool is_zero(const void *block, size_t n)
{
	const unsigned char *byte = block;
	size_t i;

	for (i = 0; i < n; i++)
		if (byte[i])
			return false;
	return true;
}

static void test_sizes(void)
{
	size_t out = 7;

	check(!lt_mul(SIZE_MAX, 2, &out) && out == 7);
	check(!lt_mul(SIZE_MAX / 2 + 1, 2, &out) && out == 7);
	check(lt_mul(SIZE_MAX / 2, 2, &out) && out == SIZE_MAX - 1);
	check(lt_mul(0, SIZE_MAX, &out) && out == 0);
	out = 7;
	check(!lt_add(SIZE_MAX, 1, &out) && out == 7);
	check(lt_add(SIZE_MAX - 1, 1, &out) && out == SIZE_MAX);
}

static void test_arrays(void)
{
	unsigned char *block = lt_new_array(1000, 3), *grown;

	check(block && is_zero(block, 3000));
	block[2999] = 9;
	check(!lt_grow_array(block, SIZE_MAX / 2, 3));
	check_named(block[2999] == 9, "the old block is kept when growing fails");
	grown = lt_grow_array(block, 2000, 3);
	check(grown && grown[2999] == 9);
	free(grown);
	check(!lt_new_array(SIZE_MAX / 2, 3));
	block = lt_new_array(0, 8);
	check_named(block != NULL, "an empty array is no failure");
	free(block);
}

static void test_aligned(void)
{
	static const size_t sizes[] = {0, 1, 63, 64, 65, 4096, (size_t)5 << 20};
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		void *block = lt_new_aligned(sizes[i]);

		check(block && (uintptr_t)block % 64 == 0 && is_zero(block, sizes[i]));
		lt_free_aligned(block, sizes[i]);
	}
	check(!lt_new_aligned(SIZE_MAX));
	check(!lt_new_aligned(SIZE_MAX - 64));
	lt_free_aligned(NULL, 0);
}

static void test_arena(void)
{
	struct lt_arena arena = {0};
	unsigned char *piece[300];
	int i, wrong = 0;

	for (i = 0; i < 300; i++) {
		piece[i] = lt_arena_alloc(&arena, (size_t)i * 7);
		if (!piece[i] || (uintptr_t)piece[i] % _Alignof(max_align_t) ||
		    !is_zero(piece[i], (size_t)i * 7))
			wrong++;
		else
			memset(piece[i], i & 255, (size_t)i * 7);
	}
	for (i = 1; i < 300; i++)
		if (piece[i][0] != (i & 255) || piece[i][i * 7 - 1] != (i & 255))
			wrong++;
	check_int(wrong, 0);
	check_text(lt_arena_text(&arena, "text"), "text");
	check_text(lt_arena_text_n(&arena, "cut here", 3), "cut");
	check_text(lt_arena_printf(&arena, "%s-%d", "n", 12), "n-12");
	check(!lt_arena_alloc(&arena, SIZE_MAX));
	check(!lt_arena_alloc(&arena, SIZE_MAX - 40));
	check(!lt_arena_array(&arena, SIZE_MAX / 2, 4));
	lt_arena_free(&arena);
	check(arena.last == NULL);
	lt_arena_free(&arena);
}

static void test_buffer(void)
{
	struct lt_buffer buffer = {0};
	int i, wrong = 0;

	for (i = 0; i < 1000; i++)
		if (!lt_buffer_append(&buffer, &i, sizeof(i)))
			wrong++;
	for (i = 0; i < 1000; i++)
		if (memcmp(buffer.data + (size_t)i * sizeof(i), &i, sizeof(i)) != 0)
			wrong++;
	check_int(wrong, 0);
	check_int((long long)buffer.size, 1000 * (long long)sizeof(i));
	check(!lt_buffer_reserve(&buffer, SIZE_MAX));
	check(!lt_buffer_reserve(&buffer, SIZE_MAX / 2 + 1));
	check_int((long long)buffer.size, 1000 * (long long)sizeof(i));
	check(lt_buffer_append(&buffer, NULL, 0));
	lt_buffer_free(&buffer);
	check(!buffer.data && buffer.size == 0 && buffer.room == 0);
}

int main(void)
{
	test_sizes();
	test_arrays();
	test_aligned();
	test_arena();
	test_buffer();
	return check_done();
}
