#include "program/second_options.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "data/augment.h"
#include "method/method.h"
#include "net/loss.h"
#include "program/explain.h"
#include "program/learn.h"

#define MOST_TAU 100

const char *const lt_second_counted[] = {
	[LT_SECOND_TRAIN] = "train", [LT_SECOND_LOSS] = "loss", NULL};

const char *const lt_second_losses[] = {
	[LT_SECOND_CE] = "ce", [LT_SECOND_SMOOTHING] = "smoothing", NULL};

const char *const lt_second_procedures[] = {
	[LT_SECOND_FROZEN] = "frozen", [LT_SECOND_AUTHORS] = "authors", NULL};

bool lt_second_by_authors(const struct lt_second_options *options)
{
	return options->procedure.has && options->procedure.value == LT_SECOND_AUTHORS;
}

/* An option that only other methods have would have no effect, so it is an error. */
static int check_options(const struct lt_second_stage *stage, struct lt_cli *cli,
			 struct lt_error *err)
{
	char methods[128];

	for (const struct lt_second_stage *other = lt_second_stages; other->name; other++)
		for (int i = 0; other->options[i]; i++) {
			const char *name = other->options[i];

			if (lt_second_has(stage, name))
				continue;
			lt_second_methods(name, methods, sizeof methods);
			if (lt_opt_given(cli, name))
				return lt_fail(err, LT_USAGE, "--%s goes with --method %s",
					       name, methods);
			lt_opt_drop(cli, name);
		}
	return 0;
}

static bool is_auto(const char *tau)
{
	return strcmp(tau, "auto") == 0;
}

static int check_tau(const struct lt_second_options *options, struct lt_error *err)
{
	const char *tau = options->tau.value;
	double value;

	if (!is_auto(tau) && !lt_parse_real(tau, 0, MOST_TAU, &value))
		return lt_fail(err, LT_USAGE, "--tau: '%s' is neither auto nor from 0 to 100",
			       tau);
	if (is_auto(tau) && !options->val.value)
		return lt_fail(err, LT_USAGE,
			       "--tau auto needs --val FILE, rows to choose it by");
	if (!is_auto(tau) && options->val.value)
		return lt_fail(err, LT_USAGE, "--val FILE goes with --tau auto");
	return 0;
}

double lt_second_tau_given(const struct lt_second_options *options)
{
	const char *tau = options->tau.value;
	double value = NAN;

	if (tau && !is_auto(tau))
		lt_parse_real(tau, 0, MOST_TAU, &value);
	return value;
}

bool lt_second_reads_rows(const struct lt_second_stage *stage,
			  const struct lt_second_options *options)
{
	return stage->rows == LT_SECOND_LEARNS ||
	       (stage->rows == LT_SECOND_FITS && !options->val.value);
}

/* Checks the inputs: rows if the method needs them, the model, --val; stdin only once. */
static int check_inputs(const struct lt_second_stage *stage,
			const struct lt_second_options *options, const struct lt_cli *cli,
			struct lt_error *err)
{
	const char *model = options->model.value, *val = options->val.value;
	bool rows = lt_second_reads_rows(stage, options);
	int operands = lt_cli_operands(cli);
	bool used = lt_is_stdin(model) || (operands == 0 && (!model || rows));

	if (!rows && operands > (model ? 0 : 1))
		return lt_fail(err, LT_USAGE,
			       "'%s': --method %s learns from no rows%s; what it chooses by is "
			       "--val FILE",
			       lt_cli_operand(cli, operands - 1), stage->name,
			       val ? " but those of --val" : "");
	for (int i = 0; i < operands; i++)
		used = used || lt_is_stdin(lt_cli_operand(cli, i));
	if (used && lt_is_stdin(val))
		return lt_fail(err, LT_USAGE,
			       "--val -: stdin is the model or the rows already");
	return 0;
}

