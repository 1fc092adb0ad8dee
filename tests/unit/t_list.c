/* What lists are read with: records of CSV, values of JSON, titles, splits, images by name. */
#include <stdlib.h>

#include "base/memory.h"
#include "check.h"
#include "format/csv.h"
#include "format/json.h"
#include "import/list_index.h"
#include "import/list_titles.h"
#include "import/split_names.h"

static struct lt_text_bytes bytes;

static int open_text(struct lt_text *text, const char *from, size_t n)
{
	struct lt_error err;

	bytes = (struct lt_text_bytes){from, n};
	return lt_text_open(text, "t", LT_JSON_BYTES * 4, lt_text_from_bytes, &bytes, &err);
}

/* ------------------------------------------------------------------ CSV */

/* All cells: "a|b" a record, "/" between records; or the error. */
static const char *records(const char *from, size_t n, enum lt_csv_form form)
{
	static char out[65536];
	struct lt_error err;
	struct lt_text text;
	struct lt_csv csv;
	size_t used = 0, i;
	int status = open_text(&text, from, n);

	out[0] = '\0';
	if (status)
		return "not opened";
	status = lt_csv_open(&csv, &text, form, &err);
	while (status == 0 && (status = lt_csv_next(&csv, &err)) == 0 && csv.n > 0) {
		used += (size_t)snprintf(out + used, sizeof out - used, "%s", used ? "/" : "");
		for (i = 0; i < csv.n; i++)
			used += (size_t)snprintf(out + used, sizeof out - used, "%s%s",
						 i ? "|" : "", csv.cell[i]);
	}
	if (status)
		snprintf(out, sizeof out, "%s", err.text);
	lt_csv_close(&csv);
	lt_text_close(&text);
	return out;
}

#define CSV(text, form) records(text, sizeof(text) - 1, form)

static void test_csv(void)
{
	check_text(CSV("a,b\nc,d\n", LT_CSV_COMMA), "a|b/c|d");
	check_text(CSV("a,b\r\nc,d", LT_CSV_COMMA), "a|b/c|d");
	check_text(CSV("a,b\rc,d\r", LT_CSV_COMMA), "a|b/c|d");
	check_text(CSV("\n\na,\n\r\n,b\n", LT_CSV_COMMA), "a|/|b");
	check_text(CSV("\xEF\xBB\xBF\"a\",\"b,\"\"c\"\"\"\n", LT_CSV_COMMA), "a|b,\"c\"");
	check_text(CSV("\"a\nb\",c\nd,e", LT_CSV_COMMA), "a\nb|c/d|e");
	check_text(CSV("a \"b\" c,d\n", LT_CSV_COMMA), "a \"b\" c|d");
	check_text(CSV("a;b,c\n", LT_CSV_SEMICOLON), "a|b,c");
	check_text(CSV("a\tb c\n", LT_CSV_TAB), "a|b c");
	check_text(CSV("a b.jpg 3\n c\t 4 \n\n", LT_CSV_BLANK), "a b.jpg|3/c|4");
	check_text(CSV("lone\n", LT_CSV_BLANK), "lone");
	check_text(CSV("a b, c \n", LT_CSV_LINE), "a b, c");
	check_text(CSV("a|b,c|\n", LT_CSV_PIPE), "a|b,c|");
	check_text(CSV(" a b \t c\nd\n", LT_CSV_WORDS), "a|b|c/d");
	check_text(CSV(" a b \t c\nd\n", LT_CSV_FIRST), "a|b \t c/d");
	check_text(CSV("", LT_CSV_COMMA), "");
	check_text(CSV("a,\"b\nc,d\n", LT_CSV_COMMA), "t:1: a quotation mark is not closed");
	check_text(CSV("a\n\"b\"c,d\n", LT_CSV_COMMA),
		   "t:2: text after a closing quotation mark");
	check_text(CSV("\"a\n\n\",x\n\"b\"c", LT_CSV_COMMA),
		   "t:4: text after a closing quotation mark");
	check_text(CSV("a\0b\n", LT_CSV_COMMA), "t: a zero byte; it is not a text");
	check_text(CSV("\xFF\xFE"
		       "a\0",
		       LT_CSV_COMMA),
		   "not opened");
}

