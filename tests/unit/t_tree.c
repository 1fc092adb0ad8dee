/*
 * Directory trees with symbolic links: class directories that are links, loops, links
 * that lead nowhere, and links whose paths are without number.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/input_limits.h"
#include "archive/tree.h"
#include "check.h"

#define MAX_FILES 64

static void make_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		exit(1);
}

static void make_directory(const char *path)
{
	if (mkdir(path, 0777) != 0)
		exit(1);
}

static void make_link(const char *to, const char *path)
{
	if (symlink(to, path) != 0)
		exit(1);
}

static int by_text(const void *a, const void *b)
{
	const char *const *one = a, *const *other = b;

	return strcmp(*one, *other);
}

static struct lt_tree *open_tree(const char *path)
{
	struct lt_tree *tree;
	struct lt_error err;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || lt_tree_open(&tree, fd, path, &err) != 0)
		exit(1);
	return tree;
}

/* All names in order, each with a space behind it, or the error's text. */
static void walk(struct lt_tree *tree, char *out, size_t room)
{
	char *found[MAX_FILES];
	struct lt_error err;
	const char *file;
	size_t n = 0, used = 0, i;
	int status;

	while ((status = lt_tree_next(tree, &file, &err)) == 0 && file && n < MAX_FILES)
		found[n++] = strdup(file);
	qsort(found, n, sizeof *found, by_text);
	out[0] = '\0';
	for (i = 0; i < n; i++) {
		if (used < room)
			used += (size_t)snprintf(out + used, room - used, "%s ", found[i]);
		free(found[i]);
	}
	if (status)
		snprintf(out, room, "%d %.200s", status, err.text);
}

/* Two classes and a class twice, all by links, one of them to a directory that holds links. */
static void check_subset(void)
{
	struct lt_tree *tree;
	struct lt_error err;
	char out[500], text[4] = "";
	struct lt_tree_file file;
	size_t got;

	make_directory("all");
	make_directory("all/cat");
	make_directory("all/dog");
	make_directory("all/dog/deep");
	make_file("all/cat/1", "cat");
	make_file("all/dog/deep/2", "dog");
	make_link("../cat/1", "all/dog/3");
	make_directory("some");
	make_link("../all/cat", "some/cat");
	make_link("../all/dog", "some/dog");
	make_link("dog", "some/hound");
	make_link("../all/cat", "some/.hidden");
	tree = open_tree("some");
	walk(tree, out, sizeof out);
	check_text(out, "cat/1 dog/3 dog/deep/2 hound/3 hound/deep/2 ");
	check_int(lt_tree_links(tree), 0);
	check_int(lt_tree_loops(tree), 0);
	check_int(lt_tree_hidden_directories(tree), 1);
	check_int(lt_tree_open_file(tree, "hound/deep/2", &file, &err), 0);
	check_int(file.size, 3);
	check_int(lt_tree_read(tree, &file, text, 2, &got, &err), 0);
	check_int(got, 2);
	/* What is added to it meanwhile is not read. */
	make_file("all/dog/deep/2", "doggy");
	check_int(lt_tree_read(tree, &file, text + 2, 2, &got, &err), 0);
	check_int(got, 1);
	check_text(text, "dog");
	check_int(lt_tree_read(tree, &file, text, 2, &got, &err), 0);
	check_int(got, 0);
	lt_tree_close_file(&file);
	check_int(lt_tree_rewind(tree, &err), 0);
	walk(tree, out, sizeof out);
	check_text(out, "cat/1 dog/3 dog/deep/2 hound/3 hound/deep/2 ");
	lt_tree_close(tree);
}

/* Links upwards, to themselves, to each other, out of the tree and back, and to nothing. */
static void check_loops(void)
{
	struct lt_tree *tree;
	struct lt_error err;
	char out[500];

	make_directory("loops");
	make_directory("loops/a");
	make_directory("loops/b");
	make_file("loops/a/1", "one");
	make_file("loops/b/2", "two");
	make_link("..", "loops/a/up");
	make_link(".", "loops/a/here");
	make_link("../../loops", "loops/a/out");
	make_link("../b", "loops/a/b");
	make_link("../a", "loops/b/a");
	make_link("self", "loops/self");
	make_link("nowhere", "loops/broken");
	make_link("a/1/2", "loops/through");
	make_link("a/1", "loops/file");
	tree = open_tree("loops");
	walk(tree, out, sizeof out);
	check_text(out, "a/1 a/b/2 b/2 b/a/1 file ");
	check_int(lt_tree_links(tree), 3);
	/* up, here and out, of a and of b/a; a/b/a; b/a/b. */
	check_int(lt_tree_loops(tree), 8);
	check_int(lt_tree_rewind(tree, &err), 0);
	check_int(lt_tree_loops(tree), 0);
	lt_tree_close(tree);
}

/* Thirty directories, each with two links to the next: 2^30 paths. */
static void check_farm(void)
{
	struct lt_tree *tree;
	char out[500], path[40], to[40];
	int i;

	make_directory("farm");
	for (i = 0; i < 30; i++) {
		snprintf(path, sizeof path, "farm/%d", i);
		make_directory(path);
		snprintf(to, sizeof to, "../%d", i + 1);
		snprintf(path, sizeof path, "farm/%d/one", i);
		make_link(to, path);
		snprintf(path, sizeof path, "farm/%d/two", i);
		make_link(to, path);
	}
	tree = open_tree("farm");
	walk(tree, out, sizeof out);
	check_text(out, "65 farm: symbolic links lead to more than 262144 directories");
	lt_tree_close(tree);
}

/* What is there and not readable is an error: nothing is lost in silence. */
static void check_unreadable(void)
{
	struct lt_tree *tree;
	char out[500];

	make_directory("locked");
	make_directory("locked/in");
	make_file("locked/in/1", "one");
	make_directory("keys");
	make_link("../locked/in", "keys/a");
	if (chmod("locked", 0) != 0)
		exit(1);
	tree = open_tree("keys");
	walk(tree, out, sizeof out);
	if (geteuid() == 0)
		check_text(out, "a/1 ");
	else
		check_text(out, "77 keys/a: Permission denied");
	lt_tree_close(tree);
	check_int(chmod("locked", 0777), 0);
}

/* Deeper than 64 is refused, by links as without. */
static void check_depth(void)
{
	struct lt_tree *tree;
	char out[500], path[400] = "deep";
	int i;

	for (i = 0; i < 64; i++) {
		make_directory(path);
		strcat(path, "/d");
	}
	make_file(path, "x");
	tree = open_tree("deep");
	walk(tree, out, sizeof out);
	check_int(strlen(out), 63 * 2 + 2);
	lt_tree_close(tree);
	make_directory("deeper");
	make_link("../deep", "deeper/link");
	tree = open_tree("deeper");
	walk(tree, out, sizeof out);
	check_text(out, "65 deeper: directories deeper than 64");
	lt_tree_close(tree);
}

int main(void)
{
	char directory[] = "/tmp/lt-t_tree.XXXXXX", command[80];

	if (!mkdtemp(directory) || chdir(directory) != 0)
		return 1;
	check_subset();
	check_loops();
	check_farm();
	check_unreadable();
	check_depth();
	snprintf(command, sizeof command, "rm -rf %s", directory);
	check_int(system(command), 0);
	return check_done();
}
