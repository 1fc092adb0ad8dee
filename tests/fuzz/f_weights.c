/*
 * Fuzz target: the bytes as a file of weights of any format, all of whose tensors are read; and
 * as a pickle of torch.save's alone.  Errors are fine; crashes, leaks and hangs are not, and a
 * few bytes must not cause large allocations.
 */
#include "kit.h"

#include "base/memory.h"
#include "format/pickle.h"
#include "weights/naming.h"
#include "weights/said.h"

static volatile float used; /* so that every number is read */

/* Every tensor must be readable, and there must not be more elements than bytes in the file. */
static void look(const struct lt_weights *weights, size_t size)
{
	size_t elements = 0;
	float sum = 0;

	for (int i = 0; i < lt_weights_count(weights); i++) {
		const struct lt_weights_tensor *tensor = lt_weights_tensor(weights, i);

		check(lt_weights_find(weights, tensor->name) == i);
		if (!tensor->is_real || tensor->elements == 0)
			continue;
		check(tensor->data != NULL);
		for (size_t e = 0; e < tensor->elements; e++)
			sum += tensor->data[e];
		elements += tensor->elements;
	}
	check(elements <= size);
	used = sum;
}

static void as_file(const uint8_t *data, size_t size)
{
	struct lt_header header;
	struct lt_weights *weights;
	struct lt_match match;
	struct lt_error err;
	int code = lt_weights_open_memory(&weights, data, size, "fuzz", &err);

	if (code) {
		check_refusal(code, &err);
		return;
	}
	lt_header_init(&header, LT_MODEL);
	code = lt_said_take(&header, weights, &err);
	if (code)
		check_refusal(code, &err);
	lt_header_free(&header);
	code = lt_match_find(&match, weights, NULL, 0, &err);
	if (code)
		check_refusal(code, &err);
	lt_match_free(&match);
	for (int i = 0; i < lt_weights_count(weights); i++)
		if (lt_weights_tensor(weights, i)->is_real)
			lt_weights_want(weights, i);
	code = lt_weights_read(weights, &err);
	if (code)
		check_refusal(code, &err);
	else
		look(weights, size);
	lt_weights_close(weights);
}

static void as_pickle(const uint8_t *data, size_t size)
{
	struct lt_pickle_memory memory = {data, size};
	struct lt_pickle_source source = {"fuzz", &memory, lt_pickle_read_memory};
	struct lt_pickle *pickle;
	struct lt_error err;
	int code = lt_pickle_read_torch(&pickle, &source, &err);

	if (code)
		check_refusal(code, &err);
	else
		check(lt_pickle_size(pickle) <= size);
	lt_pickle_free(pickle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_file(data, size);
	as_pickle(data, size);
	check(lt_memory_used() == 0);
	return 0;
}
