/*
 * Checks the names of classes for signs that the layout was misread.
 */
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/names.h"
#include "import/catalog_parts.h"
#include "import/labels.h"

/* Common names of a directory that contains all images. */
static bool is_of_all(const char *name)
{
	static const char *const known[] = {
		"images", "image", "imgs",	"img",	      "pictures", "pics",
		"photos", "photo", "jpgimages", "jpegimages", "jpegs",	  "jpeg",
		"jpgs",	  "jpg",   "pngs",	"png",	      "frames",
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcasecmp(name, known[i]) == 0)
			return true;
	return false;
}

/* One class called "images": the images have labels elsewhere, or none. */
static int check_one(const struct lt_import *import, const struct lt_classes *classes,
		     struct lt_error *err)
{
	if (classes->n != 1 || import->classes || import->class_level > 0 ||
	    import->label_column || !is_of_all(classes->names[0]))
		return 0;
	return lt_fail(err, LT_DATA,
		       "%.200s: all images are in directories called %s, which is hardly their "
		       "class: --format list reads a list beside them, --no-labels takes them "
		       "without classes, --class-level N takes the directories of that level "
		       "for classes",
		       lt_listing_name(import->listing), classes->names[0]);
}

/* Does the name contain the separator, and are all of its parts classes too? */
static bool is_several(const struct lt_names *names, const char *name, char separator)
{
	const char by[] = {separator, '\0'};
	char part[300];
	const char *text;
	size_t n, size;

	if (!strchr(name, separator))
		return false;
	for (; *name; name += n + (name[n] != '\0')) {
		n = strcspn(name, by);
		if (n >= sizeof part)
			return false;
		memcpy(part, name, n);
		part[n] = '\0';
		text = lt_labels_trim(part, &size);
		part[(size_t)(text - part) + size] = '\0';
		if (lt_names_find(names, text) < 0)
			return false;
	}
	return true;
}

/* "mass|nodule" beside "mass" and "nodule": images of several classes. */
static int check_several(const struct lt_import *import, const struct lt_classes *classes,
			 struct lt_error *err)
{
	static const char separators[] = "|;,";
	struct lt_names names = {0};
	int status = 0, i;

	if (!lt_names_fill(&names, classes->names, classes->n))
		return lt_fail_memory(err);
	for (i = 0; status == 0 && i < classes->n; i++)
		for (const char *s = separators; status == 0 && *s; s++)
			if (is_several(&names, classes->names[i], *s))
				status = lt_fail(err, LT_DATA,
						 "%.200s: \"%.200s\" names several classes, "
						 "each of which is also a class by itself; "
						 "images of several classes "
						 "are not supported",
						 lt_listing_name(import->listing),
						 classes->names[i]);
	lt_names_free(&names);
	return status;
}

int lt_catalog_check(const struct lt_import *import, const struct lt_classes *classes,
		     struct lt_error *err)
{
	int status = check_one(import, classes, err);

	return status ? status : check_several(import, classes, err);
}
