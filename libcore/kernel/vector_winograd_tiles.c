/*
 * Winograd's transforms of tiles: from inputs, or gradients at outputs, to factors, and from
 * products to results.
 */
#include "kernel/vector_winograd.h"

/* -------------------------------------------------------------- transforms in one dimension */

/* Bᵀ: from 6 inputs to 6 points. */
INLINE void to_points(const vec d[6], vec o[6])
{
	vec p0 = d[4] - all(QQ) * d[2], p1 = d[3] - all(QQ) * d[1];
	vec q0 = d[4] - all(PP) * d[2], q1 = d[3] - all(PP) * d[1];

	o[0] = all(PP * QQ) * d[0] + (d[4] - all(PP + QQ) * d[2]);
	o[1] = p0 + all(P) * p1;
	o[2] = p0 - all(P) * p1;
	o[3] = q0 + all(Q) * q1;
	o[4] = q0 - all(Q) * q1;
	o[5] = all(PP * QQ) * d[1] + (d[5] - all(PP + QQ) * d[3]);
}

/* Aᵀ: from 6 points to 4 outputs. */
INLINE void from_points(const vec m[6], vec o[4])
{
	vec s1 = m[1] + m[2], d1 = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];

	o[0] = m[0] + s1 + s2;
	o[1] = all(P) * d1 + all(Q) * d2;
	o[2] = all(PP) * s1 + all(QQ) * s2;
	o[3] = all(PP * P) * d1 + (all(QQ * Q) * d2 + m[5]);
}

/* A: from the gradients at 4 outputs to 6 points. */
INLINE void spread(const vec y[4], vec o[6])
{
	vec p0 = y[0] + all(PP) * y[2], p1 = y[1] + all(PP) * y[3];
	vec q0 = y[0] + all(QQ) * y[2], q1 = y[1] + all(QQ) * y[3];

	o[0] = y[0];
	o[1] = p0 + all(P) * p1;
	o[2] = p0 - all(P) * p1;
	o[3] = q0 + all(Q) * q1;
	o[4] = q0 - all(Q) * q1;
	o[5] = y[3];
}

/* ------------------------------------------------------------------ tiles to points */

INLINE int point_step(const enum factors kind)
{
	return kind == CHANNEL_PAIRS || kind == PLACE_PAIRS ? PAIR_STEP : POINT_STEP;
}

/* In one dimension: 6 inputs or, for gradients at outputs, 4. */
INLINE void line_to_points(const vec *d, vec o[6], const bool gradient)
{
	if (gradient)
		spread(d, o);
	else
		to_points(d, o);
}

/* A vector of a point for each of two tiles; if not `both`, b is zero. */
INLINE void store_two(float *to, vec a, vec b, const bool both, const enum factors kind)
{
#if LT_PAIRS
	if (kind == PLACE_PAIRS)
		store(to, interleaved(a, b));
	else if (both)
		store(to, side_by_side(a, b));
	else
		put(to, 0, a, true, false);
#else
	(void)to, (void)a, (void)b, (void)both, (void)kind;
#endif
}

/* One or two tiles, from `line` on; the factors go to v. */
INLINE void tiles_to_points(const float *line, float *v, const bool both,
			    const enum factors kind, const bool gradient)
{
	const int wide = (both ? TILE : 0) + (gradient ? TILE : POINTS);
	const int step = point_step(kind);

	UNROLL(6)
	for (int i = 0; i < 6; i++) {
		vec d[TILE + POINTS], a[6], b[6];

		UNROLL(10)
		for (int j = 0; j < wide; j++)
			d[j] = load(line + ((size_t)i * LINE + j) * 16);
		line_to_points(d, a, gradient);
		if (both)
			line_to_points(d + TILE, b, gradient);
		UNROLL(6)
		for (int j = 0; j < 6; j++) {
			float *to = v + (size_t)(i * 6 + j) * step;

			if (kind == PLAIN || kind == ROUNDED)
				store(to, kind == ROUNDED ? rounded(a[j]) : a[j]);
			else
				store_two(to, a[j], both ? b[j] : all(0), both, kind);
		}
	}
}

/*
 * Bᵀ d B, or A y Aᵀ, for one tile row and 16 channels, so that whole cache lines are written.
 * `from` points to the top left pixel of the first tile, v to the place of its factors.
 */
INLINE void tile_row_to_points(const float *from, int row, const int c, int columns,
			       float *lines, float *v, const enum factors kind,
			       const bool gradient)
{
	const int taps = gradient ? TILE : POINTS;
	const bool pairs = kind == CHANNEL_PAIRS || kind == PLACE_PAIRS;
	int width = TILE * columns + taps - TILE, t = 0;

	for (int x = 0; x < width; x++, from += c) {
		UNROLL(4)
		for (int e = 0; e < 16; e += LANES) {
			vec d[6], o[6];

			UNROLL(6)
			for (int i = 0; i < taps; i++)
				d[i] = load(from + (ptrdiff_t)i * row + e);
			line_to_points(d, o, gradient);
			UNROLL(6)
			for (int i = 0; i < 6; i++)
				store(lines + ((size_t)i * LINE + x) * 16 + e, o[i]);
		}
	}
	for (; pairs && t + 2 <= columns; t += 2, lines += 2 * TILE * 16, v += 16)
		tiles_to_points(lines, v, true, kind, gradient);
	for (; t < columns; t++, lines += TILE * 16, v += 16)
		for (int e = 0; e < 16; e += LANES)
			tiles_to_points(lines + e, v + e, false, kind, gradient);
}

