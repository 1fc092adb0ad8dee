#include "program/import_weights.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/class_list.h"
#include "net/head.h"
#include "weights/naming.h"
#include "weights/said.h"

#define DEFAULT_SCALE 30 /* LDAMLoss of LDAM-DRW: s = 30 */
#define STREAM_BEGINS 0x95

struct work {
	struct lt_cli *cli;
	const struct lt_import_weights_options *options;
	const char *classes;
	int side;
	struct lt_weights *weights;
	struct lt_match match;
	struct lt_header header;
};

/* ------------------------------------------------------------------ options */

int lt_import_weights_check(struct lt_cli *cli, const struct lt_import_weights_options *options,
			    struct lt_error *err)
{
	static const char *const own[] = {"norm", "arch", "scale"};
	static const char *const rows[] = {
		"format",     "split",	    "splits",	  "in",		 "class-level",
		"root",	      "channels",   "no-labels",  "path-column", "label-column",
		"json-key",   "names-from", "coarse",	  "no-orient",	 "range",
		"background", "skip-bad",   "max-pixels", "dry-run",	 "check-images",
		"encoded"};

	for (size_t i = 0; !options->weights.given && i < sizeof own / sizeof *own; i++)
		if (lt_opt_given(cli, own[i]))
			return lt_fail(err, LT_USAGE, "--%s goes with --weights", own[i]);
	for (size_t i = 0; options->weights.given && i < sizeof rows / sizeof *rows; i++) {
		if (lt_opt_given(cli, rows[i]))
			return lt_fail(err, LT_USAGE, "--weights and --%s exclude each other",
				       rows[i]);
		lt_opt_drop(cli, rows[i]);
	}
	if (options->weights.given && lt_cli_operands(cli) > 0)
		return lt_fail(err, LT_USAGE,
			       "--weights FILE is the input; no operand is read");
	return 0;
}

/* ------------------------------------------------------------------ the header */

static int take_norm(struct work *w, struct lt_error *err)
{
	struct lt_norm *norm = &w->header.norm;
	const char *text = w->options->norm.value;
	int code = text ? lt_norm_parse(norm, text, 0, err) : 0;

	if (code)
		return code;
	if (norm->channels == 0)
		return lt_fail(err, LT_USAGE,
			       "--weights needs --norm %s: how the images were normalised, "
			       "which %s does not say",
			       LT_NORM_WORDS, lt_weights_name(w->weights));
	return norm->channels == w->match.channels
		       ? 0
		       : lt_fail(err, LT_USAGE,
				 "--norm: %d channel%s, where the network's images have %d",
				 norm->channels, norm->channels == 1 ? "" : "s",
				 w->match.channels);
}

/*
 * Whether the class list is a stream, which can also contain the training counts.  A pipe of
 * names cannot be read twice and is not a stream.
 */
static int look_at_classes(const char *path, bool *is_stream, struct lt_error *err)
{
	struct lt_file_list files = {0};
	struct stat about;
	uint8_t byte = 0;
	ssize_t got;
	int fd, code = lt_file_list_add(&files, path, err);

	*is_stream = files.ranged;
	lt_file_list_free(&files);
	if (code || *is_stream)
		return code;
	if (stat(path, &about) != 0)
		return lt_fail_errno(err, LT_NOINPUT, "%s", path);
	if (!S_ISREG(about.st_mode))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, &byte, 1);
	code = got < 0 ? lt_fail_errno(err, fd < 0 ? LT_NOINPUT : LT_IO, "%s", path) : 0;
	*is_stream = got == 1 && byte == STREAM_BEGINS;
	if (fd >= 0)
		close(fd);
	return code;
}

/* Adds the counts of the segment that a reader has completed; false: it has none. */
static bool add_counts(uint64_t *counts, size_t n, const struct lt_reader *reader)
{
	const struct lt_header *from = lt_reader_header(reader);
	const uint64_t *own = NULL;

	if ((size_t)from->n_classes != n)
		return false;
	if (from->kind == LT_MODEL)
		own = from->train_counts;
	else if (from->kind == LT_ROWS && from->split && strcmp(from->split, "train") == 0)
		own = lt_reader_totals(reader)->class_counts;
	for (size_t c = 0; own && c < n; c++)
		counts[c] += own[c];
	return own != NULL;
}

