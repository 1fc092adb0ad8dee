#include "page/train_log.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "stream/lines.h"

static int read_names(struct lt_train_log *log, struct lt_lines *lines, char *line,
		      struct lt_error *err)
{
	char *name;

	while ((name = lt_line_field(&line)) != NULL) {
		if (log->columns == LT_LOG_COLUMNS)
			return lt_lines_wrong(lines, "too many columns", err);
		if (!(log->column[log->columns] = lt_text_copy(name)))
			return lt_fail_memory(err);
		log->columns++;
	}
	if (strcmp(log->column[0], "epoch") != 0)
		return lt_lines_wrong(
			lines, "not a log as --log writes it: the first column is not epoch",
			err);
	return 0;
}

static int read_values(struct lt_train_log *log, struct lt_lines *lines, char *line,
		       struct lt_error *err)
{
	double *value;
	char *field;
	int n = 0;

	if (log->epochs == LT_LOG_EPOCHS)
		return lt_lines_wrong(lines, "too many epochs", err);
	/* A block of rows at a time. */
	if (log->epochs % 256 == 0) {
		value = lt_grow_array(log->value, (size_t)log->epochs + 256,
				      (size_t)log->columns * sizeof *value);
		if (!value)
			return lt_fail_memory(err);
		log->value = value;
	}
	value = log->value + (size_t)log->epochs * (size_t)log->columns;
	while ((field = lt_line_field(&line)) != NULL) {
		if (n == log->columns)
			return lt_lines_wrong(lines, "more columns than names", err);
		if (!lt_parse_real(field, -1e300, 1e300, &value[n]))
			value[n] = NAN;
		n++;
	}
	if (n < log->columns)
		return lt_lines_wrong(lines, "fewer columns than names", err);
	if (!isfinite(value[0]))
		return lt_lines_wrong(lines, "the epoch is not a number", err);
	log->epochs++;
	return 0;
}

static int read_lines(struct lt_train_log *log, struct lt_lines *lines, struct lt_error *err)
{
	char *line;
	int code = lt_lines_next(lines, &line, NULL, err);

	if (code == 0 && !line)
		return lt_fail(err, LT_DATA, "%s: an empty file, not a log", lines->path);
	if (code == 0)
		code = read_names(log, lines, line, err);
	while (code == 0 && (code = lt_lines_next(lines, &line, NULL, err)) == 0 && line)
		code = read_values(log, lines, line, err);
	return code;
}

int lt_train_log_read(struct lt_train_log *log, const char *path, const char *name,
		      struct lt_error *err)
{
	struct lt_lines lines;
	int code;

	memset(log, 0, sizeof *log);
	if ((code = lt_lines_open(&lines, path, LT_LOG_BYTES, err)) != 0)
		return code;
	log->name = lt_text_copy(name);
	code = log->name ? read_lines(log, &lines, err) : lt_fail_memory(err);
	lt_lines_close(&lines);
	return code;
}

int lt_train_log_find(const struct lt_train_log *log, const char *column)
{
	for (int i = 0; i < log->columns; i++)
		if (strcmp(log->column[i], column) == 0)
			return i;
	return -1;
}

void lt_train_log_free(struct lt_train_log *log)
{
	for (int i = 0; i < log->columns; i++)
		lt_free(log->column[i]);
	lt_free(log->value);
	lt_free(log->name);
	memset(log, 0, sizeof *log);
}
