/*
 * Pickles: every opcode that is read, strings that are kept and those that are left in the
 * input, numpy's arrays, and hostile ones.  The bytes are what Python writes, or would have to.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "check.h"
#include "format/format_limits.h"
#include "format/pickle.h"

#define KEEP_ALL LT_MAX_PICKLE_KEPT

static struct lt_error err;

static struct lt_pickle *load(const void *bytes, size_t n, uint64_t keep)
{
	struct lt_pickle_memory memory = {bytes, n};
	struct lt_pickle_source source = {"p", &memory, lt_pickle_read_memory};
	struct lt_pickle *pickle;

	memset(&err, 0, sizeof err);
	return lt_pickle_read(&pickle, &source, keep, &err) ? NULL : pickle;
}

#define LOAD(text) load((text), sizeof(text) - 1, KEEP_ALL)

/* Is it refused as bad data, with these words? */
static void refused(const void *bytes, size_t n, const char *words, const char *name)
{
	struct lt_pickle *pickle = load(bytes, n, KEEP_ALL);
	bool good = !pickle && err.code == LT_DATA && strstr(err.text, words);

	check_named(good, name);
	if (!good)
		printf("# %d %s\n", err.code, err.text);
	lt_pickle_free(pickle);
}

#define REFUSED(text, words) refused((text), sizeof(text) - 1, (words), #text)

/* ------------------------------------------------------------------ values */

static void integer_is(const char *bytes, size_t n, int64_t want, const char *name)
{
	struct lt_pickle *pickle = load(bytes, n, KEEP_ALL);
	const struct lt_pickle_value *value = pickle ? lt_pickle_value(pickle) : NULL;

	if (check_named(value && value->kind == LT_PICKLE_INT, name))
		check_int(value->as.integer, want);
	else
		printf("# %s\n", err.text);
	lt_pickle_free(pickle);
}

#define INTEGER(text, want) integer_is((text), sizeof(text) - 1, (want), #text)

static void kind_is(const char *bytes, size_t n, enum lt_pickle_kind want, const char *name)
{
	struct lt_pickle *pickle = load(bytes, n, KEEP_ALL);

	check_named(pickle && lt_pickle_value(pickle)->kind == want, name);
	lt_pickle_free(pickle);
}

#define KIND(text, want) kind_is((text), sizeof(text) - 1, (want), #text)

static void numbers(void)
{
	INTEGER("K\xff.", 255);
	INTEGER("M\x01\xff.", 0xff01);
	INTEGER("J\xfe\xff\xff\xff.", -2);
	INTEGER("I-12\n.", -12);
	INTEGER("L9223372036854775807L\n.", INT64_MAX);
	INTEGER("L-9223372036854775808\n.", INT64_MIN);
	INTEGER("\x8a\x00.", 0);
	INTEGER("\x8a\x01\xff.", -1);
	INTEGER("\x8a\x02\xff\x00.", 255);
	INTEGER("\x8b\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80.", INT64_MIN);
	INTEGER("\x80\x05\x95\x03\x00\x00\x00\x00\x00\x00\x00K\x07.", 7);
	KIND("\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.", LT_PICKLE_OTHER);
	KIND("L1208925819614629174706176L\n.", LT_PICKLE_OTHER);
	KIND("I01\n.", LT_PICKLE_BOOL);
	KIND("\x88.", LT_PICKLE_BOOL);
	KIND("N.", LT_PICKLE_NONE);
	KIND("F0.5\n.", LT_PICKLE_REAL);
	KIND("G\x3f\xe0\x00\x00\x00\x00\x00\x00.", LT_PICKLE_REAL);
	KIND("Fnan\n.", LT_PICKLE_OTHER);
	REFUSED("I1x\n.", "not an integer");
	REFUSED("I--1\n.", "not an integer");
	REFUSED("I\n.", "not an integer");
	REFUSED("\x8b\xff\xff\xff\xff.", "negative length");
}

static void bytes_are(const char *pickled, size_t n, const char *want, size_t n_want,
		      const char *name)
{
	struct lt_pickle *pickle = load(pickled, n, KEEP_ALL);
	const struct lt_pickle_value *value = pickle ? lt_pickle_value(pickle) : NULL;

	check_named(value &&
			    (value->kind == LT_PICKLE_BYTES || value->kind == LT_PICKLE_TEXT) &&
			    value->as.bytes->kept && value->as.bytes->n == n_want &&
			    memcmp(value->as.bytes->kept, want, n_want) == 0,
		    name);
	lt_pickle_free(pickle);
}

