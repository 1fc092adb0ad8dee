/*
 * Convolutions with 1×1 taps and stride 1: products of matrices whose rows are the pixels of
 * all images in the order of memory; see vector.h.
 *
 * A pass works on a block of pixels at a time, all channels of which are read and written in
 * order: the arrays are too large for a cache, and memory is several times as fast when it is
 * read in order.  No plane and no border is needed.  Forward, the panels of all channels of a
 * block and its results stay in the L2 cache, so blocks with more channels have fewer pixels.
 * Backward, all blocks are large, so that sums over pixels stay in registers for long; panels
 * that do not fit are read from the L3 cache, and gradients of inputs are computed for a
 * few pixels at a time.
 */
#include <string.h>

#include "kernel/vector.h"

enum {
	/* The pixels of a block, if one panel has all channels; with more there are fewer. */
	BLOCK_MOST = 128,
	/* With fewer, weights would be read too often. */
	BLOCK_LEAST = 4 * PIXELS,
	/* Output channels that are computed at a time. */
	OUTPUTS = GROUP * LANES < 16 ? 16 : GROUP * LANES,
};

bool vk_pointwise_fits(const struct lt_conv_shape *s)
{
	return s->size == 1 && s->stride == 1 && s->in_c % 16 == 0 && !has_pairs(s);
}

/* The number of panels of a pixel with so many channels. */
static int panels_of(int channels)
{
	return (channels + DEEP - 1) / DEEP;
}

/* The number of pixels of a block, a multiple of PIXELS: `all` pixels in blocks of one size. */
static int pixels_of(int channels, size_t all)
{
	int most = BLOCK_MOST / panels_of(channels) / PIXELS * PIXELS;
	size_t blocks, each;

	most = most > BLOCK_LEAST ? most : BLOCK_LEAST;
	blocks = (all + most - 1) / most;
	each = blocks ? (all + blocks - 1) / blocks : 0;
	return (int)(each + PIXELS - 1) / PIXELS * PIXELS;
}

/* The layout of the scratch memory. */
struct room {
	float *panel, *d_panel; /* factors: of all channels of the operand, and of d */
	float *results;		/* outputs, or gradients at inputs */
	float *sums;		/* over a group of rows */
	size_t total;
};

static struct room rooms(const struct lt_conv_shape *s, float *scratch)
{
	const int wide = s->in_c > s->out_c ? s->in_c : s->out_c;
	struct room room = {.panel = scratch};

	room.d_panel = room.panel + (size_t)panels_of(s->in_c) * BLOCK_MOST * PANEL_STEP;
	room.results = room.d_panel + (size_t)panels_of(s->out_c) * BLOCK_MOST * PANEL_STEP;
	room.sums = room.results + (size_t)BLOCK_MOST * wide;
	room.total = (size_t)(room.sums - scratch) + 3 * (size_t)wide;
	return room;
}

size_t vk_pointwise_scratch(const struct lt_conv_shape *s)
{
	size_t own = rooms(s, NULL).total, other = vk_product_scratch(s);

	return own > other ? own : other;
}

/*
 * results[pixel][out] = Σ over `depth` channels of panel × weight, for n pixels; a pixel's
 * panels are panel_step words apart.
 */
static void products(const float *panel, int n, size_t panel_step, int depth,
		     const float *weight, int out, float *results, struct ahead *ahead)
{
	size_t block = (size_t)depth * 16;

	for (int c = 0, channels; c < out; c += channels) {
		channels = out - c < OUTPUTS ? out - c : OUTPUTS;
		for (int k = 0; k < depth; k += DEEP)
			vk_panel_products(panel + k / DEEP * panel_step, n,
					  depth - k < DEEP ? depth - k : DEEP,
					  weight + c / 16 * block + (size_t)k * 16, block,
					  channels, results + c, (size_t)out, k == 0, false,
					  ahead);
	}
}

/* The pixels of the block that begins at p; none at the end. */
static int pixels_at(size_t p, size_t end, int most)
{
	return end - p < (size_t)most ? (int)(end - p) : most;
}

static struct next cells_of(size_t p, int pixels, int channels)
{
	return (struct next){p * channels, (size_t)pixels * channels};
}

void vk_pointwise_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	const struct room room = rooms(s, scratch);
	const size_t plane = (size_t)s->in_h * s->in_w, end = plane * (first + n);
	const int most = pixels_of(s->in_c, plane * n);
	const size_t step = (size_t)most * PANEL_STEP;

	if (!vk_has_pixels(&pass->in)) {
		vk_product_forward(pass, first, n, scratch);
		return;
	}
	for (size_t p = plane * first; p < end; p += most) {
		int count = pixels_at(p, end, most);
		size_t next = p + count;
		struct ahead ahead = {0};

		vk_operand_pixels(&pass->in, s->precision, pass->stream, p, count, room.panel,
				  step);
		want_operand(&ahead, &pass->in,
			     cells_of(next, pixels_at(next, end, most), s->in_c),
			     lt_cell_size(s->precision));
		products(room.panel, count, step, s->in_c, pass->weight, s->out_c, room.results,
			 &ahead);
		vk_out_pixels(pass, p, count, room.results, room.sums);
	}
	end_stream(pass->stream);
}

