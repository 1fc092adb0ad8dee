/*
 * A file that the ranks of a team read together.  Each reads every size-th piece, and they
 * exchange the pieces, so that the file system delivers a file once and not once a rank.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/read_at.h"
#include "stream/input.h"
#include "stream/stream.h"

enum { PIECE = 1 << 20, TAIL = 4096 };

struct lt_input_share {
	const struct lt_team *team;
	int fd;
	uint64_t offset; /* of the next window */
	bool ended;
	size_t at, filled; /* of the window: a piece of each rank */
	uint8_t *window;
};

static int refuse(const struct lt_input *input, int rank, int64_t number, struct lt_error *err)
{
	return lt_fail(err, LT_IO, "%s: rank %d cannot read it: %s", input->name, rank,
		       strerror((int)-number));
}

/* The next window; without bytes at the end. */
static int fill(struct lt_input *input, struct lt_error *err)
{
	struct lt_input_share *share = input->share;
	int rank = lt_team_rank(share->team), size = lt_team_size(share->team), code;
	size_t begin[LT_MAX_RANKS + 1];
	int64_t n[LT_MAX_RANKS]; /* bytes, or an error number below 0 */
	uint64_t own = (uint64_t)rank * PIECE;

	n[rank] = lt_read_at(share->fd, share->window + own, PIECE, share->offset + own);
	if (n[rank] < 0)
		n[rank] = -(int64_t)errno;
	if ((code = lt_team_gather_each(share->team, n, sizeof n[0], err)) != 0)
		return code;
	for (int r = 0; r < size; r++)
		if (n[r] < 0)
			return refuse(input, r, n[r], err);
	/* The file ends with the first short piece, also if it grows meanwhile. */
	begin[0] = 0;
	for (int r = 0; r < size; r++) {
		begin[r + 1] = begin[r] + (share->ended ? 0 : (size_t)n[r]);
		share->ended = share->ended || n[r] < PIECE;
	}
	if ((code = lt_team_gather(share->team, share->window, begin, err)) != 0)
		return code;
	share->at = 0;
	share->filled = begin[size];
	share->offset += (uint64_t)size * PIECE;
	return 0;
}

int lt_input_share_read(struct lt_input *input, void *to, size_t n, size_t *got,
			struct lt_error *err)
{
	struct lt_input_share *share = input->share;
	int code;

	if (share->at == share->filled && !share->ended && (code = fill(input, err)) != 0)
		return code;
	*got = share->filled - share->at < n ? share->filled - share->at : n;
	memcpy(to, share->window + share->at, *got);
	share->at += *got;
	return 0;
}

/* What tells files of one name apart: the end of a stream has a sum of its rows. */
struct identity {
	uint64_t is_file, size, tail;
};

static int identify(const struct lt_input *input, struct identity *identity,
		    struct lt_error *err)
{
	uint8_t tail[TAIL];
	struct stat st;
	ssize_t n;

	*identity = (struct identity){0};
	if (input->fd == STDIN_FILENO || fstat(input->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	identity->is_file = 1;
	identity->size = (uint64_t)st.st_size;
	n = lt_read_at(input->fd, tail, TAIL,
		       identity->size > TAIL ? identity->size - TAIL : 0);
	if (n < 0)
		return lt_fail_errno(err, LT_IO, "%s", input->name);
	identity->tail = lt_crc32c(0, tail, (size_t)n);
	return 0;
}

int lt_input_share(struct lt_input *input, const struct lt_team *team, struct lt_error *err)
{
	struct identity identity;
	struct lt_input_share *share;
	int rank, code;

	if (lt_team_size(team) == 1)
		return 0;
	if ((code = identify(input, &identity, err)) != 0 ||
	    (code = lt_team_differs(team, &identity, sizeof identity, &rank, err)) != 0)
		return code;
	if (rank > 0)
		return lt_fail(err, LT_DATA,
			       "%s: the file of rank %d differs from that of rank 0",
			       input->name, rank);
	if (!identity.is_file)
		return 0;
	share = lt_new_array(1, sizeof *share);
	if (!share)
		return lt_fail_memory(err);
	*share = (struct lt_input_share){.team = team, .fd = input->fd};
	input->share = share;
	share->window = lt_new_bytes((size_t)lt_team_size(team) * PIECE);
	return share->window ? 0 : lt_fail_memory(err);
}

void lt_input_share_free(struct lt_input_share *share)
{
	if (share)
		lt_free(share->window);
	lt_free(share);
}
