/*
 * Wide residual networks: Zagoruyko & Komodakis, "Wide residual networks", BMVC 2016, in
 * the form of FixMatch's code (Sohn et al., NeurIPS 2020), in which semi-supervised methods
 * are compared.  A 3×3 convolution with 16 channels, then three stages of blocks with
 * `width`, twice and four times as many channels; the first block of stages 2 and 3 has
 * stride 2.  A block is batch norm, leaky ReLU and 3×3 convolution, twice.  The block's
 * input is added to its output, through a 1×1 convolution if width or stride change.  This
 * convolution reads the input itself or, in the first block of the network, the output of
 * the first leaky ReLU.  Batch norm and leaky ReLU follow the last block.  With n blocks in
 * a stage, the depth is 6 n + 4.
 *
 * Padding is symmetric, as in PyTorch.  In this file, a batch norm belongs to the
 * convolution before it, but it has the name of its place: "block1.layer.1.bn1" is that of
 * the last sum of "block1.layer.0".
 */
#include <stdio.h>

#include "net/graph.h"

struct place {
	int stage, block; /* counted from 0 */
};

/* The next block; after the last stage, the final batch norm. */
static struct place next(const struct lt_arch *arch, struct place at)
{
	if (++at.block == arch->blocks[at.stage])
		at = (struct place){at.stage + 1, 0};
	return at;
}

static void name_of(const struct lt_arch *arch, struct place at, const char *part, char *name,
		    size_t size)
{
	if (at.stage == arch->stages)
		snprintf(name, size, "%s", part);
	else
		snprintf(name, size, "block%d.layer.%d.%s", at.stage + 1, at.block, part);
}

/*
 * Adds the block at a place.  It reads the sum y of a convolution through the activation of
 * that sum.  Returns the convolution whose y is the block's sum.
 */
static int add_block(struct lt_graph *graph, const struct lt_arch *arch, struct place at, int y,
		     int act)
{
	int width = arch->width << at.stage, stride = at.stage > 0 && at.block == 0 ? 2 : 1;
	bool projects = stride > 1 || graph->conv[y].shape.out_c != width;
	int conv, last, shortcut = y;
	char name[48], bn[48];

	name_of(arch, at, "conv1", name, sizeof name);
	name_of(arch, at, "bn2", bn, sizeof bn);
	conv = lt_graph_conv(graph, name, bn, act, width, 3, stride);
	if (projects) {
		bool first = at.stage == 0 && at.block == 0;

		name_of(arch, at, "convShortcut", name, sizeof name);
		shortcut = lt_graph_bare_conv(graph, name, first ? act : lt_graph_raw(graph, y),
					      width, 1, stride);
	}
	name_of(arch, at, "conv2", name, sizeof name);
	name_of(arch, next(arch, at), "bn1", bn, sizeof bn);
	last = lt_graph_conv(graph, name, bn, lt_graph_act(graph, conv, LT_SKIP_NONE, -1),
			     width, 3, 1);
	lt_graph_add(graph, last, shortcut);
	return last;
}

int lt_arch_wide_resnet(struct lt_graph *graph, const struct lt_arch *arch)
{
	struct place at = {0, 0};
	int y, act;

	graph->init = LT_INIT_WIDE;
	graph->slope = 0.1;
	graph->epsilon = graph->momentum = 0.001;
	y = lt_graph_conv(graph, "conv1", "block1.layer.0.bn1", 0, 16, 3, 1);
	act = lt_graph_act(graph, y, LT_SKIP_NONE, -1);
	for (; at.stage < arch->stages; at = next(arch, at)) {
		y = add_block(graph, arch, at, y, act);
		act = lt_graph_act(graph, y, LT_SKIP_NONE, -1);
	}
	return act;
}
