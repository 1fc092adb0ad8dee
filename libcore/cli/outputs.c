/*
 * The outputs of a program and their open segments.  After success they end with
 * DONE and renamed files, side outputs first; after an error with FAIL and no files.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_private.h"

const char *lt_cli_path(const struct lt_cli *cli, const char *path)
{
	return lt_team_rank(cli->team) == 0 ? path : "/dev/null";
}

static const char *main_path(const struct lt_cli *cli)
{
	return lt_cli_path(cli, cli->common.output.value);
}

static bool is_stdout(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

static int refuse_terminal(const struct lt_cli *cli, struct lt_error *err)
{
	/* mpirun(1) passes stdout on through one. */
	if (lt_team_size(cli->team) > 1)
		return lt_fail(err, LT_USAGE,
			       "a stream cannot pass the launcher's terminal; use -o FILE");
	return lt_fail(err, LT_USAGE,
		       "a stream is not for a terminal; use a pipe, -o FILE or lt cat --head");
}

void lt_cli_writes_text(struct lt_cli *cli)
{
	cli->text = true;
}

int lt_cli_output(struct lt_cli *cli, struct lt_output **out, struct lt_error *err)
{
	int code;

	*out = NULL;
	if (!cli->main) {
		if (cli->main_used)
			return lt_fail(err, LT_BUG, "the main output is closed");
		code = lt_output_open(&cli->main, main_path(cli), err);
		if (code)
			return code;
		cli->main_used = true;
		if (!cli->text && lt_output_is_terminal(cli->main))
			return refuse_terminal(cli, err);
	}
	*out = cli->main;
	return 0;
}

int lt_cli_side_output(struct lt_cli *cli, struct lt_output **out, const char *path,
		       struct lt_error *err)
{
	int code;

	*out = NULL;
	if (is_stdout(path) && is_stdout(main_path(cli)))
		return lt_fail(err, LT_USAGE, "two outputs on stdout; use -o FILE for one");
	if (cli->n_side == LT_MAX_SIDE_OUTPUTS)
		return lt_fail(err, LT_BUG, "more than %d side outputs", LT_MAX_SIDE_OUTPUTS);
	code = lt_output_open(&cli->side[cli->n_side], lt_cli_path(cli, path), err);
	if (code)
		return code;
	*out = cli->side[cli->n_side++];
	return 0;
}

int lt_cli_begin(struct lt_cli *cli, struct lt_writer **writer, struct lt_output *output,
		 const struct lt_header *header, struct lt_error *err)
{
	int code;

	*writer = NULL;
	if (lt_output_is_terminal(output))
		return refuse_terminal(cli, err);
	if (cli->n_segments == LT_MAX_OPEN_SEGMENTS)
		return lt_fail(err, LT_BUG, "more than %d open segments", LT_MAX_OPEN_SEGMENTS);
	code = lt_writer_begin(writer, output, header, err);
	if (code)
		return code;
	if (output == cli->main)
		cli->main_begun = true;
	cli->segment[cli->n_segments++] = (struct lt_segment){*writer, output};
	return 0;
}

static bool side_segments_open(const struct lt_cli *cli)
{
	int i;

	for (i = 0; i < cli->n_segments; i++)
		if (cli->segment[i].output != cli->main)
			return true;
	return false;
}

static int finish_sides(struct lt_cli *cli, struct lt_error *err)
{
	int i, code = 0;

	for (i = 0; i < cli->n_side && code == 0; i++) {
		struct lt_output *output = cli->side[i];

		cli->side[i] = NULL; /* finishing frees it, also when it fails */
		if (output)
			code = lt_output_finish(output, err);
	}
	return code;
}

int lt_cli_done(struct lt_cli *cli, struct lt_writer *writer, struct lt_totals *totals,
		struct lt_error *err)
{
	int i, code = 0;

	for (i = 0; i < cli->n_segments && cli->segment[i].writer != writer; i++)
		;
	if (i == cli->n_segments)
		return lt_fail(err, LT_BUG, "the end of a segment that was not begun");
	if (cli->segment[i].output == cli->main && !side_segments_open(cli))
		code = finish_sides(cli, err);
	if (code)
		return code;
	code = lt_writer_done(writer, totals, err);
	if (code == 0) /* else it is still open, for FAIL */
		cli->segment[i] = cli->segment[--cli->n_segments];
	return code;
}

int lt_cli_finish(struct lt_cli *cli, struct lt_error *err)
{
	struct lt_output *output;
	int code;

	if (cli->n_segments > 0)
		return lt_fail(err, LT_BUG, "a segment was not ended");
	code = finish_sides(cli, err);
	if (code || !cli->main)
		return code;
	output = cli->main;
	cli->main = NULL;
	return lt_output_finish(output, err);
}

/*
 * Writes FAIL instead of a header that was not written yet.  After a usage error nothing is
 * written, because the reader of the output is unknown.
 */
static void fail_main(struct lt_cli *cli, const struct lt_error *why)
{
	if (cli->text ? !cli->main_begun : why->code == LT_USAGE)
		return;
	if (!cli->main_used && is_stdout(main_path(cli)) && !isatty(STDOUT_FILENO) &&
	    lt_output_open(&cli->main, NULL, NULL) != 0)
		return;
	if (cli->main && !lt_output_is_terminal(cli->main))
		lt_output_fail(cli->main, cli->program->name, why);
}

void lt_cli_abandon(struct lt_cli *cli, const struct lt_error *why)
{
	bool main_open = false;
	int i;

	for (i = 0; i < cli->n_segments; i++) {
		main_open = main_open || cli->segment[i].output == cli->main;
		lt_writer_fail(cli->segment[i].writer, cli->program->name, why);
	}
	if (!main_open)
		fail_main(cli, why);
	for (i = 0; i < cli->n_side; i++)
		lt_output_abort(cli->side[i]);
	lt_output_abort(cli->main);
}
