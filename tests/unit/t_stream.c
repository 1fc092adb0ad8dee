/*
 * Whole streams: written data is read back, equal tables give equal bytes, and every cut,
 * flipped, dropped, repeated or swapped part is detected.
 */
#include "stream_kit.h"

static const char *const classes[] = {"cat", "dog", "na\xc3\xafve owl"};

static void make_header(struct lt_header *header)
{
	static const char *const opts[] = {"--size=2", "--split=train"};
	static const struct lt_prov_in in[] = {{"data", -1, 1234, 0xdeadbeef}};
	const struct lt_prov prov = {"import", "1.0.0", "stdout", opts, 2, 7, in, 1};
	const struct lt_shape image = {3, {2, 2, 3}}, scalar = {0};

	lt_header_init(header, LT_ROWS);
	lt_header_add_column(header, "image", LT_U1, image, "input", NULL);
	lt_header_add_column(header, "y", LT_I4, scalar, "label", NULL);
	lt_header_add_column(header, "key", LT_BYTES, scalar, "info", NULL);
	lt_header_set_classes(header, classes, 3, NULL);
	header->split = "train";
	header->norm = (struct lt_norm){3, {0.5, 0.25, 0.125}, {1, 2, 3}};
	lt_prov_add(header, &prov, NULL);
}

/* Writes rows whose contents depend on their number. */
static int write_rows(struct lt_writer *writer, int n)
{
	uint8_t image[12];
	char key[16];
	int32_t y;
	const void *cell[3] = {image, &y, key};
	uint64_t bytes[3] = {0};
	int i, code = 0;

	for (i = 0; i < n && code == 0; i++) {
		memset(image, i, sizeof image);
		y = i % 4 - 1;
		snprintf(key, sizeof key, "k%d", i);
		bytes[2] = strlen(key);
		code = lt_writer_row(writer, cell, bytes, NULL);
	}
	return code;
}

static struct bytes small_rows(int n)
{
	struct lt_output *output = kit_output();
	struct lt_note_item note[] = {{"loss", LT_NOTE_REAL, 0, 0.5, NULL},
				      {"step", LT_NOTE_INT, -3, 0, NULL},
				      {"text", LT_NOTE_TEXT, 0, 0, "a\nb"}};
	struct lt_header header;
	struct lt_writer *writer;

	make_header(&header);
	lt_writer_begin(&writer, output, &header, NULL);
	write_rows(writer, n / 2);
	lt_writer_note(writer, note, 3, NULL);
	write_rows(writer, n - n / 2);
	lt_writer_done(writer, NULL, NULL);
	lt_header_free(&header);
	return kit_bytes(output);
}

static struct bytes small_model(void)
{
	struct lt_output *output = kit_output();
	const struct lt_shape two = {2, {2, 3}}, scalar = {0}, none = {1, {0}};
	const float weight[6] = {1, 2, 3, 4, 5, 6};
	const int64_t step = 77;
	const uint64_t counts[3] = {3, 2, 1};
	struct lt_header header;
	struct lt_writer *writer;

	lt_header_init(&header, LT_MODEL);
	lt_header_set_classes(&header, classes, 3, NULL);
	lt_header_set_counts(&header, &header.train_counts, counts, 3, NULL);
	header.arch = "resnet20";
	header.head = "cosine";
	header.scale = 30;
	header.num_classes = 3;
	header.input = (struct lt_shape){3, {32, 32, 3}};
	header.epoch = 9;
	lt_writer_begin(&writer, output, &header, NULL);
	lt_writer_tensor(writer, "fc.weight", LT_F4, &two, weight, NULL);
	lt_writer_tensor(writer, "step", LT_I8, &scalar, &step, NULL);
	lt_writer_tensor(writer, "empty", LT_F4, &none, NULL, NULL);
	lt_writer_done(writer, NULL, NULL);
	lt_header_free(&header);
	return kit_bytes(output);
}

