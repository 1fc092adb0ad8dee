/*
 * Shared by the injector (inject.c) and the program that runs others with it (judge.c): the
 * calls that can fail, and the counts of a run.
 */
#ifndef LT_TESTS_FAULTS_H
#define LT_TESTS_FAULTS_H

#include <errno.h>
#include <stdatomic.h>

enum fault {
	FAULT_MALLOC,
	FAULT_CALLOC,
	FAULT_REALLOC,
	FAULT_MEMALIGN, /* posix_memalign, aligned_alloc */
	FAULT_MMAP,
	FAULT_THREAD, /* pthread_create */
	FAULT_OPEN,   /* open, openat, fopen */
	FAULT_READ,   /* read, pread */
	FAULT_WRITE,  /* write, pwrite */
	FAULT_FSYNC,
	FAULT_CLOSE,
	FAULT_RENAME,
	FAULTS
};

static const char *const fault_names[FAULTS] = {"malloc", "calloc", "realloc", "memalign",
						"mmap",	  "thread", "open",    "read",
						"write",  "fsync",  "close",   "rename"};

/* In a file that judge creates for each run. */
struct fault_counts {
	atomic_long calls[FAULTS];
	atomic_long injected;
};

static inline int fault_errno(enum fault fault)
{
	switch (fault) {
	case FAULT_OPEN:
		return EMFILE;
	case FAULT_READ:
	case FAULT_FSYNC:
	case FAULT_RENAME:
		return EIO;
	case FAULT_WRITE:
	case FAULT_CLOSE:
		return ENOSPC;
	case FAULT_THREAD:
		return EAGAIN;
	default:
		return ENOMEM;
	}
}

#endif
