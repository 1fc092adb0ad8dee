/*
 * Streams whose frames are sound but whose contents are not allowed: every limit, every
 * wrong size, order and total.  Each is built frame by frame.
 */
#include "stream_kit.h"

/* msgpack by hand, for data that the writer would refuse. */
static void text(struct lt_pack *pack, const char *value)
{
	lt_pack_text(pack, value);
}

/* "v" and "kind" of a header with `more` further pairs. */
static void begin_header(struct lt_pack *pack, const char *kind, size_t more)
{
	lt_pack_map(pack, 2 + more);
	text(pack, "v");
	lt_pack_array(pack, 2);
	lt_pack_uint(pack, 1);
	lt_pack_uint(pack, 0);
	text(pack, "kind");
	text(pack, kind);
}

static void column(struct lt_pack *pack, const char *name, const char *dtype, int dims,
		   uint32_t dim)
{
	int i;

	lt_pack_map(pack, 4);
	text(pack, "name");
	text(pack, name);
	text(pack, "dtype");
	text(pack, dtype);
	text(pack, "shape");
	lt_pack_array(pack, (size_t)dims);
	for (i = 0; i < dims; i++)
		lt_pack_uint(pack, dim);
	text(pack, "role");
	text(pack, "info");
}

/* The stream of a single header frame; frees pack. */
static struct bytes header_frame(struct lt_pack *pack)
{
	struct bytes bytes = {0};

	kit_frame(&bytes, "LTS1", 0, pack->bytes.data, pack->bytes.size, NULL, 0);
	lt_pack_free(pack);
	*pack = (struct lt_pack){0};
	return bytes;
}

/* y <i4 and two classes, as most tests need it. */
static struct bytes labelled(bool with_image)
{
	struct lt_pack pack = {0};

	begin_header(&pack, "rows", 2);
	text(&pack, "cols");
	lt_pack_array(&pack, with_image ? 2 : 1);
	if (with_image)
		column(&pack, "image", "|u1", 1, 3);
	column(&pack, "y", "<i4", 0, 0);
	text(&pack, "classes");
	lt_pack_array(&pack, 2);
	text(&pack, "a");
	text(&pack, "b");
	return header_frame(&pack);
}

static void rows_frame(struct bytes *bytes, uint64_t seq, uint64_t n, uint64_t at,
		       const void *body, size_t body_n)
{
	struct lt_pack pack = {0};

	lt_pack_map(&pack, 2);
	text(&pack, "n");
	lt_pack_uint(&pack, n);
	text(&pack, "at");
	lt_pack_uint(&pack, at);
	kit_frame(bytes, "ROWS", seq, pack.bytes.data, pack.bytes.size, body, body_n);
	lt_pack_free(&pack);
}

/* Frees the bytes. */
static void refused_(struct bytes bytes, const char *want, int line)
{
	struct lt_error err;
	int code = kit_read(bytes.data, bytes.n, &err);

	if (!check_that(code == LT_DATA && strstr(err.text, want), want, __FILE__, line))
		printf("# code %d: %s\n", code, err.text);
	free(bytes.data);
}

static void accepted_(struct bytes bytes, const char *what, int line)
{
	struct lt_error err;

	if (!check_that(kit_read(bytes.data, bytes.n, &err) == 0, what, __FILE__, line))
		printf("# %s\n", err.text);
	free(bytes.data);
}

#define refused(bytes, want) refused_((bytes), (want), __LINE__)
#define accepted(bytes, what) accepted_((bytes), (what), __LINE__)

static struct bytes with_meta(const char *meta, size_t n)
{
	struct bytes bytes = {0};

	kit_frame(&bytes, "LTS1", 0, meta, n, NULL, 0);
	return bytes;
}

#define META(literal) with_meta(literal, sizeof(literal) - 1)

