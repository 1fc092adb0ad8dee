/*
 * Containers known by sight: by first bytes, by name, the bytes before the name, and
 * any bytes at all.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "import/containers.h"

static const char *what(const char *name, const void *head, size_t n)
{
	const struct lt_container *found = lt_container_find(name, head, n);

	return found ? found->what : "none";
}

#define by_head(bytes) what(NULL, bytes, sizeof bytes - 1)

static void check_heads(void)
{
	uint8_t head[512] = {0};

	check_text(by_head("PAR1\25\4\25"), "a Parquet file");
	check_text(by_head("ARROW1\0\0"), "an Arrow file");
	check_text(by_head("SQLite format 3\0\20\0"), "an SQLite database");
	check_text(by_head("\211HDF\r\n\32\n\0"), "an HDF5 file");
	check_text(by_head("MATLAB 7.3 MAT-file, Platform: GLNXA64"),
		   "a MATLAB file of version 7.3, which is HDF5");
	check_text(by_head("\223NUMPY\1\0v\0{"), "a NumPy array");
	/* A record of 12,345 bytes; and one whose length is damaged. */
	check_text(by_head("\071\060\000\000\000\000\000\000\213\111\006\137\12\1"),
		   "a TFRecord file");
	check_text(by_head("\070\060\000\000\000\000\000\000\213\111\006\137\12\1"), "none");
	check_text(by_head("\200\4\225\12\0\0\0\0\0\0\0"),
		   "a Python pickle, which is a program and is not run");
	check_text(by_head("\200\2}q\0.."),
		   "a Python pickle, which is a program and is not run");
	check_text(by_head("\200\2\212\12l\374\234F\371 j\250P\31."), "a file of PyTorch");
	check_text(by_head("@\1\0\0\0\0\0\0{\"weight\":"), "a safetensors file");
	check_text(by_head("Rar!\32\7\1\0"), "a RAR archive");
	check_text(by_head("7z\274\257\47\34\0\4"), "a 7-Zip archive");
	check_text(by_head("\0\0\0\40ftypheic\0\0\0\0"), "an HEIC image");
	check_text(by_head("\0\0\0\40ftypmif1\0\0\0\0"), "an HEIC image");
	check_text(by_head("\0\0\0\40ftypavif\0\0\0\0"), "an AVIF image");
	check_text(by_head("\0\0\0\30ftypcrx \0\0\0\1"), "a camera's raw image");
	check_text(by_head("\0\0\0\40ftypisom\0\0\2\0"), "a video");
	check_text(by_head("RIFF\20\20\0\0AVI LIST"), "a video");
	check_text(by_head("RIFF\20\20\0\0WEBPVP8 "), "none");
	check_text(by_head("version https://git-lfs.github.com/spec/v1\noid sha256:"),
		   "a pointer of Git LFS and not the file itself");
	check_text(by_head("<!DOCTYPE html>\n<title>Quota"), "a web page");
	check_text(by_head("\377\330\377\340\0\20JFIF"), "none");
	check_text(by_head("P6\n1 1\n255\n"), "none");
	check_text(by_head(""), "none");
	memcpy(head + 128, "DICM", 4);
	check_text(what("scan", head, 132), "a DICOM image");
	check_text(what("scan", head, 131), "none");
	memset(head, 0, sizeof head);
	memcpy(head + 344, "n+1", 4);
	check_text(what("scan", head, sizeof head), "a NIfTI volume");
	memset(head, 0, sizeof head);
	memcpy(head + 16, "\336\300\357\276", 4);
	check_text(what("data", head, sizeof head), "an LMDB database");
}

#define by_name(name) what(name, NULL, 0)

static void check_names(void)
{
	check_text(by_name("in.parquet"), "a Parquet file");
	check_text(by_name("a/b/train-00000-of-00002.parquet"), "a Parquet file");
	check_text(by_name("train.tfrecord-00000-of-00010"), "a TFRecord file");
	check_text(by_name("X.H5"), "an HDF5 file");
	check_text(by_name("lsun/data.mdb"), "an LMDB database");
	check_text(by_name("train.zip"), "a zip file inside another input");
	check_text(by_name("a/train.tar.gz"), "a tar file inside another input");
	check_text(by_name("a/labels.gz"), "a compressed file inside another input");
	check_text(by_name("brain.nii.gz"), "a NIfTI volume");
	check_text(by_name("model.pth"), "a file of PyTorch");
	check_text(by_name("archive/data.pkl"), "a file of PyTorch");
	check_text(by_name("batch.pkl"), "a Python pickle, which is a program and is not run");
	check_text(by_name("IMG_0001.HEIC"), "an HEIC image");
	check_text(by_name("DSC_0001.NEF"), "a camera's raw image");
	check_text(by_name("clip.mp4"), "a video");
	check_text(by_name("train_images.npy"), "a NumPy array");
	check_text(by_name("in.rar"), "a RAR archive");
	check_text(by_name("set.part-1.zip"), "a zip file inside another input");
	check_text(by_name("cat.jpg"), "none");
	check_text(by_name("a.zip/cat"), "none");
	check_text(by_name("zip"), "none");
	check_text(by_name(""), "none");
	check_text(by_name(NULL), "none");
	/* What it is counts, and not what it is called. */
	check_text(what("cat.jpg", "\0\0\0\40ftypheic", 12), "an HEIC image");
	check_text(what("set.zip", "PAR1", 4), "a Parquet file");
	check_text(what("set.pt", "unknown", 7), "a file of PyTorch");
}

static void check_remedies(void)
{
	const struct lt_container *found = lt_container_find("in.parquet", NULL, 0);

	check(found && strncmp(found->remedy, "write its images to files", 25) == 0);
	found = lt_container_find("a/train.zip", NULL, 0);
	check_text(found ? found->remedy : NULL, "unpack the outer one and name this one");
}

/* Any bytes of any length: nothing beyond their end is looked at, which sanitizers see. */
static void check_any(void)
{
	static const char beginnings[][9] = {
		"PAR1",		"ftyphei", "\200\2\212\12l", "Rar!",
		"\0\0\0\14JXL", "version", "MATLAB 7",	     "",
		"\377"};
	const size_t kinds = sizeof beginnings / sizeof beginnings[0];
	const struct lt_container *found;
	uint32_t random = 1;
	size_t n, i, k, odd = 0;

	for (n = 0; n < 600; n++) {
		uint8_t *head = malloc(n ? n : 1);

		if (!head)
			exit(1);
		for (k = 0; k < kinds; k++) {
			for (i = 0; i < n; i++)
				head[i] = (uint8_t)((random = random * 1664525 + 1013904223) >>
						    24);
			memcpy(head, beginnings[k], n < 8 ? n : 8);
			found = lt_container_find(NULL, head, n);
			odd += found && (!found->what[0] || !found->remedy[0]);
			found = lt_container_find("x.parquet", head, n);
			odd += !found;
		}
		free(head);
	}
	check_int(odd, 0);
}

int main(void)
{
	check_heads();
	check_names();
	check_remedies();
	check_any();
	return check_done();
}
