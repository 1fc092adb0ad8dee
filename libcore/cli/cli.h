/*
 * What makes the programs one family: options, help, messages, progress,
 * outputs, provenance and exit codes.  A filter is a table and a function:
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
 * lt_main parses, runs, prints the one error line, writes FAIL on outputs
 * that are still open, closes and checks stdout, and returns the exit code.
 * Before run, the descriptors 0, 1 and 2 are open (a closed one fails when it is
 * used) and lt_signals_catch has been called.
 *
 * Common options, appended to every table: -o/--output FILE, --seed N,
 * --threads N, --max-memory SIZE, -q/--quiet, -v/--verbose, --progress auto|always|never,
 *-h/--help, -V/--version, and the hidden --list-options, which prints a line an option for
 * completion and tests: "--name -x KIND [WORD ...]" with "-" where there is no
 * letter and KIND one of FLAG, FILE, CHOICE (the words are the choices) and WORD.
 * Long names are never abbreviated.  Of an option given twice the last counts.
 */
#ifndef LT_CLI_CLI_H
#define LT_CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/option.h"
#include "stream/stream.h"

#define LT_VERSION "1.0.0"

/* The default of one of the program's options where images are large; as text. */
struct lt_default {
	const char *option;
	const char *value;
};

#define LT_SMALL_SIDE 64 /* pixels a side, up to which images are small */

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
	bool text;		 /* writes text: stdout may be a terminal */
	uint64_t max_seed;	 /* 0: 2^64 - 1 */
	int (*run)(struct lt_cli *cli, void *options, struct lt_error *err);
	/* Second line of --version (the kernel set), or NULL. */
	const char *(*version_note)(void);
};

/*
 * options: the program's struct of settings, zeroed, which the table fills.  run returns 0 or
 * a code with err filled.  LT_FALSE with an empty err->text ends with exit 1 in silence.
 */
int lt_main(const struct lt_program *program, void *options, int argc, char **argv);

/*
 * Options by name, for rules that are tables of names themselves; asking for one that is not
 * in the table is a bug (abort).  Programs read their struct.
 */
bool lt_opt_given(const struct lt_cli *cli, const char *name); /* on the command line */
/* The value in its one spelling, cut to size; false where there is none.  Of a flag: "". */
bool lt_opt_shown(const struct lt_cli *cli, const char *name, char *text, size_t size);
/* Forgets the default of an option that what was chosen has no use for. */
void lt_opt_drop(struct lt_cli *cli, const char *name);
/* The program's defaults for large images, for all options that the command line does not give.
 */
void lt_opt_take_large(struct lt_cli *cli);

/*
 * The i-th FILE option of that use, in the table's order: its name, and in *path what was
 * given (NULL: nothing).  NULL beyond the last.
 */
const char *lt_cli_file(const struct lt_cli *cli, enum lt_file_use use, int i,
			const char **path);
/*
 * LT_USAGE where path is a file that the command line names as a side output.  lt_main has
 * asked for every operand and every option that is read; this is for inputs that are named
 * otherwise.  what: how the message calls it, "--profile".
 */
int lt_cli_check_input(const struct lt_cli *cli, const char *path, const char *what,
		       struct lt_error *err);

int lt_cli_operands(const struct lt_cli *cli);
/* Beyond the last: NULL, which is stdin. */
const char *lt_cli_operand(const struct lt_cli *cli, int i);
int lt_cli_threads(const struct lt_cli *cli);
uint64_t lt_cli_seed(const struct lt_cli *cli);
bool lt_cli_verbose(const struct lt_cli *cli);
bool lt_cli_quiet(const struct lt_cli *cli);
const char *lt_cli_program(const struct lt_cli *cli);

/*
 * A notice for the person at the terminal ("prog: text").  When stderr is no
 * terminal and -v is not given it is held and printed after success, so that an
 * error stays one line.  -q drops it.
 */
void lt_notice(struct lt_cli *cli, const char *fmt, ...) LT_PRINTF(2, 3);
/* Printed with -v alone (or on a terminal unless -q): a line an epoch, a decision taken. */
void lt_verbose(struct lt_cli *cli, const char *fmt, ...) LT_PRINTF(2, 3);
/*
 * Progress: one line rewritten on a terminal, nothing elsewhere, unless
 * --progress=always or never.  total 0: not known.  Cheap: prints ten times a second at most.
 */
void lt_progress(struct lt_cli *cli, const char *what, uint64_t done, uint64_t total);

/*
 * The main output: -o FILE or stdout.  Opened on the first call.  A stream to a
 * terminal is refused (64) unless the program writes text.  lt_main finishes it after success.
 * After an error a program that does not write text ends it with FAIL, even
 * when it had not been opened, unless the error was one of usage.
 */
int lt_cli_output(struct lt_cli *cli, struct lt_output **out, struct lt_error *err);
/*
 * This run writes text, whatever the program does otherwise: before the main output is
 * asked for.
 */
void lt_cli_writes_text(struct lt_cli *cli);
/*
 * A side output.  They are finished in order of opening, before the main one:
 * by lt_cli_done of a segment on the main output, just before that DONE is
 * written, when no segment on a side output is open; by lt_main if that did not
 * happen.  So whatever goes into side outputs is written before the main
 * output's lt_cli_done, and a reader of the main output that has seen DONE
 * finds the side files in place.
 */
int lt_cli_side_output(struct lt_cli *cli, struct lt_output **out, const char *path,
		       struct lt_error *err);
/*
 * Begins a segment on an output that lt_main will end with FAIL if run fails
 * before lt_cli_done.
 */
int lt_cli_begin(struct lt_cli *cli, struct lt_writer **writer, struct lt_output *output,
		 const struct lt_header *header, struct lt_error *err);
int lt_cli_done(struct lt_cli *cli, struct lt_writer *writer, struct lt_totals *totals,
		struct lt_error *err);

/*
 * Adds this program's provenance entry to a header whose inputs were merged
 * with lt_prov_merge.  out: "stdout", "unlabeled", "val", "rest", …
 */
int lt_cli_provenance(struct lt_cli *cli, struct lt_header *header, const char *out,
		      const struct lt_prov_in *in, int n_in, struct lt_error *err);
/*
 * Appends "--name=value" to the opts of provenance entries made from now on
 * (kernel set, range size).  Options flagged LT_OPT_RESULT come first, in table
 * order: "--name=value" with the default where none was given, "--name" for a
 * flag that was set, nothing for one that was not or for an option without value.
 */
int lt_cli_provenance_note(struct lt_cli *cli, const char *name, const char *value);

#endif
