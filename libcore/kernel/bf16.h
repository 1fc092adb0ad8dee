/* bfloat16, one number at a time; vectors of them are in vector.h. */
#ifndef LT_KERNEL_BF16_H
#define LT_KERNEL_BF16_H

#include <string.h>

#include "kernel/kernel.h"

static inline float lt_from_bf16(lt_bf16 b)
{
	uint32_t bits = (uint32_t)b << 16;
	float x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

static inline lt_bf16 lt_to_bf16(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof bits);
	/* Rounding up could carry a NaN's payload into another number. */
	if (x != x)
		return (lt_bf16)(bits >> 16 | 0x40);
	return (lt_bf16)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

#endif
