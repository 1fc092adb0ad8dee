#include "image/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "base/memory.h"

/* Memory beyond what the parent has mapped and 16 bytes for each of --max-pixels. */
#define SPARE ((uint64_t)1 << 30)

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

struct lt_child {
	lt_child_work *work;
	unsigned seconds;
	pid_t pid; /* 0: none runs */
	int fd;
};

struct job {
	uint64_t n;
	struct lt_image_how how;
};

/*
 * Only numbers: the child's answer must contain no bool or enumeration with an invalid value.
 */
struct reply {
	int status;
	uint32_t width, height, greatest;
	int channels;
	uint32_t facts_width, facts_height, mode, bits, alpha, more, orientation;
	uint64_t n;
};

/* ------------------------------------------------------------------ the socket */

/* Transfers all n bytes; false: the other end has closed. */
static bool send_all(int fd, const void *bytes, size_t n)
{
	const uint8_t *at = bytes;
	ssize_t done;

	while (n > 0) {
		done = send(fd, at, n, MSG_NOSIGNAL);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		n -= (size_t)done;
	}
	return true;
}

static bool receive_all(int fd, void *bytes, size_t n)
{
	uint8_t *at = bytes;
	ssize_t done;

	while (n > 0) {
		done = recv(fd, at, n, 0);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		n -= (size_t)done;
	}
	return true;
}

/* ------------------------------------------------------------------ in the child */

