#include "import/shards.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "archive/path.h"
#include "image/image.h"

size_t lt_shard_key(const char *name)
{
	const char *base = lt_path_base(name);

	return (size_t)(base - name) + strcspn(base, ".");
}

enum lt_part lt_part_of(const char *name)
{
	const char *suffix = name + lt_shard_key(name);

	if (*suffix == '\0')
		return LT_PARTS;
	if (lt_image_is_named(name))
		return LT_PART_IMAGE;
	if (lt_path_ends(suffix, ".cls") || lt_path_ends(suffix, ".cls.txt"))
		return LT_PART_CLS;
	if (lt_path_ends(suffix, ".json"))
		return LT_PART_JSON;
	return lt_path_ends(suffix, ".txt") ? LT_PART_TEXT : LT_PARTS;
}

/* ------------------------------------------------------------------ samples */

struct file {
	const char *name;
	uint32_t key; /* bytes of the name */
	uint32_t entry;
	uint32_t input;
	enum lt_part part;
};

static int compare_keys(const struct file *one, const struct file *other)
{
	uint32_t n = one->key < other->key ? one->key : other->key;
	int order;

	if (one->input != other->input)
		return one->input < other->input ? -1 : 1;
	order = memcmp(one->name, other->name, n);
	return order ? order : (one->key > other->key) - (one->key < other->key);
}

static int by_key(const void *a, const void *b)
{
	const struct file *one = a, *other = b;
	int order = compare_keys(one, other);

	return order ? order : one->entry < other->entry ? -1 : one->entry > other->entry;
}

static int by_first(const void *a, const void *b)
{
	const struct lt_shard_sample *one = a, *other = b;

	return one->first < other->first ? -1 : one->first > other->first;
}

static size_t collect(const struct lt_listing *listing, struct file *file)
{
	const struct lt_listed *entry;
	size_t i, n = 0;

	for (i = 0; i < listing->n; i++) {
		entry = &listing->entry[i];
		if (listing->input[entry->input].single ||
		    listing->input[entry->input].is_root || lt_part_of(entry->name) == LT_PARTS)
			continue;
		file[n++] = (struct file){.name = entry->name,
					  .key = (uint32_t)lt_shard_key(entry->name),
					  .entry = (uint32_t)i,
					  .input = entry->input,
					  .part = lt_part_of(entry->name)};
	}
	return n;
}

/* Is this image more likely the picture?  "1.seg.png" beside "1.png" is another view of it. */
static bool is_plainer(const struct file *file, const struct file *than)
{
	return !strchr(file->name + file->key + 1, '.') &&
	       strchr(than->name + than->key + 1, '.');
}

/* Combines the files of one key into a sample; without an image there is no sample. */
static void join(struct lt_shards *shards, const struct file *file, size_t n)
{
	struct lt_shard_sample sample = {.first = file[0].entry};
	size_t i, image = n;
	int part;

	for (part = 0; part < LT_PARTS; part++)
		sample.part[part] = LT_NO_PART;
	for (i = 0; i < n; i++) {
		if (file[i].part == LT_PART_IMAGE &&
		    (image == n || is_plainer(&file[i], &file[image])))
			image = i;
		if (sample.part[file[i].part] == LT_NO_PART)
			sample.part[file[i].part] = file[i].entry;
		else if (file[i].part == LT_PART_IMAGE)
			sample.more_images = true;
		else if (file[i].part == LT_PART_CLS)
			sample.more_classes = true;
	}
	if (image < n)
		sample.part[LT_PART_IMAGE] = file[image].entry;
	if (image < n)
		shards->sample[shards->n++] = sample;
}

int lt_shards_make(struct lt_shards *shards, const struct lt_listing *listing,
		   struct lt_error *err)
{
	struct file *file = lt_new_array(listing->n + 1, sizeof *file);
	size_t i, from, n;

	shards->sample = lt_new_array(listing->n + 1, sizeof *shards->sample);
	if (!file || !shards->sample) {
		lt_free(file);
		return lt_fail_memory(err);
	}
	n = collect(listing, file);
	qsort(file, n, sizeof *file, by_key);
	for (i = from = 0; i < n; i++)
		if (i + 1 == n || compare_keys(&file[i], &file[i + 1]) != 0) {
			join(shards, &file[from], i + 1 - from);
			from = i + 1;
		}
	qsort(shards->sample, shards->n, sizeof *shards->sample, by_first);
	lt_free(file);
	return 0;
}

void lt_shards_free(struct lt_shards *shards)
{
	lt_free(shards->sample);
	*shards = (struct lt_shards){0};
}
