/*
 * A budget for decoding: how much memory the images that threads decode at the same time may
 * take together.  It does not affect threads with small images.  An image that does not fit
 * beside the others waits for them and is then decoded alone.  So a set of very large images
 * needs memory for one of them, with any number of threads.
 *
 * The budget is 256 MiB, less if --max-memory leaves less than eight times what it would take.
 * There is one budget per process, like the ledger (base/memory.h).  The budget allocates
 * nothing; the ledger decides whether an image that is decoded alone fits.
 */
#ifndef LT_IMAGE_BUDGET_H
#define LT_IMAGE_BUDGET_H

#include <stdint.h>

/* Waits until so many bytes may be taken.  A thread may claim once at a time. */
void lt_budget_claim(uint64_t bytes);
/* Returns what was claimed. */
void lt_budget_return(uint64_t bytes);

#endif
