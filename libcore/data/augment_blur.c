/* The part blur. */
#include <math.h>

#include "base/elementary.h"
#include "data/augment_parts.h"

#define BLUR_REACH 31

/*
 * One half of a Gaussian, from its centre outwards; both halves sum to 1.  Returns its radius.
 */
static int gaussian(double deviation, float weight[BLUR_REACH + 1])
{
	double exact[BLUR_REACH + 1], sum = 0;
	int reach = (int)ceil(3 * deviation), i;

	reach = reach > BLUR_REACH ? BLUR_REACH : reach;
	for (i = 0; i <= reach; i++) {
		exact[i] = lt_exp(-0.5 * i * i / (deviation * deviation));
		sum += i ? 2 * exact[i] : exact[i];
	}
	for (i = 0; i <= reach; i++)
		weight[i] = (float)(exact[i] / sum);
	return reach;
}

/*
 * Blurs n lines of m values each, from *from to *to: values are `value` apart, lines `line`
 * apart.  Beyond the ends of a line its last value is repeated.
 */
static void blur_lines(const float *restrict from, float *restrict to, int n, int m,
		       size_t value, size_t line, const float *weight, int reach)
{
	int i, j, k, before, after;

	for (j = 0; j < m; j++) {
		const float *own = from + (size_t)j * value;

		for (i = 0; i < n; i++)
			to[(size_t)j * value + (size_t)i * line] =
				own[(size_t)i * line] * weight[0];
		for (k = 1; k <= reach; k++) {
			const float *a, *b;

			before = j - k < 0 ? 0 : j - k;
			after = j + k >= m ? m - 1 : j + k;
			a = from + (size_t)before * value;
			b = from + (size_t)after * value;
			for (i = 0; i < n; i++)
				to[(size_t)j * value + (size_t)i * line] +=
					(a[(size_t)i * line] + b[(size_t)i * line]) * weight[k];
		}
	}
}

static void blur(struct lt_picture *p, double deviation)
{
	float weight[BLUR_REACH + 1], *plane;
	int reach = gaussian(deviation, weight), c;

	for (c = 0; c < p->channels; c++) {
		plane = p->plane + (size_t)c * p->pixels;
		blur_lines(plane, p->spare, p->width, p->height, (size_t)p->width, 1, weight,
			   reach);
		blur_lines(p->spare, plane, p->height, p->width, 1, (size_t)p->width, weight,
			   reach);
	}
}

void lt_augment_blur(struct lt_picture *p, int number)
{
	const struct lt_augment_views *v = &p->augment->views;

	(void)number;
	if (lt_draw_unit(p->draws) < v->blur_share)
		blur(p, lt_draw_between(p->draws, v->blur_least, v->blur_most));
}
