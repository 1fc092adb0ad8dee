/*
 * Archives, read by libarchive, which only this file includes.
 *
 * Filters that start a program are not enabled.  libarchive reads through our callbacks.
 * The names it returns depend on the locale, which the programs never set (in the C locale
 * it returns NULL for names that are not ASCII), so calls run with a UTF-8 LC_CTYPE for this
 * thread.
 *
 * When memory runs out, libarchive reports ENOMEM as the archive's error, reports another error
 * while errno keeps the value set by malloc(3), or ends the process (see guard.h).
 */
#include "archive/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "archive/archive_input.h"
#include "archive/guard.h"
#include "archive/raw_name.h"
#include "archive/tree.h"
#include "archive/zip_names.h"
#include "base/memory.h"
#include "stream/mp.h"
#include "stream/stream.h"

#define TAR_BLOCK 512

struct lt_archive {
	enum lt_archive_kind kind;
	char *name, *single_name;
	struct lt_tree *tree;
	struct lt_tree_file file; /* of a tree */
	struct lt_archive_input input;
	struct archive *reader;
	struct archive_entry *entry; /* our own: the reader may have none */
	locale_t utf8;		     /* (locale_t)0 where the system has none */
	char *encoding;		     /* of names that are not marked; NULL: UTF-8 */
	struct lt_zip_names zip;
	bool zip_is_read, is_open;
	uint64_t entries, links;
	uint64_t hidden; /* system files whose names are not valid text */
	lt_on_directory *on_directory;
	void *arg;	     /* of on_directory */
	const char *current; /* the entry's name, libarchive's; NULL in a single file */
};

static const char *const compressions[] = {".gz", ".bz2", ".xz", ".lzma", ".zst", ".lz4", ".Z"};

static la_ssize_t on_read(struct archive *reader, void *arg, const void **block)
{
	struct lt_archive_input *input = arg;
	ssize_t got = lt_archive_input_next(input);

	if (got < 0)
		archive_set_error(reader, input->io_error, "read error");
	*block = input->block;
	return got < 0 ? ARCHIVE_FATAL : got;
}

static la_int64_t on_seek(struct archive *reader, void *arg, la_int64_t offset, int whence)
{
	struct lt_archive_input *input = arg;
	int64_t to = whence == SEEK_SET	  ? offset
		     : whence == SEEK_CUR ? (int64_t)input->at + offset
					  : (int64_t)input->size + offset;

	(void)reader;
	if (to < 0)
		return ARCHIVE_FATAL;
	input->at = (uint64_t)to;
	return to;
}

/* ------------------------------------------------------------------ libarchive */

/* These two enclose every libarchive call that may allocate. */
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

/* To be called after a failed call, before any other call. */
static bool lacks_memory(const struct lt_archive *archive)
{
	return errno == ENOMEM || archive_errno(archive->reader) == ENOMEM;
}

