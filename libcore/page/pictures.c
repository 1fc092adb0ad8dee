#include "page/pictures.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "image/image.h"
#include "page/ids.h"
#include "stream/frame.h"
#include "stream/join.h"

/* ------------------------------------------------------------------------- mistakes */

/* Does row a come before row b? */
static bool before(const struct lt_page_row *rows, size_t a, size_t b)
{
	if (rows[a].confidence != rows[b].confidence)
		return rows[a].confidence > rows[b].confidence;
	return a < b;
}

int lt_pictures_find(struct lt_page_data *data, struct lt_error *err)
{
	const struct lt_scores *scores = &data->model[0];
	struct lt_picture *list = lt_new_array(LT_PICTURES + 1, sizeof *list);
	int n = 0, at;

	if (!list)
		return lt_fail_memory(err);
	for (size_t i = 0; i < scores->n; i++) {
		if (!lt_row_is_wrong(&scores->row[i]))
			continue;
		if (n == LT_PICTURES && !before(scores->row, i, list[n - 1].row))
			continue;
		for (at = n < LT_PICTURES ? n++ : n - 1;
		     at > 0 && before(scores->row, i, list[at - 1].row); at--)
			list[at].row = list[at - 1].row;
		list[at].row = i;
	}
	data->picture = list;
	data->pictures = n;
	return 0;
}

void lt_pictures_free(struct lt_page_data *data)
{
	for (int i = 0; i < data->pictures; i++) {
		lt_buffer_free(&data->picture[i].png);
		lt_free(data->picture[i].key);
	}
	lt_free(data->picture);
	data->picture = NULL;
	data->pictures = 0;
}

/* ------------------------------------------------------------------------- pictures */

struct reading {
	struct lt_page_data *data;
	struct lt_join join;
	struct lt_ids ids;
	int image, y, id, key;
	uint64_t row;
	struct lt_image picture, small;
};

static int find_columns(struct reading *r, struct lt_error *err)
{
	const struct lt_header *h = &r->join.header[0];
	const char *name = lt_join_name(&r->join, 0);

	r->image = lt_header_find(h, "image");
	r->y = lt_header_find(h, "y");
	r->id = lt_header_find(h, "id");
	r->key = lt_header_find(h, "key");
	if (r->image < 0 ||
	    (h->cols[r->image].dtype != LT_BYTES &&
	     (h->cols[r->image].dtype != LT_U1 || h->cols[r->image].shape.dims != 3)))
		return lt_fail(err, LT_DATA,
			       "%s: no column 'image' of |u1 [height, width, channels] or of "
			       "encoded pictures",
			       name);
	if ((r->id >= 0 && !lt_column_is_integer(&h->cols[r->id])) ||
	    (r->y >= 0 && !lt_column_is_integer(&h->cols[r->y])))
		return lt_fail(err, LT_DATA, "%s: 'id' or 'y' is not one integer a row", name);
	if (r->key >= 0 && h->cols[r->key].dtype != LT_BYTES)
		r->key = -1;
	return h->n_classes > 0 ? lt_header_same_classes(&r->data->model[0].header,
							 r->data->model[0].file, h, name, err)
				: 0;
}

/* Without 1 or 3 channels, only the first is shown. */
static int take_pixels(struct reading *r, const uint8_t *pixels, struct lt_error *err)
{
	const struct lt_shape *shape = &r->join.header[0].cols[r->image].shape;
	uint32_t height = shape->dim[0], width = shape->dim[1], from = shape->dim[2];
	int channels = from == 3 ? 3 : 1;
	int code = lt_image_shape(&r->picture, width, height, channels, LT_MAX_PIXELS, err);

	for (size_t i = 0; code == 0 && i < (size_t)height * width; i++)
		memcpy(r->picture.pixels + i * (size_t)channels, pixels + i * from,
		       (size_t)channels);
	return code;
}

