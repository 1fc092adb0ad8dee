/*
 * The texts generated from a program's table: --help, --version and
 * --list-options.  Each option takes one line; fine-tuning and common options share
 * lines, so that the help fits on a screen of forty lines.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli_private.h"

#define HELP_COLUMN 28
#define WIDTH 116

static bool add(struct lt_buffer *text, const char *fmt, ...) LT_PRINTF(2, 3);

static bool add(struct lt_buffer *text, const char *fmt, ...)
{
	char piece[1024];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(piece, sizeof(piece), fmt, args);
	va_end(args);
	if (n < 0)
		return false;
	return lt_buffer_append(text, piece,
				(size_t)n < sizeof(piece) ? (size_t)n : sizeof(piece) - 1);
}

void lt_shown_name(const struct lt_program *program, char *out, size_t size)
{
	const char *name = program->name;

	if (strcmp(name, "lt") == 0)
		snprintf(out, size, "lt");
	else
		snprintf(out, size, "lt %s", strncmp(name, "lt", 2) == 0 ? name + 2 : name);
}

/* "-e, --epochs N"; choices without a name for the argument are listed: "--loss ce|focal". */
static void option_text(const struct lt_opt *opt, bool align, char *out, size_t size)
{
	char letter[8] = "";
	size_t used;
	int i;

	if (opt->letter)
		snprintf(letter, sizeof(letter), "-%c, ", opt->letter);
	used = (size_t)snprintf(out, size, "%*s--%s", align ? 4 : 0, letter, opt->name);
	if (opt->arg && opt->type != LT_OPT_FLAG)
		snprintf(out + used, size - used, " %s", opt->arg);
	else if (opt->type == LT_OPT_CHOICE)
		for (i = 0; opt->choices[i] && used < size; i++)
			used += (size_t)snprintf(out + used, size - used, "%c%s", i ? '|' : ' ',
						 opt->choices[i]);
}

/* "default 0.1, above 64 pixels 0.2"; empty without a default. */
static void default_text(const struct lt_program *program, const struct lt_opt *opt, char *out,
			 size_t size)
{
	const char *large = lt_large_default(program, opt);

	out[0] = '\0';
	if (opt->def && large)
		snprintf(out, size, "default %s, above %d pixels %s", opt->def, LT_SMALL_SIDE,
			 large);
	else if (opt->def)
		snprintf(out, size, "default %s", opt->def);
}

static bool in_brackets(struct lt_buffer *text, const char *what)
{
	return !what[0] || add(text, " (%s)", what);
}

/*
 * "f32, bf16 or bf16-fast".  Names that differ from the first only in a final number are
 * shortened to the number: "resnet20, 32 or 44".
 */
static void list_choices(const struct lt_opt *opt, char *list, size_t size)
{
	size_t used = 0, stem = strcspn(opt->choices[0], "0123456789");

	for (int i = 0; opt->choices[i] && used < size; i++) {
		const char *name = opt->choices[i];
		bool numbered = i > 0 && stem > 0 &&
				strncmp(name, opt->choices[0], stem) == 0 && name[stem] &&
				!name[stem + strspn(name + stem, "0123456789")];

		used += (size_t)snprintf(list + used, size - used, "%s%s",
					 i == 0		       ? ""
					 : opt->choices[i + 1] ? ", "
							       : " or ",
					 numbered ? name + stem : name);
	}
}

/* The phrase, the choices, the default. */
static void describe(const struct lt_program *program, const struct lt_opt *opt, char *out,
		     size_t size)
{
	char list[400] = "", def[120];

	if (opt->type == LT_OPT_CHOICE && opt->arg)
		list_choices(opt, list, sizeof(list));
	default_text(program, opt, def, sizeof(def));
	snprintf(out, size, "%s%s%s%s%s%s", opt->help, opt->help[0] && list[0] ? ": " : "",
		 list, def[0] ? " (" : "", def, def[0] ? ")" : "");
}

static bool own_options(const struct lt_cli *cli, struct lt_buffer *text)
{
	char left[300], right[900];
	bool good = true;
	int i;

	for (i = 0; i < cli->n_own && good; i++) {
		const struct lt_opt *opt = lt_cli_opt(cli, i);

		if (opt->flags & LT_OPT_FINE)
			continue;
		option_text(opt, true, left, sizeof(left));
		describe(cli->program, opt, right, sizeof(right));
		good = add(text, "  %-*s  %s\n", HELP_COLUMN - 4, left, right);
	}
	return good;
}