static void test_csv_limits(void)
{
	char *text = lt_new_bytes(3 * LT_TEXT_HEAD);
	size_t i;

	memset(text, 'x', 3 * LT_TEXT_HEAD);
	text[LT_LINE_BYTES] = '\n';
	check_int((long long)strlen(records(text, LT_LINE_BYTES + 1, LT_CSV_COMMA)),
		  LT_LINE_BYTES);
	check_text(records(text + 1, LT_TEXT_HEAD, LT_CSV_LINE),
		   "t:2: the line is too long; pixels in a table are not read");
	check_text(records(text + LT_LINE_BYTES + 1, LT_LINE_BYTES + 1, LT_CSV_COMMA),
		   "t:1: the line is too long; pixels in a table are not read");
	for (i = 0; i < LT_CSV_CELLS; i++)
		memcpy(text + 2 * i, "a ", 2);
	text[2 * LT_CSV_CELLS] = 'a';
	check_text(records(text, 2 * LT_CSV_CELLS + 1, LT_CSV_WORDS),
		   "t:1: the line has too many cells");
	check_int((long long)strlen(records(text, 2 * LT_CSV_CELLS, LT_CSV_WORDS)),
		  2 * LT_CSV_CELLS - 1);
	memset(text, ',', LT_CSV_CELLS);
	check_text(records(text, LT_CSV_CELLS, LT_CSV_COMMA),
		   "t:1: the line has too many cells");
	check_int((long long)strlen(records(text, LT_CSV_CELLS - 1, LT_CSV_COMMA)),
		  LT_CSV_CELLS - 1);
	/* A quoted cell of the greatest length, in blocks that end inside it. */
	memset(text, 'y', 3 * LT_TEXT_HEAD);
	for (i = 0; i + 4096 <= 3 * LT_TEXT_HEAD; i += 4096)
		memcpy(text + i + 4090, "\"\"z\",\n", 6);
	for (i = 0; i + 4096 <= 3 * LT_TEXT_HEAD; i += 4096)
		text[i] = '"';
	check_int((long long)strlen(records(text, 2 * 4096, LT_CSV_COMMA)),
		  2 * (4089 + 1 + 1 + 1) + 1);
	lt_free(text);
}

/* ------------------------------------------------------------------ JSON */

/* "key:kind" of all values, "[" before those of arrays; or the error. */
static const char *values(const char *from, bool lines)
{
	static const char kinds[] = "nbirtao";
	static char out[2000];
	struct lt_error err = {0};
	struct lt_text text;
	struct lt_json json;
	size_t used = 0;
	int status = open_text(&text, from, strlen(from));

	out[0] = '\0';
	if (status)
		return "not opened";
	lt_json_open(&json, &text, lines);
	while ((status = lt_json_next(&json, &err)) == 0 && json.value)
		used += (size_t)snprintf(out + used, sizeof out - used, "%s%s%c ",
					 json.key ? json.key : "", json.in_array ? "[" : "",
					 kinds[lt_json_kind(json.value)]);
	if (status)
		snprintf(out, sizeof out, "%s", err.text);
	/* At the end it stays. */
	check(status || (lt_json_next(&json, &err) == 0 && !json.value));
	lt_json_close(&json);
	lt_text_close(&text);
	return out;
}

/* Is this a build with JSON?  One without says so. */
static bool has_json(void)
{
	struct lt_json_value *value = NULL;
	struct lt_error err = {0};
	int status = lt_json_parse(&value, "1", 1, "t", &err);

	lt_json_free(value);
	check(status == 0 ||
	      (status == LT_USAGE && strstr(err.text, "JSON needs libjansson") != NULL));
	return status == 0;
}

static void test_json(void)
{
	char deep[100];

	check_text(values("{\"a\": [1, {\"x\": [2]}], \"b\": {\"c\": []}, \"d\": null}", false),
		   "a[i a[o bo dn ");
	check_text(values(" { } ", false), "");
	check_text(values("{\"a\": [], \"b\": [ ], \"c\": [1.5, true, \"]}\\\"\"]}", false),
		   "c[r c[b c[t ");
	check_text(values("[ {\"a\":1} , [1] ]", false), "[o [a ");
	check_text(values("[]", false), "");
	check_text(values("{\"a\":1}\n\n{\"b\":[2]}\n", true), "o o ");
	check_text(values("\"a\" 1", true), "t i ");
	check_text(values("{\"a\": 1", false),
		   "t: value 1: a comma or the closing bracket is missing");
	check_text(values("{\"a\": [1", false),
		   "t: value 1: a comma or the closing bracket is missing");
	check_text(values("{\"a\": {\"b\"", false), "t: value 0: the text ends in it");
	check_text(values("{\"a\" 1}", false), "t: value 0: a colon is missing after the key");
	check_text(values("{a: 1}", false), "t: value 0: a key in quotation marks is missing");
	check_text(values("[1] x", false), "t: value 1: text after the end");
	check_text(values("7", false), "t: value 0: neither an object nor an array");
	check(strstr(values("[nope]", false), "t: value 0: invalid JSON: ") != NULL);
	check(strstr(values("[1,]", false), "t: value 1: ") != NULL);
	check(strstr(values("[9999999999999999999]", false), "invalid JSON: ") != NULL);
	memset(deep, '[', LT_JSON_DEPTH + 1);
	deep[LT_JSON_DEPTH + 1] = '\0';
	check_text(values(deep, false), "t: value 0: the text ends in it");
	memset(deep, '[', LT_JSON_DEPTH + 2);
	deep[LT_JSON_DEPTH + 2] = '\0';
	check_text(values(deep, false), "t: value 0: its brackets are nested too deeply");
}

