/*
 * MAT files: as this test writes them, whole, cut and damaged, and as libmatio does where
 * the build has it.
 */
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#ifdef LT_HAVE_MATIO
#include <matio.h>
#endif

#include "base/memory.h"
#include "check.h"
#include "format/mat.h"

/* ------------------------------------------------------------------ writing */

enum { INT8 = 1, UINT8, INT16, UINT16, INT32, UINT32, DOUBLE = 9, MATRIX = 14, COMPRESSED };

static bool big; /* the byte order that is written */

static void put(struct lt_buffer *out, const void *bytes, size_t n)
{
	if (!lt_buffer_append(out, bytes, n))
		exit(1);
}

static void put_number(struct lt_buffer *out, uint32_t value, int size)
{
	uint8_t bytes[4];
	int i;

	for (i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> 8 * (big ? size - 1 - i : i));
	put(out, bytes, (size_t)size);
}

static void put_element(struct lt_buffer *out, uint32_t type, const void *bytes, size_t n)
{
	static const uint8_t zeros[8];

	put_number(out, type, 4);
	put_number(out, (uint32_t)n, 4);
	put(out, bytes, n);
	if (type != COMPRESSED)
		put(out, zeros, -n & 7);
}

/* At most four bytes, in the tag. */
static void put_short(struct lt_buffer *out, uint32_t type, const void *bytes, size_t n)
{
	uint8_t four[4] = {0};

	memcpy(four, bytes, n);
	put_number(out, (uint32_t)n << 16 | type, 4);
	put(out, four, 4);
}

static void put_file_header(struct lt_buffer *out)
{
	char text[124];

	memset(text, ' ', sizeof text);
	memcpy(text, "MATLAB 5.0 MAT-file, by a test", 30);
	memset(text + 116, 0, 8);
	put(out, text, sizeof text);
	put_number(out, 0x0100, 2);
	put(out, big ? "MI" : "IM", 2);
}

struct variable {
	const char *name;
	uint32_t flags;
	const uint32_t *dim;
	int rank;
	uint32_t type; /* of the stored numbers */
	const void *numbers;
	size_t n;
	bool compressed;
};

static void put_variable(struct lt_buffer *out, const struct variable *v)
{
	struct lt_buffer flags = {0}, dims = {0}, matrix = {0}, whole = {0};
	uLongf room;
	uint8_t *packed;
	int i;

	put_number(&flags, v->flags, 4);
	put_number(&flags, 0, 4);
	for (i = 0; i < v->rank; i++)
		put_number(&dims, v->dim[i], 4);
	put_element(&matrix, UINT32, flags.data, flags.size);
	put_element(&matrix, INT32, dims.data, dims.size);
	if (strlen(v->name) <= 4)
		put_short(&matrix, INT8, v->name, strlen(v->name));
	else
		put_element(&matrix, INT8, v->name, strlen(v->name));
	if (v->n <= 4)
		put_short(&matrix, v->type, v->numbers, v->n);
	else
		put_element(&matrix, v->type, v->numbers, v->n);
	put_element(&whole, MATRIX, matrix.data, matrix.size);
	room = compressBound(whole.size);
	packed = lt_new_bytes(room);
	if (v->compressed && packed && compress(packed, &room, whole.data, whole.size) == Z_OK)
		put_element(out, COMPRESSED, packed, room);
	else
		put(out, whole.data, whole.size);
	lt_free(packed);
	lt_buffer_free(&flags);
	lt_buffer_free(&dims);
	lt_buffer_free(&matrix);
	lt_buffer_free(&whole);
}

#define N 5
#define IMAGE (4 * 4 * 3)

static const char all_variables[] = "X:uu4 metadata:VV2 y:fu2 few:uu2 ";
static uint8_t pixels[N * IMAGE];
static const uint32_t pixel_dims[] = {4, 4, 3, N}, label_dims[] = {N, 1}, few_dims[] = {1, 3};

/* X, several structs, which are passed over, y and three numbers in a tag. */
static struct lt_buffer make_file(bool compressed)
{
	static const uint8_t labels[N] = {1, 10, 3, 9, 10}, few[3] = {7, 8, 9};
	struct variable x = {"X", 9, pixel_dims, 4, UINT8, pixels, sizeof pixels, compressed},
			meta = {"metadata", 2, label_dims, 2, UINT8, labels, N, compressed},
			y = {"y", 6, label_dims, 2, UINT8, labels, N, compressed},
			z = {"few", 9, few_dims, 2, UINT8, few, 3, compressed};
	struct lt_buffer out = {0};
	size_t i;

