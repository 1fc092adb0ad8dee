/*
 * Files of weights: types of numbers, places, strides, what is refused, and that pickles which
 * are not of torch.save know nothing of PyTorch.
 */
#include "weights/weights.h"

#include <stdlib.h>

#include "base/memory.h"
#include "check.h"
#include "format/pickle.h"
#include "weights/said.h"

/* ------------------------------------------------------------------ a file of safetensors */

struct file {
	uint8_t bytes[1 << 19];
	size_t n;
};

static struct file file;

/* A header, with ' for ", and data behind it. */
static void make(const char *header, const void *data, size_t n)
{
	size_t length = strlen(header);

	memset(file.bytes, 0, 8);
	for (int i = 0; i < 4; i++)
		file.bytes[i] = (uint8_t)(length >> 8 * i);
	for (size_t i = 0; i < length; i++)
		file.bytes[8 + i] = header[i] == '\'' ? '"' : (uint8_t)header[i];
	if (n > 0)
		memcpy(file.bytes + 8 + length, data, n);
	file.n = 8 + length + n;
}

static struct lt_weights *opened(void)
{
	struct lt_weights *weights;
	struct lt_error err = {0};
	int code = lt_weights_open_memory(&weights, file.bytes, file.n, "file", &err);

	/* A build without jansson reads none. */
	if (code == LT_USAGE && strstr(err.text, "libjansson")) {
		printf("1..0 # SKIP no jansson\n");
		exit(0);
	}
	check_int(code, 0);
	if (code)
		printf("# %s\n", err.text);
	return code ? NULL : weights;
}

static void refused(const char *header, size_t n, const char *why)
{
	static const uint8_t data[64];
	struct lt_weights *weights;
	struct lt_error err = {0};
	int code;

	make(header, data, n);
	code = lt_weights_open_memory(&weights, file.bytes, file.n, "file", &err);
	check_named(code == LT_DATA && weights == NULL && strstr(err.text, why), why);
	if (!strstr(err.text, why))
		printf("# %s\n", err.text);
}

/* The value of a tensor after it was wanted and read alone. */
static int read_one(struct lt_weights *weights, const char *name, struct lt_error *err)
{
	int i = lt_weights_find(weights, name);

	if (!check(i >= 0))
		return LT_BUG;
	lt_weights_want(weights, i);
	return lt_weights_read(weights, err);
}

/* ------------------------------------------------------------------ numbers */

static float from_half(unsigned bits)
{
	int exponent = (int)(bits >> 10 & 31), part = (int)(bits & 1023);
	double value = exponent ? ldexp(1024 + part, exponent - 25) : ldexp(part, -24);

	return (float)(bits & 0x8000 ? -value : value);
}

/* Every finite number of 16 bits, by its definition. */
static void test_half(void)
{
	static uint8_t data[2 * 65536];
	struct lt_weights *weights;
	const float *got;
	size_t n = 0, wrong = 0;
	unsigned bits;
	char header[100];

	for (bits = 0; bits < 65536; bits++)
		if ((bits >> 10 & 31) < 31) {
			data[2 * n] = (uint8_t)bits;
			data[2 * n++ + 1] = (uint8_t)(bits >> 8);
		}
	snprintf(header, sizeof header,
		 "{'h':{'dtype':'F16','shape':[%zu],'data_offsets':[0,%zu]}}", n, 2 * n);
	make(header, data, 2 * n);
	weights = opened();
	if (!weights)
		return;
	check_int(read_one(weights, "h", NULL), 0);
	got = lt_weights_tensor(weights, 0)->data;
	for (size_t i = 0; i < n; i++)
		wrong += got[i] != from_half(data[2 * i] | (unsigned)data[2 * i + 1] << 8);
	check_int((long long)wrong, 0);
	check_int((long long)n, 63488);
	lt_weights_close(weights);
}

