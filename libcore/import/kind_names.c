#include "import/kind_names.h"

#include <string.h>
#include <strings.h>

static bool is_one_of(const char *name, size_t size, const char *const *known, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(known[i]) == size && strncasecmp(name, known[i], size) == 0)
			return true;
	return false;
}

bool lt_name_is_of_images(const char *name, size_t size)
{
	static const char *const known[] = {
		"images", "image", "imgs",	"img",	      "pictures", "pics",
		"photos", "photo", "jpgimages", "jpegimages", "jpegs",	  "jpeg",
		"jpgs",	  "jpg",   "pngs",	"png",	      "frames",
	};

	return is_one_of(name, size, known, sizeof known / sizeof known[0]);
}

bool lt_name_is_of_masks(const char *name, size_t size)
{
	static const char *const known[] = {
		"masks",       "mask",	       "labels",	"annotations",
		"annotation",  "segmentation", "segmentations", "segmasks",
		"groundtruth", "ground_truth", "ground truth",	"gt",
		"trimaps",
	};
	static const char last[] = "masks";
	const size_t n = sizeof last - 1;

	if (size > n && strchr(" _-", name[size - n - 1]) &&
	    strncasecmp(name + size - n, last, n) == 0)
		return true;
	return is_one_of(name, size, known, sizeof known / sizeof known[0]);
}
