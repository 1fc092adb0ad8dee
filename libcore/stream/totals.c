/*
 * Frames without a body: notes, restart points, failure and the totals.  The totals
 * of DONE are compared with those counted here.
 */
#include "base/memory.h"
#include "stream/reader.h"

static struct lt_cursor meta_of(const struct lt_reader *reader)
{
	return lt_mp_cursor(reader->meta, reader->meta_size);
}

/* ------------------------------------------------------------ notes, marks */

static bool read_note_value(struct lt_cursor *cursor, struct lt_arena *arena,
			    struct lt_note_item *item, bool *known)
{
	struct lt_mp_text text;

	*known = true;
	switch (lt_mp_peek(cursor)) {
	case LT_MP_BOOL:
	case LT_MP_INT:
		item->type = LT_NOTE_INT;
		return lt_mp_i64(cursor, &item->integer);
	case LT_MP_REAL:
		item->type = LT_NOTE_REAL;
		return lt_mp_real(cursor, &item->real);
	case LT_MP_TEXT:
		item->type = LT_NOTE_TEXT;
		if (!lt_mp_text(cursor, &text))
			return false;
		item->text = lt_arena_text_n(arena, text.bytes, text.n);
		return item->text || lt_mp_fail_memory(cursor);
	default:
		*known = false;
		return lt_mp_skip(cursor);
	}
}

static bool read_note(struct lt_cursor *cursor, struct lt_arena *arena, struct lt_note *note)
{
	struct lt_note_item *items;
	struct lt_mp_text name;
	uint32_t pairs;
	bool known;

	if (!lt_mp_map(cursor, &pairs))
		return false;
	items = lt_arena_array(arena, pairs, sizeof *items);
	if (!items)
		return lt_mp_fail_memory(cursor);
	*note = (struct lt_note){.item = items};
	while (pairs--) {
		if (!lt_mp_text(cursor, &name) ||
		    !read_note_value(cursor, arena, &items[note->n], &known))
			return false;
		items[note->n].key = lt_arena_text_n(arena, name.bytes, name.n);
		if (!items[note->n].key)
			return lt_mp_fail_memory(cursor);
		note->n += known;
	}
	return true;
}

int lt_payload_note(struct lt_reader *reader)
{
	struct lt_cursor cursor = meta_of(reader);

	lt_arena_free(&reader->arena);
	if (!read_note(&cursor, &reader->arena, &reader->note))
		return lt_reader_wrong_meta(reader, &cursor);
	return 0;
}

/*
 * Reads a map's integers by name.  Missing ones are left unchanged; bit i of *seen is set for
 * key i.
 */
struct wanted {
	const char *key;
	uint64_t max, *value;
};

static bool read_wanted(struct lt_cursor *cursor, const struct lt_mp_text *name,
			const struct wanted *wanted, int n, unsigned *seen)
{
	int i;

	for (i = 0; i < n; i++)
		if (lt_mp_is(name, wanted[i].key)) {
			*seen |= 1u << i;
			return lt_mp_u64(cursor, wanted[i].max, wanted[i].value);
		}
	return lt_mp_skip(cursor);
}

int lt_payload_mark(struct lt_reader *reader)
{
	struct lt_cursor cursor = meta_of(reader);
	uint64_t rows = reader->rows, crcs = reader->crcs;
	const struct wanted wanted[] = {{"rows", UINT64_MAX, &rows},
					{"crcs", UINT32_MAX, &crcs}};
	struct lt_mp_text name;
	unsigned seen = 0;
	uint32_t pairs;
	bool good = lt_mp_map(&cursor, &pairs);

	while (good && pairs--)
		good = lt_mp_text(&cursor, &name) &&
		       read_wanted(&cursor, &name, wanted, 2, &seen);
	if (!good)
		return lt_reader_wrong_meta(reader, &cursor);
	if (seen != 3 || rows != reader->rows || crcs != reader->crcs)
		return lt_reader_wrong(reader, reader->offset,
				       "a mark does not agree with the frames before it");
	return 0;
}

/* -------------------------------------------------------------------- FAIL */

int lt_payload_fail(struct lt_reader *reader)
{
	struct lt_cursor cursor = meta_of(reader);
	struct lt_mp_text name, prog = {"", 0}, msg = {"", 0};
	uint32_t pairs;
	bool good = lt_mp_map(&cursor, &pairs);

	while (good && pairs--) {
		good = lt_mp_text(&cursor, &name);
		if (good && lt_mp_is(&name, "prog"))
			good = lt_mp_text(&cursor, &prog);
		else if (good && lt_mp_is(&name, "msg"))
			good = lt_mp_text(&cursor, &msg);
		else if (good)
			good = lt_mp_skip(&cursor);
	}
	if (good && (!prog.bytes[0] || !prog.n || !msg.n))
		good = lt_mp_fail(&cursor, "prog or msg is missing");
	if (!good)
		return lt_reader_wrong_meta(reader, &cursor);
	return lt_reader_wrong(reader, reader->offset, "upstream %.*s failed: %.*s",
			       prog.n > LT_MAX_NAME ? LT_MAX_NAME : (int)prog.n, prog.bytes,
			       msg.n > 500 ? 500 : (int)msg.n, msg.bytes);
}