	for (i = 0; i < sizeof pixels; i++)
		pixels[i] = (uint8_t)(i * 151 % 251);
	put_file_header(&out);
	put_variable(&out, &x);
	put_variable(&out, &meta);
	put_variable(&out, &y);
	put_variable(&out, &z);
	return out;
}

/* ------------------------------------------------------------------ reading */

struct source {
	const uint8_t *bytes;
	size_t n, at;
};

static int from_memory(void *arg, void *to, size_t room, size_t *got, struct lt_error *err)
{
	struct source *source = arg;

	(void)err;
	*got = room < source->n - source->at ? room : source->n - source->at;
	memcpy(to, source->bytes + source->at, *got);
	source->at += *got;
	return 0;
}

/* Everything that can be read: names, and a sum over all numbers. */
static int read_all(const uint8_t *bytes, size_t n, char *names, size_t room, uint64_t *sum,
		    struct lt_error *err)
{
	struct source source = {bytes, n, 0};
	struct lt_mat_variable v;
	struct lt_mat *mat = NULL;
	uint64_t elements, size, i;
	uint8_t element[8];
	bool more = true;
	int64_t value;
	int status = lt_mat_open(&mat, from_memory, &source, "test.mat", err);

	names[0] = '\0';
	*sum = 0;
	while (status == 0) {
		status = lt_mat_next(mat, &v, &more, err);
		if (status || !more)
			break;
		snprintf(names + strlen(names), room - strlen(names), "%s:%c%c%d ", v.name,
			 v.kind, v.array.kind, v.array.rank);
		if (v.kind == 'V')
			continue;
		if (!lt_array_elements(&v.array, &elements, &size))
			exit(1);
		for (i = 0; i < elements && status == 0; i++) {
			status = lt_mat_read(mat, element, v.array.size, err);
			if (status == 0 && lt_array_integer(&v.array, element, &value))
				*sum = *sum * 31 + (uint64_t)value;
		}
	}
	lt_mat_close(mat);
	return status;
}

static uint64_t sum_of_file(void)
{
	static const uint8_t rest[] = {1, 10, 3, 9, 10, 7, 8, 9};
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < sizeof pixels; i++)
		sum = sum * 31 + pixels[i];
	for (i = 0; i < sizeof rest; i++)
		sum = sum * 31 + rest[i];
	return sum;
}

static void test_whole(void)
{
	struct lt_buffer file;
	struct lt_error err;
	char names[200];
	uint64_t sum;
	int i;

	for (i = 0; i < 4; i++) {
		big = i & 1;
		file = make_file(i & 2);
		check_int(read_all(file.data, file.size, names, sizeof names, &sum, &err), 0);
		check_text(names, all_variables);
		check(sum == sum_of_file());
		lt_buffer_free(&file);
	}
	big = false;
}

/* Any cut but one between variables is told. */
static void test_cut(void)
{
	struct lt_error err;
	char names[200];
	uint64_t sum;
	size_t n;
	int i, good, told;

	for (i = 0; i < 2; i++) {
		struct lt_buffer file = make_file(i == 1);

		for (good = told = 0, n = 0; n < file.size; n++) {
			int status = read_all(file.data, n, names, sizeof names, &sum, &err);

			good += status == 0;
			told += status == LT_DATA && err.text[0];
		}
		check_int(good, 4); /* behind the header and three variables */
		check_int(told, (int)file.size - 4);
		lt_buffer_free(&file);
	}
}

