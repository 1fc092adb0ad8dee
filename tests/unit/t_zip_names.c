/*
 * Names of zip files: flags, makers, encodings that are told, names that are there twice
 * and differ, pipes, damage; and names of tar files in other encodings.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/archive.h"
#include "base/memory.h"
#include "check.h"
#include "stream/stream.h"

/* ------------------------------------------------------------------ making zip files */

#define FLAG 1	   /* the name is flagged as UTF-8 */
#define DOS 2	   /* made by a program for DOS or Windows, else for Unix */
#define MACOS 4	   /* made by a program for macOS */
#define REPEATED 8 /* the extra field says the name in UTF-8: "cat/猫" */
#define STALE 16   /* the same, made for another name */
#define ZIP64 32   /* the directory says where it is, and its sizes, in an extra field */
#define HOW_DEFAULT 0

struct zip {
	struct lt_buffer bytes, directory;
	unsigned n;
	size_t front; /* bytes before the zip file */
};

static void put(struct lt_buffer *to, const void *bytes, size_t n)
{
	if (!lt_buffer_append(to, bytes, n))
		exit(1);
}

/* Little-endian numbers: size bytes. */
static void put_number(struct lt_buffer *to, uint64_t number, int size)
{
	for (; size > 0; size--, number >>= 8)
		put(to, &(uint8_t){(uint8_t)number}, 1);
}

static uint32_t crc_of(const char *bytes, size_t n)
{
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < n; i++)
		for (crc ^= (unsigned char)bytes[i], bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	return ~crc;
}

static void put_extra(struct lt_buffer *to, const char *name, unsigned how)
{
	static const char utf8[] = "cat/\350\262\223";

	if (!(how & (REPEATED | STALE)))
		return;
	put_number(to, 0x7075, 2);
	put_number(to, 5 + strlen(utf8), 2);
	put_number(to, 1, 1);
	put_number(to, crc_of(name, strlen(name)) + (how & STALE ? 1 : 0), 4);
	put(to, utf8, strlen(utf8));
}

/* What both headers of an entry have in common, from the version needed on. */
static void put_common(struct lt_buffer *to, const char *name, const char *text, unsigned how,
		       size_t extra)
{
	put_number(to, 20, 2);
	put_number(to, how & FLAG ? 0x800 : 0, 2);
	put_number(to, 0, 2);
	put_number(to, 0x210000, 4);
	put_number(to, crc_of(text, strlen(text)), 4);
	put_number(to, strlen(text), 4);
	put_number(to, strlen(text), 4);
	put_number(to, strlen(name), 2);
	put_number(to, extra, 2);
}

/* An entry that is called own in its header, and name in the directory. */
static void add_two_names(struct zip *zip, const char *name, const char *own, const char *text,
			  unsigned how)
{
	unsigned maker = how & DOS ? 0 : how & MACOS ? 19 : 3;
	size_t at = zip->bytes.size - zip->front,
	       extra = how & (REPEATED | STALE) ? 4 + 5 + 7 : 0;

	put(&zip->bytes, "PK\3\4", 4);
	put_common(&zip->bytes, own, text, how, extra);
	put(&zip->bytes, own, strlen(own));
	put_extra(&zip->bytes, own, how);
	put(&zip->bytes, text, strlen(text));
	put(&zip->directory, "PK\1\2", 4);
	put_number(&zip->directory, maker << 8 | 20, 2);
	put_common(&zip->directory, name, text, how, how & ZIP64 ? 28 : 0);
	if (how & ZIP64)
		memset(zip->directory.data + zip->directory.size - 12, 0xff, 8);
	put_number(&zip->directory, 0, 6);
	put_number(&zip->directory, maker == 0 ? 0 : 0100644u << 16, 4);
	put_number(&zip->directory, how & ZIP64 ? UINT32_MAX : at, 4);
	put(&zip->directory, name, strlen(name));
	if (how & ZIP64) {
		put_number(&zip->directory, 1, 2);
		put_number(&zip->directory, 24, 2);
		put_number(&zip->directory, strlen(text), 8);
		put_number(&zip->directory, strlen(text), 8);
		put_number(&zip->directory, at, 8);
	}
	zip->n++;
}

