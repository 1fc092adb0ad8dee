#include "import/list_titles.h"

#include <stddef.h>
#include <string.h>

#define MOST 24

static const char *const titles[LT_TITLES][MOST] = {
	[LT_TITLE_PATH] = {"path",     "filepath", "imagepath",	    "imgpath",	 "fpath",
			   "filename", "file",	   "imagefilename", "imagefile", "imagename",
			   "imgname",  "fname",	   "image",	    "img",	 "images",
			   "picture",  "photo",	   "imageid",	    "imgid",	 "imageindex",
			   "isicid",   "id",	   "name"},
	[LT_TITLE_LABEL] = {"label", "labels", "class", "classes", "category", "categories",
			    "target", "targets", "y", "groundtruth", "breed", "dx",
			    "diagnosis"},
	[LT_TITLE_NUMBER] = {"labelid", "labelidx", "labelindex", "labelnumber", "classid",
			     "classidx", "classindex", "classnumber", "categoryid",
			     "categoryidx", "targetid"},
	[LT_TITLE_NAME] = {"classname", "labelname", "labeltext", "categoryname", "species",
			   "scientificname", "name"},
	[LT_TITLE_TAGS] = {"tags", "attributes", "attributeids", "keywords", "labelids"},
	[LT_TITLE_SPLIT] = {"split", "set", "partition", "usage", "subset", "phase",
			    "datasplit", "imageset"},
	[LT_TITLE_TRAIN] = {"istrain", "istraining", "istrainingimg", "istrainingimage"},
	[LT_TITLE_TEST] = {"istest", "istesting", "istestimg", "istestimage"},
	[LT_TITLE_VAL] = {"isval", "isvalid", "isvalidation"},
};

/* The next letter or digit in lower case; 0 at the end.  Bytes beyond ASCII are kept. */
static int next_letter(const char **at)
{
	unsigned char c;

	for (; (c = (unsigned char)**at) != 0; (*at)++) {
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
			break;
	}
	if (c)
		(*at)++;
	return c;
}

bool lt_title_same(const char *one, const char *other)
{
	int c;

	do {
		c = next_letter(&one);
		if (c != next_letter(&other))
			return false;
	} while (c);
	return true;
}

bool lt_title_has(const char *title, const char *word)
{
	const char *from, *at, *of;

	for (from = title; *from; from++) {
		at = from;
		for (of = word; *of && next_letter(&at) == *of; of++)
			;
		if (*of == '\0')
			return true;
	}
	return false;
}

int lt_title_rank(enum lt_title what, const char *title)
{
	int i;

	for (i = 0; i < MOST && titles[what][i]; i++)
		if (lt_title_same(titles[what][i], title))
			return i;
	return -1;
}

bool lt_title_is_known(const char *title)
{
	int what;

	for (what = 0; what < LT_TITLES; what++)
		if (*title && lt_title_rank((enum lt_title)what, title) >= 0)
			return true;
	return false;
}
