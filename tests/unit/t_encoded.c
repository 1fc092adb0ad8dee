/* Encoded pictures: their bytes, in memory or in a spool, and a full disk. */
#include "data/encoded.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "check.h"

static struct lt_error trouble;

/* For the test's own calls, which must not fail. */
static void must(int code)
{
	if (code != 0) {
		printf("Bail out! code %d: %s\n", code, trouble.text);
		exit(1);
	}
}

enum { MANY = 3000 };

static size_t length_of(uint64_t i)
{
	return i % 7 == 3 ? 0 : (size_t)(i * 31 % 197);
}

static void bytes_of(uint64_t i, uint8_t *to)
{
	for (size_t k = 0; k < length_of(i); k++)
		to[k] = (uint8_t)(i * 13 + k * 5);
}

static void add_some(struct lt_encoded *pictures, uint64_t from, uint64_t to)
{
	uint8_t bytes[200];

	for (uint64_t i = from; i < to; i++) {
		bytes_of(i, bytes);
		must(lt_encoded_add(pictures, bytes, length_of(i), &trouble));
	}
}

/* Are these the pictures with the numbers from first on? */
static bool are(const struct lt_encoded *pictures, uint64_t first, uint64_t n)
{
	struct lt_buffer room = {0};
	const uint8_t *bytes = NULL;
	uint8_t want[200];
	bool good = true;
	size_t size = 0;

	for (uint64_t i = 0; i < n && good; i++) {
		bytes_of(first + i, want);
		must(lt_encoded_get(pictures, i, &room, &bytes, &size, &trouble));
		good = size == length_of(first + i) &&
		       (size == 0 || memcmp(bytes, want, size) == 0);
	}
	lt_buffer_free(&room);
	return good;
}

/* With little memory to spare, all pictures, or only the first ones, stay in memory. */
static void check_kept(uint64_t spare, bool spooled, const char *name)
{
	struct lt_encoded pictures = {0};

	if (spare > 0)
		lt_memory_limit(lt_memory_used() + spare);
	add_some(&pictures, 0, MANY);
	check_int(pictures.spooled, spooled);
	check_named(pictures.n == MANY && are(&pictures, 0, MANY), name);
	if (spooled)
		check_int(pictures.kept + pictures.spool.size, pictures.end[MANY - 1]);
	lt_encoded_free(&pictures);
	check(pictures.n == 0 && pictures.end == NULL);
	lt_memory_limit(0);
}

static void check_append(bool to_spools, bool from_spools)
{
	struct lt_encoded to = {0}, from = {0};

	if (to_spools)
		lt_memory_limit(lt_memory_used() + 65536);
	add_some(&to, 0, MANY);
	lt_memory_limit(from_spools ? lt_memory_used() + 65536 : 0);
	add_some(&from, MANY, MANY + 1500);
	lt_memory_limit(0);
	check(to.spooled == to_spools && from.spooled == from_spools);
	must(lt_encoded_append(&to, &from, &trouble));
	check(to.n == MANY + 1500 && are(&to, 0, MANY + 1500));
	check(from.n == 1500 && are(&from, MANY, 1500));
	lt_encoded_free(&to);
	lt_encoded_free(&from);
}

/* Limits the size of files: a write beyond the limit writes a part and then fails. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
		exit(1);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		exit(1);
}

static void check_full(void)
{
	struct lt_encoded pictures = {0}, more = {0};
	uint64_t n, spooled;
	uint8_t bytes[200];
	struct lt_error err;
	int code = 0;

	signal(SIGXFSZ, SIG_IGN);
	add_some(&more, 0, MANY);
	lt_memory_limit(lt_memory_used() + 65536);
	add_some(&pictures, 0, MANY);
	lt_memory_limit(0);
	n = pictures.n;
	spooled = pictures.spool.size;
	limit_files(spooled + 1000);
	check_int(lt_encoded_append(&pictures, &more, &err), LT_IO);
	check(pictures.n == n && pictures.spool.size == spooled);
	for (n = MANY; code == 0 && n < 2 * MANY; n++) {
		bytes_of(n, bytes);
		code = lt_encoded_add(&pictures, bytes, length_of(n), &err);
	}
	check_int(code, LT_IO);
	check_int(pictures.n, n - 1);
	limit_files(RLIM_INFINITY);
	add_some(&pictures, n - 1, 2 * MANY);
	check_named(pictures.n == 2 * MANY && are(&pictures, 0, 2 * MANY),
		    "a full disk leaves what was there, and more can follow");
	lt_encoded_cut(&pictures, 20);
	add_some(&pictures, 20, 500);
	check_named(pictures.n == 500 && are(&pictures, 0, 500), "cut, and others after it");
	lt_encoded_free(&pictures);
	lt_encoded_free(&more);
}

static void check_no_spool(void)
{
	struct lt_encoded pictures = {0};
	struct lt_error err;
	uint8_t bytes[4000] = {7};

	setenv("TMPDIR", "/nonexistent/either", 1);
	lt_memory_limit(lt_memory_used() + 24000);
	must(lt_encoded_add(&pictures, bytes, 1000, &trouble));
	check_int(lt_encoded_add(&pictures, bytes, 4000, &err), LT_NOCREATE);
	check(pictures.n == 1 && !pictures.spooled);
	must(lt_encoded_add(&pictures, bytes, 10, &trouble));
	check_int(pictures.n, 2);
	lt_encoded_free(&pictures);
	lt_memory_limit(0);
	unsetenv("TMPDIR");
}

int main(void)
{
	check_kept(0, false, "in memory");
	check_kept(60000, true, "most of them in a spool");
	check_append(false, false);
	check_append(false, true);
	check_append(true, false);
	check_append(true, true);
	check_full();
	check_no_spool();
	return check_done();
}
