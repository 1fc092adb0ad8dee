/*
 * What the learning programs share above the common options: which network,
 * which kernels, how long, checkpoints; their inputs; and the way from a
 * trained network to the model on the output.
 */
#ifndef LT_PROGRAM_LEARN_H
#define LT_PROGRAM_LEARN_H

#include "base/pool.h"
#include "cli/cli.h"
#include "data/table.h"
#include "method/run.h"

extern const char *const lt_precisions[]; /* by enum lt_precision */

/* A line of the table of every program that runs a network: its kernels. */
#define LT_KERNEL_OPT(T, f)                                                                    \
	LT_CHOICE(T, f, "kernel", "SET", NULL, lt_kernel_names, NULL, 0,                       \
		  "the best for this CPU, or")

/* Options of every program that trains a network. */
struct lt_training_options {
	struct lt_choice_value arch;
	struct lt_int_value epochs, batch;
	struct lt_real_value lr;
	struct lt_choice_value schedule; /* enum lt_schedule */
	struct lt_real_value momentum, decay;
	struct lt_choice_value precision; /* enum lt_precision */
	struct lt_text_value checkpoint;
	struct lt_flag_value resume;
	struct lt_text_value log;
	struct lt_choice_value kernel;
};

/* Their lines.  Defaults in words where they depend on the input. */
#define LT_TRAINING_OPTS(T, f, epochs_, batch_, rate_, schedule_, decay_)                      \
	LT_CHOICE(T, f.arch, "arch", "NAME", "resnet32", lt_arch_names, lt_archs_later,        \
		  LT_OPT_RESULT, ""),                                                          \
		LT_INT(T, f.epochs, "epochs", "N", epochs_, 1, 100000, LT_OPT_RESULT,          \
		       "passes over the data; the schedule is scaled to them"),                \
		LT_INT(T, f.batch, "batch", "N", batch_, 1, 65536, LT_OPT_RESULT,              \
		       "rows a step"),                                                         \
		LT_REAL(T, f.lr, "lr", "X", rate_, 0, 1e6, LT_OPT_RESULT,                      \
			"learning rate before the schedule"),                                  \
		LT_CHOICE(T, f.schedule, "schedule", "NAME", schedule_, lt_schedule_names,     \
			  NULL, LT_OPT_RESULT, "of the rate"),                                 \
		LT_REAL(T, f.momentum, "momentum", "X", "0.9", 0, 1,                           \
			LT_OPT_RESULT | LT_OPT_FINE, "of SGD"),                                \
		LT_REAL(T, f.decay, "decay", "X", decay_, 0, 1e6, LT_OPT_RESULT | LT_OPT_FINE, \
			"weight decay, on every parameter"),                                   \
		LT_CHOICE(T, f.precision, "precision", "P", "f32", lt_precisions, NULL, 0,     \
			  ""),                                                                 \
		LT_PATH(T, f.checkpoint, "checkpoint", "FILE", LT_FILE_SIDE,                   \
			"written after every epoch and on SIGINT or SIGTERM"),                 \
		LT_FLAG(T, f.resume, "resume", 0,                                              \
			"go on from --checkpoint FILE if it exists"),                          \
		LT_PATH(T, f.log, "log", "FILE", LT_FILE_SIDE, "TSV, a line an epoch"),        \
		LT_KERNEL_OPT(T, f.kernel)

struct lt_learn {
	struct lt_cli *cli;
	struct lt_training_options *training; /* NULL in programs that train no network */
	const struct lt_kernels *kernels;
	struct lt_pool *pool;
	struct lt_output *output;
	struct lt_header
		header; /* of what the program writes; provenance of inputs is merged here */
	struct lt_prov_in in[LT_MAX_PROV];
	int n_in;
	struct lt_totals *inputs; /* of every segment consumed */
	int n_inputs;
	const char *arch;
	struct lt_graph *graph; /* after lt_learn_graph */
	bool has_precision;	/* after it: the program has --precision */
	enum lt_precision precision;
};

/*
 * Kernels (of --kernel), workers, the main output; nothing is read yet.  lt_learn_end is safe
 * before it and whatever it returns.
 */
