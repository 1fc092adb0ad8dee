/*
 * A training run: epochs and steps, learning rate, notes, log, checkpoints and
 * resuming, the same for every learning procedure.  A procedure is a struct
 * lt_task, one file in this directory.
 *
 * Everything random is a function of (seed, epoch, slot), so the state of a run
 * is: weights, momentum, running statistics, what the task adds, the epoch, the
 * step within it and the sums of its meter.  A checkpoint holds just that, as a
 * model stream that the other programs can read too; a run that was cut
 * anywhere and resumed gives the same bytes.
 */
#ifndef LT_METHOD_RUN_H
#define LT_METHOD_RUN_H

#include "net/model.h"
#include "net/schedule.h"

/* Sums over the steps of an epoch. */
struct lt_meter {
	double loss;	/* Σ rows × the batch's loss */
	double correct; /* rows that were predicted right (pretext or class) */
	double rows;
};

#define LT_MAX_REPORT 8

struct lt_task {
	void *self;
	const char *
		accuracy; /* what meter.correct counts: key of the note and column of the log */
	/* Makes the epoch's order and returns its number of steps through *steps. */
	int (*plan)(void *self, int epoch, int *steps, struct lt_error *err);
	/* One step of learning at that rate; adds to the meter. */
	int (*step)(void *self, int epoch, int step, double rate, struct lt_meter *meter,
		    struct lt_error *err);
	/* More figures at the end of an epoch, up to LT_MAX_REPORT; may be NULL. */
	int (*report)(void *self, int epoch, struct lt_note_item *item, int *n,
		      struct lt_error *err);
	/* State of its own, as tensors named opt. ema. queue. rng. or best.; may be NULL. */
	int (*save)(void *self, struct lt_writer *writer, struct lt_error *err);
	int (*load)(void *self, const struct lt_model *model, struct lt_error *err);
};

struct lt_run {
	const struct lt_task *task;
	struct lt_network *net;
	int epochs;
	enum lt_schedule schedule;
	double rate;

	struct lt_header *header; /* of the model: the run sets its epoch */
	const struct lt_totals *inputs;
	int n_inputs;

	const char *checkpoint; /* NULL: none */
	bool resume;
	const char *log; /* NULL: none */
	struct lt_output
		*output; /* where the model will go: its reader is watched; may be NULL */

	/* What a person sees; either may be NULL. */
	void *person;
	void (*line)(void *person, const char *text);
	void (*progress)(void *person, int epoch, int step, int steps);

	/* The run's own. */
	struct lt_model_note *note;
	int n_notes;
	struct lt_arena arena;
};

/*
 * Trains to the end.  LT_FALSE: the loss is not finite, with epoch and step;
 * LT_STOPPED: SIGINT, SIGTERM or SIGXCPU came and the checkpoint is written; LT_DATA:
 * the checkpoint is of another run.  With a checkpoint those signals end the program
 * with LT_STOPPED after that too (lt_signals_saved).  When the output's reader has gone the
 * checkpoint is written, if one was asked for, and the process dies of SIGPIPE.
 */
int lt_run_train(struct lt_run *run, struct lt_error *err);

/* The model and the epochs' notes, into a segment begun with run->header. */
int lt_run_write(struct lt_run *run, struct lt_writer *writer, struct lt_error *err);

void lt_run_free(struct lt_run *run);

#endif
