/*
 * Tables: written to a file by the stream writer, read back, joined and counted; and
 * streams that a table must refuse.
 */
#include "check.h"
#include "data/table.h"

#include <stdlib.h>
#include <unistd.h>

static const char *const names[3] = {"cat", "dog", "owl"};
static char path[] = "/tmp/t_table.XXXXXX";

/* The columns of a stream besides image. */
struct make {
	uint32_t height, width, channels;
	enum lt_dtype label;
	bool has_label, extras, classes, encoded;
	enum lt_kind kind;
	int bad; /* with extras: 1 truths, 2 sources, 3 the confidences' type */
};

static const struct make usual = {2, 3, 3, LT_I4, true, false, true, false, LT_ROWS, 0};

/* For the test's own calls; a failure ends the test. */
static struct lt_error trouble;

static void must(int code)
{
	if (code != 0) {
		printf("Bail out! code %d: %s\n", code, trouble.text);
		exit(1);
	}
}

static void make_header(struct lt_header *header, const struct make *make)
{
	struct lt_shape image = {3, {make->height, make->width, make->channels}};
	struct lt_shape scalar = {0, {0}};

	lt_header_init(header, make->kind);
	if (make->classes)
		must(lt_header_set_classes(header, names, 3, &trouble));
	must(lt_header_add_column(header, "image", make->encoded ? LT_BYTES : LT_U1,
				  make->encoded ? scalar : image, "input", &trouble));
	if (make->has_label)
		must(lt_header_add_column(header, "y", make->label, scalar, "label", &trouble));
	if (make->extras) {
		must(lt_header_add_column(header, "y_src", LT_U1, scalar, "info", &trouble));
		must(lt_header_add_column(header, "y_conf", make->bad == 3 ? LT_I4 : LT_F4,
					  scalar, "info", &trouble));
		must(lt_header_add_column(header, "id", LT_I8, scalar, "id", &trouble));
		must(lt_header_add_column(header, "key", LT_BYTES, scalar, "info", &trouble));
		must(lt_header_add_column(header, "y_true", LT_I4, scalar, "info", &trouble));
	}
}

static uint8_t pixel(uint64_t row, size_t i)
{
	return (uint8_t)(row * 7 + i * 3);
}

static void write_row(struct lt_writer *writer, const struct make *make, uint64_t row,
		      int32_t label)
{
	uint8_t *image = malloc((size_t)make->height * make->width * make->channels);
	int16_t small = (int16_t)label;
	uint8_t source = make->bad == 2 ? 2 : row % 2;
	float confidence = (float)row / 64;
	int64_t id = 1000 - (int64_t)row;
	int32_t truth = make->bad == 1 ? LT_MAX_CLASSES : (int32_t)(row % 3);
	char key[32];
	uint64_t bytes[7] = {4};
	const void *cell[7] = {image, &label, &source, &confidence, &id, key, &truth};
	size_t i;

	if (!image)
		exit(1);
	if (make->label == LT_I2)
		cell[1] = &small;
	for (i = 0; i < (size_t)make->height * make->width * make->channels; i++)
		image[i] = pixel(row, i);
	bytes[5] = (uint64_t)snprintf(key, sizeof key, "row-%d.png", (int)row);
	must(lt_writer_row(writer, cell, bytes, &trouble));
	free(image);
}

/* Segments of rows in one file; labels cycle from -1 (or first). */
static void write_stream(const struct make *make, int segments, uint64_t rows, int first)
{
	struct lt_output *out;
	struct lt_header header;
	struct lt_writer *writer;
	uint64_t i;
	int s;

	must(lt_output_open(&out, path, &trouble));
	for (s = 0; s < segments; s++) {
		make_header(&header, make);
		must(lt_writer_begin(&writer, out, &header, &trouble));
		for (i = 0; i < rows; i++)
			write_row(writer, make, i, (int32_t)(i % 4) + first);
		must(lt_writer_done(writer, NULL, &trouble));
		lt_header_free(&header);
	}
	must(lt_output_finish(out, &trouble));
}

static int read_table(struct lt_table *table, unsigned flags, struct lt_error *err)
{
	struct lt_reader *reader;
	int code;

	must(lt_reader_open(&reader, path, err));
	code = lt_table_read(table, reader, false, flags, err);
	lt_reader_close(reader);
	return code;
}

static bool pixels_agree(const struct lt_table *table, uint64_t rows_a_segment)
{
	size_t size = (size_t)(table->height * table->width * table->channels), i;
	uint64_t row;

	for (row = 0; row < table->n; row++)
		for (i = 0; i < size; i++)
			if (table->image[row * size + i] != pixel(row % rows_a_segment, i))
				return false;
	return true;
}

