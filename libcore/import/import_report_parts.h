/* Private to import_report*.c: the counts of the table, and its text. */
#ifndef LT_IMPORT_IMPORT_REPORT_PARTS_H
#define LT_IMPORT_IMPORT_REPORT_PARTS_H

#include "base/memory.h"
#include "import/import_report.h"
#include "import/tally.h"
#include "stream/output.h"

/* Bits per sample are counted for 0 to 32; palettes count as 0. */
#define LT_REPORT_BITS 33
/* Distinct formats of image files that are counted. */
#define LT_REPORT_FORMATS 16

struct lt_report_reason {
	const char *text, *name; /* name: of the first, or NULL */
	uint64_t n;
};

/* Rows of a split by class. */
struct lt_report_counts {
	uint64_t *of_class;
	int n;
	uint64_t unlabelled, all;
};

struct lt_report {
	struct lt_report_counts split[LT_REPORT_SPLITS];
	uint64_t all, looked_at; /* rows; those with facts */
	struct lt_tally width, height;
	uint64_t *size; /* width << 32 | height; those before n_sorted are sorted and differ */
	size_t n_sizes, n_sorted;
	bool many_sizes; /* more than LT_REPORT_SIZES; size is no longer kept */
	uint64_t mode[LT_MODES][LT_REPORT_BITS][2]; /* the last: with alpha */
	uint64_t orientation[9];
	uint64_t more;
	struct {
		const char *name;
		uint64_t n;
	} format[LT_REPORT_FORMATS];
	struct lt_report_reason passed[LT_REPORT_REASONS];
	int n_passed;
	const char **broken; /* "name: why" */
	uint64_t n_broken, n_broken_kept, broken_bytes;
	struct lt_arena arena;
};

/* Sorts the sizes and removes duplicates. */
void lt_report_sort_sizes(struct lt_report *report);

/* ------------------------------------------------------------------ text */

/* The text being written.  After the first error nothing more is written. */
struct lt_report_page {
	const struct lt_report *report;
	const struct lt_report_about *about;
	struct lt_output *out;
	struct lt_error *err;
	int status;
	int width; /* of a column of numbers; at least 8 */
};

/* Writes less than 256 bytes of our own text. */
void lt_report_put(struct lt_report_page *page, const char *fmt, ...) LT_PRINTF(2, 3);
/* Writes a name from the input, of any length. */
void lt_report_name(struct lt_report_page *page, const char *name);
/* Writes a number in its column. */
void lt_report_number(struct lt_report_page *page, uint64_t n);

/* The number of classes listed: those with names, and those with images. */
int lt_report_classes(const struct lt_report_page *page);
/* Writes the table of classes by split. */
void lt_report_table(struct lt_report_page *page);

#endif
