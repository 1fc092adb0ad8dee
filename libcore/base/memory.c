/*
 * The ledger counts the usable size of every block (malloc_usable_size(3)), so that
 * lt_free needs neither a size nor a header.  A block is counted before it is
 * allocated, so that two threads cannot exceed the limit together.
 */
#include "base/memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#if defined(__APPLE__)
#include <malloc/malloc.h>
#elif defined(__FreeBSD__)
#include <malloc_np.h>
#else
#include <malloc.h>
#endif

#define HUGE_PAGE ((size_t)2 << 20)

static struct {
	atomic_uint_fast64_t used, limit; /* limit 0: none */
	atomic_bool refused;		  /* was the last failure caused by the limit? */
} ledger;

void lt_memory_limit(uint64_t bytes)
{
	atomic_store(&ledger.limit, bytes);
}

uint64_t lt_memory_used(void)
{
	return atomic_load(&ledger.used);
}

uint64_t lt_memory_refused(void)
{
	return atomic_load(&ledger.refused) ? atomic_load(&ledger.limit) : 0;
}

static bool within(uint64_t used, uint64_t more)
{
	uint64_t limit = atomic_load_explicit(&ledger.limit, memory_order_relaxed);

	if (limit == 0 || (used <= limit && more <= limit - used))
		return true;
	atomic_store(&ledger.refused, true);
	return false;
}

bool lt_memory_fits(uint64_t bytes)
{
	return within(lt_memory_used(), bytes);
}

uint64_t lt_memory_left(void)
{
	uint64_t limit = atomic_load(&ledger.limit), used = lt_memory_used();

	if (limit == 0)
		return UINT64_MAX;
	return used < limit ? limit - used : 0;
}

static size_t usable(void *block)
{
#if defined(__APPLE__)
	return malloc_size(block);
#else
	return malloc_usable_size(block);
#endif
}

static bool charge(size_t size)
{
	uint_fast64_t used = atomic_load_explicit(&ledger.used, memory_order_relaxed);

	do {
		if (!within(used, size))
			return false;
	} while (!atomic_compare_exchange_weak_explicit(
		&ledger.used, &used, used + size, memory_order_relaxed, memory_order_relaxed));
	return true;
}

/* Corrects the charge for a block to its usable size; block NULL: the allocation failed. */
static void *settle(void *block, size_t charged)
{
	if (!block)
		atomic_store(&ledger.refused, false);
	atomic_fetch_add_explicit(&ledger.used, (block ? usable(block) : 0) - (uint64_t)charged,
				  memory_order_relaxed);
	return block;
}

bool lt_mul(size_t a, size_t b, size_t *out)
{
	size_t product;

	if (__builtin_mul_overflow(a, b, &product))
		return false;
	*out = product;
	return true;
}

bool lt_add(size_t a, size_t b, size_t *out)
{
	size_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*out = sum;
	return true;
}

void *lt_new_array(size_t n, size_t size)
{
	size_t bytes;

	if (!lt_mul(n, size, &bytes) || !charge(bytes))
		return NULL;
	return settle(calloc(1, bytes ? bytes : 1), bytes);
}

void *lt_new_bytes(size_t size)
{
	return charge(size) ? settle(malloc(size ? size : 1), size) : NULL;
}

void *lt_grow_array(void *old, size_t n, size_t size)
{
	size_t bytes, had = old ? usable(old) : 0, more;
	void *block;

	if (!lt_mul(n, size, &bytes))
		return NULL;
	more = bytes > had ? bytes - had : 0;
	if (!charge(more))
		return NULL;
	block = realloc(old, bytes ? bytes : 1);
	if (!block) {
		settle(NULL, more);
		return NULL;
	}
	return settle(block, had + more);
}

void lt_free(void *block)
{
	if (!block)
		return;
	atomic_fetch_sub_explicit(&ledger.used, usable(block), memory_order_relaxed);
	free(block);
}

char *lt_text_copy_n(const char *text, size_t n)
{
	size_t length = strnlen(text, n), size;
	char *copy = lt_add(length, 1, &size) ? lt_new_bytes(size) : NULL;

	if (copy) {
		memcpy(copy, text, length);
		copy[length] = '\0';
	}
	return copy;
}

char *lt_text_copy(const char *text)
{
	return lt_text_copy_n(text, strlen(text));
}

/* A whole number of steps of align bytes, uncleared. */
static void *new_steps(size_t align, size_t size)
{
	void *block;

	if (!charge(size))
		return NULL;
	return settle(posix_memalign(&block, align, size) == 0 ? block : NULL, size);
}

static bool round_up(size_t size, size_t align, size_t *out)
{
	if (!lt_add(size ? size : 1, align - 1, out))
		return false;
	*out &= ~(align - 1);
	return true;
}

void *lt_new_aligned_bytes(size_t align, size_t size)
{
	size_t rounded;
	void *block = round_up(size, align, &rounded) ? new_steps(align, rounded) : NULL;

#ifdef MADV_HUGEPAGE
	/* Whole pages only: a last one would be cleared, and so take memory, beyond its use. */
	if (block && align == HUGE_PAGE)
		madvise(block, size & ~(HUGE_PAGE - 1), MADV_HUGEPAGE);
#endif
	return block;
}

void *lt_new_untouched(size_t size)
{
	return lt_new_aligned_bytes(size >= 2 * HUGE_PAGE ? HUGE_PAGE : 64, size);
}

void *lt_new_aligned(size_t size)
{
	void *block = lt_new_untouched(size);

	if (block)
		memset(block, 0, size);
	return block;
}
