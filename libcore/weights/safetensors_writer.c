#include "weights/safetensors_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "weights/said.h"

static const char *const types[] = {
	[LT_U1] = "U8",	 [LT_I2] = "I16", [LT_I4] = "I32",   [LT_I8] = "I64",
	[LT_F4] = "F32", [LT_F8] = "F64", [LT_BF2] = "BF16",
};

/* The prefix of the names of a training program's state (net/model.h). */
static bool is_state(const char *name)
{
	static const char *const begins[] = {"opt.", "ema.", "queue.", "rng.", "best."};

	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (strncmp(name, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

static bool put(struct lt_buffer *header, const char *text)
{
	return lt_buffer_append(header, text, strlen(text));
}

/* In quotes. */
static bool put_quoted(struct lt_buffer *header, const char *text, size_t n)
{
	bool good = put(header, "\"");

	for (size_t i = 0; i < n && good; i++) {
		if (text[i] == '\n')
			good = put(header, "\\n");
		else if (text[i] == '"' || text[i] == '\\')
			good = put(header, "\\") && lt_buffer_append(header, &text[i], 1);
		else
			good = lt_buffer_append(header, &text[i], 1);
	}
	return good && put(header, "\"");
}

static int put_said(struct lt_buffer *header, const struct lt_model *model,
		    struct lt_error *err)
{
	bool good = put(header, "{\"__metadata__\":{\"format\":\"pt\""), has;
	struct lt_buffer text = {0};
	int code = 0;

	for (int key = 0; key < LT_SAID_KEYS && code == 0; key++) {
		text.size = 0;
		code = lt_said_text(&model->header, key, &text, &has, err);
		if (code == 0 && has)
			good = good && put(header, ",") &&
			       put_quoted(header, lt_said_keys[key],
					  strlen(lt_said_keys[key])) &&
			       put(header, ":") &&
			       put_quoted(header, (const char *)text.data, text.size);
	}
	good = good && put(header, "}");
	lt_buffer_free(&text);
	return code || good ? code : lt_fail_memory(err);
}

static bool put_tensor(struct lt_buffer *header, const struct lt_model_tensor *tensor,
		       uint64_t *at)
{
	uint64_t bytes = tensor->elements * lt_dtype_size(tensor->dtype);
	char text[160];
	bool good = put(header, ",") && put_quoted(header, tensor->name, strlen(tensor->name));

	snprintf(text, sizeof text, ":{\"dtype\":\"%s\",\"shape\":[", types[tensor->dtype]);
	good = good && put(header, text);
	for (int d = 0; d < tensor->shape.dims; d++) {
		snprintf(text, sizeof text, "%s%" PRIu32, d ? "," : "", tensor->shape.dim[d]);
		good = good && put(header, text);
	}
	snprintf(text, sizeof text, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", *at,
		 *at + bytes);
	*at += bytes;
	return good && put(header, text);
}

static int make_header(struct lt_buffer *header, const struct lt_model *model, int *left_out,
		       struct lt_error *err)
{
	uint64_t at = 0;
	int code = put_said(header, model, err);
	bool good = true;

	*left_out = 0;
	for (int i = 0; i < model->n_tensors && code == 0; i++)
		if (is_state(model->tensor[i].name))
			++*left_out;
		else
			good = good && put_tensor(header, &model->tensor[i], &at);
	good = good && put(header, "}");
	/* The numbers begin at a multiple of 8. */
	while (good && header->size % 8)
		good = put(header, " ");
	return code || good ? code : lt_fail_memory(err);
}

int lt_safetensors_write(const struct lt_model *model, struct lt_output *output, int *left_out,
			 struct lt_error *err)
{
	struct lt_buffer header = {0};
	uint8_t length[8];
	int code = make_header(&header, model, left_out, err);

	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)((uint64_t)header.size >> 8 * i);
	if (code == 0)
		code = lt_output_write(output, length, sizeof length, err);
	if (code == 0)
		code = lt_output_write(output, header.data, header.size, err);
	lt_buffer_free(&header);
	for (int i = 0; i < model->n_tensors && code == 0; i++) {
		const struct lt_model_tensor *tensor = &model->tensor[i];

		if (!is_state(tensor->name) && tensor->elements > 0)
			code = lt_output_write(output, tensor->data,
					       tensor->elements * lt_dtype_size(tensor->dtype),
					       err);
	}
	return code;
}
