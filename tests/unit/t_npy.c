/*
 * .npy headers, elements of arrays, names of arrays, and zlib's two services.
 */
#include <stdlib.h>
#include <zlib.h>

#include "base/memory.h"
#include "check.h"
#include "format/inflate.h"
#include "format/npy.h"
#include "import/array_names.h"

static int parse(const char *text, struct lt_array *array)
{
	struct lt_error err;

	return lt_npy_parse(array, text, strlen(text), "x.npy", &err);
}

#define DICT(type, order, shape)                                                               \
	"{'descr': " type ", 'fortran_order': " order ", 'shape': " shape ", }    \n"

static void test_dictionaries(void)
{
	static const struct {
		const char *text, *shape;
		char kind;
		unsigned size;
		bool big, first_fastest;
	} good[] = {
		{DICT("'|u1'", "False", "(4, 2, 3)"), "(4, 2, 3)", 'u', 1, false, false},
		{DICT("'>i8'", "True", "(5,)"), "(5,)", 'i', 8, true, true},
		{DICT("\"<f4\"", "False", "()"), "()", 'f', 4, false, false},
		{DICT("'<f2'", "False", "(1L, 2L)"), "(1, 2)", 'e', 2, false, false},
		{DICT("'<U7'", "False", "(3,)"), "(3,)", 'U', 28, false, false},
		{DICT("'|S7'", "False", "(3,)"), "(3,)", 'S', 7, false, false},
		{DICT("'|O'", "False", "(3,)"), "(3,)", 'O', 0, false, false},
		{DICT("'<M8[ns]'", "False", "(3,)"), "(3,)", 'M', 0, false, false},
		{"{'shape':(1,2,),\"descr\":'|b1','fortran_order':True}", "(1, 2)", 'b', 1,
		 false, true},
	};
	static const char *const bad[] = {
		"",
		"{",
		"{}",
		"{'descr': '|u1', 'fortran_order': False}",
		DICT("'|u1'", "False", "(4)"),
		DICT("'|u1'", "False", "(4, -2)"),
		DICT("'|u1'", "False", "(4 2)"),
		DICT("'|u1'", "False", "(4,, 2)"),
		DICT("'|u1'", "False", "[4, 2]"),
		DICT("'|u1'", "False", "(1,1,1,1,1,1,1,1,1)"),
		DICT("'|u1'", "False", "(18446744073709551616,)"),
		DICT("'|u1'", "false", "(4,)"),
		DICT("'u1'", "False", "(4,)"),
		DICT("'|u3'", "False", "(4,)"),
		DICT("'|u'", "False", "(4,)"),
		DICT("'|u1x'", "False", "(4,)"),
		DICT("'|x1'", "False", "(4,)"),
		DICT("'|\\x75'", "False", "(4,)"),
		DICT("'a very long type of something'", "False", "(4,)"),
		DICT("'|u1'", "False", "(4,)") "x",
		"{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (4,)}",
		"{'descr': '|u1' 'fortran_order': False, 'shape': (4,)}",
		"{'descr': '|u1', 'fortran_order': False, 'shape': (4,), 'more': (4,)}",
	};
	struct lt_array array;
	size_t i;

	for (i = 0; i < sizeof good / sizeof good[0]; i++) {
		check_int(parse(good[i].text, &array), 0);
		check_text(lt_array_shape(&array).text, good[i].shape);
		check(array.kind == good[i].kind && array.size == good[i].size &&
		      array.big == good[i].big && array.first_fastest == good[i].first_fastest);
	}
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (!check(parse(bad[i], &array) == LT_DATA))
			printf("# %s\n", bad[i]);
}

struct source {
	const uint8_t *bytes;
	size_t n, at;
};

static int read_source(void *arg, void *to, size_t n, struct lt_error *err)
{
	struct source *source = arg;

	if (n > source->n - source->at)
		return lt_fail(err, LT_DATA, "truncated");
	memcpy(to, source->bytes + source->at, n);
	source->at += n;
	return 0;
}

