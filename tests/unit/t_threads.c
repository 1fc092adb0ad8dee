/*
 * The number of threads does not affect results: in every kernel set, 1, 2, 3 and 8 threads
 * (1 and 3 in the reference, and also 64 in the best one) give the same bytes after three
 * training steps with two backward passes each, with one and with eight splits of the batch,
 * and for the gradient at the images, for small and for large images.  One batch consists of
 * whole ranges, one is so small that a range is divided among the threads, and one has a short
 * last range.
 */
#include "steps_kit.h"

/*
 * The configurations of each set: smaller images for slower sets, one block per stage for
 * the reference.
 */
static const struct subject {
	const char *set;
	int size;
	const struct lt_arch *arch;
	enum lt_precision precision;
} subjects[] = {{"ref", 4, &resnet8, LT_PRECISE},
		{"ref", 9, &large, LT_BF16},
		{"ref", 2, &wide, LT_PRECISE},
		{"x86-64", 8, &wide, LT_PRECISE},
		{"v3", 9, &wide, LT_PRECISE},
		{"v3", 8, &wide, LT_BF16_FAST},
		{"v4", 9, &wide, LT_PRECISE},
		{"v4amx", 8, &wide, LT_BF16_FAST},
		{"neon", 9, &wide, LT_BF16},
		{"x86-64", 8, &resnet20, LT_PRECISE},
		{"x86-64", 18, &large, LT_BF16},
		{"v3", 8, &resnet20, LT_PRECISE},
		{"v3", 22, &large, LT_PRECISE},
		{"v3", 22, &large, LT_BF16_FAST},
		{"v4", 16, &resnet20, LT_PRECISE},
		{"v4", 22, &large, LT_PRECISE},
		{"v4bf16", 22, &large, LT_BF16},
		{"v4bf16", 30, &large, LT_BF16_FAST},
		{"v4amx", 16, &resnet20, LT_BF16_FAST},
		{"v4amx", 30, &large, LT_BF16_FAST},
		{"neon", 16, &resnet20, LT_PRECISE},
		{"neon", 22, &large, LT_BF16}};

static void check_set(const struct lt_graph *graph, const struct lt_kernels *set,
		      const struct subject *subject, int splits)
{
	static const int threads[] = {3, 2, 8};
	/* What depends on the number of threads is above the sets. */
	int counts = check_is_slow() || strcmp(set->name, "ref") == 0 ? 1 : 3;
	struct result one = run(graph, set, subject->precision, 1, splits), other;
	char name[120];

	snprintf(name, sizeof name, "%s: %s, %d splits: finite on one thread", set->name,
		 subject->arch->name, splits);
	check_named(all_finite(one.params, graph->params) &&
			    all_finite(one.state, graph->state) &&
			    all_finite(one.outputs, OUTPUTS) &&
			    all_finite(one.image_grad, MAX_BATCH * image_size(graph)),
		    name);
	for (int i = 0; i < counts; i++) {
		other = run(graph, set, subject->precision, threads[i], splits);
		snprintf(name, sizeof name, "%s: %s, %d splits: %d threads, same bytes as one",
			 set->name, subject->arch->name, splits, threads[i]);
		check_named(same_result(graph, &other, &one), name);
		forget(&other);
	}
	forget(&one);
}

/* 64 threads share the 8 ranges of the largest batch. */
static void check_many(const struct lt_graph *graph, const struct lt_kernels *set)
{
	struct result one = run(graph, set, LT_PRECISE, 1, 1);
	struct result many = run(graph, set, LT_PRECISE, 64, 1);

	check(same_result(graph, &many, &one));
	forget(&one);
	forget(&many);
}

/* The steps have an effect, and so has the number of splits. */
static void check_difference(const struct lt_graph *graph, const struct lt_kernels *set)
{
	struct result one = run(graph, set, LT_PRECISE, 2, 1);
	struct result eight = run(graph, set, LT_PRECISE, 2, 8);

	check(!same(one.params, eight.params, graph->params));
	check(!same(one.state, eight.state, graph->state));
	forget(&one);
	forget(&eight);
}

int main(void)
{
	struct lt_graph *graph = malloc(sizeof *graph);
	const struct lt_kernels *set;
	struct lt_error err;

	if (!graph)
		return 1;
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		if (lt_kernels_choose(&set, subjects[i].set, &err) != 0) {
			printf("# %s\n", err.text);
			continue;
		}
		build(graph, subjects[i].arch, subjects[i].size);
		check_set(graph, set, &subjects[i], 1);
		check_set(graph, set, &subjects[i], 8);
	}
	build(graph, &resnet20, 8);
	if (lt_kernels_choose(&set, NULL, &err) == 0) {
		check_difference(graph, set);
		check_many(graph, set);
	}
	free(graph);
	return check_done();
}
