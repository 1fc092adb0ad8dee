#include "program/consistency_options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "method/supervised.h"
#include "program/explain.h"

/* Options of methods, and where their defaults are. */
static const struct {
	const char *option;
	size_t at;
} options[] = {
	{"consistency-weight", offsetof(struct lt_consistency_method, weight)},
	{"ema", offsetof(struct lt_consistency_method, decay)},
	{"vat-epsilon", offsetof(struct lt_consistency_method, epsilon)},
};

enum { OPTIONS = sizeof options / sizeof *options };

/* 0: the method does not have it. */
static double default_of(const struct lt_consistency_method *method, size_t at)
{
	double value = 0;

	if (method)
		memcpy(&value, (const char *)method + at, sizeof value);
	return value;
}

/* "vat or mean-teacher": whose option it is. */
static void owners(size_t at, char *text, size_t size)
{
	text[0] = '\0';
	for (const char *const *name = lt_consistency_names; *name; name++) {
		size_t used = strlen(text);

		if (default_of(lt_consistency_find(*name), at) > 0)
			snprintf(text + used, size - used, "%s%s", used ? " or " : "", *name);
	}
}

/* An option that is not the method's. */
static int check_strangers(const struct lt_consistency_method *method, const struct lt_cli *cli,
			   struct lt_error *err)
{
	char text[80];

	for (int i = 0; i < OPTIONS; i++) {
		if (!lt_opt_given(cli, options[i].option) ||
		    default_of(method, options[i].at) > 0)
			continue;
		owners(options[i].at, text, sizeof text);
		return lt_fail(err, LT_USAGE, "--%s goes with --consistency %s",
			       options[i].option, text);
	}
	if (!method && lt_opt_given(cli, "unlabeled-batch"))
		return lt_fail(err, LT_USAGE, "--unlabeled-batch goes with --consistency");
	return 0;
}

/* Without unlabelled rows there is nothing to tell apart. */
static int check_alone(struct lt_cli *cli, struct lt_error *err)
{
	static const char *const of_both[] = {"omega", "counts", NULL};

	for (const char *const *name = of_both; *name; name++) {
		if (lt_opt_given(cli, *name))
			return lt_fail(err, LT_USAGE, "--%s goes with --unlabeled", *name);
		lt_opt_drop(cli, *name);
	}
	return 0;
}

/* Nobody reads the unlabelled rows' labels. */
static int check_labels(const struct lt_consistency_method *method, struct lt_cli *cli,
			struct lt_error *err)
{
	if (!lt_opt_text(cli, "unlabeled"))
		return lt_fail(err, LT_USAGE, "--consistency %s needs --unlabeled FILE",
			       method->name);
	if (lt_opt_given(cli, "omega"))
		return lt_fail(err, LT_USAGE,
			       "--omega weighs pseudo-labels, which --consistency %s does not "
			       "read; its loss has --consistency-weight",
			       method->name);
	if (!lt_opt_given(cli, "counts"))
		lt_opt_set_text(cli, "counts", "labelled");
	if (strcmp(lt_opt_text(cli, "counts"), "labelled") != 0)
		return lt_fail(err, LT_USAGE,
			       "--counts %s: --consistency %s reads no labels of --unlabeled",
			       lt_opt_text(cli, "counts"), method->name);
	return 0;
}

int lt_consistency_settle(struct lt_consistency_settings *settings, struct lt_cli *cli,
			  struct lt_error *err)
{
	const struct lt_consistency_method *method =
		lt_consistency_find(lt_opt_text(cli, "consistency"));
	int code = check_strangers(method, cli, err);

	if (code == 0 && method)
		code = check_labels(method, cli, err);
	if (code != 0)
		return code;
	if (!lt_opt_given(cli, "batch"))
		lt_opt_set_int(cli, "batch",
			       lt_opt_text(cli, "unlabeled") && !method ? 256 : 128);
	*settings = (struct lt_consistency_settings){.method = method};
	if (!method) {
		if (!lt_opt_given(cli, "omega"))
			lt_opt_set_real(cli, "omega", 1);
		return lt_opt_text(cli, "unlabeled") ? 0 : check_alone(cli, err);
	}
	if (!lt_opt_given(cli, "unlabeled-batch"))
		lt_opt_set_int(cli, "unlabeled-batch", lt_opt_int(cli, "batch"));
	for (int i = 0; i < OPTIONS; i++)
		if (!lt_opt_given(cli, options[i].option) &&
		    default_of(method, options[i].at) > 0)
			lt_opt_set_real(cli, options[i].option,
					default_of(method, options[i].at));
	settings->batch = (int)lt_opt_int(cli, "unlabeled-batch");
	settings->weight = lt_opt_real(cli, "consistency-weight");
	settings->decay = lt_opt_real(cli, "ema");
	settings->epsilon = lt_opt_real(cli, "vat-epsilon");
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

	if (!lt_opt_text(cli, "unlabeled"))
		return 0;
	code = lt_explain_method(out, "unlabeled", method ? method->name : "pseudo-labels",
				 method ? &method->about : &lt_self_training_about, err);
	return code ? code : lt_explain_settings(out, cli, method ? none : labels, err);
}
