/*
 * Progress: a single updated line on a terminal, otherwise (if requested) a new line
 * each time.  At most ten updates a second, so a program may call it for every row.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/screen.h"
#include "cli/cli_private.h"
#include "cli/message.h"

#define INTERVAL 100000000
#define MOST 400 /* bytes of a line */

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

/* Appends to text; what does not fit is left out. */
static void append(char *text, size_t size, const char *fmt, ...) LT_PRINTF(3, 4);
static void append(char *text, size_t size, const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + used, size - used, fmt, args);
	va_end(args);
}

/* Three digits: a rate is not known more precisely. */
static void append_rate(char *text, size_t size, double rate, const char *unit)
{
	if (rate >= 100)
		append(text, size, ", %.0f %s/s", rate, unit);
	else
		append(text, size, ", %.3g %s/s", rate, unit);
}

static void append_time(char *text, size_t size, double seconds)
{
	int minutes;

	if (!(seconds < 360000))
		return;
	minutes = (int)seconds / 60;
	if (minutes >= 60)
		append(text, size, ", %d:%02d:%02d left", minutes / 60, minutes % 60,
		       (int)seconds % 60);
	else
		append(text, size, ", %d:%02d left", minutes, (int)seconds % 60);
}

void lt_progress_text(const struct lt_progress *p, uint64_t first, double seconds, char *text,
		      size_t size)
{
	const char *unit = p->unit ? p->unit : p->what;
	double did = (double)(p->done - first), each = p->unit ? p->each : 1;

	text[0] = '\0';
	append(text, size, "%s", p->what);
	if (!p->unit)
		append(text, size, " %llu", (unsigned long long)p->done);
	if (p->total > 0) {
		if (!p->unit)
			append(text, size, "/%llu", (unsigned long long)p->total);
		append(text, size, " %d%%", (int)(100 * (double)p->done / (double)p->total));
	}
	if (did > 0 && seconds > 0) {
		append_rate(text, size, did * each / seconds, unit);
		if (p->total > p->done)
			append_time(text, size, seconds * (double)(p->total - p->done) / did);
	}
	if (p->more)
		append(text, size, ", %s", p->more);
}

static void draw(struct lt_cli *cli, const char *text)
{
	char line[MOST + 16];
	size_t columns = (size_t)lt_terminal_columns(STDERR_FILENO), n;

	/*
	 * The last column is left empty: after writing it, some terminals go to the next line.
	 */
	if (columns > MOST)
		columns = MOST;
	line[0] = '\r';
	n = lt_message_line(line + 1, columns > 2 ? columns : 2, cli->program->name, text);
	n += (size_t)snprintf(line + n, sizeof(line) - n, "\033[K"); /* over the newline */
	lt_stderr_write(line, n);
	cli->progress_drawn = true;
}

void lt_progress_show(struct lt_cli *cli, const struct lt_progress *progress)
{
	size_t word = strcspn(progress->what, " ");
	char text[MOST];
	int64_t now;

	if (!cli->show_progress)
		return;
	now = nanoseconds();
	if (word >= sizeof cli->progress_what)
		word = sizeof cli->progress_what - 1;
	if (strlen(cli->progress_what) != word ||
	    memcmp(cli->progress_what, progress->what, word) != 0 ||
	    progress->done < cli->progress_first) {
		memcpy(cli->progress_what, progress->what, word);
		cli->progress_what[word] = '\0';
		cli->progress_start = now;
		cli->progress_first = progress->done;
	}
	if (cli->progress_at && now - cli->progress_at < INTERVAL)
		return;
	cli->progress_at = now;
	lt_progress_text(progress, cli->progress_first,
			 (double)(now - cli->progress_start) * 1e-9, text, sizeof text);
	if (cli->terminal)
		draw(cli, text);
	else
		lt_message(cli->program->name, text, false);
}

void lt_progress(struct lt_cli *cli, const char *what, uint64_t done, uint64_t total)
{
	lt_progress_show(cli,
			 &(struct lt_progress){.what = what, .done = done, .total = total});
}