/* A backward pass: a block of pixels from p on, whose panels are there. */
struct backward {
	const struct lt_conv_backward *pass;
	struct room room;
	int k0, k1; /* the output channels whose d has been computed */
	size_t p;
	int n;
	size_t step;	    /* from a panel to the next one */
	struct ahead ahead; /* the following pixels */
};

/* Adds the block to the gradients of the weights of output channels k0 … k1 - 1. */
static void weights_back(const struct backward *w, int k0, int k1)
{
	const struct lt_conv_backward *pass = w->pass;
	const int in_c = pass->shape.in_c;
	const size_t block = (size_t)in_c * 16;

	for (int k = k0 - w->k0, end; k < k1 - w->k0; k = end) {
		const float *d = w->room.d_panel + k / DEEP * w->step + k % DEEP;

		end = (k / DEEP + 1) * DEEP;
		end = end < k1 - w->k0 ? end : k1 - w->k0;
		for (int j = 0; j < in_c; j += DEEP)
			vk_panel_outer(w->room.panel + j / DEEP * w->step,
				       in_c - j < DEEP ? in_c - j : DEEP, d, end - k, w->n,
				       pass->weight_grad + (w->k0 + k) / 16 * block +
					       (size_t)j * 16,
				       block, false);
	}
}

static void data_back(struct backward *w)
{
	const struct lt_conv_backward *pass = w->pass;
	const struct lt_conv_shape *s = &pass->shape;
	const int most = pixels_of(s->out_c, w->n);

	for (int x = 0, count; x < w->n; x += count) {
		count = w->n - x < most ? w->n - x : most;
		products(w->room.d_panel + (size_t)x * PANEL_STEP, count, w->step, s->out_c,
			 pass->weight_back, s->in_c, w->room.results, &w->ahead);
		vk_in_grad_pixels(pass, w->p + x, count, w->room.results, w->room.sums);
	}
}

/* What is read after the products: for the gradients of this block, then by the next block. */
static void look_ahead(struct backward *w, size_t end, int most, bool weights)
{
	const struct lt_conv_backward *pass = w->pass;
	const struct lt_conv_shape *s = &pass->shape;
	const struct lt_in_grad *grad = &pass->in_grad;
	const size_t cell = lt_cell_size(s->precision), p = w->p + w->n;
	const int n = pixels_at(p, end, most);
	const struct next these = cells_of(w->p, w->n, s->in_c);

	w->ahead.n = 0;
	if (!grad->partial) {
		want_cells(&w->ahead, grad->below[0], these, cell);
		if (!weights)
			want_cells(&w->ahead, pass->in.stored, these, cell);
	}
	want_cells(&w->ahead, grad->add, these, cell);
	want_cells(&w->ahead, pass->grad, cells_of(p, n, s->out_c), cell);
	want_cells(&w->ahead, pass->raw, cells_of(p, n, s->out_c), cell);
	if (weights)
		want_operand(&w->ahead, &pass->in, cells_of(p, n, s->in_c), cell);
}

/* Does one array give the mask: the stored value, or raw without a shortcut? */
static bool has_mask(const struct lt_conv_backward *pass)
{
	return pass->in.stored || pass->in.skip_kind == LT_SKIP_NONE;
}

void vk_pointwise_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			   int block0, int block1, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	const struct lt_in_grad *grad = &pass->in_grad;
	const bool data = (what & LT_BACK_DATA) && grad->to, weights = what & LT_BACK_WEIGHTS;
	const size_t plane = (size_t)s->in_h * s->in_w, end = plane * (first + n);
	const size_t block = (size_t)s->in_c * 16;
	const int most = pixels_of(DEEP, plane * n);
	struct backward w = {.pass = pass,
			     .room = rooms(s, scratch),
			     .k0 = data ? 0 : block0 * 16,
			     .k1 = data ? s->out_c : block1 * 16,
			     .step = (size_t)most * PANEL_STEP};

	if (!vk_has_pixels(&pass->in) || grad->add_kind == LT_SKIP_OPTION_A ||
	    (data && !grad->partial && !has_mask(pass))) {
		vk_product_backward(pass, first, n, what, block0, block1, scratch);
		return;
	}
	/* One of more threads than there are blocks of channels. */
	if (w.k0 == w.k1)
		return;
	if (weights)
		memset(pass->weight_grad + block0 * block, 0,
		       (block1 - block0) * block * sizeof *pass->weight_grad);
	for (w.p = plane * first; w.p < end; w.p += most) {
		w.n = pixels_at(w.p, end, most);
		vk_gradient_pixels(pass, w.p, w.n, w.k0, w.k1, w.room.d_panel, w.step);
		if (weights) {
			vk_operand_pixels(&pass->in, s->precision, false, w.p, w.n,
					  w.room.panel, w.step);
			weights_back(&w, block0 * 16, block1 * 16);
		}
		if (data) {
			look_ahead(&w, end, most, weights);
			data_back(&w);
		}
	}
	end_stream(pass->stream);
}
