/*
 * ResNets for large images: He et al., "Deep residual learning for image recognition", CVPR
 * 2016, table 1, with projections where shapes change (option B).  A 7×7 convolution and max
 * pooling, both with stride 2, then four stages of blocks with 64, 128, 256 and 512 channels,
 * the first block of stages 2 to 4 with stride 2.  A bottleneck has its stride in the 3×3
 * convolution and four times the channels in its last convolution.  This, the tensor names and
 * the initial weights are those of torchvision (version 1.5 of its ResNet-50).  ResNet-10 is
 * the same with one block per stage.
 */
#include <stdio.h>

#include "net/graph.h"

/* A convolution of a block, named "layer2.0.conv1" with "layer2.0.bn1". */
static int block_conv(struct lt_graph *graph, const char *block, int number, int in, int out_c,
		      int size, int stride)
{
	char name[48], bn[48];

	snprintf(name, sizeof name, "%s.conv%d", block, number);
	snprintf(bn, sizeof bn, "%s.bn%d", block, number);
	return lt_graph_conv(graph, name, bn, in, out_c, size, stride);
}

static int inner(struct lt_graph *graph, int conv)
{
	return lt_graph_act(graph, conv, LT_SKIP_NONE, -1);
}

/* The last activation of a block: over its last convolution and the shortcut. */
static int end_block(struct lt_graph *graph, const char *block, int in, int conv, int stride)
{
	int out_c = graph->conv[conv].shape.out_c, projection;
	char name[48], bn[48];

	if (stride == 1 && graph->act[in].c == out_c)
		return lt_graph_act(graph, conv, LT_SKIP_SAME, in);
	snprintf(name, sizeof name, "%s.downsample.0", block);
	snprintf(bn, sizeof bn, "%s.downsample.1", block);
	projection = lt_graph_conv(graph, name, bn, in, out_c, 1, stride);
	return lt_graph_act(graph, conv, LT_SKIP_PROJECTION, projection);
}

static int basic(struct lt_graph *graph, const char *block, int in, int width, int stride)
{
	int middle = inner(graph, block_conv(graph, block, 1, in, width, 3, stride));

	return end_block(graph, block, in, block_conv(graph, block, 2, middle, width, 3, 1),
			 stride);
}

static int bottleneck(struct lt_graph *graph, const char *block, int in, int width, int stride)
{
	int narrow = inner(graph, block_conv(graph, block, 1, in, width, 1, 1));
	int middle = inner(graph, block_conv(graph, block, 2, narrow, width, 3, stride));

	return end_block(graph, block, in, block_conv(graph, block, 3, middle, 4 * width, 1, 1),
			 stride);
}

int lt_arch_resnet_large(struct lt_graph *graph, const struct lt_arch *arch)
{
	int act = lt_graph_max_act(graph,
				   lt_graph_conv(graph, "conv1", "bn1", 0, arch->width, 7, 2));
	char name[32];

	graph->init = LT_INIT_TORCHVISION;
	for (int stage = 0; stage < arch->stages; stage++)
		for (int block = 0; block < arch->blocks[stage]; block++) {
			int stride = stage > 0 && block == 0 ? 2 : 1;
			int width = arch->width << stage;

			snprintf(name, sizeof name, "layer%d.%d", stage + 1, block);
			act = arch->bottleneck ? bottleneck(graph, name, act, width, stride)
					       : basic(graph, name, act, width, stride);
		}
	return act;
}
