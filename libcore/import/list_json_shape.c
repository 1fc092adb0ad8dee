/* What a list in JSON holds: see list_json.h. */
#include <string.h>

#include "archive/path.h"
#include "import/list_json.h"
#include "import/list_titles.h"

bool lt_list_key_is_split(const struct lt_list *list, const char *key, enum lt_split *split)
{
	const struct lt_split_names *names = &list->lists->splits;
	bool none = names->given && names->n == 0;
	enum lt_split found = none ? lt_split_of_name(key, strlen(key))
				   : lt_split_names_find(names, key, strlen(key));

	*split = none ? LT_SPLIT_DEFAULT : found;
	return found != LT_SPLIT_DEFAULT;
}

struct seen {
	bool path, other_path, label;
};

static bool see(void *arg, const char *key, const struct lt_json_value *value)
{
	struct seen *seen = arg;

	(void)value;
	if (!key)
		return false;
	if (lt_title_rank(LT_TITLE_PATH, key) >= 0) {
		seen->path = true;
		if (!lt_title_same(key, "id") && !lt_title_same(key, "imageid"))
			seen->other_path = true;
	}
	seen->label = seen->label || lt_title_rank(LT_TITLE_LABEL, key) >= 0 ||
		      lt_title_rank(LT_TITLE_NUMBER, key) >= 0;
	return true;
}

bool lt_list_is_under(const struct lt_json *json, const char *key)
{
	return json->key && json->in_array && strcmp(json->key, key) == 0;
}

bool lt_list_is_cell(const struct lt_json_value *value)
{
	return lt_json_kind(value) == LT_JSON_TEXT || lt_json_kind(value) == LT_JSON_INTEGER;
}

bool lt_list_is_class(const struct lt_json_value *value)
{
	const struct lt_json_value *id = lt_json_member(value, "id"),
				   *name = lt_json_member(value, "name");

	return id && name && lt_json_kind(id) == LT_JSON_INTEGER &&
	       lt_json_kind(name) == LT_JSON_TEXT;
}

bool lt_list_is_path_of_class(const struct lt_json *json)
{
	return json->key && json->in_array && lt_json_kind(json->value) == LT_JSON_TEXT;
}

/* Does the key say that its texts are paths, as "images" and "file_names" do? */
static bool is_title_of_paths(const char *key)
{
	char one[40];
	size_t n = strlen(key);

	if (lt_title_rank(LT_TITLE_PATH, key) >= 0)
		return true;
	if (n == 0 || n > sizeof one || key[n - 1] != 's')
		return false;
	memcpy(one, key, n - 1);
	one[n - 1] = '\0';
	return lt_title_rank(LT_TITLE_PATH, one) >= 0;
}

enum lt_list_shape lt_list_shape_of(const struct lt_list *list, const struct lt_json *json)
{
	const struct lt_import *import = list->lists->import;
	struct seen seen = {0};
	enum lt_split split;
	enum lt_list_shape rows =
		json->key && json->in_array && lt_list_key_is_split(list, json->key, &split)
			? LT_LIST_SPLITS
			: LT_LIST_ROWS;

	if (lt_json_kind(json->value) == LT_JSON_ARRAY)
		return json->in_array || !json->key ? rows : LT_LIST_SHAPELESS;
	/* {"images": [path, …]} has no classes. */
	if (lt_list_is_path_of_class(json))
		return rows == LT_LIST_SPLITS || is_title_of_paths(json->key)
			       ? LT_LIST_SHAPELESS
			       : LT_LIST_PATHS;
	if (lt_json_kind(json->value) != LT_JSON_OBJECT)
		return json->key && !json->in_array && lt_list_is_cell(json->value)
			       ? LT_LIST_MAP
			       : LT_LIST_SHAPELESS;
	if (json->key && (!json->in_array || strcmp(json->key, "categories") == 0))
		return LT_LIST_SHAPELESS;
	if (!json->key && lt_path_ends(list->entry->name, "categories.json") &&
	    lt_list_is_class(json->value))
		return LT_LIST_CATEGORIES;
	lt_json_each(json->value, see, &seen);
	if (lt_list_is_under(json, "images") && lt_json_member(json->value, "id") &&
	    seen.other_path && !seen.label)
		return LT_LIST_COCO;
	if (lt_list_is_under(json, "annotations") && lt_json_member(json->value, "image_id") &&
	    lt_json_member(json->value, "category_id") && !seen.other_path)
		return LT_LIST_COCO;
	return seen.path || import->path_column ? rows : LT_LIST_SHAPELESS;
}

bool lt_list_shape_is_weak(enum lt_list_shape shape)
{
	return shape == LT_LIST_MAP || shape == LT_LIST_PATHS;
}
