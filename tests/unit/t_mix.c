/*
 * Mixing of batches: partners, shares of images and labels; pixels against a second, simple
 * implementation; extreme shares; and that only seed, epoch and slot matter.
 */
#include "check.h"
#include "method/mix.h"

#include <stdlib.h>

#define ROWS 12

static const uint64_t counts[4] = {90, 30, 10, 0};

static struct lt_mix *mix_of(enum lt_mixing mixing, double alpha, int height, int width,
			     int channels)
{
	struct lt_mix_config config = {.mixing = mixing,
				       .alpha = alpha,
				       .probability = 1,
				       .kappa = 3,
				       .tau = 0.5,
				       .counts = counts,
				       .seed = 11,
				       .batch = ROWS,
				       .classes = 4,
				       .height = height,
				       .width = width,
				       .channels = channels};
	struct lt_mix *mix;

	if (lt_mix_new(&mix, &config, NULL) != 0)
		abort();
	for (size_t i = 0; i < ROWS * mix->values; i++)
		mix->image[i] = (lt_real)(fmod((double)(i + 1) * 1.6180339887498949, 4) - 2);
	return mix;
}

static bool is_permutation(const struct lt_mix *mix, int n)
{
	bool seen[ROWS] = {false};

	for (int i = 0; i < n; i++) {
		if (mix->other[i] >= (uint32_t)n || seen[mix->other[i]])
			return false;
		seen[mix->other[i]] = true;
	}
	return true;
}

static void draws(void)
{
	struct lt_mix *a = mix_of(LT_MIXUP, 1, 4, 4, 1), *b = mix_of(LT_MIXUP, 1, 4, 4, 1);
	double sum = 0, square = 0, kept;
	bool good = true;
	int i, n = 20000;

	lt_mix_draw(a, 3, 0, ROWS);
	kept = a->kept;
	lt_mix_draw(a, 4, 128, 7);
	check(is_permutation(a, 7) && a->kept != kept);
	lt_mix_draw(b, 3, 0, ROWS);
	check_named(b->kept == kept && is_permutation(b, ROWS),
		    "what was drawn before does not matter");
	lt_mix_draw(b, 4, 0, 7);
	check_named(b->kept != a->kept, "the slot does");
	for (i = 0; i < n; i++) {
		lt_mix_draw(a, 1, (uint32_t)i, ROWS);
		good = good && is_permutation(a, ROWS);
		sum += a->kept;
		square += (a->kept - 0.5) * (a->kept - 0.5);
	}
	check_named(good, "partners are a permutation");
	check_near(sum / n, 0.5, 0.01);
	check_near(square / n, 1 / 12.0, 0.002);
	lt_mix_draw(a, 1, 0, 1);
	check_int(a->other[0], 0);
	lt_mix_free(a);
	lt_mix_free(b);
	lt_mix_free(NULL);
}

static void sums(void)
{
	struct lt_mix *mix = mix_of(LT_MIXUP, 1, 5, 7, 3);
	size_t n = mix->values, v;
	lt_real *to = malloc(n * sizeof *to);
	bool good = true;
	int i;

	if (!to)
		abort();
	lt_mix_draw(mix, 1, 0, ROWS);
	for (i = 0; i < ROWS; i++) {
		lt_mix_image(mix, i, to);
		for (v = 0; v < n; v++)
			good = good &&
			       fabs((double)to[v] -
				    mix->kept * (double)mix->image[(size_t)i * n + v] -
				    (1 - mix->kept) *
					    (double)mix->image[mix->other[i] * n + v]) < 1e-6;
	}
	check_named(good, "l x_a + (1 - l) x_b");
	for (i = 0; i < ROWS; i++) {
		mix->kept = 1;
		lt_mix_image(mix, i, to);
		good = good && memcmp(to, mix->image + (size_t)i * n, n * sizeof *to) == 0;
		mix->kept = 0;
		lt_mix_image(mix, i, to);
		good = good && memcmp(to, mix->image + mix->other[i] * n, n * sizeof *to) == 0;
	}
	check_named(good, "l = 1 is no mixing, and l = 0 is the other image");
	free(to);
	lt_mix_free(mix);
}

