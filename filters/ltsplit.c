/*
 * ltsplit: draws a long-tailed subset of a data set, and writes unlabelled rows,
 * validation and test sets, the rest, and a manifest of the draw.
 */
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "data/split_notice.h"
#include "data/split_streams.h"
#include "data/split_text.h"
#include "program/split_options.h"

/* The row outputs by place: its name in provenance and in messages, its split. */
static const struct {
	const char *out, *split;
} outputs[LT_PLACES] = {
	[LT_PLACE_LABELLED] = {"stdout", "train"},
	[LT_PLACE_UNLABELLED] = {"unlabeled", "unlabeled"},
	[LT_PLACE_VAL] = {"val", "val"},
	[LT_PLACE_TEST] = {"test", "test"},
	[LT_PLACE_REST] = {"rest", NULL},
};

struct work {
	struct lt_cli *cli;
	struct lt_split_options *options;
	struct lt_split_settings settings;
	struct lt_split_groups groups;
	struct lt_split_streams streams;
	struct lt_prov_in text; /* the counts file or the manifest; no role: neither */
	struct lt_output *output[LT_PLACES], *manifest;
	struct lt_header header[LT_PLACES];
	struct lt_split_sink sink[LT_PLACES];
	int *order;
	uint64_t *given;
	struct lt_split_held held;
	struct lt_split_stock stock;
	struct lt_split_plan plan;
	struct lt_mt19937 mt;
};

/* --------------------------------------------------------------------- inputs */

static int open_side(struct work *work, struct lt_output **out,
		     const struct lt_text_value *path, struct lt_error *err)
{
	return path->given ? lt_cli_side_output(work->cli, out, path->value, err) : 0;
}

static int open_outputs(struct work *work, struct lt_error *err)
{
	const struct lt_split_options *o = work->options;
	struct lt_output **out = work->output;
	int code;

	if ((code = open_side(work, &out[LT_PLACE_UNLABELLED], &o->unlabeled, err)) != 0 ||
	    (code = open_side(work, &out[LT_PLACE_VAL], &o->val, err)) != 0 ||
	    (code = open_side(work, &out[LT_PLACE_TEST], &o->test, err)) != 0 ||
	    (code = open_side(work, &out[LT_PLACE_REST], &o->rest, err)) != 0 ||
	    (code = open_side(work, &work->manifest, &o->manifest, err)) != 0)
		return code;
	return lt_cli_output(work->cli, &out[LT_PLACE_LABELLED], err);
}

/* ----------------------------------------------------------------------- draw */

static int read_order(struct work *work, struct lt_error *err)
{
	const char *text = work->options->order.value;
	const struct lt_split_stock *stock = &work->stock;

	if (text && strcmp(text, "by-count") == 0)
		return lt_split_order_by_count(stock->rows, stock->classes, work->order, err);
	return lt_split_parse_order(text, stock->name, stock->classes, work->order, err);
}

static int hold_groups(struct work *work, struct lt_error *err)
{
	struct lt_split_groups *groups = &work->groups;
	int code = lt_split_groups_sort(groups, err);

	if (code == 0)
		code = lt_split_groups_hold(groups, &work->held, work->settings.shares,
					    work->stock.classes, &work->mt,
					    work->streams.data.place, err);
	lt_split_groups_free_rows(groups);
	return code;
}

/* From here on the stock contains the remaining rows. */
static int hold_out(struct work *work, struct lt_error *err)
{
	struct lt_split_stock *stock = &work->stock;
	int code = lt_split_held_init(&work->held, stock->rows, stock->classes, err);

	if (code)
		return code;
	if (work->options->group.given)
		code = hold_groups(work, err);
	else
		lt_split_hold(&work->held, work->settings.shares, stock->classes);
	stock->held = &work->held;
	stock->rows = work->held.left;
	return code;
}

static int read_stock(struct work *work, struct lt_error *err)
{
	struct lt_split_stock *stock = &work->stock;
	size_t n;
	int code;

	*stock = lt_split_streams_stock(&work->streams);
	n = (size_t)stock->classes;
	stock->order = work->order = lt_new_array(n, sizeof *work->order);
	work->settings.rule.given = work->given = lt_new_array(n, sizeof *work->given);
	if (!work->order || !work->given)
		return lt_fail_memory(err);
	code = read_order(work, err);
	if (code == 0 && work->settings.counts)
		code = lt_split_read_counts(work->settings.counts, stock->name, stock->classes,
					    work->given, &work->text, err);
	if (code == 0 && (work->settings.shares.test > 0 || work->settings.shares.val > 0))
		code = hold_out(work, err);
	return code;
}

/* Notices about classes for which the result may be unexpected. */
static int tell_plan(struct work *work, struct lt_error *err)
{
	const struct lt_split_stock *stock = &work->stock;
	char text[6][LT_SPLIT_NOTICE] = {""};
	int i, code = lt_split_tell_head(text[0], &work->plan, &work->settings.rule, stock,
					 err);

	if (code == 0)
		code = lt_split_tell_empty(text[1], &work->plan, &work->settings.rule, stock,
					   err);
	if (code == 0)
		code = lt_split_tell_absent(text[2], stock, err);
	if (code == 0 && work->settings.shares.test > 0)
		code = lt_split_tell_held(text[3], "--test", work->held.test, stock, err);
	if (code == 0 && work->settings.shares.val > 0)
		code = lt_split_tell_held(text[4], "--val", work->held.val, stock, err);
	if (code == 0 && stock->held && stock->held->placed)
		lt_split_tell_groups(text[5], &work->groups, work->settings.shares, stock);
	for (i = 0; i < 6 && code == 0; i++)
		if (*text[i])
			lt_notice(work->cli, "%s", text[i]);
	return code;
}

