#include "data/encoded.h"

#include <string.h>

/* Bytes of memory that must remain free for each byte that is kept. */
#define LEFT 7

/* Bytes of the first n pictures. */
static uint64_t bytes_of(const struct lt_encoded *p, uint64_t n)
{
	return n > 0 ? p->end[n - 1] : 0;
}

/* Makes room for n more bytes in memory; false: they go to the spool. */
static bool make_room(struct lt_encoded *p, size_t n)
{
	size_t need, room, with_left;
	uint8_t *block;

	if (!lt_add((size_t)p->kept, n, &need))
		return false;
	if (need <= p->room)
		return true;
	if (!lt_add(need, need / 2, &room) || !lt_mul(room, LEFT + 1, &with_left) ||
	    !lt_memory_fits(with_left - p->room))
		return false;
	block = lt_grow_array(p->bytes, room, 1);
	if (!block)
		return false;
	p->bytes = block;
	p->room = room;
	return true;
}

static int keep(struct lt_encoded *p, const void *bytes, size_t n, struct lt_error *err)
{
	int code;

	if (!p->spooled && make_room(p, n)) {
		if (n > 0)
			memcpy(p->bytes + p->kept, bytes, n);
		p->kept += n;
		return 0;
	}
	if (!p->spooled) {
		code = lt_spool_open(&p->spool, err);
		if (code != 0)
			return code;
		p->spooled = true;
	}
	return lt_spool_append(&p->spool, bytes, n, err);
}

int lt_encoded_add(struct lt_encoded *p, const void *bytes, size_t n, struct lt_error *err)
{
	uint64_t *end;
	size_t room;
	int code;

	if (p->n == p->end_room) {
		room = p->end_room + p->end_room / 2 + 64;
		end = lt_grow_array(p->end, room, sizeof *end);
		if (!end)
			return lt_fail_memory(err);
		p->end = end;
		p->end_room = room;
	}
	code = keep(p, bytes, n, err);
	if (code != 0) {
		/* A part of them may be in the file already. */
		lt_encoded_cut(p, p->n);
		return code;
	}
	p->end[p->n] = bytes_of(p, p->n) + n;
	p->n++;
	return 0;
}

void lt_encoded_cut(struct lt_encoded *p, uint64_t n)
{
	uint64_t bytes = bytes_of(p, n);

	p->n = n;
	if (p->kept > bytes)
		p->kept = bytes;
	if (p->spooled)
		p->spool.size = bytes - p->kept;
}

int lt_encoded_append(struct lt_encoded *p, const struct lt_encoded *from, struct lt_error *err)
{
	uint64_t before = p->n;
	struct lt_buffer room = {0};
	const uint8_t *bytes = NULL;
	size_t n = 0;
	int code = 0;

	for (uint64_t i = 0; i < from->n && code == 0; i++) {
		code = lt_encoded_get(from, i, &room, &bytes, &n, err);
		if (code == 0)
			code = lt_encoded_add(p, bytes, n, err);
	}
	lt_buffer_free(&room);
	if (code != 0)
		lt_encoded_cut(p, before);
	return code;
}

int lt_encoded_get(const struct lt_encoded *p, uint64_t i, struct lt_buffer *room,
		   const uint8_t **bytes, size_t *n, struct lt_error *err)
{
	uint64_t start = bytes_of(p, i);

	*n = (size_t)(p->end[i] - start);
	if (p->end[i] <= p->kept) {
		*bytes = p->bytes + start;
		return 0;
	}
	room->size = 0;
	if (!lt_buffer_reserve(room, *n))
		return lt_fail_memory(err);
	*bytes = room->data;
	return lt_spool_read(&p->spool, start - p->kept, room->data, *n, err);
}

void lt_encoded_expect(const struct lt_encoded *p, uint64_t i)
{
	uint64_t start = i > 0 ? p->end[i - 1] : 0;

	if (start >= p->kept && p->end[i] > start)
		lt_spool_expect(&p->spool, start - p->kept, p->end[i] - start);
}

void lt_encoded_free(struct lt_encoded *p)
{
	if (p->spooled)
		lt_spool_close(&p->spool);
	lt_free(p->end);
	lt_free(p->bytes);
	*p = (struct lt_encoded){0};
}
