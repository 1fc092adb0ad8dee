#include "collection.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "bench.h"

enum { CLASSES = 10 };

const char *const container_names[CONTAINERS] = {"folder", "tar", "tar.gz", "zip"};

static void name_of(char *name, size_t size, int i, const char *suffix)
{
	snprintf(name, size, "class-%d/%06d.%s", i % CLASSES, i, suffix);
}

static void write_folder(const char *path, const char *suffix, const struct picture *pictures,
			 int n)
{
	char name[64], file[4200];
	FILE *out;
	int i;

	if (mkdir(path, 0777) != 0)
		bench_die("cannot make a directory");
	for (i = 0; i < CLASSES; i++) {
		snprintf(file, sizeof file, "%s/class-%d", path, i);
		if (mkdir(file, 0777) != 0)
			bench_die("cannot make a directory");
	}
	for (i = 0; i < n; i++) {
		name_of(name, sizeof name, i, suffix);
		snprintf(file, sizeof file, "%s/%s", path, name);
		out = fopen(file, "wb");
		if (!out || fwrite(pictures[i].bytes, 1, pictures[i].n, out) != pictures[i].n ||
		    fclose(out) != 0)
			bench_die("cannot write a file");
	}
}

static void must(int status)
{
	if (status != ARCHIVE_OK)
		bench_die("cannot write an archive");
}

static void write_archive(const char *path, enum container container, const char *suffix,
			  const struct picture *pictures, int n)
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	char name[64];
	int i;

	if (!archive || !entry)
		bench_die("no memory");
	must(container == ZIP ? archive_write_set_format_zip(archive)
			      : archive_write_set_format_ustar(archive));
	if (container == TAR_GZ)
		must(archive_write_add_filter_gzip(archive));
	must(archive_write_open_filename(archive, path));
	for (i = 0; i < n; i++) {
		archive_entry_clear(entry);
		name_of(name, sizeof name, i, suffix);
		archive_entry_set_pathname(entry, name);
		archive_entry_set_size(entry, (la_int64_t)pictures[i].n);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		must(archive_write_header(archive, entry));
		if (archive_write_data(archive, pictures[i].bytes, pictures[i].n) !=
		    (la_ssize_t)pictures[i].n)
			bench_die("cannot write an archive");
	}
	must(archive_write_close(archive));
	archive_entry_free(entry);
	archive_write_free(archive);
}

void collection_write(const char *path, enum container container, const char *suffix,
		      const struct picture *pictures, int n)
{
	if (container == FOLDER)
		write_folder(path, suffix, pictures, n);
	else
		write_archive(path, container, suffix, pictures, n);
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *walk)
{
	(void)about;
	(void)type;
	(void)walk;
	return remove(path);
}

void collection_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
