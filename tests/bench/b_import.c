/*
 * Speed and memory of lt import: images a second from a folder, a tar, a tar.gz and a
 * zip, of each image format that the build has, with one thread and two, beside the
 * decoder's own speed: the same bytes decoded from memory one after another by one
 * thread, images a second of processor time.  Start-up, finding the entries and writing
 * rows (to /dev/null) are part of an import's time.  Where PYTHON has torchvision its
 * ImageFolder and DataLoader read the same folder.
 *
 * Pictures are made here, of 128 × 96 and 500 × 375 pixels (picture.h), and laid in
 * TMPDIR.  Each round measures the decoder and then every candidate; shares are medians
 * of the rounds' ratios:
 *
 *	a core	images a second and thread over the decoder's: what is waited for counts,
 *		and so does other work on the machine
 *	cpu	the decoder's processor time over the import's, decoders in a child
 *		process included
 *
 * usage: b_import [ROUNDS [MEGAPIXELS]], with LT_BIN the programs' directory.  Default 3,
 * and 20 of each size and format, of JPEG 100: an import's start takes as long as decoding a
 * hundred small JPEGs.  JSON lines on stdout, and a table (lines with "#").
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "collection.h"
#include "image/image.h"
#include "picture.h"
#include "process.h"

enum { THREADS = 2, MAX_CANDIDATES = CONTAINERS * THREADS + THREADS };

static const struct size {
	int width, height;
} sizes[] = {{128, 96}, {500, 375}};

/* What is measured together: pictures of one format and size. */
struct set {
	const struct picture_format *format;
	struct size size;
	int n;
	char path[CONTAINERS][4200];
};

struct candidate {
	const char *name, *path;
	int threads;
	bool is_ours;
	struct server server; /* of Python */
	double seconds[BENCH_ROUNDS], cpu_seconds[BENCH_ROUNDS];
	double peak_mib;
};

struct bench {
	int rounds, n;
	struct candidate candidate[MAX_CANDIDATES];
	struct server decoder;
	double decoder_seconds[BENCH_ROUNDS];
};

/* Archives that must be unpacked cost the same whatever is in them: of JPEG alone. */
static bool is_measured(const struct set *set, enum container container)
{
	return container == FOLDER || container == TAR ||
	       strcmp(set->format->name, "JPEG") == 0;
}

/* ------------------------------------------------------------------ the decoder */

/*
 * A process of its own, which holds the pictures: what this one has in memory would
 * count among what the programs take that it starts.
 */
static struct picture *pictures;
static int n_pictures;

static double make_pictures(const struct set *set)
{
	uint8_t *rgb = malloc(3 * (size_t)set->size.width * (size_t)set->size.height);
	double bytes = 0;
	int i;

	pictures = calloc((size_t)set->n, sizeof *pictures);
	if (!rgb || !pictures)
		bench_die("no memory");
	for (i = 0; i < set->n; i++) {
		picture_paint(rgb, set->size.width, set->size.height, (uint64_t)i);
		pictures[i] = set->format->encode(rgb, set->size.width, set->size.height);
		bytes += (double)pictures[i].n;
	}
	free(rgb);
	n_pictures = set->n;
	return bytes / set->n;
}

static double decode(int passes)
{
	static const struct lt_image_how how = {.max_pixels = LT_MAX_PIXELS};
	static struct lt_image image;
	struct lt_error err;
	double start = bench_cpu_seconds();
	int pass, i;

	for (pass = 0; pass < passes; pass++)
		for (i = 0; i < n_pictures; i++)
			if (lt_image_decode(&image, pictures[i].bytes, pictures[i].n, &how,
					    &err) != 0)
				bench_die(err.text);
	return bench_cpu_seconds() - start;
}

/* Lays the pictures into all containers; what it is ready with are their bytes. */
static void be_decoder(const void *arg)
{
	const struct set *set = arg;
	char bytes[32];
	int container;

	snprintf(bytes, sizeof bytes, "%.0f", make_pictures(set));
	for (container = 0; container < CONTAINERS; container++)
		if (is_measured(set, container))
			collection_write(set->path[container], container, set->format->suffix,
					 pictures, set->n);
	serve(bytes, decode);
}

/* ------------------------------------------------------------------ candidates */

static void add_ours(struct bench *bench, const struct set *set, enum container container)
{
	int threads;

	for (threads = 1; threads <= THREADS; threads++)
		bench->candidate[bench->n++] =
			(struct candidate){.name = container_names[container],
					   .path = set->path[container],
					   .threads = threads,
					   .is_ours = true};
}

static void become_python(const void *arg)
{
	const struct candidate *c = arg;
	char workers[16];

	/* None: the process itself decodes. */
	snprintf(workers, sizeof workers, "%d", c->threads == 1 ? 0 : c->threads);
	execlp(getenv("PYTHON"), "python", "tests/bench/image_peer.py", c->path, workers,
	       (char *)NULL);
	printf("no %s\n", "PYTHON does not run");
}

static void add_python(struct bench *bench, const struct set *set)
{
	const char *python = getenv("PYTHON");
	int threads;

	for (threads = 1; python && *python && threads <= THREADS; threads++) {
		struct candidate *c = &bench->candidate[bench->n];

		*c = (struct candidate){.path = set->path[FOLDER], .threads = threads};
		if (!server_start(&c->server, become_python, c)) {
			printf("# %s: left out: %s\n", python, c->server.what);
			return;
		}
		c->name = c->server.what;
		bench->n++;
	}
}

/* ------------------------------------------------------------------ measuring */

static double seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

