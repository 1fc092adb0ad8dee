/*
 * ltsplit: the long-tailed subset of a data set, and what goes with it:
 * unlabelled rows, a validation set, the rest, and a manifest of the draw.
 */
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "data/split.h"
#include "data/split_rows.h"
#include "data/split_text.h"

static const char *const mixes[] = {[LT_MIX_EXP] = "exp",
				    [LT_MIX_REVERSED] = "reversed",
				    [LT_MIX_UNIFORM] = "uniform",
				    NULL};

struct options {
	struct lt_real_value ratio;
	struct lt_text_value profile, order;
	struct lt_int_value max;
	struct lt_text_value unlabeled;
	struct lt_real_value unlabeled_factor, unlabeled_ratio;
	struct lt_choice_value unlabeled_profile; /* enum lt_split_mix */
	struct lt_text_value pool;
	struct lt_real_value relevance;
	struct lt_text_value irrelevant, val;
	struct lt_int_value val_per_class;
	struct lt_text_value rest, manifest, replay;
	struct lt_flag_value allow_short;
};

/*
 * Options of the draw have no default here: a replay does not use them, so its
 * provenance must not show them.  read_rule sets what a draw uses.
 */
static const struct lt_opt opts[] = {
	LT_REAL(struct options, ratio, "ratio", "R", NULL, 1, 1e9, LT_OPT_RESULT,
		"head count over tail count (default 100)"),
	LT_TEXT(struct options, profile, "profile", "NAME", NULL, LT_OPT_RESULT,
		"exp, step, none or counts:FILE (default exp)"),
	LT_TEXT(struct options, order, "order", "LIST", NULL, LT_OPT_RESULT,
		"classes from head to tail, with commas (as numbered)"),
	LT_INT(struct options, max, "max", "N", NULL, 1, UINT32_MAX, LT_OPT_RESULT,
	       "head count (rows / classes, or what all can serve)"),
	LT_PATH(struct options, unlabeled, "unlabeled", "FILE", LT_FILE_SIDE,
		"write unlabelled rows"),
	LT_REAL(struct options, unlabeled_factor, "unlabeled-factor", "F", NULL, 0, 1e6,
		LT_OPT_RESULT, "unlabelled over labelled rows (default 5)"),
	LT_REAL(struct options, unlabeled_ratio, "unlabeled-ratio", "RU", NULL, 1, 1e9,
		LT_OPT_RESULT, "--ratio of the unlabelled rows (that of the labelled)"),
	LT_CHOICE(struct options, unlabeled_profile, "unlabeled-profile", "NAME", NULL, mixes,
		  NULL, LT_OPT_RESULT, "by default exp"),
	LT_PATH(struct options, pool, "pool", "FILE", LT_FILE_READ,
		"draw unlabelled rows from this (from what is left)"),
	LT_REAL(struct options, relevance, "relevance", "P", NULL, 0, 1, LT_OPT_RESULT,
		"share of unlabelled rows of these classes (default 1)"),
	LT_PATH(struct options, irrelevant, "irrelevant", "FILE", LT_FILE_READ,
		"where the other unlabelled rows come from"),
	LT_PATH(struct options, val, "val", "FILE", LT_FILE_SIDE, "write a validation set"),
	LT_INT(struct options, val_per_class, "val-per-class", "N", NULL, 0, UINT32_MAX,
	       LT_OPT_RESULT, "rows a class in it"),
	LT_PATH(struct options, rest, "rest", "FILE", LT_FILE_SIDE, "write the other rows"),
	LT_PATH(struct options, manifest, "manifest", "FILE", LT_FILE_SIDE,
		"write which rows were drawn, as text"),
	LT_PATH(struct options, replay, "replay", "FILE", LT_FILE_READ,
		"take the rows of this manifest"),
	LT_FLAG(struct options, allow_short, "allow-short", LT_OPT_RESULT,
		"a class with too few rows gives what it has"),
	{.name = NULL},
};

/* The row outputs by place: its name in provenance and in messages, its split. */
static const struct {
	const char *out, *split;
} outputs[LT_PLACES] = {
	[LT_PLACE_LABELLED] = {"stdout", "train"},
	[LT_PLACE_UNLABELLED] = {"unlabeled", "unlabeled"},
	[LT_PLACE_VAL] = {"val", "val"},
	[LT_PLACE_REST] = {"rest", NULL},
};

struct work {
	struct lt_cli *cli;
	struct options *options;
	struct lt_header lineage; /* provenance of all inputs */
	int own_lineage;	  /* entries of it that are the data's */
	struct lt_split_source data, pool, irrelevant;
	bool has_pool, has_irrelevant;
	struct lt_prov_in text; /* the counts file or the manifest; no role: neither */
	struct lt_output *output[LT_PLACES], *manifest;
	struct lt_header header[LT_PLACES];
	struct lt_split_sink sink[LT_PLACES];
	int *order;
	uint64_t *given;
	struct lt_split_rule rule;
	struct lt_split_stock stock;
	struct lt_split_plan plan;
};

