/*
 * Jigsaw puzzles: the orders against a second, simple implementation of the rule; tiles
 * against a second implementation of the cuts; and the balance of labels, also for
 * rotation.
 */
#include <stdlib.h>

#include "check.h"
#include "method/puzzle.h"

enum { CELLS = LT_JIGSAW_CELLS, MOST = 40 * 40 * 3, ALL = 362880 };

static struct lt_jigsaw two, three;
static struct lt_puzzle puzzle_2, puzzle_3;
static float image[MOST], out[MOST], again[MOST];

static struct lt_table table_of(int height, int width)
{
	return (struct lt_table){.n = 1, .height = height, .width = width, .channels = 3};
}

static void make_puzzles(void)
{
	struct lt_table table = table_of(32, 32);
	struct lt_error err;

	check_int(lt_jigsaw(&puzzle_2, &two, 2, &table, &err), 0);
	check_int(lt_jigsaw(&puzzle_3, &three, 3, &table, &err), 0);
	check_int(puzzle_2.classes, 24);
	check_int(puzzle_3.classes, 100);
	for (int i = 0; i < MOST; i++)
		image[i] = (float)(i + 1);
}

/* ------------------------------------------------------------------------- orders */

static int differing(const uint8_t *a, const uint8_t *b, int n)
{
	int d = 0;

	for (int i = 0; i < n; i++)
		d += a[i] != b[i];
	return d;
}

static int smallest_distance(const struct lt_jigsaw *jigsaw)
{
	int cells = jigsaw->grid * jigsaw->grid, least = cells;

	for (int i = 0; i < jigsaw->orders; i++)
		for (int j = 0; j < i; j++) {
			int d = differing(jigsaw->order[i], jigsaw->order[j], cells);

			least = d < least ? d : least;
		}
	return least;
}

static bool are_permutations(const struct lt_jigsaw *jigsaw)
{
	int cells = jigsaw->grid * jigsaw->grid;

	for (int i = 0; i < jigsaw->orders; i++) {
		int seen = 0;

		for (int k = 0; k < cells; k++)
			seen |= 1 << jigsaw->order[i][k];
		if (seen != (1 << cells) - 1)
			return false;
	}
	return true;
}

/* The nth order in lexicographic order, from its digits in the factorial base. */
static void nth_order(int n, uint8_t *order)
{
	int left[CELLS], factorial = ALL;

	for (int i = 0; i < CELLS; i++)
		left[i] = i;
	for (int i = 0; i < CELLS; i++) {
		factorial /= CELLS - i;
		order[i] = (uint8_t)left[n / factorial];
		for (int j = n / factorial; j < CELLS - 1 - i; j++)
			left[j] = left[j + 1];
		n %= factorial;
	}
}

/* Is each order the one that the rule chooses after those before it? */
static bool chosen_by_the_rule(void)
{
	uint8_t(*all)[CELLS] = malloc(ALL * sizeof *all), best_order[CELLS];
	int *least = malloc(ALL * sizeof *least), *sum = calloc(ALL, sizeof *sum);
	bool good = true;

	if (!all || !least || !sum)
		abort();
	for (int i = 0; i < ALL; i++) {
		nth_order(i, all[i]);
		least[i] = CELLS;
	}
	for (int next = 1; next < three.orders; next++) {
		int best = -1;

		for (int i = 0; i < ALL; i++) {
			int d = differing(all[i], three.order[next - 1], CELLS);

			sum[i] += d;
			least[i] = d < least[i] ? d : least[i];
			if (best < 0 || least[i] > least[best] ||
			    (least[i] == least[best] && sum[i] > sum[best]))
				best = i;
		}
		memcpy(best_order, all[best], sizeof best_order);
		good = good && memcmp(best_order, three.order[next], CELLS) == 0;
	}
	free(all);
	free(least);
	free(sum);
	return good;
}

