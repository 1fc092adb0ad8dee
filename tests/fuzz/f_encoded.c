/*
 * Fuzz target: rows of encoded pictures, from the table that is read to the images that are
 * made of it.  A picture gives the same image or the same error from memory, from a spool and
 * from the caller's memory.
 */
#include "kit.h"

#include "base/memory.h"
#include "base/random.h"
#include "data/table.h"

enum { SIZE = 9, ROWS = 40 };

/* If a header claims more pixels than this, the result is LT_OS. */
#define MEMORY ((uint64_t)100 << 20)

struct way {
	struct lt_augment augment;
	uint32_t row;
};

static void choose(void *arg, int height, int width, struct lt_cut *cut)
{
	const struct way *way = arg;
	struct lt_draws draws = lt_draws_at(1, LT_FOR_AUGMENT, 0, 0, way->row);

	check(height > 0 && width > 0);
	lt_augment_cut(&way->augment, height, width, &draws, cut);
	check(!cut->box ||
	      (cut->top >= 0 && cut->left >= 0 && cut->height > 0 && cut->width > 0 &&
	       cut->height <= height - cut->top && cut->width <= width - cut->left));
}

/* The image of a row in pixels, or why there is none. */
static int see(const struct lt_source *source, struct way *way, uint8_t *pixels,
	       struct lt_error *err)
{
	const struct lt_choice choice = {choose, way};
	struct lt_source_room room = {0};
	const uint8_t *image = NULL;
	int code = source->row(source, way->row, &choice, &room, &image, err);

	if (code)
		check_refusal(code, err);
	else
		memcpy(pixels, image, (size_t)SIZE * SIZE * 3);
	lt_source_room_free(&room);
	return code;
}

static void compare(const struct lt_source *a, const struct lt_source *b, const char *list)
{
	static uint8_t one[SIZE * SIZE * 3], other[SIZE * SIZE * 3];
	static const struct lt_norm none = {0};
	struct lt_error why, err;
	struct way way;
	int code, again;

	check(lt_augment_init(&way.augment, list, &none, NULL) == 0);
	check(a->n == b->n && a->height == SIZE && a->width == SIZE && a->channels == 3);
	for (way.row = 0; way.row < a->n && way.row < ROWS; way.row++) {
		code = see(a, &way, one, &why);
		again = see(b, &way, other, &err);
		check(code == again || code == LT_OS || again == LT_OS);
		if (code == 0 && again == 0)
			check(memcmp(one, other, sizeof one) == 0);
		else if (code == again)
			check(strcmp(why.text, err.text) == 0);
	}
}

/* The same pictures with next to no memory for their bytes. */
static void spooled(const struct lt_source *source, const struct lt_encoded *pictures)
{
	struct lt_encoded copy = {0};
	struct lt_source other;
	struct lt_error err;

	lt_memory_limit(lt_memory_used() + 8 * pictures->n + 2000);
	if (lt_encoded_append(&copy, pictures, &err) == 0) {
		lt_memory_limit(MEMORY);
		check(copy.n == pictures->n);
		other = lt_source_encoded(source->name, SIZE, &copy);
		compare(source, &other, "resized-crop");
	} else {
		check(copy.n == 0);
	}
	lt_memory_limit(MEMORY);
	lt_encoded_free(&copy);
}

static void apart(const struct lt_source *source, const struct lt_encoded *pictures)
{
	struct lt_cell *cell = calloc(pictures->n + 1, sizeof *cell);
	struct lt_source other;
	size_t start = 0;

	check(cell != NULL && !pictures->spooled);
	for (uint64_t i = 0; i < pictures->n; i++) {
		cell[i] = (struct lt_cell){pictures->bytes + start,
					   (size_t)pictures->end[i] - start};
		start = (size_t)pictures->end[i];
	}
	other = lt_source_encoded_cells(source->name, 0, pictures->n, SIZE, cell);
	compare(source, &other, "none");
	free(cell);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *whole;
	size_t n = kit_whole(data, size, &whole);
	int fd = kit_file(whole, n), code;
	struct lt_table table = {0};
	struct lt_reader *reader;
	struct lt_source source;
	struct lt_error err = {0};

	lt_memory_limit(MEMORY);
	check(lt_reader_open_fd(&reader, fd, "in", &err) == 0);
	code = lt_table_read(&table, reader, false, LT_TABLE_KEYS, &err);
	lt_reader_close(reader);
	if (code) {
		check_refusal(code, &err);
	} else if (table.is_encoded) {
		check(table.image == NULL && table.n == table.encoded.n);
		check(lt_table_set_input(&table, SIZE, &err) == 0);
		source = lt_table_source(&table);
		spooled(&source, &table.encoded);
		apart(&source, &table.encoded);
	} else {
		check(lt_table_set_input(&table, SIZE, &err) == LT_USAGE);
	}
	lt_table_free(&table);
	free(whole);
	return 0;
}
