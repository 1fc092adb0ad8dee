#include "weights/naming.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

const struct lt_naming lt_namings[] = {
	{"", "fc.", LT_HEAD_LINEAR},
	{"", "linear.", LT_HEAD_LINEAR},
	{"", "fc.", LT_HEAD_MLP},
	{"feat_model.module.", "classifier.module.fc.", LT_HEAD_LINEAR},
	{"feat_model.", "classifier.fc.", LT_HEAD_LINEAR},
	{NULL, NULL, LT_HEAD_LINEAR},
};

const char *const lt_naming_archs[] = {"resnet20",  "resnet32", "resnet44", "resnet56",
				       "resnet110", "resnet10", "resnet18", "resnet34",
				       "resnet50",  NULL};
/* Others' wide residual networks of these names differ from ours in which input of a block
 * goes where. */
const char *const lt_naming_archs_later[] = {"wrn-16-2", "wrn-28-2", NULL};

/* Prefixes of networks that are ignored: MoCo's other encoder, and averages. */
static const char *const others[] = {"encoder_k.", "momentum_encoder."};

/* Room for a name in the file; no file has a longer one. */
#define NAME_ROOM (3 * LT_MAX_NAME)

static int find(const struct lt_weights *weights, const char *root, const char *name)
{
	char full[NAME_ROOM];
	int n = snprintf(full, sizeof full, "%s%s", root, name);

	return n < (int)sizeof full ? lt_weights_find(weights, full) : -1;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

/* ------------------------------------------------------------------ the body */

static bool is_root(const struct lt_weights *weights, const char *root)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (ends_with(root, others[i]))
			return false;
	return find(weights, root, "bn1.weight") >= 0 &&
	       find(weights, root, "layer1.0.conv1.weight") >= 0;
}

static int find_root(struct lt_match *match, const struct lt_weights *weights,
		     struct lt_error *err)
{
	static const char first[] = "conv1.weight";
	int found = 0;

	for (int i = 0; i < lt_weights_count(weights); i++) {
		const char *name = lt_weights_tensor(weights, i)->name;
		char root[LT_MAX_NAME + 1];

		if (!ends_with(name, first))
			continue;
		snprintf(root, sizeof root, "%.*s", (int)(strlen(name) - strlen(first)), name);
		if (!is_root(weights, root))
			continue;
		if (found++)
			return lt_fail(err, LT_DATA,
				       "%s: weights of several networks, '%s%s' and '%s%s'; "
				       "save the one that is meant",
				       lt_weights_name(weights), match->root, first, root,
				       first);
		memcpy(match->root, root, sizeof root);
	}
	return found ? 0
		     : lt_fail(err, LT_DATA,
			       "%s: no ResNet in it: there is no conv1.weight beside "
			       "bn1.weight and layer1.0.conv1.weight",
			       lt_weights_name(weights));
}

static int count_blocks(const struct lt_match *match, const struct lt_weights *weights,
			int stage)
{
	char name[64];
	int n = 0;

	do {
		snprintf(name, sizeof name, "layer%d.%d.conv1.weight", stage + 1, n);
	} while (n < 1000 && find(weights, match->root, name) >= 0 && ++n);
	return n;
}

/* The architecture with those blocks; the sizes of its tensors are compared later. */
static int find_arch(struct lt_match *match, const struct lt_weights *weights,
		     struct lt_error *err)
{
	bool bottleneck = find(weights, match->root, "layer1.0.conv3.weight") >= 0;
	int blocks[5];

