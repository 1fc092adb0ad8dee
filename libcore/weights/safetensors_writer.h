/*
 * Writes a model as a safetensors file.  The tensors of the network have the names of streams,
 * which are those of torchvision and imbalanced-semi-self, so that
 *
 *	model.load_state_dict(safetensors.torch.load_file("model.safetensors"))
 *
 * loads them in PyTorch; num_batches_tracked is not in the file and is created there.  The
 * state of a training program is left out.  The metadata is that of weights/said.h.
 */
#ifndef LT_WEIGHTS_SAFETENSORS_WRITER_H
#define LT_WEIGHTS_SAFETENSORS_WRITER_H

#include "net/model.h"
#include "stream/output.h"

/*
 * Equal models give equal bytes.  *left_out: number of tensors of a training program's state.
 */
int lt_safetensors_write(const struct lt_model *model, struct lt_output *output, int *left_out,
			 struct lt_error *err);

#endif
