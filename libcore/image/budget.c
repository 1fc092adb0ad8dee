#include "image/budget.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/memory.h"

#define MOST ((uint64_t)256 << 20)
/* Memory that must be free for each byte that is decoded beside others. */
#define FREE 8

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t returned;
	uint64_t claimed;
} budget = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};

/* Claims of images are far below 2^60. */
static bool has_room(uint64_t bytes)
{
	uint64_t together = budget.claimed + bytes;

	return budget.claimed == 0 || (together <= MOST && lt_memory_fits(FREE * together));
}

void lt_budget_claim(uint64_t bytes)
{
	pthread_mutex_lock(&budget.mutex);
	while (!has_room(bytes))
		pthread_cond_wait(&budget.returned, &budget.mutex);
	budget.claimed += bytes;
	pthread_mutex_unlock(&budget.mutex);
}

void lt_budget_return(uint64_t bytes)
{
	pthread_mutex_lock(&budget.mutex);
	budget.claimed -= bytes;
	pthread_cond_broadcast(&budget.returned);
	pthread_mutex_unlock(&budget.mutex);
}
