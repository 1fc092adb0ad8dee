/*
 * Shared by the programs that train or run networks: options (network, kernels, epochs,
 * checkpoints), inputs, training, and the output of the model.
 */
#ifndef LT_PROGRAM_LEARN_H
#define LT_PROGRAM_LEARN_H

#include "base/pool.h"
#include "cli/cli.h"
#include "data/table.h"
#include "method/run.h"

#define LT_LARGE_INPUT 224 /* default of --input */

extern const char *const lt_precisions[]; /* by enum lt_precision */

/* The line for the kernel set in the option table of every program that runs a network. */
#define LT_KERNEL_OPT(T, f)                                                                    \
	LT_CHOICE(T, f, "kernel", "SET", NULL, lt_kernel_names, NULL, 0,                       \
		  "the best for this CPU, or")

/* Options of every program that trains a network. */
struct lt_training_options {
	struct lt_choice_value arch;
	struct lt_int_value epochs, batch;
	struct lt_real_value lr;
	struct lt_choice_value schedule; /* enum lt_schedule */
	struct lt_text_value drops;	 /* program/schedule_options.h */
	struct lt_real_value drop_factor;
	struct lt_int_value warmup;
	struct lt_real_value momentum, decay;
	/* Only of programs with LT_OPTIMISER_OPTS. */
	struct lt_int_value steps, report_every;
	struct lt_choice_value optimiser, decay_on; /* enum lt_optimiser_kind, lt_decayed */
	struct lt_flag_value nesterov;
	struct lt_int_value input;
	struct lt_text_value norm;	  /* data/norm_text.h */
	struct lt_choice_value precision; /* enum lt_precision */
	struct lt_flag_value recompute;
	struct lt_text_value checkpoint;
	struct lt_flag_value resume;
	struct lt_text_value log;
	struct lt_choice_value kernel;
};

/* Lines of an option table.  Defaults that depend on the input are described in words. */
#define LT_TRAINING_OPTS(T, f, epochs_, batch_, rate_, schedule_, decay_)                      \
	LT_CHOICE(T, f.arch, "arch", "NAME", "resnet32", lt_arch_names, NULL, LT_OPT_RESULT,   \
		  ""),                                                                         \
		LT_INT(T, f.epochs, "epochs", "N", epochs_, 1, 100000, LT_OPT_RESULT,          \
		       "passes over the data; the schedule is scaled to them"),                \
		LT_INT(T, f.batch, "batch", "N", batch_, 1, 65536, LT_OPT_RESULT,              \
		       "rows per step"),                                                       \
		LT_REAL(T, f.lr, "lr", "X", rate_, 0, 1e6, LT_OPT_RESULT,                      \
			"initial learning rate"),                                              \
		LT_CHOICE(T, f.schedule, "schedule", "NAME", schedule_, lt_schedule_names,     \
			  NULL, LT_OPT_RESULT, "of the learning rate"),                        \
		LT_TEXT(T, f.drops, "drops", "E,E", NULL, LT_OPT_RESULT | LT_OPT_FINE,         \
			"0.8 and 0.9 of them"),                                                \
		LT_REAL(T, f.drop_factor, "drop-factor", "X", NULL, 0, 1,                      \
			LT_OPT_RESULT | LT_OPT_FINE, "0.01"),                                  \
		LT_INT(T, f.warmup, "warmup", "N", NULL, 0, 100000,                            \
		       LT_OPT_RESULT | LT_OPT_FINE, "step 5"),                                 \
		LT_REAL(T, f.momentum, "momentum", "X", "0.9", 0, 1,                           \
			LT_OPT_RESULT | LT_OPT_FINE, "of SGD"),                                \
		LT_REAL(T, f.decay, "decay", "X", decay_, 0, 1e6, LT_OPT_RESULT | LT_OPT_FINE, \
			"weight decay, on every parameter"),                                   \
		LT_INT(T, f.input, "input", "S", NULL, 8, 1024, LT_OPT_RESULT | LT_OPT_FINE,   \
		       "224"),                                                                 \
		LT_TEXT(T, f.norm, "norm", "M/D", NULL, LT_OPT_RESULT | LT_OPT_FINE,           \
			"measured"),                                                           \
		LT_CHOICE(T, f.precision, "precision", "P", "f32", lt_precisions, NULL,        \
			  LT_OPT_FINE, ""),                                                    \
		LT_FLAG(T, f.recompute, "recompute", LT_OPT_FINE,                              \
			"take less memory and more time, to the same result"),                 \
		LT_PATH(T, f.checkpoint, "checkpoint", "FILE", LT_FILE_SIDE,                   \
			"save the run after every epoch and on SIGINT or SIGTERM; --resume "   \
			"continues it"),                                                       \
		LT_FLAG(T, f.resume, "resume", LT_OPT_FINE,                                    \
			"go on from --checkpoint FILE if it exists"),                          \
		LT_PATH(T, f.log, "log", "FILE", LT_FILE_SIDE, "TSV, a line for each epoch"),  \
		LT_KERNEL_OPT(T, f.kernel)

