/*
 * What methods on weak and strong views share: the pass over labelled rows, and weak and strong
 * views of unlabelled ones, as one batch; the terms; defaults.
 */
#ifndef LT_METHOD_MATCH_H
#define LT_METHOD_MATCH_H

#include "method/method.h"

/* Their terms. */
enum { LT_MATCH_GIVEN, LT_MATCH_GUESSED };

/* One strong view, and one term. */
#define LT_MATCH_PASS                                                                          \
	.unlabelled = true, .average = true, .passes = 1,                                      \
	.pass = {{.mode = LT_TRAIN,                                                            \
		  .parts = 3,                                                                  \
		  .part = {{LT_GIVEN, LT_VIEW_GIVEN, false},                                   \
			   {LT_UNLABELED, LT_VIEW_UNLABELED, false},                           \
			   {LT_UNLABELED, LT_VIEW_UNLABELED_AGAIN, true}}}}
#define LT_MATCH_LABELS                                                                        \
	{                                                                                      \
		.kind = LT_TERM_LABELS, .of = {0, 0, 1, 0}, .weight = 1                        \
	}
#define LT_MATCH_TERM(kind_)                                                                   \
	{                                                                                      \
		.kind = kind_, .of = {0, 2, 1, 0}, .target = {0, 1, 1, 0},                     \
		.reported = "consistency"                                                      \
	}

/* Two strong views. */
#define LT_MATCH_PASS_TWO                                                                      \
	.unlabelled = true, .average = true, .passes = 1,                                      \
	.pass = {{.mode = LT_TRAIN,                                                            \
		  .parts = 4,                                                                  \
		  .part = {{LT_GIVEN, LT_VIEW_GIVEN, false},                                   \
			   {LT_UNLABELED, LT_VIEW_UNLABELED, false},                           \
			   {LT_UNLABELED, LT_VIEW_UNLABELED_AGAIN, true},                      \
			   {LT_UNLABELED, LT_VIEW_UNLABELED_THIRD, true}}}}
#define LT_MATCH_TERM_TWO(kind_)                                                               \
	{                                                                                      \
		.kind = kind_, .of = {0, 2, 2, 0}, .target = {0, 1, 1, 0},                     \
		.reported = "consistency"                                                      \
	}

#endif
