/*
 * Reads the directory at the end of a zip file, only for its names.  Entries are checked one
 * after another, and only a window of the file is kept in memory.
 */
#include "archive/zip_names.h"

#include <string.h>

#include "archive/raw_name.h"
#include "archive/tree.h"
#include "base/memory.h"

#define END_SIZE 22   /* the end of the directory, without its comment */
#define END64_SIZE 56 /* the same in zip64 */
#define LOCATOR_SIZE 20
#define RECORD_SIZE 46 /* a record of the directory, without its name and what follows */
#define LOCAL_SIZE 30  /* the header of an entry, without its name and extra fields */
#define FLAG_UTF8 0x800
#define MADE_UNIX 3
#define MADE_MACOS 19
#define EXTRA_ZIP64 0x0001
#define EXTRA_UNICODE_PATH 0x7075

#define WINDOW ((size_t)256 << 10) /* more than a record or a local header can have */

struct look {
	const struct lt_archive_input *input;
	struct lt_zip_names *names;
	bool told;
	uint64_t at, end; /* the directory's next record, and its end */
	uint64_t shift;	  /* bytes before the zip file, which are added to its offsets */
	uint8_t *window, *local;
	uint64_t window_at;
	size_t window_size;
};

/* A record of the directory, in the window. */
struct record {
	const char *name;
	size_t n;
	unsigned made; /* the system of the program that wrote it */
	uint64_t local;
};

