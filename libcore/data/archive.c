/*
 * Archives by libarchive, which is included here alone.
 *
 * Only formats that are data are enabled: no filter that starts a program.
 * libarchive reads through our callbacks, so that the bytes are counted and
 * summed as they pass.  Its names depend on the locale, which the programs
 * never set (in the C locale it returns NULL for what is not ASCII); so calls
 * run with a UTF-8 LC_CTYPE for this thread.
 *
 * Without memory libarchive fails with ENOMEM as the archive's error, or with
 * another error that hides it, in which case errno still says what lt_new_bytes(3) left
 * there, or it ends the process: see guard.h.
 */
#include "data/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/memory.h"
#include "data/guard.h"
#include "data/tree.h"
#include "stream/mp.h"
#include "stream/stream.h"

#define BLOCK ((size_t)128 << 10)
#define TAR_BLOCK 512

struct lt_archive {
	enum lt_archive_kind kind;
	char *name, *single_name;
	struct lt_tree *tree;
	int fd;	       /* the input, or the open file of a tree */
	uint64_t base; /* where in the descriptor the input begins */
	const uint8_t *memory;
	uint64_t size; /* of a file or memory */
	struct archive *reader;
	struct archive_entry *entry; /* ours: the reader's own may be lacking */
	locale_t utf8;		     /* (locale_t)0 where the system has none */
	uint8_t *block;
	uint64_t at;	 /* the next byte that libarchive gets */
	uint64_t summed; /* bytes that crc covers, from the first on */
	uint32_t crc;
	uint64_t zeros; /* how many bytes of zero end what was read */
	uint64_t entries, links;
	const char *current; /* the entry's name, libarchive's; NULL in a single file */
	int io_error;	     /* errno of a read that failed */
};

static const char *const compressions[] = {".gz", ".bz2", ".xz", ".lzma", ".zst", ".lz4", ".Z"};

/* A name that is not clean UTF-8, made printable: other bytes as \xNN. */
static int fail_name(struct lt_archive *archive, const char *name, struct lt_error *err)
{
	static const char digits[] = "0123456789abcdef";
	char shown[400];
	size_t used = 0;

	for (; *name && used + 5 < sizeof shown; name++) {
		unsigned char c = (unsigned char)*name;

		if (c >= 0x20 && c < 0x7f) {
			shown[used++] = (char)c;
		} else {
			shown[used++] = '\\';
			shown[used++] = 'x';
			shown[used++] = digits[c >> 4];
			shown[used++] = digits[c & 15];
		}
	}
	shown[used] = '\0';
	return lt_fail(err, LT_DATA, "%s: %s: this name is not UTF-8 or has control characters",
		       archive->name, shown);
}

/* ------------------------------------------------------------------ bytes */

