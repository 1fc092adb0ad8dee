/*
 * The report of an import: counts, exact medians, texts to the byte.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "check.h"
#include "import/import_report.h"
#include "import/tally.h"

enum { TRAIN, TEST };

static const char *const splits[] = {"train", "test"};
static const char *const classes[] = {"cat", "çédille", "猫", "empty", "bell\a\xff"};

/* A report's text; the caller's to free. */
static char *print(struct lt_report *report, const struct lt_report_about *about)
{
	char path[] = "/tmp/lt-report-XXXXXX";
	struct lt_output *output;
	struct lt_error err;
	char *text = calloc(1, 1 << 22);
	int fd = mkstemp(path);
	size_t n = 0;
	FILE *file;

	if (!text || fd < 0)
		exit(1);
	close(fd);
	check_int(lt_output_open(&output, path, &err), 0);
	check_int(lt_report_print(report, about, output, &err), 0);
	check_int(lt_output_finish(output, &err), 0);
	file = fopen(path, "r");
	if (file) {
		n = fread(text, 1, (1 << 22) - 1, file);
		fclose(file);
	}
	unlink(path);
	text[n] = '\0';
	return text;
}

/* Compares line by line, so that a failure shows the line. */
static void check_print(struct lt_report *report, const struct lt_report_about *about,
			const char *want)
{
	char *text = print(report, about), *got = text, *end;

	while (*got || *want) {
		size_t n = strcspn(want, "\n");

		end = got + strcspn(got, "\n");
		if (!check_named((size_t)(end - got) == n && strncmp(got, want, n) == 0,
				 "a line"))
			printf("# got  \"%.*s\"\n# want \"%.*s\"\n", (int)(end - got), got,
			       (int)n, want);
		got = *end ? end + 1 : end;
		want += want[n] ? n + 1 : n;
	}
	free(text);
}

/* ------------------------------------------------------------------ tallies */

static void check_tally(void)
{
	struct lt_tally tally = {0};
	struct lt_error err;
	uint32_t i;

	check_int(lt_tally_median(&tally), 0);
	check_int(lt_tally_add(&tally, 7, 0, &err), 0);
	check_int(tally.n, 0);
	check_int(lt_tally_add(&tally, LT_TALLY_MOST, 1, &err), 0);
	check_int(lt_tally_median(&tally), LT_TALLY_MOST);
	check_int(lt_tally_add(&tally, 0, 1, &err), 0);
	check_named(lt_tally_median(&tally) == 0, "the lower of two");
	check_int(lt_tally_add(&tally, 300, 1, &err), 0);
	check_int(lt_tally_median(&tally), 300);
	check(tally.least == 0 && tally.most == LT_TALLY_MOST && tally.n == 3);
	check_int(lt_tally_add(&tally, LT_TALLY_MOST + 1, 1, &err), LT_BUG);
	lt_tally_free(&tally);
	/* 1 … 1000, backwards: 500 is the lower of the middle two. */
	for (i = 1000; i > 0; i--)
		lt_tally_add(&tally, i, 1, &err);
	check_int(lt_tally_median(&tally), 500);
	lt_tally_add(&tally, 5000, 1, &err);
	check_int(lt_tally_median(&tally), 501);
	/* Counts beyond 32 bits: these outweigh all others. */
	lt_tally_add(&tally, 3, (uint64_t)1 << 63, &err);
	check_int(lt_tally_median(&tally), 3);
	check(tally.least == 1 && tally.most == 5000);
	lt_tally_free(&tally);
	check_int(lt_memory_used(), 0);
}

/* ------------------------------------------------------------------ the report */

static struct lt_image_facts facts(uint32_t width, uint32_t height, enum lt_image_mode mode,
				   unsigned bits)
{
	return (struct lt_image_facts){.format = "JPEG",
				       .width = width,
				       .height = height,
				       .mode = mode,
				       .bits = bits,
				       .orientation = 1};
}

static void add(struct lt_report *report, int split, int label, uint64_t times,
		struct lt_image_facts of)
{
	struct lt_error err;

	check_int(lt_report_add(report, split, label, times, &of, &err), 0);
}

