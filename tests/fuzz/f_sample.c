/*
 * Fuzz target: the sample reader samples/read-lts.c, compared with the library.  Both
 * implement lt-stream(5), so if they differ, one of them or the page is wrong.
 *
 * The sample prints, exits on a bad stream, and never frees memory.  Here its output is
 * suppressed, exit is replaced by a jump, and its memory is freed after each input.
 */
#include "kit.h"

#include <setjmp.h>
#include <stdarg.h>

/* ------------------------------------------------------------------- the sample */

static jmp_buf refused;
static void *block[64];

static void *remember(void *old, void *new)
{
	size_t i = 0;

	while (i < 63 && block[i] != old)
		i++;
	check(block[i] == old);
	block[i] = new;
	return new;
}

static void *new_block(size_t n, size_t size)
{
	return remember(NULL, calloc(n, size));
}

static void *grow_block(void *old, size_t n)
{
	return remember(old, realloc(old, n));
}

static void free_block(void *old)
{
	if (old)
		remember(old, NULL);
	free(old);
}

static void free_all(void)
{
	size_t i;

	for (i = 0; i < 64; i++) {
		free(block[i]);
		block[i] = NULL;
	}
}

int sample_main(int argc, char **argv);

#define main sample_main
#define exit(code) longjmp(refused, code)
#define malloc(n) new_block(n, 1)
#define calloc(n, size) new_block(n, size)
#define realloc(old, n) grow_block(old, n)
#define free(old) free_block(old)
#define printf(...) ((void)0)
#define fprintf(...) ((void)0)
#define vfprintf(...) ((void)0)
#define fputc(...) ((void)0)
#include "../../samples/read-lts.c"
#undef main
#undef exit
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef printf
#undef fprintf
#undef vfprintf
#undef fputc

/* Does the sample accept the stream? */
static bool sample_accepts(int fd)
{
	volatile bool good = false;
	int first, outside = 1;

	file = fdopen(dup(fd), "rb");
	check(file != NULL && fseek(file, 0, SEEK_SET) == 0);
	memset(&segment, 0, sizeof segment);
	all_rows = 0;
	frame = aligned = NULL;
	frame_size = frame_room = 0;
	if (setjmp(refused) == 0) {
		make_table();
		for (first = 1; read_frame(first, &outside); first = 0)
			;
		good = true;
	}
	fclose(file);
	free_all();
	return good;
}

/* ------------------------------------------------------------------ the library */

static bool library_accepts(int fd, struct lt_error *err)
{
	enum lt_event event = LT_EV_HEADER;
	struct lt_reader *reader;
	int code;

	check(lseek(fd, 0, SEEK_SET) == 0);
	check(lt_reader_open_fd(&reader, dup(fd), "in", NULL) == 0);
	do
		code = lt_reader_next(reader, &event, err);
	while (code == 0 && event != LT_EV_END);
	lt_reader_close(reader);
	return code == 0;
}

static void hold_together(const uint8_t *data, size_t size)
{
	struct lt_error err = {0};
	int fd = kit_file(data, size);
	bool good = library_accepts(fd, &err);

	if (sample_accepts(fd) != good) {
		fprintf(stderr, "the library says: %s\n", good ? "good" : err.text);
		abort();
	}
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *whole;
	size_t n = kit_whole(data, size, &whole);

	hold_together(data, size);
	hold_together(whole, n);
	free(whole);
	return 0;
}
