/*
 * Archives: entries of tar files made here, names, damage, pipes and directory
 * trees; and a listing's planned order.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/listing.h"
#include "archive/tree.h"
#include "base/memory.h"
#include "check.h"
#include "stream/stream.h"

/* ------------------------------------------------------------------ making tar files */

static void put(struct lt_buffer *tar, const void *bytes, size_t n)
{
	if (!lt_buffer_append(tar, bytes, n))
		exit(1);
}

static void put_zeros(struct lt_buffer *tar, size_t n)
{
	static const char zero[1024];

	put(tar, zero, n);
}

static const char *link_target = "a/1"; /* of the links that put_entry makes */

/* An entry in the ustar format of POSIX; type '0' is a file, '1' a hard link, '2' a symbolic
 * one. */
static void put_entry(struct lt_buffer *tar, const char *name, char type, const char *text)
{
	unsigned char header[512] = {0};
	size_t n = strlen(text), i;
	unsigned sum = 0;

	memcpy(header, name, strlen(name));
	memcpy(header + 100, "0000644", 8);
	snprintf((char *)header + 124, 12, "%011o", (unsigned)n);
	memcpy(header + 136, "00000000000", 12);
	header[156] = (unsigned char)type;
	if (type == '1' || type == '2')
		memcpy(header + 157, link_target, strlen(link_target) + 1);
	memcpy(header + 257,
	       "ustar\0"
	       "00",
	       8);
	memset(header + 148, ' ', 8);
	for (i = 0; i < 512; i++)
		sum += header[i];
	snprintf((char *)header + 148, 8, "%06o", sum);
	put(tar, header, 512);
	put(tar, text, n);
	put_zeros(tar, (512 - n % 512) % 512);
}

static void put_end(struct lt_buffer *tar)
{
	put_zeros(tar, 1024);
}

static struct lt_buffer three_entries(void)
{
	struct lt_buffer tar = {0};

	put_entry(&tar, "a/1", '0', "one");
	put_entry(&tar, "a/", '5', "");
	put_entry(&tar, "a/link", '2', "");
	put_entry(&tar, "a/hard", '1', "");
	put_entry(&tar, "b/2", '0', "two two");
	put_entry(&tar, "a/3", '0', "");
	put_end(&tar);
	return tar;
}

/* ------------------------------------------------------------------ reading them */

/* "name=text;name>link=;" of all entries, or the error. */
static int read_entries(struct lt_archive *archive, char *out, size_t room,
			struct lt_error *err)
{
	struct lt_entry entry;
	char text[64];
	size_t got, used = 0;
	bool more;
	int status;

	out[0] = '\0';
	for (;;) {
		status = lt_archive_next(archive, &entry, &more, err);
		if (status || !more)
			return status;
		used += (size_t)snprintf(out + used, room - used, "%s%s%s=", entry.name,
					 entry.link ? ">" : "", entry.link ? entry.link : "");
		if (entry.link && entry.size_known)
			return lt_fail(err, LT_BUG, "the size of a link");
		status = lt_archive_read(archive, text, sizeof text, &got, err);
		if (status)
			return status;
		used += (size_t)snprintf(out + used, room - used, "%.*s;", (int)got, text);
	}
}

static void check_tar(void)
{
	struct lt_buffer tar = three_entries();
	struct lt_archive *archive;
	struct lt_error err;
	char out[200];
	uint64_t bytes;
	uint32_t crc;

	check_int(lt_archive_open_memory(&archive, tar.data, tar.size, "m", &err), 0);
	check_int(read_entries(archive, out, sizeof out, &err), 0);
	check_text(out, "a/1=one;a/hard>a/1=;b/2=two two;a/3=;");
	check_int(lt_archive_links(archive), 1);
	check(!lt_archive_is_single(archive));
	check_int(lt_archive_totals(archive, &bytes, &crc, &err), 0);
	check_int(bytes, tar.size);
	check_int(crc, lt_crc32c(0, tar.data, tar.size));
	check_int(lt_archive_rewind(archive, &err), 0);
	check_int(read_entries(archive, out, sizeof out, &err), 0);
	check_text(out, "a/1=one;a/hard>a/1=;b/2=two two;a/3=;");
	lt_archive_close(archive);
	lt_buffer_free(&tar);
}

static int read_memory(const void *bytes, size_t n, char *out, size_t room,
		       struct lt_error *err)
{
	struct lt_archive *archive;
	int status = lt_archive_open_memory(&archive, bytes, n, "m", err);

