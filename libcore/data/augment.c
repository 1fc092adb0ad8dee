/*
 * The table of augmentation parts, lists of parts, their application to an image, and
 * rotation.
 */
#include "data/augment.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "data/augment_parts.h"

const struct lt_augment_part lt_augment_table[] = {
	{"crop-flip",
	 {"a random crop after a black margin of an eighth of each side, flipped in half of "
	  "all cases",
	  NULL, "Yang and Xu, NeurIPS 2020, for small images"},
	 LT_AUGMENT_BYTES,
	 lt_augment_crop_flip,
	 0,
	 LT_MIX_NONE},
	{"resized-crop",
	 {"a random part of the image, enlarged to its size, flipped in half of all cases",
	  NULL, "Yang and Xu, NeurIPS 2020, for ImageNet-LT; RandomResizedCrop of torchvision"},
	 LT_AUGMENT_BYTES,
	 lt_augment_resized_crop,
	 0,
	 LT_MIX_NONE},
	{"jitter",
	 {"brightness, contrast and saturation changed, in random order", NULL,
	  "Yang and Xu, NeurIPS 2020, for ImageNet-LT; ColorJitter of torchvision"},
	 LT_AUGMENT_PLANES,
	 lt_augment_jitter,
	 0,
	 LT_MIX_NONE},
	{"grey",
	 {"all channels become the luminance, in one case of five", NULL,
	  "Chen et al., arXiv 2003.04297, 2020 (MoCo v2)"},
	 LT_AUGMENT_PLANES,
	 lt_augment_grey,
	 0,
	 LT_MIX_NONE},
	{"blur",
	 {"a Gaussian blur, in half of all cases", NULL,
	  "Chen et al., arXiv 2003.04297, 2020 (MoCo v2)"},
	 LT_AUGMENT_PLANES,
	 lt_augment_blur,
	 0,
	 LT_MIX_NONE},
	{"randaugment",
	 {"two of fourteen operations of random strength, each in half of all cases, then a "
	  "grey square",
	  NULL, "Cubuk et al., NeurIPS 2020, as Sohn et al., NeurIPS 2020 (FixMatch), use it"},
	 LT_AUGMENT_BYTES,
	 lt_augment_rand,
	 0,
	 LT_MIX_NONE},
	{"autoaugment",
	 {"one of 25 pairs of operations, the policy that was found for CIFAR-10", NULL,
	  "Cubuk et al., CVPR 2019"},
	 LT_AUGMENT_BYTES,
	 lt_augment_auto,
	 0,
	 LT_MIX_NONE},
	{"cutout",
	 {"a square at a random place becomes the mean colour", NULL,
	  "DeVries and Taylor, arXiv 1708.04552, 2017"},
	 LT_AUGMENT_NUMBERS,
	 lt_augment_cutout,
	 1024,
	 LT_MIX_NONE},
	{"mixup",
	 {"every image is mixed with another one of its batch, and so are the labels",
	  "x = l x_a + (1 - l) x_b, l from Beta(alpha, alpha), label a has share l",
	  "Zhang et al., ICLR 2018"},
	 LT_AUGMENT_BATCH,
	 NULL,
	 0,
	 LT_MIXUP},
	{"remix",
	 {"images mixed as by mixup, and the rarer class gets the whole label more easily",
	  "x = l x_a + (1 - l) x_b, l from Beta(alpha, alpha), label a has share\n"
	  "0 where n_a >= kappa n_b and l < tau, 1 where n_b >= kappa n_a and 1 - l < tau, "
	  "else "
	  "l",
	  "Chou et al., ECCV workshops 2020"},
	 LT_AUGMENT_BATCH,
	 NULL,
	 0,
	 LT_REMIX},
	{"cutmix",
	 {"a box of another image of the batch covers a part of the image",
	  "l from Beta(alpha, alpha), the box has 1 - l of the area, label a has the share of\n"
	  "the pixels that stay",
	  "Yun et al., ICCV 2019"},
	 LT_AUGMENT_BATCH,
	 NULL,
	 0,
	 LT_CUTMIX},
	{NULL, {NULL, NULL, NULL}, LT_AUGMENT_BYTES, NULL, 0, LT_MIX_NONE},
};

