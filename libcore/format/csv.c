#include "format/csv.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"

/* The maximum size of a record, with a zero after each cell. */
#define ROOM ((size_t)LT_LINE_BYTES + LT_CSV_CELLS + 1)

int lt_csv_open(struct lt_csv *csv, struct lt_text *text, enum lt_csv_form form,
		struct lt_error *err)
{
	*csv = (struct lt_csv){.text = text, .form = form, .next_line = 1};
	csv->bytes = lt_new_bytes(ROOM);
	csv->cell = lt_new_array(LT_CSV_CELLS, sizeof *csv->cell);
	if (csv->bytes && csv->cell)
		return 0;
	lt_csv_close(csv);
	return lt_fail_memory(err);
}

int lt_csv_wrong(const struct lt_csv *csv, const char *what, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s:%" PRIu64 ": %s", csv->text->name, csv->line, what);
}

/* Consumes the peeked byte as part of the record. */
static int take(struct lt_csv *csv, struct lt_error *err)
{
	lt_text_take(csv->text);
	if (csv->raw++ == LT_LINE_BYTES)
		return lt_csv_wrong(csv, "the line is too long; pixels in a table are not read",
				    err);
	return 0;
}

/* Appends it to the current cell. */
static int keep(struct lt_csv *csv, int byte, struct lt_error *err)
{
	csv->bytes[csv->size++] = (char)byte;
	return take(csv, err);
}

/* Consumes a line end, if the peeked byte begins one. */
static int end_line(struct lt_csv *csv, int byte, struct lt_error *err)
{
	int status = 0;

	lt_text_take(csv->text);
	if (byte == '\r') {
		status = lt_text_peek(csv->text, &byte, err);
		if (status == 0 && byte == '\n')
			lt_text_take(csv->text);
	}
	csv->next_line++;
	return status;
}

static bool ends_line(int byte)
{
	return byte == -1 || byte == '\n' || byte == '\r';
}

/* ------------------------------------------------------------------ cells */

/* Reads a quoted cell up to the closing quotation mark. */
static int quoted(struct lt_csv *csv, struct lt_error *err)
{
	int byte, status = take(csv, err);

	while (status == 0) {
		status = lt_text_peek(csv->text, &byte, err);
		if (status)
			break;
		if (byte == -1)
			return lt_csv_wrong(csv, "a quotation mark is not closed", err);
		csv->next_line += byte == '\n';
		if (byte != '"') {
			status = keep(csv, byte, err);
			continue;
		}
		status = take(csv, err);
		if (status == 0)
			status = lt_text_peek(csv->text, &byte, err);
		if (status || byte != '"')
			break;
		status = keep(csv, byte, err);
	}
	return status;
}

/* Consumes blanks; *byte is the byte after them. */
static int skip_blanks(struct lt_csv *csv, int *byte, bool kept, struct lt_error *err)
{
	int status = 0;

	while (status == 0 && *byte == ' ') {
		status = kept ? keep(csv, *byte, err) : take(csv, err);
		if (status == 0)
			status = lt_text_peek(csv->text, byte, err);
	}
	return status;
}

/* Reads one cell, whose quotation marks may have blanks around them; *byte is the byte after
 * it, which is not consumed. */
static int read_cell(struct lt_csv *csv, int separator, int *byte, struct lt_error *err)
{
	size_t size = csv->size;
	int status = lt_text_peek(csv->text, byte, err);

	if (csv->n == LT_CSV_CELLS)
		return lt_csv_wrong(csv, "the line has too many cells", err);
	csv->cell[csv->n++] = csv->bytes + size;
	if (status == 0)
		status = skip_blanks(csv, byte, true, err);
	if (status == 0 && *byte == '"') {
		csv->size = size;
		status = quoted(csv, err);
		if (status == 0)
			status = lt_text_peek(csv->text, byte, err);
		if (status == 0)
			status = skip_blanks(csv, byte, false, err);
		if (status == 0 && !ends_line(*byte) && *byte != separator)
			return lt_csv_wrong(csv, "text after a closing quotation mark", err);
	}
	while (status == 0 && !ends_line(*byte) && *byte != separator) {
		status = keep(csv, *byte, err);
		if (status == 0)
			status = lt_text_peek(csv->text, byte, err);
	}
	csv->bytes[csv->size++] = '\0';
	return status;
}

