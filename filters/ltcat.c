/*
 * ltcat: look into, check, count, join, slice and convert tensor streams.
 *
 * One operand and no options: a copy, frame by frame, of what was found whole.
 * Everything that changes rows goes through a join (one table of all operands)
 * and a writer.
 */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "cli/cli.h"
#include "stream/join.h"
#include "stream/look.h"
#include "stream/show.h"

struct options {
	struct lt_flag_value head;
	struct lt_int_value rows;
	struct lt_flag_value check, count, how, json;
	struct lt_text_value take;
	struct lt_flag_value raw, join;
	struct lt_text_value slice, drop, split;
	struct lt_flag_value salvage;
	struct lt_int_value max_frame;
};

static const struct lt_opt opts[] = {
	LT_FLAG(struct options, head, "head", 0, "print the header and the first rows"),
	LT_INT(struct options, rows, "rows", "N", "10", 0, 0, 0, "how many rows --head prints",
	       .letter = 'n'),
	LT_FLAG(struct options, check, "check", 0,
		"verify, write nothing; a line a file with -v"),
	LT_FLAG(struct options, count, "count", 0, "print the rows, and those of each class"),
	LT_FLAG(struct options, how, "how", 0, "print the commands that made the stream"),
	LT_FLAG(struct options, json, "json", 0,
		"print everything but big cells as JSON lines"),
	LT_TEXT(struct options, take, "take", "COLUMN[,...]", NULL, 0,
		"print these columns, a line a row"),
	LT_FLAG(struct options, raw, "raw", 0, "with --take: the bytes, nothing between"),
	LT_FLAG(struct options, join, "join", 0, "all segments of rows as one"),
	LT_TEXT(struct options, slice, "slice", "A:B", NULL, LT_OPT_RESULT,
		"rows A to B-1 alone; A or B may be left out"),
	LT_TEXT(struct options, drop, "drop", "COLUMN[,...]", NULL, LT_OPT_RESULT,
		"leave these columns out"),
	LT_TEXT(struct options, split, "split", "NAME", NULL, LT_OPT_RESULT,
		"name the split: train, test, ..."),
	LT_FLAG(struct options, salvage, "salvage", LT_OPT_RESULT,
		"of a damaged stream, the whole rows before the damage"),
	LT_INT(struct options, max_frame, "max-frame", "BYTES", "268435456", 1, UINT32_MAX, 0,
	       "largest body of a frame"),
	{.name = NULL},
};

/* What is to be done with the input; at most one may be asked for. */
static const char *const modes[] = {"head", "check", "count", "how", "json", "take", "salvage"};
enum { MODES = sizeof modes / sizeof modes[0] };

#define MANY_INPUTS 16

struct work {
	struct lt_cli *cli;
	const struct options *options;
	const char **paths; /* n operands; NULL is stdin */
	int n;
	uint64_t max_body, first, end; /* of --slice: rows first … end - 1 */
	struct lt_output *output;
	struct lt_join join;
	struct lt_header header; /* of the output */
	struct lt_writer *writer;
	int columns[LT_MAX_COLUMNS], n_columns; /* those kept, or taken */
};

/* ------------------------------------------------------------------ options */

static int check_modes(const struct work *work, struct lt_error *err)
{
	static const char *const changes[] = {"join", "slice", "drop", "split"};
	const char *mode = NULL;
	size_t i;

	for (i = 0; i < MODES; i++) {
		if (!lt_opt_given(work->cli, modes[i]))
			continue;
		if (mode)
			return lt_fail(err, LT_USAGE, "--%s and --%s exclude each other", mode,
				       modes[i]);
		mode = modes[i];
	}
	for (i = 0; mode && i < sizeof changes / sizeof changes[0]; i++)
		if (lt_opt_given(work->cli, changes[i]) &&
		    !(strcmp(mode, "take") == 0 && strcmp(changes[i], "slice") == 0))
			return lt_fail(err, LT_USAGE, "--%s and --%s exclude each other", mode,
				       changes[i]);
	if (work->options->raw.given && !work->options->take.given)
		return lt_fail(err, LT_USAGE, "--raw is for --take alone");
	if (work->options->rows.given && !work->options->head.given)
		return lt_fail(err, LT_USAGE, "--rows is for --head alone");
	return 0;
}

