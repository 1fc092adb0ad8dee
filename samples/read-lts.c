/*
 * Reads and verifies LTS1 tensor streams, lt-stream(5): a complete reader in
 * one file of C99 with no library.  It prints what is in a stream and exits
 * with 65 when that is cut, damaged, or made by a failed program.
 *
 *	cc -O2 -o read-lts read-lts.c
 *	./read-lts FILE
 *
 * To use it: rows() has the columns of a frame in column[c].data (for dtype
 * "bytes" with the n + 1 offsets in column[c].offset), tensor() a part of a
 * tensor.  Numbers in bodies are little-endian, as the machine is taken to be.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_META = 1 << 20,
	MAX_COLUMNS = 64,
	MAX_DIMS = 8,
	MAX_NAME = 255,
	MAX_DEPTH = 8,
	MAX_HEADS = 8,
	MAX_HEAD_NAME = 31
};
#define MAX_BODY (256u << 20)
#define PART ((uint64_t)32 << 20)
#define MAX_ELEMENTS ((uint64_t)1 << 60)

static const char *input = "<stdin>";
static FILE *file;
static unsigned long long all_rows;

static void bad(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "read-lts: %s: ", input);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(65);
}

static void truncated(void)
{
	bad("truncated after %llu rows", all_rows);
}

/* ---------------------------------------------------------------------- CRC-32C */

static uint32_t table[256];