/* Names of whole lists, which cannot be combined with parts. */
static const struct whole {
	const char *name, *list;
	double jitter_share, hue;
} wholes[] = {
	{"none", "", 1, 0},
	{"moco", "resized-crop,jitter,grey,blur", 0.8, 0.1},
};
#define N_WHOLES (sizeof wholes / sizeof wholes[0])

static const struct lt_augment_views usual_views = {
	.area_least = 0.08,
	.area_most = 1,
	.ratio_least = 3.0 / 4,
	.ratio_most = 4.0 / 3,
	.jitter_share = 1,
	.brightness = 0.4,
	.contrast = 0.4,
	.saturation = 0.4,
	.hue = 0,
	.grey_share = 0.2,
	.blur_share = 0.5,
	.blur_least = 0.1,
	.blur_most = 2,
};

/* ------------------------------------------------------------------ lists */

static bool is_name(const char *name, const char *text, size_t n)
{
	return strlen(name) == n && memcmp(name, text, n) == 0;
}

static const struct whole *find_whole(const char *text, size_t n)
{
	for (size_t i = 0; i < N_WHOLES; i++)
		if (is_name(wholes[i].name, text, n))
			return &wholes[i];
	return NULL;
}

static const struct lt_augment_part *find_part(const char *text, size_t n)
{
	const struct lt_augment_part *part = lt_augment_table;

	while (part->name && !is_name(part->name, text, n))
		part++;
	return part->name ? part : NULL;
}

/* Reports why text, n bytes of a list, is not a part. */
static int refuse(const char *text, size_t n, struct lt_error *err)
{
	char names[300] = "";
	size_t used = 0, i;

	if (n == 0)
		return lt_fail(err, LT_USAGE, "--augment: an empty name in the list");
	if (find_whole(text, n))
		return lt_fail(err, LT_USAGE, "--augment: %.*s stands alone", (int)n, text);
	for (i = 0; lt_augment_table[i].name && used < sizeof names; i++)
		used += (size_t)snprintf(names + used, sizeof names - used, "%s, ",
					 lt_augment_table[i].name);
	for (i = 0; i < N_WHOLES && used < sizeof names; i++)
		used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
					 i ? ", " : "", wholes[i].name);
	return lt_fail(err, LT_USAGE, "--augment: '%.*s' is none of %s", (int)n, text, names);
}

/*
 * The forms: bytes and planes can be converted into each other; the other forms follow them.
 */
static enum lt_augment_form place_of(const struct lt_augment_part *part)
{
	return part->form == LT_AUGMENT_BYTES ? LT_AUGMENT_PLANES : part->form;
}

/* May the part follow the previous one? */
static int check_order(const struct lt_augment *augment, const struct lt_augment_part *part,
		       struct lt_error *err)
{
	const struct lt_augment_part *before;

	if (augment->n == 0)
		return 0;
	before = augment->step[augment->n - 1].part;
	if (before->mixing != LT_MIX_NONE && part->mixing != LT_MIX_NONE)
		return lt_fail(err, LT_USAGE, "--augment: %s and %s: a batch is mixed once",
			       before->name, part->name);
	if (place_of(part) < place_of(before))
		return lt_fail(err, LT_USAGE, "--augment: %s must come before %s", part->name,
			       before->name);
	return 0;
}

/* One part of the list, n bytes: NAME or NAME=N. */
static int add_part(struct lt_augment *augment, const char *text, size_t n,
		    struct lt_error *err)
{
	const char *equals = memchr(text, '=', n);
	size_t name = equals ? (size_t)(equals - text) : n;
	const struct lt_augment_part *part = find_part(text, name);
	char digits[16] = "";
	uint64_t number = 0;
	int code;

