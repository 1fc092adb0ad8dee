/* The values of options, for programs and for provenance. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cli/cli_private.h"
#include "cli/message.h"

const struct lt_opt *lt_cli_opt(const struct lt_cli *cli, int i)
{
	return i < cli->n_own ? &cli->program->opts[i] : &lt_common_opts[i - cli->n_own];
}

void *lt_cli_field(const struct lt_cli *cli, int i)
{
	const char *base = i < cli->n_own ? cli->own : (const char *)&cli->common;

	return (void *)(uintptr_t)(base + lt_cli_opt(cli, i)->at);
}

#define IS_LAID_OUT(type)                                                                      \
	(offsetof(struct type, given) == 0 && offsetof(struct type, has) == sizeof(bool) &&    \
	 offsetof(struct type, preset) == 2 * sizeof(bool))

_Static_assert(IS_LAID_OUT(lt_flag_value) && IS_LAID_OUT(lt_int_value) &&
		       IS_LAID_OUT(lt_real_value) && IS_LAID_OUT(lt_text_value) &&
		       IS_LAID_OUT(lt_paths_value) && IS_LAID_OUT(lt_choice_value),
	       "every field begins with given, has and preset");

bool *lt_cli_given(const struct lt_cli *cli, int i)
{
	return lt_cli_field(cli, i);
}

bool *lt_cli_has(const struct lt_cli *cli, int i)
{
	return lt_cli_given(cli, i) + 1;
}

bool *lt_cli_preset(const struct lt_cli *cli, int i)
{
	return lt_cli_given(cli, i) + 2;
}

/* An option missing from the table is a bug, which the program's first test finds. */
int lt_cli_need(const struct lt_cli *cli, const char *name)
{
	char text[200];

	for (int i = 0; i < cli->n_opts; i++)
		if (strcmp(lt_cli_opt(cli, i)->name, name) == 0)
			return i;
	snprintf(text, sizeof(text), "bug: no option --%s", name);
	lt_message(cli->program->name, text, false);
	abort();
}

bool lt_opt_given(const struct lt_cli *cli, const char *name)
{
	return *lt_cli_given(cli, lt_cli_need(cli, name));
}

void lt_opt_drop(struct lt_cli *cli, const char *name)
{
	*lt_cli_has(cli, lt_cli_need(cli, name)) = false;
}

int lt_cli_operands(const struct lt_cli *cli)
{
	return cli->n_operands;
}

const char *const *lt_cli_operand_list(const struct lt_cli *cli)
{
	return cli->operand;
}

const char *lt_cli_operand(const struct lt_cli *cli, int i)
{
	return i < cli->n_operands ? cli->operand[i] : NULL;
}

int lt_cli_threads(const struct lt_cli *cli)
{
	return (int)cli->common.threads.value;
}

uint64_t lt_cli_seed(const struct lt_cli *cli)
{
	return cli->common.seed.value;
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

/* The canonical text of a value: --lr 0.10 becomes 0.1.  number: room for one number. */
static const char *spell(const struct lt_cli *cli, int i, char number[32])
{
	const struct lt_opt *opt = lt_cli_opt(cli, i);
	const void *field = lt_cli_field(cli, i);

	switch (opt->type) {
	case LT_OPT_INT:
	case LT_OPT_SIZE:
		snprintf(number, 32, "%llu",
			 (unsigned long long)((const struct lt_int_value *)field)->value);
		return number;
	case LT_OPT_REAL:
		lt_format_real(((const struct lt_real_value *)field)->value, number);
		return number;
	case LT_OPT_CHOICE:
		return opt->choices[((const struct lt_choice_value *)field)->value];
	case LT_OPT_TEXT:
	case LT_OPT_FILE:
		return ((const struct lt_text_value *)field)->value;
	case LT_OPT_FILES:
		return ((const struct lt_paths_value *)field)->value[0];
	case LT_OPT_FLAG:
		break;
	}
	return "";
}

bool lt_opt_shown(const struct lt_cli *cli, const char *name, char *text, size_t size)
{
	int i = lt_cli_need(cli, name);
	char number[32];

	if (!*lt_cli_has(cli, i))
		return false;
	snprintf(text, size, "%s", spell(cli, i, number));
	return true;
}

/* "--name=value".  *out is NULL if there is nothing to record; false: out of memory. */
static bool describe(const struct lt_cli *cli, int i, struct lt_arena *arena, const char **out)
{
	const struct lt_opt *opt = lt_cli_opt(cli, i);
	char number[32];

	*out = NULL;
	if (!(opt->flags & LT_OPT_RESULT) || !*lt_cli_has(cli, i) || opt->type == LT_OPT_FILE ||
	    opt->type == LT_OPT_FILES)
		return true;
	if (opt->type == LT_OPT_FLAG)
		*out = lt_arena_printf(arena, "--%s", opt->name);
	else
		*out = lt_arena_printf(arena, "--%s=%s", opt->name, spell(cli, i, number));
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
		if (!describe(cli, i, &arena, &opts[entry.n_opts]))
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
