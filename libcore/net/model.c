/*
 * Reads a whole model segment.  Functions that need a network are in model_network.c, so that
 * programs without one can read models.
 */
#include "net/model.h"

#include <string.h>

#include "base/memory.h"

enum { MAX_TENSORS = 16384 };

static int begin_tensor(struct lt_model *model, const struct lt_tensor *part,
			struct lt_error *err)
{
	struct lt_model_tensor *tensor;
	size_t elements, bytes;

	/* No network has so many tensors, but a hostile stream may have. */
	if (model->n_tensors == MAX_TENSORS)
		return lt_fail(err, LT_DATA, "%s: more than %d tensors", model->name,
			       MAX_TENSORS);
	if (lt_model_find(model, part->name))
		return lt_fail(err, LT_DATA, "%s: tensor '%s' occurs twice", model->name,
			       part->name);
	if (model->n_tensors == model->room) {
		int room = model->room ? 2 * model->room : 64;
		void *grown = lt_grow_array(model->tensor, (size_t)room, sizeof *model->tensor);

		if (!grown)
			return lt_fail_memory(err);
		model->tensor = grown;
		model->room = room;
	}
	tensor = &model->tensor[model->n_tensors];
	*tensor = (struct lt_model_tensor){.dtype = part->dtype, .shape = part->shape};
	tensor->name = lt_arena_text(&model->arena, part->name);
	if (!tensor->name || !lt_names_add(&model->names, tensor->name))
		return lt_fail_memory(err);
	if (!lt_shape_elements(&part->shape, &elements) ||
	    !lt_mul(elements, lt_dtype_size(part->dtype), &bytes))
		return lt_fail(err, LT_DATA, "%s: tensor '%s' is too large", model->name,
			       part->name);
	tensor->elements = elements;
	/*
	 * The bytes of later parts have not arrived yet; add_part allocates memory as they
	 * do.
	 */
	model->n_tensors++;
	return 0;
}

/*
 * Allocates this many bytes, of which the first `have` are kept.  Memory grows with the data
 * received, never with the announced shape.
 */
static int grow_tensor(struct lt_model_tensor *tensor, size_t have, size_t bytes,
		       struct lt_error *err)
{
	size_t all = tensor->elements * lt_dtype_size(tensor->dtype);
	size_t room = have < all / 2 ? 2 * have : all;
	void *data;

	if (bytes <= tensor->room)
		return 0;
	if (room < bytes)
		room = bytes;
	data = lt_new_aligned(room);
	if (!data)
		return lt_fail_memory(err);
	if (have)
		memcpy(data, tensor->data, have);
	lt_free(tensor->data);
	tensor->data = data;
	tensor->room = room;
	return 0;
}

static int add_part(struct lt_model *model, const struct lt_tensor *part, struct lt_error *err)
{
	struct lt_model_tensor *tensor = &model->tensor[model->n_tensors - 1];
	size_t size = lt_dtype_size(part->dtype), have = part->first_element * size, bytes;
	int code;

	if (!lt_mul(part->elements, size, &bytes))
		return lt_fail_memory(err);
	if ((code = grow_tensor(tensor, have, have + bytes, err)) != 0)
		return code;
	if (bytes)
		memcpy((char *)tensor->data + have, part->data, bytes);
	return 0;
}

static int add_note(struct lt_model *model, const struct lt_note *note, struct lt_error *err)
{
	struct lt_model_note *kept;

	if (model->n_notes == model->note_room) {
		int room = model->note_room ? 2 * model->note_room : 64;
		void *grown = lt_grow_array(model->note, (size_t)room, sizeof *model->note);

		if (!grown)
			return lt_fail_memory(err);
		model->note = grown;
		model->note_room = room;
	}
	kept = &model->note[model->n_notes];
	kept->n = note->n;
	kept->item = lt_arena_array(&model->arena, (size_t)note->n, sizeof *kept->item);
	if (!kept->item)
		return lt_fail_memory(err);
	for (int i = 0; i < note->n; i++) {
		kept->item[i] = note->item[i];
		kept->item[i].key = lt_arena_text(&model->arena, note->item[i].key);
		if (note->item[i].type == LT_NOTE_TEXT)
			kept->item[i].text = lt_arena_text(&model->arena, note->item[i].text);
		if (!kept->item[i].key ||
		    (note->item[i].type == LT_NOTE_TEXT && !kept->item[i].text))
			return lt_fail_memory(err);
	}
	model->n_notes++;
	return 0;
}

static int read_events(struct lt_model *model, struct lt_reader *reader, bool started,
		       struct lt_error *err)
{
	enum lt_event event = LT_EV_HEADER;
	int code;

	for (;;) {
		if (!started && (code = lt_reader_next(reader, &event, err)) != 0)
			return code;
		started = false;
		switch (event) {
		case LT_EV_HEADER:
			if (lt_reader_header(reader)->kind != LT_MODEL)
				return lt_fail(err, LT_DATA,
					       "%s: rows, where a model is wanted",
					       model->name);
			if ((code = lt_header_copy(&model->header, lt_reader_header(reader),
						   err)) != 0)
				return code;
			break;
		case LT_EV_TENSOR: {
			const struct lt_tensor *part = lt_reader_tensor(reader);

			if (part->part == 0 && (code = begin_tensor(model, part, err)) != 0)
				return code;
			if ((code = add_part(model, part, err)) != 0)
				return code;
			break;
		}
		case LT_EV_NOTE:
			if ((code = add_note(model, lt_reader_note(reader), err)) != 0)
				return code;
			break;
		case LT_EV_ROWS:
			return lt_fail(err, LT_BUG, "rows in a model segment");
		case LT_EV_DONE:
			model->totals = *lt_reader_totals(reader);
			model->totals.class_counts = NULL;
			return 0;
		case LT_EV_END:
			return lt_fail(err, LT_DATA, "%s: no model in the stream", model->name);
		}
	}
}

int lt_model_read(struct lt_model *model, struct lt_reader *reader, bool started,
		  struct lt_error *err)
{
	int code;

	memset(model, 0, sizeof *model);
	lt_header_init(&model->header, LT_MODEL);
	model->name = lt_arena_text(&model->arena, lt_reader_name(reader));
	if (!model->name)
		return lt_fail_memory(err);
	code = read_events(model, reader, started, err);
	if (code != 0)
		lt_model_free(model);
	return code;
}

int lt_model_read_file(struct lt_model *model, const char *path, struct lt_error *err)
{
	struct lt_reader *reader;
	enum lt_event event;
	int code = lt_reader_open(&reader, path, err);

	if (code != 0)
		return code;
	code = lt_model_read(model, reader, false, err);
	if (code == 0) {
		code = lt_reader_next(reader, &event, err);
		if (code == 0 && event != LT_EV_END)
			code = lt_fail(err, LT_DATA, "%s: another segment follows the model",
				       lt_reader_name(reader));
		if (code != 0)
			lt_model_free(model);
	}
	lt_reader_close(reader);
	return code;
}

void lt_model_free(struct lt_model *model)
{
	for (int i = 0; i < model->n_tensors; i++)
		lt_free(model->tensor[i].data);
	lt_free(model->tensor);
	lt_names_free(&model->names);
	lt_free(model->note);
	lt_header_free(&model->header);
	lt_arena_free(&model->arena);
	memset(model, 0, sizeof *model);
}

const struct lt_model_tensor *lt_model_find(const struct lt_model *model, const char *name)
{
	int i = lt_names_find(&model->names, name);

	return i < 0 ? NULL : &model->tensor[i];
}
