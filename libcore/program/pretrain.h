/*
 * What the pre-training programs share: rows in, a network and a learner of a
 * pretext task (method/pretext.h), a model out.  A program is its option table
 * and its task:
 *
 *	static int make(struct lt_pretrain *p, struct lt_error *err) { … }
 *	static const struct lt_pretrain_task task = { .make = make, … };
 *	static int run(struct lt_cli *cli, void *options, struct lt_error *err)
 *	{
 *		struct options *own = options;
 *
 *		return lt_pretrain(cli, &task, &own->shared, own, err);
 *	}
 */
#ifndef LT_PROGRAM_PRETRAIN_H
#define LT_PROGRAM_PRETRAIN_H

#include "base/about.h"
#include "method/contrast.h"
#include "method/puzzle.h"
#include "program/explain.h"
#include "program/learn.h"

/* What every one is asked. */
struct lt_pretrain_options {
	struct lt_flag_value explain;
	struct lt_training_options training;
};

/* Among the lines of every one, before those of training. */
#define LT_PRETRAIN_EXPLAIN_OPT(T, f)                                                          \
	LT_EXPLAIN_OPT(T, f.explain,                                                           \
		       "print what the task is for these rows and options, and stop")

/* What the programs that contrast views are asked, as two groups of lines: MoCo has more
 * between them. */
struct lt_contrast_options {
	struct lt_real_value temperature;
	struct lt_int_value dim;
	struct lt_real_value crop_area;
	struct lt_choice_value blur; /* enum lt_blurs */
	struct lt_int_value knn;
};

enum lt_blurs { LT_BLUR_OFF, LT_BLUR_ON };
extern const char *const lt_pretrain_blur[];

#define LT_PROJECTION_OPTS(T, f, temperature_)                                                 \
	LT_REAL(T, f.temperature, "temperature", "T", temperature_, 1e-3, 1e3, LT_OPT_RESULT,  \
		"logits are similarities over T"),                                             \
		LT_INT(T, f.dim, "dim", "N", "128", 1, 4096, LT_OPT_RESULT,                    \
		       "length of a projection")
#define LT_VIEWS_OPTS(T, f)                                                                    \
	LT_REAL(T, f.crop_area, "crop-area", "X", "0.08", 1e-3, 1, LT_OPT_RESULT,              \
		"least share of the image that a view shows"),                                 \
		LT_CHOICE(T, f.blur, "blur", "WHEN", "off", lt_pretrain_blur, NULL,            \
			  LT_OPT_RESULT, "a Gaussian blur of half of the views"),              \
		LT_INT(T, f.knn, "knn", "N", "200", 0, 4000, LT_OPT_RESULT,                    \
		       "neighbours of the reported accuracy; 0: none")

struct lt_pretrain {
	void *options; /* the program's own struct */
	struct lt_learn learn;
	struct lt_table rows;
	/* From the options; the network's place is filled by lt_pretrain_network. */
	struct lt_pretext_config config;
	struct lt_network *key_net; /* a second network, where make makes one */
	struct lt_pretext *learner;
	struct lt_run run;
};

/* A program's own part. */
struct lt_pretrain_task {
	const struct lt_about *about;
	const char *augment; /* of the views, data/augment.h */
	const char *const
		*settings; /* for --explain: its own options, ending with NULL; NULL: none */
	/* Defaults that depend on the rows, once they are read, and what cannot be with them;
	 * NULL: none. */
	int (*settle)(struct lt_pretrain *p, struct lt_error *err);
	/* After it: fills p->config.net and p->learner. */
	int (*make)(struct lt_pretrain *p, struct lt_error *err);
};

/* Reads, makes, trains, writes; for struct lt_program's run.  shared: that part of options. */
int lt_pretrain(struct lt_cli *cli, const struct lt_pretrain_task *task,
		struct lt_pretrain_options *shared, void *options, struct lt_error *err);

/* ------------------------------------------------------------------------ for settle */

/* Of LT_VIEWS_OPTS. */
void lt_pretrain_take_views(struct lt_pretrain *p, const struct lt_contrast_options *options);

/* ------------------------------------------------------------------------ for make */

/*
 * The network that learns: `rows` of them go through it at once, in `splits` of batch
 * norm.  adds: a step is of several such batches (lt_network_backward_add).
 */
int lt_pretrain_network(struct lt_pretrain *p, enum lt_head_kind head, int outputs, int rows,
			int splits, bool adds, struct lt_error *err);
/* All of make for a puzzle. */
int lt_pretrain_puzzle(struct lt_pretrain *p, const struct lt_puzzle *puzzle,
		       struct lt_error *err);

#endif
