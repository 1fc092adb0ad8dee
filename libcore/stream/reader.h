/* Shared by reader.c (frames and their order) and payload.c (their meaning). */
#ifndef LT_STREAM_READER_H
#define LT_STREAM_READER_H

#include "stream/file_list.h"
#include "stream/frame.h"
#include "stream/input.h"
#include "stream/stream.h"

enum lt_place { LT_AT_START, LT_IN_SEGMENT, LT_AFTER_DONE };

struct lt_reader {
	struct lt_input input;
	const struct lt_team *team; /* whose ranks read together */
	uint64_t max_body;
	uint64_t all_rows; /* complete rows so far, in all segments of this input */

	/* Several files: input is files.name[file].  Without them files.n is 0. */
	struct lt_file_list files;
	int file;
	char *name;		/* for messages about all of them */
	struct lt_header first; /* of the first file, once has_first is set */
	bool has_first;

	enum lt_place place;
	struct lt_error error; /* the one that ended reading */

	/* The frame: wire bytes in a block whose 64-byte boundaries are the body's. */
	uint64_t offset;
	uint8_t *block;
	size_t room, lead, size; /* the frame is block[lead … lead + size) */
	char kind[5];
	uint64_t seq;
	const uint8_t *meta, *body;
	size_t meta_size, body_size;
	uint32_t crc;

	/* The segment. */
	struct lt_header header;
	uint64_t frames, rows, bytes; /* without the current frame */
	uint32_t crcs;
	uint64_t *counts;      /* a class, from y; NULL unless kind is rows with classes */
	struct lt_arena arena; /* of this frame's payload */

	/* The tensor whose parts are incomplete. */
	struct lt_arena tensor_arena;
	struct lt_tensor tensor;
	struct lt_cut cut;
	bool tensor_open;

	struct lt_output *copy; /* complete frames are also written here; or NULL */

	struct lt_rows rows_now;
	struct lt_note note;
	struct lt_totals totals;
};

/* Fails at an offset of the input and remembers it. */
int lt_reader_wrong(struct lt_reader *reader, uint64_t offset, const char *fmt, ...)
	LT_PRINTF(3, 4);
/* The same for an error of a cursor over the frame's meta. */
int lt_reader_wrong_meta(struct lt_reader *reader, const struct lt_cursor *cursor);

/* Each parses the current frame; 0 or a code. */
int lt_payload_header(struct lt_reader *reader);
int lt_payload_rows(struct lt_reader *reader);
int lt_payload_tensor(struct lt_reader *reader);
int lt_payload_note(struct lt_reader *reader);
int lt_payload_mark(struct lt_reader *reader);
int lt_payload_fail(struct lt_reader *reader);
int lt_payload_done(struct lt_reader *reader);

#endif
