/* Convolutions as products of matrices: the passes.  See vector_product.h. */
#include <string.h>

#include "kernel/vector_product.h"

/* How the outputs of a pass are divided. */
struct chunks {
	int rows, images; /* whole groups of ROWS; more than one image only with all rows */
};

static struct chunks chunks_of(const struct lt_conv_shape *s)
{
	int group = ROWS * s->out_w, plane = s->out_h * s->out_w;
	struct chunks c = {.rows = group < PIXELS_MOST ? ROWS * (PIXELS_MOST / group) : ROWS,
			   .images = 1};

	if (plane <= PIXELS_MOST) {
		c.rows = s->out_h;
		c.images = PIXELS_MOST / plane;
	}
	c.rows = c.rows < s->out_h ? c.rows : s->out_h;
	return c;
}

/* The numbers in a sum. */
static int depth_of(const struct lt_conv_shape *s)
{
	return s->size * s->size * s->in_c;
}

/* The layout of the scratch memory. */
struct room {
	float *value, *d;	/* bordered planes of the images of a chunk; with 1×1 taps, of
				   the rows of a chunk alone, so that they stay in a cache */
	float *panel, *d_panel; /* gathered factors */
	float *results;		/* outputs, or gradients at the inputs of a phase */
	float *spread;		/* with stride 2: gradients at all inputs */
	size_t value_step, d_step; /* between the planes of images */
	size_t total;
};

static size_t line(size_t n)
{
	return (n + 15) & ~(size_t)15;
}

static struct room rooms(const struct lt_conv_shape *s, float *scratch)
{
	struct chunks c = chunks_of(s);
	int pad = s->size / 2;
	size_t pixels = (size_t)c.images * c.rows * s->out_w, images = (size_t)c.images;
	size_t wide = (size_t)(s->in_c > s->out_c ? s->in_c : s->out_c);
	/* Whole blocks are computed. */
	size_t results = line((pixels + PIXELS) * wide);
	size_t panel = (size_t)(PIXELS_MOST + PIXELS) * PANEL_STEP;
	bool all = s->stride == 1;
	struct room room = {.value = scratch};

	room.value_step = bordered_size(pad ? s->in_h : c.rows * s->stride, s->in_w, s->in_c,
					pad, pad, pad);
	room.d_step = bordered_size(pad ? s->out_h : c.rows, s->out_w, s->out_c, pad, pad, pad);
	room.d = room.value + images * room.value_step;
	room.panel = room.d + images * room.d_step;
	room.d_panel = room.panel + panel;
	room.results = room.d_panel + panel;
	room.spread = room.results + results;
	room.total = images * (room.value_step + room.d_step) + 2 * panel + results +
		     (all ? 0 : line(images * c.rows * s->stride * s->in_w * (size_t)s->in_c));
	return room;
}

size_t vk_product_scratch(const struct lt_conv_shape *s)
{
	return rooms(s, NULL).total;
}

/* --------------------------------------------------------------------------- chunks */

struct chunk {
	int image, images;
	int y0, y1;	  /* rows of output */
	int in_y0, in_y1; /* rows of input whose gradients are computed */
};

static struct chunk chunk_at(const struct lt_conv_shape *s, int image, int images, int y0,
			     int rows)
{
	struct chunk c = {.image = image, .images = images, .y0 = y0};

	c.y1 = y0 + rows < s->out_h ? y0 + rows : s->out_h;
	c.in_y0 = y0 * s->stride;
	/* If the number of rows is odd, the last row has no row below it. */
	c.in_y1 = c.y1 * s->stride < s->in_h ? c.y1 * s->stride : s->in_h;
	return c;
}

/* The planes of the images of a chunk, with their borders; at points to row 0 of an image. */
static struct plane planes(float *memory, size_t step, int images, int h, int w, int c, int pad)
{
	struct plane plane = {0};

	if (!pad)
		return (struct plane){memory, w * c};
	for (int i = images - 1; i >= 0; i--)
		plane = vk_bordered(memory + i * step, h, w, c, pad, pad, pad);
	return plane;
}

