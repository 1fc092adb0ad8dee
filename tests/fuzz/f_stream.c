/*
 * Fuzz target: the stream reader, and the text of what it gives.  Every input
 * is read twice, as it is and with its CRCs and sequence numbers put right, for
 * a mutation would otherwise seldom come past the first frame.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stream/frame.h"
#include "stream/show.h"
#include "stream/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

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
	/* The last row shows whether the columns are all there. */
	lt_show_raw(output, header, rows, rows->n - 1, columns, header->n_cols, NULL);
	lt_show_cells(output, header, rows, rows->n - 1, columns, header->n_cols, NULL);
}

static void look_at(struct lt_output *output, const struct lt_reader *reader,
		    enum lt_event event)
{
	struct lt_header copy;
	size_t size;

	switch (event) {
	case LT_EV_HEADER:
		lt_show_header(output, lt_reader_header(reader), NULL);
		lt_show_how(output, lt_reader_header(reader), NULL);
		lt_json_header(output, lt_reader_header(reader), NULL);
		check(lt_header_copy(&copy, lt_reader_header(reader), NULL) == 0);
		check(lt_header_same_table(&copy, "", lt_reader_header(reader), "", NULL) == 0);
		lt_header_free(&copy);
		break;
	case LT_EV_ROWS:
		look_at_rows(output, reader);
		break;
	case LT_EV_TENSOR:
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
	static struct lt_output *output;
	struct lt_error err = {0};
	struct lt_reader *reader;
	enum lt_event event = LT_EV_HEADER;
	int fd = memfd_create("fuzz", 0), code = 0;

	if (!output)
		check(lt_output_open(&output, "/dev/null", NULL) == 0);
	check(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
	check(lt_reader_open_fd(&reader, fd, "in", &err) == 0);
	while (code == 0 && event != LT_EV_END) {
		code = lt_reader_next(reader, &event, &err);
		if (code == 0)
			look_at(output, reader, event);
	}
	check(code == 0 || ((code == LT_DATA || code == LT_OS) && err.text[0]));
	check(code == 0 || lt_reader_next(reader, &event, NULL) == code);
	lt_reader_close(reader);
}

/* Gives every frame that can be found its CRC, and its number in the segment. */
static void repair(uint8_t *data, size_t size)
{
	size_t at = 0, meta, body, end;
	uint64_t seq = 0;

	while (size - at >= LT_FRAME_HEAD + LT_FRAME_BODY_HEAD + LT_FRAME_TAIL) {
		meta = lt_get_be32(data + at + 16);
		if (meta > size - at - 30)
			return;
		body = lt_get_be32(data + at + 21 + meta);
		if (body > size - at - 30 - meta)
			return;
		end = at + 25 + meta + body;
		if (memcmp(data + at + 2, "LTS1", 4) == 0)
			seq = 0;
		lt_put_be32(data + at + 7, (uint32_t)(seq >> 32));
		lt_put_be32(data + at + 11, (uint32_t)seq);
		seq++;
		data[end] = 0xce;
		lt_put_be32(data + end + 1, lt_crc32c(0, data + at, end - at));
		at = end + LT_FRAME_TAIL;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	check(copy != NULL);
	memcpy(copy, data, size);
	read_all(copy, size);
	repair(copy, size);
	read_all(copy, size);
	free(copy);
	return 0;
}
