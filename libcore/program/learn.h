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

/* Options of every program that runs a network. */
#define LT_NETWORK_OPTS                                                                        \
	LT_CHOICE("kernel", "SET", NULL, lt_kernel_names, NULL, 0,                             \
		  "kernel set: ref, x86-64, v3, v4, … (the best this CPU has)")

/* Options of every program that trains one.  Defaults in words where they depend on the input.
 */
#define LT_TRAINING_OPTS(epochs_, batch_, rate_, schedule_, decay_)                            \
	LT_CHOICE("arch", "NAME", "resnet32", lt_arch_names, lt_archs_later, LT_OPT_RESULT,    \
		  "resnet20, 32, 44, 56, 110 or 10, 18, 34, 50"),                              \
		LT_INT("epochs", "N", epochs_, 1, 100000, LT_OPT_RESULT,                       \
		       "passes over the data; the schedule is scaled to them"),                \
		LT_INT("batch", "N", batch_, 1, 65536, LT_OPT_RESULT, "rows a step"),          \
		LT_REAL("lr", "X", rate_, 0, 1e6, LT_OPT_RESULT,                               \
			"learning rate before the schedule"),                                  \
		LT_CHOICE("schedule", "NAME", schedule_, lt_schedule_names, NULL,              \
			  LT_OPT_RESULT, "of the rate: step or cosine"),                       \
		LT_REAL("momentum", "X", "0.9", 0, 1, LT_OPT_RESULT | LT_OPT_FINE, "of SGD"),  \
		LT_REAL("decay", "X", decay_, 0, 1e6, LT_OPT_RESULT | LT_OPT_FINE,             \
			"weight decay, on every parameter"),                                   \
		LT_CHOICE("precision", "P", "f32", lt_precisions, NULL, 0,                     \
			  "f32, bf16 (activations) or bf16-fast (products too)"),              \
		LT_PATH("checkpoint", "FILE",                                                  \
			"written after every epoch and on SIGINT or SIGTERM"),                 \
		LT_FLAG("resume", 0, "go on from --checkpoint FILE if it exists"),             \
		LT_PATH("log", "FILE", "TSV, a line an epoch"), LT_NETWORK_OPTS

struct lt_learn {
	struct lt_cli *cli;
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

/* Kernels, workers, the main output; nothing is read yet. */
int lt_learn_begin(struct lt_learn *learn, struct lt_cli *cli, enum lt_kind kind,
		   struct lt_error *err);
void lt_learn_end(struct lt_learn *learn);

bool lt_is_stdin(const char *path); /* "-"; NULL is not */

/*
 * Stdin, where labelled rows come from when no operand is given, can be one input only:
 * LT_USAGE when a second of the options in inputs (a list that ends with NULL) is "-".  model:
 * the one whose stream may stand before the rows there; NULL: none.
 */
int lt_learn_check_stdin(const struct lt_cli *cli, const char *const *inputs, const char *model,
			 struct lt_error *err);

/*
 * Looks whether the operands and the files of the options in inputs (a list that
 * ends with NULL; NULL: none) can be read, and with trains whether --checkpoint
 * and --log can be written, before hours are spent on what comes from a pipe.
 * Nothing is opened: a FIFO's writer would notice.
 */
int lt_learn_check_files(const struct lt_cli *cli, const char *const *inputs, bool trains,
			 struct lt_error *err);

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