/* Options that share lines under a heading. */
struct shared {
	struct lt_buffer *text;
	const char *heading; /* until the first */
	int indent;
	size_t at; /* column */
};

/* "--beta X", followed by `more` in brackets. */
static bool share(struct shared *lines, const struct lt_opt *opt, const char *more)
{
	char item[300];
	size_t n;
	bool good = true;

	option_text(opt, false, item, sizeof(item));
	n = strlen(item) + (more[0] ? strlen(more) + 3 : 0);
	if (lines->heading) {
		good = add(lines->text, "%s", lines->heading);
		lines->at = strlen(lines->heading);
		lines->indent = (int)lines->at;
		lines->heading = NULL;
	} else if (lines->at + 2 + n > WIDTH) {
		good = add(lines->text, "\n%*s", lines->indent, "");
		lines->at = (size_t)lines->indent;
	}
	lines->at += 2 + n;
	return good && add(lines->text, "  %s", item) && in_brackets(lines->text, more);
}

static bool fine_options(const struct lt_cli *cli, struct lt_buffer *text)
{
	struct shared lines = {.text = text, .heading = "Fine:  "};
	char def[120];
	bool good = true;
	int i;

	for (i = 0; i < cli->n_own && good; i++) {
		const struct lt_opt *opt = lt_cli_opt(cli, i);

		if (!(opt->flags & LT_OPT_FINE))
			continue;
		default_text(cli->program, opt, def, sizeof(def));
		good = share(&lines, opt, def[0] || opt->type == LT_OPT_FLAG ? def : opt->help);
	}
	return good && (lines.heading || add(text, "\n"));
}

static bool common_options(const struct lt_cli *cli, struct lt_buffer *text)
{
	struct shared lines = {.text = text, .heading = "Common:"};
	const struct lt_opt *opt;
	char def[40];
	bool good = true;

	for (opt = lt_common_opts; opt->name && good; opt++) {
		def[0] = '\0';
		if (strcmp(opt->name, "threads") == 0)
			snprintf(def, sizeof(def), "default %s",
				 cli->program->learns ? "all CPUs" : "1");
		else if (opt->type == LT_OPT_SIZE)
			snprintf(def, sizeof(def), "default half");
		else if (opt->def)
			snprintf(def, sizeof(def), "default %s", opt->def);
		good = share(&lines, opt, def);
	}
	return good && add(text, "\n");
}

bool lt_help_text(const struct lt_cli *cli, struct lt_buffer *text)
{
	const struct lt_program *program = cli->program;
	char name[80];
	bool good;
	int i;

	lt_shown_name(program, name, sizeof(name));
	good = add(text, "usage: %s %s\n%s\n\n", name, program->synopsis, program->summary) &&
	       own_options(cli, text) && fine_options(cli, text) && common_options(cli, text);
	for (i = 0; i < 3 && program->examples[i] && good; i++)
		good = add(text, "%s  %s\n", i == 0 ? "\n" : "", program->examples[i]);
	return good;
}

bool lt_version_text(const struct lt_program *program, struct lt_buffer *text)
{
	return add(text, "%s (ltpipe) %s\n", program->name, LT_VERSION) &&
	       (!lt_commit[0] || add(text, "commit %s\n", lt_commit)) &&
	       (!program->version_note || add(text, "%s\n", program->version_note()));
}

static const char *kind_name(enum lt_opt_type type)
{
	switch (type) {
	case LT_OPT_FLAG:
		return "FLAG";
	case LT_OPT_FILE:
	case LT_OPT_FILES:
		return "FILE";
	case LT_OPT_CHOICE:
		return "CHOICE";
	case LT_OPT_INT:
	case LT_OPT_SIZE:
	case LT_OPT_REAL:
	case LT_OPT_TEXT:
		break;
	}
	return "WORD";
}

bool lt_list_text(const struct lt_cli *cli, struct lt_buffer *text)
{
	bool good = true;
	int i, c;

	for (i = 0; i < cli->n_opts && good; i++) {
		const struct lt_opt *opt = lt_cli_opt(cli, i);
		char letter[3] = {'-', opt->letter, '\0'};

		good = add(text, "--%s %s %s", opt->name, letter, kind_name(opt->type));
		for (c = 0; opt->choices && opt->choices[c] && good; c++)
			good = add(text, " %s", opt->choices[c]);
		good = good && add(text, "\n");
	}
	return good;
}