static void orders(void)
{
	struct lt_draws draws = lt_draws_at(0, LT_FOR_JIGSAW, 2, 0, 0);
	uint32_t drawn[CELLS];
	bool first = true;

	check(are_permutations(&two));
	check_named(two.order[0][0] == 0 && two.order[0][3] == 3 && two.order[23][0] == 3,
		    "the orders of four begin with 0123 and end with 3210");
	check_int(smallest_distance(&two), 2);
	check(are_permutations(&three));
	check_int(smallest_distance(&three), 6);
	lt_draw_permutation(&draws, drawn, CELLS);
	for (int i = 0; i < CELLS; i++)
		first = first && drawn[i] == three.order[0][i];
	check_named(first, "the first order of nine is drawn with seed 0");
	check_named(chosen_by_the_rule(), "each order is the farthest from those before it");
}

/* -------------------------------------------------------------------------- tiles */

static struct lt_draws draws_of(int slot)
{
	return lt_draws_at(3, LT_FOR_JIGSAW, 1, 5, (uint32_t)slot);
}

static void change(const struct lt_puzzle *puzzle, const float *in, int h, int w, int label,
		   int slot, float *to)
{
	struct lt_draws draws = draws_of(slot);

	puzzle->change(puzzle->self, in, h, w, 3, label, &draws, to);
}

static int inverse_of(int label)
{
	uint8_t inverse[4];

	for (int k = 0; k < 4; k++)
		inverse[two.order[label][k]] = (uint8_t)k;
	for (int i = 0; i < two.orders; i++)
		if (memcmp(two.order[i], inverse, sizeof inverse) == 0)
			return i;
	return -1;
}

/*
 * Are these h × w pixels those of the image, with 0 in the last row or column of an odd
 * side?
 */
static bool is_image(const float *a, int h, int w)
{
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w * 3; x++) {
			bool outside = y >= h / 2 * 2 || x >= w / 2 * 6;

			if (a[y * w * 3 + x] != (outside ? 0 : image[y * w * 3 + x]))
				return false;
		}
	return true;
}

static void there_and_back(int h, int w)
{
	bool good = true, moved = true;
	char name[64];

	for (int label = 0; label < two.orders; label++) {
		change(&puzzle_2, image, h, w, label, 0, out);
		moved = moved && is_image(out, h, w) == (label == 0);
		change(&puzzle_2, out, h, w, inverse_of(label), 1, again);
		good = good && is_image(again, h, w);
	}
	snprintf(name, sizeof name, "%d×%d: an order and its inverse give the image", h, w);
	check_named(good, name);
	check_named(moved, "and only the first order does so alone");
}

/* Are the pixels those that a 3 × 3 puzzle must have, each from its place, or empty? */
static bool is_puzzle(const float *got, int h, int w, int label, int slot, int *plays)
{
	struct lt_draws draws = draws_of(slot);
	int ch = h / 3, cw = w / 3, top = (h - 3 * ch) / 2, left = (w - 3 * cw) / 2;
	int dy[CELLS], dx[CELLS];

	for (int k = 0; k < CELLS; k++) {
		dy[k] = (int)lt_draw_below(&draws, 2);
		dx[k] = (int)lt_draw_below(&draws, 2);
		plays[2 * dy[k] + dx[k]]++;
	}
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			int in_y = y - top, in_x = x - left;
			float want[3] = {0, 0, 0};

			if (in_y >= 0 && in_y < 3 * ch && in_y % ch < ch - 1 && in_x >= 0 &&
			    in_x < 3 * cw && in_x % cw < cw - 1) {
				int place = in_y / ch * 3 + in_x / cw;
				int cell = three.order[label][place];
				int from_y = in_y % ch + dy[place],
				    from_x = in_x % cw + dx[place];

				/* A tile does not leave its cell. */
				if (from_y >= ch || from_x >= cw)
					return false;
				from_y += top + cell / 3 * ch;
				from_x += left + cell % 3 * cw;
				memcpy(want, image + (from_y * w + from_x) * 3, sizeof want);
			}
			if (memcmp(got + (y * w + x) * 3, want, sizeof want) != 0)
				return false;
		}
	return true;
}

static void nine_tiles(int h, int w)
{
	int plays[4] = {0, 0, 0, 0};
	bool good = true;
	char name[64];

	for (int slot = 0; slot < 300; slot++) {
		change(&puzzle_3, image, h, w, slot % 100, slot, out);
		good = good && is_puzzle(out, h, w, slot % 100, slot, plays);
	}
	snprintf(name, sizeof name, "%d×%d: nine tiles, each from its cell", h, w);
	check_named(good, name);
	/* 2700 draws with four equal probabilities. */
	for (int i = 0; i < 4; i++)
		check(plays[i] > 580 && plays[i] < 770);
}