/* What is made is read back, and begins the elements at a multiple of 64. */
static void test_made(void)
{
	static const uint64_t most[LT_ARRAY_RANK] = {UINT64_MAX, UINT64_MAX, UINT64_MAX,
						     UINT64_MAX, UINT64_MAX, UINT64_MAX,
						     UINT64_MAX, UINT64_MAX};
	char out[LT_NPY_HEADER];
	struct source source = {(const uint8_t *)out, 0, 0};
	struct lt_array array;
	struct lt_error err;
	int rank;

	for (rank = 1; rank <= LT_ARRAY_RANK; rank++) {
		source.n = lt_npy_header(out, "|S18446744", most, rank);
		source.at = 0;
		check(source.n <= LT_NPY_HEADER && source.n % 64 == 0);
		check_int(lt_npy_read_header(&array, "x", read_source, &source, &err), LT_DATA);
		source.n = lt_npy_header(out, ">f8", most, rank);
		source.at = 0;
		check_int(lt_npy_read_header(&array, "x", read_source, &source, &err), 0);
		check(source.at == source.n && array.rank == rank && array.kind == 'f' &&
		      array.big && array.dim[rank - 1] == UINT64_MAX);
	}
}

static void test_sizes(void)
{
	struct lt_array array = {.kind = 'u', .size = 8, .rank = 3};
	uint64_t elements = 7, bytes = 7;

	memcpy(array.dim, (uint64_t[]){1u << 20, 1u << 20, 1u << 20}, 24);
	check(lt_array_elements(&array, &elements, &bytes));
	check(elements == (uint64_t)1 << 60 && bytes == (uint64_t)1 << 63);
	array.dim[2] *= 2;
	check(!lt_array_elements(&array, &elements, &bytes));
	/* None of the others may hide behind a zero. */
	memcpy(array.dim, (uint64_t[]){0, UINT64_MAX, UINT64_MAX}, 24);
	check(!lt_array_elements(&array, &elements, &bytes));
	array.dim[1] = array.dim[2] = 5;
	check(lt_array_elements(&array, &elements, &bytes) && elements == 0 && bytes == 0);
}

static bool integer(char kind, unsigned size, bool big, const void *bytes, int64_t *out)
{
	struct lt_array array = {.kind = kind, .size = size, .big = big};

	return lt_array_integer(&array, bytes, out);
}

static bool of_double(double value, int64_t *out)
{
	return integer('f', 8, false, &value, out);
}

