/*
 * Reads manifests (see split_text.h) back and checks them like any other input.
 */
#include "data/split_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "stream/lines.h"

/* Removes the text before a TAB from *rest and returns it; NULL at the end. */
static char *next_field(char **rest)
{
	char *field = *rest, *tab;

	if (!field)
		return NULL;
	tab = strchr(field, '\t');
	if (tab)
		*tab = '\0';
	*rest = tab ? tab + 1 : NULL;
	return field;
}

static int check_source(const struct lt_lines *text, const struct lt_split_source *source,
			const char *rows, const char *crcs, struct lt_error *err)
{
	char want[16];
	uint64_t n;

	if (!rows || !crcs || !lt_parse_u64(rows, 0, UINT64_MAX, &n) || strlen(crcs) != 8)
		return lt_lines_wrong(text, "not the first line of a manifest", err);
	if (!source)
		return 0;
	snprintf(want, sizeof want, "%08" PRIx32, lt_split_source_crcs(source));
	if (n != source->n || strcmp(crcs, want) != 0)
		return lt_fail(err, LT_DATA,
			       "%s: not the stream that %s was made from (%" PRIu64
			       " rows, crcs %s; the manifest says %" PRIu64 ", %s)",
			       source->twice.name, text->path, source->n, want, n, crcs);
	return 0;
}

/* The streams of a replay as the manifest's first line names them. */
enum { DATA, POOL, IRRELEVANT, ROLES };
static const char *const roles[] = {"data", "pool", "irrelevant"};

struct replay {
	const struct lt_lines *text;
	struct lt_split_source *data, *pool; /* pool may be NULL */
	const struct lt_split_others *others;
	int seen[ROLES]; /* the number of streams in the first line */
};

/* The number of streams of a role; *source: the i-th, or NULL. */
static int there_are(const struct replay *replay, int role, int i,
		     const struct lt_split_source **source)
{
	const struct lt_split_others *others = replay->others;

	if (role == IRRELEVANT) {
		*source = i < others->n ? &others->source[i] : NULL;
		return others->n;
	}
	*source = i > 0 ? NULL : role == POOL ? replay->pool : replay->data;
	return role == DATA || replay->pool != NULL;
}

/*
 * Compares the given streams with those of the manifest; all: every stream of the manifest is
 * required.
 */
static int check_streams(const struct replay *replay, bool all, struct lt_error *err)
{
	static const char *const what[] = {"data", "a pool", "irrelevant rows"};
	const struct lt_split_source *source;
	int role, n, seen;

	for (role = DATA; role < ROLES; role++) {
		seen = replay->seen[role];
		n = there_are(replay, role, seen, &source);
		if (all && seen > 0 && n == 0)
			return lt_fail(err, LT_USAGE,
				       "%s: the manifest draws from %s; name it with --%s FILE",
				       replay->text->path, what[role], roles[role]);
		if (n > 0 && n < seen)
			return lt_fail(err, LT_USAGE,
				       "%s: the manifest draws from %d streams of irrelevant "
				       "rows; name all with --irrelevant FILE",
				       replay->text->path, seen);
		if (n > seen)
			return lt_fail(err, LT_DATA, "%s: the manifest %s was made without it",
				       source->twice.name, replay->text->path);
	}
	return 0;
}

static int check_first(struct replay *replay, char *line, bool all, struct lt_error *err)
{
	char *rest = line, *field = line ? next_field(&rest) : NULL, *rows, *crcs;
	const struct lt_split_source *source;
	int role, code = 0;

	if (!field || strcmp(field, "lt-split-manifest 1") != 0)
		return lt_fail(err, LT_DATA, "%s: not a manifest of lt split",
			       replay->text->path);
	while (code == 0 && (field = next_field(&rest)) != NULL) {
		for (role = DATA; role < ROLES && strcmp(roles[role], field) != 0; role++)
			;
		rows = next_field(&rest);
		crcs = next_field(&rest);
		if (role == ROLES || (role != IRRELEVANT && replay->seen[role] > 0))
			return lt_lines_wrong(replay->text, "not the first line of a manifest",
					      err);
		there_are(replay, role, replay->seen[role]++, &source);
		code = check_source(replay->text, source, rows, crcs, err);
	}
	return code == 0 ? check_streams(replay, all, err) : code;
}