	if (status)
		return status;
	status = read_entries(archive, out, room, err);
	lt_archive_close(archive);
	return status;
}

/* A tar file that was cut anywhere is never taken for a whole one. */
static void check_prefixes(void)
{
	struct lt_buffer tar = three_entries();
	struct lt_error err;
	char out[200];
	size_t n, accepted = 0;

	/* One block of zeros of the two is enough for libarchive and for us. */
	for (n = 0; n < tar.size - 512; n++) {
		uint8_t *copy = malloc(n ? n : 1);

		if (!copy)
			exit(1);
		memcpy(copy, tar.data, n);
		/* Under 512 bytes, and in the zeros of one block, it is a single file of any
		 * kind. */
		if (read_memory(copy, n, out, sizeof out, &err) != LT_DATA && n >= 512)
			accepted++;
		free(copy);
	}
	check_int(accepted, 0);
	check_int(read_memory(tar.data, 0, out, sizeof out, &err), LT_DATA);
	check_text(err.text, "m: empty input");
	lt_buffer_free(&tar);
}

static void check_joined(void)
{
	struct lt_buffer tar = three_entries(), two = three_entries();
	struct lt_error err;
	char out[200];

	put(&tar, two.data, two.size);
	check_int(read_memory(tar.data, tar.size, out, sizeof out, &err), 0);
	check_text(
		out,
		"a/1=one;a/hard>a/1=;b/2=two two;a/3=;a/1=one;a/hard>a/1=;b/2=two two;a/3=;");
	lt_buffer_free(&tar);
	lt_buffer_free(&two);
}

/* The programs run in the C locale; names are UTF-8 all the same. */
static void check_names(void)
{
	struct lt_buffer tar = {0};
	struct lt_error err;
	char out[200];

	check_text(setlocale(LC_CTYPE, NULL), "C");
	put_entry(&tar, "x", 'x', "15 path=\303\274/\350\262\223\n");
	put_entry(&tar, "ascii", '0', "1");
	put_entry(&tar, "\303\244/1", '0', "2");
	put_end(&tar);
	check_int(read_memory(tar.data, tar.size, out, sizeof out, &err), 0);
	check_text(out, "\303\274/\350\262\223=1;\303\244/1=2;");
	tar.size = 0;
	put_entry(&tar, "a/\377.ppm", '0', "1");
	put_end(&tar);
	check_int(read_memory(tar.data, tar.size, out, sizeof out, &err), LT_DATA);
	check_text(err.text, "m: a/\\xff.ppm: this name is not UTF-8; --names-from ENCODING "
			     "says what it is, such as "
			     "ISO-8859-1, GBK or SHIFT_JIS");
	tar.size = 0;
	put_entry(&tar, "a/\nb", '0', "1");
	put_end(&tar);
	check_int(read_memory(tar.data, tar.size, out, sizeof out, &err), LT_DATA);
	check_text(err.text, "m: a/\\x0ab: this name has control characters");
	check_text(setlocale(LC_CTYPE, NULL), "C");
	lt_buffer_free(&tar);
}

/* Of an entry that comes later, of none, with bytes of its own, with a name that is not UTF-8.
 */
static void check_hard_links(void)
{
	struct lt_buffer tar = {0};
	struct lt_error err;
	char out[200];

	link_target = "z";
	put_entry(&tar, "a", '1', "");
	put_entry(&tar, "x", 'x', "17 linkpath=\303\244/1\n");
	put_entry(&tar, "b", '1', "");
	put_entry(&tar, "z", '0', "text");
	put_entry(&tar, "y", 'x', "13 comment=1\n");
	put_entry(&tar, "c", '1', "own");
	put_entry(&tar, "d", '2', "");
	put_end(&tar);
	check_int(read_memory(tar.data, tar.size, out, sizeof out, &err), 0);
	check_text(out, "a>z=;b>\303\244/1=;z=text;c=own;");
	tar.size = 0;
	link_target = "\377";
	put_entry(&tar, "a", '1', "");
	put_end(&tar);
	check_int(read_memory(tar.data, tar.size, out, sizeof out, &err), LT_DATA);
	check(strncmp(err.text, "m: \\xff: this name is not UTF-8; ", 33) == 0);
	link_target = "a/1";
	lt_buffer_free(&tar);
}

static void check_hidden(void)
{
	check(lt_name_is_hidden(".git/a"));
	check(lt_name_is_hidden("a/._b.png"));
	check(lt_name_is_hidden("__MACOSX/a/b.png"));
	check(lt_name_is_hidden("a/Thumbs.db"));
	check(lt_name_is_hidden("a/Icon\r"));
	check(lt_name_is_hidden("../a"));
	check(!lt_name_is_hidden("./a/b.png"));
	check(!lt_name_is_hidden("a.b/c..png"));
}