/* More lines, for programs in which the length of a run can be given in steps. */
#define LT_OPTIMISER_OPTS(T, f)                                                                \
	LT_INT(T, f.steps, "steps", "N", NULL, 1, 1000000000, LT_OPT_RESULT | LT_OPT_FINE,     \
	       "or --epochs"),                                                                 \
		LT_INT(T, f.report_every, "report-every", "N", NULL, 1, 100000000,             \
		       LT_OPT_RESULT | LT_OPT_FINE, "500"),                                    \
		LT_CHOICE(T, f.optimiser, "optimizer", "NAME", "sgd", lt_optimiser_names,      \
			  NULL, LT_OPT_RESULT | LT_OPT_FINE, ""),                              \
		LT_FLAG(T, f.nesterov, "nesterov", LT_OPT_RESULT | LT_OPT_FINE,                \
			"Nesterov's momentum"),                                                \
		LT_CHOICE(T, f.decay_on, "decay-on", "WHICH", "all", lt_decayed_names, NULL,   \
			  LT_OPT_RESULT | LT_OPT_FINE, "parameters that --decay shrinks")

struct lt_learn {
	struct lt_cli *cli;
	struct lt_training_options *training; /* NULL in programs that train no network */
	struct lt_rates rates;		      /* of training, for rows of their size */
	const struct lt_kernels *kernels;
	struct lt_pool *pool;
	struct lt_output *output;
	struct lt_header header; /* of the output; the provenance of inputs is merged here */
	struct lt_prov_in in[LT_MAX_PROV];
	int n_in;
	struct lt_totals *inputs; /* of every segment consumed */
	int n_inputs;
	const struct lt_model *init; /* initial weights of the network; NULL: none */
	int input;		     /* input size for encoded pictures; 0: not yet known */
	const char *arch;
	struct lt_graph *graph; /* after lt_learn_graph */
	bool has_precision;	/* after it: the program has --precision */
	enum lt_precision precision;
};

/*
 * Sets up the kernels of --kernel, the workers and the main output; reads nothing.
 * lt_learn_end can be called before it and after an error.
 */
int lt_learn_begin(struct lt_learn *learn, struct lt_cli *cli,
		   const struct lt_choice_value *kernel, enum lt_kind kind,
		   struct lt_error *err);
/* The same for a program that trains. */
int lt_learn_begin_training(struct lt_learn *learn, struct lt_cli *cli,
			    struct lt_training_options *training, struct lt_error *err);
void lt_learn_end(struct lt_learn *learn);

bool lt_is_stdin(const char *path);		 /* "-"; NULL is not */
bool lt_rows_on_stdin(const struct lt_cli *cli); /* an operand is "-", or there is none */

/*
 * Stdin can be only one input, and it is that of the labelled rows if there is no operand:
 * LT_USAGE if more than one input is "-".  model: the option whose stream can precede the rows
 * on stdin; NULL: none.
 */
int lt_learn_check_stdin(const struct lt_cli *cli, const char *model, struct lt_error *err);

