/*
 * Reads frames and checks their order.  payload.c reads a frame after its CRC, its
 * sequence number and its position were checked.
 *
 * Memory does not depend on announced lengths: the block has at most twice the size
 * of the bytes that have arrived.
 */
#include "stream/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "stream/not_stream.h"

#define FIRST_ROOM ((size_t)64 << 10)
#define PIECE ((size_t)256 << 10)

int lt_reader_wrong(struct lt_reader *reader, uint64_t offset, const char *fmt, ...)
{
	char what[800];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof what, fmt, args);
	va_end(args);
	return lt_fail(&reader->error, LT_DATA, "%.200s:%llu: %s", reader->input.name,
		       (unsigned long long)offset, what);
}

int lt_reader_wrong_meta(struct lt_reader *reader, const struct lt_cursor *cursor)
{
	if (cursor->no_memory)
		return lt_fail_memory(&reader->error);
	return lt_reader_wrong(reader, reader->offset + LT_FRAME_HEAD + cursor->wrong_at,
			       "frame %s: %s", reader->kind, cursor->wrong);
}

static int truncated(struct lt_reader *reader)
{
	return lt_reader_wrong(reader, reader->input.offset, "truncated after %llu rows",
			       (unsigned long long)reader->all_rows);
}

/* ------------------------------------------------------------ taking bytes */

/* Makes room for n bytes from the start of the block; its contents are kept. */
static int make_room(struct lt_reader *reader, size_t n)
{
	size_t room = reader->room ? reader->room : FIRST_ROOM;
	void *block;

	if (n <= reader->room)
		return 0;
	while (room < n)
		if (!lt_mul(room, 2, &room))
			return lt_fail_memory(&reader->error);
	block = lt_new_aligned_bytes(LT_COLUMN_ALIGN, room);
	if (!block)
		return lt_fail_memory(&reader->error);
	if (reader->size > 0)
		memcpy((uint8_t *)block + reader->lead, reader->block + reader->lead,
		       reader->size);
	lt_free(reader->block);
	reader->block = block;
	reader->room = room;
	return 0;
}

/* Appends n bytes of input to the frame and its CRC. */
static int take(struct lt_reader *reader, size_t n)
{
	size_t step, got;
	uint8_t *to;
	int code;

	while (n > 0) {
		step = n < PIECE ? n : PIECE;
		code = make_room(reader, reader->lead + reader->size + step);
		if (code)
			return code;
		to = reader->block + reader->lead + reader->size;
		code = lt_input_take(&reader->input, to, step, &got, &reader->error);
		if (code)
			return code;
		if (got < step)
			return truncated(reader);
		reader->crc = lt_crc32c(reader->crc, to, step);
		reader->size += step;
		n -= step;
	}
	return 0;
}

/* ------------------------------------------------------------------ frames */

/* Could the n bytes begin a frame of that kind? */
static bool begins(const uint8_t *head, size_t n, const char *kind)
{
	uint8_t want[LT_FRAME_HEAD];

	lt_frame_head(want, kind, 0, 0);
	return memcmp(head, want, n < 6 ? n : 6) == 0;
}

static bool is_frame_head(const uint8_t *head)
{
	int i;

	for (i = 2; i < 6; i++)
		if (!((head[i] >= 'A' && head[i] <= 'Z') ||
		      (head[i] >= 'a' && head[i] <= 'z') ||
		      (i > 2 && head[i] >= '0' && head[i] <= '9')))
			return false;
	return head[0] == 0x95 && head[1] == 0xa4 && head[6] == 0xcf && head[15] == 0xc6;
}

static int not_a_stream(struct lt_reader *reader, const uint8_t *head, size_t n)
{
	char advice[400];
	size_t held;
	const uint8_t *beginning = lt_input_beginning(&reader->input, &held);

	lt_not_stream_advice(beginning ? beginning : head, beginning ? held : n,
			     reader->input.name, advice, sizeof advice);
	return lt_reader_wrong(reader, reader->offset, "not an LTS1 stream%s", advice);
}

/* Goes on with the next of several files. */
static int next_file(struct lt_reader *reader)
{
	int code;

	lt_input_close(&reader->input);
	reader->place = LT_AT_START;
	reader->all_rows = 0;
	code = lt_input_open(&reader->input, reader->files.name[++reader->file],
			     &reader->error);
	return code ? code : lt_input_share(&reader->input, reader->team, &reader->error);
}

/* Up to 20 bytes of this file, or of the next if this one ended where it may. */
static int take_bytes(struct lt_reader *reader, uint8_t head[LT_FRAME_HEAD], size_t *got)
{
	int code;

	for (;;) {
		reader->offset = reader->input.offset;
		code = lt_input_take(&reader->input, head, LT_FRAME_HEAD, got, &reader->error);
		if (code || *got > 0 || reader->place != LT_AFTER_DONE ||
		    reader->file + 1 >= reader->files.n)
			return code;
		code = next_file(reader);
		if (code)
			return code;
	}
}

