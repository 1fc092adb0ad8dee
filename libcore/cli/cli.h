/*
 * The frame of all programs: options, help, messages, progress, outputs,
 * provenance and exit codes.  A filter is a table and a function:
 *
 *	static int run(struct lt_cli *cli, void *options, struct lt_error *err) { … }
 *	static const struct lt_program program = { .name = "train", … , .run = run };
 *	int main(int argc, char **argv)
 *	{
 *		struct options options = {0};
 *
 *		return lt_main(&program, &options, argc, argv);
 *	}
 *
 * lt_main parses options, calls run, prints the error line, writes FAIL to outputs
 * that are still open, closes and checks stdout, and returns the exit code.
 * Before run, the descriptors 0, 1 and 2 are opened (using one that was closed
 * fails) and lt_signals_catch is called.
 *
 * Common options, appended to every table: -o/--output FILE, --seed N,
 * --threads N, --max-memory SIZE, -q/--quiet, -v/--verbose, --progress auto|always|never,
 * -h/--help, -V/--version, and the hidden --list-options, which prints one line for each
 * option, for completion and tests: "--name -x KIND [WORD ...]", with "-" for no letter and
 * a KIND of FLAG, FILE, CHOICE (the words are the choices) or WORD.
 * Long names cannot be abbreviated.  If an option is repeated, the last value counts.
 */
#ifndef LT_CLI_CLI_H
#define LT_CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/team.h"
#include "cli/option.h"
#include "stream/stream.h"

#define LT_VERSION "1.0.0"

/*
 * The commit that a program was built from, with "+" if files differed from it; empty
 * outside a checkout.  --version prints it.  It is never written into a stream: equal sources
 * produce equal bytes, wherever they are built.
 */
extern const char lt_commit[];

/* The default of an option for large images, as text. */
struct lt_default {
	const char *option;
	const char *value;
};

#define LT_SMALL_SIDE 64 /* up to this height and width images are small */

struct lt_cli;

struct lt_program {
	const char *name;     /* canonical: "train", "ltsplit" (help: lt train, lt split) */
	const char *synopsis; /* after the name: "[options] [file ...]" */
	const char *summary;  /* one line for --help */
	const struct lt_opt *opts; /* ends with a NULL name; the common ones are added */
	/* Defaults above LT_SMALL_SIDE that differ; ends with a NULL option. */
	const struct lt_default *large;
	const char *examples[3]; /* pipelines for --help, NULL-terminated */
	int max_operands;	 /* -1: any number */
	bool learns;		 /* --threads defaults to all CPUs */
	bool team;		 /* can be run as a team of processes (base/team.h) */
	bool text;		 /* writes text: stdout may be a terminal */
	uint64_t max_seed;	 /* 0: 2^64 - 1 */
	int (*run)(struct lt_cli *cli, void *options, struct lt_error *err);
	/* Second line of --version (the kernel set), or NULL. */
	const char *(*version_note)(void);
};

/*
 * options: the program's zeroed struct of settings, which the table fills.  run returns 0 or
 * a code with err filled.  LT_FALSE with an empty err->text exits with 1 without a message.
 */
int lt_main(const struct lt_program *program, void *options, int argc, char **argv);

/*
 * Options by name, for rules that are tables of names; a name that is not in the table is a
 * bug (abort).  Programs otherwise read their struct.
 */
bool lt_opt_given(const struct lt_cli *cli, const char *name); /* on the command line */
/* The value in its canonical form, cut to size; false if there is none.  For a flag: "". */
bool lt_opt_shown(const struct lt_cli *cli, const char *name, char *text, size_t size);
/* Clears the default of an option that has no effect on the chosen method. */
void lt_opt_drop(struct lt_cli *cli, const char *name);
/* Sets the defaults for large images, for all options that are not on the command line. */
void lt_opt_take_large(struct lt_cli *cli);
/*
 * What a recipe says of an option, unless the command line gives it; before anything looks at
 * options.  value lives as long as cli, of a flag it is not looked at.
 */
int lt_opt_preset(struct lt_cli *cli, const char *name, const char *value,
		  struct lt_error *err);

/*
 * The i-th FILE with this use, in the order of the table: returns the name of its option, and
 * its value in *path (NULL: not given; LT_PATHS has only the files that were given).  NULL
 * after the last.
 */
const char *lt_cli_file(const struct lt_cli *cli, enum lt_file_use use, int i,
			const char **path);
/*
 * LT_USAGE if path is a file that the command line names as an output.  lt_main checks all
 * operands and all options that are read; this is for inputs that are named in other ways.
 * what: its name in the message, such as "--profile".
 */
