/*
 * Passes over blocks of tiles by Winograd's minimal filtering; see vector_winograd.h.
 */
#include <string.h>

#include "base/cpus.h"
#include "kernel/vector_winograd.h"

/* ------------------------------------------------------------------------ factors */

/* over_channels: for products over channels; over_tiles: for products over tiles. */
static enum factors over_channels(enum lt_precision precision)
{
	return precision != LT_BF16_FAST ? PLAIN : LT_PAIRS ? CHANNEL_PAIRS : ROUNDED;
}

static enum factors over_tiles(enum lt_precision precision)
{
	return precision != LT_BF16_FAST ? PLAIN : LT_PAIRS ? PLACE_PAIRS : ROUNDED;
}

/* Do the products over channels replace their factors?  Then m is v and takes no cache of its
 * own. */
static bool in_place(const struct lt_conv_shape *s)
{
	return products_in_place(s->in_c, s->out_c,
				 over_channels(s->precision) == CHANNEL_PAIRS);
}

/* ----------------------------------------------------------------------- geometry */

/* How the images of a pass are divided into blocks of at most TILES_MOST tiles. */
struct blocks {
	int rows, columns; /* tiles of an image */
	int images;	   /* whole images in a block, or 1 */
	int strip;	   /* tile rows of an image in a block */
	int chunk;	   /* tile columns of a tile row in a block */
};

/*
 * The number of tiles in a block.  With many tiles, the weights and the sums of their
 * gradient are read and written less often; with few, factors and products stay in the L2
 * cache together with the transformed weights.  The number does not affect the order of any
 * sum.
 */
static int tiles_wanted(const struct lt_conv_shape *s, bool back)
{
	size_t l2 = lt_l2_bytes(), weights = vk_winograd_weight_size(s) * sizeof(float);
	int channels = in_place(s) ? s->in_c : s->in_c + s->out_c;
	size_t matrices = (size_t)XI * TILES_MOST * channels * sizeof(float);

	return back || weights > l2 || matrices <= l2 / 4 ? TILES_MOST : TILES_MOST / 2;
}

static struct blocks blocks_of(const struct lt_conv_shape *s, bool back)
{
	int want = tiles_wanted(s, back);
	struct blocks b = {.rows = (s->in_h + TILE - 1) / TILE,
			   .columns = (s->in_w + TILE - 1) / TILE,
			   .images = 1};
	int image = b.rows * b.columns;

	b.chunk = b.columns < want ? b.columns : want;
	b.strip = b.chunk < b.columns ? 1 : want / b.columns;
	if (b.strip >= b.rows) {
		b.strip = b.rows;
		b.images = want / image;
	}
	return b;
}

/* Elements of one image's bordered plane, which holds whole tiles. */
static size_t plane_size(const struct blocks *b, int c)
{
	return ((size_t)(TILE * b->rows + 2) * (TILE * b->columns + 2) * c + 15) & ~(size_t)15;
}

static struct plane tiled(const struct blocks *b, float *memory, int h, int w, int c)
{
	return vk_bordered(memory, h, w, c, 1, TILE * b->rows + 1 - h,
			   TILE * b->columns + 1 - w);
}

bool vk_winograd_fits(const struct lt_conv_shape *s)
{
	return s->size == 3 && s->stride == 1 && s->in_c % 16 == 0 && s->in_h >= 7 &&
	       s->in_w >= 7;
}

/* The layout of the scratch memory. */
struct room {
	float *value, *d; /* planes of the images of a block */
	float *lines;	  /* 16 channels of a tile row after the vertical transform */
	float *v, *m;	  /* factors and products, see vector.h; in_place: v has both */
	float *rows;	  /* results of one tile row */
	float *sums;	  /* of the weight gradients, one matrix per point */
	size_t total;
};

static struct room rooms(const struct lt_conv_shape *s, float *memory)
{
	enum { PARTS = 7 };
	struct blocks b = blocks_of(s, true); /* backward blocks are the larger ones */
	int wide = s->in_c > s->out_c ? s->in_c : s->out_c;
	const size_t sizes[PARTS] = {
		plane_size(&b, s->in_c) * b.images,
		plane_size(&b, s->out_c) * b.images,
		(size_t)POINTS * LINE * 16,
		(size_t)wide / 16 * XI * POINT_STEP,
		(size_t)wide / 16 * XI * POINT_STEP,
		(size_t)TILE * TILE * b.columns * wide,
		XI * weight_point(s->in_c, s->out_c, false),
	};
	float *places[PARTS];
	size_t at = 0;

	for (int i = 0; i < PARTS; i++) {
		places[i] = memory ? memory + at : NULL;
		at += (sizes[i] + 31) & ~(size_t)31;
	}
	return (struct room){places[0], places[1], places[2], places[3],
			     places[4], places[5], places[6], at};
}

size_t vk_winograd_scratch(const struct lt_conv_shape *s)
{
	return rooms(s, NULL).total;
}

/* ------------------------------------------------------------------------- passes */