/* Reads the first 20 bytes; *end: the stream ended where it may. */
static int take_head(struct lt_reader *reader, uint8_t head[LT_FRAME_HEAD], bool *end)
{
	size_t got;
	int code;

	*end = false;
	code = take_bytes(reader, head, &got);
	if (code)
		return code;
	if (got == 0 && reader->place == LT_AT_START)
		return lt_reader_wrong(reader, 0, "empty input");
	if (got == 0 && reader->place == LT_AFTER_DONE) {
		*end = true;
		return 0;
	}
	if (reader->place != LT_IN_SEGMENT && !begins(head, got, "LTS1") &&
	    !begins(head, got, "FAIL"))
		return reader->place == LT_AT_START
			       ? not_a_stream(reader, head, got)
			       : lt_reader_wrong(reader, reader->offset, "trailing data");
	if (got < LT_FRAME_HEAD)
		return truncated(reader);
	if (!is_frame_head(head))
		return lt_reader_wrong(reader, reader->offset, "no frame begins here");
	return 0;
}

static int check_tail(struct lt_reader *reader)
{
	uint32_t want = reader->crc;
	const uint8_t *tail;
	int code = take(reader, LT_FRAME_TAIL);

	if (code)
		return code;
	tail = reader->block + reader->lead + reader->size - LT_FRAME_TAIL;
	if (tail[0] != 0xce || lt_get_be32(tail + 1) != want)
		return lt_reader_wrong(reader, reader->offset,
				       "frame %s is damaged: its CRC does not match",
				       reader->kind);
	reader->crc = want;
	return 0;
}

/* Reads meta and body.  Their lengths are checked first. */
static int take_frame(struct lt_reader *reader, const uint8_t head[LT_FRAME_HEAD])
{
	uint32_t meta = lt_get_be32(head + 16), body;
	const uint8_t *body_head;
	int code;

	memcpy(reader->kind, head + 2, 4);
	reader->seq = lt_get_be64(head + 7);
	if (meta > LT_MAX_META)
		return lt_reader_wrong(reader, reader->offset + 15,
				       "frame %s: a map of %u bytes, the limit is %zu",
				       reader->kind, meta, LT_MAX_META);
	reader->size = 0;
	reader->lead = -(size_t)(LT_FRAME_HEAD + meta + LT_FRAME_BODY_HEAD) % LT_COLUMN_ALIGN;
	code = make_room(reader, reader->lead + LT_FRAME_HEAD);
	if (code)
		return code;
	memcpy(reader->block + reader->lead, head, LT_FRAME_HEAD);
	reader->size = LT_FRAME_HEAD;
	reader->crc = lt_crc32c(0, head, LT_FRAME_HEAD);
	code = take(reader, (size_t)meta + LT_FRAME_BODY_HEAD);
	if (code)
		return code;
	body_head = reader->block + reader->lead + reader->size - LT_FRAME_BODY_HEAD;
	body = lt_get_be32(body_head + 1);
	if (body_head[0] != 0xc6)
		return lt_reader_wrong(reader, reader->input.offset - LT_FRAME_BODY_HEAD,
				       "frame %s: no body begins here", reader->kind);
	if (body > reader->max_body)
		return lt_reader_wrong(reader, reader->input.offset - LT_FRAME_BODY_HEAD,
				       "frame %s: a body of %u bytes, the limit is %llu",
				       reader->kind, body,
				       (unsigned long long)reader->max_body);
	code = take(reader, body);
	if (code == 0)
		code = check_tail(reader);
	reader->meta = reader->block + reader->lead + LT_FRAME_HEAD;
	reader->meta_size = meta;
	reader->body = reader->meta + meta + LT_FRAME_BODY_HEAD;
	reader->body_size = body;
	return code;
}

/* -------------------------------------------------------------- the segment */

struct kind {
	const char *name;
	int (*read)(struct lt_reader *reader);
	int event; /* -1: none is given */
	bool body;
};

static const struct kind kinds[] = {
	{"LTS1", lt_payload_header, LT_EV_HEADER, false},
	{"ROWS", lt_payload_rows, LT_EV_ROWS, true},
	{"TENS", lt_payload_tensor, LT_EV_TENSOR, true},
	{"note", lt_payload_note, LT_EV_NOTE, false},
	{"mark", lt_payload_mark, -1, false},
	{"FAIL", lt_payload_fail, -1, false},
	{"DONE", lt_payload_done, LT_EV_DONE, false},
};