/* Options of one of the two procedures of crt and lws. */
static int settle_procedure(struct lt_second_options *o, struct lt_error *err)
{
	bool authors = lt_second_by_authors(o);
	struct lt_augment augment;
	int code;

	if (!authors) {
		if (o->val.value || o->augment.given)
			return lt_fail(err, LT_USAGE,
				       "--%s of %s goes with --procedure authors",
				       o->val.value ? "val" : "augment",
				       lt_second_stage_names[o->method.value]);
		o->augment.has = false;
		return 0;
	}
	if (o->views.given)
		return lt_fail(err, LT_USAGE, "--views goes with --procedure frozen");
	o->views.has = false;
	lt_text_default(&o->augment, "crop-flip");
	code = lt_augment_init(&augment, o->augment.value, &(struct lt_norm){0}, err);
	if (code == 0 && augment.mixing != LT_MIX_NONE)
		code = lt_fail(err, LT_USAGE, "--augment %s: second stages do not mix images",
			       o->augment.value);
	return code;
}

static int settle_loss(struct lt_second_options *o, struct lt_error *err)
{
	bool smooths = o->loss.has && o->loss.value == LT_SECOND_SMOOTHING;

	if (smooths) {
		lt_real_default(&o->smooth_head, lt_loss_smoothing.setting[LT_SMOOTH_HEAD]);
		lt_real_default(&o->smooth_tail, lt_loss_smoothing.setting[LT_SMOOTH_TAIL]);
	} else if (o->smooth_head.given || o->smooth_tail.given)
		return lt_fail(err, LT_USAGE,
			       "--smooth-head and --smooth-tail go with --loss smoothing");
	return 0;
}

int lt_second_settle(const struct lt_second_stage **stage, struct lt_second_options *options,
		     struct lt_cli *cli, struct lt_error *err)
{
	int code;

	if (!options->method.has)
		return lt_fail(err, LT_USAGE, "no method: use --method NAME");
	*stage = &lt_second_stages[options->method.value];
	if ((code = check_options(*stage, cli, err)) != 0)
		return code;
	if ((*stage)->epochs)
		lt_int_default(&options->epochs, (uint64_t)(*stage)->epochs);
	if (lt_second_has(*stage, "procedure") &&
	    ((code = settle_procedure(options, err)) != 0 ||
	     (code = settle_loss(options, err)) != 0))
		return code;
	if ((*stage)->tau) {
		lt_text_default(&options->tau, (*stage)->tau);
		if ((code = check_tau(options, err)) != 0)
			return code;
	}
	return check_inputs(*stage, options, cli, err);
}

/* --------------------------------------------------------------- what a model has seen */

static bool loss_balances(const char *name)
{
	const unsigned moves =
		1u << LT_CLASS_MARGIN | 1u << LT_CLASS_DIVISOR | 1u << LT_CLASS_OFFSET;

	for (int i = 0; lt_loss_table[i]; i++)
		if (strcmp(name, lt_loss_table[i]->name) == 0)
			return lt_loss_table[i]->numbers & moves;
	return false;
}

/* --method is one of train, or a second stage. */
static bool method_balances(const char *name, bool trained)
{
	if (!trained)
		return strcmp(name, "temperature") != 0;
	for (int i = 0; lt_method_table[i]; i++)
		if (strcmp(name, lt_method_table[i]->name) == 0)
			return lt_method_table[i]->balanced;
	return false;
}

/* Does this option of train, or of retrain, balance classes? */
static bool balances(const char *opt, bool trained)
{
	if (strncmp(opt, "--rule=", 7) == 0)
		return strcmp(opt + 7, "none") != 0;
	if (strncmp(opt, "--method=", 9) == 0)
		return method_balances(opt + 9, trained);
	return strncmp(opt, "--loss=", 7) == 0 && loss_balances(opt + 7);
}