static ssize_t read_some(struct lt_archive *archive, uint64_t at)
{
	ssize_t got;
	size_t n = BLOCK;

	if (archive->kind == LT_ARCHIVE_MEMORY) {
		if (at >= archive->size)
			return 0;
		if (n > archive->size - at)
			n = (size_t)(archive->size - at);
		memcpy(archive->block, archive->memory + at, n);
		return (ssize_t)n;
	}
	do {
		got = archive->kind == LT_ARCHIVE_FILE ? pread(archive->fd, archive->block, n,
							       (off_t)(archive->base + at))
						       : read(archive->fd, archive->block, n);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		archive->io_error = errno;
	return got;
}

static void count_zeros(struct lt_archive *archive, size_t n)
{
	size_t i = n;

	while (i > 0 && archive->block[i - 1] == 0)
		i--;
	archive->zeros = i == 0 ? archive->zeros + n : n - i;
}

/* Takes the next block in order and sums what is new of it. */
static ssize_t next_block(struct lt_archive *archive)
{
	ssize_t got = read_some(archive, archive->at);

	if (got <= 0)
		return got;
	if (archive->at == archive->summed) {
		archive->crc = lt_crc32c(archive->crc, archive->block, (size_t)got);
		archive->summed += (uint64_t)got;
	}
	count_zeros(archive, (size_t)got);
	archive->at += (uint64_t)got;
	return got;
}

static la_ssize_t on_read(struct archive *reader, void *arg, const void **block)
{
	struct lt_archive *archive = arg;
	ssize_t got = next_block(archive);

	if (got < 0)
		archive_set_error(reader, archive->io_error, "read error");
	*block = archive->block;
	return got < 0 ? ARCHIVE_FATAL : got;
}

static la_int64_t on_seek(struct archive *reader, void *arg, la_int64_t offset, int whence)
{
	struct lt_archive *archive = arg;
	int64_t to = whence == SEEK_SET	  ? offset
		     : whence == SEEK_CUR ? (int64_t)archive->at + offset
					  : (int64_t)archive->size + offset;

	(void)reader;
	if (to < 0)
		return ARCHIVE_FATAL;
	archive->at = (uint64_t)to;
	return to;
}

/* ------------------------------------------------------------------ libarchive */

/* Every call of libarchive that may allocate stands between these two. */
static locale_t enter(const struct lt_archive *archive)
{
	lt_guard_enter();
	return archive->utf8 ? uselocale(archive->utf8) : (locale_t)0;
}

static void leave(locale_t before)
{
	if (before)
		uselocale(before);
	lt_guard_leave();
}

/* After a call that did not succeed, before any other. */
static bool lacks_memory(const struct lt_archive *archive)
{
	return errno == ENOMEM || archive_errno(archive->reader) == ENOMEM;
}

static int fail_reader(struct lt_archive *archive, const char *entry, struct lt_error *err)
{
	bool no_memory = lacks_memory(archive);
	const char *why = archive_error_string(archive->reader);

	if (archive->io_error) {
		errno = archive->io_error;
		return lt_fail_errno(err, LT_IO, "%s", archive->name);
	}
	if (no_memory)
		return lt_fail_memory(err);
	if (archive->summed == 0)
		return lt_fail(err, LT_DATA, "%s: empty input", archive->name);
	return lt_fail(err, LT_DATA, "%s: %s%s%s", archive->name, entry ? entry : "",
		       entry ? ": " : "", why ? why : "damaged archive");
}

/* Trailing archives are read too: tar files may be joined by cat(1). */
static int enable_formats(struct archive *reader)
{
	static int (*const enable[])(struct archive *) = {
		archive_read_support_filter_gzip,     archive_read_support_filter_bzip2,
		archive_read_support_filter_compress, archive_read_support_filter_xz,
		archive_read_support_filter_lzma,     archive_read_support_filter_lz4,
		archive_read_support_filter_zstd,     archive_read_support_format_tar,
		archive_read_support_format_zip,      archive_read_support_format_raw,
	};
	size_t i;

	/* ARCHIVE_WARN: this build of libarchive lacks the library for it. */
	for (i = 0; i < sizeof enable / sizeof enable[0]; i++)
		if (enable[i](reader) < ARCHIVE_WARN)
			return ARCHIVE_FATAL;
	return archive_read_set_format_option(reader, "tar", "read_concatenated_archives", "1");
}

/* A reader that is ready to be opened; NULL without memory. */
static struct archive *new_reader(struct lt_archive *archive)
{
	struct archive *reader = archive_read_new();

	if (!reader)
		return NULL;
	if (enable_formats(reader) < ARCHIVE_WARN ||
	    archive_read_set_callback_data(reader, archive) < ARCHIVE_WARN ||
	    archive_read_set_read_callback(reader, on_read) < ARCHIVE_WARN ||
	    (archive->kind != LT_ARCHIVE_PIPE &&
	     archive_read_set_seek_callback(reader, on_seek) < ARCHIVE_WARN)) {
		archive_read_free(reader);
		return NULL;
	}
	return reader;
}

static void free_reader(struct lt_archive *archive)
{
	locale_t before = enter(archive);

	archive_entry_free(archive->entry);
	if (archive->reader)
		archive_read_free(archive->reader);
	archive->reader = NULL;
	archive->entry = NULL;
	leave(before);
}

static int open_reader(struct lt_archive *archive, struct lt_error *err)
{
	locale_t before;
	int status = lt_guard_install(err);

	if (status)
		return status;
	archive->at = 0;
	archive->zeros = 0;
	archive->entries = 0;
	archive->links = 0;
	before = enter(archive);
	archive->reader = new_reader(archive);
	archive->entry = archive_entry_new2(archive->reader);
	if (!archive->reader || !archive->entry)
		status = lt_fail_memory(err);
	else if (archive_read_open1(archive->reader) < ARCHIVE_WARN)
		status = fail_reader(archive, NULL, err);
	leave(before);
	return status;
}

/*
 * No such locale is no error before a name needs it.  (glibc may lose the ENOMEM of a
 * locale that it had no memory for.)
 */
static int find_locale(struct lt_archive *archive, struct lt_error *err)
{
	static const char *const names[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8", "UTF-8"};
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0] && !archive->utf8; i++) {
		errno = 0;
		archive->utf8 = newlocale(LC_CTYPE_MASK, names[i], (locale_t)0);
		if (!archive->utf8 && errno == ENOMEM)
			return lt_fail_memory(err);
	}
	return 0;
}

