/*
 * The bytes of a pickle: numbers, lines and strings, which are kept or left in the input.
 */
#include "format/pickle_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ bytes */

int lt_pickle_input_open(struct lt_pickle_input *input, const struct lt_pickle_source *source,
			 struct lt_error *err)
{
	*input = (struct lt_pickle_input){.source = source,
					  .piece = lt_new_bytes(LT_PICKLE_PIECE)};
	return input->piece ? 0 : lt_fail_memory(err);
}

void lt_pickle_input_close(struct lt_pickle_input *input)
{
	lt_free(input->piece);
	input->piece = NULL;
}

uint64_t lt_pickle_place(const struct lt_pickle_input *input)
{
	return input->before + input->at;
}

int lt_pickle_damaged(const struct lt_pickle_input *input, struct lt_error *err,
		      const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return lt_fail(err, LT_DATA, "%s: byte %" PRIu64 " of the pickle: %s",
		       input->source->name, lt_pickle_place(input), text);
}

/* The next piece; input->at == input->end after the last. */
static int fill(struct lt_pickle_input *input, struct lt_error *err)
{
	size_t got;
	int status = input->source->read(input->source->arg, input->piece, LT_PICKLE_PIECE,
					 &got, err);

	if (status)
		return status;
	input->before += input->end;
	input->at = 0;
	input->end = got;
	return 0;
}

static int more(struct lt_pickle_input *input, struct lt_error *err)
{
	int status = input->at == input->end ? fill(input, err) : 0;

	if (status == 0 && input->at == input->end)
		return lt_pickle_damaged(input, err, "truncated");
	return status;
}

int lt_pickle_at_end(struct lt_pickle_input *input, bool *end, struct lt_error *err)
{
	int status = input->at == input->end ? fill(input, err) : 0;

	*end = input->at == input->end;
	return status;
}

int lt_pickle_byte(struct lt_pickle_input *input, uint8_t *byte, struct lt_error *err)
{
	int status = more(input, err);

	if (status == 0)
		*byte = input->piece[input->at++];
	return status;
}

/* to NULL: they are skipped. */
static int take(struct lt_pickle_input *input, uint8_t *to, uint64_t n, struct lt_error *err)
{
	size_t step;
	int status;

	while (n > 0) {
		status = more(input, err);
		if (status)
			return status;
		step = input->end - input->at < n ? input->end - input->at : (size_t)n;
		if (to) {
			memcpy(to, input->piece + input->at, step);
			to += step;
		}
		input->at += step;
		n -= step;
	}
	return 0;
}

int lt_pickle_bytes(struct lt_pickle_input *input, void *to, size_t n, struct lt_error *err)
{
	return take(input, to, n, err);
}

int lt_pickle_number(struct lt_pickle_input *input, int n, uint64_t *value,
		     struct lt_error *err)
{
	uint8_t byte[8];
	int i, status = take(input, byte, (uint64_t)n, err);

	*value = 0;
	for (i = n; status == 0 && i > 0; i--)
		*value = *value << 8 | byte[i - 1];
	return status;
}

int lt_pickle_line(struct lt_pickle_input *input, char *line, size_t room, struct lt_error *err)
{
	size_t n = 0;
	uint8_t byte;
	int status;

	for (;;) {
		status = lt_pickle_byte(input, &byte, err);
		if (status)
			return status;
		if (byte == '\n')
			break;
		if (byte == '\0' || n == room - 1)
			return lt_pickle_damaged(input, err,
						 "a line that is neither a number nor a name");
		line[n++] = (char)byte;
	}
	line[n] = '\0';
	return 0;
}

int lt_pickle_read_memory(void *arg, void *bytes, size_t room, size_t *got,
			  struct lt_error *err)
{
	struct lt_pickle_memory *memory = arg;

	(void)err;
	*got = room < memory->n ? room : memory->n;
	if (*got > 0)
		memcpy(bytes, memory->bytes, *got);
	memory->bytes += *got;
	memory->n -= *got;
	return 0;
}

/* ------------------------------------------------------------------ strings */

