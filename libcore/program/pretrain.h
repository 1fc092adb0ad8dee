/*
 * Shared by the pre-training programs: they read rows, train a network on a pretext task
 * (method/pretext.h) and write a model.  A program consists of its option table and its task:
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

/* Options of all of them. */
struct lt_pretrain_options {
	struct lt_choice_value recipe; /* only for programs that some recipe sets */
	struct lt_text_value augment;  /* only of puzzles */
	struct lt_flag_value explain;
	struct lt_training_options training;
};

/* A line of every option table, before those of training. */
#define LT_PRETRAIN_EXPLAIN_OPT(T, f)                                                          \
	LT_EXPLAIN_OPT(T, f.explain, "print the task, its source and its settings, and exit")

/* A line for the puzzles: augmentation before the change. */
#define LT_PUZZLE_AUGMENT_OPT(T, f)                                                            \
	LT_TEXT(T, f.augment, "augment", "LIST", "crop-flip", LT_OPT_RESULT,                   \
		"before the task: none, or a list of crop-flip, jitter, …")

/*
 * Options of the contrastive programs, in two groups of lines, because MoCo has more between
 * them.
 */
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
		"temperature of the loss"),                                                    \
		LT_INT(T, f.dim, "dim", "N", "128", 1, 4096, LT_OPT_RESULT,                    \
		       "length of a projection")
#define LT_VIEWS_OPTS(T, f)                                                                    \
	LT_REAL(T, f.crop_area, "crop-area", "X", "0.08", 1e-3, 1, LT_OPT_RESULT,              \
		"smallest share of the image in a view"),                                      \
		LT_CHOICE(T, f.blur, "blur", "WHEN", "off", lt_pretrain_blur, NULL,            \
			  LT_OPT_RESULT, "Gaussian blur of half the views"),                   \
		LT_INT(T, f.knn, "knn", "N", "200", 0, 4000, LT_OPT_RESULT,                    \
		       "neighbours for the reported accuracy; 0: none")

struct lt_pretrain {
	void *options; /* the program's own struct */
	struct lt_learn learn;
	struct lt_table rows;
	/* From the options; lt_pretrain_network sets the network. */
	struct lt_pretext_config config;
	struct lt_network *key_net; /* a second network, if make makes one */
	struct lt_pretext *learner;
	struct lt_run run;
};

/* The part that differs between programs. */
struct lt_pretrain_task {
	const struct lt_about *about;
	/* Augmentation of the views, data/augment.h; NULL: that of the option. */
	const char *augment;
	const char *const
		*settings; /* for --explain: its own options, ending with NULL; NULL: none */
	/*
	 * Called after the rows are read: sets defaults that depend on them and checks the
	 * options; NULL: nothing.
	 */
	int (*settle)(struct lt_pretrain *p, struct lt_error *err);
	/* Called next: fills p->config.net and p->learner. */
	int (*make)(struct lt_pretrain *p, struct lt_error *err);
};

/*
 * Reads the rows, trains and writes the model; for struct lt_program's run.  shared: the
 * shared part of options.
 */
int lt_pretrain(struct lt_cli *cli, const struct lt_pretrain_task *task,
		struct lt_pretrain_options *shared, void *options, struct lt_error *err);

/* ------------------------------------------------------------------------ for settle */

/* Takes over the options of LT_VIEWS_OPTS. */
void lt_pretrain_take_views(struct lt_pretrain *p, const struct lt_contrast_options *options);

/* ------------------------------------------------------------------------ for make */

/*
 * Makes the trained network, for batches of `rows` images in `splits` of batch norm.  adds: a
 * step has several such batches (lt_network_backward_add).
 */
int lt_pretrain_network(struct lt_pretrain *p, enum lt_head_kind head, int outputs, int rows,
			int splits, bool adds, struct lt_error *err);
/* Does everything that make has to do for a puzzle. */
int lt_pretrain_puzzle(struct lt_pretrain *p, const struct lt_puzzle *puzzle,
		       struct lt_error *err);

#endif
