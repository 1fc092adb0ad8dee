#include "program/method_options.h"

#include <stdio.h>
#include <string.h>

#include "data/augment.h"
#include "method/learner.h"
#include "program/explain.h"

const char *const lt_counted_names[] = {
	[LT_COUNTED_ALL] = "all", [LT_COUNTED_LABELLED] = "labelled", NULL};

/* "vat or mean-teacher": the methods that have the setting. */
static void owners(int setting, char *text, size_t size)
{
	const struct lt_method *with[64];
	size_t used = 0;
	int n = 0;

	for (int i = 0; lt_method_table[i] && n < 64; i++)
		if (lt_method_table[i]->setting[setting] > 0)
			with[n++] = lt_method_table[i];
	text[0] = '\0';
	for (int i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 i == 0	      ? ""
					 : i == n - 1 ? " or "
						      : ", ",
					 with[i]->name);
}

/* The method's settings, and the defaults of their options. */
static int settle_settings(struct lt_method_settings *settings,
			   struct lt_method_options *options, struct lt_error *err)
{
	const struct lt_method *method = settings->method;
	char text[300];

	for (int i = 0; i < LT_METHOD_SETTINGS; i++) {
		struct lt_real_value *field = &options->setting[i];

		if (method->setting[i] > 0) {
			lt_real_default(field, method->setting[i]);
			settings->setting[i] = field->value;
		} else if (field->given) {
			owners(i, text, sizeof text);
			return lt_fail(err, LT_USAGE, "--%s goes with --method %s",
				       lt_method_settings[i], text);
		} else {
			field->has = false; /* set by a recipe for another method */
		}
	}
	return 0;
}

/* Alignment and strong views, of methods that have them. */
static int settle_views(struct lt_method_settings *settings, struct lt_method_options *options,
			struct lt_error *err)
{
	static const struct lt_norm any = {0};
	const struct lt_method *method = settings->method;
	struct lt_augment augment;
	struct lt_error why;

	if (options->align.given && !lt_method_guesses(method))
		return lt_fail(err, LT_USAGE, "--align: --method %s makes no pseudo-labels",
			       method->name);
	if (options->strong.given && !lt_method_strong(method))
		return lt_fail(err, LT_USAGE, "--strong: --method %s has no strong view",
			       method->name);
	options->align.has = options->align.has && lt_method_guesses(method);
	options->strong.has = options->strong.has && lt_method_strong(method);
	if (lt_method_guesses(method)) {
		lt_choice_default(&options->align, (int)method->align);
		settings->align = (enum lt_align)options->align.value;
	}
	if (!lt_method_strong(method))
		return 0;
	lt_text_default(&options->strong, "crop-flip,randaugment");
	settings->strong = options->strong.value;
	if (lt_augment_init(&augment, settings->strong, &any, &why) != 0)
		return lt_fail(err, why.code, "--strong%s", strchr(why.text, ':'));
	return augment.mixing == LT_MIX_NONE
		       ? 0
		       : lt_fail(err, LT_USAGE, "--strong %s: a strong view mixes no images",
				 settings->strong);
}

/* What the method needs of the loss. */
static int check_loss(const struct lt_method *method,
		      const struct lt_unlabeled_settings *others, struct lt_error *err)
{
	if (method->adjusts && others->loss != &lt_loss_ce)
		return lt_fail(err, LT_USAGE,
			       "--loss %s: --method %s adjusts the loss itself; use ce",
			       others->loss_name, method->name);
	if (method->linear && others->loss->cosine)
		return lt_fail(err, LT_USAGE, "--loss %s: --method %s needs a linear head",
			       others->loss_name, method->name);
	return 0;
}

/* Without unlabelled rows, these options have no effect. */
static int check_alone(const struct lt_unlabeled_settings *others, struct lt_error *err)
{
	if (others->omega->given || others->counts->given)
		return lt_fail(err, LT_USAGE, "--%s goes with --unlabeled",
			       others->omega->given ? "omega" : "counts");
	others->omega->has = others->counts->has = false;
	return 0;
}

