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

/*
 * *is: is the side output an input, or one of the files of its range?  An input with a wrong
 * range is not a file; the program says so when it opens it.
 */
static int is_input(const char *side, const char *input, bool *is, struct lt_error *err)
{
	struct lt_file_list files = {0};
	int code = 0;

	*is = is_dash(input) ? is_open_as(side, STDIN_FILENO) : lt_same_file(side, input);
	if (*is || is_dash(input))
		return 0;
	code = lt_file_list_add(&files, input, err);
	for (int i = 0; code == 0 && files.ranged && i < files.n && !*is; i++)
		*is = lt_same_file(side, files.name[i]);
	lt_file_list_free(&files);
	return code == LT_USAGE ? 0 : code;
}

static int refuse(const char *side_name, const char *side, const char *what,
		  struct lt_error *err)
{
	return lt_fail(err, LT_USAGE, "--%s %s: the same file as %s", side_name, side, what);
}

/* LT_USAGE if a side output is this input; what: the name of the input in the message. */
static int check_input(const char *name, const char *side, const char *input, const char *what,
		       struct lt_error *err)
{
	bool is;
	int code = is_input(side, input, &is, err);

	return code == 0 && is ? refuse(name, side, what, err) : code;
}

/* Compares a side output with the inputs of the command line. */
static int check_inputs(const struct lt_cli *cli, const char *name, const char *side,
			struct lt_error *err)
{
	const char *input, *path;
	char what[80];
	int code = 0;

	for (int i = 0; i < cli->n_operands && code == 0; i++)
		code = check_input(name, side, cli->operand[i], "an operand", err);
	if (code == 0 && cli->n_operands == 0 && cli->program->max_operands != 0)
		code = check_input(name, side, "-", "stdin", err);
	for (int i = 0; code == 0 && (input = lt_cli_file(cli, LT_FILE_READ, i, &path)) != NULL;
	     i++) {
		snprintf(what, sizeof(what), "--%s", input);
		code = path ? check_input(name, side, path, what, err) : 0;
	}
	return code;
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
	int code = 0;

	for (int i = 0; code == 0 && (name = lt_cli_file(cli, LT_FILE_SIDE, i, &side)) != NULL;
	     i++)
		if (side && !is_dash(side) && !is_device(side))
			code = check_input(name, side, path, what, err);
	return code;
}