static const struct kind *find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* Is the frame allowed here, and is its map valid? */
static int check_frame(struct lt_reader *reader, const struct kind *kind)
{
	uint64_t want = reader->place == LT_IN_SEGMENT ? reader->frames : 0;
	struct lt_cursor cursor = lt_mp_cursor(reader->meta, reader->meta_size);

	if (reader->seq != want)
		return lt_reader_wrong(reader, reader->offset,
				       "frame %s has sequence number %llu, %llu was expected",
				       reader->kind, (unsigned long long)reader->seq,
				       (unsigned long long)want);
	if (!kind && reader->kind[0] <= 'Z')
		return lt_reader_wrong(reader, reader->offset, "unknown frame kind %s",
				       reader->kind);
	if (!lt_mp_check(&cursor))
		return lt_reader_wrong_meta(reader, &cursor);
	if (kind && !kind->body && reader->body_size > 0)
		return lt_reader_wrong(reader, reader->offset, "frame %s has a body",
				       reader->kind);
	if (kind && reader->place == LT_IN_SEGMENT && kind->event == LT_EV_HEADER)
		return lt_reader_wrong(reader, reader->offset,
				       "a second header in one segment");
	if (reader->tensor_open && kind && reader->kind[0] <= 'Z' &&
	    kind->event != LT_EV_TENSOR && strcmp(kind->name, "FAIL") != 0)
		return lt_reader_wrong(
			reader, reader->offset, "tensor %s ends after part %u of %u",
			reader->tensor.name, reader->tensor.part + 1, reader->tensor.parts);
	return 0;
}

/* The segments of several files form one table. */
static int check_header(struct lt_reader *reader)
{
	static const char *const contents[] = {
		[LT_ROWS] = "rows", [LT_MODEL] = "a model", [LT_SCORES] = "scores"};
	const struct lt_header *first = &reader->first, *header = &reader->header;
	const char *name = reader->input.name, *first_name = reader->files.name[0];
	int code;

	if (!reader->has_first) {
		code = lt_header_copy(&reader->first, header, &reader->error);
		reader->has_first = code == 0;
		return code;
	}
	if (header->kind != first->kind)
		return lt_fail(&reader->error, LT_DATA, "%s is %s, %s is %s", name,
			       contents[header->kind], first_name, contents[first->kind]);
	return lt_header_same_table(first, first_name, header, name, &reader->error);
}

/* Reads one frame; *event is -1 if the frame causes no event. */
static int next_frame(struct lt_reader *reader, int *event)
{
	uint8_t head[LT_FRAME_HEAD];
	const struct kind *kind;
	bool end;
	int code = take_head(reader, head, &end);

	if (code)
		return code;
	if (end) {
		*event = LT_EV_END;
		return 0;
	}
	code = take_frame(reader, head);
	if (code)
		return code;
	kind = find_kind(reader->kind);
	code = check_frame(reader, kind);
	if (code == 0 && kind)
		code = kind->read(reader);
	if (code == 0 && kind && kind->event == LT_EV_HEADER && reader->files.n > 1)
		code = check_header(reader);
	if (code)
		return code;
	*event = kind ? kind->event : -1;
	if (reader->copy) {
		code = lt_output_write(reader->copy, reader->block + reader->lead, reader->size,
				       &reader->error);
		if (code)
			return code;
	}
	if (*event == LT_EV_DONE) {
		reader->place = LT_AFTER_DONE;
		return 0;
	}
	reader->place = LT_IN_SEGMENT;
	reader->frames++;
	reader->bytes += reader->size;
	reader->crcs = lt_crcs_next(reader->crcs, reader->crc);
	return 0;
}

int lt_reader_next(struct lt_reader *reader, enum lt_event *event, struct lt_error *err)
{
	int given = -1, code = reader->error.code;

	while (code == 0 && given < 0)
		code = next_frame(reader, &given);
	if (code) {
		reader->error.code = code;
		return lt_fail(err, code, "%s", reader->error.text);
	}
	*event = (enum lt_event)given;
	return 0;
}

/* ------------------------------------------------------- opening and asking */

static int start(struct lt_reader **out, struct lt_reader *reader, int code)
{
	if (code) {
		lt_file_list_free(&reader->files);
		lt_free(reader->name);
		lt_free(reader);
		return code;
	}
	reader->max_body = LT_MAX_BODY;
	lt_header_init(&reader->header, LT_ROWS);
	*out = reader;
	return 0;
}

/* "x-{000..127}.lts", or "x.lts and 2 others". */
static int name_files(struct lt_reader *reader, const char *first, int others,
		      struct lt_error *err)
{
	size_t size = strlen(first) + 32;

	reader->name = lt_new_bytes(size);
	if (!reader->name)
		return lt_fail_memory(err);
	if (others == 0)
		snprintf(reader->name, size, "%s", first);
	else
		snprintf(reader->name, size, "%s and %d other%s", first, others,
			 others > 1 ? "s" : "");
	return 0;
}

