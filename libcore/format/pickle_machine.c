/*
 * The stack machine of pickles: each opcode pushes a value or combines values.
 */
#include "format/pickle_parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "format/format_limits.h"

/* ------------------------------------------------------------------ containers */

static int op_mark(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	size_t *mark, room;
	int status;

	(void)op;
	if (pickle->marks == pickle->mark_room) {
		room = pickle->mark_room ? 2 * pickle->mark_room : 16;
		status = lt_pickle_charge(pickle, room - pickle->mark_room, err);
		if (status)
			return status;
		mark = lt_grow_array(pickle->mark, room, sizeof *mark);
		if (!mark)
			return lt_fail_memory(err);
		pickle->mark = mark;
		pickle->mark_room = room;
	}
	pickle->mark[pickle->marks++] = pickle->stack.n;
	return 0;
}

/* Removes the last mark; *first is the first value above it. */
static int take_mark(struct lt_pickle *pickle, size_t *first, struct lt_error *err)
{
	if (pickle->marks == 0)
		return lt_pickle_damaged(&pickle->input, err, "no mark on the stack");
	*first = pickle->mark[--pickle->marks];
	return 0;
}

int lt_pickle_make_list(struct lt_pickle *pickle, enum lt_pickle_kind kind,
			struct lt_pickle_value *out, struct lt_error *err)
{
	struct lt_pickle_list *list = lt_pickle_object(pickle, sizeof *list, err);

	if (!list)
		return err->code;
	list->next = pickle->lists;
	pickle->lists = list;
	*out = (struct lt_pickle_value){.kind = (uint8_t)kind, .as.list = list};
	return 0;
}

static int push_list(struct lt_pickle *pickle, enum lt_pickle_kind kind, size_t first,
		     struct lt_error *err)
{
	size_t n = pickle->stack.n - first;
	struct lt_pickle_value made;
	struct lt_pickle_list *list;
	int status = lt_pickle_make_list(pickle, kind, &made, err);

	if (status)
		return status;
	list = made.as.list;
	if (kind == LT_PICKLE_DICT && n % 2)
		return lt_pickle_damaged(&pickle->input, err, "a key without a value");
	status = lt_pickle_reserve(pickle, list, n, err);
	if (status)
		return status;
	if (n > 0)
		memcpy(list->item, pickle->stack.item + first, n * sizeof *list->item);
	list->n = n;
	pickle->stack.n = first;
	return lt_pickle_push(pickle, made, err);
}

static enum lt_pickle_kind container(uint8_t op)
{
	return op == ']' || op == 'l'	? LT_PICKLE_LIST
	       : op == '}' || op == 'd' ? LT_PICKLE_DICT
					: LT_PICKLE_TUPLE;
}

static int op_empty(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	return push_list(pickle, container(op), pickle->stack.n, err);
}

static int op_marked(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	size_t first = 0;
	int status = take_mark(pickle, &first, err);

	return status ? status : push_list(pickle, container(op), first, err);
}

static int op_tuple(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	size_t n = op - 0x84u;

	if (!lt_pickle_top(pickle, n, err))
		return err->code;
	return push_list(pickle, LT_PICKLE_TUPLE, pickle->stack.n - n, err);
}

/* Adds the values from first on to the list or dict below them. */
static int add(struct lt_pickle *pickle, enum lt_pickle_kind kind, size_t first,
	       struct lt_error *err)
{
	size_t n = pickle->stack.n - first;
	struct lt_pickle_list *list;
	int status;

	if (first == lt_pickle_floor(pickle) || pickle->stack.item[first - 1].kind != kind ||
	    (kind == LT_PICKLE_DICT && n % 2))
		return lt_pickle_damaged(&pickle->input, err, "nothing to add to");
	list = pickle->stack.item[first - 1].as.list;
	status = lt_pickle_reserve(pickle, list, n, err);
	if (status)
		return status;
	if (n > 0)
		memcpy(list->item + list->n, pickle->stack.item + first,
		       n * sizeof *list->item);
	list->n += n;
	pickle->stack.n = first;
	return 0;
}

static int op_add(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	enum lt_pickle_kind kind = op == 's' || op == 'u' ? LT_PICKLE_DICT : LT_PICKLE_LIST;
	size_t first = 0, n = op == 's' ? 2 : 1;
	int status;

	if (op == 'e' || op == 'u') {
		status = take_mark(pickle, &first, err);
		return status ? status : add(pickle, kind, first, err);
	}
	if (!lt_pickle_top(pickle, n, err))
		return err->code;
	return add(pickle, kind, pickle->stack.n - n, err);
}

