/* Panels of gathered factors, and products with them.  See vector_product.h. */
#include "kernel/vector_product.h"

void vk_product_pixels(const struct grid *g, int first, int n, bool for_pairs,
		       struct list *list)
{
	int plane = g->rows * g->columns, image = first / plane, pixel = first % plane;
	int y = pixel / g->columns, x = pixel % g->columns;

	list->n = 0;
	for (int i = 0; i < n; i++) {
		list->at[list->n++] = g->at + image * g->image + y * g->row + x * g->column;
		if (++x < g->columns)
			continue;
		x = 0;
		if (++y < g->rows)
			continue;
		y = 0;
		image++;
		if (for_pairs && plane % 2)
			list->at[list->n++] = NULL;
	}
	if (for_pairs && list->n % 2)
		list->at[list->n++] = NULL;
}

int vk_product_at_once(const struct grid *g, bool for_pairs)
{
	int plane = g->rows * g->columns, all = g->images * plane;

	/* Zeros are added to each image. */
	if (for_pairs && plane % 2 && plane < PIXELS_MOST)
		return evenly(g->images, PIXELS_MOST / (plane + 1)) * plane;
	return (evenly(all, PIXELS_MOST) + 1) & ~1;
}

/* n numbers as factors, rounded up to whole vectors. */
INLINE void copy_factors(const float *from, int n, float *to, const enum factors kind)
{
	int i = 0;

#if LT_PAIRS
	if (kind == CHANNEL_PAIRS) {
		for (; i + 2 * LANES <= n; i += 2 * LANES)
			store(to + i / 2, side_by_side(load(from + i), load(from + i + LANES)));
		if (i < n)
			put(to + i / 2, 0, load(from + i), true, false);
		return;
	}
#endif
	for (; i < n; i += LANES)
		store(to + i, kind == ROUNDED ? rounded(load(from + i)) : load(from + i));
}

/* Pairs of numbers at a and b, each NULL for zeros. */
INLINE void pair_factors(const float *a, const float *b, int n, float *to)
{
#if LT_PAIRS
	for (int i = 0; i < n; i += LANES)
		store(to + i, interleaved(a ? load(a + i) : all(0), b ? load(b + i) : all(0)));
#else
	(void)a, (void)b, (void)n, (void)to;
#endif
}

/* A part of a run, at its place in the panel. */
struct piece {
	ptrdiff_t at;
	int n, to;
};

/* `most` numbers or fewer, so many that the loop over them can be unrolled; 0: any number. */
INLINE void gather_piece(const struct list *list, struct piece piece, const int most,
			 float *panel, const enum factors kind)
{
	panel += piece.to / (kind == CHANNEL_PAIRS ? 2 : 1);
	if (kind == PLACE_PAIRS) {
		for (int p = 0; p < list->n; p += 2, panel += PANEL_STEP) {
			const float *a = list->at[p], *b = list->at[p + 1];

			pair_factors(a ? a + piece.at : NULL, b ? b + piece.at : NULL, piece.n,
				     panel);
		}
		return;
	}
	for (int p = 0; p < list->n; p++, panel += PANEL_STEP)
		copy_factors(list->at[p] + piece.at, most ? most : piece.n, panel, kind);
}

/* In order, since the last vector of a piece may overlap the next piece. */
INLINE void gather_pieces(const struct list *list, const struct piece *piece, int pieces,
			  float *panel, const enum factors kind)
{
	for (int i = 0; i < pieces; i++) {
		int vectors = kind == CHANNEL_PAIRS || kind == PLACE_PAIRS
				      ? 0
				      : (piece[i].n + LANES - 1) / LANES;

		if (vectors == 1)
			gather_piece(list, piece[i], LANES, panel, kind);
		else if (vectors == 2)
			gather_piece(list, piece[i], 2 * LANES, panel, kind);
		else if (vectors == 3)
			gather_piece(list, piece[i], 3 * LANES, panel, kind);
		else
			gather_piece(list, piece[i], 0, panel, kind);
	}
}

void vk_product_gather(const struct list *list, const struct runs *runs, int k0, int n,
		       float *panel, enum factors kind)
{
	struct piece piece[TAPS_MOST];
	int pieces = 0;

	for (int k = k0, run, from; k < k0 + n; pieces++) {
		struct piece *p = &piece[pieces];

		run = k / runs->length;
		from = k % runs->length;
		*p = (struct piece){runs->at[run] + from, runs->length - from, k - k0};
		if (p->n > k0 + n - k)
			p->n = k0 + n - k;
		k += p->n;
	}
	switch (kind) {
	case PLAIN:
		gather_pieces(list, piece, pieces, panel, PLAIN);
		break;
	case ROUNDED:
		gather_pieces(list, piece, pieces, panel, ROUNDED);
		break;
	case CHANNEL_PAIRS:
		gather_pieces(list, piece, pieces, panel, CHANNEL_PAIRS);
		break;
	case PLACE_PAIRS:
		gather_pieces(list, piece, pieces, panel, PLACE_PAIRS);
	}
}

/* The channels that are finished at a time. */
enum { FINISHED = 32 };

/* The last panel of a grid: n words of the sums, from word k on. */
static void multiply_last(const struct product *m, int pixels, int k, int n, float *to,
			  size_t step, bool pairs)
{
	for (int c = 0; c < m->out; c += FINISHED) {
		int channels = m->out - c < FINISHED ? m->out - c : FINISHED;
		/* The whole results are in one panel and one part: their memory is reused. */
		size_t at = step == (size_t)m->out ? (size_t)c : 0;

		vk_panel_products(m->panel, pixels, n,
				  m->weight + (size_t)k * 16 + c / 16 * m->block_size,
				  m->block_size, channels, to + at, step, k == 0, pairs, NULL);
		m->finish(m->of, (struct results){m->to + at, step * m->grid.columns, step, c,
						  c + channels});
	}
}

void vk_product_grid(const struct product *m)
{
	enum factors kind = over_channels(m->shape);
	bool pairs = kind == CHANNEL_PAIRS;
	int numbers = pairs ? 2 : 1; /* in a word */
	int depth = m->runs.n * m->runs.length, part = part_of(depth, DEEP * numbers);
	int all = m->grid.images * m->grid.rows * m->grid.columns;
	int pixels = vk_product_at_once(&m->grid, false);
	size_t step = m->finish && pixels >= all && part >= depth && m->out > FINISHED
			      ? (size_t)FINISHED
			      : (size_t)m->out;
	struct list list;

	for (int p = 0; p < all; p += pixels) {
		vk_product_pixels(&m->grid, p, all - p < pixels ? all - p : pixels, false,
				  &list);
		for (int k = 0; k < depth; k += part) {
			int n = depth - k < part ? depth - k : part;
			float *to = m->to + p * step;

			vk_product_gather(&list, &m->runs, k, n, m->panel, kind);
			if (m->finish && p + pixels >= all && k + part >= depth)
				multiply_last(m, list.n, k / numbers, n / numbers, to, step,
					      pairs);
			else
				vk_panel_products(m->panel, list.n, n / numbers,
						  m->weight + (size_t)k / numbers * 16,
						  m->block_size, m->out, to, step, k == 0,
						  pairs, NULL);
		}
	}
}