static void add(struct zip *zip, const char *name, unsigned how)
{
	add_two_names(zip, name, name, "text", how);
}

/* With the directory and the comment, or the zip64 records, behind the entries. */
static void finish(struct zip *zip, const char *comment, bool zip64)
{
	size_t at = zip->bytes.size - zip->front, size = zip->directory.size;
	size_t end = at + size;

	put(&zip->bytes, zip->directory.data, size);
	if (zip64) {
		put(&zip->bytes, "PK\6\6", 4);
		put_number(&zip->bytes, 44, 8);
		put_number(&zip->bytes, 45 | 45 << 16, 4);
		put_number(&zip->bytes, 0, 8);
		put_number(&zip->bytes, zip->n, 8);
		put_number(&zip->bytes, zip->n, 8);
		put_number(&zip->bytes, size, 8);
		put_number(&zip->bytes, at, 8);
		put(&zip->bytes, "PK\6\7", 4);
		put_number(&zip->bytes, 0, 4);
		put_number(&zip->bytes, end, 8);
		put_number(&zip->bytes, 1, 4);
		at = size = UINT32_MAX;
	}
	put(&zip->bytes, "PK\5\6", 4);
	put_number(&zip->bytes, 0, 4);
	put_number(&zip->bytes, zip64 ? 0xffff : zip->n, 2);
	put_number(&zip->bytes, zip64 ? 0xffff : zip->n, 2);
	put_number(&zip->bytes, size, 4);
	put_number(&zip->bytes, at, 4);
	put_number(&zip->bytes, strlen(comment), 2);
	put(&zip->bytes, comment, strlen(comment));
}

static void free_zip(struct zip *zip)
{
	lt_buffer_free(&zip->bytes);
	lt_buffer_free(&zip->directory);
	*zip = (struct zip){0};
}

/* ------------------------------------------------------------------ reading them */

/* "name;name;" of all entries with " unflagged NAME" behind them, or "CODE error". */
static void read_archive(struct lt_archive *archive, const char *encoding, char *out,
			 size_t room)
{
	struct lt_entry entry;
	struct lt_error err;
	char text[8];
	size_t got, used = 0;
	bool more = true;
	int status = encoding ? lt_archive_names_from(archive, encoding, &err) : 0;

	out[0] = '\0';
	while (status == 0 && more) {
		status = lt_archive_next(archive, &entry, &more, &err);
		if (status == 0 && more)
			status = lt_archive_read(archive, text, sizeof text, &got, &err);
		if (status == 0 && more && used < room)
			used += (size_t)snprintf(out + used, room - used, "%s;", entry.name);
	}
	if (status)
		snprintf(out, room, "%d %.300s", status, err.text);
	else if (lt_archive_unflagged(archive) && used < room)
		snprintf(out + used, room - used, " unflagged %s",
			 lt_archive_unflagged(archive));
	lt_archive_close(archive);
}

static void read_bytes(const void *bytes, size_t n, const char *encoding, char *out,
		       size_t room)
{
	struct lt_archive *archive;
	struct lt_error err;

	if (lt_archive_open_memory(&archive, bytes, n, "m", &err) == 0)
		read_archive(archive, encoding, out, room);
	else
		snprintf(out, room, "%d %.300s", err.code, err.text);
}

/* A zip file of one or two names, which is freed. */
static void check_zip(struct zip *zip, const char *encoding, const char *want)
{
	char out[400];

	finish(zip, "", false);
	read_bytes(zip->bytes.data, zip->bytes.size, encoding, out, sizeof out);
	check_named(strncmp(out, want, strlen(want)) == 0, want);
	if (strncmp(out, want, strlen(want)) != 0)
		printf("# got \"%s\"\n", out);
	free_zip(zip);
}

/* ------------------------------------------------------------------ what a name is */

