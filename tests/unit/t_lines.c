/* Lines of text files in bounded memory, and the table of names. */
#include "stream/lines.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/names.h"
#include "check.h"
#include "stream/stream.h"

static char path[] = "/tmp/lt-lines.XXXXXX";

static void write_file(const char *bytes, size_t n)
{
	FILE *file = fopen(path, "w");

	check(file && fwrite(bytes, 1, n, file) == n && fclose(file) == 0);
}

static void test_lines(void)
{
	static const char text[] = "one\n\ntwo words\nthe end";
	static const char *const want[] = {"one", "", "two words", "the end"};
	struct lt_error err;
	struct lt_lines lines;
	char *line;
	size_t size;
	int i, byte;

	write_file(text, sizeof(text) - 1);
	check_int(lt_lines_open(&lines, path, sizeof(text) - 1, &err), 0);
	check(lt_lines_peek(&lines, &byte, &err) == 0 && byte == 'o');
	for (i = 0; i < 4; i++) {
		check_int(lt_lines_next(&lines, &line, &size, &err), 0);
		check_text(line, want[i]);
		check(line && size == strlen(line));
	}
	check(lt_lines_next(&lines, &line, NULL, &err) == 0 && !line);
	check(lt_lines_peek(&lines, &byte, &err) == 0 && byte == -1);
	check_int((long long)lines.number, 4);
	check_int((long long)lines.bytes, sizeof(text) - 1);
	check(lines.crc == lt_crc32c(0, text, sizeof(text) - 1));
	lt_lines_close(&lines);
	check_int(lt_lines_open(&lines, "/no/such/file", 1, &err), LT_NOINPUT);
}

static void test_fields(void)
{
	char text[] = "one\t\tthree", *line = text, empty[] = "", *none = empty;

	check_text(lt_line_field(&line), "one");
	check_text(lt_line_field(&line), "");
	check_text(lt_line_field(&line), "three");
	check(!lt_line_field(&line) && !lt_line_field(&line));
	check_text(lt_line_field(&none), "");
	check(!lt_line_field(&none));
}

/* The number of lines before the error, and the error. */
static int lines_before(uint64_t most, int want, const char *text)
{
	struct lt_error err = {0};
	struct lt_lines lines;
	char *line;
	int n = 0, code = lt_lines_open(&lines, path, most, &err);

	while (code == 0 && (code = lt_lines_next(&lines, &line, NULL, &err)) == 0 && line)
		n++;
	check_int(code, want);
	if (text)
		check_named(strstr(err.text, text) != NULL, err.text);
	lt_lines_close(&lines);
	return n;
}

static void test_bounds(void)
{
	size_t room = 20 * LT_LINE_BYTES;
	char *text = malloc(room);

	memset(text, 'x', room);
	text[LT_LINE_BYTES] = text[2 * LT_LINE_BYTES + 1] = '\n';
	write_file(text, 2 * LT_LINE_BYTES + 2);
	check_named(lines_before(UINT64_MAX, 0, NULL) == 2, "the longest lines");
	write_file(text, room);
	check_int(lines_before(UINT64_MAX, LT_DATA, ":3: the line is too long"), 2);
	check_int(lines_before(LT_LINE_BYTES + 1, LT_DATA, ":2: the file is too long"), 1);
	text[3] = '\0';
	write_file(text, room);
	check_int(lines_before(UINT64_MAX, LT_DATA, ":1: a zero byte"), 0);
	free(text);
	write_file("", 0);
	check_int(lines_before(UINT64_MAX, 0, NULL), 0);
}

enum { MANY = 65535 };

static void test_names(void)
{
	static const char *const few[] = {"dog", "cat", "", "dog", "cat"};
	static char text[MANY][8];
	static const char *name[MANY];
	struct lt_names names = {0}, grown = {0};
	int i, wrong = 0;

	check(lt_names_find(&names, "cat") == -1 && lt_names_twice(&names) == -1);
	check(lt_names_fill(&names, few, 5));
	check(lt_names_find(&names, "dog") == 0 && lt_names_find(&names, "cat") == 1);
	check(lt_names_find(&names, "") == 2 && lt_names_find(&names, "cow") == -1);
	check_int(lt_names_twice(&names), 3);
	lt_names_free(&names);
	for (i = 0; i < MANY; i++) {
		snprintf(text[i], sizeof(text[i]), "%d", i);
		name[i] = text[i];
	}
	check(lt_names_fill(&names, name, MANY));
	check_int(lt_names_twice(&names), -1);
	for (i = 0; i < MANY; i++)
		wrong += lt_names_find(&names, text[i]) != i;
	for (i = 0; i < 3000; i++)
		wrong += !lt_names_add(&grown, text[(i * 7919) % 3000]);
	for (i = 0; i < 3000; i++)
		wrong += lt_names_find(&grown, text[(i * 7919) % 3000]) != i;
	check_int(wrong, 0);
	check_int(lt_names_twice(&grown), -1);
	check(lt_names_add(&grown, "7") && lt_names_twice(&grown) == 3000);
	check(lt_names_find(&grown, "7") != 3000);
	lt_names_free(&names);
	lt_names_free(&grown);
	check_int((long long)lt_memory_used(), 0);
}

int main(void)
{
	int fd = mkstemp(path);

	if (!check(fd >= 0 && close(fd) == 0))
		return check_done();
	test_lines();
	test_fields();
	test_bounds();
	test_names();
	unlink(path);
	return check_done();
}
