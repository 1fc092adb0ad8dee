#include "page/points.h"

#include <string.h>

#include "base/memory.h"
#include "page/ids.h"
#include "stream/frame.h"
#include "stream/join.h"

static int take_room(struct lt_points *points, size_t n, struct lt_error *err)
{
	points->xy = lt_new_array(n + 1, 2 * sizeof *points->xy);
	points->row = lt_new_array(n + 1, sizeof *points->row);
	return points->xy && points->row ? 0 : lt_fail_memory(err);
}

int lt_points_own(struct lt_points *points, const struct lt_scores *scores,
		  struct lt_error *err)
{
	int code = take_room(points, scores->n, err);

	if (code != 0)
		return code;
	memcpy(points->xy, scores->xy, scores->n * 2 * sizeof *points->xy);
	for (size_t i = 0; i < scores->n; i++)
		points->row[i] = i;
	points->n = scores->n;
	return 0;
}

/* Puts the points into the order of the scores: point r belongs to row r, found or not. */
static int match(struct lt_join *join, struct lt_ids *ids, float *xy, bool *found,
		 struct lt_error *err)
{
	const struct lt_header *h = &join->header[0];
	const char *name = lt_join_name(join, 0);
	int column = lt_header_find(h, "xy"), id = lt_header_find(h, "id"), code;
	const struct lt_rows *rows;
	int64_t number = 0;

	if (column < 0 || h->cols[column].dtype != LT_F4 || h->cols[column].shape.dims != 1 ||
	    h->cols[column].shape.dim[0] != 2)
		return lt_fail(err, LT_DATA,
			       "%s: no column 'xy' of <f4 [2], as lt tsne writes it", name);
	if (id >= 0 && !lt_column_is_integer(&h->cols[id]))
		return lt_fail(err, LT_DATA, "%s: column 'id' is not one integer a row", name);
	while ((code = lt_join_next(join, &rows, err)) == 0 && rows)
		for (uint32_t i = 0; i < rows->n; i++, number++) {
			size_t at = lt_ids_take(ids, id < 0 ? number
							    : lt_rows_integer(rows, h, id, i));

			if (at == LT_NO_ROW)
				continue;
			found[at] = true;
			memcpy(xy + 2 * at, (const float *)rows->col[column] + 2 * (size_t)i,
			       2 * sizeof *xy);
		}
	return code;
}

static int index_rows(struct lt_ids *ids, const struct lt_scores *scores, struct lt_error *err)
{
	int code = lt_ids_new(ids, scores->n, err);

	if (code != 0)
		return code;
	for (size_t i = 0; i < scores->n; i++)
		ids->entry[i] = (struct lt_id){.id = scores->row[i].id, .at = i};
	lt_ids_sort(ids);
	return 0;
}

int lt_points_read(struct lt_points *points, const char *path, const struct lt_scores *scores,
		   struct lt_error *err)
{
	struct lt_ids ids = {0};
	struct lt_join join = {0};
	bool *found = lt_new_array(scores->n + 1, sizeof *found);
	int code = found ? take_room(points, scores->n, err) : lt_fail_memory(err);

	if (code == 0 && (code = index_rows(&ids, scores, err)) == 0 &&
	    (code = lt_join_open(&join, &path, 1, LT_MAX_BODY, err)) == 0) {
		code = match(&join, &ids, points->xy, found, err);
		lt_join_close(&join);
	}
	for (size_t i = 0; i < scores->n && code == 0; i++) {
		if (!found[i])
			continue;
		memmove(points->xy + 2 * points->n, points->xy + 2 * i, 2 * sizeof *points->xy);
		points->row[points->n++] = i;
	}
	if (code == 0 && points->n == 0)
		code = lt_fail(err, LT_DATA, "%s: no row has the id of one of %s", path,
			       scores->file);
	lt_ids_free(&ids);
	lt_free(found);
	return code;
}

void lt_points_free(struct lt_points *points)
{
	lt_free(points->xy);
	lt_free(points->row);
	*points = (struct lt_points){0};
}
