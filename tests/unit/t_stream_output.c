/* Outputs: complete files or none, devices and links, full disks, closed pipes and signals. */
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/signals.h"
#include "stream_kit.h"

static char dir[] = "/tmp/lt-out-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[4][128];
	static int at;
	char *out = path[at++ % 4];

	snprintf(out, sizeof path[0], "%s/%s", dir, name);
	return out;
}

static bool holds(const char *path, const char *want)
{
	char text[64] = "";
	FILE *file = fopen(path, "r");
	size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;

	if (file)
		fclose(file);
	return file && n == strlen(want) && memcmp(text, want, n) == 0;
}

static int entries(void)
{
	char command[160], line[16] = "0";
	FILE *pipe;

	snprintf(command, sizeof command, "ls -A %s | wc -l", dir);
	pipe = popen(command, "r");
	if (!fgets(line, sizeof line, pipe))
		line[0] = '\0';
	pclose(pipe);
	return atoi(line);
}

static void put_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	fputs(text, file);
	fclose(file);
}

static void test_files(void)
{
	struct lt_output *output;
	struct lt_error err;
	struct stat st;

	put_text(in_dir("a"), "old");
	umask(027);
	check_int(lt_output_open(&output, in_dir("a"), &err), 0);
	check_int(lt_output_write(output, "new", 3, &err), 0);
	check_int(lt_output_flush(output, &err), 0);
	check_named(holds(in_dir("a"), "old"), "the old file stays until the end");
	check_int(entries(), 2);
	check_int(lt_output_finish(output, &err), 0);
	check(holds(in_dir("a"), "new"));
	check(stat(in_dir("a"), &st) == 0 && (st.st_mode & 0777) == 0640);
	check_int(entries(), 1);
	check_int(lt_output_open(&output, in_dir("a"), &err), 0);
	lt_output_write(output, "half", 4, &err);
	lt_output_abort(output);
	check(holds(in_dir("a"), "new"));
	check_int(entries(), 1);
	check_int(symlink("a", in_dir("link")), 0);
	lt_output_open(&output, in_dir("link"), &err);
	lt_output_printf(output, &err, "%d", 42);
	check_int(lt_output_finish(output, &err), 0);
	check(holds(in_dir("a"), "42") && lstat(in_dir("link"), &st) == 0 &&
	      S_ISLNK(st.st_mode));
	check_int(symlink("to-come", in_dir("dangling")), 0);
	lt_output_open(&output, in_dir("dangling"), &err);
	lt_output_write(output, "x", 1, &err);
	check_int(lt_output_finish(output, &err), 0);
	check(holds(in_dir("to-come"), "x"));
	check_int(lt_output_open(&output, in_dir("none/b"), &err), LT_NOCREATE);
	check(strstr(err.text, "none/b: No such file or directory") != NULL);
	check_int(lt_output_open(&output, dir, &err), LT_NOCREATE);
	check_int(entries(), 4);
	lt_output_abort(NULL);
}

/* Uses the files that test_files has left: a, to-come, link to a, dangling to to-come. */
static void test_same_file(void)
{
	char dotted[160];

	snprintf(dotted, sizeof dotted, "%s/./a", dir);
	check(lt_same_file(in_dir("a"), in_dir("a")));
	check(lt_same_file(in_dir("a"), dotted));
	check(lt_same_file(in_dir("link"), in_dir("a")));
	check(!lt_same_file(in_dir("a"), in_dir("to-come")));
	check_named(!lt_same_file(in_dir("new"), in_dir("newer")), "two that are not there");
	snprintf(dotted, sizeof dotted, "%s/./new", dir);
	check_named(lt_same_file(in_dir("new"), dotted), "one that is not there yet");
	check_int(symlink(".", in_dir("here")), 0);
	check_named(lt_same_file(in_dir("here/new"), in_dir("new")), "a linked directory");
	check_int(symlink("here/new", in_dir("far")), 0);
	check_named(lt_same_file(in_dir("new"), in_dir("far")), "a link to what will be");
	check_int(link(in_dir("a"), in_dir("hard")), 0);
	check_named(lt_same_file(in_dir("a"), in_dir("hard")), "a hard link");
	check(!lt_same_file(in_dir("none/a"), in_dir("none/./a")));
	check(!lt_same_file("-", "-"));
	check(!lt_same_file(NULL, in_dir("a")));
	unlink(in_dir("here"));
	unlink(in_dir("far"));
	unlink(in_dir("hard"));
}

static void test_devices(void)
{
	static const uint8_t much[200000];
	struct lt_output *output;
	struct lt_error err;
	int code;

	if (access("/dev/full", W_OK) != 0)
		return;
	check_int(lt_output_open(&output, "/dev/full", &err), 0);
	check_int(lt_output_write(output, "x", 1, &err), 0);
	check_int(lt_output_finish(output, &err), LT_IO);
	check_text(err.text, "/dev/full: No space left on device");
	check_int(lt_output_open(&output, "/dev/full", &err), 0);
	code = lt_output_write(output, much, sizeof much, &err);
	check_int(code, LT_IO);
	check_int(lt_output_write(output, "x", 1, &err), LT_IO);
	check_text(err.text, "/dev/full: No space left on device");
	lt_output_abort(output);
	check(access("/dev/full", W_OK) == 0);
}

/* Runs act in a child; returns its wait status. */
static int in_child(void (*act)(void))
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		act();
		_exit(0);
	}
	waitpid(child, &status, 0);
	return status;
}

static void write_to_dead_pipe(void)
{
	static const uint8_t much[200000];
	struct lt_output *file, *output;
	struct lt_error err;
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(fds) != 0)
		_exit(9);
	close(fds[0]);
	dup2(fds[1], STDOUT_FILENO);
	lt_output_open(&file, in_dir("side"), &err);
	lt_output_open(&output, NULL, &err);
	if (!lt_output_reader_gone(output) || lt_output_reader_gone(file))
		_exit(8);
	lt_output_write(output, much, sizeof much, &err);
	_exit(7);
}

static void be_terminated(void)
{
	struct lt_output *output;
	struct lt_error err;

	lt_signals_catch("test");
	lt_output_open(&output, in_dir("side"), &err);
	lt_output_write(output, "x", 1, &err);
	lt_output_flush(output, &err);
	raise(SIGTERM);
}

static void finish_full_stdout(void)
{
	struct lt_output *output;
	struct lt_error err;
	int fd = open("/dev/full", O_WRONLY);

	dup2(fd, STDOUT_FILENO);
	lt_output_open(&output, "-", &err);
	lt_output_write(output, "x", 1, &err);
	if (lt_output_finish(output, &err) != LT_IO ||
	    strcmp(err.text, "<stdout>: No space left on device") != 0)
		_exit(1);
}

static void test_deaths(void)
{
	int before = entries(), status;

	status = in_child(write_to_dead_pipe);
	check_named(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE,
		    "dies of SIGPIPE though it is ignored");
	check_int(entries(), before);
	status = in_child(be_terminated);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	check_int(entries(), before);
	if (access("/dev/full", W_OK) == 0)
		check_int(in_child(finish_full_stdout), 0);
}

int main(void)
{
	char command[64];

	if (!mkdtemp(dir))
		return 1;
	test_files();
	test_same_file();
	test_devices();
	test_deaths();
	snprintf(command, sizeof command, "rm -rf %s", dir);
	check_int(system(command), 0);
	return check_done();
}
