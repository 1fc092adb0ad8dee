/*
 * The table of a vectorised set, and the algorithm for each convolution: Winograd for shapes
 * where its transforms are worth it, products over pixels in the order of memory for 1×1 taps
 * with stride 1 (unless factors are pairs), products over gathered pixels for all others.
 */
#include <string.h>

#include "base/cpus.h"
#include "kernel/vector.h"

static bool usable(void)
{
#if defined(__AVX512F__)
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
	       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx2") &&
	       __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2") &&
	       (!LT_PAIRS || __builtin_cpu_supports("avx512bf16")) &&
	       (!LT_TILES || lt_cpu_has_tiles());
#elif defined(__AVX2__)
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
	       __builtin_cpu_supports("bmi2");
#else
	return true;
#endif
}

/* An algorithm for convolutions; the first that fits is used. */
struct way {
	bool (*fits)(const struct lt_conv_shape *shape);
	size_t (*weight_size)(const struct lt_conv_shape *shape);
	size_t (*scratch_size)(const struct lt_conv_shape *shape);
	void (*prepare)(const struct lt_conv_shape *shape, const float *master, bool back,
			int block0, int block1, float *to);
	void (*forward)(const struct lt_conv_forward *pass, int first, int n, float *scratch);
	void (*backward)(const struct lt_conv_backward *pass, int first, int n, int what,
			 int block0, int block1, float *scratch);
};

static bool any(const struct lt_conv_shape *shape)
{
	(void)shape;
	return true;
}

static const struct way ways[] = {
	{vk_winograd_fits, vk_winograd_weight_size, vk_winograd_scratch, vk_winograd_prepare,
	 vk_winograd_forward, vk_winograd_backward},
	{vk_pointwise_fits, lt_conv_weights, vk_pointwise_scratch, vk_product_prepare,
	 vk_pointwise_forward, vk_pointwise_backward},
	{any, lt_conv_weights, vk_product_scratch, vk_product_prepare, vk_product_forward,
	 vk_product_backward},
};

static const struct way *way_of(const struct lt_conv_shape *shape)
{
	const struct way *way = ways;

	while (!way->fits(shape))
		way++;
	return way;
}

static size_t weight_size(const struct lt_conv_shape *shape)
{
	return way_of(shape)->weight_size(shape);
}

static size_t scratch_size(const struct lt_conv_shape *shape)
{
	size_t image = vk_image_scratch(shape), other = way_of(shape)->scratch_size(shape);

	return image > other ? image : other;
}

static void prepare(const struct lt_conv_shape *shape, const float *master, bool back,
		    int block0, int block1, float *to)
{
	way_of(shape)->prepare(shape, master, back, block0, block1, to);
}

static void conv_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	way_of(&pass->shape)->forward(pass, first, n, scratch);
}

static void conv_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			  int block0, int block1, float *scratch)
{
	way_of(&pass->shape)->backward(pass, first, n, what, block0, block1, scratch);
}

static double multiply_adds(long rounds)
{
	enum { CHAINS = 12 };
	/* The compiler must not know them: it leaves out a chain that it can compute. */
	volatile float start = 1, factor = 0.9999f, plus = 1e-4f;
	volatile float result;
	const vec a = all(factor), b = all(plus);
	vec sum[CHAINS];

	UNROLL(12)
	for (int j = 0; j < CHAINS; j++)
		sum[j] = all(start);
	for (long i = 0; i < rounds; i++) {
		UNROLL(12)
		for (int j = 0; j < CHAINS; j++)
			sum[j] = sum[j] * a + b;
	}
	for (int j = 1; j < CHAINS; j++)
		sum[0] += sum[j];
	result = sum[0][0];
	(void)result;
	return 2.0 * CHAINS * LANES * (double)rounds;
}

const struct lt_kernels LT_SET(kernels) = {
	.name = LT_VECTOR_NAME,
	.usable = usable,
	.multiplies_bf16 = LT_PAIRS,
	.weight_size = weight_size,
	.scratch_size = scratch_size,
	.prepare = prepare,
	.conv_forward = conv_forward,
	.conv_backward = conv_backward,
	.sum_backward = vk_sum_backward,
	.image_backward = vk_image_backward,
	.pool_forward = vk_pool_forward,
	.pool_backward = vk_pool_backward,
	.max_forward = vk_max_forward,
	.max_backward = vk_max_backward,
	.add = vk_add,
	.sgd = vk_sgd,
	.multiply_adds = multiply_adds,
};
