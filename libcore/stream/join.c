/* Many segments, one table. */
#include "stream/join.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"

static int refuse_model(const struct lt_reader *reader, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s:%llu: a model, rows are wanted",
		       lt_reader_name(reader), (unsigned long long)lt_reader_offset(reader));
}

/* Can the header just read be joined with the first? */
static int check_header(struct lt_join *join, int i, struct lt_error *err)
{
	const struct lt_header *header = lt_reader_header(join->reader[i]);

	if (header->kind == LT_MODEL)
		return refuse_model(join->reader[i], err);
	if (i == 0 && !join->begun[0])
		return 0;
	return lt_header_same_table(&join->header[0], lt_reader_name(join->reader[0]), header,
				    lt_reader_name(join->reader[i]), err);
}

static int open_one(struct lt_join *join, int i, const char *path, uint64_t max_body,
		    struct lt_error *err)
{
	enum lt_event event;
	int code = lt_reader_open(&join->reader[i], path, err);

	if (code)
		return code;
	lt_reader_set_max_body(join->reader[i], max_body);
	code = lt_reader_next(join->reader[i], &event, err);
	if (code == 0)
		code = check_header(join, i, err);
	if (code == 0)
		code = lt_header_copy(&join->header[i], lt_reader_header(join->reader[i]), err);
	join->begun[i] = code == 0;
	return code;
}

int lt_join_open(struct lt_join *join, const char *const *paths, int n, uint64_t max_body,
		 struct lt_error *err)
{
	int i, code = 0;

	*join = (struct lt_join){0};
	join->reader = lt_new_array((size_t)n, sizeof(struct lt_reader *));
	join->header = lt_new_array((size_t)n, sizeof *join->header);
	join->begun = lt_new_array((size_t)n, sizeof *join->begun);
	if (!join->reader || !join->header || !join->begun)
		code = lt_fail_memory(err);
	else
		join->n = n;
	for (i = 0; i < n && code == 0; i++)
		code = open_one(join, i, paths[i], max_body, err);
	if (code)
		lt_join_close(join);
	return code;
}

/* One event; *rows is set when it was rows. */
static int step(struct lt_join *join, const struct lt_rows **rows, struct lt_error *err)
{
	struct lt_reader *reader = join->reader[join->at];
	enum lt_event event;
	int code = lt_reader_next(reader, &event, err);

	if (code)
		return code;
	switch (event) {
	case LT_EV_HEADER:
		return check_header(join, join->at, err);
	case LT_EV_ROWS:
		*rows = lt_reader_rows(reader);
		join->given = (*rows)->n;
		return 0;
	case LT_EV_DONE:
		return join->done ? join->done(join->arg, lt_reader_totals(reader), err) : 0;
	case LT_EV_END:
		join->at++;
		return 0;
	case LT_EV_TENSOR:
	case LT_EV_NOTE:
		break;
	}
	return 0;
}

int lt_join_next(struct lt_join *join, const struct lt_rows **rows, struct lt_error *err)
{
	int code = 0;

	*rows = NULL;
	join->rows += join->given;
	join->given = 0;
	while (code == 0 && !*rows && join->at < join->n)
		code = step(join, rows, err);
	return code;
}

int lt_slice_parse(struct lt_slice *slice, const char *text, struct lt_error *err)
{
	const char *colon = text ? strchr(text, ':') : NULL;
	char first[32] = "0";

	*slice = (struct lt_slice){0, UINT64_MAX};
	if (!text)
		return 0;
	if (colon && (size_t)(colon - text) < sizeof first) {
		if (colon > text) {
			memcpy(first, text, (size_t)(colon - text));
			first[colon - text] = '\0';
		}
		if (lt_parse_u64(first, 0, UINT64_MAX, &slice->first) &&
		    (!colon[1] || lt_parse_u64(colon + 1, 0, UINT64_MAX, &slice->end)) &&
		    slice->first <= slice->end)
			return 0;
	}
	return lt_fail(err, LT_USAGE, "--slice: \"%s\" is not A:B with A up to B", text);
}

int lt_join_each(struct lt_join *join, const struct lt_slice *slice, lt_join_row *act,
		 void *arg, struct lt_error *err)
{
	const struct lt_rows *rows = NULL;
	uint64_t number;
	uint32_t i;
	int code;

	while ((code = lt_join_next(join, &rows, err)) == 0 && rows) {
		for (i = 0; i < rows->n && code == 0; i++) {
			number = join->rows + i;
			if (number >= slice->first && number < slice->end)
				code = act(arg, rows, i, err);
		}
		if (code)
			return code;
	}
	return code;
}

void lt_join_close(struct lt_join *join)
{
	int i;

	for (i = 0; i < join->n; i++) {
		lt_reader_close(join->reader[i]);
		if (join->begun[i])
			lt_header_free(&join->header[i]);
	}
	lt_free(join->reader);
	lt_free(join->header);
	lt_free(join->begun);
	*join = (struct lt_join){0};
}
