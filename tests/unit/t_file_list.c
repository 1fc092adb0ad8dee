/* Names with a range: what bash(1) makes of them, what is refused, and what is no range. */
#include "stream/file_list.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "check.h"
#include "stream/join.h"

/* The names of a list, with blanks between them. */
static const char *names(const struct lt_file_list *list)
{
	static char text[8192];
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < list->n && used < sizeof text; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "",
					 list->name[i]);
	return text;
}

static void check_names(const char *path, const char *want)
{
	struct lt_file_list list = {0};
	struct lt_error err = {0};

	check_named(lt_file_list_add(&list, path, &err) == 0, path ? path : "NULL");
	check_text(names(&list), want);
	check(list.ranged == (path && strcmp(path, want) != 0));
	lt_file_list_free(&list);
	lt_file_list_free(&list);
}

static void test_ranges(void)
{
	check_names("x-{0..3}.lts", "x-0.lts x-1.lts x-2.lts x-3.lts");
	check_names("x-{8..11}", "x-8 x-9 x-10 x-11");
	check_names("{08..11}", "08 09 10 11");
	check_names("{8..011}", "008 009 010 011");
	check_names("a/{000..002}/b", "a/000/b a/001/b a/002/b");
	check_names("{0..1}", "0 1");
	check_names("{5..5}", "5");
	check_names("{00..0}", "00");
	check_names("%s%n{1..2}%d", "%s%n1%d %s%n2%d");
	check_names("{999999999999999998..999999999999999999}",
		    "999999999999999998 999999999999999999");
	check_names("{{1..2}}", "{1} {2}");
	check_names("{1..2}{", "1{ 2{");
	check_names("{1..{1..2}", "{1..1 {1..2");
}

static void test_no_ranges(void)
{
	static const char *const name[] = {
		"x.lts",   "-",		"",	   "{",	      "{}",	 "{..}",   "{1..}",
		"{..2}",   "{1.2}",	"{1..2",   "1..2}",   "{1,2}",	 "{a..c}", "{-1..2}",
		"{1..+2}", "{1..2..1}", "{ 1..2}", "{1...2}", "{0x1..2}"};
	size_t i;

	check_names(NULL, "-");
	for (i = 0; i < sizeof name / sizeof name[0]; i++)
		check_names(name[i], name[i]);
}

static void check_refused(const char *path, const char *why)
{
	struct lt_file_list list = {0};
	struct lt_error err = {0};
	char want[300];

	check_int(lt_file_list_add(&list, path, &err), LT_USAGE);
	snprintf(want, sizeof want, "%s: %s", path, why);
	check_text(err.text, want);
	check_int(list.n, 0);
	lt_file_list_free(&list);
}

static void test_refusals(void)
{
	check_refused("x-{3..1}", "the range descends");
	check_refused("{0..16384}", "16385 files, the limit is 16384");
	check_refused("{0..999999999999999999}",
		      "1000000000000000000 files, the limit is 16384");
	check_refused("{0..1000000000000000000}", "a number of over 18 digits");
	check_refused("{99999999999999999999999999..1}", "a number of over 18 digits");
	check_refused("{1..2}{1..2}", "two ranges in one name");
	check_refused("{1..2}/{2..1}", "two ranges in one name");
}

static void test_many(void)
{
	struct lt_file_list list = {0};
	struct lt_error err;
	char long_name[3 * PATH_MAX];

	if (check_int(lt_file_list_add(&list, "{00000..16383}", &err), 0)) {
		check_int(list.n, LT_MAX_SHARDS);
		check_text(list.name[LT_MAX_SHARDS - 1], "16383");
	}
	lt_file_list_free(&list);
	/* A name that no file can have is only an input that cannot be opened. */
	memset(long_name, 'a', sizeof long_name);
	memcpy(long_name, "{1..2}", 6);
	long_name[sizeof long_name - 1] = '\0';
	check_int(lt_file_list_add(&list, long_name, &err), 0);
	check_int(list.n, 2);
	check_int((long long)strlen(list.name[1]), (long long)sizeof long_name - 6);
	lt_file_list_free(&list);
	check_int(lt_file_list_find(&list, long_name, &err), LT_NOINPUT);
	lt_file_list_free(&list);
}

