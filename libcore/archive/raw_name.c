/*
 * Names of entries as bytes.
 */
#include "archive/raw_name.h"

#include "stream/mp.h"

bool lt_raw_name_is_ascii(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)name[i] >= 0x80)
			return false;
	return true;
}

bool lt_raw_name_is_utf8(const char *name, size_t n)
{
	size_t i, step;

	for (i = 0; i < n; i += step) {
		unsigned char c = (unsigned char)name[i];

		step = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
		if (step > n - i)
			return false;
		/* U+0000 to U+007F, and the control characters U+0080 to U+009F. */
		if (c < 0x80 || (c == 0xc2 && ((unsigned char)name[i + 1] & 0xe0) == 0x80))
			continue;
		if (!lt_text_is_clean(name + i, step))
			return false;
	}
	return true;
}

void lt_raw_name_show(const char *name, size_t n, char *shown, size_t room)
{
	static const char digits[] = "0123456789abcdef";
	size_t used = 0, i;

	for (i = 0; i < n && used + 5 < room; i++) {
		unsigned char c = (unsigned char)name[i];

		if (c >= 0x20 && c < 0x7f) {
			shown[used++] = (char)c;
		} else {
			shown[used++] = '\\';
			shown[used++] = 'x';
			shown[used++] = digits[c >> 4];
			shown[used++] = digits[c & 15];
		}
	}
	shown[used] = '\0';
}