int lt_learn_begin(struct lt_learn *learn, struct lt_cli *cli,
		   const struct lt_choice_value *kernel, enum lt_kind kind,
		   struct lt_error *err);
/* The same of a program that trains. */
int lt_learn_begin_training(struct lt_learn *learn, struct lt_cli *cli,
			    struct lt_training_options *training, struct lt_error *err);
void lt_learn_end(struct lt_learn *learn);

bool lt_is_stdin(const char *path); /* "-"; NULL is not */

/*
 * Stdin, where labelled rows come from when no operand is given, can be one input only:
 * LT_USAGE when a second of the options that are read is "-".  model: the one whose stream may
 * stand before the rows there; NULL: none.
 */
int lt_learn_check_stdin(const struct lt_cli *cli, const char *model, struct lt_error *err);

/* Looks whether the operands and the files of options can be read, before hours are spent on
 * what comes from a pipe.  Nothing is opened: a FIFO's writer would notice. */
int lt_learn_check_inputs(const struct lt_cli *cli, struct lt_error *err);
/* And whether --checkpoint and --log can be written, and a checkpoint that is there is meant.
 */
int lt_learn_check_training(const struct lt_learn *learn, struct lt_error *err);

/*
 * Rows of all operands (stdin where there is none) as one table; the program's
 * defaults are then those for images of that size.  Where model is
 * not NULL and *has_model is false the first input may begin with a model segment,
 * which is then read into it.  role: how provenance calls these rows.
 */
int lt_learn_read_rows(struct lt_learn *learn, struct lt_table *table, unsigned flags,
		       struct lt_model *model, bool *has_model, const char *role,
		       struct lt_error *err);
/* Rows of one file ("-": stdin). */
int lt_learn_read_file(struct lt_learn *learn, struct lt_table *table, unsigned flags,
		       const char *path, const char *role, struct lt_error *err);
/*
 * A model from the file of an option; "-" with no operand means that rows follow
 * it on stdin, and is left to lt_learn_read_rows.
 */
int lt_learn_read_model(struct lt_learn *learn, struct lt_model *model, bool *has_model,
			const char *path, const char *role, struct lt_error *err);

/* Records a consumed segment, and where it came from: DONE and provenance list them. */
int lt_learn_note_input(struct lt_learn *learn, const struct lt_totals *totals,
			struct lt_error *err);
int lt_learn_note_origin(struct lt_learn *learn, const struct lt_header *header,
			 const char *role, struct lt_error *err);
int lt_learn_note_model(struct lt_learn *learn, const struct lt_model *model, const char *role,
			struct lt_error *err);

/*
 * The graph of a network for a table's images, in learn->graph: of the
 * architecture that the command line names, else of the model's, else of --arch's
 * default.
 * --precision is looked at as well.
 */
int lt_learn_graph(struct lt_learn *learn, const struct lt_table *table,
		   const struct lt_model *model, enum lt_head_kind head, int classes,
		   struct lt_error *err);
/* A network of learn->graph that learns, for --batch rows. */
struct lt_network_config lt_learn_config(const struct lt_learn *learn);
/* Fills the header's model fields from the graph, and this program's provenance entry. */
int lt_learn_describe(struct lt_learn *learn, double scale, const struct lt_norm *norm,
		      struct lt_error *err);
/* Trains, with the options of LT_TRAINING_OPTS, up to but without writing the model. */
int lt_learn_train(struct lt_learn *learn, struct lt_run *run, const struct lt_task *task,
		   struct lt_network *net, struct lt_error *err);
/* Writes the model to the main output. */
int lt_learn_write(struct lt_learn *learn, struct lt_run *run, struct lt_error *err);

/* Provenance's part that only learning programs have, then the program's own entry. */
int lt_learn_provenance(struct lt_learn *learn, struct lt_error *err);

/* A notice where a program learns or chooses by rows of the split "test". */
void lt_notice_test_rows(struct lt_cli *cli, const struct lt_header *rows, const char *name);

/* Mean and deviation to normalise with: the model's, else the rows', else computed from
 * labelled rows. */
void lt_learn_norm(const struct lt_model *model, const struct lt_table *table,
		   struct lt_norm *norm);

#endif