/* An uncompressed tar that was cut between two entries looks whole to libarchive. */
static int check_end(struct lt_archive *archive, struct lt_error *err)
{
	int format = archive_format(archive->reader) & ARCHIVE_FORMAT_BASE_MASK;

	if (archive->entries == 0 && archive->summed == 0)
		return lt_fail(err, LT_DATA, "%s: empty input", archive->name);
	if (format == ARCHIVE_FORMAT_TAR && archive_filter_count(archive->reader) == 1 &&
	    archive->zeros < TAR_BLOCK)
		return lt_fail(err, LT_DATA, "%s: truncated after %" PRIu64 " entries",
			       archive->name, archive->entries);
	return 0;
}

/* Fills *entry unless it is a directory, a link or a special file. */
static int take_entry(struct lt_archive *archive, struct lt_entry *entry, bool *taken,
		      struct lt_error *err)
{
	struct archive_entry *from = archive->entry;
	unsigned type = archive_entry_filetype(from);
	const char *name;

	if (type == AE_IFDIR)
		return 0;
	if (archive_entry_hardlink(from) || (type != AE_IFREG && type != 0)) {
		archive->links++;
		return 0;
	}
	errno = 0;
	name = lt_archive_is_single(archive) ? archive->single_name
					     : archive_entry_pathname(from);
	if (!name && errno == ENOMEM)
		return lt_fail_memory(err);
	if (!name && !archive->utf8)
		return lt_fail(err, LT_OS,
			       "%s: entry %" PRIu64
			       ": its name is not ASCII, and there is no UTF-8 locale",
			       archive->name, archive->entries);
	if (!name)
		return lt_fail(err, LT_DATA, "%s: entry %" PRIu64 ": its name is not UTF-8",
			       archive->name, archive->entries);
	if (!lt_text_is_clean(name, strlen(name)))
		return fail_name(archive, name, err);
	archive->current = lt_archive_is_single(archive) ? NULL : name;
	entry->name = name;
	entry->size_known = archive_entry_size_is_set(from) && archive_entry_size(from) >= 0;
	entry->size = entry->size_known ? (uint64_t)archive_entry_size(from) : 0;
	*taken = true;
	return 0;
}

static int next_of_reader(struct lt_archive *archive, struct lt_entry *entry, bool *more,
			  struct lt_error *err)
{
	int result, status;

	*more = false;
	while (!*more) {
		result = archive_read_next_header2(archive->reader, archive->entry);
		if (result == ARCHIVE_EOF)
			return check_end(archive, err);
		if (result < ARCHIVE_WARN || (result != ARCHIVE_OK && lacks_memory(archive)))
			return fail_reader(archive, NULL, err);
		archive->entries++;
		status = take_entry(archive, entry, more, err);
		if (status)
			return status;
	}
	return 0;
}

/* ------------------------------------------------------------------ the tree's files */

