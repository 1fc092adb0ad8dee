/* Many segments, one table. */
#include "stream/join.h"

#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/number.h"

const char *lt_join_name(const struct lt_join *join, int i)
{
	return strcmp(join->files.name[i], "-") == 0 ? "<stdin>" : join->files.name[i];
}

const struct lt_header *lt_join_header(const struct lt_join *join, int i)
{
	return &join->header[join->header_of[i]];
}

/* Can the header just read be joined with the first? */
static int check_header(const struct lt_join *join, int i, struct lt_error *err)
{
	const struct lt_reader *reader = join->reader[i];
	const struct lt_header *header = lt_reader_header(reader);

	if (header->kind == LT_MODEL)
		return lt_fail(err, LT_DATA, "%s:%llu: a model, rows are wanted",
			       lt_reader_name(reader),
			       (unsigned long long)lt_reader_offset(reader));
	if (join->n_headers == 0)
		return 0;
	return lt_header_same_table(&join->header[0], lt_join_name(join, 0), header,
				    lt_reader_name(reader), err);
}

/* The shards of one stream share one copy of their header. */
static int keep_header(struct lt_join *join, int i, struct lt_error *err)
{
	const struct lt_header *header = lt_reader_header(join->reader[i]);
	struct lt_header *grown;
	int code;

	if (i > 0 && lt_prov_same(header, lt_join_header(join, i - 1))) {
		join->header_of[i] = join->header_of[i - 1];
		return 0;
	}
	grown = lt_grow_array(join->header, (size_t)join->n_headers + 1, sizeof *grown);
	if (!grown)
		return lt_fail_memory(err);
	join->header = grown;
	join->header_of[i] = join->n_headers;
	code = lt_header_copy(&grown[join->n_headers], header, err);
	join->n_headers += code == 0;
	return code;
}

static int open_reader(struct lt_join *join, int i, struct lt_error *err)
{
	int code = join->opener ? join->opener(join->opener_arg, &join->reader[i], i, err)
				: lt_reader_open_file(&join->reader[i], &join->files, i, err);

	if (code == 0)
		lt_reader_set_max_body(join->reader[i], join->max_body);
	return code;
}

static void close_reader(struct lt_join *join, int i)
{
	lt_reader_close(join->reader[i]);
	join->reader[i] = NULL;
}

/*
 * Would opening it again give the same bytes?  A name in /dev or /proc may be a descriptor,
 * which on some systems is at the same offset under all its names.
 */
static bool reopens(const struct lt_join *join, int i)
{
	const char *name = join->files.name[i];
	struct stat st;

	return join->opener ||
	       (strcmp(name, "-") != 0 && strncmp(name, "/dev/", 5) != 0 &&
		strncmp(name, "/proc/", 6) != 0 && stat(name, &st) == 0 && S_ISREG(st.st_mode));
}

static int look_at(struct lt_join *join, int i, struct lt_error *err)
{
	enum lt_event event;
	int code = open_reader(join, i, err);

	if (code)
		return code;
	code = lt_reader_next(join->reader[i], &event, err);
	if (code == 0)
		code = check_header(join, i, err);
	if (code == 0)
		code = keep_header(join, i, err);
	if (i > 0 && reopens(join, i))
		close_reader(join, i);
	return code;
}

int lt_join_open_files(struct lt_join *join, struct lt_file_list *files, lt_join_opener *opener,
		       void *arg, uint64_t max_body, struct lt_error *err)
{
	size_t n = (size_t)files->n;
	int i, code = 0;

	*join = (struct lt_join){
		.files = *files, .max_body = max_body, .opener = opener, .opener_arg = arg};
	*files = (struct lt_file_list){0};
	join->reader = lt_new_array(n, sizeof(struct lt_reader *));
	join->header_of = lt_new_array(n, sizeof *join->header_of);
	if (!join->reader || !join->header_of)
		code = lt_fail_memory(err);
	else
		join->n = (int)n;
	for (i = 0; i < join->n && code == 0; i++)
		code = look_at(join, i, err);
	if (code)
		lt_join_close(join);
	return code;
}

int lt_join_open(struct lt_join *join, const char *const *paths, int n, uint64_t max_body,
		 struct lt_error *err)
{
	struct lt_file_list files = {0};
	int i, code = 0;

	*join = (struct lt_join){0};
	for (i = 0; i < n && code == 0; i++)
		code = lt_file_list_find(&files, paths[i], err);
	if (code) {
		lt_file_list_free(&files);
		return code;
	}
	return lt_join_open_files(join, &files, NULL, NULL, max_body, err);
}

/* One event; *rows is set when it was rows. */
static int step(struct lt_join *join, const struct lt_rows **rows, struct lt_error *err)
{
	struct lt_reader *reader;
	enum lt_event event;
	int code = join->reader[join->at] ? 0 : open_reader(join, join->at, err);

	if (code)
		return code;
	reader = join->reader[join->at];
	code = lt_reader_next(reader, &event, err);
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
		close_reader(join, join->at++);
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

int lt_shard_parse(struct lt_shard *shard, const char *text, struct lt_error *err)
{
	const char *slash = strchr(text, '/');
	char first[16];

	if (slash && (size_t)(slash - text) < sizeof first) {
		memcpy(first, text, (size_t)(slash - text));
		first[slash - text] = '\0';
		if (lt_parse_u64(slash + 1, 1, LT_MAX_SHARDS, &shard->n) &&
		    lt_parse_u64(first, 0, shard->n - 1, &shard->k))
			return 0;
	}
	return lt_fail(err, LT_USAGE,
		       "--shard: \"%s\" is not K/N with K from 0 to N-1 and N up to %d", text,
		       LT_MAX_SHARDS);
}

/* floor(k rows / n), without overflow: k and n are small. */
static uint64_t boundary(uint64_t k, uint64_t n, uint64_t rows)
{
	return rows / n * k + rows % n * k / n;
}

struct lt_slice lt_shard_slice(struct lt_shard shard, uint64_t rows)
{
	return (struct lt_slice){boundary(shard.k, shard.n, rows),
				 boundary(shard.k + 1, shard.n, rows)};
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

	for (i = 0; i < join->n; i++)
		lt_reader_close(join->reader[i]);
	for (i = 0; i < join->n_headers; i++)
		lt_header_free(&join->header[i]);
	lt_free(join->reader);
	lt_free(join->header);
	lt_free(join->header_of);
	lt_file_list_free(&join->files);
	*join = (struct lt_join){0};
}
