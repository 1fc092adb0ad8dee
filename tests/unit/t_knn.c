/* Nearest neighbours against votes counted by hand, and extreme inputs. */
#include "check.h"
#include "report/knn.h"

static void by_hand(void)
{
	/* Directions 0, 10, 80 and 90 degrees; lengths differ, which must not matter. */
	float bank[10] = {3, 0, 0.98480775f, 0.17364818f, 0.17364818f, 0.98480775f, 0, 7, 1, 1};
	int32_t bank_label[5] = {0, 0, 1, 1, -1};
	float query[8] = {5, 1, 0.1f, 2, 1, 0.9f, 1, 1};
	int32_t label[4] = {0, 1, 0, -1};
	struct lt_knn_features b = {5, bank, bank_label}, q = {4, query, label};
	struct lt_knn_result result;

	check_int(lt_knn(&b, &q, 2, 2, 2, 0.1, &result, NULL), 0);
	check_int(result.rows, 3);
	check_int(result.bank, 4);
	check_int(result.right, 3);
	label[0] = 1;
	check_int(lt_knn(&b, &q, 2, 2, 200, 0.1, &result, NULL), 0);
	check_int(result.right, 2);
}

/*
 * One very near neighbour of class 1 against two farther ones of class 0: the temperature
 * decides.
 */
static void temperature_counts(void)
{
	float bank[6] = {1, 0, 0.8f, 0.6f, 0.8f, -0.6f}, query[2] = {1, 0};
	int32_t bank_label[3] = {1, 0, 0}, label = 1;
	struct lt_knn_features b = {3, bank, bank_label}, q = {1, query, &label};
	struct lt_knn_result result;

	/* weights 1 and 2 exp(-0.2 / T): they are equal at T = 0.2885 */
	check_int(lt_knn(&b, &q, 2, 2, 3, 0.28, &result, NULL), 0);
	check_int(result.right, 1);
	check_int(lt_knn(&b, &q, 2, 2, 3, 0.30, &result, NULL), 0);
	check_int(result.right, 0);
	check_int(lt_knn(&b, &q, 2, 2, 1, 0.30, &result, NULL), 0);
	check_int(result.right, 1);
	check_int(lt_knn(&b, &q, 2, 2, 3, 1e-4, &result, NULL), 0);
	check_int(result.right, 1);
}

/* Equal similarities: the earlier row wins; equal votes: the lower class wins. */
static void ties(void)
{
	float bank[8] = {1, 0, 1, 0, 1, 0, 1, 0}, query[2] = {2, 0};
	int32_t bank_label[4] = {2, 1, 1, 2}, label = 2;
	struct lt_knn_features b = {4, bank, bank_label}, q = {1, query, &label};
	struct lt_knn_result result;

	lt_knn(&b, &q, 2, 3, 1, 0.1, &result, NULL);
	check_int(result.right, 1);
	label = 1;
	lt_knn(&b, &q, 2, 3, 4, 0.1, &result, NULL);
	check_int(result.right, 1);
	lt_knn(&b, &q, 2, 3, 3, 0.1, &result, NULL);
	check_int(result.right, 1);
}

/* More rows than a block holds, odd dimensions: each class is near a corner, with noise. */
static void many_rows(void)
{
	enum { N = 700, DIMS = 13 };
	static float feature[N * DIMS];
	static int32_t label[N];
	struct lt_knn_features all = {N, feature, label};
	struct lt_knn_result result;
	uint32_t state = 1;
	int i, j;

	for (i = 0; i < N; i++) {
		label[i] = i % DIMS;
		for (j = 0; j < DIMS; j++) {
			state = state * 1664525u + 1013904223u;
			feature[i * DIMS + j] = (float)(state >> 8) / (1 << 26);
		}
		feature[i * DIMS + label[i]] += 1;
	}
	check_int(lt_knn(&all, &all, DIMS, DIMS, 20, 0.1, &result, NULL), 0);
	check_int(result.rows, N);
	check_int(result.right, N);
	for (i = 0; i < N; i++)
		label[i] = i % 2;
	lt_knn(&all, &all, DIMS, 2, 1, 0.1, &result, NULL);
	check_int(result.right, N);
}

static void awkward(void)
{
	float bank[6] = {0, 0, NAN, 1, 1, 0}, query[4] = {0, 0, INFINITY, 1};
	int32_t bank_label[3] = {0, 0, 1}, label[2] = {0, 0}, none[2] = {-1, -1};
	struct lt_knn_features b = {3, bank, bank_label}, q = {2, query, label};
	struct lt_knn_features nobody = {2, query, none};
	struct lt_knn_result result;
	struct lt_error err;

	check_int(lt_knn(&b, &q, 2, 2, 3, 0.1, &result, NULL), 0);
	check_int(result.right, 2);
	check_int(lt_knn(&b, &nobody, 2, 2, 3, 0.1, &result, &err), LT_DATA);
	check_int(lt_knn(&nobody, &q, 2, 2, 3, 0.1, &result, &err), LT_DATA);
}

int main(void)
{
	by_hand();
	temperature_counts();
	ties();
	many_rows();
	awkward();
	return check_done();
}
