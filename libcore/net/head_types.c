/*
 * The kinds of heads in a model's header, and their parameters.  This file is separate from
 * their arithmetic, so that programs that only describe models do not link it.
 */
#include "net/head.h"

#define K LT_HEAD_OUTPUTS
#define F LT_HEAD_FEATURES
#define M LT_HEAD_HIDDEN
#define P LT_HEAD_BEYOND

const struct lt_head_type lt_head_types[] = {
	[LT_HEAD_LINEAR] = {.wire = "linear", .param = {{"weight", {K, F}}, {"bias", {K}}}},
	[LT_HEAD_COSINE] = {.wire = "cosine", .scaled = true, .param = {{"weight", {F, K}}}},
	[LT_HEAD_MLP] = {.wire = "mlp",
			 .mark = "0.bias",
			 .param = {{"0.weight", {M, F}},
				   {"0.bias", {M}},
				   {"2.weight", {K, M}},
				   {"2.bias", {K}}}},
	[LT_HEAD_MLP_NORM] = {.wire = "mlp",
			      .mark = "1.bias",
			      .param = {{"0.weight", {M, F}},
					{"1.weight", {M}},
					{"1.bias", {M}},
					{"3.weight", {K, M}},
					{"4.weight", {K}}}},
	[LT_HEAD_PROTOTYPES] = {.wire = "prototypes",
				.mark = "0.bias",
				.param = {{"0.weight", {M, F}},
					  {"0.bias", {M}},
					  {"2.weight", {M, M}},
					  {"2.bias", {M}},
					  {"prototype", {P, M}}}},
	[LT_HEAD_IDENTITY] = {.wire = NULL},
};
