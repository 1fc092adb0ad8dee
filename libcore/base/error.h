/*
 * Errors.  libcore never prints and never exits: a function that can fail
 * returns 0 or one of the codes below and fills the caller's struct lt_error.
 * The codes are also the exit codes of the programs.
 *
 * The text is one line without the program's name and without a full stop:
 * "input:offset: what is wrong".  Cause before advice, strerror(3) last.
 */
#ifndef LT_BASE_ERROR_H
#define LT_BASE_ERROR_H

enum lt_code {
	LT_OK = 0,
	LT_FALSE = 1,	  /* the tested condition is false; training diverged */
	LT_USAGE = 64,	  /* usage error, binary to or from a terminal, not supported */
	LT_DATA = 65,	  /* bad data or a bad stream */
	LT_NOINPUT = 66,  /* an input cannot be opened */
	LT_BUG = 70,	  /* an impossible state */
	LT_OS = 71,	  /* memory, an operating-system or a CPU limit */
	LT_NOCREATE = 73, /* an output cannot be created */
	LT_IO = 74,	  /* reading or writing failed */
	LT_STOPPED = 75,  /* stopped on request after writing a checkpoint */
	LT_NOPERM = 77,	  /* permission denied */
};

struct lt_error {
	int code;
	char text[1024];
};

#if defined(__GNUC__)
#define LT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define LT_PRINTF(fmt, args)
#endif

/* Fills err (unless it is NULL) and returns code: "return lt_fail(err, LT_DATA, …)". */
int lt_fail(struct lt_error *err, int code, const char *fmt, ...) LT_PRINTF(3, 4);

/*
 * The same with ": strerror(errno)" at the end.  EACCES and EPERM turn
 * LT_NOINPUT and LT_NOCREATE into LT_NOPERM, ENOMEM turns any code into LT_OS;
 * EFBIG is explained.
 */
int lt_fail_errno(struct lt_error *err, int code, const char *fmt, ...) LT_PRINTF(3, 4);

/* "out of memory", or "more memory than --max-memory 123M would be needed" if the limit
 * of base/memory.h was reached; code LT_OS. */
int lt_fail_memory(struct lt_error *err);

#endif
