/*
 * Reads JSON one element at a time, so that a list of a million images is never in memory
 * as a whole.  The outermost object or array, and arrays that are members of the outermost
 * object, are scanned here.  Each of their values is bounded in size, parsed by jansson, and
 * freed before the next.
 *
 *	{"images": [ v, v, … ], "info": v}	key "images" twice, then "info"
 *	[ v, v, … ]				no key
 *	v v v …					no key (JSON lines)
 *
 * A build without jansson refuses with LT_USAGE.
 */
#ifndef LT_FORMAT_JSON_H
#define LT_FORMAT_JSON_H

#include "format/text.h"

#define LT_JSON_BYTES ((size_t)1 << 20) /* of one value */
#define LT_JSON_DEPTH 32		/* nested brackets in it */

enum lt_json_kind {
	LT_JSON_NULL,
	LT_JSON_BOOL,
	LT_JSON_INTEGER,
	LT_JSON_REAL,
	LT_JSON_TEXT,
	LT_JSON_ARRAY,
	LT_JSON_OBJECT
};

struct lt_json_value; /* jansson's */

struct lt_json {
	struct lt_text *text;
	struct lt_json_value *value; /* the current one; NULL at the end */
	const char *key;	     /* its key in the outermost object, or NULL */
	bool in_array;		     /* it is an element of an array */
	char outer;		     /* '{', '[', or 'l' of lines; 0 before the first value */
	uint64_t number;	     /* values read so far */
	char *bytes;		     /* of one value */
	size_t size, room;
	char *key_text;
};

/* The caller closes the text, which must outlive the reader.  lines: the text is a sequence of
 * values. */
void lt_json_open(struct lt_json *json, struct lt_text *text, bool lines);
/*
 * Reads the next value, which is valid until the next call.  LT_DATA for invalid JSON, and for
 * a value beyond LT_JSON_BYTES or LT_JSON_DEPTH.
 */
int lt_json_next(struct lt_json *json, struct lt_error *err);
/* LT_DATA: "name: value number: what". */
int lt_json_wrong(const struct lt_json *json, const char *what, struct lt_error *err);
void lt_json_close(struct lt_json *json);

/* Parses one value from bytes; free it with lt_json_free. */
int lt_json_parse(struct lt_json_value **value, const char *bytes, size_t n, const char *name,
		  struct lt_error *err);
void lt_json_free(struct lt_json_value *value);

enum lt_json_kind lt_json_kind(const struct lt_json_value *value);
/* The content of a text; of a real; of an integer, or 1 and 0 for a bool. */
const char *lt_json_text(const struct lt_json_value *value);
double lt_json_real(const struct lt_json_value *value);
int64_t lt_json_integer(const struct lt_json_value *value);
/* A member of an object; NULL if there is none or the value is not an object. */
const struct lt_json_value *lt_json_member(const struct lt_json_value *value, const char *key);
/*
 * Calls visit for each member of an object, in order, or for each element of an array (key
 * NULL), until it returns false.
 */
typedef bool lt_json_visit(void *arg, const char *key, const struct lt_json_value *value);
void lt_json_each(const struct lt_json_value *value, lt_json_visit *visit, void *arg);

#endif
