/*
 * Drawing.  A canvas of doubles gets a background, clutter, the object and sometimes
 * clutter over it.  How much of a pixel a part covers depends on its distance to the
 * centre of the pixel, so edges are smooth at any size.  Contrast, noise and rounding to
 * bytes follow.
 */
#include "data/synth.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/elementary.h"
#include "base/random.h"
#include "data/synth_objects.h"

#define PI 0x1.921fb54442d18p+1

/* The difficulty of the pictures, in one place. */
#define SCALE_LOW 0.63 /* half an object's size in half images */
#define SCALE_HIGH 0.9
#define TILT 0.2       /* radians, either way */
#define USUAL_LOW 0.15 /* share of the usual in an object's colours */
#define USUAL_HIGH 0.9
#define MIN_CONTRAST 120 /* levels between object and background, three channels together */
#define PATTERN_LOW 8	 /* levels, of the quarter of objects that have one */
#define PATTERN_HIGH 28
#define MAX_BEHIND 3 /* pieces of clutter */
#define MAX_BEFORE 1
#define NOISE_LOW 3 /* deviation in levels */
#define NOISE_HIGH 14

struct colour {
	double channel[3];
};

/* From pixels to the coordinates of a thing, and back to its size in pixels. */
struct frame {
	double x, y;	       /* its centre, in pixels */
	double ux, uy, vx, vy; /* thing coordinates a pixel: u = ux·dx + uy·dy */
	double pixels;	       /* pixels a unit of the thing's */
};

struct painter {
	int size;
	double *canvas;
	struct lt_draws draws;
};

const char *lt_synth_class(int label)
{
	return lt_objects[label % LT_OBJECTS].name[label / LT_OBJECTS];
}

/* ---------------------------------------------------------------------- random */

/*
 * One random word per number is enough for positions, sizes and colours.  At most one call per
 * expression: the order of evaluation affects the picture.
 */
static double between(struct painter *p, double a, double b)
{
	return a + (b - a) * ((double)lt_draw_u32(&p->draws) * 0x1p-32);
}

static struct colour any_colour(struct painter *p)
{
	struct colour colour;
	int c;

	for (c = 0; c < 3; c++)
		colour.channel[c] = between(p, 20, 235);
	return colour;
}

static double contrast(const struct colour *a, const struct colour *b)
{
	return fabs(a->channel[0] - b->channel[0]) + fabs(a->channel[1] - b->channel[1]) +
	       fabs(a->channel[2] - b->channel[2]);
}

/* A colour between the usual one and a random one. */
static struct colour near_colour(struct painter *p, const unsigned char usual[3])
{
	struct colour colour = any_colour(p);
	double share = between(p, USUAL_LOW, USUAL_HIGH);
	int c;

	for (c = 0; c < 3; c++)
		colour.channel[c] += share * (usual[c] - colour.channel[c]);
	return colour;
}

/* A colour different from another; after eight attempts the last is used. */
static struct colour other_colour(struct painter *p, const unsigned char usual[3],
				  const struct colour *from)
{
	struct colour colour;
	int i = 0;

	do
		colour = near_colour(p, usual);
	while (contrast(&colour, from) < MIN_CONTRAST && ++i < 8);
	return colour;
}

/* ----------------------------------------------------------------------- parts */

/* The signed distance of a point to a part's edge, in the part's units; negative inside. */
static double distance(const struct lt_part *part, double u, double v)
{
	double x = u - part->a, y = v - part->b, dx, dy, along, width;

	switch (part->kind) {
	case LT_DISC:
	case LT_DOME:
		dx = x / part->c;
		dy = y / part->d;
		width = (sqrt(dx * dx + dy * dy) - 1) * (part->c < part->d ? part->c : part->d);
		return part->kind == LT_DOME && y > width ? y : width;
	case LT_BOX:
		dx = fabs(x) - part->c;
		dy = fabs(y) - part->d;
		return dx > dy ? dx : dy;
	case LT_TAPER:
		along = y / (part->d - part->b);
		width = part->c + (part->e - part->c) * along;
		dx = fabs(x) - width;
		dy = fabs(v - 0.5 * (part->b + part->d)) - 0.5 * (part->d - part->b);
		return dx > dy ? dx : dy;
	case LT_RING:
		return fabs(sqrt(x * x + y * y) - part->c) - part->d;
	case LT_BAR:
		dx = part->c - part->a;
		dy = part->d - part->b;
		along = (x * dx + y * dy) / (dx * dx + dy * dy);
		along = along < 0 ? 0 : along > 1 ? 1 : along;
		x -= along * dx;
		y -= along * dy;
		return sqrt(x * x + y * y) - part->e;
	}
	return 1;
}