static int read_record(struct lt_csv *csv, int separator, struct lt_error *err)
{
	int byte, status;

	for (;;) {
		status = read_cell(csv, separator, &byte, err);
		if (status || byte == -1)
			return status;
		if (byte != separator)
			return end_line(csv, byte, err);
		status = take(csv, err);
		if (status)
			return status;
	}
}

/* ------------------------------------------------------------------ lines */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Splits at the last blanks. */
static void split_last(struct lt_csv *csv, char *line, char *end)
{
	char *label = end;

	while (label > line && !is_blank(label[-1]))
		label--;
	if (label == line)
		return;
	csv->cell[csv->n++] = label;
	while (is_blank(label[-1]))
		*--label = '\0';
}

/* Splits at blanks until there are this many cells. */
static int split_words(struct lt_csv *csv, char *at, size_t most, struct lt_error *err)
{
	while (csv->n < most) {
		at += strcspn(at, " \t");
		if (*at == '\0')
			return 0;
		*at++ = '\0';
		at += strspn(at, " \t");
		csv->cell[csv->n++] = at;
	}
	return most < LT_CSV_CELLS || !at[strcspn(at, " \t")]
		       ? 0
		       : lt_csv_wrong(csv, "the line has too many cells", err);
}

void lt_csv_split_first(struct lt_csv *csv)
{
	char *line = csv->bytes + (csv->cell[0] - csv->bytes), *at = line + strlen(line);
	char *label = csv->bytes + (csv->cell[1] - csv->bytes);

	while (at < label)
		*at++ = ' ';
	at = line + strcspn(line, " \t");
	*at++ = '\0';
	csv->cell[1] = at + strspn(at, " \t");
}

/* Splits the current line as the form says. */
static int split_line(struct lt_csv *csv, struct lt_error *err)
{
	char *line = csv->bytes, *end = line + strlen(line);

	while (end > line && is_blank(end[-1]))
		*--end = '\0';
	while (is_blank(*line))
		line++;
	csv->cell[0] = line;
	if (csv->form == LT_CSV_BLANK)
		split_last(csv, line, end);
	else if (csv->form != LT_CSV_LINE)
		return split_words(csv, line, csv->form == LT_CSV_FIRST ? 2 : LT_CSV_CELLS,
				   err);
	return 0;
}

static int read_line(struct lt_csv *csv, struct lt_error *err)
{
	int byte, status;

	csv->n = 1;
	for (;;) {
		status = lt_text_peek(csv->text, &byte, err);
		if (status)
			return status;
		if (ends_line(byte))
			break;
		status = keep(csv, byte, err);
		if (status)
			return status;
	}
	csv->bytes[csv->size] = '\0';
	status = split_line(csv, err);
	return status || byte == -1 ? status : end_line(csv, byte, err);
}

int lt_csv_skip(struct lt_csv *csv, uint64_t lines, struct lt_error *err)
{
	int byte, status = 0;

	while (status == 0 && lines > 0) {
		status = lt_text_peek(csv->text, &byte, err);
		if (status || byte == -1)
			break;
		if (!ends_line(byte)) {
			lt_text_take(csv->text);
			continue;
		}
		status = end_line(csv, byte, err);
		lines--;
	}
	return status;
}

int lt_csv_next(struct lt_csv *csv, struct lt_error *err)
{
	static const char separators[] = {[LT_CSV_COMMA] = ',',
					  [LT_CSV_SEMICOLON] = ';',
					  [LT_CSV_TAB] = '\t',
					  [LT_CSV_PIPE] = '|'};
	int byte, status;

	do {
		csv->n = csv->size = csv->raw = 0;
		csv->line = csv->next_line;
		status = lt_text_peek(csv->text, &byte, err);
		if (status || byte == -1)
			return status;
		status = csv->form < LT_CSV_BLANK ? read_record(csv, separators[csv->form], err)
						  : read_line(csv, err);
		if (status)
			return status;
	} while (csv->n == 1 && csv->cell[0][0] == '\0');
	return 0;
}

void lt_csv_close(struct lt_csv *csv)
{
	lt_free(csv->bytes);
	lt_free(csv->cell);
	csv->bytes = NULL;
	csv->cell = NULL;
}
