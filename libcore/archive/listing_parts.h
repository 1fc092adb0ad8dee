/*
 * Private to the listing: listing.c makes the index, listing_links.c resolves hard links,
 * listing_sum.c computes the checksum of a directory, listing_plan.c reads planned entries.
 */
#ifndef LT_ARCHIVE_LISTING_PARTS_H
#define LT_ARCHIVE_LISTING_PARTS_H

#include <string.h>

#include "archive/listing.h"

/* Bytes copied at a time. */
#define LT_LISTING_BLOCK ((size_t)256 << 10)
#define LT_SIZE_UNKNOWN UINT64_MAX

static inline struct lt_input *input_of(const struct lt_listing *listing,
					const struct lt_listed *entry)
{
	return &listing->input[entry->input];
}

static inline bool is_tree(const struct lt_input *input)
{
	return lt_archive_kind(input->archive) == LT_ARCHIVE_TREE;
}

static inline bool is_pipe(const struct lt_input *input)
{
	return lt_archive_kind(input->archive) == LT_ARCHIVE_PIPE;
}

/* The entry's name within its input. */
static inline const char *own_name(const struct lt_listing *listing,
				   const struct lt_listed *entry)
{
	return entry->name + strlen(input_of(listing, entry)->prefix);
}

/*
 * A block of files kept in memory; each thread fills its own.  A larger file is read again:
 * opening it takes little time compared with decoding, and allocating memory costs no less than
 * copying from the page cache.  Blocks use huge pages, because one page fault per file would
 * take half as long as a second reading.
 */
struct lt_kept {
	struct lt_kept *before;
	size_t used;
	uint8_t bytes[];
};

#define LT_KEPT_FILE 16384
#define LT_KEPT_PAGE ((size_t)2 << 20)
#define LT_KEPT_BLOCK (2 * LT_KEPT_PAGE)
#define LT_KEPT_ROOM (LT_KEPT_BLOCK - sizeof(struct lt_kept))

/* LT_DATA: the entry is larger than its kind allows. */
int lt_listed_too_long(struct lt_listing *listing, const struct lt_listed *entry,
		       struct lt_error *err);
/* May an entry of its kind have this size? */
bool lt_listed_fits(const struct lt_listed *entry, uint64_t size);
int lt_listing_open_spool(struct lt_listing *listing, struct lt_error *err);
/* Copies the archive's current entry to the end of the spool. */
int lt_listing_spool_entry(struct lt_listing *listing, struct lt_listed *entry,
			   struct lt_error *err);

/* Keeps the text of the archive's current entry. */
int lt_listing_keep_text(struct lt_listing *listing, struct lt_listed *entry,
			 struct lt_error *err);
/*
 * For a directory: sorts its entries by name, finds their sizes and the checksum of all, and
 * reads the texts.
 */
int lt_listing_sum_tree(struct lt_listing *listing, struct lt_input *input,
			struct lt_error *err);

/* Records the target of a hard link until the input is complete. */
int lt_listing_note_link(struct lt_listing *listing, uint32_t entry, const char *to,
			 struct lt_error *err);
/* Resolves these links; links to unwanted entries are ignored. */
int lt_listing_resolve_links(struct lt_listing *listing, struct lt_input *input,
			     struct lt_error *err);

#endif
