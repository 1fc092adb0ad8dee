#include "archive/guard.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/signals.h"

/* Accesses to a member through a null pointer are below this address. */
#define NEAR_NULL ((uintptr_t)65536)

static _Thread_local bool inside;
static struct sigaction before;

/* The line on stderr is the library's own. */
static void at_exit(void)
{
	if (!inside)
		return;
	lt_signals_unlink_temporaries();
	_exit(LT_OS);
}

static void on_crash(int signal_number, siginfo_t *info, void *context)
{
	static const char text[] = "libarchive: out of memory\n";

	(void)context;
	if (inside && errno == ENOMEM && (uintptr_t)info->si_addr < NEAR_NULL) {
		lt_signals_unlink_temporaries();
		(void)!write(STDERR_FILENO, text, sizeof text - 1);
		_exit(LT_OS);
	}
	/* The faulting instruction is executed again, now with the previous handler. */
	sigaction(signal_number, &before, NULL);
}

int lt_guard_install(struct lt_error *err)
{
	static bool installed;
	struct sigaction action;

	if (installed)
		return 0;
	if (atexit(at_exit) != 0)
		return lt_fail_memory(err);
	memset(&action, 0, sizeof action);
	action.sa_sigaction = on_crash;
	action.sa_flags = SA_SIGINFO;
	sigemptyset(&action.sa_mask);
	if (sigaction(SIGSEGV, &action, &before) != 0)
		return lt_fail_errno(err, LT_OS, "sigaction");
	installed = true;
	return 0;
}

void lt_guard_enter(void)
{
	inside = true;
	errno = 0;
}

void lt_guard_leave(void)
{
	inside = false;
}
