#include "import/shard_class.h"

#include <stdio.h>
#include <string.h>

#include "import/list_private.h"
#include "import/list_titles.h"

#define MOST_TEXT 1024 /* bytes of KEY.cls or KEY.txt that are read */

struct reading {
	struct lt_labels *labels;
	struct lt_buffer *bytes;
};

uint32_t lt_shard_label_part(const struct lt_import *import,
			     const struct lt_shard_sample *sample)
{
	const uint32_t *part = sample->part;

	if (import->json_key || part[LT_PART_CLS] == LT_NO_PART) {
		if (part[LT_PART_JSON] != LT_NO_PART || import->json_key)
			return part[LT_PART_JSON];
		return import->format ? part[LT_PART_TEXT] : LT_NO_PART;
	}
	return part[LT_PART_CLS];
}

/* The member with the class: that of --json-key, or one whose key means a class. */
struct found {
	const struct lt_json_value *of[LT_TITLES];
	int rank[LT_TITLES];
};

static bool see(void *arg, const char *key, const struct lt_json_value *value)
{
	static const enum lt_title titles[] = {LT_TITLE_LABEL, LT_TITLE_NUMBER, LT_TITLE_NAME};
	struct found *found = arg;
	size_t i;
	int rank;

	for (i = 0; key && i < sizeof titles / sizeof titles[0]; i++) {
		rank = lt_title_rank(titles[i], key);
		if (rank < 0 || (found->of[titles[i]] && found->rank[titles[i]] <= rank))
			continue;
		found->of[titles[i]] = value;
		found->rank[titles[i]] = rank;
	}
	return true;
}

/* "a.b" is member b of a, unless there is a key "a.b". */
static const struct lt_json_value *member(const struct lt_json_value *value, const char *key)
{
	const struct lt_json_value *found = lt_json_member(value, key);
	const char *dot = strchr(key, '.');
	char part[256];

	while (!found && dot && (size_t)(dot - key) < sizeof part) {
		snprintf(part, sizeof part, "%.*s", (int)(dot - key), key);
		value = lt_json_member(value, part);
		if (!value)
			return NULL;
		key = dot + 1;
		dot = strchr(key, '.');
		found = lt_json_member(value, key);
	}
	return found;
}

static void choose_members(const struct reading *r, const struct lt_json_value *value,
			   const struct lt_json_value **label,
			   const struct lt_json_value **name)
{
	struct found found = {{NULL}, {0}};

	*name = NULL;
	if (r->labels->import->json_key) {
		*label = member(value, r->labels->import->json_key);
		return;
	}
	lt_json_each(value, see, &found);
	*label = found.of[LT_TITLE_NUMBER]  ? found.of[LT_TITLE_NUMBER]
		 : found.of[LT_TITLE_LABEL] ? found.of[LT_TITLE_LABEL]
					    : found.of[LT_TITLE_NAME];
	if (found.of[LT_TITLE_NAME] && found.of[LT_TITLE_NAME] != *label)
		*name = found.of[LT_TITLE_NAME];
	else if (found.of[LT_TITLE_LABEL] && found.of[LT_TITLE_LABEL] != *label)
		*name = found.of[LT_TITLE_LABEL];
}

static int wrong(const struct reading *r, const struct lt_listed *entry, const char *what,
		 struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: %s",
		       lt_listing_place(r->labels->import->listing, entry), what);
}

static int set_class(struct reading *r, const struct lt_listed *entry, const char *text,
		     struct lt_item *item, struct lt_error *err)
{
	const char *what;
	int status = lt_labels_set(r->labels, text, item, &what, err);

	return status == LT_DATA ? wrong(r, entry, what, err) : status;
}

static int from_json(struct reading *r, const struct lt_listed *entry, struct lt_item *item,
		     struct lt_error *err)
{
	const struct lt_json_value *label = NULL, *name = NULL;
	char room[LT_LIST_NUMBER], room2[LT_LIST_NUMBER], place[1200];
	struct lt_json_value *value;
	const char *text;
	int status;

	snprintf(place, sizeof place, "%s",
		 lt_listing_place(r->labels->import->listing, entry));
	status =
		lt_json_parse(&value, (const char *)r->bytes->data, r->bytes->size, place, err);
	if (status)
		return status;
	if (lt_json_kind(value) == LT_JSON_OBJECT)
		choose_members(r, value, &label, &name);
	text = lt_list_scalar(label, room);
	if (!label)
		status = lt_fail(
			err, LT_DATA, "%s: no key %.100s; --json-key says which", place,
			r->labels->import->json_key ? r->labels->import->json_key
						    : "that means a class, as \"label\"");
	else if (text == lt_list_nested)
		status = wrong(r, entry,
			       "its class is neither a text nor a number; images of several "
			       "classes are "
			       "not supported",
			       err);
	else
		status = set_class(r, entry, text, item, err);
	if (status == 0 && name)
		status = lt_labels_note(r->labels, text, lt_list_scalar(name, room2), err);
	lt_json_free(value);
	return status;
}

/* Reads the whole open file and adds a zero. */
static int read_file(struct reading *r, const struct lt_listed *entry, size_t most,
		     struct lt_error *err)
{
	size_t got;
	int status;

	r->bytes->size = 0;
	if (!lt_buffer_reserve(r->bytes, most + 2))
		return lt_fail_memory(err);
	status = lt_listing_read(r->labels->import->listing, r->bytes->data, most + 1, &got,
				 err);
	if (status)
		return status;
	if (got > most)
		return wrong(r, entry, "too long for a class", err);
	if (memchr(r->bytes->data, '\0', got))
		return wrong(r, entry, "it is not a text", err);
	r->bytes->data[got] = '\0';
	r->bytes->size = got;
	return 0;
}

int lt_shard_read_class(struct lt_labels *labels, struct lt_buffer *bytes,
			const struct lt_listed *entry, struct lt_item *item,
			struct lt_error *err)
{
	struct reading reading = {labels, bytes};
	bool json = lt_part_of(entry->name) == LT_PART_JSON;
	int status = read_file(&reading, entry, json ? LT_JSON_BYTES : MOST_TEXT, err);

	if (status == 0 && json)
		return from_json(&reading, entry, item, err);
	return status ? status
		      : set_class(&reading, entry, (const char *)bytes->data, item, err);
}
