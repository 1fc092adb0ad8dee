/*
 * JSON of COCO and iNaturalist: "images" with id and file_name, "annotations" with
 * image_id and category_id, "categories" with id and name, in any order.  Rows are the
 * annotations, in their order.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "import/list_private.h"
#include "import/list_titles.h"

/* An integer, or a text. */
struct id {
	const char *text; /* NULL: a number */
	int64_t number;
};

struct image {
	struct id id;
	const char *path; /* if it is missing, kept for the message */
	struct lt_list_found found;
	bool used;
};

struct annotation {
	struct id image, category;
	uint64_t number; /* of the value, for messages */
};

struct coco {
	struct lt_list *list;
	struct image *image;
	size_t n_images, room_images;
	struct annotation *annotation;
	size_t n_annotations, room_annotations;
};

static int compare_ids(const struct id *one, const struct id *other)
{
	if (one->text && other->text)
		return strcmp(one->text, other->text);
	if (one->text || other->text)
		return one->text ? 1 : -1;
	return (one->number > other->number) - (one->number < other->number);
}

static int by_id(const void *a, const void *b)
{
	const struct image *one = a, *other = b;

	return compare_ids(&one->id, &other->id);
}

static int read_id(struct coco *coco, const struct lt_json *json, const char *key,
		   struct id *id, struct lt_error *err)
{
	const struct lt_json_value *value = lt_json_member(json->value, key);
	char what[80];

	if (value && lt_json_kind(value) == LT_JSON_INTEGER) {
		*id = (struct id){NULL, lt_json_integer(value)};
		return 0;
	}
	if (value && lt_json_kind(value) == LT_JSON_TEXT) {
		*id = (struct id){lt_labels_keep(&coco->list->lists->labels,
						 lt_json_text(value),
						 strlen(lt_json_text(value))),
				  0};
		return id->text ? 0 : lt_fail_memory(err);
	}
	snprintf(what, sizeof what, "no \"%s\" that is a number or a text", key);
	return lt_json_wrong(json, what, err);
}

static void *one_more(void *array, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 1024;
	void *block;

	if (n < *room)
		return array;
	block = lt_grow_array(array, more, size);
	if (block)
		*room = more;
	return block;
}

/* ------------------------------------------------------------------ reading */

/* The member with the best-ranked title for a path. */
struct path {
	int rank;
	const char *text;
};

static bool see_path(void *arg, const char *key, const struct lt_json_value *value)
{
	struct path *path = arg;
	int rank = lt_title_rank(LT_TITLE_PATH, key);

	if (rank < 0 || lt_json_kind(value) != LT_JSON_TEXT || lt_title_same(key, "id") ||
	    (path->text && path->rank <= rank))
		return true;
	path->rank = rank;
	path->text = lt_json_text(value);
	return true;
}

static int add_image(struct coco *coco, const struct lt_json *json, struct lt_error *err)
{
	struct lt_lists *lists = coco->list->lists;
	const char *option = lists->import->path_column;
	const struct lt_json_value *named = option ? lt_json_member(json->value, option) : NULL;
	struct path path = {0};
	struct image *image;
	int status;

	image = one_more(coco->image, coco->n_images, &coco->room_images, sizeof *image);
	if (!image)
		return lt_fail_memory(err);
	coco->image = image;
	image += coco->n_images;
	*image = (struct image){.used = false};
	status = read_id(coco, json, "id", &image->id, err);
	if (status)
		return status;
	if (named && lt_json_kind(named) == LT_JSON_TEXT)
		path.text = lt_json_text(named);
	else if (!option)
		lt_json_each(json->value, see_path, &path);
	if (!path.text)
		return lt_json_wrong(json, "the image has no path", err);
	if (lt_list_path_is_outside(path.text))
		return lt_json_wrong(json, "absolute paths and \"..\" are refused", err);
	image->found = lt_list_find(&lists->index, coco->list->entry, path.text);
	image->path = image->found.match == LT_MATCH_PATH
			      ? lists->import->listing->entry[image->found.entry].name
			      : lt_arena_text(&lists->import->arena, path.text);
	if (!image->path)
		return lt_fail_memory(err);
	coco->n_images++;
	return 0;
}