static void test_maps(void)
{
	static const char deep[] = "\x81\xa1x\x91\x91\x91\x91\x91\x91\x91\x91\xc0";

	refused(META("\x80"), "without v or kind");
	refused(META("\x90"), "not a msgpack map");
	refused(META("\x80\x80"), "bytes after the end");
	refused(META("\x82\xa1z\x01\xa1z\x02"), "key \"z\" twice");
	refused(META("\x81\xa1z\x82\xa1k\x01\xd9\x01k\x02"), "key \"k\" twice");
	refused(META("\x81\xa1z\xa2\xc3\x28"), "invalid UTF-8");
	refused(META("\x81\xa1z\xa3\xed\xa0\x80"), "invalid UTF-8");
	refused(META("\x81\xa1z\xa2\xc0\x80"), "invalid UTF-8");
	refused(META("\x81\xa1z\xa4\xf4\x90\x80\x80"), "invalid UTF-8");
	refused(META("\x81\xa1z\xa1\x1b"), "control characters");
	refused(META("\x81\xa1z\xa1\x00"), "control characters");
	refused(META("\x81\xa1z\xa2\xc2\x9b"), "control characters");
	refused(META("\x81\xa1z\xdd\xff\xff\xff\xff"), "a length of 4294967295 runs past");
	refused(META("\x81\xa1z\xdf\xff\xff\xff\xff"), "a length of 4294967295 runs past");
	refused(META("\x81\xa1z\xc6\xff\xff\xff\xff"), "a length of 4294967295 runs past");
	refused(META("\x81\xa1z\xdb\xff\xff\xff\xff"), "4294967295 bytes runs past");
	refused(META("\x81\xa1z\xc1"), "byte c1 begins no value");
	refused(META("\x81\xa1z\xd4\x01\x02"), "byte d4 begins no value");
	refused(META("\x81\x01\x02"), "a map key is not text");
	refused(with_meta(deep, sizeof deep - 1), "more than 8 deep");
	refused(META("\x81\xa1z\x91\x91\x91\x91\x91\x91\x91\xc0"), "without v or kind");
}

static void test_header_limits(void)
{
	struct lt_pack pack = {0};
	char name[300];
	int i, n;

	begin_header(&pack, "rows", 1);
	text(&pack, "need");
	lt_pack_array(&pack, 1);
	text(&pack, "quantum");
	refused(header_frame(&pack), "needs \"quantum\"");

	begin_header(&pack, "tables", 0);
	refused(header_frame(&pack), "unknown kind of segment \"tables\"");

	for (n = 64; n <= 65; n++) {
		begin_header(&pack, "rows", 1);
		text(&pack, "cols");
		lt_pack_array(&pack, (size_t)n);
		for (i = 0; i < n; i++) {
			snprintf(name, sizeof name, "c%d", i);
			column(&pack, name, "|u1", 0, 0);
		}
		refused(header_frame(&pack),
			n == 64 ? "truncated" : "65 columns, the limit is 64");
	}
	begin_header(&pack, "rows", 1);
	text(&pack, "cols");
	lt_pack_array(&pack, 2);
	column(&pack, "c", "|u1", 0, 0);
	column(&pack, "c", "|u1", 0, 0);
	refused(header_frame(&pack), "two columns named c");

	for (n = 8; n <= 9; n++) {
		begin_header(&pack, "rows", 1);
		text(&pack, "cols");
		lt_pack_array(&pack, 1);
		column(&pack, "c", "|u1", n, 2);
		refused(header_frame(&pack),
			n == 8 ? "truncated" : "9 dimensions, the limit is 8");
	}
	static const struct {
		uint32_t dim;
		int dims;
		const char *want;
	} shapes[] = {{0x7fffffff, 1, "truncated"},
		      {0x80000000, 1, "an integer from 0 to 2147483647"},
		      {0, 1, "a dimension of 0"},
		      {1 << 30, 2, "truncated"},
		      {0x7fffffff, 2, "a shape beyond memory"}};
	for (i = 0; i < 5; i++) {
		begin_header(&pack, "rows", 1);
		text(&pack, "cols");
		lt_pack_array(&pack, 1);
		column(&pack, "c", "|u1", shapes[i].dims, shapes[i].dim);
		refused(header_frame(&pack), shapes[i].want);
	}
	for (n = 255; n <= 256; n++) {
		memset(name, 'n', sizeof name);
		name[n] = '\0';
		begin_header(&pack, "rows", 1);
		text(&pack, "cols");
		lt_pack_array(&pack, 1);
		column(&pack, name, "|u1", 0, 0);
		refused(header_frame(&pack),
			n == 255 ? "truncated" : "a text of 1 to 255 bytes");
	}
	begin_header(&pack, "rows", 1);
	text(&pack, "cols");
	lt_pack_array(&pack, 1);
	column(&pack, "c", "<u4", 0, 0);
	refused(header_frame(&pack), "unknown dtype \"<u4\"");
	begin_header(&pack, "rows", 1);
	text(&pack, "cols");
	lt_pack_array(&pack, 1);
	column(&pack, "y", "<f4", 0, 0);
	refused(header_frame(&pack), "y is not one integer a row");
	for (n = 65535; n <= 65536; n++) {
		begin_header(&pack, "rows", 1);
		text(&pack, "classes");
		lt_pack_array(&pack, (size_t)n);
		for (i = 0; i < n; i++)
			text(&pack, "k");
		refused(header_frame(&pack),
			n == 65535 ? "truncated" : "65536 classes, the limit is 65535");
	}
	begin_header(&pack, "rows", 1);
	text(&pack, "class_counts");
	lt_pack_array(&pack, 2);
	lt_pack_uint(&pack, 1);
	lt_pack_uint(&pack, 1);
	refused(header_frame(&pack), "class_counts has 2 entries for 0 classes");
}