static void close_file(struct lt_archive *archive)
{
	if (archive->kind == LT_ARCHIVE_TREE && archive->fd >= 0) {
		close(archive->fd);
		archive->fd = -1;
	}
}

static int next_of_tree(struct lt_archive *archive, struct lt_entry *entry, bool *more,
			struct lt_error *err)
{
	int status;

	close_file(archive);
	status = lt_tree_next(archive->tree, &entry->name, &entry->size, err);
	if (status)
		return status;
	*more = entry->name != NULL;
	entry->size_known = true;
	if (*more && !lt_text_is_clean(entry->name, strlen(entry->name)))
		return fail_name(archive, entry->name, err);
	return 0;
}

static int read_file(struct lt_archive *archive, uint8_t *bytes, size_t room, size_t *got,
		     struct lt_error *err)
{
	ssize_t n;

	while (*got < room) {
		n = read(archive->fd, bytes + *got, room - *got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lt_fail_errno(err, LT_IO, "%s", archive->name);
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return 0;
}

/* ------------------------------------------------------------------ the interface */

int lt_archive_next(struct lt_archive *archive, struct lt_entry *entry, bool *more,
		    struct lt_error *err)
{
	locale_t before;
	int status;

	if (archive->kind == LT_ARCHIVE_TREE)
		return next_of_tree(archive, entry, more, err);
	before = enter(archive);
	status = next_of_reader(archive, entry, more, err);
	leave(before);
	return status;
}

static int read_data(struct lt_archive *archive, uint8_t *bytes, size_t room, size_t *got,
		     struct lt_error *err)
{
	la_ssize_t n;

	while (*got < room) {
		n = archive_read_data(archive->reader, bytes + *got, room - *got);
		if (n < 0)
			return fail_reader(archive, archive->current, err);
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return 0;
}

int lt_archive_read(struct lt_archive *archive, void *bytes, size_t room, size_t *got,
		    struct lt_error *err)
{
	locale_t before;
	int status;

	*got = 0;
	if (archive->kind == LT_ARCHIVE_TREE)
		return read_file(archive, bytes, room, got, err);
	before = enter(archive);
	status = read_data(archive, bytes, room, got, err);
	leave(before);
	return status;
}

int lt_archive_open_entry(struct lt_archive *archive, const char *name, uint64_t *size,
			  struct lt_error *err)
{
	close_file(archive);
	return lt_tree_open_file(archive->tree, name, &archive->fd, size, err);
}

int lt_archive_rewind(struct lt_archive *archive, struct lt_error *err)
{
	if (archive->kind == LT_ARCHIVE_TREE) {
		close_file(archive);
		return lt_tree_rewind(archive->tree, err);
	}
	free_reader(archive);
	return open_reader(archive, err);
}

int lt_archive_totals(struct lt_archive *archive, uint64_t *bytes, uint32_t *crc,
		      struct lt_error *err)
{
	ssize_t got;

	/* A zip file was read from its end: the sum is taken from where it stopped. */
	archive->at = archive->summed;
	do {
		got = next_block(archive);
	} while (got > 0);
	if (got < 0) {
		errno = archive->io_error;
		return lt_fail_errno(err, LT_IO, "%s", archive->name);
	}
	*bytes = archive->summed;
	*crc = archive->crc;
	return 0;
}

enum lt_archive_kind lt_archive_kind(const struct lt_archive *archive)
{
	return archive->kind;
}

const char *lt_archive_name(const struct lt_archive *archive)
{
	return archive->name;
}

bool lt_archive_is_single(const struct lt_archive *archive)
{
	return archive->reader && archive_format(archive->reader) == ARCHIVE_FORMAT_RAW;
}

uint64_t lt_archive_links(const struct lt_archive *archive)
{
	return archive->tree ? lt_tree_links(archive->tree) : archive->links;
}

uint64_t lt_archive_hidden_directories(const struct lt_archive *archive)
{
	return archive->tree ? lt_tree_hidden_directories(archive->tree) : 0;
}

uint64_t lt_archive_input(const struct lt_archive *archive)
{
	switch (archive->kind) {
	case LT_ARCHIVE_TREE:
		return UINT64_MAX;
	case LT_ARCHIVE_PIPE:
		return archive->at;
	default:
		return archive->size;
	}
}

void lt_archive_close(struct lt_archive *archive)
{
	if (!archive)
		return;
	free_reader(archive);
	lt_tree_close(archive->tree);
	if (archive->fd >= 0)
		close(archive->fd);
	if (archive->utf8)
		freelocale(archive->utf8);
	lt_free(archive->block);
	lt_free(archive->name);
	lt_free(archive->single_name);
	lt_free(archive);
}

/* ------------------------------------------------------------------ opening */

/* The last part of a path, without a suffix of compression: what a single file is called. */
static char *single_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *last = slash && slash[1] ? slash + 1 : path;
	size_t n = strlen(last), m, i;

	for (i = 0; i < sizeof compressions / sizeof compressions[0]; i++) {
		m = strlen(compressions[i]);
		if (n > m && strcmp(last + n - m, compressions[i]) == 0) {
			n -= m;
			break;
		}
	}
	return lt_text_copy_n(last, n);
}

static int new_archive(struct lt_archive **out, const char *name, struct lt_error *err)
{
	struct lt_archive *archive = lt_new_array(1, sizeof *archive);
	int status;

	if (!archive)
		return lt_fail_memory(err);
	archive->fd = -1;
	archive->name = lt_text_copy(name);
	archive->single_name = single_name(name);
	archive->block = lt_new_bytes(BLOCK);
	status = archive->name && archive->single_name && archive->block
			 ? find_locale(archive, err)
			 : lt_fail_memory(err);
	if (status) {
		lt_archive_close(archive);
		return status;
	}
	*out = archive;
	return 0;
}

/* What the open descriptor is: archive->kind, and what that kind needs. */
static int open_kind(struct lt_archive *archive, struct lt_error *err)
{
	struct stat about;
	off_t base;
	int fd = archive->fd;

	if (fstat(fd, &about) != 0)
		return lt_fail_errno(err, LT_NOINPUT, "%s", archive->name);
	if (S_ISDIR(about.st_mode)) {
		archive->kind = LT_ARCHIVE_TREE;
		archive->fd = -1;
		return lt_tree_open(&archive->tree, fd, archive->name, err);
	}
	archive->kind = LT_ARCHIVE_PIPE;
	base = S_ISREG(about.st_mode) ? lseek(fd, 0, SEEK_CUR) : -1;
	if (base >= 0) {
		archive->kind = LT_ARCHIVE_FILE;
		archive->base = (uint64_t)base;
		archive->size = about.st_size > base ? (uint64_t)(about.st_size - base) : 0;
	} else if (isatty(fd)) {
		return lt_fail(err, LT_USAGE, "%s: a terminal; name an archive or a directory",
			       archive->name);
	}
	return open_reader(archive, err);
}

int lt_archive_open(struct lt_archive **out, const char *path, struct lt_error *err)
{
	bool from_stdin = !path || strcmp(path, "-") == 0;
	struct lt_archive *archive;
	int status = new_archive(&archive, from_stdin ? "<stdin>" : path, err);

	if (status)
		return status;
	archive->fd = from_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
				 : open(path, O_RDONLY | O_CLOEXEC);
	if (archive->fd < 0)
		status = lt_fail_errno(err, LT_NOINPUT, "%s", archive->name);
	else
		status = open_kind(archive, err);
	if (status) {
		lt_archive_close(archive);
		return status;
	}
	*out = archive;
	return 0;
}

int lt_archive_open_memory(struct lt_archive **out, const void *bytes, size_t n,
			   const char *name, struct lt_error *err)
{
	struct lt_archive *archive;
	int status = new_archive(&archive, name, err);

	if (status)
		return status;
	archive->kind = LT_ARCHIVE_MEMORY;
	archive->memory = bytes;
	archive->size = n;
	status = open_reader(archive, err);
	if (status) {
		lt_archive_close(archive);
		return status;
	}
	*out = archive;
	return 0;
}
