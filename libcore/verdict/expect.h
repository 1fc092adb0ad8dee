/*
 * What pseudo-labels would be worth, before they are learnt from.
 *
 * Of class i, Q_i of N unlabelled rows are called i, and with prior p and irrelevant share e
 *
 *	right_i     = min(Q_i, N (1 - e) p_i P(called i | class i))
 *	precision_i = right_i ÷ Q_i
 *	accuracy    = Σ right_i ÷ Σ Q_i
 *	recall      = mean over classes of P(called i | class i and labelled at all)
 *
 * with P from labelled validation rows.
 *
 * Theorem 1 of Yang and Xu (NeurIPS 2020, section 2.1; theory/theorem1.h) has two messages:
 * more pseudo-labels bring the boundary nearer to where their precisions put it, and it is off
 * by what the precisions of the classes differ.  A label that is right with probability P moves
 * a mean by 2 P - 1 of what a right one would: at 1/2 it teaches nothing, below it harms.
 * Accuracy grows by about the same for each doubling of a class's rows.  With n_i the labelled
 * rows of class i that the model learnt from,
 *
 *	growth = mean over classes of (2 precision_i - 1) log2(1 + Q_i ÷ n_i)
 *
 * is in doublings of a class's labels, net of wrong ones: right labels of a small class count
 * most.  (Where 8 of 10 pseudo-labels of relevant rows are right, it is 0 at 62 % of relevant
 * rows; in their figure 2 the gain had gone at about 60 %.)  But what a classifier learns of a
 * small class also depends on how small it is beside the others: unlabelled rows that are more
 * imbalanced than the labelled ones do harm (their figure 3).  With spread(x) the standard
 * deviation of log2 x over the classes,
 *
 *	levelling = spread(n_i) - spread(n_i + Q_i)
 *	score     = growth + levelling
 *
 * is in doublings too: 0 of unlabelled rows that change nothing.
 *
 * In the theorem whether a label is right is drawn by chance.  A classifier's errors are not:
 * rows of one kind get the same wrong label, and nothing in the others contradicts it.  A
 * learner gets rid of them only where rows with right labels prevail around those with wrong
 * ones.  Wei, Shen, Chen and Ma (ICLR 2021, theorem 4.3) prove it for pseudo-labels of which
 * fewer than 1/3 are wrong in each class, and bound the error by that of the labels above it.
 * Here the mean over classes has to be surely below 1/3: the largest of many shares, each of
 * a few rows, is mostly noise, and in the paper the rarest classes, which gained most, had more
 * errors than that.
 *
 * The forecast needs few numbers, none of them fitted:
 *	help     the interval of the score lies above LT_SCORE_HELP, that of the recall above
 *	         LT_RECALL_HELP, and irrelevant is surely not above LT_IRRELEVANT_HARM
 *	harm     the interval lies below 0, or more than LT_IRRELEVANT_HARM is irrelevant for
 *	         sure and the score is not above LT_SCORE_HELP
 *	nothing  else
 * LT_SCORE_HELP is a quarter of a doubling.  At 40 % of irrelevant rows the gain had gone in
 * the paper's figure 2, for any imbalance above that of the labelled rows in its figure 3.
 *
 * What else could be done with the same model and rows is scored the same way (lt_cases), so
 * that an option is advised where it raises the score to what helps.
 */
#ifndef LT_VERDICT_EXPECT_H
#define LT_VERDICT_EXPECT_H

#include <stdbool.h>

#include "verdict/sample.h"

#define LT_SCORE_HELP 0.25
#define LT_IRRELEVANT_HARM 0.4
#define LT_RECALL_HELP (2. / 3)

/* A way to make pseudo-labels: which head, and which rows are kept. */
struct lt_case {
	const char *advice; /* what to run, as text */
	enum lt_head head;
	double min_conf;
	bool quota; /* of each called class as many as the largest labelled class has */
};

/* The first is the plain one: all rows, the model's own head. */
extern const struct lt_case lt_cases[];
extern const int lt_cases_n;

/* Weights of rows: how often a bootstrap drew them. */
struct lt_expect_rows {
	const struct lt_sample *sample;
	const double *val_weight, *pool_weight;
};

struct lt_expect {
	double accuracy, recall, growth, levelling, score;
	double *called, *right; /* by class: Q and right */
};

/* Fills expect, whose arrays are the caller's.  room: 3 · classes doubles. */
void lt_expect_case(const struct lt_expect_rows *rows, const struct lt_case *which,
		    const double *prior, double irrelevant, double *room,
		    struct lt_expect *expect);

enum lt_forecast { LT_FORECAST_HELP, LT_FORECAST_NOTHING, LT_FORECAST_HARM };
extern const char *const lt_forecast_names[];

/* From the score's interval, and the lower ends of the recall's and the irrelevant share's. */
enum lt_forecast lt_forecast_of(double score_low, double score_high, double recall_low,
				double irrelevant_low);

#endif
