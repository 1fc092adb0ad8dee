/*
 * The parser.  getopt_long(3) abbreviates long names (so that a new option can
 * break an old script) and prints its own messages, hence this one: options
 * anywhere before "--", --name VALUE or --name=VALUE, -xVALUE or -x VALUE,
 * one-letter flags bundled, every value checked before the program runs.
 */
#include <float.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/pool.h"
#include "cli/cli_private.h"
#include "cli/message.h"

static const char *const progress_choices[] = {"auto", "always", "never", NULL};

const struct lt_opt lt_common_opts[] = {
	{.name = "output",
	 .letter = 'o',
	 .type = LT_OPT_FILE,
	 .arg = "FILE",
	 .help = "where to write instead of stdout"},
	{.name = "seed", .type = LT_OPT_INT, .arg = "N", .def = "0", .help = "of all draws"},
	{.name = "threads",
	 .type = LT_OPT_INT,
	 .arg = "N",
	 .help = "threads",
	 .min = 1,
	 .max = 1024},
	{.name = "quiet", .letter = 'q', .type = LT_OPT_FLAG, .help = "no notices"},
	{.name = "verbose", .letter = 'v', .type = LT_OPT_FLAG, .help = "say more"},
	{.name = "progress",
	 .type = LT_OPT_CHOICE,
	 .def = "auto",
	 .help = "a progress line",
	 .choices = progress_choices},
	{.name = "help", .letter = 'h', .type = LT_OPT_FLAG, .help = "this text"},
	{.name = "version", .letter = 'V', .type = LT_OPT_FLAG, .help = "the version"},
	{.name = NULL},
};

