/* The values of options as programs ask for them, and as provenance records them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cli/cli_private.h"
#include "cli/message.h"

/* An option that the table lacks is a mistake of ours, found by the program's first test. */
static _Noreturn void die_of_bug(const struct lt_cli *cli, const char *name)
{
	char text[200];

	snprintf(text, sizeof(text), "bug: no option --%s of that type", name);
	lt_message(cli->program->name, text, false);
	abort();
}

struct lt_value *lt_cli_need(const struct lt_cli *cli, const char *name)
{
	int i;

	for (i = 0; i < cli->n_values; i++)
		if (strcmp(cli->value[i].opt->name, name) == 0)
			return &cli->value[i];
	die_of_bug(cli, name);
}

static struct lt_value *typed(const struct lt_cli *cli, const char *name, enum lt_opt_type type)
{
	struct lt_value *value = lt_cli_need(cli, name);

	if (value->opt->type != type)
		die_of_bug(cli, name);
	return value;
}

bool lt_opt_given(const struct lt_cli *cli, const char *name)
{
	return lt_cli_need(cli, name)->given;
}

bool lt_opt_flag(const struct lt_cli *cli, const char *name)
{
	return typed(cli, name, LT_OPT_FLAG)->given;
}

uint64_t lt_opt_int(const struct lt_cli *cli, const char *name)
{
	return typed(cli, name, LT_OPT_INT)->integer;
}

double lt_opt_real(const struct lt_cli *cli, const char *name)
{
	return typed(cli, name, LT_OPT_REAL)->real;
}

const char *lt_opt_text(const struct lt_cli *cli, const char *name)
{
	return lt_cli_need(cli, name)->text;
}

int lt_opt_choice(const struct lt_cli *cli, const char *name)
{
	return typed(cli, name, LT_OPT_CHOICE)->choice;
}

void lt_opt_set_int(struct lt_cli *cli, const char *name, uint64_t value)
{
	struct lt_value *slot = typed(cli, name, LT_OPT_INT);

	slot->integer = value;
	slot->has = true;
}

void lt_opt_set_real(struct lt_cli *cli, const char *name, double value)
{
	struct lt_value *slot = typed(cli, name, LT_OPT_REAL);

	slot->real = value;
	slot->has = true;
}

void lt_opt_set_text(struct lt_cli *cli, const char *name, const char *value)
{
	struct lt_value *slot = lt_cli_need(cli, name);
	const char *const *choices = slot->opt->choices;
	int i;

	slot->text = lt_arena_text(&cli->arena, value);
	slot->has = slot->text != NULL;
	for (i = 0; choices && choices[i]; i++)
		if (strcmp(choices[i], value) == 0)
			slot->choice = i;
}

void lt_opt_drop(struct lt_cli *cli, const char *name)
{
	lt_cli_need(cli, name)->has = false;
}

int lt_cli_operands(const struct lt_cli *cli)
{
	return cli->n_operands;
}

const char *lt_cli_operand(const struct lt_cli *cli, int i)
{
	return i < cli->n_operands ? cli->operand[i] : NULL;
}

int lt_cli_threads(const struct lt_cli *cli)
{
	return (int)lt_opt_int(cli, "threads");
}

uint64_t lt_cli_seed(const struct lt_cli *cli)
{
	return lt_opt_int(cli, "seed");
}

bool lt_cli_verbose(const struct lt_cli *cli)
{
	return cli->verbose;
}

bool lt_cli_quiet(const struct lt_cli *cli)
{
	return cli->quiet;
}

const char *lt_cli_program(const struct lt_cli *cli)
{
	return cli->program->name;
}

/* A value in one spelling: --lr 0.10 is 0.1.  number: room for one. */
static const char *spell(const struct lt_value *value, char number[32])
{
	switch (value->opt->type) {
	case LT_OPT_INT:
		snprintf(number, 32, "%llu", (unsigned long long)value->integer);
		return number;
	case LT_OPT_REAL:
		lt_format_real(value->real, number);
		return number;
	case LT_OPT_FLAG:
		return "";
	default:
		return value->text;
	}
}

bool lt_opt_shown(const struct lt_cli *cli, const char *name, char *text, size_t size)
{
	const struct lt_value *value = lt_cli_need(cli, name);
	char number[32];

	if (!value->has)
		return false;
	snprintf(text, size, "%s", spell(value, number));
	return true;
}

/*
 * "--name=value", so that equal runs give equal bytes.  *out is NULL where there
 * is nothing to record; false: no memory.
 */
static bool describe(const struct lt_value *value, struct lt_arena *arena, const char **out)
{
	const char *name = value->opt->name;
	char number[32];

	*out = NULL;
	if (!(value->opt->flags & LT_OPT_RESULT) || !value->has ||
	    value->opt->type == LT_OPT_FILE)
		return true;
	if (value->opt->type == LT_OPT_FLAG)
		*out = lt_arena_printf(arena, "--%s", name);
	else
		*out = lt_arena_printf(arena, "--%s=%s", name, spell(value, number));
	return *out != NULL;
}

int lt_cli_provenance(struct lt_cli *cli, struct lt_header *header, const char *out,
		      const struct lt_prov_in *in, int n_in, struct lt_error *err)
{
	struct lt_arena arena = {0};
	struct lt_prov entry = {.prog = cli->program->name,
				.version = LT_VERSION,
				.out = out,
				.seed = lt_cli_seed(cli),
				.in = in,
				.n_in = n_in};
	const char **opts;
	int i, code = 0;

	opts = lt_arena_array(&arena, (size_t)cli->n_own + (size_t)cli->n_notes, sizeof(*opts));
	if (!opts)
		return lt_fail_memory(err);
	for (i = 0; i < cli->n_own && code == 0; i++) {
		if (!describe(&cli->value[i], &arena, &opts[entry.n_opts]))
			code = lt_fail_memory(err);
		else if (opts[entry.n_opts])
			entry.n_opts++;
	}
	for (i = 0; i < cli->n_notes; i++)
		opts[entry.n_opts++] = cli->note[i];
	entry.opts = opts;
	if (code == 0)
		code = lt_prov_add(header, &entry, err);
	lt_arena_free(&arena);
	return code;
}

int lt_cli_provenance_note(struct lt_cli *cli, const char *name, const char *value)
{
	const char **grown =
		lt_grow_array(cli->note, (size_t)cli->n_notes + 1, sizeof(*cli->note));

	if (!grown)
		return LT_OS;
	cli->note = grown;
	cli->note[cli->n_notes] = lt_arena_printf(&cli->arena, "--%s=%s", name, value);
	if (!cli->note[cli->n_notes])
		return LT_OS;
	cli->n_notes++;
	return 0;
}
