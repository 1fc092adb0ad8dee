/*
 * The value of pseudo-labels, estimated before a model learns from them.
 *
 * Q_i of N unlabelled rows are predicted as class i ("called i").  With the prior p and the
 * irrelevant share e,
 *
 *	right_i     = min(Q_i, N (1 - e) p_i P(called i | class i))
 *	precision_i = right_i ÷ Q_i
 *	accuracy    = Σ right_i ÷ Σ Q_i
 *	recall      = mean over classes of P(called i | class i and labelled at all)
 *
 * where P comes from labelled validation rows.
 *
 * Theorem 1 of Yang and Xu (NeurIPS 2020, section 2.1; theory/theorem1.h) says two things.
 * With more pseudo-labels, the boundary is nearer to the place that their precisions
 * determine; and this place is off by the difference of the precisions.  A label that is
 * right with probability P moves a mean by 2 P - 1 times as much as a right one: at 1/2 it
 * has no effect, below 1/2 it does harm.  Accuracy grows by about the same amount each time
 * the rows of a class are doubled.  With n_i labelled rows of class i in the model's
 * training set,
 *
 *	growth = mean over classes of (2 precision_i - 1) log2(1 + Q_i ÷ n_i)
 *
 * is measured in doublings of a class's labels, net of wrong ones: right labels of a small
 * class count most.  (If 8 of 10 pseudo-labels of relevant rows are right, growth is 0 at
 * 62 % of relevant rows; in the paper's figure 2, the gain vanishes at about 60 %.)  But
 * how well a small class is learnt also depends on its size relative to the others:
 * unlabelled rows that are more imbalanced than the labelled ones do harm (the paper's
 * figure 3).  With spread(x) the standard deviation of log2 x over the classes,
 *
 *	levelling = spread(n_i) - spread(n_i + Q_i)
 *	score     = growth + levelling
 *
 * The score is in doublings too; it is 0 if the unlabelled rows change nothing.
 *
 * In the theorem, it is random whether a label is right.  The errors of a classifier are
 * not random: similar rows get the same wrong label.  A learner corrects them only if rows
 * with right labels outnumber those with wrong labels in the neighbourhood.  Wei, Shen,
 * Chen and Ma (ICLR 2021, theorem 4.3) prove this if fewer than 1/3 of the pseudo-labels of
 * each class are wrong, and bound the error by that of the pseudo-labels.  Here the
 * interval of the mean over classes must be below 1/3.  The largest share of any class is
 * not used: it comes from few rows and is mostly noise, and in the paper the rarest
 * classes, which gained most, had more errors than that.
 *
 * The forecast uses few constants, and none of them is fitted:
 *	help     the interval of the score is above LT_SCORE_HELP, that of the recall is above
 *	         LT_RECALL_HELP, and that of the irrelevant share is not above
 *	         LT_IRRELEVANT_HARM
 *	harm     the interval of the score is below 0; or that of the irrelevant share is above
 *	         LT_IRRELEVANT_HARM, and that of the score is not above LT_SCORE_HELP
 *	nothing  otherwise
 * LT_SCORE_HELP is a quarter of a doubling.  With 40 % of irrelevant rows, the gain
 * vanishes in the paper's figure 2 and, if the unlabelled rows are more imbalanced than the
 * labelled ones, in its figure 3.
 *
 * Other uses of the same model and rows (lt_cases) are scored in the same way.  An option
 * is advised if it raises the score enough to help.
 */
#ifndef LT_VERDICT_EXPECT_H
#define LT_VERDICT_EXPECT_H

#include <stdbool.h>

#include "verdict/sample.h"

#define LT_SCORE_HELP 0.25
#define LT_IRRELEVANT_HARM 0.4
#define LT_RECALL_HELP (2. / 3)

/* A way to make pseudo-labels: the head, and the rows that are kept. */
struct lt_case {
	const char *advice; /* what to run, as text */
	enum lt_head head;
	double min_conf;
	bool quota; /* keep at most as many rows of a called class as the largest class has
		       labels */
};

/* The first one is plain: all rows, and the model's own head. */
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

/*
 * From the interval of the score, and the lower ends of those of recall and irrelevant share.
 */
enum lt_forecast lt_forecast_of(double score_low, double score_high, double recall_low,
				double irrelevant_low);

#endif