static void test_vectors(void)
{
	static const uint8_t whole[] = {0x95, 0xa4, 'n',  'o',	't',  'e',  0xcf, 0,
					0,    0,    0,	  0,	0,    0,    1,	  0xc6,
					0,    0,    0,	  1,	0x80, 0xc6, 0,	  0,
					0,    0,    0xce, 0xf7, 0xc7, 0x48, 0x04};
	struct bytes frame = {0};
	static uint8_t noise[14000];
	size_t i, n;
	bool agree = true;

	check_int(lt_crc32c(0, "123456789", 9), 0xe3069283);
	check_int(lt_crc32c_by_table(0, "123456789", 9), 0xe3069283);
	for (i = 0; i < sizeof noise; i++)
		noise[i] = (uint8_t)(i * i * 31 + i / 7);
	for (n = 0; n < 7000; n += n < 300 ? 1 : 13)
		agree = agree &&
			lt_crc32c(5, noise + n, n) == lt_crc32c_by_table(5, noise + n, n);
	check_named(agree, "both ways to the CRC agree at every length and alignment");
	check_int(lt_crc32c(lt_crc32c(0, noise, 333), noise + 333, 667),
		  lt_crc32c(0, noise, 1000));
	check_int(lt_crc32c_join(lt_crc32c(0, noise, 333), lt_crc32c(0, noise + 333, 667), 667),
		  lt_crc32c(0, noise, 1000));
	check_int(lt_crc32c_join(lt_crc32c(0, noise, 1000), lt_crc32c(0, noise, 0), 0),
		  lt_crc32c(0, noise, 1000));
	check_int(lt_crc32c_join(0, 0xe3069283, 9), 0xe3069283);
	kit_frame(&frame, "note", 1, "\x80", 1, NULL, 0);
	check(frame.n == sizeof whole && memcmp(frame.data, whole, sizeof whole) == 0);
	free(frame.data);
}

static void check_rows(const struct lt_rows *rows, uint64_t first)
{
	const uint8_t *image = rows->col[0], *key = rows->col[2];
	const int32_t *y = rows->col[1];
	bool good = true;
	char want[16];
	uint32_t i;
	size_t n;

	for (i = 0; i < rows->n; i++) {
		n = (size_t)snprintf(want, sizeof want, "k%d", (int)i);
		good = good && image[12 * i] == i && image[12 * i + 11] == i &&
		       y[i] == (int)i % 4 - 1 &&
		       rows->offset[2][i + 1] - rows->offset[2][i] == n &&
		       memcmp(key + rows->offset[2][i], want, n) == 0;
	}
	check_named(good, "cells come back");
	check_int((long long)rows->at, (long long)first);
	check((uintptr_t)rows->col[0] % 64 == 0 && (uintptr_t)rows->col[1] % 64 == 0 &&
	      (uintptr_t)rows->offset[2] % 64 == 0);
}

static void test_rows_back(const struct bytes *stream)
{
	struct lt_reader *reader;
	enum lt_event event;
	const struct lt_header *header;
	const struct lt_note *note;
	const struct lt_totals *totals;
	struct lt_error err;
	size_t size;

	check(lt_reader_open_fd(&reader, kit_file(stream->data, stream->n), "in", &err) == 0);
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_HEADER);
	header = lt_reader_header(reader);
	check_int(header->n_cols, 3);
	check_text(header->cols[2].name, "key");
	check_int(header->cols[0].shape.dim[2], 3);
	check_int(header->n_classes, 3);
	check_text(header->classes[2], "na\xc3\xafve owl");
	check_near(header->norm.mean[1], 0.25, 0);
	check_text(header->prov[0].opts[1], "--split=train");
	check_int(header->prov[0].in[0].crc, 0xdeadbeef);
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_ROWS);
	check_rows(lt_reader_rows(reader), 0);
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_NOTE);
	note = lt_reader_note(reader);
	check_int(note->n, 3);
	check_near(note->item[0].real, 0.5, 0);
	check_int(note->item[1].integer, -3);
	check_text(note->item[2].text, "a?b");
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_ROWS);
	check_rows(lt_reader_rows(reader), 5);
	check(lt_reader_frame(reader, &size) != NULL && size > 100);
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_DONE);
	totals = lt_reader_totals(reader);
	check_int((long long)totals->rows, 11);
	check_int((long long)totals->frames, 4);
	check_int((long long)totals->class_counts[0], 3);
	check_int((long long)totals->class_counts[2], 2);
	check_text(lt_reader_header(reader)->split, "train");
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_END);
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_END);
	lt_reader_close(reader);
}

static void test_model_back(const struct bytes *stream)
{
	struct lt_reader *reader;
	const struct lt_header *header;
	const struct lt_tensor *tensor;
	enum lt_event event;
	struct lt_error err;

	lt_reader_open_fd(&reader, kit_file(stream->data, stream->n), "in", &err);
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_HEADER);
	header = lt_reader_header(reader);
	check_text(header->head, "cosine");
	check_near(header->scale, 30, 0);
	check_int((long long)header->epoch, 9);
	check_int((long long)header->train_counts[1], 2);
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_TENSOR);
	tensor = lt_reader_tensor(reader);
	check_text(tensor->name, "fc.weight");
	check(tensor->elements == 6 && tensor->part == 0 && tensor->parts == 1);
	check_near(((const float *)tensor->data)[5], 6, 0);
	check((uintptr_t)tensor->data % 64 == 0);
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_TENSOR);
	check_int((long long)*(const int64_t *)tensor->data, 77);
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_TENSOR);
	check_int((long long)tensor->elements, 0);
	check(lt_reader_next(reader, &event, &err) == 0 && event == LT_EV_DONE);
	lt_reader_close(reader);
}

