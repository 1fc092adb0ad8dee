/*
 * Models as streams: weights in PyTorch's names, shapes and order on the wire,
 * in the kernels' layout in memory.
 *
 * Besides its own tensors a stream may hold a learning program's state, whose
 * names begin with one of opt. ema. queue. rng. best.; only --resume reads them.
 */
#ifndef LT_NET_MODEL_H
#define LT_NET_MODEL_H

#include "base/names.h"
#include "net/network.h"
#include "stream/stream.h"

struct lt_model_tensor {
	const char *name;
	enum lt_dtype dtype;
	struct lt_shape shape;
	size_t elements;
	void *data;  /* aligned to 64 bytes */
	size_t room; /* bytes there; while it is read, less than the elements take */
};

struct lt_model_note {
	struct lt_note_item *item;
	int n;
};

/* A model segment, read whole. */
struct lt_model {
	struct lt_header header;
	struct lt_model_tensor *tensor;
	int n_tensors, room;
	struct lt_names names; /* of the tensors */
	struct lt_model_note *note;
	int n_notes, note_room;
	struct lt_totals totals;
	char *name; /* of the input */
	struct lt_arena arena;
};

/*
 * Reads one model segment; the reader stands after its DONE.  started: the
 * segment's header event was already given.  LT_DATA for a segment of another kind.
 */
int lt_model_read(struct lt_model *model, struct lt_reader *reader, bool started,
		  struct lt_error *err);
/* Opens, reads one segment, and requires the end of the stream. */
int lt_model_read_file(struct lt_model *model, const char *path, struct lt_error *err);
void lt_model_free(struct lt_model *model);
const struct lt_model_tensor *lt_model_find(const struct lt_model *model, const char *name);

/*
 * The graph that the header describes, all of whose tensors the model has: what is
 * allocated for it is no more than a stream paid for.  LT_USAGE when this version has no
 * such network, LT_DATA as for lt_model_check.
 */
int lt_model_graph(const struct lt_model *model, struct lt_graph *graph, struct lt_error *err);

/*
 * Has the model every tensor of the graph, in its shape and floating-point?  To be asked
 * before a network is made for them.  head, and the errors, as for lt_model_load.
 */
int lt_model_check(const struct lt_model *model, const struct lt_graph *graph, bool head,
		   struct lt_error *err);

/*
 * Copies a model's tensors into a network.  head: also the head's.  A missing or
 * misshapen tensor is LT_DATA and named.  Older checkpoints' "linear.weight" and
 * "linear.bias" are taken for "fc".
 */
int lt_model_load(const struct lt_model *model, struct lt_network *net, bool head,
		  struct lt_error *err);

/*
 * Writes parameters and running statistics in state_dict order, each name after
 * prefix ("" for the model itself).  params and state are vectors of the graph's
 * layout; state may be NULL (momentum has none).
 */
int lt_model_write(struct lt_writer *writer, const char *prefix, const struct lt_graph *graph,
		   const lt_real *params, const lt_real *state, struct lt_error *err);
/* The way back, for --resume. */
int lt_model_restore(const struct lt_model *model, const char *prefix,
		     const struct lt_graph *graph, lt_real *params, lt_real *state,
		     struct lt_error *err);

#endif
