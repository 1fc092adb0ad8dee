/*
 * Decoding in a child process: if a decoder crashes, hangs or reaches its limits,
 * only that image is lost.
 *
 * One child decodes image after image and is restarted if it dies.  It has one
 * descriptor, a socket to the parent.  Memory and CPU time for an image are limited
 * (by RLIMIT_AS, if the system reports how much is mapped, and RLIMIT_CPU).  The child
 * ends with the parent, runs none of the parent's handlers and terminates with _exit.
 *
 * The protocol on the socket, alternating:
 *
 *	to the child:	struct lt_child_job, then its n encoded bytes
 *	from it:	struct lt_child_reply with the facts, then its n bytes: pixels (none
 *			with header_only), or the text of an error
 *
 * The structs are sent as they are in memory, since both ends are the same program.
 */
#ifndef LT_IMAGE_CHILD_H
#define LT_IMAGE_CHILD_H

#include "image/image.h"

struct lt_child;

/* The work of the child: lt_image_decode, or a function of a test. */
typedef int lt_child_work(struct lt_image *image, const void *bytes, size_t n,
			  const struct lt_image_how *how, struct lt_error *err);

/* CPU time for an image, in seconds. */
#define LT_CHILD_SECONDS 60

/*
 * Does not start the child; the first image does.  The process may have threads at
 * that time: the child runs in the thread that forked and uses no locks of other
 * threads except malloc's, which fork(2) keeps consistent.
 */
int lt_child_new(struct lt_child **out, lt_child_work *work, unsigned seconds,
		 struct lt_error *err);

/*
 * Calls work in the child, with how->child NULL.  LT_DATA, with the cause, if the
 * child dies; LT_OS if it cannot be started.  Not thread-safe: each thread needs its
 * own child.
 */
int lt_child_decode(struct lt_child *child, struct lt_image *image, const void *bytes, size_t n,
		    const struct lt_image_how *how, struct lt_error *err);

/* Its process id, or 0 if it is not running. */
int lt_child_pid(const struct lt_child *child);

/* Ends the process and waits for it.  NULL is allowed. */
void lt_child_free(struct lt_child *child);

#endif
