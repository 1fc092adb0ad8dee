/*
 * What the pre-training programs share: rows in, a network and a learner of a
 * pretext task (method/pretext.h), a model out.  A program is its option table
 * and its task:
 *
 *	static int make(struct lt_pretrain *p, struct lt_error *err) { … }
 *	static const struct lt_pretrain_task task = { .make = make, … };
 *	static int run(struct lt_cli *cli, struct lt_error *err)
 *	{
 *		return lt_pretrain(cli, &task, err);
 *	}
 */
#ifndef LT_PROGRAM_PRETRAIN_H
#define LT_PROGRAM_PRETRAIN_H

#include "base/about.h"
#include "method/contrast.h"
#include "method/puzzle.h"
#include "program/explain.h"
#include "program/learn.h"

/* Options of the programs that contrast views, in two parts: MoCo has more between them. */
#define LT_PROJECTION_OPTS(temperature_)                                                       \
	LT_REAL("temperature", "T", temperature_, 1e-3, 1e3, LT_OPT_RESULT,                    \
		"logits are similarities over T"),                                             \
		LT_INT("dim", "N", "128", 1, 4096, LT_OPT_RESULT, "length of a projection")
#define LT_VIEWS_OPTS                                                                          \
	LT_REAL("crop-area", "X", "0.08", 1e-3, 1, LT_OPT_RESULT,                              \
		"least share of the image that a view shows"),                                 \
		LT_CHOICE("blur", "WHEN", "off", lt_pretrain_blur, NULL, LT_OPT_RESULT,        \
			  "a Gaussian blur of half of the views: off or on"),                  \
		LT_INT("knn", "N", "200", 0, 4000, LT_OPT_RESULT,                              \
		       "neighbours of the reported accuracy; 0: none")

extern const char *const lt_pretrain_blur[]; /* off, on */

struct lt_pretrain {
	struct lt_learn learn;
	struct lt_table rows;
	/* From the options; the network's place is filled by lt_pretrain_network. */
	struct lt_pretext_config config;
	struct lt_network *key_net; /* a second network, where make makes one */
	struct lt_pretext *learner;
	struct lt_run run;
};

/* Among the options of every one, before those of training. */
#define LT_PRETRAIN_EXPLAIN_OPT                                                                \
	LT_EXPLAIN_OPT("print what the task is for these rows and options, and stop")

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

/* Reads, makes, trains, writes; for struct lt_program's run. */
int lt_pretrain(struct lt_cli *cli, const struct lt_pretrain_task *task, struct lt_error *err);

/* ------------------------------------------------------------------------ for settle */

/* Of LT_VIEWS_OPTS. */
void lt_pretrain_take_views(struct lt_pretrain *p);

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