static int take_encoded(struct reading *r, const void *bytes, uint64_t n, struct lt_error *err)
{
	static const struct lt_image_how how = {.max_pixels = LT_MAX_PIXELS};
	const char *name = lt_join_name(&r->join, r->join.at);
	struct lt_error why;
	int code = lt_image_is_encoded(bytes, (size_t)n)
			   ? lt_image_decode(&r->picture, bytes, (size_t)n, &how, &why)
			   : lt_fail(&why, LT_DATA, "neither a JPEG nor a PNG image");

	return code == 0 ? 0
			 : lt_fail(err, code, "%s: row %llu: %s", name,
				   (unsigned long long)(r->row - 1), why.text);
}

static int draw(struct reading *r, struct lt_picture *p, const void *cell, uint64_t n,
		struct lt_error *err)
{
	bool encoded = r->join.header[0].cols[r->image].dtype == LT_BYTES;
	const struct lt_image *image = &r->picture;
	int code = encoded ? take_encoded(r, cell, n, err) : take_pixels(r, cell, err);

	if (code != 0)
		return code;
	if (image->height > LT_PICTURE_SIDE || image->width > LT_PICTURE_SIDE) {
		if ((code = lt_image_resize(&r->small, image, LT_PICTURE_SIDE, err)) != 0)
			return code;
		image = &r->small;
	}
	p->width = image->width;
	p->height = image->height;
	return lt_image_to_png(image, &p->png, err);
}

static int take_row(struct reading *r, const struct lt_rows *rows, uint32_t i,
		    struct lt_error *err)
{
	const struct lt_header *h = &r->join.header[0];
	int64_t id = r->id < 0 ? (int64_t)r->row : lt_rows_integer(rows, h, r->id, i), y;
	size_t at = lt_ids_take(&r->ids, id);
	struct lt_picture *p;
	const void *cell;
	uint64_t n = 0;
	int label;

	r->row++;
	if (at == LT_NO_ROW)
		return 0;
	p = &r->data->picture[at];
	label = r->data->model[0].row[p->row].label;
	y = r->y < 0 ? label : lt_rows_integer(rows, h, r->y, i);
	if (y != label)
		return lt_fail(err, LT_DATA,
			       "%s: the row of id %lld has label %lld, in %s %d: not the rows "
			       "that were scored",
			       lt_join_name(&r->join, 0), (long long)id, (long long)y,
			       r->data->model[0].file, label);
	if (r->key >= 0) {
		cell = lt_rows_cell(rows, h, r->key, i, &n);
		if (!(p->key = lt_text_copy_n(cell, n < 200 ? (size_t)n : 200)))
			return lt_fail_memory(err);
	}
	cell = lt_rows_cell(rows, h, r->image, i, &n);
	return draw(r, p, cell, n, err);
}

static int read_rows(struct reading *r, const char *path, struct lt_error *err)
{
	const struct lt_rows *rows;
	int code = lt_join_open(&r->join, &path, 1, LT_MAX_BODY, err);

	if (code != 0)
		return code;
	code = find_columns(r, err);
	while (code == 0 && (code = lt_join_next(&r->join, &rows, err)) == 0 && rows)
		for (uint32_t i = 0; i < rows->n && code == 0; i++)
			code = take_row(r, rows, i, err);
	lt_join_close(&r->join);
	return code;
}

int lt_pictures_read(struct lt_page_data *data, const char *path, int *missing,
		     struct lt_error *err)
{
	struct reading r = {.data = data};
	size_t n = (size_t)data->pictures;
	int code = lt_ids_new(&r.ids, n, err);

	*missing = 0;
	for (size_t i = 0; i < n && code == 0; i++)
		r.ids.entry[i] = (struct lt_id){
			.id = data->model[0].row[data->picture[i].row].id, .at = i};
	if (code == 0) {
		lt_ids_sort(&r.ids);
		code = read_rows(&r, path, err);
	}
	for (size_t i = 0; i < n && code == 0; i++)
		*missing += data->picture[i].png.size == 0;
	if (code == 0 && n > 0 && *missing == data->pictures)
		code = lt_fail(err, LT_DATA,
			       "%s: no row has the id of one of the mistakes in %s", path,
			       data->model[0].file);
	data->drawn = code == 0;
	lt_ids_free(&r.ids);
	lt_image_free(&r.picture);
	lt_image_free(&r.small);
	return code;
}