static void test_types(void)
{
	/* 1.5, -2, 2^-133; 0.1, 1/3; 7 */
	static const uint8_t data[] = {0xc0, 0x3f, 0x00, 0xc0, 0x01, 0x00, 0x9a, 0x99, 0x99,
				       0x99, 0x99, 0x99, 0xb9, 0x3f, 0x55, 0x55, 0x55, 0x55,
				       0x55, 0x55, 0xd5, 0x3f, 7,    0,	   0,	 0};
	struct lt_weights *weights;
	const struct lt_weights_tensor *t;
	struct lt_error err = {0};

	make("{'b':{'dtype':'BF16','shape':[3],'data_offsets':[0,6]},"
	     "'d':{'dtype':'F64','shape':[1,2],'data_offsets':[6,22]},"
	     "'i':{'dtype':'I32','shape':[],'data_offsets':[22,26]},"
	     "'e':{'dtype':'F32','shape':[0,3],'data_offsets':[26,26]},"
	     "'__metadata__':{'a':'b','ltpipe.arch':'x'}} ",
	     data, sizeof data);
	weights = opened();
	if (!weights)
		return;
	check_text(lt_weights_format(weights), "safetensors");
	check_int(lt_weights_count(weights), 4);
	check_int(read_one(weights, "b", &err), 0);
	check_int(read_one(weights, "d", &err), 0);
	t = lt_weights_tensor(weights, lt_weights_find(weights, "b"));
	check(t->data && t->data[0] == 1.5f && t->data[1] == -2.0f && t->data[2] == 0x1p-133f);
	t = lt_weights_tensor(weights, lt_weights_find(weights, "d"));
	check(t->data && t->data[0] == 0.1f && t->data[1] == (float)(1.0 / 3));
	check(t->shape.dims == 2 && t->shape.dim[0] == 1 && t->shape.dim[1] == 2);
	t = lt_weights_tensor(weights, lt_weights_find(weights, "i"));
	check(!t->is_real && t->elements == 1 && t->shape.dims == 0);
	check_text(t->type, "I32");
	t = lt_weights_tensor(weights, lt_weights_find(weights, "e"));
	check(t->is_real && t->elements == 0);
	check_text(lt_weights_said(weights, "a"), "b");
	check(lt_weights_said(weights, "c") == NULL);
	lt_weights_close(weights);
}

static void test_not_finite(void)
{
	/* Infinity; a double that no float holds. */
	static const uint8_t data[] = {0, 0, 0x80, 0x7f, 0, 0, 0, 0, 0, 0, 0xf0, 0x7e};
	struct lt_weights *weights;
	struct lt_error err = {0};

	make("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
	     "'b':{'dtype':'F64','shape':[1],'data_offsets':[4,12]}}",
	     data, sizeof data);
	weights = opened();
	if (!weights)
		return;
	check_int(read_one(weights, "b", &err), LT_DATA);
	check_text(err.text, "file: tensor 'b' has a number that is not finite");
	lt_weights_close(weights);
	weights = opened();
	check_int(read_one(weights, "a", &err), LT_DATA);
	lt_weights_close(weights);
}

/* ------------------------------------------------------------------ what is refused */

