#include "embed/probe.h"

/* In the same order in both lists. */
const struct lt_probe_method *const lt_probe_methods[] = {&lt_probe_knn, &lt_probe_linear,
							  NULL};
const char *const lt_probe_names[] = {"knn", "linear", NULL};
