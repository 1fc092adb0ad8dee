/*
 * Compares the files of a command line before anything is read.  An output must not be an
 * input or another output, through any name or link.
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

/* An output file of the command line. */
struct target {
	char name[LT_LINE / 2]; /* in messages, such as "--val v.lts" */
	const char *path;	/* NULL: stdout */
};

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

static bool is_one_file(const struct stat *a, const struct stat *b)
{
	return S_ISREG(a->st_mode) && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Is path the regular file that is open as fd (stdin or stdout)? */
static bool is_open_as(const char *path, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && is_one_file(&a, &b);
}

static bool is_stdin_stdout(void)
{
	struct stat a, b;

	return fstat(STDIN_FILENO, &a) == 0 && fstat(STDOUT_FILENO, &b) == 0 &&
	       is_one_file(&a, &b);
}

/* Is the output this file?  "-" is stdin. */
static bool is_file(const struct target *out, const char *path)
{
	if (!out->path)
		return is_dash(path) ? is_stdin_stdout() : is_open_as(path, STDOUT_FILENO);
	return is_dash(path) ? is_open_as(out->path, STDIN_FILENO)
			     : lt_same_file(out->path, path);
}

/*
 * *is: is the output an input, or one of the files of its range?  An input with a wrong range
 * is not a file; the program says so when it opens it.
 */
static int is_input(const struct target *out, const char *input, bool *is, struct lt_error *err)
{
	struct lt_file_list files = {0};
	int code;

	*is = is_file(out, input);
	if (*is || is_dash(input))
		return 0;
	code = lt_file_list_add(&files, input, err);
	for (int i = 0; code == 0 && files.ranged && i < files.n && !*is; i++)
		*is = is_file(out, files.name[i]);
	lt_file_list_free(&files);
	return code == LT_USAGE ? 0 : code;
}

static int refuse(const struct target *out, const char *what, struct lt_error *err)
{
	return lt_fail(err, LT_USAGE, "%s: the same file as %s", out->name, what);
}

/* LT_USAGE if the output is this input; what: the name of the input in the message. */
static int check_input(const struct target *out, const char *input, const char *what,
		       struct lt_error *err)
{
	bool is;
	int code = is_input(out, input, &is, err);

	return code == 0 && is ? refuse(out, what, err) : code;
}

/* Compares an output with the inputs of the command line. */
static int check_inputs(const struct lt_cli *cli, const struct target *out,
			struct lt_error *err)
{
	const char *input, *path;
	char what[80];
	int code = 0;

	for (int i = 0; i < cli->n_operands && code == 0; i++)
		code = check_input(out, cli->operand[i], "an operand", err);
	if (code == 0 && cli->n_operands == 0 && cli->program->max_operands != 0)
		code = check_input(out, "-", "stdin", err);
	for (int i = 0; code == 0 && (input = lt_cli_file(cli, LT_FILE_READ, i, &path)) != NULL;
	     i++) {
		snprintf(what, sizeof(what), "--%s", input);
		code = path ? check_input(out, path, what, err) : 0;
	}
	return code;
}

/* Compares a side output with the main output and the first n side outputs. */
static int check_outputs(const struct lt_cli *cli, int n, const struct target *side,
			 const struct target *main, struct lt_error *err)
{
	const char *other, *path;
	char what[80];

	if (main->path ? lt_same_file(side->path, main->path)
		       : is_open_as(side->path, STDOUT_FILENO))
		return refuse(side, "the main output", err);
	for (int i = 0; i < n; i++) {
		other = lt_cli_file(cli, LT_FILE_SIDE, i, &path);
		if (!path || !lt_same_file(side->path, path))
			continue;
		snprintf(what, sizeof(what), "--%s", other);
		return refuse(side, what, err);
	}
	return 0;
}

static struct target main_target(const struct lt_cli *cli)
{
	const char *path = cli->common.output.value;
	bool file = path && !is_dash(path);
	struct target out = {.name = "stdout", .path = file ? path : NULL};

	if (file)
		snprintf(out.name, sizeof(out.name), "-o %s", path);
	return out;
}

/* The i-th side output; *out has no path if it is not a file.  False after the last. */
static bool side_target(const struct lt_cli *cli, int i, struct target *out)
{
	const char *path, *name = lt_cli_file(cli, LT_FILE_SIDE, i, &path);

	if (!name)
		return false;
	out->path = path && !is_dash(path) && !is_device(path) ? path : NULL;
	if (out->path)
		snprintf(out->name, sizeof(out->name), "--%s %s", name, path);
	return true;
}

int lt_cli_check_files(const struct lt_cli *cli, struct lt_error *err)
{
	struct target main = main_target(cli), side;
	int code = check_inputs(cli, &main, err);

	for (int i = 0; code == 0 && side_target(cli, i, &side); i++) {
		if (!side.path)
			continue;
		code = check_inputs(cli, &side, err);
		if (code == 0)
			code = check_outputs(cli, i, &side, &main, err);
	}
	return code;
}

int lt_cli_check_input(const struct lt_cli *cli, const char *path, const char *what,
		       struct lt_error *err)
{
	struct target main = main_target(cli), side;
	int code = check_input(&main, path, what, err);

	for (int i = 0; code == 0 && side_target(cli, i, &side); i++)
		if (side.path)
			code = check_input(&side, path, what, err);
	return code;
}
