/*
 * Shared by the binary and the Python version of CIFAR: the names of the files, their order,
 * the classes, and the conversion of planes to pixels.
 */
#ifndef LT_IMPORT_IMPORT_CIFAR_H
#define LT_IMPORT_IMPORT_CIFAR_H

#include "import/import.h"

#define LT_CIFAR_SIDE 32

/* The values that the code of Yang & Xu (2020) uses for CIFAR-10 and CIFAR-100. */
extern const struct lt_norm lt_cifar_norm;
extern const char *const lt_cifar10_names[10];

/*
 * The split of a data file: "data_batch_1" and so on or "test_batch", for CIFAR-100 "train" or
 * "test", each followed by the suffix.  LT_SPLIT_DEFAULT for any other name.
 */
enum lt_split lt_cifar_split(const char *name, bool hundred, const char *suffix);
/* The data files of the requested split: n indices in canonical order, in the import's arena.
 */
int lt_cifar_plan(struct lt_import *import, bool hundred, const char *suffix, uint32_t **out,
		  size_t *n, struct lt_error *err);
/* Converts planes of red, green and blue, of `plane` bytes each, to pixels. */
void lt_cifar_unpack(uint8_t *to, const uint8_t *planes, size_t plane);

#endif
