/*
 * The files of a command line against each other, before anything is read: what a program
 * writes beside its main output must be none of its inputs and no other output, whatever the
 * names and links are.  The main output may be an input: it is written to a temporary first,
 * which takes the name at the end.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli_private.h"

const char *lt_cli_file(const struct lt_cli *cli, enum lt_file_use use, int i,
			const char **path)
{
	for (int k = 0; k < cli->n_opts; k++) {
		const struct lt_opt *opt = lt_cli_opt(cli, k);

		if (opt->type != LT_OPT_FILE || opt->use != use || i-- > 0)
			continue;
		*path = ((const struct lt_text_value *)lt_cli_field(cli, k))->value;
		return opt->name;
	}
	return NULL;
}

static bool is_dash(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* /dev/null and its like: nothing that stands there is replaced. */
static bool is_device(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISCHR(st.st_mode);
}

/* Is path the regular file that is open as fd (stdin or stdout)? */
static bool is_open_as(const char *path, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && S_ISREG(a.st_mode) && stat(path, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static bool is_input(const char *side, const char *input)
{
	return is_dash(input) ? is_open_as(side, STDIN_FILENO) : lt_same_file(side, input);
}

static int refuse(const char *side_name, const char *side, const char *what,
		  struct lt_error *err)
{
	return lt_fail(err, LT_USAGE, "--%s %s: the same file as %s", side_name, side, what);
}

/* A side output against the inputs that the command line names. */
static int check_inputs(const struct lt_cli *cli, const char *name, const char *side,
			struct lt_error *err)
{
	const char *input, *path;
	char what[80];

	for (int i = 0; i < cli->n_operands; i++)
		if (is_input(side, cli->operand[i]))
			return refuse(name, side, "an operand", err);
	if (cli->n_operands == 0 && cli->program->max_operands != 0 && is_input(side, "-"))
		return refuse(name, side, "stdin", err);
	for (int i = 0; (input = lt_cli_file(cli, LT_FILE_READ, i, &path)) != NULL; i++) {
		if (!path || !is_input(side, path))
			continue;
		snprintf(what, sizeof(what), "--%s", input);
		return refuse(name, side, what, err);
	}
	return 0;
}

/* A side output against the main one and the other side outputs. */
static int check_outputs(const struct lt_cli *cli, int at, const char *name, const char *side,
			 struct lt_error *err)
{
	const char *main = cli->common.output.value, *other, *path;
	char what[80];

	if (main && !is_dash(main) ? lt_same_file(side, main) : is_open_as(side, STDOUT_FILENO))
		return refuse(name, side, "the main output", err);
	for (int i = 0; i < at; i++) {
		other = lt_cli_file(cli, LT_FILE_SIDE, i, &path);
		if (!path || !lt_same_file(side, path))
			continue;
		snprintf(what, sizeof(what), "--%s", other);
		return refuse(name, side, what, err);
	}
	return 0;
}

int lt_cli_check_files(const struct lt_cli *cli, struct lt_error *err)
{
	const char *name, *side;
	int code = 0;

	for (int i = 0; code == 0 && (name = lt_cli_file(cli, LT_FILE_SIDE, i, &side)) != NULL;
	     i++) {
		if (!side || is_dash(side) || is_device(side))
			continue;
		code = check_inputs(cli, name, side, err);
		if (code == 0)
			code = check_outputs(cli, i, name, side, err);
	}
	return code;
}

int lt_cli_check_input(const struct lt_cli *cli, const char *path, const char *what,
		       struct lt_error *err)
{
	const char *name, *side;

	for (int i = 0; (name = lt_cli_file(cli, LT_FILE_SIDE, i, &side)) != NULL; i++)
		if (side && !is_dash(side) && !is_device(side) && is_input(side, path))
			return refuse(name, side, what, err);
	return 0;
}
