/*
 * The parser of options.  getopt_long(3) is not used because it accepts abbreviated
 * names (so a new option can break an old script) and prints its own messages.  This
 * parser accepts options anywhere before "--", --name VALUE or --name=VALUE, -xVALUE
 * or -x VALUE, and bundled one-letter flags.  It checks every value before the program
 * runs.
 */
#include <float.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/pool.h"
#include "base/printable.h"
#include "cli/cli_private.h"

static const char *const progress_choices[] = {"auto", "always", "never", NULL};

#define COMMON struct lt_common_options

const struct lt_opt lt_common_opts[] = {
	{.name = "output",
	 .letter = 'o',
	 .type = LT_OPT_FILE,
	 .at = LT_FIELD(COMMON, output, lt_text_value),
	 .arg = "FILE",
	 .use = LT_FILE_MAIN,
	 .help = "where to write instead of stdout"},
	LT_INT(COMMON, seed, "seed", "N", "0", 0, 0, 0, "of all draws"),
	LT_INT(COMMON, threads, "threads", "N", NULL, 1, 1024, 0, "threads"),
	LT_SIZE(COMMON, max_memory, "max-memory", 1 << 20, 0, "half of it"),
	LT_FLAG(COMMON, quiet, "quiet", 0, "no notices", .letter = 'q'),
	LT_FLAG(COMMON, verbose, "verbose", 0, "say more", .letter = 'v'),
	LT_CHOICE(COMMON, progress, "progress", NULL, "auto", progress_choices, NULL, 0,
		  "a progress line"),
	LT_FLAG(COMMON, help, "help", 0, "this text", .letter = 'h'),
	LT_FLAG(COMMON, version, "version", 0, "the version", .letter = 'V'),
	{0},
};

int lt_choice_find(const char *const *choices, const char *name)
{
	for (int i = 0; choices && choices[i]; i++)
		if (strcmp(choices[i], name) == 0)
			return i;
	return -1;
}

/* Values can be recorded in provenance, which is UTF-8 without control characters. */
static bool is_printable(const char *text)
{
	size_t n;

	for (; *text; text += n) {
		n = lt_printable(text);
		if (n == 0)
			return false;
	}
	return true;
}

static int bad_int(const struct lt_opt *opt, const char *text, uint64_t max,
		   struct lt_error *err)
{
	if (max == UINT64_MAX && opt->min == 0)
		return lt_fail(err, LT_USAGE, "--%s: '%s' is not a whole number", opt->name,
			       text);
	if (max == UINT64_MAX)
		return lt_fail(err, LT_USAGE,
			       "--%s: '%s' is not a whole number of at least %llu", opt->name,
			       text, (unsigned long long)opt->min);
	return lt_fail(err, LT_USAGE, "--%s: '%s' is not a whole number from %llu to %llu",
		       opt->name, text, (unsigned long long)opt->min, (unsigned long long)max);
}

static int set_int(const struct lt_cli *cli, const struct lt_opt *opt,
		   struct lt_int_value *field, const char *text, struct lt_error *err)
{
	uint64_t max = opt->max ? opt->max : UINT64_MAX;

	if (cli->program->max_seed && strcmp(opt->name, "seed") == 0)
		max = cli->program->max_seed;
	if (!lt_parse_u64(text, opt->min, max, &field->value))
		return bad_int(opt, text, max, err);
	return 0;
}

static int set_size(const struct lt_opt *opt, struct lt_int_value *field, const char *text,
		    struct lt_error *err)
{
	if (lt_parse_size(text, opt->min, opt->max ? opt->max : UINT64_MAX, &field->value))
		return 0;
	return lt_fail(err, LT_USAGE,
		       "--%s: '%s' is not a size of at least %llu bytes, such as 500M or 2G",
		       opt->name, text, (unsigned long long)opt->min);
}

static int set_real(const struct lt_opt *opt, struct lt_real_value *field, const char *text,
		    struct lt_error *err)
{
	bool free_range = opt->low == 0 && opt->high == 0;
	double low = free_range ? -DBL_MAX : opt->low;
	double high = free_range ? DBL_MAX : opt->high;
	char low_text[32], high_text[32];

	if (lt_parse_real(text, low, high, &field->value))
		return 0;
	lt_format_real(low, low_text);
	lt_format_real(high, high_text);
	if (free_range)
		return lt_fail(err, LT_USAGE, "--%s: '%s' is not a finite number", opt->name,
			       text);
	if (high == DBL_MAX)
		return lt_fail(err, LT_USAGE, "--%s: '%s' is not a number of at least %s",
			       opt->name, text, low_text);
	return lt_fail(err, LT_USAGE, "--%s: '%s' is not a number from %s to %s", opt->name,
		       text, low_text, high_text);
}