static int draw(struct work *work, struct lt_error *err)
{
	char text[LT_SPLIT_NOTICE];
	int code;

	lt_mt_seed(&work->mt, (uint32_t)lt_cli_seed(work->cli));
	code = read_stock(work, err);
	if (code == 0)
		code = lt_split_plan(&work->plan, &work->settings.rule, &work->stock, err);
	if (code == 0)
		code = tell_plan(work, err);
	if (code)
		return code;
	code = lt_split_streams_draw(&work->streams, &work->plan, &work->stock, &work->mt,
				     work->manifest, err);
	lt_split_others_tell(&work->streams.others, text, sizeof text);
	if (code == 0 && *text)
		lt_notice(work->cli, "%s", text);
	return code;
}

/* -------------------------------------------------------------------- outputs */

static int add_provenance(struct work *work, int p, struct lt_error *err)
{
	struct lt_prov_in in[LT_MAX_PROV + 1];
	int n = lt_split_streams_origins(&work->streams, (enum lt_split_place)p, in);

	if (work->text.role)
		in[n++] = work->text;
	return lt_cli_provenance(work->cli, &work->header[p], outputs[p].out, in, n, err);
}

static int begin_output(struct work *work, int p, struct lt_error *err)
{
	struct lt_split_sink *sink = &work->sink[p];
	struct lt_header *header = &work->header[p];
	int code;

	sink->hide = p == LT_PLACE_UNLABELLED;
	code = lt_split_streams_header(&work->streams, (enum lt_split_place)p, header, err);
	if (code == 0)
		code = add_provenance(work, p, err);
	if (code)
		return code;
	if (outputs[p].split)
		header->split = outputs[p].split;
	sink->header = header;
	return lt_cli_begin(work->cli, &sink->writer, work->output[p], header, err);
}

static void tell(void *arg, uint64_t done, uint64_t total)
{
	lt_progress(arg, "writing", done, total);
}

static int end_output(struct work *work, int p, struct lt_error *err)
{
	struct lt_writer *writer = work->sink[p].writer;
	int code = lt_split_streams_inputs(&work->streams, (enum lt_split_place)p, writer, err);

	return code == 0 ? lt_cli_done(work->cli, writer, NULL, err) : code;
}

/* The main output is begun last and ended last. */
static int write_all(struct work *work, struct lt_error *err)
{
	static const int places[] = {LT_PLACE_UNLABELLED, LT_PLACE_VAL, LT_PLACE_TEST,
				     LT_PLACE_REST, LT_PLACE_LABELLED};
	int i, code = 0;

	for (i = 0; i < LT_PLACES && code == 0; i++)
		if (work->output[places[i]])
			code = begin_output(work, places[i], err);
	if (code == 0)
		code = lt_split_streams_send(&work->streams, work->sink, tell, work->cli, err);
	for (i = 0; i < LT_PLACES && code == 0; i++)
		if (work->output[places[i]])
			code = end_output(work, places[i], err);
	return code;
}

static int split(struct work *work, struct lt_error *err)
{
	static const char *const from_stdin[] = {NULL};
	const struct lt_split_options *o = work->options;
	int n = lt_cli_operands(work->cli);
	const struct lt_split_inputs inputs = {.data = n > 0 ? lt_cli_operand_list(work->cli)
							     : from_stdin,
					       .n_data = n > 0 ? n : 1,
					       .pool = &o->pool.value,
					       .irrelevant = o->irrelevant.value,
					       .n_irrelevant = o->irrelevant.n};
	int code = lt_split_check(work->cli, o, err);

	if (code == 0 && !o->replay.given)
		code = lt_split_settle(&work->settings, work->cli, work->options, err);
	if (code == 0 && o->group.given)
		code = lt_split_groups_init(&work->groups, o->group.value, err);
	if (code == 0)
		code = open_outputs(work, err);
	if (code == 0)
		code = lt_split_streams_open(&work->streams, &inputs,
					     o->group.given ? &work->groups : NULL, err);
	if (code)
		return code;
	if (o->replay.given)
		code = lt_split_streams_replay(&work->streams, o->replay.value,
					       work->output[LT_PLACE_UNLABELLED] != NULL,
					       &work->text, err);
	else
		code = draw(work, err);
	return code == 0 ? write_all(work, err) : code;
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work work = {.cli = cli, .options = options};
	int p, code;

	code = split(&work, err);
	lt_split_streams_close(&work.streams);
	lt_split_plan_free(&work.plan);
	lt_split_held_free(&work.held);
	lt_split_groups_free(&work.groups);
	for (p = 0; p < LT_PLACES; p++)
		lt_header_free(&work.header[p]);
	lt_free(work.order);
	lt_free(work.given);
	return code;
}

static const struct lt_program program = {
	.name = "ltsplit",
	.synopsis = "[options] [file ...]",
	.summary =
		"draw a long-tailed subset of labelled rows; hold out test and validation rows",
	.opts = lt_split_opts,
	.examples = {"lt import cifar-10-binary.tar.gz | lt split --ratio 100 -o lt100.lts",
		     "lt split --max 1500 --unlabeled du.lts --unlabeled-factor 2 train.lts | "
		     "lt train -o base.lts"},
	.max_operands = -1,
	.max_seed = UINT32_MAX,
	.run = run,
};

int main(int argc, char **argv)
{
	struct lt_split_options options = {0};

	return lt_main(&program, &options, argc, argv);
}
