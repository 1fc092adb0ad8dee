/* Bytes from a file or pipe, with their offset.  Internal to libcore/stream. */
#ifndef LT_STREAM_INPUT_H
#define LT_STREAM_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/team.h"

struct lt_input {
	int fd;
	char *name;
	uint64_t offset; /* of the next byte to take */
	uint8_t *buffer;
	size_t at, filled;
	bool ended;
	struct lt_input_share *share; /* NULL: this process reads alone */
};

int lt_input_open(struct lt_input *input, const char *path, struct lt_error *err);
int lt_input_open_fd(struct lt_input *input, int fd, const char *name, struct lt_error *err);
/*
 * Reads a file together with the other ranks of a team, before its first byte is taken; all
 * ranks then take the same bytes in the same order.  What is not a file, and stdin, each rank
 * reads alone.  LT_DATA if the ranks' files differ in their sizes or ends.
 */
int lt_input_share(struct lt_input *input, const struct lt_team *team, struct lt_error *err);
/* Takes n bytes; *got is smaller only at the end. */
int lt_input_take(struct lt_input *input, void *to, size_t n, size_t *got,
		  struct lt_error *err);
/* The first *n bytes of the input that were read; NULL if they are no longer held. */
const uint8_t *lt_input_beginning(const struct lt_input *input, size_t *n);
void lt_input_close(struct lt_input *input);

/* Private to input.c, input_share.c: one read of a shared file; *got is 0 at the end. */
int lt_input_share_read(struct lt_input *input, void *to, size_t n, size_t *got,
			struct lt_error *err);
void lt_input_share_free(struct lt_input_share *share);

#endif
