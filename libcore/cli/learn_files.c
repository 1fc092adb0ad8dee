/*
 * What the learning programs find out about their files before hours are spent:
 * that inputs can be read and side files written, and that stdin holds one thing.
 */
#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/learn.h"

bool lt_is_stdin(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

static int check_input(const char *path, struct lt_error *err)
{
	if (!path || lt_is_stdin(path) || access(path, R_OK) == 0)
		return 0;
	return lt_fail_errno(err, LT_NOINPUT, "%s", path);
}

/* A file that is not there yet needs a directory that can be written. */
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

static int check_apart(const char *side, const char *name, const char *other,
		       struct lt_error *err)
{
	if (side && other && lt_same_file(side, other))
		return lt_fail(err, LT_USAGE, "--%s %s is another file of this command", name,
			       side);
	return 0;
}

/* What is rewritten while a program learns must not be its input or another output. */
static int check_side_files(const struct lt_cli *cli, const char *const *inputs,
			    struct lt_error *err)
{
	static const char *const sides[] = {"checkpoint", "log"};
	int code = 0;

	for (int s = 0; s < 2 && code == 0; s++) {
		const char *side = lt_opt_text(cli, sides[s]);

		if (lt_is_stdin(side))
			return lt_fail(err, LT_USAGE, "--%s: '-' is not a file", sides[s]);
		code = check_side_file(side, err);
		if (code == 0)
			code = check_apart(side, sides[s], lt_opt_text(cli, "output"), err);
		for (int i = 0; i < lt_cli_operands(cli) && code == 0; i++)
			code = check_apart(side, sides[s], lt_cli_operand(cli, i), err);
		for (int i = 0; inputs && inputs[i] && code == 0; i++)
			code = check_apart(side, sides[s], lt_opt_text(cli, inputs[i]), err);
	}
	if (code == 0)
		code = check_apart(lt_opt_text(cli, "log"), "log",
				   lt_opt_text(cli, "checkpoint"), err);
	return code;
}

/* Hours of a run must not be lost to a flag that was forgotten. */
static int check_checkpoint(const struct lt_cli *cli, struct lt_error *err)
{
	const char *path = lt_opt_text(cli, "checkpoint");
	struct stat st;

	if (lt_opt_flag(cli, "resume") || !path || stat(path, &st) != 0 ||
	    !S_ISREG(st.st_mode) || st.st_size == 0)
		return 0;
	return lt_fail(err, LT_USAGE,
		       "--checkpoint %s is there already: go on from it with --resume, or "
		       "remove it",
		       path);
}

int lt_learn_check_stdin(const struct lt_cli *cli, const char *const *inputs, const char *model,
			 struct lt_error *err)
{
	static const char rows[] = "the labelled rows";
	const char *taken = lt_cli_operands(cli) == 0 ? rows : NULL;

	for (int i = 0; i < lt_cli_operands(cli); i++)
		if (lt_is_stdin(lt_cli_operand(cli, i)))
			taken = rows;
	for (; *inputs; inputs++) {
		if (!lt_is_stdin(lt_opt_text(cli, *inputs)))
			continue;
		if (taken && !(taken == rows && model && strcmp(*inputs, model) == 0))
			return lt_fail(err, LT_USAGE, "--%s -: stdin is %s already", *inputs,
				       taken);
		taken = *inputs;
	}
	return 0;
}

int lt_learn_check_files(const struct lt_cli *cli, const char *const *inputs, bool trains,
			 struct lt_error *err)
{
	const char *const *all = inputs;
	int code = 0;

	if (trains && lt_opt_flag(cli, "resume") && !lt_opt_text(cli, "checkpoint"))
		return lt_fail(err, LT_USAGE, "--resume needs --checkpoint FILE");
	for (int i = 0; i < lt_cli_operands(cli) && code == 0; i++)
		code = check_input(lt_cli_operand(cli, i), err);
	for (; inputs && *inputs && code == 0; inputs++)
		code = check_input(lt_opt_text(cli, *inputs), err);
	if (code == 0 && trains && (code = check_side_files(cli, all, err)) == 0)
		code = check_checkpoint(cli, err);
	return code;
}
