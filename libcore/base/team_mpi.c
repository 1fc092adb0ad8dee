/*
 * The team of a job of several MPI processes; only this file includes MPI, in a build with
 * MPI=1.  All calls come from the thread that opened the team.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/team.h"

#ifdef LT_HAVE_MPI

#include <limits.h>
#include <mpi.h>

/*
 * Whether a launcher started several processes: Open MPI's mpirun(1), or srun(1) with PMI-2 or
 * PMIx.  MPI is not started otherwise: a process that does it takes the place of its rank, and
 * the next program of a shell script that is one rank cannot.
 */
static bool is_launched(void)
{
	static const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", NULL};
	const char *size;

	for (int i = 0; sizes[i]; i++)
		if ((size = getenv(sizes[i])) != NULL)
			return strcmp(size, "1") != 0;
	return getenv("PMIX_RANK") != NULL;
}

static int fail_mpi(struct lt_error *err, int status)
{
	char text[MPI_MAX_ERROR_STRING];
	int n;

	if (MPI_Error_string(status, text, &n) != MPI_SUCCESS)
		return lt_fail(err, LT_IO, "the other ranks cannot be reached");
	return lt_fail(err, LT_IO, "the other ranks cannot be reached: %s", text);
}

/* MPI counts in int. */
static int check_count(size_t n, struct lt_error *err)
{
	return n <= INT_MAX ? 0
			    : lt_fail(err, LT_OS,
				      "%zu bytes are too many for one message of MPI", n);
}

static int gather(void *self, void *all, const size_t begin[], struct lt_error *err)
{
	const struct lt_team *team = self;
	int count[LT_MAX_RANKS], at[LT_MAX_RANKS], code, status;

	if ((code = check_count(begin[team->transport.size], err)) != 0)
		return code;
	for (int r = 0; r < team->transport.size; r++) {
		at[r] = (int)begin[r];
		count[r] = (int)(begin[r + 1] - begin[r]);
	}
	status = MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, count, at, MPI_BYTE,
				MPI_COMM_WORLD);
	return status == MPI_SUCCESS ? 0 : fail_mpi(err, status);
}

struct lt_exchange {
	MPI_Request request[2];
};

static int start(void *self, struct lt_exchange **out, int with, int number, const void *send,
		 size_t n, void *receive, size_t m, struct lt_error *err)
{
	struct lt_exchange *x;
	int code, status;

	(void)self;
	if ((code = check_count(n, err)) != 0 || (code = check_count(m, err)) != 0)
		return code;
	if (!(x = lt_new_bytes(sizeof *x)))
		return lt_fail_memory(err);
	status = MPI_Irecv(receive, (int)m, MPI_BYTE, with, number, MPI_COMM_WORLD,
			   &x->request[0]);
	if (status == MPI_SUCCESS)
		status = MPI_Isend(send, (int)n, MPI_BYTE, with, number, MPI_COMM_WORLD,
				   &x->request[1]);
	*out = x;
	return status == MPI_SUCCESS ? 0 : fail_mpi(err, status);
}

static int finish(void *self, struct lt_exchange *exchange, bool wait, bool *done,
		  struct lt_error *err)
{
	int all = 1, status;

	(void)self;
	status = wait ? MPI_Waitall(2, exchange->request, MPI_STATUSES_IGNORE)
		      : MPI_Testall(2, exchange->request, &all, MPI_STATUSES_IGNORE);
	if (status != MPI_SUCCESS)
		return fail_mpi(err, status);
	*done = all;
	if (*done)
		lt_free(exchange);
	return 0;
}

int lt_team_open(struct lt_team **out, struct lt_error *err)
{
	struct lt_team *team;
	int provided, size, rank;

	*out = NULL;
	if (!is_launched())
		return 0;
	if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS)
		return lt_fail(err, LT_OS, "MPI cannot be started");
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	if (!(team = lt_new_array(1, sizeof *team)))
		return lt_fail_memory(err);
	team->transport = (struct lt_transport){team, rank, size, gather, start, finish};
	*out = team;
	if (provided < MPI_THREAD_FUNNELED)
		return lt_fail(err, LT_OS, "this MPI does not support programs with threads");
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	return 0;
}

void lt_team_close(struct lt_team *team, int code)
{
	if (!team)
		return;
	if (code != 0)
		MPI_Abort(MPI_COMM_WORLD, code);
	MPI_Finalize();
	lt_free(team);
}

#else

int lt_team_open(struct lt_team **out, struct lt_error *err)
{
	(void)err;
	*out = NULL;
	return 0;
}

void lt_team_close(struct lt_team *team, int code)
{
	(void)team;
	(void)code;
}

#endif