/* -------------------------------------------------------------------- options */

/* Options that mean nothing without another one. */
static int check_needs(const struct lt_cli *cli, const struct options *o, struct lt_error *err)
{
	static const char *const needs[][2] = {
		{"unlabeled-factor", "unlabeled"},  {"unlabeled-ratio", "unlabeled"},
		{"unlabeled-profile", "unlabeled"}, {"pool", "unlabeled"},
		{"irrelevant", "unlabeled"},	    {"relevance", "irrelevant"},
		{"val-per-class", "val"},
	};
	static const char *const drawn[] = {
		"ratio",
		"profile",
		"order",
		"max",
		"unlabeled-factor",
		"unlabeled-ratio",
		"unlabeled-profile",
		"relevance",
		"val-per-class",
		"allow-short",
		"seed",
		"manifest",
	};
	bool replay = o->replay.given;
	size_t i;

	for (i = 0; replay && i < sizeof drawn / sizeof *drawn; i++)
		if (lt_opt_given(cli, drawn[i]))
			return lt_fail(err, LT_USAGE,
				       "--%s: --replay takes all from its manifest", drawn[i]);
	for (i = 0; i < sizeof needs / sizeof *needs; i++)
		if (lt_opt_given(cli, needs[i][0]) && !lt_opt_given(cli, needs[i][1]))
			return lt_fail(err, LT_USAGE, "--%s needs --%s FILE", needs[i][0],
				       needs[i][1]);
	if (!replay && o->val.given && !o->val_per_class.given)
		return lt_fail(err, LT_USAGE, "--val needs --val-per-class N");
	if (!replay && o->irrelevant.given && !o->relevance.given)
		return lt_fail(err, LT_USAGE, "--irrelevant needs --relevance P");
	return 0;
}

static int read_profile(struct work *work, const char **counts, struct lt_error *err)
{
	static const char *const names[] = {"exp", "step", "none"};
	const char *text = work->options->profile.value;
	int i;

	*counts = NULL;
	for (i = 0; i < 3; i++) {
		if (strcmp(text, names[i]) == 0) {
			work->rule.profile = (enum lt_split_profile)i;
			return 0;
		}
	}
	if (strncmp(text, "counts:", 7) != 0 || !text[7])
		return lt_fail(err, LT_USAGE,
			       "--profile: '%s' is none of exp, step, none, counts:FILE", text);
	if (work->options->max.given)
		return lt_fail(err, LT_USAGE, "--max: --profile counts:FILE names all counts");
	work->rule.profile = LT_SPLIT_GIVEN;
	*counts = text + 7;
	return lt_cli_check_input(work->cli, *counts, "the counts of --profile", err);
}

static void read_rule(struct work *work)
{
	struct options *o = work->options;
	struct lt_split_rule *rule = &work->rule;

	lt_real_default(&o->ratio, 100);
	lt_text_default(&o->profile, "exp");
	if (o->unlabeled.given) {
		lt_real_default(&o->unlabeled_factor, 5);
		lt_real_default(&o->unlabeled_ratio, o->ratio.value);
		lt_real_default(&o->relevance, 1);
		lt_choice_default(&o->unlabeled_profile, LT_MIX_EXP);
	}
	rule->head = (double)o->max.value; /* 0: not given */
	rule->ratio = o->ratio.value;
	rule->unlabelled = o->unlabeled.given;
	rule->pooled = work->has_pool;
	rule->mix = (enum lt_split_mix)o->unlabeled_profile.value;
	rule->factor = o->unlabeled_factor.value;
	rule->mix_ratio = o->unlabeled_ratio.value;
	rule->relevance = o->relevance.value;
	rule->val = o->val_per_class.value;
	rule->allow_short = o->allow_short.given;
}

/* --------------------------------------------------------------------- inputs */

static int open_side(struct work *work, struct lt_output **out,
		     const struct lt_text_value *path, struct lt_error *err)
{
	return path->given ? lt_cli_side_output(work->cli, out, path->value, err) : 0;
}

static int open_outputs(struct work *work, struct lt_error *err)
{
	const struct options *o = work->options;
	struct lt_output **out = work->output;
	int code;

	if ((code = open_side(work, &out[LT_PLACE_UNLABELLED], &o->unlabeled, err)) != 0 ||
	    (code = open_side(work, &out[LT_PLACE_VAL], &o->val, err)) != 0 ||
	    (code = open_side(work, &out[LT_PLACE_REST], &o->rest, err)) != 0 ||
	    (code = open_side(work, &work->manifest, &o->manifest, err)) != 0)
		return code;
	return lt_cli_output(work->cli, &out[LT_PLACE_LABELLED], err);
}