static void test_refused(void)
{
	refused("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 7, "ends behind");
	refused("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 9, "1 bytes behind");
	refused("{'a':{'dtype':'F32','shape':[2],'data_offsets':[1,9]}}", 9, "a gap");
	refused("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,7]}}", 8, "not of as many");
	refused("{'a':{'dtype':'F32','shape':[4611686018427387904],'data_offsets':[0,0]}}", 0,
		"not of as many");
	refused("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}}", 8, "lacks");
	refused("{'a':{'dtype':'F32','shape':2,'data_offsets':[0,8]}}", 8, "lacks");
	refused("{'a':{'shape':[2],'data_offsets':[0,8]}}", 8, "lacks");
	refused("{'a':{'dtype':'X','shape':[2],'data_offsets':[0,8]}}", 8, "unknown type");
	refused("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
		"'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
		8, "overlaps");
	refused("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
		"'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
		8, "is there twice");
	refused("{'\\u0007':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}", 4,
		"control characters");
	refused("{'a':1}", 0, "not one of safetensors");
	refused("{}", 0, "no tensors");
	refused("{'__metadata__':{'format':'pt'}}", 0, "no tensors");
}

/* Every prefix of a file is one error, and so is no file. */
static void test_prefixes(void)
{
	static const uint8_t data[8];
	struct lt_weights *weights;
	size_t whole, n, wrong = 0;
	struct lt_error err;

	make("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", data, sizeof data);
	whole = file.n;
	for (n = 0; n < whole; n++)
		wrong += lt_weights_open_memory(&weights, file.bytes, n, "file", &err) !=
				 LT_DATA ||
			 strncmp(err.text, "file: ", 6) != 0;
	check_int((long long)wrong, 0);
	check_int(lt_weights_open(&weights, "/nonexistent/either", &err), LT_NOINPUT);
	check_int(lt_weights_open(&weights, "/dev/null", &err), LT_USAGE);
	check_int(lt_weights_open(&weights, "/", &err), LT_USAGE);
}

/* ------------------------------------------------------------------ pickles */

static int read_torch(const char *pickle, size_t n, struct lt_pickle **out,
		      struct lt_error *err)
{
	struct lt_pickle_memory memory = {(const uint8_t *)pickle, n};
	struct lt_pickle_source source = {"p", &memory, lt_pickle_read_memory};

	return lt_pickle_read_torch(out, &source, err);
}

static int read_plain(const char *pickle, size_t n, struct lt_error *err)
{
	struct lt_pickle_memory memory = {(const uint8_t *)pickle, n};
	struct lt_pickle_source source = {"p", &memory, lt_pickle_read_memory};
	struct lt_pickle *made;
	int code = lt_pickle_read(&made, &source, 1000, err);

	lt_pickle_free(made);
	return code;
}

static void test_tensor(void)
{
	static const char good[] = "\x80\2}X\1\0\0\0tctorch._utils\n_rebuild_tensor_v2\n"
				   "((X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0"
				   "0X\3\0\0\0cpuK\6tQ"
				   "K\1(K\2K\2t(K\1K\3t\x89NtRs.and more";
	const struct lt_pickle_tensor *t;
	const struct lt_pickle_value *value;
	struct lt_pickle *pickle;
	struct lt_error err = {0};

	if (!check_int(read_torch(good, sizeof good - 1, &pickle, &err), 0)) {
		printf("# %s\n", err.text);
		return;
	}
	check_int((long long)lt_pickle_size(pickle), (long long)sizeof good - 1 - 8);
	value = lt_pickle_find(lt_pickle_value(pickle), "t");
	if (check(value && value->kind == LT_PICKLE_TENSOR)) {
		t = value->as.tensor;
		check(t->first == 1 && t->n == 4 && t->dims == 2 && t->stride[0] == 1 &&
		      t->stride[1] == 3);
		check(t->storage == lt_pickle_storages(pickle) && t->storage->n == 6);
		check_text(t->storage->key, "0");
	}
	lt_pickle_free(pickle);
	check_int(read_plain(good, sizeof good - 1, &err), LT_DATA);
	check(strstr(err.text, "it would call torch._utils._rebuild_tensor_v2") != NULL);
}

struct bad {
	const char *text;
	size_t n;
	const char *why;
};
#define BAD(text, why)                                                                         \
	{                                                                                      \
		text, sizeof(text) - 1, why                                                    \
	}
#define BEGIN                                                                                  \
	"ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n"          \
	"X\1\0\0\0"                                                                            \
	"0X\3\0\0\0cpuK\6tQ"

static void test_bad_pickles(void)
{
	static const struct bad bad[] = {
		BAD(BEGIN "K\0(K\7t(K\1t\x89NtR.", "exceeds its storage"),
		BAD(BEGIN "K\1(K\6t(K\1t\x89NtR.", "exceeds its storage"),
		BAD(BEGIN "K\0(K\2t(K\6t\x89NtR.", "exceeds its storage"),
		BAD(BEGIN "K\0(K\7t(K\0t\x89NtR.", "exceeds its storage"),
		BAD(BEGIN "K\0(K\2t(K\1K\1t\x89NtR.", "exceeds its storage"),
		BAD(BEGIN "J\xff\xff\xff\xff(K\2t(K\1t\x89NtR.", "exceeds its storage"),
		BAD(BEGIN "K\0(J\xff\xff\xff\xfft(K\1t\x89NtR.", "exceeds its storage"),
		BAD(BEGIN "K\0tR.", "a tensor of unknown form"),
		BAD("ctorch._utils\n_rebuild_tensor_v2\n(NK\0))tR.",
		    "a tensor of unknown form"),
		BAD("X\1\0\0\0xQ.", "other than a storage of numbers"),
		BAD("((X\7\0\0\0storageNX\1\0\0\0"
		    "0NK\6tQ.",
		    "other than a storage of numbers"),
		BAD("ctorch\nDoubleTensor\n.", "save a state_dict alone"),
		BAD("cos\nsystem\n.", "it would call os.system"),
		BAD("ccollections\nOrderedDict\n(K\1tR.",
		    "a call of something that is not a function"),
		BAD("ctorch\nFloatStorage\n)R.", "a call of something that is not a function"),
		BAD("ccollections\nOrderedDict\n)\x81.", "an object of a class"),
	};
	struct lt_pickle *pickle;
	struct lt_error err;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		err.text[0] = '\0';
		check_named(read_torch(bad[i].text, bad[i].n, &pickle, &err) == LT_DATA &&
				    pickle == NULL && strstr(err.text, bad[i].why),
			    bad[i].why);
		if (!strstr(err.text, bad[i].why))
			printf("# %zu: %s\n", i, err.text);
	}
}

/* ------------------------------------------------------------------ what a file says */

static int take_said(const char *said, struct lt_header *header, struct lt_error *err)
{
	static const uint8_t data[4];
	char text[1000];
	struct lt_weights *weights;
	int code;

	snprintf(text, sizeof text,
		 "{'__metadata__':{%s},'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}",
		 said);
	make(text, data, sizeof data);
	weights = opened();
	lt_header_init(header, LT_MODEL);
	code = weights ? lt_said_take(header, weights, err) : LT_BUG;
	lt_weights_close(weights);
	return code;
}

static void test_said(void)
{
	static const char *const wrong[] = {
		"'ltpipe.input':'32,32'",
		"'ltpipe.input':'32,32,0'",
		"'ltpipe.scale':'0'",
		"'ltpipe.scale':'nan'",
		"'ltpipe.norm':'1,2'",
		"'ltpipe.classes':''",
		"'ltpipe.classes':'a\\n\\nb'",
		"'ltpipe.classes':'a','ltpipe.train_counts':'1,2'",
		"'ltpipe.classes':'a','ltpipe.loss_counts':''",
		"'ltpipe.train_counts':'1'",
	};
	struct lt_header header;
	struct lt_error err;
	struct lt_buffer text = {0};
	bool has;

	check_int(take_said("'ltpipe.classes':'a\\nb c','ltpipe.train_counts':'5,1',"
			    "'ltpipe.input':'32,16,3','ltpipe.norm':'0.1/0.25','other':'x'",
			    &header, &err),
		  0);
	check(header.n_classes == 2 && strcmp(header.classes[1], "b c") == 0);
	check(header.train_counts && header.train_counts[0] == 5 && !header.loss_counts);
	check(header.input.dims == 3 && header.input.dim[1] == 16);
	check(header.norm.channels == 1 && header.norm.std[0] == 0.25);
	for (int key = 0; key < LT_SAID_KEYS; key++)
		check_int(lt_said_text(&header, key, &text, &has, &err), 0);
	check(text.size == 23 && memcmp(text.data, "32,16,30.1/0.25a\nb c5,1", 23) == 0);
	lt_buffer_free(&text);
	lt_header_free(&header);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		check_named(take_said(wrong[i], &header, &err) == LT_DATA, wrong[i]);
		lt_header_free(&header);
	}
}

int main(void)
{
	test_half();
	test_types();
	test_not_finite();
	test_refused();
	test_prefixes();
	test_tensor();
	test_bad_pickles();
	test_said();
	check_int((long long)lt_memory_used(), 0);
	return check_done();
}