static struct lt_report *new_report(void)
{
	struct lt_report *report;
	struct lt_error err;

	if (!check_int(lt_report_new(&report, &err), 0))
		exit(check_done());
	return report;
}

static void fill(struct lt_report *report)
{
	struct lt_image_facts of = facts(32, 24, LT_MODE_COLOUR, 8);
	struct lt_error err;

	add(report, TRAIN, 2, 1, of);
	of.width = 500;
	of.height = 375;
	add(report, TRAIN, 0, 2, of);
	of.orientation = 6;
	add(report, TEST, 0, 1, of);
	of.orientation = 3;
	of.format = "TIFF";
	of.mode = LT_MODE_CMYK;
	add(report, TEST, 1, 1, of);
	of = facts(4288, 2848, LT_MODE_GREY, 16);
	of.format = "PNG";
	of.alpha = true;
	add(report, TRAIN, 1, 1, of);
	of.mode = LT_MODE_PALETTE;
	of.more = true;
	add(report, TRAIN, -1, 1, of);
	check_int(lt_report_passed(report, "hidden", ".DS_Store", 3, &err), 0);
	check_int(lt_report_passed(report, "no image", NULL, 1, &err), 0);
	check_int(lt_report_passed(report, "hidden", "._b", 2, &err), 0);
	check_int(lt_report_passed(report, "no image", "read\nme.txt", 1, &err), 0);
	check_int(lt_report_passed(report, "a link", NULL, 0, &err), 0);
}

static void check_whole(void)
{
	struct lt_report_about about = {.format = "folder",
					.splits = splits,
					.n_splits = 2,
					.classes = classes,
					.n_classes = 5,
					.checked = true};
	static const char text[] = "format   folder\n"
				   "images   7 (4 JPEG, 1 TIFF, 2 PNG)\n"
				   "classes  5, 1 to 3 images each, 2 without any\n"
				   "\n"
				   "pixels         min    median       max\n"
				   "width           32       500      4288\n"
				   "height          24       375      2848\n"
				   "3 sizes\n"
				   "\n"
				   "  images  mode\n"
				   "       1  grey, 16 bits, alpha\n"
				   "       4  colour\n"
				   "       1  palette, alpha\n"
				   "       1  CMYK\n"
				   "       1  of these the first of several in a file "
				   "(animations, pages)\n"
				   "\n"
				   "  images  orientation tag (applied)\n"
				   "       1  3, stored upside down\n"
				   "       1  6, stored on its left side\n"
				   "\n"
				   "label     train      test  together  class\n"
				   "    0         2         1         3  cat\n"
				   "    1         1         1         2  çédille\n"
				   "    2         1         0         1  猫\n"
				   "    3         0         0         0  empty\n"
				   "    4         0         0         0  bell??\n"
				   "   -1         1         0         1  (no class)\n"
				   "  all         5         2         7\n"
				   "\n"
				   "passed over\n"
				   "       5  hidden, such as .DS_Store\n"
				   "       2  no image, such as read?me.txt\n"
				   "\n";
	struct lt_report *report = new_report();
	struct lt_error err;
	char whole[sizeof text + 200];

	fill(report);
	snprintf(whole, sizeof whole, "%sno image is broken\n", text);
	check_print(report, &about, whole);
	check_int(lt_report_n_broken(report), 0);
	check_int(lt_report_broken(report, "train/a.jpg", "truncated", &err), 0);
	check_int(lt_report_n_broken(report), 1);
	snprintf(whole, sizeof whole, "%sbroken: 1 image\n  train/a.jpg: truncated\n", text);
	check_print(report, &about, whole);
	lt_report_free(report);
	check_int(lt_memory_used(), 0);
}