static void check_rejected(const char *what, int wrong, int tried)
{
	char name[100];

	snprintf(name, sizeof name, "%s: each of %d rejected", what, tried);
	check_int_(wrong, 0, name, __FILE__, __LINE__);
}

static void test_damage(const struct bytes *stream, const char *what)
{
	struct lt_error err;
	uint8_t *copy = kit_copy(stream->data, stream->n).data;
	char name[100];
	size_t i, bit;
	int wrong = 0;

	check_int(kit_read(stream->data, stream->n, &err), 0);
	for (i = 0; i < stream->n; i++)
		wrong += kit_read(stream->data, i, &err) != LT_DATA ||
			 !strstr(err.text, i ? "truncated after " : "empty input");
	snprintf(name, sizeof name, "prefixes of %s", what);
	check_rejected(name, wrong, (int)stream->n);
	for (wrong = 0, bit = 0; bit < 8 * stream->n; bit++) {
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		wrong += kit_read(copy, stream->n, &err) != LT_DATA;
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	snprintf(name, sizeof name, "bit flips of %s", what);
	check_rejected(name, wrong, (int)(8 * stream->n));
	free(copy);
}

/* Writes the frames in this order; returns the reader's code. */
static int try_order(const struct bytes *stream, const int *order, int n)
{
	struct bytes copy = {0};
	struct lt_error err;
	size_t at[64];
	int i, code;

	kit_frames(stream, at, 64);
	for (i = 0; i < n; i++)
		kit_append(&copy, stream->data + at[order[i]], at[order[i] + 1] - at[order[i]]);
	code = kit_read(copy.data, copy.n, &err);
	free(copy.data);
	return code;
}

static void test_frame_order(const struct bytes *stream, const char *what)
{
	int order[66], frames, i, k, n, wrong = 0, tried = 0;
	size_t at[64];
	char name[100];

	frames = kit_frames(stream, at, 64);
	for (i = 0; i < frames; i++) { /* dropped, then repeated */
		for (k = n = 0; k < frames; k++)
			if (k != i)
				order[n++] = k;
		wrong += try_order(stream, order, n) != LT_DATA;
		for (k = n = 0; k < frames; k++) {
			order[n++] = k;
			if (k == i)
				order[n++] = k;
		}
		wrong += try_order(stream, order, n) != LT_DATA;
		tried += 2;
	}
	for (i = 0; i < frames; i++)
		for (k = i + 1; k < frames; k++) {
			for (n = 0; n < frames; n++)
				order[n] = n == i ? k : n == k ? i : n;
			wrong += try_order(stream, order, frames) != LT_DATA;
			tried++;
		}
	snprintf(name, sizeof name, "dropped, doubled, swapped frames of %s", what);
	check_rejected(name, wrong, tried);
}

/* One byte per read, from another process. */
static void test_single_bytes(const struct bytes *stream)
{
	struct lt_error err;
	int pair[2], status;
	pid_t child;
	size_t i;

	socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
	child = fork();
	if (child == 0) {
		close(pair[0]);
		for (i = 0; i < stream->n; i++)
			if (write(pair[1], stream->data + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(pair[1]);
	check_named(kit_read_fd(pair[0], &err) == 0, "a stream that comes byte by byte");
	waitpid(child, &status, 0);
	check_int(status, 0);
}

static void test_segments(const struct bytes *rows, const struct bytes *model)
{
	struct bytes both = kit_copy(model->data, model->n);
	struct lt_error err;
	size_t i;
	int bad = 0;

	kit_append(&both, rows->data, rows->n);
	check_named(kit_read(both.data, both.n, &err) == 0, "two segments");
	for (i = model->n + 1; i < both.n; i++)
		bad += kit_read(both.data, i, &err) != LT_DATA;
	check_rejected("prefixes that end in the second segment", bad, (int)(rows->n - 1));
	kit_append(&both, "\n", 1);
	check(kit_read(both.data, both.n, &err) == LT_DATA &&
	      strstr(err.text, ": trailing data"));
	free(both.data);
}

static void test_equal_bytes(void)
{
	struct bytes one = small_rows(11), two = small_rows(11);
	struct lt_output *output = kit_output();
	struct lt_header header;
	struct lt_writer *writer;
	struct lt_totals totals;
	struct lt_error err;
	size_t at[64];

	check(one.n == two.n && memcmp(one.data, two.data, one.n) == 0);
	free(one.data);
	free(two.data);
	make_header(&header);
	lt_writer_begin(&writer, output, &header, NULL);
	check_int(write_rows(writer, 100000), 0);
	check_int(lt_writer_done(writer, &totals, NULL), 0);
	check_int((long long)totals.rows, 100000);
	one = kit_bytes(output);
	check_int(kit_frames(&one, at, 64), (long long)totals.frames + 1);
	check_named(at[2] - at[1] < (1 << 20) + 80 && at[2] - at[1] > (1 << 20) - 200,
		    "a frame is as near to 1 MiB as rows allow");
	check_int(kit_read(one.data, one.n, &err), 0);
	free(one.data);
	lt_header_free(&header);
}

/* ------------------------------------------------------------------ large cells */

enum { LARGE_ROWS = 200 };

/* Pixels of a row, whose number they begin with. */
static void paint(uint8_t *cell, size_t size, int row)
{
	size_t i;

	for (i = 0; i < size; i++)
		cell[i] = (uint8_t)(i * 7 + (size_t)row * 13 + i / 256);
	memcpy(cell, &row, sizeof row);
}

/* Rows with cells of side × side pixels; every nth row's memory is given, with nth 0 none. */
static struct bytes large_rows(uint32_t side, int nth)
{
	const struct lt_shape image = {3, {side, side, 3}}, scalar = {0};
	struct lt_output *output = kit_output();
	size_t size = (size_t)side * side * 3;
	uint8_t *cell = lt_new_bytes(size);
	struct lt_header header;
	struct lt_writer *writer;
	int code = 0;
	int32_t i;

	lt_header_init(&header, LT_ROWS);
	lt_header_add_column(&header, "image", LT_U1, image, "input", NULL);
	lt_header_add_column(&header, "y", LT_I4, scalar, "label", NULL);
	lt_writer_begin(&writer, output, &header, NULL);
	for (i = 0; i < LARGE_ROWS && code == 0; i++) {
		if (!cell)
			cell = lt_new_bytes(size);
		paint(cell, size, i);
		if (nth > 0 && i % nth == 0)
			code = lt_writer_row_give(writer, (const void *[]){cell, &i}, NULL, 0,
						  &cell, NULL);
		else
			code = lt_writer_row(writer, (const void *[]){cell, &i}, NULL, NULL);
	}
	check_int(code, 0);
	check_int(lt_writer_done(writer, NULL, NULL), 0);
	lt_header_free(&header);
	lt_free(cell);
	return kit_bytes(output);
}

static void test_large_back(const struct bytes *stream, uint32_t side)
{
	size_t size = (size_t)side * side * 3, n = 0;
	uint8_t *want = lt_new_bytes(size);
	const struct lt_rows *rows;
	struct lt_reader *reader;
	enum lt_event event;
	struct lt_error err;
	bool good = true;
	uint32_t i;
	int code;

	check(lt_reader_open_fd(&reader, kit_file(stream->data, stream->n), "in", &err) == 0);
	while ((code = lt_reader_next(reader, &event, &err)) == 0 && event != LT_EV_END) {
		rows = event == LT_EV_ROWS ? lt_reader_rows(reader) : NULL;
		for (i = 0; rows && i < rows->n; i++, n++) {
			paint(want, size, (int)n);
			good = good &&
			       memcmp((const uint8_t *)rows->col[0] + i * size, want, size) ==
				       0 &&
			       ((const int32_t *)rows->col[1])[i] == (int32_t)n;
		}
	}
	check_int(code, 0);
	check_int((long long)n, LARGE_ROWS);
	check_named(good, "large cells come back");
	lt_reader_close(reader);
	lt_free(want);
}

/* Cells that are copied and cells that are given make the same stream. */
static void test_large_cells(uint32_t side)
{
	struct bytes copied = large_rows(side, 0), given = large_rows(side, 1),
		     mixed = large_rows(side, 3);

	test_large_back(&copied, side);
	check(given.n == copied.n && memcmp(given.data, copied.data, given.n) == 0);
	check(mixed.n == copied.n && memcmp(mixed.data, copied.data, mixed.n) == 0);
	free(copied.data);
	free(given.data);
	free(mixed.data);
}

int main(void)
{
	struct bytes rows = small_rows(11), model = small_model();

	test_vectors();
	test_rows_back(&rows);
	test_model_back(&model);
	test_damage(&rows, "rows");
	test_damage(&model, "a model");
	test_frame_order(&rows, "rows");
	test_frame_order(&model, "a model");
	test_single_bytes(&rows);
	test_segments(&rows, &model);
	test_equal_bytes();
	/* Of 3 to 750 KB: from what is copied always to one row a frame. */
	test_large_cells(32);
	test_large_cells(53);
	test_large_cells(112);
	test_large_cells(500);
	free(rows.data);
	free(model.data);
	return check_done();
}