static int take_row(const struct lt_lines *text, struct lt_split_source *source,
		    enum lt_split_place place, const char *class, uint64_t at,
		    struct lt_error *err)
{
	int32_t label;

	if (source->label) {
		label = source->label[at];
		if (label < 0 || strcmp(source->header.classes[label], class) != 0)
			return lt_lines_wrong(text, "the row is of another class", err);
	}
	if (source->place[at] != LT_PLACE_REST)
		return lt_lines_wrong(text, "a row for the second time", err);
	source->place[at] = (uint8_t)place;
	return 0;
}

/* The output of a line, and the role of the stream that has its row. */
static bool read_output(const struct replay *replay, const char *what,
			enum lt_split_place *place, int *role)
{
	static const struct {
		const char *what;
		enum lt_split_place place;
		int role;
	} outputs[] = {
		{"train", LT_PLACE_LABELLED, DATA},
		{"val", LT_PLACE_VAL, DATA},
		{"test", LT_PLACE_TEST, DATA},
		{"unlabeled", LT_PLACE_UNLABELLED, POOL},
		{"irrelevant", LT_PLACE_UNLABELLED, IRRELEVANT},
	};
	size_t i;

	for (i = 0; i < sizeof outputs / sizeof *outputs; i++) {
		if (strcmp(what, outputs[i].what) != 0)
			continue;
		*place = outputs[i].place;
		*role = outputs[i].role == POOL && !replay->seen[POOL] ? DATA : outputs[i].role;
		return true;
	}
	return false;
}

static int take_line(const struct replay *replay, char *line, struct lt_error *err)
{
	char *rest = line, *what = next_field(&rest), *class = next_field(&rest);
	char *row = next_field(&rest);
	struct lt_split_source *source = replay->data;
	enum lt_split_place place;
	uint64_t at;
	int role;

	if (!row || rest)
		return lt_lines_wrong(replay->text, "not an output, a class and a row", err);
	if (!read_output(replay, what, &place, &role))
		return lt_lines_wrong(replay->text, "no such output", err);
	if ((role == POOL && !replay->pool) || (role == IRRELEVANT && replay->others->n == 0))
		return 0;
	if (!lt_parse_u64(row, 0, UINT64_MAX, &at))
		return lt_lines_wrong(replay->text, "no such row", err);
	if (role == IRRELEVANT)
		source = lt_split_others_find(replay->others, at, &at);
	else if (role == POOL)
		source = replay->pool;
	if (!source || at >= source->n)
		return lt_lines_wrong(replay->text, "no such row", err);
	return take_row(replay->text, source, place, class, at, err);
}

int lt_split_manifest_replay(const char *path, struct lt_split_source *data,
			     struct lt_split_source *pool, struct lt_split_others *others,
			     bool all, struct lt_prov_in *origin, struct lt_error *err)
{
	struct lt_lines text;
	struct replay replay = {.text = &text, .data = data, .pool = pool, .others = others};
	char *line = NULL;
	int code = lt_lines_open(&text, path, UINT64_MAX, err);

	if (code)
		return code;
	code = lt_lines_next(&text, &line, NULL, err);
	if (code == 0)
		code = check_first(&replay, line, all, err);
	while (code == 0 && (code = lt_lines_next(&text, &line, NULL, err)) == 0 && line)
		code = take_line(&replay, line, err);
	*origin = (struct lt_prov_in){
		.role = "manifest", .entry = -1, .bytes = text.bytes, .crc = text.crc};
	lt_lines_close(&text);
	return code;
}