static int open_sources(struct work *work, struct lt_error *err)
{
	const struct options *o = work->options;
	int code = lt_split_source_open(&work->data, lt_cli_operand(work->cli, 0), "data",
					&work->lineage, err);

	if (code)
		return code;
	work->own_lineage = work->lineage.n_prov;
	if (o->pool.given) {
		code = lt_split_source_open(&work->pool, o->pool.value, "pool", &work->lineage,
					    err);
		work->has_pool = code == 0;
		if (code == 0)
			code = lt_header_same_classes(&work->data.header, work->data.twice.name,
						      &work->pool.header, work->pool.twice.name,
						      err);
		if (code == 0)
			code = lt_split_same_inputs(&work->data, &work->pool, err);
	}
	if (code == 0 && o->irrelevant.given) {
		code = lt_split_source_open(&work->irrelevant, o->irrelevant.value,
					    "irrelevant", &work->lineage, err);
		work->has_irrelevant = code == 0;
		if (code == 0)
			code = lt_split_same_inputs(work->has_pool ? &work->pool : &work->data,
						    &work->irrelevant, err);
	}
	return code;
}

/* ----------------------------------------------------------------------- draw */

static int read_stock(struct work *work, struct lt_error *err)
{
	const struct lt_header *header = &work->data.header;
	size_t n = (size_t)header->n_classes;
	const char *counts;
	int code;

	work->stock = (struct lt_split_stock){
		.input = work->data.twice.name,
		.pool = work->pool.twice.name,
		.irrelevant = work->irrelevant.twice.name,
		.classes = header->n_classes,
		.name = header->classes,
		.rows = work->data.rows,
		.pool_rows = work->pool.rows,
		.irrelevant_rows = work->irrelevant.n,
	};
	work->stock.order = work->order = lt_new_array(n, sizeof *work->order);
	work->rule.given = work->given = lt_new_array(n, sizeof *work->given);
	if (!work->order || !work->given)
		return lt_fail_memory(err);
	code = lt_split_parse_order(work->options->order.value, header->classes,
				    header->n_classes, work->order, err);
	if (code == 0)
		code = read_profile(work, &counts, err);
	if (code == 0 && counts) {
		code = lt_split_read_counts(counts, header->classes, header->n_classes,
					    work->given, &work->text, err);
		/* The file's name is no part of the result. */
		work->options->profile.value = "counts";
	}
	return code;
}

static int draw_source(struct work *work, struct lt_split_source *source, struct lt_mt19937 *mt,
		       struct lt_error *err)
{
	return lt_split_source_draw(source, &work->plan, &work->stock, work->has_pool, mt,
				    work->manifest, err);
}

static int draw(struct work *work, struct lt_error *err)
{
	struct lt_mt19937 mt;
	int code;

	read_rule(work);
	code = read_stock(work, err);
	if (code == 0)
		code = lt_split_plan(&work->plan, &work->rule, &work->stock, err);
	if (code)
		return code;
	if (work->plan.head_lowered)
		lt_notice(work->cli, "head count %.0f: the largest that every class can serve",
			  work->plan.head);
	if (work->manifest)
		code = lt_split_manifest_begin(
			work->manifest, &work->data, work->has_pool ? &work->pool : NULL,
			work->has_irrelevant ? &work->irrelevant : NULL, err);
	lt_mt_seed(&mt, (uint32_t)lt_cli_seed(work->cli));
	if (code == 0)
		code = draw_source(work, &work->data, &mt, err);
	if (code == 0 && work->has_pool)
		code = draw_source(work, &work->pool, &mt, err);
	if (code == 0 && work->has_irrelevant)
		code = draw_source(work, &work->irrelevant, &mt, err);
	return code;
}

/* -------------------------------------------------------------------- outputs */

static int count_classes(struct work *work, int p, struct lt_error *err)
{
	struct lt_header *header = &work->header[p];
	uint64_t *counts = lt_new_array((size_t)header->n_classes, sizeof *counts), i;
	int code;

	if (!counts)
		return lt_fail_memory(err);
	for (i = 0; i < work->data.n; i++)
		if (work->data.place[i] == p && work->data.label[i] >= 0)
			counts[work->data.label[i]]++;
	code = lt_header_set_counts(header, &header->class_counts, counts, header->n_classes,
				    err);
	lt_free(counts);
	return code;
}

