/* The objects that synth.c draws, as tables of parts in object coordinates. */
#ifndef LT_DATA_SYNTH_OBJECTS_H
#define LT_DATA_SYNTH_OBJECTS_H

/*
 * A flat part.  x grows to the right and y downward; an object fills -1 … 1 in both.
 * The meaning of a … e:
 *
 *	DISC		centre a, b; half axes c, d
 *	DOME		its upper half (y ≤ b)
 *	BOX		centre a, b; half sides c, d
 *	TAPER		centre line x = a from y = b (half width c) to y = d (half width e)
 *	RING		centre a, b; radius c, half thickness d
 *	BAR		from a, b to c, d; half thickness e
 */
enum lt_part_kind { LT_DISC, LT_DOME, LT_BOX, LT_TAPER, LT_RING, LT_BAR };

struct lt_part {
	enum lt_part_kind kind;
	int colour; /* 0 main, 1 second, 2 accent */
	double a, b, c, d, e;
};

enum { LT_OBJECTS = 16, LT_MARKS = 4, LT_MAX_PARTS = 7 };

struct lt_object {
	const char *name[LT_MARKS]; /* plain, dot, bar, ring */
	unsigned char usual[3][3];  /* its usual colours, by part colour */
	int n;
	struct lt_part part[LT_MAX_PARTS];
};

extern const struct lt_object lt_objects[LT_OBJECTS];

#endif
