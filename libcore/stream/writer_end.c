/*
 * Notes, and the two ways in which a segment ends.  lt_writer_done writes DONE after
 * success; the other functions write FAIL.
 */
#include "stream/writer.h"

#include <string.h>

#include "base/memory.h"

/* Converts any bytes to text that readers accept: invalid bytes become '?'. */
static char *clean_copy(const char *text)
{
	char *copy = lt_text_copy(text);
	size_t i, n = copy ? strlen(copy) : 0, step;

	for (i = 0; i < n; i += step) {
		for (step = 1; step < 4 && i + step < n; step++)
			if (lt_text_is_clean(copy + i, step))
				break;
		if (!lt_text_is_clean(copy + i, step)) {
			copy[i] = '?';
			step = 1;
		}
	}
	return copy;
}

static void pack_clean(struct lt_pack *pack, const char *text)
{
	char *copy = clean_copy(text);

	if (!copy)
		pack->failed = true;
	else
		lt_pack_text(pack, copy);
	lt_free(copy);
}

int lt_writer_note(struct lt_writer *writer, const struct lt_note_item *item, int n,
		   struct lt_error *err)
{
	struct lt_pack meta = {0};
	int i, code = lt_writer_flush_rows(writer, err);

	if (code)
		return code;
	lt_pack_map(&meta, (size_t)n);
	for (i = 0; i < n; i++) {
		lt_pack_text(&meta, item[i].key);
		if (item[i].type == LT_NOTE_INT)
			lt_pack_int(&meta, item[i].integer);
		else if (item[i].type == LT_NOTE_REAL)
			lt_pack_real(&meta, item[i].real);
		else
			pack_clean(&meta, item[i].text);
	}
	return lt_writer_map(writer, "note", &meta, err);
}

int lt_writer_input(struct lt_writer *writer, const struct lt_totals *totals,
		    struct lt_error *err)
{
	struct input_record *grown =
		lt_grow_array(writer->inputs, writer->n_inputs + 1, sizeof *grown);

	if (!grown)
		return lt_fail_memory(err);
	writer->inputs = grown;
	grown[writer->n_inputs++] = (struct input_record){totals->rows, totals->crcs};
	return 0;
}

static void pack_number(struct lt_pack *meta, const char *key, uint64_t value)
{
	lt_pack_text(meta, key);
	lt_pack_uint(meta, value);
}

static void pack_done(struct lt_pack *meta, const struct lt_writer *writer)
{
	size_t i;
	int c;

	lt_pack_map(meta, writer->counts ? 6 : 5);
	pack_number(meta, "frames", writer->frames);
	pack_number(meta, "rows", writer->rows);
	pack_number(meta, "bytes", writer->bytes);
	pack_number(meta, "crcs", writer->crcs);
	if (writer->counts) {
		lt_pack_text(meta, "class_counts");
		lt_pack_array(meta, (size_t)writer->header.n_classes);
		for (c = 0; c < writer->header.n_classes; c++)
			lt_pack_uint(meta, writer->counts[c]);
	}
	lt_pack_text(meta, "inputs");
	lt_pack_array(meta, writer->n_inputs);
	for (i = 0; i < writer->n_inputs; i++) {
		lt_pack_map(meta, 2);
		pack_number(meta, "rows", writer->inputs[i].rows);
		pack_number(meta, "crcs", writer->inputs[i].crcs);
	}
}

/* If the header gave counts, the rows must agree with them. */
static int check_counts(const struct lt_writer *writer, struct lt_error *err)
{
	const uint64_t *said = writer->header.class_counts;
	int c;

	for (c = 0; said && writer->counts && c < writer->header.n_classes; c++)
		if (said[c] != writer->counts[c])
			return lt_fail(
				err, LT_BUG,
				"%s: %llu rows of class %d were written, the header says %llu",
				lt_output_name(writer->output),
				(unsigned long long)writer->counts[c], c,
				(unsigned long long)said[c]);
	return 0;
}

int lt_writer_done(struct lt_writer *writer, struct lt_totals *totals, struct lt_error *err)
{
	struct lt_totals sums;
	struct lt_pack meta = {0};
	int code = lt_writer_flush_rows(writer, err);

	if (code == 0)
		code = check_counts(writer, err);
	if (code)
		return code;
	sums = (struct lt_totals){
		.frames = writer->frames,
		.rows = writer->rows,
		.bytes = writer->bytes,
		.crcs = writer->crcs,
	};
	pack_done(&meta, writer);
	code = lt_writer_map(writer, "DONE", &meta, err);
	if (code == 0)
		code = lt_output_flush(writer->output, err);
	if (code)
		return code;
	if (totals)
		*totals = sums;
	lt_writer_free(writer);
	return 0;
}

static void pack_failure(struct lt_pack *meta, const char *prog, const struct lt_error *why)
{
	lt_pack_map(meta, 3);
	lt_pack_text(meta, "prog");
	pack_clean(meta, prog);
	lt_pack_text(meta, "code");
	lt_pack_uint(meta, (uint64_t)why->code);
	lt_pack_text(meta, "msg");
	pack_clean(meta, why->text[0] ? why->text : "unknown error");
}

void lt_writer_fail(struct lt_writer *writer, const char *prog, const struct lt_error *why)
{
	struct lt_pack meta = {0};

	if (!writer)
		return;
	if (!writer->broken && !lt_output_reader_gone(writer->output)) {
		pack_failure(&meta, prog, why);
		if (lt_writer_map(writer, "FAIL", &meta, NULL) == 0)
			lt_output_flush(writer->output, NULL);
	}
	lt_writer_free(writer);
}

void lt_output_fail_at(struct lt_output *output, uint64_t seq, const char *prog,
		       const struct lt_error *why)
{
	struct lt_writer *writer = lt_new_array(1, sizeof *writer);

	if (!writer)
		return;
	writer->output = output;
	writer->max_body = LT_MAX_BODY;
	writer->frames = seq;
	lt_writer_fail(writer, prog, why);
}

void lt_output_fail(struct lt_output *output, const char *prog, const struct lt_error *why)
{
	lt_output_fail_at(output, 0, prog, why);
}