static void entry(struct lt_pack *pack, size_t opts, int input)
{
	size_t i;

	lt_pack_map(pack, 6);
	text(pack, "prog");
	text(pack, "p");
	text(pack, "version");
	text(pack, "1");
	text(pack, "out");
	text(pack, "stdout");
	text(pack, "seed");
	lt_pack_uint(pack, 0);
	text(pack, "opts");
	lt_pack_array(pack, opts);
	for (i = 0; i < opts; i++)
		text(pack, "--option=value");
	text(pack, "in");
	lt_pack_array(pack, input >= 0 ? 1 : 0);
	if (input >= 0) {
		lt_pack_array(pack, 2);
		text(pack, "data");
		lt_pack_uint(pack, (uint64_t)input);
	}
}

static void test_provenance(void)
{
	struct lt_pack pack = {0};
	int n, i;

	for (n = 64; n <= 65; n++) {
		begin_header(&pack, "rows", 1);
		text(&pack, "prov");
		lt_pack_array(&pack, (size_t)n);
		for (i = 0; i < n; i++)
			entry(&pack, 0, i - 1);
		refused(header_frame(&pack),
			n == 64 ? "truncated" : "prov: 65 entries, the limit is 64");
	}
	begin_header(&pack, "rows", 1);
	text(&pack, "prov");
	lt_pack_array(&pack, 1);
	entry(&pack, 280, -1);
	refused(header_frame(&pack), "prov: an entry of over 4096 bytes");
	begin_header(&pack, "rows", 1);
	text(&pack, "prov");
	lt_pack_array(&pack, 1);
	entry(&pack, 0, 0);
	refused(header_frame(&pack), "prov: an entry names a later one");
}

/* Only the first bytes of a frame with a length beyond the limit. */
static void test_lengths(void)
{
	struct bytes bytes = labelled(false);
	uint8_t head[LT_FRAME_HEAD], more[6] = {0x80, 0xc6, 0xff, 0xff, 0xff, 0xff};

	lt_frame_head(head, "note", 1, (1 << 20) + 1);
	kit_append(&bytes, head, sizeof head);
	refused(bytes, "a map of 1048577 bytes, the limit is 1048576");
	bytes = labelled(false);
	lt_frame_head(head, "ROWS", 1, 1);
	kit_append(&bytes, head, sizeof head);
	kit_append(&bytes, more, sizeof more);
	refused(bytes, "a body of 4294967295 bytes, the limit is 268435456");
	bytes = labelled(false);
	lt_frame_head(head, "ROWS", 1, 1);
	kit_append(&bytes, head, sizeof head);
	more[2] = 0x10;
	more[3] = more[4] = more[5] = 0;
	kit_append(&bytes, more, sizeof more);
	refused(bytes, "truncated after 0 rows");
}

