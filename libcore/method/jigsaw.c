/* The jigsaw task: predict the order of shuffled tiles; see puzzle.h. */
#include <string.h>

#include "base/memory.h"
#include "method/puzzle.h"

const struct lt_about lt_jigsaw_about = {
	.summary = "tiles are shuffled, and the network predicts their order",
	.formula = "l = -log softmax(z)_r, r the order: of all 24 with grid 2, of 100 far "
		   "apart with "
		   "grid 3",
	.source = "Noroozi and Favaro, ECCV 2016, with tiles and orders of our own",
};

/* ------------------------------------------------------------------------- orders */

static void swap(uint8_t *order, int a, int b)
{
	uint8_t kept = order[a];

	order[a] = order[b];
	order[b] = kept;
}

/* The next in lexicographic order; false after the last. */
static bool next_order(uint8_t *order, int n)
{
	int tail = n - 1, other = n - 1;

	while (tail > 0 && order[tail - 1] > order[tail])
		tail--;
	if (tail == 0)
		return false;
	/* What stands before the falling tail grows by as little as it can. */
	while (order[other] < order[tail - 1])
		other--;
	swap(order, tail - 1, other);
	for (int last = n - 1; tail < last; tail++, last--)
		swap(order, tail, last);
	return true;
}

static void first_order(uint8_t *order, int n)
{
	for (int i = 0; i < n; i++)
		order[i] = (uint8_t)i;
}

static void take_all(struct lt_jigsaw *jigsaw)
{
	int cells = jigsaw->grid * jigsaw->grid;
	uint8_t order[LT_JIGSAW_CELLS];

	first_order(order, cells);
	do {
		memcpy(jigsaw->order[jigsaw->orders++], order, (size_t)cells);
	} while (next_order(order, cells));
}

/* One of the orders of nine, four bits a place, and how far it is from those chosen. */
struct candidate {
	uint64_t code;
	int16_t least, sum;
};

enum { CANDIDATES = 362880 }; /* 9! */

static uint64_t pack(const uint8_t *order)
{
	uint64_t code = 0;

	for (int i = 0; i < LT_JIGSAW_CELLS; i++)
		code |= (uint64_t)order[i] << (4 * i);
	return code;
}

/* Hamming distance: places of four bits that differ. */
static int distance(uint64_t a, uint64_t b)
{
	uint64_t differs = a ^ b;

	differs |= differs >> 2;
	differs |= differs >> 1;
	differs &= 0x111111111u;
	return (int)((differs * 0x1111111111111111u) >> 60);
}

/* The farthest after one more was chosen; of equals the first. */
static const struct candidate *farthest(struct candidate *candidate, uint64_t chosen)
{
	struct candidate *best = candidate;

	for (int i = 0; i < CANDIDATES; i++) {
		struct candidate *c = &candidate[i];
		int d = distance(c->code, chosen);

		c->sum = (int16_t)(c->sum + d);
		if (d < c->least)
			c->least = (int16_t)d;
		if (c->least > best->least || (c->least == best->least && c->sum > best->sum))
			best = c;
	}
	return best;
}

static int choose_far_apart(struct lt_jigsaw *jigsaw, struct lt_error *err)
{
	struct candidate *candidate = lt_new_array(CANDIDATES, sizeof *candidate);
	struct lt_draws draws = lt_draws_at(0, LT_FOR_JIGSAW, 2, 0, 0);
	uint32_t drawn[LT_JIGSAW_CELLS];
	uint8_t order[LT_JIGSAW_CELLS];
	uint64_t chosen;

	if (!candidate)
		return lt_fail_memory(err);
	first_order(order, LT_JIGSAW_CELLS);
	for (int i = 0; i < CANDIDATES; i++, next_order(order, LT_JIGSAW_CELLS))
		candidate[i] = (struct candidate){pack(order), LT_JIGSAW_CELLS + 1, 0};
	lt_draw_permutation(&draws, drawn, LT_JIGSAW_CELLS);
	for (int i = 0; i < LT_JIGSAW_CELLS; i++)
		order[i] = (uint8_t)drawn[i];
	chosen = pack(order);
	for (;;) {
		for (int i = 0; i < LT_JIGSAW_CELLS; i++)
			jigsaw->order[jigsaw->orders][i] = (uint8_t)(chosen >> (4 * i) & 15);
		if (++jigsaw->orders == LT_JIGSAW_ORDERS)
			break;
		chosen = farthest(candidate, chosen)->code;
	}
	lt_free(candidate);
	return 0;
}

/* -------------------------------------------------------------------------- tiles */

/* How a side is cut: cells begin at first, and tiles are that much smaller. */
struct side {
	int first, cell, tile;
};

static struct side cut(int pixels, int grid)
{
	int cell = pixels / grid;

	return (struct side){(pixels - grid * cell) / 2, cell, grid == 3 ? cell - 1 : cell};
}

static int play(const struct side *side, struct lt_draws *draws)
{
	return side->tile < side->cell ? (int)lt_draw_below(draws, 2) : 0;
}

static void put_tiles(const void *self, const float *in, int height, int width, int channels,
		      int label, struct lt_draws *draws, float *out)
{
	const struct lt_jigsaw *jigsaw = self;
	const uint8_t *order = jigsaw->order[label];
	int grid = jigsaw->grid;
	struct side down = cut(height, grid), across = cut(width, grid);
	size_t pixel = (size_t)channels, row = (size_t)width * pixel;

	memset(out, 0, (size_t)height * row * sizeof *out);
	for (int place = 0; place < grid * grid; place++) {
		int cell = order[place];
		int from_y = down.first + cell / grid * down.cell + play(&down, draws);
		int from_x = across.first + cell % grid * across.cell + play(&across, draws);
		int to_y = down.first + place / grid * down.cell;
		int to_x = across.first + place % grid * across.cell;

		for (int y = 0; y < down.tile; y++)
			memcpy(out + (size_t)(to_y + y) * row + (size_t)to_x * pixel,
			       in + (size_t)(from_y + y) * row + (size_t)from_x * pixel,
			       (size_t)across.tile * pixel * sizeof *out);
	}
}

int lt_jigsaw(struct lt_puzzle *puzzle, struct lt_jigsaw *jigsaw, int grid,
	      const struct lt_table *table, struct lt_error *err)
{
	int code = 0;

	if (cut(table->height, grid).tile < 1 || cut(table->width, grid).tile < 1)
		return lt_fail(err, LT_DATA, "images of %d×%d pixels: too small for --grid %d",
			       table->height, table->width, grid);
	memset(jigsaw, 0, sizeof *jigsaw);
	jigsaw->grid = grid;
	if (grid == 3)
		code = choose_far_apart(jigsaw, err);
	else
		take_all(jigsaw);
	*puzzle = (struct lt_puzzle){.classes = jigsaw->orders,
				     .accuracy = "jigsaw_accuracy",
				     .purpose = LT_FOR_JIGSAW,
				     .goes_on = true,
				     .change = put_tiles,
				     .self = jigsaw};
	return code;
}
