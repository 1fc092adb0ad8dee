/*
 * The hot loops.  A kernel set is a table of functions.  "ref" is plain C and the
 * reference for testing all others; the tuned sets are selected once, at run time.
 *
 * The unit of work is a fused pass over some images, not a single operation: a
 * convolution computes its input on the fly (batch norm, shortcut, ReLU) and sums
 * what the next batch norm needs.  Normalised values are never stored.  Only the raw
 * outputs of convolutions, y, and activations with more than one reader, z, are.
 *
 * Layouts.  Activations: image, row, column, channel (NHWC); channels are a
 * multiple of 16 everywhere but in the input image.  Weights:
 * [out / 16][kernel row][kernel column][in][16 of out], the master layout.
 * Arrays begin on 64-byte boundaries.
 *
 * Determinism.  The result for an image depends only on that image.  A weight gradient
 * is one sum over all images of a call, in an order that depends on the kernel set.  So
 * such a call always covers a whole range (net/network.h) and is divided only by output
 * channels.  The number of threads and the scheduling change no bit.
 */
#ifndef LT_KERNEL_KERNEL_H
#define LT_KERNEL_KERNEL_H

#include "kernel/real.h"

/*
 * How numbers are stored and multiplied.  Sums, statistics, weights and their gradients
 * are lt_real in all cases.
 */
enum lt_precision {
	LT_PRECISE,   /* lt_real everywhere */
	LT_BF16,      /* activations and their gradients are stored as bfloat16 */
	LT_BF16_FAST, /* and the factors of all products are rounded to it, except those of the
			 first convolution (too few channels for vectors) and of the head */
};

/* A bfloat16: the upper half of a float32, rounded to nearest, ties to even; NaN stays NaN. */
typedef uint16_t lt_bf16;

/*
 * Activations and their gradients in memory: lt_real or lt_bf16, depending on the
 * precision.  Only kernels access them.
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
	LT_SKIP_PROJECTION, /* a convolution with its own batch norm (option B): read as
			       scale × raw + shift */
};

/*
 * An activation, as its reader computes it:
 *
 *	value = max(0, scale × raw + shift + skip)        (per channel; NaN stays NaN)
 *
 * or, if it was stored before, that array.  With a slope, a value v ≤ 0 becomes slope × v
 * instead of 0; then there is no shortcut.  Pointers refer to image 0 of the batch; scale and
 * shift are those of the images' split.
 */
struct lt_operand {
	int h, w, c;
	lt_real slope;
	const lt_real *image;	/* not NULL: the input images; the rest is unused */
	const lt_cells *stored; /* not NULL: the value itself; the rest is unused */
	const lt_cells *raw;
	const lt_real *scale, *shift;
	enum lt_skip skip_kind;
	const lt_cells *skip;
	const lt_real *skip_scale, *skip_shift; /* of a projection */
	lt_cells *store;			/* not NULL: the value is also written here */
};

struct lt_conv_forward {
	struct lt_conv_shape shape;
	struct lt_operand in;
	const lt_real *weight; /* as prepare made it */
	const lt_cells *add; /* not NULL: cells like out, which are added to the convolution to
				make y */
	lt_cells *out;	     /* y, raw */
	lt_real *sums; /* per image: out_c sums of y, then out_c sums of y², before y is rounded
			  to a cell; NULL: not wanted */
	bool stream;   /* out is too large for a cache: written with non-temporal stores */
};

/*
 * The gradient that a backward pass computes at its input.  If several convolutions
 * read an activation, all backward passes except the last leave a partial sum, which
 * the next one adds to its own.
 */
struct lt_in_grad {
	lt_cells *to;	       /* NULL: not wanted */
	bool partial;	       /* no mask and no sums: another pass adds to it */
	enum lt_skip add_kind; /* gradient to add: with LT_SKIP_SAME one of the same shape,
				  which may be `to` itself; with LT_SKIP_OPTION_A that of the
				  activation at the end of a shortcut that begins here, with
				  half the height and width and twice the channels */
	const lt_cells *add;
	/* y of the convolutions before the batch norms of this activation: of the activation
	 * itself, and of its projection or NULL. */
	const lt_cells *below[2];
	lt_real *sums[2]; /* per image: c sums of the gradient, then c of gradient × below,
			     before the gradient is rounded to a cell */
};

/*
 * Backward through a convolution and the batch norm after it.  Let g be the gradient
 * at the output of the batch norm.  The backward pass of batch norm is affine per
 * channel, so the gradient at y is  d = p g + q y + r  with coefficients that the caller
 * computes from sums of g and g y.  Then
 *
 *	weight_grad = Σ over the images d ⊛ value of in
 *	in_grad = (weightᵀ ⊛ d + add) × [value of in > 0]        (slope, instead of 0)
 *
 * and sums over in_grad for the batch norm before it.
 */
struct lt_conv_backward {
	struct lt_conv_shape shape;
	struct lt_operand in;
	const lt_cells *grad, *raw; /* g and y */
	const lt_real *p, *q, *r;   /* out_c each */
	const lt_real *weight_back; /* as prepare made it */
	lt_real *weight_grad;	    /* lt_conv_weights elements, written */
	struct lt_in_grad in_grad;
	bool stream; /* as above, for in_grad */
};

enum {
	LT_BACK_DATA = 1,
	LT_BACK_WEIGHTS = 2,
};

