/*
 * Private to the files of the pickle reader: its bytes (pickle_input.c,
 * pickle_decode.c), its values and stack (pickle.c), opcodes (pickle_scalars.c,
 * pickle_machine.c), numpy's objects (pickle_numpy.c) and PyTorch's (pickle_torch.c).
 */
#ifndef LT_FORMAT_PICKLE_PARTS_H
#define LT_FORMAT_PICKLE_PARTS_H

#include "base/memory.h"
#include "format/pickle.h"

#define LT_PICKLE_PIECE ((size_t)64 << 10)
#define LT_PICKLE_LINE 256 /* buffer for a number or a name in a line */

struct lt_pickle_input {
	const struct lt_pickle_source *source;
	uint8_t *piece; /* LT_PICKLE_PIECE bytes; at … end are not read yet */
	size_t at, end;
	uint64_t before; /* bytes of the source before the piece */
};

/* A string that is decoded byte by byte. */
struct lt_pickle_decoder {
	enum lt_pickle_coding coding;
	uint8_t quote; /* of an escaped string; 0 until it was read */
	int state, left;
	uint32_t value;
};

enum { LT_PICKLE_MORE = -1, LT_PICKLE_END = -2, LT_PICKLE_WRONG = -3 };

/* Decodes the next byte; returns the code of a character, or one of the above. */
int32_t lt_pickle_decode(struct lt_pickle_decoder *decoder, uint8_t byte);

int lt_pickle_input_open(struct lt_pickle_input *input, const struct lt_pickle_source *source,
			 struct lt_error *err);
void lt_pickle_input_close(struct lt_pickle_input *input);
/* The offset of the next byte. */
uint64_t lt_pickle_place(const struct lt_pickle_input *input);
/* LT_DATA: the pickle is damaged, as the text says. */
int lt_pickle_damaged(const struct lt_pickle_input *input, struct lt_error *err,
		      const char *fmt, ...) LT_PRINTF(3, 4);
/* LT_DATA at the end of the source. */
int lt_pickle_byte(struct lt_pickle_input *input, uint8_t *byte, struct lt_error *err);
int lt_pickle_bytes(struct lt_pickle_input *input, void *to, size_t n, struct lt_error *err);
/* Reads a little-endian number of n ≤ 8 bytes. */
int lt_pickle_number(struct lt_pickle_input *input, int n, uint64_t *value,
		     struct lt_error *err);
/* Reads a line without its end, at most room - 1 bytes, and adds a zero. */
int lt_pickle_line(struct lt_pickle_input *input, char *line, size_t room,
		   struct lt_error *err);
/* Is the source at its end? */
int lt_pickle_at_end(struct lt_pickle_input *input, bool *end, struct lt_error *err);
/*
 * Reads a string of n bytes (plain, or UTF-8 for a text), or up to the end of the line (escaped
 * ones, which ignore n).  Up to keep bytes are kept in the arena.
 */
int lt_pickle_string(struct lt_pickle_input *input, struct lt_arena *arena,
		     struct lt_pickle_bytes *out, enum lt_pickle_coding coding, uint64_t n,
		     uint64_t keep, struct lt_error *err);

/* ------------------------------------------------------------------ the machine */

/* The functions and types that a pickle may refer to. */
enum lt_pickle_name {
	LT_PICKLE_RECONSTRUCT,
	LT_PICKLE_FROMBUFFER,
	LT_PICKLE_SCALAR,
	LT_PICKLE_NDARRAY,
	LT_PICKLE_DTYPE,
	LT_PICKLE_ENCODE,
	LT_PICKLE_BYTES_TYPE,
	/* Of PyTorch's. */
	LT_PICKLE_ORDERED_DICT,
	LT_PICKLE_REBUILD_TENSOR,
	LT_PICKLE_REBUILD_PARAMETER,
	LT_PICKLE_SIZE,
	LT_PICKLE_STORAGE_TYPE, /* the type of its numbers is in the object */
	LT_PICKLE_NAMES
};

/* The as.object of a value of kind LT_PICKLE_OTHER; NULL for a huge integer. */
struct lt_pickle_object {
	bool is_type; /* a data type, else a name */
	enum lt_pickle_name name;
	struct lt_pickle_array type; /* kind, item_size and big_endian */
};

