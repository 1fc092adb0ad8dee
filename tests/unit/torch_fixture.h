/*
 * Reads the files of golden/torch, which hold PyTorch's results in float64, and generates
 * the same inputs and weights as PyTorch's side.  Both are described in
 * golden/make_torch_fixtures.py.  A tensor is stored as its norm and at most 256 of its
 * elements, in PyTorch's order.
 */
#ifndef LT_TESTS_TORCH_FIXTURE_H
#define LT_TESTS_TORCH_FIXTURE_H

#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "check.h"
#include "kernel/real.h"

enum { TORCH_SEED = 2020, TORCH_ENTRIES = 256, TORCH_LINES = 256 };

/* ------------------------------------------------------------------- the generator */

static inline uint32_t torch_word(uint32_t stream, size_t i)
{
	uint32_t counter[4] = {(uint32_t)(i / 4), stream, 0, 0}, out[4];

	lt_philox(TORCH_SEED, counter, out);
	return out[i % 4];
}

static inline double torch_number(uint32_t stream, size_t i, double spread, double offset)
{
	double u = (2.0 * torch_word(stream, i) + 1.0) / 4294967296.0 - 1.0;

	return offset + spread * u;
}

/* -------------------------------------------------------------------------- files */

struct torch_file {
	char *text;
	struct {
		const char *name;
		double *value;
		int n;
	} line[TORCH_LINES];
	int n;
};

static inline char *torch_read(const char *name)
{
	char path[256], *text = NULL;
	long size;
	FILE *file;

	snprintf(path, sizeof path, "tests/golden/torch/%s", name);
	file = fopen(path, "rb");
	if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0 ||
	    fseek(file, 0, SEEK_SET) != 0 || !(text = calloc((size_t)size + 1, 1)) ||
	    fread(text, 1, (size_t)size, file) != (size_t)size) {
		printf("Bail out! %s cannot be read; tests run at the top of the tree\n", path);
		exit(1);
	}
	fclose(file);
	return text;
}

static inline void torch_open(struct torch_file *file, const char *name)
{
	char *at = file->text = torch_read(name);

	file->n = 0;
	while (*at && file->n < TORCH_LINES) {
		char *end = at + strcspn(at, "\n"), *next;
		int room = 0, n = 0;

		for (char *c = at; c < end; c++)
			room += *c == ' ';
		file->line[file->n].name = at;
		file->line[file->n].value = lt_new_array((size_t)room + 1, sizeof(double));
		if (!file->line[file->n].value)
			abort();
		next = end + (*end == '\n');
		*end = '\0';
		at += strcspn(at, " ");
		for (; at < end; n++) {
			*at = '\0';
			file->line[file->n].value[n] = strtod(at + 1, &at);
		}
		file->line[file->n++].n = n;
		at = next;
	}
}

static inline void torch_close(struct torch_file *file)
{
	for (int i = 0; i < file->n; i++)
		free(file->line[i].value);
	free(file->text);
}

/* The n numbers of a line; ends the test if there are not n. */
static inline const double *torch_find(const struct torch_file *file, const char *name, int n)
{
	for (int i = 0; i < file->n; i++)
		if (strcmp(file->line[i].name, name) == 0 && file->line[i].n == n)
			return file->line[i].value;
	printf("Bail out! no line '%s' of %d numbers in a fixture\n", name, n);
	exit(1);
}

/* ------------------------------------------------------------------------ tensors */

/* The position of an element in PyTorch's order in one of our arrays. */
enum torch_layout {
	TORCH_SAME,
	TORCH_WEIGHT, /* [out][in][row][column] to the master layout */
	TORCH_IMAGES, /* [image][channel][row][column] to NHWC */
};

struct torch_tensor {
	const lt_real *at;
	enum torch_layout layout;
	size_t d[4]; /* PyTorch's dimensions, 1 for missing ones */
};

static inline size_t torch_place(const struct torch_tensor *t, size_t i)
{
	const size_t *d = t->d;
	size_t x = i % d[3], y = i / d[3] % d[2], c = i / (d[3] * d[2]) % d[1];
	size_t k = i / (d[3] * d[2] * d[1]);

	if (t->layout == TORCH_WEIGHT)
		return (((k / 16 * d[2] + y) * d[3] + x) * d[1] + c) * 16 + k % 16;
	if (t->layout == TORCH_IMAGES)
		return ((k * d[2] + y) * d[3] + x) * d[1] + c;
	return i;
}

static inline size_t torch_size(const struct torch_tensor *t)
{
	return t->d[0] * t->d[1] * t->d[2] * t->d[3];
}

static inline void torch_fill(const struct torch_tensor *t, lt_real *to, uint32_t stream,
			      double spread, double offset)
{
	for (size_t i = 0; i < torch_size(t); i++)
		to[torch_place(t, i)] = (lt_real)torch_number(stream, i, spread, offset);
}

/* Squared differences and squared reference values, for norms and for entries. */
struct torch_error {
	double norm, norms, entry, entries;
};

static inline void torch_add_error(struct torch_error *error, const struct torch_file *file,
				   const char *name, const struct torch_tensor *t)
{
	size_t size = torch_size(t), n = size < TORCH_ENTRIES ? size : TORCH_ENTRIES;
	const double *want = torch_find(file, name, (int)n + 1);
	double norm = 0, d;

	for (size_t i = 0; i < size; i++)
		norm += (double)t->at[i] * (double)t->at[i];
	d = sqrt(norm) - want[0];
	error->norm += d * d;
	error->norms += want[0] * want[0];
	for (size_t i = 0; i < n; i++) {
		d = (double)t->at[torch_place(t, i * size / n)] - want[i + 1];
		error->entry += d * d;
		error->entries += want[i + 1] * want[i + 1];
	}
}

static inline void torch_check_error(const struct torch_error *error, double tolerance,
				     const char *set, const char *what)
{
	double norm = sqrt(error->norm / error->norms);
	double entry = sqrt(error->entry / error->entries);
	char name[256];

	snprintf(name, sizeof name, "%s: %s", set, what);
	if (!check_named(norm <= tolerance && entry <= tolerance, name))
		printf("# norms differ by %g, entries by %g of their own, bound %g\n", norm,
		       entry, tolerance);
}

static inline void torch_check_tensor(const struct torch_file *file, const char *name,
				      const struct torch_tensor *t, double tolerance,
				      const char *set)
{
	struct torch_error error = {0};

	torch_add_error(&error, file, name, t);
	torch_check_error(&error, tolerance, set, name);
}

#endif