#define BYTES(text, want) bytes_are((text), sizeof(text) - 1, (want), sizeof(want) - 1, #text)

static void strings(void)
{
	BYTES("U\x03"
	      "a\0b.",
	      "a\0b");
	BYTES("T\x01\x00\x00\x00x.", "x");
	BYTES("C\x00.", "");
	BYTES("B\x02\x00\x00\x00\xff\x00.", "\xff\0");
	BYTES("\x8e\x01\x00\x00\x00\x00\x00\x00\x00x.", "x");
	BYTES("\x96\x01\x00\x00\x00\x00\x00\x00\x00x.", "x");
	BYTES("X\x02\x00\x00\x00\xc3\xa9.", "\xc3\xa9");
	BYTES("\x8c\x01x.", "x");
	BYTES("\x8d\x01\x00\x00\x00\x00\x00\x00\x00x.", "x");
	BYTES("S'it\\'s\\x00\\n\\\\'\n.", "it's\0\n\\");
	BYTES("S\"it's\"\n.", "it's");
	BYTES("V\xe9\\u20ac\\U0001f600\n.", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	/* Bytes as texts: protocol 0 and 2 of Python 3. */
	BYTES("c_codecs\nencode\n(V\xe9\\u0000\nVlatin1\ntR.", "\xe9\0");
	BYTES("\x80\x02"
	      "c_codecs\nencode\nX\x03\x00\x00\x00\xc3\xa9"
	      "aX\x06\x00\x00\x00latin1\x86R.",
	      "\xe9"
	      "a");
	BYTES("c__builtin__\nbytes\n)R.", "");
	REFUSED("S'open\n.", "broken string");
	REFUSED("S'a'b\n.", "broken string");
	REFUSED("Sa\n.", "broken string");
	REFUSED("S'\\q'\n.", "broken string");
	REFUSED("V\\u12\n.", "broken string");
	REFUSED("V\\U00110000\n.", "broken string");
	REFUSED("c_codecs\nencode\n(V\\u20ac\nVlatin1\ntR.", "does not encode bytes");
	REFUSED("c_codecs\nencode\n(Va\nVrot13\ntR.", "otherwise than in latin1");
	REFUSED("c_codecs\nencode\nX\x01\x00\x00\x00\xc3X\x06\x00\x00\x00latin1\x86R.",
		"does not encode bytes");
}

/* ------------------------------------------------------------------ containers and the memo */

static void containers(void)
{
	struct lt_pickle *p = LOAD("(dS'a'\nI1\nsS'b'\n(lI2\naI3\nasS'a'\nI4\ns.");
	const struct lt_pickle_value *dict = lt_pickle_value(p), *value;
	uint64_t n;

	value = lt_pickle_find(dict, "a");
	check_named(value && value->as.integer == 4, "a later value wins");
	value = lt_pickle_find(dict, "b");
	check_named(value && lt_pickle_integers(value, &n) && n == 2 &&
			    lt_pickle_integer(value, 1) == 3,
		    "a list");
	check(lt_pickle_find(dict, "c") == NULL);
	check(lt_pickle_find(value, "c") == NULL);
	lt_pickle_free(p);

	p = LOAD("\x80\x04}\x94(\x8c\x01x\x94](K\x01K\x02K\x03"
		 "e\x8c\x01yh\x01\x85\x94u.");
	value = lt_pickle_find(lt_pickle_value(p), "x");
	check_named(value && lt_pickle_integers(value, &n) && n == 3, "appended all at once");
	value = lt_pickle_find(lt_pickle_value(p), "y");
	check_named(value && value->kind == LT_PICKLE_TUPLE && value->as.list->n == 1 &&
			    value->as.list->item[0].kind == LT_PICKLE_TEXT,
		    "a tuple of what the memo has");
	check(!lt_pickle_integers(value, &n));
	lt_pickle_free(p);

	INTEGER("(K\x01K\x02t0K\x05.", 5);
	INTEGER("K\x05K\x06(K\x07"
		"10.",
		5);
	INTEGER("K\x05"
		"2"
		"0.",
		5);
	INTEGER("K\x05(0.", 5);
	INTEGER("K\x05p3\n0g3\n.", 5);
	INTEGER("K\x05r\x02\x00\x00\x00"
		"0j\x02\x00\x00\x00.",
		5);
	REFUSED("K\x05h\x00.", "is empty");
	REFUSED("K\x05q\x01h\x00.", "is empty");
	REFUSED("K\x05r\xff\xff\xff\xff.", "in the memo");
	REFUSED("K\x05p4294967295\n.", "in the memo");
	REFUSED("K\x05p99999999999\n.", "not a number");
	REFUSED("\x94.", "nothing on the stack");
	REFUSED("K\x01"
		"e.",
		"no mark");
	REFUSED("t.", "no mark");
	REFUSED("K\x01\x86.", "nothing on the stack");
	REFUSED("K\x01(\x85.", "nothing on the stack");
	REFUSED("]K\x01K\x02s.", "nothing to add to");
	REFUSED("K\x01K\x02"
		"a.",
		"nothing to add to");
	REFUSED("(K\x01"
		"d.",
		"a key without a value");
	REFUSED("}(K\x01u.", "nothing to add to");
	REFUSED(".", "nothing on the stack");
	REFUSED("", "truncated");
	REFUSED("K\x01.K", "more bytes");
}

/* ------------------------------------------------------------------ calls */

static void calls(void)
{
	REFUSED("cos\nsystem\n(S'id'\ntR.", "it would call os.system; it is not read");
	REFUSED("\x80\x04\x8c\x05posix\x8c\x06system\x93.", "it would call posix.system");
	REFUSED("cnumpy.core.multiarray\nfromfile\n.", "numpy.core.multiarray.fromfile");
	REFUSED("(S'id'\nios\nsystem\n.", "it would call os.system");
	REFUSED("(S'id'\no.", "an object of a class");
	REFUSED("\x80\x02)\x81.", "an object of a class");
	REFUSED("Pfile\n.", "outside");
	REFUSED("K\x01Q.", "outside");
	REFUSED("\x97.", "outside");
	REFUSED("N\x82\x01.", "opcode 130");
	REFUSED("N\xff.", "opcode 255");
	REFUSED("\xff.", "p: not a pickle");
	REFUSED("\x80\x06K\x01.", "protocol 6");
	REFUSED("K\x01K\x02\x93.", "a name that is not a text");
	REFUSED("K\x01)R.", "not a function");
	REFUSED("cnumpy\nndarray\n)R.", "not a function");
	REFUSED("cnumpy\ndtype\nN"
		"b.",
		"a state for an object that has none");
	REFUSED("]Nb.", "a state for an object that has none");
	REFUSED("cnumpy\ndtype\n)R.", "unknown number type");
	REFUSED("cnumpy\ndtype\n(S'u3'\ntR.", "unknown number type");
	REFUSED("cnumpy\ndtype\n(S'u99999999'\ntR.", "unknown number type");
	REFUSED("cnumpy\ndtype\n(S'u1'\ntR(I3\nS'|'\nN(lNtb.", "array of records");
	REFUSED("c__builtin__\nbytes\n(I9\ntR.", "unknown form");
	REFUSED("cnumpy.core.multiarray\nscalar\n(I1\nS'a'\ntR.", "unknown form");
}

/* ------------------------------------------------------------------ arrays */

#define TYPE(type, order)                                                                      \
	"cnumpy\ndtype\n(S'" type "'\nI0\nI1\ntR(I3\nS'" order "'\nNNNI-1\nI-1\nI0\ntb"
#define ARRAY(shape, type, order, fortran, data)                                               \
	"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(" shape   \
	"t" TYPE(type, order) fortran data "tb"

static const struct lt_pickle_array *array_of(const struct lt_pickle *pickle)
{
	const struct lt_pickle_value *value = pickle ? lt_pickle_value(pickle) : NULL;

	if (!check_named(value && value->kind == LT_PICKLE_ARRAY, "an array")) {
		printf("# %s\n", err.text);
		exit(check_done());
	}
	return value->as.array;
}

static void arrays(void)
{
	struct lt_pickle *p;
	const struct lt_pickle_array *array;
	uint64_t n;

	p = LOAD(ARRAY("I2\nI3\n", "u1", "|", "I00\n", "S'abcdef'\n") ".");
	array = array_of(p);
	check(array->kind == 'u' && array->item_size == 1 && array->dims == 2);
	check(array->dim[0] == 2 && array->dim[1] == 3 && array->n == 6 && !array->fortran);
	check(array->data->kept && memcmp(array->data->kept, "abcdef", 6) == 0);
	check(!lt_pickle_integers(lt_pickle_value(p), &n));
	lt_pickle_free(p);

	p = LOAD(ARRAY("I2\n", "i2", ">", "I01\n", "S'\\xff\\xfe\\x01\\x02'\n") ".");
	check(!array_of(p)->fortran);
	check(lt_pickle_integers(lt_pickle_value(p), &n) && n == 2);
	check_int(lt_pickle_integer(lt_pickle_value(p), 0), -2);
	check_int(lt_pickle_integer(lt_pickle_value(p), 1), 0x102);
	lt_pickle_free(p);

	p = LOAD(ARRAY("I2\nI1\n", "i2", "<", "I01\n", "S'\\xff\\xfe\\x01\\x02'\n") ".");
	check(array_of(p)->fortran);
	lt_pickle_free(p);

	/* Protocol 5: a buffer, here of three numbers of four bytes. */
	p = LOAD("\x80\x05\x8c\x12numpy.core.numeric\x8c\x0b_frombuffer\x93"
		 "(\x96\x0c\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\xff\xff"
		 "\xff\xff"
		 "\x8c\x05numpy\x8c\x05"
		 "dtype\x93\x8c\x02i4\x89\x88\x87R"
		 "(K\x03\x8c\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tbK\x03\x85\x8c\x01"
		 "CtR.");
	array_of(p);
	check(lt_pickle_integers(lt_pickle_value(p), &n) && n == 3);
	check_int(lt_pickle_integer(lt_pickle_value(p), 2), -1);
	lt_pickle_free(p);

	/* The same of bytes [2, 3] that are seen as [3, 2]. */
#define VIEW(axes)                                                                             \
	"cnumpy._core.numeric\n_frombuffer\n(S'abcdef'\n" TYPE(                                \
		"u1", "|") "(I2\nI3\ntS'K'\n(" axes "ttR."
	p = LOAD(VIEW("I1\nI0\n"));
	array = array_of(p);
	check(array->dim[0] == 3 && array->dim[1] == 2 && array->transposed);
	check(array->axis[0] == 1 && array->axis[1] == 0);
	lt_pickle_free(p);
	REFUSED(VIEW("I1\n"), "unknown form");
	REFUSED(VIEW("I1\nI1\n"), "unknown form");
	REFUSED(VIEW("I0\nI2\n"), "unknown form");
	REFUSED(VIEW("I0\nI-1\n"), "unknown form");

	INTEGER("cnumpy.core.multiarray\nscalar\n(" TYPE(
			"i8", "<") "S'\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff'\ntR.",
		-1);
	KIND("cnumpy.core.multiarray\nscalar\n(" TYPE("f4", "<") "S'abcd'\ntR.",
	     LT_PICKLE_REAL);
	KIND("cnumpy.core.multiarray\nscalar\n(" TYPE("M8", "<") "S'abcdefgh'\ntR.",
	     LT_PICKLE_OTHER);
	REFUSED("cnumpy.core.multiarray\nscalar\n(" TYPE("i8", "<") "S'abc'\ntR.",
		"unknown form");

	REFUSED(ARRAY("I2\nI3\n", "u1", "|", "I00\n", "S'abcde'\n") ".", "an array of 5 bytes");
	REFUSED(ARRAY("I-2\n", "u1", "|", "I00\n", "S'ab'\n") ".", "impossible shape");
	REFUSED(ARRAY("I4294967296\nI4294967296\n", "u1", "|", "I00\n", "S'ab'\n") ".",
		"impossible shape");
	REFUSED(ARRAY("I2305843009213693952\n", "i8", "<", "I00\n", "S''\n") ".",
		"an array of 0 bytes");
	REFUSED(ARRAY("F2.0\n", "u1", "|", "I00\n", "S'ab'\n") ".", "impossible shape");
	REFUSED(ARRAY("I1\n", "O8", "|", "I00\n", "(lI1\na") ".", "an array of objects");
	REFUSED(ARRAY("I1\n", "u1", "%", "I00\n", "S'a'\n") ".", "unknown number type");
}

/* ------------------------------------------------------------------ left in the input */

/* The string of a pickle, n bytes i mod 256, is left in the input and found again. */
static void left(const struct lt_buffer *pickled, size_t n, const char *name)
{
	struct lt_pickle_memory memory = {pickled->data, pickled->size};
	struct lt_pickle_source source = {"p", &memory, lt_pickle_read_memory};
	struct lt_pickle *pickle = load(pickled->data, pickled->size, 100);
	struct lt_pickle_reader *reader = NULL;
	const struct lt_pickle_bytes *bytes;
	uint8_t got[256];
	size_t i, wrong = 0;

	if (!check_named(pickle && lt_pickle_value(pickle)->kind == LT_PICKLE_BYTES, name)) {
		printf("# %s\n", err.text);
		return;
	}
	bytes = lt_pickle_value(pickle)->as.bytes;
	check(!bytes->kept && bytes->n == n);
	check_int(lt_pickle_seek(&reader, &source, bytes, &err), 0);
	for (i = 0; i + 256 <= n; i += 256) {
		if (lt_pickle_take(reader, got, 256, &err))
			wrong++;
		for (size_t j = 0; j < 256; j++)
			wrong += got[j] != j;
	}
	check_int(wrong, 0);
	check_int(lt_pickle_take(reader, got, 256, &err), LT_BUG);
	lt_pickle_reader_free(reader);

	/* Cut short between the first reading and the second. */
	memory = (struct lt_pickle_memory){pickled->data, pickled->size / 2};
	check_int(lt_pickle_seek(&reader, &source, bytes, &err), 0);
	for (i = 0; i + 256 <= n && lt_pickle_take(reader, got, 256, &err) == 0; i += 256)
		;
	check_named(i + 256 <= n && err.code == LT_DATA, "cut short meanwhile");
	lt_pickle_reader_free(reader);
	lt_pickle_free(pickle);
}

static void put(struct lt_buffer *to, const void *bytes, size_t n)
{
	if (!lt_buffer_append(to, bytes, n))
		exit(1);
}

#define PUT(to, text) put((to), (text), sizeof(text) - 1)

static void strings_left(void)
{
	const size_t n = 1 << 17; /* two of the reader's pieces */
	struct lt_buffer plain = {0}, text = {0}, escaped = {0}, uescaped = {0};
	char one[8];
	size_t i;

	PUT(&plain, "\x80\x03"
		    "B\x00\x00\x02\x00");
	/* 128 characters of one byte and 128 of two, again and again. */
	PUT(&text, "\x80\x02"
		   "c_codecs\nencode\nX\x00\x00\x03\x00");
	PUT(&escaped, "S'");
	PUT(&uescaped, "c_codecs\nencode\n(V");
	for (i = 0; i < n; i++) {
		uint8_t b = (uint8_t)i,
			two[2] = {(uint8_t)(0xc0 | b >> 6), (uint8_t)(0x80 | (b & 0x3f))};

		put(&plain, &b, 1);
		put(&text, b < 0x80 ? &b : two, b < 0x80 ? 1 : 2);
		put(&escaped, one, (size_t)snprintf(one, sizeof one, "\\x%02x", b));
		if (b == '\\' || b == '\n' || b == 0)
			put(&uescaped, one, (size_t)snprintf(one, sizeof one, "\\u%04x", b));
		else
			put(&uescaped, &b, 1);
	}
	PUT(&plain, ".");
	PUT(&text, "X\x06\x00\x00\x00latin1\x86R.");
	PUT(&escaped, "'\n.");
	PUT(&uescaped, "\nVlatin1\ntR.");
	left(&plain, n, "bytes");
	left(&text, n, "bytes as a text in UTF-8");
	left(&escaped, n, "a string with escapes");
	left(&uescaped, n, "bytes as a text with escapes");
	lt_buffer_free(&plain);
	lt_buffer_free(&text);
	lt_buffer_free(&escaped);
	lt_buffer_free(&uescaped);
}

/* ------------------------------------------------------------------ hostile */

/* Every beginning of a pickle is refused, and no changed byte does harm. */
static void cut_and_changed(const char *bytes, size_t n)
{
	uint8_t copy[1024];
	size_t i, bit, good = 0;
	struct lt_pickle *p;

	for (i = 0; i < n; i++) {
		p = load(bytes, i, KEEP_ALL);
		good += p == NULL && err.code == LT_DATA;
		lt_pickle_free(p);
	}
	check_int(good, n);
	for (good = 0, i = 0; i < n; i++)
		for (bit = 0; bit < 8; bit++) {
			memcpy(copy, bytes, n);
			copy[i] ^= (uint8_t)(1u << bit);
			p = load(copy, n, 8);
			good += p != NULL || err.code == LT_DATA;
			lt_pickle_free(p);
		}
	check_int(good, 8 * n);
}

static void fill(struct lt_buffer *to, const char *bytes, size_t n, size_t times)
{
	while (times-- > 0)
		put(to, bytes, n);
}

/* Each asks for more than it may have, or for what a recursive reader would die of. */
static void bombs(void)
{
	struct lt_buffer b = {0};
	struct lt_pickle *p;
	uint64_t before = lt_memory_used();

	/* Lists in lists in lists; a list in itself. */
	fill(&b, "](", 2, 1000000);
	refused(b.data, b.size, "truncated", "a million lists");
	b.size = 0;
	fill(&b, "]", 1, 100000);
	fill(&b, "a", 1, 99999);
	PUT(&b, ".");
	p = load(b.data, b.size, KEEP_ALL);
	check_named(p != NULL, "a list 100,000 deep");
	lt_pickle_free(p);
	p = LOAD("]q\x00h\x00"
		 "a}q\x01K\x01h\x01s.");
	check_named(p != NULL, "a list in itself");
	lt_pickle_free(p);
	p = LOAD("]q\x00h\x00"
		 "ah\x00"
		 "ah\x00(h\x00h\x00h\x00"
		 "e.");
	check_named(p && lt_pickle_value(p)->as.list->n == 5, "and again");
	lt_pickle_free(p);

	/* Few bytes each, and much memory. */
	b.size = 0;
	fill(&b, "N", 1, (1 << 23) + 1);
	refused(b.data, b.size, "values in memory", "values without end");
	b.size = 0;
	fill(&b, "(", 1, (1 << 23) + 1);
	refused(b.data, b.size, "values in memory", "marks without end");
	b.size = 0;
	fill(&b, "N0", 2, 1 << 23);
	PUT(&b, "Nr\xff\xff\xff\x00.");
	refused(b.data, b.size, "in the memo", "a place far out in the memo");
	b.size = 0;
	fill(&b, ")0", 2, 1 << 22);
	refused(b.data, b.size, "values in memory", "tuples that nobody has");
	b.size = 0;
	PUT(&b, "c_codecs\nencode\nq\x00"
		"0X\x00\x00\x10\x00");
	fill(&b, "x", 1, 1 << 20);
	PUT(&b, "q\x01"
		"0X\x06\x00\x00\x00latin1q\x02"
		"0");
	fill(&b, "h\x00h\x01h\x02\x86R0", 9, 100);
	refused(b.data, b.size, "bytes in memory", "one text encoded a hundred times");
	b.size = 0;
	PUT(&b, "B\xff\xff\xff\xff");
	refused(b.data, b.size, "truncated", "four gigabytes that are not there");
	b.size = 0;
	PUT(&b, "\x8e\xff\xff\xff\xff\xff\xff\xff\xff");
	refused(b.data, b.size, "truncated", "2^64 - 1 bytes");
	PUT(&b, "\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff");
	refused(b.data + 9, b.size - 9, "truncated", "a frame of them");
	b.size = 0;
	PUT(&b, "I");
	fill(&b, "1", 1, 1000);
	refused(b.data, b.size, "neither a number nor a name", "a number of a thousand digits");
	lt_buffer_free(&b);
	check_int(lt_memory_used(), before);
}

int main(void)
{
	static const char small[] =
		"\x80\x02}q\x00(X\x04\x00\x00\x00"
		"dataq\x01" ARRAY(
			"K\x02K\x01", "u1", "|", "\x89",
			"c_codecs\nencode\nX\x03\x00\x00\x00\xc3\xbf"
			"aX\x06\x00\x00\x00latin1\x86R") "X\x06\x00\x00\x00labelsq\x03]q\x04("
							 "K\x01\x8a\x01\x02"
							 "eU\x01xS'\\x00a'\nu.";
	struct lt_pickle *p = LOAD(small);

	check_named(p && lt_pickle_find(lt_pickle_value(p), "labels"), "a small data set");
	lt_pickle_free(p);
	numbers();
	strings();
	containers();
	calls();
	arrays();
	strings_left();
	cut_and_changed(small, sizeof small - 1);
	bombs();
	return check_done();
}
