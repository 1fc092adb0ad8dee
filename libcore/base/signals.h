/*
 * Signals: how a program ends when it is told to, or when a limit is reached.
 *
 * SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGPIPE unlink the temporary files in the table
 * below and then kill as usual.  SIGXCPU (ulimit -t) unlinks them too, says so in one line
 * and exits with LT_OS.  SIGXFSZ (ulimit -f) is ignored, so that write(2) fails with EFBIG.
 * A program with a checkpoint asks that SIGINT, SIGTERM and SIGXCPU let it finish a step.
 *
 * Libraries start threads that block no signal, some before main.  A signal that the kernel
 * hands to one of those is passed on to the main thread, where it waits as long as the main
 * thread holds signals back.
 */
#ifndef LT_BASE_SIGNALS_H
#define LT_BASE_SIGNALS_H

#include <signal.h>

/*
 * From now on all of the above.  Called by the main thread, once; prog, a static text, begins
 * the lines.  SIGINT, SIGTERM, SIGHUP and SIGQUIT stay ignored where they were.
 */
void lt_signals_catch(const char *prog);

/*
 * Signals wait while a file and its entry in the table are out of step.  For the calling
 * thread; what was blocked before goes to *old.
 */
void lt_signals_hold(sigset_t *old);
void lt_signals_release(const sigset_t *old);

/*
 * A temporary file, to be unlinked before a signal kills.  The path must live until it is
 * forgotten.  Call both while signals are held.  Returns its place in the table, or -1 where
 * that is full; -1 may be forgotten.
 */
int lt_signals_enter(const char *path);
void lt_signals_forget(int slot);

/*
 * From now on the first SIGINT or SIGTERM, and every SIGXCPU, only asks for a stop; another
 * SIGINT or SIGTERM kills.
 */
void lt_signals_ask(void);
/* The first signal that asked, or 0. */
int lt_signals_asked(void);
/*
 * From now on SIGINT, SIGTERM and SIGXCPU unlink the temporary files, write "prog: text" and
 * exit with LT_STOPPED: everything is in a checkpoint, and the program may be asleep.
 */
void lt_signals_saved(const char *text);

/* Unlinks the files in the table, as a signal does; for a process that is about to end. */
void lt_signals_unlink_temporaries(void);

/* Dies as a writer to a closed pipe does: SIGPIPE with its default action. */
_Noreturn void lt_die_of_sigpipe(void);

#endif
