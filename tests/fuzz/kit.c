/* Corrects the checksums of streams. */
#include "kit.h"

#include "stream/frame.h"

/* Room for a DONE with the largest number of classes. */
enum { DONE_ROOM = 65536 * 9 + 256 };

struct sums {
	uint64_t frames, bytes;
	uint32_t crcs;
};

/* The size of the first frame; 0 if there is none. */
static size_t frame_size(const uint8_t *data, size_t size)
{
	size_t meta, body;

	if (size < LT_FRAME_HEAD + LT_FRAME_BODY_HEAD + LT_FRAME_TAIL)
		return 0;
	meta = lt_get_be32(data + 16);
	if (meta > size - 30)
		return 0;
	body = lt_get_be32(data + 21 + meta);
	return body > size - 30 - meta ? 0 : 30 + meta + body;
}

/* Sets a frame's number in the segment and its CRC. */
static void seal(uint8_t *frame, size_t size, struct sums *sums)
{
	uint32_t crc;

	lt_put_be32(frame + 7, (uint32_t)(sums->frames >> 32));
	lt_put_be32(frame + 11, (uint32_t)sums->frames);
	frame[size - 5] = 0xce;
	crc = lt_crc32c(0, frame, size - LT_FRAME_TAIL);
	lt_put_be32(frame + size - 4, crc);
	sums->frames++;
	sums->bytes += size;
	sums->crcs = lt_crcs_next(sums->crcs, crc);
}

void kit_repair(uint8_t *data, size_t size)
{
	struct sums sums = {0};
	size_t at, n;

	for (at = 0; (n = frame_size(data + at, size - at)) > 0; at += n) {
		if (memcmp(data + at + 2, "LTS1", 4) == 0)
			sums = (struct sums){0};
		seal(data + at, n, &sums);
	}
}

static void pack_number(struct lt_pack *meta, const char *key, uint64_t value)
{
	lt_pack_text(meta, key);
	lt_pack_uint(meta, value);
}

/* Writes the DONE for a segment whose frames a reader has accepted. */
static size_t put_done(uint8_t *out, struct sums *sums, const struct lt_header *header,
		       uint64_t rows, const uint64_t *counts)
{
	struct lt_pack meta = {0};
	size_t size;

	lt_pack_map(&meta, counts ? 6 : 5);
	pack_number(&meta, "frames", sums->frames);
	pack_number(&meta, "rows", rows);
	pack_number(&meta, "bytes", sums->bytes);
	pack_number(&meta, "crcs", sums->crcs);
	if (counts) {
		lt_pack_text(&meta, "class_counts");
		lt_pack_array(&meta, (size_t)header->n_classes);
		for (int c = 0; c < header->n_classes; c++)
			lt_pack_uint(&meta, counts[c]);
	}
	lt_pack_text(&meta, "inputs");
	lt_pack_array(&meta, 0);
	check(!meta.failed && meta.bytes.size < DONE_ROOM);
	lt_frame_head(out, "DONE", sums->frames, (uint32_t)meta.bytes.size);
	memcpy(out + LT_FRAME_HEAD, meta.bytes.data, meta.bytes.size);
	size = LT_FRAME_HEAD + meta.bytes.size;
	out[size] = 0xc6;
	lt_put_be32(out + size + 1, 0);
	size += LT_FRAME_BODY_HEAD + LT_FRAME_TAIL;
	seal(out, size, sums);
	lt_pack_free(&meta);
	return size;
}

struct whole {
	uint8_t *data;
	size_t size, at;
	struct sums sums;
	uint64_t rows, *counts;
};

static void count_rows(struct whole *whole, const struct lt_reader *reader)
{
	const struct lt_header *header = lt_reader_header(reader);
	const struct lt_rows *rows = lt_reader_rows(reader);
	int y = lt_header_find(header, "y");
	int64_t label;
	uint32_t i;

	whole->rows += rows->n;
	for (i = 0; y >= 0 && whole->counts && i < rows->n; i++) {
		label = lt_rows_integer(rows, header, y, i);
		if (label >= 0)
			whole->counts[label]++;
	}
}

/* Counts a frame that was read; class counts are computed from the rows. */
static void take(struct whole *whole, const struct lt_reader *reader, enum lt_event event)
{
	const struct lt_header *header = lt_reader_header(reader);

	if (event == LT_EV_HEADER && header->kind != LT_MODEL && header->n_classes >= 0)
		whole->counts = calloc((size_t)header->n_classes + 1, sizeof *whole->counts);
	if (event == LT_EV_ROWS)
		count_rows(whole, reader);
}

size_t kit_whole(const uint8_t *data, size_t size, uint8_t **out)
{
	struct whole whole = {.data = malloc(size + 64 + DONE_ROOM), .size = size};
	enum lt_event event = LT_EV_HEADER;
	struct lt_reader *reader;
	size_t n;

	check(whole.data != NULL);
	memcpy(whole.data, data, size);
	kit_repair(whole.data, size);
	check(lt_reader_open_fd(&reader, kit_file(whole.data, size), "in", NULL) == 0);
	while (lt_reader_next(reader, &event, NULL) == 0 && event != LT_EV_DONE &&
	       event != LT_EV_END) {
		take(&whole, reader, event);
		whole.at = (size_t)lt_reader_offset(reader);
		whole.at += frame_size(whole.data + whole.at, size - whole.at);
	}
	for (size = whole.at, whole.at = 0; whole.at < size; whole.at += n) {
		n = frame_size(whole.data + whole.at, size - whole.at);
		seal(whole.data + whole.at, n, &whole.sums);
	}
	if (size > 0)
		size += put_done(whole.data + size, &whole.sums, lt_reader_header(reader),
				 whole.rows, whole.counts);
	lt_reader_close(reader);
	free(whole.counts);
	*out = whole.data;
	return size;
}
