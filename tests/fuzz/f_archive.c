/*
 * Fuzz target: the names in an archive: flags, given encodings, hard links, and the same names
 * in a second reading.  Also the bytes as the beginning of a container.
 */
#include "kit.h"

#include "archive/archive.h"
#include "import/containers.h"
#include "stream/mp.h"

static const char *const encodings[] = {NULL, "GBK", "ISO-8859-1", "UTF-8"};

static bool is_clean(const char *name)
{
	return lt_text_is_clean(name, strlen(name));
}

/* Reads all names: their sum in *sum. */
static int read_names(struct lt_archive *archive, uint32_t *sum, struct lt_error *err)
{
	struct lt_entry entry;
	char bytes[64];
	bool more;
	size_t got;
	int code;

	for (*sum = 0;;) {
		code = lt_archive_next(archive, &entry, &more, err);
		if (code || !more)
			return code;
		check(is_clean(entry.name) && (!entry.link || is_clean(entry.link)));
		check(!entry.link || !entry.size_known);
		*sum = lt_crc32c(*sum, entry.name, strlen(entry.name) + 1);
		code = lt_archive_read(archive, bytes, sizeof bytes, &got, err);
		if (code)
			return code;
		check(!entry.link || got == 0);
	}
}

static void as_archive(const uint8_t *bytes, size_t n, const char *encoding)
{
	struct lt_archive *archive;
	struct lt_error err;
	uint32_t sum, again;
	int code = lt_archive_open_memory(&archive, bytes, n, "fuzz", &err);

	check(code == 0);
	if (encoding)
		check(lt_archive_names_from(archive, encoding, &err) == 0);
	code = read_names(archive, &sum, &err);
	if (code)
		check_refusal(code, &err);
	check(!encoding || !lt_archive_unflagged(archive));
	if (code == 0) {
		check(lt_archive_rewind(archive, &err) == 0);
		check(read_names(archive, &again, &err) == 0 && again == sum);
	}
	lt_archive_close(archive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_archive(data, size, encodings[size % 4]);
	lt_container_find(NULL, data, size < LT_CONTAINER_HEAD ? size : LT_CONTAINER_HEAD);
	return 0;
}
