/*
 * The hot loops.  A kernel set is a table of functions; "ref" is plain C and
 * kept for ever as the oracle of all others, the tuned sets stand beside it and
 * are chosen once, at run time.
 *
 * The unit of work is a fused pass over some images, not an operation: a
 * convolution makes its input on the fly (batch norm, shortcut, ReLU) and sums
 * what the next batch norm needs.  Nothing normalised is ever stored; kept are
 * the raw outputs of convolutions, y, and the activations that more than one
 * reader needs, z.
 *
 * Layouts.  Activations: image, row, column, channel (NHWC); channels are a
 * multiple of 16 everywhere but in the input image.  Weights:
 * [out / 16][kernel row][kernel column][in][16 of out], the master layout.
 * Arrays begin on 64-byte boundaries.
 *
 * Determinism.  What a function makes for an image depends on that image alone.
 * A weight gradient is one sum over all images of a call, in an order that is
 * the set's own, so such a call always takes a whole range (net/network.h) and is
 * cut by output channels only.  So who runs what, and on how many threads,
 * changes no bit.
 */
#ifndef LT_KERNEL_KERNEL_H
#define LT_KERNEL_KERNEL_H

#include "kernel/real.h"

/*
 * How numbers are kept and multiplied.  Sums, statistics, weights and their
 * gradients are lt_real in all of them.
 */
enum lt_precision {
	LT_PRECISE,   /* lt_real everywhere */
	LT_BF16,      /* activations and their gradients are stored as bfloat16 */
	LT_BF16_FAST, /* and the factors of all products are rounded to it, but those of the
			 first convolution (its channels make no vectors) and of the head */
};

/* A bfloat16: the upper half of a float32, rounded to nearest, ties to even; NaN stays NaN. */
typedef uint16_t lt_bf16;

/*
 * Activations and their gradients in memory: lt_real, or lt_bf16 where the
 * precision says so.  Only kernels look into them.
 */
typedef void lt_cells;

/* Bytes of a cell. */
static inline size_t lt_cell_size(enum lt_precision precision)
{
	return precision == LT_PRECISE ? sizeof(lt_real) : sizeof(lt_bf16);
}

/* A square convolution kernel with "same" zero padding (size / 2) and a stride. */
struct lt_conv_shape {
	int in_h, in_w, in_c;
	int out_h, out_w, out_c; /* out_h = ceil(in_h / stride), out_c a multiple of 16 */
	int size;		 /* 1, 3 or 7 */
	int stride;		 /* 1 or 2 */
	enum lt_precision precision;
};

/* Elements of a weight (and of its gradient) in the master layout. */
size_t lt_conv_weights(const struct lt_conv_shape *shape);

enum lt_skip {
	LT_SKIP_NONE,
	LT_SKIP_SAME,	  /* the identity */
	LT_SKIP_OPTION_A, /* every second pixel of an array twice as high and wide with half the
			     channels, zeros for a quarter of the channels on either side
			     (He et al. 2016, option A, as the authors' ResNet for CIFAR) */
	LT_SKIP_PROJECTION, /* a convolution with a batch norm of its own (option B): read as
			       scale × raw + shift */
};

/*
 * An activation, as its reader makes it:
 *
 *	value = max(0, scale × raw + shift + skip)        (per channel; NaN stays NaN)
 *
 * or, where it was stored before, just that array.  Pointers are to image 0
 * of the batch; scale and shift are those of the images' split.
 */
struct lt_operand {
	int h, w, c;
	const lt_real *image;	/* not NULL: the input images, the rest is unused */
	const lt_cells *stored; /* not NULL: the value itself, the rest is unused */
	const lt_cells *raw;
	const lt_real *scale, *shift;
	enum lt_skip skip_kind;
	const lt_cells *skip;
	const lt_real *skip_scale, *skip_shift; /* of a projection */
	lt_cells *store; /* not NULL: the value is written here as well */
};