	for (int s = 0; s < 5; s++)
		blocks[s] = count_blocks(match, weights, s);
	for (const struct lt_arch *arch = lt_archs; arch->name; arch++) {
		bool same =
			arch->bottleneck == bottleneck && arch->build != lt_arch_wide_resnet;

		for (int s = 0; s < 5; s++)
			same = same && blocks[s] == (s < arch->stages ? arch->blocks[s] : 0);
		if (same) {
			match->arch = arch;
			return 0;
		}
	}
	return lt_fail(err, LT_DATA,
		       "%s: blocks %d, %d, %d, %d%s: no network of this version; --arch NAME "
		       "tells what one of that name would lack",
		       lt_weights_name(weights), blocks[0], blocks[1], blocks[2], blocks[3],
		       bottleneck ? " of three convolutions" : "");
}

/* ------------------------------------------------------------------ the head */

/* A dimension of a tensor of the file; 0: there is none, or it is not a number of outputs. */
static int dim_of(const struct lt_weights *weights, int tensor, int axis)
{
	const struct lt_shape *shape = &lt_weights_tensor(weights, tensor)->shape;

	return shape->dims == 2 && shape->dim[axis] <= LT_MAX_CLASSES ? (int)shape->dim[axis]
								      : 0;
}

/*
 * Does the file have the head of that naming, for a body under this root?  If so, describes
 * it.
 */
static bool try_naming(struct lt_match *match, const struct lt_weights *weights,
		       const struct lt_naming *naming)
{
	bool mlp = naming->kind == LT_HEAD_MLP;
	char root[sizeof match->head_root];
	int weight, first = -1;

	if (!ends_with(match->root, naming->body))
		return false;
	snprintf(root, sizeof root, "%.*s%s", (int)(strlen(match->root) - strlen(naming->body)),
		 match->root, naming->head);
	weight = find(weights, root, mlp ? "2.weight" : "weight");
	if (mlp)
		first = find(weights, root, "0.weight");
	if (weight < 0 || (mlp && first < 0))
		return false;
	memcpy(match->head_root, root, sizeof root);
	match->head = naming->kind;
	if (!mlp && find(weights, root, "bias") < 0)
		match->head = LT_HEAD_COSINE;
	match->classes = dim_of(weights, weight, match->head == LT_HEAD_COSINE);
	match->hidden = mlp ? dim_of(weights, first, 0) : 0;
	return true;
}

static int find_head(struct lt_match *match, const struct lt_weights *weights,
		     struct lt_error *err)
{
	char before[sizeof match->head_root] = "";

	for (const struct lt_naming *naming = lt_namings; naming->head; naming++) {
		if (!try_naming(match, weights, naming))
			continue;
		if (*before)
			return lt_fail(err, LT_DATA, "%s: two heads, '%s' and '%s'",
				       lt_weights_name(weights), before, match->head_root);
		memcpy(before, match->head_root, sizeof before);
	}
	if (!*before)
		return lt_fail(err, LT_DATA,
			       "%s: tensor '%sfc.weight' is missing (nor is there "
			       "'%slinear.weight')",
			       lt_weights_name(weights), match->root, match->root);
	if (match->classes < 1 || (match->head == LT_HEAD_MLP && match->hidden < 1))
		return lt_fail(err, LT_DATA,
			       "%s: tensor '%sweight' does not have the shape of a head's",
			       lt_weights_name(weights), match->head_root);
	return 0;
}

/* ------------------------------------------------------------------ all tensors */

static void show_shape(const struct lt_shape *shape, char *text, size_t room)
{
	size_t n = 0;

	text[0] = '\0';
	for (int i = 0; i < shape->dims && n < room; i++)
		n += (size_t)snprintf(text + n, room - n, "%s%u", i ? "×" : "", shape->dim[i]);
	if (shape->dims == 0)
		snprintf(text, room, "a single number");
}

