/*
 * A budget for decoding: how much memory the pictures that threads decode at the same time
 * may take together.  Threads with small pictures do not notice it.  A picture that does not
 * fit beside the others waits for them and is then decoded alone.  So a set of very large
 * pictures needs memory for one of them, with any number of threads.
 *
 * The budget is 256 MiB, less if --max-memory leaves less than eight times what it would
 * take.  It is one for the process, like the ledger (base/memory.h), and allocates nothing:
 * whether a picture that is decoded alone fits is for the ledger to say.
 */
#ifndef LT_IMAGE_BUDGET_H
#define LT_IMAGE_BUDGET_H

#include <stdint.h>

/* Waits until so many bytes may be taken.  A thread may claim once at a time. */
void lt_budget_claim(uint64_t bytes);
/* Returns what was claimed. */
void lt_budget_return(uint64_t bytes);

#endif