static int set_choice(const struct lt_opt *opt, struct lt_choice_value *field, const char *text,
		      struct lt_error *err)
{
	char list[400] = "";
	size_t used = 0;
	int i;

	field->value = lt_choice_find(opt->choices, text);
	if (field->value >= 0)
		return 0;
	field->value = 0;
	if (lt_choice_find(opt->later, text) >= 0)
		return lt_fail(err, LT_USAGE, "--%s: '%s' is not supported in this version",
			       opt->name, text);
	for (i = 0; opt->choices[i] && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
					 i ? ", " : "", opt->choices[i]);
	return lt_fail(err, LT_USAGE, "--%s: '%s' is none of %s", opt->name, text, list);
}

static int set_text(const struct lt_opt *opt, struct lt_text_value *field, const char *text,
		    struct lt_error *err)
{
	field->value = text;
	if (opt->type == LT_OPT_TEXT && !is_printable(text))
		return lt_fail(err, LT_USAGE,
			       "--%s: control characters or bytes that are not UTF-8",
			       opt->name);
	if (opt->type == LT_OPT_FILE && !*text)
		return lt_fail(err, LT_USAGE, "--%s: an empty file name", opt->name);
	return 0;
}

static int set_paths(const struct lt_opt *opt, struct lt_paths_value *field, const char *text,
		     struct lt_error *err)
{
	if (!*text)
		return lt_fail(err, LT_USAGE, "--%s: an empty file name", opt->name);
	if (field->n == LT_MAX_PATHS)
		return lt_fail(err, LT_USAGE, "--%s: more than %d files", opt->name,
			       LT_MAX_PATHS);
	field->value[field->n++] = text;
	return 0;
}

/* Checks and stores a value; text must live as long as cli.  For a flag it is NULL. */
static int set_field(const struct lt_cli *cli, const struct lt_opt *opt, void *field,
		     const char *text, struct lt_error *err)
{
	switch (opt->type) {
	case LT_OPT_INT:
		return set_int(cli, opt, field, text, err);
	case LT_OPT_SIZE:
		return set_size(opt, field, text, err);
	case LT_OPT_REAL:
		return set_real(opt, field, text, err);
	case LT_OPT_TEXT:
	case LT_OPT_FILE:
		return set_text(opt, field, text, err);
	case LT_OPT_FILES:
		return set_paths(opt, field, text, err);
	case LT_OPT_CHOICE:
		return set_choice(opt, field, text, err);
	case LT_OPT_FLAG:
		break;
	}
	return 0;
}

static int set_value(const struct lt_cli *cli, int i, const char *text, struct lt_error *err)
{
	*lt_cli_has(cli, i) = true;
	return set_field(cli, lt_cli_opt(cli, i), lt_cli_field(cli, i), text, err);
}

static int count_opts(const struct lt_opt *opts)
{
	int n = 0;

	while (opts && opts[n].name)
		n++;
	return n;
}

const char *lt_large_default(const struct lt_program *program, const struct lt_opt *opt)
{
	const struct lt_default *large;

	for (large = program->large; large && large->option; large++)
		if (strcmp(large->option, opt->name) == 0)
			return large->value;
	return NULL;
}

/* A wrong default is a bug, which the program's first test finds. */
static int set_defaults(struct lt_cli *cli, int i, struct lt_error *err)
{
	const struct lt_opt *opt = lt_cli_opt(cli, i);
	const char *large = lt_large_default(cli->program, opt);
	union {
		struct lt_int_value integer;
		struct lt_real_value real;
		struct lt_text_value text;
		struct lt_choice_value choice;
	} tried;

	if ((!large || set_field(cli, opt, &tried, large, err) == 0) &&
	    (!opt->def || set_value(cli, i, opt->def, err) == 0))
		return 0;
	return lt_fail(err, LT_BUG, "the default of --%s is wrong", opt->name);
}

int lt_cli_init(struct lt_cli *cli, const struct lt_program *program, void *options,
		struct lt_error *err)
{
	int i, code = 0;

	memset(cli, 0, sizeof(*cli));
	cli->program = program;
	cli->own = options;
	cli->text = program->text;
	cli->n_own = count_opts(program->opts);
	cli->n_opts = cli->n_own + count_opts(lt_common_opts);
	for (i = 0; i < cli->n_opts && code == 0; i++)
		code = set_defaults(cli, i, err);
	return code;
}

void lt_opt_take_large(struct lt_cli *cli)
{
	const struct lt_default *large;
	struct lt_error none; /* lt_cli_init has checked them */
	int i;

	for (large = cli->program->large; large && large->option; large++) {
		i = lt_cli_need(cli, large->option);
		if (!*lt_cli_given(cli, i) && !*lt_cli_preset(cli, i))
			set_value(cli, i, large->value, &none);
	}
}