static int expect(struct lt_match *match, const struct lt_weights *weights, const char *name,
		  const struct lt_shape *shape, bool head, struct lt_error *err)
{
	struct lt_expected *expected = &match->expected[match->n++];
	const struct lt_weights_tensor *tensor;
	const char *root = head ? match->head_root : match->root;
	char has[120], wants[120];

	snprintf(expected->name, sizeof expected->name, "%s", name);
	expected->shape = *shape;
	expected->variance = ends_with(name, ".running_var");
	/* A head's names begin with "fc.", for which head_root stands. */
	expected->from = find(weights, root, head ? name + 3 : name);
	if (expected->from < 0)
		return lt_fail(err, LT_DATA, "%s: tensor '%s%s' is missing (%s)",
			       lt_weights_name(weights), root, head ? name + 3 : name,
			       match->arch->name);
	tensor = lt_weights_tensor(weights, expected->from);
	show_shape(&tensor->shape, has, sizeof has);
	show_shape(shape, wants, sizeof wants);
	if (!lt_shape_same(&tensor->shape, shape))
		return lt_fail(err, LT_DATA, "%s: tensor '%s' is %s, where %s has %s",
			       lt_weights_name(weights), tensor->name, has, match->arch->name,
			       wants);
	if (!tensor->is_real)
		return lt_fail(err, LT_DATA, "%s: tensor '%s' is of %s, not of real numbers",
			       lt_weights_name(weights), tensor->name, tensor->type);
	return 0;
}

static int expect_norm(struct lt_match *match, const struct lt_weights *weights,
		       const struct lt_conv_node *conv, struct lt_error *err)
{
	struct lt_shape shape = {1, {(uint32_t)conv->shape.out_c}};
	char name[64];
	int code;

	snprintf(name, sizeof name, "%s.running_mean", conv->bn);
	code = expect(match, weights, name, &shape, false, err);
	if (code)
		return code;
	snprintf(name, sizeof name, "%s.running_var", conv->bn);
	return expect(match, weights, name, &shape, false, err);
}

/* In the order of lt_model_write. */
static int expect_all(struct lt_match *match, const struct lt_weights *weights,
		      struct lt_error *err)
{
	const struct lt_graph *graph = match->graph;
	int code = 0;

	match->expected = lt_new_array((size_t)(graph->n_params + 2 * graph->n_convs),
				       sizeof *match->expected);
	if (!match->expected)
		return lt_fail_memory(err);
	for (int i = 0; i < graph->n_params && code == 0; i++) {
		const struct lt_param *param = &graph->param[i];
		int conv = lt_graph_norm_end(graph, i);

		code = expect(match, weights, param->name, &param->shape, param->head, err);
		if (code == 0 && conv >= 0)
			code = expect_norm(match, weights, &graph->conv[conv], err);
	}
	return code;
}

int lt_match_find(struct lt_match *match, const struct lt_weights *weights, const char *arch,
		  int side, struct lt_error *err)
{
	const struct lt_weights_tensor *conv1;
	struct lt_head head;
	int code;

	*match = (struct lt_match){.arch = arch ? lt_arch_find(arch) : NULL};
	if ((code = find_root(match, weights, err)) != 0 ||
	    (!arch && (code = find_arch(match, weights, err)) != 0) ||
	    (code = find_head(match, weights, err)) != 0)
		return code;
	conv1 = lt_weights_tensor(weights, find(weights, match->root, "conv1.weight"));
	match->channels = conv1->shape.dims == 4 && conv1->shape.dim[1] >= 1 &&
					  conv1->shape.dim[1] <= LT_MAX_CHANNELS
				  ? (int)conv1->shape.dim[1]
				  : 3;
	if (side == 0)
		side = match->arch->stages == 3 ? 32 : 224;
	match->graph = lt_new_array(1, sizeof *match->graph);
	if (!match->graph)
		return lt_fail_memory(err);
	head = *LT_FC(match->head, match->classes);
	head.hidden = match->hidden;
	code = lt_graph_build(match->graph, match->arch->name, side, side, match->channels,
			      &head, 1, err);
	return code ? code : expect_all(match, weights, err);
}

void lt_match_free(struct lt_match *match)
{
	lt_free(match->graph);
	lt_free(match->expected);
	*match = (struct lt_match){.n = 0};
}
