#include "program/explain_rows.h"

#include <inttypes.h>
#include <stdio.h>

#include "program/explain.h"

/* Does learning see a random part of a picture, and not its centre? */
static bool is_cut(const struct lt_augment *augment, int size)
{
	struct lt_draws draws = lt_draws_at(0, LT_FOR_AUGMENT, 0, 0, 0);
	struct lt_cut cut;

	lt_augment_cut(augment, size, size, &draws, &cut);
	return cut.box;
}

static int say_part(struct lt_output *out, bool cut, int size, struct lt_error *err)
{
	char text[300];
	int code = 0;

	if (cut) {
		snprintf(text, sizeof text,
			 "learning: a part of the whole picture (resized-crop), resized to %d "
			 "x %d\n"
			 "a JPEG is decoded at 1/2, 1/4 or 1/8 where the part keeps as many "
			 "pixels",
			 size, size);
		code = lt_explain_say(out, "", text, err);
	}
	snprintf(text, sizeof text,
		 "%s: the shorter side is resized to %d, and the central %d x %d are cut out",
		 cut ? "evaluation" : "learning and evaluation", lt_augment_shorter(size), size,
		 size);
	return code ? code : lt_explain_say(out, "", text, err);
}

static int say_store(struct lt_output *out, const struct lt_encoded *pictures,
		     struct lt_error *err)
{
	char text[200];
	int n = snprintf(text, sizeof text, "%" PRIu64 " bytes of files in memory",
			 pictures->kept);

	if (pictures->spooled)
		snprintf(text + n, sizeof text - (size_t)n,
			 ", %" PRIu64 " in an unlinked temporary file", pictures->spool.size);
	return lt_explain_say(out, "", text, err);
}

int lt_explain_rows(struct lt_output *out, const struct lt_table *table,
		    const struct lt_augment *augment, struct lt_error *err)
{
	char text[200];
	int code;

	snprintf(text, sizeof text, "%" PRIu64 " images of %d x %d pixels%s", table->n,
		 table->height, table->width,
		 table->is_encoded ? ", decoded from files each time they are used" : "");
	code = lt_explain_say(out, "rows", text, err);
	if (code != 0 || !table->is_encoded)
		return code;
	code = say_part(out, is_cut(augment, table->height), table->height, err);
	return code ? code : say_store(out, &table->encoded, err);
}
