/* Holding out rows by share: see split_hold.h. */
#include "data/split_hold.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

/* --------------------------------------------------------------------- shares */

int lt_split_parse_share(const char *text, const char *option, uint32_t *share,
			 struct lt_error *err)
{
	size_t n = strlen(text);
	bool percent = n > 0 && text[n - 1] == '%';
	char *number = lt_text_copy_n(text, percent ? n - 1 : n);
	double value, whole = percent ? 100 : 1, parts = -1;

	if (!number)
		return lt_fail_memory(err);
	if (lt_parse_real(number, 0, whole, &value))
		parts = floor(value * (LT_SPLIT_WHOLE / whole) + 0.5);
	lt_free(number);
	if (!(parts >= 0) || !(parts < LT_SPLIT_WHOLE) || (!(parts > 0) && value > 0))
		return lt_fail(err, LT_USAGE,
			       "%s: '%.200s' is not a share such as 20%% or 0.2, less than all",
			       option, text);
	*share = (uint32_t)parts;
	return 0;
}

uint64_t lt_split_share_of(uint64_t rows, uint32_t share)
{
	return rows / LT_SPLIT_WHOLE * share +
	       (rows % LT_SPLIT_WHOLE * share + LT_SPLIT_WHOLE / 2) / LT_SPLIT_WHOLE;
}

/* ----------------------------------------------------------------------- rows */

int lt_split_held_init(struct lt_split_held *held, const uint64_t *all, int classes,
		       struct lt_error *err)
{
	size_t n = (size_t)classes;

	*held = (struct lt_split_held){.all = all};
	held->test = lt_new_array(n, sizeof *held->test);
	held->val = lt_new_array(n, sizeof *held->val);
	held->left = lt_new_array(n, sizeof *held->left);
	if (held->test && held->val && held->left)
		return 0;
	lt_split_held_free(held);
	return lt_fail_memory(err);
}

void lt_split_held_free(struct lt_split_held *held)
{
	lt_free(held->test);
	lt_free(held->val);
	lt_free(held->left);
	*held = (struct lt_split_held){0};
}

/* The number of rows that a share takes from a class, of which at most `most` may be taken. */
static uint64_t take(uint64_t rows, uint32_t share, uint64_t most)
{
	uint64_t wanted = lt_split_share_of(rows, share);

	if (share > 0 && wanted == 0)
		wanted = 1;
	return wanted < most ? wanted : most;
}

void lt_split_hold(struct lt_split_held *held, struct lt_split_shares shares, int classes)
{
	uint64_t rows, spare;
	int c;

	for (c = 0; c < classes; c++) {
		rows = held->all[c];
		spare = rows > 0 ? rows - 1 : 0;
		held->test[c] = take(rows, shares.test,
				     shares.val > 0 && spare > 1 ? spare - 1 : spare);
		spare -= held->test[c];
		held->val[c] = take(rows, shares.val, spare);
		held->left[c] = rows - held->test[c] - held->val[c];
	}
}