/* A gzip file of one text: "hello\n" (RFC 1952, a stored block). */
static void check_single(void)
{
	static const uint8_t gz[] = {0x1f, 0x8b, 8,    0,    0,	   0,	0,   0,	  0,   3,
				     1,	   6,	 0,    0xf9, 0xff, 'h', 'e', 'l', 'l', 'o',
				     '\n', 0x20, 0x30, 0x3a, 0x36, 6,	0,   0,	  0};
	struct lt_archive *archive;
	struct lt_error err;
	char out[200];

	check_int(lt_archive_open_memory(&archive, gz, sizeof gz, "dir/text.gz", &err), 0);
	check_int(read_entries(archive, out, sizeof out, &err), 0);
	check_text(out, "text=hello\n;");
	check(lt_archive_is_single(archive));
	lt_archive_close(archive);
}

/* ------------------------------------------------------------------ listings */

static enum lt_want wants(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "a/3") == 0 ? LT_WANT_TEXT : LT_WANT_IMAGE;
}

/* The entry by itself, whatever is open. */
static void check_fetch(const struct lt_listing *listing, const struct lt_listed *entry,
			const struct lt_buffer *want)
{
	struct lt_buffer buffer = {0};
	const uint8_t *bytes;
	struct lt_error err;
	size_t n = 0;

	check_int(lt_listing_fetch(listing, entry, &buffer, &bytes, &n, &err), 0);
	check(n == want->size && memcmp(bytes, want->data, n) == 0);
	lt_buffer_free(&buffer);
}

static void check_plan(struct lt_listing *listing, const uint32_t *plan, const char *want)
{
	const struct lt_listed *entry;
	struct lt_buffer bytes = {0};
	struct lt_error err;
	char out[200] = "";
	size_t used = 0;

	check_int(lt_listing_plan(listing, plan, 2, &err), 0);
	while (lt_listing_next(listing, &entry, &err) == 0 && entry &&
	       lt_listing_read_all(listing, &bytes, &err) == 0) {
		used += (size_t)snprintf(out + used, sizeof out - used, "%s=%.*s;", entry->name,
					 (int)bytes.size, (const char *)bytes.data);
		check(lt_listing_is_apart(listing, entry));
		check_fetch(listing, entry, &bytes);
	}
	check_text(out, want);
	lt_buffer_free(&bytes);
}

static void check_listing(struct lt_archive *archive)
{
	static const uint32_t ahead[2] = {0, 1}, back[2] = {1, 0};
	struct lt_listing *listing;
	struct lt_error err;

	if (!check_named(lt_listing_new(&listing, wants, NULL, &err) == 0, "a listing"))
		return;
	check_int(lt_listing_add_archive(listing, archive, false, &err), 0);
	check_int(listing->n, 3);
	check_text(listing->entry[2].at.text, "");
	check_plan(listing, ahead, "a/1=one;b/2=two two;");
	check_plan(listing, back, "b/2=two two;a/1=one;");
	lt_listing_close(listing);
}

static void check_listings(void)
{
	struct lt_buffer tar = {0};
	struct lt_archive *archive;
	struct lt_error err;
	char path[40];
	int fd[2];

	put_entry(&tar, "a/1", '0', "one");
	put_entry(&tar, "a/link", '2', "");
	put_entry(&tar, "b/2", '0', "two two");
	put_entry(&tar, "a/3", '0', "");
	put_end(&tar);
	check_int(lt_archive_open_memory(&archive, tar.data, tar.size, "m", &err), 0);
	check_listing(archive);
	check_int(pipe(fd), 0);
	check_int(write(fd[1], tar.data, tar.size), (long long)tar.size);
	close(fd[1]);
	snprintf(path, sizeof path, "/dev/fd/%d", fd[0]);
	check_int(lt_archive_open(&archive, path, &err), 0);
	check_int(lt_archive_kind(archive), LT_ARCHIVE_PIPE);
	check_listing(archive);
	close(fd[0]);
	lt_buffer_free(&tar);
}

/* ------------------------------------------------------------------ trees */

static void make_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		exit(1);
}