/* The box has the drawn area, its pixels are the partner's, and l is their share. */
static void boxes(int height, int width, int channels)
{
	struct lt_mix *mix = mix_of(LT_CUTMIX, 1, height, width, channels);
	size_t n = mix->values, v, own, none = 0, all = 0;
	lt_real *to = malloc(n * sizeof *to);
	bool good = true, box = true, share = true;
	struct lt_draws same;
	uint32_t order[ROWS];
	double l, side;
	int i, slot, top, left, high, wide, clipped = 0;

	if (!to)
		abort();
	/* A pixel's value identifies its row. */
	for (i = 0; i < ROWS; i++)
		for (v = 0; v < n; v++)
			mix->image[(size_t)i * n + v] = (lt_real)i;
	for (slot = 0; slot < 500; slot++) {
		lt_mix_draw(mix, 2, (uint32_t)slot, ROWS);
		same = lt_draws_at(11, LT_FOR_MIX, 0, 2, (uint32_t)slot);
		l = lt_draw_beta(&same, 1);
		lt_draw_permutation(&same, order, ROWS);
		side = sqrt(1 - l);
		high = (int)(height * side) & ~1;
		wide = (int)(width * side) & ~1;
		top = (int)lt_draw_below(&same, (uint32_t)height) - high / 2;
		left = (int)lt_draw_below(&same, (uint32_t)width) - wide / 2;
		box = box && mix->box.top == (top < 0 ? 0 : top) &&
		      mix->box.left == (left < 0 ? 0 : left) &&
		      mix->box.bottom == (int)fmin(height, top + high) &&
		      mix->box.right == (int)fmin(width, left + wide);
		clipped += top < 0 || left < 0 || mix->box.bottom < top + high;
		for (i = 0; i < ROWS && mix->other[i] == (uint32_t)i; i++)
			;
		lt_mix_image(mix, i, to);
		for (v = own = 0; v < n; v++) {
			int y = (int)(v / (size_t)channels) / width;
			int x = (int)(v / (size_t)channels) % width;
			bool inside = y >= mix->box.top && y < mix->box.bottom &&
				      x >= mix->box.left && x < mix->box.right;

			good = good && (int)to[v] == (inside ? (int)mix->other[i] : i);
			own += (int)to[v] == i;
		}
		share = share && fabs((double)own / (double)n - mix->kept) < 1e-12;
		none += own == n;
		all += own == 0;
	}
	check_named(box, "the box has the area 1 - l, clipped at the border");
	check_named(clipped > 50, "which it often is");
	check_named(good, "the other image is in it, the own outside");
	check_named(share, "l is the share that is kept");
	check_named(none < 250 && all < 50, "most are mixed");
	free(to);
	lt_mix_free(mix);
}

static void remix(void)
{
	check_named(lt_remix_share(0.4, 90, 30, 3, 0.5) == 0, "the rarer class takes all");
	check_named(lt_remix_share(0.6, 30, 90, 3, 0.5) == 1, "whichever of the two it is");
	check_named(lt_remix_share(0.4, 89, 30, 3, 0.5) == 0.4, "not below kappa");
	check_named(lt_remix_share(0.5, 90, 30, 3, 0.5) == 0.5, "not from tau on");
	check_named(lt_remix_share(0.5, 30, 90, 3, 0.5) == 0.5, "nor for the other share");
	check_named(lt_remix_share(0.6, 90, 30, 3, 0.5) == 0.6, "a large share stays");
	check_named(lt_remix_share(0.4, 30, 90, 3, 0.5) == 0.4, "and a small one of the rarer");
	check_named(lt_remix_share(0.4, 90, 30, 3, 0) == 0.4, "tau 0 is mixup");
	check_named(lt_remix_share(0.9, 90, 30, 3, 1) == 0, "tau 1 gives all away");
	check_named(lt_remix_share(0.4, 0, 0, 3, 0.5) == 0.4, "no rows of either");
	check_named(lt_remix_share(0.4, 5, 0, 3, 0.5) == 0, "no rows of the other");
	check_named(lt_remix_share(0.6, 0, 5, 3, 0.5) == 1, "no rows of this");
}

