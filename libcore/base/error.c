#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

int lt_fail(struct lt_error *err, int code, const char *fmt, ...)
{
	va_list args;

	if (err) {
		err->code = code;
		va_start(args, fmt);
		vsnprintf(err->text, sizeof err->text, fmt, args);
		va_end(args);
	}
	return code;
}

int lt_fail_errno(struct lt_error *err, int code, const char *fmt, ...)
{
	int saved = errno;
	va_list args;
	size_t used;

	if (saved == ENOMEM)
		code = LT_OS;
	else if ((saved == EACCES || saved == EPERM) &&
		 (code == LT_NOINPUT || code == LT_NOCREATE))
		code = LT_NOPERM;
	if (err) {
		err->code = code;
		va_start(args, fmt);
		vsnprintf(err->text, sizeof err->text, fmt, args);
		va_end(args);
		used = strlen(err->text);
		snprintf(err->text + used, sizeof err->text - used, ": %s%s",
			 saved == EFBIG ? "the limit on file size (ulimit -f) is reached: "
					: "",
			 strerror(saved));
	}
	return code;
}

int lt_fail_memory(struct lt_error *err)
{
	uint64_t limit = lt_memory_refused();
	char size[24];

	if (limit == 0)
		return lt_fail(err, LT_OS, "out of memory");
	lt_format_size(limit, size);
	return lt_fail(err, LT_OS, "more memory than --max-memory %s would be needed", size);
}