/* The plane of image i of a chunk whose first row is y0. */
static struct plane plane_at(struct plane first, size_t step, int i, int y0, int pad)
{
	return (struct plane){first.at + i * step - (pad ? 0 : (ptrdiff_t)y0 * first.row),
			      first.row};
}

/* The number of rows of input that must exist for the outputs of a chunk. */
static int rows_read(const struct lt_conv_shape *s, const struct chunk *c)
{
	int taps = (c->y1 - 1) * s->stride + s->size - s->size / 2;
	int rows = taps > c->in_y1 ? taps : c->in_y1;

	return c->y1 == s->out_h || rows > s->in_h ? s->in_h : rows;
}

/* What the outputs of a chunk meet. */
static struct grid inputs(const struct lt_conv_shape *s, const struct chunk *c,
			  struct plane value, size_t step)
{
	int pad = s->size / 2;

	value = plane_at(value, step, 0, c->in_y0, pad);
	return (struct grid){value.at + (ptrdiff_t)(c->in_y0 - pad) * value.row -
				     (ptrdiff_t)pad * s->in_c,
			     c->images,
			     c->y1 - c->y0,
			     s->out_w,
			     step,
			     (size_t)s->stride * value.row,
			     (size_t)s->stride * s->in_c};
}

/* The taps of a kernel row are contiguous. */
static struct runs kernel_rows(const struct lt_conv_shape *s, struct plane value)
{
	struct runs runs = {s->size, s->size * s->in_c, {0}};

	for (int kh = 0; kh < s->size; kh++)
		runs.at[kh] = (ptrdiff_t)kh * value.row;
	return runs;
}

/* -------------------------------------------------------------------------- forward */

/* Where the results of a chunk go. */
struct forward {
	const struct lt_conv_forward *pass;
	struct chunk chunk;
};

static void finish_forward(void *of, struct results results)
{
	const struct forward *f = of;
	const struct chunk *c = &f->chunk;

	for (int i = 0; i < c->images; i++)
		for (int y = c->y0, next; y < c->y1; y = next) {
			next = y + ROWS < c->y1 ? y + ROWS : c->y1;
			vk_out_rows(f->pass, c->image + i, y, next, results);
			results.at += (next - y) * results.row;
		}
}

void vk_product_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct room room = rooms(s, scratch);
	struct chunks chunks = chunks_of(s);
	int images = evenly(n, chunks.images), made;
	struct plane value = planes(room.value, room.value_step, images, s->in_h, s->in_w,
				    s->in_c, s->size / 2);
	struct forward forward = {.pass = pass};
	struct product product = {
		.shape = s,
		.runs = kernel_rows(s, value),
		.weight = pass->weight,
		.block_size = (size_t)words_of(s, depth_of(s)) * 16,
		.out = s->out_c,
		.panel = room.panel,
		.to = room.results,
		.finish = finish_forward,
		.of = &forward,
	};

	for (int at = first; at < first + n; at += images) {
		made = 0;
		for (int y = 0; y < s->out_h; y += chunks.rows) {
			struct chunk c = chunk_at(
				s, at, first + n - at < images ? first + n - at : images, y,
				chunks.rows);
			int end = rows_read(s, &c);

			for (int i = 0; i < c.images; i++)
				vk_operand_rows(&pass->in, s->precision, pass->stream, at + i,
						made, end,
						plane_at(value, room.value_step, i, c.in_y0,
							 s->size / 2));
			made = end;
			forward.chunk = c;
			product.grid = inputs(s, &c, value, room.value_step);
			vk_product_grid(&product);
		}
	}
	end_stream(pass->stream);
}

/* ------------------------------------------------------------------------- backward */

/* The state of a backward pass. */
struct backward {
	const struct lt_conv_backward *pass;
	struct room room;
	struct plane value, d;
	bool needs_value; /* for gradients of weights, or as a mask */
	int k0, k1;	  /* the channels of d that are needed */
};

