/*
 * Batches of encoded pictures: the same bytes and the same failure for any number of
 * threads, and the draws of random resized crops.
 */
#include "method/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "check.h"
#include "data/norm_text.h"

enum { PICTURES = 40, SIZE = 12, BATCH = 33, IMAGE = SIZE * SIZE * 3 };

static struct lt_error trouble;

static void must(int code)
{
	if (code != 0) {
		printf("Bail out! code %d: %s\n", code, trouble.text);
		exit(1);
	}
}

static void add_picture(struct lt_encoded *pictures, uint32_t i, bool good)
{
	struct lt_image image = {0};
	struct lt_buffer file = {0};
	uint32_t width = 9 + i % 23, height = 8 + i * 5 % 31, state = i;
	int channels = i % 5 == 0 ? 1 : 3;

	must(lt_image_shape(&image, width, height, channels, LT_MAX_PIXELS, &trouble));
	for (size_t k = 0; k < (size_t)width * height * (size_t)channels; k++)
		image.pixels[k] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
	must(i % 2 ? lt_image_to_jpeg(&image, 90, &file, &trouble)
		   : lt_image_to_png(&image, &file, &trouble));
	must(lt_encoded_add(pictures, file.data, good ? file.size : file.size / 2, &trouble));
	lt_buffer_free(&file);
	lt_image_free(&image);
}

static void make_pictures(struct lt_encoded *pictures, uint64_t bad)
{
	for (uint32_t i = 0; i < PICTURES; i++)
		add_picture(pictures, i, (bad >> i & 1) == 0);
}

struct batches {
	struct lt_pool *pool;
	struct lt_augment augment;
	struct lt_batcher *batcher;
	uint32_t row[BATCH];
	float image[BATCH * IMAGE];
};

static struct batches *begin(const struct lt_encoded *pictures, int threads, const char *list)
{
	struct lt_source source = lt_source_encoded("in", SIZE, pictures);
	struct batches *b = calloc(1, sizeof *b);
	struct lt_norm norm;

	if (!b)
		exit(1);
	must(lt_norm_parse(&norm, "imagenet", 3, &trouble));
	must(lt_augment_init(&b->augment, list, &norm, &trouble));
	must(lt_pool_new(&b->pool, threads, &trouble));
	must(lt_batcher_new(&b->batcher, &source, &b->augment, 5, b->pool, &trouble));
	return b;
}

static void end(struct batches *b)
{
	lt_batcher_free(b->batcher);
	lt_pool_free(b->pool);
	free(b);
}

/* Rows from, from + step, … */
static void fill(struct batches *b, uint32_t from, uint32_t step)
{
	struct lt_batch batch = {.n = BATCH, .row = b->row, .slot = 100, .epoch = 3, .view = 1};

	for (uint32_t i = 0; i < BATCH; i++)
		b->row[i] = (from + i * step) % PICTURES;
	lt_batcher_fill(b->batcher, b->image, &batch);
}

static void check_threads(const char *list)
{
	struct lt_encoded pictures = {0};
	struct batches *one, *three, *other;

	make_pictures(&pictures, 0);
	one = begin(&pictures, 1, list);
	three = begin(&pictures, 3, list);
	other = begin(&pictures, 3, "resized-crop,grey");
	fill(one, 7, 3);
	fill(three, 0, 1);
	fill(three, 7, 3);
	fill(other, 7, 3);
	check_named(memcmp(one->image, three->image, sizeof one->image) == 0, list);
	check(memcmp(one->image, other->image, sizeof one->image) != 0);
	check_int(lt_batcher_status(one->batcher, NULL), 0);
	end(one);
	end(three);
	end(other);
	lt_encoded_free(&pictures);
}

/* Without augmentation, an image is the normalised centre, computed here. */
static void check_centre(void)
{
	static const struct lt_image_how how = {.max_pixels = LT_MAX_PIXELS};
	struct lt_encoded pictures = {0};
	struct lt_image picture = {0}, want = {0};
	struct batches *b;
	bool good = true;

	make_pictures(&pictures, 0);
	b = begin(&pictures, 3, "none");
	fill(b, 0, 1);
	for (size_t i = 0; i < BATCH; i++) {
		uint64_t start = i > 0 ? pictures.end[i - 1] : 0;

		must(lt_image_decode(&picture, pictures.bytes + start,
				     (size_t)(pictures.end[i] - start), &how, &trouble));
		must(lt_image_set_channels(&picture, 3, &trouble));
		must(lt_image_fit(&want, &picture, lt_augment_shorter(SIZE), SIZE, &trouble));
		for (size_t k = 0; k < IMAGE; k++)
			good = good && b->image[i * IMAGE + k] ==
					       b->augment.value[k % 3][want.pixels[k]];
	}
	check_named(good, "the centre of each picture, normalised");
	check_near(b->augment.value[0][0], -0.485 / 0.229, 1e-6);
	lt_image_free(&picture);
	lt_image_free(&want);
	end(b);
	lt_encoded_free(&pictures);
}

