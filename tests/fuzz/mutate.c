/*
 * A main function for fuzz targets, for compilers without libFuzzer:
 *
 *	f_NAME [--seconds N] [--runs N] [--seed S] [FILE or DIRECTORY ...]
 *
 * It runs the target on every file, then for N seconds (default 0), but at most N runs, on
 * mutations of them, which depend on the seed.  An input that crashes the target, or takes
 * more than 20 seconds, is written to TMPDIR (or /tmp) as lt-crash-PID; give this file as
 * an argument to run it again.
 */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_SIZE ((size_t)1 << 20)
#define MAX_DEPTH 4
#define TIMEOUT 20

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Called by the sanitizers before they end the process. */
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)(void));

struct input {
	uint8_t *data;
	size_t size;
};

static struct input *corpus;
static size_t n_corpus;
static const struct input *current; /* the input of the running target */
static char crash_path[512];

/* --------------------------------------------------------------------- crashes */

static void save_current(void)
{
	const struct input *input = current;
	int fd;

	current = NULL;
	if (!input)
		return;
	fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, input->data, input->size) != (ssize_t)input->size)
		return;
	close(fd);
	if (write(STDERR_FILENO, "mutate: the input is in ", 24) > 0 &&
	    write(STDERR_FILENO, crash_path, strlen(crash_path)) > 0)
		(void)!write(STDERR_FILENO, "\n", 1);
}

static void on_signal(int number)
{
	save_current();
	signal(number, SIG_DFL);
	raise(number);
}

static void watch_for_crashes(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM};
	const char *dir = getenv("TMPDIR");
	size_t i;

	snprintf(crash_path, sizeof crash_path, "%s/lt-crash-%ld", dir && *dir ? dir : "/tmp",
		 (long)getpid());
	if (__sanitizer_set_death_callback) {
		__sanitizer_set_death_callback(save_current);
		signal(SIGALRM, on_signal);
		signal(SIGABRT, on_signal);
		return;
	}
	for (i = 0; i < sizeof signals / sizeof signals[0]; i++)
		signal(signals[i], on_signal);
}

static void run(const struct input *input)
{
	current = input;
	alarm(TIMEOUT);
	LLVMFuzzerTestOneInput(input->data, input->size);
	alarm(0);
	current = NULL;
}

/* ---------------------------------------------------------------------- corpus */

static void *need(void *block)
{
	if (!block) {
		fprintf(stderr, "mutate: out of memory\n");
		exit(71);
	}
	return block;
}

static void add_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct input input;

	if (!file) {
		perror(path);
		exit(66);
	}
	input.data = need(malloc(MAX_SIZE));
	input.size = fread(input.data, 1, MAX_SIZE, file);
	fclose(file);
	input.data = need(realloc(input.data, input.size ? input.size : 1));
	corpus = need(realloc(corpus, (n_corpus + 1) * sizeof *corpus));
	corpus[n_corpus++] = input;
}

