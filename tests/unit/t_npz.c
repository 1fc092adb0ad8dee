/*
 * Rows as an .npz file: every type of column, read back as an archive of .npy files.
 */
#include <stdlib.h>
#include <unistd.h>

#include "archive/archive.h"
#include "base/memory.h"
#include "check.h"
#include "format/npy.h"
#include "format/npz.h"

static char path[] = "/tmp/lt-npz.XXXXXX";

static int read_entry(void *arg, void *to, size_t n, struct lt_error *err)
{
	size_t got;
	int status = lt_archive_read(arg, to, n, &got, err);

	return status || got == n ? status : lt_fail(err, LT_DATA, "truncated");
}

/* The next array of the file: its name, "kind size shape" and up to 200 bytes of elements. */
static void next_array(struct lt_archive *archive, const char *name, const char *type,
		       const void *want, size_t n)
{
	struct lt_entry entry = {.name = ""};
	struct lt_array array = {.kind = 0};
	struct lt_error err;
	uint8_t bytes[200];
	char text[300];
	bool more = false;
	size_t got = 0;

	check(lt_archive_next(archive, &entry, &more, &err) == 0 && more);
	check_text(more ? entry.name : "", name);
	check_int(lt_npy_read_header(&array, name, read_entry, archive, &err), 0);
	snprintf(text, sizeof text, "%c%d %s", array.kind, (int)array.size,
		 lt_array_shape(&array).text);
	check_text(text, type);
	check_int(lt_archive_read(archive, bytes, sizeof bytes, &got, &err), 0);
	check_int((long long)got, (long long)n);
	check(got == n && memcmp(bytes, want, n) == 0);
}

static void make_header(struct lt_header *header)
{
	static const char *const classes[] = {"a", "naïve"};
	struct lt_shape scalar = {0}, pair = {1, {2}};

	lt_header_init(header, LT_ROWS);
	check(lt_header_add_column(header, "half", LT_BF2, pair, "input", NULL) == 0);
	check(lt_header_add_column(header, "y", LT_I2, scalar, "label", NULL) == 0);
	check(lt_header_add_column(header, "real", LT_F8, scalar, "info", NULL) == 0);
	check(lt_header_add_column(header, "key", LT_BYTES, scalar, "info", NULL) == 0);
	check(lt_header_set_classes(header, classes, 2, NULL) == 0);
}

static int put_row(struct lt_npz *npz, uint16_t half, int16_t y, double real, const char *key,
		   uint64_t n, struct lt_error *err)
{
	uint16_t halves[2] = {half, 0xc000};
	const void *cell[] = {halves, &y, &real, key};
	uint64_t bytes[] = {0, 0, 0, n};

	return lt_npz_row(npz, cell, bytes, err);
}

static int write_file(struct lt_npz *npz, struct lt_error *err)
{
	struct lt_output *output;
	int status = lt_output_open(&output, path, err);

	if (status == 0)
		status = lt_npz_write(npz, output, err);
	if (status == 0)
		return lt_output_finish(output, err);
	lt_output_abort(output);
	return status;
}

static void test_columns(int rows)
{
	/* bf16 1.5 and 3.140625, and -2: as float32 they have two bytes more. */
	static const float halves[] = {1.5f, -2, 3.140625f, -2};
	static const int16_t y[] = {1, -1};
	static const double real[] = {0.1, -1e300};
	struct lt_archive *archive;
	struct lt_header header;
	struct lt_error err;
	struct lt_npz *npz;
	char text[40];

	make_header(&header);
	check_int(lt_npz_new(&npz, &header, &err), 0);
	if (rows > 0)
		check_int(put_row(npz, 0x3fc0, 1, 0.1, "a/1.png", 7, &err), 0);
	if (rows > 1)
		check_int(put_row(npz, 0x4049, -1, -1e300, "\0\xff", 2, &err), 0);
	check_int(write_file(npz, &err), 0);
	lt_npz_free(npz);
	check_int(lt_archive_open(&archive, path, &err), 0);
	snprintf(text, sizeof text, "f4 (%d, 2)", rows);
	next_array(archive, "half.npy", text, halves, 8 * (size_t)rows);
	snprintf(text, sizeof text, "i2 (%d,)", rows);
	next_array(archive, "y.npy", text, y, 2 * (size_t)rows);
	snprintf(text, sizeof text, "f8 (%d,)", rows);
	next_array(archive, "real.npy", text, real, 8 * (size_t)rows);
	snprintf(text, sizeof text, "S%d (%d,)", rows ? 7 : 1, rows);
	next_array(archive, "key.npy", text, "a/1.png\0\xff\0\0\0\0\0", 7 * (size_t)rows);
	next_array(archive, "classes.npy", "S6 (2,)", "a\0\0\0\0\0na\xc3\xafve", 12);
	lt_archive_close(archive);
	lt_header_free(&header);
}

static void test_refused(void)
{
	struct lt_header header;
	struct lt_error err;
	struct lt_npz *npz;
	size_t large = (size_t)9 << 20;
	char *text = lt_new_array(large, 1);
	int i;

	make_header(&header);
	check_int(lt_npz_new(&npz, &header, &err), 0);
	check_int(put_row(npz, 0, 0, 0, "x\0", 2, &err), LT_DATA);
	check(strstr(err.text, "row 0: column key ends in a zero byte"));
	lt_npz_free(npz);
	/* One long cell and a hundred short ones: 900 MiB of zeros. */
	memset(text, 'x', large);
	check_int(lt_npz_new(&npz, &header, &err), 0);
	check_int(put_row(npz, 0, 0, 0, text, large, &err), 0);
	for (i = 0; i < 100; i++)
		check(put_row(npz, 0, 0, 0, "x", 1, &err) == 0);
	check_int(write_file(npz, &err), LT_DATA);
	check(strstr(err.text, "column key: every row would take the 9437184 bytes of the "
			       "longest; --drop leaves the column out"));
	lt_npz_free(npz);
	lt_free(text);
	lt_header_free(&header);
}

int main(void)
{
	int fd = mkstemp(path), rows;

	for (rows = 0; rows < 3; rows++)
		test_columns(rows);
	test_refused();
	check(lt_memory_used() == 0);
	close(fd);
	unlink(path);
	return check_done();
}
