/*
 * The frame of every program, tested with a program made for this purpose.  Each case runs
 * lt_main in a child whose stdout and stderr are pipes, and checks the output and the exit
 * code.
 */
#include "cli/cli_private.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum loss { CE, FOCAL };
static const char *const losses[] = {[CE] = "ce", [FOCAL] = "focal", NULL};
static const char *const losses_later[] = {"vs", NULL};

struct options {
	struct lt_int_value epochs;
	struct lt_real_value lr, shift;
	struct lt_choice_value loss;
	struct lt_text_value order, side, input;
	struct lt_flag_value drop;
	struct lt_text_value what;
	struct lt_paths_value more;
};

static const struct lt_opt opts[] = {
	LT_INT(struct options, epochs, "epochs", "N", "200", 1, 1000, LT_OPT_RESULT,
	       "passes over the data", .letter = 'e'),
	LT_REAL(struct options, lr, "lr", "X", "0.1", 0, 10, LT_OPT_RESULT | LT_OPT_FINE,
		"learning rate"),
	LT_REAL(struct options, shift, "shift", "X", NULL, 0, 0, LT_OPT_FINE, "any number"),
	LT_CHOICE(struct options, loss, "loss", NULL, "ce", losses, losses_later, LT_OPT_RESULT,
		  "the loss"),
	LT_TEXT(struct options, order, "order", "LIST", NULL, LT_OPT_RESULT,
		"classes from head to tail"),
	LT_PATH(struct options, side, "side", "FILE", LT_FILE_SIDE, "a side output"),
	LT_PATH(struct options, input, "input", "FILE", LT_FILE_READ, "another input"),
	LT_FLAG(struct options, drop, "drop", LT_OPT_RESULT | LT_OPT_FINE, "a flag",
		.letter = 'd'),
	LT_PATHS(struct options, more, "more", "FILE", LT_FILE_READ, "and others"),
	LT_TEXT(struct options, what, "do", "WHAT", "show", 0, "what to do"),
	{0},
};

static const struct lt_default large[] = {
	{"epochs", "90"}, {"lr", "0.2"}, {"shift", "-1"}, {NULL, NULL}};

static int show(struct lt_cli *cli, const struct options *o, struct lt_error *err)
{
	struct lt_output *out;
	int i, code = lt_cli_output(cli, &out, err);

	if (code)
		return code;
	code = lt_output_printf(out, err, "%llu %g %g %s/%d %s %d %d seed=%llu threads=%d",
				(unsigned long long)o->epochs.value, o->lr.value,
				o->shift.value, losses[o->loss.value], o->loss.value,
				o->order.value ? o->order.value : "(none)", o->drop.given,
				o->epochs.given, (unsigned long long)lt_cli_seed(cli),
				lt_cli_threads(cli));
	for (i = 0; i < o->more.n && code == 0; i++)
		code = lt_output_printf(out, err, " +%s", o->more.value[i]);
	for (i = 0; i < lt_cli_operands(cli) && code == 0; i++)
		code = lt_output_printf(out, err, " <%s>", lt_cli_operand(cli, i));
	if (lt_cli_operand(cli, i))
		return lt_fail(err, LT_BUG, "an operand beyond the last");
	return code ? code : lt_output_printf(out, err, "\n");
}

static int talk(struct lt_cli *cli, const struct options *o, struct lt_error *err)
{
	lt_notice(cli, "a %s", "notice");
	lt_verbose(cli, "more");
	lt_progress(cli, "work", 1, 4);
	lt_progress(cli, "work", 2, 4);
	lt_notice(cli, "another");
	if (o->drop.given)
		return lt_fail(err, LT_DATA,
			       "x.lts:12: bad\nname \033[1m\x80 \xc3\xa9 \xc2\x9b");
	return 0;
}

