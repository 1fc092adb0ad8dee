/*
 * Identifies the network in a file of weights by the names and shapes of its tensors.
 *
 * The body of every supported ResNet has the names of torchvision, which ltpipe's streams use
 * too: conv1, bn1, layer1.0.conv1, …, layer2.0.downsample.0.  A prefix may come before them,
 * such as "module." of DataParallel, "state_dict.module." of a checkpoint or
 * "module.encoder_q." of MoCo: it is what conv1.weight, bn1.weight and layer1.0.conv1.weight
 * have in common before these names.  The names of heads are in a table:
 *
 *	fc		torchvision; Yang & Xu (imbalanced-semi-self); ltpipe
 *	fc.0, fc.2	the same with MoCo v2's projection
 *	linear		Cao et al. (LDAM-DRW); Idelbayev (pytorch_resnet_cifar10)
 *	classifier.fc	beside feat_model: Kang et al. (classifier-balancing)
 *
 * A head with a bias is linear, [classes, features].  A head without one is NormedLinear,
 * [features, classes]; its logits are cosines times a scale that is not in the file.
 */
#ifndef LT_WEIGHTS_NAMING_H
#define LT_WEIGHTS_NAMING_H

#include "net/graph.h"
#include "weights/weights.h"

struct lt_naming {
	const char *body; /* what the prefix of the body's names ends with */
	const char *head; /* what replaces it in the prefix of the head's names */
	enum lt_head_kind kind;
};

/* Names of networks whose weights are read, and of others, for the option table. */
extern const char *const lt_naming_archs[], *const lt_naming_archs_later[];

extern const struct lt_naming lt_namings[]; /* ends with a NULL head */

/* A tensor of the network, in the order of a state_dict. */
struct lt_expected {
	char name[64]; /* as in streams */
	struct lt_shape shape;
	int from; /* index of the tensor in the file */
	bool variance;
};

struct lt_match {
	char root[LT_MAX_NAME + 1];	     /* prefix of the body's names */
	char head_root[2 * LT_MAX_NAME + 1]; /* prefix of "weight" and "bias" of the head */
	enum lt_head_kind head;
	int classes, hidden, channels;
	const struct lt_arch *arch;
	struct lt_graph *graph;
	struct lt_expected *expected;
	int n;
};

/*
 * Finds the network and all of its tensors.  arch: the name it must have, or NULL.  side: of
 * the images; 0 means 32 for the CIFAR architectures and 224 for the others.  LT_DATA: no
 * network, or more than one; an architecture that is not supported; a tensor that is missing,
 * has another shape, or is not real, which the message names.  Call lt_match_free in any
 * case.
 */
int lt_match_find(struct lt_match *match, const struct lt_weights *weights, const char *arch,
		  int side, struct lt_error *err);
void lt_match_free(struct lt_match *match);

#endif
