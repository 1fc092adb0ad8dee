/* Checked sizes, arenas, buffers, and the ledger that counts them. */
#include "base/memory.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/error.h"
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
		lt_free(block);
	}
	check(!lt_new_aligned(SIZE_MAX));
	check(!lt_new_aligned(SIZE_MAX - 64));
	lt_free(NULL);
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

/* Allocated bytes are counted, freed bytes are not, and the limit rejects further requests. */
static void test_ledger(void)
{
	const uint64_t before = lt_memory_used();
	struct lt_error err = {0};
	unsigned char *block = lt_new_bytes(1000), *aligned, *text;
	struct lt_arena arena = {0};

	check(block && lt_memory_used() >= before + 1000);
	lt_memory_limit(lt_memory_used() + 100000);
	check(lt_memory_fits(100000) && !lt_memory_fits(100001) && !lt_memory_fits(UINT64_MAX));
	block[999] = 7;
	check(!lt_grow_array(block, 200000, 1));
	check_named(block[999] == 7, "the old block is kept at the limit");
	check_int(lt_fail_memory(&err), LT_OS);
	check_named(strncmp(err.text, "more memory than --max-memory ", 30) == 0, err.text);
	block = lt_grow_array(block, 50000, 1);
	check(block && block[999] == 7);
	check(!lt_new_array(60000, 1) && !lt_new_bytes(60000) && !lt_new_aligned(60000));
	check(!lt_new_aligned_bytes(64, 60000) && !lt_arena_alloc(&arena, 60000));
	aligned = lt_new_aligned_bytes(256, 30000);
	check(aligned && (uintptr_t)aligned % 256 == 0);
	text = (unsigned char *)lt_text_copy_n("cut here", 3);
	check_text((char *)text, "cut");
	lt_free(text);
	text = (unsigned char *)lt_text_copy("whole");
	check_text((char *)text, "whole");
	lt_free(text);
	lt_free(aligned);
	lt_free(block);
	lt_free(NULL);
	check_int((long long)lt_memory_used(), (long long)before);
	lt_memory_limit(128974848);
	check(!lt_new_bytes(128974849) && lt_memory_refused() == 128974848);
	lt_fail_memory(&err);
	check_text(err.text, "more memory than --max-memory 123M would be needed");
	lt_memory_limit(0);
	check_named(!lt_new_bytes(SIZE_MAX / 2 - 4096), "no system has that much");
	lt_fail_memory(&err);
	check_text(err.text, "out of memory");
	check_int((long long)lt_memory_used(), (long long)before);
}

static void *take_and_give(void *unused)
{
	int i;

	for (i = 0; i < 20000; i++) {
		void *a = lt_new_bytes((size_t)i % 3000), *b = lt_new_array(17, 3);

		a = lt_grow_array(a, 4000, 1);
		lt_free(b);
		lt_free(a);
	}
	return unused;
}

static void test_ledger_of_threads(void)
{
	const uint64_t before = lt_memory_used();
	pthread_t thread[4];
	int i;

	for (i = 0; i < 4; i++)
		if (pthread_create(&thread[i], NULL, take_and_give, NULL) != 0)
			break;
	check_int(i, 4);
	while (i > 0)
		pthread_join(thread[--i], NULL);
	check_int((long long)lt_memory_used(), (long long)before);
}

static void write_text(const char *root, const char *path, const char *text)
{
	char name[512];
	FILE *file;

	snprintf(name, sizeof(name), "mkdir -p %s/$(dirname %s)", root, path);
	check_int(system(name), 0);
	snprintf(name, sizeof(name), "%s/%s", root, path);
	file = fopen(name, "w");
	check(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

/* A false /proc and /sys: the smallest limit from the group up to the mount point applies. */
static void test_quota(void)
{
	char root[] = "/tmp/lt-memory.XXXXXX", command[64];

	if (!check(mkdtemp(root) != NULL))
		return;
	check_int((long long)lt_memory_quota(root), 0);
	write_text(root, "proc/self/cgroup", "0::/a/b\n");
	write_text(root, "sys/fs/cgroup/a/b/memory.max", "max\n");
	check_int((long long)lt_memory_quota(root), 0);
	write_text(root, "sys/fs/cgroup/a/memory.max", "3000000000\n");
	check_int((long long)lt_memory_quota(root), 3000000000);
	write_text(root, "sys/fs/cgroup/a/b/memory.high", "2000000000\n");
	check_int((long long)lt_memory_quota(root), 2000000000);
	write_text(root, "proc/self/cgroup", "3:cpu:/c\n4:memory:/m\n");
	write_text(root, "sys/fs/cgroup/memory/m/memory.limit_in_bytes",
		   "9223372036854771712\n");
	write_text(root, "sys/fs/cgroup/memory/memory.limit_in_bytes", "1000000000\n");
	write_text(root, "sys/fs/cgroup/cpu/c/memory.limit_in_bytes", "5\n");
	check_int((long long)lt_memory_quota(root), 1000000000);
	snprintf(command, sizeof(command), "rm -r %s", root);
	check_int(system(command), 0);
	check(lt_memory_default() > 0);
}

int main(void)
{
	test_sizes();
	test_arrays();
	test_aligned();
	test_arena();
	test_buffer();
	test_ledger();
	test_ledger_of_threads();
	test_quota();
	return check_done();
}
