/*
 * ltcat: look into, check, count, join, slice and convert tensor streams.
 *
 * With one operand and no options it copies the stream frame by frame and verifies each
 * frame before it is copied.  Everything that changes rows goes through a join (one table
 * of all operands) and a writer.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "data/counted.h"
#include "format/npz.h"
#include "stream/join.h"
#include "stream/look.h"
#include "stream/only.h"
#include "stream/show.h"
#include "weights/safetensors_writer.h"

struct options {
	struct lt_flag_value head;
	struct lt_int_value rows;
	struct lt_flag_value check, count, how, json, npz, safetensors;
	struct lt_text_value take;
	struct lt_flag_value raw, join;
	struct lt_text_value slice, only, drop, split, shard;
	struct lt_int_value shards;
	struct lt_flag_value salvage;
	struct lt_int_value max_frame;
};

static const struct lt_opt opts[] = {
	LT_FLAG(struct options, head, "head", 0, "print the header and the first rows"),
	LT_INT(struct options, rows, "rows", "N", "10", 0, 0, 0, "number of rows for --head",
	       .letter = 'n'),
	LT_FLAG(struct options, check, "check", 0,
		"verify and write nothing; with -v a line per file"),
	LT_FLAG(struct options, count, "count", 0, "count the rows, in total and by class"),
	LT_FLAG(struct options, how, "how", 0, "print the commands that made the stream"),
	LT_FLAG(struct options, json, "json", 0, "print all but large cells as JSON lines"),
	LT_FLAG(struct options, npz, "npz", 0, "write the columns as an .npz file for numpy"),
	LT_FLAG(struct options, safetensors, "safetensors", 0,
		"write a model as a safetensors file for PyTorch"),
	LT_TEXT(struct options, take, "take", "COLUMN[,...]", NULL, 0,
		"print these columns, one line per row"),
	LT_FLAG(struct options, raw, "raw", 0, "with --take: write bytes without separators"),
	LT_FLAG(struct options, join, "join", 0, "join all segments of rows"),
	LT_TEXT(struct options, slice, "slice", "A:B", NULL, LT_OPT_RESULT,
		"only rows A to B-1; A or B may be omitted"),
	LT_TEXT(struct options, only, "only", "CLASS[,...]", NULL, LT_OPT_RESULT,
		"only rows of these classes, which become the class list"),
	LT_TEXT(struct options, drop, "drop", "COLUMN[,...]", NULL, LT_OPT_RESULT,
		"leave these columns out"),
	LT_TEXT(struct options, split, "split", "NAME", NULL, LT_OPT_RESULT,
		"set the split in the header: train, test, ..."),
	LT_TEXT(struct options, shard, "shard", "K/N", NULL, 0,
		"only the K-th of N runs of rows, counted from 0"),
	LT_INT(struct options, shards, "shards", "N", NULL, 1, LT_MAX_SHARDS, 0,
	       "write all N runs, to -o 'x-{000..127}.lts'"),
	LT_FLAG(struct options, salvage, "salvage", LT_OPT_RESULT,
		"write the rows before the damage in a damaged stream"),
	LT_INT(struct options, max_frame, "max-frame", "BYTES", "268435456", 1, UINT32_MAX, 0,
	       "largest body of a frame"),
	{.name = NULL},
};

/* What to do with the input; at most one of them may be given. */
static const char *const modes[] = {"head", "check",	   "count", "how",    "json",
				    "npz",  "safetensors", "take",  "salvage"};
enum { MODES = sizeof modes / sizeof modes[0] };

struct work {
	struct lt_cli *cli;
	const struct options *options;
	const char **paths; /* n operands; NULL is stdin */
	int n;
	uint64_t max_body;
	struct lt_slice slice;
	struct lt_shard shard;	   /* being written; n 0: none */
	struct lt_counted counted; /* for shards */
	struct lt_file_list files; /* --shards: the outputs */
	struct lt_only only;	   /* of the classes of the first input */
	struct lt_output *output;
	struct lt_join join;
	struct lt_header header; /* of the output */
	struct lt_writer *writer;
	struct lt_npz *npz;			/* takes the rows instead of the writer */
	int columns[LT_MAX_COLUMNS], n_columns; /* kept, or printed by --take */
};

/* ------------------------------------------------------------------ options */

/* Can a mode that writes rows in another form be combined with an option that changes rows? */
static bool goes_with(const char *mode, const char *change)
{
	if (strcmp(change, "slice") == 0 || strcmp(change, "shard") == 0)
		return strcmp(mode, "take") == 0 || strcmp(mode, "npz") == 0;
	return strcmp(mode, "npz") == 0 && strcmp(change, "split") != 0 &&
	       strcmp(change, "shards") != 0;
}

