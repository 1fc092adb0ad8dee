/*
 * The passes: sums of products in plain C, which defines the result, and with AVX2 if
 * the CPU supports it.  All sums are exact, so both give the same bytes.
 */
#include <string.h>

#include "base/memory.h"
#include "image/resize_parts.h"

#define HALF (1u << (LT_RESIZE_BITS - 1))

/* Rounds to the nearest byte; weights that were rounded up can give more than 255. */
static uint8_t rounded(uint32_t sum)
{
	sum = (sum + HALF) >> LT_RESIZE_BITS;
	return sum > 255 ? 255 : (uint8_t)sum;
}

void lt_resize_across_plain(const struct lt_taps *taps, const uint8_t *from, uint8_t *to,
			    int channels)
{
	const uint8_t *pixel;
	size_t at, end;
	uint32_t x, sum;
	int c;

	for (x = 0; x < taps->count; x++) {
		for (c = 0; c < channels; c++) {
			pixel = from + (size_t)taps->start[x] * (size_t)channels + c;
			end = taps->offset[x + 1];
			for (sum = 0, at = taps->offset[x]; at < end; at++, pixel += channels)
				sum += taps->weight[at] * *pixel;
			*to++ = rounded(sum);
		}
	}
}

/* From byte i on. */
static void down_from(size_t i, const struct lt_weights *weights, const uint8_t *rows, size_t n,
		      uint8_t *to)
{
	uint32_t sum;
	size_t at;

	for (; i < n; i++) {
		for (sum = 0, at = 0; at < weights->n; at++)
			sum += weights->value[at] * rows[at * n + i];
		to[i] = rounded(sum);
	}
}

void lt_resize_down_plain(const struct lt_weights *weights, const uint8_t *rows, size_t n,
			  uint8_t *to)
{
	down_from(0, weights, rows, n, to);
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/*
 * The horizontal pass takes four taps at a time.  A weight is split into its 11 lower bits and
 * the rest, so that 16-bit products, which are added in pairs, suffice.
 */
#define SPLIT 11
#define TAPS 4
#define MOST_GROUPS 64 /* plain C is used for outputs with more taps */

struct lt_resize_group {
	int16_t low[16], high[16];
};

/* The taps of all outputs in equally many groups, padded with zeros. */
static bool make_groups(struct lt_taps *taps)
{
	size_t most = 0, n, at;
	uint32_t x, c, weight;

	for (x = 0; x < taps->count; x++)
		if (taps->offset[x + 1] - taps->offset[x] > most)
			most = taps->offset[x + 1] - taps->offset[x];
	taps->groups = (most + TAPS - 1) / TAPS;
	if (taps->groups > MOST_GROUPS)
		return true;
	taps->group = lt_new_array(taps->count, taps->groups * sizeof *taps->group);
	if (!taps->group)
		return false;
	for (x = 0; x < taps->count; x++)
		for (at = taps->offset[x]; at < taps->offset[x + 1]; at++) {
			struct lt_resize_group *group = taps->group + x * taps->groups;

			n = at - taps->offset[x];
			weight = taps->weight[at];
			group += n / TAPS;
			/* Taps 0 and 1 in the lower half, each pair once a channel. */
			for (c = 0, n %= TAPS; c < 3; c++) {
				group->low[n / 2 * 8 + 2 * c + n % 2] =
					(int16_t)(weight & ((1u << SPLIT) - 1));
				group->high[n / 2 * 8 + 2 * c + n % 2] =
					(int16_t)(weight >> SPLIT);
			}
		}
	return true;
}

AVX2 static __m256i load(const int16_t *numbers)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)numbers);
}

