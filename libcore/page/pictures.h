/* The most confident mistakes, with small images of their rows. */
#ifndef LT_PAGE_PICTURES_H
#define LT_PAGE_PICTURES_H

#include "page/figure.h"

enum {
	LT_PICTURES = 24,
	LT_PICTURE_SIDE = 96, /* pixels; larger images are scaled down and cropped */
};

struct lt_picture {
	size_t row;	      /* of the first model's scores */
	struct lt_buffer png; /* empty: the row was not found */
	uint32_t width, height;
	char *key; /* the row's file name, or NULL */
};

/* Fills data->picture, most confident first, equal ones in the order of rows.  Call
 * lt_pictures_free. */
int lt_pictures_find(struct lt_page_data *data, struct lt_error *err);
/*
 * Reads their images from a stream of rows, by id.  LT_DATA if rows have no images, if a label
 * differs from that in the scores, or if none of the mistakes is found; *missing: the number
 * of mistakes not found.
 */
int lt_pictures_read(struct lt_page_data *data, const char *path, int *missing,
		     struct lt_error *err);
void lt_pictures_free(struct lt_page_data *data);

#endif
