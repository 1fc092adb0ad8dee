#include "base/screen.h"

#include <stdlib.h>
#include <sys/ioctl.h>

#include "base/number.h"

enum { USUAL = 80, WIDEST = 100000 };

int lt_terminal_columns(int fd)
{
	const char *said = getenv("COLUMNS");
	struct winsize size;
	uint64_t columns;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return said && lt_parse_u64(said, 1, WIDEST, &columns) ? (int)columns : USUAL;
}
