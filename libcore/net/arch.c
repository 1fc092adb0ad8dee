/* The table of networks: a new one is a line here and, for a new family, a file. */
#include <string.h>

#include "net/graph.h"

const struct lt_arch lt_archs[] = {
	{"resnet20", lt_arch_resnet_cifar, {3, 3, 3}, 3, 16, false},
	{"resnet32", lt_arch_resnet_cifar, {5, 5, 5}, 3, 16, false},
	{"resnet44", lt_arch_resnet_cifar, {7, 7, 7}, 3, 16, false},
	{"resnet56", lt_arch_resnet_cifar, {9, 9, 9}, 3, 16, false},
	{"resnet110", lt_arch_resnet_cifar, {18, 18, 18}, 3, 16, false},
	{"resnet10", lt_arch_resnet_large, {1, 1, 1, 1}, 4, 64, false},
	{"resnet18", lt_arch_resnet_large, {2, 2, 2, 2}, 4, 64, false},
	{"resnet34", lt_arch_resnet_large, {3, 4, 6, 3}, 4, 64, false},
	{"resnet50", lt_arch_resnet_large, {3, 4, 6, 3}, 4, 64, true},
	{"wrn-16-2", lt_arch_wide_resnet, {2, 2, 2}, 3, 32, false},
	{"wrn-28-2", lt_arch_wide_resnet, {4, 4, 4}, 3, 32, false},
	{NULL, NULL, {0}, 0, 0, false},
};

const char *const lt_arch_names[] = {"resnet20",  "resnet32", "resnet44", "resnet56",
				     "resnet110", "resnet10", "resnet18", "resnet34",
				     "resnet50",  "wrn-16-2", "wrn-28-2", NULL};

const struct lt_arch *lt_arch_find(const char *name)
{
	for (const struct lt_arch *arch = lt_archs; arch->name; arch++)
		if (strcmp(arch->name, name) == 0)
			return arch;
	return NULL;
}
