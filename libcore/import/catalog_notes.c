/*
 * The notices about the classes of a collection.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "import/catalog_parts.h"

#define NAMED 8 /* classes that a notice names; the rest are counted */

/* A notice that is assembled piece by piece. */
struct note {
	char text[1500];
	size_t used;
	int named;
};

static void add(struct note *note, const char *before, const char *name)
{
	int n = snprintf(note->text + note->used, sizeof note->text - note->used, "%s%.60s",
			 before, name);

	if (n > 0)
		note->used += (size_t)n < sizeof note->text - note->used
				      ? (size_t)n
				      : sizeof note->text - note->used - 1;
	note->named++;
}

static void tell(struct lt_import *import, struct note *note, int left)
{
	char more[60];

	if (left > 0) {
		snprintf(more, sizeof more, "%d more", left);
		add(note, " and ", more);
	}
	import->host.notice(import->host.arg, note->text);
}

/* Classes without a row in the output. */
static void note_empty(struct lt_import *import, const uint64_t *counts, int n)
{
	struct note note = {.used = 0};
	char head[300];
	int i, empty = 0;

	for (i = 0; i < n; i++)
		empty += counts[i] == 0;
	if (empty == 0)
		return;
	snprintf(head, sizeof head,
		 "%.150s: %s%s%d of %d classes %s no row: ", lt_listing_name(import->listing),
		 import->header_split ? import->header_split : "",
		 import->header_split ? ": " : "", empty, n, empty == 1 ? "has" : "have");
	for (i = 0; i < n && note.named < NAMED; i++)
		if (counts[i] == 0)
			add(&note, note.named == 0 ? head : ", ", import->names[i]);
	tell(import, &note, empty - note.named);
}

struct folded {
	const char *folded, *name;
};

static int by_folded(const void *a, const void *b)
{
	const struct folded *one = a, *other = b;
	int order = strcmp(one->folded, other->folded);

	return order ? order : strcmp(one->name, other->name);
}

static int fold_all(struct lt_arena *arena, const struct lt_classes *classes,
		    struct folded *folded, struct lt_error *err)
{
	int i;

	for (i = 0; i < classes->n; i++) {
		folded[i].name = classes->names[i];
		folded[i].folded = lt_folded_name(arena, classes->names[i]);
		if (!folded[i].folded)
			return lt_fail_memory(err);
	}
	qsort(folded, (size_t)classes->n, sizeof *folded, by_folded);
	return 0;
}

/* Pairs of classes whose names look the same. */
static int note_similar(struct lt_import *import, const struct lt_classes *classes,
			struct lt_error *err)
{
	struct folded *folded = lt_new_array((size_t)classes->n, sizeof *folded);
	struct lt_arena arena = {0};
	struct note note = {.used = 0};
	char head[300];
	int i, pairs = 0, status;

	status = folded ? fold_all(&arena, classes, folded, err) : lt_fail_memory(err);
	snprintf(head, sizeof head,
		 "%.150s: names of different classes that differ in case or Unicode form "
		 "alone: ",
		 lt_listing_name(import->listing));
	for (i = 1; status == 0 && i < classes->n; i++) {
		if (strcmp(folded[i - 1].folded, folded[i].folded) != 0)
			continue;
		if (pairs++ < NAMED) {
			add(&note, note.named == 0 ? head : ", ", folded[i - 1].name);
			add(&note, " and ", folded[i].name);
		}
	}
	if (pairs > 0)
		tell(import, &note, pairs > NAMED ? pairs - NAMED : 0);
	lt_arena_free(&arena);
	lt_free(folded);
	return status;
}

/* A single class is useless for learning; its directory may just contain all images. */
static void note_one(struct lt_import *import, const struct lt_classes *classes)
{
	struct note note = {.used = 0};
	char head[300];

	if (classes->n != 1 || import->classes)
		return;
	snprintf(head, sizeof head, "%.150s: all images are of one class, ",
		 lt_listing_name(import->listing));
	add(&note, head, classes->names[0]);
	add(&note, "", "; --no-labels takes them without classes");
	tell(import, &note, 0);
}

/* Rows with label -1 beside labelled ones, which programs that train refuse. */
static void note_unlabelled(const struct lt_import *import, const uint64_t *counts, int n,
			    uint64_t unlabelled)
{
	uint64_t total = unlabelled;
	char text[600];
	int i;

	if (unlabelled == 0)
		return;
	for (i = 0; i < n; i++)
		total += counts[i];
	snprintf(text, sizeof text,
		 "%.300s: %" PRIu64 " of %" PRIu64
		 " rows have no class: their label is -1; lt split --profile natural --rest "
		 "FILE writes them to FILE",
		 lt_listing_name(import->listing), unlabelled, total);
	import->host.notice(import->host.arg, text);
}

int lt_catalog_notes(struct lt_import *import, const struct lt_classes *classes,
		     const uint64_t *counts, uint64_t unlabelled, struct lt_error *err)
{
	uint64_t *of_names = lt_new_array((size_t)import->n_names, sizeof *of_names);
	int i, status = of_names ? 0 : lt_fail_memory(err);

	if (status == 0 && classes->names)
		status = lt_catalog_check(import, classes, err);
	if (status == 0) {
		for (i = 0; i < classes->n; i++)
			of_names[import->label_of ? import->label_of[i] : i] += counts[i];
		note_unlabelled(import, of_names, import->n_names, unlabelled);
		note_empty(import, of_names, import->n_names);
	}
	lt_free(of_names);
	if (status == 0 && classes->names)
		note_one(import, classes);
	if (status == 0 && classes->names)
		status = note_similar(import, classes, err);
	if (status == 0 && classes->names)
		status = lt_catalog_note_several(import, classes, err);
	return status;
}
