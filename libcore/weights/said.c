#include "weights/said.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "data/norm_text.h"

enum { ARCH, INPUT, SCALE, NORM, CLASSES, TRAIN_COUNTS, LOSS_COUNTS };

const char *const lt_said_keys[LT_SAID_KEYS] = {
	[ARCH] = "ltpipe.arch",
	[INPUT] = "ltpipe.input",
	[SCALE] = "ltpipe.scale",
	[NORM] = "ltpipe.norm",
	[CLASSES] = "ltpipe.classes",
	[TRAIN_COUNTS] = "ltpipe.train_counts",
	[LOSS_COUNTS] = "ltpipe.loss_counts",
};

/* ------------------------------------------------------------------ taking */

/* The next part of a list, without its separator; false at the end. */
static bool next_part(const char **list, char separator, const char **part, size_t *n)
{
	const char *end;

	if (!*list)
		return false;
	end = strchr(*list, separator);
	*part = *list;
	*n = end ? (size_t)(end - *list) : strlen(*list);
	*list = end ? end + 1 : NULL;
	return true;
}

/* Up to room numbers "N,N,…"; how many, or -1. */
static int take_numbers(const char *list, uint64_t max, uint64_t *out, int room)
{
	const char *part;
	char number[32];
	size_t n;
	int count = 0;

	while (next_part(&list, ',', &part, &n)) {
		if (n >= sizeof number || count == room)
			return -1;
		memcpy(number, part, n);
		number[n] = '\0';
		if (!lt_parse_u64(number, 0, max, &out[count++]))
			return -1;
	}
	return count;
}

static bool take_input(struct lt_header *header, const char *text)
{
	uint64_t side[3];

	if (take_numbers(text, 65536, side, 3) != 3 || !side[0] || !side[1] || !side[2])
		return false;
	header->input =
		(struct lt_shape){3, {(uint32_t)side[0], (uint32_t)side[1], (uint32_t)side[2]}};
	return true;
}

static int take_classes(struct lt_header *header, const char *text, struct lt_error *err)
{
	const char *list = text, *part, **name;
	size_t n, count = 0;
	int code;

	while (next_part(&list, '\n', &part, &n))
		if (n == 0 || n > LT_MAX_NAME || ++count > LT_MAX_CLASSES)
			return LT_DATA;
	name = lt_new_array(count, sizeof *name);
	if (!name)
		return lt_fail_memory(err);
	list = text;
	count = 0;
	code = 0;
	while (code == 0 && next_part(&list, '\n', &part, &n)) {
		name[count] = lt_arena_text_n(&header->arena, part, n);
		code = name[count++] ? 0 : lt_fail_memory(err);
	}
	if (code == 0)
		code = lt_header_set_classes(header, name, (int)count, err);
	lt_free(name);
	return code;
}

static int take_counts(struct lt_header *header, const uint64_t **field, const char *text,
		       struct lt_error *err)
{
	uint64_t *counts;
	int n = header->n_classes, code = LT_DATA;

	if (n < 1)
		return LT_DATA;
	counts = lt_new_array((size_t)n, sizeof *counts);
	if (!counts)
		return lt_fail_memory(err);
	if (take_numbers(text, UINT64_MAX, counts, n) == n)
		code = lt_header_set_counts(header, field, counts, n, err);
	lt_free(counts);
	return code;
}

static int take(struct lt_header *header, int key, const char *text, struct lt_error *err)
{
	switch (key) {
	case ARCH:
		header->arch = lt_arena_text(&header->arena, text);
		return header->arch ? 0 : lt_fail_memory(err);
	case INPUT:
		return take_input(header, text) ? 0 : LT_DATA;
	case SCALE:
		return lt_parse_real(text, 1e-6, 1e6, &header->scale) ? 0 : LT_DATA;
	case NORM:
		return lt_norm_parse(&header->norm, text, 0, NULL) ? LT_DATA : 0;
	case CLASSES:
		return take_classes(header, text, err);
	case TRAIN_COUNTS:
		return take_counts(header, &header->train_counts, text, err);
	default:
		return take_counts(header, &header->loss_counts, text, err);
	}
}

int lt_said_take(struct lt_header *header, const struct lt_weights *weights,
		 struct lt_error *err)
{
	int code = 0;

	for (int key = 0; key < LT_SAID_KEYS && code == 0; key++) {
		const char *text = lt_weights_said(weights, lt_said_keys[key]);

		if (text)
			code = take(header, key, text, err);
		if (code == LT_DATA)
			code = lt_fail(err, LT_DATA, "%s: its %s makes no sense",
				       lt_weights_name(weights), lt_said_keys[key]);
	}
	return code;
}

/* ------------------------------------------------------------------ giving */

/* Text, after a separator unless it is the first. */
static bool put(struct lt_buffer *text, const char *separator, bool first, const char *part)
{
	return (first || lt_buffer_append(text, separator, strlen(separator))) &&
	       lt_buffer_append(text, part, strlen(part));
}

static bool put_real(struct lt_buffer *text, const char *separator, bool first, double value)
{
	char number[32];

	lt_format_real(value, number);
	return put(text, separator, first, number);
}

static bool put_norm(struct lt_buffer *text, const struct lt_norm *norm)
{
	bool good = true;

	for (int c = 0; c < norm->channels; c++)
		good = good && put_real(text, ",", c == 0, norm->mean[c]);
	for (int c = 0; c < norm->channels; c++)
		good = good && put_real(text, c ? "," : "/", false, norm->std[c]);
	return good;
}

static bool put_counts(struct lt_buffer *text, const uint64_t *counts, int n)
{
	bool good = true;
	char number[24];

	for (int c = 0; c < n; c++) {
		snprintf(number, sizeof number, "%" PRIu64, counts[c]);
		good = good && put(text, ",", c == 0, number);
	}
	return good;
}

static bool put_classes(struct lt_buffer *text, const struct lt_header *header)
{
	bool good = true;

	for (int c = 0; c < header->n_classes; c++)
		good = good && put(text, "\n", c == 0, header->classes[c]);
	return good;
}

int lt_said_text(const struct lt_header *header, int key, struct lt_buffer *text, bool *has,
		 struct lt_error *err)
{
	uint64_t side[3] = {header->input.dim[0], header->input.dim[1], header->input.dim[2]};
	const bool there[] = {
		[ARCH] = header->arch != NULL,
		[INPUT] = header->input.dims == 3,
		[SCALE] = header->head && strcmp(header->head, "cosine") == 0,
		[NORM] = header->norm.channels > 0,
		[CLASSES] = header->n_classes > 0,
		[TRAIN_COUNTS] = header->train_counts != NULL,
		[LOSS_COUNTS] = header->loss_counts != NULL,
	};
	bool good;

	*has = there[key];
	if (!*has)
		return 0;
	good = key == ARCH	     ? put(text, "", true, header->arch)
	       : key == INPUT	     ? put_counts(text, side, 3)
	       : key == SCALE	     ? put_real(text, "", true, header->scale)
	       : key == NORM	     ? put_norm(text, &header->norm)
	       : key == CLASSES	     ? put_classes(text, header)
	       : key == TRAIN_COUNTS ? put_counts(text, header->train_counts, header->n_classes)
				     : put_counts(text, header->loss_counts, header->n_classes);
	return good ? 0 : lt_fail_memory(err);
}