/* Training counts come from rows of the split train or from another model. */
static int take_counts(struct work *w, struct lt_error *err)
{
	size_t n = (size_t)w->header.n_classes;
	uint64_t *counts = lt_new_array(n, sizeof *counts);
	struct lt_reader *reader;
	enum lt_event event = LT_EV_HEADER;
	bool some = false, is_model = false;
	int code = counts ? lt_reader_open(&reader, w->classes, err) : lt_fail_memory(err);

	if (code == 0) {
		while (code == 0 && event != LT_EV_END && !(some && is_model)) {
			code = lt_reader_next(reader, &event, err);
			is_model = lt_reader_header(reader)->kind == LT_MODEL;
			if (code == 0 && event == LT_EV_DONE)
				some |= add_counts(counts, n, reader);
		}
		if (code == 0 && some) {
			lt_notice(w->cli, "counts of the classes in training: those of %s",
				  lt_reader_name(reader));
			code = lt_header_set_counts(&w->header, &w->header.train_counts, counts,
						    w->header.n_classes, err);
		}
		lt_reader_close(reader);
	}
	lt_free(counts);
	return code;
}

static int take_classes(struct work *w, struct lt_error *err)
{
	struct lt_header *h = &w->header;
	const char *const *names;
	bool is_stream = false;
	int n, code = 0;

	if (w->classes) {
		h->train_counts = h->loss_counts = NULL;
		code = lt_class_list_read(w->classes, &h->arena, &names, &n, err);
		if (code == 0)
			code = lt_header_set_classes(h, names, n, err);
	}
	if (code)
		return code;
	if (h->n_classes > 0 && w->match.head == LT_HEAD_MLP)
		return lt_fail(err, LT_USAGE,
			       "%s: its head is a projection, which has no classes",
			       lt_weights_name(w->weights));
	if (h->n_classes > 0 && h->n_classes != w->match.classes)
		return lt_fail(err, LT_DATA,
			       "%s: %d classes, where the head of %s has %d outputs",
			       w->classes ? w->classes : "ltpipe.classes", h->n_classes,
			       lt_weights_name(w->weights), w->match.classes);
	if (w->classes && strcmp(w->classes, "-") != 0)
		code = look_at_classes(w->classes, &is_stream, err);
	return code == 0 && is_stream ? take_counts(w, err) : code;
}

static int describe(struct work *w, struct lt_error *err)
{
	struct lt_header *h = &w->header;
	const struct lt_graph *graph = w->match.graph;
	struct lt_prov_in in = {.role = "weights", .entry = -1};
	bool cosine = w->match.head == LT_HEAD_COSINE;
	int code;

	h->arch = w->match.arch->name;
	h->num_classes = w->match.classes;
	h->input = (struct lt_shape){
		3, {(uint32_t)graph->h, (uint32_t)graph->w, (uint32_t)graph->c}};
	h->head = lt_head_types[w->match.head].wire;
	if (!cosine)
		h->scale = 1;
	else if (w->options->scale.has)
		h->scale = w->options->scale.value;
	else if (!lt_weights_said(w->weights, "ltpipe.scale"))
		h->scale = DEFAULT_SCALE;
	if (w->options->scale.given && !cosine)
		return lt_fail(err, LT_USAGE,
			       "--scale is for a cosine head; that of %s has a bias",
			       lt_weights_name(w->weights));
	if ((code = take_norm(w, err)) != 0 || (code = take_classes(w, err)) != 0 ||
	    (code = lt_weights_totals(w->weights, &in.bytes, &in.crc, err)) != 0)
		return code;
	return lt_cli_provenance(w->cli, h, "stdout", &in, 1, err);
}

/* ------------------------------------------------------------------ notices */

static void say_network(const struct work *w)
{
	const struct lt_header *h = &w->header;
	char head[96] = "";

	if (w->match.head == LT_HEAD_COSINE)
		snprintf(head, sizeof head, ", cosines times %g%s", h->scale,
			 w->options->scale.given ? "" : " (--scale)");
	lt_notice(w->cli, "%s%s%s%s: %s, images of %u×%u×%u%s, %s head of %d outputs%s",
		  lt_weights_format(w->weights), *w->match.root ? ", '" : "", w->match.root,
		  *w->match.root ? "…'" : "", h->arch, h->input.dim[0], h->input.dim[1],
		  h->input.dim[2],
		  w->side || lt_weights_said(w->weights, "ltpipe.input") ? "" : " (--size)",
		  h->head, h->num_classes, head);
	if (h->n_classes < 0 && w->match.head != LT_HEAD_MLP)
		lt_notice(w->cli, "no class names: an encoder for --init; with --classes FILE "
				  "it is a classifier");
}