static void check_flags(void)
{
	struct zip zip = {0};

	add(&zip, "plain", HOW_DEFAULT);
	add(&zip, "windows", DOS);
	check_zip(&zip, NULL, "plain;windows;");
	/* Flagged ones are what they are, whoever made them. */
	add(&zip, "\303\250", FLAG | DOS);
	add(&zip, "\350\262\223", FLAG);
	check_zip(&zip, NULL, "\303\250;\350\262\223;");
	add(&zip, "\303\250", FLAG | DOS);
	check_zip(&zip, "GBK", "\303\250;");
	add(&zip, "\303\50", FLAG);
	check_zip(&zip, NULL, "65 m: \\xc3(: this name is flagged as UTF-8, and it is not");
	/* macOS and Unix leave the flag out. */
	add(&zip, "plain", HOW_DEFAULT);
	add(&zip, "\303\250", HOW_DEFAULT);
	add(&zip, "e\314\200", MACOS);
	check_zip(&zip, NULL, "plain;\303\250;e\314\200; unflagged \303\250");
	add(&zip, "__MACOSX/\303\244", HOW_DEFAULT);
	add(&zip, "\303\250", HOW_DEFAULT);
	check_zip(&zip, NULL, "__MACOSX/\303\244;\303\250; unflagged \303\250");
	/* One that is not UTF-8 means that none is. */
	add(&zip, "\303\250", HOW_DEFAULT);
	add(&zip, "\262\223", HOW_DEFAULT);
	check_zip(&zip, NULL,
		  "65 m: \\xb2\\x93: this name is not UTF-8; --names-from ENCODING");
	/* Nor does one where programs use code pages. */
	add(&zip, "\303\250", DOS);
	check_zip(&zip, NULL, "65 m: \\xc3\\xa8: this name is not flagged as UTF-8");
}

static void check_encodings(void)
{
	struct zip zip = {0};

	/* The GBK bytes of a cat are an e with a grave accent in UTF-8. */
	add(&zip, "\303\250/1", DOS);
	add(&zip, "\350\262\223", FLAG);
	check_zip(&zip, "GBK", "\347\214\253/1;\350\262\223;");
	add(&zip, "\303\250/1", HOW_DEFAULT);
	check_zip(&zip, "gb18030", "\347\214\253/1;");
	add(&zip, "\303\250/1", DOS);
	check_zip(&zip, "UTF-8", "\303\250/1;");
	add(&zip, "\374", HOW_DEFAULT);
	check_zip(&zip, "ISO-8859-1", "\303\274;");
	/* A backslash that is half a character. */
	add(&zip, "\225\134/1", DOS);
	check_zip(&zip, "SHIFT_JIS", "\350\241\250/1;");
	add(&zip, "plain", DOS);
	add(&zip, "\377\377", DOS);
	check_zip(&zip, "GBK", "65 m: entry 2: its name is not GBK");
	add(&zip, "plain", DOS);
	check_zip(&zip, "KLINGON", "64 this system does not support the encoding KLINGON");
	add(&zip, "plain", DOS);
	check_zip(&zip, "", "64 ");
	add(&zip, "plain", DOS);
	check_zip(&zip, "UTF-8//IGNORE", "64 this system does not support the encoding");
}

/* The extra field of Info-ZIP. */
static void check_repeated(void)
{
	struct zip zip = {0};

	add(&zip, "cat/\350\327", DOS | REPEATED);
	check_zip(&zip, NULL, "cat/\350\262\223;");
	add(&zip, "cat/\303\250", DOS | STALE);
	check_zip(&zip, NULL, "65 m: cat/\\xc3\\xa8: this name is not flagged as UTF-8");
}

/* ------------------------------------------------------------------ the directory */

static void check_places(void)
{
	char out[200], *comment = lt_new_bytes(65536);
	struct zip zip = {0};

	if (!comment)
		exit(1);
	memset(comment, 'c', 65535);
	comment[65535] = '\0';
	/* zip64, whose one entry is also where 32 bits cannot say it. */
	add(&zip, "plain", HOW_DEFAULT);
	add(&zip, "\303\250", DOS | ZIP64);
	finish(&zip, "", true);
	read_bytes(zip.bytes.data, zip.bytes.size, NULL, out, sizeof out);
	check(strncmp(out, "65 m: \\xc3\\xa8: this name is not flagged", 40) == 0);
	free_zip(&zip);
	/* Something before it, as in archives that unpack themselves. */
	put(&zip.bytes, "MZ program", zip.front = 10);
	add(&zip, "\303\250", DOS);
	finish(&zip, "a comment", false);
	read_bytes(zip.bytes.data, zip.bytes.size, NULL, out, sizeof out);
	check(strncmp(out, "65 m: \\xc3\\xa8: this name is not flagged", 40) == 0);
	free_zip(&zip);
	/* A comment so long that libarchive does not look before it, but reads from the front.
	 */
	add(&zip, "\303\250", DOS);
	finish(&zip, comment, false);
	read_bytes(zip.bytes.data, zip.bytes.size, NULL, out, sizeof out);
	check(strncmp(out, "65 m: \\xc3\\xa8: this name is not flagged", 40) == 0);
	free_zip(&zip);
	lt_free(comment);
}

