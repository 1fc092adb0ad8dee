/*
 * Fuzz target: texts written by users.  The first byte selects the kind: numbers, lists in
 * options (--order, --prior, --class-counts, --augment), and files of class names, of
 * counts and ltsplit's manifest.
 */
#include "kit.h"

#include <math.h>

#include "base/number.h"
#include "data/augment.h"
#include "data/class_list.h"
#include "data/split_text.h"
#include "method/second_stage.h"
#include "program/class_counts.h"
#include "stream/mp.h"

enum { CLASSES = 4, ROWS = 6, SIDE = 5, CHANNELS = 3 };

static const char *const names[CLASSES] = {"cat", "dog", "1", "sea eagle"};

static void verdict(int code, const struct lt_error *err)
{
	if (code)
		check_refusal(code, err);
}

static void numbers(const char *text)
{
	char again[32];
	uint64_t whole;
	int64_t whole_signed;
	double real, back;

	if (lt_parse_u64(text, 3, UINT64_MAX - 3, &whole)) {
		check(whole >= 3 && whole <= UINT64_MAX - 3);
		check(strspn(text, "0123456789") == strlen(text));
	}
	if (lt_parse_i64(text, -7, INT64_MAX, &whole_signed))
		check(whole_signed >= -7);
	if (lt_parse_real(text, -1e300, 1e300, &real)) {
		check(isfinite(real) && real >= -1e300 && real <= 1e300);
		lt_format_real(real, again);
		check(lt_parse_real(again, -1e300, 1e300, &back) && back == real);
	}
}

static void order(const char *text)
{
	struct lt_error err = {0};
	int place[CLASSES], seen[CLASSES] = {0}, c;
	int code = lt_split_parse_order(text, names, CLASSES, place, &err);

	verdict(code, &err);
	for (c = 0; code == 0 && c < CLASSES; c++) {
		check(place[c] >= 0 && place[c] < CLASSES);
		check(seen[place[c]]++ == 0);
	}
}

static void prior(const char *text)
{
	static const uint64_t counts[CLASSES] = {40, 20, 3, 1};
	double share[CLASSES], offset[CLASSES];
	const struct lt_second_classes of = {CLASSES, names, counts, "model"};
	struct lt_error err = {0};
	int code = lt_second_prior(text, counts, names, CLASSES, share, &err);

	verdict(code, &err);
	if (code == 0)
		verdict(lt_second_offsets(&of, share, offset, &err), &err);
}

static void class_counts(const char *text)
{
	struct lt_class_counts counts = {0};
	struct lt_error err = {0};
	int code = lt_class_counts_parse(text, &counts, &err);

	verdict(code, &err);
	if (code == 0)
		check(counts.classes >= 2 && counts.name[counts.classes - 1] != NULL);
	lt_class_counts_free(&counts);
}

/* A valid list is applied to an image. */
static void augment(const char *text)
{
	static const struct lt_norm norm = {
		.channels = CHANNELS, .mean = {0.5, 0.4, 0.3}, .std = {0.2, 0.3, 0.4}};
	static struct lt_augment list;
	uint8_t in[SIDE * SIDE * CHANNELS];
	float out[SIDE * SIDE * CHANNELS];
	struct lt_error err = {0};
	struct lt_draws draws;
	float *scratch;
	size_t room, i;
	int code = lt_augment_init(&list, text, &norm, &err);

	verdict(code, &err);
	if (code)
		return;
	for (i = 0; i < sizeof in; i++)
		in[i] = (uint8_t)(i * 37);
	check(lt_augment_scratch(SIDE, SIDE, CHANNELS, &room));
	scratch = malloc((room + 1) * sizeof *scratch);
	check(scratch != NULL);
	draws = lt_draws_at(strlen(text), LT_FOR_AUGMENT, 0, 0, 0);
	lt_augment_image(&list, in, SIDE, SIDE, CHANNELS, &draws, out, scratch);
	for (i = 0; i < sizeof in; i++)
		check(isfinite(out[i]));
	free(scratch);
}

static void class_list(const char *path)
{
	struct lt_arena arena = {0};
	const char *const *list;
	struct lt_error err = {0};
	int n, c, code = lt_class_list_read(path, &arena, &list, &n, &err);

	verdict(code, &err);
	for (c = 0; code == 0 && c < n; c++)
		check(lt_text_is_clean(list[c], strlen(list[c])));
	lt_arena_free(&arena);
}

static void counts_file(const char *path)
{
	uint64_t counts[CLASSES] = {0};
	struct lt_prov_in origin;
	struct lt_error err = {0};
	int c, code = lt_split_read_counts(path, names, CLASSES, counts, &origin, &err);

	verdict(code, &err);
	for (c = 0; code == 0 && c < CLASSES; c++)
		check(counts[c] <= UINT32_MAX);
}

/* Sources of a few rows, in the state after ltsplit has read them. */
static void manifest(const char *path)
{
	static int32_t label[ROWS] = {0, 1, 2, 3, 0, -1};
	static struct lt_totals input = {.rows = ROWS, .crcs = 0x1234abcd};
	uint8_t place[3][ROWS] = {{0}};
	struct lt_split_source data = {.twice = {.name = "data"},
				       .role = "data",
				       .header = {.n_classes = CLASSES, .classes = names},
				       .n = ROWS,
				       .label = label,
				       .place = place[0],
				       .inputs = &input,
				       .n_inputs = 1};
	struct lt_split_source other[2] = {data, data};
	struct lt_split_others others = {.source = other, .n = 2, .rows = 2 * ROWS};
	struct lt_split_others none = {0};
	int i;
	struct lt_prov_in origin;
	struct lt_error err = {0};

	for (i = 0; i < 2; i++) {
		other[i].twice.name = "other";
		other[i].role = "irrelevant";
		other[i].label = NULL;
		other[i].place = place[1 + i];
	}
	for (others.n = 1; others.n <= 2; others.n++) {
		verdict(lt_split_manifest_replay(path, &data, NULL, &others, false, &origin,
						 &err),
			&err);
		memset(place, 0, sizeof place);
	}
	verdict(lt_split_manifest_replay(path, &data, NULL, &none, true, &origin, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const as_text[])(const char *) = {numbers, order, prior, class_counts,
							augment};
	static void (*const as_file[])(const char *) = {class_list, counts_file, manifest};
	unsigned what = size > 0 ? data[0] % 8 : 0;
	char *text;
	int fd;

	if (size == 0)
		return 0;
	if (what >= 5) {
		fd = kit_file(data + 1, size - 1);
		as_file[what - 5](kit_path(fd).text);
		close(fd);
		return 0;
	}
	text = strndup((const char *)data + 1, size - 1);
	check(text != NULL);
	as_text[what](text);
	free(text);
	return 0;
}
