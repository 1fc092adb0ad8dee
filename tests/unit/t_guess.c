/* Which pseudo-labels are kept. */
#include "check.h"
#include "method/guess.h"

enum { N = 8 };

static const struct lt_guess guess[N] = {
	{2, 0.5f}, {0, 0.9f}, {2, 0.7f}, {2, 0.7f}, {0, 0.3f}, {2, 0.9f}, {1, 0.4f}, {0, 0.9f},
};

/* The kept ones as bits, the first row lowest. */
static int kept(double min_conf, uint64_t quota)
{
	bool keep[N];
	int bits = 0;

	if (lt_guess_choose(guess, N, min_conf, quota, keep, NULL) != 0)
		return -1;
	for (int i = 0; i < N; i++)
		bits |= keep[i] << i;
	return bits;
}

int main(void)
{
	check_int(kept(0, 0), 0xff);
	/* As float32 says it: 0.7 is below the real number, and 0.5 is itself. */
	check_int(kept(0.5, 0), 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 7);
	check_int(kept(0.95, 0), 0);
	check_int(kept(0, 1), 1 << 1 | 1 << 5 | 1 << 6);
	/* Of two equal ones the first. */
	check_int(kept(0, 2), 1 << 1 | 1 << 7 | 1 << 2 | 1 << 5 | 1 << 6);
	check_int(kept(0, 3), 0xff & ~(1 << 0));
	check_int(kept(0, 100), 0xff);
	check_int(kept(0.6, 2), 1 << 1 | 1 << 7 | 1 << 2 | 1 << 5);
	check_int(lt_guess_choose(NULL, 0, 0.5, 3, NULL, NULL), 0);
	return check_done();
}