static void plain(void)
{
	struct lt_table table;

	write_stream(&usual, 1, 10, -1);
	check_int(read_table(&table, LT_TABLE_KEYS | LT_TABLE_TRUTH, NULL), 0);
	check_int(table.n, 10);
	check(table.height == 2 && table.width == 3 && table.channels == 3);
	check(pixels_agree(&table, 10));
	check(table.label[0] == -1 && table.label[1] == 0 && table.label[3] == 2);
	check(table.id[0] == 0 && table.id[9] == 9);
	check(!table.source && !table.confidence && !table.key && !table.truth);
	check(table.header.class_counts && table.header.class_counts[0] == 3 &&
	      table.header.class_counts[1] == 2 && table.header.class_counts[2] == 2);
	check_int(table.n_inputs, 1);
	check_int(table.inputs[0].rows, 10);
	check_text(table.name, path);
	lt_table_free(&table);
	check(table.n == 0 && !table.image);
}

static void all_columns(void)
{
	struct make make = usual;
	struct lt_table table;

	make.extras = true;
	make.label = LT_I2;
	write_stream(&make, 1, 8, -1);
	check_int(read_table(&table, 0, NULL), 0);
	check_named(!table.truth && !table.key, "truth and keys stay away unless asked for");
	check(table.source[1] == 1 && table.source[2] == 0);
	check_near(table.confidence[5], 5 / 64.0, 0);
	check(table.id[0] == 1000 && table.id[7] == 993);
	check_int(table.label[3], 2);
	lt_table_free(&table);
	check_int(read_table(&table, LT_TABLE_KEYS | LT_TABLE_TRUTH, NULL), 0);
	check_text(table.key[7], "row-7.png");
	check_int(table.truth[5], 2);
	lt_table_free(&table);

	make = usual;
	make.has_label = false;
	write_stream(&make, 1, 3, 0);
	check_int(read_table(&table, 0, NULL), 0);
	check(table.label[0] == -1 && table.label[2] == -1);
	lt_table_free(&table);
	make = usual;
	make.classes = false;
	write_stream(&make, 1, 8, -1);
	check_int(read_table(&table, 0, NULL), 0);
	check(table.header.n_classes == -1 && !table.header.class_counts &&
	      table.label[7] == 2);
	lt_table_free(&table);
}

/* Many frames (48 KiB a row), several segments, one segment alone. */
static void long_streams(void)
{
	struct make make = usual;
	struct lt_table table;
	struct lt_reader *reader;
	enum lt_event event;

	make.height = make.width = 128;
	write_stream(&make, 2, 70, -1);
	check_int(read_table(&table, 0, NULL), 0);
	check_int(table.n, 140);
	check(pixels_agree(&table, 70));
	check_int(table.id[139], 139);
	check_int(table.n_inputs, 2);
	check(table.header.class_counts[0] == 36);
	lt_table_free(&table);

	must(lt_reader_open(&reader, path, &trouble));
	check_int(lt_table_read(&table, reader, false, LT_TABLE_ONE, NULL), 0);
	check_int(table.n, 70);
	lt_table_free(&table);
	check(lt_reader_next(reader, &event, NULL) == 0 && event == LT_EV_HEADER);
	check_int(lt_table_read(&table, reader, true, 0, NULL), 0);
	check_int(table.n, 70);
	lt_table_free(&table);
	lt_reader_close(reader);

	write_stream(&usual, 1, 0, 0);
	check_int(read_table(&table, 0, NULL), 0);
	check(table.n == 0 && table.header.class_counts[2] == 0);
	lt_table_free(&table);
}

static void refused(const struct make *make, const char *words, const char *name)
{
	struct lt_table table;
	struct lt_error err = {0, ""};

	write_stream(make, 1, 5, -1);
	check_named(read_table(&table, LT_TABLE_KEYS | LT_TABLE_TRUTH, &err) == LT_DATA, name);
	if (!check_named(strstr(err.text, words) != NULL, words))
		printf("# %s\n", err.text);
	check(table.n == 0 && !table.image && !table.label);
}

