/*
 * The options of the learning-rate schedule (net/schedule.h), shared by all programs that
 * train.
 */
#ifndef LT_PROGRAM_SCHEDULE_OPTIONS_H
#define LT_PROGRAM_SCHEDULE_OPTIONS_H

#include "program/learn.h"

/*
 * Sets the rates from --lr, --schedule, --warmup, --drops, --drop-factor and --epochs or
 * --steps, and settles the options of the optimiser. LT_USAGE for an invalid list, drops that
 * no epoch follows, a warm-up that leaves no epoch, and options that the schedule does not use.
 * To be called after the options are parsed, and again when the rows have determined the
 * defaults.
 */
int lt_schedule_settle(struct lt_rates *rates, struct lt_training_options *options,
		       struct lt_error *err);

#endif
