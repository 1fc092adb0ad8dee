/*
 * Opening a file of weights, detecting its format, and the list of its tensors.
 */
#include "weights/weights.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stream/mp.h"
#include "weights/weights_parts.h"

/* In the order in which they are tried. */
static const struct lt_weights_format *const formats[] = {
	&lt_weights_safetensors, &lt_weights_torch_legacy, &lt_weights_torch_zip, NULL};

/* ------------------------------------------------------------------ the lists */

/* The block with room for one more of n things; NULL without memory, the old one is kept. */
static void *more_room(void *block, int n, int *room, size_t size)
{
	int wanted = *room ? 2 * *room : 64;
	void *grown = n < *room ? block : lt_grow_array(block, (size_t)wanted, size);

	if (grown && n == *room)
		*room = wanted;
	return grown;
}

/* LT_DATA if a name is invalid or there are too many tensors. */
static int check_name(const struct lt_weights *weights, const char *name, size_t n,
		      struct lt_error *err)
{
	if (weights->n == LT_MAX_WEIGHTS_TENSORS)
		return lt_weights_wrong(weights, err, "more than %d tensors",
					LT_MAX_WEIGHTS_TENSORS);
	if (n > LT_MAX_NAME)
		return lt_weights_wrong(weights, err, "a tensor's name is longer than %d bytes",
					LT_MAX_NAME);
	return lt_text_is_clean(name, n)
		       ? 0
		       : lt_weights_wrong(weights, err,
					  "a tensor's name is not UTF-8 or has control "
					  "characters");
}

struct lt_weights_tensor *lt_weights_add(struct lt_weights *weights, const char *name, size_t n,
					 struct lt_error *err)
{
	struct lt_weights_tensor *tensor;
	const char *copy;

	if (check_name(weights, name, n, err))
		return NULL;
	copy = lt_arena_text_n(&weights->arena, name, n);
	tensor = more_room(weights->tensor, weights->n, &weights->room, sizeof *tensor);
	weights->tensor = tensor ? tensor : weights->tensor;
	if (!copy || !tensor) {
		lt_fail_memory(err);
		return NULL;
	}
	tensor = &weights->tensor[weights->n++];
	*tensor = (struct lt_weights_tensor){.name = copy};
	return tensor;
}

struct lt_weights_storage *lt_weights_add_storage(struct lt_weights *weights,
						  struct lt_error *err)
{
	struct lt_weights_storage *storage;

	if (weights->n_storages == LT_MAX_WEIGHTS_TENSORS) {
		lt_weights_wrong(weights, err, "more than %d storages", LT_MAX_WEIGHTS_TENSORS);
		return NULL;
	}
	storage = more_room(weights->storage, weights->n_storages, &weights->storage_room,
			    sizeof *storage);
	if (!storage) {
		lt_fail_memory(err);
		return NULL;
	}
	weights->storage = storage;
	storage = &weights->storage[weights->n_storages++];
	*storage = (struct lt_weights_storage){.key = NULL};
	return storage;
}

int lt_weights_say(struct lt_weights *weights, const char *key, const char *text,
		   struct lt_error *err)
{
	struct lt_weights_text said = {lt_arena_text(&weights->arena, key),
				       lt_arena_text(&weights->arena, text)};
	struct lt_weights_text *grown =
		more_room(weights->said, weights->n_said, &weights->said_room, sizeof *grown);

	weights->said = grown ? grown : weights->said;
	if (!said.key || !said.text || !grown)
		return lt_fail_memory(err);
	weights->said[weights->n_said++] = said;
	return 0;
}

const char *lt_weights_said(const struct lt_weights *weights, const char *key)
{
	for (int i = 0; i < weights->n_said; i++)
		if (strcmp(weights->said[i].key, key) == 0)
			return weights->said[i].text;
	return NULL;
}

/* ------------------------------------------------------------------ opening */

static int new_weights(struct lt_weights **out, const char *name, struct lt_error *err)
{
	struct lt_weights *weights = lt_new_array(1, sizeof *weights);

	if (!weights)
		return lt_fail_memory(err);
	weights->file.fd = -1;
	weights->file.name = lt_text_copy(name);
	if (!weights->file.name) {
		lt_free(weights);
		return lt_fail_memory(err);
	}
	*out = weights;
	return 0;
}

/* The input must be a regular file, because its parts are not read in order. */
static int open_file(struct lt_weights_file *file, const char *path, struct lt_error *err)
{
	struct stat about;

	file->fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
					  : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->fd < 0 || fstat(file->fd, &about) != 0)
		return lt_fail_errno(err, LT_NOINPUT, "%s", file->name);
	if (!S_ISREG(about.st_mode))
		return lt_fail(err, LT_USAGE, "%s: a file of weights must be a regular file",
			       file->name);
	file->size = (uint64_t)about.st_size;
	return 0;
}

