/* Groups of rows that stay together: see split_groups.h. */
#include "data/split_groups.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"

/* -------------------------------------------------------------------- setting up */

static int compile(struct lt_split_groups *groups, const char *pattern, struct lt_error *err)
{
	char why[128];
	int fault;

	if (!*pattern)
		return lt_fail(err, LT_USAGE, "--group: no pattern behind the ':' of '%.200s'",
			       groups->text);
	fault = regcomp(&groups->regex, pattern, REG_EXTENDED);
	if (fault) {
		regerror(fault, &groups->regex, why, sizeof why);
		return lt_fail(err, LT_USAGE, "--group: '%.200s': %s", pattern, why);
	}
	groups->has_regex = true;
	return 0;
}

int lt_split_groups_init(struct lt_split_groups *groups, const char *text, struct lt_error *err)
{
	const char *colon = strchr(text, ':');

	*groups = (struct lt_split_groups){.text = text, .col = -1};
	groups->name_size = colon ? (size_t)(colon - text) : strlen(text);
	if (groups->name_size == 0)
		return lt_fail(err, LT_USAGE, "--group: '%.200s' names no column", text);
	return colon ? compile(groups, colon + 1, err) : 0;
}

void lt_split_groups_free(struct lt_split_groups *groups)
{
	if (groups->has_regex)
		regfree(&groups->regex);
	lt_split_groups_free_rows(groups);
	*groups = (struct lt_split_groups){0};
}

void lt_split_groups_free_rows(struct lt_split_groups *groups)
{
	lt_free(groups->member);
	lt_free(groups->start);
	groups->member = NULL;
	groups->start = NULL;
	groups->n = groups->room = 0;
}

/* ------------------------------------------------------------------------ rows */

static bool is_integer(const struct lt_column *column)
{
	return column->shape.dims == 0 && (column->dtype == LT_U1 || column->dtype == LT_I2 ||
					   column->dtype == LT_I4 || column->dtype == LT_I8);
}

int lt_split_groups_find(struct lt_split_groups *groups, const char *input,
			 const struct lt_header *header, struct lt_error *err)
{
	const struct lt_column *column;
	int width = (int)groups->name_size, c;

	for (c = 0; c < header->n_cols; c++)
		if (strncmp(header->cols[c].name, groups->text, groups->name_size) == 0 &&
		    !header->cols[c].name[groups->name_size])
			break;
	if (c == header->n_cols)
		return lt_fail(err, LT_DATA, "%s: no column '%.*s' for --group", input,
			       width < 200 ? width : 200, groups->text);
	column = &header->cols[c];
	if (strcmp(column->role, "input") == 0 || strcmp(column->role, "label") == 0)
		return lt_fail(err, LT_DATA, "%s: column %s is %s, no groups", input,
			       column->name,
			       strcmp(column->role, "label") == 0 ? "the label" : "the image");
	if (column->dtype != LT_BYTES && !is_integer(column))
		return lt_fail(err, LT_DATA,
			       "%s: column %s is neither one integer nor text: no groups",
			       input, column->name);
	if (groups->has_regex && column->dtype != LT_BYTES)
		return lt_fail(err, LT_DATA,
			       "%s: column %s holds integers, which --group takes without a "
			       "pattern",
			       input, column->name);
	groups->col = c;
	return 0;
}

/* FNV-1a, and the last steps of splitmix64 to mix its upper bits. */
static uint64_t hash(const uint8_t *bytes, uint64_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; n > 0; n--, bytes++)
		h = (h ^ *bytes) * UINT64_C(0x100000001b3);
	h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 31;
}

static int match(const struct lt_split_groups *groups, const char *input, const uint8_t *cell,
		 uint64_t size, uint64_t row, uint64_t *group, struct lt_error *err)
{
	char key[LT_SPLIT_MAX_KEY + 1];
	regmatch_t part[2];
	int of = groups->regex.re_nsub > 0 ? 1 : 0, fault;

	if (size > LT_SPLIT_MAX_KEY || memchr(cell, 0, size))
		return lt_fail(err, LT_DATA,
			       "%s: row %" PRIu64 ": %s, so --group cannot match it", input,
			       row,
			       size > LT_SPLIT_MAX_KEY ? "the text is over 4096 bytes"
						       : "a zero byte in the text");
	memcpy(key, cell, size);
	key[size] = '\0';
	fault = regexec(&groups->regex, key, 2, part, 0);
	if (fault && fault != REG_NOMATCH)
		return lt_fail_memory(err);
	if (fault || part[of].rm_so < 0 || part[of].rm_so == part[of].rm_eo)
		return lt_fail(err, LT_DATA,
			       "%s: row %" PRIu64 ": no match of --group in '%.200s'", input,
			       row, key);
	*group = hash(cell + part[of].rm_so, (uint64_t)(part[of].rm_eo - part[of].rm_so));
	return 0;
}