/* Many entries: the directory is longer than what is read of it at a time. */
static void check_many(void)
{
	struct zip zip = {0};
	char out[200], name[256];
	int i;

	memset(name, 'n', sizeof name);
	for (i = 0; i < 2000; i++) {
		snprintf(name + 200, 16, "%d", i);
		add(&zip, name, DOS);
	}
	add(&zip, "\303\250", DOS);
	finish(&zip, "", false);
	check(zip.directory.size > (size_t)256 << 10);
	read_bytes(zip.bytes.data, zip.bytes.size, NULL, out, sizeof out);
	check(strncmp(out, "65 m: \\xc3\\xa8: this name is not flagged", 40) == 0);
	free_zip(&zip);
}

static void check_two_names(void)
{
	struct zip zip = {0};

	add_two_names(&zip, "cat/1", "dog/1", "text", HOW_DEFAULT);
	check_zip(&zip, NULL,
		  "65 m: \"cat/1\" in the directory at its end is called \"dog/1\" in its "
		  "own header");
	add_two_names(&zip, "cat/1", "\303\250", "text", HOW_DEFAULT);
	check_zip(&zip, "GBK", "65 m: \"cat/1\" in the directory at its end is called");
	/* Names that climb, and absolute ones, are names. */
	add(&zip, "../../etc/passwd", HOW_DEFAULT);
	add(&zip, "/etc/passwd", HOW_DEFAULT);
	check_zip(&zip, NULL, "../../etc/passwd;/etc/passwd;");
	add(&zip, "a\nb", HOW_DEFAULT);
	check_zip(&zip, NULL, "65 m: a\\x0ab: this name has control characters");
	add(&zip, "\302\205", FLAG);
	check_zip(&zip, NULL, "65 m: \\xc2\\x85: this name has control characters");
}

/* ------------------------------------------------------------------ pipes */

/* Through a pipe, which is copied: the same names, and the sum of all bytes. */
static void check_pipe(void)
{
	struct lt_archive *archive;
	struct zip zip = {0};
	struct lt_entry entry;
	struct lt_error err;
	char path[40], out[200];
	bool more;
	uint64_t bytes;
	uint32_t crc;
	int fd[2];

	add(&zip, "plain", DOS);
	add(&zip, "\303\250", DOS);
	finish(&zip, "", false);
	if (pipe(fd) != 0 || write(fd[1], zip.bytes.data, zip.bytes.size) < 0)
		exit(1);
	close(fd[1]);
	snprintf(path, sizeof path, "/dev/fd/%d", fd[0]);
	check_int(lt_archive_open(&archive, path, &err), 0);
	check_int(lt_archive_kind(archive), LT_ARCHIVE_FILE);
	check_int(lt_archive_names_from(archive, "GBK", &err), 0);
	check_int(lt_archive_next(archive, &entry, &more, &err), 0);
	check(entry.size_known);
	check_int(lt_archive_next(archive, &entry, &more, &err), 0);
	check_text(entry.name, "\347\214\253");
	check_int(lt_archive_rewind(archive, &err), 0);
	check_int(lt_archive_next(archive, &entry, &more, &err), 0);
	check_text(entry.name, "plain");
	check_int(lt_archive_totals(archive, &bytes, &crc, &err), 0);
	check_int(bytes, zip.bytes.size);
	check_int(crc, lt_crc32c(0, zip.bytes.data, zip.bytes.size));
	lt_archive_close(archive);
	close(fd[0]);
	read_bytes(zip.bytes.data, zip.bytes.size, NULL, out, sizeof out);
	check(strncmp(out, "65 m: \\xc3\\xa8: ", 16) == 0);
	free_zip(&zip);
}

