/* Signal handlers, which call only functions listed in signal-safety(7). */
#include "base/signals.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

#define MAX_TEMPORARIES 64
#define LINE 256

enum mode {
	KILL, /* signals kill */
	ASK,  /* signals that stop: the first only sets a flag */
	SAVED /* signals that stop end the program with LT_STOPPED */
};

static const char *volatile temporaries[MAX_TEMPORARIES];
static pthread_t main_thread;
static const char *program;
static volatile sig_atomic_t mode, asked;
/* Prepared in advance, because a handler cannot format. */
static char cpu_line[LINE], saved_line[LINE];

void lt_signals_unlink_temporaries(void)
{
	for (int i = 0; i < MAX_TEMPORARIES; i++)
		if (temporaries[i])
			unlink(temporaries[i]);
}

static void die_by_default(int number)
{
	struct sigaction action;
	sigset_t set;

	memset(&action, 0, sizeof action);
	action.sa_handler = SIG_DFL;
	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, number);
	raise(number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	_exit(128 + number);
}

_Noreturn static void leave(const char *line, int code)
{
	ssize_t sent = write(STDERR_FILENO, line, strlen(line));

	(void)sent; /* an error on stderr cannot be reported */
	_exit(code);
}

static void on_signal(int number)
{
	int saved_errno = errno;
	bool stops = number == SIGINT || number == SIGTERM || number == SIGXCPU;

	if (!pthread_equal(pthread_self(), main_thread)) {
		pthread_kill(main_thread, number);
		errno = saved_errno;
		return;
	}
	/* The kernel repeats SIGXCPU every second until the hard limit kills. */
	if (mode == ASK && stops && (!asked || number == SIGXCPU)) {
		if (!asked)
			asked = number;
		return;
	}
	lt_signals_unlink_temporaries();
	if (mode == SAVED && stops)
		leave(saved_line, LT_STOPPED);
	if (number == SIGXCPU)
		leave(cpu_line, LT_OS);
	die_by_default(number);
}

void lt_signals_catch(const char *prog)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU};
	struct sigaction action, old;

	main_thread = pthread_self();
	program = prog;
	snprintf(cpu_line, sizeof cpu_line, "%s: the limit on CPU time is reached\n", prog);
	memset(&action, 0, sizeof action);
	action.sa_handler = on_signal;
	action.sa_flags = SA_RESTART;
	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
		/*
		 * Signals ignored by nohup or a background shell stay ignored, except for
		 * closed pipes and limits.
		 */
		if (sigaction(caught[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN &&
		    caught[i] != SIGPIPE && caught[i] != SIGXCPU)
			continue;
		sigaction(caught[i], &action, NULL);
	}
	action.sa_handler = SIG_IGN;
	sigaction(SIGXFSZ, &action, NULL);
}

void lt_signals_hold(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, old);
}

void lt_signals_release(const sigset_t *old)
{
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

int lt_signals_enter(const char *path)
{
	for (int slot = 0; slot < MAX_TEMPORARIES; slot++)
		if (!temporaries[slot]) {
			temporaries[slot] = path;
			return slot;
		}
	return -1;
}

void lt_signals_forget(int slot)
{
	if (slot >= 0)
		temporaries[slot] = NULL;
}

void lt_signals_ask(void)
{
	mode = ASK;
}

int lt_signals_asked(void)
{
	return asked;
}

void lt_signals_saved(const char *text)
{
	snprintf(saved_line, sizeof saved_line, "%s: %s\n", program ? program : "", text);
	mode = SAVED;
}

_Noreturn void lt_die_of_sigpipe(void)
{
	lt_signals_unlink_temporaries();
	die_by_default(SIGPIPE);
	abort();
}