/* One split, classes without names, nothing looked at. */
static void check_plain(void)
{
	struct lt_report_about about = {.format = "idx"};
	struct lt_report *report = new_report();
	struct lt_error err;

	check_print(report, &about, "format   idx\nimages   0\n");
	check_int(lt_report_add(report, 0, 1, 6000, NULL, &err), 0);
	check_int(lt_report_add(report, 0, 0, 6000, NULL, &err), 0);
	check_print(report, &about,
		    "format   idx\n"
		    "images   12000\n"
		    "classes  2, 6000 images each\n"
		    "\n"
		    "label    images  class\n"
		    "    0      6000\n"
		    "    1      6000\n"
		    "  all     12000\n");
	check_int(lt_report_add(report, LT_REPORT_SPLITS, 0, 1, NULL, &err), LT_BUG);
	check_int(lt_report_add(report, -1, 0, 1, NULL, &err), LT_BUG);
	lt_report_free(report);
	lt_report_free(NULL);
}

/* Columns grow with their numbers, and with the number of classes. */
static void check_wide(void)
{
	struct lt_report_about about = {.format = "list", .splits = splits, .n_splits = 2};
	struct lt_report *report = new_report();
	struct lt_error err;
	char *text;

	check_int(lt_report_add(report, TEST, 123456, 12345678901, NULL, &err), 0);
	text = print(report, &about);
	check(strstr(text, "\n label         test  class\n") != NULL);
	check(strstr(text, "\n123455            0\n123456  12345678901\n"
			   "   all  12345678901\n") != NULL);
	check(strstr(text, "classes  123457, 12345678901 images each, 123456 without any\n") !=
	      NULL);
	free(text);
	lt_report_free(report);
}

/* ------------------------------------------------------------------ bounds */

static void check_many(void)
{
	struct lt_report_about about = {.format = "folder", .as_stored = true};
	struct lt_report *report = new_report();
	struct lt_image_facts of = facts(1, 1, LT_MODE_COLOUR, 8);
	struct lt_error err;
	uint64_t used;
	char reason[32], *text;
	uint32_t i;

	/* As many sizes as are told apart, each thrice and in no order. */
	for (i = 0; i < 3 * LT_REPORT_SIZES; i++) {
		of.width = 1 + i * 12345 % 256;
		of.height = 1 + i / 256 % 256;
		lt_report_add(report, 0, 0, 1, &of, &err);
	}
	text = print(report, &about);
	check(strstr(text, "\n65536 sizes\n") != NULL);
	free(text);
	of.height = 300;
	of.orientation = 8;
	used = lt_memory_used();
	add(report, 0, 0, 1, of);
	text = print(report, &about);
	check(strstr(text, "\nmore than 65536 sizes\n") != NULL);
	check(strstr(text, "orientation tag (not applied)\n       1  8, stored on its right "
			   "side\n") != NULL);
	free(text);
	for (i = 1; i < 200000; i++) {
		of.height = 1 + i;
		lt_report_add(report, 0, 0, 1, &of, &err);
	}
	/* 200,000 numbers in a row, and no size. */
	check(lt_memory_used() - used < 2000000);
	for (i = 0; i < 100; i++) {
		snprintf(reason, sizeof reason, "reason %u", (unsigned)i);
		check_int(lt_report_passed(report, reason, reason, 1, &err), 0);
	}
	text = print(report, &about);
	check(strstr(text, "       1  reason 30, reason 30\n"
			   "      69  for other reasons, such as reason 31\n") != NULL);
	free(text);
	lt_report_free(report);
}

static void check_many_broken(void)
{
	struct lt_report_about about = {.format = "folder"};
	struct lt_report *report = new_report();
	struct lt_error err;
	int i, status = 0;
	char *text, name[1001];

	memset(name, 'n', 1000);
	name[1000] = '\0';
	for (i = 0; i < 100000; i++)
		status |= lt_report_broken(report, name, "damaged", &err);
	check_int(status, 0);
	check_int(lt_report_n_broken(report), 100000);
	check(lt_memory_used() < 2u << 20);
	text = print(report, &about);
	check(strstr(text, "\nbroken: 100000 images\n  nnnn") != NULL);
	/* 1,048,576 / (1000 + 7 + 8) are listed. */
	check(strstr(text, ": damaged\n  and 98967 more\n") != NULL);
	free(text);
	lt_report_free(report);
	check_int(lt_memory_used(), 0);
}

int main(void)
{
	check_tally();
	check_whole();
	check_plain();
	check_wide();
	check_many();
	check_many_broken();
	return check_done();
}
