/*
 * The part of msgpack that the maps of LTS1 frames need.
 *
 * Writing uses msgpack-c's packer, which selects the shortest encoding.
 * Reading uses a cursor over bytes in memory instead of msgpack-c's unpacker,
 * which accepts duplicate keys and invalid UTF-8 and trusts lengths.
 * lt_mp_check checks every byte first and rejects these.
 */
#ifndef LT_STREAM_MP_H
#define LT_STREAM_MP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

/* ------------------------------------------------------------------ writing */

/* { 0 } is empty; failed stays set once an allocation fails. */
struct lt_pack {
	struct lt_buffer bytes;
	bool failed;
};

void lt_pack_map(struct lt_pack *pack, size_t pairs);
void lt_pack_array(struct lt_pack *pack, size_t n);
void lt_pack_text(struct lt_pack *pack, const char *text);
void lt_pack_uint(struct lt_pack *pack, uint64_t value);
void lt_pack_int(struct lt_pack *pack, int64_t value);
void lt_pack_real(struct lt_pack *pack, double value); /* always a 64-bit float */
void lt_pack_free(struct lt_pack *pack);

/* ------------------------------------------------------------------ reading */

struct lt_mp_text {
	const char *bytes; /* valid UTF-8 without control characters, no NUL at the end */
	size_t n;
};

/*
 * The cursor keeps the first error, with its text and position.  All readers
 * then return false, so a caller may check once at the end.
 */
struct lt_cursor {
	const uint8_t *start, *at, *end;
	bool failed, no_memory;
	size_t wrong_at;
	char wrong[400];
};

enum lt_mp_type {
	LT_MP_NIL,
	LT_MP_BOOL,
	LT_MP_INT, /* any integer */
	LT_MP_REAL,
	LT_MP_TEXT,
	LT_MP_BIN,
	LT_MP_ARRAY,
	LT_MP_MAP,
	LT_MP_OTHER, /* extension types and the byte c1 */
};

struct lt_cursor lt_mp_cursor(const void *bytes, size_t n);

/*
 * Whether the bytes are exactly one map, of bounded depth, with unique text keys, valid UTF-8
 * without control characters, no extension types and no length beyond the end.  Use the
 * readers below only after this check.  The cursor stays at the start.
 */
bool lt_mp_check(struct lt_cursor *cursor);

/* Records an error at the cursor's position unless there is one already; returns false. */
bool lt_mp_fail(struct lt_cursor *cursor, const char *fmt, ...) LT_PRINTF(2, 3);
bool lt_mp_fail_memory(struct lt_cursor *cursor);

enum lt_mp_type lt_mp_peek(const struct lt_cursor *cursor);
bool lt_mp_map(struct lt_cursor *cursor, uint32_t *pairs);
bool lt_mp_array(struct lt_cursor *cursor, uint32_t *n);
bool lt_mp_text(struct lt_cursor *cursor, struct lt_mp_text *text);
bool lt_mp_u64(struct lt_cursor *cursor, uint64_t max, uint64_t *value);
bool lt_mp_i64(struct lt_cursor *cursor, int64_t *value); /* also true and false, as 1 and 0 */
bool lt_mp_real(struct lt_cursor *cursor, double *value); /* any number */
bool lt_mp_skip(struct lt_cursor *cursor);
bool lt_mp_is(const struct lt_mp_text *text, const char *want);

/* Whether the text is valid UTF-8 (no surrogates, no overlong forms) without control
 * characters U+0000…1F, U+007F…9F. */
bool lt_text_is_clean(const char *bytes, size_t n);

#endif
