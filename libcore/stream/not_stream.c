#include "stream/not_stream.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "stream/frame.h"

struct kind {
	const char *what;
	const char *unpack; /* of compressed data, which may be a stream's; or NULL */
	size_t at, n;	    /* the identifying bytes and their offset */
	const char *bytes;
};

/* In the order in which they are tried. */
static const struct kind kinds[] = {
	{"gzip data", "gzip -d", 0, 2, "\x1f\x8b"},
	{"zstd data", "zstd -d", 0, 4, "\x28\xb5\x2f\xfd"},
	{"xz data", "xz -d", 0, 6,
	 "\xfd"
	 "7zXZ"},
	{"bzip2 data", "bzip2 -d", 0, 3, "BZh"},
	{"lz4 data", "lz4 -d", 0, 4, "\x04\x22\x4d\x18"},
	{"a zip archive", NULL, 0, 4, "PK\3\4"},
	{"a zip archive", NULL, 0, 4, "PK\5\6"},
	{"a tar archive", NULL, 257, 5, "ustar"},
	{"a PNG image", NULL, 0, 4, "\x89PNG"},
	{"a JPEG image", NULL, 0, 3, "\xff\xd8\xff"},
	{"a GIF image", NULL, 0, 4, "GIF8"},
	{"a WebP image", NULL, 8, 4, "WEBP"},
	{"a TIFF image", NULL, 0, 4, "II*"},
	{"a TIFF image", NULL, 0, 4, "MM\0*"},
	{"a BMP image", NULL, 14, 4, "\x28\0\0"}, /* the length of its second header */
	{"a BMP image", NULL, 14, 4, "\x6c\0\0"},
	{"a BMP image", NULL, 14, 4, "\x7c\0\0"},
	{"a PPM image", NULL, 0, 3, "P6\n"},
	{"a PPM image", NULL, 0, 3, "P6 "},
	{"a PGM image", NULL, 0, 3, "P5\n"},
	{"a PGM image", NULL, 0, 3, "P5 "},
	{"an IDX file", NULL, 0, 4, "\0\0\x08\x03"},
	{"an IDX file", NULL, 0, 4, "\0\0\x08\x01"},
	{"a MATLAB file", NULL, 0, 10, "MATLAB 5.0"},
	{"a NumPy array", NULL, 0, 6, "\x93NUMPY"},
};

/* "lt import NAME"; standard input has no name. */
static void import_of(const char *name, char *text, size_t room)
{
	bool named = name[0] != '<';

	snprintf(text, room, "lt import%s%.200s", named ? " " : "", named ? name : "");
}

int lt_not_stream_directory(const char *name, struct lt_error *err)
{
	char import[240];

	import_of(name, import, sizeof import);
	return lt_fail(err, LT_NOINPUT, "%s: a directory; %s makes rows of it", name, import);
}

/* Does the input begin with printable text of at least the length of a frame's head? */
static bool is_text(const uint8_t *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((bytes[i] < 0x20 || bytes[i] == 0x7f) && bytes[i] != '\t' &&
		    bytes[i] != '\n' && bytes[i] != '\r')
			return false;
	return n >= LT_FRAME_HEAD;
}

void lt_not_stream_advice(const uint8_t *bytes, size_t n, const char *name, char *text,
			  size_t room)
{
	const struct kind *kind = NULL;
	char import[240];

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && !kind; i++)
		if (n >= kinds[i].at + kinds[i].n &&
		    memcmp(bytes + kinds[i].at, kinds[i].bytes, kinds[i].n) == 0)
			kind = &kinds[i];
	import_of(name, import, sizeof import);
	if (!kind && is_text(bytes, n))
		snprintf(text, room, " but a text; %s reads lists of images", import);
	else if (!kind)
		text[0] = '\0';
	else if (kind->unpack)
		snprintf(text, room,
			 " but %s; %s gives a stream back, %s makes rows of an archive",
			 kind->what, kind->unpack, import);
	else
		snprintf(text, room, " but %s; %s makes rows of it", kind->what, import);
}
