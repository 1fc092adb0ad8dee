/*
 * CRC-32C (Castagnoli), reflected, as iSCSI (RFC 3720) and SSE 4.2 define it.
 *
 * Every byte of a stream is processed once when written and once when read, so the
 * CPU's instruction is used if there is one.  Otherwise tables, which the first call
 * computes, process eight bytes at a time.
 */
#include "stream/stream.h"

#include <pthread.h>
#include <string.h>

#include "stream/frame.h"

#define POLYNOMIAL 0x82f63b78u

static uint32_t table[8][256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void make_table(void)
{
	uint32_t i, crc;
	int bit, k;

	for (i = 0; i < 256; i++) {
		crc = i;
		for (bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
		table[0][i] = crc;
	}
	for (k = 1; k < 8; k++)
		for (i = 0; i < 256; i++)
			table[k][i] = (table[k - 1][i] >> 8) ^ table[0][table[k - 1][i] & 255];
}

static uint32_t crc_by_table(uint32_t crc, const uint8_t *p, size_t n)
{
	uint32_t low, high;

	pthread_once(&table_once, make_table);
	for (; n >= 8; n -= 8, p += 8) {
		low = crc ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
			     (uint32_t)p[3] << 24);
		high = (uint32_t)p[4] | (uint32_t)p[5] << 8 | (uint32_t)p[6] << 16 |
		       (uint32_t)p[7] << 24;
		crc = table[7][low & 255] ^ table[6][low >> 8 & 255] ^
		      table[5][low >> 16 & 255] ^ table[4][low >> 24] ^ table[3][high & 255] ^
		      table[2][high >> 8 & 255] ^ table[1][high >> 16 & 255] ^
		      table[0][high >> 24];
	}
	for (; n; n--, p++)
		crc = (crc >> 8) ^ table[0][(crc ^ *p) & 255];
	return crc;
}

#if defined(__x86_64__) && defined(__GNUC__)
/*
 * The instruction has a latency of three cycles and a throughput of one a cycle, so three
 * stretches are processed in parallel.  A CRC is linear: the CRC of two stretches is that of
 * the first, advanced over as many zero bytes as the second has, plus that of the second
 * computed from zero.
 */
#define STRETCH ((size_t)1024)

static uint32_t behind[4][256]; /* for each byte of a CRC: its value after a stretch of zeros */
static pthread_once_t behind_once = PTHREAD_ONCE_INIT;

__attribute__((target("sse4.2"))) static uint64_t add_eight(uint64_t crc, const uint8_t *p)
{
	unsigned long long eight;

	memcpy(&eight, p, 8);
	return __builtin_ia32_crc32di(crc, eight);
}

__attribute__((target("sse4.2"))) static void make_behind(void)
{
	static const uint8_t zeros[8];
	uint64_t crc;
	uint32_t bit, i;
	size_t n;

	for (bit = 0; bit < 32; bit++) {
		crc = 1u << bit;
		for (n = 0; n < STRETCH; n += 8)
			crc = add_eight(crc, zeros);
		/* The bytes whose highest bit is this one. */
		for (i = 0; i < 1u << bit % 8; i++)
			behind[bit / 8][(1u << bit % 8) + i] =
				behind[bit / 8][i] ^ (uint32_t)crc;
	}
}

static uint32_t skip_stretch(uint32_t crc)
{
	return behind[0][crc & 255] ^ behind[1][crc >> 8 & 255] ^ behind[2][crc >> 16 & 255] ^
	       behind[3][crc >> 24];
}

/* Three stretches. */
__attribute__((target("sse4.2"))) static uint32_t add_three(uint32_t crc, const uint8_t *p)
{
	uint64_t first = crc, second = 0, third = 0;
	size_t i;

	for (i = 0; i < STRETCH; i += 8) {
		first = add_eight(first, p + i);
		second = add_eight(second, p + STRETCH + i);
		third = add_eight(third, p + 2 * STRETCH + i);
	}
	crc = skip_stretch((uint32_t)first) ^ (uint32_t)second;
	return skip_stretch(crc) ^ (uint32_t)third;
}

__attribute__((target("sse4.2"))) static uint32_t crc_by_instruction(uint32_t crc,
								     const uint8_t *p, size_t n)
{
	uint64_t wide;

	if (n >= 3 * STRETCH)
		pthread_once(&behind_once, make_behind);
	for (; n >= 3 * STRETCH; n -= 3 * STRETCH, p += 3 * STRETCH)
		crc = add_three(crc, p);
	for (wide = crc; n >= 8; n -= 8, p += 8)
		wide = add_eight(wide, p);
	crc = (uint32_t)wide;
	for (; n; n--, p++)
		crc = __builtin_ia32_crc32qi(crc, *p);
	return crc;
}

static bool has_instruction(void)
{
	return __builtin_cpu_supports("sse4.2");
}
#else
#define crc_by_instruction crc_by_table

static bool has_instruction(void)
{
	return false;
}
#endif

uint32_t lt_crc32c(uint32_t crc, const void *bytes, size_t n)
{
	crc = ~crc;
	return ~(has_instruction() ? crc_by_instruction(crc, bytes, n)
				   : crc_by_table(crc, bytes, n));
}

uint32_t lt_crc32c_by_table(uint32_t crc, const void *bytes, size_t n)
{
	return ~crc_by_table(~crc, bytes, n);
}

/*
 * A CRC is a polynomial over GF(2) modulo the generator, with the coefficient of x^0 in bit
 * 31. Appending n zero bytes multiplies it by x^(8n).
 */
static uint32_t multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;
	int bit;

	/* Without branches, half of which would be mispredicted. */
	for (bit = 31; bit >= 0; bit--) {
		product ^= b & -(a >> bit & 1);
		b = (b >> 1) ^ (POLYNOMIAL & -(b & 1));
	}
	return product;
}

static uint32_t power[64]; /* x^(8 · 2^k) */
static pthread_once_t power_once = PTHREAD_ONCE_INIT;

static void make_power(void)
{
	int k;

	power[0] = 0x80000000u >> 8;
	for (k = 1; k < 64; k++)
		power[k] = multiply(power[k - 1], power[k - 1]);
}

uint32_t lt_crc32c_join(uint32_t first, uint32_t second, uint64_t n)
{
	int k;

	pthread_once(&power_once, make_power);
	for (k = 0; n; n >>= 1, k++)
		if (n & 1)
			first = multiply(first, power[k]);
	return first ^ second;
}
