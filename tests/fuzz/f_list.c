/*
 * Fuzz target: the bytes as a list beside some images, or as a class of WebDataset, in a tar
 * file made here, whose rows go nowhere.  The first byte selects the file's name and the
 * options.  Errors are fine; crashes, leaks and hanging are not.
 */
#include "import_kit.h"

#define BLOCK 512
#define MOST ((size_t)1 << 20)

static void notice(void *arg, const char *text)
{
	(void)arg;
	check(text && strlen(text) < 4096);
}

/* ------------------------------------------------------------------ a tar file */

struct tar {
	uint8_t *bytes;
	size_t size;
};

static void add(struct tar *tar, const char *name, const void *bytes, size_t n)
{
	uint8_t *header = tar->bytes + tar->size;
	unsigned sum = 0;
	size_t i;

	memset(header, 0, BLOCK);
	snprintf((char *)header, 100, "%s", name);
	memcpy(header + 100, "0000644", 8);
	snprintf((char *)header + 124, 12, "%011o", (unsigned)n);
	memcpy(header + 136, "00000000000", 12);
	memset(header + 148, ' ', 8);
	header[156] = '0';
	memcpy(header + 257, "ustar\00000", 8);
	for (i = 0; i < BLOCK; i++)
		sum += header[i];
	snprintf((char *)header + 148, 8, "%06o", sum);
	memcpy(header + BLOCK, bytes, n);
	tar->size += BLOCK + (n + BLOCK - 1) / BLOCK * BLOCK;
}

static void add_image(struct tar *tar, const char *name)
{
	static const char image[] = "P6\n1 1\n255\nabc";

	add(tar, name, image, sizeof image - 1);
}

/* ------------------------------------------------------------------ one input */

static void run(struct lt_import *import, const struct tar *tar)
{
	import->channels = 3;
	import->max_pixels = 1000;
	import->split = LT_SPLIT_ALL;
	import->host = kit_host();
	import->host.notice = notice;
	kit_import(import, tar->bytes, tar->size, "fuzz", false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"list.csv", "list.txt", "list.tsv", "train.json",
					    "x.jsonl",	"s/1.cls",  "s/1.json", "classes.txt"};
	struct tar tar = {calloc(1, MOST + 64 * BLOCK), 0};
	unsigned how = size ? data[0] : 0;
	struct lt_import import = {.no_labels = (how & 16) != 0};

	check(tar.bytes != NULL);
	if (size > MOST)
		size = MOST;
	add_image(&tar, "a.ppm");
	add_image(&tar, "img/b.ppm");
	add_image(&tar, "img/c d.ppm");
	add_image(&tar, "img/1.ppm");
	add_image(&tar, "s/1.ppm");
	add_image(&tar, "s/2.ppm");
	add(&tar, names[how % 8], data + (size > 0), size - (size > 0));
	add(&tar, "s/2.cls", "1", 1);
	if (how % 8 == 7)
		add(&tar, "a.csv", "path,label\na.ppm,0\nimg/b.ppm,1\n", 31);
	tar.size += 2 * BLOCK;
	import.format = how % 8 == 5 || how % 8 == 6 ? "webdataset" : "list";
	if (how & 32)
		import.path_column = "2";
	if (how & 64)
		import.label_column = "label";
	run(&import, &tar);
	free(tar.bytes);
	return 0;
}
