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

enum lt_cifar_set { LT_CIFAR_10, LT_CIFAR_100, LT_CIFAR_IMAGENET };

/*
 * The split of a data file, each of whose names is followed by the suffix: "data_batch_1" and
 * so on or "test_batch"; of CIFAR-100 "train" or "test"; of downsampled ImageNet
 * "train_data_batch_1" and so on or "val_data".  LT_SPLIT_DEFAULT for any other name.
 */
enum lt_split lt_cifar_split(const char *name, enum lt_cifar_set set, const char *suffix);
/* "CIFAR-10", "downsampled ImageNet" …, for messages. */
const char *lt_cifar_name(enum lt_cifar_set set);
/* Are there data files of that set? */
bool lt_cifar_has(const struct lt_listing *listing, enum lt_cifar_set set, const char *suffix);
/* The data files of the requested split: n indices in canonical order, in the import's arena.
 */
int lt_cifar_plan(struct lt_import *import, enum lt_cifar_set set, const char *suffix,
		  uint32_t **out, size_t *n, struct lt_error *err);
/* Converts planes of red, green and blue, of `plane` bytes each, to pixels. */
void lt_cifar_unpack(uint8_t *to, const uint8_t *planes, size_t plane);

#endif
