/*
 * What a list in JSON holds, deduced from its values.  list_json.c reads it.
 */
#ifndef LT_IMPORT_LIST_JSON_H
#define LT_IMPORT_LIST_JSON_H

#include "import/list_private.h"

enum lt_list_shape {
	LT_LIST_SHAPELESS,
	LT_LIST_ROWS,	    /* values under one key */
	LT_LIST_SPLITS,	    /* values under the names of splits */
	LT_LIST_MAP,	    /* the outermost object's members: path and class */
	LT_LIST_PATHS,	    /* paths under the names of classes */
	LT_LIST_COCO,	    /* images and annotations apart */
	LT_LIST_CATEGORIES, /* classes with their numbers, and no images */
};

/* The shape of the text, deduced from its current value.  LT_LIST_SHAPELESS: from this value
 * nothing can be deduced. */
enum lt_list_shape lt_list_shape_of(const struct lt_list *list, const struct lt_json *json);

/* A shape that texts beside rows may have by chance, so that any other goes first. */
bool lt_list_shape_is_weak(enum lt_list_shape shape);

/* Is the key the name of a split?  *split is that of its rows: none with --splits none. */
bool lt_list_key_is_split(const struct lt_list *list, const char *key, enum lt_split *split);

/* Is the value in an array that is a member of the outermost object with this key? */
bool lt_list_is_under(const struct lt_json *json, const char *key);

/* Text in an array that is a member of the outermost object, whose key may be a class? */
bool lt_list_is_path_of_class(const struct lt_json *json);

/* Is the value text or an integer? */
bool lt_list_is_cell(const struct lt_json_value *value);

/* Is the value a class with its number, {"id": 3, "name": "cat", …}? */
bool lt_list_is_class(const struct lt_json_value *value);

#endif
