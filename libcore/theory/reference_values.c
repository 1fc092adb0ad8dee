/* The numbers of reference_values.h. */
#include "theory/reference_values.h"

#include <math.h>

const struct lt_literal_reference lt_literal_reference[2] = {
	{0.2, 0, 0.264, 5e-4},
	{0.1, 0.015, 2.46, 5e-3},
};

const struct lt_threshold_reference lt_threshold_reference[LT_THRESHOLD_REFERENCES] = {
	{0, 0.5, 0.841, 0.841, 0, 0},
	{0, 0.1, 0.371, 0.979, -0.232, -0.609},
	{0.25, 0.5, 0.880, 0.798, 0.141, 0.082},
	{0.5, 0.5, 0.912, 0.752, 0.284, 0.160},
	{0.5, 0.1, 0.535, 0.965, 0.070, -0.430},
	{1, 0.5, 0.956, 0.662, 0.575, 0.295},
	{1, 0.1, 0.709, 0.946, 0.343, -0.237},
	{1, 0.01, 0.182, 0.995, 0.201, -0.813},
};

const struct lt_linear_reference lt_linear_reference[LT_LINEAR_REFERENCES] = {
	{4, 0.5, 1.36, 0.4193},
	{10, 0.5, NAN, 0.3742},
	{4, 0.1, 0, 0.5},
	{4, 0.01, 0, 0.5},
};

const double lt_ideal_p_plus[LT_IDEAL_ROWS] = {0.5, 0.1, 0.01};

const double lt_ideal_reference[LT_IDEAL_ROWS][LT_IDEAL_COLUMNS] = {
	{0.342, 0.273, 0.198, 0.126, 0.0671, 0.0244, 0.00405, 1.43e-4, 2.4e-7},
	{0.525, 0.426, 0.324, 0.219, 0.120, 0.0439, 0.00728, 2.58e-4, 4.3e-7},
	{0.566, 0.461, 0.352, 0.240, 0.132, 0.0483, 0.00801, 2.84e-4, 4.7e-7},
};

const double lt_ideal_half[LT_IDEAL_ROWS][LT_IDEAL_COLUMNS] = {
	{5e-4, 5e-4, 5e-4, 5e-4, 5e-5, 5e-5, 5e-6, 5e-7, 5e-9},
	{5e-4, 5e-4, 5e-4, 5e-4, 5e-4, 5e-5, 5e-6, 5e-7, 5e-9},
	{5e-4, 5e-4, 5e-4, 5e-4, 5e-4, 5e-5, 5e-6, 5e-7, 5e-9},
};

const struct lt_learnt_reference lt_learnt_reference[LT_LEARNT_REFERENCES] = {
	{16, 0.2, 0.117, 5e-4, 0.81, 5e-3},
	{64, 0.2, 0.0070, 5e-5, 0.55, 5e-3},
	{256, 0.1, 0, 5e-4, 0.040, 5e-4},
};
