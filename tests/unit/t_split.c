/*
 * Counts and draws of ltsplit.
 *
 * The draws are compared with numpy 1.24's legacy generator and the selection of the
 * published CIFAR-LT code; the counts with every row of the tables computed by that code
 * (Yang & Xu's labelled and unlabelled class counts for CIFAR-10, CIFAR-100 and SVHN).
 */
#include "data/split.h"

#include <stdlib.h>

#include "check.h"

#define CLASSES 10

static const char *const names[CLASSES] = {"airplane", "car",  "bird",	"cat",	"deer",
					   "dog",      "frog", "horse", "ship", "truck"};
static const int ascending[CLASSES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

/* --------------------------------------------------------------- the tables */

struct labelled_row {
	double head, ratio;
	uint64_t counts[CLASSES], total;
};

static const struct labelled_row labelled_rows[] = {
	{5000, 100, {5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50}, 12406},
	{5000, 50, {5000, 3237, 2096, 1357, 878, 568, 368, 238, 154, 100}, 13996},
	{5000, 10, {5000, 3871, 2997, 2320, 1796, 1391, 1077, 834, 645, 500}, 20431},
	{5000, 200, {5000, 2775, 1540, 854, 474, 263, 146, 81, 45, 25}, 11203},
	{1000, 100, {1000, 599, 359, 215, 129, 77, 46, 27, 16, 10}, 2478},
	{1000, 50, {1000, 647, 419, 271, 175, 113, 73, 47, 30, 20}, 2795},
	{1000, 10, {1000, 774, 599, 464, 359, 278, 215, 166, 129, 100}, 4084},
	{1500, 100, {1500, 899, 539, 323, 193, 116, 69, 41, 25, 15}, 3720},
	{3000, 100, {3000, 1798, 1078, 646, 387, 232, 139, 83, 50, 30}, 7443},
};

struct mix_row {
	uint64_t labelled;
	double ratio;
	uint64_t counts[CLASSES], total;
};

/* --unlabeled-factor 5 */
static const struct mix_row mix_rows[] = {
	{12406, 1, {6203, 6203, 6203, 6203, 6203, 6203, 6203, 6203, 6203, 6203}, 62030},
	{12406, 50, {22159, 14346, 9288, 6012, 3893, 2518, 1632, 1053, 682, 442}, 62025},
	{12406, 100, {24999, 14984, 8983, 5384, 3228, 1934, 1156, 693, 415, 249}, 62025},
	{12406, 200, {27687, 15363, 8529, 4731, 2624, 1455, 807, 446, 245, 138}, 62025},
	{13996, 1, {6998, 6998, 6998, 6998, 6998, 6998, 6998, 6998, 6998, 6998}, 69980},
	{13996, 25, {21651, 15138, 10587, 7403, 5176, 3619, 2530, 1769, 1237, 863}, 69973},
	{13996, 50, {24999, 16186, 10477, 6784, 4390, 2843, 1839, 1189, 771, 496}, 69974},
	{13996, 100, {28208, 16909, 10133, 6074, 3639, 2180, 1306, 781, 467, 278}, 69975},
	{20431,
	 1,
	 {10215, 10215, 10215, 10215, 10215, 10215, 10215, 10215, 10215, 10215},
	 102150},
	{20431, 5, {20088, 16798, 14047, 11746, 9823, 8214, 6869, 5744, 4804, 4017}, 102150},
	{20431, 10, {24997, 19354, 14984, 11602, 8983, 6954, 5383, 4167, 3227, 2498}, 102149},
	{20431, 20, {30003, 21506, 15417, 11052, 7921, 5677, 4070, 2916, 2091, 1497}, 102150},
	{2478, 1, {1239, 1239, 1239, 1239, 1239, 1239, 1239, 1239, 1239, 1239}, 12390},
	{2478, 50, {4430, 2867, 1855, 1201, 775, 500, 325, 210, 135, 85}, 12383},
	{2478, 100, {5000, 2994, 1795, 1073, 645, 383, 230, 137, 80, 48}, 12385},
	{2478, 200, {5535, 3069, 1702, 942, 522, 290, 160, 89, 49, 26}, 12384},
	{2795, 1, {1397, 1397, 1397, 1397, 1397, 1397, 1397, 1397, 1397, 1397}, 13970},
	{2795, 25, {4327, 3023, 2115, 1477, 1034, 721, 504, 353, 244, 170}, 13968},
	{2795, 50, {4998, 3234, 2093, 1355, 876, 565, 364, 236, 153, 96}, 13970},
	{2795, 100, {5639, 3378, 2026, 1211, 726, 435, 258, 153, 92, 52}, 13970},
	{4084, 1, {2042, 2042, 2042, 2042, 2042, 2042, 2042, 2042, 2042, 2042}, 20420},
	{4084, 5, {4016, 3357, 2808, 2348, 1963, 1642, 1373, 1146, 959, 802}, 20414},
	{4084, 10, {4999, 3870, 2996, 2318, 1794, 1390, 1074, 832, 643, 499}, 20415},
	{4084, 20, {5999, 4298, 3082, 2209, 1583, 1134, 813, 581, 417, 299}, 20415},
};

static uint64_t sum_of(const uint64_t *counts, int n)
{
	uint64_t sum = 0;

	while (n-- > 0)
		sum += counts[n];
	return sum;
}

static void check_labelled_tables(void)
{
	static const struct {
		double ratio;
		uint64_t first[3], last, total;
	} cifar100[] = {
		{100, {500, 477, 455}, 5, 10847},
		{50, {500, 480, 462}, 10, 12608},
		{10, {500, 488, 477}, 50, 19573},
	};
	uint64_t counts[100];
	size_t i;

	for (i = 0; i < sizeof labelled_rows / sizeof *labelled_rows; i++) {
		lt_split_counts(LT_SPLIT_EXP, labelled_rows[i].head, labelled_rows[i].ratio,
				CLASSES, counts);
		check(memcmp(counts, labelled_rows[i].counts, sizeof labelled_rows[i].counts) ==
		      0);
		check_int(sum_of(counts, CLASSES), labelled_rows[i].total);
	}
	for (i = 0; i < sizeof cifar100 / sizeof *cifar100; i++) {
		lt_split_counts(LT_SPLIT_EXP, 500, cifar100[i].ratio, 100, counts);
		check(memcmp(counts, cifar100[i].first, sizeof cifar100[i].first) == 0);
		check_int(counts[99], cifar100[i].last);
		check_int(sum_of(counts, 100), cifar100[i].total);
	}
}

static void check_mix_tables(void)
{
	uint64_t counts[CLASSES], back[CLASSES];
	size_t i;
	int k, wrong = 0;

	for (i = 0; i < sizeof mix_rows / sizeof *mix_rows; i++) {
		lt_split_mix_counts(LT_MIX_EXP, mix_rows[i].labelled, 5, mix_rows[i].ratio,
				    CLASSES, counts);
		check(memcmp(counts, mix_rows[i].counts, sizeof counts) == 0);
		check_int(sum_of(counts, CLASSES), mix_rows[i].total);
		lt_split_mix_counts(LT_MIX_REVERSED, mix_rows[i].labelled, 5, mix_rows[i].ratio,
				    CLASSES, back);
		for (k = 0; k < CLASSES; k++)
			wrong += back[k] != counts[CLASSES - 1 - k];
	}
	check_named(wrong == 0, "reversed counts are those of exp, tail first");
	lt_split_mix_counts(LT_MIX_UNIFORM, 12406, 5, 100, CLASSES, counts);
	check(counts[0] == 6203 && counts[9] == 6203);
	lt_split_mix_counts(LT_MIX_EXP, 3, 1, 100, CLASSES, counts);
	check_int(sum_of(counts, CLASSES), 0);
	/* 1,500 at ratio 100, factor 2: the semi-supervised experiment on 50,000 rows. */
	lt_split_mix_counts(LT_MIX_EXP, 3720, 2, 100, CLASSES, counts);
	check_int(sum_of(counts, CLASSES), 7435);
}

static void check_profiles(void)
{
	static const uint64_t step[] = {5000, 5000, 5000, 5000, 5000, 100, 100, 100, 100, 100};
	uint64_t counts[CLASSES];

	lt_split_counts(LT_SPLIT_STEP, 5000, 50, CLASSES, counts);
	check(memcmp(counts, step, sizeof step) == 0);
	lt_split_counts(LT_SPLIT_STEP, 90, 9, 3, counts);
	check(counts[0] == 90 && counts[1] == 10 && counts[2] == 10);
	lt_split_counts(LT_SPLIT_NONE, 7.9, 50, 2, counts);
	check(counts[0] == 7 && counts[1] == 7);
	lt_split_counts(LT_SPLIT_EXP, 12, 100, 1, counts);
	check_int(counts[0], 12);
	lt_split_counts(LT_SPLIT_STEP, 12, 100, 1, counts);
	check_int(counts[0], 12);
}

/* ---------------------------------------------------------------- the draws */

struct golden {
	bool major; /* label i / 5000 of 50,000; else (7919 i + i / 13) mod 10 of 20,000 */
	enum lt_split_profile profile;
	double ratio;
	uint32_t seed;
	uint64_t counts[CLASSES];
	int64_t first[CLASSES][8];
	uint64_t total;
	uint32_t crc; /* of all drawn rows as 32-bit little-endian words, class by class */
};

static const struct golden golden[] = {
	{true,
	 LT_SPLIT_EXP,
	 100,
	 0,
	 {5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50},
	 {{398, 3833, 4836, 4572, 636, 2545, 1161, 2230},
	  {5597, 5332, 5521, 8935, 9800, 6102, 9304, 6826},
	  {13488, 11136, 13494, 12945, 14518, 14011, 11334, 12833},
	  {18542, 18307, 19529, 16646, 17583, 17144, 15297, 18488},
	  {22583, 23687, 24719, 20980, 20168, 20031, 21781, 23156},
	  {29127, 26152, 29595, 29590, 27270, 25492, 26894, 26915},
	  {31042, 33356, 30441, 31554, 33543, 30720, 32921, 34588},
	  {38860, 35271, 35757, 39394, 35475, 36805, 37429, 38412},
	  {41905, 44623, 41694, 44227, 42715, 43889, 41143, 41516},
	  {47204, 48816, 47206, 47507, 46926, 49765, 45368, 48808}},
	 12406,
	 3978106009u},
	{true,
	 LT_SPLIT_EXP,
	 10,
	 7,
	 {5000, 3871, 2997, 2320, 1796, 1391, 1077, 834, 645, 500},
	 {{3406, 757, 3624, 4544, 3235, 1868, 2916, 3335},
	  {6575, 9672, 7545, 7460, 6233, 6427, 9408, 5270},
	  {12325, 11677, 10593, 13752, 12005, 12877, 12268, 12069},
	  {19866, 18810, 16818, 19301, 16026, 17327, 17036, 18668},
	  {24494, 23535, 23144, 21678, 23649, 22399, 22146, 20016},
	  {28275, 28264, 28003, 29422, 25514, 25527, 28666, 29924},
	  {34707, 32134, 34798, 30358, 30506, 31423, 30623, 33800},
	  {39819, 36365, 39368, 39715, 36604, 36000, 38576, 37254},
	  {40327, 43750, 42232, 42095, 42591, 40169, 40269, 41236},
	  {47873, 49021, 49537, 45041, 45930, 47387, 45709, 47028}},
	 20431,
	 4267250054u},
	{true,
	 LT_SPLIT_STEP,
	 50,
	 0,
	 {5000, 5000, 5000, 5000, 5000, 100, 100, 100, 100, 100},
	 {{398, 3833, 4836, 4572, 636, 2545, 1161, 2230},
	  {5597, 5332, 5521, 8935, 9800, 6102, 9304, 6826},
	  {13488, 11136, 13494, 12945, 14518, 14011, 11334, 12833},
	  {18542, 18307, 19529, 16646, 17583, 17144, 15297, 18488},
	  {22583, 23687, 24719, 20980, 20168, 20031, 21781, 23156},
	  {29127, 26152, 29595, 29590, 27270, 25492, 26894, 26915},
	  {31042, 33356, 30441, 31554, 33543, 30720, 32921, 34588},
	  {38860, 35271, 35757, 39394, 35475, 36805, 37429, 38412},
	  {41905, 44623, 41694, 44227, 42715, 43889, 41143, 41516},
	  {47204, 48816, 47206, 47507, 46926, 49765, 45368, 48808}},
	 25500,
	 1360965414u},
	{false,
	 LT_SPLIT_EXP,
	 100,
	 0,
	 {2000, 1198, 718, 430, 258, 154, 92, 55, 33, 20},
	 {{17874, 18134, 3650, 1451, 14895, 2924, 19673, 4246},
	  {3779, 14450, 7993, 3541, 11276, 18198, 9597, 8871},
	  {1005, 6422, 13886, 2164, 16453, 4905, 16302, 19476},
	  {3690, 18738, 8641, 14361, 17795, 3669, 10895, 14773},
	  {16093, 13006, 9843, 17751, 11749, 6484, 2216, 16917},
	  {1706, 10427, 3027, 8574, 11337, 10047, 2605, 12691},
	  {2008, 16211, 10675, 1564, 7035, 9602, 19179, 7370},
	  {17423, 5279, 9135, 13230, 9699, 9623, 16784, 8171},
	  {14778, 13565, 6913, 18895, 18733, 19252, 16100, 6697},
	  {2579, 18612, 7530, 16012, 8884, 11982, 13488, 6067}},
	 4958,
	 766541722u},
	{false,
	 LT_SPLIT_EXP,
	 50,
	 3,
	 {2000, 1294, 838, 542, 351, 227, 147, 95, 61, 40},
	 {{12339, 10909, 19380, 964, 1040, 14885, 5449, 5395},
	  {13291, 2198, 9001, 18968, 5643, 9922, 11352, 12067},
	  {7960, 17450, 15587, 13886, 6616, 6941, 9184, 5620},
	  {3203, 1719, 16311, 9887, 12790, 16441, 17752, 4893},
	  {12128, 9258, 7535, 18758, 16083, 3310, 17198, 5347},
	  {16363, 15962, 15052, 17967, 12572, 12160, 16060, 13644},
	  {14282, 7425, 14835, 3730, 383, 8887, 6612, 2463},
	  {2505, 18019, 2451, 2549, 7792, 2310, 2624, 13111},
	  {4519, 19339, 5689, 8777, 14117, 10022, 6967, 1182},
	  {1181, 12567, 3381, 19880, 14441, 9339, 13835, 14756}},
	 5595,
	 2237115041u},
};

/* CRC-32 of zip and zlib (reflected 04c11db7). */
static uint32_t crc32_of(uint32_t crc, uint32_t word)
{
	int i, bit;

	crc = ~crc;
	for (i = 0; i < 4; i++) {
		crc ^= word >> (8 * i) & 0xff;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

struct rows {
	uint64_t n;
	int32_t *label;
	int64_t *index;
	uint8_t *place;
	uint64_t start[CLASSES + 1], count[CLASSES];
};

static bool make_rows(struct rows *rows, bool major)
{
	uint64_t i;

	*rows = (struct rows){.n = major ? 50000 : 20000};
	rows->label = malloc(rows->n * sizeof *rows->label);
	rows->index = malloc(rows->n * sizeof *rows->index);
	rows->place = calloc(rows->n, 1);
	if (!check(rows->label && rows->index && rows->place))
		return false;
	for (i = 0; i < rows->n; i++)
		rows->label[i] = (int32_t)(major ? i / 5000 : (7919 * i + i / 13) % 10);
	lt_split_by_class(rows->label, NULL, rows->n, CLASSES, rows->index, rows->start);
	for (i = 0; i < CLASSES; i++)
		rows->count[i] = rows->start[i + 1] - rows->start[i];
	return true;
}

static void free_rows(struct rows *rows)
{
	free(rows->label);
	free(rows->index);
	free(rows->place);
}

static struct lt_split_stock stock_of(const struct rows *rows)
{
	return (struct lt_split_stock){
		.input = "in",
		.pool = "pool",
		.irrelevant = "other",
		.classes = CLASSES,
		.name = names,
		.order = ascending,
		.rows = rows->count,
	};
}

static void check_golden_case(const struct golden *g)
{
	struct lt_split_rule rule = {.profile = g->profile,
				     .ratio = g->ratio,
				     .relevance = 1,
				     .allow_short = true,
				     .head = g->major ? 5000 : 2000};
	struct lt_split_stock stock;
	struct lt_split_plan plan;
	struct lt_mt19937 mt;
	struct lt_error err;
	struct rows rows;
	uint64_t k, i, wrong = 0;
	uint32_t crc = 0;

	if (!make_rows(&rows, g->major))
		return;
	stock = stock_of(&rows);
	if (!check(lt_split_plan(&plan, &rule, &stock, &err) == 0))
		return;
	check(memcmp(plan.labelled, g->counts, sizeof g->counts) == 0);
	lt_mt_seed(&mt, g->seed);
	lt_split_draw(&plan, ascending, false, &mt, rows.index, rows.start, rows.place);
	for (k = 0; k < CLASSES; k++) {
		wrong += memcmp(rows.index + rows.start[k], g->first[k], sizeof g->first[k]) !=
			 0;
		for (i = 0; i < plan.labelled[k]; i++) {
			crc = crc32_of(crc, (uint32_t)rows.index[rows.start[k] + i]);
			wrong += rows.place[rows.index[rows.start[k] + i]] != LT_PLACE_LABELLED;
		}
	}
	check_int(wrong, 0);
	check_int(crc, g->crc);
	for (i = k = 0; i < rows.n; i++)
		k += rows.place[i] == LT_PLACE_LABELLED;
	check_int(k, g->total);
	lt_split_plan_free(&plan);
	free_rows(&rows);
}

/*
 * Validation and unlabelled rows do not affect the choice of labelled rows; no row is in
 * two outputs.
 */
static void check_places(void)
{
	struct lt_split_rule rule = {.profile = LT_SPLIT_EXP,
				     .ratio = 100,
				     .head = 1500,
				     .relevance = 1,
				     .unlabelled = true,
				     .factor = 2,
				     .mix_ratio = 100,
				     .val = 100};
	struct lt_split_rule alone = {.profile = LT_SPLIT_EXP, .ratio = 100, .head = 1500};
	struct rows a, b;
	struct lt_split_stock stock;
	struct lt_split_plan plan, plain;
	struct lt_mt19937 mt;
	struct lt_error err;
	uint64_t i, count[LT_PLACES] = {0}, wrong = 0;

	if (!make_rows(&a, true) || !make_rows(&b, true))
		return;
	stock = stock_of(&a);
	if (!check(lt_split_plan(&plan, &rule, &stock, &err) == 0) ||
	    !check(lt_split_plan(&plain, &alone, &stock, &err) == 0))
		return;
	lt_mt_seed(&mt, 1);
	lt_split_draw(&plan, ascending, false, &mt, a.index, a.start, a.place);
	lt_mt_seed(&mt, 1);
	lt_split_draw(&plain, ascending, false, &mt, b.index, b.start, b.place);
	for (i = 0; i < a.n; i++) {
		count[a.place[i]]++;
		wrong += (a.place[i] == LT_PLACE_LABELLED) != (b.place[i] == LT_PLACE_LABELLED);
	}
	check_int(wrong, 0);
	check_int(count[LT_PLACE_LABELLED], 3720);
	check_int(count[LT_PLACE_UNLABELLED], 7435);
	check_int(count[LT_PLACE_VAL], 1000);
	check(a.place[a.index[a.start[10] - 1]] == LT_PLACE_VAL);
	check(a.place[a.index[a.start[9] + plan.labelled[9]]] == LT_PLACE_UNLABELLED);
	lt_split_plan_free(&plan);
	lt_split_plan_free(&plain);
	free_rows(&a);
	free_rows(&b);
}

/* The pool is shuffled after all labelled draws, and irrelevant rows after the pool. */
static void check_pool(void)
{
	struct lt_split_rule rule = {.profile = LT_SPLIT_EXP,
				     .ratio = 50,
				     .head = 500,
				     .relevance = 0.6,
				     .unlabelled = true,
				     .pooled = true,
				     .factor = 2,
				     .mix_ratio = 50};
	struct rows a, b;
	struct lt_split_stock stock;
	struct lt_split_plan plan;
	struct lt_mt19937 mt, again;
	struct lt_error err;
	uint64_t whole[CLASSES], k, i, total, drawn = 0;
	int64_t *other = malloc(9000 * sizeof *other), *copy = malloc(9000 * sizeof *copy);
	uint8_t *place = calloc(9000, 1);

	if (!make_rows(&a, true) || !make_rows(&b, false) || !check(other && copy && place))
		return;
	stock = stock_of(&a);
	stock.pool_rows = b.count;
	stock.irrelevant_rows = 9000;
	if (!check(lt_split_plan(&plan, &rule, &stock, &err) == 0))
		return;
	lt_split_mix_counts(LT_MIX_EXP, sum_of(plan.labelled, CLASSES), 2, 50, CLASSES, whole);
	total = sum_of(whole, CLASSES);
	for (k = i = 0; k < CLASSES; k++)
		i += plan.unlabelled[k] == (uint64_t)((double)whole[k] * 0.6);
	check_int(i, CLASSES);
	check_int(sum_of(plan.unlabelled, CLASSES) + plan.irrelevant, total);
	lt_mt_seed(&mt, 9);
	lt_split_draw(&plan, ascending, true, &mt, a.index, a.start, a.place);
	again = mt;
	lt_split_draw_pool(&plan, ascending, &mt, b.index, b.start, b.place);
	for (i = 0; i < 9000; i++)
		other[i] = copy[i] = (int64_t)i;
	lt_split_draw_irrelevant(&plan, &mt, other, 9000, place);
	for (i = drawn = 0; i < a.n; i++)
		drawn += a.place[i] == LT_PLACE_UNLABELLED;
	check_int(drawn, 0);
	for (i = 0; i < b.n; i++)
		drawn += b.place[i] == LT_PLACE_UNLABELLED;
	for (i = 0; i < 9000; i++)
		drawn += place[i] == LT_PLACE_UNLABELLED;
	check_int(drawn, total);
	/* The same generator, step by step. */
	lt_split_by_class(b.label, NULL, b.n, CLASSES, b.index, b.start);
	for (k = 0; k < CLASSES; k++)
		lt_mt_shuffle(&again, b.index + b.start[k], b.count[k]);
	lt_mt_shuffle(&again, copy, 9000);
	check(memcmp(copy, other, 9000 * sizeof *copy) == 0);
	check(place[copy[0]] == LT_PLACE_UNLABELLED && place[copy[8999]] == LT_PLACE_REST);
	lt_split_plan_free(&plan);
	free_rows(&a);
	free_rows(&b);
	free(other);
	free(copy);
	free(place);
}

/* ---------------------------------------------------------------- shortages */

static int plan_of(const struct lt_split_rule *rule, const uint64_t *rows, const uint64_t *pool,
		   struct lt_split_plan *plan, struct lt_error *err)
{
	struct lt_split_stock stock = {.input = "in",
				       .pool = "pool",
				       .irrelevant = "other",
				       .classes = 4,
				       .name = names,
				       .order = ascending,
				       .rows = rows,
				       .pool_rows = pool,
				       .irrelevant_rows = 10};

	return lt_split_plan(plan, rule, &stock, err);
}

static void check_heads(void)
{
	static const uint64_t even[4] = {100, 100, 100, 100}, uneven[4] = {300, 40, 300, 300};
	static const uint64_t svhn_like[4] = {101, 60, 30, 12};
	struct lt_split_rule rule = {.profile = LT_SPLIT_EXP, .ratio = 8, .relevance = 1};
	struct lt_split_plan plan;
	struct lt_error err;

	if (!check(plan_of(&rule, even, NULL, &plan, &err) == 0))
		return;
	check(plan.head == 100 && !plan.head_lowered && plan.labelled[0] == 100);
	lt_split_plan_free(&plan);
	/* 203 / 4 is not a whole number, and the published code does not round it. */
	if (!check(plan_of(&rule, svhn_like, NULL, &plan, &err) == 0))
		return;
	check(plan.head == 50.75 && plan.labelled[0] == 50 && plan.labelled[1] == 25);
	lt_split_plan_free(&plan);
	/*
	 * The second class gets half of the head count, so 40 rows suffice for a head count
	 * of 81.
	 */
	if (!check(plan_of(&rule, uneven, NULL, &plan, &err) == 0))
		return;
	check(plan.head == 81 && plan.head_lowered && plan.labelled[1] == 40);
	lt_split_plan_free(&plan);
}

static void check_shortages(void)
{
	static const uint64_t rows[4] = {100, 100, 100, 100}, pool[4] = {1000, 20, 1000, 1000};
	struct lt_split_rule rule = {
		.profile = LT_SPLIT_EXP, .ratio = 8, .head = 150, .relevance = 1};
	struct lt_split_plan plan;
	struct lt_error err;

	check_int(plan_of(&rule, rows, NULL, &plan, &err), LT_DATA);
	check_text(err.text,
		   "in: class 'airplane' has 100 rows, but 150 labelled, 0 unlabelled and 0 "
		   "validation rows are asked for; the largest that would fit: --max 100");
	rule.head = 60;
	rule.val = 10;
	rule.unlabelled = true;
	rule.factor = 1;
	rule.mix_ratio = 8;
	check_int(plan_of(&rule, rows, NULL, &plan, &err), LT_DATA);
	check(strstr(err.text,
		     "in: class 'airplane' has 100 rows, but 60 labelled, 60 unlabelled and "
		     "10 validation rows are asked for") == err.text);
	check(strstr(err.text, ": --max 45 or --unlabeled-factor 0.49") != NULL);
	rule.head = 45;
	check_int(plan_of(&rule, rows, NULL, &plan, &err), 0);
	lt_split_plan_free(&plan);
	rule.head = 46;
	check_int(plan_of(&rule, rows, NULL, &plan, &err), LT_DATA);
	rule.head = 60;
	rule.factor = 0.49;
	check_int(plan_of(&rule, rows, NULL, &plan, &err), 0);
	lt_split_plan_free(&plan);
	rule.factor = 0.5;
	check_int(plan_of(&rule, rows, NULL, &plan, &err), LT_DATA);
	rule.factor = 5;
	rule.pooled = true;
	check_int(plan_of(&rule, rows, pool, &plan, &err), LT_DATA);
	check(strstr(err.text, "pool: class 'car' has 20 rows, but") == err.text);
	rule.relevance = 0;
	rule.factor = 0.05;
	check_int(plan_of(&rule, rows, pool, &plan, &err), 0);
	check_int(plan.irrelevant, 5);
	lt_split_plan_free(&plan);
	rule.factor = 1;
	check_int(plan_of(&rule, rows, pool, &plan, &err), LT_DATA);
	check(strstr(err.text, "other: 10 rows, but ") == err.text);
}

static void check_allow_short(void)
{
	static const uint64_t rows[4] = {100, 8, 100, 100};
	struct lt_split_rule rule = {.profile = LT_SPLIT_NONE,
				     .ratio = 1,
				     .head = 60,
				     .val = 30,
				     .relevance = 1,
				     .unlabelled = true,
				     .factor = 1,
				     .mix_ratio = 1,
				     .allow_short = true};
	struct lt_split_plan plan;
	struct lt_error err;

	if (!check(plan_of(&rule, rows, NULL, &plan, &err) == 0))
		return;
	check(plan.labelled[0] == 60 && plan.labelled[1] == 8);
	/* There are 188 labelled rows, so 47 unlabelled ones per class; 40 are left. */
	check(plan.unlabelled[0] == 40 && plan.unlabelled[1] == 0);
	check(plan.val[0] == 0 && plan.val[1] == 0);
	lt_split_plan_free(&plan);
}

static void check_by_class(void)
{
	static const int32_t label[] = {2, 0, -1, 2, 1, 0, 2};
	static const int64_t want[] = {1, 5, 4, 0, 3, 6};
	int64_t index[7];
	uint64_t start[5];

	lt_split_by_class(label, NULL, 7, 4, index, start);
	check(start[0] == 0 && start[1] == 2 && start[2] == 3 && start[3] == 6 &&
	      start[4] == 6);
	check(memcmp(index, want, sizeof want) == 0);
	lt_split_by_class(label, NULL, 0, 1, index, start);
	check(start[0] == 0 && start[1] == 0);
}

/* The order determines the head: SVHN's authors put digit 1 first and 0 last. */
static void check_order(void)
{
	static const int svhn[CLASSES] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0};
	static const uint64_t extra[CLASSES] = {45550, 90560, 74740, 60765, 50633,
						53490, 41582, 43997, 35358, 34456};
	struct lt_split_rule rule = {.profile = LT_SPLIT_EXP,
				     .ratio = 100,
				     .head = 1000,
				     .relevance = 1,
				     .unlabelled = true,
				     .pooled = true,
				     .factor = 5,
				     .mix_ratio = 50};
	struct lt_split_stock stock;
	struct lt_split_plan plan;
	struct lt_error err;
	struct lt_mt19937 mt;
	struct rows rows;
	uint64_t i, drawn[CLASSES] = {0};

	if (!make_rows(&rows, true))
		return;
	stock = stock_of(&rows);
	stock.order = svhn;
	stock.pool_rows = extra;
	if (!check(lt_split_plan(&plan, &rule, &stock, &err) == 0))
		return;
	check_int(sum_of(plan.labelled, CLASSES), 2478);
	check(memcmp(plan.unlabelled, mix_rows[13].counts, sizeof mix_rows[13].counts) == 0);
	lt_mt_seed(&mt, 0);
	lt_split_draw(&plan, svhn, true, &mt, rows.index, rows.start, rows.place);
	for (i = 0; i < rows.n; i++)
		drawn[rows.label[i]] += rows.place[i] == LT_PLACE_LABELLED;
	check(drawn[1] == 1000 && drawn[2] == 599 && drawn[9] == 16 && drawn[0] == 10);
	/* Digit 1 is shuffled first, so it gets the draws that class 0 got before. */
	check_int(rows.index[rows.start[1]], 5000 + golden[0].first[0][0]);
	lt_split_plan_free(&plan);
	free_rows(&rows);
}

int main(void)
{
	size_t i;

	check_labelled_tables();
	check_mix_tables();
	check_profiles();
	check_by_class();
	for (i = 0; i < sizeof golden / sizeof *golden; i++)
		check_golden_case(&golden[i]);
	check_places();
	check_pool();
	check_order();
	check_heads();
	check_shortages();
	check_allow_short();
	return check_done();
}
