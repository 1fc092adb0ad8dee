/*
 * Inputs that hold many files: an archive (tar or zip, with any compression that
 * libarchive decodes itself), a directory tree, or one plain or compressed file, which is
 * then the only entry.  Files are read as a stream of entries; an archive is never
 * unpacked to files.
 *
 * Entry names are valid UTF-8 without control characters; others are LT_DATA.  The encoding
 * of an archive's names is detected as described in archive/zip_names.h, or set by
 * lt_archive_names_from.  (libarchive composes names that are marked as UTF-8, that is flagged
 * names of zip and names of the pax format, to Unicode's form C.)  Names are never used as
 * paths for writing, and only the entries of a directory are opened by name.
 * Directories, symbolic links and special files inside an archive are not entries (all except
 * directories are counted); hard links are.  In a directory tree, symbolic links are followed
 * and loops are detected: see archive/tree.h.
 */
#ifndef LT_ARCHIVE_ARCHIVE_H
#define LT_ARCHIVE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/tree.h"
#include "base/error.h"

struct lt_archive;

enum lt_archive_kind {
	LT_ARCHIVE_TREE,   /* a directory */
	LT_ARCHIVE_FILE,   /* a regular file: can be read twice */
	LT_ARCHIVE_PIPE,   /* anything else: can be read once */
	LT_ARCHIVE_MEMORY, /* bytes of the caller */
};

struct lt_entry {
	const char *name; /* valid until the next call */
	uint64_t size;
	bool size_known; /* may be false for zip entries and compressed single files; false for
			    trees */
	/*
	 * For a hard link in a tar file: the name of the entry whose bytes it shares, valid as
	 * long as name.  The link has no bytes and its size is not known.  Tar programs write
	 * links to earlier entries; the caller must detect a link to a later or missing entry.
	 * NULL: not a link.
	 */
	const char *link;
	/*
	 * The offset of the entry's bytes, if the input contains them unchanged, as an
	 * uncompressed tar file does.  UINT64_MAX: it does not, or the offset is not known.
	 */
	uint64_t offset;
};

/* path NULL or "-": stdin, called "<stdin>".  A terminal is LT_USAGE. */
int lt_archive_open(struct lt_archive **out, const char *path, struct lt_error *err);
/* Reads an open regular file from its beginning; fd stays the caller's, its offset moves. */
int lt_archive_open_fd(struct lt_archive **out, int fd, const char *name, struct lt_error *err);
/* Reads bytes in memory that stay the caller's (for tests). */
int lt_archive_open_memory(struct lt_archive **out, const void *bytes, size_t n,
			   const char *name, struct lt_error *err);
/*
 * Sets the encoding, as a name that iconv(3) knows, of names whose encoding is not marked: zip
 * names without the UTF-8 flag or field, and tar names outside pax headers.  The default is
 * UTF-8.  Call it before the first lt_archive_next.  LT_USAGE for an unknown encoding.  It has
 * no effect on a tree or on the name of a single file.
 */
int lt_archive_names_from(struct lt_archive *archive, const char *encoding,
			  struct lt_error *err);
/*
 * The first name in a zip file that is not ASCII, not marked as UTF-8, and was read as UTF-8;
 * or NULL.  It may be in another encoding (the GBK bytes for "cat" are UTF-8 for "è").  Known
 * after the last entry, and valid as long as the archive is open.
 */
const char *lt_archive_unflagged(const struct lt_archive *archive);
enum lt_archive_kind lt_archive_kind(const struct lt_archive *archive);
/* NULL: not a tree. */
const struct lt_tree *lt_archive_tree(const struct lt_archive *archive);
const char *lt_archive_name(const struct lt_archive *archive);
/*
 * Is the input one file and not an archive?  Known after the first lt_archive_next.  The name
 * of its entry is the last component of the path, without a compression suffix.
 */
bool lt_archive_is_single(const struct lt_archive *archive);

/*
 * The next entry; *more is false at the end.  The entries of a tree come in no particular
 * order, without hidden directories.  LT_DATA for an empty input.
 */
int lt_archive_next(struct lt_archive *archive, struct lt_entry *entry, bool *more,
		    struct lt_error *err);
/*
 * Directories are not entries.  Calls this for each one that lt_archive_next passes, with or
 * without a slash at its end; hidden ones of a tree and names that are not clean are left out.
 * NULL ends it.
 */
void lt_archive_tell_directories(struct lt_archive *archive, lt_on_directory *on, void *arg);
/* Reads up to room bytes of the entry; *got is less than room only at its end. */
int lt_archive_read(struct lt_archive *archive, void *bytes, size_t room, size_t *got,
		    struct lt_error *err);
/*
 * Reads n bytes of the input at an offset, whatever the current entry is; several threads may
 * do so at the same time.  LT_DATA: the input ends before.
 */
int lt_archive_read_at(const struct lt_archive *archive, uint64_t offset, void *bytes, size_t n,
		       struct lt_error *err);
/* LT_DATA: the input file was written to since it was opened.  Not for a tree. */
int lt_archive_check_same(const struct lt_archive *archive, struct lt_error *err);
/* Opens an entry of a tree, by its name, for lt_archive_read. */
int lt_archive_open_entry(struct lt_archive *archive, const char *name, uint64_t *size,
			  struct lt_error *err);
/* Starts again at the first entry; not for LT_ARCHIVE_PIPE. */
int lt_archive_rewind(struct lt_archive *archive, struct lt_error *err);
/*
 * What was ignored so far.  links: links and special files (in a tree, dangling links).
 * loops: directories of a tree that a link makes their own ancestors.  hidden: hidden
 * directories of a tree, and hidden files whose names have control characters or are not
 * UTF-8.
 */
uint64_t lt_archive_links(const struct lt_archive *archive);
uint64_t lt_archive_loops(const struct lt_archive *archive);
uint64_t lt_archive_hidden(const struct lt_archive *archive);

/* Bytes of the input, for a pipe those read so far.  UINT64_MAX for a tree, whose entries are
 * separate files. */
uint64_t lt_archive_input(const struct lt_archive *archive);

/*
 * Bytes of the input file and their CRC-32C, including what follows the last entry (a pipe
 * is read to its end, so that its writer does not get SIGPIPE).  Call it after the last entry
 * and before lt_archive_rewind; not for a tree.
 */
int lt_archive_totals(struct lt_archive *archive, uint64_t *bytes, uint32_t *crc,
		      struct lt_error *err);

/* NULL is allowed. */
void lt_archive_close(struct lt_archive *archive);

#endif