static int fail_reader(struct lt_archive *archive, const char *entry, struct lt_error *err)
{
	bool no_memory = lacks_memory(archive);
	const char *why = archive_error_string(archive->reader);

	if (archive->input.io_error) {
		errno = archive->input.io_error;
		return lt_fail_errno(err, LT_IO, "%s", archive->name);
	}
	if (no_memory)
		return lt_fail_memory(err);
	if (archive->input.summed == 0)
		return lt_fail(err, LT_DATA, "%s: empty input", archive->name);
	if (archive_read_has_encrypted_entries(archive->reader) > 0)
		why = "an encrypted archive; unpack it with its password and name the "
		      "directory";
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

/* --names-from; to be called with errno 0. */
static int set_encoding(struct lt_archive *archive, struct lt_error *err)
{
	static const char *const formats[] = {"zip", "tar"};
	const char *encoding = archive->encoding;
	size_t i;

	for (i = 0; encoding && i < sizeof formats / sizeof formats[0]; i++)
		if (archive_read_set_format_option(archive->reader, formats[i], "hdrcharset",
						   encoding) < ARCHIVE_WARN)
			return lacks_memory(archive)
				       ? lt_fail_memory(err)
				       : lt_fail(err, LT_USAGE,
						 "this system does not support the encoding %s",
						 encoding);
	return 0;
}

/* A reader that is ready to be opened; NULL without memory. */
static struct archive *new_reader(struct lt_archive *archive)
{
	struct archive *reader = archive_read_new();

	if (!reader)
		return NULL;
	if (enable_formats(reader) < ARCHIVE_WARN ||
	    archive_read_set_callback_data(reader, &archive->input) < ARCHIVE_WARN ||
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

/* The first lt_archive_next opens the archive: options have no effect after that. */
static int open_reader(struct lt_archive *archive, struct lt_error *err)
{
	locale_t before;
	int status = lt_guard_install(err);

	if (status)
		return status;
	archive->input.at = 0;
	archive->input.zeros = 0;
	archive->entries = 0;
	archive->links = 0;
	archive->hidden = 0;
	archive->is_open = false;
	before = enter(archive);
	archive->reader = new_reader(archive);
	archive->entry = archive_entry_new2(archive->reader);
	if (!archive->reader || !archive->entry)
		status = lt_fail_memory(err);
	else
		status = set_encoding(archive, err);
	leave(before);
	return status;
}

/*
 * A missing locale is an error only when a name needs it.  (glibc may lose the ENOMEM if it had
 * no memory for the locale.)
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

static bool is_zip(const struct lt_archive *archive)
{
	return (archive_format(archive->reader) & ARCHIVE_FORMAT_BASE_MASK) ==
	       ARCHIVE_FORMAT_ZIP;
}

/* Before the first entry of a zip file: is the encoding of every name known? */
static int check_zip(struct lt_archive *archive, struct lt_error *err)
{
	int status;

	if (archive->zip_is_read || archive->kind == LT_ARCHIVE_PIPE || !is_zip(archive) ||
	    archive_filter_count(archive->reader) > 1)
		return 0;
	archive->zip_is_read = true;
	/* Not libarchive's code, so it runs without the guard. */
	lt_guard_leave();
	status = lt_zip_names_read(&archive->zip, &archive->input, archive->encoding != NULL,
				   err);
	lt_guard_enter();
	return status;
}

/* An uncompressed tar that was cut between two entries looks whole to libarchive. */
static int check_end(struct lt_archive *archive, struct lt_error *err)
{
	int format = archive_format(archive->reader) & ARCHIVE_FORMAT_BASE_MASK;

	if (archive->entries == 0 && archive->input.summed == 0)
		return lt_fail(err, LT_DATA, "%s: empty input", archive->name);
	if (format == ARCHIVE_FORMAT_TAR && archive_filter_count(archive->reader) == 1 &&
	    archive->input.zeros < TAR_BLOCK)
		return lt_fail(err, LT_DATA, "%s: truncated after %" PRIu64 " entries",
			       archive->name, archive->entries);
	return 0;
}

static int fail_name(const struct lt_archive *archive, const char *name, struct lt_error *err)
{
	char shown[400];

	lt_raw_name_show(name, strlen(name), shown, sizeof shown);
	return lt_fail(err, LT_DATA, "%s: %s: this name %s", archive->name, shown,
		       lt_raw_name_is_utf8(name, strlen(name)) ? "has control characters"
		       : archive->tree || lt_archive_is_single(archive)
			       ? "is not UTF-8; rename it, for example with convmv"
			       : "is not UTF-8; --names-from ENCODING says what it is, "
				 "such as ISO-8859-1, GBK or SHIFT_JIS");
}

/* A name that libarchive could not convert; with the errno of its call. */
static int fail_no_name(const struct lt_archive *archive, struct lt_error *err)
{
	if (errno == ENOMEM)
		return lt_fail_memory(err);
	if (!archive->utf8)
		return lt_fail(err, LT_OS,
			       "%s: entry %" PRIu64
			       ": its name is not ASCII, and there is no UTF-8 locale",
			       archive->name, archive->entries);
	return lt_fail(err, LT_DATA, "%s: entry %" PRIu64 ": its name is not %s", archive->name,
		       archive->entries, archive->encoding ? archive->encoding : "UTF-8");
}

static int check_name(const struct lt_archive *archive, const char *name, struct lt_error *err)
{
	if (!name)
		return fail_no_name(archive, err);
	return lt_text_is_clean(name, strlen(name)) ? 0 : fail_name(archive, name, err);
}

/* A hidden file whose name cannot be shown, such as macOS's "Icon\r". */
static bool is_of_system(const char *name)
{
	return name && lt_name_is_hidden(name) && !lt_text_is_clean(name, strlen(name));
}

/* Without its directory, a zip file does not show which names are flagged. */
static int note_unflagged(struct lt_archive *archive, const char *name, struct lt_error *err)
{
	if (!is_zip(archive) || archive->zip.known || archive->encoding ||
	    archive->zip.unflagged || lt_raw_name_is_ascii(name, strlen(name)))
		return 0;
	archive->zip.unflagged = lt_text_copy(name);
	return archive->zip.unflagged ? 0 : lt_fail_memory(err);
}

/*
 * At this point libarchive has read all headers of the entry and none of its bytes.  A file
 * with holes is stored without the holes.
 */
static uint64_t offset_of(const struct lt_archive *archive, const struct lt_entry *entry)
{
	int format = archive_format(archive->reader) & ARCHIVE_FORMAT_BASE_MASK;
	la_int64_t at;

	if (archive->kind == LT_ARCHIVE_PIPE || format != ARCHIVE_FORMAT_TAR ||
	    archive_filter_count(archive->reader) > 1 || !entry->size_known ||
	    archive_entry_sparse_count(archive->entry) > 0)
		return UINT64_MAX;
	at = archive_filter_bytes(archive->reader, 0);
	return at < 0 ? UINT64_MAX : (uint64_t)at;
}

/* Name, size and link of a file.  In the pax format, a hard link may have its own bytes. */
static int fill_entry(struct lt_archive *archive, struct lt_entry *entry, struct lt_error *err)
{
	struct archive_entry *from = archive->entry;
	bool single = lt_archive_is_single(archive);
	int status;

	errno = 0;
	entry->name = single ? archive->single_name : archive_entry_pathname(from);
	status = check_name(archive, entry->name, err);
	if (status == 0)
		status = note_unflagged(archive, entry->name, err);
	if (status)
		return status;
	archive->current = single ? NULL : entry->name;
	entry->size_known = archive_entry_size_is_set(from) && archive_entry_size(from) >= 0;
	entry->size = entry->size_known ? (uint64_t)archive_entry_size(from) : 0;
	entry->offset = offset_of(archive, entry);
	errno = 0;
	entry->link = entry->size > 0 ? NULL : archive_entry_hardlink(from);
	if (!entry->link)
		return errno == ENOMEM ? lt_fail_memory(err) : 0;
	entry->offset = UINT64_MAX;
	entry->size_known = false;
	return check_name(archive, entry->link, err);
}

/* Has the type lt_on_directory. */
static int tell_directory(void *arg, const char *name, struct lt_error *err)
{
	const struct lt_archive *archive = arg;

	return archive->on_directory && lt_text_is_clean(name, strlen(name))
		       ? archive->on_directory(archive->arg, name, err)
		       : 0;
}

/* The callback is not libarchive's code, so it runs without the guard. */
static int pass_directory(struct lt_archive *archive, struct lt_error *err)
{
	const char *name = archive_entry_pathname(archive->entry);
	int status;

	if (!name)
		return 0;
	lt_guard_leave();
	status = tell_directory(archive, name, err);
	lt_guard_enter();
	return status;
}

/* Fills *entry unless it is a directory, a symbolic link or a special file. */
static int take_entry(struct lt_archive *archive, struct lt_entry *entry, bool *taken,
		      struct lt_error *err)
{
	unsigned type = archive_entry_filetype(archive->entry);

	if (type == AE_IFDIR)
		return pass_directory(archive, err);
	/* A hard link has no type of its own. */
	if (type != AE_IFREG && type != 0) {
		archive->links++;
		return 0;
	}
	if (!lt_archive_is_single(archive) &&
	    is_of_system(archive_entry_pathname(archive->entry))) {
		archive->hidden++;
		return 0;
	}
	*taken = true;
	return fill_entry(archive, entry, err);
}

static int next_of_reader(struct lt_archive *archive, struct lt_entry *entry, bool *more,
			  struct lt_error *err)
{
	int result, status;

	*more = false;
	if (!archive->is_open && archive_read_open1(archive->reader) < ARCHIVE_WARN)
		return fail_reader(archive, NULL, err);
	archive->is_open = true;
	while (!*more) {
		result = archive_read_next_header2(archive->reader, archive->entry);
		if (result == ARCHIVE_EOF)
			return check_end(archive, err);
		if (result < ARCHIVE_WARN || (result != ARCHIVE_OK && lacks_memory(archive)))
			return fail_reader(archive, NULL, err);
		archive->entries++;
		status = check_zip(archive, err);
		if (status == 0)
			status = take_entry(archive, entry, more, err);
		if (status)
			return status;
	}
	return 0;
}

static int next_of_tree(struct lt_archive *archive, struct lt_entry *entry, bool *more,
			struct lt_error *err)
{
	int status;

	lt_tree_close_file(&archive->file);
	for (;; archive->hidden++) {
		status = lt_tree_next(archive->tree, &entry->name, err);
		if (status)
			return status;
		if (!is_of_system(entry->name))
			break;
	}
	*more = entry->name != NULL;
	entry->size_known = false;
	entry->size = 0;
	entry->offset = UINT64_MAX;
	entry->link = NULL;
	if (*more && !lt_text_is_clean(entry->name, strlen(entry->name)))
		return fail_name(archive, entry->name, err);
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

void lt_archive_tell_directories(struct lt_archive *archive, lt_on_directory *on, void *arg)
{
	archive->on_directory = on;
	archive->arg = arg;
	if (archive->tree)
		lt_tree_tell_directories(archive->tree, tell_directory, archive);
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
		return lt_tree_read(archive->tree, &archive->file, bytes, room, got, err);
	before = enter(archive);
	status = read_data(archive, bytes, room, got, err);
	leave(before);
	return status;
}

static int fail_changed(const struct lt_archive *archive, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: changed while it was read", archive->name);
}

int lt_archive_read_at(const struct lt_archive *archive, uint64_t offset, void *bytes, size_t n,
		       struct lt_error *err)
{
	size_t got;
	int status = lt_archive_input_at(&archive->input, offset, bytes, n, &got, err);

	return status || got == n ? status : fail_changed(archive, err);
}

int lt_archive_check_same(const struct lt_archive *archive, struct lt_error *err)
{
	return lt_archive_input_is_same(&archive->input) ? 0 : fail_changed(archive, err);
}

int lt_archive_open_entry(struct lt_archive *archive, const char *name, uint64_t *size,
			  struct lt_error *err)
{
	int status;

	lt_tree_close_file(&archive->file);
	status = lt_tree_open_file(archive->tree, name, &archive->file, err);
	*size = status ? 0 : archive->file.size;
	return status;
}

int lt_archive_rewind(struct lt_archive *archive, struct lt_error *err)
{
	if (archive->kind == LT_ARCHIVE_TREE) {
		lt_tree_close_file(&archive->file);
		archive->hidden = 0;
		return lt_tree_rewind(archive->tree, err);
	}
	free_reader(archive);
	return open_reader(archive, err);
}

int lt_archive_totals(struct lt_archive *archive, uint64_t *bytes, uint32_t *crc,
		      struct lt_error *err)
{
	ssize_t got;

	/* A zip file was read from its end, so the checksum continues where it stopped. */
	archive->input.at = archive->input.summed;
	do {
		got = lt_archive_input_next(&archive->input);
	} while (got > 0);
	if (got < 0) {
		errno = archive->input.io_error;
		return lt_fail_errno(err, LT_IO, "%s", archive->name);
	}
	*bytes = archive->input.summed;
	*crc = archive->input.crc;
	return 0;
}

/* An encoding's name without an iconv(3) suffix such as //IGNORE, which loses characters. */
static bool is_encoding(const char *text)
{
	return *text && text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					  "0123456789-_.:+()")] == '\0';
}

int lt_archive_names_from(struct lt_archive *archive, const char *encoding,
			  struct lt_error *err)
{
	locale_t before;
	int status;

	if (!is_encoding(encoding))
		return lt_fail(err, LT_USAGE, "this system does not support the encoding %s",
			       encoding);
	lt_free(archive->encoding);
	archive->encoding = lt_text_copy(encoding);
	if (!archive->encoding)
		return lt_fail_memory(err);
	if (archive->kind == LT_ARCHIVE_TREE)
		return 0;
	before = enter(archive);
	status = set_encoding(archive, err);
	leave(before);
	return status;
}

const char *lt_archive_unflagged(const struct lt_archive *archive)
{
	return archive->zip.unflagged;
}

enum lt_archive_kind lt_archive_kind(const struct lt_archive *archive)
{
	return archive->kind;
}

const struct lt_tree *lt_archive_tree(const struct lt_archive *archive)
{
	return archive->tree;
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

uint64_t lt_archive_loops(const struct lt_archive *archive)
{
	return archive->tree ? lt_tree_loops(archive->tree) : 0;
}

uint64_t lt_archive_hidden(const struct lt_archive *archive)
{
	return archive->hidden +
	       (archive->tree ? lt_tree_hidden_directories(archive->tree) : 0);
}

uint64_t lt_archive_input(const struct lt_archive *archive)
{
	switch (archive->kind) {
	case LT_ARCHIVE_TREE:
		return UINT64_MAX;
	case LT_ARCHIVE_PIPE:
		return archive->input.at;
	default:
		return archive->input.size;
	}
}

void lt_archive_close(struct lt_archive *archive)
{
	if (!archive)
		return;
	free_reader(archive);
	lt_tree_close(archive->tree);
	lt_tree_close_file(&archive->file);
	if (archive->input.fd >= 0)
		close(archive->input.fd);
	if (archive->utf8)
		freelocale(archive->utf8);
	lt_free(archive->input.block);
	lt_free(archive->name);
	lt_free(archive->single_name);
	lt_free(archive->encoding);
	lt_zip_names_free(&archive->zip);
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

/* The archive to the caller, or closed if opening it failed. */
static int hand_over(struct lt_archive *archive, int status, struct lt_archive **out)
{
	if (status)
		lt_archive_close(archive);
	else
		*out = archive;
	return status;
}

static int new_archive(struct lt_archive **out, const char *name, struct lt_error *err)
{
	struct lt_archive *archive = lt_new_array(1, sizeof *archive);
	int status;

	if (!archive)
		return lt_fail_memory(err);
	archive->file.fd = -1;
	archive->input.fd = -1;
	archive->name = lt_text_copy(name);
	archive->single_name = single_name(name);
	archive->input.name = archive->name;
	archive->input.block = lt_new_bytes(LT_ARCHIVE_BLOCK);
	status = archive->name && archive->single_name && archive->input.block
			 ? find_locale(archive, err)
			 : lt_fail_memory(err);
	return hand_over(archive, status, out);
}

/* What the open descriptor is: archive->kind, and what that kind needs. */
static int open_kind(struct lt_archive *archive, struct lt_error *err)
{
	struct stat about;
	int fd = archive->input.fd, status;

	if (fstat(fd, &about) != 0)
		return lt_fail_errno(err, LT_NOINPUT, "%s", archive->name);
	if (S_ISDIR(about.st_mode)) {
		archive->kind = LT_ARCHIVE_TREE;
		archive->input.fd = -1;
		return lt_tree_open(&archive->tree, fd, archive->name, err);
	}
	status = lt_archive_input_open(&archive->input, err);
	archive->kind = archive->input.kind;
	return status ? status : open_reader(archive, err);
}

int lt_archive_open(struct lt_archive **out, const char *path, struct lt_error *err)
{
	bool from_stdin = !path || strcmp(path, "-") == 0;
	struct lt_archive *archive;
	int status = new_archive(&archive, from_stdin ? "<stdin>" : path, err);

	if (status)
		return status;
	archive->input.fd = from_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
				       : open(path, O_RDONLY | O_CLOEXEC);
	if (archive->input.fd < 0)
		status = lt_fail_errno(err, LT_NOINPUT, "%s", archive->name);
	else
		status = open_kind(archive, err);
	return hand_over(archive, status, out);
}

int lt_archive_open_fd(struct lt_archive **out, int fd, const char *name, struct lt_error *err)
{
	struct lt_archive *archive;
	int status = new_archive(&archive, name, err);

	if (status)
		return status;
	archive->input.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (archive->input.fd < 0 || lseek(archive->input.fd, 0, SEEK_SET) != 0)
		status = lt_fail_errno(err, LT_IO, "%s", archive->name);
	else
		status = open_kind(archive, err);
	return hand_over(archive, status, out);
}

int lt_archive_open_memory(struct lt_archive **out, const void *bytes, size_t n,
			   const char *name, struct lt_error *err)
{
	struct lt_archive *archive;
	int status = new_archive(&archive, name, err);

	if (status)
		return status;
	archive->kind = archive->input.kind = LT_ARCHIVE_MEMORY;
	archive->input.memory = bytes;
	archive->input.size = n;
	status = open_reader(archive, err);
	return hand_over(archive, status, out);
}