/* A changed bit in a compressed variable is told, or hides it: its numbers never change. */
static void test_bits(void)
{
	struct lt_buffer file = make_file(true);
	struct lt_error err;
	char names[200];
	uint64_t sum;
	size_t i;
	int wrong = 0, told = 0;

	for (i = 128 * 8; i < file.size * 8; i++) {
		file.data[i / 8] ^= (uint8_t)(1 << i % 8);
		if (read_all(file.data, file.size, names, sizeof names, &sum, &err) == LT_DATA)
			told++;
		else
			wrong += strcmp(names, all_variables) == 0 && sum != sum_of_file();
		file.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	check(told > 1000);
	check_int(wrong, 0);
	lt_buffer_free(&file);
}

/* Shapes that are not those of the numbers. */
static void test_lies(void)
{
	static const uint32_t many[] = {4, 4, 3, 1000}, huge[] = {1u << 31, 1u << 31, 1u << 31},
			      none[] = {0, 0};
	struct variable lies[] = {
		{"X", 9, many, 4, UINT8, pixels, sizeof pixels, true},
		{"X", 9, huge, 3, UINT8, pixels, sizeof pixels, true},
		{"X", 9, pixel_dims, 4, UINT16, pixels, sizeof pixels, false},
		{"X", 9, pixel_dims, 4, 14, pixels, sizeof pixels, false},
		{"X", 9, pixel_dims, 4, 77, pixels, sizeof pixels, true},
		{"X", 9, none, 2, UINT8, pixels, sizeof pixels, false},
	};
	struct lt_error err;
	char names[200];
	uint64_t sum;
	size_t i;

	for (i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		struct lt_buffer file = {0};

		put_file_header(&file);
		put_variable(&file, &lies[i]);
		check_int(read_all(file.data, file.size, names, sizeof names, &sum, &err),
			  LT_DATA);
		check_text(err.text,
			   "test.mat: damaged: a variable's size is not that of its numbers");
		lt_buffer_free(&file);
	}
}

/* More axes than an array may have: passed over, whatever they are. */
static void test_many_axes(void)
{
	static const uint32_t axes[] = {N, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	struct variable y = {"y", 9, axes, 15, UINT8, pixels, N, false};
	struct lt_buffer file = {0};
	struct lt_error err;
	char names[200];
	uint64_t sum;

	for (y.rank = 8; y.rank <= 15; y.rank += 7) {
		file.size = 0;
		put_file_header(&file);
		put_variable(&file, &y);
		check_int(read_all(file.data, file.size, names, sizeof names, &sum, &err), 0);
		check_text(names, y.rank == 8 ? "y:uu8 " : "y:VV0 ");
	}
	lt_buffer_free(&file);
}

static void test_other_versions(void)
{
	static char hdf[512] = "MATLAB 7.3 MAT-file, Platform: GLNXA64";
	struct lt_error err;
	char names[20];
	uint64_t sum;

	check(lt_mat_is_known((const uint8_t *)hdf, sizeof hdf));
	check_int(read_all((const uint8_t *)hdf, sizeof hdf, names, sizeof names, &sum, &err),
		  LT_DATA);
	check(strstr(err.text, "version 7.3, which is HDF5 and not supported; save it with"));
	check_int(
		read_all((const uint8_t *)"no such thing", 13, names, sizeof names, &sum, &err),
		LT_DATA);
	check_text(err.text, "test.mat: not a MAT file of MATLAB 5 or later");
}

/* ------------------------------------------------------------------ libmatio's files */

#ifdef LT_HAVE_MATIO
static void write_by_matio(const char *path, enum matio_compression how)
{
	static double labels[N] = {1, 10, 3, 9, 10};
	static int16_t deep[6] = {-300, 300, 0, 1, 2, 3};
	size_t x_dims[4] = {4, 4, 3, N}, y_dims[2] = {N, 1}, d_dims[2] = {3, 2};
	mat_t *mat = Mat_CreateVer(path, NULL, MAT_FT_MAT5);
	matvar_t *v[3] = {
		Mat_VarCreate("X", MAT_C_UINT8, MAT_T_UINT8, 4, x_dims, pixels, 0),
		Mat_VarCreate("y", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, y_dims, labels, 0),
		Mat_VarCreate("a_longer_name", MAT_C_INT16, MAT_T_INT16, 2, d_dims, deep, 0)};
	int i;

	for (i = 0; i < 3; i++) {
		check(mat && v[i] && Mat_VarWrite(mat, v[i], how) == 0);
		Mat_VarFree(v[i]);
	}
	Mat_Close(mat);
}

static void test_matio(void)
{
	static const int rest[] = {1, 10, 3, 9, 10, -300, 300, 0, 1, 2, 3};
	static uint8_t bytes[65536];
	char path[] = "/tmp/lt-mat.XXXXXX", names[200];
	struct lt_error err;
	uint64_t sum, want = 0;
	size_t i, n;
	FILE *file;
	int how, fd = mkstemp(path);

	for (i = 0; i < sizeof pixels; i++)
		want = want * 31 + pixels[i];
	for (i = 0; i < sizeof rest / sizeof rest[0]; i++)
		want = want * 31 + (uint64_t)(int64_t)rest[i];
	for (how = 0; how < 2; how++) {
		write_by_matio(path, how ? MAT_COMPRESSION_ZLIB : MAT_COMPRESSION_NONE);
		file = fopen(path, "rb");
		n = file ? fread(bytes, 1, sizeof bytes, file) : 0;
		if (file)
			fclose(file);
		check_int(read_all(bytes, n, names, sizeof names, &sum, &err), 0);
		check_text(names, "X:uu4 y:ff2 a_longer_name:ii2 ");
		check(sum == want);
	}
	close(fd);
	unlink(path);
}
#endif

int main(void)
{
	test_whole();
	test_cut();
	test_bits();
	test_lies();
	test_many_axes();
	test_other_versions();
#ifdef LT_HAVE_MATIO
	test_matio();
#else
	printf("# no libmatio in this build\n");
#endif
	return check_done();
}
