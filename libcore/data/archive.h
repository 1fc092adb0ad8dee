/*
 * Inputs that hold many files: an archive (tar or zip, with any compression
 * that libarchive reads by itself), a directory tree, or one plain or compressed file,
 * which is then the only entry.  Files come as a stream of entries; an archive
 * is never unpacked to files.
 *
 * Entry names are valid UTF-8 without control characters; another is LT_DATA.  They are only
 * names: no path made from them is ever written, and only a directory's own entries are opened.
 * Directories, links and special files inside an archive are not entries (links are counted);
 * in a directory tree, symbolic links to files are followed, those to directories are not.
 */
#ifndef LT_DATA_ARCHIVE_H
#define LT_DATA_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	bool size_known; /* zip entries and compressed single files may not say */
};

/* path NULL or "-": stdin, called "<stdin>".  A terminal is LT_USAGE. */
int lt_archive_open(struct lt_archive **out, const char *path, struct lt_error *err);
/* Bytes that stay the caller's (tests). */
int lt_archive_open_memory(struct lt_archive **out, const void *bytes, size_t n,
			   const char *name, struct lt_error *err);
enum lt_archive_kind lt_archive_kind(const struct lt_archive *archive);
const char *lt_archive_name(const struct lt_archive *archive);
/*
 * Is it one file and no archive?  Known after the first lt_archive_next.  Its
 * entry's name is the last part of the path, without a suffix of compression.
 */
bool lt_archive_is_single(const struct lt_archive *archive);

/*
 * The next entry; *more false at the end.  A tree's entries come in no order,
 * hidden directories are left out.  No bytes at all are LT_DATA.
 */
int lt_archive_next(struct lt_archive *archive, struct lt_entry *entry, bool *more,
		    struct lt_error *err);
/* Up to room bytes of the entry; *got is less than room only at its end. */
int lt_archive_read(struct lt_archive *archive, void *bytes, size_t room, size_t *got,
		    struct lt_error *err);
/* Makes an entry of a tree, by its name, the one that lt_archive_read reads. */
int lt_archive_open_entry(struct lt_archive *archive, const char *name, uint64_t *size,
			  struct lt_error *err);
/* Begins again: not for LT_ARCHIVE_PIPE. */
int lt_archive_rewind(struct lt_archive *archive, struct lt_error *err);
/* Links and special files passed over so far; hidden directories of a tree. */
uint64_t lt_archive_links(const struct lt_archive *archive);
uint64_t lt_archive_hidden_directories(const struct lt_archive *archive);

/* Bytes of the input, as far as they are known: of a pipe those read so far.  A tree's entries
 * are files of their own: UINT64_MAX. */
uint64_t lt_archive_input(const struct lt_archive *archive);

/*
 * Bytes of the input file and their CRC-32C, whatever follows the last entry
 * included (a pipe is read to its end, so its writer is not cut off).  To be
 * called after the last entry, before lt_archive_rewind; not for a tree.
 */
int lt_archive_totals(struct lt_archive *archive, uint64_t *bytes, uint32_t *crc,
		      struct lt_error *err);

/* NULL is allowed. */
void lt_archive_close(struct lt_archive *archive);

#endif