/* The parent's handlers would remove its temporary files. */
static void forget_signals(void)
{
	struct sigaction usual = {.sa_handler = SIG_DFL};
	sigset_t none;
	int i;

	for (i = 1; i < 32; i++)
		if (i != SIGKILL && i != SIGSTOP)
			sigaction(i, &usual, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_from(int first)
{
	long most = sysconf(_SC_OPEN_MAX), fd;

#if defined(__linux__) && defined(SYS_close_range)
	if (syscall(SYS_close_range, (unsigned)first, ~0u, 0u) == 0)
		return;
#endif
	if (most < 0 || most > 65536)
		most = 65536;
	for (fd = first; fd < most; fd++)
		close((int)fd);
}

/*
 * Makes 0, 1 and 2 /dev/null, because a reader of the parent's output would otherwise wait for
 * the child, and 3 the socket, which is returned.
 */
static int keep_socket(int fd)
{
	int null = open("/dev/null", O_RDWR), i;

	/* A sanitizer's report needs stderr. */
	for (i = 0; i < (SANITIZED ? 2 : 3); i++)
		if (null >= 0 && fd != i)
			dup2(null, i);
	if (fd != 3 && dup2(fd, 3) < 0)
		return -1;
	close_from(4);
	return 3;
}

/* Bytes that this process has mapped; 0: not known. */
static uint64_t mapped(void)
{
	char text[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	long page = sysconf(_SC_PAGESIZE);
	uint64_t pages = 0;
	int i;

	if (fd >= 0)
		close(fd);
	for (i = 0; n > 0 && page > 0 && text[i] >= '0' && text[i] <= '9'; i++)
		pages = pages * 10 + (uint64_t)(text[i] - '0');
	return pages * (uint64_t)(page > 0 ? page : 0);
}

static void lower(int what, uint64_t most)
{
	struct rlimit limit;

	if (getrlimit(what, &limit) != 0 ||
	    (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < most))
		return;
	if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > most || what == RLIMIT_CPU)
		limit.rlim_cur = (rlim_t)most;
	setrlimit(what, &limit);
}

/* The limits of one image; time is counted from the start of the process. */
static void set_limits(const struct lt_child *child, uint64_t base,
		       const struct lt_image_how *how)
{
	struct rlimit none = {0, 0};
	struct rusage used;
	uint64_t pixels =
		how->max_pixels < (uint64_t)1 << 50 ? how->max_pixels : (uint64_t)1 << 50;

	setrlimit(RLIMIT_CORE, &none);
	if (getrusage(RUSAGE_SELF, &used) == 0)
		lower(RLIMIT_CPU, (uint64_t)used.ru_utime.tv_sec +
					  (uint64_t)used.ru_stime.tv_sec + 1 + child->seconds);
	if (base && !SANITIZED)
		lower(RLIMIT_AS, base + SPARE + 16 * pixels);
}

/* Sends the pixels, if any; a header has none. */
static bool answer(int fd, const struct lt_image *image, bool pixels, int status,
		   const char *text)
{
	const struct lt_image_facts *facts = &image->facts;
	struct reply reply = {.status = status,
			      .width = image->width,
			      .height = image->height,
			      .greatest = image->greatest,
			      .channels = image->channels,
			      .facts_width = facts->width,
			      .facts_height = facts->height,
			      .mode = (uint32_t)facts->mode,
			      .bits = facts->bits,
			      .alpha = facts->alpha,
			      .more = facts->more,
			      .orientation = (uint32_t)facts->orientation};

	if (status)
		reply.n = strlen(text);
	else if (pixels)
		reply.n = (uint64_t)image->width * image->height * (uint64_t)image->channels;
	return send_all(fd, &reply, sizeof reply) &&
	       send_all(fd, status ? (const void *)text : image->pixels, (size_t)reply.n);
}

/* Serves requests until the parent closes the socket. */
static void serve(const struct lt_child *child, int fd)
{
	struct lt_image image = {0};
	struct lt_buffer bytes = {0};
	struct lt_error err;
	struct job job;
	uint64_t base = mapped();
	int status;

	while (receive_all(fd, &job, sizeof job)) {
		bytes.size = 0;
		if (!lt_buffer_reserve(&bytes, (size_t)job.n)) {
			lt_fail_memory(&err);
			answer(fd, &image, false, err.code, err.text);
			return;
		}
		if (!receive_all(fd, bytes.data, (size_t)job.n))
			return;
		set_limits(child, base, &job.how);
		job.how.child = NULL;
		status = child->work(&image, bytes.data, (size_t)job.n, &job.how, &err);
		if (!answer(fd, &image, !job.how.header_only, status, err.text))
			return;
	}
}

_Noreturn static void be_child(const struct lt_child *child, int fd, pid_t parent)
{
	forget_signals();
#ifdef __linux__
	/* The parent may have exited before this call. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
#else
	(void)parent;
#endif
	fd = keep_socket(fd);
	if (fd >= 0)
		serve(child, fd);
	_exit(0);
}

/* ------------------------------------------------------------------ in the parent */

int lt_child_new(struct lt_child **out, lt_child_work *work, unsigned seconds,
		 struct lt_error *err)
{
	struct lt_child *child = lt_new_array(1, sizeof *child);

	if (!child)
		return lt_fail_memory(err);
	*child = (struct lt_child){.work = work, .seconds = seconds, .fd = -1};
	*out = child;
	return 0;
}

static int start(struct lt_child *child, struct lt_error *err)
{
	sigset_t all, before;
	pid_t parent = getpid(), pid;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		return lt_fail_errno(err, LT_OS, "no socket for a decoder");
	fcntl(pair[0], F_SETFD, FD_CLOEXEC);
	fcntl(pair[1], F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
	setsockopt(pair[0], SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
	/* No signal handler may run in the child before it is reset. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		be_child(child, pair[1], parent);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(pair[1]);
	if (pid < 0) {
		lt_fail_errno(err, LT_OS, "no process for a decoder");
		close(pair[0]);
		return LT_OS;
	}
	child->pid = pid;
	child->fd = pair[0];
	return 0;
}

/* Closes the socket, which ends an idle child, and waits; its status, or -1. */
static int finish(struct lt_child *child)
{
	int status = -1;

	close(child->fd);
	child->fd = -1;
	while (waitpid(child->pid, &status, 0) < 0)
		if (errno != EINTR) {
			status = -1;
			break;
		}
	child->pid = 0;
	return status;
}

static int died(struct lt_child *child, struct lt_error *err)
{
	int status = finish(child);

	if (status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		return lt_fail(err, LT_DATA, "its decoder took more than %u s", child->seconds);
	/* Killed by the system when out of memory, or by the user: not the image's fault. */
	if (status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return lt_fail(err, LT_OS, "its decoder was killed");
	if (status != -1 && WIFSIGNALED(status))
		return lt_fail(err, LT_DATA, "its decoder crashed (signal %d)",
			       WTERMSIG(status));
	return lt_fail(err, LT_DATA, "its decoder ended unexpectedly");
}

static int take_error(struct lt_child *child, const struct reply *reply, struct lt_error *err)
{
	char text[sizeof err->text];

	if (reply->n >= sizeof text || !receive_all(child->fd, text, (size_t)reply->n))
		return died(child, err);
	text[reply->n] = '\0';
	return lt_fail(err, reply->status, "%s", text);
}

static int nonsense(struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "its decoder gave an invalid answer");
}

/* The caller knows the format. */
static int take_facts(const struct reply *reply, struct lt_image_facts *facts,
		      struct lt_error *err)
{
	if (reply->mode >= LT_MODES || reply->orientation > 8)
		return nonsense(err);
	facts->width = reply->facts_width;
	facts->height = reply->facts_height;
	facts->mode = (enum lt_image_mode)reply->mode;
	facts->bits = reply->bits;
	facts->alpha = reply->alpha != 0;
	facts->more = reply->more != 0;
	facts->orientation = reply->orientation ? (int)reply->orientation : 1;
	return 0;
}

/* The child's answer is checked like a file. */
static int take_pixels(struct lt_child *child, const struct reply *reply,
		       struct lt_image *image, const struct lt_image_how *how,
		       struct lt_error *err)
{
	int status = take_facts(reply, &image->facts, err);

	if (status)
		return status;
	if (how->header_only)
		return reply->n == 0 ? lt_image_check(reply->facts_width, reply->facts_height,
						      how->max_pixels, err)
				     : nonsense(err);
	if ((reply->channels != 1 && reply->channels != 3) ||
	    reply->n != (uint64_t)reply->width * reply->height * (uint64_t)reply->channels)
		return nonsense(err);
	status = lt_image_shape(image, reply->width, reply->height, reply->channels,
				how->max_pixels, err);
	if (status)
		return status;
	image->greatest = reply->greatest;
	return receive_all(child->fd, image->pixels, (size_t)reply->n) ? 0 : died(child, err);
}

/* Sends a job; if the child has died meanwhile, to a new one. */
static int send_job(struct lt_child *child, const struct job *job, struct lt_error *err)
{
	bool old = child->pid != 0;
	int status = old ? 0 : start(child, err);

	if (status || send_all(child->fd, job, sizeof *job))
		return status;
	if (!old)
		return died(child, err);
	finish(child);
	return send_job(child, job, err);
}

int lt_child_decode(struct lt_child *child, struct lt_image *image, const void *bytes, size_t n,
		    const struct lt_image_how *how, struct lt_error *err)
{
	struct job job = {.n = n, .how = *how};
	struct reply reply;
	int status = send_job(child, &job, err);

	if (status)
		return status;
	if (!send_all(child->fd, bytes, n) || !receive_all(child->fd, &reply, sizeof reply))
		return died(child, err);
	if (reply.status)
		return take_error(child, &reply, err);
	status = take_pixels(child, &reply, image, how, err);
	/* Bytes left in the socket must not be taken for the next image. */
	if (status && child->pid) {
		kill(child->pid, SIGKILL);
		finish(child);
	}
	return status;
}

int lt_child_pid(const struct lt_child *child)
{
	return (int)child->pid;
}

void lt_child_free(struct lt_child *child)
{
	if (!child)
		return;
	if (child->pid) {
		kill(child->pid, SIGKILL);
		finish(child);
	}
	lt_free(child);
}
