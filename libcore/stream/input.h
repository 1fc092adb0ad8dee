/* Bytes from a file or pipe, with their offset.  Internal to libcore/stream. */
#ifndef LT_STREAM_INPUT_H
#define LT_STREAM_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct lt_input {
	int fd;
	char *name;
	uint64_t offset; /* of the next byte to take */
	uint8_t *buffer;
	size_t at, filled;
	bool ended;
};

int lt_input_open(struct lt_input *input, const char *path, struct lt_error *err);
int lt_input_open_fd(struct lt_input *input, int fd, const char *name, struct lt_error *err);
/* Takes n bytes; *got is smaller only at the end. */
int lt_input_take(struct lt_input *input, void *to, size_t n, size_t *got,
		  struct lt_error *err);
/* The first *n bytes of the input that were read; NULL if they are no longer held. */
const uint8_t *lt_input_beginning(const struct lt_input *input, size_t *n);
void lt_input_close(struct lt_input *input);

#endif
