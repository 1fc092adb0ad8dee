/*
 * The opcodes of pickles that push a number or a string.
 */
#include "format/pickle_parts.h"

#include <string.h>

#include "base/number.h"

/* ------------------------------------------------------------------ numbers */

int lt_pickle_op_constant(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	return op == 'N' ? lt_pickle_push_integer(pickle, LT_PICKLE_NONE, 0, err)
			 : lt_pickle_push_integer(pickle, LT_PICKLE_BOOL, op == 0x88, err);
}

int lt_pickle_op_binary_integer(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	uint64_t number;
	int status = lt_pickle_number(&pickle->input,
				      op == 'J'	  ? 4
				      : op == 'M' ? 2
						  : 1,
				      &number, err);

	if (status)
		return status;
	return lt_pickle_push_integer(pickle, LT_PICKLE_INT,
				      op == 'J' ? (int32_t)(uint32_t)number : (int64_t)number,
				      err);
}

/* Two's complement of any length. */
int lt_pickle_op_binary_long(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	struct lt_pickle_bytes none;
	uint64_t n, number;
	int status = lt_pickle_number(&pickle->input, op == 0x8a ? 1 : 4, &n, err);

	if (status)
		return status;
	if (n > INT32_MAX)
		return lt_pickle_damaged(&pickle->input, err, "an integer of negative length");
	if (n > 8) {
		status = lt_pickle_string(&pickle->input, &pickle->arena, &none,
					  LT_PICKLE_PLAIN, n, 0, err);
		return status ? status
			      : lt_pickle_push_integer(pickle, LT_PICKLE_OTHER, 0, err);
	}
	status = lt_pickle_number(&pickle->input, (int)n, &number, err);
	if (status)
		return status;
	if (n > 0 && n < 8 && number >> (8 * n - 1))
		number |= UINT64_MAX << 8 * n;
	return lt_pickle_push_integer(pickle, LT_PICKLE_INT, (int64_t)number, err);
}

/* I and L: decimal, followed by an L for a long of Python 2; I01 and I00 are bools. */
int lt_pickle_op_integer(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	char line[LT_PICKLE_LINE];
	int64_t integer = 0;
	size_t n;
	int status = lt_pickle_line(&pickle->input, line, sizeof line, err);

	if (status)
		return status;
	if (op == 'I' && (strcmp(line, "00") == 0 || strcmp(line, "01") == 0))
		return lt_pickle_push_integer(pickle, LT_PICKLE_BOOL, line[1] == '1', err);
	n = strlen(line);
	if (n > 0 && line[n - 1] == 'L')
		line[n - 1] = '\0';
	if (lt_parse_i64(line, INT64_MIN, INT64_MAX, &integer))
		return lt_pickle_push_integer(pickle, LT_PICKLE_INT, integer, err);
	n = strspn(line, "-");
	if (n > 1 || line[n] == '\0' || line[n + strspn(line + n, "0123456789")])
		return lt_pickle_damaged(&pickle->input, err, "not an integer: %.100s", line);
	return lt_pickle_push_integer(pickle, LT_PICKLE_OTHER, 0, err);
}

int lt_pickle_op_real(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	struct lt_pickle_value value = {.kind = LT_PICKLE_REAL};
	char line[LT_PICKLE_LINE];
	uint64_t bits = 0;
	int i, status;

	if (op == 'F') {
		status = lt_pickle_line(&pickle->input, line, sizeof line, err);
		if (status)
			return status;
		/* No user of this reader accepts infinities or NaN. */
		if (!lt_parse_real(line, -1e308, 1e308, &value.as.real))
			value.kind = LT_PICKLE_OTHER;
		return lt_pickle_push(pickle, value, err);
	}
	for (i = 0; i < 8; i++) {
		uint8_t byte = 0;

		status = lt_pickle_byte(&pickle->input, &byte, err);
		if (status)
			return status;
		bits = bits << 8 | byte;
	}
	memcpy(&value.as.real, &bits, sizeof bits);
	return lt_pickle_push(pickle, value, err);
}

/* ------------------------------------------------------------------ strings */

struct string_op {
	uint8_t op, length; /* bytes of its length; 0: a line */
	bool text;
};

int lt_pickle_op_string(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	static const struct string_op ops[] = {
		{'U', 1, false},  {'C', 1, false},  {'T', 4, false}, {'B', 4, false},
		{0x8e, 8, false}, {0x96, 8, false}, {0x8c, 1, true}, {'X', 4, true},
		{0x8d, 8, true},  {'S', 0, false},  {'V', 0, true}};
	const struct string_op *how = ops;
	struct lt_pickle_value value = {0};
	uint64_t n = 0;
	int status = 0;

	while (how->op != op)
		how++;
	if (how->length)
		status = lt_pickle_number(&pickle->input, how->length, &n, err);
	if (status)
		return status;
	value.kind = how->text ? LT_PICKLE_TEXT : LT_PICKLE_BYTES;
	value.as.bytes = lt_pickle_object(pickle, sizeof *value.as.bytes, err);
	if (!value.as.bytes)
		return err->code;
	status = lt_pickle_string(&pickle->input, &pickle->arena, value.as.bytes,
				  !how->length
					  ? how->text ? LT_PICKLE_UESCAPED : LT_PICKLE_ESCAPED
				  : how->text ? LT_PICKLE_UTF8
					      : LT_PICKLE_PLAIN,
				  n, pickle->keep, err);
	if (status == 0 && value.as.bytes->kept)
		status = lt_pickle_charge_bytes(pickle, value.as.bytes->n, err);
	return status ? status : lt_pickle_push(pickle, value, err);
}