/* The provenance of a header as text. */
static int prove(struct lt_cli *cli, struct options *o, struct lt_error *err)
{
	struct lt_header header;
	struct lt_output *out;
	int i, code;

	lt_header_init(&header, LT_ROWS);
	lt_int_default(&o->epochs, 30);
	lt_text_default(&o->order, "2,1");
	lt_choice_default(&o->loss, FOCAL);
	code = lt_cli_provenance_note(cli, "range", "16");
	if (code == 0)
		code = lt_cli_provenance(cli, &header, "stdout", NULL, 0, err);
	if (code == 0)
		code = lt_cli_output(cli, &out, err);
	if (code == 0)
		code = lt_output_printf(out, err, "%s %s %s %llu %d", header.prov[0].prog,
					header.prov[0].version, header.prov[0].out,
					(unsigned long long)header.prov[0].seed, o->loss.value);
	for (i = 0; code == 0 && i < header.prov[0].n_opts; i++)
		code = lt_output_printf(out, err, " %s", header.prov[0].opts[i]);
	lt_header_free(&header);
	return code;
}

/* A segment of no rows on the main output and one on the side; --drop fails in between. */
static int write_streams(struct lt_cli *cli, const struct options *o, struct lt_error *err)
{
	struct lt_output *out, *side;
	struct lt_writer *main_writer, *side_writer;
	struct lt_header header;
	struct stat st;
	int code;

	lt_header_init(&header, LT_ROWS);
	code = lt_cli_output(cli, &out, err);
	if (code == 0)
		code = lt_cli_side_output(cli, &side, o->side.value, err);
	if (code == 0)
		code = lt_cli_begin(cli, &side_writer, side, &header, err);
	if (code == 0)
		code = lt_cli_begin(cli, &main_writer, out, &header, err);
	lt_header_free(&header);
	if (code == 0 && o->drop.given)
		return lt_fail(err, LT_DATA, "it went wrong");
	if (code == 0)
		code = lt_cli_done(cli, side_writer, NULL, err);
	if (code == 0 && stat(o->side.value, &st) == 0)
		return lt_fail(err, LT_BUG, "the side file is there too early");
	if (code == 0)
		code = lt_cli_done(cli, main_writer, NULL, err);
	if (code == 0 && stat(o->side.value, &st) != 0)
		return lt_fail(err, LT_BUG, "DONE before the side file was in place");
	return code;
}

/* Writes more than a pipe holds. */
static int pour(struct lt_cli *cli, struct lt_error *err)
{
	static const char block[65536];
	struct lt_output *out;
	int i, code = lt_cli_output(cli, &out, err);

	for (i = 0; i < 64 && code == 0; i++)
		code = lt_output_write(out, block, sizeof(block), err);
	return code;
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct options *o = options;
	const char *what = o->what.value;

	if (strcmp(what, "talk") == 0)
		return talk(cli, o, err);
	if (strcmp(what, "prove") == 0)
		return prove(cli, o, err);
	if (strcmp(what, "write") == 0)
		return write_streams(cli, o, err);
	if (strcmp(what, "pour") == 0)
		return pour(cli, err);
	if (strcmp(what, "enlarge") == 0)
		lt_opt_take_large(cli);
	if (strcmp(what, "fail") == 0)
		return lt_fail(err, LT_NOINPUT, "x.lts: no such file");
	if (strcmp(what, "false") == 0)
		return LT_FALSE;
	return show(cli, o, err);
}

static const char *version_note(void)
{
	return "kernels: ref";
}

static struct lt_program program = {.name = "ltfake",
				    .synopsis = "[options] [file ...]",
				    .summary = "Does nothing much.",
				    .opts = opts,
				    .large = large,
				    .examples = {"lt fake a.lts | lt fake -", "lt fake b.lts"},
				    .max_operands = 3,
				    .max_seed = 4294967295,
				    .text = true,
				    .run = run,
				    .version_note = version_note};

/* The output of the last case. */
static char out_text[1 << 16], err_text[1 << 16];
static size_t out_size;
static int signal_seen;

static size_t read_all(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	close(fd);
	return used;
}

