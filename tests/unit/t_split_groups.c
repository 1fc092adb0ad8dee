/* Groups of rows, and the choice of groups to hold out: data/split_groups.h. */
#include "data/split_groups.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "check.h"

#define MASK UINT64_C(0xffffffffffff)

/* ------------------------------------------------------------- which rows belong together */

static void check_init(void)
{
	static const char *const bad[] = {"",		":x",	  "key:", "key:(",
					  "key:a{2,1}", "key:[z", ":"};
	struct lt_split_groups groups;
	struct lt_error err;
	size_t i;

	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		check_named(lt_split_groups_init(&groups, bad[i], &err) == LT_USAGE, bad[i]);
	check_int(lt_split_groups_init(&groups, "key:(a|b):[0-9]+", &err), 0);
	check_int(groups.name_size, 3);
	lt_split_groups_free(&groups);
	check_int(lt_split_groups_init(&groups, "track", &err), 0);
	check(!groups.has_regex);
	lt_split_groups_free(&groups);
}

static void make_header(struct lt_header *header)
{
	static const char *const classes[] = {"a", "b"};
	struct lt_shape scalar = {0}, image = {3, {8, 8, 1}}, pair = {1, {2}};
	struct lt_error err;

	lt_header_init(header, LT_ROWS);
	check_int(lt_header_set_classes(header, classes, 2, &err), 0);
	lt_header_add_column(header, "image", LT_U1, image, "input", &err);
	lt_header_add_column(header, "y", LT_I4, scalar, "label", &err);
	lt_header_add_column(header, "key", LT_BYTES, scalar, "info", &err);
	lt_header_add_column(header, "track", LT_I2, scalar, "info", &err);
	lt_header_add_column(header, "box", LT_I4, pair, "info", &err);
	lt_header_add_column(header, "weight", LT_F4, scalar, "weight", &err);
}

static void check_find(void)
{
	static const struct {
		const char *text, *why; /* NULL: found */
	} cases[] = {
		{"key", NULL},
		{"key:x", NULL},
		{"track", NULL},
		{"keys", "in: no column 'keys' for --group"},
		{"ke", "in: no column 'ke' for --group"},
		{"image", "in: column image is the image, no groups"},
		{"y", "in: column y is the label, no groups"},
		{"box", "in: column box is neither one integer nor text: no groups"},
		{"weight", "in: column weight is neither one integer nor text: no groups"},
		{"track:1",
		 "in: column track holds integers, which --group takes without a pattern"},
	};
	struct lt_split_groups groups;
	struct lt_header header;
	struct lt_error err;
	size_t i;
	int code;

	make_header(&header);
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		err.text[0] = '\0';
		check_int(lt_split_groups_init(&groups, cases[i].text, &err), 0);
		code = lt_split_groups_find(&groups, "in", &header, &err);
		check_int(code, cases[i].why ? LT_DATA : 0);
		check_text(err.text, cases[i].why ? cases[i].why : "");
		lt_split_groups_free(&groups);
	}
	lt_header_free(&header);
}

/* Six rows, the last without a label, with keys and tracks as groups. */
static int add_six(struct lt_split_groups *groups, const char *text, const char *const key[6],
		   struct lt_error *err)
{
	static const int32_t label[6] = {1, 0, 1, 0, 0, -1};
	static const int16_t track[6] = {-1, 300, -1, 7, 300, 300};
	struct lt_header header;
	struct lt_rows rows = {.n = 6};
	uint64_t offset[7] = {0};
	char bytes[6 * 5000];
	int i, code;

	for (i = 0; i < 6; i++) {
		offset[i + 1] = offset[i] + strlen(key[i]);
		memcpy(bytes + offset[i], key[i], strlen(key[i]));
		/* '@' stands for a zero byte. */
		for (char *at = bytes + offset[i]; at < bytes + offset[i + 1]; at++)
			*at = *at == '@' ? '\0' : *at;
	}
	make_header(&header);
	rows.col[2] = bytes;
	rows.offset[2] = offset;
	rows.col[3] = track;
	code = lt_split_groups_init(groups, text, err);
	if (code == 0) {
		code = lt_split_groups_find(groups, "in", &header, err);
		if (code == 0)
			code = lt_split_groups_add(groups, "in", &header, &rows, label, 100,
						   err);
		if (code == 0)
			code = lt_split_groups_sort(groups, err);
		if (code)
			lt_split_groups_free(groups);
	}
	lt_header_free(&header);
	return code;
}

