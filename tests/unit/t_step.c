/*
 * After the first step, a step of learning makes no request to the system: no allocation,
 * and no first access to a page.  Allocations are counted by functions with the C library's
 * names, which replace its own.  Sanitizers replace them too and use their own pages, so
 * nothing is counted there.
 */
#include <stdlib.h>
#include <sys/resource.h>

#include "check.h"
#include "method/optimiser.h"
#include "net/network.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define COUNTS_CALLS
#endif

static long allocations;

#if defined(COUNTS_CALLS)
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
	__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
	return __libc_calloc(n, size);
}

void *realloc(void *block, size_t size)
{
	__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
	return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
	return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
	*out = __libc_memalign(alignment, size);
	return *out ? 0 : 12;
}
#endif

enum { BATCH = 40, CLASSES = 10, STEPS = 5 };

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

static void step(struct lt_network *net, float *grad)
{
	lt_network_forward(net, BATCH, 1, LT_TRAIN, NULL);
	for (int i = 0; i < BATCH * CLASSES; i++)
		grad[i] = (lt_network_outputs(net, 0)[i] - (float)(i % 11 == 0)) / BATCH;
	lt_network_backward(net, (const lt_real *const[]){grad}, NULL);
	lt_optimiser_step(&(struct lt_optimiser){.net = net,
						 .settings = {.momentum = 0.9, .decay = 2e-4}},
			  0.01, 0);
}

static void check_set(const char *name, const struct lt_arch *arch, int side,
		      enum lt_precision precision, int threads)
{
	static float grad[BATCH * CLASSES];
	struct lt_graph *graph = malloc(sizeof *graph);
	struct lt_network_config config = {.graph = graph,
					   .max_batch = BATCH,
					   .max_splits = 1,
					   .learns = true,
					   .precision = precision};
	long before, least = -1;
	struct lt_network *net;
	char text[160];

	if (lt_kernels_choose(&config.kernels, name, NULL) != 0) {
		printf("# this CPU has no %s\n", name);
		free(graph);
		return;
	}
	lt_graph_begin(graph, side, side, 3);
	if (lt_graph_end(graph, arch->build(graph, arch), LT_FC(LT_HEAD_LINEAR, CLASSES), 1,
			 NULL) != 0 ||
	    lt_pool_new(&config.pool, threads, NULL) != 0 ||
	    lt_network_new(&net, &config, NULL) != 0)
		abort();
	lt_network_init(net, 1);
	/* Wakes idle workers and lets OpenBLAS allocate its memory. */
	step(net, grad);
	before = allocations;
	for (int i = 0; i < STEPS; i++) {
		long now = faults();

		step(net, grad);
		now = faults() - now;
		/* The system may move a page at any time, but hardly in every step. */
		if (least < 0 || now < least)
			least = now;
	}
	snprintf(text, sizeof text, "%s: %s, precision %d, %d threads: no allocation in a step",
		 name, arch->name, (int)precision, threads);
	check_named(allocations == before, text);
	snprintf(text, sizeof text, "%s: %s, precision %d, %d threads: no page fault in a step",
		 name, arch->name, (int)precision, threads);
#if defined(__SANITIZE_ADDRESS__)
	/* The sanitizer's own frames and shadow memory are allocated on demand. */
	check_named(isfinite(grad[0]), "a step under the sanitizer");
#else
	check_named(least == 0, text);
#endif
	lt_network_free(net);
	lt_pool_free(config.pool);
	free(graph);
}

int main(void)
{
	static const struct lt_arch small = {"resnet20", lt_arch_resnet_cifar, {3, 3, 3}, 3, 16,
					     false};
	static const struct lt_arch large = {"large", lt_arch_resnet_large, {2, 1}, 2, 16,
					     true};
	/* The reference is slow; under sanitizers and emulators, so is everything. */
	bool all_slow = check_is_slow();

	for (int i = 0; lt_kernel_names[i]; i++)
		for (int threads = 1; threads <= 2; threads++) {
			bool slow = all_slow || i == 0;

			check_set(lt_kernel_names[i], &small, slow ? 8 : 16, LT_PRECISE,
				  threads);
			check_set(lt_kernel_names[i], &large, slow ? 9 : 22, LT_BF16_FAST,
				  threads);
		}
#if defined(COUNTS_CALLS)
	/* Checks that allocations are counted. */
	free(malloc(1));
	check(allocations > 0);
#endif
	return check_done();
}