/* The gradients of blocks of 16 output channels from the pixels of a chunk. */
static void weights_back(const struct backward *w, const struct chunk *c, int block0,
			 int block1)
{
	const struct lt_conv_shape *s = &w->pass->shape;
	enum factors kind = over_pixels(s);
	bool pairs = kind == PLACE_PAIRS;
	int depth = depth_of(s), channels = (block1 - block0) * 16;
	int part = part_of(depth, DEEP), d_part = part_of(channels, DEEP);
	int all = c->images * (c->y1 - c->y0) * s->out_w;
	struct grid x = inputs(s, c, w->value, w->room.value_step);
	struct grid d = {plane_at(w->d, 0, 0, c->y0, s->size / 2).at +
				 (ptrdiff_t)c->y0 * w->d.row + (ptrdiff_t)block0 * 16,
			 c->images,
			 c->y1 - c->y0,
			 s->out_w,
			 w->room.d_step,
			 (size_t)w->d.row,
			 (size_t)s->out_c};
	struct runs x_runs = kernel_rows(s, w->value), d_runs = {1, channels, {0}};
	int step = vk_product_at_once(&x, pairs);
	struct list list;

	for (int p = 0; p < all; p += step) {
		int n = all - p < step ? all - p : step;

		for (int k = 0; k < channels; k += d_part) {
			int outs = channels - k < d_part ? channels - k : d_part;

			vk_product_pixels(&d, p, n, pairs, &list);
			vk_product_gather(&list, &d_runs, k, outs, w->room.d_panel, kind);
			vk_product_pixels(&x, p, n, pairs, &list);
			for (int j = 0; j < depth; j += part) {
				int ins = depth - j < part ? depth - j : part;
				float *to = w->pass->weight_grad +
					    ((size_t)(block0 + k / 16) * depth + j) * 16;

				vk_product_gather(&list, &x_runs, j, ins, w->room.panel, kind);
				vk_panel_outer(w->room.panel, ins, w->room.d_panel, outs,
					       pairs ? list.n / 2 : list.n, to,
					       (size_t)depth * 16, pairs);
			}
		}
	}
}

/*
 * Puts the gradients of the inputs of a phase in their places; NULL: zeros, as three quarters
 * of the inputs have with 1×1 taps.
 */
static void spread_out(const struct lt_conv_shape *s, const struct chunk *c,
		       const struct grid *grid, int py, int px, const float *from, float *to)
{
	size_t row = (size_t)s->in_w * s->in_c, pixel = (size_t)s->in_c * sizeof *to;
	int rows = c->in_y1 - c->in_y0;

	for (int i = 0; i < grid->images; i++)
		for (int y = 0; y < grid->rows; y++)
			for (int x = 0; x < grid->columns; x++) {
				float *at = to + ((size_t)i * rows + y * s->stride + py) * row +
					    (size_t)(x * s->stride + px) * s->in_c;

				if (from)
					memcpy(at, from, pixel);
				else
					memset(at, 0, pixel);
				from += from ? s->in_c : 0;
			}
}

/* Where the gradients at the inputs of a chunk go. */
struct data {
	const struct backward *w;
	const struct chunk *chunk;
};

static void finish_data(void *of, struct results results)
{
	const struct data *data = of;
	const struct backward *w = data->w;
	const struct lt_conv_backward *pass = w->pass;
	const struct chunk *c = data->chunk;

	for (int i = 0; i < c->images; i++)
		for (int y = c->in_y0, next; y < c->in_y1; y = next) {
			next = y + ROWS < c->in_y1 ? y + ROWS : c->in_y1;
			vk_in_grad_rows(&pass->in_grad, &pass->in, pass->shape.precision,
					pass->stream, c->image + i, y, next,
					plane_at(w->value, w->room.value_step, i, c->in_y0,
						 pass->shape.size / 2),
					results);
			results.at += (next - y) * results.row;
		}
}