/* Which inputs an output was made from: the data alone, but for unlabelled rows. */
static int add_provenance(struct work *work, int p, struct lt_error *err)
{
	const struct lt_split_source *source[] = {&work->data, &work->pool, &work->irrelevant};
	struct lt_prov_in in[LT_MAX_PROV + 1];
	struct lt_header *header = &work->header[p];
	bool all = p == LT_PLACE_UNLABELLED;
	int i, k, last, n = 0, code;

	work->lineage.n_prov = all ? work->lineage.n_prov : work->own_lineage;
	code = lt_prov_merge(header, &work->lineage, &last, err);
	for (i = 0; i < (all ? 3 : 1); i++)
		for (k = 0; k < source[i]->n_origins && n < LT_MAX_PROV; k++)
			in[n++] = source[i]->origin[k];
	if (work->text.role)
		in[n++] = work->text;
	return code == 0 ? lt_cli_provenance(work->cli, header, outputs[p].out, in, n, err)
			 : code;
}

static int begin_output(struct work *work, int p, struct lt_error *err)
{
	struct lt_split_sink *sink = &work->sink[p];
	struct lt_header *header = &work->header[p];
	int code;

	sink->hide = p == LT_PLACE_UNLABELLED;
	code = lt_split_header(
		header, sink->hide && work->has_pool ? &work->pool : &work->data, sink->hide,
		sink->hide && work->has_irrelevant ? &work->irrelevant : NULL, err);
	if (code == 0 && !sink->hide)
		code = count_classes(work, p, err);
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

static int send_rows(struct work *work, struct lt_error *err)
{
	struct lt_split_sink extra[LT_PLACES] = {[LT_PLACE_UNLABELLED] =
							 work->sink[LT_PLACE_UNLABELLED]};
	int code = lt_split_source_send(&work->data, work->sink, tell, work->cli, err);

	if (code == 0 && work->has_pool)
		code = lt_split_source_send(&work->pool, extra, tell, work->cli, err);
	if (code == 0 && work->has_irrelevant)
		code = lt_split_source_send(&work->irrelevant, extra, tell, work->cli, err);
	return code;
}

static int end_output(struct work *work, int p, struct lt_error *err)
{
	const struct lt_split_source *source[] = {&work->data, &work->pool, &work->irrelevant};
	int i, k, code = 0;

	for (i = 0; i < (p == LT_PLACE_UNLABELLED ? 3 : 1); i++)
		for (k = 0; k < source[i]->n_inputs && code == 0; k++)
			code = lt_writer_input(work->sink[p].writer, &source[i]->inputs[k],
					       err);
	return code == 0 ? lt_cli_done(work->cli, work->sink[p].writer, NULL, err) : code;
}

/* The main output is begun last and ended last; the unlabelled one uses all of the lineage. */
static int write_all(struct work *work, struct lt_error *err)
{
	static const int places[] = {LT_PLACE_UNLABELLED, LT_PLACE_VAL, LT_PLACE_REST,
				     LT_PLACE_LABELLED};
	int i, code = 0;

	for (i = 0; i < LT_PLACES && code == 0; i++)
		if (work->output[places[i]])
			code = begin_output(work, places[i], err);
	lt_free(work->data.label);
	work->data.label = NULL;
	if (code == 0)
		code = send_rows(work, err);
	for (i = 0; i < LT_PLACES && code == 0; i++)
		if (work->output[places[i]])
			code = end_output(work, places[i], err);
	return code;
}

static int split(struct work *work, struct lt_error *err)
{
	const struct options *o = work->options;
	int code = check_needs(work->cli, o, err);

	if (code == 0)
		code = open_outputs(work, err);
	if (code == 0)
		code = open_sources(work, err);
	if (code)
		return code;
	if (o->replay.given)
		code = lt_split_manifest_replay(
			o->replay.value, &work->data, work->has_pool ? &work->pool : NULL,
			work->has_irrelevant ? &work->irrelevant : NULL,
			work->output[LT_PLACE_UNLABELLED] != NULL, &work->text, err);
	else
		code = draw(work, err);
	return code == 0 ? write_all(work, err) : code;
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work work = {.cli = cli, .options = options};
	int p, code;

	lt_header_init(&work.lineage, LT_ROWS);
	code = split(&work, err);
	lt_split_source_close(&work.data);
	lt_split_source_close(&work.pool);
	lt_split_source_close(&work.irrelevant);
	lt_split_plan_free(&work.plan);
	lt_header_free(&work.lineage);
	for (p = 0; p < LT_PLACES; p++)
		lt_header_free(&work.header[p]);
	lt_free(work.order);
	lt_free(work.given);
	return code;
}

static const struct lt_program program = {
	.name = "ltsplit",
	.synopsis = "[options] [file]",
	.summary = "Draws a long-tailed subset of labelled rows, and what goes with it.",
	.opts = opts,
	.examples = {"lt import cifar-10-binary.tar.gz | lt split --ratio 100 -o lt100.lts",
		     "lt split --max 1500 --unlabeled du.lts --unlabeled-factor 2 train.lts | "
		     "lt train -o base.lts"},
	.max_operands = 1,
	.max_seed = UINT32_MAX,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
