/*
 * Stdin for a team.  A launcher connects it to rank 0 alone, which sends it to the others
 * before anything reads it: each rank's stdin becomes an unlinked file with the same bytes.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/spool.h"
#include "program/learn.h"

enum { PIECE = 1 << 20 };

/* What rank 0 read. */
struct piece {
	int64_t n; /* 0: the end; -1: reading failed; -2: a terminal */
	int error; /* errno of the former */
	char bytes[PIECE];
};

static bool uses_stdin(const struct lt_cli *cli)
{
	bool uses = lt_rows_on_stdin(cli);
	const char *path;

	for (int i = 0; lt_cli_file(cli, LT_FILE_READ, i, &path); i++)
		uses = uses || lt_is_stdin(path);
	return uses;
}

static int64_t read_piece(struct piece *piece, bool first)
{
	ssize_t n;

	if (first && isatty(STDIN_FILENO))
		return -2;
	do
		n = read(STDIN_FILENO, piece->bytes, sizeof piece->bytes);
	while (n < 0 && errno == EINTR);
	piece->error = errno;
	return n;
}

/* Copies rank 0's stdin to the spool of every rank; *terminal: there is nothing to copy. */
static int copy_pieces(const struct lt_team *team, struct piece *piece, struct lt_spool *spool,
		       bool *terminal, struct lt_error *err)
{
	int code;

	for (bool first = true;; first = false) {
		if (lt_team_rank(team) == 0)
			piece->n = read_piece(piece, first);
		if ((code = lt_team_copy(team, piece, offsetof(struct piece, bytes), err)) != 0)
			return code;
		*terminal = piece->n == -2;
		if (piece->n == 0 || *terminal)
			return 0;
		if (piece->n < 0)
			return lt_fail(err, LT_IO, "<stdin>: rank 0 cannot read it: %s",
				       strerror(piece->error));
		if ((code = lt_team_copy(team, piece->bytes, (size_t)piece->n, err)) != 0 ||
		    (code = lt_spool_append(spool, piece->bytes, (size_t)piece->n, err)) != 0)
			return code;
	}
}

static int become_stdin(const struct lt_spool *spool, struct lt_error *err)
{
	if (lseek(spool->fd, 0, SEEK_SET) != 0 || dup2(spool->fd, STDIN_FILENO) < 0)
		return lt_fail_errno(err, LT_OS, "<stdin>: cannot be replaced");
	return 0;
}

int lt_learn_share_stdin(const struct lt_cli *cli, struct lt_error *err)
{
	const struct lt_team *team = lt_cli_team(cli);
	bool uses = uses_stdin(cli), terminal = false;
	struct lt_spool spool;
	struct piece *piece;
	int rank, code;

	if (lt_team_size(team) == 1)
		return 0;
	if ((code = lt_team_differs(team, &uses, sizeof uses, &rank, err)) != 0)
		return code;
	if (rank > 0)
		return lt_fail(err, LT_DATA, "of rank 0 and rank %d, only one reads stdin",
			       rank);
	if (!uses)
		return 0;
	if ((code = lt_spool_open(&spool, err)) != 0)
		return code;
	piece = lt_new_bytes(sizeof *piece);
	code = piece ? copy_pieces(team, piece, &spool, &terminal, err) : lt_fail_memory(err);
	if (code == 0 && !terminal)
		code = become_stdin(&spool, err);
	lt_free(piece);
	lt_spool_close(&spool);
	return code;
}
