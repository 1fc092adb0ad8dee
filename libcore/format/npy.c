/*
 * The header of an .npy file: a strict parser, and a writer.
 */
#include "format/npy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "format/format_limits.h"

#define MAGIC "\x93NUMPY"

/* ------------------------------------------------------------------ the dictionary */

/* The text that is being read: at … end. */
struct text {
	const char *at, *end;
};

static void skip_blanks(struct text *text)
{
	while (text->at < text->end &&
	       (*text->at == ' ' || *text->at == '\t' || *text->at == '\n'))
		text->at++;
}

/* Consumes one character after optional blanks; false: it is another one. */
static bool take(struct text *text, char want)
{
	skip_blanks(text);
	if (text->at == text->end || *text->at != want)
		return false;
	text->at++;
	return true;
}

static bool take_word(struct text *text, const char *word)
{
	size_t n = strlen(word);

	skip_blanks(text);
	if ((size_t)(text->end - text->at) < n || memcmp(text->at, word, n) != 0)
		return false;
	text->at += n;
	return true;
}

/* A string in either quotes, of up to 15 plain characters. */
static bool take_string(struct text *text, char out[16])
{
	char quote = take(text, '\'') ? '\'' : '"';
	size_t n = 0;

	if (quote == '"' && !take(text, '"'))
		return false;
	while (text->at < text->end && *text->at != quote) {
		if (n == 15 || *text->at < ' ' || *text->at > '~' || *text->at == '\\')
			return false;
		out[n++] = *text->at++;
	}
	out[n] = '\0';
	return take(text, quote);
}

/* Digits; Python 2 may have appended an L. */
static bool take_number(struct text *text, uint64_t *out)
{
	unsigned digit;

	skip_blanks(text);
	if (text->at == text->end || *text->at < '0' || *text->at > '9')
		return false;
	for (*out = 0; text->at < text->end && *text->at >= '0' && *text->at <= '9';
	     text->at++) {
		digit = (unsigned)(*text->at - '0');
		if (*out > (UINT64_MAX - digit) / 10)
			return false;
		*out = *out * 10 + digit;
	}
	if (text->at < text->end && *text->at == 'L')
		text->at++;
	return true;
}

/* "()", "(5,)", "(5, 3)", "(5, 3,)"; "(5)" is not a tuple. */
static bool take_shape(struct text *text, struct lt_array *array)
{
	bool comma = true;

	if (!take(text, '('))
		return false;
	for (array->rank = 0; !take(text, ')'); array->rank++) {
		if (!comma || array->rank == LT_ARRAY_RANK ||
		    !take_number(text, &array->dim[array->rank]))
			return false;
		comma = take(text, ',');
	}
	return array->rank != 1 || comma;
}

/* "<f4": byte order, kind, bytes; "|S17": bytes; "<U17": characters of 4 bytes. */
static bool read_type(const char *descr, struct lt_array *array)
{
	char order = descr[0];
	uint64_t n = 0;

	if (!order || !strchr("<>|=", order) || !descr[1] || !strchr("biufcmMOSUVt", descr[1]))
		return false;
	array->kind = descr[1];
	array->big = order == '>';
	if (!strchr("biufSU", array->kind))
		return true;
	if (!lt_parse_u64(descr + 2, 0, (uint64_t)1 << 24, &n))
		return false;
	array->size = (uint32_t)n * (array->kind == 'U' ? 4 : 1);
	/* Half and extended precision are numbers, but not supported. */
	if (array->kind == 'f' && n != 4 && n != 8)
		array->kind = 'e';
	if (array->kind == 'u' || array->kind == 'i')
		return n == 1 || n == 2 || n == 4 || n == 8;
	return array->kind != 'b' || n == 1;
}

static bool take_type(struct text *text, struct lt_array *array)
{
	char descr[16];

	skip_blanks(text);
	/* A list of fields: records. */
	if (text->at < text->end && *text->at == '[') {
		array->kind = 'V';
		return true;
	}
	return take_string(text, descr) && read_type(descr, array);
}

