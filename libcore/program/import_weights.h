/* lt import --weights: converts a file of weights to a model stream like those of train. */
#ifndef LT_PROGRAM_IMPORT_WEIGHTS_H
#define LT_PROGRAM_IMPORT_WEIGHTS_H

#include "cli/cli.h"
#include "data/norm_text.h"
#include "weights/naming.h"

struct lt_import_weights_options {
	struct lt_text_value weights, norm;
	struct lt_choice_value arch;
	struct lt_real_value scale;
};

/* Lines of an option table. */
#define LT_IMPORT_WEIGHTS_OPTS(T, f)                                                           \
	LT_PATH(T, f.weights, "weights", "FILE", LT_FILE_READ,                                 \
		"convert a safetensors or PyTorch file to a model"),                           \
		LT_TEXT(T, f.norm, "norm", LT_NORM_WORDS, NULL, LT_OPT_RESULT,                 \
			"with --weights: normalisation of the training images"),               \
		LT_CHOICE(T, f.arch, "arch", "NAME", NULL, lt_naming_archs,                    \
			  lt_naming_archs_later, LT_OPT_RESULT,                                \
			  "with --weights: the network (automatic)"),                          \
		LT_REAL(T, f.scale, "scale", "X", NULL, 1e-6, 1e6, LT_OPT_RESULT,              \
			"with --weights: scale of a cosine head (30)")

/* LT_USAGE for one of these options without --weights, and for an option of rows with it. */
int lt_import_weights_check(struct lt_cli *cli, const struct lt_import_weights_options *options,
			    struct lt_error *err);
/*
 * Reads the file and writes the model.  classes: --classes or NULL; side: --size or 0.
 * Reports how the file was interpreted and what was left out.
 */
int lt_import_weights(struct lt_cli *cli, const struct lt_import_weights_options *options,
		      const char *classes, int side, struct lt_error *err);

#endif
