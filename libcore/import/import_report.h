/*
 * The table of --dry-run: the properties of the images, their numbers by class and split, and
 * what is ignored.  A format or the catalog adds what it finds.  Only counts are kept, so
 * memory grows only with the classes (and with the names of broken images, up to LT_MAX_TEXT
 * bytes).
 *
 * The text is for human readers and may change between versions; the same input gives the
 * same bytes.
 *
 *	lt_report_new → add, passed, broken, in any order → lt_report_print
 */
#ifndef LT_IMPORT_IMPORT_REPORT_H
#define LT_IMPORT_IMPORT_REPORT_H

#include "image/image.h"
#include "stream/output.h"

/* Splits are numbered from 0, by the caller. */
#define LT_REPORT_SPLITS 32
/* Reasons for ignoring files; further ones are counted together. */
#define LT_REPORT_REASONS 32
/* Distinct sizes (pairs of width and height) that are counted. */
#define LT_REPORT_SIZES 65536

struct lt_report;

/* Facts that are known at the end; owned by the caller. */
struct lt_report_about {
	const char *format; /* of the input, as in --format */
	/* Names by number; NULL: no names.  Classes with names are listed even without
	 * images. */
	const char *const *splits, *const *classes;
	int n_splits, n_classes;
	bool as_stored; /* orientation tags are not applied */
	bool checked;	/* all pixels were decoded */
};

int lt_report_new(struct lt_report **out, struct lt_error *err);

/*
 * Adds `times` images of a split and a class (label -1: none).  facts: of these images, or NULL
 * if they were not examined; their sides must have passed lt_image_check.
 */
int lt_report_add(struct lt_report *report, int split, int label, uint64_t times,
		  const struct lt_image_facts *facts, struct lt_error *err);
/* Adds n files that are ignored for a reason ("hidden files"); name is one of them, or NULL.
 * Both texts are copied; equal texts are the same reason. */
int lt_report_passed(struct lt_report *report, const char *reason, const char *name, uint64_t n,
		     struct lt_error *err);
/* Adds a broken image.  It must not be passed to lt_report_add too. */
int lt_report_broken(struct lt_report *report, const char *name, const char *why,
		     struct lt_error *err);

/* The number of broken images. */
uint64_t lt_report_n_broken(const struct lt_report *report);

/* Prints the table; control characters and bytes that are not UTF-8 are shown as '?'. */
int lt_report_print(struct lt_report *report, const struct lt_report_about *about,
		    struct lt_output *output, struct lt_error *err);

/* NULL is allowed. */
void lt_report_free(struct lt_report *report);

#endif