static int op_stack(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	struct lt_pickle_value *last;
	size_t first = 0;
	int status;

	if (op == '1') {
		status = take_mark(pickle, &first, err);
		pickle->stack.n = status ? pickle->stack.n : first;
		return status;
	}
	/* Python's own loader removes a mark if nothing is above it. */
	if (op == '0' && pickle->marks && pickle->stack.n == lt_pickle_floor(pickle))
		return take_mark(pickle, &first, err);
	last = lt_pickle_top(pickle, 1, err);
	if (!last)
		return err->code;
	if (op == '2')
		return lt_pickle_push(pickle, *last, err);
	pickle->stack.n--;
	return 0;
}

/* ------------------------------------------------------------------ the memo */

static int memo_index(struct lt_pickle *pickle, uint8_t op, uint64_t *index,
		      struct lt_error *err)
{
	char line[LT_PICKLE_LINE];
	int status;

	if (op == 0x94) {
		*index = pickle->memo.n;
		return 0;
	}
	if (op != 'g' && op != 'p')
		return lt_pickle_number(&pickle->input, op == 'j' || op == 'r' ? 4 : 1, index,
					err);
	status = lt_pickle_line(&pickle->input, line, sizeof line, err);
	if (status)
		return status;
	return lt_parse_u64(line, 0, UINT32_MAX, index)
		       ? 0
		       : lt_pickle_damaged(&pickle->input, err, "not a number: %.100s", line);
}

/* Memo indices count up from 0 or 1.  An optimised pickle omits some, but each omitted index
 * took at least one byte. */
static int op_put(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	struct lt_pickle_list *memo = &pickle->memo;
	struct lt_pickle_value *last = lt_pickle_top(pickle, 1, err);
	uint64_t index;
	int status;

	if (!last)
		return err->code;
	status = memo_index(pickle, op, &index, err);
	if (status)
		return status;
	if (index > lt_pickle_place(&pickle->input) || index >= LT_MAX_PICKLE_VALUES)
		return lt_pickle_damaged(&pickle->input, err, "place %" PRIu64 " in the memo",
					 index);
	if (index >= memo->n) {
		status = lt_pickle_reserve(pickle, memo, (size_t)index + 1 - memo->n, err);
		if (status)
			return status;
		memset(memo->item + memo->n, 0xff,
		       ((size_t)index + 1 - memo->n) * sizeof *memo->item);
		memo->n = (size_t)index + 1;
	}
	memo->item[index] = *last;
	return 0;
}

static int op_get(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	uint64_t index;
	int status = memo_index(pickle, op, &index, err);

	if (status)
		return status;
	if (index >= pickle->memo.n || pickle->memo.item[index].kind == 0xff)
		return lt_pickle_damaged(&pickle->input, err,
					 "place %" PRIu64 " in the memo is empty", index);
	return lt_pickle_push(pickle, pickle->memo.item[index], err);
}

/* ------------------------------------------------------------------ objects */

static int op_global(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	char module[LT_PICKLE_LINE], name[LT_PICKLE_LINE];
	struct lt_pickle_value value;
	int status;

	(void)op;
	status = lt_pickle_line(&pickle->input, module, sizeof module, err);
	if (status == 0)
		status = lt_pickle_line(&pickle->input, name, sizeof name, err);
	if (status == 0)
		status = lt_pickle_global(pickle, module, name, &value, err);
	return status ? status : lt_pickle_push(pickle, value, err);
}

static int op_stack_global(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	struct lt_pickle_value *two = lt_pickle_top(pickle, 2, err), value;
	int status;

	(void)op;
	if (!two)
		return err->code;
	if (two[0].kind != LT_PICKLE_TEXT || !two[0].as.bytes->kept ||
	    two[1].kind != LT_PICKLE_TEXT || !two[1].as.bytes->kept)
		return lt_pickle_damaged(&pickle->input, err, "a name that is not a text");
	status = lt_pickle_global(pickle, (char *)two[0].as.bytes->kept,
				  (char *)two[1].as.bytes->kept, &value, err);
	pickle->stack.n -= 2;
	return status ? status : lt_pickle_push(pickle, value, err);
}

static int op_reduce(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	struct lt_pickle_value *two = lt_pickle_top(pickle, 2, err), value;
	int status;

	if (!two)
		return err->code;
	if (op == 'b') {
		pickle->stack.n--;
		return lt_pickle_build(pickle, &two[0], &two[1], err);
	}
	status = lt_pickle_call(pickle, &two[0], &two[1], &value, err);
	pickle->stack.n -= 2;
	return status ? status : lt_pickle_push(pickle, value, err);
}

