#include "base/printable.h"

#include <stdint.h>

/*
 * The table of RFC 3629 for well-formed sequences, by hand: overlong forms,
 * surrogates and code points above U+10FFFF are refused, and so are C0 and C1.
 */
size_t lt_printable(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t point;
	size_t n, i;

	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	point = s[0] & (0x7fu >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (s[i] & 0x3f);
	}
	if ((n == 3 && point < 0x800) || (n == 4 && point < 0x10000) || point > 0x10ffff ||
	    (point >= 0xd800 && point < 0xe000) || point < 0xa0)
		return 0;
	return n;
}
