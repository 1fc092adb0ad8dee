/*
 * Options.  A program declares a struct of settings and a table whose lines bind an option
 * to a field of it; lt_main fills the struct before the program runs:
 *
 *	enum keep { KEEP_LAST, KEEP_BEST };
 *	static const char *const kept[] = {[KEEP_LAST] = "last", [KEEP_BEST] = "best", NULL};
 *
 *	struct options {
 *		struct lt_real_value omega;
 *		struct lt_choice_value keep;
 *	};
 *	static const struct lt_opt table[] = {
 *		LT_REAL(struct options, omega, "omega", "X", "1", 0, 1e6, LT_OPT_RESULT,
 *			"weight of a pseudo-labelled row"),
 *		LT_CHOICE(struct options, keep, "keep", "WHICH", "last", kept, NULL,
 *			  LT_OPT_RESULT, "the model of the last epoch or of the best on --val"),
 *		{0},
 *	};
 *
 * Values are checked against the table before the program runs: numbers are in range, and a
 * choice is an index into its list.  Help, completion, --explain and provenance use the same
 * table, so a program that computes a default writes it into the field, and all of them show
 * it.  Options shared by several programs are a struct and a macro with lines of the table.
 */
#ifndef LT_CLI_OPTION_H
#define LT_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The value of an option.  given: it was on the command line.  has: it has a value, from the
 * command line, a recipe, a default or the program.  Only such values are shown and recorded,
 * so a program clears has if the option has no effect on the chosen method.
 * preset: a recipe set it (lt_opt_preset) in place of all defaults; the command line takes
 * precedence.  If two options exclude each other, a preset one is cleared, not refused.
 */
struct lt_flag_value {
	bool given, has, preset;
};

struct lt_int_value {
	bool given, has, preset;
	uint64_t value;
};

struct lt_real_value {
	bool given, has, preset;
	double value;
};

struct lt_text_value { /* of LT_TEXT and LT_PATH */
	bool given, has, preset;
	const char *value; /* NULL: none */
};

enum { LT_MAX_PATHS = 16 };

struct lt_paths_value { /* of LT_PATHS: in the order of the command line */
	bool given, has, preset;
	int n;
	const char *value[LT_MAX_PATHS];
};

struct lt_choice_value {
	bool given, has, preset;
	int value; /* index into the list */
};

/* Sets a default that depends on other options or on the input, unless the option was given or
 * preset. */
static inline void lt_int_default(struct lt_int_value *field, uint64_t value)
{
	if (!field->given && !field->preset)
		*field = (struct lt_int_value){.has = true, .value = value};
}

static inline void lt_real_default(struct lt_real_value *field, double value)
{
	if (!field->given && !field->preset)
		*field = (struct lt_real_value){.has = true, .value = value};
}

static inline void lt_text_default(struct lt_text_value *field, const char *value)
{
	if (!field->given && !field->preset)
		*field = (struct lt_text_value){.has = true, .value = value};
}

static inline void lt_choice_default(struct lt_choice_value *field, int value)
{
	if (!field->given && !field->preset)
		*field = (struct lt_choice_value){.has = true, .value = value};
}

enum lt_opt_type {
	LT_OPT_FLAG, /* --name */
	LT_OPT_INT,  /* decimal, min … max */
	LT_OPT_SIZE, /* bytes, min … max: decimal, then K, M, G or T or nothing */
	LT_OPT_REAL, /* finite, min … max */
	LT_OPT_TEXT,
	LT_OPT_FILE,   /* a path; "-" is stdin for an input */
	LT_OPT_FILES,  /* the same, up to LT_MAX_PATHS times */
	LT_OPT_CHOICE, /* one of choices, a NULL-terminated list */
};

enum {
	LT_OPT_RESULT = 1, /* affects the result: recorded in the provenance (never a FILE) */
	LT_OPT_FINE = 2,   /* fine-tuning: --help lists name and default in a shared line */
};

/* How a program uses the file of an option. */
enum lt_file_use {
	LT_FILE_NONE, /* not a FILE */
	LT_FILE_READ,
	LT_FILE_SIDE, /* a side output: must not be an input or another output */
	LT_FILE_MAIN, /* only --output: must not be an input */
};

