#include "data/norm_text.h"

#include <string.h>

#include "base/number.h"

static const struct lt_norm imagenet = {3, {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}};

static struct lt_norm half(int channels)
{
	struct lt_norm norm = {.channels = channels > 0 ? channels : 3};

	for (int c = 0; c < norm.channels; c++)
		norm.mean[c] = norm.std[c] = 0.5;
	return norm;
}

/* Reads the numbers of a list "N,N,…" of n bytes; returns their number, or -1. */
static int parse_numbers(const char *list, size_t n, double min, double *out)
{
	const char *end = list + n;
	int count = 0;

	for (;;) {
		const char *comma = memchr(list, ',', (size_t)(end - list));
		size_t size = (size_t)((comma ? comma : end) - list);
		char number[64];

		if (size >= sizeof number || count == LT_MAX_CHANNELS)
			return -1;
		memcpy(number, list, size);
		number[size] = '\0';
		if (!lt_parse_real(number, min, 1, &out[count++]))
			return -1;
		if (!comma)
			return count;
		list = comma + 1;
	}
}

static bool parse(struct lt_norm *norm, const char *text)
{
	const char *slash = strchr(text, '/');

	*norm = (struct lt_norm){0};
	if (!slash)
		return false;
	norm->channels = parse_numbers(text, (size_t)(slash - text), 0, norm->mean);
	/* A deviation below a thousandth of a grey level counts as zero. */
	return norm->channels > 0 &&
	       parse_numbers(slash + 1, strlen(slash + 1), 1e-6, norm->std) == norm->channels;
}

int lt_norm_parse(struct lt_norm *norm, const char *text, int channels, struct lt_error *err)
{
	struct lt_norm made;

	if (strcmp(text, "half") == 0)
		made = half(channels);
	else if (strcmp(text, "imagenet") == 0)
		made = imagenet;
	else if (!parse(&made, text))
		return lt_fail(err, LT_USAGE,
			       "--norm: '%s' is not imagenet, half, or means and deviations "
			       "from 0 to 1 as R,G,B/R,G,B",
			       text);
	if (channels > 0 && made.channels != channels)
		return lt_fail(err, LT_USAGE, "--norm %s is of %d channels, the images have %d",
			       text, made.channels, channels);
	*norm = made;
	return 0;
}