struct lt_conv_forward {
	struct lt_conv_shape shape;
	struct lt_operand in;
	const lt_real *weight; /* as prepare made it */
	lt_cells *out;	       /* y, raw */
	lt_real *sums; /* an image: out_c sums of y, then out_c sums of y², of y before it was
			  rounded to a cell; NULL: not wanted */
	bool stream;   /* out is too large to be found in a cache by its reader: write around
			  the caches */
};

/*
 * The gradient that a pass back leaves at its input.  Where several
 * convolutions read an activation, all but the last pass back leave a partial
 * sum, which the next one adds.
 */
struct lt_in_grad {
	lt_cells *to;	       /* NULL: nothing below wants it */
	bool partial;	       /* no mask and no sums: another pass adds its own to it */
	enum lt_skip add_kind; /* gradient to be added: LT_SKIP_SAME, of the same shape, which
				  may be `to` itself; or of the activation at the end of an
				  option A shortcut that began here, half as high and wide,
				  twice the channels */
	const lt_cells *add;
	/* y of the convolutions under the batch norms below: that of the activation, and that
	 * of its projection or NULL. */
	const lt_cells *below[2];
	lt_real *sums[2]; /* an image: c sums of the gradient, then c of gradient × below, of
			     the gradient before it was rounded to a cell */
};

/*
 * Backward through a convolution and the batch norm above it.  Let g be the
 * gradient at the batch norm's output.  Batch norm's backward pass is affine
 * per channel, so the gradient at y is  d = p g + q y + r  with coefficients
 * that the caller has from sums of g and g y.  Then
 *
 *	weight_grad = Σ over the images d ⊛ value of in
 *	in_grad = (weightᵀ ⊛ d + add) × [value of in > 0]
 *
 * and sums over in_grad for the batch norm that lies below it.
 */
struct lt_conv_backward {
	struct lt_conv_shape shape;
	struct lt_operand in;
	const lt_cells *grad, *raw; /* g and y */
	const lt_real *p, *q, *r;   /* out_c each */
	const lt_real *weight_back; /* as prepare made it */
	lt_real *weight_grad;	    /* lt_conv_weights elements, written */
	struct lt_in_grad in_grad;
	bool stream; /* as above, of in_grad */
};

enum {
	LT_BACK_DATA = 1,
	LT_BACK_WEIGHTS = 2,
};

/*
 * Backward through a stem to the input image itself, which only those ask for
 * who look for other images (virtual adversarial training).  A pass of its own,
 * since an image is no activation: it has any number of channels, is not in
 * cells, and has neither mask nor batch norm below it.  With d as above,
 *
 *	image_grad = weightᵀ ⊛ d        (+ what was there, where `adds`)
 */
struct lt_image_backward {
	struct lt_conv_shape shape;
	const lt_cells *grad, *raw; /* g and y */
	const lt_real *p, *q, *r;   /* out_c each */
	const lt_real *weight;	    /* in the master layout */
	lt_real *image_grad;	    /* image, row, column, channel */
	bool adds;		    /* another stem was here before */
};

/* The mean over the pixels of an activation: [image][channel], and its way back. */
struct lt_pool_pass {
	struct lt_operand in;
	enum lt_precision precision;
	lt_real *feature;	     /* forward: written */
	const lt_real *feature_grad; /* backward: gradient at the feature */
	struct lt_in_grad in_grad;   /* nothing is added */
};

/*
 * The largest of 3×3 pixels with stride 2 and one pixel of padding on each side
 * (the padding never wins), and its way back: an output's gradient goes to the
 * first of its largest inputs in the order of rows and columns.
 */
struct lt_max_pass {
	struct lt_operand in; /* h × w × c; the output is ceil(h / 2) × ceil(w / 2) × c */
	enum lt_precision precision;
	lt_cells *out;		   /* forward: written */
	const lt_cells *grad;	   /* backward: gradient at out */
	struct lt_in_grad in_grad; /* nothing is added */
};