void lt_second_notice_balanced(struct lt_cli *cli, const struct lt_header *model,
			       const char *name)
{
	const char *found = NULL;

	/* Looks at the provenance from the last training on, including later second stages. */
	for (int e = model->n_prov - 1; e >= 0 && !found; e--) {
		const struct lt_prov *prov = &model->prov[e];
		bool trained = strcmp(prov->prog, "train") == 0;

		if (!trained && strcmp(prov->prog, "retrain") != 0)
			continue;
		for (int i = 0; i < prov->n_opts && !found; i++)
			found = balances(prov->opts[i], trained) ? prov->opts[i] : NULL;
		if (trained)
			break;
	}
	if (found)
		lt_notice(cli,
			  "%s: made with %s, which balances classes already: adjusting its "
			  "logits as well goes too far",
			  name, found);
}

/* ------------------------------------------------------------------------ --explain */

/* Shares in training and in use, and the offset of the logit. */
enum { TRAINED, USED, OFFSET, NUMBERS };

static void make_shares(double *share, int classes)
{
	double sum = 0;

	for (int c = 0; c < classes; c++)
		sum += share[c];
	for (int c = 0; c < classes; c++)
		share[c] /= sum;
}

static int find_offsets(const struct lt_second_options *options,
			const struct lt_second_classes *of, double *const number[NUMBERS],
			struct lt_error *err)
{
	double tau = lt_second_tau_given(options);
	int code = lt_second_prior(options->prior.value, of->counts, of->names, of->classes,
				   number[USED], err);

	if (code != 0 || (code = lt_second_offsets(of, number[USED], number[OFFSET], err)) != 0)
		return code;
	for (int c = 0; c < of->classes; c++) {
		number[TRAINED][c] = (double)of->counts[c];
		number[OFFSET][c] *= isnan(tau) ? -1 : -tau;
	}
	make_shares(number[TRAINED], of->classes);
	make_shares(number[USED], of->classes);
	return 0;
}

static int explain_offsets(struct lt_output *out, const struct lt_second_options *options,
			   const struct lt_second_classes *of, struct lt_error *err)
{
	bool chosen = isnan(lt_second_tau_given(options));
	double *number[NUMBERS];
	int code = 0;

	for (int i = 0; i < NUMBERS; i++) {
		number[i] = lt_new_array((size_t)of->classes, sizeof *number[i]);
		if (!number[i])
			code = lt_fail_memory(err);
	}
	if (code == 0 && (code = find_offsets(options, of, number, err)) == 0) {
		const struct lt_explain_column column[] = {
			{"count", of->counts, NULL, NULL},
			{"trained", NULL, number[TRAINED], NULL},
			{"used", NULL, number[USED], NULL},
			{"offset", NULL, number[OFFSET], NULL},
		};

		if (chosen)
			code = lt_explain_say(out, "", "offsets below are of tau 1", err);
		if (code == 0)
			code = lt_explain_table(out, of->names, of->classes, column, 4, err);
	}
	for (int i = 0; i < NUMBERS; i++)
		lt_free(number[i]);
	return code;
}

int lt_second_explain(struct lt_output *out, const struct lt_cli *cli,
		      const struct lt_second_options *options,
		      const struct lt_second_stage *stage, const struct lt_second_classes *of,
		      struct lt_error *err)
{
	int code = lt_explain_method(out, "method", stage->name, &stage->about, err);

	if (code == 0 && lt_second_by_authors(options))
		code = lt_explain_say(
			out, "",
			"as the published code: batch norm of the encoder by batch, its "
			"running "
			"statistics move;\ndraws go through the classes, four rows each; the "
			"rate is an epoch early",
			err);
	if (code == 0 && options->loss.has && options->loss.value == LT_SECOND_SMOOTHING)
		code = lt_explain_method(out, "loss", lt_loss_smoothing.name,
					 &lt_loss_smoothing.about, err);
	if (code == 0)
		code = lt_explain_settings(out, cli, stage->options, err);
	return code == 0 && of ? explain_offsets(out, options, of, err) : code;
}
