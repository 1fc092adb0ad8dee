/*
 * Suffixes of image names, and parsing of decoding options.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "image/image.h"

static const struct {
	const char *suffix;
	bool deep; /* more than 8 bits a sample are possible */
} suffixes[] = {
	{".jpg", false}, {".jpeg", false}, {".jpe", false}, {".jfif", false}, {".png", true},
	{".ppm", true},	 {".pgm", true},   {".pnm", true},  {".pbm", false},  {".webp", false},
	{".tif", true},	 {".tiff", true},  {".bmp", false}, {".dib", false},  {".gif", false},
};

#define N_SUFFIXES (sizeof suffixes / sizeof suffixes[0])

static size_t suffix_of(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t i = dot ? 0 : N_SUFFIXES;

	while (i < N_SUFFIXES && strcasecmp(dot, suffixes[i].suffix) != 0)
		i++;
	return i;
}

bool lt_image_is_named(const char *name)
{
	return suffix_of(name) < N_SUFFIXES;
}

bool lt_image_may_be_deep(const char *name)
{
	size_t i = suffix_of(name);

	return i == N_SUFFIXES || suffixes[i].deep;
}

/* A decimal number of at most six digits; *text is advanced beyond it. */
static bool read_number(const char **text, uint32_t most, uint32_t *value)
{
	const char *at = *text;

	for (*value = 0; *at >= '0' && *at <= '9' && at - *text < 6; at++)
		*value = *value * 10 + (uint32_t)(*at - '0');
	if (at == *text || *value > most)
		return false;
	*text = at;
	return true;
}

int lt_image_parse_range(const char *text, uint32_t *low, uint32_t *high, struct lt_error *err)
{
	const char *at = text;

	*low = *high = 0;
	if (strcmp(text, "auto") == 0)
		return 0;
	if (read_number(&at, 65535, low) && *at++ == ':' && read_number(&at, 65535, high) &&
	    *at == '\0' && *low < *high)
		return 0;
	return lt_fail(err, LT_USAGE,
		       "'%s' is not a range: auto, or LOW:HIGH with 0 <= LOW < HIGH <= 65535",
		       text);
}

int lt_image_parse_colour(const char *text, uint8_t colour[3], struct lt_error *err)
{
	const char *at = text;
	uint32_t value;
	int c;

	for (c = 0; c < 3; c++) {
		if (!read_number(&at, 255, &value) || *at != (c < 2 ? ',' : '\0'))
			return lt_fail(err, LT_USAGE,
				       "'%s' is not a colour: R,G,B, each from 0 to 255", text);
		colour[c] = (uint8_t)value;
		at += c < 2;
	}
	return 0;
}
