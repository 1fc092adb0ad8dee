/*
 * Decoding in a child process: a decoder that crashes, hangs or runs out of its
 * limits costs that image alone.
 *
 * One child serves image after image and is started again after it died.  It has
 * one descriptor, a socket to the parent; its memory and its processor time for an
 * image are limited (RLIMIT_AS, where the system tells how much is mapped, and
 * RLIMIT_CPU); it ends when the parent is gone; it runs none of the parent's
 * handlers and leaves by _exit.
 *
 * The protocol, both ways over the socket, by turns:
 *
 *	to the child:	struct lt_child_job, then its n encoded bytes
 *	from it:	struct lt_child_reply, then its n bytes: pixels, or an error's text
 *
 * The structs go over as they lie in memory: both ends are one program.
 */
#ifndef LT_DATA_CHILD_H
#define LT_DATA_CHILD_H

#include "data/image.h"

struct lt_child;

/* What is done in the child: lt_image_decode, or a test's own. */
typedef int lt_child_work(struct lt_image *image, const void *bytes, size_t n,
			  const struct lt_image_how *how, struct lt_error *err);

/* Processor time for an image, in seconds. */
#define LT_CHILD_SECONDS 60

/*
 * Starts nothing yet: the first image does.  The process may have threads by
 * then: the child works in the thread that forked, and uses none of the others'
 * locks but malloc's, which fork(2) leaves in order.
 */
int lt_child_new(struct lt_child **out, lt_child_work *work, unsigned seconds,
		 struct lt_error *err);

/*
 * As work, which gets how->child as NULL.  The death of the child is LT_DATA and
 * says how it died; that it cannot be started is LT_OS.  Not for several threads at
 * a time: each has a child of its own.
 */
int lt_child_decode(struct lt_child *child, struct lt_image *image, const void *bytes, size_t n,
		    const struct lt_image_how *how, struct lt_error *err);

/* Its process number, or 0 while there is none. */
int lt_child_pid(const struct lt_child *child);

/* Ends the process and waits for it.  NULL is allowed. */
void lt_child_free(struct lt_child *child);

#endif