static void test_json_limit(void)
{
	char *text = lt_new_bytes(LT_JSON_BYTES + 10);
	uint64_t before;

	memset(text, 'x', LT_JSON_BYTES + 10);
	text[0] = '[';
	text[1] = '"';
	text[LT_JSON_BYTES] = '"';
	text[LT_JSON_BYTES + 1] = ']';
	text[LT_JSON_BYTES + 2] = '\0';
	check_text(values(text, false), "[t ");
	text[LT_JSON_BYTES] = 'x';
	text[LT_JSON_BYTES + 1] = '"';
	text[LT_JSON_BYTES + 2] = ']';
	text[LT_JSON_BYTES + 3] = '\0';
	check_text(values(text, false), "t: value 0: it is larger than 1 MiB");
	/* jansson's memory is the ledger's. */
	before = lt_memory_used();
	lt_memory_limit(before + 2500);
	check(strstr(values("[{\"a\":[1,2,3,4,5,6,7,8,9]}]", false), "not opened") != NULL);
	lt_memory_limit(before + LT_TEXT_HEAD + 2000);
	check(strstr(values("[[{\"a\":1,\"b\":2,\"c\":[1,2,3]},{\"a\":1},{\"a\":1},{\"a\":1},"
			    "{\"a\":1},{\"a\":1},{\"a\":1},{\"a\":1},{\"a\":1}]]",
			    false),
		     "memory") != NULL);
	lt_memory_limit(0);
	check(lt_memory_used() == before);
	lt_free(text);
}

/* ------------------------------------------------------------------ titles and splits */

static void test_titles(void)
{
	check_int(lt_title_rank(LT_TITLE_PATH, "path"), 0);
	check(lt_title_rank(LT_TITLE_PATH, "File_Name") ==
	      lt_title_rank(LT_TITLE_PATH, "filename"));
	check(lt_title_rank(LT_TITLE_PATH, "Image Index") > 0);
	check(lt_title_rank(LT_TITLE_PATH, "image_id") < lt_title_rank(LT_TITLE_PATH, "id"));
	check_int(lt_title_rank(LT_TITLE_LABEL, "Label"), 0);
	check_int(lt_title_rank(LT_TITLE_LABEL, "labelled"), -1);
	check_int(lt_title_rank(LT_TITLE_NUMBER, ""), -1);
	check(lt_title_same("Class-ID", "class id") && !lt_title_same("a", "ab"));
}

static void test_splits(void)
{
	struct lt_split_names names;

	check_int(lt_split_names_parse(&names, NULL, NULL), 0);
	check_int(lt_split_names_of_path(&names, "ImageNet_LT_train.txt"), LT_SPLIT_TRAIN);
	check_int(lt_split_names_of_path(&names, "a/Validation.csv"), LT_SPLIT_VAL);
	check_int(lt_split_names_of_path(&names, "train2018.json"), LT_SPLIT_TRAIN);
	check_int(lt_split_names_of_path(&names, "train/test.csv"), LT_SPLIT_TEST);
	check_int(lt_split_names_of_path(&names, "x/test/y/metadata.csv"), LT_SPLIT_TEST);
	check_int(lt_split_names_of_path(&names, "train_val2018.json"), LT_SPLIT_DEFAULT);
	check_int(lt_split_names_of_path(&names, "latest.csv"), LT_SPLIT_DEFAULT);
	check_int(lt_split_names_parse(&names, "train=mine", NULL), 0);
	check_int(lt_split_names_of_path(&names, "mine.csv"), LT_SPLIT_TRAIN);
	check_int(lt_split_names_of_path(&names, "test.csv"), LT_SPLIT_DEFAULT);
}

