/*
 * A library for LD_PRELOAD that makes chosen calls of a program fail, whoever makes them:
 * the program, a library, or libc itself, for example in strdup(3).
 *
 *	FAULT=NAME:K:once     the K-th call of that name fails (K from 1; 0: none)
 *	FAULT=NAME:K:on       that call and all later ones fail
 *	FAULT_COUNTS=FILE     a file of one struct fault_counts, shared by all processes of a
 *	                      run, so that counting continues across execve(2)
 *	FAULT_TRACE=1         writes the stack of each failing call to stderr (glibc)
 *
 * Names are those of fault_names.  Counting begins with main, because earlier calls are
 * made by libraries.  Writes to stderr are never counted, so that messages can be seen.
 */
/* Plain names: with 64-bit offsets glibc's headers turn pread into pread64. */
#undef _FILE_OFFSET_BITS

#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <execinfo.h>
#endif

static struct fault_counts *counts; /* NULL: no call is counted and none fails */
static enum fault chosen;
static long target;
static bool goes_on, traces;

/* ------------------------------------------------------------------ the real functions */

/*
 * dlsym(3) may allocate before the real functions are known.  This memory, of which little
 * is used, is never freed.
 */
static _Alignas(64) char early[1 << 16];
static size_t early_used;

static void *early_alloc(size_t n)
{
	char *block = early + early_used;

	if (n > sizeof early - early_used)
		return NULL;
	early_used += (n + 63) & ~(size_t)63;
	return block;
}

static bool is_early(const void *block)
{
	return (const char *)block >= early && (const char *)block < early + sizeof early;
}

static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
	int (*posix_memalign)(void **, size_t, size_t);
	void *(*aligned_alloc)(size_t, size_t);
	ssize_t (*read)(int, void *, size_t);
	ssize_t (*pread)(int, void *, size_t, off_t);
	ssize_t (*write)(int, const void *, size_t);
	ssize_t (*pwrite)(int, const void *, size_t, off_t);
	ssize_t (*writev)(int, const struct iovec *, int);
	int (*fsync)(int);
	int (*rename)(const char *, const char *);
	int (*openat)(int, const char *, int, ...);
	FILE *(*fopen)(const char *, const char *);
	int (*close)(int);
	int (*pthread_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	void *(*mmap)(void *, size_t, int, int, int, off_t);
} real;

/* Converts a pointer to an object to one to a function, which POSIX allows for dlsym. */
static void find(void *function, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found) {
		fprintf(stderr, "faults: no function %s\n", name);
		_exit(99);
	}
	memcpy(function, &found, sizeof found);
}

static void find_all(void)
{
	static bool begun;

	if (begun)
		return;
	begun = true;
	find(&real.free, "free");
	find(&real.calloc, "calloc");
	find(&real.realloc, "realloc");
	find(&real.posix_memalign, "posix_memalign");
	find(&real.aligned_alloc, "aligned_alloc");
	find(&real.read, "read");
	find(&real.pread, "pread");
	find(&real.write, "write");
	find(&real.pwrite, "pwrite");
	find(&real.writev, "writev");
	find(&real.fsync, "fsync");
	find(&real.rename, "rename");
	find(&real.openat, "openat");
	find(&real.fopen, "fopen");
	find(&real.close, "close");
	find(&real.pthread_create, "pthread_create");
	find(&real.mmap, "mmap");
	find(&real.malloc, "malloc");
}

/* ------------------------------------------------------------------ which call fails */

static void trace(void)
{
#if defined(__GLIBC__)
	static _Thread_local bool inside;
	void *stack[40];

	if (!traces || inside)
		return;
	inside = true; /* the first backtrace allocates memory */
	backtrace_symbols_fd(stack, backtrace(stack, 40), STDERR_FILENO);
	inside = false;
#endif
}

/* Does this call fail? */
static bool fails(enum fault fault)
{
	static _Thread_local bool tracing;
	long k;

	if (!counts || tracing)
		return false;
	k = atomic_fetch_add(&counts->calls[fault], 1) + 1;
	if (fault != chosen || target == 0 || (goes_on ? k < target : k != target))
		return false;
	atomic_fetch_add(&counts->injected, 1);
	tracing = true;
	trace();
	tracing = false;
	errno = fault_errno(fault);
	return true;
}

static void begin(void)
{
	const char *fault = getenv("FAULT"), *path = getenv("FAULT_COUNTS"), *colon;
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	struct fault_counts *shared;
	size_t n;

	if (fd < 0 || !fault || !(colon = strchr(fault, ':'))) {
		fprintf(stderr, "faults: FAULT and FAULT_COUNTS say what is to be done\n");
		_exit(99);
	}
	n = (size_t)(colon - fault);
	while (chosen < FAULTS && (strncmp(fault_names[chosen], fault, n) != 0 ||
				   strlen(fault_names[chosen]) != n))
		chosen++;
	target = strtol(colon + 1, NULL, 10);
	goes_on = strstr(colon, ":on") && !strstr(colon, ":once");
	traces = getenv("FAULT_TRACE") != NULL;
	shared = real.mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (shared == MAP_FAILED || chosen == FAULTS) {
		fprintf(stderr, "faults: wrong %s or %s\n", fault, path);
		_exit(99);
	}
	counts = shared;
}

/* ------------------------------------------------------------------ main */

static int (*real_main)(int, char **, char **);