/*
 * The gradient at y where others than its batch norm read it, such as a sum of y and another
 * convolution: d as above, and the gradient that comes from them.
 *
 *	to = p g + q y + r + add
 */
struct lt_sum_backward {
	int h, w, c; /* of y */
	enum lt_precision precision;
	const lt_cells *grad, *raw; /* g and y */
	const lt_real *p, *q, *r;   /* c each */
	const lt_cells *add;	    /* NULL: nothing comes from them */
	lt_cells *to;		    /* can be grad or add */
};

/*
 * Backward through a stem to the input image, needed only by methods that change the
 * image (virtual adversarial training).  It is a separate pass, since an image is not
 * an activation: it has any number of channels, is not stored in cells, and has no mask
 * and no batch norm.  With d as above,
 *
 *	image_grad = weightᵀ ⊛ d        (+ the old value, if `adds`)
 */
struct lt_image_backward {
	struct lt_conv_shape shape;
	const lt_cells *grad, *raw; /* g and y */
	const lt_real *p, *q, *r;   /* out_c each */
	const lt_real *weight;	    /* in the master layout */
	lt_real *image_grad;	    /* image, row, column, channel */
	bool adds;		    /* another stem has written image_grad before */
};

/* The mean over the pixels of an activation, [image][channel], and its backward pass. */
struct lt_pool_pass {
	struct lt_operand in;
	enum lt_precision precision;
	lt_real *feature;	     /* forward: written */
	const lt_real *feature_grad; /* backward: gradient at the feature */
	struct lt_in_grad in_grad;   /* nothing is added */
};

/*
 * The maximum of 3×3 pixels with stride 2 and one pixel of padding on each side (the
 * padding is never the maximum), and its backward pass: the gradient of an output goes to
 * the first of its largest inputs, by row, then column.
 */
struct lt_max_pass {
	struct lt_operand in; /* h × w × c; the output is ceil(h / 2) × ceil(w / 2) × c */
	enum lt_precision precision;
	lt_cells *out;		   /* forward: written */
	const lt_cells *grad;	   /* backward: gradient at out */
	struct lt_in_grad in_grad; /* nothing is added */
};

/*
 * Elements of scratch memory for a pooling pass over h × w × c: the operand and its gradient.
 */
static inline size_t lt_pool_scratch(int h, int w, int c)
{
	return 2 * (size_t)h * (size_t)w * (size_t)c;
}

struct lt_kernels {
	const char *name;
	/* Does this CPU support the set? */
	bool (*usable)(void);
	bool multiplies_bf16; /* has instructions for that; other sets round the factors and
				 multiply in lt_real */

	/* Elements of a prepared weight, for either direction. */
	size_t (*weight_size)(const struct lt_conv_shape *shape);
	/* Elements of scratch memory that a worker needs for passes of this shape. */
	size_t (*scratch_size)(const struct lt_conv_shape *shape);

	/*
	 * Before a pass: converts the weights of blocks block0 … block1 - 1 of 16 channels, for
	 * a forward pass blocks of output channels, for a backward pass blocks of input
	 * channels.  A stem, whose in_c is not a multiple of 16, has none of the latter: it has
	 * no gradient at its input.  `to` is the same for all blocks.
	 */
	void (*prepare)(const struct lt_conv_shape *shape, const lt_real *master, bool back,
			int block0, int block1, lt_real *to);
	/* Images first … first + n - 1. */
	void (*conv_forward)(const struct lt_conv_forward *pass, int first, int n,
			     lt_real *scratch);
	/*
	 * what: LT_BACK_DATA for the images, LT_BACK_WEIGHTS for the blocks of 16
	 * output channels block0 … block1 - 1 over a whole range of images, or both.
	 */
	void (*conv_backward)(const struct lt_conv_backward *pass, int first, int n, int what,
			      int block0, int block1, lt_real *scratch);
	void (*sum_backward)(const struct lt_sum_backward *pass, int first, int n);
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
	 * Calibrates benchmarks: runs `rounds` rounds of independent multiply-adds at the
	 * peak rate of the set.  Returns the number of operations (two each).
	 */
	double (*multiply_adds)(long rounds);
};

/* The names of all sets, in this build or not: the reference first, then for each machine from
 * slow to fast.  Ends with NULL. */
extern const char *const lt_kernel_names[];

/*
 * Selects the set of that name ("ref", "x86-64", "v3", "v4", …); with NULL the one in the
 * environment variable LT_KERNEL, or else the best one for this CPU.  LT_USAGE: no such
 * name; LT_OS: this CPU does not support it.
 */
int lt_kernels_choose(const struct lt_kernels **out, const char *name, struct lt_error *err);

/* "kernel v4, OpenBLAS 0.3.21 SkylakeX, threads …": for --version.  Static storage. */
const char *lt_kernels_line(void);
/* The name for provenance: that of the set, with OpenBLAS's core and version if with_blas. */
void lt_kernels_provenance(const struct lt_kernels *set, bool with_blas, char out[128]);

/*
 * C = alpha A B + beta C in row-major order, by OpenBLAS on one thread.  An element is a sum
 * over k in the order that OpenBLAS uses for that shape.
 * transpose_a: A is stored k × m; transpose_b: B is stored n × k.
 */
void lt_gemm(bool transpose_a, bool transpose_b, int m, int n, int k, lt_real alpha,
	     const lt_real *a, int lda, const lt_real *b, int ldb, lt_real beta, lt_real *c,
	     int ldc);

#endif
