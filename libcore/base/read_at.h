/* Reading at an offset of a file. */
#ifndef LT_BASE_READ_AT_H
#define LT_BASE_READ_AT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* pread(2) until n bytes are read or the file ends; returns their number, or -1 with errno. */
ssize_t lt_read_at(int fd, void *to, size_t n, uint64_t offset);

#endif