/*
 * Gives every rank of a team the stdin of rank 0, if the program reads it; before any rank
 * does.  lt_learn_begin_training calls it.
 */
int lt_learn_share_stdin(const struct lt_cli *cli, struct lt_error *err);
/*
 * Checks early that the operands and the files of options can be read, before hours are spent
 * on input from a pipe.  Opens nothing, because the writer of a FIFO would notice.
 */
int lt_learn_check_inputs(const struct lt_cli *cli, struct lt_error *err);
/*
 * Checks that --checkpoint and --log can be written, and that an existing checkpoint is to be
 * resumed.
 */
int lt_learn_check_training(const struct lt_learn *learn, struct lt_error *err);

/*
 * Reads the rows of all operands, or of stdin if there are none, into one table, and sets the
 * program's defaults for images of that size.  If model is not NULL and *has_model is false,
 * the first input can begin with a model segment, which is read into it.  role: the name of
 * these rows in provenance.
 *
 * Encoded pictures become images of the size of --input, else of the model's input size, else
 * of LT_LARGE_INPUT.  LT_USAGE for --input with other rows.
 */
int lt_learn_read_rows(struct lt_learn *learn, struct lt_table *table, unsigned flags,
		       struct lt_model *model, bool *has_model, const char *role,
		       struct lt_error *err);
/* Reads the rows of one file ("-": stdin). */
int lt_learn_read_file(struct lt_learn *learn, struct lt_table *table, unsigned flags,
		       const char *path, const char *role, struct lt_error *err);
/*
 * Reads a model from the file of an option.  "-" without an operand means that rows follow it
 * on stdin; then lt_learn_read_rows reads it.
 */
int lt_learn_read_model(struct lt_learn *learn, struct lt_model *model, bool *has_model,
			const char *path, const char *role, struct lt_error *err);

/* Record a consumed segment and its origin, for DONE and provenance. */
int lt_learn_note_input(struct lt_learn *learn, const struct lt_totals *totals,
			struct lt_error *err);
int lt_learn_note_origin(struct lt_learn *learn, const struct lt_header *header,
			 const char *role, struct lt_error *err);
int lt_learn_note_model(struct lt_learn *learn, const struct lt_model *model, const char *role,
			struct lt_error *err);

/*
 * Makes the graph of a network with n heads for the images of a table, in learn->graph: of the
 * architecture on the command line, else of the model's, else of the default of --arch.  Also
 * reads
 * --precision.
 */
int lt_learn_graph(struct lt_learn *learn, const struct lt_table *table,
		   const struct lt_model *model, const struct lt_head *heads, int n,
		   struct lt_error *err);
/*
 * The configuration of a network of learn->graph that is trained with batches of --batch rows.
 */
struct lt_network_config lt_learn_config(const struct lt_learn *learn);
/*
 * Fills the model fields of the header from the graph, and adds this program's provenance
 * entry.
 */
int lt_learn_describe(struct lt_learn *learn, const struct lt_norm *norm, struct lt_error *err);
/* Trains with the options of LT_TRAINING_OPTS; does not write the model. */
int lt_learn_train(struct lt_learn *learn, struct lt_run *run, const struct lt_task *task,
		   struct lt_network *net, struct lt_error *err);
/* Writes the model to the main output. */
int lt_learn_write(struct lt_learn *learn, struct lt_run *run, struct lt_error *err);

/* Adds the part of provenance that only these programs have, and the program's own entry. */
int lt_learn_provenance(struct lt_learn *learn, struct lt_error *err);

/* Prints a notice if a program uses rows of the split "test" to train or to choose. */
void lt_notice_test_rows(struct lt_cli *cli, const struct lt_header *rows, const char *name);

/*
 * The mean and deviation for normalisation: of --norm, else of the model, else of the rows'
 * header, else computed from labelled rows (ImageNet's for encoded pictures).  Prints a notice
 * if --norm differs from the model's.
 */
int lt_learn_norm(struct lt_learn *learn, const struct lt_model *model,
		  const struct lt_table *table, struct lt_norm *norm, struct lt_error *err);

#endif
