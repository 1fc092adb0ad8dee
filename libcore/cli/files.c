/*
 * Compares the files of a command line before anything is read.  A side output must not be an
 * input or another output, through any name or link.  The main output may be an input, because
 * it is written to a temporary file, which is renamed at the end.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli_private.h"

/*
 * The number of paths of an option, including those of one or none that LT_OPT_FILE declares;
 * *path: the first.
 */
static int paths_of(const struct lt_cli *cli, int k, const char *const **path)
{
	const struct lt_paths_value *many = lt_cli_field(cli, k);
	const struct lt_text_value *one = lt_cli_field(cli, k);
	enum lt_opt_type type = lt_cli_opt(cli, k)->type;

	*path = type == LT_OPT_FILES ? many->value : &one->value;
	return type == LT_OPT_FILES ? many->n : type == LT_OPT_FILE;
}

const char *lt_cli_file(const struct lt_cli *cli, enum lt_file_use use, int i,
			const char **path)
{
	for (int k = 0; k < cli->n_opts; k++) {
		const struct lt_opt *opt = lt_cli_opt(cli, k);
		const char *const *paths = NULL;
		int n = opt->use == use ? paths_of(cli, k, &paths) : 0;

		if (i < n) {
			*path = paths[i];
			return opt->name;
		}
		i -= n;
	}
	return NULL;
}

static bool is_dash(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* Devices such as /dev/null: writing to them replaces no file. */
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

/* Compares a side output with the inputs of the command line. */
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

/* Compares a side output with the main output and the other side outputs. */
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