/* "A:B", "A:" or ":B". */
static int read_slice(struct work *work, struct lt_error *err)
{
	const char *text = work->options->slice.value, *colon;
	char first[32] = "0";

	work->end = UINT64_MAX;
	if (!text)
		return 0;
	colon = strchr(text, ':');
	if (colon && (size_t)(colon - text) < sizeof first) {
		if (colon > text) {
			memcpy(first, text, (size_t)(colon - text));
			first[colon - text] = '\0';
		}
		if (lt_parse_u64(first, 0, UINT64_MAX, &work->first) &&
		    (!colon[1] || lt_parse_u64(colon + 1, 0, UINT64_MAX, &work->end)) &&
		    work->first <= work->end)
			return 0;
	}
	return lt_fail(err, LT_USAGE, "--slice: \"%s\" is not A:B with A up to B", text);
}

/* Marks the columns of a comma-separated list; every name must be there. */
static int find_columns(const struct lt_header *header, const char *input, const char *list,
			int *found, int *n, struct lt_error *err)
{
	char name[LT_MAX_NAME + 1];
	size_t length;

	for (*n = 0;; list += length + 1) {
		length = strcspn(list, ",");
		if (length > LT_MAX_NAME || *n == LT_MAX_COLUMNS)
			return lt_fail(err, LT_USAGE, "too long a list of columns");
		memcpy(name, list, length);
		name[length] = '\0';
		found[*n] = lt_header_find(header, name);
		if (found[(*n)++] < 0)
			return lt_fail(err, LT_DATA, "%s: no column %s", input, name);
		if (!list[length])
			return 0;
	}
}

/* ------------------------------------------------------------- looking only */

static int look_at_all(struct work *work, enum lt_look_for what, struct lt_error *err)
{
	struct lt_look look = {
		.what = what, .max_body = work->max_body, .limit = work->options->rows.value};
	uint64_t rows, segments;
	int i, code = what == LT_LOOK_CHECK ? 0 : lt_cli_output(work->cli, &look.output, err);

	for (i = 0; i < work->n && code == 0; i++) {
		rows = look.rows;
		segments = look.segments;
		code = lt_look(&look, work->paths[i], err);
		if (code == 0 && what == LT_LOOK_CHECK)
			lt_verbose(work->cli, "%s: whole: segments %llu, rows %llu",
				   work->paths[i] ? work->paths[i] : "<stdin>",
				   (unsigned long long)(look.segments - segments),
				   (unsigned long long)(look.rows - rows));
	}
	if (code == 0 && what == LT_LOOK_COUNT)
		code = lt_look_counts(&look, err);
	if (code == 0 && look.stopped)
		lt_notice(work->cli,
			  "what follows was not checked; --check reads a stream to its end");
	lt_look_free(&look);
	return code;
}

/* ------------------------------------------------------------ rows, joined */

/* What is done with a row of the join. */
typedef int on_row(struct work *work, const struct lt_rows *rows, uint32_t i,
		   struct lt_error *err);

static int each_row(struct work *work, on_row *act, struct lt_error *err)
{
	const struct lt_rows *rows = NULL;
	uint64_t number;
	uint32_t i;
	int code;

	/* Rows behind the slice are read all the same: their damage is news. */
	while ((code = lt_join_next(&work->join, &rows, err)) == 0 && rows) {
		for (i = 0; i < rows->n && code == 0; i++) {
			number = work->join.rows + i;
			if (number >= work->first && number < work->end)
				code = act(work, rows, i, err);
		}
		if (code)
			return code;
	}
	return code;
}

static int take_row(struct work *work, const struct lt_rows *rows, uint32_t i,
		    struct lt_error *err)
{
	return (work->options->raw.given ? lt_show_raw : lt_show_cells)(
		work->output, &work->join.header[0], rows, i, work->columns, work->n_columns,
		err);
}