/* Planes are plane_step elements apart. */
INLINE void part_to_points(const struct part *part, struct plane plane, size_t plane_step,
			   int c, float *lines, float *v, const enum factors kind,
			   const bool gradient)
{
	const int corner = gradient ? 0 : -1;
	/* Words of the factors of a tile row. */
	size_t places =
		(size_t)row_places(part->columns, kind) * (kind == CHANNEL_PAIRS ? 8 : 16);

	for (int k = 0; k < c; k += 16)
		for (int r = 0; r < part->images * part->rows; r++) {
			const float *from =
				plane.at + r / part->rows * plane_step +
				(ptrdiff_t)(TILE * (part->first_row + r % part->rows) +
					    corner) *
					plane.row +
				(ptrdiff_t)(TILE * part->first_column + corner) * c;

			tile_row_to_points(from + k, plane.row, c, part->columns, lines,
					   v + (size_t)(k / 16) * XI * point_step(kind) +
						   r * places,
					   kind, gradient);
		}
}

static void transform(const struct part *part, struct plane plane, size_t plane_step, int c,
		      float *lines, float *v, enum factors kind, const bool gradient)
{
	switch (kind) {
	case PLAIN:
		part_to_points(part, plane, plane_step, c, lines, v, PLAIN, gradient);
		break;
	case ROUNDED:
		part_to_points(part, plane, plane_step, c, lines, v, ROUNDED, gradient);
		break;
	case CHANNEL_PAIRS:
		part_to_points(part, plane, plane_step, c, lines, v, CHANNEL_PAIRS, gradient);
		break;
	case PLACE_PAIRS:
		part_to_points(part, plane, plane_step, c, lines, v, PLACE_PAIRS, gradient);
	}
}

void vk_winograd_inputs(const struct part *part, struct plane plane, size_t plane_step, int c,
			float *lines, float *v, enum factors kind)
{
	transform(part, plane, plane_step, c, lines, v, kind, false);
}

void vk_winograd_gradients(const struct part *part, struct plane plane, size_t plane_step,
			   int c, float *lines, float *v, enum factors kind)
{
	transform(part, plane, plane_step, c, lines, v, kind, true);
}

/* ------------------------------------------------------------------ points to tiles */

/* Aᵀ m, for one row of points. */
INLINE void row_from_points(const float *m, vec o[4])
{
	vec line[6];

	UNROLL(6)
	for (int j = 0; j < 6; j++)
		line[j] = load(m + (size_t)j * POINT_STEP);
	from_points(line, o);
}

/*
 * Aᵀ m A, for one tile and one vector of channels.  Two rows of points, ±a, are added at a
 * time, so that the intermediate values fit in the registers.
 */
INLINE void tile_from_points(const float *m, vec out[4][4])
{
	vec a[4], b[4];

	row_from_points(m + (size_t)6 * POINT_STEP, a);
	row_from_points(m + (size_t)12 * POINT_STEP, b);
	UNROLL(4)
	for (int j = 0; j < 4; j++) {
		vec sum = a[j] + b[j], difference = a[j] - b[j];

		out[0][j] = sum;
		out[1][j] = all(P) * difference;
		out[2][j] = all(PP) * sum;
		out[3][j] = all(PP * P) * difference;
	}
	row_from_points(m + (size_t)18 * POINT_STEP, a);
	row_from_points(m + (size_t)24 * POINT_STEP, b);
	UNROLL(4)
	for (int j = 0; j < 4; j++) {
		vec sum = a[j] + b[j], difference = a[j] - b[j];

		out[0][j] += sum;
		out[1][j] += all(Q) * difference;
		out[2][j] += all(QQ) * sum;
		out[3][j] += all(QQ * Q) * difference;
	}
	row_from_points(m, a);
	row_from_points(m + (size_t)30 * POINT_STEP, b);
	UNROLL(4)
	for (int j = 0; j < 4; j++) {
		out[0][j] += a[j];
		out[3][j] += b[j];
	}
}

/* The results of one tile row, in whole tiles: m at its first tile, rows at its first pixel. */
INLINE void tile_row_from_points(const float *m, const int c, int columns, float *rows,
				 size_t row)
{
	for (int t = 0; t < columns; t++, m += 16, rows += TILE * c)
		for (int k = 0; k < c; k += LANES) {
			vec o[4][4];

			tile_from_points(m + (size_t)(k / 16) * XI * POINT_STEP + k % 16, o);
			UNROLL(4)
			for (int i = 0; i < 4; i++) {
				UNROLL(4)
				for (int j = 0; j < 4; j++)
					store(rows + i * row + j * c + k, o[i][j]);
			}
		}
}

void vk_winograd_results(const float *m, int c, int columns, float *rows, size_t row)
{
	FOR_CHANNELS(c, tile_row_from_points(m, C, columns, rows, row))
}
