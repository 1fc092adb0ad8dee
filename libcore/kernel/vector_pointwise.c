/*
 * Convolutions with 1×1 taps and stride 1: products of matrices whose rows are the pixels of
 * all images in the order of memory; see vector.h.
 *
 * A pass works on a block of pixels at a time, all channels of which are read and written in
 * order: the arrays are too large for a cache, and memory is several times as fast when it is
 * read in order.  No plane and no border is needed.  The panels of all channels of a block and
 * its results stay in the L2 cache.
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
	float *panel, *d_panel; /* factors: of all channels, and of DEEP channels of d */
	float *results;		/* outputs, or gradients at inputs */
	float *sums;		/* over a group of rows */
	size_t total;
};

static struct room rooms(const struct lt_conv_shape *s, float *scratch)
{
	const int wide = s->in_c > s->out_c ? s->in_c : s->out_c;
	struct room room = {.panel = scratch};

	room.d_panel =
		room.panel + (size_t)(BLOCK_MOST + panels_of(wide) * BLOCK_LEAST) * PANEL_STEP;
	room.results = room.d_panel + (size_t)BLOCK_MOST * PANEL_STEP;
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
		     const float *weight, int out, float *results)
{
	size_t block = (size_t)depth * 16;

	for (int c = 0, channels; c < out; c += channels) {
		channels = out - c < OUTPUTS ? out - c : OUTPUTS;
		for (int k = 0; k < depth; k += DEEP)
			vk_panel_products(panel + k / DEEP * panel_step, n,
					  depth - k < DEEP ? depth - k : DEEP,
					  weight + c / 16 * block + (size_t)k * 16, block,
					  channels, results + c, (size_t)out, k == 0, false);
	}
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
		int count = end - p < (size_t)most ? (int)(end - p) : most;

		vk_operand_pixels(&pass->in, s->precision, pass->stream, p, count, 0, s->in_c,
				  room.panel, step);
		products(room.panel, count, step, s->in_c, pass->weight, s->out_c,
			 room.results);
		vk_out_pixels(pass, p, count, room.results, room.sums);
	}
	end_stream(pass->stream);
}

/* A backward pass. */
struct backward {
	const struct lt_conv_backward *pass;
	struct room room;
	int block0, block1; /* the blocks of 16 output channels whose weights get gradients */
};

/* Adds n pixels, from pixel p of the batch on, to the gradients of weights. */
static void weights_back(const struct backward *w, size_t p, int n)
{
	const struct lt_conv_backward *pass = w->pass;
	const struct lt_conv_shape *s = &pass->shape;
	const size_t block = (size_t)s->in_c * 16;
	const int first = w->block0 * 16, end = w->block1 * 16;

	for (int k = first, outs; k < end; k += outs) {
		outs = end - k < DEEP ? end - k : DEEP;
		vk_gradient_pixels(pass, p, n, k, k + outs, w->room.d_panel, 0);
		for (int j = 0, ins; j < s->in_c; j += ins) {
			ins = s->in_c - j < DEEP ? s->in_c - j : DEEP;
			/* A panel of all input channels is already there. */
			if (k == first || s->in_c > DEEP)
				vk_operand_pixels(&pass->in, s->precision, false, p, n, j,
						  j + ins, w->room.panel, 0);
			vk_panel_outer(w->room.panel, ins, w->room.d_panel, outs, n,
				       pass->weight_grad + k / 16 * block + (size_t)j * 16,
				       block, false);
		}
	}
}

static void data_back(const struct backward *w, size_t p, int n)
{
	const struct lt_conv_backward *pass = w->pass;
	const struct lt_conv_shape *s = &pass->shape;
	const int most = pixels_of(s->out_c, n);
	const size_t step = (size_t)most * PANEL_STEP;

	for (int x = 0, count; x < n; x += count) {
		count = n - x < most ? n - x : most;
		vk_gradient_pixels(pass, p + x, count, 0, s->out_c, w->room.panel, step);
		products(w->room.panel, count, step, s->out_c, pass->weight_back, s->in_c,
			 w->room.results);
		vk_in_grad_pixels(pass, p + x, count, w->room.results, w->room.sums);
	}
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
	const struct backward w = {pass, rooms(s, scratch), block0, block1};
	const struct lt_in_grad *grad = &pass->in_grad;
	const bool data = (what & LT_BACK_DATA) && grad->to;
	const size_t plane = (size_t)s->in_h * s->in_w, end = plane * (first + n);
	const size_t block = (size_t)s->in_c * 16;
	/* The weights' panels have only DEEP channels; with both, data takes the same block
	 * while it is in a cache. */
	const int most = pixels_of(what & LT_BACK_WEIGHTS ? DEEP : s->out_c, plane * n);

	if (!vk_has_pixels(&pass->in) || grad->add_kind == LT_SKIP_OPTION_A ||
	    (data && !grad->partial && !has_mask(pass))) {
		vk_product_backward(pass, first, n, what, block0, block1, scratch);
		return;
	}
	if (what & LT_BACK_WEIGHTS)
		memset(pass->weight_grad + block0 * block, 0,
		       (block1 - block0) * block * sizeof *pass->weight_grad);
	for (size_t p = plane * first; p < end; p += most) {
		int count = end - p < (size_t)most ? (int)(end - p) : most;

		if (what & LT_BACK_WEIGHTS)
			weights_back(&w, p, count);
		if (data)
			data_back(&w, p, count);
	}
	end_stream(pass->stream);
}