	if (!part)
		return refuse(text, name, err);
	if (equals && part->most == 0)
		return lt_fail(err, LT_USAGE, "--augment: %s takes no number", part->name);
	if (equals && n - name - 1 < sizeof digits)
		memcpy(digits, equals + 1, n - name - 1);
	if (equals && !lt_parse_u64(digits, 1, (uint64_t)part->most, &number))
		return lt_fail(err, LT_USAGE,
			       "--augment: '%.*s' is not %s=N with N from 1 to %d", (int)n,
			       text, part->name, part->most);
	code = check_order(augment, part, err);
	if (code != 0)
		return code;
	if (augment->n == LT_MAX_AUGMENT_PARTS)
		return lt_fail(err, LT_USAGE, "--augment: more than %d parts",
			       LT_MAX_AUGMENT_PARTS);
	augment->step[augment->n].part = part;
	augment->step[augment->n++].number = (int)number;
	if (part->mixing != LT_MIX_NONE)
		augment->mixing = part->mixing;
	return 0;
}

static void set_norm(struct lt_augment *augment, const struct lt_norm *norm)
{
	double mean, std;
	int c, byte;

	for (c = 0; c < LT_MAX_CHANNELS; c++) {
		mean = c < norm->channels ? norm->mean[c] : 0;
		std = c < norm->channels ? norm->std[c] : 1;
		for (byte = 0; byte < 256; byte++)
			augment->value[c][byte] = (float)((byte / 255.0 - mean) / std);
		augment->gain[c] = (float)(1 / (255 * std));
		augment->shift[c] = (float)(-mean / std);
	}
}

int lt_augment_init(struct lt_augment *augment, const char *list, const struct lt_norm *norm,
		    struct lt_error *err)
{
	const struct whole *whole = find_whole(list, strlen(list));
	size_t n;
	int code;

	augment->n = 0;
	augment->mixing = LT_MIX_NONE;
	augment->views = usual_views;
	set_norm(augment, norm);
	if (whole) {
		augment->views.jitter_share = whole->jitter_share;
		augment->views.hue = whole->hue;
		list = whole->list;
		if (!*list)
			return 0;
	}
	for (;; list += n + 1) {
		n = strcspn(list, ",");
		code = add_part(augment, list, n, err);
		if (code != 0 || !list[n])
			return code;
	}
}

bool lt_augment_acts(const struct lt_augment *augment, int i)
{
	const struct lt_augment_part *part = augment->step[i].part;

	if (part->make == lt_augment_jitter)
		return augment->views.jitter_share > 0;
	if (part->make == lt_augment_grey)
		return augment->views.grey_share > 0;
	return part->make != lt_augment_blur || augment->views.blur_share > 0;
}

/* ------------------------------------------------------------------ images */

/* Bytes are kept after the floats; four of them fit into one. */
static size_t floats_of_bytes(size_t bytes)
{
	return (bytes + sizeof(float) - 1) / sizeof(float);
}

bool lt_augment_scratch(int height, int width, int channels, size_t *floats)
{
	size_t pixels, values, most;

	/* The image in planes, one more plane as work space, and two images in bytes. */
	if (!lt_mul((size_t)height, (size_t)width, &pixels) ||
	    !lt_mul(pixels, 2 * (size_t)channels + 2, &most))
		return false;
	values = pixels * (size_t)channels;
	*floats = values + pixels + 2 * floats_of_bytes(values);
	return true;
}

uint8_t *lt_picture_room(const struct lt_picture *p)
{
	return p->bytes == p->room[0] ? p->room[1] : p->room[0];
}

static void bytes_to_planes(struct lt_picture *p)
{
	size_t channels = (size_t)p->channels, i, c;

	for (c = 0; c < channels; c++)
		for (i = 0; i < p->pixels; i++)
			p->plane[c * p->pixels + i] = (float)p->bytes[i * channels + c];
}

static void planes_to_bytes(struct lt_picture *p)
{
	size_t channels = (size_t)p->channels, i, c;
	uint8_t *room = lt_picture_room(p);
	float v;

	for (c = 0; c < channels; c++)
		for (i = 0; i < p->pixels; i++) {
			v = p->plane[c * p->pixels + i] + 0.5f;
			room[i * channels + c] = v < 255 ? (uint8_t)(v > 0 ? v : 0) : 255;
		}
	p->bytes = room;
}

