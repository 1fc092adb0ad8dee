/*
 * OpenBLAS behind one function.  It is called from our own workers and must
 * never start threads of its own: those would fight ours for the cores, and
 * the order of a sum could come to depend on them.
 */
#include "kernel/blas.h"

#include <cblas.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "kernel/kernel.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void one_thread(void)
{
	openblas_set_num_threads(1);
}

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
