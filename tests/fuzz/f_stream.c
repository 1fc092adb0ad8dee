/*
 * Fuzz target: the stream reader, and the text output of its events.  Every input is read
 * twice: unchanged, and with corrected CRCs and sequence numbers, because mutations would
 * rarely get past the first frame.
 */
#include "kit.h"
#include "stream/show.h"

static void look_at_rows(struct lt_output *output, const struct lt_reader *reader)
{
	const struct lt_header *header = lt_reader_header(reader);
	const struct lt_rows *rows = lt_reader_rows(reader);
	int columns[LT_MAX_COLUMNS], c;
	uint32_t i;

	for (c = 0; c < header->n_cols; c++)
		columns[c] = c;
	check(rows->n > 0);
	for (i = 0; i < rows->n && i < 64; i++) {
		lt_show_row(output, header, rows, i, rows->at + i, NULL);
		lt_json_row(output, header, rows, i, NULL);
	}
	/* The last row shows whether all columns are present. */
	lt_show_raw(output, header, rows, rows->n - 1, columns, header->n_cols, NULL);
	lt_show_cells(output, header, rows, rows->n - 1, columns, header->n_cols, NULL);
}

/* Treats the header of an input as programs do: its lineage is added once. */
static void pass_on(struct lt_output *output, const struct lt_header *header)
{
	static const struct lt_prov own = {.prog = "fuzz", .version = "0", .out = "out"};
	struct lt_writer *writer;
	struct lt_header copy;
	int first, second, n;

	check(lt_header_copy(&copy, header, NULL) == 0);
	check(lt_header_same_table(&copy, "", header, "", NULL) == 0);
	n = copy.n_prov;
	if (lt_prov_merge(&copy, header, &first, NULL) == 0) {
		check(lt_prov_merge(&copy, header, &second, NULL) == 0 && first == second);
		check(copy.n_prov <= n && first < n);
	}
	lt_prov_add(&copy, &own, NULL);
	check(lt_writer_begin(&writer, output, &copy, NULL) == 0);
	lt_writer_fail(writer, "fuzz", &(struct lt_error){LT_DATA, "not wanted"});
	lt_header_free(&copy);
}

static void look_at(struct lt_output *output, const struct lt_reader *reader,
		    enum lt_event event)
{
	size_t size;

	switch (event) {
	case LT_EV_HEADER:
		lt_show_header(output, lt_reader_header(reader), NULL);
		lt_show_how(output, lt_reader_header(reader), NULL);
		lt_json_header(output, lt_reader_header(reader), NULL);
		pass_on(output, lt_reader_header(reader));
		break;
	case LT_EV_ROWS:
		look_at_rows(output, reader);
		break;
	case LT_EV_TENSOR:
		lt_show_tensor(output, lt_reader_tensor(reader), NULL);
		lt_json_tensor(output, lt_reader_tensor(reader), NULL);
		break;
	case LT_EV_NOTE:
		lt_json_note(output, lt_reader_note(reader), NULL);
		break;
	case LT_EV_DONE:
		lt_json_done(output, lt_reader_header(reader), lt_reader_totals(reader), NULL);
		break;
	case LT_EV_END:
		return;
	}
	check(lt_reader_frame(reader, &size) != NULL && size > 0);
}

static void read_all(const uint8_t *data, size_t size)
{
	struct lt_error err = {0};
	struct lt_reader *reader;
	enum lt_event event = LT_EV_HEADER;
	int code;

	code = lt_reader_open_fd(&reader, kit_file(data, size), "in", &err);
	check(code == 0);
	while (code == 0 && event != LT_EV_END) {
		code = lt_reader_next(reader, &event, &err);
		if (code == 0)
			look_at(kit_output(), reader, event);
	}
	if (code)
		check_refusal(code, &err);
	check(code == 0 || lt_reader_next(reader, &event, NULL) == code);
	lt_reader_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	check(copy != NULL);
	memcpy(copy, data, size);
	read_all(copy, size);
	kit_repair(copy, size);
	read_all(copy, size);
	free(copy);
	return 0;
}
