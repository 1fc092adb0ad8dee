#include "program/infer_fit.h"

#include <string.h>

static bool is_classifier(const struct lt_header *model)
{
	return model->n_classes >= 1 && model->n_classes == model->num_classes;
}

int lt_infer_classifier(const struct lt_infer *infer, struct lt_error *err)
{
	const struct lt_header *model = &infer->model.header;

	if (!infer->has_model)
		return lt_fail(err, LT_USAGE, "no model: use --model FILE");
	if (!is_classifier(model))
		return lt_fail(err, LT_DATA,
			       "%s: a pre-trained encoder, not a classifier; use it as --init "
			       "of lt train",
			       infer->model.name);
	return 0;
}

int lt_infer_label(const struct lt_infer *infer, const struct lt_rows *rows, uint32_t i,
		   int *label, struct lt_error *err)
{
	int64_t y = infer->y < 0 ? -1 : lt_rows_integer(rows, &infer->rows, infer->y, i);

	if (infer->unnamed && y >= 0)
		return lt_fail(err, LT_DATA,
			       "%s: row %llu has label %lld, and no class list to compare "
			       "with that of %s",
			       infer->name, (unsigned long long)(infer->row + i), (long long)y,
			       infer->model.name);
	*label = (int)y;
	return 0;
}

int lt_infer_fit_classes(struct lt_infer *infer, const struct lt_header *header,
			 const char *name, struct lt_error *err)
{
	const struct lt_header *model = &infer->model.header;

	if (infer->scores || infer->encoder)
		return lt_header_same_classes(&infer->rows, infer->rows_name, header, name,
					      err);
	infer->unnamed = header->n_classes < 1;
	return infer->unnamed
		       ? 0
		       : lt_header_same_classes(model, infer->model.name, header, name, err);
}

/* The classes of the rows must be those of a classifier; an encoder has none. */
static int fit_first_classes(struct lt_infer *infer, const char *name, struct lt_error *err)
{
	const struct lt_header *model = &infer->model.header;
	int code;

	if (infer->encoder)
		return 0;
	if ((code = lt_infer_classifier(infer, err)) != 0 ||
	    (code = lt_infer_fit_classes(infer, &infer->rows, name, err)) != 0)
		return code;
	return infer->unnamed ? lt_header_set_classes(&infer->rows, model->classes,
						      model->n_classes, err)
			      : 0;
}

static int has_norm(const struct lt_infer *infer, int channels, struct lt_error *err)
{
	return infer->model.header.norm.channels == channels
		       ? 0
		       : lt_fail(err, LT_DATA, "%s: the model does not say how to normalise",
				 infer->model.name);
}

/* Encoded pictures are converted to the model's input size. */
static int fit_encoded(const struct lt_infer *infer, const char *name, struct lt_error *err)
{
	const struct lt_shape *input = &infer->model.header.input;

	if (input->dims != 3 || input->dim[0] != input->dim[1] || input->dim[2] != 3)
		return lt_fail(
			err, LT_DATA,
			"%s: encoded pictures, which become square images in colour, and "
			"the model takes %u×%u×%u",
			name, input->dim[0], input->dim[1], input->dim[2]);
	return has_norm(infer, 3, err);
}

int lt_infer_fit_images(const struct lt_infer *infer, const char *name, struct lt_error *err)
{
	const struct lt_header *model = &infer->model.header, *rows = &infer->rows;
	int image = lt_header_find(rows, "image");
	const struct lt_shape *shape;

	if (image >= 0 && rows->cols[image].dtype == LT_BYTES)
		return fit_encoded(infer, name, err);
	if (image < 0 || rows->cols[image].dtype != LT_U1 || rows->cols[image].shape.dims != 3)
		return lt_fail(err, LT_DATA,
			       "%s: no column 'image' of |u1 with height, width and channel",
			       name);
	shape = &rows->cols[image].shape;
	if (model->input.dims != 3 ||
	    memcmp(shape->dim, model->input.dim, 3 * sizeof shape->dim[0]) != 0)
		return lt_fail(err, LT_DATA,
			       "%s: images of %u×%u×%u, where the model takes %u×%u×%u", name,
			       shape->dim[0], shape->dim[1], shape->dim[2], model->input.dim[0],
			       model->input.dim[1], model->input.dim[2]);
	return has_norm(infer, (int)shape->dim[2], err);
}

int lt_infer_fit_rows(struct lt_infer *infer, const char *name, bool encoders,
		      struct lt_error *err)
{
	int code;

	infer->encoder = encoders && infer->has_model && !is_classifier(&infer->model.header);
	code = fit_first_classes(infer, name, err);
	return code ? code : lt_infer_fit_images(infer, name, err);
}

/*
 * Whether entry, or all that it was made of, is scores of the model of entry model: programs
 * between eval and here (lt cat --slice) have entries too.  Where provenance does not say, they
 * may be.
 */
static bool may_be_of(const struct lt_header *header, int entry, int model)
{
	const struct lt_prov *prov = &header->prov[entry];
	bool scores = strcmp(prov->prog, "eval") == 0;

	for (int i = 0; i < prov->n_in; i++) {
		const struct lt_prov_in *in = &prov->in[i];

		if (in->entry < 0)
			continue;
		if (scores && strcmp(in->role, "model") == 0)
			return in->entry == model;
		if (!scores && !may_be_of(header, in->entry, model))
			return false;
	}
	return true;
}

int lt_infer_fit_model(const struct lt_infer *infer, const char *name, struct lt_error *err)
{
	const struct lt_learn *learn = &infer->learn;
	int model = -1, last = learn->n_in - 1;

	for (int i = 0; i < last; i++)
		if (strcmp(learn->in[i].role, "model") == 0)
			model = learn->in[i].entry;
	if (model < 0 || may_be_of(&learn->header, learn->in[last].entry, model))
		return 0;
	return lt_fail(err, LT_DATA, "%s: scores of another model than %s", name,
		       infer->model.name);
}