/* The rows in the group of a row, as text: "100 102 ". */
static const char *mates(const struct lt_split_groups *groups, uint64_t row)
{
	static char text[200];
	uint64_t g, i;

	for (g = 0; g < groups->n_groups; g++) {
		text[0] = '\0';
		for (i = groups->start[g]; i < groups->start[g + 1]; i++)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%d ",
				 (int)(groups->member[i].row & MASK));
		for (i = groups->start[g]; i < groups->start[g + 1]; i++)
			if ((groups->member[i].row & MASK) == row)
				return text;
	}
	return "";
}

static void check_add(void)
{
	static const char *const key[6] = {"t1/a", "t1/b", "t2/a", "t2/b", "t10/c", "??"};
	const char *bad[6] = {"t1/a", "t1/b", "t2/a", "t2@b", "t10/c", "??"};
	static char longest[4098];
	struct lt_split_groups groups;
	struct lt_error err;

	/* Sorted by label within a group: row 101 is of class 0, row 100 of class 1. */
	check_int(add_six(&groups, "key:^t[0-9]+", key, &err), 0);
	check_int(groups.n_groups, 3);
	check_int(groups.n, 5);
	check_text(mates(&groups, 100), "101 100 ");
	check_text(mates(&groups, 104), "104 ");
	lt_split_groups_free(&groups);
	check_int(add_six(&groups, "key:t(.)[0-9]*/", key, &err), 0);
	check_text(mates(&groups, 104), "101 104 100 ");
	lt_split_groups_free(&groups);
	check_int(add_six(&groups, "key:/(.)", key, &err), 0);
	check_text(mates(&groups, 103), "101 103 ");
	lt_split_groups_free(&groups);
	check_int(add_six(&groups, "key", key, &err), 0);
	check_int(groups.n_groups, 5);
	lt_split_groups_free(&groups);
	check_int(add_six(&groups, "track", key, &err), 0);
	check_int(groups.n_groups, 3);
	check_text(mates(&groups, 100), "100 102 ");
	check_text(mates(&groups, 104), "101 104 ");
	lt_split_groups_free(&groups);

	check_int(add_six(&groups, "key:t1", key, &err), LT_DATA);
	check_text(err.text, "in: row 102: no match of --group in 't2/a'");
	check_int(add_six(&groups, "key:t(1)?", key, &err), LT_DATA);
	check_text(err.text, "in: row 102: no match of --group in 't2/a'");
	check_int(add_six(&groups, "key:x*", key, &err), LT_DATA);
	check_int(add_six(&groups, "key:t", bad, &err), LT_DATA);
	check_text(err.text,
		   "in: row 103: a zero byte in the text, so --group cannot match it");
	memset(longest, 't', 4097);
	bad[3] = longest;
	check_int(add_six(&groups, "key:t", bad, &err), LT_DATA);
	check(strstr(err.text, "in: row 103: the text is over 4096 bytes") == err.text);
	check_int(add_six(&groups, "key", bad, &err), 0);
	lt_split_groups_free(&groups);
	longest[4096] = '\0';
	check_int(add_six(&groups, "key:t", bad, &err), 0);
	lt_split_groups_free(&groups);
}

/* -------------------------------------------------------------------- sorting */

static uint64_t state = 1;

static uint64_t random_below(uint64_t n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (state >> 33) % n;
}