static int part_tiles(const struct part *part, const enum factors kind)
{
	return part->images * part->rows * row_places(part->columns, kind);
}

/* The number of image rows that the tile rows before `end` read. */
static int rows_read(int end, int h)
{
	return TILE * end + 1 < h ? TILE * end + 1 : h;
}

/* One past the last row of the results of tile row r. */
static int rows_end(int r, int h)
{
	return TILE * (r + 1) < h ? TILE * (r + 1) : h;
}

/*
 * The cells that the next strip will read: rows from `made` on of these images, or the
 * first rows of the next block.
 */
static struct next next_rows(const struct blocks *b, int h, size_t row, int at, int images,
			     int strip, int made)
{
	size_t plane = h * row;
	int end = strip + b->strip;

	/* The next strip is in these images, or it begins the next block. */
	if (end < b->rows)
		return (struct next){at * plane + made * row,
				     (rows_read(end + b->strip, h) - made) * row};
	return (struct next){(at + images) * plane,
			     b->images > 1 ? b->images * plane : rows_read(b->strip, h) * row};
}

/* The part of a strip that begins at this column. */
static struct part part_of(const struct blocks *b, int images, int strip, int rows, int column)
{
	int left = b->columns - column;

	return (struct part){images, strip, rows, column, left < b->chunk ? left : b->chunk};
}

/* Where the products over channels of a pass are. */
static float *products_of(const struct lt_conv_shape *s, const struct room *room)
{
	return in_place(s) ? room->v : room->m;
}

/* Computes the results of one tile row of a part; `rows` holds a whole tile row. */
static void part_row(const struct part *part, int r, const float *m, int c,
		     const struct blocks *b, float *rows)
{
	vk_winograd_results(m + (size_t)r * part->columns * 16, c, part->columns,
			    rows + (size_t)TILE * part->first_column * c,
			    (size_t)TILE * b->columns * c);
}

void vk_winograd_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	enum factors kind = over_channels(s->precision);
	struct blocks b = blocks_of(s, false);
	struct room room = rooms(s, scratch);
	size_t planes = plane_size(&b, s->in_c), row = (size_t)TILE * b.columns * s->out_c;
	struct plane plane = {0};
	float *m = products_of(s, &room);

	for (int i = b.images - 1; i >= 0; i--)
		plane = tiled(&b, room.value + i * planes, s->in_h, s->in_w, s->in_c);
	for (int at = first; at < first + n; at += b.images) {
		int images = first + n - at < b.images ? first + n - at : b.images, made = 0;

		for (int strip = 0; strip < b.rows; strip += b.strip) {
			int rows = b.rows - strip < b.strip ? b.rows - strip : b.strip;
			int read = rows_read(strip + rows, s->in_h);
			struct ahead ahead = {0};

			for (int i = 0; i < images; i++)
				vk_operand_rows(
					&pass->in, s->precision, pass->stream, at + i, made,
					read, (struct plane){plane.at + i * planes, plane.row});
			made = read;
			want_operand(&ahead, &pass->in,
				     next_rows(&b, s->in_h, (size_t)s->in_w * s->in_c, at,
					       images, strip, made),
				     lt_cell_size(s->precision));
			for (int column = 0; column < b.columns; column += b.chunk) {
				struct part part = part_of(&b, images, strip, rows, column);

				vk_winograd_inputs(&part, plane, planes, s->in_c, room.lines,
						   room.v, kind);
				vk_products(part_tiles(&part, kind), room.v, s->in_c,
					    pass->weight, m, s->out_c, kind == CHANNEL_PAIRS,
					    &ahead);
				ahead.n = 0;
				for (int t = 0; t < images * rows; t++) {
					int r = strip + t % rows;

					part_row(&part, t, m, s->out_c, &b, room.rows);
					if (column + part.columns == b.columns)
						vk_out_rows(pass, at + t / rows, TILE * r,
							    rows_end(r, s->out_h),
							    (struct results){room.rows, row,
									     s->out_c, 0,
									     s->out_c});
				}
			}
		}
	}
	end_stream(pass->stream);
}

/* The state of a backward pass over a block. */
struct backward {
	const struct lt_conv_backward *pass;
	struct blocks b;
	struct room room;
	struct plane value, d;
	size_t in_planes, out_planes;
	bool data;
	struct ahead ahead;
};

/* Prefetches what the next strip reads, and what is added to this strip's results. */
static void look_ahead(struct backward *w, int at, int images, int strip, int made)
{
	const struct lt_conv_backward *pass = w->pass;
	const struct lt_conv_shape *s = &pass->shape;
	size_t cell = lt_cell_size(s->precision);
	struct next in =
		next_rows(&w->b, s->in_h, (size_t)s->in_w * s->in_c, at, images, strip, made);
	struct next out = next_rows(&w->b, s->out_h, (size_t)s->out_w * s->out_c, at, images,
				    strip, made);

	w->ahead.n = 0;
	want_operand(&w->ahead, &pass->in, in, cell);
	want_cells(&w->ahead, pass->grad, out, cell);
	want_cells(&w->ahead, pass->raw, out, cell);
	if (!w->data)
		return;
	if (pass->in_grad.add_kind == LT_SKIP_SAME)
		want_cells(&w->ahead, pass->in_grad.add, in, cell);
	if (pass->in_grad.below[0] != pass->in.raw)
		want_cells(&w->ahead, pass->in_grad.below[0], in, cell);
}