int lt_opt_preset(struct lt_cli *cli, const char *name, const char *value, struct lt_error *err)
{
	int i = lt_cli_need(cli, name);

	if (*lt_cli_given(cli, i))
		return 0;
	*lt_cli_preset(cli, i) = true;
	return set_value(cli, i, value, err);
}

/* The option whose name consists of the first n bytes of name, or -1. */
static int find_long(const struct lt_cli *cli, const char *name, size_t n)
{
	int i;

	for (i = 0; i < cli->n_opts; i++)
		if (strlen(lt_cli_opt(cli, i)->name) == n &&
		    memcmp(lt_cli_opt(cli, i)->name, name, n) == 0)
			return i;
	return -1;
}

static int find_letter(const struct lt_cli *cli, char letter)
{
	int i;

	for (i = 0; i < cli->n_opts; i++)
		if (lt_cli_opt(cli, i)->letter == letter)
			return i;
	return -1;
}

/* Stores a flag, or a value that is in place or in the next argument. */
static int take(struct lt_cli *cli, int i, const char *text, char **argv, int *at,
		struct lt_error *err)
{
	const struct lt_opt *opt = lt_cli_opt(cli, i);

	if (opt->type != LT_OPT_FLAG && !text) {
		text = argv[*at + 1];
		if (!text)
			return lt_fail(err, LT_USAGE, "option --%s needs a value", opt->name);
		++*at;
	}
	*lt_cli_given(cli, i) = true;
	return set_value(cli, i, text, err);
}

static int take_long(struct lt_cli *cli, char **argv, int *at, struct lt_error *err)
{
	const char *name = argv[*at] + 2;
	size_t n = strcspn(name, "=");
	int i = find_long(cli, name, n);

	if (i < 0)
		return lt_fail(err, LT_USAGE, "unknown option '--%.*s'", (int)n, name);
	if (lt_cli_opt(cli, i)->type == LT_OPT_FLAG && name[n] == '=')
		return lt_fail(err, LT_USAGE, "option --%s takes no value",
			       lt_cli_opt(cli, i)->name);
	return take(cli, i, name[n] == '=' ? name + n + 1 : NULL, argv, at, err);
}

static int take_letters(struct lt_cli *cli, char **argv, int *at, struct lt_error *err)
{
	const char *letter = argv[*at] + 1;
	int i, code;

	for (; *letter; letter++) {
		i = find_letter(cli, *letter);
		if (i < 0)
			return lt_fail(err, LT_USAGE, "unknown option '-%.*s'",
				       lt_printable(letter) ? (int)lt_printable(letter) : 1,
				       letter);
		if (lt_cli_opt(cli, i)->type != LT_OPT_FLAG)
			return take(cli, i, letter[1] ? letter + 1 : NULL, argv, at, err);
		code = take(cli, i, NULL, argv, at, err);
		if (code)
			return code;
	}
	return 0;
}

/* Help and version end parsing at once, wherever they are on the command line. */
static enum lt_action action_now(const struct lt_cli *cli)
{
	if (cli->common.help.given)
		return LT_ACT_HELP;
	if (cli->common.version.given)
		return LT_ACT_VERSION;
	return LT_ACT_RUN;
}

static void settle(struct lt_cli *cli)
{
	if (!cli->common.threads.has)
		lt_int_default(&cli->common.threads,
			       cli->program->learns ? (uint64_t)lt_cpu_count() : 1);
	cli->quiet = cli->common.quiet.given;
	cli->verbose = cli->common.verbose.given && !cli->quiet;
}

int lt_cli_parse(struct lt_cli *cli, int argc, char **argv, enum lt_action *action,
		 struct lt_error *err)
{
	int max = cli->program->max_operands;
	bool options = true;
	int at, code = 0;

	*action = LT_ACT_RUN;
	cli->operand = lt_new_array((size_t)argc + 1, sizeof(*cli->operand));
	if (!cli->operand)
		return lt_fail_memory(err);
	for (at = 1; at < argc && code == 0 && *action == LT_ACT_RUN; at++) {
		const char *argument = argv[at];

		if (!options || argument[0] != '-' || !argument[1])
			cli->operand[cli->n_operands++] = argument;
		else if (strcmp(argument, "--") == 0)
			options = false;
		else if (strcmp(argument, "--list-options") == 0)
			*action = LT_ACT_LIST;
		else {
			code = argument[1] == '-' ? take_long(cli, argv, &at, err)
						  : take_letters(cli, argv, &at, err);
			*action = action_now(cli);
		}
	}
	if (code || *action != LT_ACT_RUN)
		return code;
	settle(cli);
	if (max >= 0 && cli->n_operands > max)
		return lt_fail(err, LT_USAGE, "operand '%s' is one too many",
			       cli->operand[max]);
	return 0;
}