/* ------------------------------------------------------------------ images by name */

static struct lt_listed entries[] = {
	{.name = "d/list.csv", .want = LT_WANT_DATA},
	{.name = "d/a.jpg", .want = LT_WANT_IMAGE},
	{.name = "./d//sub/./a.jpg", .want = LT_WANT_IMAGE},
	{.name = "d/sub/b.JPG", .want = LT_WANT_IMAGE},
	{.name = "d/x/c.png", .want = LT_WANT_IMAGE},
	{.name = "d/y/c.png", .want = LT_WANT_IMAGE},
	{.name = "d/y/xc.png", .want = LT_WANT_IMAGE},
	{.name = "q/c.gif", .want = LT_WANT_IMAGE, .input = 1},
	{.name = "d/a.jpg", .want = LT_WANT_IMAGE, .input = 1},
};
static struct lt_input inputs[] = {
	{.prefix = "", .first = 0, .end = 7},
	{.prefix = "", .first = 7, .end = 9},
};

/* What a path finds: the match's number and the entry's; 100 more without a suffix. */
static int look(const struct lt_list_index *index, const char *path)
{
	struct lt_list_found found = lt_list_find(index, &entries[0], path);

	if (found.match == LT_MATCH_NONE || found.match == LT_MATCH_MANY)
		return -(int)found.match;
	return (int)found.match * 10 + (int)found.entry + (found.by_stem ? 100 : 0);
}

static void test_index(void)
{
	struct lt_listing listing = {.input = inputs, .n_inputs = 1, .entry = entries, .n = 7};
	struct lt_list_index index;
	struct lt_error err;

	check_int(lt_list_index_fill(&index, &listing, &err), 0);
	check_text(index.shared, "d/");
	check_int(look(&index, "a.jpg"), 10 * LT_MATCH_PATH + 1);
	check_int(look(&index, "./sub//a.jpg"), 10 * LT_MATCH_PATH + 2);
	check_int(look(&index, "d/sub/a.jpg"), 10 * LT_MATCH_PATH + 2);
	check_int(look(&index, "b"), 100 + 10 * LT_MATCH_TAIL + 3);
	check_int(look(&index, "sub/b"), 100 + 10 * LT_MATCH_PATH + 3);
	check_int(look(&index, "sub\\b.JPG"), 10 * LT_MATCH_PATH + 3);
	check_int(look(&index, "b.jpg"), -LT_MATCH_NONE);
	check_int(look(&index, "c.png"), -LT_MATCH_MANY);
	check_int(look(&index, "e/x/c.png"), -LT_MATCH_MANY);
	check_int(look(&index, "z/xc.png"), 10 * LT_MATCH_BASE + 6);
	check_int(look(&index, "y/c"), 100 + 10 * LT_MATCH_PATH + 5);
	check_int(look(&index, "c.gif"), -LT_MATCH_NONE);
	check_int(look(&index, ""), -LT_MATCH_NONE);
	check_int(look(&index, "/"), -LT_MATCH_NONE);
	lt_list_index_free(&index);

	listing.n = 9;
	listing.n_inputs = 2;
	inputs[1].is_root = true;
	check_int(lt_list_index_fill(&index, &listing, &err), 0);
	check_text(index.shared, "");
	check_int(look(&index, "q/c.gif"), 10 * LT_MATCH_PATH + 7);
	check_int(look(&index, "d/a.jpg"), 10 * LT_MATCH_PATH + 8);
	check_int(look(&index, "a.jpg"), 10 * LT_MATCH_PATH + 1);
	check_int(look(&index, "c"), -LT_MATCH_MANY);
	lt_list_index_free(&index);
}

static void test_outside(void)
{
	check(lt_list_path_is_outside("/a"));
	check(lt_list_path_is_outside("a/../b"));
	check(lt_list_path_is_outside(".."));
	check(lt_list_path_is_outside("a\\..\\b"));
	check(lt_list_path_is_outside("c:/a"));
	check(lt_list_path_is_outside("\\\\host\\a"));
	check(!lt_list_path_is_outside("a..b/..c/d.."));
	check(!lt_list_path_is_outside("c:a"));
}

int main(void)
{
	test_csv();
	test_csv_limits();
	if (has_json()) {
		test_json();
		test_json_limit();
	}
	test_titles();
	test_splits();
	test_index();
	test_outside();
	return check_done();
}