static void test_rows(void)
{
	const int32_t y[2] = {1, -1}, high[2] = {0, 2}, low[2] = {-2, 0};
	uint8_t body[72] = {1, 2, 3, 4, 5, 6};
	uint64_t counts[2] = {0, 1}, other[2] = {1, 0};
	struct bytes bytes;

	bytes = labelled(false);
	rows_frame(&bytes, 1, 2, 0, y, 8);
	kit_done(&bytes, 2, counts, 2);
	accepted(bytes, "two rows, one with a label");
	bytes = labelled(false);
	rows_frame(&bytes, 1, 2, 0, y, 8);
	kit_done(&bytes, 2, other, 2);
	refused(bytes, "class 0 has 0 rows, DONE says 1");
	bytes = labelled(false);
	rows_frame(&bytes, 1, 2, 0, y, 8);
	kit_done(&bytes, 2, counts, -1);
	refused(bytes, "DONE has no class_counts");
	bytes = labelled(false);
	rows_frame(&bytes, 1, 2, 0, y, 8);
	kit_done(&bytes, 3, counts, 2);
	refused(bytes, "the totals of DONE do not agree");
	bytes = labelled(false);
	rows_frame(&bytes, 1, 2, 0, high, 8);
	refused(bytes, "row 1: y is 2, with 2 classes");
	bytes = labelled(false);
	rows_frame(&bytes, 1, 2, 0, low, 8);
	refused(bytes, "row 0: y is -2, with 2 classes");
	bytes = labelled(false);
	rows_frame(&bytes, 1, 2, 0, y, 7);
	refused(bytes, "column y: it runs past the body's end");
	bytes = labelled(false);
	rows_frame(&bytes, 1, 1, 0, y, 8);
	refused(bytes, "a body of 8 bytes, its columns take 4");
	bytes = labelled(false);
	rows_frame(&bytes, 1, 0, 0, y, 0);
	refused(bytes, "0 rows at 0");
	bytes = labelled(false);
	rows_frame(&bytes, 1, 2, 5, y, 8);
	refused(bytes, "2 rows at 5, expected some at 0");
	bytes = labelled(false);
	rows_frame(&bytes, 1, (1 << 24) + 1, 0, y, 8);
	refused(bytes, "an integer from 0 to 16777216");
	bytes = labelled(true);
	rows_frame(&bytes, 1, 2, 0, body, 72);
	counts[0] = 2;
	counts[1] = 0;
	kit_done(&bytes, 2, counts, 2);
	accepted(bytes, "columns on multiples of 64, zeros between");
	bytes = labelled(true);
	body[63] = 1;
	rows_frame(&bytes, 1, 2, 0, body, 72);
	refused(bytes, "column y: the padding before it is not zero");
	bytes = labelled(true);
	rows_frame(&bytes, 1, 2, 0, body, 60);
	refused(bytes, "column y: it begins past the body's end");
}

static void test_bytes_columns(void)
{
	struct {
		uint64_t offset[3];
		char text[5];
	} cells;
	static const struct {
		uint64_t offset[3];
		size_t size;
		const char *want;
	} tries[] = {{{1, 2, 3}, 27, "the first offset is not 0"},
		     {{0, 3, 2}, 26, "offsets go backwards"},
		     {{0, 1, 9}, 27, "the bytes run past the body's end"},
		     {{0, 1, UINT64_MAX}, 27, "the bytes run past the body's end"},
		     {{0, 1, 2}, 27, "a body of 27 bytes, its columns take 26"},
		     {{0, 1, 2}, 23, "the offsets run past the body's end"},
		     {{0, 0, 3}, 27, "truncated after 2 rows"}};
	struct lt_pack pack = {0};
	struct bytes bytes;
	size_t i;

	for (i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		begin_header(&pack, "rows", 1);
		text(&pack, "cols");
		lt_pack_array(&pack, 1);
		column(&pack, "key", "bytes", 0, 0);
		bytes = header_frame(&pack);
		memcpy(cells.offset, tries[i].offset, sizeof cells.offset);
		memcpy(cells.text, "abcde", 5);
		rows_frame(&bytes, 1, 2, 0, &cells, tries[i].size);
		refused(bytes, tries[i].want);
	}
}

static void tensor_frame(struct bytes *bytes, uint64_t seq, const char *name, uint32_t dim,
			 uint64_t part, uint64_t parts, const void *body, size_t n)
{
	struct lt_pack pack = {0};

	lt_pack_map(&pack, 4);
	text(&pack, "name");
	text(&pack, name);
	text(&pack, "dtype");
	text(&pack, "|u1");
	text(&pack, "shape");
	lt_pack_array(&pack, 1);
	lt_pack_uint(&pack, dim);
	text(&pack, "part");
	lt_pack_array(&pack, 2);
	lt_pack_uint(&pack, part);
	lt_pack_uint(&pack, parts);
	kit_frame(bytes, "TENS", seq, pack.bytes.data, pack.bytes.size, body, n);
	lt_pack_free(&pack);
}

static struct bytes model(void)
{
	struct lt_pack pack = {0};

	begin_header(&pack, "model", 0);
	return header_frame(&pack);
}