struct lt_opt {
	const char *name; /* without the dashes */
	char letter;	  /* one-letter form, or 0 */
	enum lt_opt_type type;
	size_t at;	 /* offset of the field in the program's struct */
	const char *arg; /* its argument in the help: "N", "FILE"; NULL for a flag */
	const char *def; /* as text; NULL: none, or a computed one (mention it in help) */
	/*
	 * A phrase for --help.  For a choice, the list follows, so the phrase may be "".  For
	 * LT_OPT_FINE it is shown if there is no default: "focal 1".
	 */
	const char *help;
	unsigned flags;
	uint64_t min, max; /* LT_OPT_INT, LT_OPT_SIZE; max 0 means 2^64 - 1 */
	double low, high;  /* LT_OPT_REAL; both 0 means any finite number */
	const char *const *choices;
	/* Planned choices: exit 64, "not supported in this version". */
	const char *const *later;
	enum lt_file_use use; /* LT_OPT_FILE, LT_OPT_FILES */
};

/*
 * Lines of an option table.  T is the struct and f its field, possibly within a member
 * (balance.loss); a field of the wrong type does not compile.  The last argument is the
 * phrase for --help; further fields may follow it:
 * LT_FLAG(struct options, all, "all", 0, "all of it", .letter = 'a').
 */
#define LT_FIELD(T, f, type) _Generic(&((T *)0)->f, struct type * : offsetof(T, f))

#define LT_FLAG(T, f, name_, flags_, ...)                                                      \
	{                                                                                      \
		.name = name_, .type = LT_OPT_FLAG, .at = LT_FIELD(T, f, lt_flag_value),       \
		.flags = flags_, .help = __VA_ARGS__                                           \
	}
#define LT_INT(T, f, name_, arg_, def_, min_, max_, flags_, ...)                               \
	{                                                                                      \
		.name = name_, .type = LT_OPT_INT, .at = LT_FIELD(T, f, lt_int_value),         \
		.arg = arg_, .def = def_, .min = min_, .max = max_, .flags = flags_,           \
		.help = __VA_ARGS__                                                            \
	}
#define LT_SIZE(T, f, name_, min_, flags_, ...)                                                \
	{                                                                                      \
		.name = name_, .type = LT_OPT_SIZE, .at = LT_FIELD(T, f, lt_int_value),        \
		.arg = "SIZE", .min = min_, .flags = flags_, .help = __VA_ARGS__               \
	}
#define LT_REAL(T, f, name_, arg_, def_, low_, high_, flags_, ...)                             \
	{                                                                                      \
		.name = name_, .type = LT_OPT_REAL, .at = LT_FIELD(T, f, lt_real_value),       \
		.arg = arg_, .def = def_, .low = low_, .high = high_, .flags = flags_,         \
		.help = __VA_ARGS__                                                            \
	}
#define LT_TEXT(T, f, name_, arg_, def_, flags_, ...)                                          \
	{                                                                                      \
		.name = name_, .type = LT_OPT_TEXT, .at = LT_FIELD(T, f, lt_text_value),       \
		.arg = arg_, .def = def_, .flags = flags_, .help = __VA_ARGS__                 \
	}
#define LT_PATH(T, f, name_, arg_, use_, ...)                                                  \
	{                                                                                      \
		.name = name_, .type = LT_OPT_FILE, .at = LT_FIELD(T, f, lt_text_value),       \
		.arg = arg_, .use = use_, .help = __VA_ARGS__                                  \
	}
#define LT_PATHS(T, f, name_, arg_, use_, ...)                                                 \
	{                                                                                      \
		.name = name_, .type = LT_OPT_FILES, .at = LT_FIELD(T, f, lt_paths_value),     \
		.arg = arg_, .use = use_, .help = __VA_ARGS__                                  \
	}
#define LT_CHOICE(T, f, name_, arg_, def_, choices_, later_, flags_, ...)                      \
	{                                                                                      \
		.name = name_, .type = LT_OPT_CHOICE, .at = LT_FIELD(T, f, lt_choice_value),   \
		.arg = arg_, .def = def_, .choices = choices_, .later = later_,                \
		.flags = flags_, .help = __VA_ARGS__                                           \
	}

/* Index of a name in a NULL-terminated list, or -1. */
int lt_choice_find(const char *const *choices, const char *name);

#endif
