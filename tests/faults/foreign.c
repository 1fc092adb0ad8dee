/*
 * LD_PRELOAD: sends the signal FAULT_SIGNAL to a thread that a library started and that
 * blocks no signals, just after the program has made a temporary file while it holds
 * signals back.  The program continues when that thread has returned from the handler.
 */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static sem_t begin, done;

static void *take_signal(void *signal_number)
{
	sem_wait(&begin);
	raise(*(int *)signal_number);
	sem_post(&done);
	return NULL;
}

__attribute__((constructor)) static void start(void)
{
	static int number;
	const char *text = getenv("FAULT_SIGNAL");
	pthread_t thread;

	number = text ? atoi(text) : 0;
	sem_init(&begin, 0, 0);
	sem_init(&done, 0, 0);
	if (number == 0 || pthread_create(&thread, NULL, take_signal, &number) != 0)
		unsetenv("FAULT_SIGNAL");
}

static int open_file(const char *path, int flags, unsigned mode)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);

	if (fd >= 0 && (flags & O_CREAT) && strstr(path, "/.lt-") && getenv("FAULT_SIGNAL")) {
		unsetenv("FAULT_SIGNAL");
		sem_post(&begin);
		while (sem_wait(&done) != 0)
			;
	}
	return fd;
}

/*
 * The C library has two names for this function; which one a program calls depends on the
 * machine.
 */
int open(const char *path, int flags, ...)
{
	va_list args;
	unsigned mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, unsigned) : 0;
	va_end(args);
	return open_file(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list args;
	unsigned mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, unsigned) : 0;
	va_end(args);
	return open_file(path, flags, mode);
}