enum { CLOSE_STDOUT = 1, NO_READER = 2, IGNORE_SIGPIPE = 4 };

static void child(char **argv, int out, int err, unsigned how)
{
	struct options options = {0};
	int argc = 0;

	while (argv[argc])
		argc++;
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	if (how & CLOSE_STDOUT)
		close(STDOUT_FILENO);
	signal(SIGPIPE, how & IGNORE_SIGPIPE ? SIG_IGN : SIG_DFL);
	_exit(lt_main(&program, &options, argc, argv));
}

/* Runs a command line, split at blanks; returns the exit code, or -1 after a signal. */
static int run_how(const char *line, unsigned how)
{
	char copy[500], *argv[40] = {NULL}, *word;
	int out[2], err[2], status, argc = 0;
	pid_t pid;

	snprintf(copy, sizeof(copy), "ltfake %s", line);
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	fflush(stdout);
	if (pipe(out) || pipe(err) || (pid = fork()) < 0)
		abort();
	if (pid == 0) {
		close(out[0]);
		close(err[0]);
		child(argv, out[1], err[1], how);
	}
	close(out[1]);
	close(err[1]);
	if (how & NO_READER) {
		close(out[0]);
		out_size = 0;
	} else {
		out_size = read_all(out[0], out_text, sizeof(out_text));
	}
	read_all(err[0], err_text, sizeof(err_text));
	waitpid(pid, &status, 0);
	signal_seen = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run_line(const char *line)
{
	return run_how(line, 0);
}

static void shows(const char *line, const char *want)
{
	bool good = run_line(line) == 0 && err_text[0] == '\0' && strcmp(out_text, want) == 0;

	if (!check_named(good, line))
		printf("# got %s# err %s\n", out_text, err_text);
}

/* Expects exit code 64 and exactly this line, followed by the advice. */
static void refuses(const char *line, const char *why)
{
	char want[600];
	bool good;

	snprintf(want, sizeof(want), "ltfake: %s; try 'lt fake --help'\n", why);
	good = run_line(line) == LT_USAGE && strcmp(err_text, want) == 0 && out_size == 0;
	if (!check_named(good, line))
		printf("# got %s# want %s", err_text, want);
}

#define DEFAULTS "200 0.1 0 ce/0 (none) 0 0 seed=0 threads=1"

static void test_accepted(void)
{
	shows("", DEFAULTS "\n");
	shows("--epochs 7", "7 0.1 0 ce/0 (none) 0 1 seed=0 threads=1\n");
	shows("--epochs=7", "7 0.1 0 ce/0 (none) 0 1 seed=0 threads=1\n");
	shows("-e7", "7 0.1 0 ce/0 (none) 0 1 seed=0 threads=1\n");
	shows("-e 7", "7 0.1 0 ce/0 (none) 0 1 seed=0 threads=1\n");
	shows("-e 7 -e 8", "8 0.1 0 ce/0 (none) 0 1 seed=0 threads=1\n");
	shows("--lr 1e-2 --shift -3.5", "200 0.01 -3.5 ce/0 (none) 0 0 seed=0 threads=1\n");
	shows("--shift=-3", "200 0.1 -3 ce/0 (none) 0 0 seed=0 threads=1\n");
	shows("--loss focal", "200 0.1 0 focal/1 (none) 0 0 seed=0 threads=1\n");
	shows("--order=", "200 0.1 0 ce/0  0 0 seed=0 threads=1\n");
	shows("--order --lr", "200 0.1 0 ce/0 --lr 0 0 seed=0 threads=1\n");
	shows("-dqe9 a", "9 0.1 0 ce/0 (none) 1 1 seed=0 threads=1 <a>\n");
	shows("a --drop b", "200 0.1 0 ce/0 (none) 1 0 seed=0 threads=1 <a> <b>\n");
	shows("a -- --drop -", DEFAULTS " <a> <--drop> <->\n");
	shows("- -- --", DEFAULTS " <-> <-->\n");
	shows("--seed 4294967295 --threads 3",
	      "200 0.1 0 ce/0 (none) 0 0 seed=4294967295 threads=3\n");
	shows("-o - a", DEFAULTS " <a>\n");
	shows("--more b c --more=a --more b", DEFAULTS " +b +a +b <c>\n");
	shows("--do enlarge", "90 0.2 -1 ce/0 (none) 0 0 seed=0 threads=1\n");
	shows("--do enlarge --lr 0.1 -e 200 --shift 0",
	      "200 0.1 0 ce/0 (none) 0 1 seed=0 threads=1\n");
}

static void test_refused(void)
{
	refuses("--nonesuch", "unknown option '--nonesuch'");
	refuses("--nonesuch=3 a", "unknown option '--nonesuch'");
	refuses("--epoch 3", "unknown option '--epoch'");
	refuses("--epochss 3", "unknown option '--epochss'");
	refuses("-x", "unknown option '-x'");
	refuses("-dx", "unknown option '-x'");
	refuses("-\xc3\xa9", "unknown option '-\xc3\xa9'");
	refuses("-\x01", "unknown option '-?'");
	refuses("--drop=1", "option --drop takes no value");
	refuses("--lr", "option --lr needs a value");
	refuses("a -e", "option --epochs needs a value");
	refuses("--epochs 0", "--epochs: '0' is not a whole number from 1 to 1000");
	refuses("--epochs 1001", "--epochs: '1001' is not a whole number from 1 to 1000");
	refuses("--epochs 3x", "--epochs: '3x' is not a whole number from 1 to 1000");
	refuses("--epochs=", "--epochs: '' is not a whole number from 1 to 1000");
	refuses("--lr 11", "--lr: '11' is not a number from 0 to 10");
	refuses("--lr -0.1", "--lr: '-0.1' is not a number from 0 to 10");
	refuses("--lr nan", "--lr: 'nan' is not a number from 0 to 10");
	refuses("--shift inf", "--shift: 'inf' is not a finite number");
	refuses("--loss mse", "--loss: 'mse' is none of ce, focal");
	refuses("--loss vs", "--loss: 'vs' is not supported in this version");
	refuses("--side=", "--side: an empty file name");
	refuses("--more=", "--more: an empty file name");
	refuses("--more a --more a --more a --more a --more a --more a --more a --more a "
		"--more a --more a --more a --more a --more a --more a --more a --more a "
		"--more a",
		"--more: more than 16 files");
	refuses("--order \x1b[1m", "--order: control characters or bytes that are not UTF-8");
	refuses("--order \xff", "--order: control characters or bytes that are not UTF-8");
	refuses("--seed 4294967296",
		"--seed: '4294967296' is not a whole number from 0 to 4294967295");
	refuses("--threads 0", "--threads: '0' is not a whole number from 1 to 1024");
	refuses("--progress often", "--progress: 'often' is none of auto, always, never");
	refuses("a b c d", "operand 'd' is one too many");
}

static int count_lines(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void test_texts(void)
{
	check_int(run_line("--help"), 0);
	check_text(err_text, "");
	check(strncmp(out_text, "usage: lt fake [options] [file ...]\nDoes nothing much.\n",
		      55) == 0);
	check(strstr(out_text,
		     "  -e, --epochs N            passes over the data (default 200, above 64 "
		     "pixels 90)\n"));
	check(strstr(out_text, "      --loss ce|focal       the loss (default ce)\n"));
	check(strstr(
		out_text,
		"\nFine:    --lr X (default 0.1, above 64 pixels 0.2)  --shift X (any number)  "
		"-d, --drop\nCommon:  -o, --output FILE  --seed N (default 0)  "
		"--threads"));
	check(strstr(out_text, "--threads N (default 1)"));
	check(strstr(out_text, "\n  lt fake a.lts | lt fake -\n  lt fake b.lts\n"));
	check(!strstr(out_text, "list-options"));
	check(count_lines(out_text) <= 20);
	check_int(run_line("a -dh --nonesuch"), 0);
	check(strncmp(out_text, "usage: ", 7) == 0);
	check_int(run_line("--nonesuch --help"), LT_USAGE);
	check_int(run_line("--version"), 0);
	check_text(out_text, "ltfake (ltpipe) " LT_VERSION "\nkernels: ref\n");
	check_int(run_line("-V"), 0);
	check_int(run_line("--list-options"), 0);
	check(strncmp(out_text, "--epochs -e WORD\n--lr - WORD\n", 29) == 0);
	check(strstr(out_text, "\n--loss - CHOICE ce focal\n--order - WORD\n--side - FILE\n"));
	check(strstr(out_text, "\n--more - FILE\n"));
	check(strstr(out_text, "\n--output -o FILE\n"));
	check(strstr(out_text, "\n--drop -d FLAG\n"));
}

static void test_messages(void)
{
	check_int(run_line("--do talk"), 0);
	check_text(err_text, "ltfake: a notice\nltfake: another\n");
	check_int(run_line("--do talk -q"), 0);
	check_text(err_text, "");
	check_int(run_line("--do talk -v"), 0);
	check_text(err_text, "ltfake: a notice\nltfake: more\nltfake: another\n");
	check_int(run_line("--do talk --progress always -q"), 0);
	check_text(err_text, "ltfake: work 1/4 25%\n");
	check_int(run_line("--do talk --drop"), LT_DATA);
	check_text(err_text, "ltfake: x.lts:12: bad?name ?[1m? \xc3\xa9 ??\n");
	check_int(run_line("--do fail"), LT_NOINPUT);
	check_text(err_text, "ltfake: x.lts: no such file\n");
	check_int(run_line("--do false"), LT_FALSE);
	check_text(err_text, "");
}

static void progress_is(struct lt_progress progress, uint64_t first, double seconds,
			const char *want)
{
	char text[200];

	lt_progress_text(&progress, first, seconds, text, sizeof text);
	check_text(text, want);
}

static void test_progress(void)
{
	struct lt_progress rows = {.what = "rows", .done = 30, .total = 40};
	struct lt_progress run = {.what = "epoch 3/200",
				  .done = 300,
				  .total = 2000,
				  .unit = "images",
				  .each = 128,
				  .more = "loss 0.5000"};

	progress_is(rows, 10, 2, "rows 30/40 75%, 10 rows/s, 0:01 left");
	progress_is(rows, 30, 2, "rows 30/40 75%");
	progress_is(rows, 10, 0, "rows 30/40 75%");
	rows.done = 40;
	progress_is(rows, 10, 2, "rows 40/40 100%, 15 rows/s");
	rows.total = 0;
	progress_is(rows, 0, 3, "rows 40, 13.3 rows/s");
	progress_is(run, 100, 10, "epoch 3/200 15%, 2560 images/s, 1:25 left, loss 0.5000");
	run.total = 200000;
	progress_is(run, 100, 10, "epoch 3/200 0%, 2560 images/s, 2:46:25 left, loss 0.5000");
	run.more = NULL;
	run.total = UINT64_MAX;
	progress_is(run, 100, 10, "epoch 3/200 0%, 2560 images/s");
}

static void test_provenance(void)
{
	check_int(run_line("--do prove --lr 0.10 --seed 5 --side x --more y --more z"), 0);
	check_text(out_text, "ltfake " LT_VERSION " stdout 5 1 --epochs=30 --lr=0.1 "
			     "--loss=focal --order=2,1 --range=16");
	check_int(run_line("--do prove --drop"), 0);
	check(strstr(out_text, " --drop --range=16"));
}

static bool there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* Only these files may be in the directory. */
static int files_here(void)
{
	FILE *list = popen("ls -A | wc -l", "r");
	int n = -1;

	if (!list || fscanf(list, "%d", &n) != 1)
		n = -1;
	if (list)
		pclose(list);
	return n;
}

static void test_outputs(void)
{
	program.text = false;
	check_int(run_line("--do write --side s.lts -o m.lts"), 0);
	check(there("s.lts") && there("m.lts"));
	check_int(files_here(), 2);
	check(unlink("s.lts") == 0 && unlink("m.lts") == 0);
	check_int(run_line("--do write --side s.lts"), 0);
	check(out_size > 6 && memcmp(out_text, "\x95\xa4LTS1", 6) == 0);
	check(memmem(out_text, out_size,
		     "\x95\xa4"
		     "DONE",
		     6) != NULL);
	check(unlink("s.lts") == 0);
	check_int(run_line("--do write --drop --side s.lts -o m.lts"), LT_DATA);
	check_text(err_text, "ltfake: it went wrong\n");
	check_int(files_here(), 0);
	check_int(run_line("--do write --drop --side s.lts"), LT_DATA);
	check(memmem(out_text, out_size,
		     "\x95\xa4"
		     "FAIL",
		     6) != NULL);
	check(memmem(out_text, out_size, "it went wrong", 13) != NULL);
	check(memmem(out_text, out_size,
		     "\x95\xa4"
		     "DONE",
		     6) == NULL);
	check_int(files_here(), 0);
	check_int(run_line("--do fail"), LT_NOINPUT);
	check_named(out_size > 6 && memcmp(out_text,
					   "\x95\xa4"
					   "FAIL",
					   6) == 0,
		    "a stream program that never began tells its reader");
	check_int(run_line("--do fail -o m.lts"), LT_NOINPUT);
	check_named(out_size == 0, "but not on a stdout that is not its output");
	check_int(run_line("--nonesuch"), LT_USAGE);
	check_int((long long)out_size, 0);
	check_int(run_line("--do write --side m.lts -o m.lts"), LT_USAGE);
	check_text(err_text, "ltfake: --side m.lts: the same file as the main output\n");
	check_int(run_line("--do write --side ./m.lts -o m.lts"), LT_USAGE);
	check_text(err_text, "ltfake: --side ./m.lts: the same file as the main output\n");
	check_int(run_line("--do write --more a --more m.lts --side ./m.lts"), LT_USAGE);
	check_text(err_text, "ltfake: --side ./m.lts: the same file as --more\n");
	check_int(symlink("m.lts", "alias"), 0);
	check_int(run_line("--do write --side alias -o m.lts"), LT_USAGE);
	check(unlink("alias") == 0);
	check_int(run_line("--do write --drop --side /dev/null -o /dev/null"), LT_DATA);
	check_named(strstr(err_text, "two outputs") == NULL, "a device may be named twice");
	check_int(run_line("--do write --side -"), LT_USAGE);
	check_int(run_line("-o none/m.lts"), LT_NOCREATE);
	check_int(files_here(), 0);
	program.text = true;
	check_int(run_line("--do fail"), LT_NOINPUT);
	check_named(out_size == 0, "a text program writes no FAIL");
}

static void test_closed_ends(void)
{
	check_int(run_how("--help", CLOSE_STDOUT), LT_IO);
	check_int(count_lines(err_text), 1);
	check_int(run_how("--version", CLOSE_STDOUT), LT_IO);
	check_int(run_how("--do pour", NO_READER), -1);
	check_int(signal_seen, SIGPIPE);
	check_text(err_text, "");
	check_int(run_how("--do pour", NO_READER | IGNORE_SIGPIPE), -1);
	check_int(signal_seen, SIGPIPE);
	check_text(err_text, "");
	check_int(run_line("-o /dev/full"), LT_IO);
	check_int(count_lines(err_text), 1);
}

int main(void)
{
	char dir[] = "/tmp/lt-cli.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	test_accepted();
	test_refused();
	test_texts();
	test_messages();
	test_progress();
	test_provenance();
	test_outputs();
	test_closed_ends();
	if (chdir("/") != 0 || rmdir(dir) != 0)
		check_named(false, "the directory is empty again");
	return check_done();
}
