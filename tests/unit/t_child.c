/*
 * Decoding in a child process: a decoder that crashes, hangs, fails or takes too
 * much costs that image alone.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "image/child.h"

#define USUAL ((struct lt_image_how){.max_pixels = 1000000})

static volatile sig_atomic_t handled;
static int mark = -1; /* a descriptor that the child must not have */

static void on_signal(int number)
{
	(void)number;
	handled = 1;
	if (mark >= 0 && write(mark, "x", 1) < 0)
		handled = 2;
}

/* The first byte says what happens. */
static int work(struct lt_image *image, const void *bytes, size_t n,
		const struct lt_image_how *how, struct lt_error *err)
{
	const char *text = bytes;
	volatile uint64_t spin = 0;
	int status = lt_image_shape(image, n, 1, 1, how->max_pixels, err);

	if (status)
		return status;
	switch (text[0]) {
	case 'c':
		raise(SIGSEGV);
		abort();
	case 'h':
		for (;;)
			spin++;
	case 'e':
		return lt_fail(err, LT_DATA, "damaged as asked for");
	case 'x':
		_exit(3);
	case 'f':
		image->pixels[0] = (uint8_t)(fcntl(mark, F_GETFD) < 0 && how->child == NULL);
		return 0;
	case 't':
		raise(SIGTERM);
		return 0;
	default:
		memcpy(image->pixels, bytes, n);
		image->greatest = 77;
		return 0;
	}
}

static int ask(struct lt_child *child, struct lt_image *image, const char *text,
	       struct lt_error *err)
{
	return lt_child_decode(child, image, text, strlen(text), &USUAL, err);
}

static void check_good(struct lt_child *child)
{
	struct lt_image image = {0};
	struct lt_error err;
	char *large = calloc(1, 900001);
	int pid;

	check_int(ask(child, &image, "good", &err), 0);
	check(image.width == 4 && image.height == 1 && memcmp(image.pixels, "good", 4) == 0);
	check_int(image.greatest, 77);
	pid = lt_child_pid(child);
	if (!check_named(large != NULL, "memory"))
		exit(check_done());
	memset(large, 'l', 900000);
	check_int(ask(child, &image, large, &err), 0);
	check(image.width == 900000 && memcmp(image.pixels, large, 900000) == 0);
	check_int(ask(child, &image, "error", &err), LT_DATA);
	check_text(err.text, "damaged as asked for");
	check_int(ask(child, &image, "files", &err), 0);
	check_named(image.pixels[0] == 1, "no descriptor of the parent is open in the child");
	check_named(lt_child_pid(child) == pid, "one process serves them all");
	free(large);
	lt_image_free(&image);
}

static void check_bad(struct lt_child *child)
{
	static const struct {
		const char *text, *says;
	} bad[] = {{"crash", "crashed (signal 11)"},
		   {"hang", "took more than 1 s"},
		   {"x", "ended unexpectedly"},
		   {"t", "crashed (signal 15)"}};
	struct lt_image image = {0};
	struct lt_error err;
	size_t i;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		check_int(ask(child, &image, bad[i].text, &err), LT_DATA);
		if (!check(strstr(err.text, bad[i].says) != NULL))
			printf("# %s\n", err.text);
		check_int(lt_child_pid(child), 0);
		check_named(ask(child, &image, "good", &err) == 0 && image.width == 4,
			    "the next image is decoded");
	}
	check_named(!handled, "no handler of the parent ran in the child");
	/* It died between two images: the next one is not to blame. */
	kill(lt_child_pid(child), SIGKILL);
	usleep(100000);
	check_int(ask(child, &image, "good", &err), 0);
	lt_image_free(&image);
}

int main(void)
{
	struct lt_child *child;
	struct lt_error err;
	char seen;
	int pipes[2];

	signal(SIGTERM, on_signal);
	if (pipe(pipes) != 0 || lt_child_new(&child, work, 1, &err) != 0)
		return 1;
	mark = pipes[1];
	check_good(child);
	check_bad(child);
	fcntl(pipes[0], F_SETFL, O_NONBLOCK);
	check_named(read(pipes[0], &seen, 1) < 0, "nor wrote it anything");
	lt_child_free(child);
	lt_child_free(NULL);
	return check_done();
}
