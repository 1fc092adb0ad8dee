/*
 * Progress: on a terminal one line that is rewritten, elsewhere (when it is
 * asked for) a line each time.  At most ten a second, so that a program may
 * call it for every row.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli_private.h"
#include "cli/message.h"

#define INTERVAL 100000000
#define WIDTH 79

static int64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void lt_progress_clear(struct lt_cli *cli)
{
	static const char wipe[] = "\r\033[K";

	if (cli->progress_drawn)
		lt_stderr_write(wipe, sizeof(wipe) - 1);
	cli->progress_drawn = false;
}

/* "12345/50000 24% 1:05 left", as far as it is known. */
static void figures(const struct lt_cli *cli, uint64_t done, uint64_t total, int64_t now,
		    char *out, size_t size)
{
	double share, left;
	int used;

	if (total == 0) {
		snprintf(out, size, "%llu", (unsigned long long)done);
		return;
	}
	share = (double)done / (double)total;
	used = snprintf(out, size, "%llu/%llu %d%%", (unsigned long long)done,
			(unsigned long long)total, (int)(100 * share));
	if (done <= cli->progress_first || done >= total)
		return;
	left = (double)(now - cli->progress_start) * 1e-9 * (double)(total - done) /
	       (double)(done - cli->progress_first);
	if (left < 360000)
		snprintf(out + used, size - (size_t)used, " %d:%02d left", (int)left / 60,
			 (int)left % 60);
}

void lt_progress(struct lt_cli *cli, const char *what, uint64_t done, uint64_t total)
{
	char text[200], line[256], count[100];
	int64_t now;
	bool another;
	size_t n;

	if (!cli->show_progress)
		return;
	now = nanoseconds();
	another = strncmp(cli->progress_what, what, sizeof(cli->progress_what) - 1) != 0;
	if (another) {
		snprintf(cli->progress_what, sizeof(cli->progress_what), "%s", what);
		cli->progress_start = now;
		cli->progress_first = done;
	}
	if (cli->progress_at && now - cli->progress_at < INTERVAL)
		return;
	cli->progress_at = now;
	figures(cli, done, total, now, count, sizeof(count));
	snprintf(text, sizeof(text), "%s %s", what, count);
	if (!cli->terminal) {
		lt_message(cli->program->name, text, false);
		return;
	}
	line[0] = '\r';
	n = lt_message_line(line + 1, WIDTH, cli->program->name, text);
	n += (size_t)snprintf(line + n, sizeof(line) - n, "\033[K"); /* over the newline */
	lt_stderr_write(line, n);
	cli->progress_drawn = true;
}
