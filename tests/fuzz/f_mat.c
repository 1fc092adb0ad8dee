/*
 * Fuzz target: the bytes after the 128-byte header of a MAT file, read variable by variable,
 * and imported as SVHN's training set.
 */
#include "import_kit.h"

#include "base/memory.h"
#include "format/mat.h"

#define HEADER 128

struct source {
	const uint8_t *bytes;
	size_t n, at;
};

static int read_source(void *arg, void *to, size_t room, size_t *got, struct lt_error *err)
{
	struct source *source = arg;

	(void)err;
	*got = room < source->n - source->at ? room : source->n - source->at;
	memcpy(to, source->bytes + source->at, *got);
	source->at += *got;
	return 0;
}

/* All numbers of all variables, up to 4 MiB of each. */
static void as_variables(const uint8_t *bytes, size_t n)
{
	static uint8_t numbers[4 << 20];
	struct source source = {bytes, n, 0};
	struct lt_mat_variable variable;
	struct lt_mat *mat = NULL;
	struct lt_error err;
	uint64_t elements, size;
	bool more = true;
	int code = lt_mat_open(&mat, read_source, &source, "fuzz", &err);

	while (code == 0 && more) {
		code = lt_mat_next(mat, &variable, &more, &err);
		if (code || !more || variable.kind == 'V')
			continue;
		check(lt_array_elements(&variable.array, &elements, &size));
		check(strlen(variable.name) <= LT_MAT_PATH);
		if (size <= sizeof numbers)
			code = lt_mat_read(mat, numbers, (size_t)size, &err);
	}
	if (code)
		check_refusal(code, &err);
	lt_mat_close(mat);
}

static void as_import(const uint8_t *bytes, size_t n)
{
	struct lt_import import = {
		.channels = 3, .format = "mat", .max_pixels = MAX_PIXELS, .host = kit_host()};

	kit_import(&import, bytes, n, "train_32x32.mat", false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = lt_new_bytes(HEADER + size);

	check(bytes != NULL);
	memset(bytes, ' ', HEADER);
	memcpy(bytes, "MATLAB 5.0 MAT-file", 19);
	/* The first byte selects the byte order. */
	memcpy(bytes + 124, size > 0 && data[0] == 0 ? "\1\0MI" : "\0\1IM", 4);
	memcpy(bytes + HEADER, data, size);
	as_variables(bytes, HEADER + size);
	as_import(bytes, HEADER + size);
	lt_free(bytes);
	return 0;
}
