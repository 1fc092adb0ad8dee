/*
 * What eval and pseudolabel share: a model, rows that stream by, and the
 * model's logits and features of each.  Rows are never held: memory is that of
 * the network and of one frame.
 */
#ifndef LT_PROGRAM_INFER_H
#define LT_PROGRAM_INFER_H

#include "program/learn.h"

struct lt_infer_options {
	struct lt_text_value model;
	struct lt_int_value batch;
	struct lt_choice_value kernel;
};

#define LT_MODEL_OPT(T, f)                                                                     \
	LT_PATH(T, f, "model", "FILE", LT_FILE_READ,                                           \
		"the model (else the first segment of the input)")

#define LT_INFER_OPTS(T, f)                                                                    \
	LT_MODEL_OPT(T, f.model),                                                              \
		LT_INT(T, f.batch, "batch", "N", "64", 16, 65536, 0,                           \
		       "rows at once; changes memory, not results"),                           \
		LT_KERNEL_OPT(T, f.kernel)

struct lt_infer {
	struct lt_learn learn;
	struct lt_model model;
	bool has_model;
	struct lt_graph *graph;
	struct lt_network *net; /* NULL until rows (not scores) have come */
	struct lt_norm norm;
	struct lt_header rows; /* of the first row segment */
	bool has_rows, scores; /* scores: the input holds logits already */
	char *rows_name;
	const char *role; /* of the file that is read, as provenance calls it */
	uint64_t row;	  /* of all rows with this header, the current frame's first */
	int batch;	  /* rows through the network at once */
	/* Of images: how many views of a row are made, and which one frame is given.  View 0 is
	 * the image as it is, the others are crop-flip's. */
	int views, view;
	int features;
	float *logits, *feature; /* of the current frame: n × classes, n × features */
	size_t room;		 /* rows of them */
};

struct lt_infer_calls {
	/* The first row segment's header has come; infer->rows is set. */
	int (*begin)(void *arg, struct lt_infer *infer, struct lt_error *err);
	/*
	 * A frame of rows with their logits and features (NULL where scores have none); of
	 * images once for each view.
	 */
	int (*frame)(void *arg, struct lt_infer *infer, const struct lt_rows *rows,
		     const float *logits, const float *feature, struct lt_error *err);
	bool scores; /* segments of kind scores are accepted too */
};

/* Opens the output and reads the model, if one is named; views is 1 unless it is changed after
 * it. */
int lt_infer_begin(struct lt_infer *infer, struct lt_cli *cli,
		   const struct lt_infer_options *options, enum lt_kind kind,
		   struct lt_error *err);
/* Reads all operands.  LT_DATA when classes, columns or image sizes do not fit the model or
 * each other. */
int lt_infer_run(struct lt_infer *infer, const struct lt_infer_calls *calls, void *arg,
		 struct lt_error *err);
/* Reads a file whose rows are a set of their own (--val): only the model must fit. */
int lt_infer_file(struct lt_infer *infer, const char *path, const char *role,
		  const struct lt_infer_calls *calls, void *arg, struct lt_error *err);
/* LT_USAGE where there is no model, LT_DATA where it is not a classifier. */
int lt_infer_classifier(const struct lt_infer *infer, struct lt_error *err);
void lt_infer_end(struct lt_infer *infer);

#endif
