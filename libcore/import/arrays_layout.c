/*
 * Data sets whose rows are arrays: the meaning of the axes.
 */
#include "import/arrays.h"

#include <inttypes.h>
#include <stdio.h>

static const struct lt_layout of_three[] = {{0, 1, 2, -1}, {2, 0, 1, -1}};
static const struct lt_layout of_four[] = {{0, 1, 2, 3}, {0, 2, 3, 1}, {3, 0, 1, 2}};

static bool has_channels(const struct lt_array *array, const struct lt_layout *layout)
{
	return layout->channels < 0 || array->dim[layout->channels] == 1 ||
	       array->dim[layout->channels] == 3;
}

static bool is_square(const struct lt_array *array, const struct lt_layout *layout)
{
	return array->dim[layout->height] == array->dim[layout->width];
}

/* Is the axis of images the slowest in the array's order of storage? */
static bool is_usual(const struct lt_array *array, const struct lt_layout *layout)
{
	return layout->images == (array->first_fastest ? array->rank - 1 : 0);
}

static bool has_count(const struct lt_array *array, const struct lt_layout *layout,
		      const struct lt_part *part)
{
	return !part->labelled || array->dim[layout->images] == part->n_labels;
}

static int no_layout(const struct lt_array *array, const struct lt_part *part,
		     const struct lt_layout *natural, struct lt_error *err)
{
	struct lt_array_text shape = lt_array_shape(array);

	if (natural && is_usual(array, natural))
		return lt_fail(
			err, LT_DATA,
			"%s: shape %s: %" PRIu64 " images, but there are %" PRIu64 " labels",
			part->name, shape.text, array->dim[natural->images], part->n_labels);
	if (array->rank == 2)
		return lt_fail(err, LT_DATA,
			       "%s: shape %s: not images; save it reshaped to (n, height, "
			       "width), (n, height, width, 3) or, if each row has planes of "
			       "colours as in CIFAR, (n, 3, height, width)",
			       part->name, shape.text);
	return lt_fail(err, LT_DATA,
		       "%s: shape %s: not images; they must be (n, height, width), or (n, "
		       "height, width, channels) with 1 or 3 channels, and n labels",
		       part->name, shape.text);
}

static void tell_choice(struct lt_import *import, const struct lt_array *array,
			const struct lt_layout *layout, const struct lt_part *part)
{
	struct lt_array_text shape = lt_array_shape(array);
	char text[1200];

	snprintf(text, sizeof text,
		 "%s: shape %s is ambiguous; read as %" PRIu64
		 " images (axis %d) of height %" PRIu64 " and width %" PRIu64 "%s",
		 part->name, shape.text, array->dim[layout->images], layout->images,
		 array->dim[layout->height], array->dim[layout->width],
		 layout->channels < 0	 ? ""
		 : layout->channels == 1 ? ", channels second"
		 : layout->images == 0	 ? ", channels last"
					 : ", channels third");
	import->host.notice(import->host.arg, text);
}

/*
 * The best of n layouts: square images, then the usual axis, then the first of the table.
 * *rivals: the number of other layouts whose shape is as good.  NULL: none fits.
 */
static const struct lt_layout *best_of(const struct lt_array *array,
				       const struct lt_layout *from, int n,
				       const struct lt_part *part, int *rivals)
{
	const struct lt_layout *best = NULL;
	int i, fit, most = 0;

	for (*rivals = 0, i = 0; i < n; i++) {
		if (!has_channels(array, &from[i]) ||
		    (part && !has_count(array, &from[i], part)))
			continue;
		fit = 1 + is_usual(array, &from[i]) + 2 * is_square(array, &from[i]);
		if (fit > 2 && most <= 2)
			*rivals = 0;
		else
			*rivals += best && (fit > 2 || most <= 2);
		if (fit > most) {
			most = fit;
			best = &from[i];
		}
	}
	return best;
}

int lt_part_count(const struct lt_part *part, const struct lt_array *array,
		  const struct lt_layout *layout, struct lt_error *err)
{
	return has_count(array, layout, part) ? 0 : no_layout(array, part, layout, err);
}

int lt_part_layout(struct lt_import *import, const struct lt_part *part,
		   const struct lt_array *array, const struct lt_layout **out,
		   struct lt_error *err)
{
	const struct lt_layout *from = array->rank == 3 ? of_three : of_four, *natural, *best;
	int n = array->rank == 3 ? 2 : array->rank == 4 ? 3 : 0, rivals, others;

	natural = best_of(array, from, n, NULL, &others);
	best = best_of(array, from, n, part, &rivals);
	if (!best || (best != natural && natural->channels == best->images))
		return no_layout(array, part, natural, err);
	if (rivals > 0 || best != natural)
		tell_choice(import, array, best, part);
	*out = best;
	return 0;
}