static void refusals(void)
{
	struct make make = usual;
	struct lt_table table;
	struct lt_error err = {0, ""};
	struct lt_reader *reader;
	int ends[2];

	/* With a class list, the reader itself refuses bad labels. */
	make.classes = false;
	make.extras = true;
	make.bad = 1;
	refused(&make, "row 0 has y_true 65535, but there are at most 65535 classes",
		"a truth beyond all classes");
	make.classes = true;
	make.bad = 2;
	refused(&make, "row 0 has y_src 2, which is neither 0 nor 1", "a source of 2");
	make.bad = 3;
	refused(&make, "column y_conf is not one real number a row", "whole confidences");
	make = usual;
	make.encoded = true;
	refused(&make, "neither a JPEG nor a PNG", "encoded images that are none");
	make = usual;
	make.channels = 17;
	refused(&make, "17 channels", "too many channels");

	write_stream(&usual, 1, 5, -1);
	must(truncate(path, 200));
	check_int(read_table(&table, 0, &err), LT_DATA);
	check(!table.image);
	must(pipe(ends));
	close(ends[1]);
	must(lt_reader_open_fd(&reader, ends[0], "nothing", &trouble));
	check_int(lt_table_read(&table, reader, false, 0, &err), LT_DATA);
	lt_reader_close(reader);
}

static void joining(void)
{
	struct make make = usual;
	struct lt_table a = {0}, b, c;
	struct lt_error err = {0, ""};

	write_stream(&usual, 1, 4, -1);
	must(read_table(&b, 0, &trouble));
	check_int(lt_table_append(&a, &b, NULL), 0);
	check_named(a.n == 4 && b.n == 0 && !b.image,
		    "an empty table takes the other's memory");
	check_int(lt_table_append(&a, &b, NULL), 0);
	check_int(a.n, 4);

	make.extras = true;
	write_stream(&make, 1, 6, -1);
	must(read_table(&c, LT_TABLE_KEYS | LT_TABLE_TRUTH, &trouble));
	check_int(lt_table_append(&a, &c, NULL), 0);
	check(a.n == 10 && c.n == 0 && !c.label);
	check(a.source[0] == 0 && a.source[5] == 1);
	check(a.confidence[3] == 1 && a.confidence[6] == 2 / 64.0f);
	check(!a.key[0] && strcmp(a.key[9], "row-5.png") == 0);
	check(a.truth[0] == -1 && a.truth[9] == 2);
	check(a.id[3] == 3 && a.id[4] == 1000);
	check(a.label[4] == -1 && a.label[5] == 0);
	check(a.image[4 * 18] == pixel(0, 0) && a.image[9 * 18 + 17] == pixel(5, 17));
	check_int(a.n_inputs, 2);
	check(a.header.class_counts[0] == 3 && a.header.class_counts[2] == 2);

	make = usual;
	make.height = 5;
	write_stream(&make, 1, 4, -1);
	must(read_table(&c, 0, &trouble));
	check_int(lt_table_append(&a, &c, &err), LT_DATA);
	check(strstr(err.text, "5×3×3") && a.n == 10 && c.n == 4);
	lt_table_free(&c);
	make = usual;
	make.classes = false;
	write_stream(&make, 1, 4, -1);
	must(read_table(&c, 0, &trouble));
	check_int(lt_table_append(&a, &c, &err), LT_DATA);
	check(a.n == 10 && c.n == 4);
	lt_table_free(&c);
	lt_table_free(&a);
}

static void figures(void)
{
	struct lt_table table = {0};
	uint8_t image[12] = {0, 9, 255, 9, 10, 9, 20, 9, 77, 88, 99, 111};
	int32_t label[3] = {0, 1, -1};
	struct lt_norm norm;
	uint64_t counts[3] = {0, 0, 0};

	table.n = 2;
	table.height = 1;
	table.width = table.channels = 2;
	table.image = image;
	table.label = label;
	table.header.n_classes = 3;
	lt_table_norm(&table, &norm);
	check_int(norm.channels, 2);
	/* of 0, 255, 10, 20 by Python: 71.25, 106.32350398665386 */
	check_near(norm.mean[0], 71.25 / 255, 1e-15);
	check_near(norm.std[0] * 255, 106.32350398665386, 1e-12);
	check_near(norm.mean[1], 9 / 255.0, 1e-15);
	check_near(norm.std[1], 1, 0);
	table.n = 3;
	lt_table_norm(&table, &norm);
	check_near(norm.mean[0] * 255, 461 / 6.0, 1e-12);
	label[0] = label[2] = 2;
	label[1] = -1;
	lt_table_counts(&table, counts);
	check(counts[0] == 0 && counts[2] == 2);
	table.n = 0;
	lt_table_norm(&table, &norm);
	check(norm.mean[0] == 0 && norm.std[0] == 1);
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	plain();
	all_columns();
	long_streams();
	refusals();
	joining();
	figures();
	unlink(path);
	return check_done();
}
