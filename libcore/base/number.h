/*
 * Strict parsing of numbers: the whole text, in range, finite.  The locale is
 * never set, so the decimal separator is always a point.
 */
#ifndef LT_BASE_NUMBER_H
#define LT_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal digits only (no sign, blank, hex or suffix), min ≤ value ≤ max. */
bool lt_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/*
 * A number of bytes: digits as above, with K, M or G (or k, m, g) for 1024, 1024² or 1024³
 * as a suffix; min ≤ bytes ≤ max.
 */
bool lt_parse_size(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/* Bytes for a message, exact or rounded down to at most four digits: "123M", "1G", "1500K". */
void lt_format_size(uint64_t bytes, char out[24]);

/* An optional '-' before decimal digits, min ≤ value ≤ max. */
bool lt_parse_i64(const char *text, int64_t min, int64_t max, int64_t *out);

/*
 * A finite decimal number ("0.1", "1e-4"; no hex, "inf", "nan" or blanks), min ≤ value ≤ max.
 */
bool lt_parse_real(const char *text, double min, double max, double *out);

/*
 * The fewest decimal digits that are read back as the same double: "0.0001", "1500",
 * and with an exponent below 1e-4 and from 1e16 on: "1e-5".  lt_parse_real can
 * read it, except for "inf" and "nan", which occur in messages only.
 */
void lt_format_real(double value, char out[32]);

#endif