static void test_files(void)
{
	static const char dir[] = "d-{1..2}";
	struct lt_file_list list = {0};
	struct lt_error err;

	check_int(lt_file_list_find(&list, "f-{1..2}", &err), LT_NOINPUT);
	check_text(err.text, "f-1: No such file or directory");
	lt_file_list_free(&list);
	/* What is no range is not looked at, and several paths add up. */
	check_int(lt_file_list_find(&list, "none", &err), 0);
	fclose(fopen("f-1", "w"));
	fclose(fopen("f-2", "w"));
	check_int(lt_file_list_find(&list, "f-{1..2}", &err), 0);
	check_int(lt_file_list_find(&list, "none", &err), 0);
	check_text(names(&list), "none f-1 f-2 none");
	check(list.ranged);
	lt_file_list_free(&list);
	/* A directory of exactly this name wins, too. */
	mkdir(dir, 0700);
	check_names(dir, dir);
	rmdir(dir);
	/* For outputs, nothing wins. */
	fclose(fopen("f-{1..2}", "w"));
	check_names("f-{1..2}", "f-{1..2}");
	check_int(lt_file_list_outputs(&list, "f-{1..2}", &err), 0);
	check_text(names(&list), "f-1 f-2");
	lt_file_list_free(&list);
	check_int(lt_file_list_outputs(&list, "f-1", &err), LT_USAGE);
	check_text(err.text, "f-1: no range such as x-{000..127}.lts");
	lt_file_list_free(&list);
	unlink("f-{1..2}");
	unlink("f-1");
	unlink("f-2");
}

/* Without memory for the list or one of its names, an error that leaves nothing behind. */
static void test_memory(void)
{
	struct lt_file_list list = {0};
	struct lt_error err;
	uint64_t used = lt_memory_used(), limit;
	int failures = 0, code = LT_OS;

	for (limit = 1; code != 0 && limit < 65536; limit += 16) {
		lt_memory_limit(used + limit);
		code = lt_file_list_add(&list, "x-{00..20}.lts", &err);
		failures += code == LT_OS;
		check(code == 0 || code == LT_OS);
		lt_file_list_free(&list);
		check_int((long long)lt_memory_used(), (long long)used);
	}
	lt_memory_limit(0);
	check_int(code, 0);
	check(failures > 20);
}

static void test_shards(void)
{
	static const uint64_t rows[] = {0, 1, 127, 128, 1000, UINT64_MAX};
	struct lt_shard shard = {0, 0};
	struct lt_slice slice;
	struct lt_error err;
	uint64_t next, least, most;
	size_t i;

	check_int(lt_shard_parse(&shard, "3/128", &err), 0);
	check(shard.k == 3 && shard.n == 128);
	check_int(lt_shard_parse(&shard, "16383/16384", &err), 0);
	check_int(lt_shard_parse(&shard, "16384/16384", &err), LT_USAGE);
	check_int(lt_shard_parse(&shard, "00000000000000000000000001/2", &err), LT_USAGE);
	slice = lt_shard_slice((struct lt_shard){2, 7}, 120);
	check(slice.first == 34 && slice.end == 51);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		next = 0;
		least = UINT64_MAX;
		most = 0;
		for (shard = (struct lt_shard){0, 128}; shard.k < shard.n; shard.k++) {
			slice = lt_shard_slice(shard, rows[i]);
			check(slice.first == next && slice.end >= next);
			next = slice.end;
			least = slice.end - slice.first < least ? slice.end - slice.first
								: least;
			most = slice.end - slice.first > most ? slice.end - slice.first : most;
		}
		check(next == rows[i] && most - least <= 1);
	}
}

int main(void)
{
	char dir[] = "/tmp/lt-t_file_list.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	test_ranges();
	test_no_ranges();
	test_refusals();
	test_many();
	test_files();
	test_memory();
	test_shards();
	rmdir(dir);
	return check_done();
}