static void test_tensors(void)
{
	const uint32_t full = 32 << 20, dim = full + 5;
	uint8_t *big = calloc(1, full);
	struct bytes bytes;

	bytes = model();
	tensor_frame(&bytes, 1, "w", dim, 0, 2, big, full);
	tensor_frame(&bytes, 2, "w", dim, 1, 2, big, 5);
	kit_done(&bytes, 0, NULL, -1);
	accepted(bytes, "a tensor in two parts");
	bytes = model();
	tensor_frame(&bytes, 1, "w", dim, 1, 2, big, 5);
	refused(bytes, "tensor w: part 1 of 2, expected 0 of 2");
	bytes = model();
	tensor_frame(&bytes, 1, "w", dim, 0, 1, big, 5);
	refused(bytes, "tensor w: part 0 of 1, expected 0 of 2");
	bytes = model();
	tensor_frame(&bytes, 1, "w", dim, 0, 2, big, full);
	tensor_frame(&bytes, 2, "v", dim, 1, 2, big, 5);
	refused(bytes, "tensor w ends after part 1 of 2");
	bytes = model();
	tensor_frame(&bytes, 1, "w", dim, 0, 2, big, full);
	kit_done(&bytes, 0, NULL, -1);
	refused(bytes, "tensor w ends after part 1 of 2");
	bytes = model();
	tensor_frame(&bytes, 1, "w", 7, 0, 1, big, 6);
	refused(bytes, "a body of 6 bytes, its shape takes 7");
	bytes = model();
	rows_frame(&bytes, 1, 1, 0, big, 4);
	refused(bytes, "rows in a segment without columns");
	bytes = labelled(false);
	tensor_frame(&bytes, 1, "w", 7, 0, 1, big, 7);
	refused(bytes, "a tensor in a segment of rows");
	free(big);
}

static void pair(struct lt_pack *pack, const char *key, uint64_t value)
{
	text(pack, key);
	lt_pack_uint(pack, value);
}

static void test_kinds(void)
{
	static const char fail[] = "\x83\xa4prog\xa1p\xa4"
				   "code\x41\xa3msg\xa4oops";
	const uint64_t counts[2] = {0, 0};
	struct lt_pack pack = {0};
	struct bytes bytes;
	uint32_t crcs;

	bytes = labelled(false);
	kit_frame(&bytes, "MORE", 1, "\x80", 1, NULL, 0);
	refused(bytes, "unknown frame kind MORE");
	bytes = labelled(false);
	kit_frame(&bytes, "more", 1, "\x80", 1, "body", 4);
	kit_done(&bytes, 0, counts, 2);
	accepted(bytes, "an unknown ancillary frame is passed over");
	bytes = labelled(false);
	kit_frame(&bytes, "note", 1, "\x80", 1, "body", 4);
	refused(bytes, "frame note has a body");
	bytes = labelled(false);
	kit_frame(&bytes, "LTS1", 1, "\x80", 1, NULL, 0);
	refused(bytes, "a second header in one segment");
	bytes = labelled(false);
	kit_frame(&bytes, "FAIL", 1, fail, sizeof fail - 1, NULL, 0);
	refused(bytes, "upstream p failed: oops");
	bytes = (struct bytes){0};
	kit_frame(&bytes, "FAIL", 0, fail, sizeof fail - 1, NULL, 0);
	refused(bytes, "upstream p failed: oops");
	bytes = labelled(false);
	kit_done(&bytes, 0, counts, 2);
	kit_frame(&bytes, "FAIL", 0, fail, sizeof fail - 1, NULL, 0);
	refused(bytes, "upstream p failed: oops");
	bytes = labelled(false);
	kit_done(&bytes, 0, counts, 2);
	kit_frame(&bytes, "note", 0, "\x80", 1, NULL, 0);
	refused(bytes, "trailing data");
	bytes = labelled(false);
	crcs = lt_crcs_next(0, lt_get_be32(bytes.data + bytes.n - 4));
	lt_pack_map(&pack, 2);
	pair(&pack, "rows", 0);
	pair(&pack, "crcs", crcs);
	kit_frame(&bytes, "mark", 1, pack.bytes.data, pack.bytes.size, NULL, 0);
	kit_done(&bytes, 0, counts, 2);
	accepted(bytes, "a mark that agrees");
	bytes = labelled(false);
	pack.bytes.data[pack.bytes.size - 1] ^= 1;
	kit_frame(&bytes, "mark", 1, pack.bytes.data, pack.bytes.size, NULL, 0);
	refused(bytes, "a mark does not agree");
	lt_pack_free(&pack);
	refused(kit_copy("P6 32 32 255\n", 13), "not an LTS1 stream");
	refused(kit_copy("\x1f\x8b\x08", 3), "not an LTS1 stream but gzip data");
	refused(kit_copy("", 0), "in:0: empty input");
}

int main(void)
{
	test_maps();
	test_header_limits();
	test_provenance();
	test_lengths();
	test_rows();
	test_bytes_columns();
	test_tensors();
	test_kinds();
	return check_done();
}