static void make_rows(const struct backward *w, int at, int images, int from, int to)
{
	for (int i = 0; i < images; i++) {
		vk_operand_rows(&w->pass->in, w->pass->shape.precision, false, at + i, from, to,
				(struct plane){w->value.at + i * w->in_planes, w->value.row});
		vk_conv_gradient_rows(w->pass, at + i, from, to, 0, w->pass->shape.out_c,
				      (struct plane){w->d.at + i * w->out_planes, w->d.row});
	}
}

static void weights_back(struct backward *w, const struct part *part, int block0, int block1)
{
	const struct lt_conv_shape *s = &w->pass->shape;
	enum factors kind = over_tiles(s->precision);
	struct ahead none = {0};

	vk_winograd_inputs(part, w->value, w->in_planes, s->in_c, w->room.lines, w->room.v,
			   kind);
	vk_winograd_gradients(part, w->d, w->out_planes, s->out_c, w->room.lines, w->room.m,
			      kind);
	vk_outer_products(part_tiles(part, kind), w->room.v, s->in_c, w->room.m, s->out_c,
			  w->room.sums, block0, block1, kind == PLACE_PAIRS,
			  w->data ? &none : &w->ahead);
}

static void data_back(struct backward *w, const struct part *part, int at)
{
	const struct lt_conv_backward *pass = w->pass;
	const struct lt_conv_shape *s = &pass->shape;
	enum factors kind = over_channels(s->precision);
	size_t row = (size_t)TILE * w->b.columns * s->in_c;
	float *m = products_of(s, &w->room);

	vk_winograd_inputs(part, w->d, w->out_planes, s->out_c, w->room.lines, w->room.v, kind);
	vk_products(part_tiles(part, kind), w->room.v, s->out_c, pass->weight_back, m, s->in_c,
		    kind == CHANNEL_PAIRS, &w->ahead);
	for (int t = 0; t < part->images * part->rows; t++) {
		int r = part->first_row + t % part->rows, image = t / part->rows;

		part_row(part, t, m, s->in_c, &w->b, w->room.rows);
		if (part->first_column + part->columns == w->b.columns)
			vk_in_grad_rows(
				&pass->in_grad, &pass->in, s->precision, pass->stream,
				at + image, TILE * r, rows_end(r, s->in_h),
				(struct plane){w->value.at + image * w->in_planes,
					       w->value.row},
				(struct results){w->room.rows, row, s->in_c, 0, s->in_c});
	}
}

void vk_winograd_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			  int block0, int block1, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct backward w = {.pass = pass, .b = blocks_of(s, true), .room = rooms(s, scratch)};
	size_t weights = weight_point(s->in_c, s->out_c, false);

	w.in_planes = plane_size(&w.b, s->in_c);
	w.out_planes = plane_size(&w.b, s->out_c);
	w.data = (what & LT_BACK_DATA) && pass->in_grad.to;
	for (int i = w.b.images - 1; i >= 0; i--) {
		w.value =
			tiled(&w.b, w.room.value + i * w.in_planes, s->in_h, s->in_w, s->in_c);
		w.d = tiled(&w.b, w.room.d + i * w.out_planes, s->out_h, s->out_w, s->out_c);
	}
	if (what & LT_BACK_WEIGHTS)
		for (int xi = 0; xi < XI; xi++)
			memset(w.room.sums + xi * weights + (size_t)block0 * s->in_c * 16, 0,
			       (size_t)(block1 - block0) * s->in_c * 16 * sizeof *w.room.sums);
	for (int at = first; at < first + n; at += w.b.images) {
		int images = first + n - at < w.b.images ? first + n - at : w.b.images;
		int made = 0;

		for (int strip = 0; strip < w.b.rows; strip += w.b.strip) {
			int rows = w.b.rows - strip < w.b.strip ? w.b.rows - strip : w.b.strip;
			int read = rows_read(strip + rows, s->in_h);

			make_rows(&w, at, images, made, read);
			made = read;
			look_ahead(&w, at, images, strip, made);
			for (int column = 0; column < w.b.columns; column += w.b.chunk) {
				struct part part = part_of(&w.b, images, strip, rows, column);

				if (what & LT_BACK_WEIGHTS)
					weights_back(&w, &part, block0, block1);
				if (w.data)
					data_back(&w, &part, at);
				w.ahead.n = 0;
			}
		}
	}
	if (what & LT_BACK_WEIGHTS)
		vk_winograd_finish(s, w.room.sums, block0, block1, pass->weight_grad);
	end_stream(pass->stream);
}
