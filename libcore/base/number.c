/*
 * Strict parsing of numbers.  strtod(3) and similar functions accept too much (blanks,
 * hex, "inf", trailing text, wrapped negatives), so the syntax is checked first.  The
 * value is that of the C library, which is correctly rounded.
 */
#include "base/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool lt_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		uint64_t digit;

		if (!is_digit(*text))
			return false;
		digit = (uint64_t)(*text - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

bool lt_parse_size(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	static const char units[] = "kmgKMG";
	char digits[24];
	size_t n = strlen(text);
	const char *unit = n ? strchr(units, text[n - 1]) : NULL;
	unsigned shift = unit ? 10 * ((unsigned)(unit - units) % 3 + 1) : 0;
	uint64_t value;

	n -= unit != NULL;
	if (n == 0 || n >= sizeof(digits))
		return false;
	memcpy(digits, text, n);
	digits[n] = '\0';
	if (!lt_parse_u64(digits, 0, UINT64_MAX >> shift, &value))
		return false;
	value <<= shift;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

void lt_format_size(uint64_t bytes, char out[24])
{
	static const char *const units[] = {"", "K", "M", "G"};
	int unit = 0;

	while (unit < 3 && bytes != 0 && (bytes % 1024 == 0 || bytes >= 10000)) {
		bytes /= 1024;
		unit++;
	}
	snprintf(out, 24, "%llu%s", (unsigned long long)bytes, units[unit]);
}

bool lt_parse_i64(const char *text, int64_t min, int64_t max, int64_t *out)
{
	bool negative = *text == '-';
	uint64_t size;
	int64_t value;

	if (!lt_parse_u64(text + negative, 0, (uint64_t)INT64_MAX + negative, &size))
		return false;
	/* -(size - 1) - 1 reaches INT64_MIN without an intermediate overflow. */
	value = negative && size > 0 ? -(int64_t)(size - 1) - 1 : (int64_t)size;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

static const char *skip_digits(const char *text)
{
	while (is_digit(*text))
		text++;
	return text;
}

/* [-] digits [. digits] [e [+-] digits], with a digit on at least one side of the point. */
static bool is_real(const char *text)
{
	const char *start, *end;
	bool digits;

	if (*text == '-')
		text++;
	start = text;
	text = skip_digits(text);
	digits = text > start;
	if (*text == '.') {
		start = ++text;
		text = skip_digits(text);
		digits = digits || text > start;
	}
	if (!digits)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		if (*text == '+' || *text == '-')
			text++;
		end = skip_digits(text);
		if (end == text)
			return false;
		text = end;
	}
	return *text == '\0';
}

bool lt_parse_real(const char *text, double min, double max, double *out)
{
	double value;

	if (!is_real(text))
		return false;
	value = strtod(text, NULL);
	if (!(fabs(value) <= DBL_MAX) || !(value >= min) || !(value <= max))
		return false;
	*out = value;
	return true;
}

/*
 * "-d.ddde±xx" with the fewest digits that read back.  DBL_DECIMAL_DIG digits
 * always do.
 */
static void shortest_digits(double value, char *text, size_t size)
{
	int digits;

	for (digits = 0; digits < DBL_DECIMAL_DIG; digits++) {
		snprintf(text, size, "%.*e", digits, value);
		if (strtod(text, NULL) == value)
			return;
	}
}

void lt_format_real(double value, char out[32])
{
	static const char zeros[] = "000000000000000";
	char text[40], digit[24], result[64] = "";
	const char *sign = signbit(value) ? "-" : "";
	const char *at;
	int n = 0, exponent;

	if (!(fabs(value) <= DBL_MAX)) {
		snprintf(out, 32, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
		return;
	}
	shortest_digits(fabs(value), text, sizeof(text));
	for (at = text; *at && *at != 'e'; at++)
		if (is_digit(*at) && n < (int)sizeof(digit) - 1)
			digit[n++] = *at;
	digit[n] = '\0';
	exponent = *at ? atoi(at + 1) : 0;
	if (exponent < -4 || exponent > 15)
		snprintf(result, sizeof(result), "%s%c%s%se%d", sign, digit[0],
			 n > 1 ? "." : "", digit + 1, exponent);
	else if (exponent < 0)
		snprintf(result, sizeof(result), "%s0.%.*s%s", sign, -exponent - 1, zeros,
			 digit);
	else if (exponent >= n - 1)
		snprintf(result, sizeof(result), "%s%s%.*s", sign, digit, exponent - (n - 1),
			 zeros);
	else
		snprintf(result, sizeof(result), "%s%.*s.%s", sign, exponent + 1, digit,
			 digit + exponent + 1);
	memcpy(out, result, 32); /* at most 24 characters in each of the forms */
}
