/*
 * Walks a directory tree without recursion, with a stack of open directories and the path
 * below the root.  The walk always ends: a directory is never entered below itself, the
 * depth is limited, and so is the number of directories reached through links, since n
 * directories with two links each to the next have 2^n paths.
 */
#include "archive/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/input_limits.h"
#include "base/memory.h"

#define MAX_DEPTH 64

struct level {
	DIR *dir;
	size_t path; /* length of the path of this directory, its slash included */
	dev_t device;
	ino_t inode;
	bool linked; /* it was reached through a link, at this level or above it */
};

struct lt_tree {
	int root;
	const char *name;
	struct level level[MAX_DEPTH];
	int depth;
	struct lt_buffer path;
	uint64_t links, loops, hidden;
	uint64_t linked; /* directories reached through links */
	lt_on_directory *on_directory;
	void *arg; /* of on_directory */
};

/* What systems put beside the files of users: macOS, Windows, Linux, and the thumbnails and
 * bins of network storage (Synology, QNAP). */
static bool part_is_hidden(const char *part, size_t n)
{
	static const char *const known[] = {
		"__MACOSX",
		"Icon\r",
		"Thumbs.db",
		"$RECYCLE.BIN",
		"System Volume Information",
		"lost+found",
		"@eaDir",
		"@__thumb",
		"#recycle",
		"@Recycle",
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strlen(known[i]) == n && memcmp(part, known[i], n) == 0)
			return true;
	return n > 1 && part[0] == '.';
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

/* Is the directory one of those on the path to here? */
static bool is_above(const struct lt_tree *tree, const struct stat *about)
{
	int i;

	for (i = 0; i < tree->depth; i++)
		if (tree->level[i].device == about->st_dev &&
		    tree->level[i].inode == about->st_ino)
			return true;
	return false;
}

/* Counts the directory if it was reached through a link; too many of them are an error. */
static int charge_linked(struct lt_tree *tree, bool linked, struct lt_error *err)
{
	if (linked && ++tree->linked > LT_MAX_LINKED_DIRECTORIES)
		return lt_fail(err, LT_DATA,
			       "%s: symbolic links lead to more than %" PRIu64 " directories",
			       tree->name, LT_MAX_LINKED_DIRECTORIES);
	return 0;
}

/* Makes an open directory the innermost one, or ignores it if it is a loop. */
static int push_open(struct lt_tree *tree, int fd, size_t path, bool linked,
		     struct lt_error *err)
{
	struct level *level = &tree->level[tree->depth];
	struct stat about;
	int status;

	if (fstat(fd, &about) != 0) {
		status = lt_fail_errno(err, LT_IO, "%s", tree->name);
	} else if (is_above(tree, &about)) {
		tree->loops++;
		close(fd);
		return 0;
	} else {
		status = charge_linked(tree, linked, err);
	}
	if (status == 0) {
		*level =
			(struct level){fdopendir(fd), path, about.st_dev, about.st_ino, linked};
		if (level->dir) {
			tree->depth++;
			return 0;
		}
		status = lt_fail_errno(err, LT_NOINPUT, "%s", tree->name);
	}
	close(fd);
	return status;
}

static int push(struct lt_tree *tree, int parent, const char *entry, size_t path, bool is_link,
		struct lt_error *err)
{
	bool linked = is_link || (tree->depth > 0 && tree->level[tree->depth - 1].linked);
	int fd;

	if (tree->depth == MAX_DEPTH)
		return lt_fail(err, LT_DATA, "%s: directories deeper than %d", tree->name,
			       MAX_DEPTH);
	fd = openat(parent, entry,
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC | (is_link ? 0 : O_NOFOLLOW));
	if (fd < 0)
		return lt_fail_errno(err, LT_NOINPUT, "%s/%.*s", tree->name, (int)path,
				     tree->path.data ? (const char *)tree->path.data : "");
	return push_open(tree, fd, path, linked, err);
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
	status = push(tree, fd, ".", 0, false, err);
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

/* Enters the directory that tree->path names, itself or by a link. */
static int enter(struct lt_tree *tree, DIR *parent, const char *entry, bool is_link,
		 struct lt_error *err)
{
	int depth = tree->depth, status;

	if (lt_name_is_hidden(entry)) {
		tree->hidden++;
		return 0;
	}
	tree->path.data[tree->path.size - 1] = '/';
	status = push(tree, dirfd(parent), entry, tree->path.size, is_link, err);
	if (status || tree->depth == depth || !tree->on_directory)
		return status;
	tree->path.data[tree->path.size - 1] = '\0';
	status = tree->on_directory(tree->arg, (const char *)tree->path.data, err);
	tree->path.data[tree->path.size - 1] = '/';
	return status;
}

/*
 * The type of the entry from readdir(3), as in st_mode; 0: unknown, as always on some file
 * systems.
 */
static mode_t told_mode(const struct dirent *entry)
{
#ifdef DTTOIF
	return DTTOIF(entry->d_type);
#else
	(void)entry;
	return 0;
#endif
}

/* The type of the entry, or of its target if it is a link; *lost: the link is dangling. */
static int look(struct lt_tree *tree, DIR *parent, const struct dirent *entry, mode_t *mode,
		bool *is_link, bool *lost, struct lt_error *err)
{
	struct stat about;
	int result = 0;

	*mode = told_mode(entry);
	if (*mode == 0) {
		result = fstatat(dirfd(parent), entry->d_name, &about, AT_SYMLINK_NOFOLLOW);
		*mode = result == 0 ? about.st_mode : 0;
	}
	*is_link = S_ISLNK(*mode);
	*lost = false;
	if (*is_link) {
		result = fstatat(dirfd(parent), entry->d_name, &about, 0);
		*mode = result == 0 ? about.st_mode : 0;
		*lost = result != 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP);
	}
	if (result == 0 || *lost)
		return 0;
	return lt_fail_errno(err, LT_NOINPUT, "%s/%s", tree->name,
			     (const char *)tree->path.data);
}

/* Processes one entry of the innermost directory; *found is set if it is a file. */
static int visit(struct lt_tree *tree, const struct dirent *entry, bool *found,
		 struct lt_error *err)
{
	struct level *top = &tree->level[tree->depth - 1];
	bool is_link, lost;
	mode_t mode;
	int status;

	if (set_path(tree, top->path, entry->d_name))
		return lt_fail_memory(err);
	status = look(tree, top->dir, entry, &mode, &is_link, &lost, err);
	if (status)
		return status;
	if (S_ISDIR(mode))
		return enter(tree, top->dir, entry->d_name, is_link, err);
	*found = S_ISREG(mode);
	if (!*found)
		tree->links++;
	return 0;
}

int lt_tree_next(struct lt_tree *tree, const char **file, struct lt_error *err)
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
		status = visit(tree, entry, &found, err);
		if (status)
			return status;
		if (found) {
			*file = (const char *)tree->path.data;
			return 0;
		}
	}
	return 0;
}