/* Several files have to be read one after the other, and perhaps again. */
static int check_paths(const char *const *paths, int n, struct lt_error *err)
{
	struct stat st;
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(paths[i], "-") == 0 ||
		    (stat(paths[i], &st) == 0 && !S_ISREG(st.st_mode)))
			return lt_fail(err, LT_USAGE,
				       "%s: not a file, as each of several inputs must be; "
				       "join them with lt cat first",
				       strcmp(paths[i], "-") == 0 ? "<stdin>" : paths[i]);
	return 0;
}

int lt_reader_open_list(struct lt_reader **out, const char *const *paths, int n,
			struct lt_error *err)
{
	struct lt_reader *reader = lt_new_array(1, sizeof *reader);
	int i, code = 0;

	*out = NULL;
	if (!reader)
		return lt_fail_memory(err);
	if (n > 1)
		code = check_paths(paths, n, err);
	for (i = 0; i < n && code == 0; i++)
		code = lt_file_list_find(&reader->files, paths[i], err);
	if (code == 0 && (n > 1 || reader->files.ranged))
		code = name_files(reader, paths[0], n - 1, err);
	if (code == 0)
		code = lt_input_open(&reader->input, reader->files.name[0], err);
	return start(out, reader, code);
}

int lt_reader_open(struct lt_reader **out, const char *path, struct lt_error *err)
{
	return lt_reader_open_list(out, &path, 1, err);
}

int lt_reader_open_file(struct lt_reader **out, const struct lt_file_list *list, int file,
			struct lt_error *err)
{
	struct lt_reader *reader = lt_new_array(1, sizeof *reader);

	*out = NULL;
	if (!reader)
		return lt_fail_memory(err);
	return start(out, reader, lt_input_open(&reader->input, list->name[file], err));
}

int lt_reader_open_fd(struct lt_reader **out, int fd, const char *name, struct lt_error *err)
{
	struct lt_reader *reader = lt_new_array(1, sizeof *reader);

	*out = NULL;
	if (!reader)
		return lt_fail_memory(err);
	return start(out, reader, lt_input_open_fd(&reader->input, fd, name, err));
}

int lt_reader_share(struct lt_reader *reader, const struct lt_team *team, struct lt_error *err)
{
	int rank, code = lt_team_differs(team, &reader->files.n, sizeof reader->files.n, &rank,
					 err);

	if (code == 0 && rank > 0)
		code = lt_fail(err, LT_DATA,
			       "%s: rank %d finds another number of files than rank 0",
			       lt_reader_name(reader), rank);
	reader->team = team;
	return code ? code : lt_input_share(&reader->input, team, err);
}

void lt_reader_set_max_body(struct lt_reader *reader, uint64_t bytes)
{
	reader->max_body = bytes;
}

void lt_reader_copy_to(struct lt_reader *reader, struct lt_output *output)
{
	reader->copy = output;
}

void lt_reader_fail_copy(struct lt_reader *reader, const char *prog, const struct lt_error *why)
{
	lt_output_fail_at(reader->copy, reader->place == LT_IN_SEGMENT ? reader->frames : 0,
			  prog, why);
}

const char *lt_reader_name(const struct lt_reader *reader)
{
	return reader->name ? reader->name : reader->input.name;
}

const char *lt_reader_file(const struct lt_reader *reader)
{
	return reader->input.name;
}

uint64_t lt_reader_offset(const struct lt_reader *reader)
{
	return reader->offset;
}

const struct lt_header *lt_reader_header(const struct lt_reader *reader)
{
	return &reader->header;
}

const struct lt_rows *lt_reader_rows(const struct lt_reader *reader)
{
	return &reader->rows_now;
}

const struct lt_tensor *lt_reader_tensor(const struct lt_reader *reader)
{
	return &reader->tensor;
}

const struct lt_note *lt_reader_note(const struct lt_reader *reader)
{
	return &reader->note;
}

const struct lt_totals *lt_reader_totals(const struct lt_reader *reader)
{
	return &reader->totals;
}

const void *lt_reader_frame(const struct lt_reader *reader, size_t *size)
{
	*size = reader->size;
	return reader->block + reader->lead;
}

void lt_reader_close(struct lt_reader *reader)
{
	if (!reader)
		return;
	lt_input_close(&reader->input);
	lt_file_list_free(&reader->files);
	lt_free(reader->name);
	if (reader->has_first)
		lt_header_free(&reader->first);
	lt_header_free(&reader->header);
	lt_arena_free(&reader->arena);
	lt_arena_free(&reader->tensor_arena);
	lt_free(reader->counts);
	lt_free(reader->block);
	lt_free(reader);
}