/* ------------------------------------------------------------------ tar files */

static void put_tar(struct lt_buffer *tar, const char *name, char type, const char *text)
{
	unsigned char header[512] = {0}, rest[512] = {0};
	size_t n = strlen(text), i;
	unsigned sum = 0;

	memcpy(header, name, strlen(name));
	memcpy(header + 100, "0000644", 8);
	snprintf((char *)header + 124, 12, "%011o", (unsigned)n);
	header[156] = (unsigned char)type;
	if (type == '1')
		memcpy(header + 157, "\374", 1);
	memcpy(header + 257,
	       "ustar\0"
	       "00",
	       8);
	memset(header + 148, ' ', 8);
	for (i = 0; i < 512; i++)
		sum += header[i];
	snprintf((char *)header + 148, 8, "%06o", sum);
	memcpy(rest, text, n);
	put(tar, header, 512);
	put(tar, rest, n ? 512 : 0);
}

/* Latin-1 of old tar programs; the pax format says UTF-8. */
static void check_tar(void)
{
	static const char zero[1024];
	struct lt_buffer tar = {0};
	struct lt_archive *archive;
	struct lt_entry entry;
	struct lt_error err;
	char out[200];
	bool more;

	put_tar(&tar, "\374", '0', "1");
	put_tar(&tar, "x", 'x', "11 path=\303\250\n");
	put_tar(&tar, "ascii", '0', "2");
	put_tar(&tar, "link", '1', "");
	put(&tar, zero, sizeof zero);
	read_bytes(tar.data, tar.size, "ISO-8859-1", out, sizeof out);
	check_text(out, "\303\274;\303\250;link;");
	read_bytes(tar.data, tar.size, NULL, out, sizeof out);
	check(strncmp(out, "65 m: \\xfc: this name is not UTF-8; --names-from", 48) == 0);
	check_int(lt_archive_open_memory(&archive, tar.data, tar.size, "m", &err), 0);
	check_int(lt_archive_names_from(archive, "ISO-8859-1", &err), 0);
	do {
		check_int(lt_archive_next(archive, &entry, &more, &err), 0);
	} while (more && !entry.link);
	check_text(entry.link, "\303\274");
	lt_archive_close(archive);
	lt_buffer_free(&tar);
}

/* ------------------------------------------------------------------ damage */

static bool is_answer(const char *out)
{
	return strncmp(out, "65 ", 3) == 0 || strchr(out, ';') || out[0] == '\0';
}

/* Cut anywhere, and with each byte changed: names or LT_DATA, whatever comes of it. */
static void check_damage(void)
{
	char out[400];
	struct zip zip = {0};
	size_t i, strange = 0;
	uint8_t *copy;

	add(&zip, "plain", HOW_DEFAULT);
	add(&zip, "cat/\350\327", DOS | REPEATED);
	add(&zip, "\303\250", FLAG | ZIP64);
	finish(&zip, "c", true);
	for (i = 0; i < zip.bytes.size; i++) {
		copy = malloc(zip.bytes.size);
		if (!copy)
			exit(1);
		memcpy(copy, zip.bytes.data, i);
		copy = realloc(copy, i ? i : 1);
		read_bytes(copy, i, i % 2 ? "GBK" : NULL, out, sizeof out);
		strange += !is_answer(out);
		free(copy);
	}
	for (i = 0; i < 4 * zip.bytes.size; i++) {
		static const uint8_t flips[4] = {0xff, 0x80, 0x01, 0x40};

		zip.bytes.data[i / 4] ^= flips[i % 4];
		read_bytes(zip.bytes.data, zip.bytes.size, NULL, out, sizeof out);
		strange += !is_answer(out);
		zip.bytes.data[i / 4] ^= flips[i % 4];
	}
	check_int(strange, 0);
	free_zip(&zip);
}

int main(void)
{
	check_flags();
	check_encodings();
	check_repeated();
	check_places();
	check_many();
	check_two_names();
	check_pipe();
	check_tar();
	check_damage();
	return check_done();
}
