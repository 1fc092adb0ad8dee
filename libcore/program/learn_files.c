/*
 * Checks of files before a long run: inputs can be read, side files can be written, and stdin
 * is used once.  libcore/cli has already checked that side files differ from the other files.
 */
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "program/learn.h"
#include "stream/not_stream.h"

bool lt_is_stdin(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

static int check_input(const char *path, struct lt_error *err)
{
	struct lt_file_list files = {0};
	struct stat st;
	int code;

	if (!path || lt_is_stdin(path))
		return 0;
	code = lt_file_list_find(&files, path, err);
	if (code == 0 && !files.ranged && access(path, R_OK) != 0)
		code = lt_fail_errno(err, LT_NOINPUT, "%s", path);
	else if (code == 0 && !files.ranged && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		code = lt_not_stream_directory(path, err);
	lt_file_list_free(&files);
	return code;
}

/* A new file needs a writable directory. */
static int check_side_file(const char *path, struct lt_error *err)
{
	char *copy;
	int result;

	if (!path || access(path, W_OK) == 0)
		return 0;
	if (errno == ENOENT) {
		copy = lt_text_copy(path);
		if (!copy)
			return lt_fail_memory(err);
		result = access(dirname(copy), W_OK | X_OK);
		lt_free(copy);
		if (result == 0)
			return 0;
	}
	return lt_fail_errno(err, LT_NOCREATE, "%s", path);
}

static int check_side_files(const struct lt_training_options *options, struct lt_error *err)
{
	const char *const side[] = {options->checkpoint.value, options->log.value};
	static const char *const name[] = {"checkpoint", "log"};
	int code = 0;

	for (int i = 0; i < 2 && code == 0; i++) {
		if (lt_is_stdin(side[i]))
			return lt_fail(err, LT_USAGE, "--%s: '-' is not a file", name[i]);
		code = check_side_file(side[i], err);
	}
	return code;
}

/* A forgotten option must not overwrite the checkpoint of a long run. */
static int check_checkpoint(const struct lt_training_options *options, struct lt_error *err)
{
	const char *path = options->checkpoint.value;
	struct stat st;

	if (options->resume.given && !path)
		return lt_fail(err, LT_USAGE, "--resume needs --checkpoint FILE");
	if (options->resume.given || !path || stat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size == 0)
		return 0;
	return lt_fail(err, LT_USAGE,
		       "--checkpoint %s is there already: go on from it with --resume, or "
		       "remove it",
		       path);
}

bool lt_rows_on_stdin(const struct lt_cli *cli)
{
	bool any = lt_cli_operands(cli) == 0;

	for (int i = 0; i < lt_cli_operands(cli); i++)
		any = any || lt_is_stdin(lt_cli_operand(cli, i));
	return any;
}

int lt_learn_check_stdin(const struct lt_cli *cli, const char *model, struct lt_error *err)
{
	static const char rows[] = "the labelled rows";
	const char *taken = lt_rows_on_stdin(cli) ? rows : NULL, *name, *path;

	for (int i = 0; (name = lt_cli_file(cli, LT_FILE_READ, i, &path)) != NULL; i++) {
		if (!lt_is_stdin(path))
			continue;
		if (taken && !(taken == rows && model && strcmp(name, model) == 0))
			return lt_fail(err, LT_USAGE, "--%s -: stdin is %s already", name,
				       taken);
		taken = name;
	}
	return 0;
}

int lt_learn_check_inputs(const struct lt_cli *cli, struct lt_error *err)
{
	const char *path;
	int code = 0;

	for (int i = 0; i < lt_cli_operands(cli) && code == 0; i++)
		code = check_input(lt_cli_operand(cli, i), err);
	for (int i = 0; code == 0 && lt_cli_file(cli, LT_FILE_READ, i, &path) != NULL; i++)
		code = check_input(path, err);
	return code;
}

int lt_learn_check_training(const struct lt_learn *learn, struct lt_error *err)
{
	int code = check_side_files(learn->training, err);

	return code ? code : check_checkpoint(learn->training, err);
}