/* All other opcodes are errors.  The message explains those that make objects. */
static int op_refused(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	char module[LT_PICKLE_LINE], name[LT_PICKLE_LINE];

	if (op == 'i' && lt_pickle_line(&pickle->input, module, sizeof module, NULL) == 0 &&
	    lt_pickle_line(&pickle->input, name, sizeof name, NULL) == 0)
		return lt_pickle_damaged(&pickle->input, err,
					 "it would call %.100s.%.100s; it is not read", module,
					 name);
	if (op == 'o' || op == 0x81 || op == 0x92)
		return lt_pickle_damaged(&pickle->input, err,
					 "it would make an object of a class; it is not read");
	if (op == 'P' || op == 'Q' || op == 0x97)
		return lt_pickle_damaged(&pickle->input, err,
					 "it refers to data outside of it; it is not read");
	return lt_pickle_place(&pickle->input) == 1
		       ? lt_fail(err, LT_DATA, "%s: not a pickle", pickle->input.source->name)
		       : lt_pickle_damaged(&pickle->input, err, "opcode %d, which is not read",
					   op);
}

/* A persistent id, which refers to an object outside of the pickle. */
static int op_persistent(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	struct lt_pickle_value *id, value;
	int status;

	if (!pickle->torch)
		return op_refused(pickle, op, err);
	id = lt_pickle_top(pickle, 1, err);
	if (!id)
		return err->code;
	status = lt_pickle_torch_storage(pickle, id, &value, err);
	pickle->stack.n--;
	return status ? status : lt_pickle_push(pickle, value, err);
}

/* ------------------------------------------------------------------ running */

static int op_protocol(struct lt_pickle *pickle, uint8_t op, struct lt_error *err)
{
	uint64_t number;
	int status = lt_pickle_number(&pickle->input, op == 0x80 ? 1 : 8, &number, err);

	if (status == 0 && op == 0x80 && number > 5)
		return lt_pickle_damaged(&pickle->input, err, "protocol %d; 0 to 5 are read",
					 (int)number);
	/* The length of a frame is only needed by readers that fetch a whole frame. */
	return status;
}

static lt_pickle_op *const operations[256] = {
	[0x80] = op_protocol,
	[0x95] = op_protocol,
	['('] = op_mark,
	['0'] = op_stack,
	['1'] = op_stack,
	['2'] = op_stack,
	['N'] = lt_pickle_op_constant,
	[0x88] = lt_pickle_op_constant,
	[0x89] = lt_pickle_op_constant,
	['J'] = lt_pickle_op_binary_integer,
	['K'] = lt_pickle_op_binary_integer,
	['M'] = lt_pickle_op_binary_integer,
	[0x8a] = lt_pickle_op_binary_long,
	[0x8b] = lt_pickle_op_binary_long,
	['I'] = lt_pickle_op_integer,
	['L'] = lt_pickle_op_integer,
	['F'] = lt_pickle_op_real,
	['G'] = lt_pickle_op_real,
	['S'] = lt_pickle_op_string,
	['T'] = lt_pickle_op_string,
	['U'] = lt_pickle_op_string,
	['V'] = lt_pickle_op_string,
	['X'] = lt_pickle_op_string,
	['B'] = lt_pickle_op_string,
	['C'] = lt_pickle_op_string,
	[0x8c] = lt_pickle_op_string,
	[0x8d] = lt_pickle_op_string,
	[0x8e] = lt_pickle_op_string,
	[0x96] = lt_pickle_op_string,
	[']'] = op_empty,
	['}'] = op_empty,
	[')'] = op_empty,
	['l'] = op_marked,
	['d'] = op_marked,
	['t'] = op_marked,
	[0x85] = op_tuple,
	[0x86] = op_tuple,
	[0x87] = op_tuple,
	['a'] = op_add,
	['e'] = op_add,
	['s'] = op_add,
	['u'] = op_add,
	['p'] = op_put,
	['q'] = op_put,
	['r'] = op_put,
	[0x94] = op_put,
	['g'] = op_get,
	['h'] = op_get,
	['j'] = op_get,
	['c'] = op_global,
	[0x93] = op_stack_global,
	['R'] = op_reduce,
	['b'] = op_reduce,
	['Q'] = op_persistent,
};

int lt_pickle_run(struct lt_pickle *pickle, struct lt_error *err)
{
	struct lt_pickle_value *last;
	uint8_t op = 0;
	bool end;
	int status;

	for (;;) {
		status = lt_pickle_byte(&pickle->input, &op, err);
		if (status || op == '.')
			break;
		status = (operations[op] ? operations[op] : op_refused)(pickle, op, err);
		if (status)
			break;
	}
	if (status)
		return status;
	last = lt_pickle_top(pickle, 1, err);
	if (!last)
		return err->code;
	pickle->value = *last;
	pickle->size = lt_pickle_place(&pickle->input);
	if (pickle->torch)
		return 0;
	status = lt_pickle_at_end(&pickle->input, &end, err);
	return status || end ? status
			     : lt_pickle_damaged(&pickle->input, err, "more bytes than it has");
}
