/*
 * Models as streams: weights have PyTorch's names, shapes and order in the stream, and the
 * kernels' layout in memory.
 *
 * A stream can also hold the state of a training program, whose tensor names begin with opt.
 * ema. queue. rng. or best.; only --resume reads them.
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
	size_t room; /* allocated bytes; during reading, fewer than the elements need */
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
 * Reads one model segment and leaves the reader after its DONE.  started: the segment's header
 * event was already returned.  LT_DATA for a segment of another kind.
 */
int lt_model_read(struct lt_model *model, struct lt_reader *reader, bool started,
		  struct lt_error *err);
/* Opens, reads one segment, and requires the end of the stream. */
int lt_model_read_file(struct lt_model *model, const char *path, struct lt_error *err);
void lt_model_free(struct lt_model *model);
const struct lt_model_tensor *lt_model_find(const struct lt_model *model, const char *name);

/*
 * Makes the graph of the encoder and of the head that predicts, as the header describes them,
 * and checks that the model has all of their tensors, so the memory allocated for it is in
 * proportion to the stream.  LT_USAGE if this version has no such network, LT_DATA as for
 * lt_model_check.
 */
int lt_model_graph(const struct lt_model *model, struct lt_graph *graph, struct lt_error *err);

/*
 * Fills num_classes, input, head, scale and, unless the one head is "fc", the list of heads,
 * without those that have no parameters.  The head that predicts must have some.
 */
int lt_model_describe(struct lt_header *header, const struct lt_graph *graph,
		      struct lt_error *err);

/*
 * Checks that the model has every tensor of the graph, in its shape and in floating point. To
 * be called before a network is made for them.  head and errors: as for lt_model_load.
 */
int lt_model_check(const struct lt_model *model, const struct lt_graph *graph, bool head,
		   struct lt_error *err);

/*
 * Copies a model's tensors into a network.  head: includes those of the heads.  LT_DATA for a
 * missing or misshapen tensor; the message names it.  "linear.weight" and "linear.bias" of
 * older checkpoints are accepted as "fc".
 */
int lt_model_load(const struct lt_model *model, struct lt_network *net, bool head,
		  struct lt_error *err);

/*
 * Writes parameters and running statistics in state_dict order, with prefix before each name
 * ("" for the model itself).  params and state are vectors in the graph's layout; state can be
 * NULL (momentum has none).
 */
int lt_model_write(struct lt_writer *writer, const char *prefix, const struct lt_graph *graph,
		   const lt_real *params, const lt_real *state, struct lt_error *err);
/* The reverse, for --resume. */
int lt_model_restore(const struct lt_model *model, const char *prefix,
		     const struct lt_graph *graph, lt_real *params, lt_real *state,
		     struct lt_error *err);

#endif