int lt_tree_open_file(const struct lt_tree *tree, const char *path, struct lt_tree_file *file,
		      struct lt_error *err)
{
	struct stat about;

	/* O_NONBLOCK: if the file was replaced by a FIFO meanwhile, open must not block. */
	file->fd = openat(tree->root, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (file->fd < 0)
		return lt_fail_errno(err, LT_NOINPUT, "%s/%s", tree->name, path);
	if (fstat(file->fd, &about) == 0 && S_ISREG(about.st_mode)) {
		file->size = file->left = (uint64_t)about.st_size;
		return 0;
	}
	lt_tree_close_file(file);
	return lt_fail(err, LT_NOINPUT, "%s/%s: changed while it was read", tree->name, path);
}

int lt_tree_read(const struct lt_tree *tree, struct lt_tree_file *file, void *bytes,
		 size_t room, size_t *got, struct lt_error *err)
{
	size_t most = room < file->left ? room : (size_t)file->left;
	ssize_t n;

	*got = 0;
	while (*got < most) {
		n = read(file->fd, (uint8_t *)bytes + *got, most - *got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lt_fail_errno(err, LT_IO, "%s", tree->name);
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	file->left = *got < most ? 0 : file->left - *got;
	return 0;
}

void lt_tree_close_file(struct lt_tree_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
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
	tree->loops = 0;
	tree->hidden = 0;
	tree->linked = 0;
	return push(tree, tree->root, ".", 0, false, err);
}

void lt_tree_tell_directories(struct lt_tree *tree, lt_on_directory *on, void *arg)
{
	tree->on_directory = on;
	tree->arg = arg;
}

uint64_t lt_tree_links(const struct lt_tree *tree)
{
	return tree->links;
}

uint64_t lt_tree_loops(const struct lt_tree *tree)
{
	return tree->loops;
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
