/* Internal interfaces of cli/. */
#ifndef LT_CLI_CLI_PRIVATE_H
#define LT_CLI_CLI_PRIVATE_H

#include <stddef.h>

#include "base/memory.h"
#include "cli/cli.h"

#define LT_MAX_SIDE_OUTPUTS 16
#define LT_LINE 1400 /* bytes of a message */
#define LT_MAX_OPEN_SEGMENTS 17

/* Options of every program; the table is lt_common_opts. */
struct lt_common_options {
	struct lt_text_value output;
	struct lt_int_value seed, threads, max_memory;
	struct lt_flag_value quiet, verbose;
	struct lt_choice_value progress;
	struct lt_flag_value help, version;
};

/* The action that the command line requests. */
enum lt_action { LT_ACT_RUN, LT_ACT_HELP, LT_ACT_VERSION, LT_ACT_LIST };

struct lt_segment {
	struct lt_writer *writer;
	struct lt_output *output;
};

struct lt_cli {
	const struct lt_program *program;
	struct lt_team *team;
	void *own; /* the program's struct of settings */
	struct lt_common_options common;
	int n_own, n_opts; /* lines of the program's table, of it and the common one */
	const char **operand;
	int n_operands;
	struct lt_arena arena; /* texts of values that were set, provenance notes */

	bool quiet, verbose, terminal; /* terminal: stderr is a terminal */
	bool show_progress, progress_drawn;
	int64_t progress_at, progress_start; /* nanoseconds */
	uint64_t progress_first;	     /* done when the present work began */
	char progress_what[64];
	struct lt_buffer held; /* notices, as finished lines */
	char spare[LT_LINE];   /* for one more, where memory has run out */

	bool text; /* the main output's: the program's, or this run's */
	struct lt_output *main;
	bool main_used; /* opened, whether it still is or not */
	bool main_begun;
	struct lt_output *side[LT_MAX_SIDE_OUTPUTS];
	int n_side;
	struct lt_segment segment[LT_MAX_OPEN_SEGMENTS];
	int n_segments;

	const char **note;
	int n_notes;
};

/* options.c: the defaults, then the command line's values; LT_USAGE, LT_OS. */
int lt_cli_init(struct lt_cli *cli, const struct lt_program *program, void *options,
		struct lt_error *err);
int lt_cli_parse(struct lt_cli *cli, int argc, char **argv, enum lt_action *action,
		 struct lt_error *err);

/*
 * values.c: lines of both tables, the program's first, and the fields they are bound to.
 * Every field begins with given, has and preset, whatever its type.
 */
const struct lt_opt *lt_cli_opt(const struct lt_cli *cli, int i);
void *lt_cli_field(const struct lt_cli *cli, int i);
bool *lt_cli_given(const struct lt_cli *cli, int i);
bool *lt_cli_has(const struct lt_cli *cli, int i);
bool *lt_cli_preset(const struct lt_cli *cli, int i);
/* The line of that name; aborts if there is none. */
int lt_cli_need(const struct lt_cli *cli, const char *name);

/* files.c: LT_USAGE if an output is an input or another output. */
int lt_cli_check_files(const struct lt_cli *cli, struct lt_error *err);

extern const struct lt_opt lt_common_opts[];
/* The option's default for large images, or NULL if it is the same for all images. */
const char *lt_large_default(const struct lt_program *program, const struct lt_opt *opt);

/* help.c: appends the text; false without memory. */
bool lt_help_text(const struct lt_cli *cli, struct lt_buffer *text);
bool lt_version_text(const struct lt_program *program, struct lt_buffer *text);
bool lt_list_text(const struct lt_cli *cli, struct lt_buffer *text);
/* "lt train", "lt split". */
void lt_shown_name(const struct lt_program *program, char *out, size_t size);

/* progress.c: the text of the line, if done grew from first in this many seconds. */
void lt_progress_text(const struct lt_progress *progress, uint64_t first, double seconds,
		      char *text, size_t size);
/* progress.c: clears the line on the terminal before other output. */
void lt_progress_clear(struct lt_cli *cli);

/*
 * outputs.c: writes FAIL to stream outputs and removes temporaries; or finishes all in order.
 */
const char *lt_cli_path(const struct lt_cli *cli, const char *path); /* see lt_cli_team */
void lt_cli_abandon(struct lt_cli *cli, const struct lt_error *why);
int lt_cli_finish(struct lt_cli *cli, struct lt_error *err);

#endif