/* A circle around a part, in its units. */
static void bounds(const struct lt_part *part, double *x, double *y, double *radius)
{
	double dx, dy;

	*x = part->a;
	*y = part->b;
	switch (part->kind) {
	case LT_DISC:
	case LT_DOME:
		*radius = part->c > part->d ? part->c : part->d;
		break;
	case LT_BOX:
		*radius = sqrt(part->c * part->c + part->d * part->d);
		break;
	case LT_TAPER:
		dx = part->c > part->e ? part->c : part->e;
		dy = 0.5 * (part->d - part->b);
		*y += dy;
		*radius = sqrt(dx * dx + dy * dy);
		break;
	case LT_RING:
		*radius = part->c + part->d;
		break;
	case LT_BAR:
		dx = 0.5 * (part->c - part->a);
		dy = 0.5 * (part->d - part->b);
		*x += dx;
		*y += dy;
		*radius = sqrt(dx * dx + dy * dy) + part->e;
		break;
	}
}

/* Stripes or checks: the amount added to the colour at u, v. */
struct pattern {
	double amplitude, frequency, slope;
	bool checks;
};

static double pattern_at(const struct pattern *pattern, double u, double v)
{
	double t = pattern->frequency * (u + pattern->slope * v);
	bool on = t - floor(t) < 0.5;

	if (pattern->checks) {
		t = pattern->frequency * (v - pattern->slope * u);
		on = on != (t - floor(t) < 0.5);
	}
	return on ? pattern->amplitude : -pattern->amplitude;
}

static int clamp_pixel(double x, int size)
{
	return x < 0 ? 0 : x > size ? size : (int)x;
}

static void paint_part(struct painter *p, const struct frame *frame, const struct lt_part *part,
		       const struct colour *colour, const struct pattern *pattern)
{
	double x, y, radius, cx, cy, det, u, v, cover, level, dx, dy, *pixel;
	int left, right, top, bottom, row, column, c;

	bounds(part, &x, &y, &radius);
	det = frame->pixels * frame->pixels;
	cx = frame->x + (frame->vy * x - frame->uy * y) * det;
	cy = frame->y + (frame->ux * y - frame->vx * x) * det;
	if (frame->ux * frame->vy - frame->uy * frame->vx < 0) {
		cx = 2 * frame->x - cx;
		cy = 2 * frame->y - cy;
	}
	radius = radius * frame->pixels + 1;
	left = clamp_pixel(cx - radius, p->size);
	right = clamp_pixel(cx + radius + 1, p->size);
	top = clamp_pixel(cy - radius, p->size);
	bottom = clamp_pixel(cy + radius + 1, p->size);
	for (row = top; row < bottom; row++) {
		pixel = p->canvas + 3 * ((size_t)row * (size_t)p->size + (size_t)left);
		for (column = left; column < right; column++, pixel += 3) {
			dx = column + 0.5 - frame->x;
			dy = row + 0.5 - frame->y;
			u = frame->ux * dx + frame->uy * dy;
			v = frame->vx * dx + frame->vy * dy;
			cover = 0.5 - distance(part, u, v) * frame->pixels;
			if (!(cover > 0))
				continue;
			if (cover > 1)
				cover = 1;
			level = pattern->amplitude > 0 ? pattern_at(pattern, u, v) : 0;
			for (c = 0; c < 3; c++)
				pixel[c] += cover * (colour->channel[c] + level - pixel[c]);
		}
	}
}

/* ----------------------------------------------------------------------- scene */

/* Places a thing of the given radius in pixels, rotated, and mirrored in half of the cases. */
static struct frame place(struct painter *p, double x, double y, double pixels, double angle)
{
	double s = lt_sin(angle) / pixels, c = lt_cos(angle) / pixels;
	double mirror = lt_draw_u32(&p->draws) & 1 ? -1 : 1;

	return (struct frame){.x = x,
			      .y = y,
			      .ux = mirror * c,
			      .uy = mirror * s,
			      .vx = -s,
			      .vy = c,
			      .pixels = pixels};
}

/* Mixes two colours by smooth noise on a grid of 2 to 8 cells; returns their mean. */
static struct colour paint_background(struct painter *p)
{
	double grid[9][9], cells = 2 + floor(between(p, 0, 7)), step = cells / p->size;
	struct colour a = any_colour(p), b = any_colour(p), mean;
	double share = between(p, 0.2, 1), x, y, t, upper, lower, *pixel = p->canvas;
	int row, column, c, i, j;

	for (i = 0; i < 9; i++)
		for (j = 0; j < 9; j++)
			grid[i][j] = between(p, 0, 1);
	for (c = 0; c < 3; c++) {
		b.channel[c] = a.channel[c] + share * (b.channel[c] - a.channel[c]);
		mean.channel[c] = 0.5 * (a.channel[c] + b.channel[c]);
	}
	for (row = 0; row < p->size; row++) {
		y = (row + 0.5) * step;
		i = (int)y;
		y -= i;
		for (column = 0; column < p->size; column++, pixel += 3) {
			x = (column + 0.5) * step;
			j = (int)x;
			x -= j;
			upper = grid[i][j] + x * (grid[i][j + 1] - grid[i][j]);
			lower = grid[i + 1][j] + x * (grid[i + 1][j + 1] - grid[i + 1][j]);
			t = upper + y * (lower - upper);
			for (c = 0; c < 3; c++)
				pixel[c] = a.channel[c] + t * (b.channel[c] - a.channel[c]);
		}
	}
	return mean;
}