static int check_modes(const struct work *work, struct lt_error *err)
{
	static const char *const changes[] = {"join",  "slice", "only",	 "drop",
					      "split", "shard", "shards"};
	static const char *const runs[] = {"slice", "shard", "shards"};
	const char *mode = NULL, *run = NULL;
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
		if (lt_opt_given(work->cli, changes[i]) && !goes_with(mode, changes[i]))
			return lt_fail(err, LT_USAGE, "--%s and --%s exclude each other", mode,
				       changes[i]);
	for (i = 0; i < sizeof runs / sizeof runs[0]; i++) {
		if (!lt_opt_given(work->cli, runs[i]))
			continue;
		if (run)
			return lt_fail(err, LT_USAGE, "--%s and --%s exclude each other", run,
				       runs[i]);
		run = runs[i];
	}
	if (work->options->raw.given && !work->options->take.given)
		return lt_fail(err, LT_USAGE, "--raw is for --take alone");
	if (work->options->rows.given && !work->options->head.given)
		return lt_fail(err, LT_USAGE, "--rows is for --head alone");
	return 0;
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

/* Opens all inputs.  The rows of a shard depend on how many there are. */
static int open_join(struct work *work, struct lt_error *err)
{
	int code;

	if (work->shard.n == 0)
		return lt_join_open(&work->join, work->paths, work->n, work->max_body, err);
	code = lt_counted_open(&work->counted, work->paths, work->n, work->max_body, err);
	if (code)
		return code;
	work->slice = lt_shard_slice(work->shard, work->counted.rows);
	return lt_counted_join(&work->counted, &work->join, err);
}

static int each_row(struct work *work, lt_join_row *act, struct lt_error *err)
{
	int code = lt_join_each(&work->join, &work->slice, act, work, err);

	return code || work->shard.n == 0 ? code : lt_counted_end(&work->counted, err);
}

static int take_row(void *arg, const struct lt_rows *rows, uint32_t i, struct lt_error *err)
{
	struct work *work = arg;

	return (work->options->raw.given ? lt_show_raw : lt_show_cells)(
		work->output, &work->join.header[0], rows, i, work->columns, work->n_columns,
		err);
}

static int take(struct work *work, struct lt_error *err)
{
	int code = lt_cli_output(work->cli, &work->output, err);

	if (code == 0)
		code = open_join(work, err);
	if (code)
		return code;
	code = lt_header_columns(&work->join.header[0], lt_join_name(&work->join, 0),
				 work->options->take.value, work->columns, &work->n_columns,
				 err);
	return code ? code : each_row(work, take_row, err);
}

static int write_row(void *arg, const struct lt_rows *rows, uint32_t i, struct lt_error *err)
{
	struct work *work = arg;
	const struct lt_header *from = &work->join.header[0];
	const void *cell[LT_MAX_COLUMNS];
	uint64_t bytes[LT_MAX_COLUMNS];
	bool some = work->options->only.given;
	int k;

	if (some && !lt_only_takes(&work->only, rows, from, i))
		return 0;
	for (k = 0; k < work->n_columns; k++) {
		cell[k] = lt_rows_cell(rows, from, work->columns[k], i, &bytes[k]);
		if (some)
			cell[k] = lt_only_cell(&work->only, work->columns[k], cell[k]);
	}
	return work->npz ? lt_npz_row(work->npz, cell, bytes, err)
			 : lt_writer_row(work->writer, cell, bytes, err);
}

static int add_provenance(struct work *work, struct lt_error *err)
{
	struct lt_prov_in in[LT_MAX_PROV];
	char shards[24];
	int i, n = 0, last, code = 0;

	for (i = 0; i < work->join.n && code == 0; i++) {
		code = lt_prov_merge(&work->header, lt_join_header(&work->join, i), &last, err);
		if (code == 0)
			code = lt_prov_list(&work->header, in, &n, "data", last, err);
	}
	/* All shards have one header, so that together they have one origin. */
	if (code == 0 && work->shard.n > 0) {
		snprintf(shards, sizeof shards, "%llu", (unsigned long long)work->shard.n);
		if (lt_cli_provenance_note(work->cli, "shards", shards) != 0)
			code = lt_fail_memory(err);
	}
	return code ? code : lt_cli_provenance(work->cli, &work->header, "stdout", in, n, err);
}

static int choose_classes(struct work *work, struct lt_error *err)
{
	int code = lt_only_parse(&work->only, work->options->only.value, &work->join.header[0],
				 lt_join_name(&work->join, 0), err);

	return code ? code
		    : lt_header_set_classes(&work->header, work->only.name, work->only.n, err);
}

/* The output's header: the first input's, without what is no longer true. */
static int make_header(struct work *work, struct lt_error *err)
{
	const struct lt_header *from = &work->join.header[0];
	const char *drop = work->options->drop.value, *split;
	int dropped[LT_MAX_COLUMNS], n = 0, c, k,
				     code = lt_header_copy(&work->header, from, err);

	if (code == 0 && drop)
		code = lt_header_columns(from, lt_join_name(&work->join, 0), drop, dropped, &n,
					 err);
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
	if (work->options->only.given)
		code = choose_classes(work, err);
	if (code)
		return code;
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

/* Damage ends a salvage with success; any other error is passed on. */
static int end_salvage(struct work *work, int code, const struct lt_error *why)
{
	if (code != LT_DATA)
		return code;
	lt_notice(work->cli, "%s; %llu rows before that were saved", why->text,
		  (unsigned long long)(work->join.rows + work->join.given));
	return 0;
}

/* A note says which shard it is. */
static int begin_shard(struct work *work, struct lt_error *err)
{
	const struct lt_note_item item[] = {
		{.key = "shard", .type = LT_NOTE_INT, .integer = (int64_t)work->shard.k},
		{.key = "shards", .type = LT_NOTE_INT, .integer = (int64_t)work->shard.n}};

	return lt_writer_note(work->writer, item, 2, err);
}

/* DONE of a shard names all inputs, since its rows depend on all. */
static int end_shard(struct work *work, struct lt_error *err)
{
	int code = 0;

	for (int i = 0; i < work->counted.n_segments && code == 0; i++)
		code = lt_writer_input(work->writer, &work->counted.segment[i], err);
	return code;
}

static int rewrite(struct work *work, struct lt_error *err)
{
	bool shard = work->shard.n > 0;
	int code = open_join(work, err);

	if (code == 0)
		code = make_header(work, err);
	if (code == 0)
		code = lt_cli_output(work->cli, &work->output, err);
	if (code == 0)
		code = lt_cli_begin(work->cli, &work->writer, work->output, &work->header, err);
	if (code)
		return code;
	lt_writer_set_max_body(work->writer, work->max_body);
	if (!shard) {
		work->join.done = record_input;
		work->join.arg = work;
	}
	code = shard ? begin_shard(work, err) : 0;
	if (code == 0)
		code = each_row(work, write_row, err);
	if (code && work->options->salvage.given)
		code = end_salvage(work, code, err);
	if (code == 0 && shard)
		code = end_shard(work, err);
	return code ? code : lt_cli_done(work->cli, work->writer, NULL, err);
}

/* ------------------------------------------------------------------ all shards */

static int open_shard(struct work *work, struct lt_error *err)
{
	int code = lt_output_open(&work->output, work->files.name[work->shard.k], err);

	if (code == 0)
		code = lt_writer_begin(&work->writer, work->output, &work->header, err);
	if (code)
		return code;
	lt_writer_set_max_body(work->writer, work->max_body);
	return begin_shard(work, err);
}

/* Completes the file of the current shard, and makes the next one current. */
static int close_shard(struct work *work, struct lt_error *err)
{
	struct lt_output *output = work->output;
	int code = end_shard(work, err);

	if (code == 0)
		code = lt_writer_done(work->writer, NULL, err);
	if (code)
		return code;
	work->writer = NULL;
	work->output = NULL; /* finishing frees it, also when it fails */
	code = lt_output_finish(output, err);
	work->shard.k++;
	return code;
}

/* Goes on to the shard of a row; past the last row: completes all. */
static int go_to(struct work *work, uint64_t row, struct lt_error *err)
{
	int code = 0;

	while (code == 0 && work->shard.k < work->shard.n &&
	       row >= lt_shard_slice(work->shard, work->counted.rows).end) {
		code = work->writer ? 0 : open_shard(work, err);
		if (code == 0)
			code = close_shard(work, err);
	}
	return code == 0 && work->shard.k < work->shard.n && !work->writer
		       ? open_shard(work, err)
		       : code;
}

static int write_sharded(void *arg, const struct lt_rows *rows, uint32_t i,
			 struct lt_error *err)
{
	struct work *work = arg;
	int code = go_to(work, work->join.rows + i, err);

	if (code == 0 && !work->writer)
		code = lt_fail(err, LT_DATA, "%s: the file changed while it was read",
			       lt_join_name(&work->join, work->join.at));
	return code ? code : write_row(work, rows, i, err);
}

/* The names of all outputs: as many as shards, and no input among them. */
static int name_shards(struct work *work, struct lt_error *err)
{
	const char *path = NULL;
	int code;

	lt_cli_file(work->cli, LT_FILE_MAIN, 0, &path);
	if (!path)
		return lt_fail(err, LT_USAGE, "--shards needs --output 'x-{000..127}.lts'");
	code = lt_file_list_outputs(&work->files, path, err);
	if (code == 0 && (uint64_t)work->files.n != work->shard.n)
		code = lt_fail(err, LT_USAGE, "--shards %llu, but %s names %d files",
			       (unsigned long long)work->shard.n, path, work->files.n);
	return code;
}

static int write_shards(struct work *work, struct lt_error *err)
{
	int code = name_shards(work, err);

	if (code == 0)
		code = open_join(work, err);
	if (code == 0)
		code = lt_counted_refuse(&work->counted, &work->files, err);
	if (code == 0)
		code = make_header(work, err);
	work->slice = (struct lt_slice){0, UINT64_MAX};
	if (code == 0)
		code = each_row(work, write_sharded, err);
	if (code == 0)
		code = go_to(work, UINT64_MAX, err);
	if (code) {
		lt_writer_fail(work->writer, "ltcat", err);
		lt_output_abort(work->output);
	}
	return code;
}

static int write_npz(struct work *work, struct lt_error *err)
{
	int code = lt_cli_output(work->cli, &work->output, err);

	if (code == 0 && lt_output_is_terminal(work->output))
		code = lt_fail(err, LT_USAGE,
			       "an .npz file is not for a terminal; use a pipe or -o FILE");
	if (code == 0)
		code = open_join(work, err);
	if (code == 0)
		code = make_header(work, err);
	if (code == 0)
		code = lt_npz_new(&work->npz, &work->header, err);
	if (code == 0)
		code = each_row(work, write_row, err);
	if (code == 0)
		code = lt_npz_write(work->npz, work->output, err);
	lt_npz_free(work->npz);
	return code;
}

/* ------------------------------------------------------------------- a model */

static int write_safetensors(struct work *work, struct lt_error *err)
{
	struct lt_model model = {0};
	int left_out = 0, code = lt_cli_output(work->cli, &work->output, err);

	if (code == 0 && work->n > 1)
		code = lt_fail(err, LT_USAGE, "--safetensors takes one model");
	if (code == 0 && lt_output_is_terminal(work->output))
		code = lt_fail(
			err, LT_USAGE,
			"a safetensors file is not for a terminal; use a pipe or -o FILE");
	if (code == 0)
		code = lt_model_read_file(&model, work->paths[0], err);
	if (code)
		return code;
	code = lt_safetensors_write(&model, work->output, &left_out, err);
	if (code == 0 && left_out > 0)
		lt_notice(work->cli, "%d tensors of the training's state were left out",
			  left_out);
	lt_model_free(&model);
	return code;
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

/* If no output was written, tells its reader why. */
static int tell_reader(struct work *work, int code, const struct lt_error *why)
{
	struct lt_output *output;

	if (code && code != LT_USAGE && !work->output &&
	    lt_cli_output(work->cli, &output, NULL) == 0 && !lt_output_is_terminal(output))
		lt_output_fail(output, "ltcat", why);
	return code;
}

/* The shards of a range are joined as if the shell had written them out. */
static int has_many(const struct work *work, bool *many, struct lt_error *err)
{
	struct lt_file_list files = {0};
	int code = lt_file_list_add(&files, work->paths[0], err);

	*many = work->n > 1 || files.n > 1;
	lt_file_list_free(&files);
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
	static const char *const changes[] = {"join",  "slice", "only",	  "drop",
					      "split", "shard", "salvage"};
	bool many = false;
	size_t i;
	int code;

	for (i = 0; i < sizeof looks / sizeof looks[0]; i++)
		if (lt_opt_given(work->cli, looks[i].name))
			return look_at_all(work, looks[i].what, err);
	if (work->options->take.given)
		return take(work, err);
	if (work->options->npz.given)
		return write_npz(work, err);
	if (work->options->safetensors.given)
		return write_safetensors(work, err);
	if (work->options->shards.given)
		return write_shards(work, err);
	for (i = 0; i < sizeof changes / sizeof changes[0]; i++)
		if (lt_opt_given(work->cli, changes[i]))
			return tell_reader(work, rewrite(work, err), err);
	code = has_many(work, &many, err);
	if (code == 0)
		code = many ? rewrite(work, err) : copy(work, err);
	return tell_reader(work, code, err);
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
		code = lt_slice_parse(&work.slice, work.options->slice.value, err);
	if (code == 0 && work.options->shard.given)
		code = lt_shard_parse(&work.shard, work.options->shard.value, err);
	if (code == 0 && work.options->shards.given)
		work.shard.n = work.options->shards.value;
	if (code == 0)
		code = dispatch(&work, err);
	lt_only_free(&work.only);
	lt_join_close(&work.join);
	lt_counted_free(&work.counted);
	lt_file_list_free(&work.files);
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
