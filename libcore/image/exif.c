#include "image/exif.h"

#include <string.h>

/* The file determines the byte order. */
struct tiff {
	const uint8_t *bytes;
	size_t n;
	bool big;
};

/* size (1, 2 or 4) bytes at an offset, which the caller has checked. */
static uint32_t number(const struct tiff *tiff, size_t at, int size)
{
	uint32_t value = 0;
	int i;

	for (i = 0; i < size; i++)
		value = value << 8 | tiff->bytes[at + (size_t)(tiff->big ? i : size - 1 - i)];
	return value;
}

static bool open_tiff(struct tiff *tiff, const uint8_t *bytes, size_t n)
{
	if (n < 8 || (memcmp(bytes, "II*\0", 4) != 0 && memcmp(bytes, "MM\0*", 4) != 0))
		return false;
	*tiff = (struct tiff){bytes, n, bytes[0] == 'M'};
	return true;
}

/* The value of the directory entry at an offset, if the entry itself contains it. */
static bool read_value(const struct tiff *tiff, size_t at, uint32_t *value)
{
	static const int sizes[] = {0, 1, 0, 2, 4};
	uint32_t type = number(tiff, at + 2, 2), count = number(tiff, at + 4, 4);
	int size = type < sizeof sizes / sizeof sizes[0] ? sizes[type] : 0;
	uint64_t where = at + 8;

	if (size == 0 || count == 0)
		return false;
	if ((uint64_t)count * (uint64_t)size > 4)
		where = number(tiff, at + 8, 4);
	if (where + (uint64_t)size > tiff->n)
		return false;
	*value = number(tiff, (size_t)where, size);
	return true;
}

bool lt_tiff_tag(const uint8_t *bytes, size_t n, unsigned tag, uint32_t *value)
{
	struct tiff tiff;
	size_t at;
	uint32_t left;

	if (!open_tiff(&tiff, bytes, n))
		return false;
	at = number(&tiff, 4, 4);
	if (at > n - 2)
		return false;
	left = number(&tiff, at, 2);
	for (at += 2; left > 0 && n - at >= 12; left--, at += 12)
		if (number(&tiff, at, 2) == tag)
			return read_value(&tiff, at, value);
	return false;
}

int lt_exif_orientation(const uint8_t *bytes, size_t n)
{
	uint32_t value;

	if (n >= 6 && memcmp(bytes, "Exif\0\0", 6) == 0) {
		bytes += 6;
		n -= 6;
	}
	if (!lt_tiff_tag(bytes, n, LT_TAG_ORIENTATION, &value) || value < 1 || value > 8)
		return 1;
	return (int)value;
}