struct lt_pickle {
	struct lt_pickle_input input;
	bool torch; /* PyTorch's names are allowed, and bytes may follow */
	uint64_t keep, kept, values, size;
	struct lt_pickle_storage *storages;
	struct lt_pickle_list stack, memo, *lists;
	size_t *mark, marks, mark_room;
	struct lt_pickle_value value;
	struct lt_arena arena;
};

/* Zeroed memory for an object, or n bytes followed by a zero; NULL with err if there is not
 * enough memory or a limit is reached. */
void *lt_pickle_object(struct lt_pickle *pickle, size_t size, struct lt_error *err);
uint8_t *lt_pickle_keep(struct lt_pickle *pickle, uint64_t n, struct lt_error *err);
/* Count further values or bytes of strings against the limits. */
int lt_pickle_charge(struct lt_pickle *pickle, uint64_t values, struct lt_error *err);
int lt_pickle_charge_bytes(struct lt_pickle *pickle, uint64_t n, struct lt_error *err);
/* Makes room for n more values. */
int lt_pickle_reserve(struct lt_pickle *pickle, struct lt_pickle_list *list, size_t n,
		      struct lt_error *err);
int lt_pickle_push(struct lt_pickle *pickle, struct lt_pickle_value value,
		   struct lt_error *err);
int lt_pickle_push_integer(struct lt_pickle *pickle, enum lt_pickle_kind kind, int64_t integer,
			   struct lt_error *err);
/* The number of values below the last mark. */
size_t lt_pickle_floor(const struct lt_pickle *pickle);
/* The last n values, which stay on the stack; NULL if there are fewer since the last mark. */
struct lt_pickle_value *lt_pickle_top(struct lt_pickle *pickle, size_t n, struct lt_error *err);
/* A text or a string in memory, or NULL. */
const char *lt_pickle_text(const struct lt_pickle_value *value);
/* Does an array hold integers (or bools)?  And the bits of one of its elements, at most 8
 * bytes.
 */
bool lt_pickle_is_integer(const struct lt_pickle_array *type);
uint64_t lt_pickle_array_number(const struct lt_pickle_array *type, const uint8_t *byte);
/* Runs all opcodes up to the end. */
int lt_pickle_run(struct lt_pickle *pickle, struct lt_error *err);

/* Each runs one opcode or several similar ones. */
typedef int lt_pickle_op(struct lt_pickle *pickle, uint8_t op, struct lt_error *err);
lt_pickle_op lt_pickle_op_constant, lt_pickle_op_binary_integer, lt_pickle_op_binary_long,
	lt_pickle_op_integer, lt_pickle_op_real, lt_pickle_op_string;

/* The value of a name; LT_DATA if it is not one of those above. */
int lt_pickle_global(struct lt_pickle *pickle, const char *module, const char *name,
		     struct lt_pickle_value *out, struct lt_error *err);
/* The result of calling a function, and of setting the state of an object. */
int lt_pickle_call(struct lt_pickle *pickle, const struct lt_pickle_value *function,
		   const struct lt_pickle_value *args, struct lt_pickle_value *out,
		   struct lt_error *err);
int lt_pickle_build(struct lt_pickle *pickle, struct lt_pickle_value *object,
		    const struct lt_pickle_value *state, struct lt_error *err);

/* Is the value that name?  And its elements, if it is a tuple of at least n values. */
bool lt_pickle_is_name(const struct lt_pickle_value *value, enum lt_pickle_name name);
const struct lt_pickle_value *lt_pickle_tuple(const struct lt_pickle_value *value, size_t n);
int lt_pickle_make_list(struct lt_pickle *pickle, enum lt_pickle_kind kind,
			struct lt_pickle_value *out, struct lt_error *err);

/* PyTorch's names (false for any other name), and the results of calling them. */
bool lt_pickle_torch_name(const char *module, const char *name, struct lt_pickle_object *out);
int lt_pickle_torch_call(struct lt_pickle *pickle, const struct lt_pickle_value *function,
			 const struct lt_pickle_value *args, struct lt_pickle_value *out,
			 struct lt_error *err);
/* The storage of a persistent id. */
int lt_pickle_torch_storage(struct lt_pickle *pickle, const struct lt_pickle_value *id,
			    struct lt_pickle_value *out, struct lt_error *err);

#endif
