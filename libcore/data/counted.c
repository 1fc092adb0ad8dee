#include "data/counted.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

struct lt_spooled {
	int file; /* index into the list */
	struct lt_twice twice;
};

/* ------------------------------------------------------------------- opening */

static const char *path_of(const struct lt_counted *counted, int i)
{
	return counted->files.name[i];
}

/* Files are opened by name each time; what can be read only once is copied. */
static int spool(struct lt_counted *counted, int i, struct lt_error *err)
{
	const char *const *path = (const char *const *)&counted->files.name[i];
	struct lt_spooled *grown, *one;
	struct stat st;
	int code;

	if (strcmp(path_of(counted, i), "-") != 0 &&
	    (stat(path_of(counted, i), &st) != 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return 0;
	grown = lt_grow_array(counted->spooled, (size_t)counted->n_spooled + 1, sizeof *grown);
	if (!grown)
		return lt_fail_memory(err);
	counted->spooled = grown;
	one = &grown[counted->n_spooled];
	one->file = i;
	code = lt_twice_open(&one->twice, path, 1, err);
	counted->n_spooled += code == 0;
	return code;
}

static int open_file(void *arg, struct lt_reader **out, int i, struct lt_error *err)
{
	struct lt_counted *counted = arg;

	for (int k = 0; k < counted->n_spooled; k++)
		if (counted->spooled[k].file == i)
			return lt_twice_reader(&counted->spooled[k].twice, out, err);
	return lt_reader_open_file(out, &counted->files, i, err);
}

static int list_files(struct lt_file_list *files, const char *const *paths, int n,
		      struct lt_error *err)
{
	int i, code = 0;

	for (i = 0; i < n && code == 0; i++)
		code = lt_file_list_find(files, paths[i], err);
	return code;
}

/* ------------------------------------------------------------------ counting */

static int add_segment(void *arg, const struct lt_totals *totals, struct lt_error *err)
{
	struct lt_counted *counted = arg;

	return lt_totals_append(&counted->segment, &counted->n_segments, totals, err);
}

static int changed(const struct lt_counted *counted, struct lt_error *err)
{
	const struct lt_join *join = counted->join;

	return lt_fail(err, LT_DATA, "%s: the file changed while it was read",
		       lt_join_name(join, join->at < join->n ? join->at : join->n - 1));
}

static int check_segment(void *arg, const struct lt_totals *totals, struct lt_error *err)
{
	struct lt_counted *counted = arg;
	const struct lt_totals *old = &counted->segment[counted->at];

	if (counted->at == counted->n_segments || old->rows != totals->rows ||
	    old->crcs != totals->crcs)
		return changed(counted, err);
	counted->at++;
	return 0;
}

static int join_files(struct lt_counted *counted, struct lt_join *join, lt_join_segment *done,
		      struct lt_error *err)
{
	struct lt_file_list files = {0};
	int code = list_files(&files, (const char *const *)counted->files.name,
			      counted->files.n, err);

	if (code) {
		lt_file_list_free(&files);
		return code;
	}
	code = lt_join_open_files(join, &files, open_file, counted, counted->max_body, err);
	join->done = done;
	join->arg = counted;
	return code;
}

int lt_counted_open(struct lt_counted *counted, const char *const *paths, int n,
		    uint64_t max_body, struct lt_error *err)
{
	struct lt_join join = {0};
	const struct lt_rows *rows;
	int i, code = list_files(&counted->files, paths, n, err);

	counted->max_body = max_body;
	for (i = 0; i < counted->files.n && code == 0; i++)
		code = spool(counted, i, err);
	if (code == 0)
		code = join_files(counted, &join, add_segment, err);
	if (code)
		return code;
	while ((code = lt_join_next(&join, &rows, err)) == 0 && rows)
		;
	counted->rows = join.rows;
	lt_join_close(&join);
	return code;
}

int lt_counted_join(struct lt_counted *counted, struct lt_join *join, struct lt_error *err)
{
	counted->at = 0;
	counted->join = join;
	return join_files(counted, join, check_segment, err);
}

int lt_counted_end(const struct lt_counted *counted, struct lt_error *err)
{
	return counted->at == counted->n_segments ? 0 : changed(counted, err);
}

/* ------------------------------------------------------------------- outputs */

static bool file_of(const char *path, struct stat *st)
{
	return (strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, st) : stat(path, st)) == 0 &&
	       S_ISREG(st->st_mode);
}

int lt_counted_refuse(const struct lt_counted *counted, const struct lt_file_list *outputs,
		      struct lt_error *err)
{
	size_t n = (size_t)counted->files.n;
	struct stat *input = lt_new_array(n, sizeof *input), st;
	int i, k, code = input ? 0 : lt_fail_memory(err);

	for (i = 0; i < counted->files.n && code == 0; i++)
		if (!file_of(path_of(counted, i), &input[i]))
			input[i] = (struct stat){0};
	for (k = 0; k < outputs->n && code == 0; k++) {
		if (!file_of(outputs->name[k], &st))
			continue;
		for (i = 0; i < counted->files.n && code == 0; i++)
			if (input[i].st_ino == st.st_ino && input[i].st_dev == st.st_dev)
				code = lt_fail(err, LT_USAGE,
					       "-o %s: the same file as an operand",
					       outputs->name[k]);
	}
	lt_free(input);
	return code;
}

void lt_counted_free(struct lt_counted *counted)
{
	for (int k = 0; k < counted->n_spooled; k++)
		lt_twice_close(&counted->spooled[k].twice);
	lt_free(counted->spooled);
	lt_free(counted->segment);
	lt_file_list_free(&counted->files);
	*counted = (struct lt_counted){0};
}
