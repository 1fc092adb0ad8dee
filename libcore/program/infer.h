/*
 * Shared by eval and pseudolabel: a model, a stream of rows, and the logits and features of
 * each row.  Rows are not kept: memory is that of the network and of some batches of rows.
 */
#ifndef LT_PROGRAM_INFER_H
#define LT_PROGRAM_INFER_H

#include "image/frames.h"
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
		       "rows processed at once; does not affect results"),                     \
		LT_KERNEL_OPT(T, f.kernel)

/* Frames that go through the network together; program/infer_block.h. */
struct lt_infer_block {
	struct lt_frames waiting;
	uint64_t rows; /* of the frames that wait, and the bytes of their columns */
	size_t bytes;
	/* The images of the block that is being run, and the place of the current frame. */
	struct lt_cell *cell;
	uint32_t n, at;
	size_t room; /* of cell */
};

struct lt_infer {
	struct lt_learn learn;
	struct lt_model model;
	bool has_model;
	struct lt_graph *graph;
	struct lt_network *net; /* NULL until rows (not scores) were read */
	struct lt_norm norm;
	struct lt_header
		rows; /* of the first row segment; the model's classes if it has none */
	bool has_rows, scores; /* scores: the input contains logits */
	bool encoder;	       /* the model is not a classifier: its logits are not used */
	const char *name;      /* of the file that is being read */
	bool unnamed;	       /* its current segment has no class list */
	int y;		       /* column, or -1 */
	char *rows_name;
	const char *role; /* of the file that is being read, for provenance */
	uint64_t row;	  /* number of the current frame's first row, among all rows with this
			     header */
	int batch;	  /* rows through the network at once */
	/*
	 * Of images: the number of views of a row, and the view passed to frame.  View 0 is
	 * the image itself, the others are random crops and flips.
	 */
	int views, view;
	int features;
	struct lt_infer_block block;
	float *logits, *feature; /* of the current block: n × classes, n × features */
	double *probability;	 /* room for one row's: classes */
	size_t room;		 /* rows of them */
};

struct lt_infer_calls {
	/* Called after the header of the first row segment; infer->rows is set. */
	int (*begin)(void *arg, struct lt_infer *infer, struct lt_error *err);
	/*
	 * Called with each frame of rows, their logits and their features (NULL if scores have
	 * none); for images, once for each view.
	 */
	int (*frame)(void *arg, struct lt_infer *infer, const struct lt_rows *rows,
		     const float *logits, const float *feature, struct lt_error *err);
	bool scores; /* also accept segments of kind scores */
	/* Also accept pre-trained encoders, of which only the features are used. */
	bool encoders;
};

/*
 * Opens the output and reads the model, if one is named.  Sets views to 1; change it
 * afterwards if needed.
 */
int lt_infer_begin(struct lt_infer *infer, struct lt_cli *cli,
		   const struct lt_infer_options *options, enum lt_kind kind,
		   struct lt_error *err);
/*
 * Reads all operands.  LT_DATA if classes, columns or image sizes do not match the model or
 * each other.  Rows without a class list (lt import --no-labels) match every model.
 */
int lt_infer_run(struct lt_infer *infer, const struct lt_infer_calls *calls, void *arg,
		 struct lt_error *err);
/* Reads a file with a separate set of rows (--val): it only has to match the model. */
int lt_infer_file(struct lt_infer *infer, const char *path, const char *role,
		  const struct lt_infer_calls *calls, void *arg, struct lt_error *err);
/*
 * The label of row i, -1 if there is none; LT_DATA if there is no class list to interpret it.
 */
int lt_infer_label(const struct lt_infer *infer, const struct lt_rows *rows, uint32_t i,
		   int *label, struct lt_error *err);
/* LT_USAGE if there is no model, LT_DATA if it is not a classifier. */
int lt_infer_classifier(const struct lt_infer *infer, struct lt_error *err);
void lt_infer_end(struct lt_infer *infer);

#endif
