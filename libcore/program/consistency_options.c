#include "program/consistency_options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "method/supervised.h"
#include "program/explain.h"

const char *const lt_counted_names[] = {
	[LT_COUNTED_ALL] = "all", [LT_COUNTED_LABELLED] = "labelled", NULL};

/* Options of methods: their fields, and the fields of their defaults in a method. */
static const struct {
	const char *option;
	size_t field, def;
} of_methods[] = {
	{"consistency-weight", offsetof(struct lt_consistency_options, weight),
	 offsetof(struct lt_consistency_method, weight)},
	{"ema", offsetof(struct lt_consistency_options, ema),
	 offsetof(struct lt_consistency_method, decay)},
	{"vat-epsilon", offsetof(struct lt_consistency_options, vat_epsilon),
	 offsetof(struct lt_consistency_method, epsilon)},
};

enum { OF_METHODS = sizeof of_methods / sizeof *of_methods };

static struct lt_real_value *field_of(struct lt_consistency_options *options, int i)
{
	return (struct lt_real_value *)(void *)((char *)options + of_methods[i].field);
}

/* 0: the method does not have it. */
static double default_of(const struct lt_consistency_method *method, int i)
{
	double value = 0;

	if (method)
		memcpy(&value, (const char *)method + of_methods[i].def, sizeof value);
	return value;
}

/* "vat or mean-teacher": the methods that have the option. */
static void owners(int i, char *text, size_t size)
{
	text[0] = '\0';
	for (const char *const *name = lt_consistency_names; *name; name++) {
		size_t used = strlen(text);

		if (default_of(lt_consistency_find(*name), i) > 0)
			snprintf(text + used, size - used, "%s%s", used ? " or " : "", *name);
	}
}

/* Checks for options that the method does not have. */
static int check_strangers(const struct lt_consistency_method *method,
			   struct lt_consistency_options *options, struct lt_error *err)
{
	char text[80];

	for (int i = 0; i < OF_METHODS; i++) {
		if (!field_of(options, i)->given || default_of(method, i) > 0)
			continue;
		owners(i, text, sizeof text);
		return lt_fail(err, LT_USAGE, "--%s goes with --consistency %s",
			       of_methods[i].option, text);
	}
	if (!method && options->unlabeled_batch.given)
		return lt_fail(err, LT_USAGE, "--unlabeled-batch goes with --consistency");
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
static int check_labels(const struct lt_consistency_method *method,
			const struct lt_unlabeled_settings *others, struct lt_error *err)
{
	if (!others->unlabeled)
		return lt_fail(err, LT_USAGE, "--consistency %s needs --unlabeled FILE",
			       method->name);
	if (others->omega->given)
		return lt_fail(err, LT_USAGE,
			       "--omega weighs pseudo-labels, which --consistency %s does not "
			       "read; its loss has --consistency-weight",
			       method->name);
	lt_choice_default(others->counts, LT_COUNTED_LABELLED);
	if (others->counts->value != LT_COUNTED_LABELLED)
		return lt_fail(err, LT_USAGE,
			       "--counts %s: --consistency %s reads no labels of --unlabeled",
			       lt_counted_names[others->counts->value], method->name);
	return 0;
}

int lt_consistency_settle(struct lt_consistency_settings *settings,
			  struct lt_consistency_options *options,
			  const struct lt_unlabeled_settings *others, struct lt_error *err)
{
	const struct lt_consistency_method *method =
		lt_consistency_find(lt_consistency_names[options->consistency.value]);
	int code = check_strangers(method, options, err);

	if (code == 0 && method)
		code = check_labels(method, others, err);
	if (code != 0)
		return code;
	lt_int_default(others->batch, others->unlabeled && !method ? 256 : 128);
	*settings = (struct lt_consistency_settings){.method = method};
	if (!method) {
		lt_real_default(others->omega, 1);
		return others->unlabeled ? 0 : check_alone(others, err);
	}
	lt_int_default(&options->unlabeled_batch, others->batch->value);
	for (int i = 0; i < OF_METHODS; i++)
		if (default_of(method, i) > 0)
			lt_real_default(field_of(options, i), default_of(method, i));
	settings->batch = (int)options->unlabeled_batch.value;
	settings->weight = options->weight.value;
	settings->decay = options->ema.value;
	settings->epsilon = options->vat_epsilon.value;
	return 0;
}

int lt_consistency_explain(struct lt_output *out, const struct lt_cli *cli,
			   const struct lt_consistency_settings *settings, struct lt_error *err)
{
	static const char *const labels[] = {"omega", "counts", "batch", NULL};
	static const char *const none[] = {"consistency-weight", "ema", "vat-epsilon", "batch",
					   "unlabeled-batch",	 NULL};
	const struct lt_consistency_method *method = settings->method;
	int code;

	if (!lt_opt_given(cli, "unlabeled"))
		return 0;
	code = lt_explain_method(out, "unlabeled", method ? method->name : "pseudo-labels",
				 method ? &method->about : &lt_self_training_about, err);
	return code ? code : lt_explain_settings(out, cli, method ? none : labels, err);
}