static bool is_taken(const struct lt_match *match, int tensor)
{
	for (int i = 0; i < match->n; i++)
		if (match->expected[i].from == tensor)
			return true;
	return false;
}

/* Step counters are not weights. */
static bool is_counter(const char *name)
{
	const char *last = strrchr(name, '.');

	return strcmp(last ? last + 1 : name, "num_batches_tracked") == 0;
}

static void say_left(const struct work *w)
{
	char names[500] = "";
	size_t used = 0;
	int n = 0, shown = 0;

	for (int i = 0; i < lt_weights_count(w->weights); i++) {
		const char *name = lt_weights_tensor(w->weights, i)->name;

		if (is_counter(name) || is_taken(&w->match, i))
			continue;
		n++;
		if (shown == n - 1 && shown < 5 && used + strlen(name) + 3 < sizeof names) {
			used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
						 shown ? ", " : "", name);
			shown++;
		}
	}
	if (n > 0)
		lt_notice(w->cli, "not taken: %d tensor%s, %s%s", n, n == 1 ? "" : "s", names,
			  n > shown ? ", …" : "");
}

/* ------------------------------------------------------------------ tensors */

static int check_variance(const struct work *w, const struct lt_weights_tensor *tensor,
			  struct lt_error *err)
{
	for (size_t i = 0; i < tensor->elements; i++)
		if (!(tensor->data[i] >= 0))
			return lt_fail(err, LT_DATA, "%s: tensor '%s' has a negative variance",
				       lt_weights_name(w->weights), tensor->name);
	return 0;
}

static int read_tensors(struct work *w, struct lt_error *err)
{
	int code;

	for (int i = 0; i < w->match.n; i++)
		lt_weights_want(w->weights, w->match.expected[i].from);
	code = lt_weights_read(w->weights, err);
	for (int i = 0; i < w->match.n && code == 0; i++)
		if (w->match.expected[i].variance)
			code = check_variance(
				w, lt_weights_tensor(w->weights, w->match.expected[i].from),
				err);
	return code;
}

static int write_model(struct work *w, struct lt_error *err)
{
	struct lt_output *output;
	struct lt_writer *writer;
	int code = lt_cli_output(w->cli, &output, err);

	if (code == 0)
		code = lt_cli_begin(w->cli, &writer, output, &w->header, err);
	for (int i = 0; i < w->match.n && code == 0; i++) {
		const struct lt_expected *expected = &w->match.expected[i];

		code = lt_writer_tensor(writer, expected->name, LT_F4, &expected->shape,
					lt_weights_tensor(w->weights, expected->from)->data,
					err);
	}
	return code ? code : lt_cli_done(w->cli, writer, NULL, err);
}

static int run(struct work *w, struct lt_error *err)
{
	const struct lt_import_weights_options *o = w->options;
	const char *arch;
	int code;

	if ((code = lt_weights_open(&w->weights, o->weights.value, err)) != 0 ||
	    (code = lt_said_take(&w->header, w->weights, err)) != 0)
		return code;
	arch = o->arch.given ? lt_naming_archs[o->arch.value] : NULL;
	if (w->side == 0 && w->header.input.dims == 3 &&
	    w->header.input.dim[0] == w->header.input.dim[1])
		w->side = (int)w->header.input.dim[0];
	if ((code = lt_match_find(&w->match, w->weights, arch, w->side, err)) != 0 ||
	    (code = describe(w, err)) != 0 || (code = read_tensors(w, err)) != 0)
		return code;
	say_network(w);
	say_left(w);
	return write_model(w, err);
}

int lt_import_weights(struct lt_cli *cli, const struct lt_import_weights_options *options,
		      const char *classes, int side, struct lt_error *err)
{
	struct work w = {.cli = cli, .options = options, .classes = classes, .side = side};
	int code;

	lt_header_init(&w.header, LT_MODEL);
	code = run(&w, err);
	lt_match_free(&w.match);
	lt_weights_close(w.weights);
	lt_header_free(&w.header);
	return code;
}