static void make_table(void)
{
	uint32_t i, crc;
	int bit;

	for (i = 0; i < 256; i++) {
		for (crc = i, bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
		table[i] = crc;
	}
}

static uint32_t crc32c(uint32_t crc, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (crc = ~crc; n; n--, p++)
		crc = crc >> 8 ^ table[(crc ^ *p) & 255];
	return ~crc;
}

/* ---------------------------------------------------------------------- msgpack */

/* A map in memory is read by moving a place; what runs past the end is bad. */
struct place {
	const uint8_t *at, *end;
};

struct text {
	const char *p;
	size_t n;
};

/* One item taken apart; what: 'n'il, 'b'ool, 'i'nteger, 'r'eal, 't'ext, 'x' bin, 'a'rray,
 * 'm'ap. */
struct item {
	char what;
	int negative;
	uint64_t value; /* of an integer, or a length */
};

static uint64_t big(struct place *place, int n)
{
	uint64_t value = 0;

	if (place->end - place->at < n)
		bad("a value past the end of its map");
	while (n--)
		value = value << 8 | *place->at++;
	return value;
}

static struct item next(struct place *place)
{
	/* From c0 on: what, and the bytes of its value or length. */
	static const char what[] = "n?bbxxx???rriiiiiiii?????tttaamm";
	static const char size[] = "00001240004812481248000001242424";
	struct item item = {'?', 0, 0};
	uint8_t first = (uint8_t)big(place, 1);
	int bits;

	if (first < 0x80 || first >= 0xe0) {
		item.what = 'i';
		item.negative = first >= 0xe0;
		item.value = item.negative ? (uint64_t)(int64_t)(int8_t)first : first;
	} else if (first < 0xc0) {
		item.what = first < 0x90 ? 'm' : first < 0xa0 ? 'a' : 't';
		item.value = first & (item.what == 't' ? 31 : 15);
	} else {
		item.what = what[first - 0xc0];
		item.value = big(place, size[first - 0xc0] - '0');
		bits = 8 * (size[first - 0xc0] - '0');
		if (first >= 0xd0 && first <= 0xd3 && item.value >> (bits - 1)) {
			item.negative = 1;
			if (bits < 64)
				item.value |= UINT64_MAX << bits;
		}
	}
	if (item.what == '?')
		bad("a byte that begins no value");
	if (strchr("txam", item.what) && item.value > (uint64_t)(place->end - place->at))
		bad("a length past the end of its map");
	return item;
}

/* Valid UTF-8 without control characters? */
static int clean(const uint8_t *p, size_t n)
{
	size_t i = 0, k, more;
	uint32_t c;

	while (i < n) {
		c = p[i];
		more = c < 0x80	  ? 0
		       : c < 0xc2 ? 9
		       : c < 0xe0 ? 1
		       : c < 0xf0 ? 2
		       : c < 0xf5 ? 3
				  : 9;
		if (more > n - i - 1)
			return 0;
		c = more ? c & (0x3fu >> more) : c;
		for (k = 1; k <= more; k++) {
			if ((p[i + k] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (p[i + k] & 0x3f);
		}
		if (c < 32 || (c >= 127 && c < 160) || (more == 2 && c < 0x800) ||
		    (more == 3 && c < 0x10000) || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
			return 0;
		i += more + 1;
	}
	return 1;
}

static struct text read_text(struct place *place)
{
	struct item item = next(place);
	struct text text = {(const char *)place->at, (size_t)item.value};

	if (item.what != 't' || !clean(place->at, text.n))
		bad("text is wanted, without control characters");
	place->at += text.n;
	return text;
}

static int is(struct text text, const char *want)
{
	return text.n == strlen(want) && memcmp(text.p, want, text.n) == 0;
}

static int compare(const void *a, const void *b)
{
	const struct text *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return memcmp(x->p, y->p, x->n);
}

/* Passes over a value and checks it: depth, texts, and that no key comes twice. */
static void check_value(struct place *place, int depth)
{
	struct place start = *place;
	struct item item = next(place);
	struct text *keys = NULL;
	uint64_t i;

	if ((item.what == 'a' || item.what == 'm') && depth == MAX_DEPTH)
		bad("maps and arrays more than %d deep", MAX_DEPTH);
	if (item.what == 't') {
		*place = start;
		read_text(place);
	} else if (item.what == 'x') {
		place->at += item.value;
	} else if (item.what == 'a') {
		for (i = 0; i < item.value; i++)
			check_value(place, depth + 1);
	} else if (item.what == 'm') {
		keys = malloc((size_t)(item.value + 1) * sizeof *keys);
		if (!keys)
			bad("out of memory");
		for (i = 0; i < item.value; i++) {
			keys[i] = read_text(place);
			if (keys[i].n > MAX_NAME)
				bad("a key of over %d bytes", MAX_NAME);
			check_value(place, depth + 1);
		}
		qsort(keys, (size_t)item.value, sizeof *keys, compare);
		for (i = 1; i < item.value; i++)
			if (compare(&keys[i - 1], &keys[i]) == 0)
				bad("a key twice in one map");
		free(keys);
	}
}

static void skip(struct place *place)
{
	check_value(place, 0);
}

static uint64_t read_uint(struct place *place, uint64_t least, uint64_t most)
{
	struct item item = next(place);

	if (item.what != 'i' || item.negative || item.value < least || item.value > most)
		bad("an integer is wrong or out of range");
	return item.value;
}

static uint64_t read_length(struct place *place, char what, uint64_t most)
{
	struct item item = next(place);

	if (item.what != what || item.value > most)
		bad("a list or map is wrong or too long");
	return item.value;
}

static struct text read_name(struct place *place)
{
	struct text text = read_text(place);

	if (text.n < 1 || text.n > MAX_NAME)
		bad("a name is empty or too long");
	return text;
}

static double read_real(struct place *place)
{
	uint8_t first = place->at < place->end ? *place->at : 0;
	struct item item = next(place);
	uint32_t bits = (uint32_t)item.value;
	double value;
	float single;

	if (item.what == 'i')
		return item.negative ? (double)(int64_t)item.value : (double)item.value;
	if (item.what != 'r')
		bad("a number is wanted");
	memcpy(&value, &item.value, sizeof value);
	memcpy(&single, &bits, sizeof single);
	return first == 0xca ? (double)single : value;
}

/* ---------------------------------------------------------------------- header */

struct shape {
	int dims;
	uint32_t dim[MAX_DIMS];
};

struct column {
	char name[MAX_NAME + 1];
	int dtype;
	struct shape shape;
	uint32_t crc;		/* of all cells so far: shows that they were read */
	const uint8_t *data;	/* in the frame's body */
	const uint64_t *offset; /* n + 1 of them for bytes, else NULL */
};

static const struct {
	const char *name;
	unsigned size;
} dtypes[] = {{"|u1", 1}, {"<i2", 2}, {"<i4", 4},  {"<i8", 8},
	      {"<f4", 4}, {"<f8", 8}, {"<bf2", 2}, {"bytes", 0}};
enum { BYTES = 7, LAST_INTEGER = 3 };

enum kind { ROWS, MODEL, SCORES };
static const char *const kinds[] = {"rows", "model", "scores"};

/* What the frames of the segment have said so far. */
static struct {
	enum kind kind;
	struct column column[MAX_COLUMNS];
	int n_columns;
	int64_t n_classes; /* -1: no list */
	uint64_t *declared, *counts;
	uint64_t heads, predicts;
	uint64_t frames, rows, bytes;
	uint32_t crcs;
	int tensor_open;
	char tensor[MAX_NAME + 1];
	int tensor_dtype;
	struct shape tensor_shape;
	uint64_t tensor_part, tensor_parts;
	uint32_t tensor_crc;
} segment;

static void copy_name(char *to, struct text name)
{
	memcpy(to, name.p, name.n);
	to[name.n] = '\0';
}

static int read_dtype(struct place *place)
{
	struct text text = read_text(place);
	int i;

	for (i = 0; i <= BYTES && !is(text, dtypes[i].name); i++)
		;
	if (i > BYTES)
		bad("unknown dtype");
	return i;
}

static struct shape read_shape(struct place *place, uint32_t least)
{
	struct shape shape = {0, {0}};
	uint64_t dim, elements = 1;
	int i;

	shape.dims = (int)read_length(place, 'a', MAX_DIMS);
	for (i = 0; i < shape.dims; i++) {
		shape.dim[i] = (uint32_t)read_uint(place, least, INT32_MAX);
		dim = shape.dim[i] ? shape.dim[i] : 1;
		if (elements > MAX_ELEMENTS / dim)
			bad("a shape beyond memory");
		elements *= dim;
	}
	return shape;
}

/* Bytes of dimensions from first on: below 2^63, since elements have at most 8 bytes. */
static uint64_t size_of(int dtype, const struct shape *shape, int first)
{
	uint64_t n = dtypes[dtype].size;
	int i;

	for (i = first; i < shape->dims; i++)
		n *= shape->dim[i];
	return n;
}

static void read_column(struct place *place)
{
	struct column *column = &segment.column[segment.n_columns];
	uint64_t pairs = read_length(place, 'm', MAX_META);
	unsigned seen = 0;
	struct text key;
	int c;

	memset(column, 0, sizeof *column);
	while (pairs--) {
		key = read_text(place);
		if (is(key, "name") && (seen |= 1))
			copy_name(column->name, read_name(place));
		else if (is(key, "dtype") && (seen |= 2))
			column->dtype = read_dtype(place);
		else if (is(key, "shape") && (seen |= 4))
			column->shape = read_shape(place, 1);
		else if (is(key, "role") && (seen |= 8))
			read_name(place);
		else
			skip(place);
	}
	if (seen != 15 || (column->dtype == BYTES && column->shape.dims))
		bad("a column is not whole");
	for (c = 0; c < segment.n_columns; c++)
		if (strcmp(segment.column[c].name, column->name) == 0)
			bad("two columns named %s", column->name);
	if ((strcmp(column->name, "y") == 0 || strcmp(column->name, "y_true") == 0 ||
	     strcmp(column->name, "id") == 0) &&
	    (column->dtype > LAST_INTEGER || column->shape.dims))
		bad("column %s is not one integer a row", column->name);
	segment.n_columns++;
}

static void read_prov(struct place *place)
{
	uint64_t n = read_length(place, 'a', 64), i, pairs, inputs;
	const uint8_t *start;
	struct text key;
	unsigned seen;

	for (i = 0; i < n; i++) {
		start = place->at;
		seen = 0;
		for (pairs = read_length(place, 'm', MAX_META); pairs--;) {
			key = read_text(place);
			if (is(key, "prog") || is(key, "version") || is(key, "out")) {
				seen++;
				read_name(place);
			} else if (is(key, "in")) {
				for (inputs = read_length(place, 'a', MAX_META); inputs--;) {
					if (read_length(place, 'a', 2) != 2)
						bad("an input is not a pair");
					read_name(place);
					if (place->at < place->end && *place->at < 0x80 &&
					    *place->at >= i)
						bad("provenance in circles");
					skip(place);
				}
			} else {
				skip(place);
			}
		}
		if (seen != 3 || place->at - start > 4096)
			bad("a provenance entry is not whole, or too long");
	}
}

static void read_norm(struct place *place)
{
	uint64_t pairs = read_length(place, 'm', MAX_META), n, n_mean = 0, n_std = 0;
	struct text key;
	double value;
	int std;

	while (pairs--) {
		key = read_text(place);
		std = is(key, "std");
		if (!std && !is(key, "mean")) {
			skip(place);
			continue;
		}
		n = read_length(place, 'a', 16);
		*(std ? &n_std : &n_mean) = n;
		while (n--) {
			value = read_real(place);
			if (!(value - value == 0) || (std && !(value > 0)))
				bad("norm is not finite, or a deviation not above 0");
		}
	}
	if (n_mean == 0 || n_mean != n_std)
		bad("norm without mean or std");
}

static uint64_t *read_counts(struct place *place, uint64_t *n)
{
	uint64_t *counts, i;

	*n = read_length(place, 'a', 65535);
	counts = malloc((size_t)(*n + 1) * sizeof *counts);
	if (!counts)
		bad("out of memory");
	for (i = 0; i < *n; i++)
		counts[i] = read_uint(place, 0, UINT64_MAX);
	return counts;
}

static void read_scale(struct place *place)
{
	double scale = read_real(place);

	if (!(scale - scale == 0) || !(scale > 0))
		bad("scale is not a finite number above 0");
}

/* The heads of a model with several; returns how many. */
static uint64_t read_heads(struct place *place)
{
	uint64_t n = read_length(place, 'a', MAX_HEADS), i, k, pairs;
	struct text name[MAX_HEADS], key;

	if (n < 1)
		bad("no heads");
	for (i = 0; i < n; i++) {
		unsigned seen = 0;

		for (pairs = read_length(place, 'm', MAX_META); pairs--;) {
			key = read_text(place);
			if (is(key, "name") && (seen |= 1)) {
				name[i] = read_name(place);
				if (name[i].n > MAX_HEAD_NAME)
					bad("a name is empty or too long");
			} else if (is(key, "kind") && (seen |= 2)) {
				read_name(place);
			} else if (is(key, "outputs") && (seen |= 4)) {
				read_uint(place, 1, 65535);
			} else if (is(key, "scale") && (seen |= 8)) {
				read_scale(place);
			} else {
				skip(place);
			}
		}
		if (seen != 15)
			bad("a head is not whole");
		for (k = 0; k < i; k++)
			if (name[k].n == name[i].n &&
			    memcmp(name[k].p, name[i].p, name[i].n) == 0)
				bad("two heads of one name");
	}
	return n;
}

/* The keys that matter to a reader of numbers; the others are checked and passed over. */
static unsigned read_header_key(struct place *place, uint64_t lengths[3])
{
	struct text key = read_text(place), text;
	uint64_t n;

	if (is(key, "v")) {
		if (read_length(place, 'a', 2) != 2 || read_uint(place, 0, UINT32_MAX) != 1)
			bad("another version of the format");
		read_uint(place, 0, UINT32_MAX);
		return 1;
	}
	if (is(key, "kind")) {
		text = read_text(place);
		for (n = 0; n < 3 && !is(text, kinds[n]); n++)
			;
		if (n == 3)
			bad("unknown kind of segment");
		segment.kind = (enum kind)n;
		return 2;
	}
	if (is(key, "cols")) {
		for (n = read_length(place, 'a', MAX_COLUMNS); n--;)
			read_column(place);
	} else if (is(key, "classes")) {
		segment.n_classes = (int64_t)read_length(place, 'a', 65535);
		for (n = (uint64_t)segment.n_classes; n--;)
			read_name(place);
	} else if (is(key, "class_counts")) {
		segment.declared = read_counts(place, &lengths[0]);
	} else if (is(key, "train_counts")) {
		free(read_counts(place, &lengths[1]));
	} else if (is(key, "loss_counts")) {
		free(read_counts(place, &lengths[2]));
	} else if (is(key, "need")) {
		if (read_length(place, 'a', MAX_META) > 0)
			bad("the stream needs what this reader does not know");
	} else if (is(key, "norm")) {
		read_norm(place);
	} else if (is(key, "prov")) {
		read_prov(place);
	} else if (is(key, "head")) {
		read_name(place);
	} else if (is(key, "scale")) {
		read_scale(place);
	} else if (is(key, "heads")) {
		segment.heads = read_heads(place);
	} else if (is(key, "predicts")) {
		segment.predicts = read_uint(place, 0, MAX_HEADS - 1);
	} else {
		skip(place);
	}
	return 0;
}

static void header(struct place place)
{
	uint64_t lengths[3] = {UINT64_MAX, UINT64_MAX, UINT64_MAX}, pairs;
	unsigned seen = 0;
	int i;

	free(segment.declared);
	free(segment.counts);
	memset(&segment, 0, sizeof segment);
	segment.n_classes = -1;
	for (pairs = read_length(&place, 'm', MAX_META); pairs--;)
		seen |= read_header_key(&place, lengths);
	if (seen != 3)
		bad("a header without v or kind");
	if (segment.predicts > 0 && segment.predicts >= segment.heads)
		bad("a head that predicts and is not there");
	for (i = 0; i < 3; i++)
		if (lengths[i] != UINT64_MAX && (int64_t)lengths[i] != segment.n_classes)
			bad("counts for another number of classes");
	if (segment.kind == ROWS && segment.n_classes >= 0) {
		segment.counts = calloc((size_t)segment.n_classes + 1, sizeof *segment.counts);
		if (!segment.counts)
			bad("out of memory");
	}
	printf("segment %s\n", kinds[segment.kind]);
}

/* ------------------------------------------------------------------ rows, tensors */

static int64_t integer_at(int dtype, const uint8_t *p, uint64_t i)
{
	uint64_t value = 0;
	unsigned size = dtypes[dtype].size;

	memcpy(&value, p + size * i, size);
	return size == 8   ? (int64_t)value
	       : size == 4 ? (int32_t)value
	       : size == 2 ? (int16_t)value
			   : (int64_t)value;
}

static void count_labels(const struct column *column, uint64_t n)
{
	int is_y = strcmp(column->name, "y") == 0;
	int64_t label;
	uint64_t i;

	if (!is_y && strcmp(column->name, "y_true") != 0)
		return;
	for (i = 0; i < n; i++) {
		label = integer_at(column->dtype, column->data, i);
		if (label < -1 || (segment.n_classes >= 0 && label >= segment.n_classes))
			bad("%s is %lld", column->name, (long long)label);
		if (is_y && label >= 0 && segment.counts)
			segment.counts[label]++;
	}
}

/* Finds a column at body[*at]; moves *at behind it. */
static void place_column(struct column *column, uint64_t n, const uint8_t *body, uint64_t size,
			 uint64_t *at)
{
	uint64_t cell, i, bytes;

	for (; *at % 64; ++*at)
		if (*at >= size || body[*at] != 0)
			bad("wrong padding before column %s", column->name);
	column->offset = NULL;
	column->data = body + *at;
	if (column->dtype == BYTES) {
		if (size - *at < (n + 1) * 8)
			bad("the offsets of %s run past the end", column->name);
		column->offset = (const uint64_t *)(const void *)(body + *at);
		*at += (n + 1) * 8;
		for (i = 0; i < n; i++)
			if (column->offset[i + 1] < column->offset[i])
				bad("the offsets of %s go backwards", column->name);
		bytes = column->offset[n];
		if (column->offset[0] != 0 || bytes > size - *at)
			bad("the offsets of %s are wrong", column->name);
		column->data = body + *at;
	} else {
		cell = size_of(column->dtype, &column->shape, 0);
		if (cell > (size - *at) / n)
			bad("column %s runs past the end", column->name);
		bytes = cell * n;
		count_labels(column, n);
	}
	column->crc = crc32c(column->crc, column->data, (size_t)bytes);
	*at += bytes;
}

static void rows(struct place place, const uint8_t *body, uint64_t size)
{
	uint64_t pairs = read_length(&place, 'm', MAX_META), n = 0, start = 0, at = 0;
	unsigned seen = 0;
	struct text key;
	int c;

	while (pairs--) {
		key = read_text(&place);
		if (is(key, "n") && (seen |= 1))
			n = read_uint(&place, 1, 1 << 24);
		else if (is(key, "at") && (seen |= 2))
			start = read_uint(&place, 0, UINT64_MAX);
		else
			skip(&place);
	}
	if (seen != 3 || start != segment.rows || segment.kind == MODEL || !segment.n_columns)
		bad("rows out of place");
	for (c = 0; c < segment.n_columns; c++)
		place_column(&segment.column[c], n, body, size, &at);
	if (at != size)
		bad("a body longer than its columns");
	segment.rows += n;
	all_rows += n;
}

static void begin_tensor(const char *name, int dtype, const struct shape *shape)
{
	strcpy(segment.tensor, name);
	segment.tensor_dtype = dtype;
	segment.tensor_shape = *shape;
	segment.tensor_part = 0;
	segment.tensor_crc = 0;
}

static void end_tensor(void)
{
	int i;

	printf("tensor %s %s ", segment.tensor, dtypes[segment.tensor_dtype].name);
	for (i = 0; i < segment.tensor_shape.dims; i++)
		printf("%s%u", i ? "x" : "", (unsigned)segment.tensor_shape.dim[i]);
	printf("%s %08x\n", segment.tensor_shape.dims ? "" : "-", (unsigned)segment.tensor_crc);
}

static void tensor(struct place place, const uint8_t *body, uint64_t size)
{
	uint64_t pairs = read_length(&place, 'm', MAX_META), part = 0, parts = 0;
	uint64_t slices, slice, per, here;
	struct shape shape = {0, {0}};
	char name[MAX_NAME + 1] = "";
	unsigned seen = 0;
	int dtype = BYTES;
	struct text key;

	while (pairs--) {
		key = read_text(&place);
		if (is(key, "name") && (seen |= 1)) {
			copy_name(name, read_name(&place));
		} else if (is(key, "dtype") && (seen |= 2)) {
			dtype = read_dtype(&place);
		} else if (is(key, "shape") && (seen |= 4)) {
			shape = read_shape(&place, 0);
		} else if (is(key, "part") && (seen |= 8)) {
			if (read_length(&place, 'a', 2) != 2)
				bad("a part is not a pair");
			part = read_uint(&place, 0, UINT32_MAX);
			parts = read_uint(&place, 0, UINT32_MAX);
		} else {
			skip(&place);
		}
	}
	if (seen != 15 || dtype == BYTES || segment.kind == ROWS)
		bad("a tensor is not whole, or out of place");
	if (!segment.tensor_open)
		begin_tensor(name, dtype, &shape);
	slices = shape.dims ? shape.dim[0] : 1;
	slice = size_of(dtype, &shape, 1);
	per = slices * slice <= PART ? slices : slice < PART ? PART / slice : 1;
	segment.tensor_parts = slices > per ? (slices + per - 1) / per : 1;
	if (strcmp(name, segment.tensor) != 0 || dtype != segment.tensor_dtype ||
	    memcmp(&shape, &segment.tensor_shape, sizeof shape) != 0 ||
	    part != segment.tensor_part || parts != segment.tensor_parts)
		bad("a part of tensor %s is missing", segment.tensor);
	here = slices - part * per < per ? slices - part * per : per;
	if (size != here * slice)
		bad("tensor %s has another size", name);
	segment.tensor_crc = crc32c(segment.tensor_crc, body, (size_t)size);
	segment.tensor_open = ++segment.tensor_part < parts;
	if (!segment.tensor_open)
		end_tensor();
}

/* ------------------------------------------------------------------- other frames */

static void mark(struct place place)
{
	uint64_t pairs = read_length(&place, 'm', MAX_META), n = UINT64_MAX, crcs = UINT64_MAX;
	struct text key;

	while (pairs--) {
		key = read_text(&place);
		if (is(key, "rows"))
			n = read_uint(&place, 0, UINT64_MAX);
		else if (is(key, "crcs"))
			crcs = read_uint(&place, 0, UINT32_MAX);
		else
			skip(&place);
	}
	if (n != segment.rows || crcs != segment.crcs)
		bad("a mark does not agree");
}

static void fail(struct place place)
{
	uint64_t pairs = read_length(&place, 'm', MAX_META);
	struct text key, prog = {"", 0}, msg = {"", 0};

	while (pairs--) {
		key = read_text(&place);
		if (is(key, "prog"))
			prog = read_name(&place);
		else if (is(key, "msg"))
			msg = read_text(&place);
		else
			skip(&place);
	}
	bad("upstream %.*s failed: %.*s", (int)prog.n, prog.p, (int)msg.n, msg.p);
}

static void check_inputs(struct place *place)
{
	uint64_t n = read_length(place, 'a', MAX_META), pairs;
	unsigned seen;
	struct text key;

	while (n--) {
		seen = 0;
		for (pairs = read_length(place, 'm', MAX_META); pairs--;) {
			key = read_text(place);
			seen |= is(key, "rows") ? 1 : is(key, "crcs") ? 2 : 0;
			skip(place);
		}
		if (seen != 3)
			bad("DONE: an input is not whole");
	}
}

static void done(struct place place)
{
	uint64_t pairs = read_length(&place, 'm', MAX_META), n, i, *counts = NULL;
	unsigned right = 0;
	struct text key;
	int c;

	while (pairs--) {
		key = read_text(&place);
		if (is(key, "frames"))
			right += read_uint(&place, 0, UINT64_MAX) == segment.frames;
		else if (is(key, "rows"))
			right += read_uint(&place, 0, UINT64_MAX) == segment.rows;
		else if (is(key, "bytes"))
			right += read_uint(&place, 0, UINT64_MAX) == segment.bytes;
		else if (is(key, "crcs"))
			right += read_uint(&place, 0, UINT64_MAX) == segment.crcs;
		else if (is(key, "inputs"))
			check_inputs(&place);
		else if (is(key, "class_counts") && segment.counts) {
			counts = read_counts(&place, &n);
			for (i = 0; i < n && (int64_t)n == segment.n_classes; i++)
				if (counts[i] != segment.counts[i] ||
				    (segment.declared && counts[i] != segment.declared[i]))
					bad("class %d is counted wrongly", (int)i);
			if ((int64_t)n != segment.n_classes)
				bad("DONE counts other classes");
		} else {
			skip(&place);
		}
	}
	if (right != 4)
		bad("the totals of DONE do not agree");
	if (segment.counts && !counts)
		bad("DONE has no class_counts");
	free(counts);
	for (c = 0; c < segment.n_columns; c++)
		printf("column %s %08x\n", segment.column[c].name,
		       (unsigned)segment.column[c].crc);
	printf("done rows %llu\n", (unsigned long long)segment.rows);
}

/* ------------------------------------------------------------------------- frames */

/* The frame, grown as bytes arrive, and a copy of its body, aligned as malloc aligns. */
static uint8_t *frame, *aligned;
static size_t frame_size, frame_room;

static void take(size_t n)
{
	size_t step;

	while (n > 0) {
		step = n < 65536 ? n : 65536;
		if (frame_size + step > frame_room) {
			frame_room = 2 * frame_room + step;
			frame = realloc(frame, frame_room);
			if (!frame)
				bad("out of memory");
		}
		if (fread(frame + frame_size, 1, step, file) != step)
			truncated();
		frame_size += step;
		n -= step;
	}
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The first 20 bytes; 0 at a good end.  outside: before or after a segment. */
static int take_head(int first, int outside)
{
	static const uint8_t starts[2][6] = {{0x95, 0xa4, 'L', 'T', 'S', '1'},
					     {0x95, 0xa4, 'F', 'A', 'I', 'L'}};
	int c;

	frame_size = 0;
	while (frame_size < (outside ? 6 : 1)) {
		c = getc(file);
		if (c == EOF && frame_size == 0 && first)
			bad("empty input");
		if (c == EOF && frame_size == 0 && outside)
			return 0;
		if (c == EOF)
			truncated();
		if (frame_room < 64)
			frame = realloc(frame, frame_room = 64);
		if (!frame)
			bad("out of memory");
		frame[frame_size++] = (uint8_t)c;
		if (outside && memcmp(frame, starts[0], frame_size) != 0 &&
		    memcmp(frame, starts[1], frame_size) != 0)
			bad(first ? "not an LTS1 stream" : "trailing data");
	}
	take(20 - frame_size);
	return 1;
}

static int known(const char *kind)
{
	return strstr(" LTS1 ROWS TENS note mark FAIL DONE ", kind) != NULL;
}

/* One frame; 0 at the end of the stream. */
static int read_frame(int first, int *outside)
{
	struct place map;
	uint64_t seq;
	uint32_t meta, body, crc;
	char kind[5] = "";
	int i;

	if (!take_head(first, *outside))
		return 0;
	memcpy(kind, frame + 2, 4);
	for (i = 0; i < 4; i++)
		if (!((kind[i] >= 'A' && kind[i] <= 'Z') ||
		      (kind[i] >= 'a' && kind[i] <= 'z') ||
		      (i > 0 && kind[i] >= '0' && kind[i] <= '9')))
			bad("no frame here");
	if (frame[0] != 0x95 || frame[1] != 0xa4 || frame[6] != 0xcf || frame[15] != 0xc6)
		bad("no frame here");
	seq = (uint64_t)be32(frame + 7) << 32 | be32(frame + 11);
	meta = be32(frame + 16);
	if (meta > MAX_META)
		bad("a map over its limit");
	take((size_t)meta + 5);
	body = be32(frame + 21 + meta);
	if (frame[20 + meta] != 0xc6 || body > MAX_BODY)
		bad("no body here, or one over its limit");
	take((size_t)body + 5);
	crc = crc32c(0, frame, frame_size - 5);
	if (frame[frame_size - 5] != 0xce || be32(frame + frame_size - 4) != crc)
		bad("the CRC does not match");
	if (seq != (*outside ? 0 : segment.frames))
		bad("frame %s has another sequence number", kind);
	if (!known(kind) && kind[0] <= 'Z')
		bad("unknown kind of frame %s", kind);
	map.at = frame + 20;
	map.end = map.at + meta;
	if (meta == 0 || !(*map.at >> 4 == 8 || *map.at >> 1 == 0xde >> 1))
		bad("not a map");
	skip(&map);
	if (map.at != map.end)
		bad("bytes after the map");
	map.at = frame + 20;
	if (known(kind) && body > 0 && strcmp(kind, "ROWS") != 0 && strcmp(kind, "TENS") != 0)
		bad("frame %s has a body", kind);
	if (segment.tensor_open && kind[0] <= 'Z' && strcmp(kind, "TENS") != 0 &&
	    strcmp(kind, "FAIL") != 0)
		bad("tensor %s ends early", segment.tensor);
	free(aligned);
	aligned = malloc((size_t)body + 1);
	if (!aligned)
		bad("out of memory");
	memcpy(aligned, frame + 25 + meta, body);
	if (strcmp(kind, "LTS1") == 0) {
		if (!*outside)
			bad("a second header");
		header(map);
	} else if (strcmp(kind, "ROWS") == 0) {
		rows(map, aligned, body);
	} else if (strcmp(kind, "TENS") == 0) {
		tensor(map, aligned, body);
	} else if (strcmp(kind, "mark") == 0) {
		mark(map);
	} else if (strcmp(kind, "FAIL") == 0) {
		fail(map);
	} else if (strcmp(kind, "DONE") == 0) {
		done(map);
		*outside = 1;
		return 1;
	}
	*outside = 0;
	segment.frames++;
	segment.bytes += frame_size;
	segment.crcs = crc32c(segment.crcs, frame + frame_size - 4, 4);
	return 1;
}

int main(int argc, char **argv)
{
	int first, outside = 1;

	file = stdin;
	if (argc > 2) {
		fprintf(stderr, "usage: read-lts [FILE]\n");
		return 64;
	}
	if (argc == 2 && strcmp(argv[1], "-") != 0) {
		input = argv[1];
		file = fopen(input, "rb");
		if (!file) {
			perror(input);
			return 66;
		}
	}
	make_table();
	for (first = 1; read_frame(first, &outside); first = 0)
		;
	return fflush(stdout) == 0 ? 0 : 74;
}