static unsigned get16(const uint8_t *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static uint64_t get64(const uint8_t *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static bool is_mark(const uint8_t *p, int a, int b)
{
	return p[0] == 'P' && p[1] == 'K' && p[2] == a && p[3] == b;
}

/* Reads n bytes of the directory from look->at on; *p is NULL if fewer are left. */
static int see(struct look *look, size_t n, const uint8_t **p, struct lt_error *err)
{
	uint64_t ahead = look->at - look->window_at;
	int status;

	*p = NULL;
	if (n > look->end - look->at)
		return 0;
	if (look->at < look->window_at || ahead > look->window_size ||
	    n > look->window_size - ahead) {
		status = lt_archive_input_at(look->input, look->at, look->window, WINDOW,
					     &look->window_size, err);
		if (status)
			return status;
		look->window_at = look->at;
		ahead = 0;
	}
	if (n <= look->window_size - ahead)
		*p = look->window + ahead;
	return 0;
}

/* ------------------------------------------------------------------ where it is */

/* Sets the directory's place from its size, which ends at end, and its offset. */
static bool set_place(struct look *look, uint64_t end, uint64_t size, uint64_t offset)
{
	if (size > end)
		return false;
	look->at = end - size;
	look->end = end;
	look->shift = look->at - offset;
	return true;
}

/*
 * Finds the directory through the zip64 record, which is at the offset in the locator or
 * directly before the locator.  place: the locator's offset.  *found is unchanged if there is
 * no such record.
 */
static int find_zip64(struct look *look, const uint8_t *locator, uint64_t place, bool *found,
		      struct lt_error *err)
{
	uint8_t end64[END64_SIZE];
	uint64_t at = get64(locator + 8);
	size_t got;
	int status = 0, i;

	if (!is_mark(locator, 6, 7))
		return 0;
	for (i = 0; status == 0 && i < 2 && !*found; i++) {
		status = lt_archive_input_at(look->input, at, end64, sizeof end64, &got, err);
		if (status == 0 && got == sizeof end64 && is_mark(end64, 6, 6))
			*found = set_place(look, at, get64(end64 + 40), get64(end64 + 48));
		at = place - END64_SIZE;
	}
	return status;
}

/* Finds the directory through the last end mark. */
static int find_directory(struct look *look, bool *found, struct lt_error *err)
{
	const size_t most = END_SIZE + LOCATOR_SIZE + UINT16_MAX;
	uint64_t size = look->input->size, from = size > most ? size - most : 0;
	const uint8_t *p;
	size_t got, i;
	int status = lt_archive_input_at(look->input, from, look->window, most, &got, err);

	*found = false;
	if (status)
		return status;
	for (i = got < END_SIZE ? 0 : got - END_SIZE + 1; i > 0 && !*found; i--) {
		p = look->window + i - 1;
		if (!is_mark(p, 5, 6))
			continue;
		if (i - 1 >= LOCATOR_SIZE)
			status = find_zip64(look, p - LOCATOR_SIZE, from + i - 1 - LOCATOR_SIZE,
					    found, err);
		if (status)
			return status;
		if (!*found)
			*found = set_place(look, from + i - 1, get32(p + 12), get32(p + 16));
	}
	return 0;
}

/* ------------------------------------------------------------------ extra fields */

/* The field of that number; NULL: there is none. */
static const uint8_t *find_extra(const uint8_t *extra, size_t n, unsigned id, size_t *size)
{
	while (n >= 4) {
		*size = get16(extra + 2);
		if (*size > n - 4)
			return NULL;
		if (get16(extra) == id)
			return extra + 4;
		extra += 4 + *size;
		n -= 4 + *size;
	}
	return NULL;
}

/* The CRC-32 of zip files (ISO-HDLC). */
static uint32_t crc32_of(const char *bytes, size_t n)
{
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < n; i++) {
		crc ^= (unsigned char)bytes[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

/* Is the name repeated in UTF-8, in a field whose CRC matches the name? */
static bool has_unicode_path(const uint8_t *extra, size_t n, const struct record *record)
{
	size_t size;
	const uint8_t *field = find_extra(extra, n, EXTRA_UNICODE_PATH, &size);

	return field && size > 5 && field[0] == 1 &&
	       get32(field + 1) == crc32_of(record->name, record->n) &&
	       lt_raw_name_is_utf8((const char *)field + 5, size - 5);
}

/* A 64-bit offset follows those of the sizes that do not fit into 32 bits. */
static bool local_offset(const uint8_t *p, uint64_t *offset)
{
	size_t size, skip = 0;
	const uint8_t *field;

	*offset = get32(p + 42);
	if (*offset != UINT32_MAX)
		return true;
	if (get32(p + 24) == UINT32_MAX)
		skip += 8;
	if (get32(p + 20) == UINT32_MAX)
		skip += 8;
	field = find_extra(p + RECORD_SIZE + get16(p + 28), get16(p + 30), EXTRA_ZIP64, &size);
	if (!field || size < skip + 8)
		return false;
	*offset = get64(field + skip);
	return true;
}

/* ------------------------------------------------------------------ one entry */

static int fail(const struct look *look, const struct record *record, const char *what,
		struct lt_error *err)
{
	char shown[400];

	lt_raw_name_show(record->name, record->n, shown, sizeof shown);
	return lt_fail(err, LT_DATA, "%s: %s: %s", look->input->name, shown, what);
}

/* A name that is not ASCII. */
static int judge(struct look *look, const struct record *record, bool flagged, bool repeated,
		 struct lt_error *err)
{
	bool is_utf8 = lt_raw_name_is_utf8(record->name, record->n);
	char *name;

	if (flagged && !is_utf8)
		return fail(look, record, "this name is flagged as UTF-8, and it is not", err);
	if (flagged || repeated || look->told)
		return 0;
	if (!is_utf8)
		return fail(look, record,
			    "this name is not UTF-8; --names-from ENCODING says what it is, "
			    "such as CP437, GBK or SHIFT_JIS",
			    err);
	if (record->made != MADE_UNIX && record->made != MADE_MACOS)
		return fail(look, record,
			    "this name is not flagged as UTF-8, and was not made under Unix or "
			    "macOS: it may be in another encoding that reads as UTF-8; "
			    "--names-from ENCODING says what it is, such as UTF-8, GBK or "
			    "SHIFT_JIS",
			    err);
	if (look->names->unflagged)
		return 0;
	name = lt_text_copy_n(record->name, record->n);
	if (!name)
		return lt_fail_memory(err);
	if (lt_name_is_hidden(name))
		lt_free(name);
	else
		look->names->unflagged = name;
	return 0;
}

static int fail_two_names(const struct look *look, const struct record *record, size_t n,
			  struct lt_error *err)
{
	char shown[200], other[200];
	size_t got;
	int status = lt_archive_input_at(look->input, record->local + LOCAL_SIZE, look->local,
					 n, &got, err);

	if (status)
		return status;
	lt_raw_name_show(record->name, record->n, shown, sizeof shown);
	lt_raw_name_show((const char *)look->local, got, other, sizeof other);
	return lt_fail(err, LT_DATA,
		       "%s: \"%s\" in the directory at its end is called \"%s\" in its own "
		       "header: the archive is damaged or malicious",
		       look->input->name, shown, other);
}

/* Compares with the entry's own header, whose flag takes precedence. */
static int check_entry(struct look *look, const struct record *record, bool *known,
		       struct lt_error *err)
{
	bool flagged, repeated = false;
	size_t got, n;
	int status = lt_archive_input_at(look->input, record->local, look->local,
					 LOCAL_SIZE + record->n, &got, err);

	if (status)
		return status;
	*known = got == LOCAL_SIZE + record->n && is_mark(look->local, 3, 4);
	if (!*known)
		return 0;
	n = get16(look->local + 26);
	if (n != record->n || memcmp(look->local + LOCAL_SIZE, record->name, n) != 0)
		return fail_two_names(look, record, n, err);
	if (lt_raw_name_is_ascii(record->name, n))
		return 0;
	flagged = (get16(look->local + 6) & FLAG_UTF8) != 0;
	if (!flagged) {
		status = lt_archive_input_at(look->input, record->local + LOCAL_SIZE + n,
					     look->local, get16(look->local + 28), &got, err);
		repeated = status == 0 && has_unicode_path(look->local, got, record);
	}
	return status ? status : judge(look, record, flagged, repeated, err);
}

/* The record at look->at; *more is false at the end or if it is not a record. */
static int next_record(struct look *look, bool *more, struct lt_error *err)
{
	struct record record;
	const uint8_t *p;
	size_t size;
	int status = see(look, RECORD_SIZE, &p, err);

	*more = false;
	if (status || !p || !is_mark(p, 1, 2))
		return status;
	size = RECORD_SIZE + (size_t)get16(p + 28) + get16(p + 30) + get16(p + 32);
	status = see(look, size, &p, err);
	if (status || !p || !local_offset(p, &record.local))
		return status;
	record.local += look->shift;
	record.name = (const char *)p + RECORD_SIZE;
	record.n = get16(p + 28);
	record.made = p[5];
	look->at += size;
	return check_entry(look, &record, more, err);
}

/* ------------------------------------------------------------------ the interface */

static int look_through(struct look *look, struct lt_error *err)
{
	bool more;
	int status = find_directory(look, &more, err);

	while (status == 0 && more && look->at < look->end)
		status = next_record(look, &more, err);
	look->names->known = status == 0 && more;
	return status;
}

int lt_zip_names_read(struct lt_zip_names *names, const struct lt_archive_input *input,
		      bool told, struct lt_error *err)
{
	struct look look = {.input = input, .names = names, .told = told};
	int status;

	*names = (struct lt_zip_names){0};
	look.window = lt_new_bytes(WINDOW);
	look.local = lt_new_bytes(WINDOW);
	status = look.window && look.local ? look_through(&look, err) : lt_fail_memory(err);
	lt_free(look.window);
	lt_free(look.local);
	return status;
}

void lt_zip_names_free(struct lt_zip_names *names)
{
	lt_free(names->unflagged);
	names->unflagged = NULL;
}