static void test_integers(void)
{
	static const uint8_t ones[8] = {255, 255, 255, 255, 255, 255, 255, 255},
			     up[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	float half = .5f, three = 3;
	int64_t v = 0;

	check(integer('i', 1, false, ones, &v) && v == -1);
	check(integer('i', 8, true, ones, &v) && v == -1);
	check(integer('u', 1, false, ones, &v) && v == 255);
	check(integer('u', 4, false, ones, &v) && v == 4294967295);
	check(!integer('u', 8, false, ones, &v));
	check(integer('i', 2, false, up, &v) && v == 0x201);
	check(integer('i', 4, true, up, &v) && v == 0x1020304);
	check(integer('u', 8, true, up, &v) && v == 0x102030405060708);
	check(integer('f', 4, false, &three, &v) && v == 3);
	check(!integer('f', 4, false, &half, &v));
	check(of_double(-7, &v) && v == -7);
	check(of_double(-0.0, &v) && v == 0);
	check(of_double(9007199254740992.0, &v) && v == 9007199254740992);
	check(!of_double(1e19, &v) && !of_double(-1e300, &v));
	check(!of_double((double)NAN, &v) && !of_double((double)INFINITY, &v));
	check(!of_double(1e-300, &v));
}

static void test_names(void)
{
	static const struct {
		const char *name;
		bool of_file;
		enum lt_array_role role;
		enum lt_split split;
	} known[] = {
		{"train_images", false, LT_ROLE_IMAGES, LT_SPLIT_TRAIN},
		{"val_labels", false, LT_ROLE_LABELS, LT_SPLIT_VAL},
		{"x_test", false, LT_ROLE_IMAGES, LT_SPLIT_TEST},
		{"Y", false, LT_ROLE_LABELS, LT_SPLIT_DEFAULT},
		{"X", false, LT_ROLE_IMAGES, LT_SPLIT_DEFAULT},
		{"Training Data", false, LT_ROLE_IMAGES, LT_SPLIT_TRAIN},
		{"classes", false, LT_ROLE_CLASSES, LT_SPLIT_DEFAULT},
		{"train_images_mean", false, LT_ROLE_NONE, LT_SPLIT_DEFAULT},
		{"x_y", false, LT_ROLE_NONE, LT_SPLIT_DEFAULT},
		{"train_test_x", false, LT_ROLE_NONE, LT_SPLIT_DEFAULT},
		{"xs", false, LT_ROLE_NONE, LT_SPLIT_DEFAULT},
		{"", false, LT_ROLE_NONE, LT_SPLIT_DEFAULT},
		{"kmnist-train-imgs", true, LT_ROLE_IMAGES, LT_SPLIT_TRAIN},
		{"train_32x32", true, LT_ROLE_NONE, LT_SPLIT_TRAIN},
		{"my.mnist_data_labels", true, LT_ROLE_LABELS, LT_SPLIT_DEFAULT},
	};
	struct lt_array_name name;
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++) {
		name = lt_array_name(known[i].name, strlen(known[i].name), known[i].of_file);
		check_named(name.role == known[i].role && name.split == known[i].split,
			    known[i].name);
	}
	name = lt_array_file_name("a/train.d/Extra_Y.NPY", ".npy");
	check(name.role == LT_ROLE_LABELS && name.split == LT_SPLIT_EXTRA);
}

static int some(void *arg, void *to, size_t room, size_t *got, struct lt_error *err)
{
	struct source *source = arg;

	(void)err;
	*got = room < source->n - source->at ? room : source->n - source->at;
	memcpy(to, source->bytes + source->at, *got);
	source->at += *got;
	return 0;
}

/* Reads n compressed bytes; what comes out is compared. */
static int inflate_all(const uint8_t *packed, size_t n, const uint8_t *want, size_t size,
		       bool *same)
{
	struct source source = {packed, n, 0};
	struct lt_inflate *inflate = NULL;
	struct lt_error err;
	uint8_t piece[1000];
	size_t got = sizeof piece, at = 0;
	int status = lt_inflate_new(&inflate, some, &source, "test", &err);

	*same = true;
	while (status == 0 && got == sizeof piece) {
		status = lt_inflate_read(inflate, piece, sizeof piece, &got, &err);
		if (status == 0) {
			*same = *same && got <= size - at && memcmp(piece, want + at, got) == 0;
			at += got;
		}
	}
	*same = *same && at == size;
	lt_inflate_free(inflate);
	return status;
}

static void test_zlib(void)
{
	static uint8_t plain[200000], packed[210000];
	uLongf n = sizeof packed;
	size_t i;
	bool same;

	check(lt_crc32(0, "123456789", 9) == 0xcbf43926);
	check(lt_crc32(lt_crc32(0, "1234", 4), "56789", 5) == 0xcbf43926);
	for (i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i * i >> 7);
	check(compress(packed, &n, plain, sizeof plain) == Z_OK);
	check_int(inflate_all(packed, n, plain, sizeof plain, &same), 0);
	check(same);
	check_int(inflate_all(packed, n - 1, plain, sizeof plain, &same), LT_DATA);
	check_int(inflate_all(packed, 0, plain, sizeof plain, &same), LT_DATA);
	packed[n - 1] ^= 1;
	check_int(inflate_all(packed, n, plain, sizeof plain, &same), LT_DATA);
	check(lt_memory_used() == 0);
}

int main(void)
{
	test_dictionaries();
	test_made();
	test_sizes();
	test_integers();
	test_names();
	test_zlib();
	return check_done();
}
