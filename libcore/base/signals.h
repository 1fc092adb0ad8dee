/*
 * Signals: how a program ends on request or when a limit is reached.
 *
 * SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGPIPE unlink the temporary files in the table
 * below and then kill the process as usual.  SIGXCPU (ulimit -t) unlinks them, prints one
 * line and exits with LT_OS.  SIGXFSZ (ulimit -f) is ignored, so write(2) fails with EFBIG.
 * In a program with a checkpoint, SIGINT, SIGTERM and SIGXCPU let the current step finish.
 *
 * Libraries start threads that block no signals, some before main.  A signal delivered to one
 * of them is forwarded to the main thread, where it stays pending while the main thread
 * blocks signals.
 */
#ifndef LT_BASE_SIGNALS_H
#define LT_BASE_SIGNALS_H

#include <signal.h>

/*
 * Installs all of the above.  Call it once, in the main thread.  prog, a static text, begins
 * the lines.  SIGINT, SIGTERM, SIGHUP and SIGQUIT stay ignored if they were.
 */
void lt_signals_catch(const char *prog);

/*
 * Blocks signals in the calling thread while a file and its entry in the table disagree.
 * *old receives the previous mask.
 */
void lt_signals_hold(sigset_t *old);
void lt_signals_release(const sigset_t *old);

/*
 * Registers a temporary file, which a signal unlinks.  The path must live until it is
 * forgotten.  Call both functions while signals are held.  Returns the slot in the table, or
 * -1 if the table is full; lt_signals_forget accepts -1.
 */
int lt_signals_enter(const char *path);
void lt_signals_forget(int slot);

/*
 * From now on the first SIGINT or SIGTERM, and every SIGXCPU, only requests a stop; another
 * SIGINT or SIGTERM kills.
 */
void lt_signals_ask(void);
/* The first signal that requested a stop, or 0. */
int lt_signals_asked(void);
/*
 * From now on SIGINT, SIGTERM and SIGXCPU unlink the temporary files, print "prog: text" and
 * exit with LT_STOPPED.  For the time when everything is in a checkpoint and the program may
 * be blocked.
 */
void lt_signals_saved(const char *text);

/* Unlinks the files in the table; for a process that is about to end. */
void lt_signals_unlink_temporaries(void);

/* Ends the process with the default action of SIGPIPE, as for a writer to a closed pipe. */
_Noreturn void lt_die_of_sigpipe(void);

#endif
