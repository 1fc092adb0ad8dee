#include "base/effective.h"

#include "base/elementary.h"

double lt_effective_weight(double beta, uint64_t n)
{
	if (n == 0)
		return 0;
	if (!(beta > 0))
		return 1;
	return (1 - beta) / -lt_expm1((double)n * lt_log(beta));
}
