/*
 * Mean and standard deviation of pixels as text, for --norm:
 *
 *	imagenet          0.485,0.456,0.406/0.229,0.224,0.225, as in torchvision's models
 *	half              0.5 and 0.5 in every channel: pixels become -1 to 1
 *	R,G,B/R,G,B       means of the channels, then deviations, for pixels from 0 to 1
 *	G/G               the same for grey images
 */
#ifndef LT_DATA_NORM_TEXT_H
#define LT_DATA_NORM_TEXT_H

#include "stream/header.h"

#define LT_NORM_WORDS "imagenet|half|R,G,B/R,G,B" /* for a table of options */

/*
 * Means are 0 to 1, deviations above 0 and at most 1, one of each per channel, 1 to
 * LT_MAX_CHANNELS channels.  channels: those of the images, or 0 if not known; a word then
 * means 3.  LT_USAGE for anything else; norm is then unchanged.
 */
int lt_norm_parse(struct lt_norm *norm, const char *text, int channels, struct lt_error *err);

#endif