static void add_path(const char *path, int depth)
{
	struct dirent **names;
	struct stat st;
	char below[4096];
	int i, n;

	if (stat(path, &st) != 0) {
		perror(path);
		exit(66);
	}
	if (S_ISREG(st.st_mode))
		add_file(path);
	if (!S_ISDIR(st.st_mode) || depth == MAX_DEPTH)
		return;
	n = scandir(path, &names, NULL, alphasort);
	for (i = 0; i < n; i++) {
		snprintf(below, sizeof below, "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			add_path(below, depth + 1);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* ------------------------------------------------------------------- mutations */

static uint64_t state;

/* xorshift64*; below n. */
static size_t draw(size_t n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return n ? (size_t)((state * 0x2545f4914f6cdd1dull) >> 16) % n : 0;
}

static void flip_bit(struct input *input)
{
	if (input->size > 0)
		input->data[draw(input->size)] ^= (uint8_t)(1u << draw(8));
}

static void set_byte(struct input *input)
{
	static const uint8_t odd[] = {0,    1,	  0x7f, 0x80, 0x90, 0xa0,
				      0xc0, 0xcf, 0xdd, 0xdf, 0xff};

	if (input->size > 0)
		input->data[draw(input->size)] =
			draw(2) ? odd[draw(sizeof odd)] : (uint8_t)draw(256);
}

/*
 * Sets two, four or eight bytes to an extreme number (a length or an offset), in either
 * byte order.
 */
static void set_number(struct input *input)
{
	static const uint64_t edges[] = {0,	     1,		64,	    255,
					 65535,	     65536,	1u << 20,   (1u << 20) + 1,
					 1u << 24,   1u << 28,	0x7fffffff, 0x80000000,
					 0xffffffff, INT64_MAX, UINT64_MAX};
	uint64_t value = edges[draw(sizeof edges / sizeof edges[0])];
	size_t size = (size_t)2 << draw(3), at, i;
	bool big = draw(2);

	if (input->size < size)
		return;
	at = draw(input->size - size + 1);
	for (i = 0; i < size; i++)
		input->data[at + (big ? size - 1 - i : i)] = (uint8_t)(value >> 8 * i);
}

static void add_to_byte(struct input *input)
{
	if (input->size > 0)
		input->data[draw(input->size)] +=
			(uint8_t)(draw(2) ? 1 + draw(8) : 248 + draw(8));
}

static void delete_range(struct input *input)
{
	size_t at = draw(input->size),
	       n = draw(input->size - at > 64 ? 64 : input->size - at) + 1;

	if (input->size == 0)
		return;
	if (n > input->size - at)
		n = input->size - at;
	memmove(input->data + at, input->data + at + n, input->size - at - n);
	input->size -= n;
}

static void insert(struct input *input, const uint8_t *bytes, size_t n)
{
	size_t at = draw(input->size + 1);

	if (n > MAX_SIZE - input->size)
		return;
	memmove(input->data + at + n, input->data + at, input->size - at);
	memcpy(input->data + at, bytes, n);
	input->size += n;
}

static void double_range(struct input *input)
{
	uint8_t bytes[256];
	size_t at = draw(input->size), n = draw(sizeof bytes);

	if (n > input->size - at)
		n = input->size - at;
	memcpy(bytes, input->data + at, n);
	insert(input, bytes, n);
}

static void insert_other(struct input *input)
{
	const struct input *other = &corpus[draw(n_corpus)];
	size_t at = draw(other->size), n = draw(other->size - at + 1);

	insert(input, other->data + at, n);
}

static void cut(struct input *input)
{
	input->size = draw(input->size + 1);
}

static void mutate(struct input *input)
{
	static void (*const ways[])(struct input *) = {
		flip_bit,     set_byte,	    set_number,	  set_number, add_to_byte,
		delete_range, double_range, insert_other, cut,
	};
	const struct input *from = &corpus[draw(n_corpus)];
	size_t rounds = 1 + draw(4);

	memcpy(input->data, from->data, from->size);
	input->size = from->size;
	while (rounds--)
		ways[draw(sizeof ways / sizeof ways[0])](input);
}

/* ------------------------------------------------------------------------ main */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double number(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (*end || !(value >= 0)) {
		fprintf(stderr, "mutate: %s is not a number\n", text);
		exit(64);
	}
	return value;
}

int main(int argc, char **argv)
{
	double seconds = 0, most = HUGE_VAL, runs = 0, end;
	struct input input;
	size_t i;
	int k;

	state = 1;
	for (k = 1; k < argc; k++) {
		if (strcmp(argv[k], "--seconds") == 0 && k + 1 < argc)
			seconds = number(argv[++k]);
		else if (strcmp(argv[k], "--runs") == 0 && k + 1 < argc)
			most = number(argv[++k]);
		else if (strcmp(argv[k], "--seed") == 0 && k + 1 < argc)
			state = (uint64_t)number(argv[++k]) * 0x9e3779b97f4a7c15ull | 1;
		else
			add_path(argv[k], 0);
	}
	watch_for_crashes();
	for (i = 0; i < n_corpus; i++)
		run(&corpus[i]);
	printf("replayed %zu inputs\n", n_corpus);
	fflush(stdout);
	input.data = need(malloc(MAX_SIZE));
	for (end = now() + seconds; n_corpus > 0 && runs < most && now() < end; runs++) {
		mutate(&input);
		run(&input);
	}
	if (seconds > 0)
		printf("ran %.0f mutations\n", runs);
	free(input.data);
	for (i = 0; i < n_corpus; i++)
		free(corpus[i].data);
	free(corpus);
	return fflush(stdout) == 0 ? 0 : 74;
}
