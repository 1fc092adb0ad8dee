#include "import/tally.h"

#include "base/memory.h"

#define PAGE 256
#define PAGES (LT_TALLY_MOST / PAGE + 1)

int lt_tally_add(struct lt_tally *tally, uint32_t value, uint64_t times, struct lt_error *err)
{
	uint64_t **page;

	if (value > LT_TALLY_MOST)
		return lt_fail(err, LT_BUG, "a tally of too large a number");
	if (times == 0)
		return 0;
	if (!tally->page)
		tally->page = lt_new_array(PAGES, sizeof(uint64_t *));
	if (!tally->page)
		return lt_fail_memory(err);
	page = &tally->page[value / PAGE];
	if (!*page)
		*page = lt_new_array(PAGE, sizeof **page);
	if (!*page)
		return lt_fail_memory(err);
	(*page)[value % PAGE] += times;
	if (tally->n == 0 || value < tally->least)
		tally->least = value;
	if (tally->n == 0 || value > tally->most)
		tally->most = value;
	tally->n += times;
	return 0;
}

uint32_t lt_tally_median(const struct lt_tally *tally)
{
	uint64_t before = 0;
	uint32_t value;

	if (tally->n == 0)
		return 0;
	for (value = tally->least; value < tally->most; value++) {
		if (!tally->page[value / PAGE])
			continue;
		before += tally->page[value / PAGE][value % PAGE];
		/* At least half of all numbers are not greater than the median. */
		if (before >= tally->n - before)
			return value;
	}
	return tally->most;
}

void lt_tally_free(struct lt_tally *tally)
{
	uint32_t i;

	for (i = 0; tally->page && i < PAGES; i++)
		lt_free(tally->page[i]);
	lt_free(tally->page);
	*tally = (struct lt_tally){0};
}
