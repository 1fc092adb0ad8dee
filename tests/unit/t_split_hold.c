/*
 * Rows held out by share, and the texts about classes: data/split_hold.h, data/split_notice.h.
 */
#include "data/split_hold.h"

#include "check.h"
#include "data/split_notice.h"

/* -------------------------------------------------------------------- shares */

static void check_parse(void)
{
	static const struct {
		const char *text;
		uint32_t share;
	} good[] = {
		{"20%", 200000000},
		{"0.2", 200000000},
		{".2", 200000000},
		{"0", 0},
		{"0%", 0},
		{"29%", 290000000},
		{"0.29", 290000000},
		{"2e1%", 200000000},
		{"1e-9", 1},
		{"1e-7%", 1},
		{"33.3%", 333000000},
		{"0.999999999", 999999999},
	};
	static const char *const bad[] = {"1",	 "100%", "",	 "%",	  "-0.1", "-1%",
					  "nan", "inf",	 "20 %", " 20%",  "0,2",  "20%%",
					  "0x1", "1e9",	 "101%", "1e-10", "4e-8%"};
	struct lt_error err;
	uint32_t share;
	size_t i;

	for (i = 0; i < sizeof good / sizeof *good; i++) {
		check_int(lt_split_parse_share(good[i].text, "--x", &share, &err), 0);
		check_int(share, good[i].share);
	}
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		check_named(lt_split_parse_share(bad[i], "--x", &share, &err) == LT_USAGE,
			    bad[i]);
	check(strstr(err.text, "--x: '4e-8%' is not a share") == err.text);
}

static void check_rounding(void)
{
	check_int(lt_split_share_of(5, 100000000), 1);	 /* 0.5 */
	check_int(lt_split_share_of(4, 100000000), 0);	 /* 0.4 */
	check_int(lt_split_share_of(25, 100000000), 3);	 /* 2.5 */
	check_int(lt_split_share_of(50, 290000000), 15); /* 14.5 */
	check_int(lt_split_share_of(0, 999999999), 0);
	check_int(lt_split_share_of(1, 500000000), 1);
	check_int(lt_split_share_of(3, 333333333), 1);
	/* Products beyond 64 bits, and beyond a double. */
	check_int(lt_split_share_of(UINT64_C(1000000000000000000), 200000000),
		  UINT64_C(200000000000000000));
	check_int(lt_split_share_of(UINT64_C(9007199254740995), 999999999),
		  UINT64_C(9007199245733796));
}

/* ---------------------------------------------------------------------- rows */

/* The rules, in a second implementation. */
static bool is_right(uint64_t rows, struct lt_split_shares shares, uint64_t test, uint64_t val,
		     uint64_t left)
{
	uint64_t want_test = lt_split_share_of(rows, shares.test);
	uint64_t want_val = lt_split_share_of(rows, shares.val);

	if (test + val + left != rows || (rows > 0 && left == 0))
		return false;
	if ((shares.test == 0 && test > 0) || (shares.val == 0 && val > 0))
		return false;
	if (shares.test > 0 && rows >= 2 && test == 0)
		return false;
	if (shares.val > 0 && rows >= (shares.test > 0 ? 3u : 2u) && val == 0)
		return false;
	/* If no bound applies, the counts are the rounded ones. */
	if (want_test > 0 && want_val > 0 && want_test + want_val < rows)
		return test == want_test && val == want_val;
	return true;
}

static void check_hold(void)
{
	static const uint32_t share[] = {0,	    1,	       50000000,  100000000, 200000000,
					 333333333, 499999999, 500000000, 900000000, 999999998};
	enum { CLASSES = 120 };
	uint64_t all[CLASSES], c;
	struct lt_split_shares shares;
	struct lt_split_held held;
	struct lt_error err;
	size_t i, k, wrong = 0, tried = 0;

	for (c = 0; c < CLASSES; c++)
		all[c] = c;
	for (i = 0; i < sizeof share / sizeof *share; i++) {
		for (k = 0; k < sizeof share / sizeof *share; k++) {
			shares = (struct lt_split_shares){share[i], share[k]};
			if (share[i] >= LT_SPLIT_WHOLE - share[k])
				continue;
			if (!check(lt_split_held_init(&held, all, CLASSES, &err) == 0))
				return;
			lt_split_hold(&held, shares, CLASSES);
			for (c = 0; c < CLASSES; c++)
				wrong += !is_right(c, shares, held.test[c], held.val[c],
						   held.left[c]);
			lt_split_held_free(&held);
			tried++;
		}
	}
	check_int(wrong, 0);
	check(tried > 60);
}

/* ------------------------------------------------------------------- notices */

static void check_list(void)
{
	static const char *const name[] = {"one", "two", "three", "four"};
	static const uint8_t none[4] = {0}, some[4] = {0, 1, 0, 1}, all[4] = {1, 1, 1, 1};
	const char *many[1000];
	uint8_t every[1000];
	char text[320], longest[256], big[300];
	int i;

	lt_split_list_classes(text, sizeof text, name, none, 4);
	check_text(text, "");
	lt_split_list_classes(text, sizeof text, name, some, 4);
	check_text(text, "'two', 'four'");
	lt_split_list_classes(text, sizeof text, name, all, 4);
	check_text(text, "'one', 'two', 'three', 'four'");
	memset(longest, 'n', 255);
	longest[255] = '\0';
	for (i = 0; i < 1000; i++) {
		many[i] = longest;
		every[i] = 1;
	}
	lt_split_list_classes(text, sizeof text, many, every, 1000);
	check_int(strlen(text), 255 + 2 + strlen(" and 999 more"));
	check(strcmp(text + 257, " and 999 more") == 0);
	/* The smallest buffer. */
	lt_split_list_classes(big, sizeof big, many, every, 1000);
	check(strcmp(big + 257, " and 999 more") == 0);
	for (i = 0; i < 1000; i++)
		many[i] = "abcdefgh";
	lt_split_list_classes(text, sizeof text, many, every, 1000);
	check(strlen(text) < sizeof text && strstr(text, " more") == text + strlen(text) - 5);
}

static void check_by_count(void)
{
	static const uint64_t rows[] = {3, 9, 9, 0, UINT64_MAX, 9};
	static const int want[] = {4, 1, 2, 5, 0, 3};
	struct lt_error err;
	int order[6];

	check_int(lt_split_order_by_count(rows, 6, order, &err), 0);
	check(memcmp(order, want, sizeof want) == 0);
}

int main(void)
{
	check_parse();
	check_rounding();
	check_hold();
	check_list();
	check_by_count();
	return check_done();
}
