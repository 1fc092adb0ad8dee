/*
 * msgpack in small: what the maps of LTS1 frames need.
 *
 * Writing goes through msgpack-c's packer, which picks the shortest encoding.
 * Reading is our own: a cursor over bytes that are already in memory.
 * msgpack-c's unpacker accepts duplicate keys and broken UTF-8 in silence and
 * trusts lengths; lt_mp_check looks at every byte first and refuses them.
 */
#ifndef LT_STREAM_MP_H
#define LT_STREAM_MP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

/* ------------------------------------------------------------------ writing */

/* { 0 } is an empty one; failed is set for good once memory has run out. */
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
 * The first thing that is wrong stays in the cursor: its text and the place.
 * All readers return false then, so a caller may look once at the end.
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
 * Is it exactly one map, of bounded depth, with text keys, no key twice, valid
 * UTF-8 without control characters, no extension types and no length beyond
 * the end?  The readers below may be used only after this has passed.  The cursor stays at the
 * start.
 */
bool lt_mp_check(struct lt_cursor *cursor);

/* Records what is wrong at the cursor's place, the first time; always false. */
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

/* Valid UTF-8 (no surrogates, no overlong forms) without control characters U+0000…1F,
 * U+007F…9F? */
bool lt_text_is_clean(const char *bytes, size_t n);

#endif
