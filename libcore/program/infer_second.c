#include "program/infer_second.h"

#include <string.h>

#include "base/memory.h"
#include "program/infer_fit.h"
#include "program/infer_network.h"

int lt_second_read(struct lt_second *second, struct lt_infer *first, const char *path,
		   struct lt_error *err)
{
	struct lt_infer *infer = &second->infer;
	int code;

	memset(second, 0, sizeof *second);
	lt_header_init(&infer->rows, LT_ROWS);
	second->is = true;
	infer->learn.cli = first->learn.cli;
	infer->learn.kernels = first->learn.kernels;
	infer->learn.pool = first->learn.pool;
	infer->batch = first->batch;
	infer->views = 1;
	if ((code = lt_learn_check_stdin(first->learn.cli, "model", err)) != 0 ||
	    (code = lt_learn_read_model(&first->learn, &infer->model, &infer->has_model, path,
					"against", err)) != 0)
		return code;
	return lt_infer_classifier(infer, err);
}

void lt_second_end(struct lt_second *second)
{
	struct lt_infer *infer = &second->infer;

	if (!second->is)
		return;
	lt_network_free(infer->net);
	lt_free(infer->graph);
	lt_free(infer->logits);
	lt_free(infer->feature);
	lt_header_free(&infer->rows);
	lt_model_free(&infer->model);
	second->is = false;
}

static int same_classes(const struct lt_model *a, const struct lt_model *b,
			struct lt_error *err)
{
	const struct lt_header *x = &a->header, *y = &b->header;

	if (x->n_classes != y->n_classes)
		return lt_fail(err, LT_DATA,
			       "%s has %d classes, %s has %d: models of the same classes are "
			       "compared",
			       b->name, y->n_classes, a->name, x->n_classes);
	for (int c = 0; c < x->n_classes; c++)
		if (strcmp(x->classes[c], y->classes[c]) != 0)
			return lt_fail(err, LT_DATA,
				       "class %d is \"%s\" in %s, \"%s\" in %s: models of the "
				       "same classes are compared",
				       c, y->classes[c], b->name, x->classes[c], a->name);
	return 0;
}

int lt_second_fit(struct lt_second *second, const struct lt_infer *first, struct lt_error *err)
{
	struct lt_infer *infer = &second->infer;
	const struct lt_shape *takes = &infer->model.header.input,
			      *given = &first->model.header.input;
	int image, code;

	if (first->scores)
		return lt_fail(err, LT_USAGE,
			       "--against: the input holds scores; two models are compared on "
			       "rows with images");
	if ((code = same_classes(&first->model, &infer->model, err)) != 0)
		return code;
	/* Each model converts encoded pictures to its own input size. */
	image = lt_header_find(&first->rows, "image");
	if (first->rows.cols[image].dtype != LT_BYTES &&
	    (takes->dims != 3 || memcmp(takes->dim, given->dim, 3 * sizeof takes->dim[0]) != 0))
		return lt_fail(err, LT_DATA, "%s takes other images than %s", infer->model.name,
			       first->model.name);
	if ((code = lt_header_copy(&infer->rows, &first->rows, err)) != 0 ||
	    (code = lt_infer_fit_images(infer, first->rows_name, err)) != 0)
		return code;
	return lt_infer_network(infer, err);
}

int lt_second_logits(struct lt_second *second, const struct lt_infer *first,
		     const float **logits, struct lt_error *err)
{
	const struct lt_infer_block *block = &first->block;
	struct lt_infer *infer = &second->infer;
	int code = 0;

	infer->name = first->name;
	infer->row = first->row;
	if (block->at == 0)
		code = lt_infer_images(infer, block->cell, block->n, err);
	*logits = infer->logits + (size_t)block->at * (size_t)lt_graph_classes(infer->graph);
	return code;
}