static void labels(enum lt_mixing mixing)
{
	static const int32_t label[ROWS] = {0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 0, 1};
	static const double omega[ROWS] = {1, 1, 1, .5, 1, 1, .5, 1, 1, .5, 1, 1};
	struct lt_mix *mix = mix_of(mixing, 1, 32, 32, 3);
	const struct lt_loss_second *second;
	int seen[3] = {0, 0, 0}, slot, i, b;
	bool good = true;
	double want;

	for (slot = 0; slot < 200; slot++) {
		lt_mix_draw(mix, 1, (uint32_t)slot, ROWS);
		second = lt_mix_labels(mix, ROWS, label, omega);
		for (i = 0; i < ROWS; i++) {
			b = (int)mix->other[i];
			want = mix->kept;
			if (mixing == LT_REMIX)
				want = lt_remix_share(want, counts[label[i]], counts[label[b]],
						      3, 0.5);
			good = good && second->label[i] == label[b] &&
			       second->sample_weight[i] == omega[b] && second->share[i] == want;
			seen[want == 0 ? 0 : want == 1 ? 1 : 2]++;
		}
	}
	check_named(good, "the other's label and weight, and the share");
	if (mixing == LT_REMIX)
		check(seen[0] > 100 && seen[1] > 100 && seen[2] > 1000);
	else
		check_int(seen[0] + seen[1] < 100, 1);
	lt_mix_free(mix);
}

/* A share of many batches is mixed, exactly as if all were, after one more draw. */
static void probability(enum lt_mixing mixing)
{
	static const int32_t label[ROWS] = {0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 0, 1};
	static const double omega[ROWS] = {1, 1, 1, .5, 1, 1, .5, 1, 1, .5, 1, 1};
	struct lt_mix *mix = mix_of(mixing, 1, 6, 5, 2);
	lt_real *to = malloc(mix->values * sizeof *to);
	const struct lt_loss_second *second;
	int mixed = 0;
	bool own = true;

	if (!to)
		abort();
	mix->config.probability = 0.3;
	for (uint32_t slot = 0; slot < 2000; slot++) {
		struct lt_draws draws = lt_draws_at(11, LT_FOR_MIX, 0, 1, slot);
		bool mixes = lt_draw_unit(&draws) < 0.3;

		lt_mix_draw(mix, 1, slot, ROWS);
		second = lt_mix_labels(mix, ROWS, label, omega);
		mixed += mixes;
		if (mixes) {
			own = own && is_permutation(mix, ROWS) && mix->kept < 1 + 1e-9;
			continue;
		}
		for (int i = 0; i < ROWS; i++) {
			lt_mix_image(mix, i, to);
			own = own && memcmp(to, mix->image + (size_t)i * mix->values,
					    mix->values * sizeof *to) == 0;
			own = own && second->label[i] == label[i] && second->share[i] == 1 &&
			      second->sample_weight[i] == omega[i];
		}
	}
	check_named(own, "a batch that is not mixed keeps images and labels");
	/* four deviations */
	check_named(abs(mixed - 600) < 82, "three batches of ten are mixed");
	free(to);
	lt_mix_free(mix);
}

int main(void)
{
	draws();
	sums();
	boxes(32, 32, 3);
	boxes(5, 7, 1);
	boxes(4, 9, 4);
	remix();
	labels(LT_MIXUP);
	labels(LT_REMIX);
	labels(LT_CUTMIX);
	probability(LT_MIXUP);
	probability(LT_REMIX);
	probability(LT_CUTMIX);
	return check_done();
}
