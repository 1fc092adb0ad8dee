#include "format/text.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"

static int fill(struct lt_text *text, struct lt_error *err)
{
	size_t got;
	int status;

	text->at = text->end = 0;
	if (text->ended)
		return 0;
	status = text->read(text->arg, text->block, LT_TEXT_HEAD, &got, err);
	if (status)
		return status;
	text->end = got;
	text->ended = got < LT_TEXT_HEAD;
	return 0;
}

static int skip_mark(struct lt_text *text, struct lt_error *err)
{
	const unsigned char *at = (const unsigned char *)text->block;

	if (text->end >= 3 && at[0] == 0xEF && at[1] == 0xBB && at[2] == 0xBF)
		text->at = 3;
	if (text->end >= 2 &&
	    ((at[0] == 0xFF && at[1] == 0xFE) || (at[0] == 0xFE && at[1] == 0xFF)))
		return lt_fail(err, LT_DATA, "%s: it is UTF-16; save it as UTF-8", text->name);
	return 0;
}

int lt_text_open(struct lt_text *text, const char *name, uint64_t most, lt_text_read *read,
		 void *arg, struct lt_error *err)
{
	int status;

	*text = (struct lt_text){.name = name, .read = read, .arg = arg, .most = most};
	text->block = lt_new_bytes(LT_TEXT_HEAD);
	if (!text->block)
		return lt_fail_memory(err);
	status = fill(text, err);
	if (status == 0)
		status = skip_mark(text, err);
	if (status)
		lt_text_close(text);
	return status;
}

const char *lt_text_head(const struct lt_text *text, size_t *n)
{
	*n = text->end - text->at;
	return text->block + text->at;
}

int lt_text_peek(struct lt_text *text, int *byte, struct lt_error *err)
{
	int status = text->at == text->end ? fill(text, err) : 0;

	*byte = -1;
	if (status || text->at == text->end)
		return status;
	*byte = (unsigned char)text->block[text->at];
	if (*byte == 0)
		return lt_fail(err, LT_DATA, "%s: a zero byte; it is not a text", text->name);
	if (text->taken == text->most)
		return lt_fail(err, LT_DATA, "%s: more than %" PRIu64 " bytes", text->name,
			       text->most);
	return 0;
}

void lt_text_take(struct lt_text *text)
{
	text->at++;
	text->taken++;
}

void lt_text_close(struct lt_text *text)
{
	lt_free(text->block);
	text->block = NULL;
}

int lt_text_from_bytes(void *arg, void *bytes, size_t room, size_t *got, struct lt_error *err)
{
	struct lt_text_bytes *from = arg;

	(void)err;
	*got = room < from->left ? room : from->left;
	memcpy(bytes, from->at, *got);
	from->at += *got;
	from->left -= *got;
	return 0;
}