/* Bytes are normalised by a table: 256 floats per channel stay in the L1 cache. */
static void bytes_to_numbers(struct lt_picture *p)
{
	size_t row = (size_t)p->width * (size_t)p->channels;
	const uint8_t *in = p->bytes;
	float *out = p->out;
	int y;

	for (y = 0; y < p->height; y++, in += row)
		out = lt_picture_look_up(p, in, p->width, p->channels, out);
}

static void planes_to_numbers(struct lt_picture *p)
{
	const struct lt_augment *augment = p->augment;
	const float *plane;
	size_t i;
	int c;

	for (c = 0; c < p->channels; c++) {
		plane = p->plane + (size_t)c * p->pixels;
		for (i = 0; i < p->pixels; i++)
			p->out[i * (size_t)p->channels + (size_t)c] =
				plane[i] * augment->gain[c] + augment->shift[c];
	}
}

/*
 * Each form only becomes a later one, except that planes may become bytes again; numbers stay
 * numbers.
 */
static void turn_into(struct lt_picture *p, enum lt_augment_form form)
{
	if (p->form == form)
		return;
	if (form == LT_AUGMENT_BYTES)
		planes_to_bytes(p);
	else if (form == LT_AUGMENT_PLANES)
		bytes_to_planes(p);
	else if (p->form == LT_AUGMENT_BYTES)
		bytes_to_numbers(p);
	else
		planes_to_numbers(p);
	p->form = form;
}

void lt_augment_rest(const struct lt_augment *augment, int done, const uint8_t *in, int height,
		     int width, int channels, struct lt_draws *draws, float *out,
		     float *scratch)
{
	size_t pixels = (size_t)height * (size_t)width, values = pixels * (size_t)channels;
	uint8_t *room = (uint8_t *)(scratch + values + pixels);
	struct lt_picture p = {
		.augment = augment,
		.height = height,
		.width = width,
		.channels = channels,
		.pixels = pixels,
		.draws = draws,
		.form = LT_AUGMENT_BYTES,
		.bytes = in,
		.room = {room, room + floats_of_bytes(values) * sizeof(float)},
		.plane = scratch,
		.spare = scratch + values,
		.out = out,
	};
	int i;

	for (i = done; i < augment->n; i++) {
		const struct lt_augment_part *part = augment->step[i].part;

		if (part->form == LT_AUGMENT_BATCH)
			break;
		p.last = i + 1 == augment->n ||
			 augment->step[i + 1].part->form >= LT_AUGMENT_NUMBERS;
		turn_into(&p, part->form);
		part->make(&p, augment->step[i].number);
	}
	turn_into(&p, LT_AUGMENT_NUMBERS);
}

void lt_augment_image(const struct lt_augment *augment, const uint8_t *in, int height,
		      int width, int channels, struct lt_draws *draws, float *out,
		      float *scratch)
{
	lt_augment_rest(augment, 0, in, height, width, channels, draws, out, scratch);
}

int lt_augment_shorter(int size)
{
	return (size * 256 + 112) / 224;
}

int lt_augment_cut(const struct lt_augment *augment, int height, int width,
		   struct lt_draws *draws, struct lt_cut *cut)
{
	*cut = (struct lt_cut){.box = false};
	if (augment->n == 0 || augment->step[0].part->make != lt_augment_resized_crop)
		return 0;
	lt_augment_draw_crop(&augment->views, height, width, draws, cut);
	return 1;
}

void lt_augment_rotate(const float *in, int size, int channels, int quarters, float *out)
{
	ptrdiff_t pixel = channels, row = (ptrdiff_t)size * channels, across, down, i, j;
	const float *from = in;

	/*
	 * Where the output's first pixel is in the input, and what a step right or down means.
	 */
	switch (quarters & 3) {
	case 0:
		across = pixel;
		down = row;
		break;
	case 1:
		from = in + row - pixel;
		across = row;
		down = -pixel;
		break;
	case 2:
		from = in + size * row - pixel;
		across = -pixel;
		down = -row;
		break;
	default:
		from = in + (size - 1) * row;
		across = -row;
		down = pixel;
		break;
	}
	for (i = 0; i < size; i++)
		for (j = 0; j < size; j++, out += channels)
			memcpy(out, from + i * down + j * across,
			       (size_t)channels * sizeof *out);
}
