/* A network of one convolution on images of 4×4×3, whose checkpoint has a few kilobytes. */
#ifndef LT_TESTS_FUZZ_NET_H
#define LT_TESTS_FUZZ_NET_H

#include "kit.h"
#include "net/model.h"

enum { KIT_CLASSES = 2 };

static inline struct lt_network *kit_network(void)
{
	static struct lt_network *net;
	static struct lt_graph graph;
	const struct lt_kernels *kernels;
	struct lt_pool *pool;
	int conv, act;

	if (net)
		return net;
	lt_graph_begin(&graph, 4, 4, 3);
	conv = lt_graph_conv(&graph, "conv1", "bn1", 0, 16, 1, 1);
	act = lt_graph_act(&graph, conv, LT_SKIP_NONE, -1);
	check(lt_graph_end(&graph, act, LT_FC(LT_HEAD_LINEAR, KIT_CLASSES), 1, NULL) == 0);
	check(lt_pool_new(&pool, 1, NULL) == 0);
	check(lt_kernels_choose(&kernels, "ref", NULL) == 0);
	check(lt_network_new(&net,
			     &(struct lt_network_config){.graph = &graph,
							 .kernels = kernels,
							 .pool = pool,
							 .max_batch = 2,
							 .max_splits = 1,
							 .learns = true},
			     NULL) == 0);
	lt_network_init(net, 1);
	return net;
}

#endif