static int main_with_faults(int argc, char **argv, char **env)
{
	find_all();
	begin();
	return real_main(argc, argv, env);
}

/* glibc and musl start a program with this function. */
int __libc_start_main(int (*program)(int, char **, char **), int argc, char **argv,
		      void (*init)(void), void (*fini)(void), void (*ldso)(void), void *stack);

int __libc_start_main(int (*program)(int, char **, char **), int argc, char **argv,
		      void (*init)(void), void (*fini)(void), void (*ldso)(void), void *stack)
{
	int (*start)(int (*)(int, char **, char **), int, char **, void (*)(void),
		     void (*)(void), void (*)(void), void *);

	find(&start, "__libc_start_main");
	real_main = program;
	return start(main_with_faults, argc, argv, init, fini, ldso, stack);
}

/* ------------------------------------------------------------------ memory */

void *malloc(size_t n)
{
	find_all();
	if (!real.malloc)
		return early_alloc(n);
	return fails(FAULT_MALLOC) ? NULL : real.malloc(n);
}

void *calloc(size_t n, size_t size)
{
	find_all();
	if (!real.malloc)
		return early_alloc(n * size);
	return fails(FAULT_CALLOC) ? NULL : real.calloc(n, size);
}

void *realloc(void *old, size_t n)
{
	void *block;

	find_all();
	if (real.malloc && !is_early(old))
		return fails(FAULT_REALLOC) ? NULL : real.realloc(old, n);
	block = malloc(n);
	if (block && old)
		memcpy(block, old,
		       n < (size_t)(early + sizeof early - (char *)old)
			       ? n
			       : (size_t)(early + sizeof early - (char *)old));
	return block;
}

void free(void *block)
{
	if (block && !is_early(block) && real.free)
		real.free(block);
}

int posix_memalign(void **out, size_t align, size_t n)
{
	find_all();
	return fails(FAULT_MEMALIGN) ? ENOMEM : real.posix_memalign(out, align, n);
}

void *aligned_alloc(size_t align, size_t n)
{
	find_all();
	return fails(FAULT_MEMALIGN) ? NULL : real.aligned_alloc(align, n);
}

void *mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
	find_all();
	return fails(FAULT_MMAP) ? MAP_FAILED : real.mmap(at, n, protection, flags, fd, offset);
}

/* ------------------------------------------------------------------ files */

ssize_t read(int fd, void *bytes, size_t n)
{
	find_all();
	return fails(FAULT_READ) ? -1 : real.read(fd, bytes, n);
}

ssize_t pread(int fd, void *bytes, size_t n, off_t at)
{
	find_all();
	return fails(FAULT_READ) ? -1 : real.pread(fd, bytes, n, at);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	find_all();
	return fd != STDERR_FILENO && fails(FAULT_WRITE) ? -1 : real.write(fd, bytes, n);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	find_all();
	return fails(FAULT_WRITE) ? -1 : real.pwrite(fd, bytes, n, at);
}

ssize_t writev(int fd, const struct iovec *piece, int n)
{
	find_all();
	return fails(FAULT_WRITE) ? -1 : real.writev(fd, piece, n);
}

/* Does not sync: thousands of runs would wait for a disk. */
int fsync(int fd)
{
	(void)fd;
	return fails(FAULT_FSYNC) ? -1 : 0;
}

int rename(const char *from, const char *to)
{
	find_all();
	return fails(FAULT_RENAME) ? -1 : real.rename(from, to);
}

static int open_at(int directory, const char *path, int flags, va_list args)
{
	int mode = flags & O_CREAT ? va_arg(args, int) : 0;

#ifdef O_TMPFILE
	if ((flags & O_TMPFILE) == O_TMPFILE)
		mode = va_arg(args, int);
#endif
	find_all();
	return fails(FAULT_OPEN) ? -1 : real.openat(directory, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...)
{
	va_list args;
	int fd;

	va_start(args, flags);
	fd = open_at(directory, path, flags, args);
	va_end(args);
	return fd;
}

int open(const char *path, int flags, ...)
{
	va_list args;
	int fd;

	va_start(args, flags);
	fd = open_at(AT_FDCWD, path, flags, args);
	va_end(args);
	return fd;
}

FILE *fopen(const char *path, const char *mode)
{
	find_all();
	return fails(FAULT_OPEN) ? NULL : real.fopen(path, mode);
}

/* A failing close closes the file nevertheless, as on Linux. */
int close(int fd)
{
	int result;

	find_all();
	result = real.close(fd);
	if (!fails(FAULT_CLOSE))
		return result;
	errno = fault_errno(FAULT_CLOSE);
	return -1;
}

/* ------------------------------------------------------------------ threads */

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *),
		   void *arg)
{
	find_all();
	return fails(FAULT_THREAD) ? EAGAIN : real.pthread_create(thread, attr, start, arg);
}

/* Programs with 64-bit offsets call these; here they equal the others. */
#if defined(__GLIBC__) && defined(__LP64__)
#define SAME(name) __attribute__((alias(#name)))

ssize_t pread64(int fd, void *bytes, size_t n, off_t at) SAME(pread);
ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at) SAME(pwrite);
int openat64(int directory, const char *path, int flags, ...) SAME(openat);
int open64(const char *path, int flags, ...) SAME(open);
FILE *fopen64(const char *path, const char *mode) SAME(fopen);
void *mmap64(void *at, size_t n, int protection, int flags, int fd, off_t offset) SAME(mmap);
#endif
