/*
 * CRC-32C (Castagnoli), reflected, as iSCSI (RFC 3720) and SSE 4.2 define it.
 *
 * Every byte of a stream passes here once on its way out and once on its way
 * in, so the processor's own instruction is used where there is one; elsewhere
 * eight bytes are looked up at a time in tables that are made on the first call.
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
__attribute__((target("sse4.2"))) static uint32_t crc_by_instruction(uint32_t crc,
								     const uint8_t *p, size_t n)
{
	unsigned long long wide = crc, eight;

	for (; n >= 8; n -= 8, p += 8) {
		memcpy(&eight, p, 8);
		wide = __builtin_ia32_crc32di(wide, eight);
	}
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
