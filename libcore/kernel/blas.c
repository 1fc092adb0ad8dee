/*
 * OpenBLAS behind one function.  Our workers call it, so it must never start its own
 * threads: they would compete with ours for the cores, and the order of a sum could depend
 * on their number.
 */
#include "kernel/blas.h"

#include <cblas.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "kernel/kernel.h"

/*
 * The address space that one buffer of OpenBLAS takes: the largest BUFFER_SIZE (32 << 22)
 * in its common_*.h for the processors we know, and 1 MiB for alignment.
 */
#define BUFFER (((size_t)128 << 20) + ((size_t)1 << 20))

/*
 * From OpenBLAS's driver/others/memory.c.  Every build of the library exports them, but no
 * installed header declares them.  If they are missing, only the address space is tested.
 */
extern void *blas_memory_alloc(int unused) __attribute__((weak));
extern void blas_memory_free(void *buffer) __attribute__((weak));

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void one_thread(void)
{
	openblas_set_num_threads(1);
}

/* ------------------------------------------------------------------------- memory */

static bool has_room(size_t bytes)
{
	void *room =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return room != MAP_FAILED && munmap(room, bytes) == 0;
}

/* Takes all buffers before it returns any, so that OpenBLAS allocates n different ones. */
static bool take_buffers(int n)
{
	void **buffer = lt_new_array((size_t)n, sizeof *buffer);
	bool good = buffer != NULL;
	int taken = 0;

	for (; good && taken < n && (good = has_room(BUFFER)); taken++)
		buffer[taken] = blas_memory_alloc(0);
	while (taken > 0)
		blas_memory_free(buffer[--taken]);
	lt_free(buffer);
	return good;
}

int lt_blas_reserve(int threads, struct lt_error *err)
{
	static int reserved;
	bool good;

	if (threads <= reserved)
		return 0;
	pthread_once(&once, one_thread);
	if (blas_memory_alloc && blas_memory_free)
		good = take_buffers(threads);
	else
		good = has_room((size_t)(threads - reserved) * BUFFER);
	if (!good)
		return lt_fail(err, LT_OS,
			       "out of memory: OpenBLAS needs %zu MiB of address space a "
			       "thread (--threads %d)",
			       BUFFER >> 20, threads);
	reserved = threads;
	return 0;
}

#ifdef __linux__
static bool is_limited(int resource)
{
	struct rlimit limit;

	return getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

/*
 * The arguments of this process, NULL-terminated, or NULL if they cannot be read
 * completely.  Their memory is not freed: exec(3) discards it.
 */
static char **own_arguments(void)
{
	FILE *file = fopen("/proc/self/cmdline", "re");
	char **argv = NULL, **grown, *text = NULL;
	bool whole = false;
	size_t room = 0;
	size_t n = 0;

	while (file && !whole && (grown = lt_grow_array(argv, n + 1, sizeof *argv))) {
		argv = grown;
		whole = getdelim(&text, &room, '\0', file) < 0; /* not the ledger's */
		argv[n++] = whole ? NULL : text;
		text = NULL;
		room = 0;
	}
	whole = whole && feof(file) && !ferror(file);
	if (file)
		fclose(file);
	return whole && n > 1 ? argv : NULL;
}

/*
 * OpenBLAS starts a thread for each processor before main, and each thread takes a buffer.
 * If there is no memory for a buffer, the thread retries for ever and the program cannot
 * exit.  ltpipe needs none of these threads.  So if memory is limited, the program executes
 * itself again with the environment variable that prevents them; OpenBLAS reads it before
 * main.
 */
__attribute__((constructor)) static void start_without_threads(void)
{
	static const char variable[] = "OPENBLAS_NUM_THREADS";
	const char *value = getenv(variable);
	char **argv;

	if (openblas_get_num_threads() < 2 || (value && strcmp(value, "1") == 0) ||
	    !(is_limited(RLIMIT_AS) || is_limited(RLIMIT_DATA) || !has_room(BUFFER)))
		return;
	argv = own_arguments();
	if (argv && setenv(variable, "1", 1) == 0)
		execv("/proc/self/exe", argv);
}
#endif

/* --------------------------------------------------------------------------- calls */

const char *lt_blas_name(void)
{
	static char name[96];
	char version[32] = "";

	/* "OpenBLAS 0.3.21 NO_AFFINITY …": the second word. */
	sscanf(openblas_get_config(), "%*s %31s", version);
	snprintf(name, sizeof name, "openblas-%s-%s", version, openblas_get_corename());
	return name;
}

void lt_gemm(bool transpose_a, bool transpose_b, int m, int n, int k, lt_real alpha,
	     const lt_real *a, int lda, const lt_real *b, int ldb, lt_real beta, lt_real *c,
	     int ldc)
{
	enum CBLAS_TRANSPOSE ta = transpose_a ? CblasTrans : CblasNoTrans;
	enum CBLAS_TRANSPOSE tb = transpose_b ? CblasTrans : CblasNoTrans;

	pthread_once(&once, one_thread);
#ifdef LT_REAL_DOUBLE
	cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
#else
	cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
#endif
}
