/*
 * One stream in one file and in 128 shards: time and peak memory of lt cat and lt split.  The
 * rows are made here: 8 × 8 × 1 pixels, a label of ten classes and a number, 76 bytes.
 * ROWS=10000000 replaces the million of "make bench"; twice their bytes must be free in TMPDIR.
 *
 * usage: b_shards, with LT_BIN the programs' directory.  JSON lines on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "bench.h"
#include "process.h"
#include "stream/stream.h"

enum { SHARDS = 128, CLASSES = 10, PIXELS = 64 };

static const char *const classes[CLASSES] = {"zero", "one", "two",   "three", "four",
					     "five", "six", "seven", "eight", "nine"};

static void must(int code, const struct lt_error *err)
{
	if (code)
		bench_die(err->text);
}

/* Eight bytes of row i, the same on every machine (the finaliser of MurmurHash3). */
static uint64_t mix(uint64_t i)
{
	i = (i ^ i >> 33) * 0xff51afd7ed558ccd;
	i = (i ^ i >> 33) * 0xc4ceb9fe1a85ec53;
	return i ^ i >> 33;
}

static void make_rows(const char *path, uint64_t rows)
{
	struct lt_shape image = {3, {8, 8, 1}}, one = {0, {0}};
	struct lt_output *output;
	struct lt_writer *writer;
	struct lt_header header;
	struct lt_error err;
	uint64_t pixel[PIXELS / 8], i;
	int64_t id;
	int32_t y;
	const void *const cell[] = {pixel, &y, &id};
	int k;

	lt_header_init(&header, LT_ROWS);
	must(lt_header_add_column(&header, "image", LT_U1, image, "input", &err), &err);
	must(lt_header_add_column(&header, "y", LT_I4, one, "label", &err), &err);
	must(lt_header_add_column(&header, "id", LT_I8, one, "id", &err), &err);
	must(lt_header_set_classes(&header, classes, CLASSES, &err), &err);
	must(lt_output_open(&output, path, &err), &err);
	must(lt_writer_begin(&writer, output, &header, &err), &err);
	for (i = 0; i < rows; i++) {
		for (k = 0; k < PIXELS / 8; k++)
			pixel[k] = mix(8 * i + (uint64_t)k);
		y = (int32_t)(mix(~i) % CLASSES);
		id = (int64_t)i;
		must(lt_writer_row(writer, cell, NULL, &err), &err);
	}
	must(lt_writer_done(writer, NULL, &err), &err);
	must(lt_output_finish(output, &err), &err);
	lt_header_free(&header);
}

static void run(const char *what, const char *input, const char *program,
		const char *const arguments[])
{
	struct rusage usage;
	double start = bench_seconds(), seconds;

	if (!run_program_usage(tree_program(program), arguments, &usage))
		bench_die(tree_program(program));
	seconds = bench_seconds() - start;
	printf("{\"bench\": \"shards\", \"what\": \"%s\", \"input\": \"%s\", \"seconds\": "
	       "%.2f, "
	       "\"user\": %.2f, \"system\": %.2f, \"peak_kib\": %ld}\n",
	       what, input, seconds,
	       (double)usage.ru_utime.tv_sec + 1e-6 * (double)usage.ru_utime.tv_usec,
	       (double)usage.ru_stime.tv_sec + 1e-6 * (double)usage.ru_stime.tv_usec,
	       usage.ru_maxrss);
	fflush(stdout);
}

static void run_all(const char *input, const char *path)
{
	const char *const count[] = {"ltcat", "--count", path, NULL};
	const char *const join[] = {"ltcat", "--join", path, NULL};
	const char *const split[] = {"ltsplit", "-q", "--ratio", "100", path, NULL};

	run("count", input, "ltcat", count);
	run("join", input, "ltcat", join);
	run("split", input, "ltsplit", split);
}

int main(void)
{
	const char *directory = getenv("TMPDIR"), *given = getenv("ROWS");
	char whole[4096], shards[4096], shard[4096];
	uint64_t rows = 1000000;
	long id = (long)getpid();
	int k;
	const char *const write[] = {"ltcat", "--shards", "128", "-o", shards, whole, NULL};
	const char *const one[] = {"ltcat", "--shard", "127/128", whole, NULL};

	if (given && !lt_parse_u64(given, 1, UINT32_MAX, &rows))
		bench_die("ROWS is not a number of rows");
	if (!directory || !*directory)
		directory = "/tmp";
	snprintf(whole, sizeof whole, "%s/lt-bench-%ld.lts", directory, id);
	snprintf(shards, sizeof shards, "%s/lt-bench-%ld-{000..127}.lts", directory, id);
	make_rows(whole, rows);
	run("--shards 128", "whole", "ltcat", write);
	run("--shard 127/128", "whole", "ltcat", one);
	run_all("whole", whole);
	run_all("shards", shards);
	unlink(whole);
	for (k = 0; k < SHARDS; k++) {
		snprintf(shard, sizeof shard, "%s/lt-bench-%ld-%03d.lts", directory, id, k);
		unlink(shard);
	}
	return 0;
}
