/*
 * Fuzz target: a segment of rows as programs read it: into a table in memory, as one of two
 * operands, twice, and for display.  Every segment gets a matching DONE, so that it is read
 * to its end.
 */
#include "kit.h"

#include "data/spool.h"
#include "data/table.h"
#include "stream/join.h"
#include "stream/look.h"

static void as_table(int fd, unsigned flags)
{
	struct lt_table table = {0}, more = {0};
	struct lt_reader *reader;
	struct lt_error err = {0};
	struct lt_norm norm;
	uint64_t *counts;
	int code;

	check(lt_reader_open_fd(&reader, dup(fd), "in", &err) == 0);
	code = lt_table_read(&table, reader, false, flags, &err);
	lt_reader_close(reader);
	if (code) {
		check_refusal(code, &err);
		check(table.n == 0 && table.image == NULL);
		return;
	}
	counts = calloc((size_t)(table.header.n_classes > 0 ? table.header.n_classes : 1),
			sizeof *counts);
	check(counts != NULL);
	if (table.header.n_classes > 0)
		lt_table_counts(&table, counts);
	free(counts);
	if (!table.is_encoded)
		lt_table_norm(&table, &norm);
	lt_table_want_labels(&table, &err);
	lt_table_want_given(&table, &err);
	check(lt_table_want_same(&table, &table, &err) == 0);
	check(lseek(fd, 0, SEEK_SET) == 0);
	check(lt_reader_open_fd(&reader, dup(fd), "in", &err) == 0);
	if (lt_table_read(&more, reader, false, flags ^ LT_TABLE_KEYS, &err) == 0)
		check(lt_table_append(&table, &more, &err) == 0 && more.n == 0);
	lt_reader_close(reader);
	code = lt_table_forget_labels(&table, &table.header, &err);
	check((code == 0) == (table.header.n_classes >= 0) && !lt_table_has_label(&table));
	lt_table_free(&table);
	lt_table_free(&more);
}

static void as_join(const char *path)
{
	const char *const paths[] = {path, path};
	const struct lt_rows *rows = NULL;
	struct lt_error err = {0};
	struct lt_join join = {0};
	uint64_t n = 0;
	int code = lt_join_open(&join, paths, 2, LT_MAX_BODY, &err);

	if (code) {
		check_refusal(code, &err);
		return;
	}
	while ((code = lt_join_next(&join, &rows, &err)) == 0 && rows)
		n += rows->n;
	if (code)
		check_refusal(code, &err);
	else
		check(n % 2 == 0);
	lt_join_close(&join);
}

static void look(const char *path)
{
	static const enum lt_look_for what[] = {LT_LOOK_CHECK, LT_LOOK_HEAD, LT_LOOK_HOW,
						LT_LOOK_JSON, LT_LOOK_COUNT};
	struct lt_error err = {0};
	size_t i;
	int code;

	for (i = 0; i < sizeof what / sizeof what[0]; i++) {
		struct lt_look look = {.what = what[i],
				       .output = what[i] ? kit_output() : NULL,
				       .max_body = LT_MAX_BODY,
				       .limit = 3};

		code = lt_look(&look, path, &err);
		if (code == 0 && what[i] == LT_LOOK_COUNT) {
			code = lt_look(&look, path, &err);
			lt_look_counts(&look, &err);
		}
		if (code)
			check_refusal(code, &err);
		lt_look_free(&look);
	}
}

static void twice(const char *path)
{
	struct lt_error err = {0};
	struct lt_reader *reader;
	enum lt_event event;
	struct lt_twice twice;
	int pass;

	if (lt_twice_open(&twice, &path, 1, &err) != 0)
		return;
	for (pass = 0; pass < 2; pass++) {
		check(lt_twice_reader(&twice, &reader, &err) == 0);
		while (lt_reader_next(reader, &event, &err) == 0 && event != LT_EV_END)
			;
		lt_reader_close(reader);
	}
	lt_twice_close(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *whole;
	size_t n = kit_whole(data, size, &whole);
	int fd = kit_file(whole, n);
	struct kit_path path = kit_path(fd);

	as_table(fd, LT_TABLE_TRUTH | LT_TABLE_KEYS);
	as_join(path.text);
	look(path.text);
	twice(path.text);
	close(fd);
	free(whole);
	return 0;
}
