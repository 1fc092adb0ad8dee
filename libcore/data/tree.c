/*
 * Walking a directory tree without recursion: a stack of open directories and
 * the path below the root.  Links to directories are not followed, so the walk
 * ends; depth is bounded all the same.
 */
#include "data/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

#define MAX_DEPTH 64

struct level {
	DIR *dir;
	size_t path; /* length of the path of this directory, its slash included */
};

struct lt_tree {
	int root;
	const char *name;
	struct level level[MAX_DEPTH];
	int depth;
	struct lt_buffer path;
	uint64_t links, hidden;
};

static bool part_is_hidden(const char *part, size_t n)
{
	return (n > 1 && part[0] == '.') || (n == 8 && memcmp(part, "__MACOSX", 8) == 0) ||
	       (n == 9 && memcmp(part, "Thumbs.db", 9) == 0);
}

bool lt_name_is_hidden(const char *name)
{
	size_t n;

	for (;; name += n + 1) {
		n = strcspn(name, "/");
		if (part_is_hidden(name, n))
			return true;
		if (name[n] == '\0')
			return false;
	}
}

static int push(struct lt_tree *tree, int parent, const char *entry, size_t path,
		struct lt_error *err)
{
	int fd;
	DIR *dir;

	if (tree->depth == MAX_DEPTH)
		return lt_fail(err, LT_DATA, "%s: directories deeper than %d", tree->name,
			       MAX_DEPTH);
	fd = openat(parent, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		lt_fail_errno(err, LT_NOINPUT, "%s/%.*s", tree->name, (int)path,
			      tree->path.data ? (const char *)tree->path.data : "");
		if (fd >= 0)
			close(fd);
		return err ? err->code : LT_NOINPUT;
	}
	tree->level[tree->depth++] = (struct level){dir, path};
	return 0;
}

int lt_tree_open(struct lt_tree **out, int fd, const char *name, struct lt_error *err)
{
	struct lt_tree *tree = lt_new_array(1, sizeof *tree);
	int status;

	if (!tree) {
		close(fd);
		return lt_fail_memory(err);
	}
	tree->root = fd;
	tree->name = name;
	status = push(tree, fd, ".", 0, err);
	if (status) {
		lt_tree_close(tree);
		return status;
	}
	*out = tree;
	return 0;
}

/* tree->path = the directory's path and the entry's name. */
static int set_path(struct lt_tree *tree, size_t directory, const char *entry)
{
	tree->path.size = directory;
	return lt_buffer_append(&tree->path, entry, strlen(entry) + 1) ? 0 : LT_OS;
}

/* Enters the directory that tree->path names. */
static int enter(struct lt_tree *tree, DIR *parent, const char *entry, struct lt_error *err)
{
	if (lt_name_is_hidden(entry)) {
		tree->hidden++;
		return 0;
	}
	tree->path.data[tree->path.size - 1] = '/';
	return push(tree, dirfd(parent), entry, tree->path.size, err);
}

/* One entry of the innermost directory: *found says that it is a file. */
static int visit(struct lt_tree *tree, const char *entry, bool *found, uint64_t *size,
		 struct lt_error *err)
{
	struct level *top = &tree->level[tree->depth - 1];
	struct stat about, target;

	if (set_path(tree, top->path, entry))
		return lt_fail_memory(err);
	if (fstatat(dirfd(top->dir), entry, &about, AT_SYMLINK_NOFOLLOW) != 0)
		return lt_fail_errno(err, LT_IO, "%s/%s", tree->name,
				     (const char *)tree->path.data);
	if (S_ISDIR(about.st_mode))
		return enter(tree, top->dir, entry, err);
	if (S_ISLNK(about.st_mode) && fstatat(dirfd(top->dir), entry, &target, 0) == 0)
		about = target;
	if (!S_ISREG(about.st_mode)) {
		tree->links++;
		return 0;
	}
	*found = true;
	*size = (uint64_t)about.st_size;
	return 0;
}

int lt_tree_next(struct lt_tree *tree, const char **file, uint64_t *size, struct lt_error *err)
{
	struct dirent *entry;
	bool found = false;
	int status;

	*file = NULL;
	while (tree->depth > 0) {
		errno = 0;
		entry = readdir(tree->level[tree->depth - 1].dir);
		if (!entry && errno)
			return lt_fail_errno(err, LT_IO, "%s", tree->name);
		if (!entry) {
			closedir(tree->level[--tree->depth].dir);
			continue;
		}
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		status = visit(tree, entry->d_name, &found, size, err);
		if (status)
			return status;
		if (found) {
			*file = (const char *)tree->path.data;
			return 0;
		}
	}
	return 0;
}

int lt_tree_open_file(struct lt_tree *tree, const char *file, int *fd, uint64_t *size,
		      struct lt_error *err)
{
	struct stat about;

	/* O_NONBLOCK: what became a FIFO meanwhile must not hang us. */
	*fd = openat(tree->root, file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		return lt_fail_errno(err, LT_NOINPUT, "%s/%s", tree->name, file);
	if (fstat(*fd, &about) == 0 && S_ISREG(about.st_mode)) {
		*size = (uint64_t)about.st_size;
		return 0;
	}
	close(*fd);
	*fd = -1;
	return lt_fail(err, LT_NOINPUT, "%s/%s: changed while it was read", tree->name, file);
}

static void close_levels(struct lt_tree *tree)
{
	while (tree->depth > 0)
		closedir(tree->level[--tree->depth].dir);
}

int lt_tree_rewind(struct lt_tree *tree, struct lt_error *err)
{
	close_levels(tree);
	tree->links = 0;
	tree->hidden = 0;
	return push(tree, tree->root, ".", 0, err);
}

uint64_t lt_tree_links(const struct lt_tree *tree)
{
	return tree->links;
}

uint64_t lt_tree_hidden_directories(const struct lt_tree *tree)
{
	return tree->hidden;
}

void lt_tree_close(struct lt_tree *tree)
{
	if (!tree)
		return;
	close_levels(tree);
	close(tree->root);
	lt_buffer_free(&tree->path);
	lt_free(tree);
}
