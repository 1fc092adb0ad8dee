/*
 * Ranks of a team, here threads of one process, give the bytes of one process: after training
 * steps of small and large networks, with one and eight splits of the batch, where the batches
 * have more ranges than ranks, as many, and fewer.  Then the parts of base/team.h, files that
 * ranks read together, and what happens when ranks lose each other.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/team.h"
#include "steps_kit.h"
#include "stream/input.h"

/* ------------------------------------------------------------- a transport of threads */

struct message {
	struct message *next;
	int from, to, number;
	size_t n;
	char bytes[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;
static struct message *first_message;
static bool lost;      /* no exchange succeeds any more */
static int calls_left; /* of the transport until then; negative: forever */
static bool late;      /* exchanges that nobody waits for are never done */
static size_t sent;    /* bytes of gathered blocks that rank 0 sent to another rank */

enum { GATHERS = 1000 }; /* numbers of gathered blocks begin here */

static void post(int from, int to, int number, const void *bytes, size_t n)
{
	struct message *message = malloc(sizeof *message + n), **end = &first_message;

	if (!message)
		abort();
	*message = (struct message){.from = from, .to = to, .number = number, .n = n};
	memcpy(message->bytes, bytes, n);
	pthread_mutex_lock(&lock);
	while (*end)
		end = &(*end)->next;
	*end = message;
	pthread_cond_broadcast(&news);
	pthread_mutex_unlock(&lock);
}

/* Takes the oldest message of these three; false: there is none, or the ranks are lost. */
static bool take(int from, int to, int number, bool wait, void *bytes, size_t n)
{
	struct message **at, *message;

	pthread_mutex_lock(&lock);
	for (;;) {
		for (at = &first_message; *at; at = &(*at)->next)
			if ((*at)->from == from && (*at)->to == to && (*at)->number == number)
				break;
		if (*at || !wait || lost)
			break;
		pthread_cond_wait(&news, &lock);
	}
	message = lost ? NULL : *at;
	if (message)
		*at = message->next;
	pthread_mutex_unlock(&lock);
	if (!message)
		return false;
	if (message->n != n)
		abort();
	memcpy(bytes, message->bytes, n);
	free(message);
	return true;
}

static int count_call(struct lt_error *err)
{
	bool over;

	pthread_mutex_lock(&lock);
	if (calls_left > 0 && --calls_left == 0) {
		lost = true;
		pthread_cond_broadcast(&news);
	}
	over = lost;
	pthread_mutex_unlock(&lock);
	return over ? lt_fail(err, LT_IO, "the other ranks are gone") : 0;
}

static int gather(void *self, void *all, const size_t begin[], struct lt_error *err)
{
	const struct lt_transport *t = self;
	int code = count_call(err);

	if (t->rank == 0)
		sent += begin[1] - begin[0];
	for (int r = 0; r < t->size && code == 0; r++)
		if (r != t->rank)
			post(t->rank, r, GATHERS, (char *)all + begin[t->rank],
			     begin[t->rank + 1] - begin[t->rank]);
	for (int r = 0; r < t->size && code == 0; r++)
		if (r != t->rank && !take(r, t->rank, GATHERS, true, (char *)all + begin[r],
					  begin[r + 1] - begin[r]))
			code = lt_fail(err, LT_IO, "the other ranks are gone");
	return code;
}

struct lt_exchange {
	struct lt_exchange *next; /* all of them, to be freed at the end */
	int with, number;
	void *receive;
	size_t m;
};

static struct lt_exchange *exchanges;

static int start(void *self, struct lt_exchange **out, int with, int number, const void *send,
		 size_t n, void *receive, size_t m, struct lt_error *err)
{
	const struct lt_transport *t = self;
	int code = count_call(err);

	if (code != 0)
		return code;
	*out = malloc(sizeof **out);
	if (!*out)
		abort();
	pthread_mutex_lock(&lock);
	**out = (struct lt_exchange){exchanges, with, number, receive, m};
	exchanges = *out;
	pthread_mutex_unlock(&lock);
	post(t->rank, with, number, send, n);
	return 0;
}

static int finish(void *self, struct lt_exchange *exchange, bool wait, bool *done,
		  struct lt_error *err)
{
	const struct lt_transport *t = self;
	int code = count_call(err);

	*done = false;
	if (code == 0 && (wait || !late))
		*done = take(exchange->with, t->rank, exchange->number, wait, exchange->receive,
			     exchange->m);
	if (code == 0 && wait && !*done)
		code = lt_fail(err, LT_IO, "the other ranks are gone");
	return code;
}

/* ------------------------------------------------------------------------ ranks at work */

struct rank {
	pthread_t thread;
	struct lt_team team;
	void (*work)(struct rank *rank);
	void *arg;
	struct lt_network_config config;
	int splits, code;
	struct result result;
	struct lt_error err;
	bool good;
};

static void *work(void *arg)
{
	struct rank *rank = arg;

	rank->work(rank);
	return NULL;
}

/* Runs work on each of `size` ranks, to their ends. */
static void run_ranks(struct rank *rank, int size, void (*function)(struct rank *))
{
	for (int r = 0; r < size; r++) {
		struct lt_transport *t = &rank[r].team.transport;

		*t = (struct lt_transport){NULL, r, size, gather, start, finish};
		t->self = t;
		rank[r].work = function;
		if (pthread_create(&rank[r].thread, NULL, work, &rank[r]) != 0)
			abort();
	}
	for (int r = 0; r < size; r++)
		pthread_join(rank[r].thread, NULL);
	while (first_message) {
		struct message *message = first_message;

		first_message = message->next;
		free(message);
	}
	while (exchanges) {
		struct lt_exchange *exchange = exchanges;

		exchanges = exchange->next;
		free(exchange);
	}
	lost = false;
}

/* ------------------------------------------------------------------------------ networks */

static void run_network(struct rank *rank)
{
	rank->config.team = &rank->team;
	rank->code = run_team(&rank->config, rank->splits, &rank->result, &rank->err);
}

static void train_ranks(struct rank *rank, int size, const struct lt_network_config *config,
			int splits)
{
	for (int r = 0; r < size; r++) {
		rank[r] = (struct rank){.config = *config, .splits = splits};
		if (lt_pool_new(&rank[r].config.pool, 1, NULL) != 0)
			abort();
	}
	run_ranks(rank, size, run_network);
	for (int r = 0; r < size; r++)
		lt_pool_free(rank[r].config.pool);
}

static void check_networks(const struct lt_graph *graph, const struct lt_kernels *set,
			   enum lt_precision precision, int splits)
{
	struct lt_network_config config = steps_config(graph, set, precision);
	struct result one = run(graph, set, precision, 1, splits);
	struct rank rank[8];
	char name[120];

	for (int size = 2; size <= (check_is_slow() ? 2 : 8); size *= 2) {
		train_ranks(rank, size, &config, splits);
		for (int r = 0; r < size; r++) {
			snprintf(name, sizeof name,
				 "%s, %d splits: rank %d of %d has one process's bytes",
				 set->name, splits, r, size);
			check_named(rank[r].code == 0 &&
					    same_result(graph, &one, &rank[r].result),
				    name);
			if (rank[r].code == 0)
				forget(&rank[r].result);
		}
	}
	forget(&one);
}

/* One call of the transport after the other fails, of many every few: both ranks say so. */
static void check_losses(const struct lt_graph *graph, const struct lt_kernels *set)
{
	struct lt_network_config config = steps_config(graph, set, LT_PRECISE);
	struct rank rank[2];
	bool told = true;
	int failures = 0;

	for (calls_left = 1;; failures++) {
		int calls = calls_left;

		train_ranks(rank, 2, &config, 1);
		if (rank[0].code == 0 && rank[1].code == 0)
			break;
		for (int r = 0; r < 2; r++) {
			if (rank[r].code == 0) /* it was done before */
				forget(&rank[r].result);
			else
				told = told && rank[r].code == LT_IO && rank[r].err.text[0];
		}
		calls_left = calls + 13;
	}
	forget(&rank[0].result);
	forget(&rank[1].result);
	calls_left = 0;
	check(told && failures > 10);
}

/* --------------------------------------------------------------------------------- parts */

static void check_shares(void)
{
	struct lt_team team = {{.rank = 0, .size = 4}};

	check_int(lt_team_share(NULL, 9, 0).n, 9);
	check_int(lt_team_size(NULL), 1);
	check_int(lt_team_rank(NULL), 0);
	/* Blocks of four for nine to sixteen items. */
	for (int items = 0, n; items <= 17; items++) {
		int block = items > 16 ? 8 : items > 8 ? 4 : items > 4 ? 2 : 1, sum = 0;

		for (int r = 0; r < 4; r++) {
			struct lt_share share = lt_team_share(&team, items, r);

			n = items - r * block;
			n = n < 0 ? 0 : n > block ? block : n;
			check(share.n == n && (n == 0 || share.first == r * block));
			sum += share.n;
		}
		check_int(sum, items);
	}
}

enum { ITEMS = 13, MOST_N = 40000 };

static float item_value(int item, size_t i)
{
	return (float)(((size_t)item * 7919 + i * 104729) % 10007) *
	       (item % 3 == 0 ? 1e-4f : 3.1f);
}

static void add_floats(void *arg, void *to, const void *from, size_t n)
{
	(void)arg;
	for (size_t i = 0; i < n; i++)
		((float *)to)[i] += ((const float *)from)[i];
}

struct vector {
	float *item;
	size_t n;
};

static void add_items(void *arg, int to, int from)
{
	const struct vector *v = arg;

	add_floats(NULL, v->item + (size_t)to * v->n, v->item + (size_t)from * v->n, v->n);
}

/* The sum of items first … first + n - 1 in the tree. */
static float *tree_sum(int first, int items, size_t n)
{
	float *all = malloc((size_t)ITEMS * n * sizeof *all);

	if (!all)
		abort();
	for (int item = 0; item < items; item++)
		for (size_t i = 0; i < n; i++)
			all[(size_t)item * n + i] = item_value(first + item, i);
	lt_tree(items, add_items, &(struct vector){all, n});
	return all;
}

struct lengths {
	int items;
	size_t n[3];
};

/* Three sums at once, ended in another order than begun. */
static void run_sums(struct rank *rank)
{
	const struct lengths *lengths = rank->arg;
	struct lt_share share =
		lt_team_share(&rank->team, lengths->items, rank->team.transport.rank);
	struct lt_team_sum sum[3];
	float *want[3];
	bool good = true;

	for (int k = 0; k < 3; k++) {
		size_t n = lengths->n[k];

		want[k] = tree_sum(0, lengths->items, n);
		sum[k] = (struct lt_team_sum){
			.team = &rank->team,
			.values = (char *)tree_sum(share.first, share.n, n),
			.room = malloc(n * sizeof(float) + 1),
			.n = n,
			.size = sizeof(float),
			.items = lengths->items,
			.number = k,
			.add = add_floats,
		};
		good = good && lt_team_sum_begin(&sum[k], NULL) == 0 &&
		       lt_team_sum_go_on(&sum[k], NULL) == 0;
	}
	for (int k = 2; k >= 0; k--) {
		good = good && lt_team_sum_end(&sum[k], NULL) == 0 &&
		       same((float *)sum[k].values, want[k], lengths->n[k]);
		free(sum[k].values);
		free(sum[k].room);
		free(want[k]);
	}
	rank->good = good;
}

static void check_sums(void)
{
	static const size_t lengths[][3] = {{0, 1, 17}, {MOST_N, 5000, 4096}, {4111, 16, 9999}};

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
		for (int size = 2; size <= 16; size *= 2)
			for (int items = 1; items <= ITEMS; items += 3) {
				struct lengths three = {
					items, {lengths[i][0], lengths[i][1], lengths[i][2]}};
				struct rank rank[16];
				bool good = true;
				char name[80];

				for (int r = 0; r < size; r++)
					rank[r] = (struct rank){.arg = &three};
				run_ranks(rank, size, run_sums);
				for (int r = 0; r < size; r++)
					good = good && rank[r].good;
				snprintf(name, sizeof name,
					 "%d ranks, %d items, lengths %zu …: the tree's sums",
					 size, items, lengths[i][0]);
				check_named(good, name);
			}
}

static void run_small(struct rank *rank)
{
	const struct lt_team *team = &rank->team;
	int own = lt_team_rank(team), lowest;
	char text[8] = "";
	bool any, none;

	snprintf(text, sizeof text, "rank %d", own);
	rank->good = lt_team_any(team, own == 2, &any, NULL) == 0 && any &&
		     lt_team_any(team, false, &none, NULL) == 0 && !none &&
		     lt_team_differs(team, own < 3 ? "yes" : "no", 3, &lowest, NULL) == 0 &&
		     lowest == 3 && lt_team_differs(team, "same", 4, &lowest, NULL) == 0 &&
		     lowest == 0 && lt_team_copy(team, text, sizeof text, NULL) == 0 &&
		     strcmp(text, "rank 0") == 0;
}

static void check_small(void)
{
	struct rank rank[4] = {{.good = false}};
	bool any = true;
	int lowest = 9;

	run_ranks(rank, 4, run_small);
	for (int r = 0; r < 4; r++)
		check(rank[r].good);
	check(lt_team_any(NULL, false, &any, NULL) == 0 && !any);
	check(lt_team_any(NULL, true, &any, NULL) == 0 && any);
	check(lt_team_differs(NULL, "x", 1, &lowest, NULL) == 0 && lowest == 0);
}

/* The batches that a team can share; each split has ranges of its own. */
static void check_batches(const struct lt_graph *graph)
{
	static const struct {
		int batch, splits, ranks, code;
	} cases[] = {{96, 8, 8, 0},	   {96, 1, 2, 0},	  {96, 1, 4, LT_USAGE},
		     {96, 3, 4, LT_USAGE}, {128, 3, 8, LT_USAGE}, {3, 8, 2, LT_USAGE},
		     {4, 8, 4, 0},	   {16, 1, 2, 0},	  {16, 1, 4, LT_USAGE},
		     {8, 1, 2, LT_USAGE}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct lt_team team = {{.size = cases[i].ranks}};
		struct lt_network_config config = {.graph = graph,
						   .team = &team,
						   .max_batch = cases[i].batch,
						   .max_splits = cases[i].splits};
		struct lt_network *net = NULL;
		struct lt_error err;
		char name[80];

		if (lt_kernels_choose(&config.kernels, "ref", NULL) != 0 ||
		    lt_pool_new(&config.pool, 1, NULL) != 0)
			abort();
		snprintf(name, sizeof name, "%d images, %d splits, %d ranks: code %d",
			 cases[i].batch, cases[i].splits, cases[i].ranks, cases[i].code);
		check_named(lt_network_new(&net, &config, &err) == cases[i].code, name);
		lt_network_free(net);
		lt_pool_free(config.pool);
	}
}

/* ---------------------------------------------------------------------------------- files */

enum { PIECE = 1 << 20, LONGEST = 5 * PIECE + 12345 };

/* A rank's file, and what it reads from it. */
struct reading {
	size_t size;
	char path[64];
	bool fails; /* after it is opened */
	uint8_t *bytes;
	size_t got;
};

static uint8_t byte_of(size_t i)
{
	return (uint8_t)(i ^ i >> 8 ^ i >> 16);
}

/*
 * The file of a rank.  spoilt: other bytes in the pieces that the other ranks read, but for the
 * end, which is compared.
 */
static void make_file(struct reading *reading, int rank, int ranks, size_t size, bool spoilt)
{
	FILE *file;
	int fd;

	snprintf(reading->path, sizeof reading->path, "/tmp/t_team.XXXXXX");
	if ((fd = mkstemp(reading->path)) < 0 || !(file = fdopen(fd, "wb")))
		abort();
	for (size_t i = 0; i < size; i++) {
		bool own = i / PIECE % (size_t)ranks == (size_t)rank || i + 4096 >= size;

		putc(own || !spoilt ? byte_of(i) : 0xee, file);
	}
	if (fclose(file) != 0)
		abort();
	reading->size = size;
	reading->fails = false;
}

/* Takes bytes in unequal numbers, small and large. */
static void read_file(struct rank *rank)
{
	struct reading *reading = rank->arg;
	struct lt_input input;
	size_t got = 1, n = 1;

	rank->code = lt_input_open(&input, reading->path, &rank->err);
	if (rank->code == 0)
		rank->code = lt_input_share(&input, &rank->team, &rank->err);
	if (reading->fails && dup2(STDOUT_FILENO, input.fd) < 0)
		abort();
	for (reading->got = 0; rank->code == 0 && got > 0; n = n * 7 % 1000003) {
		if (n > LONGEST + 1 - reading->got)
			n = LONGEST + 1 - reading->got;
		rank->code = lt_input_take(&input, reading->bytes + reading->got, n, &got,
					   &rank->err);
		reading->got += got;
	}
	lt_input_close(&input);
}

static void read_files(struct rank *rank, struct reading *reading, int ranks)
{
	for (int r = 0; r < ranks; r++) {
		reading[r].bytes = malloc(LONGEST + 1);
		if (!reading[r].bytes)
			abort();
		rank[r] = (struct rank){.arg = &reading[r]};
	}
	run_ranks(rank, ranks, read_file);
	for (int r = 0; r < ranks; r++)
		unlink(reading[r].path);
}

static bool read_well(const struct rank *rank, const struct reading *reading)
{
	bool good = rank->code == 0 && reading->got == reading->size;

	for (size_t i = 0; good && i < reading->size; i++)
		good = reading->bytes[i] == byte_of(i);
	return good;
}

static void check_files(void)
{
	static const size_t sizes[] = {0, 1, PIECE, 2 * PIECE, 4 * PIECE + 1, LONGEST};
	struct rank rank[4];
	struct reading reading[4];
	char name[64];

	for (int ranks = 2; ranks <= 4; ranks *= 2)
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			bool good = true;

			for (int r = 0; r < ranks; r++)
				make_file(&reading[r], r, ranks, sizes[i], true);
			sent = 0;
			read_files(rank, reading, ranks);
			for (int r = 0; r < ranks; r++) {
				good = good && read_well(&rank[r], &reading[r]);
				free(reading[r].bytes);
			}
			snprintf(name, sizeof name, "%d ranks, %zu bytes: each reads its part",
				 ranks, sizes[i]);
			check_named(good, name);
			snprintf(name, sizeof name, "%d ranks, %zu bytes: no others travel",
				 ranks, sizes[i]);
			check_named(sent <= sizes[i] + 1024, name);
		}
	for (int fault = 0; fault < 2; fault++) {
		for (int r = 0; r < 2; r++)
			make_file(&reading[r], r, 2, fault && r == 1 ? PIECE : 2 * PIECE,
				  false);
		reading[1].fails = !fault;
		read_files(rank, reading, 2);
		for (int r = 0; r < 2; r++) {
			check(rank[r].code == (fault ? LT_DATA : LT_IO) &&
			      strstr(rank[r].err.text, fault ? "the file of rank 1 differs"
							     : "rank 1 cannot read it"));
			free(reading[r].bytes);
		}
	}
}

int main(void)
{
	struct lt_graph *graph = malloc(sizeof *graph);
	const struct lt_kernels *best, *ref;

	/* Many ranks on few processors: a rank that spins keeps another one from working. */
	setenv("LT_PIN", "0", 1);
	if (!graph || lt_kernels_choose(&best, NULL, NULL) != 0 ||
	    lt_kernels_choose(&ref, "ref", NULL) != 0)
		abort();
	check_shares();
	check_sums();
	check_small();
	check_files();
	build(graph, &resnet8, 8);
	check_batches(graph);
	for (int splits = 1; splits <= 8; splits += 7) {
		build(graph, &resnet20, 8);
		check_networks(graph, best, LT_PRECISE, splits);
		build(graph, &large, 22);
		check_networks(graph, best, LT_BF16_FAST, splits);
		build(graph, &wide, 8);
		check_networks(graph, best, LT_PRECISE, splits);
	}
	late = true;
	check_networks(graph, best, LT_PRECISE, 1);
	late = false;
	build(graph, &resnet8, 4);
	check_networks(graph, ref, LT_PRECISE, 1);
	check_losses(graph, best);
	free(graph);
	return check_done();
}