AVX2 static void across_colour(const struct lt_taps *taps, const uint8_t *from, uint8_t *to)
{
	/*
	 * From the bytes of four pixels: red, green and blue of the first two; then of the
	 * others.
	 */
	const __m256i order =
		_mm256_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1, /* */
				 6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
	const struct lt_resize_group *group = taps->group;
	const uint32_t *start = taps->start, *end = start + taps->count;
	const size_t groups = taps->groups;
	const uint8_t *pixel;
	__m256i low, high, pixels;
	__m128i sum;
	size_t g;
	int bytes;

	for (; start < end; start++, to += 3) {
		pixel = from + (size_t)*start * 3;
		low = high = _mm256_setzero_si256();
		for (g = groups; g > 0; g--, group++, pixel += 3 * TAPS) {
			pixels = _mm256_broadcastsi128_si256(
				_mm_loadu_si128((const __m128i *)(const void *)pixel));
			pixels = _mm256_shuffle_epi8(pixels, order);
			low = _mm256_add_epi32(low,
					       _mm256_madd_epi16(pixels, load(group->low)));
			high = _mm256_add_epi32(high,
						_mm256_madd_epi16(pixels, load(group->high)));
		}
		low = _mm256_add_epi32(low, _mm256_slli_epi32(high, SPLIT));
		sum = _mm_add_epi32(_mm256_castsi256_si128(low),
				    _mm256_extracti128_si256(low, 1));
		sum = _mm_add_epi32(sum, _mm_set1_epi32((int)HALF));
		sum = _mm_srli_epi32(sum, LT_RESIZE_BITS);
		sum = _mm_packus_epi32(sum, sum);
		bytes = _mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
		memcpy(to, &bytes, sizeof bytes);
	}
}

/* Reads sixteen bytes of the row at a time; an image of a few pixels has fewer. */
AVX2 static void down_wide(const struct lt_weights *weights, const uint8_t *rows, size_t n,
			   uint8_t *to)
{
	const __m256i half = _mm256_set1_epi32((int)HALF);
	__m256i low, high, weight;
	__m128i bytes;
	size_t i, at;

	for (i = 0; i + 16 <= n; i += 16) {
		low = high = half;
		for (at = 0; at < weights->n; at++) {
			weight = _mm256_set1_epi32((int)weights->value[at]);
			bytes = _mm_loadu_si128((const __m128i *)(rows + at * n + i));
			low = _mm256_add_epi32(
				low, _mm256_mullo_epi32(_mm256_cvtepu8_epi32(bytes), weight));
			bytes = _mm_unpackhi_epi64(bytes, bytes);
			high = _mm256_add_epi32(
				high, _mm256_mullo_epi32(_mm256_cvtepu8_epi32(bytes), weight));
		}
		low = _mm256_srli_epi32(low, LT_RESIZE_BITS);
		high = _mm256_srli_epi32(high, LT_RESIZE_BITS);
		/*
		 * Packing works on halves of 128 bits, so the middle two quarters are swapped.
		 */
		low = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, high), 0xd8);
		bytes = _mm_packus_epi16(_mm256_castsi256_si128(low),
					 _mm256_extracti128_si256(low, 1));
		_mm_storeu_si128((__m128i *)(to + i), bytes);
	}
	down_from(i, weights, rows, n, to);
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
static bool has_avx2(void)
{
	return false;
}

static bool make_groups(struct lt_taps *taps)
{
	(void)taps;
	return true;
}

static void across_colour(const struct lt_taps *taps, const uint8_t *from, uint8_t *to)
{
	lt_resize_across_plain(taps, from, to, 3);
}

static void down_wide(const struct lt_weights *weights, const uint8_t *rows, size_t n,
		      uint8_t *to)
{
	lt_resize_down_plain(weights, rows, n, to);
}
#endif

bool lt_resize_group_taps(struct lt_taps *taps, int channels)
{
	return channels != 3 || !has_avx2() || make_groups(taps);
}

void lt_resize_across(const struct lt_taps *taps, const uint8_t *from, uint8_t *to,
		      int channels)
{
	if (taps->group)
		across_colour(taps, from, to);
	else
		lt_resize_across_plain(taps, from, to, channels);
}

void lt_resize_down(const struct lt_weights *weights, const uint8_t *rows, size_t n,
		    uint8_t *to)
{
	if (has_avx2())
		down_wide(weights, rows, n, to);
	else
		lt_resize_down_plain(weights, rows, n, to);
}