static int take(struct work *work, struct lt_error *err)
{
	int code = lt_cli_output(work->cli, &work->output, err);

	if (code == 0)
		code = lt_join_open(&work->join, work->paths, work->n, work->max_body, err);
	if (code)
		return code;
	code = find_columns(&work->join.header[0], lt_reader_name(work->join.reader[0]),
			    work->options->take.value, work->columns, &work->n_columns, err);
	return code ? code : each_row(work, take_row, err);
}

static int write_row(struct work *work, const struct lt_rows *rows, uint32_t i,
		     struct lt_error *err)
{
	const struct lt_header *from = &work->join.header[0];
	const void *cell[LT_MAX_COLUMNS];
	uint64_t bytes[LT_MAX_COLUMNS];
	int k;

	for (k = 0; k < work->n_columns; k++)
		cell[k] = lt_rows_cell(rows, from, work->columns[k], i, &bytes[k]);
	return lt_writer_row(work->writer, cell, bytes, err);
}

/* Of many inputs, shards say, those of one origin are listed once: an entry has 4 KiB. */
static bool is_listed(const struct lt_prov_in *in, int n, int entry)
{
	for (n = n < MANY_INPUTS ? 0 : n; n-- > 0;)
		if (in[n].entry == entry)
			return true;
	return false;
}

static int add_provenance(struct work *work, struct lt_error *err)
{
	struct lt_prov_in *in = lt_new_array((size_t)work->n, sizeof *in);
	int i, n = 0, last, code = in ? 0 : lt_fail_memory(err);

	for (i = 0; i < work->n && code == 0; i++) {
		code = lt_prov_merge(&work->header, &work->join.header[i], &last, err);
		if (code == 0 && last >= 0 && !is_listed(in, n, last))
			in[n++] = (struct lt_prov_in){.role = "data", .entry = last};
	}
	if (code == 0)
		code = lt_cli_provenance(work->cli, &work->header, "stdout", in, n, err);
	lt_free(in);
	return code;
}

/* The output's header: the first input's, without what no longer holds. */
static int make_header(struct work *work, struct lt_error *err)
{
	const struct lt_header *from = &work->join.header[0];
	const char *drop = work->options->drop.value, *split;
	int dropped[LT_MAX_COLUMNS], n = 0, c, k,
				     code = lt_header_copy(&work->header, from, err);

	if (code == 0 && drop)
		code = find_columns(from, lt_reader_name(work->join.reader[0]), drop, dropped,
				    &n, err);
	if (code)
		return code;
	for (c = 0; c < from->n_cols; c++) {
		for (k = 0; k < n && dropped[k] != c; k++)
			;
		if (k == n)
			work->columns[work->n_columns++] = c;
		else
			lt_header_drop_column(&work->header, from->cols[c].name);
	}
	if (work->n_columns == 0)
		return lt_fail(err, LT_USAGE, "--drop: no column is left");
	work->header.class_counts = NULL; /* not known before the last row */
	work->header.n_prov = 0;
	split = work->options->split.value;
	if (split && !(work->header.split = lt_arena_text(&work->header.arena, split)))
		return lt_fail_memory(err);
	return add_provenance(work, err);
}

static int record_input(void *arg, const struct lt_totals *totals, struct lt_error *err)
{
	struct work *work = arg;

	return lt_writer_input(work->writer, totals, err);
}

/* Damage ends a salvage; anything else that fails, fails it. */
static int end_salvage(struct work *work, int code, const struct lt_error *why)
{
	if (code != LT_DATA)
		return code;
	lt_notice(work->cli, "%s; %llu rows before that were saved", why->text,
		  (unsigned long long)(work->join.rows + work->join.given));
	return 0;
}