enum { DESCR = 1, ORDER = 2, SHAPE = 4 };

/* One key and its value; adds its bit to *seen. */
static bool take_item(struct text *text, struct lt_array *array, unsigned *seen)
{
	char key[16];
	unsigned bit;
	bool good;

	if (!take_string(text, key) || !take(text, ':'))
		return false;
	if (strcmp(key, "descr") == 0) {
		bit = DESCR;
		good = take_type(text, array);
	} else if (strcmp(key, "fortran_order") == 0) {
		bit = ORDER;
		array->first_fastest = take_word(text, "True");
		good = array->first_fastest || take_word(text, "False");
	} else {
		bit = SHAPE;
		good = strcmp(key, "shape") == 0 && take_shape(text, array);
	}
	if (!good || *seen & bit)
		return false;
	*seen |= bit;
	return true;
}

int lt_npy_parse(struct lt_array *array, const char *text, size_t n, const char *where,
		 struct lt_error *err)
{
	struct text at = {text, text + n};
	unsigned seen = 0;
	bool good = take(&at, '{'), comma = true;

	*array = (struct lt_array){0};
	while (good && array->kind != 'V' && !take(&at, '}')) {
		good = comma && take_item(&at, array, &seen);
		comma = take(&at, ',');
	}
	/* The text after a list of fields is not parsed, because it is not used. */
	if (good && array->kind == 'V')
		return 0;
	skip_blanks(&at);
	if (good && at.at == at.end && seen == (DESCR | ORDER | SHAPE))
		return 0;
	return lt_fail(err, LT_DATA, "%s: the header of this .npy file is damaged", where);
}

/* ------------------------------------------------------------------ the file */

int lt_npy_read_header(struct lt_array *array, const char *where, lt_array_read *read,
		       void *arg, struct lt_error *err)
{
	uint8_t start[12];
	size_t bytes, n;
	char *text;
	int status = read(arg, start, 10, err);

	if (status)
		return status;
	if (memcmp(start, MAGIC, 6) != 0)
		return lt_fail(err, LT_DATA, "%s: not an .npy file", where);
	if (start[6] < 1 || start[6] > 3)
		return lt_fail(err, LT_DATA, "%s: version %d.%d of .npy is not known", where,
			       start[6], start[7]);
	bytes = start[6] == 1 ? 2 : 4;
	status = bytes == 4 ? read(arg, start + 10, 2, err) : 0;
	if (status)
		return status;
	n = start[8] | (size_t)start[9] << 8;
	if (bytes == 4)
		n |= (size_t)start[10] << 16 | (size_t)start[11] << 24;
	if (n > LT_MAX_NPY_HEADER)
		return lt_fail(err, LT_DATA, "%s: a header of %zu bytes, the limit is %zu",
			       where, n, LT_MAX_NPY_HEADER);
	text = lt_new_bytes(n + 1);
	status = text ? read(arg, text, n, err) : lt_fail_memory(err);
	if (status == 0)
		status = lt_npy_parse(array, text, n, where, err);
	lt_free(text);
	return status;
}

size_t lt_npy_header(char out[LT_NPY_HEADER], const char *descr, const uint64_t *dim, int rank)
{
	size_t at = 10, end, n;
	int i;

	memcpy(out, MAGIC "\1\0", 8);
	at += (size_t)snprintf(out + at, LT_NPY_HEADER - at,
			       "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
	for (i = 0; i < rank; i++)
		at += (size_t)snprintf(out + at, LT_NPY_HEADER - at, "%s%" PRIu64,
				       i > 0 ? ", " : "", dim[i]);
	at += (size_t)snprintf(out + at, LT_NPY_HEADER - at, rank == 1 ? ",), }" : "), }");
	end = (at + 1 + 63) / 64 * 64;
	memset(out + at, ' ', end - at);
	out[end - 1] = '\n';
	n = end - 10;
	out[8] = (char)(n & 255);
	out[9] = (char)(n >> 8);
	return end;
}
