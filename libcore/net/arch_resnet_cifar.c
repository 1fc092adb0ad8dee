/*
 * ResNets for small images: He et al., "Deep residual learning for image recognition", CVPR
 * 2016, section 4.2, with parameter-free shortcuts (option A).  A 3×3 convolution, then three
 * stages of basic blocks with 16, 32 and 64 channels, the first block of stages 2 and 3 with
 * stride 2.  Tensor names are those of the authors' code for imbalanced CIFAR.
 */
#include <stdio.h>

#include "net/graph.h"

int lt_arch_resnet_cifar(struct lt_graph *graph, const struct lt_arch *arch)
{
	int conv = lt_graph_conv(graph, "conv1", "bn1", 0, arch->width, 3, 1);
	int act = lt_graph_act(graph, conv, LT_SKIP_NONE, -1);
	char name[48], bn[48];

	for (int stage = 0; stage < arch->stages; stage++)
		for (int block = 0; block < arch->blocks[stage]; block++) {
			int stride = stage > 0 && block == 0 ? 2 : 1;
			int width = arch->width << stage, middle;

			snprintf(name, sizeof name, "layer%d.%d.conv1", stage + 1, block);
			snprintf(bn, sizeof bn, "layer%d.%d.bn1", stage + 1, block);
			conv = lt_graph_conv(graph, name, bn, act, width, 3, stride);
			middle = lt_graph_act(graph, conv, LT_SKIP_NONE, -1);
			snprintf(name, sizeof name, "layer%d.%d.conv2", stage + 1, block);
			snprintf(bn, sizeof bn, "layer%d.%d.bn2", stage + 1, block);
			conv = lt_graph_conv(graph, name, bn, middle, width, 3, 1);
			act = lt_graph_act(graph, conv,
					   stride == 2 ? LT_SKIP_OPTION_A : LT_SKIP_SAME, act);
		}
	return act;
}