static int add_annotation(struct coco *coco, const struct lt_json *json, struct lt_error *err)
{
	struct annotation *annotation = one_more(coco->annotation, coco->n_annotations,
						 &coco->room_annotations, sizeof *annotation);
	int status;

	if (!annotation)
		return lt_fail_memory(err);
	coco->annotation = annotation;
	annotation += coco->n_annotations;
	*annotation = (struct annotation){.number = json->number};
	status = read_id(coco, json, "image_id", &annotation->image, err);
	if (status == 0)
		status = read_id(coco, json, "category_id", &annotation->category, err);
	coco->n_annotations += status == 0;
	return status;
}

static int read_values(struct coco *coco, struct lt_json *json, struct lt_error *err)
{
	int status;

	for (;;) {
		status = lt_json_next(json, err);
		if (status || !json->value)
			return status;
		if (!json->key || !json->in_array ||
		    lt_json_kind(json->value) != LT_JSON_OBJECT)
			continue;
		if (strcmp(json->key, "images") == 0)
			status = add_image(coco, json, err);
		else if (strcmp(json->key, "annotations") == 0)
			status = add_annotation(coco, json, err);
		else
			status = lt_list_category(coco->list, json, err);
		if (status)
			return status;
	}
}

/* ------------------------------------------------------------------ joining */

static int sort_images(struct coco *coco, struct lt_error *err)
{
	size_t i;

	if (coco->n_images > 1)
		qsort(coco->image, coco->n_images, sizeof *coco->image, by_id);
	for (i = 1; i < coco->n_images; i++)
		if (by_id(&coco->image[i - 1], &coco->image[i]) == 0)
			return lt_fail(err, LT_DATA, "%s: two images have the id of %.300s",
				       coco->list->name, coco->image[i].path);
	return 0;
}

static int add_row(struct coco *coco, const struct annotation *annotation, struct lt_error *err)
{
	struct lt_list_cells cells = {.label = annotation->category.text};
	struct image key = {.id = annotation->image}, *image;
	char number[24];

	image = coco->n_images ? bsearch(&key, coco->image, coco->n_images, sizeof key, by_id)
			       : NULL;
	if (!image)
		return lt_fail(err, LT_DATA,
			       "%s: value %" PRIu64 ": no image has the annotation's image_id",
			       coco->list->name, annotation->number);
	image->used = true;
	if (!cells.label) {
		snprintf(number, sizeof number, "%" PRId64, annotation->category.number);
		cells.label = number;
	}
	cells.path = image->path;
	return lt_list_add_found(coco->list, image->found, &cells, annotation->number, err);
}

/* Images without an annotation: rows with --no-labels, otherwise ignored. */
static int add_rest(struct coco *coco, struct lt_error *err)
{
	struct lt_lists *lists = coco->list->lists;
	size_t i;
	int status = 0;

	for (i = 0; status == 0 && i < coco->n_images; i++) {
		struct lt_list_cells cells = {.path = coco->image[i].path};

		if (coco->image[i].used)
			continue;
		if (lists->import->no_labels) {
			status = lt_list_add_found(coco->list, coco->image[i].found, &cells,
						   i + 1, err);
		} else if (lists->unlabelled.n++ == 0) {
			lists->unlabelled.first =
				lt_arena_text(&lists->import->arena, cells.path);
			if (!lists->unlabelled.first)
				status = lt_fail_memory(err);
		}
	}
	return status;
}

static int join(struct coco *coco, struct lt_error *err)
{
	size_t i;
	int status;

	/* Published test splits have images and no annotations. */
	if (coco->n_annotations == 0 && !coco->list->lists->import->no_labels)
		return lt_list_pass_bare(coco->list, err);
	status = lt_list_accept(coco->list, err);
	for (i = 0; status == 0 && i < coco->n_annotations; i++)
		status = add_row(coco, &coco->annotation[i], err);
	return status ? status : add_rest(coco, err);
}

int lt_list_read_coco(struct lt_list *list, struct lt_json *json, struct lt_error *err)
{
	struct coco coco = {.list = list};
	int status = read_values(&coco, json, err);

	if (status == 0)
		status = sort_images(&coco, err);
	if (status == 0)
		status = join(&coco, err);
	lt_free(coco.image);
	lt_free(coco.annotation);
	return status;
}