static void check_failures(int threads)
{
	struct lt_encoded pictures = {0};
	struct lt_error err = {0};
	struct batches *b;
	bool zeros = true;

	make_pictures(&pictures, (uint64_t)1 << 9 | (uint64_t)1 << 23 | (uint64_t)1 << 38);
	b = begin(&pictures, threads, "none");
	memset(b->image, 0xff, sizeof b->image);
	/* From 39 down to 7: the lowest row comes last. */
	fill(b, 39, PICTURES - 1);
	check_int(lt_batcher_status(b->batcher, &err), LT_DATA);
	check_named(strncmp(err.text, "in: row 9: damaged JPEG image", 29) == 0,
		    "the least row is named");
	for (size_t k = 0; k < IMAGE; k++)
		zeros = zeros && b->image[(39 - 9) * IMAGE + k] == 0;
	check_named(zeros, "a row that cannot be read is zeros");
	fill(b, 10, 0);
	memset(&err, 0, sizeof err);
	check_int(lt_batcher_status(b->batcher, &err), LT_DATA);
	check_named(strstr(err.text, "row 9:") != NULL, "and is not forgotten");
	end(b);
	b = begin(&pictures, threads, "none");
	fill(b, 10, 0);
	check_int(lt_batcher_status(b->batcher, NULL), 0);
	fill(b, 23, 0);
	fill(b, 9, 0);
	check_int(lt_batcher_status(b->batcher, &err), LT_DATA);
	check_named(strstr(err.text, "row 23:") != NULL, "of the first batch that failed");
	end(b);
	lt_encoded_free(&pictures);
}

/* ---------------------------------------------------------------------------- draws */

static void check_draws(void)
{
	static const struct lt_norm none = {0};
	static uint8_t pixels[40 * 30 * 3];
	float out[40 * 30 * 3], *scratch;
	struct lt_augment augment;
	struct lt_cut cut;
	bool same = true, inside = true;
	int flips = 0;
	size_t floats;

	must(lt_augment_init(&augment, "resized-crop", &none, &trouble));
	if (!lt_augment_scratch(40, 30, 3, &floats))
		exit(1);
	scratch = malloc(floats * sizeof *scratch);
	for (uint32_t slot = 0; slot < 200 && scratch; slot++) {
		struct lt_draws a = lt_draws_at(7, LT_FOR_AUGMENT, 0, 0, slot), b = a;

		same = same && lt_augment_cut(&augment, 40, 30, &a, &cut) == 1;
		lt_augment_image(&augment, pixels, 40, 30, 3, &b, out, scratch);
		same = same && lt_draw_u32(&a) == lt_draw_u32(&b);
		inside = inside && cut.box && cut.top >= 0 && cut.left >= 0 &&
			 cut.height >= 1 && cut.width >= 1 && cut.top + cut.height <= 40 &&
			 cut.left + cut.width <= 30;
		flips += cut.flip;
	}
	check_named(same, "lt_augment_cut draws what the part draws");
	check_named(inside, "its boxes are inside");
	check(flips > 70 && flips < 130);
	free(scratch);
}

/* Very long pictures, and lists that do not begin with resized-crop. */
static void check_choice(void)
{
	static const struct lt_norm none = {0};
	static const int sides[][2] = {{1, 1}, {1, 100000}, {100000, 1}, {3, 1 << 20}};
	struct lt_draws draws = lt_draws_at(7, LT_FOR_AUGMENT, 0, 0, 0), other = draws;
	struct lt_augment augment;
	struct lt_cut cut;
	bool inside = true;

	must(lt_augment_init(&augment, "moco", &none, &trouble));
	for (size_t i = 0; i < 4; i++) {
		check_int(lt_augment_cut(&augment, sides[i][0], sides[i][1], &draws, &cut), 1);
		inside = inside && cut.height >= 1 && cut.width >= 1 && cut.top >= 0 &&
			 cut.left >= 0 && cut.top + cut.height <= sides[i][0] &&
			 cut.left + cut.width <= sides[i][1];
	}
	check_named(inside, "boxes of pictures of extreme sides");
	must(lt_augment_init(&augment, "crop-flip,resized-crop", &none, &trouble));
	draws = other;
	check_int(lt_augment_cut(&augment, 40, 30, &draws, &cut), 0);
	check(!cut.box && !cut.flip);
	check_named(lt_draw_u32(&draws) == lt_draw_u32(&other), "the centre draws nothing");
	check_int(lt_augment_shorter(224), 256);
	check_int(lt_augment_shorter(28), 32);
	check_int(lt_augment_shorter(32), 37);
	check_int(lt_augment_shorter(8), 9);
}

int main(void)
{
	check_threads("resized-crop,jitter");
	check_threads("crop-flip");
	check_threads("none");
	check_centre();
	check_failures(1);
	check_failures(3);
	check_draws();
	check_choice();
	return check_done();
}
