#include "method/method.h"

#define ADDRESS(method, name) &lt_method_##method,
#define NAME(method, name) name,

const struct lt_method *const lt_method_table[] = {LT_METHODS(ADDRESS) NULL};
const char *const lt_method_names[] = {LT_METHODS(NAME) NULL};

const char *const lt_method_settings[] = {
	[LT_WEIGHT] = "consistency-weight",
	[LT_EMA] = "ema",
	[LT_VAT_EPSILON] = "vat-epsilon",
	[LT_THRESHOLD] = "threshold",
	[LT_FAIRNESS] = "fairness",
	[LT_DEBIAS] = "debias",
	[LT_TEMPERATURE] = "temperature",
	[LT_BLEND_ROOT] = "blend-root",
	NULL,
};

const char *const lt_align_names[] = {
	[LT_ALIGN_NONE] = "none",
	[LT_ALIGN_LABELLED] = "labelled",
	[LT_ALIGN_UNIFORM] = "uniform",
	NULL,
};

int lt_method_heads(const struct lt_method *method, const struct lt_head *classifier,
		    struct lt_head heads[LT_METHOD_HEADS])
{
	heads[0] = *classifier;
	for (int i = 0; i < method->more; i++) {
		heads[i + 1] = method->more_head[i];
		if (heads[i + 1].outputs == 0)
			heads[i + 1].outputs =
				classifier->outputs + (heads[i + 1].kind == LT_HEAD_PROTOTYPES
							       ? heads[i + 1].hidden
							       : 0);
	}
	return 1 + method->more;
}

bool lt_method_reads(const struct lt_method *method, enum lt_which which)
{
	for (int p = 0; p < method->passes; p++)
		for (int i = 0; i < method->pass[p].parts; i++)
			if (method->pass[p].part[i].rows == which)
				return true;
	return false;
}

int lt_method_images(const struct lt_method_settings *settings, int batch)
{
	const struct lt_method *method = settings->method;
	int most = 0;

	for (int p = 0; p < method->passes; p++) {
		const struct lt_pass *pass = &method->pass[p];
		int images = 0;

		for (int i = 0; i < pass->parts; i++)
			images += pass->part[i].rows == LT_UNLABELED ? settings->batch : batch;
		if (images > most)
			most = images;
	}
	return most;
}

bool lt_method_adds(const struct lt_method *method)
{
	for (int t = 1; t < method->terms; t++)
		if (method->term[t].of.pass != method->term[0].of.pass)
			return true;
	return false;
}

bool lt_method_strong(const struct lt_method *method)
{
	for (int p = 0; p < method->passes; p++)
		for (int i = 0; i < method->pass[p].parts; i++)
			if (method->pass[p].part[i].strong)
				return true;
	return false;
}

bool lt_term_guesses(const struct lt_term *term)
{
	return term->kind == LT_TERM_PSEUDO_LABELS || term->kind == LT_TERM_PSEUDO_SHARES;
}

bool lt_method_guesses(const struct lt_method *method)
{
	for (int t = 0; t < method->terms; t++)
		if (lt_term_guesses(&method->term[t]))
			return true;
	return false;
}