static int by_key(const void *left, const void *right)
{
	const struct lt_split_member *a = left, *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

static void check_sort(void)
{
	static const uint64_t values[] = {1, 2, 100, 5000, UINT64_C(1) << 31};
	enum { N = 5000 };
	struct lt_split_member *want = malloc(N * sizeof *want);
	struct lt_split_groups groups = {0};
	struct lt_error err;
	size_t k, i;

	for (k = 0; want && k < sizeof values / sizeof *values; k++) {
		groups.member = lt_new_array(N, sizeof *groups.member);
		groups.n = N;
		for (i = 0; i < N; i++) {
			groups.member[i].group = random_below(values[k]) << (k % 2 ? 33 : 0);
			groups.member[i].row = (uint64_t)random_below(3) << 48 | (N - i);
		}
		memcpy(want, groups.member, N * sizeof *want);
		qsort(want, N, sizeof *want, by_key);
		check_int(lt_split_groups_sort(&groups, &err), 0);
		check(memcmp(want, groups.member, N * sizeof *want) == 0);
		check_int(groups.start[groups.n_groups], N);
		lt_split_groups_free_rows(&groups);
	}
	free(want);
}

/* ---------------------------------------------------------------- who is held out */

enum { CLASSES = 6, MOST = 6000 };

struct set {
	struct lt_split_groups groups;
	uint64_t all[CLASSES], n;
	struct lt_split_held held;
	uint8_t place[MOST];
	uint64_t group[MOST];
	int label[MOST];
};

static void add(struct set *set, uint64_t group, int label, uint64_t rows)
{
	for (; rows > 0 && set->n < MOST; rows--, set->n++) {
		set->groups.member[set->n].group = group;
		set->groups.member[set->n].row = (uint64_t)label << 48 | set->n;
		set->group[set->n] = group;
		set->label[set->n] = label;
		set->all[label]++;
	}
	set->groups.n = set->n;
}

static struct set *new_set(void)
{
	struct set *set = calloc(1, sizeof *set);

	if (!set || !(set->groups.member = lt_new_array(MOST, sizeof *set->groups.member)))
		exit(1);
	return set;
}

static void hold(struct set *set, double test, double val, uint32_t seed)
{
	struct lt_split_shares shares = {(uint32_t)(test * 1e9 + 0.5),
					 (uint32_t)(val * 1e9 + 0.5)};
	struct lt_mt19937 mt;
	struct lt_error err;

	lt_mt_seed(&mt, seed);
	check(lt_split_groups_sort(&set->groups, &err) == 0 &&
	      lt_split_held_init(&set->held, set->all, CLASSES, &err) == 0 &&
	      lt_split_groups_hold(&set->groups, &set->held, shares, CLASSES, &mt, set->place,
				   &err) == 0);
}

static void free_set(struct set *set)
{
	lt_split_groups_free(&set->groups);
	lt_split_held_free(&set->held);
	free(set);
}

/*
 * Holds for all groups: they are whole, the counts are right, and no class is left without
 * training rows.
 */
static bool is_sound(const struct set *set)
{
	uint64_t test[CLASSES] = {0}, val[CLASSES] = {0}, i, k;
	int c;

	for (i = 0; i < set->n; i++) {
		test[set->label[i]] += set->place[i] == LT_PLACE_TEST;
		val[set->label[i]] += set->place[i] == LT_PLACE_VAL;
		for (k = i + 1; k < set->n && k < i + 50; k++)
			if (set->group[k] == set->group[i] && set->place[k] != set->place[i])
				return false;
	}
	for (c = 0; c < CLASSES; c++)
		if (test[c] != set->held.test[c] || val[c] != set->held.val[c] ||
		    test[c] + val[c] + set->held.left[c] != set->all[c] ||
		    (set->all[c] > 0 && set->held.left[c] == 0))
			return false;
	return set->held.placed;
}

/* If each row is a group, rows are held out as without groups. */
static void check_single(void)
{
	static const uint64_t rows[CLASSES] = {100, 25, 10, 3, 2, 1};
	struct set *set = new_set();
	uint64_t g = 0, i;
	int c;

	for (c = 0; c < CLASSES; c++)
		for (i = 0; i < rows[c]; i++)
			add(set, g++ * 7, c, 1);
	hold(set, 0.2, 0.1, 5);
	check(is_sound(set));
	check(set->held.test[0] == 20 && set->held.val[0] == 10);
	check(set->held.test[1] == 5 && (set->held.val[1] == 2 || set->held.val[1] == 3));
	check(set->held.test[2] == 2 && set->held.val[2] == 1);
	check(set->held.test[3] == 1 && set->held.val[3] == 1);
	check(set->held.test[4] == 1 && set->held.val[4] == 0);
	check(set->held.test[5] == 0 && set->held.val[5] == 0);
	free_set(set);
}

/* One class per group: no other choice is closer to the share by more than half a row. */
static void check_close(void)
{
	struct set *set = new_set();
	uint64_t g, i;
	double gap, least;

	for (g = 0; g < 200; g++)
		add(set, g, 0, 1 + random_below(12));
	hold(set, 0.25, 0, 1);
	check(is_sound(set));
	gap = 0.25 * (double)set->all[0] - (double)set->held.test[0];
	check(gap <= 0.5 && gap >= -0.5);
	free_set(set);

	/* Three groups of 20: none is near 5 %, but test and validation get one each. */
	set = new_set();
	for (g = 0; g < 3; g++)
		add(set, g, 0, 20);
	/* A large and a small group: the small one is nearer. */
	for (g = 3; g < 5; g++)
		add(set, g, 1, g == 3 ? 30 : 10);
	/* A single group. */
	add(set, 9, 2, 50);
	hold(set, 0.05, 0.05, 3);
	check(is_sound(set));
	check(set->held.test[0] == 20 && set->held.val[0] == 20);
	check(set->held.test[1] == 10 && set->held.val[1] == 0);
	check(set->held.test[2] == 0 && set->held.val[2] == 0);
	check_int(set->groups.n_on[LT_PLACE_TEST], 2);
	check_int(set->groups.n_on[LT_PLACE_VAL], 1);
	check_int(set->groups.n_on[LT_PLACE_REST], 3);
	free_set(set);

	/* Half of 100 rows, in groups of 7: the nearest is 49 or 51. */
	set = new_set();
	for (i = 0; i < 14; i++)
		add(set, i, 0, 7);
	add(set, 99, 0, 2);
	hold(set, 0.5, 0, 0);
	least = (double)set->held.test[0];
	check(least == 49 || least == 51);
	free_set(set);
}

/* Groups with rows of several classes, of random sizes. */
static void check_across(void)
{
	uint64_t first[CLASSES] = {0}, g, i, apart;
	struct set *set;
	double share;
	int c, k, seed, wrong = 0, far = 0, differ = 0;

	for (seed = 0; seed < 30; seed++) {
		set = new_set();
		state = 77;
		for (g = 0; g < 300; g++)
			for (k = 0; k < 3; k++) {
				c = (int)(random_below(CLASSES) * random_below(CLASSES) / 6);
				add(set, g * 1000003, c, 1 + random_below(6));
			}
		/* A patient with all classes. */
		for (c = 0; c < CLASSES; c++)
			add(set, 1, c, 2);
		hold(set, 0.2, 0.1, (uint32_t)seed % 29);
		wrong += !is_sound(set);
		for (c = 0; c < CLASSES; c++) {
			share = (double)set->held.test[c] / (double)set->all[c];
			if (set->all[c] > 100)
				far += share < 0.18 || share > 0.22;
		}
		for (i = apart = 0; i < set->n; i++)
			apart = apart * 31 + set->place[i];
		if (seed == 0)
			first[0] = apart;
		differ += apart != first[0];
		/* With seed 29 % 29 = 0, the result is that of seed 0. */
		if (seed == 29)
			check(apart == first[0]);
		free_set(set);
	}
	check_int(wrong, 0);
	check_int(far, 0);
	check_int(differ, 28);
}

/* For any shares, training keeps a group of each class. */
static void check_last(void)
{
	struct set *set;
	uint64_t g;
	int seed, wrong = 0, few = 0;

	for (seed = 0; seed < 20; seed++) {
		set = new_set();
		state = 5;
		add(set, 1, 5, 40); /* a single group */
		add(set, 2, 4, 20);
		add(set, 3, 4, 20);
		for (g = 10; g < 60; g++) {
			add(set, g, (int)random_below(2), 1 + random_below(4));
			/* Each group with rows of class 3 also has rows of class 2. */
			add(set, g, 2, 1 + random_below(4));
			if (g % 10 == 0)
				add(set, g, 3, 3);
		}
		hold(set, 0.6, 0.35, (uint32_t)seed);
		wrong += !is_sound(set) || set->held.left[5] != 40;
		few += set->held.test[4] != 20 || set->held.test[3] == 0 ||
		       set->held.test[2] < set->all[2] / 2;
		free_set(set);
	}
	check_int(wrong, 0);
	check_int(few, 0);
}

/* The order of rows in the input does not affect which groups are held out. */
static void check_order(void)
{
	struct set *a = new_set(), *b = new_set();
	uint64_t sizes[60], i, k, wrong = 0;

	for (i = 0; i < 60; i++) {
		sizes[i] = 1 + random_below(9);
		add(a, i, (int)(i % 3), sizes[i]);
	}
	for (i = 60; i-- > 0;)
		add(b, i, (int)(i % 3), sizes[i]);
	hold(a, 0.3, 0.2, 4);
	hold(b, 0.3, 0.2, 4);
	for (i = 0; i < a->n; i++)
		for (k = 0; k < b->n; k++)
			wrong += a->group[i] == b->group[k] && a->place[i] != b->place[k];
	check_int(wrong, 0);
	free_set(a);
	free_set(b);
}

static void check_empty(void)
{
	struct set *set = new_set();

	hold(set, 0.2, 0.1, 0);
	check(is_sound(set));
	check_int(set->groups.n_groups, 0);
	free_set(set);
}

int main(void)
{
	check_init();
	check_find();
	check_add();
	check_sort();
	check_single();
	check_close();
	check_across();
	check_last();
	check_order();
	check_empty();
	return check_done();
}