/*
 * A part of a random object at any angle: made of the same shapes as objects, but without an
 * upright position.
 */
static void paint_clutter(struct painter *p, double low, double high)
{
	const struct lt_object *object = &lt_objects[lt_draw_below(&p->draws, LT_OBJECTS)];
	struct lt_part part = object->part[lt_draw_below(&p->draws, (uint32_t)object->n)];
	struct colour colour = any_colour(p);
	struct pattern plain = {0};
	double half = 0.5 * p->size, x, y, radius, cx, cy, pixels;
	struct frame frame;

	bounds(&part, &x, &y, &radius);
	cx = between(p, 0, p->size);
	cy = between(p, 0, p->size);
	pixels = between(p, low, high) * half / radius;
	frame = place(p, cx, cy, pixels, between(p, -PI, PI));
	/* The centre of the part, not of the object, is moved to that point. */
	part.a -= x;
	part.b -= y;
	if (part.kind == LT_BAR) {
		part.c -= x;
		part.d -= y;
	} else if (part.kind == LT_TAPER) {
		part.d -= y;
	}
	paint_part(p, &frame, &part, &colour, &plain);
}

/* The sign above an object of the second, third and fourth sixteen classes. */
static void paint_mark(struct painter *p, const struct frame *frame, int mark,
		       const struct colour *colour)
{
	static const struct lt_part marks[] = {
		{LT_DISC, 0, 0.75, -0.75, 0.24, 0.24, 0},
		{LT_BOX, 0, 0.7, -0.8, 0.3, 0.11, 0},
		{LT_RING, 0, 0.72, -0.72, 0.2, 0.08, 0},
	};
	struct pattern plain = {0};

	if (mark > 0)
		paint_part(p, frame, &marks[mark - 1], colour, &plain);
}

static void paint_object(struct painter *p, int label, const struct colour *background)
{
	const struct lt_object *object = &lt_objects[label % LT_OBJECTS];
	struct pattern pattern = {0};
	struct colour colour[3];
	struct frame frame;
	double half = 0.5 * p->size, scale = between(p, SCALE_LOW, SCALE_HIGH), room, cx, cy;
	uint32_t kind = lt_draw_below(&p->draws, 8);
	int i;

	/* Three quarters of the objects are plain, an eighth striped, an eighth checked. */
	pattern.amplitude = kind < 6 ? 0 : between(p, PATTERN_LOW, PATTERN_HIGH);
	pattern.frequency = between(p, 1, 4);
	pattern.slope = between(p, -2, 2);
	pattern.checks = kind == 7;
	room = half * (1.15 - scale);
	cx = half + between(p, -room, room);
	cy = half + between(p, -room, room);
	frame = place(p, cx, cy, scale * half, between(p, -TILT, TILT));
	colour[0] = other_colour(p, object->usual[0], background);
	colour[1] = other_colour(p, object->usual[1], &colour[0]);
	colour[2] = other_colour(p, object->usual[2], &colour[0]);
	for (i = 0; i < object->n; i++)
		paint_part(p, &frame, &object->part[i], &colour[object->part[i].colour],
			   &pattern);
	paint_mark(p, &frame, label / LT_OBJECTS, &colour[1]);
}

/* ------------------------------------------------------------------------ bytes */

/*
 * The sum of two bytes has a triangular distribution of deviation 104.5, so one word gives two
 * values.
 */
static void develop(struct painter *p, uint8_t *image)
{
	double gain = between(p, 0.55, 1.1), lift = between(p, -25, 25);
	double noise = between(p, NOISE_LOW, NOISE_HIGH) / 104.5, value;
	size_t i, n = 3 * (size_t)p->size * (size_t)p->size;
	uint32_t word = 0;

	for (i = 0; i < n; i++) {
		word = i % 2 ? word >> 16 : lt_draw_u32(&p->draws);
		value = 128 + gain * (p->canvas[i] - 128) + lift +
			noise * ((int)(word & 255) + (int)(word >> 8 & 255) - 255);
		image[i] = value < 0 ? 0 : value > 255 ? 255 : (uint8_t)(value + 0.5);
	}
}

void lt_synth_draw(const struct lt_synth *synth, uint32_t row, double *canvas, uint8_t *image)
{
	struct painter p = {
		.size = synth->size,
		.canvas = canvas,
		.draws = lt_draws_at(synth->seed, LT_FOR_SYNTH, (uint32_t)synth->split, 0, row),
	};
	struct colour background = paint_background(&p);
	uint32_t i, n = lt_draw_below(&p.draws, MAX_BEHIND + 1);

	for (i = 0; i < n; i++)
		paint_clutter(&p, 0.15, 0.5);
	paint_object(&p, (int)(row % (uint32_t)synth->classes), &background);
	n = lt_draw_below(&p.draws, MAX_BEFORE + 1);
	for (i = 0; i < n; i++)
		paint_clutter(&p, 0.1, 0.25);
	develop(&p, image);
}