/* A tree as an archive; what a tree's links lead to is in t_tree. */
static void check_tree(void)
{
	struct lt_archive *archive;
	struct lt_entry entry;
	struct lt_error err;
	char text[8];
	size_t got, n = 0;
	bool more = true;

	mkdir("a", 0777);
	mkdir("a/sub", 0777);
	mkdir("b", 0777);
	mkdir(".hidden", 0777);
	make_file("a/1", "one");
	make_file("b/2", "two");
	make_file(".hidden/3", "three");
	check_int(symlink("../../b/2", "a/sub/link"), 0);
	check_int(symlink("../a", "b/again"), 0);
	check_int(symlink("../b", "b/loop"), 0);
	check_int(symlink("nowhere", "b/broken"), 0);
	check_int(mkfifo("b/fifo", 0666), 0);
	check_int(lt_archive_open(&archive, ".", &err), 0);
	while (n < 8 && lt_archive_next(archive, &entry, &more, &err) == 0 && more)
		n++;
	check_int(n, 5);
	check_int(lt_archive_links(archive), 2);
	check_int(lt_archive_loops(archive), 1);
	check_int(lt_archive_hidden(archive), 1);
	check_int(lt_archive_open_entry(archive, "a/sub/link", &(uint64_t){0}, &err), 0);
	check_int(lt_archive_read(archive, text, sizeof text, &got, &err), 0);
	check(got == 3 && memcmp(text, "two", 3) == 0);
	check_int(lt_archive_open_entry(archive, "b/fifo", &(uint64_t){0}, &err), LT_NOINPUT);
	lt_archive_close(archive);
	check_int(lt_archive_open(&archive, "nowhere", &err), LT_NOINPUT);
}

static enum lt_want wants_all(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return LT_WANT_IMAGE;
}

/* All entries of a tar file that tar(1) wrote, at their offsets, against what was packed. */
static void check_offsets(const char *path)
{
	struct lt_buffer text = {0};
	struct lt_listing *listing;
	struct lt_error err;
	uint32_t plan[3] = {2, 0, 1};
	size_t i, at = 0;

	check_int(lt_listing_open(&listing, path, wants_all, NULL, &err), 0);
	check_int(listing->n, 3);
	check_int(lt_listing_plan(listing, plan, 3, &err), 0);
	for (i = 0; i < listing->n; i++) {
		const struct lt_listed *entry = &listing->entry[i];

		text.size = 0;
		check(lt_buffer_append(&text, entry->name + strlen(entry->name) - 3, 3));
		check_int(entry->place, LT_AT_OFFSET);
		check(entry->at.offset > at);
		check_fetch(listing, entry, &text);
		at = entry->at.offset;
	}
	lt_buffer_free(&text);
	lt_listing_close(listing);
}

/* Long names and other headers before an entry's own; the text of each is the end of its name.
 */
static void check_tar_formats(void)
{
	static const char *const formats[] = {"pax", "gnu"};
	char command[200], path[20];
	size_t i;

	mkdir("t", 0777);
	make_file("t/one", "one");
	make_file("t/two", "two");
	make_file("t/a-name-that-has-no-room-in-the-hundred-bytes-of-a-header-and-so-comes-"
		  "in-a-header-of-its-own-in-front-of-the-six",
		  "six");
	for (i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		snprintf(path, sizeof path, "%s.tar", formats[i]);
		snprintf(command, sizeof command, "tar --format=%s -cf %s t", formats[i], path);
		if (check_named(system(command) == 0, "tar(1) writes the format"))
			check_offsets(path);
	}
}

/* Between the index and the end of the plan nobody may write to the file. */
static void check_changed(void)
{
	static const uint32_t plan[1] = {0};
	const struct lt_listed *entry;
	struct lt_listing *listing;
	struct lt_error err;

	check_int(lt_listing_open(&listing, "pax.tar", wants_all, NULL, &err), 0);
	check_int(lt_listing_plan(listing, plan, 1, &err), 0);
	check_int(lt_listing_next(listing, &entry, &err), 0);
	check(entry);
	check_int(truncate("pax.tar", 512), 0);
	check_int(lt_listing_next(listing, &entry, &err), LT_DATA);
	check(strstr(err.text, "changed while it was read") != NULL);
	lt_listing_close(listing);
}

int main(void)
{
	char directory[] = "/tmp/lt-t_archive.XXXXXX", command[80];

	check_tar();
	check_prefixes();
	check_joined();
	check_names();
	check_hard_links();
	check_hidden();
	check_single();
	check_listings();
	if (!mkdtemp(directory) || chdir(directory) != 0)
		return 1;
	check_tree();
	check_tar_formats();
	check_changed();
	snprintf(command, sizeof command, "rm -rf %s", directory);
	check_int(system(command), 0);
	return check_done();
}
