/* Selects a kernel set, once, at the start of a program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/blas.h"
#include "kernel/sets.h"

/* In order of preference. */
static const struct lt_kernels *const sets[] = {
#ifndef LT_REAL_DOUBLE
#if defined(__x86_64__)
	&lt_v4amx_kernels, &lt_v4bf16_kernels, &lt_v4_kernels,
	&lt_v3_kernels,	   &lt_x86_64_kernels,
#elif defined(__aarch64__)
	&lt_neon_kernels,
#endif
#endif
	&lt_kernels_ref,
};

const char *const lt_kernel_names[] = {"ref",	 "x86-64", "v3",   "v4",
				       "v4bf16", "v4amx",  "neon", NULL};

enum { N_SETS = sizeof sets / sizeof *sets };

size_t lt_conv_weights(const struct lt_conv_shape *shape)
{
	return (size_t)shape->size * shape->size * shape->in_c * shape->out_c;
}

int lt_kernels_choose(const struct lt_kernels **out, const char *name, struct lt_error *err)
{
	const char *from = "--kernel";

	if (!name) {
		name = getenv("LT_KERNEL");
		from = "LT_KERNEL";
	}
	if (!name || !*name) {
		for (int i = 0; i < N_SETS; i++)
			if (sets[i]->usable()) {
				*out = sets[i];
				return 0;
			}
		return lt_fail(err, LT_BUG, "no usable kernel set");
	}
	for (int i = 0; i < N_SETS; i++)
		if (strcmp(sets[i]->name, name) == 0) {
			if (!sets[i]->usable())
				return lt_fail(err, LT_OS,
					       "%s: this machine cannot run kernel set '%s'",
					       from, name);
			*out = sets[i];
			return 0;
		}
	for (const char *const *known = lt_kernel_names; *known; known++)
		if (strcmp(*known, name) == 0)
			return lt_fail(err, LT_OS, "%s: kernel set '%s' is not in this build",
				       from, name);
	return lt_fail(err, LT_USAGE, "%s: unknown kernel set '%s'", from, name);
}

void lt_kernels_provenance(const struct lt_kernels *set, bool with_blas, char out[128])
{
	if (with_blas)
		snprintf(out, 128, "%s+%s", set->name, lt_blas_name());
	else
		snprintf(out, 128, "%s", set->name);
}

const char *lt_kernels_line(void)
{
	static char line[192];
	const struct lt_kernels *set;
	struct lt_error err;

	if (lt_kernels_choose(&set, NULL, &err) != 0)
		snprintf(line, sizeof line, "kernel set: %.150s", err.text);
	else
		snprintf(line, sizeof line, "kernel set %s, %s", set->name, lt_blas_name());
	return line;
}