/* g = weightᵀ ⊛ d for the pixels of a phase; `before` taps belong to earlier phases. */
static void phase_back(const struct backward *w, const struct chunk *c, int py, int px,
		       int *before)
{
	const struct lt_conv_shape *s = &w->pass->shape;
	int deep = words_of(s, s->out_c), stride = s->stride;
	struct phase phase = vk_product_phase(s, py, px);
	struct data data = {w, c};
	struct product product = {
		.shape = s,
		.grid = {plane_at(w->d, 0, 0, c->y0, s->size / 2).at +
				 (ptrdiff_t)c->y0 * w->d.row,
			 c->images, (c->in_y1 - c->in_y0 - py + stride - 1) / stride,
			 (s->in_w - px + stride - 1) / stride, w->room.d_step, (size_t)w->d.row,
			 (size_t)s->out_c},
		.runs = {phase.n, s->out_c, {0}},
		.weight = w->pass->weight_back + (size_t)*before * deep * 16,
		.block_size = (size_t)s->size * s->size * deep * 16,
		.out = s->in_c,
		.panel = w->room.panel,
		.to = w->room.results,
		.finish = stride > 1 ? NULL : finish_data,
		.of = &data,
	};

	for (int t = 0; t < phase.n; t++)
		product.runs.at[t] = (ptrdiff_t)phase.tap[t].dy * w->d.row +
				     (ptrdiff_t)phase.tap[t].dx * s->out_c;
	if (phase.n)
		vk_product_grid(&product);
	if (stride > 1)
		spread_out(s, c, &product.grid, py, px, phase.n ? w->room.results : NULL,
			   w->room.spread);
	*before += phase.n;
}

static void data_back(const struct backward *w, const struct chunk *c)
{
	const struct lt_conv_shape *s = &w->pass->shape;
	struct data data = {w, c};
	int before = 0;

	for (int p = 0; p < s->stride * s->stride; p++)
		phase_back(w, c, p / s->stride, p % s->stride, &before);
	if (s->stride > 1)
		finish_data(&data, (struct results){w->room.spread, (size_t)s->in_w * s->in_c,
						    (size_t)s->in_c, 0, s->in_c});
}

/* The number of rows of d that must exist for the gradients at the inputs of a chunk. */
static int d_rows_read(const struct lt_conv_shape *s, const struct chunk *c)
{
	int rows = c->y1 + (s->stride - 1 + s->size / 2) / s->stride;

	return rows < s->out_h ? rows : s->out_h;
}

/* Computes rows of the operand and of d for the images of a chunk. */
static void make_rows(const struct backward *w, const struct chunk *c, int from, int to,
		      int d_from, int d_to)
{
	const struct lt_conv_backward *pass = w->pass;
	int pad = pass->shape.size / 2;

	for (int i = 0; i < c->images; i++) {
		if (w->needs_value)
			vk_operand_rows(
				&pass->in, pass->shape.precision, false, c->image + i, from, to,
				plane_at(w->value, w->room.value_step, i, c->in_y0, pad));
		vk_conv_gradient_rows(pass, c->image + i, d_from, d_to, w->k0, w->k1,
				      plane_at(w->d, w->room.d_step, i, c->y0, pad));
	}
}

void vk_product_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			 int block0, int block1, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct backward w = {.pass = pass, .room = rooms(s, scratch)};
	struct chunks chunks = chunks_of(s);
	bool data = (what & LT_BACK_DATA) && pass->in_grad.to;
	int images = evenly(n, chunks.images), pad = s->size / 2;
	size_t block = (size_t)depth_of(s) * 16;

	w.needs_value = (what & LT_BACK_WEIGHTS) || !pass->in_grad.partial;
	w.k0 = data ? 0 : block0 * 16;
	w.k1 = data ? s->out_c : block1 * 16;
	w.value =
		planes(w.room.value, w.room.value_step, images, s->in_h, s->in_w, s->in_c, pad);
	w.d = planes(w.room.d, w.room.d_step, images, s->out_h, s->out_w, s->out_c, pad);
	if (what & LT_BACK_WEIGHTS)
		memset(pass->weight_grad + block0 * block, 0,
		       (block1 - block0) * block * sizeof *pass->weight_grad);
	for (int at = first; at < first + n; at += images) {
		int made = 0, d_made = 0;

		for (int y = 0; y < s->out_h; y += chunks.rows) {
			struct chunk c = chunk_at(
				s, at, first + n - at < images ? first + n - at : images, y,
				chunks.rows);
			int end = rows_read(s, &c), d_end = d_rows_read(s, &c);

			make_rows(&w, &c, made, end, d_made, d_end);
			made = end;
			d_made = d_end;
			if (what & LT_BACK_WEIGHTS)
				weights_back(&w, &c, block0, block1);
			if (data)
				data_back(&w, &c);
		}
	}
	end_stream(pass->stream);
}