/* Labels of unlabelled rows are not read. */
static int check_labels(const struct lt_method *method,
			const struct lt_unlabeled_settings *others, struct lt_error *err)
{
	if (!others->unlabeled && !others->explains)
		return lt_fail(err, LT_USAGE, "--method %s needs --unlabeled FILE",
			       method->name);
	if (others->omega->given)
		return lt_fail(err, LT_USAGE,
			       "--omega weighs pseudo-labels, which --method %s does not "
			       "read; its loss has --consistency-weight",
			       method->name);
	lt_choice_default(others->counts, LT_COUNTED_LABELLED);
	if (others->counts->value != LT_COUNTED_LABELLED)
		return lt_fail(err, LT_USAGE,
			       "--counts %s: --method %s reads no labels of --unlabeled",
			       lt_counted_names[others->counts->value], method->name);
	return 0;
}

/* A method that learns from labels alone. */
static int settle_labelled(struct lt_method_options *options,
			   const struct lt_unlabeled_settings *others, struct lt_error *err)
{
	if (options->unlabeled_batch.given)
		return lt_fail(err, LT_USAGE,
			       "--unlabeled-batch goes with a --method for unlabelled rows");
	options->unlabeled_batch.has = false;
	lt_int_default(others->batch, others->unlabeled ? 256 : 128);
	lt_real_default(others->omega, 1);
	return others->unlabeled ? 0 : check_alone(others, err);
}

int lt_method_settle(struct lt_method_settings *settings, struct lt_method_options *options,
		     const struct lt_unlabeled_settings *others, struct lt_error *err)
{
	const struct lt_method *method;
	int code;

	if (options->consistency.given && options->method.given)
		return lt_fail(err, LT_USAGE, "--consistency is a name of --method: give one");
	if (options->consistency.given)
		options->method = options->consistency;
	options->consistency.has = false;
	method = lt_method_table[options->method.value];

	*settings = (struct lt_method_settings){.method = method};
	if ((code = settle_settings(settings, options, err)) != 0 ||
	    (code = settle_views(settings, options, err)) != 0 ||
	    (code = check_loss(method, others, err)) != 0)
		return code;
	if (!method->unlabelled)
		return settle_labelled(options, others, err);
	if ((code = check_labels(method, others, err)) != 0)
		return code;
	lt_int_default(others->batch, 128);
	lt_int_default(&options->unlabeled_batch, others->batch->value);
	settings->batch = (int)options->unlabeled_batch.value;
	return 0;
}

/* A method that learns from labels. */
static int explain_contrast(struct lt_output *out, const struct lt_cli *cli,
			    const struct lt_method *method, struct lt_error *err)
{
	static const char *const views[] = {"strong", NULL};
	int code = lt_explain_method(out, "method", method->name, &method->about, err);

	if (code == 0)
		code = lt_explain_settings(out, cli, lt_method_settings, err);
	return code ? code : lt_explain_settings(out, cli, views, err);
}

int lt_method_explain(struct lt_output *out, const struct lt_cli *cli,
		      const struct lt_method_settings *settings, struct lt_error *err)
{
	static const char *const labels[] = {"omega", "counts", "batch", NULL};
	static const char *const batches[] = {"align", "strong", "batch", "unlabeled-batch",
					      NULL};
	const struct lt_method *method = settings->method;
	int code;

	if (!method->unlabelled) {
		if (method != &lt_method_none &&
		    (code = explain_contrast(out, cli, method, err)) != 0)
			return code;
		if (!lt_opt_given(cli, "unlabeled"))
			return 0;
		code = lt_explain_method(out, "unlabeled", "pseudo-labels",
					 &lt_self_training_about, err);
		return code ? code : lt_explain_settings(out, cli, labels, err);
	}
	code = lt_explain_method(out, "unlabeled", method->name, &method->about, err);
	if (code == 0)
		code = lt_explain_settings(out, cli, lt_method_settings, err);
	return code ? code : lt_explain_settings(out, cli, batches, err);
}