struct lt_kernels {
	const char *name;
	/* Does this CPU have what the set needs? */
	bool (*usable)(void);
	bool multiplies_bf16; /* with instructions; others round the factors and multiply in
				 lt_real */

	/* Elements of a prepared weight in either direction. */
	size_t (*weight_size)(const struct lt_conv_shape *shape);
	/* Elements of scratch memory that a worker needs; a pool's pass over h × w × c takes
	 * that of a 1×1 convolution from c to c channels. */
	size_t (*scratch_size)(const struct lt_conv_shape *shape);

	/* Once a step: weights as the two directions want them; back may be NULL. */
	void (*prepare)(const struct lt_conv_shape *shape, const lt_real *master,
			lt_real *forward, lt_real *back);
	/* Images first … first + n - 1. */
	void (*conv_forward)(const struct lt_conv_forward *pass, int first, int n,
			     lt_real *scratch);
	/*
	 * what: LT_BACK_DATA for the images, LT_BACK_WEIGHTS for the blocks of 16
	 * output channels block0 … block1 - 1 over a whole range of images, or both.
	 */
	void (*conv_backward)(const struct lt_conv_backward *pass, int first, int n, int what,
			      int block0, int block1, lt_real *scratch);
	void (*image_backward)(const struct lt_image_backward *pass, int first, int n,
			       lt_real *scratch);
	void (*pool_forward)(const struct lt_pool_pass *pass, int first, int n,
			     lt_real *scratch);
	void (*pool_backward)(const struct lt_pool_pass *pass, int first, int n,
			      lt_real *scratch);
	void (*max_forward)(const struct lt_max_pass *pass, int first, int n, lt_real *scratch);
	void (*max_backward)(const struct lt_max_pass *pass, int first, int n,
			     lt_real *scratch);

	/* to[i] += from[i] */
	void (*add)(lt_real *to, const lt_real *from, size_t n);
	/* PyTorch's SGD: g' = g + decay w; m = momentum m + g'; w -= rate (nesterov ? g' +
	 * momentum m : m) */
	void (*sgd)(lt_real *w, lt_real *m, const lt_real *g, size_t n, lt_real rate,
		    lt_real momentum, lt_real decay, bool nesterov);
	/*
	 * The calibrator of benchmarks: `rounds` rounds of independent multiply-adds,
	 * as many a second as the set can make.  Returns the operations (two each).
	 */
	double (*multiply_adds)(long rounds);
};

/* Of all sets, whether in this build or not: the reference, then a better one after a lesser
 * one of the same machine.  Ends with NULL. */
extern const char *const lt_kernel_names[];

/*
 * The set of that name ("ref", "x86-64", "v3", "v4", …), or with NULL that of
 * LT_KERNEL in the environment, or the best one this CPU has.  LT_USAGE: no
 * such name; LT_OS: this CPU lacks it.
 */
int lt_kernels_choose(const struct lt_kernels **out, const char *name, struct lt_error *err);

/* "kernel v4, OpenBLAS 0.3.21 SkylakeX, threads …": for --version.  Static storage. */
const char *lt_kernels_line(void);
/* Name for provenance: the set's, with OpenBLAS's core and version where gemm is used. */
void lt_kernels_provenance(const struct lt_kernels *set, bool with_blas, char out[128]);

/*
 * C = alpha A B + beta C in row-major order through OpenBLAS, always on one
 * thread; an element is a sum over k in OpenBLAS's order for that shape.
 * transpose_a: A is stored k × m; transpose_b: B is stored n × k.
 */
void lt_gemm(bool transpose_a, bool transpose_b, int m, int n, int k, lt_real alpha,
	     const lt_real *a, int lda, const lt_real *b, int ldb, lt_real beta, lt_real *c,
	     int ldc);

#endif