static int unknown(const struct lt_weights *weights, const uint8_t *head, size_t n,
		   struct lt_error *err)
{
	if (weights->file.size == 0)
		return lt_weights_wrong(weights, err, "empty input");
	if (n >= 6 && memcmp(head + 1, "\xa4LTS1", 5) == 0)
		return lt_weights_wrong(weights, err, "it is a stream already");
	return lt_weights_wrong(weights, err,
				"neither safetensors nor a checkpoint of torch.save");
}

static int list(struct lt_weights *weights, struct lt_error *err)
{
	uint8_t head[LT_WEIGHTS_HEAD];
	uint64_t size = weights->file.size;
	size_t n = size < sizeof head ? (size_t)size : sizeof head;
	int i, status = lt_weights_at(weights, 0, head, n, err);

	for (i = 0; status == 0 && formats[i] && !weights->format; i++)
		if (formats[i]->probe(head, n, size))
			weights->format = formats[i];
	if (status == 0 && !weights->format)
		return unknown(weights, head, n, err);
	if (status == 0)
		status = weights->format->list(weights, err);
	if (status == 0 && weights->n == 0)
		status = lt_weights_wrong(weights, err, "no tensors in it");
	return status;
}

/* Makes the table of names, which must be unique, and the flags of wanted tensors. */
static int finish(struct lt_weights *weights, struct lt_error *err)
{
	size_t n = (size_t)weights->n;
	const char **name = lt_new_array(n, sizeof *name);
	int twice;
	bool good = name != NULL;

	for (size_t i = 0; good && i < n; i++)
		name[i] = weights->tensor[i].name;
	good = good && lt_names_fill(&weights->names, name, weights->n);
	lt_free(name);
	weights->wanted = lt_new_array(n, sizeof *weights->wanted);
	weights->order = lt_new_array(n, sizeof *weights->order);
	if (!good || !weights->wanted || !weights->order)
		return lt_fail_memory(err);
	twice = lt_names_twice(&weights->names);
	return twice < 0 ? 0
			 : lt_weights_wrong(weights, err, "tensor '%s' is there twice",
					    weights->tensor[twice].name);
}

static int open_weights(struct lt_weights **out, struct lt_weights *weights,
			struct lt_error *err)
{
	int status = list(weights, err);

	if (status == 0)
		status = finish(weights, err);
	if (status)
		lt_weights_close(weights);
	else
		*out = weights;
	return status;
}

int lt_weights_open(struct lt_weights **out, const char *path, struct lt_error *err)
{
	struct lt_weights *weights;
	int status = new_weights(&weights, strcmp(path, "-") == 0 ? "<stdin>" : path, err);

	*out = NULL;
	if (status)
		return status;
	status = open_file(&weights->file, path, err);
	if (status) {
		lt_weights_close(weights);
		return status;
	}
	return open_weights(out, weights, err);
}

int lt_weights_open_memory(struct lt_weights **out, const void *bytes, size_t n,
			   const char *name, struct lt_error *err)
{
	struct lt_weights *weights;
	int status = new_weights(&weights, name, err);

	*out = NULL;
	if (status)
		return status;
	weights->file.memory = bytes;
	weights->file.size = n;
	return open_weights(out, weights, err);
}

void lt_weights_close(struct lt_weights *weights)
{
	if (!weights)
		return;
	for (int i = 0; i < weights->n; i++)
		lt_free(weights->tensor[i].data);
	if (weights->file.fd >= 0)
		close(weights->file.fd);
	lt_free(weights->file.name);
	lt_free(weights->tensor);
	lt_free(weights->storage);
	lt_free(weights->said);
	lt_free(weights->wanted);
	lt_free(weights->order);
	lt_names_free(&weights->names);
	lt_names_free(&weights->keys);
	lt_arena_free(&weights->arena);
	lt_free(weights);
}

/* ------------------------------------------------------------------ looking */

const char *lt_weights_name(const struct lt_weights *weights)
{
	return weights->file.name;
}

const char *lt_weights_format(const struct lt_weights *weights)
{
	return weights->format->name;
}

int lt_weights_count(const struct lt_weights *weights)
{
	return weights->n;
}

const struct lt_weights_tensor *lt_weights_tensor(const struct lt_weights *weights, int i)
{
	return &weights->tensor[i];
}

int lt_weights_find(const struct lt_weights *weights, const char *name)
{
	return lt_names_find(&weights->names, name);
}

void lt_weights_want(struct lt_weights *weights, int i)
{
	weights->wanted[i] = true;
}
