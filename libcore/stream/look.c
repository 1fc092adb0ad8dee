/* Looking into streams: events to text. */
#include "stream/look.h"

#include <stdio.h>

#include "base/memory.h"
#include "stream/show.h"

static int look_head(struct lt_look *look, const struct lt_reader *reader, enum lt_event event,
		     bool *stop, struct lt_error *err)
{
	const struct lt_header *header = lt_reader_header(reader);
	const struct lt_rows *rows = lt_reader_rows(reader);
	const struct lt_tensor *tensor = lt_reader_tensor(reader);
	uint32_t i;
	int code = 0;

	if (event == LT_EV_HEADER)
		code = lt_show_header(look->output, header, err);
	for (i = 0;
	     event == LT_EV_ROWS && i < rows->n && look->shown < look->limit && code == 0;
	     i++, look->shown++)
		code = lt_show_row(look->output, header, rows, i, look->shown, err);
	if (event == LT_EV_TENSOR && tensor->part == 0 && look->shown < look->limit) {
		code = lt_show_tensor(look->output, tensor, err);
		look->shown++;
	}
	*stop = look->shown >= look->limit;
	return code;
}

static int look_json(struct lt_look *look, const struct lt_reader *reader, enum lt_event event,
		     struct lt_error *err)
{
	const struct lt_header *header = lt_reader_header(reader);
	const struct lt_rows *rows = lt_reader_rows(reader);
	const struct lt_tensor *tensor = lt_reader_tensor(reader);
	uint32_t i;
	int code = 0;

	switch (event) {
	case LT_EV_HEADER:
		return lt_json_header(look->output, header, err);
	case LT_EV_ROWS:
		for (i = 0; i < rows->n && code == 0; i++)
			code = lt_json_row(look->output, header, rows, i, err);
		return code;
	case LT_EV_TENSOR:
		return tensor->part == 0 ? lt_json_tensor(look->output, tensor, err) : 0;
	case LT_EV_NOTE:
		return lt_json_note(look->output, lt_reader_note(reader), err);
	case LT_EV_DONE:
		return lt_json_done(look->output, header, lt_reader_totals(reader), err);
	case LT_EV_END:
		break;
	}
	return 0;
}

/* The classes of the first segment of rows apply to all segments. */
static int begin_counts(struct lt_look *look, const struct lt_reader *reader,
			struct lt_error *err)
{
	const struct lt_header *header = lt_reader_header(reader);
	int code;

	if (header->kind == LT_MODEL)
		return 0;
	if (look->has_classes)
		return lt_header_same_classes(&look->classes, look->first_name, header,
					      lt_reader_name(reader), err);
	code = lt_header_copy(&look->classes, header, err);
	if (code)
		return code;
	look->has_classes = true;
	snprintf(look->first_name, sizeof look->first_name, "%s", lt_reader_name(reader));
	look->counts = header->n_classes < 0
			       ? NULL
			       : lt_new_array((size_t)header->n_classes, sizeof *look->counts);
	return header->n_classes >= 0 && !look->counts ? lt_fail_memory(err) : 0;
}

static int add_counts(struct lt_look *look, const struct lt_reader *reader, enum lt_event event,
		      struct lt_error *err)
{
	const struct lt_totals *totals = lt_reader_totals(reader);
	const struct lt_tensor *tensor = lt_reader_tensor(reader);
	int c;

	if (event == LT_EV_HEADER)
		return begin_counts(look, reader, err);
	if (event == LT_EV_TENSOR) {
		look->tensors += tensor->part == 0;
		look->numbers += tensor->elements;
	}
	if (event == LT_EV_DONE && totals->class_counts && look->counts)
		for (c = 0; c < look->classes.n_classes; c++)
			look->counts[c] += totals->class_counts[c];
	return 0;
}

static int act(struct lt_look *look, const struct lt_reader *reader, enum lt_event event,
	       bool *stop, struct lt_error *err)
{
	if (event == LT_EV_DONE) {
		look->segments++;
		look->rows += lt_reader_totals(reader)->rows;
	}
	switch (look->what) {
	case LT_LOOK_CHECK:
		break;
	case LT_LOOK_HEAD:
		return look_head(look, reader, event, stop, err);
	case LT_LOOK_HOW:
		*stop = true;
		return event == LT_EV_HEADER
			       ? lt_show_how(look->output, lt_reader_header(reader), err)
			       : 0;
	case LT_LOOK_JSON:
		return look_json(look, reader, event, err);
	case LT_LOOK_COUNT:
		return add_counts(look, reader, event, err);
	}
	return 0;
}

int lt_look(struct lt_look *look, const char *path, struct lt_error *err)
{
	enum lt_event event = LT_EV_HEADER;
	struct lt_reader *reader;
	bool stop = false;
	int code = lt_reader_open(&reader, path, err);

	if (code)
		return code;
	look->shown = 0;
	lt_reader_set_max_body(reader, look->max_body);
	while (code == 0 && event != LT_EV_END && !stop) {
		code = lt_reader_next(reader, &event, err);
		if (code == 0)
			code = act(look, reader, event, &stop, err);
	}
	look->stopped = look->stopped || event != LT_EV_END;
	lt_reader_close(reader);
	return code;
}

int lt_look_counts(const struct lt_look *look, struct lt_error *err)
{
	uint64_t labelled = 0;
	int c, code = 0;

	if (look->has_classes || look->tensors == 0)
		code = lt_output_printf(look->output, err, "rows\t%llu\n",
					(unsigned long long)look->rows);
	for (c = 0; code == 0 && look->counts && c < look->classes.n_classes; c++) {
		labelled += look->counts[c];
		code = lt_output_printf(look->output, err, "%d\t%s\t%llu\n", c,
					look->classes.classes[c],
					(unsigned long long)look->counts[c]);
	}
	if (code == 0 && look->counts && labelled < look->rows)
		code = lt_output_printf(look->output, err, "-1\t-\t%llu\n",
					(unsigned long long)(look->rows - labelled));
	if (code == 0 && look->tensors > 0)
		code = lt_output_printf(look->output, err, "tensors\t%llu\nnumbers\t%llu\n",
					(unsigned long long)look->tensors,
					(unsigned long long)look->numbers);
	return code;
}

void lt_look_free(struct lt_look *look)
{
	if (look->has_classes)
		lt_header_free(&look->classes);
	lt_free(look->counts);
}