static bool is_listed(const char *const *list, const char *text, int *index)
{
	int i;

	for (i = 0; list && list[i]; i++) {
		if (strcmp(list[i], text) == 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

/* Value texts may end up in provenance, whose texts are UTF-8 without control characters. */
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
		return lt_fail(err, LT_USAGE, "--%s: '%s' is not a whole number from %llu on",
			       opt->name, text, (unsigned long long)opt->min);
	return lt_fail(err, LT_USAGE, "--%s: '%s' is not a whole number from %llu to %llu",
		       opt->name, text, (unsigned long long)opt->min, (unsigned long long)max);
}

static int set_int(const struct lt_cli *cli, struct lt_value *value, const char *text,
		   struct lt_error *err)
{
	const struct lt_opt *opt = value->opt;
	uint64_t max = opt->max ? opt->max : UINT64_MAX;

	if (cli->program->max_seed && strcmp(opt->name, "seed") == 0)
		max = cli->program->max_seed;
	if (!lt_parse_u64(text, opt->min, max, &value->integer))
		return bad_int(opt, text, max, err);
	return 0;
}

static int set_real(struct lt_value *value, const char *text, struct lt_error *err)
{
	const struct lt_opt *opt = value->opt;
	bool free_range = opt->low == 0 && opt->high == 0;
	double low = free_range ? -DBL_MAX : opt->low;
	double high = free_range ? DBL_MAX : opt->high;
	char low_text[32], high_text[32];

	if (lt_parse_real(text, low, high, &value->real))
		return 0;
	lt_format_real(low, low_text);
	lt_format_real(high, high_text);
	if (free_range)
		return lt_fail(err, LT_USAGE, "--%s: '%s' is not a finite number", opt->name,
			       text);
	if (high == DBL_MAX)
		return lt_fail(err, LT_USAGE, "--%s: '%s' is not a number from %s on",
			       opt->name, text, low_text);
	return lt_fail(err, LT_USAGE, "--%s: '%s' is not a number from %s to %s", opt->name,
		       text, low_text, high_text);
}

static int set_choice(struct lt_value *value, const char *text, struct lt_error *err)
{
	const struct lt_opt *opt = value->opt;
	char list[400] = "";
	size_t used = 0;
	int i;

	if (is_listed(opt->choices, text, &value->choice))
		return 0;
	if (is_listed(opt->later, text, &i))
		return lt_fail(err, LT_USAGE, "--%s: '%s' is not supported in this version",
			       opt->name, text);
	for (i = 0; opt->choices[i] && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
					 i ? ", " : "", opt->choices[i]);
	return lt_fail(err, LT_USAGE, "--%s: '%s' is none of %s", opt->name, text, list);
}

/* Checks and stores; text must live as long as cli. */
static int set_value(const struct lt_cli *cli, struct lt_value *value, const char *text,
		     struct lt_error *err)
{
	const struct lt_opt *opt = value->opt;
	int code = 0;

	switch (opt->type) {
	case LT_OPT_FLAG:
		break;
	case LT_OPT_INT:
		code = set_int(cli, value, text, err);
		break;
	case LT_OPT_REAL:
		code = set_real(value, text, err);
		break;
	case LT_OPT_TEXT:
		if (!is_printable(text))
			code = lt_fail(err, LT_USAGE,
				       "--%s: control characters or bytes that are not UTF-8",
				       opt->name);
		break;
	case LT_OPT_FILE:
		if (!*text)
			code = lt_fail(err, LT_USAGE, "--%s: an empty file name", opt->name);
		break;
	case LT_OPT_CHOICE:
		code = set_choice(value, text, err);
		break;
	}
	value->text = text;
	value->has = true;
	return code;
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

/* A wrong default is a mistake of ours, found by the program's first test. */
static int set_default(struct lt_cli *cli, struct lt_value *value, const char *text,
		       struct lt_error *err)
{
	if (!text || set_value(cli, value, text, err) == 0)
		return 0;
	return lt_fail(err, LT_BUG, "the default of --%s is wrong", value->opt->name);
}

int lt_cli_init(struct lt_cli *cli, const struct lt_program *program, struct lt_error *err)
{
	int n_common = count_opts(lt_common_opts);
	struct lt_value *value, large;
	int i, code;

	memset(cli, 0, sizeof(*cli));
	cli->program = program;
	cli->text = program->text;
	cli->n_own = count_opts(program->opts);
	cli->n_values = cli->n_own + n_common;
	cli->value = lt_new_array((size_t)cli->n_values, sizeof(*cli->value));
	if (!cli->value)
		return lt_fail_memory(err);
	for (i = 0; i < cli->n_values; i++) {
		value = &cli->value[i];
		value->opt =
			i < cli->n_own ? &program->opts[i] : &lt_common_opts[i - cli->n_own];
		large = *value;
		if ((code = set_default(cli, &large, lt_large_default(program, value->opt),
					err)) != 0 ||
		    (code = set_default(cli, value, value->opt->def, err)) != 0)
			return code;
	}
	return 0;
}

void lt_opt_take_large(struct lt_cli *cli)
{
	const struct lt_default *large;
	struct lt_value *value;
	struct lt_error none; /* they were tried by lt_cli_init */

	for (large = cli->program->large; large && large->option; large++) {
		value = lt_cli_need(cli, large->option);
		if (!value->given)
			set_value(cli, value, large->value, &none);
	}
}

/* The option with the name's first n bytes, or NULL. */
static struct lt_value *find_long(const struct lt_cli *cli, const char *name, size_t n)
{
	int i;

	for (i = 0; i < cli->n_values; i++)
		if (strlen(cli->value[i].opt->name) == n &&
		    memcmp(cli->value[i].opt->name, name, n) == 0)
			return &cli->value[i];
	return NULL;
}

static struct lt_value *find_letter(const struct lt_cli *cli, char letter)
{
	int i;

	for (i = 0; i < cli->n_values; i++)
		if (cli->value[i].opt->letter == letter)
			return &cli->value[i];
	return NULL;
}

/* Stores a flag, or a value that is in place or in the next argument. */
static int take(struct lt_cli *cli, struct lt_value *value, const char *text, char **argv,
		int *at, struct lt_error *err)
{
	if (value->opt->type != LT_OPT_FLAG && !text) {
		text = argv[*at + 1];
		if (!text)
			return lt_fail(err, LT_USAGE, "option --%s needs a value",
				       value->opt->name);
		++*at;
	}
	value->given = true;
	return set_value(cli, value, text, err);
}

static int take_long(struct lt_cli *cli, char **argv, int *at, struct lt_error *err)
{
	const char *name = argv[*at] + 2;
	size_t n = strcspn(name, "=");
	struct lt_value *value = find_long(cli, name, n);

	if (!value)
		return lt_fail(err, LT_USAGE, "unknown option '--%.*s'", (int)n, name);
	if (value->opt->type == LT_OPT_FLAG && name[n] == '=')
		return lt_fail(err, LT_USAGE, "option --%s takes no value", value->opt->name);
	return take(cli, value, name[n] == '=' ? name + n + 1 : NULL, argv, at, err);
}

static int take_letters(struct lt_cli *cli, char **argv, int *at, struct lt_error *err)
{
	const char *letter = argv[*at] + 1;
	struct lt_value *value;
	int code;

	for (; *letter; letter++) {
		value = find_letter(cli, *letter);
		if (!value)
			return lt_fail(err, LT_USAGE, "unknown option '-%.*s'",
				       lt_printable(letter) ? (int)lt_printable(letter) : 1,
				       letter);
		if (value->opt->type != LT_OPT_FLAG)
			return take(cli, value, letter[1] ? letter + 1 : NULL, argv, at, err);
		code = take(cli, value, NULL, argv, at, err);
		if (code)
			return code;
	}
	return 0;
}

/* Help and version end the parsing at once, wherever they stand. */
static enum lt_action action_now(const struct lt_cli *cli)
{
	if (lt_cli_need(cli, "help")->given)
		return LT_ACT_HELP;
	if (lt_cli_need(cli, "version")->given)
		return LT_ACT_VERSION;
	return LT_ACT_RUN;
}

static void settle(struct lt_cli *cli)
{
	struct lt_value *threads = lt_cli_need(cli, "threads");

	if (!threads->has) {
		threads->integer = cli->program->learns ? (uint64_t)lt_cpu_count() : 1;
		threads->has = true;
	}
	cli->quiet = lt_cli_need(cli, "quiet")->given;
	cli->verbose = lt_cli_need(cli, "verbose")->given && !cli->quiet;
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