int lt_cli_check_input(const struct lt_cli *cli, const char *path, const char *what,
		       struct lt_error *err);

int lt_cli_operands(const struct lt_cli *cli);
/* NULL, which means stdin, after the last. */
const char *lt_cli_operand(const struct lt_cli *cli, int i);
/* All operands; they live as long as cli. */
const char *const *lt_cli_operand_list(const struct lt_cli *cli);
int lt_cli_threads(const struct lt_cli *cli);
uint64_t lt_cli_seed(const struct lt_cli *cli);
/*
 * The team of a program that can have one, or NULL.  Only rank 0 prints and writes outputs;
 * those of other ranks are /dev/null.
 */
struct lt_team *lt_cli_team(const struct lt_cli *cli);
bool lt_cli_verbose(const struct lt_cli *cli);
bool lt_cli_quiet(const struct lt_cli *cli);
const char *lt_cli_program(const struct lt_cli *cli);

/*
 * A notice for the user ("prog: text").  If stderr is not a terminal and -v is not
 * given, it is printed after success, so that an error is a single line.  -q drops it.
 */
void lt_notice(struct lt_cli *cli, const char *fmt, ...) LT_PRINTF(2, 3);
/* Printed only with -v or on a terminal (unless -q): a line for each epoch, a decision. */
void lt_verbose(struct lt_cli *cli, const char *fmt, ...) LT_PRINTF(2, 3);
/*
 * Progress: one line rewritten on a terminal, nothing elsewhere, unless
 * --progress=always or never:
 *
 *	epoch 3/200 12%, 1703 images/s, 12:05 left, loss 0.5120, accuracy 0.8330
 *
 * Rate and time left are computed since the current work began.  The line is cut to the
 * width of the terminal.  Calls are cheap: it prints at most ten times a second.
 */
struct lt_progress {
	const char *what;     /* the work: a word, optionally followed by a stage */
	uint64_t done, total; /* total 0: not known */
	const char *unit;     /* unit of the rate, "images"; NULL: that of done and total */
	double each;	      /* number of these units per unit of done */
	const char *more;     /* text at the end of the line, or NULL */
};
void lt_progress_show(struct lt_cli *cli, const struct lt_progress *progress);
/* The same for things counted singly: "rows 120/400 30%, 52 rows/s, 0:05 left". */
void lt_progress(struct lt_cli *cli, const char *what, uint64_t done, uint64_t total);

/*
 * The main output: -o FILE or stdout.  The first call opens it.  A stream to a
 * terminal is an error (64) unless the program writes text.  lt_main finishes it on success.
 * After an error other than LT_USAGE, lt_main writes FAIL to it, even if it was not opened
 * yet, unless the program writes text.
 */
int lt_cli_output(struct lt_cli *cli, struct lt_output **out, struct lt_error *err);
/*
 * Declares that this run writes text, even if the program normally does not.  Call it before
 * lt_cli_output.
 */
void lt_cli_writes_text(struct lt_cli *cli);
/*
 * A side output.  Side outputs are finished in the order of opening, before the main one:
 * by lt_cli_done of a segment on the main output, just before DONE is written, if no segment
 * on a side output is open; otherwise by lt_main.  Write everything to side outputs before
 * the lt_cli_done of the main output.  A reader of the main output that has seen DONE then
 * finds complete side files.
 */
int lt_cli_side_output(struct lt_cli *cli, struct lt_output **out, const char *path,
		       struct lt_error *err);
/*
 * Begins a segment on an output.  lt_main ends it with FAIL if run fails before
 * lt_cli_done.
 */
int lt_cli_begin(struct lt_cli *cli, struct lt_writer **writer, struct lt_output *output,
		 const struct lt_header *header, struct lt_error *err);
int lt_cli_done(struct lt_cli *cli, struct lt_writer *writer, struct lt_totals *totals,
		struct lt_error *err);

/*
 * Adds this program's provenance entry to a header whose inputs were merged
 * with lt_prov_merge.  out: "stdout", "unlabeled", "val", "test", "rest", …
 */
int lt_cli_provenance(struct lt_cli *cli, struct lt_header *header, const char *out,
		      const struct lt_prov_in *in, int n_in, struct lt_error *err);
/*
 * Appends "--name=value" to the opts of provenance entries made from now on
 * (kernel set, range size).  Options flagged LT_OPT_RESULT come first, in table
 * order: "--name=value" with the given or default value, "--name" for a flag that was
 * set, nothing for a flag that was not set or for an option without a value.
 */
int lt_cli_provenance_note(struct lt_cli *cli, const char *name, const char *value);

#endif
