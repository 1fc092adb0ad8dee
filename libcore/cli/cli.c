/* The frame around every program: see cli.h. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/signals.h"
#include "cli/cli_private.h"
#include "cli/message.h"

enum { WAIT_SECONDS = 2 };

/*
 * If a standard descriptor is closed (">&-"), the next opened file would get its number, and
 * output would be written into that file.  Therefore closed descriptors are opened here in the
 * direction in which reading or writing fails.
 */
static void hold_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd == STDIN_FILENO) {
			close(fd);
			fd = open("/dev/null", O_WRONLY);
		} else if (fd == STDOUT_FILENO) {
			close(fd);
			fd = open("/dev/null", O_RDONLY);
		}
	} while (fd >= 0 && fd < STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Printed at once, or kept for the end. */
static void say(struct lt_cli *cli, bool now, const char *fmt, va_list args) LT_PRINTF(3, 0);

static void say(struct lt_cli *cli, bool now, const char *fmt, va_list args)
{
	char text[1100], line[LT_LINE];
	size_t n;

	vsnprintf(text, sizeof(text), fmt, args);
	if (now) {
		lt_message(cli->program->name, text, cli->progress_drawn);
		cli->progress_drawn = false;
		return;
	}
	n = lt_message_line(line, sizeof(line), cli->program->name, text);
	if (lt_buffer_append(&cli->held, line, n))
		return;
	if (cli->spare[0]) /* better early than never */
		lt_stderr_write(line, n);
	else
		memcpy(cli->spare, line, n + 1);
}

struct lt_team *lt_cli_team(const struct lt_cli *cli)
{
	return cli->team;
}

void lt_notice(struct lt_cli *cli, const char *fmt, ...)
{
	va_list args;

	if (cli->quiet)
		return;
	va_start(args, fmt);
	say(cli, cli->terminal || cli->verbose, fmt, args);
	va_end(args);
}

void lt_verbose(struct lt_cli *cli, const char *fmt, ...)
{
	va_list args;

	if (cli->quiet || !(cli->verbose || cli->terminal))
		return;
	va_start(args, fmt);
	say(cli, true, fmt, args);
	va_end(args);
}

/* Help and the like go to stdout, and a full disk is noticed there too. */
static int print_text(const struct lt_cli *cli, enum lt_action action, struct lt_error *err)
{
	struct lt_buffer text = {0};
	struct lt_output *output;
	bool good = false;
	int code;

	if (action == LT_ACT_HELP)
		good = lt_help_text(cli, &text);
	else if (action == LT_ACT_VERSION)
		good = lt_version_text(cli->program, &text);
	else if (action == LT_ACT_LIST)
		good = lt_list_text(cli, &text);
	code = good ? lt_output_open(&output, lt_cli_path(cli, NULL), err)
		    : lt_fail_memory(err);
	if (code == 0) {
		code = lt_output_write(output, text.data, text.size, err);
		if (code)
			lt_output_abort(output);
		else
			code = lt_output_finish(output, err);
	}
	lt_buffer_free(&text);
	return code;
}

static void choose_progress(struct lt_cli *cli)
{
	enum { AUTO, ALWAYS, NEVER };
	int choice = cli->common.progress.value;

	cli->show_progress =
		lt_team_rank(cli->team) == 0 &&
		(choice == ALWAYS || (choice == AUTO && cli->terminal && !cli->quiet));
}

static int run_program(struct lt_cli *cli, struct lt_error *err)
{
	int code;

	choose_progress(cli);
	if ((code = lt_team_check(cli->team, err)) != 0)
		return code;
	lt_memory_limit(cli->common.max_memory.given ? cli->common.max_memory.value
						     : lt_memory_default());
	code = lt_cli_check_files(cli, err);
	if (code == 0)
		code = cli->program->run(cli, cli->own, err);
	if (code == 0)
		code = lt_cli_finish(cli, err);
	lt_progress_clear(cli);
	return code;
}

/*
 * An error of all ranks is rank 0's to print, which then ends the job.  So another rank waits
 * before it prints its own.
 */
static void wait_for_rank_0(const struct lt_cli *cli, struct lt_error *err)
{
	struct timespec left = {WAIT_SECONDS, 0};
	struct lt_error own = *err;

	if (lt_team_rank(cli->team) == 0)
		return;
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
	snprintf(err->text, sizeof(err->text), "rank %d: %.*s", lt_team_rank(cli->team),
		 (int)sizeof(err->text) - 32, own.text);
}

static void report_error(const struct lt_cli *cli, int code, const struct lt_error *err)
{
	if (err->text[0])
		lt_message(cli->program->name, err->text, false);
	else if (code != LT_FALSE)
		lt_message(cli->program->name, "bug: an error without a text", false);
}

static void add_hint(const struct lt_cli *cli, struct lt_error *err)
{
	char name[80];
	size_t used = strlen(err->text);

	lt_shown_name(cli->program, name, sizeof(name));
	snprintf(err->text + used, sizeof(err->text) - used, "; try '%s --help'", name);
}

/* Other ranks than the first are silent. */
static int join_team(struct lt_cli *cli, struct lt_error *err)
{
	int code = cli->program->team ? lt_team_open(&cli->team, err) : 0;

	cli->terminal = isatty(STDERR_FILENO) && lt_team_rank(cli->team) == 0;
	return code;
}

static void free_cli(struct lt_cli *cli)
{
	lt_free(cli->operand);
	lt_free(cli->note);
	lt_buffer_free(&cli->held);
	lt_arena_free(&cli->arena);
}

int lt_main(const struct lt_program *program, void *options, int argc, char **argv)
{
	struct lt_cli cli;
	struct lt_error err = {0};
	enum lt_action action = LT_ACT_RUN;
	int code;

	hold_standard_descriptors();
	lt_signals_catch(program->name);
	code = lt_cli_init(&cli, program, options, &err);
	if (code == 0)
		code = join_team(&cli, &err);
	if (code == 0) {
		code = lt_cli_parse(&cli, argc, argv, &action, &err);
		if (code == LT_USAGE)
			add_hint(&cli, &err);
	}
	if (lt_team_rank(cli.team) > 0) {
		cli.quiet = true;
		cli.verbose = false;
	}
	if (code == 0 && action != LT_ACT_RUN)
		code = print_text(&cli, action, &err);
	else if (code == 0)
		code = run_program(&cli, &err);
	if (code) {
		err.code = code;
		wait_for_rank_0(&cli, &err);
		report_error(&cli, code, &err);
		if (action == LT_ACT_RUN)
			lt_cli_abandon(&cli, &err);
	} else {
		lt_stderr_write((const char *)cli.held.data, cli.held.size);
		lt_stderr_write(cli.spare, strlen(cli.spare));
	}
	free_cli(&cli);
	lt_team_close(cli.team, code);
	return code;
}