static void sizes(void)
{
	struct lt_table table = table_of(5, 8);
	struct lt_jigsaw jigsaw;
	struct lt_puzzle puzzle;
	struct lt_error err;

	check_int(lt_jigsaw(&puzzle, &jigsaw, 2, &table, &err), 0);
	check_int(lt_jigsaw(&puzzle, &jigsaw, 3, &table, &err), LT_DATA);
	check_text(err.text, "images of 5×8 pixels: too small for --grid 3");
	table = table_of(6, 8);
	check_int(lt_jigsaw(&puzzle, &jigsaw, 3, &table, &err), 0);
	table = table_of(8, 5);
	check_int(lt_jigsaw(&puzzle, &jigsaw, 3, &table, &err), LT_DATA);
}

/* ------------------------------------------------------------------------- labels */

/* The largest difference between the counts of the classes, over all batches of some epochs. */
static int spread(const struct lt_puzzle *puzzle, int rows, int size, int epochs, int *batches)
{
	uint32_t shuffle[256];
	int32_t label[256];
	int count[100] = {0}, least, most, worst = 0;

	for (int epoch = 1; epoch <= epochs; epoch++)
		for (int first = 0; first < rows; first += size) {
			int here[100] = {0}, n = rows - first < size ? rows - first : size;
			struct lt_batch batch = {
				.n = n, .slot = (uint32_t)first, .epoch = (uint32_t)epoch};

			lt_puzzle_labels(puzzle, 1, (uint64_t)rows, &batch, shuffle, label);
			for (int i = 0; i < n; i++) {
				here[label[i]]++;
				count[label[i]]++;
			}
			least = most = here[0];
			for (int c = 1; c < puzzle->classes; c++) {
				least = here[c] < least ? here[c] : least;
				most = here[c] > most ? here[c] : most;
			}
			worst = most - least > worst ? most - least : worst;
		}
	*batches = worst;
	least = most = count[0];
	for (int c = 1; c < puzzle->classes; c++) {
		least = count[c] < least ? count[c] : least;
		most = count[c] > most ? count[c] : most;
	}
	return most - least;
}

static void labels(void)
{
	struct lt_table table = table_of(8, 8);
	struct lt_batch batch = {.n = 5, .slot = 5, .epoch = 2};
	struct lt_puzzle rotation;
	uint32_t shuffle[5];
	int32_t label[5];
	struct lt_error err;
	int in_batch, count[4] = {0};

	check_int(spread(&puzzle_2, 1000, 128, 3, &in_batch) <= 1, 1);
	check_int(in_batch, 1);
	check_int(spread(&puzzle_2, 96, 48, 1, &in_batch), 0);
	check_int(in_batch, 0);
	/* Fewer rows than orders: each order still occurs. */
	check_int(spread(&puzzle_3, 28, 8, 25, &in_batch), 0);
	check_int(in_batch, 1);
	check_int(spread(&puzzle_3, 64, 64, 3, &in_batch), 1);

	check_int(lt_rotation(&rotation, &table, &err), 0);
	check_int(spread(&rotation, 1000, 128, 3, &in_batch), 0);
	/*
	 * As the targets of the authors' code: 0, 1, 2, 3, 0 in a random order, in every
	 * batch.
	 */
	lt_puzzle_labels(&rotation, 1, 10, &batch, shuffle, label);
	for (int i = 0; i < 5; i++)
		count[label[i]]++;
	check(count[0] == 2 && count[1] == 1 && count[2] == 1 && count[3] == 1);
}

int main(void)
{
	make_puzzles();
	orders();
	there_and_back(8, 8);
	there_and_back(32, 32);
	there_and_back(12, 8);
	there_and_back(9, 7);
	nine_tiles(32, 32);
	nine_tiles(12, 15);
	nine_tiles(8, 6);
	nine_tiles(40, 34);
	sizes();
	labels();
	return check_done();
}
