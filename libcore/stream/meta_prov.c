/*
 * The provenance of a header: the programs and inputs that made the stream.  Entries
 * refer only to earlier entries, so there are no cycles.
 */
#include "stream/frame.h"

static bool read_source(struct lt_cursor *cursor, struct lt_prov_in *in)
{
	struct lt_mp_text name;
	uint64_t crc = 0;
	unsigned seen = 0;
	uint32_t pairs;
	bool good = lt_mp_map(cursor, &pairs);

	while (good && pairs--) {
		good = lt_mp_text(cursor, &name);
		if (good && lt_mp_is(&name, "bytes")) {
			good = lt_mp_u64(cursor, UINT64_MAX, &in->bytes);
			seen |= 1;
		} else if (good && lt_mp_is(&name, "crc")) {
			good = lt_mp_u64(cursor, UINT32_MAX, &crc);
			seen |= 2;
		} else if (good) {
			good = lt_mp_skip(cursor);
		}
	}
	in->crc = (uint32_t)crc;
	in->entry = -1;
	if (good && seen != 3)
		return lt_mp_fail(cursor, "prov: a source without bytes or crc");
	return good;
}

static bool read_prov_input(struct lt_cursor *cursor, struct lt_header *header,
			    struct lt_prov_in *in)
{
	uint64_t entry;
	uint32_t n;

	if (!lt_mp_array(cursor, &n))
		return false;
	if (n != 2)
		return lt_mp_fail(cursor, "prov: an input is not [role, entry]");
	if (!lt_meta_name(cursor, &header->arena, LT_MAX_NAME, &in->role))
		return false;
	if (lt_mp_peek(cursor) == LT_MP_MAP)
		return read_source(cursor, in);
	if (!lt_mp_u64(cursor, LT_MAX_PROV, &entry))
		return false;
	if (entry >= (uint64_t)header->n_prov)
		return lt_mp_fail(cursor, "prov: an entry names a later one as its input");
	in->entry = (int)entry;
	return true;
}

static bool read_prov_inputs(struct lt_cursor *cursor, struct lt_header *header,
			     struct lt_prov *entry)
{
	struct lt_prov_in *in;
	uint32_t n, i;

	if (!lt_mp_array(cursor, &n))
		return false;
	in = lt_arena_array(&header->arena, n, sizeof *in);
	if (!in)
		return lt_mp_fail_memory(cursor);
	for (i = 0; i < n; i++)
		if (!read_prov_input(cursor, header, &in[i]))
			return false;
	entry->in = in;
	entry->n_in = (int)n;
	return true;
}

static bool read_prov_opts(struct lt_cursor *cursor, struct lt_header *header,
			   struct lt_prov *entry)
{
	const char **opts;
	uint32_t n, i;

	if (!lt_mp_array(cursor, &n))
		return false;
	opts = lt_arena_array(&header->arena, n, sizeof *opts);
	if (!opts)
		return lt_mp_fail_memory(cursor);
	for (i = 0; i < n; i++)
		if (!lt_meta_name(cursor, &header->arena, LT_MAX_PROV_BYTES, &opts[i]))
			return false;
	entry->opts = opts;
	entry->n_opts = (int)n;
	return true;
}

static bool read_prov_key(struct lt_cursor *cursor, struct lt_header *header,
			  struct lt_prov *entry)
{
	struct lt_arena *arena = &header->arena;
	struct lt_mp_text name;

	if (!lt_mp_text(cursor, &name))
		return false;
	if (lt_mp_is(&name, "prog"))
		return lt_meta_name(cursor, arena, LT_MAX_NAME, &entry->prog);
	if (lt_mp_is(&name, "version"))
		return lt_meta_name(cursor, arena, LT_MAX_NAME, &entry->version);
	if (lt_mp_is(&name, "out"))
		return lt_meta_name(cursor, arena, LT_MAX_NAME, &entry->out);
	if (lt_mp_is(&name, "seed"))
		return lt_mp_u64(cursor, UINT64_MAX, &entry->seed);
	if (lt_mp_is(&name, "opts"))
		return read_prov_opts(cursor, header, entry);
	if (lt_mp_is(&name, "in"))
		return read_prov_inputs(cursor, header, entry);
	return lt_mp_skip(cursor);
}

static bool read_prov_entry(struct lt_cursor *cursor, struct lt_header *header)
{
	const uint8_t *start = cursor->at;
	struct lt_prov entry = {0};
	uint32_t pairs;

	if (!lt_mp_map(cursor, &pairs))
		return false;
	while (pairs--)
		if (!read_prov_key(cursor, header, &entry))
			return false;
	if (!entry.prog || !entry.version || !entry.out)
		return lt_mp_fail(cursor, "prov: an entry without prog, version or out");
	if (cursor->at - start > LT_MAX_PROV_BYTES)
		return lt_mp_fail(cursor, "prov: an entry of over %d bytes", LT_MAX_PROV_BYTES);
	header->prov[header->n_prov++] = entry;
	return true;
}

bool lt_meta_read_provenance(struct lt_cursor *cursor, struct lt_header *header)
{
	uint32_t n;

	if (!lt_mp_array(cursor, &n))
		return false;
	if (n > LT_MAX_PROV)
		return lt_mp_fail(cursor, "prov: %u entries, the limit is %d", n, LT_MAX_PROV);
	while (n--)
		if (!read_prov_entry(cursor, header))
			return false;
	return true;
}