static int rewrite(struct work *work, struct lt_error *err)
{
	int code = lt_join_open(&work->join, work->paths, work->n, work->max_body, err);

	if (code == 0)
		code = make_header(work, err);
	if (code == 0)
		code = lt_cli_output(work->cli, &work->output, err);
	if (code == 0)
		code = lt_cli_begin(work->cli, &work->writer, work->output, &work->header, err);
	if (code)
		return code;
	lt_writer_set_max_body(work->writer, work->max_body);
	work->join.done = record_input;
	work->join.arg = work;
	code = each_row(work, write_row, err);
	if (code && work->options->salvage.given)
		code = end_salvage(work, code, err);
	return code ? code : lt_cli_done(work->cli, work->writer, NULL, err);
}

/* -------------------------------------------------------------------- a copy */

static int copy(struct work *work, struct lt_error *err)
{
	enum lt_event event = LT_EV_HEADER;
	struct lt_reader *reader;
	int code = lt_reader_open(&reader, work->paths[0], err);

	if (code)
		return code;
	lt_reader_set_max_body(reader, work->max_body);
	code = lt_cli_output(work->cli, &work->output, err);
	if (code == 0 && lt_output_is_terminal(work->output))
		code = lt_fail(err, LT_USAGE,
			       "a stream is not for a terminal; use a pipe, -o FILE or --head");
	if (code == 0) {
		lt_reader_copy_to(reader, work->output);
		while (code == 0 && event != LT_EV_END)
			code = lt_reader_next(reader, &event, err);
		if (code)
			lt_reader_fail_copy(reader, "ltcat", err);
	}
	lt_reader_close(reader);
	return code;
}

/* ---------------------------------------------------------------------- main */

/* A reader of our output that never came to be is told why. */
static int tell_reader(struct work *work, int code, const struct lt_error *why)
{
	struct lt_output *output;

	if (code && code != LT_USAGE && !work->output &&
	    lt_cli_output(work->cli, &output, NULL) == 0 && !lt_output_is_terminal(output))
		lt_output_fail(output, "ltcat", why);
	return code;
}

static int dispatch(struct work *work, struct lt_error *err)
{
	static const struct {
		const char *name;
		enum lt_look_for what;
	} looks[] = {{"head", LT_LOOK_HEAD},
		     {"check", LT_LOOK_CHECK},
		     {"count", LT_LOOK_COUNT},
		     {"how", LT_LOOK_HOW},
		     {"json", LT_LOOK_JSON}};
	static const char *const changes[] = {"join", "slice", "drop", "split", "salvage"};
	size_t i;

	for (i = 0; i < sizeof looks / sizeof looks[0]; i++)
		if (lt_opt_given(work->cli, looks[i].name))
			return look_at_all(work, looks[i].what, err);
	if (work->options->take.given)
		return take(work, err);
	for (i = 0; i < sizeof changes / sizeof changes[0]; i++)
		if (lt_opt_given(work->cli, changes[i]))
			return tell_reader(work, rewrite(work, err), err);
	return tell_reader(work, work->n > 1 ? rewrite(work, err) : copy(work, err), err);
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work work = {.cli = cli, .options = options};
	int i, code;

	work.max_body = work.options->max_frame.value;
	work.n = lt_cli_operands(cli) > 0 ? lt_cli_operands(cli) : 1;
	work.paths = lt_new_array((size_t)work.n, sizeof *work.paths);
	if (!work.paths)
		return lt_fail_memory(err);
	for (i = 0; i < work.n; i++)
		work.paths[i] = lt_cli_operand(cli, i);
	lt_header_init(&work.header, LT_ROWS);
	code = check_modes(&work, err);
	if (code == 0)
		code = read_slice(&work, err);
	if (code == 0)
		code = dispatch(&work, err);
	lt_join_close(&work.join);
	lt_header_free(&work.header);
	lt_free(work.paths);
	return code;
}

static const struct lt_program program = {
	.name = "ltcat",
	.synopsis = "[options] [file ...]",
	.summary = "look into, check, count, join, slice and convert tensor streams",
	.opts = opts,
	.examples = {"lt cat --head lt100.lts",
		     "lt cat --slice 0:1000 lt100.lts | lt cat --count"},
	.max_operands = -1,
	.text = true,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