static int group_of(const struct lt_split_groups *groups, const char *input,
		    const struct lt_header *header, const struct lt_rows *rows, uint32_t i,
		    uint64_t row, uint64_t *group, struct lt_error *err)
{
	const uint8_t *cell;
	uint64_t size;

	if (header->cols[groups->col].dtype != LT_BYTES) {
		*group = (uint64_t)lt_rows_integer(rows, header, groups->col, i);
		return 0;
	}
	cell = lt_rows_cell(rows, header, groups->col, i, &size);
	if (groups->has_regex)
		return match(groups, input, cell, size, row, group, err);
	*group = hash(cell, size);
	return 0;
}

int lt_split_groups_add(struct lt_split_groups *groups, const char *input,
			const struct lt_header *header, const struct lt_rows *rows,
			const int32_t *label, uint64_t at, struct lt_error *err)
{
	struct lt_split_member *member;
	uint64_t need = groups->n + rows->n;
	uint32_t i;
	int code;

	if (need > groups->room) {
		member = lt_grow_array(groups->member, need + need / 2, sizeof *member);
		if (!member)
			return lt_fail_memory(err);
		groups->member = member;
		groups->room = need + need / 2;
	}
	for (i = 0; i < rows->n; i++) {
		if (label[i] < 0)
			continue;
		member = &groups->member[groups->n];
		code = group_of(groups, input, header, rows, i, at + i, &member->group, err);
		if (code)
			return code;
		member->row = (uint64_t)label[i] << 48 | (at + i);
		groups->n++;
	}
	return 0;
}

/* ------------------------------------------------------------------------ sort */

static unsigned digit(const struct lt_split_member *member, int shift)
{
	return (shift >= 64 ? member->group >> (shift - 64) : member->row >> shift) & 255;
}

static bool comes_before(const struct lt_split_member *a, const struct lt_split_member *b)
{
	return a->group != b->group ? a->group < b->group : a->row < b->row;
}

static void insert(struct lt_split_member *member, uint64_t n)
{
	struct lt_split_member moved;
	uint64_t i, k;

	for (i = 1; i < n; i++) {
		moved = member[i];
		for (k = i; k > 0 && comes_before(&moved, &member[k - 1]); k--)
			member[k] = member[k - 1];
		member[k] = moved;
	}
}

/*
 * Sorts in place by the digits of the 128-bit key, first digit first ("American flag sort",
 * McIlroy, Bostic and McIlroy, Computing Systems 6, 1993).  The C library's qsort may allocate
 * as much memory again, which the ledger would not count.  The recursion is at most 16 deep.
 */
static void sort(struct lt_split_member *member, uint64_t n, int shift)
{
	uint64_t next[256], end[256], count[256] = {0}, i, sum = 0;
	struct lt_split_member moved, other;
	unsigned b, to;

	if (n < 32) {
		insert(member, n);
		return;
	}
	for (i = 0; i < n; i++)
		count[digit(&member[i], shift)]++;
	for (b = 0; b < 256; b++) {
		next[b] = sum;
		end[b] = sum += count[b];
	}
	for (b = 0; b < 256; b++) {
		while (next[b] < end[b]) {
			moved = member[next[b]];
			while ((to = digit(&moved, shift)) != b) {
				other = member[next[to]];
				member[next[to]++] = moved;
				moved = other;
			}
			member[next[b]++] = moved;
		}
	}
	for (b = 0; b < 256 && shift > 0; b++)
		if (count[b] > 1)
			sort(member + end[b] - count[b], count[b], shift - 8);
}

/* Frees the room for more rows. */
static void shrink(struct lt_split_groups *groups)
{
	struct lt_split_member *member =
		groups->n > 0 ? lt_grow_array(groups->member, groups->n, sizeof *member) : NULL;

	if (member) {
		groups->member = member;
		groups->room = groups->n;
	}
}

int lt_split_groups_sort(struct lt_split_groups *groups, struct lt_error *err)
{
	const struct lt_split_member *member;
	uint64_t i, n = 0;

	shrink(groups);
	sort(groups->member, groups->n, 120);
	member = groups->member;
	for (i = 0; i < groups->n; i++)
		n += i == 0 || member[i].group != member[i - 1].group;
	groups->start = lt_new_array(n + 1, sizeof *groups->start);
	if (!groups->start)
		return lt_fail_memory(err);
	groups->n_groups = n;
	for (i = n = 0; i < groups->n; i++)
		if (i == 0 || member[i].group != member[i - 1].group)
			groups->start[n++] = i;
	groups->start[n] = groups->n;
	return 0;
}