static void import(struct candidate *c, int round)
{
	char threads[16];
	const char *arguments[] = {"ltimport", "-q", "--threads", threads, c->path, NULL};
	struct rusage usage;
	double start = bench_seconds();

	snprintf(threads, sizeof threads, "%d", c->threads);
	if (!run_program_usage(tree_program("ltimport"), arguments, &usage))
		bench_die(tree_program("ltimport"));
	c->seconds[round] = bench_seconds() - start;
	c->cpu_seconds[round] = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
	if ((double)usage.ru_maxrss / 1024 > c->peak_mib)
		c->peak_mib = (double)usage.ru_maxrss / 1024;
}

static void measure(struct bench *bench)
{
	int round, i;

	for (round = 0; round < bench->rounds; round++) {
		bench->decoder_seconds[round] = server_ask(&bench->decoder, 1);
		for (i = 0; i < bench->n; i++) {
			struct candidate *c = &bench->candidate[i];

			if (c->is_ours) {
				import(c, round);
				continue;
			}
			c->seconds[round] = server_ask(&c->server, 1);
			c->cpu_seconds[round] = NAN;
		}
	}
	for (i = 0; i < bench->n; i++)
		if (!bench->candidate[i].is_ours)
			bench->candidate[i].peak_mib =
				server_ask(&bench->candidate[i].server, 0);
}

/* ------------------------------------------------------------------ figures */

/* The decoder's time over those, which are of that many threads. */
static double share(const struct bench *bench, const double *seconds, int threads)
{
	double ratio[BENCH_ROUNDS];
	int round;

	for (round = 0; round < bench->rounds; round++)
		ratio[round] = bench->decoder_seconds[round] / seconds[round] / threads;
	return bench_median(ratio, bench->rounds);
}

static void print_heading(void)
{
	printf("# %-5s %11s %7s  %-20s %3s %10s %10s %7s %7s %8s\n", "image", "pixels", "bytes",
	       "from", "thr", "images/s", "decoder's", "a core", "cpu", "peak MiB");
}

static void print(const struct bench *bench, const struct set *set, const struct candidate *c)
{
	double speed = set->n / bench_median(c->seconds, bench->rounds);
	double decoder = set->n / bench_median(bench->decoder_seconds, bench->rounds);
	double core = share(bench, c->seconds, c->threads);
	double cpu = share(bench, c->cpu_seconds, 1);
	const char *bytes = bench->decoder.what;
	char text[16] = "";

	printf("{\"bench\": \"import\", \"format\": \"%s\", \"width\": %d, \"height\": %d, "
	       "\"images\": %d, \"mean_bytes\": %s, \"from\": \"%s\", \"threads\": %d, "
	       "\"rounds\": %d, \"images_per_second\": %.1f, "
	       "\"decoder_images_per_second\": %.1f, \"share_a_core\": %.3f, ",
	       set->format->name, set->size.width, set->size.height, set->n, bytes, c->name,
	       c->threads, bench->rounds, speed, decoder, core);
	if (isfinite(cpu)) {
		printf("\"share_of_cpu\": %.3f, ", cpu);
		snprintf(text, sizeof text, "%.2f", cpu);
	}
	printf("\"peak_mib\": %.1f}\n", c->peak_mib);
	printf("# %-5s %4d x %-4d %7s  %-20s %3d %10.0f %10.0f %7.2f %7s %8.1f\n",
	       set->format->name, set->size.width, set->size.height, bytes, c->name, c->threads,
	       speed, decoder, core, text, c->peak_mib);
}

/* ------------------------------------------------------------------ all of it */

static void run_set(struct bench *bench, const struct set *set)
{
	int container, i;

	bench->n = 0;
	if (!server_start(&bench->decoder, be_decoder, set))
		bench_die("the pictures cannot be made");
	for (container = 0; container < CONTAINERS; container++)
		if (is_measured(set, container))
			add_ours(bench, set, container);
	add_python(bench, set);
	measure(bench);
	for (i = 0; i < bench->n; i++) {
		print(bench, set, &bench->candidate[i]);
		if (!bench->candidate[i].is_ours)
			server_stop(&bench->candidate[i].server);
	}
	fflush(stdout);
	server_stop(&bench->decoder);
	for (container = 0; container < CONTAINERS; container++)
		if (is_measured(set, container))
			collection_remove(set->path[container]);
}

static void name_paths(struct set *set)
{
	const char *directory = getenv("TMPDIR");
	int container;

	for (container = 0; container < CONTAINERS; container++)
		snprintf(set->path[container], sizeof set->path[0], "%s/lt-bench-%ld.%s",
			 directory ? directory : "/tmp", (long)getpid(),
			 container_names[container]);
}

/* How many pictures of the set's format and size; megapixels 0: the default of the format. */
static int count_pictures(const struct set *set, double megapixels)
{
	if (megapixels == 0)
		megapixels = strcmp(set->format->name, "JPEG") == 0 ? 100 : 20;
	return 1 + (int)(1e6 * megapixels / (set->size.width * set->size.height));
}

int main(int argc, char **argv)
{
	static struct bench bench;
	static struct set set;
	double megapixels = argc > 2 ? atof(argv[2]) : 0;
	size_t s;
	int f;

	bench.rounds = argc > 1 ? atoi(argv[1]) : 3;
	if (bench.rounds < 1 || bench.rounds > BENCH_ROUNDS ||
	    (argc > 2 && !(megapixels > 0 && megapixels <= 1e6)))
		bench_die("usage: b_import [ROUNDS [MEGAPIXELS]]");
	name_paths(&set);
	print_heading();
	for (s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
		for (f = 0; f < picture_n_formats; f++) {
			set.format = &picture_formats[f];
			set.size = sizes[s];
			set.n = count_pictures(&set, megapixels);
			if (set.format->encode)
				run_set(&bench, &set);
			else
				printf("# %s: left out: not in this build\n", set.format->name);
		}
	return 0;
}
