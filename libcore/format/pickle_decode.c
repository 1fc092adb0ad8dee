/*
 * Decodes the strings of a pickle byte by byte, so that none has to be in memory.
 */
#include "format/pickle_parts.h"

#include <string.h>

static int32_t start_digits(struct lt_pickle_decoder *d, int n)
{
	d->state = 2;
	d->left = n;
	d->value = 0;
	return LT_PICKLE_MORE;
}

static int32_t hex_digit(struct lt_pickle_decoder *d, uint8_t byte)
{
	uint32_t digit = byte >= '0' && byte <= '9'   ? (uint32_t)(byte - '0')
			 : byte >= 'a' && byte <= 'f' ? (uint32_t)(byte - 'a' + 10)
			 : byte >= 'A' && byte <= 'F' ? (uint32_t)(byte - 'A' + 10)
						      : 16;

	if (digit == 16)
		return LT_PICKLE_WRONG;
	d->value = d->value << 4 | digit;
	if (--d->left > 0)
		return LT_PICKLE_MORE;
	d->state = 0;
	return d->value <= 0x10ffff ? (int32_t)d->value : LT_PICKLE_WRONG;
}

/* What repr() of Python 2 writes: 'it\'s\n\x00'. */
static int32_t decode_escaped(struct lt_pickle_decoder *d, uint8_t byte)
{
	static const char escapes[] = "abfnrtv\\'\"", meant[] = "\a\b\f\n\r\t\v\\'\"";
	const char *at;

	if (!d->quote) {
		d->quote = byte;
		return byte == '\'' || byte == '"' ? LT_PICKLE_MORE : LT_PICKLE_WRONG;
	}
	switch (d->state) {
	case 0:
		if (byte == '\\' || byte == d->quote) {
			d->state = byte == '\\' ? 1 : 3;
			return LT_PICKLE_MORE;
		}
		return byte == '\n' ? LT_PICKLE_WRONG : byte;
	case 1:
		if (byte == 'x')
			return start_digits(d, 2);
		at = byte ? strchr(escapes, byte) : NULL;
		d->state = 0;
		return at ? (uint8_t)meant[at - escapes] : LT_PICKLE_WRONG;
	case 2:
		return hex_digit(d, byte);
	default:
		return byte == '\n' ? LT_PICKLE_END : LT_PICKLE_WRONG;
	}
}

/* Python's "raw-unicode-escape" up to the end of a line. */
static int32_t decode_uescaped(struct lt_pickle_decoder *d, uint8_t byte)
{
	switch (d->state) {
	case 0:
		if (byte == '\\') {
			d->state = 1;
			return LT_PICKLE_MORE;
		}
		return byte == '\n' ? LT_PICKLE_END : byte;
	case 1:
		return byte == 'u'   ? start_digits(d, 4)
		       : byte == 'U' ? start_digits(d, 8)
				     : LT_PICKLE_WRONG;
	default:
		return hex_digit(d, byte);
	}
}

static int32_t decode_utf8(struct lt_pickle_decoder *d, uint8_t byte)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};

	if (d->left == 0) {
		if (byte < 0x80)
			return byte;
		d->state = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
		d->left = d->state;
		d->value = byte & (0x3fu >> d->state);
		return byte < 0xc0 || byte >= 0xf8 ? LT_PICKLE_WRONG : LT_PICKLE_MORE;
	}
	if ((byte & 0xc0) != 0x80)
		return LT_PICKLE_WRONG;
	d->value = d->value << 6 | (byte & 0x3fu);
	if (--d->left > 0)
		return LT_PICKLE_MORE;
	return d->value >= least[d->state] && d->value <= 0x10ffff ? (int32_t)d->value
								   : LT_PICKLE_WRONG;
}

int32_t lt_pickle_decode(struct lt_pickle_decoder *decoder, uint8_t byte)
{
	switch (decoder->coding) {
	case LT_PICKLE_UTF8:
		return decode_utf8(decoder, byte);
	case LT_PICKLE_ESCAPED:
		return decode_escaped(decoder, byte);
	case LT_PICKLE_UESCAPED:
		return decode_uescaped(decoder, byte);
	default:
		return byte;
	}
}