static bool add_utf8(struct lt_buffer *to, uint32_t c)
{
	uint8_t byte[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

	for (i = n; i-- > 1; c >>= 6)
		byte[i] = (uint8_t)(0x80 | (c & 0x3f));
	byte[0] = n == 1 ? (uint8_t)c : (uint8_t)(0xf00u >> n | c);
	return lt_buffer_append(to, byte, n);
}

/*
 * The common case of lt_pickle_decode in UTF-8: up to n characters of one byte each within the
 * piece.  to NULL: they are only counted.
 */
static uint64_t narrow_text(struct lt_pickle_input *input, uint8_t *to, uint64_t n)
{
	const uint8_t *at = input->piece + input->at, *end = input->piece + input->end;
	uint64_t i;
	uint8_t c;

	for (i = 0; i < n && end - at >= 2; i++) {
		c = *at;
		if (c < 0x80)
			at++;
		else if ((c & 0xfe) == 0xc2 && (at[1] & 0xc0) == 0x80) {
			c = (uint8_t)(c << 6 | (at[1] & 0x3f));
			at += 2;
		} else
			break;
		if (to)
			to[i] = c;
	}
	input->at = (size_t)(at - input->piece);
	return i;
}

static int not_bytes(const struct lt_pickle_input *input, uint64_t keep, struct lt_error *err)
{
	return lt_pickle_damaged(input, err, "a text of more than %" PRIu64 " bytes", keep);
}

/* Reads a line with escapes; the part beyond keep is only counted. */
static int decode_line(struct lt_pickle_input *input, struct lt_pickle_bytes *out,
		       uint64_t keep, struct lt_buffer *kept, struct lt_error *err)
{
	struct lt_pickle_decoder decoder = {.coding = out->coding};
	bool wide = false;
	uint8_t byte = 0;
	int32_t c;

	for (out->n = 0;;) {
		int status = lt_pickle_byte(input, &byte, err);

		if (status)
			return status;
		c = lt_pickle_decode(&decoder, byte);
		if (c == LT_PICKLE_END)
			return 0;
		if (c == LT_PICKLE_WRONG)
			return lt_pickle_damaged(input, err, "a broken string");
		if (c == LT_PICKLE_MORE)
			continue;
		out->n++;
		wide = wide || c > 0xff;
		if (out->n > keep && wide)
			return not_bytes(input, keep, err);
		byte = (uint8_t)c;
		if (out->n <= keep &&
		    !(out->coding == LT_PICKLE_UESCAPED ? add_utf8(kept, (uint32_t)c)
							: lt_buffer_append(kept, &byte, 1)))
			return lt_fail_memory(err);
		if (out->n == keep + 1)
			lt_buffer_free(kept);
	}
}

static int line_string(struct lt_pickle_input *input, struct lt_arena *arena,
		       struct lt_pickle_bytes *out, uint64_t keep, struct lt_error *err)
{
	struct lt_buffer kept = {0};
	int status = decode_line(input, out, keep, &kept, err);

	if (status == 0 && out->n <= keep) {
		out->n = kept.size;
		out->kept =
			(uint8_t *)lt_arena_text_n(arena, (const char *)kept.data, kept.size);
		if (!out->kept)
			status = lt_fail_memory(err);
	}
	lt_buffer_free(&kept);
	return status;
}

/* How many characters a long text has; each must be a byte. */
static int count_text(struct lt_pickle_input *input, struct lt_pickle_bytes *out, uint64_t n,
		      uint64_t keep, struct lt_error *err)
{
	struct lt_pickle_decoder decoder = {.coding = LT_PICKLE_UTF8};
	uint8_t byte = 0;
	int32_t c;
	int status;

	for (out->n = 0; n > 0; n--) {
		uint64_t before = lt_pickle_place(input);

		/* Each character has at most two bytes, so at least half as many characters as
		 * bytes are left. */
		if (decoder.left == 0)
			out->n += narrow_text(input, NULL, n / 2);
		n -= lt_pickle_place(input) - before;
		if (n == 0)
			break;
		status = lt_pickle_byte(input, &byte, err);
		if (status)
			return status;
		c = lt_pickle_decode(&decoder, byte);
		if (c == LT_PICKLE_MORE)
			continue;
		if (c < 0 || c > 0xff)
			return not_bytes(input, keep, err);
		out->n++;
	}
	return decoder.left ? not_bytes(input, keep, err) : 0;
}

int lt_pickle_string(struct lt_pickle_input *input, struct lt_arena *arena,
		     struct lt_pickle_bytes *out, enum lt_pickle_coding coding, uint64_t n,
		     uint64_t keep, struct lt_error *err)
{
	*out = (struct lt_pickle_bytes){.n = n, .at = lt_pickle_place(input), .coding = coding};
	if (coding == LT_PICKLE_ESCAPED || coding == LT_PICKLE_UESCAPED)
		return line_string(input, arena, out, keep, err);
	if (n > keep)
		return coding == LT_PICKLE_UTF8 ? count_text(input, out, n, keep, err)
						: take(input, NULL, n, err);
	out->kept = lt_arena_alloc(arena, (size_t)n + 1);
	return out->kept ? take(input, out->kept, n, err) : lt_fail_memory(err);
}

/* ------------------------------------------------------------------ once more */

struct lt_pickle_reader {
	struct lt_pickle_source source;
	struct lt_pickle_input input;
	struct lt_pickle_decoder decoder;
	uint64_t left;
};

int lt_pickle_seek(struct lt_pickle_reader **out, const struct lt_pickle_source *source,
		   const struct lt_pickle_bytes *bytes, struct lt_error *err)
{
	struct lt_pickle_reader *reader = lt_new_array(1, sizeof *reader);
	int status;

	*out = reader;
	if (!reader)
		return lt_fail_memory(err);
	reader->source = *source;
	reader->decoder.coding = bytes->coding;
	reader->left = bytes->n;
	status = lt_pickle_input_open(&reader->input, &reader->source, err);
	if (status == 0)
		status = take(&reader->input, NULL, bytes->at, err);
	if (status) {
		lt_pickle_reader_free(reader);
		*out = NULL;
	}
	return status;
}

int lt_pickle_take(struct lt_pickle_reader *reader, void *to, size_t n, struct lt_error *err)
{
	uint8_t *at = to, *end = at + n, byte = 0;
	int32_t c;
	int status;

	if (n > reader->left)
		return lt_fail(err, LT_BUG, "reading beyond the end of bytes in a pickle");
	reader->left -= n;
	if (reader->decoder.coding == LT_PICKLE_PLAIN)
		return take(&reader->input, to, n, err);
	while (at < end) {
		if (reader->decoder.coding == LT_PICKLE_UTF8 && reader->decoder.left == 0)
			at += narrow_text(&reader->input, at, (uint64_t)(end - at));
		if (at == end)
			break;
		status = lt_pickle_byte(&reader->input, &byte, err);
		if (status)
			return status;
		c = lt_pickle_decode(&reader->decoder, byte);
		if (c == LT_PICKLE_MORE)
			continue;
		if (c < 0 || c > 0xff)
			return lt_pickle_damaged(&reader->input, err,
						 "changed while it was read");
		*at++ = (uint8_t)c;
	}
	return 0;
}

void lt_pickle_reader_free(struct lt_pickle_reader *reader)
{
	if (!reader)
		return;
	lt_pickle_input_close(&reader->input);
	lt_free(reader);
}
