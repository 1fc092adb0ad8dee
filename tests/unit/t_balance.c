/*
 * Rules: the epochs in which they hold, their weights and their draws, in runs of any
 * length.
 */
#include "method/balance.h"

#include <stdlib.h>

#include "check.h"
#include "net/schedule.h"

static const uint64_t counts[3] = {1000, 100, 10};

static struct lt_balance balance_of(const char *rule)
{
	struct lt_balance balance = {
		.loss = &lt_loss_ce, .sampler = lt_sampler_find("sqrt"), .beta = 0.99};
	int i;

	for (i = 0; lt_rules[i].name; i++)
		if (strcmp(lt_rules[i].name, rule) == 0)
			balance.rule = &lt_rules[i];
	if (!balance.rule)
		abort();
	return balance;
}

/*
 * Of E epochs, those with class-balanced weights and those with drawn rows; all from
 * `first` on.
 */
static void check_epochs(const char *rule, int epochs, int weighed, int drawn, int first)
{
	struct lt_balance balance = balance_of(rule);
	struct lt_rates rates;
	struct lt_loss_params params;
	int w = 0, d = 0, wrong = 0, e;
	char name[96];
	bool heavy, draws;

	if (lt_balance_prepare(&balance, 3, counts, &params, NULL) != 0)
		abort();
	lt_rates_default(&rates, LT_SCHEDULE_STEP, 0.1, epochs);
	balance.defer = lt_rates_deferral(&rates);
	for (e = 1; e <= epochs; e++) {
		lt_balance_weigh(&balance, e, &params);
		heavy = params.weight[2] > 2 && params.weight[0] < 0.5;
		wrong += !heavy && (params.weight[0] != 1 || params.weight[2] != 1);
		draws = lt_balance_sampler(&balance, e) == balance.sampler;
		wrong +=
			!draws && lt_balance_sampler(&balance, e) != lt_sampler_find("uniform");
		w += heavy;
		d += draws;
		wrong += (heavy || draws) && e < first;
	}
	snprintf(name, sizeof name, "%s in %d epochs: %d weighed, %d drawn", rule, epochs, w,
		 d);
	check_named(wrong == 0 && w == weighed && d == drawn, name);
	check_int(lt_balance_first(&balance), first);
	lt_loss_params_free(&params);
}

/* A rule whose step is counted in epochs of a 200-epoch run would fail after epoch 319. */
static void test_epochs(void)
{
	check_epochs("none", 7, 0, 0, 1);
	check_epochs("reweight", 7, 7, 0, 1);
	check_epochs("resample", 7, 0, 7, 1);
	check_epochs("drw", 200, 40, 0, 161);
	check_epochs("drs", 200, 0, 40, 161);
	check_epochs("drw", 400, 80, 0, 321);
	check_epochs("drs", 400, 0, 80, 321);
	check_epochs("drw", 12, 2, 0, 11);
	check_epochs("drw", 5, 1, 0, 5);
	check_epochs("drw", 4, 1, 0, 4);
	check_epochs("drs", 2, 0, 1, 2);
	check_epochs("drs", 1, 0, 0, 2);
}

static void test_prepare(void)
{
	struct lt_balance balance = balance_of("none");
	struct lt_loss_params params;

	balance.loss = &lt_loss_vs;
	balance.setting[LT_GAMMA] = 0.5;
	balance.setting[LT_TAU] = 2;
	if (lt_balance_prepare(&balance, 3, counts, &params, NULL) != 0)
		abort();
	check_near(params.number[LT_CLASS_DIVISOR][2], 10, 1e-13);
	check_near(params.number[LT_CLASS_OFFSET][2], 2 * log(10.0 / 1110), 1e-13);
	check_near(params.weight[2], 1, 0);
	lt_loss_params_free(&params);
}

static void test_names(void)
{
	int i;

	for (i = 0; lt_rule_names[i]; i++)
		check_text(lt_rules[i].name, lt_rule_names[i]);
	check(i >= 5 && !lt_rules[i].name);
}

int main(void)
{
	test_epochs();
	test_prepare();
	test_names();
	return check_done();
}