/* -------------------------------------------------------------------- DONE */

/* Compares the counts of DONE with those of y and of the header. */
static bool check_counts(struct lt_reader *reader, struct lt_cursor *cursor)
{
	uint64_t count;
	uint32_t n, i;

	if (!reader->counts)
		return lt_mp_skip(cursor);
	if (!lt_mp_array(cursor, &n))
		return false;
	if (n != (uint32_t)reader->header.n_classes)
		return lt_mp_fail(cursor, "class_counts has %u entries for %d classes", n,
				  reader->header.n_classes);
	for (i = 0; i < n; i++) {
		if (!lt_mp_u64(cursor, UINT64_MAX, &count))
			return false;
		if (count != reader->counts[i])
			return lt_mp_fail(cursor, "class %u has %llu rows, DONE says %llu", i,
					  (unsigned long long)reader->counts[i],
					  (unsigned long long)count);
		if (reader->header.class_counts && reader->header.class_counts[i] != count)
			return lt_mp_fail(cursor,
					  "class %u has %llu rows, the header says %llu", i,
					  (unsigned long long)count,
					  (unsigned long long)reader->header.class_counts[i]);
	}
	return true;
}

/* A reader of one stream does not use these, but no key of DONE may have an invalid value. */
static bool check_inputs(struct lt_cursor *cursor)
{
	uint64_t rows, crcs;
	const struct wanted wanted[] = {{"rows", UINT64_MAX, &rows},
					{"crcs", UINT32_MAX, &crcs}};
	struct lt_mp_text name;
	uint32_t n, pairs;
	unsigned seen;

	if (!lt_mp_array(cursor, &n))
		return false;
	while (n--) {
		seen = 0;
		if (!lt_mp_map(cursor, &pairs))
			return false;
		while (pairs--)
			if (!lt_mp_text(cursor, &name) ||
			    !read_wanted(cursor, &name, wanted, 2, &seen))
				return false;
		if (seen != 3)
			return lt_mp_fail(cursor, "an input without rows or crcs");
	}
	return true;
}

static bool read_done(struct lt_reader *reader, struct lt_cursor *cursor,
		      const struct wanted *wanted, bool *counted)
{
	struct lt_mp_text name;
	unsigned seen = 0;
	uint32_t pairs;
	bool good = lt_mp_map(cursor, &pairs);

	while (good && pairs--) {
		if (!lt_mp_text(cursor, &name))
			return false;
		if (lt_mp_is(&name, "class_counts")) {
			*counted = true;
			good = check_counts(reader, cursor);
		} else if (lt_mp_is(&name, "inputs")) {
			good = check_inputs(cursor);
		} else {
			good = read_wanted(cursor, &name, wanted, 4, &seen);
		}
	}
	return good &&
	       (seen == 15 || lt_mp_fail(cursor, "frames, rows, bytes or crcs is missing"));
}

int lt_payload_done(struct lt_reader *reader)
{
	struct lt_cursor cursor = meta_of(reader);
	struct lt_totals *totals = &reader->totals;
	uint64_t crcs = 0;
	const struct wanted wanted[] = {
		{"frames", UINT64_MAX, &totals->frames},
		{"rows", UINT64_MAX, &totals->rows},
		{"bytes", UINT64_MAX, &totals->bytes},
		{"crcs", UINT32_MAX, &crcs},
	};
	bool counted = false;

	if (!read_done(reader, &cursor, wanted, &counted))
		return lt_reader_wrong_meta(reader, &cursor);
	totals->crcs = (uint32_t)crcs;
	totals->class_counts = reader->counts;
	if (totals->frames != reader->frames || totals->rows != reader->rows ||
	    totals->bytes != reader->bytes || totals->crcs != reader->crcs)
		return lt_reader_wrong(reader, reader->offset,
				       "the totals of DONE do not agree with the segment");
	if (reader->counts && !counted)
		return lt_reader_wrong(reader, reader->offset, "DONE has no class_counts");
	return 0;
}

/* ------------------------------------------------------------------ lists */

int lt_totals_append(struct lt_totals **list, int *n, const struct lt_totals *totals,
		     struct lt_error *err)
{
	struct lt_totals *grown = lt_grow_array(*list, (size_t)*n + 1, sizeof *grown);

	if (!grown)
		return lt_fail_memory(err);
	*list = grown;
	grown[*n] = *totals;
	grown[(*n)++].class_counts = NULL;
	return 0;
}
